//! What the end of a write means.

use std::time::Duration;

use crate::domain::{Change, Fault, FaultKind};
use crate::plan::{OpId, Phase};

use super::event::{Class, Outcome, RequestId, Wish};
use super::lane::{Chunk, Lane, Resolve, Verify, Why, Work};
use super::record::{Record, codes};
use super::report::{Pause, RunReport};
use super::state::OpState;
use super::{LOST_IN_ROW, Run};

impl Run {
    /// Takes in how a write ended. One that is no longer waited for changes nothing: it is being read back.
    pub(super) fn written(&mut self, request: RequestId, outcome: Outcome, now: Duration) {
        let waits = |lane: &Lane| matches!(lane.work, Work::InFlight(id, _) if id == request);
        let Some(place) = self.lanes.iter().position(waits) else { return };
        let Some(lane) = self.lanes.get_mut(place) else { return };
        let Work::InFlight(_, chunk) = std::mem::replace(&mut lane.work, Work::Idle) else {
            return;
        };
        self.out.push(Wish::Keep(Record::Outcome {
            request,
            class: outcome.class,
            status: outcome.status,
            codes: codes(outcome.fault.as_ref()),
            ray: outcome.ray.clone(),
            date: outcome.date,
            transfer: outcome.transfer,
        }));
        self.service_says(outcome.date, now);
        if outcome.class != Class::Throttled {
            self.throttled_since = None;
        }
        if matches!(outcome.class, Class::Applied | Class::Rejected) {
            self.lost_in_row = 0;
        }
        match outcome.class {
            Class::NotSent => self.not_sent(place, chunk, outcome, now),
            Class::Throttled => self.throttled(place, chunk, outcome, now),
            Class::Applied => self.applied(place, chunk, outcome, now),
            Class::Rejected => self.rejected(place, chunk, outcome, now),
            Class::Unknown => self.unanswered(place, chunk, outcome, now),
        }
    }

    fn not_sent(&mut self, place: usize, mut chunk: Chunk, outcome: Outcome, now: Duration) {
        let fault = outcome.fault_or("sending a change: it never left");
        self.unsend(&chunk.ops);
        let wait = self.timings.not_sent.get(chunk.not_sent).copied();
        let tries = self.tries_unsent(chunk.phase);
        chunk.not_sent += 1;
        let again = chunk.not_sent <= tries;
        self.put_back(place, chunk);
        match wait.filter(|_| again) {
            Some(wait) => {
                if let Some(lane) = self.lanes.get_mut(place) {
                    lane.not_before = now + wait;
                }
                self.out.push(Wish::Report(RunReport::Waits(wait, fault)));
            }
            None => self.pause(Pause::after(fault)),
        }
    }

    fn throttled(&mut self, place: usize, chunk: Chunk, outcome: Outcome, now: Duration) {
        let fault = outcome.fault_or("sending a change: the service asks to slow down");
        self.unsend(&chunk.ops);
        self.put_back(place, chunk);
        let since = *self.throttled_since.get_or_insert(now);
        if now.saturating_sub(since) >= self.timings.throttled_at_most {
            return self.pause(Pause::Throttled(fault));
        }
        let until = now + self.timings.throttled;
        for lane in &mut self.lanes {
            lane.not_before = lane.not_before.max(until);
        }
        self.out.push(Wish::Report(RunReport::Waits(self.timings.throttled, fault)));
    }

    fn applied(&mut self, place: usize, chunk: Chunk, outcome: Outcome, now: Duration) {
        self.may_have_landed(&chunk.ops, now);
        let maker = chunk.ops.iter().copied().find(|id| self.makes(*id));
        for id in &chunk.ops {
            if let Some(op) = self.ops.get_mut(id.0 as usize) {
                op.accepted = true;
            }
        }
        match (maker, outcome.made) {
            (Some(op), Some(made)) => self.has_made(place, op, made, now),
            (Some(_), None) => {
                for op in &chunk.ops {
                    self.set(*op, OpState::Unknown);
                }
                return self.resolve(place, chunk, Why::Unnamed, now);
            }
            (None, _) => {}
        }
        for op in &chunk.ops {
            self.set(*op, OpState::Accepted);
        }
        self.verify(place, &chunk.ops, now);
    }

    /// Whether an operation makes something that gets its id by it.
    fn makes(&self, id: OpId) -> bool {
        let makes =
            |change: &Change| matches!(change, Change::Create { .. } | Change::Invite { .. });
        self.op(id).is_some_and(|op| makes(&op.change))
    }

