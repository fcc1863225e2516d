//! The router: carries out what screens and dialogs ask for.

use std::sync::Arc;

use crate::domain::{AccountId, Change, Collection, GroupId, GroupRef, Urgency};
use crate::plan::{Plan, SetMembers};
use crate::rows;
use crate::text;

use super::context::{groups_about, table, table_mut};
use super::dialogs::{
    Asked, Choice, Confirm, Dialog, Holder, Item, NameOf, Naming, Picker, PolicyEditor, TablePicker,
};
use super::load;
use super::msg::{Effect, Saved};
use super::place::{Place, Route, Tab};
use super::screens::{
    AccountsScreen, CompareScreen, EffectiveScreen, FindingScreen, GroupScreen, MemberScreen,
    OnlyHereScreen, OrganizationMemberScreen, PlanScreen, ProofScreen, RequestsScreen, RunScreen,
    Screen,
};
use super::setup::{Mode, WhyReadOnly};
use super::staged::Beside;
use super::state::{OpenDialog, OrganizationChoice, Phase, Preview, State, Tone};
use super::turn::Turn;
use super::why_not::{locked_direct_policies, locked_policies, read_only, running, snapshot_of};
use super::{
    act, approve, asking, change_files, copy, follow, history, offer, recovery, runs, say, staged,
};

/// Carries out a turn.
pub fn turn(state: &mut State, turn: Turn) -> Vec<Effect> {
    match turn {
        Turn::Stay => Vec::new(),
        Turn::Copy(which, form) => copy::rows(state, which, form),
        Turn::Run(effects) => effects,
        Turn::Stage(changes) => stage(state, changes, 0),
        Turn::StageBut(changes, not_in) => stage(state, changes, not_in),
        Turn::Unstage(keys) => {
            unmark(state);
            staged::unstage(state, &keys)
        }
        Turn::Create(_) | Turn::Rename(..) if read_only(state).is_some() => refuse_editing(state),
        Turn::Create(name) => {
            let (group, mut effects) = staged::create(state, &name);
            if let Some(slot) = state.directory.groups().slot(&group) {
                state.roots.groups.rows.go_to(&slot);
            }
            effects.extend(go(state, Route::Group(group)));
            let words = format!("{} is staged to be created", text::safe_capped(&name));
            effects.extend(say(state, Tone::Done, words));
            effects
        }
        Turn::Rename(group, name) => staged::rename(state, &group, &name),
        Turn::Go(route) => go(state, route),
        Turn::Open(dialog) => open(state, dialog),
        Turn::Do(action) => act::act(state, action),
        Turn::Close => {
            state.dialogs.pop();
            Vec::new()
        }
        Turn::Back => back(state),
        Turn::Say(tone, words) => say(state, tone, words),
        Turn::Answered(asked, yes) => answered(state, asked, yes),
        Turn::Sort(column) => {
            if let Some((table, directory)) = table_mut(state) {
                table.sort_by(column, directory);
            }
            follow(state)
        }
        Turn::EditPolicies(_) | Turn::SetMembers(_) if read_only(state).is_some() => {
            refuse_editing(state)
        }
        Turn::EditPolicies(of) => edit_policies(state, of),
        Turn::SetMembers(group) => ask_members(state, group),
        Turn::EditName(group) => {
            let name = state
                .staging
                .name_of(&GroupRef::from(group.clone()), &state.directory)
                .unwrap_or_default();
            open(state, Dialog::Name(Naming::new(NameOf::Group(group), &name)))
        }
        Turn::Resume(run) => recovery::ask_to_resume(state, &run),
        Turn::UndoRun(run) => match history::cannot_undo(state, &run) {
            Some(reason) => say(state, Tone::Refused, reason.0),
            None => history::undo_run(state, &run),
        },
        Turn::CloseRun(run) => recovery::close(state, &run),
        Turn::Account(account) => open_account(state, account),
        Turn::SaveFile(path, over) => change_files::save(state, path, over),
        Turn::OpenFile(path) => change_files::open(state, path),
        Turn::Read(list) => load::read(state, list, Urgency::Screen).into_iter().collect(),
        Turn::Organization(organization) => {
            if let OrganizationChoice::Several(all) = &state.session.organization {
                state.directory.organization =
                    all.iter().find(|one| one.id == organization).cloned();
            }
            state.session.organization = OrganizationChoice::One(organization);
            go(state, Route::Tab(Tab::Organization))
        }
        Turn::Filtered(tab, filter) => {
            let mut effects = go(state, Route::Tab(tab));
            if let Some((table, directory)) = table_mut(state) {
                table.line.clear();
                table.paste(&filter, directory);
            }
            effects.extend(follow(state));
            effects
        }
        Turn::Ask(question) => asking::ask(state, question),
        Turn::AskOf(permission) => asking::pick_place(state, &permission),
        Turn::All(turns) => turns.into_iter().flat_map(|one| self::turn(state, one)).collect(),
    }
}

