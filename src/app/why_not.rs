//! Why an action can't be done now: for the footer, help and the word in passing. One answer for all three.

use jiff::Timestamp;

use crate::domain::{GroupId, GroupRef, MemberId};
use crate::keys::{Action, Context};
use crate::plan::ChangeKey;
use crate::text;

use super::asking::explained;
use super::context::{About, about, context, groups_about, members_about, table};
use super::place::Tab;
use super::screens::{ChangeRow, PlanView, Screen};
use super::setup::{Mode, WhyReadOnly};
use super::state::{Hold, OrganizationChoice, Phase, RunView, State};
use super::{change_files, comparing, copy, findings, history, recovery, runs};

/// Why an action can't be done now, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(pub String);

/// Why an action can't be done here and now; `None` if it can.
pub fn why_not(state: &State, action: Action) -> Option<Reason> {
    if !action.works_in(context(state)) {
        return reason(not_here(state, action));
    }
    if snapshot_of(state).is_some()
        && let Some(words) = not_in_snapshot(action)
    {
        return reason(format!("a snapshot: {words}"));
    }
    match action {
        Action::Quit
        | Action::Leave
        | Action::Suspend
        | Action::Help
        | Action::Requests
        | Action::Demo
        | Action::Close
        | Action::Back
        | Action::NextPane
        | Action::NextMatch
        | Action::PreviousMatch => None,
        Action::Filter | Action::Sort | Action::Preview => match context(state) {
            Context::Access if state.roots.access.question.is_none() => {
                reason("nothing was asked yet")
            }
            _ => None,
        },
        Action::LastScreen => {
            state.previous.is_none().then(|| Reason("there is no screen before this one".into()))
        }
        Action::Members
        | Action::Groups
        | Action::Access
        | Action::WhoCan
        | Action::Findings
        | Action::Changes
        | Action::RefreshAll
        | Action::Prompt => not_open(state),
        Action::Organization => not_open(state).or_else(|| no_organization(state)),
        Action::Account => {
            not_open(state).filter(|_| matches!(state.session.phase, Phase::Unconnected(_)))
        }
        Action::Refresh => {
            let can_ask = matches!(state.session.phase, Phase::NotConnected(_) | Phase::Choosing);
            not_open(state).filter(|_| !can_ask)
        }
        Action::Open
        | Action::Down
        | Action::Up
        | Action::Top
        | Action::Bottom
        | Action::PageDown
        | Action::PageUp => no_row(state),
        Action::Mark | Action::MarkRange | Action::MarkAll => no_row(state).or_else(|| {
            (context(state) == Context::Access && state.roots.access.question.is_none())
                .then(|| Reason("nothing was asked yet".into()))
        }),
        Action::AddTo | Action::RemoveFrom | Action::Create | Action::Edit | Action::Delete => {
            read_only(state).or_else(|| cannot_edit(state, action))
        }
        Action::Invite => read_only(state).or_else(|| not_open(state)),
        Action::EditDirect => read_only(state).or_else(|| cannot_edit_direct(state)),
        Action::RemoveMember => read_only(state).or_else(|| cannot_remove(state)),
        Action::Unstage => match state.roots.changes.rows.cursor() {
            Some(ChangeRow::Staged(key)) => {
                runs::in_hand(state).contains_key(&key).then(|| Reason(runs::in_hand_words(state)))
            }
            _ => reason("no change is under the cursor"),
        },
        Action::EditChanges => {
            not_open(state).or_else(|| change_files::cannot_edit(state).map(Reason)).or_else(|| {
                (!runs::in_hand(state).is_empty()).then(|| Reason(runs::in_hand_words(state)))
            })
        }
        Action::UnstageAll => nothing_staged(state).or_else(|| all_in_hand(state)),
        Action::Plan => not_open(state).or_else(|| nothing_staged(state)),
        Action::Apply => cannot_apply(state),
        Action::Mend => findings::cannot_mend(state),
        Action::OnlyReal => not_on_impact(state),
        Action::Explain | Action::OnlyHere | Action::Compare | Action::MakeLike => {
            cannot_ask(state, action)
        }
        Action::Copy => copy::nothing_to_copy(state),
        Action::StopRun => match running(state) {
            None => reason("no run is on"),
            Some(run) if run.hold == Some(Hold::Stopping) => reason("the run is stopping already"),
            Some(_) => None,
        },
        Action::TakeUp => not_open(state).or_else(|| match history::run_here(state) {
            Some(run) => recovery::cannot_take_up(state, &run),
            None => reason("no run is under the cursor"),
        }),
        Action::UndoLast => not_open(state).or_else(|| history::cannot_undo_last(state)),
        Action::UndoRun => not_open(state).or_else(|| match history::run_here(state) {
            Some(run) => history::cannot_undo(state, &run),
            None => reason("no run is under the cursor"),
        }),
        Action::Dashboard if state.session.setup.dashboard => not_open(state),
        Action::Dashboard => reason(format!("{} has no dashboard", state.session.setup.host)),
        Action::ReadWrite => cannot_toggle(state),
    }
}

