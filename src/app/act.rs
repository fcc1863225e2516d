//! Doing what an action says, here.

use crate::domain::Change;
use crate::keys::{Action, TABLE};
use crate::plan::ChangeKey;

use super::context::{About, about, context, groups_about, members_about, table_mut};
use super::dialogs::{
    Asked, Confirm, Dialog, Help, Holder, Known, Prompt, TablePicker, Toward, collect, remove,
};
use super::list::{ListState, Motion};
use super::load;
use super::msg::Effect;
use super::place::{Route, Tab};
use super::router::{self, go, open};
use super::screens::{ChangeRow, GroupPane, MemberPane, Screen};
use super::state::{Phase, Preview, PreviewPlace, State, Tone};
use super::turn::Turn;
use super::why_not::{running, why_not};
use super::{
    approve, asking, change_files, copy, findings, follow, history, leave, opening, recovery, runs,
    say, staged,
};
use crate::keys::Context;

/// Does what an action says, or says why it can't be done.
pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    if let Some(reason) = why_not(state, action) {
        return say(state, Tone::Refused, format!("{}: {}", action.row().short, reason.0));
    }
    match action {
        Action::Down => go_to(state, Motion::Down),
        Action::Up => go_to(state, Motion::Up),
        Action::Top => go_to(state, Motion::Top),
        Action::Bottom => go_to(state, Motion::Bottom),
        Action::PageDown => go_to(state, Motion::PageDown),
        Action::PageUp => go_to(state, Motion::PageUp),
        Action::Open => opening::open_row(state),
        Action::Filter => filter(state),
        Action::Sort => router::ask_sort(state),
        Action::Mark => {
            let page = state.facts.list_rows;
            on_rows(state, |rows| rows.mark(page))
        }
        Action::MarkRange => on_rows(state, ListState::range),
        Action::MarkAll => on_rows(state, ListState::mark_all),
        Action::AddTo => add_to(state),
        Action::RemoveFrom => remove_from(state),
        Action::Invite => ask_name(state, super::NameOf::Invitation),
        Action::EditDirect => edit_direct(state),
        Action::RemoveMember => remove_members(state),
        Action::Create => ask_name(state, super::NameOf::NewGroup),
        Action::Edit => edit(state),
        Action::EditChanges => change_files::edit(state),
        Action::Delete => delete(state),
        Action::Unstage => unstage(state),
        Action::UnstageAll => ask_to_unstage_all(state),
        Action::Plan => go(state, Route::Plan),
        Action::Apply => approve::ask_to_apply(state),
        Action::StopRun => runs::stop(state),
        Action::TakeUp => recovery::ask_here(state),
        Action::UndoRun => history::undo(state, history::run_here),
        Action::UndoLast => history::undo(state, history::last_run),
        Action::Preview => {
            state.roots.preview = state.roots.preview.toggled(state.size.columns);
            Vec::new()
        }
        Action::NextPane => next_pane(state),
        Action::Copy => copy::ask(state),
        Action::OnlyReal => {
            match state.place.above.last_mut() {
                Some(Screen::Plan(screen)) => screen.impact.toggle_real(),
                Some(Screen::OnlyHere(screen)) => screen.impact.toggle_real(),
                _ => {}
            }
            Vec::new()
        }
        Action::Close => close(state),
        Action::Back => router::back(state),
        Action::LastScreen => {
            if let Some(previous) = state.previous.take() {
                state.previous = Some(std::mem::replace(&mut state.place, previous));
            }
            router::arrive(state)
        }
        Action::Members
        | Action::Groups
        | Action::Access
        | Action::Findings
        | Action::Changes
        | Action::Organization => go(state, Route::Tab(tab_of(action))),
        Action::WhoCan
        | Action::Explain
        | Action::OnlyHere
        | Action::Compare
        | Action::MakeLike => asking::act(state, action),
        Action::Mend => findings::mend(state),
        Action::Account => {
            let mut effects = go(state, Route::Accounts);
            effects.extend(state.tickets.ask_once(super::Request::Accounts));
            effects
        }
        Action::Refresh => load::read_this(state),
        Action::RefreshAll => load::read_all(state),
        Action::Dashboard => dashboard(state),
        Action::ReadWrite => router::toggle_read_write(state),
        Action::Requests => go(state, Route::Requests),
        Action::NextMatch | Action::PreviousMatch => {
            let State { place, requests, .. } = state;
            if let Some(Screen::Requests(screen)) = place.above.last_mut() {
                screen.next_match(requests, action == Action::NextMatch);
            }
            Vec::new()
        }
        Action::Demo => vec![Effect::Quit(super::Exit {
            signal: None,
            words: Vec::new(),
            partly: false,
            demo: true,
        })],
        Action::Prompt => prompt(state),
        Action::Help => help(state),
        Action::Leave => leave_or_back(state),
        Action::Suspend => vec![Effect::Suspend],
        Action::Quit => quit(state),
    }
}

