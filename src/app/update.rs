//! `update`: the one place where what comes in changes the state.

use std::time::Duration;

use crate::keys::{Action, Code, Key};
use crate::plan::{End, Pause};

use super::act::{self, act};
use super::context::{context, table_mut};
use super::dialogs::{Dialog, Known};
use super::msg::{Alarm, Effect, Exit, Msg, Signal};
use super::router;
use super::screens::Screen;
use super::state::{Leaving, OpenDialog, State, Toast, Tone};
use super::table::FilterKey;
use super::turn::Turn;
use super::why_not::running;
use super::{dates, findings, history, load, opening, recovery, runs, staged};

/// How long a word in passing stays.
const TOAST: Duration = Duration::from_secs(6);
/// How long a run has to end once the process was told to end.
const GRACE: Duration = Duration::from_secs(5);

/// Takes in a message and says what must be done. Pure but for `state`.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    let is_time = matches!(msg, Msg::Tick(_));
    let mut effects = take_in(state, msg);
    if !is_time {
        effects.extend(dates::follow(state));
        effects.extend(recovery::offer_next(state));
        effects.extend(findings::follow(state));
    }
    effects
}

fn take_in(state: &mut State, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Tick(now) => {
            state.now = now;
            Vec::new()
        }
        Msg::Key(key) => on_key(state, key),
        Msg::Paste(text) => on_paste(state, &text),
        Msg::Resize(size) => {
            state.size = size;
            Vec::new()
        }
        Msg::Alarm(alarm) => on_alarm(state, alarm),
        Msg::Signal(signal) => on_signal(state, signal),
        Msg::Resumed => Vec::new(),
        Msg::Slice => {
            state.slicing = false;
            findings::work(state);
            let mut effects = follow(state);
            history::follow_names(state);
            effects.extend(staged::replan_seen(state));
            effects.extend(load::go_if_gone(state));
            effects.extend(release(state));
            effects
        }
        Msg::Answer(answer) => load::answer(state, answer),
        Msg::Painted(facts) => {
            state.facts = facts;
            Vec::new()
        }
    }
}

fn on_key(state: &mut State, key: Key) -> Vec<Effect> {
    // A word in passing has been seen by whoever presses the next key.
    state.toast = None;
    let here = context(state);
    let action = state.keymap.action(key, here);
    // These two work whatever is open.
    if let Some(action @ (Action::Quit | Action::Suspend)) = action {
        return act(state, action);
    }
    if key.code == Code::Esc {
        state.held.clear();
    } else if waits_for_filter(state, key.code == Code::Enter) {
        return hold(state, Msg::Key(key));
    }
    if !state.dialogs.is_empty() {
        return dialog_key(state, key);
    }
    let page = state.facts.list_rows;
    if let Some(Screen::Requests(screen)) = state.place.above.last_mut()
        && screen.search_key(key, &state.requests)
    {
        return Vec::new();
    }
    if let Some((table, directory)) = table_mut(state) {
        match table.filter_key(key, directory, page) {
            FilterKey::Used => return follow(state),
            FilterKey::Open => return opening::open_row(state),
            FilterKey::Refused(why) => return say(state, Tone::Refused, why.to_owned()),
            // While a line has the letters, no letter is an action.
            FilterKey::NotMine if table.typing => return Vec::new(),
            FilterKey::NotMine => {}
        }
    }
    // A key that does nothing here says so, if it does something elsewhere.
    let action = action.or_else(|| state.keymap.elsewhere(key));
    action.map_or_else(Vec::new, |action| act(state, action))
}

/// Whether what comes now has to wait: an enter whose row is still being looked for, and all that follows it.
fn waits_for_filter(state: &mut State, is_enter: bool) -> bool {
    !state.held.is_empty() || is_enter && is_filtering(state)
}

/// Whether the line that has the letters is still looking for the row that it names.
fn is_filtering(state: &mut State) -> bool {
    match state.dialogs.last().map(|top| &top.dialog) {
        Some(Dialog::Table(picker)) => picker.table.is_filtering(),
        Some(_) => false,
        None => table_mut(state).is_some_and(|(table, _)| table.typing && table.is_filtering()),
    }
}

fn hold(state: &mut State, msg: Msg) -> Vec<Effect> {
    state.held.push_back(msg);
    follow(state)
}

/// Takes in what has waited for a filter that is through now.
fn release(state: &mut State) -> Vec<Effect> {
    let mut effects = Vec::new();
    while !is_filtering(state) {
        let Some(msg) = state.held.pop_front() else { break };
        let after = std::mem::take(&mut state.held);
        effects.extend(update(state, msg));
        state.held.extend(after);
    }
    effects
}