/// Stages changes for what is marked, or under the cursor; marks have done their work then. A question that was asked
/// while changes were allowed may be answered when they no longer are.
fn stage(state: &mut State, changes: Vec<Change>, not_in: usize) -> Vec<Effect> {
    if read_only(state).is_some() {
        return refuse_editing(state);
    }
    let not_shown = table(state).map_or(0, |table| table.rows.marks_not_shown());
    let (any, effects) = staged::stage(state, changes, Beside { not_in, not_shown });
    if any {
        unmark(state);
    }
    effects
}

fn unmark(state: &mut State) {
    if let Some((table, _)) = table_mut(state) {
        table.rows.unmark();
    }
}

fn refuse_editing(state: &mut State) -> Vec<Effect> {
    let reason = read_only(state).map_or_else(String::new, |reason| reason.0);
    say(state, Tone::Refused, reason)
}

/// Opens another account, unless something here would be lost with this one.
fn open_account(state: &mut State, account: AccountId) -> Vec<Effect> {
    if snapshot_of(state).is_some() {
        let words = "a snapshot: no account is reached from it".to_owned();
        return say(state, Tone::Refused, words);
    }
    if running(state).is_some() {
        let words = "a run is on: it is bound to this account".to_owned();
        return say(state, Tone::Refused, words);
    }
    if state.session.phase == Phase::Open(account.clone()) {
        let mut effects = match state.place.above.last() {
            Some(Screen::Accounts(_)) => back(state),
            _ => Vec::new(),
        };
        effects.extend(say(state, Tone::Done, "this account is open".to_owned()));
        return effects;
    }
    match &state.session.unsaved {
        Some(fault) if !state.staging.is_empty() => {
            let staged = text::plural(state.staging.len(), "staged change");
            let lines = vec![
                format!(
                    "They could not be kept on disk: {}",
                    text::safe_capped(&fault.to_string())
                ),
                "They are lost with the account that is open.".to_owned(),
            ];
            let confirm = Confirm::new(
                Asked::LeaveAccount(account),
                format!("Leave {staged} behind?"),
                lines,
            );
            open(state, Dialog::Confirm(confirm.words("leave them", "stay")))
        }
        _ => load::open_account(state, account),
    }
}

/// Shows a screen. A tab's list is where it was left; a page is opened above what is there.
pub fn go(state: &mut State, route: Route) -> Vec<Effect> {
    if !load::is_known(state, &route) {
        return say(state, Tone::Refused, "it is no longer there".to_owned());
    }
    let screen = match route {
        Route::Tab(tab) => return go_to_tab(state, tab),
        Route::Member(member) => Screen::Member(MemberScreen::new(member)),
        Route::Group(group) => Screen::Group(GroupScreen::new(group)),
        Route::OrganizationMember(member) => {
            Screen::OrganizationMember(OrganizationMemberScreen { member })
        }
        Route::Proof(question, member) => Screen::Proof(ProofScreen::new(question, member)),
        Route::Effective(member) => Screen::Effective(EffectiveScreen::new(member)),
        Route::Compare(here, there) => Screen::Compare(CompareScreen::new(here, there)),
        Route::OnlyHere(group, policy) => {
            let screen = OnlyHereScreen::new(group, policy, &state.directory, state.now);
            Screen::OnlyHere(screen)
        }
        Route::Finding(key) => Screen::Finding(FindingScreen::new(key, &state.findings)),
        Route::Plan => {
            let plan = Plan::build(&state.staging, &state.directory, state.now);
            state.last_number += 1;
            Screen::Plan(PlanScreen::new(state.last_number, Arc::new(plan), &state.directory))
        }
        Route::Run(run) => {
            let mut screen = RunScreen { run, steps: crate::app::ListState::default() };
            history::show_steps(state, &mut screen);
            Screen::Run(screen)
        }
        Route::Requests => {
            let mut screen = RequestsScreen::default();
            screen.refill(&state.requests);
            Screen::Requests(screen)
        }
        Route::Accounts => Screen::Accounts(AccountsScreen::default()),
    };
    show(state, screen)
}