/// Why an action has no place where the person is.
fn not_here(state: &State, action: Action) -> String {
    match (action, context(state)) {
        (Action::Apply, _) => {
            let key = state.keymap.key_name(Action::Plan);
            format!("only a plan is applied; {key} shows what is staged as one")
        }
        (_, Context::MemberPolicies | Context::GroupPolicies) => "not in this pane".to_owned(),
        _ => "not on this screen".to_owned(),
    }
}

/// The run that is on, if one is.
pub fn running(state: &State) -> Option<&RunView> {
    state.runs.values().find(|run| run.ended.is_none())
}

/// Of which moment a snapshot is shown; `None` where it is none.
pub fn snapshot_of(state: &State) -> Option<String> {
    match &state.session.mode {
        Mode::ReadOnly(WhyReadOnly::Snapshot(at)) => Some(moment(*at)),
        _ => None,
    }
}

fn moment(at: Timestamp) -> String {
    at.strftime("%-d %b %Y %H:%M UTC").to_string()
}

/// Why a snapshot has no room for an action; `None` where it has.
fn not_in_snapshot(action: Action) -> Option<&'static str> {
    match action {
        Action::Refresh | Action::RefreshAll => Some("nothing is read again"),
        Action::Account => Some("no account is reached from it"),
        Action::Changes | Action::Plan | Action::TakeUp | Action::UndoLast | Action::UndoRun => {
            Some("nothing is staged or run in it")
        }
        Action::ReadWrite => Some("nothing is changed in it"),
        _ => None,
    }
}

/// Why changes are not allowed; `None` if they are.
pub fn read_only(state: &State) -> Option<Reason> {
    let Mode::ReadOnly(why) = &state.session.mode else { return None };
    let key = state.keymap.key_name(Action::ReadWrite);
    reason(match why {
        WhyReadOnly::Flag => "read-only: started with --read-only".to_owned(),
        WhyReadOnly::Profile => format!("read-only: the profile says so; {key} allows changes"),
        WhyReadOnly::FirstConnection => {
            format!("read-only: the first connection to this account; {key} allows changes")
        }
        WhyReadOnly::Chosen => format!("read-only: {key} allows changes"),
        WhyReadOnly::Snapshot(_) => "a snapshot: nothing is changed in it".to_owned(),
        WhyReadOnly::Refused(fault) => format!("read-only: {}", text::safe(&fault.in_short())),
    })
}

// An answer that is never `None` keeps the match arms above of one type.
#[expect(clippy::unnecessary_wraps, reason = "every arm of the match above is an option")]
fn reason(words: impl Into<String>) -> Option<Reason> {
    Some(Reason(words.into()))
}

fn not_open(state: &State) -> Option<Reason> {
    match state.session.phase {
        Phase::Open(_) => None,
        _ => reason("no account is open"),
    }
}

fn no_organization(state: &State) -> Option<Reason> {
    match &state.session.organization {
        OrganizationChoice::None(Some(fault)) => reason(format!("no organization: {}", fault.what)),
        OrganizationChoice::None(None) => {
            reason("the account has no organization that this credential can see")
        }
        _ => None,
    }
}

fn no_row(state: &State) -> Option<Reason> {
    let is_empty = match (context(state), state.place.above.last()) {
        // A page has no rows to want; and where no account is listed, one is opened by its id.
        (Context::OrganizationMember, _) | (_, Some(Screen::Accounts(_))) => false,
        (Context::MemberPolicies, Some(Screen::Member(screen))) => {
            screen.policies.lines.rows().is_empty()
        }
        (Context::GroupPolicies, Some(Screen::Group(screen))) => {
            screen.policies.lines.rows().is_empty()
        }
        (_, Some(Screen::Plan(screen))) => screen.has_no_row(),
        (_, Some(Screen::Run(screen))) => screen.steps.rows().is_empty(),
        (_, Some(Screen::Requests(screen))) => screen.lines.rows().is_empty(),
        (_, Some(Screen::Proof(screen))) => screen.lines.rows().is_empty(),
        (_, Some(Screen::Effective(screen))) => screen.rows.rows().is_empty(),
        (_, Some(Screen::Compare(screen))) => screen.lines.rows().is_empty(),
        (_, Some(Screen::OnlyHere(screen))) => screen.impact.lines.rows().is_empty(),
        (Context::Access, _) if state.roots.access.question.is_none() => {
            state.roots.access.offers.rows().is_empty()
        }
        (_, Some(Screen::Finding(screen))) => screen.rows.rows().is_empty(),
        (Context::Findings, _) => state.roots.findings.rows.rows().is_empty(),
        (Context::Changes, _) => state.roots.changes.rows.rows().is_empty(),
        _ => table(state).is_none_or(|table| table.rows.rows().is_empty()),
    };
    if is_empty { reason("there is no row") } else { None }
}

fn nothing_staged(state: &State) -> Option<Reason> {
    if state.staging.is_empty() { reason("nothing is staged") } else { None }
}

fn not_on_impact(state: &State) -> Option<Reason> {
    match state.place.above.last() {
        Some(Screen::OnlyHere(_)) => None,
        Some(Screen::Plan(screen)) if screen.view == PlanView::Impact => None,
        _ => {
            let key = state.keymap.key_name(Action::NextPane);
            reason(format!("only where the impact is shown: {key} shows it"))
        }
    }
}

