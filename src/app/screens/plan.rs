//! The plan: every call in order, in words and names, before anything is sent.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::app::list::ListState;
use crate::domain::Now;
use crate::plan::{Plan, StepId};

/// How long a plan is good for.
const GOOD_FOR: Duration = Duration::from_mins(10);

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
    /// A number by which painting tells that this plan has been seen. A plan that says something else has another.
    pub number: u64,
    /// The plan.
    pub plan: Arc<Plan>,
    /// Its lines and the cursor.
    pub lines: ListState<PlanLine>,
    /// Which calls are open.
    pub open: std::collections::BTreeSet<StepId>,
}

impl PlanScreen {
    /// A plan, its calls closed.
    pub fn new(number: u64, plan: Arc<Plan>) -> Self {
        let open = std::collections::BTreeSet::new();
        let mut screen = Self { number, plan, lines: ListState::default(), open };
        screen.refill();
        screen
    }

    /// Shows a plan that was made anew in this one's place; whether it says something else, which takes the number.
    pub fn replace(&mut self, plan: Arc<Plan>, number: u64) -> bool {
        let differs = !plan.says_the_same(&self.plan);
        if plan.id != self.plan.id {
            self.open.clear();
        }
        self.plan = plan;
        if differs {
            self.number = number;
            self.refill();
        }
        differs
    }

    /// Whether the plan was made too long ago to be applied without being made anew.
    pub fn is_old(&self, now: Now) -> bool {
        let age = now.wall.duration_since(self.plan.made_at);
        age > SignedDuration::try_from(GOOD_FOR).unwrap_or(SignedDuration::MAX)
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
