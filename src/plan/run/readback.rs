//! Reading back: what became of a write whose answer was lost, and whether what was accepted is in effect.

use std::time::Duration;

use crate::domain::{Change, Fault, FaultKind};
use crate::plan::{BATCH, OpId, Phase};

use super::event::{Purpose, Seen, Wish};
use super::judge::{After, presence_of};
use super::lane::{Chunk, Lane, Resolve, Verify, Why, Work};
use super::report::{Pause, RunReport};
use super::state::{Gone, OpState, Proof, may_land};
use super::{Presence, Run, Stage, open_phase};

/// How often operations are sent again after their answer was lost; each time they were read back before.
const REISSUES: u32 = 2;
/// How often a group or an invitation is sent again: a second of the same name would be refused, but why ask for it.
const REISSUES_OF_CREATE: u32 = 1;

impl Run {
    /// Asks for the looks whose time has come.
    pub(super) fn look_back(&mut self, now: Duration) {
        for place in 0..self.lanes.len() {
            let Some(lane) = self.lanes.get(place) else { continue };
            if self.resolve_due(lane).is_some_and(|at| at <= now) {
                self.look_after(place, Purpose::Resolve);
            }
            let Some(lane) = self.lanes.get(place) else { continue };
            if self.verify_due(lane).is_some_and(|at| at <= now) {
                self.look_after(place, Purpose::Verify);
            }
        }
    }

    fn look_after(&mut self, place: usize, purpose: Purpose) {
        let Some(lane) = self.lanes.get(place) else { return };
        let ops: Vec<OpId> = match (&lane.work, &lane.verify) {
            (Work::Resolving(resolve), _) if purpose == Purpose::Resolve => {
                resolve.chunk.ops.clone()
            }
            (_, Some(verify)) => verify.ops.clone(),
            _ => return,
        };
        let Some(sight) = self.sight(lane, &ops, purpose) else { return };
        let look = self.ask(purpose, sight);
        let Some(lane) = self.lanes.get_mut(place) else { return };
        match (&mut lane.work, &mut lane.verify) {
            (Work::Resolving(resolve), _) if purpose == Purpose::Resolve => {
                resolve.look = Some(look);
            }
            (_, Some(verify)) => verify.look = Some(look),
            _ => {}
        }
    }

    /// When a lane's lost write is read back next.
    pub(super) fn resolve_due(&self, lane: &Lane) -> Option<Duration> {
        let Work::Resolving(resolve) = &lane.work else { return None };
        if resolve.look.is_some() {
            return None;
        }
        // A refusal is certain; only what was there before it is asked, and that at once.
        let certain = matches!(resolve.why, Why::Refused(_) | Why::NotFound(_) | Why::Exists(_));
        let wait = match resolve.reads {
            0 if certain => Duration::ZERO,
            reads => self.timings.resolve.get(reads).copied().unwrap_or_default(),
        };
        Some(resolve.from + wait)
    }

    /// When what a lane has accepted is read next. It waits while more of the same is still to be sent.
    pub(super) fn verify_due(&self, lane: &Lane) -> Option<Duration> {
        let verify = lane.verify.as_ref().filter(|verify| verify.look.is_none())?;
        let next = lane.queue.front().filter(|_| self.stage == Stage::Going);
        let sends = lane.holds_a_place()
            || next.is_some_and(|next| Some(next.phase) == open_phase(&self.ops));
        let canary = self.canary.is_some_and(|id| verify.ops.contains(&id));
        let ripe = !sends || canary || verify.reads > 0 || verify.ops.len() >= BATCH;
        let wait = self.timings.verify.get(verify.reads).copied().unwrap_or_default();
        ripe.then_some(verify.from + wait)
    }

