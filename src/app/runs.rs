//! Runs: begun behind the confirmation of a plan, told of step by step, stopped, and settled at their end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::domain::{Budget, DraftId, Fault, FaultKind, GroupId, Now};
use crate::keys::Action;
use crate::plan::{
    Approval, ChangeKey, End, OpId, OpState, Pause, Plan, Progress, RunId, RunReport, Staging,
    StepState, Summary, Tally, Timings, Verdict, Witness,
};
use crate::text;

use super::msg::Effect;
use super::screens::{GroupScreen, Screen};
use super::setup::{Mode, WhyReadOnly};
use super::state::{Agreed, Hold, Leaving, RunView, State, Tone};
use super::why_not::running;
use super::{history, recovery, say, set_clock, staged};

/// Begins a run of a plan, with what was agreed to.
pub fn begin(state: &mut State, plan: &Arc<Plan>, approval: Approval) -> (RunId, Vec<Effect>) {
    state.last_number += 1;
    let run = RunId::new(state.now.wall, u32::try_from(state.last_number).unwrap_or(u32::MAX));
    let view = RunView {
        plan: Arc::clone(plan),
        began: state.now.wall,
        ended: None,
        progress: Progress::new(plan),
        hold: None,
        summary: None,
        paced: None,
        in_flight: BTreeMap::new(),
    };
    state.runs.insert(run.clone(), view);
    agreed(state, &run, &approval);
    staged::refill_changes(state);
    let mut effects = set_clock(state);
    effects.push(Effect::Apply(run.clone(), Arc::clone(plan), approval));
    (run, effects)
}

/// The window in which requests are counted.
const WINDOW: Duration = Duration::from_mins(5);
/// How many changes a pace is measured by at least.
const PACED: u32 = 3;
/// For how long a pace is measured at least.
const LOOKED_AT: Duration = Duration::from_secs(2);

/// Notes what was agreed to for a run that begins, or goes on.
pub fn agreed(state: &mut State, run: &RunId, approval: &Approval) {
    let agreed = Agreed { overrides: approval.overrides.clone(), at: state.now.wall };
    state.agreed.insert(run.clone(), agreed);
}

/// Looks at the guards again for a run that is about to send these operations.
pub fn guards(state: &State, run: RunId, ops: &[OpId], read: &BTreeSet<Witness>) -> Vec<Effect> {
    let ours = |view: &&RunView| view.plan.account == *state.staging.account();
    let view = state.runs.get(&run).filter(ours);
    let verdict = match (view, state.agreed.get(&run)) {
        (Some(view), Some(Agreed { overrides, at })) => {
            let ops: BTreeSet<&OpId> = ops.iter().collect();
            let plan = view.plan.only(|op| ops.contains(&op));
            Verdict::of(&plan, &state.directory, &state.session.rules, overrides, read, *at)
        }
        _ => Verdict::Stands(Fault::new(
            FaultKind::Guard,
            "another account was opened before the guards could be looked at",
            "open the account again, and apply there",
        )),
    };
    vec![Effect::Verdict(run, verdict)]
}

