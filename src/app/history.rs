//! The runs of the account that is open, also those of earlier sessions, and taking them back.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::domain::{By, Directory, Fault, MemberId, Now, UserId};
use crate::plan::{
    Answered, History, Past, Plan, RunId, StepId, TakenBack, Tally, Timings, Undoing, taken_back,
};
use crate::text;

use super::msg::{Effect, Request};
use super::screens::{ChangeRow, PlanScreen, RunScreen, Screen};
use super::state::{Phase, RunView, State, Tone};
use super::why_not::{Reason, running};
use super::{recovery, router, say, staged};

/// The runs of the account as their journals on disk tell them.
#[derive(Clone, Debug, Default)]
pub struct PastRuns {
    /// All that are known, the newest first; `None` until they have been read.
    pub all: Option<Vec<Past>>,
    /// Why others can't be read.
    pub unread: Vec<Fault>,
    /// Why they could not be read at all.
    pub failed: Option<Fault>,
    /// Those that were looked at, whole.
    pub opened: BTreeMap<RunId, PastView>,
    /// Why one that was to be looked at can't be.
    pub not_opened: BTreeMap<RunId, Fault>,
    /// The run that is to be taken back as soon as it has been read.
    undoes: Option<RunId>,
}

/// A run as its journal tells it, as it is shown.
#[derive(Clone, Debug)]
pub struct PastView {
    /// What its journal says.
    pub history: Arc<History>,
    /// Where its operations stood when it was last written to.
    pub view: RunView,
}

impl PastRuns {
    /// The person has gone elsewhere: nothing opens there by itself.
    pub(super) fn let_go(&mut self) {
        self.undoes = None;
    }

    /// What a list tells of a run.
    pub fn get(&self, run: &RunId) -> Option<&Past> {
        self.all.iter().flatten().find(|past| past.id == *run)
    }
}

impl PastView {
    fn of(history: History, directory: &Directory) -> Self {
        let history = Arc::new(history);
        let mut plan = history.plan.clone();
        plan.name_missing(directory);
        let end = history.end();
        let last = history.events.last().map_or(history.began, |(at, _)| *at);
        let view = RunView {
            plan: Arc::new(plan),
            began: history.began,
            ended: Some(end.map_or(last, |(at, _)| at)),
            progress: history.progress(),
            hold: None,
            summary: end.map(|(_, summary)| summary.clone()),
            paced: None,
            in_flight: BTreeMap::new(),
        };
        Self { history, view }
    }

    /// The writes of a step.
    pub fn writes(&self, step: StepId) -> Vec<Answered> {
        self.history.writes_of(step)
    }
}

/// Asks for the runs of the account.
pub fn read_runs(state: &mut State) -> Option<Effect> {
    let Phase::Open(account) = &state.session.phase else { return None };
    state.tickets.ask_once(Request::Runs(account.clone()))
}

/// Asks for one of them, whole.
pub fn read_run(state: &mut State, run: &RunId) -> Option<Effect> {
    let Phase::Open(account) = &state.session.phase else { return None };
    let is_on = state.runs.get(run).is_some_and(|view| view.ended.is_none());
    let is_ours = state.runs.get(run).is_none_or(|view| view.plan.account == *account);
    if is_on || !is_ours {
        return None;
    }
    state.tickets.ask_once(Request::Run(account.clone(), run.clone()))
}

/// The runs of the account have come.
pub fn runs_came(state: &mut State, runs: Result<(Vec<Past>, Vec<Fault>), Fault>) -> Vec<Effect> {
    let mut effects = Vec::new();
    match runs {
        Ok((mut all, unread)) => {
            know_members(&mut all, &state.directory);
            let is_first = state.past.all.replace(all).is_none();
            state.past.unread = unread;
            state.past.failed = None;
            if is_first {
                effects.extend(say_unread(state));
            }
        }
        Err(fault) => state.past.failed = Some(fault),
    }
    staged::refill_changes(state);
    // Taking the last one back is a matter of a key.
    let last = last_run(state).filter(|run| !state.past.opened.contains_key(run));
    effects.extend(last.and_then(|run| read_run(state, &run)));
    effects.extend(recovery::look(state));
    effects
}

/// Says that journals can't be read, or not to their end: what is in them may have been sent.
fn say_unread(state: &mut State) -> Vec<Effect> {
    let damaged = state.past.all.iter().flatten().filter(|past| past.damage.is_some());
    let words = match state.past.unread.len() + damaged.count() {
        0 => return Vec::new(),
        1 => "the journal of a run can't be read: Changes says why".to_owned(),
        several => {
            format!(
                "the journals of {} can't be read: Changes says why",
                text::plural(several, "run")
            )
        }
    };
    say(state, Tone::Fault, words)
}