fn ask_to_unstage_all(state: &mut State) -> Vec<Effect> {
    let staged = crate::text::plural(state.staging.len(), "staged change");
    let title = format!("Take all {staged} out?");
    let confirm = Confirm::new(Asked::UnstageAll, title, Vec::new());
    open(state, Dialog::Confirm(confirm.words("take out", "no")))
}

/// The tab that an action goes to.
fn tab_of(action: Action) -> Tab {
    match action {
        Action::Groups => Tab::Groups,
        Action::Access => Tab::Access,
        Action::Findings => Tab::Findings,
        Action::Changes => Tab::Changes,
        Action::Organization => Tab::Organization,
        _ => Tab::Members,
    }
}

fn go_to(state: &mut State, motion: Motion) -> Vec<Effect> {
    let page = state.facts.list_rows;
    let State { place, roots, .. } = state;
    match place.above.last_mut() {
        Some(Screen::Member(screen)) => match screen.pane {
            MemberPane::Groups => screen.groups.rows.go(motion, page),
            MemberPane::Policies => screen.policies.lines.go(motion, page),
        },
        Some(Screen::Group(screen)) => match screen.pane {
            GroupPane::Members => screen.members.rows.go(motion, page),
            GroupPane::Policies => screen.policies.lines.go(motion, page),
        },
        Some(Screen::Proof(screen)) => screen.lines.go(motion, page),
        Some(Screen::Effective(screen)) => screen.rows.go(motion, page),
        Some(Screen::Compare(screen)) => screen.lines.go(motion, page),
        Some(Screen::OnlyHere(screen)) => screen.impact.lines.go(motion, page),
        Some(Screen::Plan(screen)) => screen.go(motion, page),
        Some(Screen::Finding(screen)) => screen.rows.go(motion, page),
        Some(Screen::Run(screen)) => screen.steps.go(motion, page),
        Some(Screen::Requests(screen)) => screen.lines.go(motion, page),
        Some(Screen::Accounts(screen)) => screen.rows.go(motion, page),
        Some(Screen::OrganizationMember(_)) => {}
        None => match place.tab {
            Tab::Members => roots.members.rows.go(motion, page),
            Tab::Groups => roots.groups.rows.go(motion, page),
            Tab::Access if roots.access.question.is_none() => roots.access.offers.go(motion, page),
            Tab::Access => roots.access.people.rows.go(motion, page),
            Tab::Organization => roots.organization.rows.go(motion, page),
            Tab::Findings => roots.findings.rows.go(motion, page),
            Tab::Changes => roots.changes.rows.go(motion, page),
        },
    }
    Vec::new()
}

fn on_rows(state: &mut State, change: impl Fn(&mut ListState<crate::domain::Slot>)) -> Vec<Effect> {
    if let Some((table, _)) = table_mut(state) {
        change(&mut table.rows);
    }
    Vec::new()
}

fn filter(state: &mut State) -> Vec<Effect> {
    if let Some(Screen::Requests(screen)) = state.place.above.last_mut() {
        screen.typing = true;
    } else if let Some((table, _)) = table_mut(state) {
        table.type_filter();
    }
    Vec::new()
}

