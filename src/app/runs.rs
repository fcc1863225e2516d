//! Runs: begun behind the confirmation of a plan, told of step by step, stopped, and settled at their end.

use std::sync::Arc;

use crate::domain::Now;
use crate::plan::{End, Pause, Plan, Progress, RunId, RunReport, Summary};
use crate::text;

use super::msg::Effect;
use super::setup::{Mode, WhyReadOnly};
use super::state::{Hold, RunView, State, Tone};
use super::{say, set_clock, staged};

/// Begins a run of a plan.
pub fn begin(state: &mut State, plan: &Arc<Plan>) -> (RunId, Vec<Effect>) {
    state.last_number += 1;
    let run = RunId::new(state.now.wall, u32::try_from(state.last_number).unwrap_or(u32::MAX));
    let view = RunView {
        plan: Arc::clone(plan),
        began: state.now,
        ended: None,
        progress: Progress::new(plan),
        hold: None,
        summary: None,
    };
    state.runs.insert(run.clone(), view);
    staged::refill_changes(state);
    (run.clone(), vec![Effect::Apply(run, Arc::clone(plan))])
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
    let Some(view) = state.runs.get_mut(run) else { return Vec::new() };
    view.progress.absorb(&report);
    match report {
        RunReport::Began(_) | RunReport::Made(..) => Vec::new(),
        RunReport::Moved(_) => {
            if matches!(view.hold, Some(Hold::Waits(..))) {
                view.hold = None;
            }
            Vec::new()
        }
        RunReport::Waits(wait, fault) => {
            view.hold = Some(Hold::Waits(now.since_start + wait, fault));
            set_clock(state)
        }
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

fn ended(state: &mut State, run: &RunId, summary: Summary, now: Now) -> Vec<Effect> {
    let Some(view) = state.runs.get_mut(run) else { return Vec::new() };
    view.ended = Some(now);
    view.hold = None;
    let (tone, words) = outcome(&summary);
    if let End::Paused(Pause::Permission(fault)) = &summary.end {
        state.session.mode = Mode::ReadOnly(WhyReadOnly::Refused(fault.clone()));
    }
    view.summary = Some(summary);
    // A run is bound to its account: what another account has staged is none of its business.
    if view.plan.account == *state.staging.account() {
        view.progress.settle(&view.plan, &mut state.staging);
    }
    let mut effects = staged::changed(state);
    effects.extend(say(state, tone, words));
    if let Some(signal) = state.leaving.take() {
        effects.push(super::leave(state, Some(signal)));
    }
    effects
}

/// A run's end in a line.
pub fn outcome(summary: &Summary) -> (Tone, String) {
    let tally = &summary.tally;
    let mut parts = Vec::new();
    for (number, words) in [
        (tally.done, "done"),
        (tally.already_so, "so already"),
        (tally.accepted, "accepted, not visible yet"),
        (tally.refused, "refused"),
        (tally.unknown, "unknown"),
        (tally.not_in_effect, "not in effect"),
        (tally.conflict, "changed by someone else"),
        (tally.gone, "gone"),
        (tally.skipped + tally.waiting, "not sent"),
    ] {
        if number > 0 {
            parts.push(format!("{} {words}", text::count(number)));
        }
    }
    let counts = parts.join(" · ");
    match &summary.end {
        End::Finished if tally.is_whole() => (Tone::Done, format!("applied: {counts}")),
        End::Finished => (Tone::Fault, format!("applied in part: {counts}")),
        End::Drifted => (
            Tone::Fault,
            "nothing was sent: the account has changed since the plan was made".to_owned(),
        ),
        End::Stopped => (Tone::Refused, format!("stopped: {counts}")),
        End::Paused(pause) => {
            (Tone::Fault, format!("could not go on: {}; {counts}", pause.fault().what))
        }
    }
}
