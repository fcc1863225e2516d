//! Staging: what is wanted is folded into what is staged, kept on disk at each edit, and shown at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::policy_of;
use crate::domain::{Change, Directory, DraftId, Group, GroupId, GroupRef, PolicyDraft, Slot};
use crate::plan::{ChangeKey, OpState, Plan, Staged, Staging};
use crate::text;

use super::dialogs::{Asked, Dialog};
use super::msg::{Effect, Saved};
use super::screens::{ChangeRow, Screen};
use super::state::{State, Tone};
use super::{follow, history, runs, say};
use crate::keys::Action;

/// What is to be said beside what staging came to.
#[derive(Clone, Copy, Default)]
pub struct Beside {
    /// How many removals were asked for of who is not in.
    pub not_in: usize,
    /// How many of the marked rows that it was about are hidden by the filter.
    pub not_shown: usize,
}

/// Stages changes, and says in one word what it came to. Whether anything is staged otherwise than before.
pub fn stage(state: &mut State, changes: Vec<Change>, beside: Beside) -> (bool, Vec<Effect>) {
    let mut outcome = Outcome { beside, ..Outcome::default() };
    let in_hand = runs::in_hand(state);
    for change in changes {
        let change = named(state, change);
        if is_in_hand(&in_hand, &change) {
            outcome.in_hand += 1;
            continue;
        }
        let ends = matches!(change, Change::Delete { .. } | Change::RemoveMember { .. });
        match state.staging.stage(change, &state.directory) {
            Staged::Replaced(gone) if ends => {
                outcome.staged += 1;
                outcome.set_aside += gone.len();
            }
            Staged::Added | Staged::Replaced(_) => outcome.staged += 1,
            Staged::Folded(gone) => outcome.folded += gone.len().max(1),
            Staged::Already => outcome.already_staged += 1,
            Staged::AlreadySo => outcome.already_so += 1,
            Staged::ToBeDeleted => outcome.to_be_deleted += 1,
            Staged::ToBeRemoved => outcome.to_be_removed += 1,
            Staged::ToBeReplaced => outcome.to_be_replaced += 1,
            Staged::NoSuchDraft => outcome.no_draft += 1,
        }
    }
    let mut effects = changed(state);
    let (tone, words) = outcome.words(state);
    effects.extend(say(state, tone, words));
    (outcome.staged + outcome.folded > 0, effects)
}

/// Whether a run has a change in hand, or something of the group or the member that it is to end.
fn is_in_hand(in_hand: &BTreeMap<ChangeKey, OpState>, change: &Change) -> bool {
    let touches = |key: &ChangeKey| match change {
        Change::Delete { .. } => key.target() == change.target(),
        Change::RemoveMember { .. } => key.member() == change.member(),
        _ => false,
    };
    in_hand.contains_key(&ChangeKey::of(change)) || in_hand.keys().any(touches)
}

/// Takes out all that no run has in hand.
pub fn unstage_all(state: &mut State) -> Vec<Effect> {
    let in_hand = runs::in_hand(state);
    state.staging.keep_only(|key| in_hand.contains_key(key));
    changed(state)
}

/// Takes changes out, with what leans on them, unless a run has them in hand.
pub fn unstage(state: &mut State, keys: &[ChangeKey]) -> Vec<Effect> {
    let in_hand = runs::in_hand(state);
    if keys.iter().any(|key| in_hand.contains_key(key)) {
        let words = runs::in_hand_words(state);
        return say(state, Tone::Refused, words);
    }
    let before = state.staging.len();
    let gone: usize = keys.iter().map(|key| state.staging.unstage(key).len()).sum();
    if gone == 0 {
        return Vec::new();
    }
    let back = (state.staging.len() + gone).saturating_sub(before);
    let mut effects = changed(state);
    let out = format!("{} taken out", text::plural(gone, "change"));
    let words = match back {
        0 => out,
        back => format!("{out} · {} that it had set aside back", text::count(back)),
    };
    effects.extend(say(state, Tone::Done, words));
    effects
}