    fn rejected(&mut self, place: usize, chunk: Chunk, outcome: Outcome, now: Duration) {
        let status = outcome.status;
        let fault = outcome.fault_or("changing the account: refused");
        if let Some(pause) = may_not(status, &fault) {
            self.refuse(place, &chunk.ops, &fault);
            return self.pause(pause);
        }
        if status == Some(404) || fault.kind == FaultKind::NotFound {
            return self.read_back_refused(place, chunk, Why::NotFound(fault), now);
        }
        if chunk.phase == Phase::Invite && is_there_already(&fault) {
            return self.read_back_refused(place, chunk, Why::Exists(fault), now);
        }
        if chunk.ops.len() > 1 {
            return self.read_back_refused(place, chunk, Why::Refused(fault), now);
        }
        self.refuse(place, &chunk.ops, &fault);
        let doubtful: Vec<OpId> = chunk.ops.iter().copied().filter(|id| !self.makes(*id)).collect();
        self.verify(place, &doubtful, now);
    }

    /// Marks operations as refused, unless an earlier sending of theirs may still land.
    pub(super) fn refuse(&mut self, place: usize, ops: &[OpId], fault: &Fault) {
        for id in ops {
            let state = match self.op(*id) {
                Some(op) if op.may_be_done() => OpState::NotInEffect(Some(fault.clone())),
                _ => OpState::Refused(fault.clone()),
            };
            self.set(*id, state);
        }
        if ops.iter().any(|id| self.makes(*id)) {
            self.never_made(place);
        }
    }

    fn read_back_refused(&mut self, place: usize, chunk: Chunk, why: Why, now: Duration) {
        for op in &chunk.ops {
            self.set(*op, OpState::Unknown);
        }
        if let Why::Refused(fault) | Why::NotFound(fault) | Why::Exists(fault) = &why {
            self.out.push(Wish::Report(RunReport::Doubtful(chunk.ops.clone(), fault.clone())));
        }
        self.resolve(place, chunk, why, now);
    }

    fn unanswered(&mut self, place: usize, chunk: Chunk, outcome: Outcome, now: Duration) {
        let answered = outcome.status.is_some();
        let fault = outcome.fault_or("changing the account: no answer came");
        self.lose(&chunk.ops, now);
        self.out.push(Wish::Report(RunReport::Doubtful(chunk.ops.clone(), fault.clone())));
        self.resolve(place, chunk, Why::Lost(answered.then(|| fault.clone())), now);
        self.lost_in_row += 1;
        if self.lost_in_row >= LOST_IN_ROW {
            self.pause(Pause::Unanswered(fault));
        }
    }

    /// Marks operations as sent without an answer.
    pub(super) fn lose(&mut self, ops: &[OpId], now: Duration) {
        self.may_have_landed(ops, now);
        for id in ops {
            if let Some(op) = self.ops.get_mut(id.0 as usize) {
                op.lost += 1;
                op.lost_at = Some(now);
            }
            self.set(*id, OpState::Unknown);
        }
    }

    /// Marks operations as never sent.
    pub(super) fn unsend(&mut self, ops: &[OpId]) {
        for id in ops {
            self.set(*id, OpState::Waiting);
        }
    }

    fn resolve(&mut self, place: usize, chunk: Chunk, why: Why, now: Duration) {
        if let Some(lane) = self.lanes.get_mut(place) {
            lane.work = Work::Resolving(Resolve::new(chunk, why, now));
        }
    }

    fn verify(&mut self, place: usize, ops: &[OpId], now: Duration) {
        if let Some(lane) = self.lanes.get_mut(place).filter(|_| !ops.is_empty()) {
            Verify::take_in(&mut lane.verify, ops, now);
        }
    }
}

impl Outcome {
    fn fault_or(self, what: &str) -> Fault {
        self.fault.unwrap_or_else(|| Fault {
            status: self.status,
            ray: self.ray,
            ..Fault::new(FaultKind::Refused, what, "")
        })
    }
}

/// Whether an invitation is refused because the address is there already. The code differs between answers that were
/// seen; the words do not.
pub(super) fn is_there_already(fault: &Fault) -> bool {
    let said = |message: &str| message.to_lowercase().contains("already exists");
    fault.codes().any(|code| matches!(code, 1004 | 1008))
        || fault.errors.iter().any(|error| said(&error.message))
}

/// Why nobody may go on after this refusal; `None` where it is about this one change.
fn may_not(status: Option<u16>, fault: &Fault) -> Option<Pause> {
    match (&fault.kind, status) {
        (FaultKind::Credential, _) | (_, Some(401)) => Some(Pause::Credential(fault.clone())),
        (FaultKind::Permission(_) | FaultKind::NotEnabled, _) | (_, Some(403)) => {
            Some(Pause::Permission(fault.clone()))
        }
        _ => None,
    }
}
