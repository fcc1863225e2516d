//! What the plan does to people: a line for each person, which opens to what is gained, lost and kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::app::list::ListState;
use crate::domain::{Directory, MemberId};
use crate::plan::{Impact, Plan, Reckoning, Touched};

/// How many people are looked at between two messages.
const SLICE: usize = 200;

/// A line of the impact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImpactLine {
    /// Something that is missing for the answer, by its place.
    Missing(u16),
    /// A person.
    Person(MemberId),
    /// Something that an open person gains, loses or keeps, by its place.
    Held(MemberId, u16),
}

/// The impact of the plan on the screen. It is computed when it is looked at, and anew when the plan or what is known
/// has changed.
#[derive(Clone, Debug)]
pub struct ImpactView {
    /// What has been computed; `None` while the first is on its way.
    pub impact: Option<Arc<Impact>>,
    /// Its lines and the cursor.
    pub lines: ListState<ImpactLine>,
    /// Who is open.
    pub open: BTreeSet<MemberId>,
    /// Whether only people whose access really changes are shown.
    pub only_real: bool,
    /// What goes on.
    reckoning: Option<Box<Reckoning>>,
    /// The plan's number and the version of the directory that it is computed of.
    of: Option<(u64, u64)>,
}

impl Default for ImpactView {
    fn default() -> Self {
        Self {
            impact: None,
            lines: ListState::default(),
            open: BTreeSet::new(),
            only_real: true,
            reckoning: None,
            of: None,
        }
    }
}

impl ImpactView {
    /// How many people have been looked at, and how many there are; `None` where nothing is being computed.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.reckoning.as_ref().map(|reckoning| reckoning.progress())
    }

    /// Goes on with the impact of a plan; whether there is more to do.
    pub fn follow(&mut self, number: u64, plan: &Plan, directory: &Directory) -> bool {
        let of = (number, directory.version());
        if self.of != Some(of) {
            // The impact of another plan is not shown for this one's.
            if self.of.is_none_or(|(before, _)| before != number) {
                self.impact = None;
                self.refill();
            }
            self.of = Some(of);
            self.reckoning = Some(Box::new(Reckoning::new(plan, directory)));
        }
        let Some(reckoning) = &mut self.reckoning else { return false };
        let Some(impact) = reckoning.step(directory, SLICE) else { return true };
        self.reckoning = None;
        self.impact = Some(Arc::new(impact));
        self.refill();
        false
    }

    /// Shows everybody, or again only those whose access really changes.
    pub fn toggle_real(&mut self) {
        self.only_real = !self.only_real;
        self.refill();
    }

    /// Opens the person under the cursor, or closes it; whether there was one.
    pub fn toggle(&mut self) -> bool {
        let Some(ImpactLine::Person(member) | ImpactLine::Held(member, _)) = self.lines.cursor()
        else {
            return false;
        };
        if !self.open.remove(&member) {
            self.open.insert(member.clone());
        }
        self.refill();
        self.lines.go_to(&ImpactLine::Person(member));
        true
    }

    /// How many people the switch hides.
    pub fn hidden(&self) -> usize {
        let people = self.impact.iter().flat_map(|impact| &impact.people);
        if self.only_real { people.filter(|touched| !touched.is_real()).count() } else { 0 }
    }

    fn refill(&mut self) {
        let mut lines = Vec::new();
        if let Some(impact) = &self.impact {
            lines.extend((0..).zip(&impact.missing).map(|(at, _)| ImpactLine::Missing(at)));
            let people = impact.people.iter();
            for touched in people.filter(|touched| !self.only_real || touched.is_real()) {
                let member = &touched.member;
                lines.push(ImpactLine::Person(member.clone()));
                if self.open.contains(member) {
                    let held = 0..held(touched);
                    lines.extend(held.map(|at| ImpactLine::Held(member.clone(), at)));
                }
            }
        }
        self.lines.show(lines);
    }
}

/// How many lines an open person has: one where there is nothing to list.
fn held(touched: &Touched) -> u16 {
    let difference = &touched.difference;
    let all = difference.gains.len() + difference.losses.len() + difference.kept.len();
    u16::try_from(all.max(1)).unwrap_or(u16::MAX)
}