/// Stages the making of a group; gives its stand-in.
pub fn create(state: &mut State, name: &str) -> (GroupId, Vec<Effect>) {
    let draft = state.staging.new_draft();
    let change = Change::Create { group: draft, name: name.into(), policies: Vec::new() };
    state.staging.stage(change, &state.directory);
    (GroupId::draft(draft), changed(state))
}

/// Stages another name for a group.
pub fn rename(state: &mut State, group: &GroupId, to: &str) -> Vec<Effect> {
    if let Some(draft) = group.as_draft() {
        if runs::in_hand(state).contains_key(&ChangeKey::Create(draft)) {
            let words = runs::in_hand_words(state);
            return say(state, Tone::Refused, words);
        }
        state.staging.rename_draft(draft, to.into());
        return changed(state);
    }
    let Some(from) = state.directory.groups().get(group).map(|group| group.name.clone()) else {
        return Vec::new();
    };
    if *from == *to {
        return unstage(state, &[ChangeKey::Rename(group.clone())]);
    }
    let change = Change::Rename { group: group.clone(), from, to: to.into() };
    stage(state, vec![change], Beside::default()).1
}

/// What follows when what is staged has changed: it is kept on disk, and every list that shows it is made anew.
pub fn changed(state: &mut State) -> Vec<Effect> {
    let drafts = drafts(&state.staging, &state.directory);
    state.directory.set_drafts(drafts);
    refill_changes(state);
    replan(state);
    let mut effects = vec![Effect::Save(Saved::Staged(state.staging.saved()))];
    effects.extend(follow(state));
    effects
}

/// Makes the rows of the Changes screen anew: what is staged, then the runs, the newest first.
pub fn refill_changes(state: &mut State) {
    let staged = state.staging.changes().map(|change| ChangeRow::Staged(ChangeKey::of(change)));
    let runs = history::ids(state).into_iter().map(ChangeRow::Run);
    let rows = staged.chain(runs).collect();
    state.roots.changes.rows.show(rows);
}

/// Makes the plan that is on the screen anew; whether it says something else now. A question about the one that was
/// there is then no longer asked.
pub fn replan(state: &mut State) -> bool {
    let State { staging, directory, now, place, last_number, session, .. } = state;
    let Some(Screen::Plan(screen)) = place.above.last_mut() else { return false };
    let budget = session.setup.requests_per_5_min;
    let plan = match &screen.undoes {
        None => Plan::build(staging, directory, *now),
        Some(history) => history::undo_plan(history, directory, *now),
    };
    let number = *last_number + 1;
    let differs = screen.replace(Arc::new(plan), directory, number)
        | screen.guard(directory, &session.rules, budget, number);
    if differs {
        *last_number += 1;
        state.dialogs.retain(|open| !is_about_a_plan(&open.dialog));
    }
    differs
}

/// Makes the plan on the screen anew when what is known has changed, and says so if the person is looking at it. Of one
/// that only comes together while the account is read nothing is said.
pub fn replan_seen(state: &mut State) -> Vec<Effect> {
    let asked = state.dialogs.iter().any(|open| is_about_a_plan(&open.dialog));
    let is_coming =
        matches!(state.place.above.last(), Some(Screen::Plan(screen)) if screen.is_coming);
    let seen = asked || plan_is_seen(state) && !is_coming;
    if replan(state) && seen {
        return say(state, Tone::Refused, PLAN_CHANGED.to_owned());
    }
    Vec::new()
}

/// Whether the plan on the screen has been painted as it is now.
pub fn plan_is_seen(state: &State) -> bool {
    matches!(state.place.above.last(), Some(Screen::Plan(screen)) if screen.number == state.facts.plan)
}

/// What is said where the plan is no longer the one that was seen.
pub const PLAN_CHANGED: &str = "the plan has changed: look at it again";

fn is_about_a_plan(dialog: &Dialog) -> bool {
    matches!(dialog, Dialog::Confirm(confirm) if matches!(confirm.asked, Asked::Apply(..) | Asked::Override(..)))
}

/// The members who are staged to join a group.
pub fn joining(state: &State, group: &GroupId) -> Vec<Slot> {
    let group = GroupRef::from(group.clone());
    let adds = state.staging.changes().filter(|change| {
        matches!(change, Change::Add { .. }) && change.group().as_ref() == Some(&group)
    });
    adds.filter_map(|change| state.directory.members().slot(change.member()?)).collect()
}