fn dialog_key(state: &mut State, key: Key) -> Vec<Effect> {
    let Some(mut top) = state.dialogs.pop() else { return Vec::new() };
    let page = state.facts.dialog_rows;
    // What was typed before a question was drawn is no answer to it.
    // Only leaving needs nothing to be read: on a screen too small to draw the question it is the one way out.
    let unseen = is_unseen(state, &top) && key.code != Code::Esc;
    let turn = if unseen { Turn::Stay } else { offer(state, &mut top.dialog, key, page) };
    // A dialog that closes itself says so; until then it is on top.
    state.dialogs.push(top);
    let mut effects = router::turn(state, turn);
    effects.extend(follow(state));
    effects
}

/// Whether a dialog is a question that has not been drawn yet.
fn is_unseen(state: &State, top: &OpenDialog) -> bool {
    state.facts.dialog != top.number && matches!(top.dialog, Dialog::Confirm(_))
}

fn offer(state: &State, dialog: &mut Dialog, key: Key, page: u16) -> Turn {
    let State { directory, staging, .. } = state;
    match dialog {
        Dialog::Table(picker) => picker.key(key, directory, staging, page),
        Dialog::Pick(picker) => super::Picker::turn(picker.key(key, page)),
        Dialog::Help(help) => help.key(key, page),
        Dialog::Prompt(prompt) => {
            let actions = act::prompt_actions(state);
            let known = Known { directory, accounts: &state.session.accounts, actions: &actions };
            prompt.key(key, known, page)
        }
        Dialog::Confirm(confirm) => confirm.key(key),
        Dialog::Name(naming) => naming.key(key, directory, staging),
        Dialog::Policies(editor) => editor.key(key, directory, staging, page),
    }
}

/// Pasted text goes to the line that has the letters, and nowhere else: it is never keys.
fn on_paste(state: &mut State, text: &str) -> Vec<Effect> {
    if waits_for_filter(state, false) {
        return hold(state, Msg::Paste(text.to_owned()));
    }
    if state.dialogs.last().is_some_and(|top| is_unseen(state, top)) {
        return Vec::new();
    }
    if let Some(mut top) = state.dialogs.pop() {
        let State { directory, staging, .. } = &*state;
        match &mut top.dialog {
            Dialog::Table(picker) => picker.paste(text, directory, staging),
            Dialog::Pick(picker) => picker.paste(text),
            Dialog::Help(help) => help.paste(text),
            Dialog::Prompt(prompt) => {
                let actions = act::prompt_actions(state);
                prompt.paste(
                    text,
                    Known { directory, accounts: &state.session.accounts, actions: &actions },
                );
            }
            Dialog::Confirm(confirm) => confirm.paste(text),
            Dialog::Name(naming) => naming.line.paste(text),
            Dialog::Policies(editor) => editor.paste(text),
        }
        state.dialogs.push(top);
        return follow(state);
    }
    if let Some(Screen::Requests(screen)) = state.place.above.last_mut()
        && screen.typing
    {
        screen.search.paste(text);
        return Vec::new();
    }
    match table_mut(state) {
        Some((table, directory)) if table.typing => {
            table.paste(text, directory);
            follow(state)
        }
        _ => Vec::new(),
    }
}

fn on_alarm(state: &mut State, alarm: Alarm) -> Vec<Effect> {
    match alarm {
        Alarm::Toast(number) => {
            if state.toast.as_ref().is_some_and(|toast| toast.number == number) {
                state.toast = None;
            }
            Vec::new()
        }
        Alarm::Clock => {
            state.clock_due = None;
            set_clock(state)
        }
        Alarm::Leave(signal) => vec![leave(state, Some(signal))],
    }
}

/// Told to end: nothing more is sent, what is in flight has a few seconds.
fn on_signal(state: &mut State, signal: Signal) -> Vec<Effect> {
    if running(state).is_none() || matches!(state.leaving, Some(Leaving::Told(_))) {
        return vec![leave(state, Some(signal))];
    }
    state.leaving = Some(Leaving::Told(signal));
    let mut effects = runs::stop(state);
    effects.push(Effect::After(GRACE, Alarm::Leave(signal)));
    effects
}

