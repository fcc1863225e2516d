//! What a run tells the person, and how it adds up.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{DraftId, Fault, FaultKind, GroupId};
use crate::plan::{OpId, Plan, Staging, Step};

use super::record::RunId;
use super::state::{OpState, StepState};

/// What a run tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunReport {
    /// It has begun.
    Began(RunId),
    /// Operations have come to stand elsewhere.
    Moved(Vec<(OpId, OpState)>),
    /// A group was made that was staged to be.
    Made(DraftId, GroupId),
    /// Nothing is sent for this long, because of what was said before.
    Waits(Duration, Fault),
    /// No more writes are sent; what is in flight is read back.
    Pausing(Pause),
    /// No more writes are sent, as the person wished; what is in flight is read back.
    Stopping,
    /// It is over.
    Ended(Summary),
}

/// Why a run sends no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pause {
    /// The credential is refused.
    Credential(Fault),
    /// The credential may not do this.
    Permission(Fault),
    /// The service can't be reached, or can't be read.
    Network(Fault),
    /// Three writes in a row ended without an answer.
    Unanswered(Fault),
    /// The service has refused for too long because too much was asked.
    Throttled(Fault),
    /// The first operation, sent alone, was accepted and did not come into effect.
    Canary(Fault),
}

impl Pause {
    /// Why a run can't go on after a failed read or write.
    pub(super) fn after(fault: Fault) -> Self {
        match fault.kind {
            FaultKind::Credential => Self::Credential(fault),
            FaultKind::Permission(_) | FaultKind::NotEnabled => Self::Permission(fault),
            FaultKind::Throttled => Self::Throttled(fault),
            _ => Self::Network(fault),
        }
    }

    /// What failed.
    pub fn fault(&self) -> &Fault {
        match self {
            Self::Credential(fault)
            | Self::Permission(fault)
            | Self::Network(fault)
            | Self::Unanswered(fault)
            | Self::Throttled(fault)
            | Self::Canary(fault) => fault,
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// Every operation has come to its end.
    Finished,
    /// The account had changed since the plan was made: nothing was sent, and the plan is to be looked at again.
    Drifted,
    /// It could not go on.
    Paused(Pause),
    /// The person stopped it.
    Stopped,
}

/// A run's end, added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How it ended.
    pub end: End,
    /// How the operations ended.
    pub tally: Tally,
    /// How many writes were sent.
    pub writes: u32,
    /// Operations whose answer was lost and that may still land, until this long after the run's end.
    pub may_land: Vec<(OpId, Duration)>,
}

/// How many operations stand where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Not sent yet.
    pub waiting: usize,
    /// In flight.
    pub running: usize,
    /// Accepted, not seen yet.
    pub accepted: usize,
    /// In effect.
    pub done: usize,
    /// So already.
    pub already_so: usize,
    /// Refused.
    pub refused: usize,
    /// Not known.
    pub unknown: usize,
    /// Sent and not in effect.
    pub not_in_effect: usize,
    /// Changed by someone else.
    pub conflict: usize,
    /// About something that is gone.
    pub gone: usize,
    /// Never sent.
    pub skipped: usize,
}

impl Tally {
    /// Adds up.
    pub fn of<'a>(states: impl Iterator<Item = &'a OpState>) -> Self {
        let mut tally = Self::default();
        for state in states {
            *tally.place(StepState::of_one(state)) += 1;
        }
        tally
    }

    fn place(&mut self, state: StepState) -> &mut usize {
        match state {
            StepState::Waiting => &mut self.waiting,
            StepState::Running => &mut self.running,
            StepState::Accepted => &mut self.accepted,
            StepState::Done => &mut self.done,
            StepState::AlreadySo => &mut self.already_so,
            StepState::Skipped => &mut self.skipped,
            StepState::Gone => &mut self.gone,
            StepState::Refused => &mut self.refused,
            StepState::Conflict => &mut self.conflict,
            StepState::NotInEffect => &mut self.not_in_effect,
            StepState::Unknown => &mut self.unknown,
        }
    }

    /// Whether everything that was planned is in effect.
    pub fn is_whole(&self) -> bool {
        let Self { done, already_so, .. } = *self;
        *self == Self { done, already_so, ..Self::default() }
    }

    /// Whether something was changed, or may have been.
    pub fn touched(&self) -> bool {
        self.done + self.accepted + self.unknown + self.not_in_effect + self.running > 0
    }
}

/// Where a plan's operations stand, kept up by absorbing what its run tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    states: Vec<OpState>,
    made: BTreeMap<DraftId, GroupId>,
}

impl Progress {
    /// Nothing done yet.
    pub fn new(plan: &Plan) -> Self {
        Self { states: plan.ops().map(|_| OpState::Waiting).collect(), made: BTreeMap::new() }
    }

    /// Takes in what a run tells.
    pub fn absorb(&mut self, report: &RunReport) {
        match report {
            RunReport::Moved(moved) => {
                for (op, state) in moved {
                    if let Some(place) = self.states.get_mut(op.0 as usize) {
                        *place = state.clone();
                    }
                }
            }
            RunReport::Made(draft, group) => {
                self.made.insert(*draft, group.clone());
            }
            _ => {}
        }
    }

    /// Where an operation stands.
    pub fn op(&self, op: OpId) -> &OpState {
        self.states.get(op.0 as usize).unwrap_or(&OpState::Waiting)
    }

    /// Where a step stands.
    pub fn step(&self, step: &Step) -> StepState {
        StepState::of(step.ops.iter().map(|op| self.op(op.id)))
    }

    /// How a step's operations add up.
    pub fn tally_of(&self, step: &Step) -> Tally {
        Tally::of(step.ops.iter().map(|op| self.op(op.id)))
    }

    /// How all operations add up.
    pub fn tally(&self) -> Tally {
        Tally::of(self.states.iter())
    }

    /// Takes what is in effect out of what is staged, and keeps the reason beside what is not.
    pub fn settle(&self, plan: &Plan, staging: &mut Staging) {
        for op in plan.ops() {
            match self.op(op.id) {
                state if state.holds() => staging.carried_out(&op.change),
                state => {
                    if let Some(reason) = state.reason() {
                        staging.keep_reason(&op.change, reason);
                    }
                }
            }
        }
        for (draft, group) in &self.made {
            staging.made(*draft, group);
        }
    }
}
