//! Choosing what is sent next, waiting for its turn, and sending it.

use std::time::Duration;

use crate::domain::{Change, Fault, FaultKind, GroupId};
use crate::plan::{OpId, Phase};

use super::event::{Call, Class, Purpose, Request, RequestId, Transfer, TurnId, Wish};
use super::lane::{Chunk, Lane, Work};
use super::record::Record;
use super::report::Pause;
use super::state::OpState;
use super::{Run, open_phase};

/// How many writes are on their way at once, over all groups.
const AT_ONCE: usize = 2;

impl Run {
    /// Begins with what may go now: the first open phase, one write a group, two in all.
    pub(super) fn send_what_may_go(&mut self, now: Duration) {
        while self.halt.is_none() {
            let Some(place) = self.next_lane(now) else { return };
            let Some(mut chunk) = self.lanes.get_mut(place).and_then(|l| l.queue.pop_front())
            else {
                return;
            };
            if self.plan.canary && self.canary.is_none() && chunk.ops.len() > 1 {
                let rest = chunk.ops.split_off(1);
                self.put_back(place, Chunk { ops: rest, ..chunk.clone() });
            }
            self.start(place, chunk, now);
        }
    }

    fn next_lane(&mut self, now: Duration) -> Option<usize> {
        if self.plan.canary && !self.canary_lets_pass() {
            return None;
        }
        if self.lanes.iter().filter(|lane| lane.holds_a_place()).count() >= AT_ONCE {
            return None;
        }
        let phase = open_phase(&self.ops)?;
        let waits = self.canary.filter(|id| self.op(*id).is_some_and(|op| !op.state.is_final()));
        self.lanes
            .iter()
            .enumerate()
            .filter(|(_, lane)| matches!(lane.work, Work::Idle) && lane.not_before <= now)
            .filter_map(|(place, lane)| Some((place, lane.queue.front()?)))
            .filter(|(_, chunk)| chunk.phase == phase)
            .filter(|(_, chunk)| waits.is_none_or(|id| chunk.ops.contains(&id)))
            .min_by_key(|(_, chunk)| chunk.step)
            .map(|(place, _)| place)
    }

    /// Whether the operation that goes first and alone holds the others up no longer, or is to be sent itself.
    fn canary_lets_pass(&mut self) -> bool {
        let Some(state) = self.canary.and_then(|id| self.op(id)).map(|op| op.state.clone()) else {
            return !self.lanes.iter().any(Lane::holds_a_place);
        };
        match state {
            OpState::NotInEffect(_) => {
                self.pause(Pause::Canary(no_effect()));
                false
            }
            OpState::Waiting => true,
            state => state.is_final(),
        }
    }

    fn start(&mut self, place: usize, chunk: Chunk, now: Duration) {
        if self.needs_a_look(&chunk, now) {
            self.look_before(place, chunk);
        } else {
            self.wait_for_turn(place, chunk);
        }
    }

    fn look_before(&mut self, place: usize, chunk: Chunk) {
        let Some(lane) = self.lanes.get(place) else { return };
        let Some(sight) = self.sight(lane, &chunk.ops, Purpose::Preflight) else { return };
        for id in &chunk.ops {
            if let Some(op) = self.ops.get_mut(id.0 as usize) {
                op.asked_since = true;
            }
        }
        let look = self.ask(Purpose::Preflight, sight);
        if let Some(lane) = self.lanes.get_mut(place) {
            lane.work = Work::Looking(look, chunk);
        }
    }

    /// Waits until a chunk may leave. What is to hold when it leaves is seen to when its turn has come.
    pub(super) fn wait_for_turn(&mut self, place: usize, chunk: Chunk) {
        let Some(lane) = self.lanes.get_mut(place) else { return };
        let turn = TurnId(self.next_turn);
        self.next_turn += 1;
        self.out.push(Wish::Turn(turn, lane.target.clone()));
        lane.work = Work::Waiting(turn, chunk);
    }

    /// The turn of a chunk has come: it is sent, unless nothing is to be sent any more, or what was last seen of it has
    /// become too old meanwhile.
    pub(super) fn turn_came(&mut self, turn: TurnId, now: Duration) {
        let waits = |lane: &Lane| matches!(lane.work, Work::Waiting(id, _) if id == turn);
        let Some(place) = self.lanes.iter().position(waits) else { return };
        let Some(lane) = self.lanes.get_mut(place) else { return };
        let Work::Waiting(_, chunk) = std::mem::replace(&mut lane.work, Work::Idle) else {
            return;
        };
        if self.halt.is_some() {
            self.put_back(place, chunk);
        } else if self.needs_a_look(&chunk, now) {
            self.look_before(place, chunk);
        } else {
            self.dispatch(place, chunk, now);
        }
    }