/// A run has come, whole.
pub fn run_came(state: &mut State, run: &RunId, history: Result<History, Fault>) -> Vec<Effect> {
    let wanted = state.past.undoes.take_if(|wanted| wanted == run).is_some();
    match history {
        Ok(history) => {
            let view = PastView::of(history, &state.directory);
            state.past.opened.insert(run.clone(), view);
            state.past.not_opened.remove(run);
        }
        Err(fault) => {
            let words = format!("the run can't be read: {fault}");
            state.past.not_opened.insert(run.clone(), fault);
            return if wanted { say(state, Tone::Fault, words) } else { Vec::new() };
        }
    }
    show_steps_here(state);
    if wanted { undo_run(state, run) } else { Vec::new() }
}

/// Shows the steps of the run whose page is open, now that they are known.
fn show_steps_here(state: &mut State) {
    let Some(Screen::Run(screen)) = state.place.above.last() else { return };
    let mut screen = screen.clone();
    show_steps(state, &mut screen);
    if let Some(top) = state.place.above.last_mut() {
        *top = Screen::Run(screen);
    }
}

/// Shows the steps of a run.
pub fn show_steps(state: &mut State, screen: &mut RunScreen) {
    name(state, &screen.run);
    if let Some(view) = run_view(state, &screen.run) {
        screen.steps.show(view.plan.steps.iter().map(|step| step.id).collect());
    }
}

/// Brings the names of the run on the screen up to what is known: journals keep no e-mails.
pub fn follow_names(state: &mut State) {
    let Some(Screen::Run(screen)) = state.place.above.last() else { return };
    let run = screen.run.clone();
    name(state, &run);
}

pub fn name(state: &mut State, run: &RunId) {
    let State { past, runs, directory, .. } = state;
    let past = past.opened.get_mut(run).map(|past| &mut past.view);
    for view in runs.get_mut(run).into_iter().chain(past) {
        if view.plan.misses_names() {
            Arc::make_mut(&mut view.plan).name_missing(directory);
        }
    }
}

/// A run as it is known here: one of this session as it has told, else as its journal tells it.
pub fn run_view<'s>(state: &'s State, run: &RunId) -> Option<&'s RunView> {
    let past = || state.past.opened.get(run).map(|past| &past.view);
    state.runs.get(run).or_else(past)
}

/// A run as its journal tells it, where that has been read.
pub fn past_view<'s>(state: &'s State, run: &RunId) -> Option<&'s PastView> {
    state.past.opened.get(run)
}

/// Whether there is a run with this id.
pub fn is_known(state: &State, run: &RunId) -> bool {
    state.runs.contains_key(run) || state.past.get(run).is_some()
}

/// The runs of the account that is open, the newest first.
pub fn ids(state: &State) -> Vec<RunId> {
    let ours = |(_, run): &(&RunId, &RunView)| run.plan.account == *state.staging.account();
    let mut ids: Vec<RunId> = state.runs.iter().filter(ours).map(|(id, _)| id.clone()).collect();
    ids.extend(state.past.all.iter().flatten().map(|past| past.id.clone()));
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    ids
}

/// The last run of the account that is open that has changed something, or may have; where none has, the last one.
pub fn last_run(state: &State) -> Option<RunId> {
    let ids = ids(state);
    let touched = |run: &&RunId| tally(state, run).is_some_and(|tally| tally.touched());
    ids.iter().find(touched).or(ids.first()).cloned()
}

fn tally(state: &State, run: &RunId) -> Option<Tally> {
    let here = state.runs.get(run).map(|view| view.progress.tally());
    here.or_else(|| Some(state.past.get(run)?.tally))
}

/// Which runs were taken back: of this session's undoings by what they have told, of others by their journals.
pub fn back(state: &State) -> BTreeMap<RunId, TakenBack> {
    let past = state.past.all.iter().flatten();
    let elsewhere = past.filter(|past| !state.runs.contains_key(&past.id));
    let here = state.runs.iter().filter_map(|(id, run)| {
        // One that was taken up has the plan of its journal, which keeps nothing that was left out.
        let kept = state.past.get(id).map_or(0, |past| past.leaves_out);
        let leaves_out = run.plan.leaves_out().max(kept);
        let (of, tally) = (run.plan.undo_of.as_ref(), run.progress.tally());
        Undoing::new(id, of, leaves_out, &tally, run.summary.as_ref())
    });
    taken_back(elsewhere.filter_map(Undoing::past).chain(here))
}

/// The run that is under the cursor, or whose page is open.
pub fn run_here(state: &State) -> Option<RunId> {
    match state.place.above.last() {
        Some(Screen::Run(screen)) => Some(screen.run.clone()),
        Some(_) => None,
        None => match state.roots.changes.rows.cursor() {
            Some(ChangeRow::Run(run)) => Some(run),
            _ => None,
        },
    }
}

