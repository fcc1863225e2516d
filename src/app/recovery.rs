//! Runs that are not finished: read back when the account is opened, offered, and taken up or closed when the person
//! says so.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{By, Fault, FaultKind};
use crate::plan::{
    Approval, ChangeKey, End, Guards, OpId, OpState, Override, Plan, Progress, RunId, RunReport,
    Summary, Tally,
};
use crate::text;

use super::dialogs::{Asked, Choice, Confirm, Dialog, Item, Picker};
use super::history::{self, run_view};
use super::msg::{Effect, TakeUp};
use super::place::Route;
use super::router::{go, open};
use super::runs::counts;
use super::state::{Hold, RunView, State, Tone};
use super::why_not::{Reason, read_only, running};
use super::{approve, offer, runs, say, staged};

/// How many runs are read back at the start, the newest first.
const MOST: usize = 20;
/// How many steps a question names before it counts the others.
const NAMED: usize = 4;

/// What is known of runs that are not finished, beside what is known of all runs.
#[derive(Clone, Debug, Default)]
pub struct Recovery {
    /// Runs that were asked to be read back in this session.
    asked: BTreeSet<RunId>,
    /// Those of them that are being read back.
    reading: BTreeSet<RunId>,
    /// Runs that were read back and not offered yet.
    offers: VecDeque<RunId>,
    /// What had no answer when the run that is read back ended, by run.
    doubtful: Vec<(RunId, Vec<OpId>)>,
}

/// Has the runs read back whose end is not written down, once all runs are listed. What was taken back is over.
pub fn look(state: &mut State) -> Vec<Effect> {
    let back = history::back(state);
    let broken = |past: &&crate::plan::Past| {
        past.end.is_none() && past.damage.is_none() && !back.contains_key(&past.id)
    };
    let all = state.past.all.iter().flatten().filter(broken).map(|past| past.id.clone());
    let new = |run: &RunId| !state.runs.contains_key(run) && !state.recovery.asked.contains(run);
    let found: Vec<RunId> = all.filter(new).take(MOST).collect();
    state.recovery.asked.extend(found.iter().cloned());
    state.recovery.reading.extend(found.iter().cloned());
    let by = by(state);
    found.into_iter().map(|run| Effect::TakeUp(run, TakeUp::ReadBack, by.clone().into())).collect()
}

fn by(state: &State) -> By {
    state.directory.caller.as_ref().map(By::from).unwrap_or_default()
}

/// A run was taken up: its journal is open, and what becomes of it is told as of any run.
pub fn taken_up(
    state: &mut State,
    run: &RunId,
    how: TakeUp,
    opened: Result<(Arc<Plan>, Timestamp), Fault>,
) -> Vec<Effect> {
    if opened.is_err() {
        state.recovery.reading.remove(run);
    }
    let (mut plan, last) = match opened {
        Ok(opened) => opened,
        // It is on in another window, which looks after it.
        Err(fault) if how == TakeUp::ReadBack && fault.kind == FaultKind::Held => {
            return Vec::new();
        }
        Err(fault) => {
            if let Some(view) = state.runs.get_mut(run).filter(|view| view.hold.is_none()) {
                view.ended.get_or_insert(state.now.wall);
            }
            return say(state, Tone::Fault, format!("the run can't be taken up: {fault}"));
        }
    };
    if plan.account != *state.staging.account() {
        return Vec::new();
    }
    Arc::make_mut(&mut plan).name_missing(&state.directory);
    let goes_on = how == TakeUp::GoOn;
    let view = RunView {
        began: run.at().unwrap_or(last),
        ended: (!goes_on).then_some(last),
        progress: Progress::new(&plan),
        hold: Some(Hold::ReadingBack),
        summary: None,
        paced: None,
        in_flight: std::collections::BTreeMap::new(),
        plan,
    };
    state.runs.insert(run.clone(), view);
    staged::refill_changes(state);
    super::set_clock(state)
}

