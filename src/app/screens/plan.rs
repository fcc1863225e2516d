//! The plan: every call in order, in words and names, and what it does to people, before anything is sent.

use std::sync::Arc;
use std::time::Duration;

use super::cost::CostView;
use super::impact::ImpactView;
use crate::app::list::{ListState, Motion};
use crate::domain::{Change, Collection, Directory, Now};
use crate::plan::{History, Plan, Rules, StepId};

/// How long what a plan rests on is good for.
const GOOD_FOR: Duration = Duration::from_mins(10);

/// A line of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanLine {
    /// A call.
    Step(StepId),
    /// One of an open call's lines: who is added, which policies.
    Detail(StepId, u16),
    /// What was so when the plan was first seen, and is otherwise now; by its place.
    Drift(u16),
    /// A staged change that is not part of the plan, by its place.
    LeftOut(u16),
}

/// A view of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanView {
    /// Every call.
    Changes,
    /// What it does to people.
    Impact,
    /// The guards that stand against it, and what it costs.
    Cost,
}

impl PlanView {
    /// The views, in order.
    pub const ALL: [Self; 3] = [Self::Changes, Self::Impact, Self::Cost];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Changes => "Changes",
            Self::Impact => "Impact",
            Self::Cost => "Guards and cost",
        }
    }

    /// The one after it, the first after the last.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Changes => Self::Impact,
            Self::Impact => Self::Cost,
            Self::Cost => Self::Changes,
        }
    }
}

/// The plan on the screen. It is made when the screen is opened, and anew when what is staged or known changes.
#[derive(Clone, Debug)]
pub struct PlanScreen {
    /// A number by which painting tells that this plan has been seen. A plan that says something else has another.
    pub number: u64,
    /// The plan.
    pub plan: Arc<Plan>,
    /// The plan as it was when the page was opened.
    pub before: Arc<Plan>,
    /// What has changed since, in words. Foreign text.
    pub drift: Vec<String>,
    /// Its lines and the cursor.
    pub lines: ListState<PlanLine>,
    /// Which calls are open.
    pub open: std::collections::BTreeSet<StepId>,
    /// The view that is shown.
    pub view: PlanView,
    /// What it does to people.
    pub impact: ImpactView,
    /// The guards that stand against it, and what it costs.
    pub cost: CostView,
    /// The run that it takes back; `None` for the plan of what is staged.
    pub undoes: Option<Arc<History>>,
    /// Whether it was made while the account was still being read: it comes together as lists come, and nobody has
    /// changed it.
    pub is_coming: bool,
}

impl PlanScreen {
    /// A plan, its calls closed.
    pub fn new(number: u64, plan: Arc<Plan>, directory: &Directory) -> Self {
        let open = std::collections::BTreeSet::new();
        let mut screen = Self {
            number,
            before: Arc::clone(&plan),
            drift: Vec::new(),
            plan,
            lines: ListState::default(),
            open,
            view: PlanView::Changes,
            impact: ImpactView::default(),
            cost: CostView::default(),
            undoes: None,
            is_coming: is_coming(directory),
        };
        screen.refill();
        screen
    }

    /// The same as the plan that takes a run back.
    #[must_use]
    pub fn undoing(mut self, history: Arc<History>) -> Self {
        self.undoes = Some(history);
        self
    }

    /// Shows a plan that was made anew in this one's place; whether it says something else, which takes the number.
    pub fn replace(&mut self, plan: Arc<Plan>, directory: &Directory, number: u64) -> bool {
        let differs = !plan.says_the_same(&self.plan) || self.plan.is_moved(&plan);
        self.is_coming = is_coming(directory);
        if plan.id != self.plan.id {
            self.open.clear();
        }
        self.plan = plan;
        let drift = self.before.drift(&self.plan, directory);
        let more_drift = drift != self.drift;
        self.drift = drift;
        if differs {
            self.number = number;
            // What is asked about is what was seen: a plan that says something else is seen call by call first.
            self.view = PlanView::Changes;
        }
        if differs || more_drift {
            self.refill();
        }
        differs
    }

