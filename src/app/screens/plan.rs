//! The plan: every call in order, in words and names, before anything is sent.

use std::sync::Arc;

use crate::app::list::ListState;
use crate::plan::{Plan, StepId};

/// A line of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanLine {
    /// A call.
    Step(StepId),
    /// One of an open call's lines: who is added, which policies.
    Detail(StepId, u16),
    /// A staged change that is not part of the plan, by its place.
    LeftOut(u16),
}

/// The plan on the screen. It is made when the screen is opened, and anew when what is staged or known changes.
#[derive(Clone, Debug)]
pub struct PlanScreen {
    /// The plan.
    pub plan: Arc<Plan>,
    /// Its lines and the cursor.
    pub lines: ListState<PlanLine>,
    /// Which calls are open.
    pub open: std::collections::BTreeSet<StepId>,
}

impl PlanScreen {
    /// A plan, its calls closed.
    pub fn new(plan: Arc<Plan>) -> Self {
        let mut screen =
            Self { plan, lines: ListState::default(), open: std::collections::BTreeSet::new() };
        screen.refill();
        screen
    }

    /// Shows another plan in this one's place.
    pub fn replace(&mut self, plan: Arc<Plan>) {
        if plan.id != self.plan.id {
            self.open.clear();
        }
        self.plan = plan;
        self.refill();
    }

    /// Opens the call under the cursor, or closes it; whether there was one with more to show.
    pub fn toggle(&mut self) -> bool {
        let Some(PlanLine::Step(step) | PlanLine::Detail(step, _)) = self.lines.cursor() else {
            return false;
        };
        if !self.open.remove(&step) {
            self.open.insert(step);
        }
        self.refill();
        self.lines.go_to(&PlanLine::Step(step));
        true
    }

    fn refill(&mut self) {
        let mut lines = Vec::new();
        for step in &self.plan.steps {
            lines.push(PlanLine::Step(step.id));
            if self.open.contains(&step.id) {
                let details = u16::try_from(self.plan.lines(step).len()).unwrap_or(u16::MAX);
                lines.extend((0..details).map(|at| PlanLine::Detail(step.id, at)));
            }
        }
        lines.extend((0..).zip(&self.plan.left_out).map(|(at, _)| PlanLine::LeftOut(at)));
        self.lines.show(lines);
    }
}