    pub(super) fn resolve_looked(&mut self, place: usize, seen: &Seen, now: Duration) {
        let Some(lane) = self.lanes.get_mut(place) else { return };
        let Work::Resolving(mut resolve) = std::mem::replace(&mut lane.work, Work::Idle) else {
            return;
        };
        resolve.look = None;
        resolve.reads += 1;
        let last = resolve.reads >= self.timings.resolve.len();
        if let Seen::Failed(fault) = seen {
            if last {
                return self.pause(Pause::after(fault.clone()));
            }
            return self.go_on_resolving(place, resolve);
        }
        self.settle_resolved(place, &mut resolve, seen, now);
        if resolve.chunk.ops.is_empty() {
            return;
        }
        match resolve.why.clone() {
            Why::Lost(_) | Why::Unnamed if !last => self.go_on_resolving(place, resolve),
            Why::Lost(answer) => self.not_applied(place, resolve.chunk, answer, now),
            Why::Unnamed => self.not_applied(place, resolve.chunk, None, now),
            Why::Refused(_) => self.halve(place, resolve.chunk),
            Why::Exists(fault) => self.refuse(place, &resolve.chunk.ops, &fault),
            Why::NotFound(fault) => {
                if self.appears_still(place, now) {
                    self.wait_for_group(place, resolve.chunk, now);
                } else if resolve.chunk.ops.len() > 1 {
                    self.halve(place, resolve.chunk);
                } else if !last {
                    // Reads may lag behind: what is still there now may be gone at the next look.
                    self.go_on_resolving(place, resolve);
                } else {
                    self.refuse(place, &resolve.chunk.ops, &fault);
                }
            }
        }
    }

    fn go_on_resolving(&mut self, place: usize, resolve: Resolve) {
        if let Some(lane) = self.lanes.get_mut(place) {
            lane.work = Work::Resolving(resolve);
        }
    }

    /// Moves what the look settles, and leaves the rest in the chunk.
    fn settle_resolved(&mut self, place: usize, resolve: &mut Resolve, seen: &Seen, now: Duration) {
        for id in std::mem::take(&mut resolve.chunk.ops) {
            let Some(op) = self.op(id) else { continue };
            let after = op.known().after(seen);
            let state = match after {
                Some(After::Holds(made)) => {
                    let refused = matches!(resolve.why, Why::NotFound(_) | Why::Exists(_))
                        && !op.may_be_done();
                    if let Some(made) = made {
                        self.has_made(place, id, made, now);
                    }
                    if refused { OpState::AlreadySo } else { OpState::Done(Proof::ReadBack) }
                }
                Some(After::Conflict(conflict)) => OpState::Conflict(conflict),
                Some(After::Gone(gone)) if !self.may_appear(gone, place, now) => {
                    OpState::Gone(gone)
                }
                Some(After::Gone(_) | After::NotYet) | None => {
                    self.note_presence(id, seen, now);
                    resolve.chunk.ops.push(id);
                    continue;
                }
            };
            let lost_group =
                matches!(state, OpState::Conflict(_)) && resolve.chunk.phase == Phase::Create;
            self.set(id, state);
            if lost_group {
                self.never_made(place);
            }
        }
    }

    /// What was read back is as good as a look before sending again, where it says since when.
    fn note_presence(&mut self, id: OpId, seen: &Seen, now: Duration) {
        let Some(op) = self.ops.get_mut(id.0 as usize) else { return };
        op.looked_at = Some(now);
        op.proven = match presence_of(seen, op.change.member()) {
            Some(Presence::In { since: Some(since) }) => op.since == Some(since),
            _ => false,
        };
    }

    /// The write is not in effect at the end of the wait: it is sent again where that can do no harm.
    fn not_applied(
        &mut self,
        place: usize,
        mut chunk: Chunk,
        answer: Option<Fault>,
        now: Duration,
    ) {
        let (mut again, mut never) = (Vec::new(), Vec::new());
        for id in std::mem::take(&mut chunk.ops) {
            let may = self.op(id).is_some_and(|op| match chunk.phase {
                Phase::Add => op.lost <= REISSUES,
                // Only the membership that the person saw; another one was granted anew.
                Phase::Remove => op.lost <= REISSUES && op.proven,
                Phase::Create | Phase::Invite => op.lost > 0 && op.lost <= REISSUES_OF_CREATE,
                Phase::Rename
                | Phase::SetPolicies
                | Phase::SetDirectPolicies
                | Phase::ReplaceMembers
                | Phase::Delete
                | Phase::RemoveMember => false,
            });
            if may && self.halt.is_none() { again.push(id) } else { never.push(id) }
        }
        let reason = answer.map(|answer| answer.but_for(may_land()));
        for id in &never {
            self.set(*id, OpState::NotInEffect(reason.clone()));
        }
        if chunk.phase == Phase::Create && !never.is_empty() {
            self.never_made(place);
        }
        for id in &again {
            self.set(*id, OpState::Waiting);
        }
        if !again.is_empty() {
            self.put_back(place, Chunk { ops: again, ..chunk });
            if let Some(lane) = self.lanes.get_mut(place) {
                lane.not_before = now;
            }
        }
    }

