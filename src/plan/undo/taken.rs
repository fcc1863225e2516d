//! Which runs were taken back: what was undone counts neither as done nor as something to go on with.

use std::collections::BTreeMap;

use super::{Past, Plan};
use crate::plan::Recheck;
use crate::plan::run::{End, RunId, Summary, Tally};

/// That a run was taken back since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// The last run that has taken something of it back.
    pub by: RunId,
    /// Whether nothing of it is left.
    pub whole: bool,
}

/// A run that takes another one back, as far as it has come.
pub struct Undoing {
    run: RunId,
    of: RunId,
    whole: bool,
}

impl TakenBack {
    /// That it was, behind how the run has ended. Of a run that is itself an undoing, that it was done again.
    pub fn words(&self, undoes: bool) -> &'static str {
        match (undoes, self.whole) {
            (false, true) => "taken back since",
            (false, false) => "taken back in part since",
            (true, true) => "done again since",
            (true, false) => "done again in part since",
        }
    }

    /// Why the run can't be gone on with.
    pub fn reason(&self) -> String {
        let at = self.by.at().map(|at| at.strftime("%-d %b %H:%M UTC").to_string());
        let by = at.unwrap_or_else(|| self.by.to_string());
        if self.whole {
            return format!("it was taken back by the run of {by}");
        }
        format!("it was taken back in part by the run of {by}: what is still wanted is a new plan")
    }
}

impl Undoing {
    /// A run of which a list tells. What a damaged journal tells is not all that was done.
    pub fn past(past: &Past) -> Option<Self> {
        let end = past.end.as_ref().filter(|_| past.damage.is_none());
        Self::new(&past.id, past.undo_of.as_ref(), past.leaves_out, &past.tally, end)
    }

    /// A run that takes this one back, so many changes left out, and stands so; `None` if it has changed nothing.
    pub fn new(
        run: &RunId,
        of: Option<&RunId>,
        leaves_out: usize,
        tally: &Tally,
        end: Option<&Summary>,
    ) -> Option<Self> {
        let is_over = end.is_some_and(|summary| summary.end == End::Finished);
        let whole = is_over && tally.is_whole() && leaves_out == 0;
        let of = of.filter(|_| whole || tally.touched())?.clone();
        Some(Self { run: run.clone(), of, whole })
    }
}

impl Plan {
    /// How many changes it leaves out that are not so already.
    pub fn leaves_out(&self) -> usize {
        self.left_out.iter().filter(|left| left.why != Recheck::AlreadySo).count()
    }
}

/// The runs that were taken back. An undoing that was taken back in its turn, whole, has never been.
pub fn taken_back(undoings: impl IntoIterator<Item = Undoing>) -> BTreeMap<RunId, TakenBack> {
    let mut undoings: Vec<Undoing> = undoings.into_iter().collect();
    undoings.sort_unstable_by(|a, b| b.run.cmp(&a.run));
    let mut found: BTreeMap<RunId, TakenBack> = BTreeMap::new();
    for Undoing { run, of, whole } in undoings {
        if found.get(&run).is_some_and(|back| back.whole) {
            continue;
        }
        let back = found.entry(of).or_insert(TakenBack { by: run, whole });
        back.whole |= whole;
    }
    found
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn id(number: i64) -> RunId {
        RunId::new(Timestamp::from_second(number).unwrap(), 7)
    }

    fn undoing(run: i64, of: i64, whole: bool) -> Undoing {
        Undoing { run: id(run), of: id(of), whole }
    }

    /// Who has taken the first run back, and whether whole.
    fn first(undoings: Vec<Undoing>) -> Option<(RunId, bool)> {
        taken_back(undoings).remove(&id(1)).map(|back| (back.by, back.whole))
    }

    #[test]
    fn what_was_done_again_is_not_taken_back_and_what_was_taken_back_once_more_is() {
        assert_eq!(first(vec![]), None);
        assert_eq!(first(vec![undoing(2, 1, true)]), Some((id(2), true)));
        assert_eq!(first(vec![undoing(2, 1, true), undoing(3, 2, true)]), None);
        let thrice = vec![undoing(4, 3, true), undoing(2, 1, true), undoing(3, 2, true)];
        assert_eq!(first(thrice), Some((id(2), true)));
        let in_part = vec![undoing(2, 1, true), undoing(3, 2, false)];
        assert_eq!(first(in_part), Some((id(2), true)), "some of it is still taken back");
    }

    #[test]
    fn what_a_first_undoing_has_left_a_second_one_takes_back() {
        assert_eq!(first(vec![undoing(2, 1, false)]), Some((id(2), false)));
        let both = vec![undoing(2, 1, false), undoing(3, 1, true)];
        assert_eq!(first(both), Some((id(3), true)));
    }

    fn told(tally: Tally, leaves_out: usize, end: End) -> Option<bool> {
        let summary = Summary { end, tally, writes: 1, may_land: Vec::new() };
        let undoing = Undoing::new(&id(2), Some(&id(1)), leaves_out, &tally, Some(&summary));
        undoing.map(|undoing| undoing.whole)
    }

    #[test]
    fn an_undoing_counts_by_what_it_has_brought_about() {
        let done = Tally { done: 1, ..Tally::default() };
        let in_part = Tally { done: 1, refused: 1, ..Tally::default() };
        let nothing = Tally { refused: 1, ..Tally::default() };
        assert_eq!(told(done, 0, End::Finished), Some(true));
        assert_eq!(told(done, 1, End::Finished), Some(false), "others have changed something");
        assert_eq!(told(in_part, 0, End::Finished), Some(false));
        assert_eq!(told(done, 0, End::Stopped), Some(false));
        assert_eq!(told(nothing, 0, End::Finished), None);
    }
}
