//! The pure machine that carries a plan out.

mod event;
mod record;
mod report;
mod state;
mod timings;

pub use event::{
    Call, Class, Event, Look, LookId, Outcome, Presence, Purpose, Request, RequestId, Seen, Sight,
    Wish,
};
pub use record::{Record, RunId};
pub use report::{End, Pause, Progress, RunReport, Summary, Tally};
pub use state::{Conflict, Gone, OpState, Proof, SkipWhy, StepState};
pub use timings::Timings;

use super::Plan;
use crate::domain::Now;

/// One attempt to carry out one plan.
#[derive(Clone, Debug)]
pub struct Run {
    id: RunId,
    plan: Plan,
    timings: Timings,
}

impl Run {
    /// A run that has not begun.
    pub fn new(plan: Plan, id: RunId, timings: Timings) -> Self {
        Self { id, plan, timings }
    }

    /// Takes in what has happened, and says what is wanted next, in order.
    pub fn on(&mut self, event: Event, now: Now) -> Vec<Wish> {
        let _ = (event, now);
        Vec::new()
    }
}
