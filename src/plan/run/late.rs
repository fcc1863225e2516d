//! The last look at what was sent without an answer, once it can no longer land.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::plan::OpId;

use super::Run;
use super::event::{Purpose, Seen, Wish};
use super::judge::After;
use super::report::RunReport;
use super::state::{OpState, Proof};

/// How far the last look has come.
pub(super) enum Late {
    /// One is on its way.
    Looks,
    /// The next is due after this long.
    Waits(Duration),
    /// Nothing is left to look at, or no more is waited for.
    Over,
}

impl Run {
    /// Looks at what can no longer land.
    pub(super) fn settle_late(&mut self, now: Duration) -> Late {
        let late = self.timings.late;
        let open = (0..).map(OpId).zip(&self.ops).filter(|(id, _)| !self.settled.contains(id));
        let open: Vec<(OpId, Duration)> =
            open.filter_map(|(id, op)| Some((id, op.may_land_until(late)?))).collect();
        let last = open.iter().map(|(_, until)| *until).max();
        let Some(last) = last.filter(|_| self.halt.is_none()) else { return Late::Over };
        if !std::mem::replace(&mut self.settling, true) {
            let wait = last.saturating_sub(now);
            self.tell_moves();
            self.out.push(Wish::Report(RunReport::Settling(wait, open.len())));
        }
        let due: BTreeSet<OpId> =
            open.iter().filter(|(_, until)| *until <= now).map(|(id, _)| *id).collect();
        self.look_once_more(&due);
        let next = open.iter().map(|(_, until)| *until).filter(|until| *until > now).min();
        next.map_or(Late::Looks, |until| Late::Waits(until.saturating_sub(now)))
    }

    fn look_once_more(&mut self, due: &BTreeSet<OpId>) {
        for place in 0..self.lanes.len() {
            let Some(lane) = self.lanes.get(place).filter(|lane| lane.late.is_none()) else {
                continue;
            };
            let ops: Vec<OpId> = due
                .iter()
                .copied()
                .filter(|id| self.op(*id).is_some_and(|op| op.change.target() == lane.target))
                .collect();
            if ops.is_empty() {
                continue;
            }
            let Some(sight) = self.sight(lane, &ops, Purpose::Resolve) else {
                // What was to be made was not: there is nothing to look at.
                self.settled.extend(ops);
                continue;
            };
            let look = self.ask(Purpose::Resolve, sight);
            if let Some(lane) = self.lanes.get_mut(place) {
                lane.late = Some((look, ops));
            }
        }
    }

    /// Takes in what the last look has shown. Where it fails, what is known stays what is known.
    pub(super) fn looked_late(&mut self, place: usize, ops: &[OpId], seen: &Seen, now: Duration) {
        self.settled.extend(ops);
        for id in ops {
            let Some(op) = self.op(*id) else { continue };
            match (op.known().after(seen), op.state.holds()) {
                (Some(After::Holds(made)), false) => {
                    if let Some(made) = made {
                        self.has_made(place, *id, made, now);
                    }
                    self.set(*id, OpState::Done(Proof::ReadBack));
                }
                (Some(After::NotYet), true) => self.set(*id, OpState::NotInEffect(None)),
                _ => {}
            }
        }
    }
}