/// Finds which members have begun runs whose journals name the user alone.
pub fn know_members(runs: &mut [Past], directory: &Directory) {
    let unknown = |by: &By| by.member.is_none() && by.user.is_some();
    let users: HashSet<UserId> = runs
        .iter()
        .filter(|past| unknown(&past.by))
        .filter_map(|past| past.by.user.clone())
        .collect();
    if users.is_empty() {
        return;
    }
    let rows = directory.members().values();
    let found: HashMap<&UserId, &MemberId> = rows
        .filter_map(|row| Some((row.user.as_ref().filter(|user| users.contains(*user))?, &row.id)))
        .collect();
    for past in runs.iter_mut().filter(|past| unknown(&past.by)) {
        let member = past.by.user.as_ref().and_then(|user| found.get(user));
        past.by.member = member.map(|member| (*member).clone());
    }
}

/// Who somebody is, as far as it is known here. Made safe already.
pub fn who(directory: &Directory, by: &By) -> String {
    let caller = directory.caller.as_ref().map(By::from).unwrap_or_default();
    let same = |mine: bool, theirs: bool| mine && theirs;
    if same(by.member.is_some(), by.member == caller.member)
        || same(by.user.is_some(), by.user == caller.user)
        || same(by.token.is_some(), by.token == caller.token)
    {
        return "you".to_owned();
    }
    let member = by.member.as_ref().and_then(|id| directory.members().get(id));
    match (member, &by.token) {
        (Some(member), _) => text::safe(&member.email).into_owned(),
        (None, Some(token)) => format!("token {}", text::cut(&token.to_string(), 9)),
        (None, None) => "someone".to_owned(),
    }
}

/// The plan that takes a run back.
pub fn undo_plan(history: &History, directory: &Directory, now: Now) -> Plan {
    history.undo(directory, Timings::default().late, now)
}

/// Shows the plan that takes a run back.
pub fn undo(state: &mut State, which: impl Fn(&State) -> Option<RunId>) -> Vec<Effect> {
    which(state).map_or_else(Vec::new, |run| undo_run(state, &run))
}

/// The same for a run that is known, as soon as it has been read what it has done.
pub fn undo_run(state: &mut State, run: &RunId) -> Vec<Effect> {
    let Some(past) = state.past.opened.get(run) else {
        let asked = read_run(state, run);
        state.past.undoes = Some(run.clone());
        return asked.into_iter().collect();
    };
    let history = Arc::clone(&past.history);
    let plan = undo_plan(&history, &state.directory, state.now);
    state.last_number += 1;
    let screen =
        PlanScreen::new(state.last_number, Arc::new(plan), &state.directory).undoing(history);
    // The plan of another undoing is left by this one.
    if matches!(state.place.above.last(), Some(Screen::Plan(screen)) if screen.undoes.is_some()) {
        state.place.above.pop();
    }
    router::show(state, Screen::Plan(screen))
}

/// Why the last run can't be taken back; `None` if it can.
pub fn cannot_undo_last(state: &State) -> Option<Reason> {
    match last_run(state) {
        Some(run) => cannot_undo(state, &run),
        None if state.past.failed.is_some() => {
            Some(Reason("earlier runs could not be read".into()))
        }
        None if state.past.all.is_none() => Some(Reason("earlier runs are being read".into())),
        None => Some(Reason("there is no run yet in this account".into())),
    }
}

/// Why a run can't be taken back; `None` if it can.
pub fn cannot_undo(state: &State, run: &RunId) -> Option<Reason> {
    if running(state).is_some() {
        return Some(Reason("a run is on: one at a time".into()));
    }
    if let Some(fault) = state.past.not_opened.get(run) {
        return Some(Reason(format!("its journal can't be read: {}", fault.what)));
    }
    let elsewhere = state.past.get(run).is_some_and(|past| past.is_on);
    if elsewhere && !state.runs.contains_key(run) {
        return Some(Reason("the run is on in another window".into()));
    }
    let (tally, wait) = match (state.runs.get(run), state.past.get(run)) {
        (Some(view), _) => (view.progress.tally(), may_land(state, view)),
        (None, Some(past)) => (past.tally, None),
        (None, None) => return Some(Reason("this run is not known".into())),
    };
    if !tally.touched() {
        return Some(Reason("nothing to undo: the run has changed nothing".into()));
    }
    // What is done is taken back at once; only what may still land has to be waited for.
    let wait = wait.filter(|_| tally.done == 0)?;
    Some(Reason(format!("it may still land: wait {} s", text::count(wait))))
}

/// How many seconds a write of a run may still land.
fn may_land(state: &State, view: &RunView) -> Option<usize> {
    let longest = view.summary.as_ref()?.may_land.iter().map(|(_, wait)| *wait).max()?;
    let since = state.now.wall.duration_since(view.ended?);
    let left = longest.saturating_sub(Duration::try_from(since).unwrap_or_default());
    let seconds = usize::try_from(left.as_secs() + 1).ok()?;
    (!left.is_zero()).then_some(seconds)
}