/// Opens a page above what is there.
pub fn show(state: &mut State, screen: Screen) -> Vec<Effect> {
    state.past.let_go();
    state.previous = Some(state.place.clone());
    state.place.above.push(screen);
    load::refill_accounts(state);
    let mut effects = follow(state);
    effects.extend(load::read_for_page(state));
    effects
}

fn go_to_tab(state: &mut State, tab: Tab) -> Vec<Effect> {
    state.past.let_go();
    if state.roots.preview == Preview::Full {
        state.roots.preview = Preview::Beside;
    }
    if tab == Tab::Organization
        && let OrganizationChoice::Several(all) = &state.session.organization
    {
        let items = all.iter().map(|one| Item {
            name: text::safe_capped(&one.name).into_owned(),
            detail: one.id.to_string(),
            choice: Choice::Organization(one.id.clone()),
        });
        let picker = Picker::new("Which organization", false, items.collect());
        return open(state, Dialog::Pick(picker));
    }
    if state.place.tab != tab || !state.place.above.is_empty() {
        let place = Place { tab, above: Vec::new() };
        state.previous = Some(std::mem::replace(&mut state.place, place));
    }
    let mut effects = follow(state);
    if tab == Tab::Organization {
        let collection = crate::domain::Collection::OrganizationMembers;
        let coverage = state.directory.coverage(&collection);
        if !coverage.is_whole() && coverage.failed.is_none() {
            effects.extend(load::read(state, collection, Urgency::Screen));
        }
    }
    effects
}

/// Leaves the page on top; whether there was one decides the caller.
pub fn back(state: &mut State) -> Vec<Effect> {
    if state.place.above.is_empty() || state.session.phase == Phase::Choosing {
        return Vec::new();
    }
    state.past.let_go();
    state.previous = Some(state.place.clone());
    state.place.above.pop();
    arrive(state)
}

/// What is come back to is brought up to what is known and staged now: it may have been left long ago.
pub fn arrive(state: &mut State) -> Vec<Effect> {
    staged::replan(state);
    let mut effects = follow(state);
    effects.extend(load::go_if_gone(state));
    effects
}

fn edit_policies(state: &mut State, of: Holder) -> Vec<Effect> {
    let locked = match &of {
        Holder::Group(group) => locked_policies(state, group),
        Holder::Member(member) => locked_direct_policies(state, member),
        Holder::Invited(_) => None,
    };
    if let Some(reason) = locked {
        return say(state, Tone::Refused, reason.0);
    }
    if runs::in_hand(state).contains_key(&of.key()) {
        let words = runs::in_hand_words(state);
        return say(state, Tone::Refused, words);
    }
    let editor = PolicyEditor::new(of, &state.directory, &state.staging);
    open(state, Dialog::Policies(Box::new(editor)))
}

/// Asks for the list that a group is to be made exactly, if it is known who would have to leave.
fn ask_members(state: &mut State, group: GroupId) -> Vec<Effect> {
    let known = GroupRef::from(group.clone());
    if state.staging.deletes(&known) {
        let words = "the group is staged to be deleted".to_owned();
        return say(state, Tone::Refused, words);
    }
    if let Err(why) = SetMembers::of(&state.directory, &known, &[]) {
        let mut effects = say(state, Tone::Refused, why.words());
        let list = Collection::GroupMembers(group);
        effects.extend(load::read(state, list, Urgency::Screen));
        return effects;
    }
    let picker = TablePicker::exactly(group, &state.directory, &state.staging);
    open(state, Dialog::Table(Box::new(picker)))
}

/// Asks a question.
pub fn open(state: &mut State, dialog: Dialog) -> Vec<Effect> {
    state.past.let_go();
    state.last_number += 1;
    state.dialogs.push(OpenDialog { number: state.last_number, dialog });
    follow(state)
}