impl RunView {
    /// Whether it goes on here.
    pub fn is_on(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether it is about to end: it sends nothing more, and reads back what is in flight.
    pub fn sends_no_more(&self) -> bool {
        matches!(self.hold, Some(Hold::Stopping | Hold::Pausing(_)))
    }

    /// For how many seconds its next request waits for its place in the request budget; `None` while something of it
    /// is in flight, or nothing holds it up.
    pub fn held_up(&self, state: &State) -> Option<u64> {
        let left = state.held_until.filter(|_| !state.budget.only_lists)?;
        let left = left.checked_sub(state.now.since_start)?;
        (self.is_on() && self.in_flight.is_empty()).then_some(left.as_secs().max(1))
    }

    /// About how long it still takes, by its pace in this session and by what is left of the request budget; `None`
    /// before that can be told.
    pub fn time_left(&self, now: Now, budget: &Budget) -> Option<Duration> {
        let (since, before) = self.paced?;
        let (all, tally) = (self.plan.ops().count(), self.progress.tally());
        let done = u32::try_from(tally.settled().checked_sub(before)?).ok()?;
        let left = all.saturating_sub(tally.settled() + tally.skipped);
        let (took, left) = (now.since_start.saturating_sub(since), u32::try_from(left).ok()?);
        if done < PACED || took < LOOKED_AT || left == 0 {
            return None;
        }
        let calls = u32::try_from(self.plan.calls.total() * left as usize / all.max(1)).ok()?;
        let free = budget.ceiling.saturating_sub(budget.spent);
        let held = match calls.checked_sub(free).filter(|_| budget.ceiling > 0) {
            Some(beyond) => WINDOW.saturating_mul(beyond) / budget.ceiling,
            None => Duration::ZERO,
        };
        Some((took.saturating_mul(left) / done).max(held))
    }

    /// Notes what is in flight from now on, and what no longer is.
    fn note_flight(&mut self, moved: &[(OpId, OpState)], now: Now) {
        for (op, state) in moved {
            if *state == OpState::Running {
                self.in_flight.insert(*op, now.since_start);
            } else {
                self.in_flight.remove(op);
            }
        }
    }

    /// Whether something of it that is not in effect is still staged.
    pub fn leaves_staged(&self, staging: &Staging) -> bool {
        self.plan.account == *staging.account()
            && self.plan.ops().filter(|op| !self.progress.op(op.id).holds()).any(|op| {
                staging.get(&ChangeKey::of(&self.progress.as_staged(&op.change))).is_some()
            })
    }
}

/// What leaving does to the run that is on, a line each.
pub fn leaving_lines(state: &State) -> Vec<String> {
    let Some(run) = running(state) else { return Vec::new() };
    let (flight, waiting) = (run.in_flight.len(), run.progress.tally().waiting);
    let longest = Timings::default().stop.as_secs();
    let mut lines = vec![match flight {
        0 => "Nothing is in flight. What was sent is read back.".to_owned(),
        1 => format!("1 change is in flight: its answer is waited for, {longest} s at most."),
        n => {
            let n = text::count(n);
            format!("{n} changes are in flight: their answers are waited for, {longest} s at most.")
        }
    }];
    match waiting {
        0 => lines.push("All that was wanted has been sent.".to_owned()),
        1 => lines.push("1 change is not sent, and stays unsent.".to_owned()),
        n => lines.push(format!("{} changes are not sent, and stay unsent.", text::count(n))),
    }
    if waiting > 0 && state.session.setup.is_lasting() {
        let key = match &*state.keymap.key_name(Action::TakeUp) {
            "" => String::new(),
            key => format!(": {key} goes on with it"),
        };
        lines.push(format!("They stay staged. The next start has the run in Changes{key}."));
    }
    lines
}

/// Stops the run that is on, and leaves once it has ended.
pub fn stop_and_leave(state: &mut State) -> Vec<Effect> {
    let mut effects = stop(state);
    if effects.is_empty() {
        return vec![super::leave(state, None)];
    }
    state.leaving = Some(Leaving::Asked);
    let key = state.keymap.key_name(Action::Quit);
    let words = format!("cfiam leaves when the run has ended; {key} leaves at once");
    effects.extend(say(state, Tone::Refused, words));
    effects
}

/// Stops the run that is on: what is in flight ends, nothing more is sent.
pub fn stop(state: &mut State) -> Vec<Effect> {
    let on = state.runs.iter_mut().find(|(_, run)| run.ended.is_none());
    let Some((run, view)) = on else { return Vec::new() };
    view.hold = Some(Hold::Stopping);
    vec![Effect::Stop(run.clone())]
}

/// Takes in what a run tells.
pub fn report(state: &mut State, run: &RunId, report: RunReport) -> Vec<Effect> {
    let now = state.now;
    let report = as_lasting(state, report);
    let Some(view) = state.runs.get_mut(run) else { return Vec::new() };
    view.progress.absorb(&report);
    recovery::note(state, run, &report);
    let Some(view) = state.runs.get_mut(run) else { return Vec::new() };
    // A run is bound to its account: what another account has staged is none of its business.
    let ours = view.plan.account == *state.staging.account();
    let settled = ours && view.progress.settle_moved(&report, &view.plan, &mut state.staging);
    match report {
        RunReport::Began(_)
        | RunReport::Invited(..)
        | RunReport::Doubtful(..)
        | RunReport::NotVisible(_) => Vec::new(),
        RunReport::Made(draft, group) => {
            if ours {
                move_pages(state, draft, &group);
            }
            kept(state, settled)
        }
        RunReport::Moved(moved) => {
            let sends = moved.iter().any(|(_, state)| *state == OpState::Running);
            let read_back = view.hold == Some(Hold::ReadingBack) && sends;
            if matches!(view.hold, Some(Hold::Waits(..))) || read_back {
                view.hold = None;
            }
            if sends {
                let settled = view.progress.tally().settled();
                view.paced.get_or_insert((now.since_start, settled));
            }
            view.note_flight(&moved, now);
            kept(state, settled)
        }
        // A run that is to end stays so, whatever its last reads wait for.
        RunReport::Waits(..) if view.sends_no_more() => Vec::new(),
        RunReport::Waits(wait, fault) => {
            view.hold = Some(Hold::Waits(now.since_start + wait, fault));
            set_clock(state)
        }
        RunReport::Settling(wait, ops) => {
            view.hold = Some(Hold::Settles(now.since_start + wait, ops));
            set_clock(state)
        }
        RunReport::Warned(fault) => say(state, Tone::Refused, fault.to_string()),
        RunReport::Pausing(pause) => {
            view.hold = Some(Hold::Pausing(pause));
            Vec::new()
        }
        RunReport::Stopping => {
            view.hold = Some(Hold::Stopping);
            Vec::new()
        }
        RunReport::Ended(summary) => ended(state, run, summary, now),
    }
}

/// Where nothing is kept for a later session, there is nothing to be done for a journal that could not be written.
fn as_lasting(state: &State, mut report: RunReport) -> RunReport {
    let (RunReport::Pausing(pause) | RunReport::Ended(Summary { end: End::Paused(pause), .. })) =
        &mut report
    else {
        return report;
    };
    if let Pause::Disk(fault) = pause
        && !state.session.setup.is_lasting()
    {
        "Nothing of it is kept anyway: it goes when cfiam ends".clone_into(&mut fault.remedy);
    }
    report
}

/// What has come into effect is no longer staged, whatever becomes of the rest.
fn kept(state: &mut State, settled: bool) -> Vec<Effect> {
    if settled { staged::changed(state) } else { Vec::new() }
}

/// The page of a group that was staged is the page of the group that was made, also where it is come back to.
fn move_pages(state: &mut State, draft: DraftId, group: &GroupId) {
    let draft = GroupId::draft(draft);
    let State { place, previous, .. } = state;
    for screen in [Some(place), previous.as_mut()].into_iter().flatten().flat_map(|p| &mut p.above)
    {
        match screen {
            Screen::Group(page) if page.group == draft => {
                *page = GroupScreen { pane: page.pane, ..GroupScreen::new(group.clone()) };
            }
            _ => {}
        }
    }
}

/// The changes that the run which is on has still in hand, as they are staged now, each with where it stands.
pub fn in_hand(state: &State) -> BTreeMap<ChangeKey, OpState> {
    let ours = |run: &&RunView| run.plan.account == *state.staging.account();
    let Some(run) = running(state).filter(ours) else { return BTreeMap::new() };
    let ops = run.plan.ops().map(|op| (op, run.progress.op(op.id)));
    let open = ops.filter(|(_, stands)| !stands.is_final());
    open.map(|(op, stands)| (ChangeKey::of(&run.progress.as_staged(&op.change)), stands.clone()))
        .collect()
}

/// Why a change that a run has in hand can't be altered.
pub fn in_hand_words(state: &State) -> String {
    let ends = running(state).is_some_and(RunView::sends_no_more);
    match &*state.keymap.key_name(Action::StopRun) {
        _ if ends => "the run has it in hand, and is about to end".to_owned(),
        "" => "the run is carrying it out".to_owned(),
        key => format!("the run is carrying it out; {key} stops it"),
    }
}

/// The group that a draft has become in a run of this session, if it is no longer staged.
pub fn group_made(state: &State, draft: DraftId) -> Option<GroupId> {
    if state.staging.get(&ChangeKey::Create(draft)).is_some() {
        return None;
    }
    let ours = |run: &&RunView| run.plan.account == *state.staging.account();
    let mut runs = state.runs.values().rev().filter(ours);
    runs.find_map(|run| run.progress.made(draft).cloned())
}

fn ended(state: &mut State, run: &RunId, summary: Summary, now: Now) -> Vec<Effect> {
    let Some(view) = state.runs.get_mut(run) else { return Vec::new() };
    // One that was only read back had ended before.
    let was_over = view.ended.is_some();
    view.ended.get_or_insert(now.wall);
    view.hold = None;
    view.in_flight.clear();
    let (tone, mut words) = outcome(&summary, view.plan.undo_of.is_some());
    if let End::Paused(Pause::Permission(fault)) = &summary.end {
        state.session.mode = Mode::ReadOnly(WhyReadOnly::Refused(fault.clone()));
    }
    let end = summary.end.clone();
    view.summary = Some(summary);
    // A run is bound to its account: what another account has staged is none of its business.
    if view.plan.account == *state.staging.account() {
        for group in view.progress.refusing_groups(&view.plan) {
            let name =
                text::safe_capped(&view.plan.names.group(&group.clone().into())).into_owned();
            if state.session.rules.refused.insert(group) {
                words = format!("{words} · if an identity provider keeps {name}, change it there");
            }
        }
        view.progress.settle(&view.plan, &mut state.staging);
    }
    // The first step that is not in effect is what the person wants to read.
    let first =
        view.plan.steps.iter().find(|step| {
            !matches!(view.progress.step(step), StepState::Done | StepState::AlreadySo)
        });
    let first = first.map(|step| step.id);
    if let (Some(first), Some(Screen::Run(screen))) = (first, state.place.above.last_mut())
        && screen.run == *run
    {
        screen.steps.go_to(&first);
    }
    let mut effects = staged::changed(state);
    recovery::ended(state, run, &end);
    effects.extend(match end {
        // It is offered as soon as nothing else is asked.
        End::BrokenOff => Vec::new(),
        End::Finished if was_over => {
            say(state, tone, format!("a run was broken off, and had done all: {words}"))
        }
        _ => say(state, tone, words),
    });
    effects.extend(history::read_run(state, run));
    if let Some(leaving) = state.leaving.take() {
        effects.push(super::leave(state, leaving.signal()));
    }
    effects
}

/// A run's end in a line; of one that takes another back, that it does.
pub fn outcome(summary: &Summary, undoes: bool) -> (Tone, String) {
    let tally = &summary.tally;
    let counts = counts(tally);
    let verb = if undoes { "taken back" } else { "applied" };
    match &summary.end {
        End::Finished if tally.is_whole() => (Tone::Done, format!("{verb}: {counts}")),
        End::Finished if tally.changed_nothing() => {
            (Tone::Fault, format!("nothing changed: {counts}"))
        }
        End::Finished if tally.done + tally.already_so + tally.accepted + tally.unknown == 0 => {
            (Tone::Fault, format!("nothing in effect so far: {counts}"))
        }
        End::Finished => (Tone::Fault, format!("{verb} in part: {counts}")),
        End::Drifted if summary.writes == 0 => (
            Tone::Fault,
            "nothing was sent: the account has changed since the plan was made".to_owned(),
        ),
        End::Drifted => (
            Tone::Fault,
            format!(
                "nothing more was sent: the account has changed since the plan was made; {counts}"
            ),
        ),
        End::Stopped => (Tone::Refused, format!("stopped: {counts}")),
        End::BrokenOff => (Tone::Refused, format!("broken off: {counts}")),
        End::Closed => (Tone::Refused, format!("closed: {counts}")),
        End::Paused(pause @ Pause::Guard(_)) if summary.writes == 0 => {
            (Tone::Fault, format!("nothing was sent: {}", pause.fault().what))
        }
        End::Paused(pause @ Pause::Guard(_)) => {
            (Tone::Fault, format!("nothing more was sent: {}; {counts}", pause.fault().what))
        }
        End::Paused(pause) => {
            (Tone::Fault, format!("could not go on: {}; {counts}", pause.fault().what))
        }
    }
}

/// How many operations stand where, in words.
pub fn counts(tally: &Tally) -> String {
    let part = |(number, words)| format!("{} {words}", text::count(number));
    tally.parts().into_iter().map(part).collect::<Vec<_>>().join(" · ")
}
