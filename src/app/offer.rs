//! What an earlier session left staged: staged again, checked against the account, and offered to be thrown away. What a
//! run carries that is not finished is the run's: it is asked about the run, which comes first.

use crate::domain::{Change, Collection, StagedFor};
use crate::plan::{ChangeKey, Recheck, Staging};
use crate::text;

use super::dialogs::{Asked, Confirm, Dialog};
use super::msg::Effect;
use super::router::open;
use super::state::State;
use super::{recovery, staged};

/// How many of them the offer names before it counts the others.
const NAMED: usize = 4;

/// Stages again what was left; what was staged since goes before it. It is offered once it is known which runs are not
/// finished, and they have been asked about.
pub fn left(state: &mut State, left: Vec<Change>) -> Vec<Effect> {
    let account = state.staging.account().clone();
    let already: Vec<Change> = state.staging.changes().cloned().collect();
    state.staging = Staging::restore(StagedFor { account, changes: left.clone() });
    for change in already {
        state.staging.stage(change, &state.directory);
    }
    state.left = left;
    staged::changed(state)
}

/// Offers what was left, but for what is no longer staged so, and for what a run carries.
pub fn offer(state: &mut State) -> Vec<Effect> {
    if state.left.is_empty() || !recovery::is_settled(state) {
        return Vec::new();
    }
    let left = std::mem::take(&mut state.left);
    let carried = recovery::carried(state);
    let is_open = |change: &Change| {
        let key = ChangeKey::of(change);
        !carried.contains(&key) && state.staging.get(&key).is_some_and(|it| it.change == *change)
    };
    let left: Vec<Change> = left.into_iter().filter(is_open).collect();
    if left.is_empty() {
        return Vec::new();
    }
    let confirm = Confirm::new(Asked::ThrowAway(left.clone()), title(&left), lines(state, &left))
        .words("throw them away", "keep them")
        .enter_says_no();
    open(state, Dialog::Confirm(confirm))
}

/// Throws away what was left, but for what was staged anew since.
pub fn throw_away(state: &mut State, left: &[Change]) -> Vec<Effect> {
    for change in left {
        let key = ChangeKey::of(change);
        if state.staging.get(&key).is_some_and(|entry| entry.change == *change) {
            state.staging.unstage(&key);
        }
    }
    staged::changed(state)
}

/// Tells in the offer, if it is on the screen, what the account has said since it was made.
pub fn follow(state: &mut State) {
    let Some(Dialog::Confirm(Confirm { asked: Asked::ThrowAway(left), .. })) =
        state.dialogs.last().map(|top| &top.dialog)
    else {
        return;
    };
    let lines = lines(state, left);
    if let Some(Dialog::Confirm(confirm)) = state.dialogs.last_mut().map(|top| &mut top.dialog) {
        confirm.lines = lines;
    }
}

fn title(left: &[Change]) -> String {
    let staged = text::plural(left.len(), "staged change");
    format!("Keep {staged} from an earlier session?")
}

fn lines(state: &State, left: &[Change]) -> Vec<String> {
    let checked = if is_checked(state, left) {
        format!("Checked against the account: {}.", counts(state, left))
    } else {
        "Each is checked against the account once that has been read.".to_owned()
    };
    let mut lines: Vec<String> = left
        .iter()
        .take(NAMED)
        .map(|change| text::safe(&state.staging.words(change, &state.directory)).into_owned())
        .collect();
    if let Some(more) = left.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(format!("and {} more", text::count(more)));
    }
    lines.push("Nothing is sent before you apply a plan.".to_owned());
    lines.push(checked);
    lines
}

/// Whether every list that speaks of what was left has been read to its end.
fn is_checked(state: &State, left: &[Change]) -> bool {
    let whole = |collection: &Collection| state.directory.coverage(collection).is_whole();
    let is_known = |change: &Change| match (change.member(), change.target().existing_group()) {
        (Some(_), Some(group)) => {
            state.directory.groups().get(group).is_none()
                || whole(&Collection::GroupMembers(group.clone()))
        }
        _ => true,
    };
    whole(&Collection::Members) && whole(&Collection::Groups) && left.iter().all(is_known)
}

fn counts(state: &State, left: &[Change]) -> String {
    let (mut hold, mut so, mut gone, mut changed, mut barred) = (0, 0, 0, 0, 0);
    for change in left {
        match state.staging.check(change, &state.directory) {
            Recheck::Fine => hold += 1,
            Recheck::AlreadySo => so += 1,
            Recheck::GroupGone | Recheck::GroupNotMade | Recheck::MemberGone => gone += 1,
            Recheck::NoAccess | Recheck::AccessNotKnown => barred += 1,
            Recheck::Renamed(_)
            | Recheck::PoliciesChanged
            | Recheck::MembersChanged
            | Recheck::TooMany
            | Recheck::NameTaken
            | Recheck::MemberThere
            | Recheck::Accepted
            | Recheck::NotUndone(_) => changed += 1,
        }
    }
    let parts = [
        (hold, if hold == 1 { "holds" } else { "hold" }),
        (so, "so already"),
        (gone, "of what is gone"),
        (changed, "changed by someone since"),
        (barred, "can't be carried out as it stands"),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    parts.map(|(n, words)| format!("{} {words}", text::count(n))).collect::<Vec<_>>().join(", ")
}
