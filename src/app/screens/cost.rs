//! The guards that stand against the plan, and what it costs: the plan's third view.

use std::sync::Arc;

use crate::app::list::{ListState, Motion};
use crate::domain::Directory;
use crate::plan::{Cost, Guards, Plan, PlanId, Rules};

/// A line of the view; what a line is the how-manieth of is counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CostLine {
    /// What the lines below are about.
    Head(&'static str),
    /// A guard that stands.
    Guard(u16),
    /// Who or what a guard is about: the guard, and its row.
    Row(u16, u16),
    /// What is to be known of guards that don't stand.
    Note(u16),
    /// No guard stands.
    NoGuard,
    /// Something that can't be undone.
    Lasting(u16),
    /// All can be undone.
    Undoable,
    /// How many requests it takes.
    Requests,
    /// How long it takes.
    Time,
}

/// The guards that stand against the plan on the screen, and what it costs.
#[derive(Clone, Debug, Default)]
pub struct CostView {
    /// The guards; `None` until they have been looked at once.
    pub guards: Option<Arc<Guards>>,
    /// What it costs.
    pub cost: Option<Cost>,
    /// Its lines and the cursor.
    pub lines: ListState<CostLine>,
    /// The plan, the version of the directory and the number of refused groups that the guards were looked at for.
    of: Option<(PlanId, u64, usize)>,
}

impl CostView {
    /// Looks at the guards again if something that they go by has changed; whether others stand than before, or ask for
    /// something else.
    pub fn follow(
        &mut self,
        plan: &Plan,
        directory: &Directory,
        rules: &Rules,
        budget: u32,
    ) -> bool {
        let of = (plan.id.clone(), directory.version(), rules.refused.len());
        if self.of.as_ref() == Some(&of) {
            return false;
        }
        self.of = Some(of);
        let guards = Arc::new(Guards::of(plan, directory, rules));
        let differs = self.guards.as_ref().is_some_and(|before| !guards.ask_the_same(before));
        self.guards = Some(guards);
        self.cost = Some(Cost::of(plan, budget));
        self.refill();
        differs
    }

    /// How many guards stand.
    pub fn standing(&self) -> usize {
        self.guards.as_ref().map_or(0, |guards| guards.len())
    }

    /// Moves the cursor; it stands on no heading.
    pub fn go(&mut self, motion: Motion, page: u16) {
        let before = self.lines.at();
        self.lines.go(motion, page);
        if !matches!(self.lines.cursor(), Some(CostLine::Head(_))) {
            return;
        }
        let on = if self.lines.at() < before { Motion::Up } else { Motion::Down };
        let at = self.lines.at();
        self.lines.go(on, page);
        if self.lines.at() == at {
            // The first line is a heading: it comes into sight, and the cursor stands below it.
            self.lines.go(Motion::Down, page);
        }
    }

    fn refill(&mut self) {
        let mut lines = vec![CostLine::Head("Guards")];
        let guards = self.guards.iter().flat_map(|guards| guards.iter());
        for (at, guard) in (0..).zip(guards) {
            lines.push(CostLine::Guard(at));
            lines.extend((0..).zip(&guard.rows).map(|(row, _)| CostLine::Row(at, row)));
        }
        if self.standing() == 0 {
            lines.push(CostLine::NoGuard);
        }
        let notes = self.guards.iter().flat_map(|guards| guards.notes());
        lines.extend((0..).zip(notes).map(|(at, _)| CostLine::Note(at)));
        lines.push(CostLine::Head("Can't be undone"));
        let lasting = self.cost.iter().flat_map(|cost| &cost.lasting);
        let lasting: Vec<CostLine> =
            (0..).zip(lasting).map(|(at, _)| CostLine::Lasting(at)).collect();
        if lasting.is_empty() {
            lines.push(CostLine::Undoable);
        }
        lines.extend(lasting);
        lines.extend([CostLine::Head("Cost"), CostLine::Requests, CostLine::Time]);
        let is_first = self.lines.rows().is_empty();
        self.lines.show(lines);
        if is_first {
            self.lines.go_to(&CostLine::NoGuard);
            self.lines.go_to(&CostLine::Guard(0));
        } else if matches!(self.lines.cursor(), Some(CostLine::Head(_)))
            && let Some(below) = self.lines.rows().get(self.lines.at() + 1).copied()
        {
            self.lines.go_to(&below);
        }
    }
}