fn add_to(state: &mut State) -> Vec<Effect> {
    let toward = match about(state) {
        About::Members(members) => Toward::AddToGroups(members),
        About::OfMember(member, _) => Toward::AddToGroups(vec![member]),
        About::Groups(groups) => Toward::AddMembers(groups),
        About::InGroup(group, _) => Toward::AddMembers(vec![group]),
        About::OrganizationMember(_) | About::Nothing => return Vec::new(),
    };
    open(state, Dialog::Table(Box::new(TablePicker::new(toward))))
}

fn remove_from(state: &mut State) -> Vec<Effect> {
    let toward = match about(state) {
        About::Members(members) => Toward::RemoveFromGroups(members),
        About::Groups(groups) => match groups.as_slice() {
            [group] => Toward::RemoveMembers(group.clone()),
            _ => return Vec::new(),
        },
        About::InGroup(group, members) => {
            let turns = members.into_iter().map(|member| remove(group.clone(), member)).collect();
            return router::turn(state, collect(turns));
        }
        About::OfMember(member, groups) => {
            let turns = groups.into_iter().map(|group| remove(group, member.clone())).collect();
            return router::turn(state, collect(turns));
        }
        About::OrganizationMember(_) | About::Nothing => return Vec::new(),
    };
    open(state, Dialog::Table(Box::new(TablePicker::new(toward))))
}

fn edit(state: &mut State) -> Vec<Effect> {
    let groups = groups_about(state);
    match (context(state), groups.as_slice()) {
        (Context::GroupPolicies, [group]) => {
            router::turn(state, Turn::EditPolicies(Holder::Group(group.clone())))
        }
        _ => router::ask_edit(state),
    }
}

fn ask_name(state: &mut State, of: super::NameOf) -> Vec<Effect> {
    open(state, Dialog::Name(super::Naming::new(of, "")))
}

fn edit_direct(state: &mut State) -> Vec<Effect> {
    match members_about(state).as_slice() {
        [member] => router::turn(state, Turn::EditPolicies(Holder::Member(member.clone()))),
        _ => Vec::new(),
    }
}

fn remove_members(state: &mut State) -> Vec<Effect> {
    let known = |member| state.directory.members().get(&member);
    let rows = members_about(state).into_iter().filter_map(known);
    let changes = rows.map(|row| Change::RemoveMember {
        member: row.id.clone(),
        email: (&*row.email).into(),
        pending: !row.status.is_full(),
    });
    let changes = changes.collect();
    router::turn(state, Turn::Stage(changes))
}

fn delete(state: &mut State) -> Vec<Effect> {
    let turns = groups_about(state).into_iter().filter_map(|group| {
        if let Some(draft) = group.as_draft() {
            return Some(Turn::Unstage(vec![ChangeKey::Create(draft)]));
        }
        let name = state.directory.groups().get(&group)?.name.clone();
        Some(Turn::Stage(vec![Change::Delete { group, name }]))
    });
    let turn = collect(turns.collect());
    let mut effects = router::turn(state, turn);
    effects.extend(load::go_if_gone(state));
    effects
}

fn unstage(state: &mut State) -> Vec<Effect> {
    match state.roots.changes.rows.cursor() {
        Some(ChangeRow::Staged(key)) => staged::unstage(state, &[key]),
        _ => Vec::new(),
    }
}

fn next_pane(state: &mut State) -> Vec<Effect> {
    match state.place.above.last_mut() {
        Some(Screen::Member(screen)) => {
            screen.pane = match screen.pane {
                MemberPane::Groups => MemberPane::Policies,
                MemberPane::Policies => MemberPane::Groups,
            }
        }
        Some(Screen::Group(screen)) => {
            screen.pane = match screen.pane {
                GroupPane::Members => GroupPane::Policies,
                GroupPane::Policies => GroupPane::Members,
            }
        }
        Some(Screen::Plan(screen)) => screen.next_view(),
        Some(Screen::Effective(screen)) => screen.next_column(),
        _ => {}
    }
    follow(state)
}