    /// A run that was held up for too long pauses: nothing of it has left since.
    pub(super) fn see_to_hold_up(&mut self, now: Duration) {
        let at_work = |of: fn(&Work) -> bool| self.lanes.iter().any(|lane| of(&lane.work));
        if at_work(|work| matches!(work, Work::Waiting(..))) {
            self.held_since.get_or_insert(now);
        } else if !at_work(|work| matches!(work, Work::Looking(..))) {
            self.held_since = None;
        }
        if self.held_until().is_some_and(|until| until <= now) {
            self.pause(Pause::Throttled(held_up()));
        }
    }

    /// When a run that is held up pauses.
    pub(super) fn held_until(&self) -> Option<Duration> {
        Some(self.held_since? + self.timings.throttled_at_most)
    }

    /// Sends a chunk, its intent first.
    fn dispatch(&mut self, place: usize, chunk: Chunk, now: Duration) {
        let group = self.lanes.get(place).and_then(|lane| self.group_of(lane));
        let Some(call) = self.call(&chunk, group) else {
            self.put_back(place, chunk);
            return self.never_made(place);
        };
        self.held_since = None;
        let id = RequestId(self.next_request);
        self.next_request += 1;
        let mut attempt = 1;
        for op in &chunk.ops {
            if let Some(run) = self.ops.get_mut(op.0 as usize) {
                run.sent += 1;
                run.sent_at = now;
                attempt = attempt.max(run.sent);
            }
            self.set_quietly(*op, OpState::Running);
        }
        if self.plan.canary && self.canary.is_none() {
            self.canary = chunk.ops.first().copied();
        }
        let (step, ops) = (chunk.step, chunk.ops.clone());
        let (request, deadline) = (id, self.timings.deadline);
        let intent = Record::Intent { request, step, ops: ops.clone(), attempt, deadline };
        self.out.push(Wish::Keep(intent));
        self.out.push(Wish::Send(Request { id, step, ops, attempt, call }));
        if let Some(lane) = self.lanes.get_mut(place) {
            lane.work = Work::InFlight(id, chunk);
            lane.not_before = now;
        }
    }

    /// Sends nothing more, because it could not be written down. What was to be sent never left.
    pub(super) fn not_kept(&mut self, fault: Fault, unsent: &[RequestId]) {
        self.pause(Pause::Disk(fault));
        for place in 0..self.lanes.len() {
            let Some(lane) = self.lanes.get_mut(place) else { continue };
            lane.work = match std::mem::replace(&mut lane.work, Work::Idle) {
                Work::InFlight(id, chunk) if unsent.contains(&id) => {
                    // Nothing is sent any more: no other write takes its number.
                    self.next_request -= 1;
                    self.out.push(Wish::Keep(never_left(id)));
                    self.unsend(&chunk.ops);
                    self.put_back(place, chunk);
                    continue;
                }
                work => work,
            };
        }
    }

    fn call(&self, chunk: &Chunk, group: Option<GroupId>) -> Option<Call> {
        let change = &self.op(*chunk.ops.first()?)?.change;
        Some(match change.clone() {
            Change::Create { name, policies, .. } => Call::Create { name, policies },
            Change::Rename { group, to, .. } => Call::Rename { group, to },
            Change::SetPolicies { group, to, .. } => Call::SetPolicies { group, to },
            Change::Remove { group, member } => Call::Remove { group, member },
            Change::Delete { group, .. } => Call::Delete { group },
            Change::Add { .. } => Call::Add { group: group?, members: self.members(&chunk.ops) },
            Change::ReplaceMembers { group, to, .. } => Call::ReplaceMembers { group, members: to },
            Change::Invite { email, policies } => Call::Invite { email, policies },
            Change::SetDirectPolicies { member, to, .. } => Call::SetDirectPolicies { member, to },
            Change::RemoveMember { member, .. } => Call::RemoveMember { member },
        })
    }

    fn members(&self, ops: &[OpId]) -> Vec<crate::domain::MemberId> {
        let member = |id: &OpId| self.op(*id).and_then(|op| op.change.member().cloned());
        ops.iter().filter_map(member).collect()
    }

    /// Whether anything of this phase may be tried again by itself when it never left.
    pub(super) fn tries_unsent(&self, phase: Phase) -> usize {
        if phase.overwrites() { 1 } else { self.timings.not_sent.len() }
    }
}

fn held_up() -> Fault {
    Fault::new(
        FaultKind::Throttled,
        "sending a change: the request budget has left no room for too long",
        "resume the run when the account is less busy",
    )
}

/// What is to be kept of a write that was not sent.
fn never_left(request: RequestId) -> Record {
    let (class, codes, transfer) = (Class::NotSent, Vec::new(), Transfer::default());
    Record::Outcome { request, class, status: None, codes, ray: None, date: None, transfer }
}

fn no_effect() -> Fault {
    Fault::new(
        FaultKind::Unanswered,
        "the first change, sent alone, was accepted and is not in effect",
        "see what has become of it before the others are sent",
    )
}
