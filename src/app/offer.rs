//! What an earlier session left staged: staged again, checked against the account, and offered to be thrown away.

use crate::domain::{Change, Collection, StagedFor};
use crate::plan::{ChangeKey, Recheck, Staging};
use crate::text;

use super::dialogs::{Asked, Confirm, Dialog};
use super::msg::Effect;
use super::router::open;
use super::staged;
use super::state::State;

/// How many of them the offer names before it counts the others.
const NAMED: usize = 4;

/// Stages again what was left, and offers to throw it away. What was staged since goes before it.
pub fn offer(state: &mut State, left: Vec<Change>) -> Vec<Effect> {
    let account = state.staging.account().clone();
    let already: Vec<Change> = state.staging.changes().cloned().collect();
    state.staging = Staging::restore(StagedFor { account, changes: left.clone() });
    for change in already {
        state.staging.stage(change, &state.directory);
    }
    let mut effects = staged::changed(state);
    let confirm = Confirm::new(Asked::ThrowAway(left), title(state), lines(state))
        .words("throw them away", "keep them")
        .enter_says_no();
    effects.extend(open(state, Dialog::Confirm(confirm)));
    effects
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
    if !is_asked(state) {
        return;
    }
    let (title, lines) = (title(state), lines(state));
    if let Some(Dialog::Confirm(confirm)) = state.dialogs.last_mut().map(|top| &mut top.dialog) {
        (confirm.title, confirm.lines) = (title, lines);
    }
}

fn is_asked(state: &State) -> bool {
    let is_offer = |dialog: &Dialog| matches!(dialog, Dialog::Confirm(confirm) if matches!(confirm.asked, Asked::ThrowAway(_)));
    state.dialogs.last().is_some_and(|top| is_offer(&top.dialog))
}

fn title(state: &State) -> String {
    let staged = text::plural(state.staging.len(), "staged change");
    format!("Keep {staged} from an earlier session?")
}

fn lines(state: &State) -> Vec<String> {
    let checked = if is_checked(state) {
        format!("Checked against the account: {}.", counts(state))
    } else {
        "Each is checked against the account once that has been read.".to_owned()
    };
    let mut lines: Vec<String> = state
        .staging
        .changes()
        .take(NAMED)
        .map(|change| text::safe(&state.staging.words(change, &state.directory)).into_owned())
        .collect();
    if let Some(more) = state.staging.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(format!("and {} more", text::count(more)));
    }
    lines.push("Nothing is sent before you apply a plan.".to_owned());
    lines.push(checked);
    lines
}

/// Whether every list that speaks of what is staged has been read to its end.
fn is_checked(state: &State) -> bool {
    let whole = |collection: &Collection| state.directory.coverage(collection).is_whole();
    let is_known = |change: &Change| match (change.member(), change.target().existing_group()) {
        (Some(_), Some(group)) => {
            state.directory.groups().get(group).is_none()
                || whole(&Collection::GroupMembers(group.clone()))
        }
        _ => true,
    };
    whole(&Collection::Members)
        && whole(&Collection::Groups)
        && state.staging.changes().all(is_known)
}

fn counts(state: &State) -> String {
    let (mut hold, mut so, mut gone, mut changed) = (0, 0, 0, 0);
    for change in state.staging.changes() {
        match state.staging.check(change, &state.directory) {
            Recheck::Fine => hold += 1,
            Recheck::AlreadySo => so += 1,
            Recheck::GroupGone | Recheck::GroupNotMade | Recheck::MemberGone => gone += 1,
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
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    parts.map(|(n, words)| format!("{} {words}", text::count(n))).collect::<Vec<_>>().join(", ")
}