/// Notes what a run that is read back had no answer for.
pub fn note(state: &mut State, run: &RunId, report: &RunReport) {
    let RunReport::Moved(moved) = report else { return };
    let is_new = !state.recovery.doubtful.iter().any(|(of, _)| of == run);
    let reads = state.runs.get(run).is_some_and(|view| view.hold == Some(Hold::ReadingBack));
    if is_new && reads {
        let open = moved.iter().filter(|(_, state)| *state == OpState::Unknown);
        state.recovery.doubtful.push((run.clone(), open.map(|(op, _)| *op).collect()));
    }
}

/// A run has ended, also one that was only read back. One that was broken off is offered as soon as nothing else is
/// asked.
pub fn ended(state: &mut State, run: &RunId, end: &End) {
    state.recovery.reading.remove(run);
    if *end == End::BrokenOff {
        state.recovery.offers.push_back(run.clone());
    }
}

/// Whether it is known which runs are not finished, and each of them has been asked about.
pub fn is_settled(state: &State) -> bool {
    let is_listed = state.past.all.is_some() || state.past.failed.is_some();
    is_listed && state.recovery.reading.is_empty() && state.recovery.offers.is_empty()
}

/// What the runs carry that were found unfinished, as it is staged now.
pub fn carried(state: &State) -> BTreeSet<ChangeKey> {
    let found = state.recovery.asked.iter().filter_map(|run| state.runs.get(run));
    let keys = |run: &RunView| -> Vec<ChangeKey> {
        let staged = run.plan.ops().map(|op| run.progress.as_staged(&op.change));
        staged.map(|change| ChangeKey::of(&change)).collect()
    };
    found.flat_map(keys).collect()
}

/// Offers the next run that was read back, then what an earlier session left staged, if the person is neither asked
/// anything nor typing.
pub fn offer_next(state: &mut State) -> Vec<Effect> {
    let types = super::context::table(state).is_some_and(|table| table.typing);
    if !state.dialogs.is_empty() || types || running(state).is_some() {
        return Vec::new();
    }
    match state.recovery.offers.pop_front() {
        Some(run) => ask(state, &run),
        None => offer::offer(state),
    }
}

/// Why a run can't be taken up; `None` if it can.
pub fn cannot_take_up(state: &State, run: &RunId) -> Option<Reason> {
    if running(state).is_some() {
        return Some(Reason("a run is on: one at a time".into()));
    }
    let past = state.past.get(run);
    if past.is_some_and(|past| past.damage.is_some()) {
        return Some(Reason("its journal is damaged: what can be read of it is shown".into()));
    }
    let view = state.runs.get(run);
    let (end, tally) = match (view, past) {
        (Some(view), _) => (view.summary.as_ref(), view.progress.tally()),
        (None, Some(past)) => (past.end.as_ref(), past.tally),
        (None, None) => return Some(Reason("this run is not known".into())),
    };
    if view.is_some_and(|view| view.hold == Some(Hold::ReadingBack)) {
        return Some(Reason("it is being read back".into()));
    }
    if is_finished(end, &tally) {
        return Some(Reason("the run is finished".into()));
    }
    history::back(state).get(run).map(|back| Reason(back.reason()))
}

/// Whether nothing is left to take up of a run that ended so, with its operations standing so.
pub fn is_finished(end: Option<&Summary>, tally: &Tally) -> bool {
    match end.map(|summary| &summary.end) {
        None | Some(End::BrokenOff) => false,
        Some(End::Paused(_) | End::Stopped) => {
            tally.skipped + tally.unknown + tally.accepted + tally.refused == 0
        }
        Some(_) => true,
    }
}

/// Offers to take up the run under the cursor, or the one whose page is open.
pub fn ask_here(state: &mut State) -> Vec<Effect> {
    history::run_here(state).map_or_else(Vec::new, |run| ask(state, &run))
}

/// Offers to take a run up: what it has done, and what can be done now.
pub fn ask(state: &mut State, run: &RunId) -> Vec<Effect> {
    if let Some(Reason(words)) = cannot_take_up(state, run) {
        return say(state, Tone::Refused, words);
    }
    let lines = lines(state, run);
    let picker = Picker::new(title(state, run), false, items(state, run)).telling(lines);
    open(state, Dialog::Pick(picker))
}