/// Leaves, with what is to be said once the terminal is restored.
pub fn leave(state: &State, signal: Option<Signal>) -> Effect {
    let account = match &*state.directory.account.name {
        "" => state.directory.account.id.to_string(),
        name => crate::text::safe_capped(name).into_owned(),
    };
    let mut words = Vec::new();
    let run = running(state);
    if run.is_some() {
        words.push(
            "a run was on: what was in flight may have been carried out; look at the account"
                .to_owned(),
        );
    }
    for run in state.runs.values() {
        if let Some(End::Paused(Pause::Disk(fault))) = run.summary.as_ref().map(|sum| &sum.end) {
            words.push(format!("a run could not go on: {fault}"));
        }
    }
    match (&state.session.unsaved, state.staging.is_empty()) {
        (_, true) => {}
        _ if !state.session.setup.is_lasting() => {
            let staged = crate::text::plural(state.staging.len(), "staged change");
            words.push(format!("{staged} went with {account}"));
        }
        (None, false) => {
            let staged = crate::text::plural(state.staging.len(), "change");
            words.push(format!("{staged} staged for {account}: the next start offers them again"));
        }
        (Some(fault), false) => {
            let staged = crate::text::plural(state.staging.len(), "staged change");
            words.push(format!("{staged} for {account} could not be kept: {fault}"));
        }
    }
    let partly = run.is_some()
        || state.runs.iter().any(|(id, run)| {
            // What was only read back of an earlier session, or closed, is not this one's doing.
            state.agreed.contains_key(id)
                && run.summary.as_ref().is_some_and(|s| s.tally.touched() && !s.tally.is_whole())
        });
    Effect::Quit(Exit { signal, words, partly, demo: false })
}

/// Says something in passing; foreign words in it are made safe here.
pub fn say(state: &mut State, tone: Tone, words: String) -> Vec<Effect> {
    let words = match crate::text::safe(&words) {
        std::borrow::Cow::Borrowed(_) => words,
        std::borrow::Cow::Owned(safe) => safe,
    };
    state.last_number += 1;
    let number = state.last_number;
    state.toast = Some(Toast { number, tone, words });
    vec![Effect::After(TOAST, Alarm::Toast(number))]
}

/// Asks to be woken when something on the screen is due to turn: each second while something counts down or a run is
/// on, else each minute for the ages.
pub fn set_clock(state: &mut State) -> Vec<Effect> {
    let counts = state.budget.waits.is_some() || running(state).is_some();
    let wait = Duration::from_secs(if counts { 1 } else { 60 });
    let due = state.now.since_start + wait;
    if state.clock_due.is_some_and(|at| at <= due) {
        return Vec::new();
    }
    state.clock_due = Some(due);
    vec![Effect::After(wait, Alarm::Clock)]
}

/// Brings what is on the screen up to what is known: lists, panes, the rows of pickers. Long work goes in slices.
pub fn follow(state: &mut State) -> Vec<Effect> {
    let extra = match state.place.above.last() {
        Some(Screen::Group(screen)) => staged::joining(state, &screen.group),
        Some(Screen::Member(screen)) => staged::joined_by(state, &screen.member),
        _ => Vec::new(),
    };
    let State { directory, staging, place, roots, dialogs, session, now, .. } = state;
    let mut more = match place.above.last_mut() {
        Some(Screen::Member(screen)) => {
            screen.policies.refill(directory);
            screen.groups.follow(directory, extra)
        }
        Some(Screen::Group(screen)) => {
            screen.policies.refill(directory);
            screen.members.follow(directory, extra)
        }
        Some(Screen::Proof(screen)) => {
            screen.follow(directory);
            false
        }
        Some(Screen::Effective(screen)) => {
            screen.follow(directory);
            false
        }
        Some(Screen::Compare(screen)) => {
            screen.follow(directory);
            false
        }
        Some(Screen::OnlyHere(screen)) => screen.follow(directory, *now),
        Some(Screen::Plan(screen)) => {
            if screen.cost.guards.is_none() {
                let budget = session.setup.requests_per_5_min;
                screen.guard(directory, &session.rules, budget, screen.number);
            }
            screen.follow(directory)
        }
        Some(_) => false,
        None => match place.tab {
            super::Tab::Members => roots.members.follow(directory, Vec::new()),
            super::Tab::Groups => roots.groups.follow(directory, Vec::new()),
            super::Tab::Organization => roots.organization.follow(directory, Vec::new()),
            super::Tab::Access => roots.access.follow(directory, staging),
            super::Tab::Findings | super::Tab::Changes => false,
        },
    };
    match dialogs.last_mut().map(|top| &mut top.dialog) {
        Some(Dialog::Table(picker)) => more |= picker.follow(directory, staging),
        Some(Dialog::Policies(editor)) => editor.follow(directory),
        _ => {}
    }
    super::offer::follow(state);
    if more { slice(state) } else { Vec::new() }
}

/// Asks for a slice of work, unless one is on its way.
pub fn slice(state: &mut State) -> Vec<Effect> {
    if std::mem::replace(&mut state.slicing, true) { Vec::new() } else { vec![Effect::Slice] }
}