/// Close, clear the filter, clear the marks, back: the first of these that there is something to do for.
fn close(state: &mut State) -> Vec<Effect> {
    if let Some(Screen::Requests(screen)) = state.place.above.last_mut()
        && !screen.search.is_empty()
    {
        screen.search.clear();
        return Vec::new();
    }
    if close_preview(state) {
        return Vec::new();
    }
    if let Some((table, directory)) = table_mut(state)
        && (table.clear_filter(directory) || table.rows.unmark())
    {
        return follow(state);
    }
    router::back(state)
}

/// Closes the preview where it stands in its list's place; whether it did.
fn close_preview(state: &mut State) -> bool {
    let is_open = state.place.above.is_empty()
        && state.roots.preview.place(state.size.columns) == Some(PreviewPlace::InItsPlace);
    if is_open {
        state.roots.preview = Preview::Beside;
    }
    is_open
}

fn dashboard(state: &mut State) -> Vec<Effect> {
    match &state.session.phase {
        Phase::Open(account) => {
            vec![Effect::Open(format!("https://dash.cloudflare.com/{account}/members"))]
        }
        _ => Vec::new(),
    }
}

fn help(state: &mut State) -> Vec<Effect> {
    let here = context(state);
    let mut actions: Vec<_> = TABLE
        .iter()
        .filter(|row| row.action.works_in(here) && row.action != Action::Help)
        .map(|row| (row.action, why_not(state, row.action)))
        .collect();
    // What this screen is about comes first, then what works on every screen, then moving about; within each the
    // table's order. What can't be done now is last.
    actions.sort_by_key(|(action, reason)| {
        let row = action.row();
        let place = match action {
            Action::Down
            | Action::Up
            | Action::Top
            | Action::Bottom
            | Action::PageDown
            | Action::PageUp => 2,
            _ => u8::from(row.contexts.is_empty()),
        };
        (reason.is_some(), place)
    });
    open(state, Dialog::Help(Help::new(actions)))
}

fn prompt(state: &mut State) -> Vec<Effect> {
    let actions = prompt_actions(state);
    let known =
        Known { directory: &state.directory, accounts: &state.session.accounts, actions: &actions };
    let prompt = Prompt::new(known);
    open(state, Dialog::Prompt(prompt))
}

/// The actions that the prompt offers here: those that can be done, but for moving about.
pub fn prompt_actions(state: &State) -> Vec<Action> {
    let here = context(state);
    let moves = |action: Action| action.moves() || action == Action::Prompt;
    TABLE
        .iter()
        .map(|row| row.action)
        .filter(|action| {
            action.works_in(here) && !moves(*action) && why_not(state, *action).is_none()
        })
        .collect()
}

fn leave_or_back(state: &mut State) -> Vec<Effect> {
    if close_preview(state) {
        return Vec::new();
    }
    if !state.place.above.is_empty() && state.session.phase != Phase::Choosing {
        return router::back(state);
    }
    if running(state).is_some() {
        let lines = runs::leaving_lines(state);
        let confirm = Confirm::new(Asked::LeaveRun, "A run is on. Stop it and leave?", lines);
        return open(state, Dialog::Confirm(confirm.words("stop and leave", "stay")));
    }
    vec![leave(state, None)]
}

/// With a run on, the first time stops it and says so; the second leaves at once.
fn quit(state: &mut State) -> Vec<Effect> {
    let is_stopping = running(state).map(|run| matches!(run.hold, Some(super::Hold::Stopping)));
    match is_stopping {
        Some(false) => {
            let mut effects = runs::stop(state);
            let key = state.keymap.key_name(Action::Quit);
            effects.extend(say(
                state,
                Tone::Refused,
                format!("nothing more is sent, what is in flight ends; {key} again leaves at once"),
            ));
            effects
        }
        _ => vec![leave(state, None)],
    }
}