fn title(state: &State, run: &RunId) -> String {
    let at =
        run.at().map_or_else(String::new, |at| at.strftime(" of %-d %b %H:%M UTC").to_string());
    let end = state.runs.get(run).and_then(|view| view.summary.as_ref()).map(|sum| &sum.end);
    let end = end.or_else(|| Some(&state.past.get(run)?.end.as_ref()?.end));
    match end {
        Some(End::Paused(_)) => format!("The run{at} could not go on"),
        Some(End::Stopped) => format!("The run{at} was stopped"),
        _ => format!("The run{at} was broken off"),
    }
}

fn lines(state: &State, run: &RunId) -> Vec<String> {
    let tally = state.runs.get(run).map(|view| view.progress.tally());
    let tally = tally.or_else(|| state.past.get(run).map(|past| past.tally)).unwrap_or_default();
    let mut lines = vec![counts(&tally)];
    let doubtful = state.recovery.doubtful.iter().find(|(of, _)| of == run).map(|(_, ops)| ops);
    if let (Some(view), Some(ops)) = (state.runs.get(run), doubtful.filter(|ops| !ops.is_empty())) {
        lines.push(found(&view.progress, ops));
    }
    let summary = state.runs.get(run).and_then(|view| view.summary.as_ref());
    match summary {
        Some(Summary { end: End::Paused(pause), .. }) => {
            lines.push(text::safe(&pause.fault().what).into_owned());
        }
        Some(Summary { may_land, .. }) if !may_land.is_empty() => {
            let longest = may_land.iter().map(|(_, wait)| wait.as_secs()).max().unwrap_or(0);
            let number = text::count(may_land.len());
            lines.push(format!("{number} may still land in the next {longest} s"));
        }
        _ => {}
    }
    lines.push("Nothing is sent before you say so.".to_owned());
    lines
}

/// What was found of changes that had no answer, once they have been read back.
pub fn found(progress: &Progress, ops: &[OpId]) -> String {
    let count =
        |fits: fn(&OpState) -> bool| ops.iter().filter(|op| fits(progress.op(**op))).count();
    let unknown = |state: &OpState| matches!(state, OpState::Unknown | OpState::Accepted);
    let (done, open) = (count(OpState::holds), count(unknown));
    let parts = [(done, "done"), (ops.len() - done - open, "not done"), (open, "not known yet")];
    let part = |(number, words): &(usize, &str)| match number {
        0 => None,
        1 if ops.len() == 1 => Some(format!("it is {words}")),
        1 => Some(format!("1 is {words}")),
        n => Some(format!("{} are {words}", text::count(*n))),
    };
    let number = text::count(ops.len());
    if open == ops.len() {
        return format!("{number} had no answer, and can't be read back now");
    }
    let parts: Vec<String> = parts.iter().filter_map(part).collect();
    format!("{number} had no answer: {}", parts.join(", "))
}

fn items(state: &State, run: &RunId) -> Vec<Item> {
    let item = |name: &str, detail: String, choice| Item { name: name.to_owned(), detail, choice };
    let resume = match read_only(state) {
        Some(Reason(why)) => why,
        None => "look again, then send what is left".to_owned(),
    };
    let undo = history::cannot_undo(state, run);
    let undo = undo.map_or_else(|| "a plan that takes back what is done".to_owned(), |why| why.0);
    vec![
        item("resume", resume, Choice::Resume(run.clone())),
        item("undo", undo, Choice::UndoRun(run.clone())),
        item(
            "close",
            if state.staging.is_empty() {
                "leave it as it stands".to_owned()
            } else {
                "leave it as it stands; what is staged stays staged".to_owned()
            },
            Choice::CloseRun(run.clone()),
        ),
        item("look", "at its steps, and decide later".to_owned(), Choice::LookAtRun(run.clone())),
    ]
}

/// Asks once more before a run goes on, and says what that sends.
pub fn ask_to_resume(state: &mut State, run: &RunId) -> Vec<Effect> {
    ask_to_go_on(state, run, Vec::new())
}