    /// One of several was refused and took the others along: they are sent again by halves, which isolates it.
    fn halve(&mut self, place: usize, mut chunk: Chunk) {
        for id in &chunk.ops {
            self.set(*id, OpState::Waiting);
        }
        let rest = chunk.ops.split_off(chunk.ops.len().div_ceil(2));
        if !rest.is_empty() {
            self.put_back(place, Chunk { ops: rest, ..chunk.clone() });
        }
        self.put_back(place, chunk);
    }

    fn may_appear(&self, gone: Gone, place: usize, now: Duration) -> bool {
        gone == Gone::Group && self.appears_still(place, now)
    }

    /// A group that was just made may be missing from reads and from the paths below it for a while.
    fn appears_still(&self, place: usize, now: Duration) -> bool {
        let made = self.lanes.get(place).and_then(|lane| lane.made_at);
        made.is_some_and(|at| now.saturating_sub(at) < self.timings.appears)
    }

    fn wait_for_group(&mut self, place: usize, chunk: Chunk, now: Duration) {
        for id in &chunk.ops {
            self.set(*id, OpState::Waiting);
        }
        self.put_back(place, chunk);
        if let Some(lane) = self.lanes.get_mut(place) {
            let age = now.saturating_sub(lane.made_at.unwrap_or(now));
            let first = self.timings.not_sent.first().copied().unwrap_or_default();
            lane.not_before = now + age.max(first);
        }
    }

    pub(super) fn verify_looked(&mut self, place: usize, seen: &Seen, now: Duration) {
        let Some(lane) = self.lanes.get_mut(place) else { return };
        let Some(mut verify) = lane.verify.take() else { return };
        verify.look = None;
        verify.reads += 1;
        let last = verify.reads >= self.timings.verify.len();
        match seen {
            Seen::Failed(fault) if last => {
                verify.ops.clear();
                self.pause(Pause::after(fault.clone()));
            }
            Seen::Failed(_) => {}
            _ => self.settle_verified(place, &mut verify, seen, last, now),
        }
        let fresh = std::mem::take(&mut verify.next);
        let Some(lane) = self.lanes.get_mut(place) else { return };
        lane.verify = Some(verify).filter(|verify| !verify.ops.is_empty());
        if !fresh.is_empty() {
            Verify::take_in(&mut lane.verify, &fresh, now);
        }
    }

    fn settle_verified(
        &mut self,
        place: usize,
        verify: &mut Verify,
        seen: &Seen,
        last: bool,
        now: Duration,
    ) {
        for id in std::mem::take(&mut verify.ops) {
            let Some(op) = self.op(id) else { continue };
            let accepted = op.state == OpState::Accepted;
            let after = op.known().after(seen);
            let state = match after {
                Some(After::Holds(_)) if accepted => OpState::Done(Proof::Seen),
                Some(After::Holds(_)) => OpState::Done(Proof::DespiteRefusal),
                // Of what was refused, this may be why.
                Some(After::Gone(gone)) if !self.may_appear(gone, place, now) => {
                    OpState::Gone(gone)
                }
                _ if !accepted => continue,
                Some(After::Conflict(conflict)) if last => OpState::Conflict(conflict),
                _ if last => OpState::NotInEffect(ignored(&op.change)),
                _ => {
                    verify.ops.push(id);
                    continue;
                }
            };
            self.set(id, state);
        }
        if !verify.ops.is_empty() {
            self.tell_moves();
            self.out.push(Wish::Report(RunReport::NotVisible(verify.ops.clone())));
        }
    }
}

/// Why what was accepted may not be in effect, where that is known to happen.
fn ignored(change: &Change) -> Option<Fault> {
    let Change::SetDirectPolicies { .. } = change else { return None };
    Some(Fault::new(
        FaultKind::Unanswered,
        "the service accepted it and left the member's policies as they were, which it is known to do",
        "refresh, and apply it again if it is still wanted",
    ))
}