/// The groups that a member is staged to join.
pub fn joined_by(state: &State, member: &crate::domain::MemberId) -> Vec<Slot> {
    let adds = state.staging.changes().filter_map(|change| match change {
        Change::Add { group, member: who } if who == member => Some(group_id(group)),
        _ => None,
    });
    adds.filter_map(|group| state.directory.groups().slot(&group)).collect()
}

/// The id that a group is shown by: its own, or its stand-in.
pub fn group_id(group: &GroupRef) -> GroupId {
    match group {
        GroupRef::Existing(group) => group.clone(),
        GroupRef::Draft(draft) => GroupId::draft(*draft),
    }
}

/// The policy editor knows a draft by its number alone, and a dialog may know a group by its draft that was made
/// meanwhile.
fn named(state: &State, change: Change) -> Change {
    match change {
        Change::Add { group: GroupRef::Draft(draft), member } => {
            let group = runs::group_made(state, draft);
            let group = group.map_or(GroupRef::Draft(draft), GroupRef::Existing);
            Change::Add { group, member }
        }
        Change::Create { group, name, policies } if name.is_empty() => {
            let name =
                state.staging.name_of(&GroupRef::Draft(group), &state.directory).unwrap_or(name);
            Change::Create { group, name, policies }
        }
        other => other,
    }
}

fn drafts(staging: &Staging, directory: &Directory) -> Vec<Group> {
    staging
        .changes()
        .filter_map(|change| match change {
            Change::Create { group, name, policies } => {
                Some(draft(*group, name, policies, directory))
            }
            _ => None,
        })
        .collect()
}

fn draft(id: DraftId, name: &Arc<str>, policies: &[PolicyDraft], directory: &Directory) -> Group {
    let policies = policies.iter().map(|policy| Arc::new(policy_of(policy, directory))).collect();
    Group {
        id: GroupId::draft(id),
        name: name.clone(),
        created_on: None,
        modified_on: None,
        policies: Some(policies),
    }
}

#[derive(Default)]
struct Outcome {
    staged: usize,
    set_aside: usize,
    folded: usize,
    already_staged: usize,
    already_so: usize,
    to_be_deleted: usize,
    to_be_removed: usize,
    to_be_replaced: usize,
    no_draft: usize,
    in_hand: usize,
    beside: Beside,
}

impl Outcome {
    fn words(&self, state: &State) -> (Tone, String) {
        let mut parts = Vec::new();
        let mut part = |number: usize, words: &str| {
            if number > 0 {
                parts.push(format!("{} {words}", text::count(number)));
            }
        };
        part(self.staged, "staged");
        let all = state.staging.len();
        if self.staged > 0 && all > self.staged {
            parts.push(format!("{} in all", text::count(all)));
        }
        let mut part = |number: usize, words: &str| {
            if number > 0 {
                parts.push(format!("{} {words}", text::count(number)));
            }
        };
        part(self.set_aside, "for what is removed set aside");
        part(self.folded, "taken back");
        part(self.already_staged, "staged already");
        part(self.already_so, "so already");
        part(self.beside.not_in, "not in");
        part(self.to_be_deleted, "left out: the group is staged to be deleted");
        part(self.to_be_removed, "left out: the member is staged to be removed from the account");
        part(self.to_be_replaced, "left out: the group's members are staged to be replaced");
        part(self.no_draft, "left out: the group is no longer staged");
        part(self.in_hand, &format!("left out: {}", runs::in_hand_words(state)));
        if parts.is_empty() {
            return (Tone::Refused, "nothing to stage".to_owned());
        }
        if self.staged + self.folded > 0 && self.beside.not_shown > 0 {
            let hidden = text::count(self.beside.not_shown);
            parts.push(format!("{hidden} of the marked hidden by the filter"));
        }
        if self.staged + self.folded == 0 {
            return (Tone::Refused, parts.join(" · "));
        }
        let plan = state.keymap.key_name(Action::Plan);
        if !plan.is_empty() && !state.staging.is_empty() {
            parts.push(format!("{plan} shows the plan"));
        }
        (Tone::Done, parts.join(" · "))
    }
}