/// Why a question about what is under the cursor can't be asked; `None` if it can.
fn cannot_ask(state: &State, action: Action) -> Option<Reason> {
    match action {
        Action::OnlyHere => not_one_group(state),
        Action::Compare => comparing::cannot_compare(state),
        Action::MakeLike => read_only(state).or_else(|| comparing::cannot_make_like(state)),
        _ if explained(state).is_none() => reason("there is no member under the cursor"),
        _ => None,
    }
}

/// Why it can't be told who has something only through what is here; `None` if it can.
fn not_one_group(state: &State) -> Option<Reason> {
    match groups_about(state).as_slice() {
        [group] if group.as_draft().is_some() => reason("the group is only staged"),
        [_] => None,
        [] => reason("there is no row"),
        _ => reason("one group at a time: unmark the others"),
    }
}

fn all_in_hand(state: &State) -> Option<Reason> {
    let in_hand = runs::in_hand(state);
    let is_in_hand = |change| in_hand.contains_key(&ChangeKey::of(change));
    let all = !in_hand.is_empty() && state.staging.changes().all(is_in_hand);
    all.then(|| Reason(runs::in_hand_words(state)))
}

fn cannot_edit(state: &State, action: Action) -> Option<Reason> {
    if let Some(not_open) = not_open(state) {
        return Some(not_open);
    }
    if action == Action::Create {
        return None;
    }
    let is_empty = match about(state) {
        About::Members(members) => members.is_empty(),
        About::Groups(groups) => groups.is_empty(),
        About::InGroup(_, members) => action == Action::RemoveFrom && members.is_empty(),
        About::OfMember(_, groups) => action == Action::RemoveFrom && groups.is_empty(),
        About::OrganizationMember(_) | About::Nothing => true,
    };
    if is_empty {
        return reason("there is no row");
    }
    let groups = groups_about(state);
    if action != Action::Delete
        && groups.iter().any(|group| state.staging.deletes(&GroupRef::from(group.clone())))
    {
        return reason("the group is staged to be deleted");
    }
    match action {
        Action::Edit if groups.len() > 1 => reason("one group at a time: unmark the others"),
        Action::RemoveFrom if groups.len() > 1 => {
            reason("one group at a time: open it, or unmark the others")
        }
        Action::Edit if context(state) == Context::GroupPolicies => {
            groups.first().and_then(|group| locked_policies(state, group))
        }
        _ => None,
    }
}

fn cannot_edit_direct(state: &State) -> Option<Reason> {
    match members_about(state).as_slice() {
        _ if not_open(state).is_some() => not_open(state),
        [] => reason("there is no row"),
        [member] => locked_direct_policies(state, member),
        _ => reason("one member at a time: unmark the others"),
    }
}

fn cannot_remove(state: &State) -> Option<Reason> {
    let members = members_about(state);
    let gone = |member: &MemberId| state.directory.members().get(member).is_none();
    match members.as_slice() {
        _ if not_open(state).is_some() => not_open(state),
        [] => reason("there is no row"),
        [only] if gone(only) => reason("the member is no longer in the account"),
        [only] if state.staging.removes(only) => reason("staged already"),
        _ => None,
    }
}

/// Why the policies that a member holds directly can't be edited; `None` if they can.
pub fn locked_direct_policies(state: &State, member: &MemberId) -> Option<Reason> {
    let Some(row) = state.directory.members().get(member) else {
        return reason("the member is no longer in the account");
    };
    if state.staging.removes(member) {
        return reason("the member is staged to be removed from the account");
    }
    if let Some(why) = row.policies_locked() {
        return reason(format!("not editable: {why}"));
    }
    None
}

/// Why a group's policies can't be edited; `None` if they can.
pub fn locked_policies(state: &State, group: &GroupId) -> Option<Reason> {
    let group = state.directory.groups().get(group)?;
    if let Some(why) = group.policies_locked() {
        return reason(format!("not editable: {why}"));
    }
    if group.policies.is_none() {
        return reason("the group's policies have not been read");
    }
    None
}

fn cannot_apply(state: &State) -> Option<Reason> {
    if let Some(read_only) = read_only(state) {
        return Some(read_only);
    }
    if running(state).is_some() {
        return reason("a run is on: one at a time");
    }
    match state.place.above.last() {
        Some(Screen::Plan(screen)) if screen.plan.is_empty() => {
            reason("the plan has nothing to send")
        }
        Some(Screen::Plan(_)) => None,
        _ => reason("only a plan is applied"),
    }
}

fn cannot_toggle(state: &State) -> Option<Reason> {
    match (&state.session.mode, &state.session.phase) {
        (Mode::ReadOnly(WhyReadOnly::Flag), _) => reason("started with --read-only"),
        (_, Phase::Open(_)) => None,
        _ => not_open(state),
    }
}

/// Whether a tab can be opened.
pub fn tab_works(state: &State, tab: Tab) -> bool {
    tab != Tab::Organization || no_organization(state).is_none()
}