/// Asks for an account's id.
pub fn ask_account(state: &mut State) {
    open(state, Dialog::Name(Naming::new(NameOf::Account, "")));
}

/// Asks for changes to be allowed, or stops allowing them.
pub fn toggle_read_write(state: &mut State) -> Vec<Effect> {
    let Phase::Open(account) = state.session.phase.clone() else { return Vec::new() };
    if state.session.mode == Mode::ReadWrite {
        state.session.mode = Mode::ReadOnly(WhyReadOnly::Chosen);
        let mut effects = keep_choice(state, account, false);
        effects.extend(say(state, Tone::Done, "read-only".to_owned()));
        return effects;
    }
    let name = state.directory.account.name.clone();
    // A name that is not there, or that no keyboard types, is stood in for by the id.
    let text = if text::can_be_typed(&name) { name.to_string() } else { account.to_string() };
    let mut lines = vec![
        "Changes are then staged, shown as a plan, and sent only when you apply it.".to_owned(),
    ];
    if !state.session.setup.keeps_choice() {
        lines.push("The profile says read-only: this holds until you leave.".to_owned());
    }
    let confirm = Confirm::new(Asked::ReadWrite(account), "Allow changes in this account?", lines)
        .typed(text);
    open(state, Dialog::Confirm(confirm.words("allow changes", "stay read-only")))
}

/// Keeps what was chosen for an account for the next session, where that is its to say.
fn keep_choice(state: &State, account: AccountId, writable: bool) -> Vec<Effect> {
    if state.session.setup.keeps_choice() {
        vec![Effect::Save(Saved::Writable(account, writable))]
    } else {
        Vec::new()
    }
}

fn answered(state: &mut State, asked: Asked, yes: bool) -> Vec<Effect> {
    match (asked, yes) {
        (Asked::Apply(id, given), true) => approve::apply(state, &id, &given),
        (Asked::Override(id, given), true) => approve::overridden(state, &id, given),
        (Asked::ReadWrite(account), true) => {
            state.session.mode = Mode::ReadWrite;
            let mut effects = keep_choice(state, account, true);
            effects.extend(say(
                state,
                Tone::Done,
                "changes are allowed in this account".to_owned(),
            ));
            effects
        }
        (Asked::ThrowAway(left), true) => offer::throw_away(state, &left),
        (Asked::Resume(run, given), true) => recovery::resume(state, &run, &given),
        (Asked::OverrideFor(run, given), true) => recovery::ask_to_go_on(state, &run, given),
        (Asked::EditAgain { text, written }, yes) => {
            change_files::edit_again(state, text, written, yes)
        }
        (Asked::UnstageAll, true) => staged::unstage_all(state),
        (Asked::LeaveAccount(account), true) => load::open_account(state, account),
        (Asked::LeaveRun, true) => runs::stop_and_leave(state),
        _ => Vec::new(),
    }
}

/// What to sort by, among the columns of the list here.
pub fn ask_sort(state: &mut State) -> Vec<Effect> {
    let Some((table, _)) = table_mut(state) else { return Vec::new() };
    let now = table.sort();
    let items = table.list().columns().iter().map(|column| {
        let detail = match now.direction {
            _ if now.column != column.id => "",
            rows::Direction::Ascending => "now, rising; again: falling",
            rows::Direction::Descending => "now, falling; again: rising",
        };
        Item {
            name: column.title.to_lowercase(),
            detail: detail.to_owned(),
            choice: Choice::Column(column.id),
        }
    });
    let picker = Picker::new("Sort by", false, items.collect());
    open(state, Dialog::Pick(picker))
}

/// What to edit of a group.
pub fn ask_edit(state: &mut State) -> Vec<Effect> {
    let groups = groups_about(state);
    let [group] = groups.as_slice() else { return Vec::new() };
    let policies = locked_policies(state, group).map_or_else(String::new, |reason| reason.0);
    let items = vec![
        Item {
            name: "name".to_owned(),
            detail: String::new(),
            choice: Choice::Rename(group.clone()),
        },
        Item {
            name: "policies".to_owned(),
            detail: policies,
            choice: Choice::Policies(group.clone()),
        },
    ];
    open(state, Dialog::Pick(Picker::new("Edit", false, items)))
}