    /// Looks at the guards again if something that they go by has changed. Where others stand than were seen, the plan
    /// is another one to the person, and takes the number.
    pub fn guard(
        &mut self,
        directory: &Directory,
        rules: &Rules,
        budget: u32,
        number: u64,
    ) -> bool {
        let differs = self.cost.follow(&self.plan, directory, rules, budget);
        if differs {
            self.number = number;
            self.view = PlanView::Changes;
        }
        differs
    }

    /// The lists that the plan rests on: the members of the groups that it touches, those of the account where it
    /// changes one of them or invites somebody, and the groups where it makes one.
    pub fn rests_on(&self) -> Vec<Collection> {
        let mut lists: Vec<Collection> =
            self.plan.groups().cloned().map(Collection::GroupMembers).collect();
        let any = |which: fn(&Change) -> bool| self.plan.ops().any(|op| which(&op.change));
        let of_account = |change: &Change| change.target().group().is_none();
        lists.extend(any(of_account).then_some(Collection::Members));
        let makes = |change: &Change| matches!(change, Change::Create { .. });
        lists.extend(any(makes).then_some(Collection::Groups));
        lists
    }

    /// Whether the plan rests on what was read too long ago. The wall clock tells of a machine that has slept, the
    /// other of a clock that was set back.
    pub fn is_stale(&self, directory: &Directory, now: Now) -> bool {
        self.rests_on().iter().any(|list| {
            directory.coverage(list).as_of.is_some_and(|read| {
                let slept = now.wall.duration_since(read.wall).unsigned_abs();
                now.since_start.saturating_sub(read.since_start).max(slept) > GOOD_FOR
            })
        })
    }

    /// Shows the next view.
    pub fn next_view(&mut self) {
        self.view = self.view.next();
    }

    /// Goes on with what the view that is shown has to compute; whether there is more to do.
    pub fn follow(&mut self, directory: &Directory) -> bool {
        let Self { number, plan, impact, .. } = self;
        self.view == PlanView::Impact && impact.follow(*number, plan, directory)
    }

    /// Moves the cursor of the view that is shown.
    pub fn go(&mut self, motion: Motion, page: u16) {
        match self.view {
            PlanView::Changes => self.lines.go(motion, page),
            PlanView::Impact => self.impact.lines.go(motion, page),
            PlanView::Cost => self.cost.go(motion, page),
        }
    }

    /// Whether the view that is shown has no row.
    pub fn has_no_row(&self) -> bool {
        match self.view {
            PlanView::Changes => self.lines.rows().is_empty(),
            PlanView::Impact => self.impact.lines.rows().is_empty(),
            PlanView::Cost => self.cost.lines.rows().is_empty(),
        }
    }

    /// Opens what is under the cursor, or closes it; whether there was something with more to show.
    pub fn toggle(&mut self) -> bool {
        match self.view {
            PlanView::Changes => {}
            PlanView::Impact => return self.impact.toggle(),
            PlanView::Cost => return false,
        }
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
        let drift = (0..).zip(&self.drift).map(|(at, _)| PlanLine::Drift(at));
        let mut lines: Vec<PlanLine> = drift.collect();
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

/// Whether the account is being read for the first time.
fn is_coming(directory: &Directory) -> bool {
    let lists = [Collection::Members, Collection::Groups];
    let on_its_way = |list: &Collection| {
        let coverage = directory.coverage(list);
        !coverage.is_whole() && coverage.failed.is_none()
    };
    let mut inside =
        directory.groups().values().map(|group| Collection::GroupMembers(group.id.clone()));
    let is_first = |list: Collection| {
        let coverage = directory.coverage(&list);
        !coverage.is_whole() && coverage.walk.is_some()
    };
    lists.iter().any(on_its_way) || inside.any(is_first)
}