/// Asks what is still to be asked before a run goes on, after these guards were overridden: guards are held against
/// what is left of it as against a plan, whatever was overridden when it was begun.
pub fn ask_to_go_on(state: &mut State, run: &RunId, given: Vec<Override>) -> Vec<Effect> {
    if let Some(Reason(words)) = read_only(state).or_else(|| cannot_take_up(state, run)) {
        return say(state, Tone::Refused, words);
    }
    let account = text::safe_capped(&state.directory.account.name).into_owned();
    history::name(state, run);
    let title = format!("Resume in {account}?");
    let guards = guards(state, run);
    if let Some(guard) = guards.unanswered(&given).first() {
        let asked = |given| Asked::OverrideFor(run.clone(), given);
        let confirm = approve::guard_question(&title, &guards, guard, given, asked);
        return open(state, Dialog::Confirm(confirm));
    }
    let mut lines = open_steps(state, run);
    let past = state.past.get(run);
    lines.extend(past.and_then(|past| another_credential(&past.by, &by(state))));
    lines.push(
        "It looks again first; if others changed what it touches, nothing is sent.".to_owned(),
    );
    let confirm = Confirm::new(Asked::Resume(run.clone(), given), title, lines);
    open(state, Dialog::Confirm(confirm.words("resume", "no")))
}

/// The guards that stand against what is left of a run.
fn guards(state: &State, run: &RunId) -> Guards {
    let Some(view) = run_view(state, run) else { return Guards::default() };
    let left = view.plan.only(|op| is_left(view.progress.op(op)));
    Guards::of(&left, &state.directory, &state.session.rules)
}

/// Whether an operation may be sent when its run goes on.
pub fn is_left(op: &OpState) -> bool {
    match op {
        OpState::Skipped(_) | OpState::NotInEffect(_) => true,
        op => op.is_refused_for_who_asks() || !op.is_final(),
    }
}

/// The calls of a run that are sent where it is taken up, in words.
pub fn left_to_send(plan: &Plan, progress: &Progress) -> Vec<String> {
    let open = |step: &&crate::plan::Step| step.ops.iter().any(|op| is_left(progress.op(op.id)));
    plan.steps.iter().filter(open).map(|step| plan.words(step)).collect()
}

fn open_steps(state: &State, run: &RunId) -> Vec<String> {
    let Some(view) = run_view(state, run) else { return Vec::new() };
    let steps = left_to_send(&view.plan, &view.progress);
    let mut lines: Vec<String> =
        steps.iter().take(NAMED).map(|words| text::safe(words).into_owned()).collect();
    if let Some(more) = steps.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(format!("and {} more", text::plural(more, "call")));
    }
    lines
}

/// That somebody else goes on with what one has begun, where that is known.
pub fn another_credential(theirs: &By, ours: &By) -> Option<String> {
    let differs = |theirs: Option<String>, ours: Option<String>| theirs.is_some() && theirs != ours;
    let token = |by: &By| by.token.as_ref().map(ToString::to_string);
    let user = |by: &By| by.user.as_ref().map(ToString::to_string);
    if differs(user(theirs), user(ours)) {
        return Some("Another user has begun it: it goes on as the one you are now.".to_owned());
    }
    let other = differs(token(theirs), token(ours));
    other.then(|| "Another token has begun it: it goes on with the one in use now.".to_owned())
}

/// Goes on with a run, for which these guards were overridden.
pub fn resume(state: &mut State, run: &RunId, given: &[Override]) -> Vec<Effect> {
    if let Some(Reason(words)) = read_only(state).or_else(|| cannot_take_up(state, run)) {
        return say(state, Tone::Refused, words);
    }
    let guards = guards(state, run);
    let Ok(approval) = guards.approve(by(state), given) else {
        let words = "what the guards say has changed: ask again";
        return say(state, Tone::Refused, words.to_owned());
    };
    runs::agreed(state, run, &approval);
    // From here on it is the run that is on.
    if let Some(view) = state.runs.get_mut(run) {
        (view.ended, view.summary, view.hold) = (None, None, None);
    }
    let mut effects = vec![Effect::TakeUp(run.clone(), TakeUp::GoOn, approval)];
    effects.extend(go(state, Route::Run(run.clone())));
    effects
}

/// Closes a run as it is.
pub fn close(state: &mut State, run: &RunId) -> Vec<Effect> {
    if let Some(Reason(words)) = cannot_take_up(state, run) {
        return say(state, Tone::Refused, words);
    }
    vec![Effect::TakeUp(run.clone(), TakeUp::Close, Approval::from(by(state)))]
}
