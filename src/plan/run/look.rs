//! Looking at what is there before anything is written.

use std::time::Duration;

use crate::domain::{Change, Fault, FaultKind, GroupRef, Target};
use crate::plan::build::PAGE;
use crate::plan::{OpId, Phase};

use super::event::{Look, LookId, Purpose, Seen, Sight, Wish};
use super::judge::{After, Before, name_of, presence_of};
use super::lane::{Chunk, Lane, Resolve, Why, Work};
use super::record::Record;
use super::report::Pause;
use super::state::{Conflict, OpState};
use super::{Presence, Run};

/// Up to this many removals of a group are asked since when the member is in it right away; of more, each is
/// asked just before it is sent, so that none is sent on an old reading.
const FEW: usize = 10;

impl Run {
    /// Looks at a lane before anything is sent.
    pub(super) fn survey(&mut self, place: usize) {
        let Some(lane) = self.lanes.get(place) else { return };
        let ops: Vec<OpId> = lane.queue.iter().flat_map(|chunk| chunk.ops.clone()).collect();
        let sight = match self.sight(lane, &ops, Purpose::Preflight) {
            Some(Sight::Group { group, mut present, mut since, .. }) => {
                if since.len() > FEW {
                    present.append(&mut since);
                }
                let by_list = is_list_cheaper(lane, present.len());
                Sight::Group { group, present, since, by_list, group_too: true }
            }
            Some(other) => other,
            None => return,
        };
        let look = self.ask(Purpose::Preflight, sight);
        if let Some(lane) = self.lanes.get_mut(place) {
            lane.work = Work::Surveying(look);
        }
    }

    /// Asks for a look.
    pub(super) fn ask(&mut self, purpose: Purpose, sight: Sight) -> LookId {
        let id = LookId(self.next_look);
        self.next_look += 1;
        self.out.push(Wish::Look(Look { id, purpose, sight }));
        id
    }

    /// What to look at for these operations; `None` for a group that is not made yet and not to be.
    pub(super) fn sight(&self, lane: &Lane, ops: &[OpId], purpose: Purpose) -> Option<Sight> {
        let (mut present, mut since, mut group_too) = (Vec::new(), Vec::new(), false);
        for op in ops.iter().filter_map(|id| self.op(*id)) {
            match &op.change {
                Change::Create { name, .. } if purpose != Purpose::Verify => {
                    return Some(Sight::Named(name.clone()));
                }
                Change::Invite { .. } if purpose == Purpose::Preflight => return None,
                Change::Invite { email, .. } => return Some(sight_of_invited(lane, email)),
                Change::SetDirectPolicies { member, .. } | Change::RemoveMember { member, .. } => {
                    return Some(Sight::Member(member.clone()));
                }
                Change::ReplaceMembers { group, .. } => {
                    let twice = purpose == Purpose::Preflight;
                    return Some(Sight::Members { group: group.clone(), twice });
                }
                // What it holds goes with it: what the person has not seen in it is not deleted.
                Change::Delete { group, .. }
                    if purpose == Purpose::Preflight && op.held.is_some() =>
                {
                    return Some(Sight::Members { group: group.clone(), twice: false });
                }
                Change::Remove { member, .. } if purpose != Purpose::Verify => {
                    since.push(member.clone());
                }
                // A list doesn't tell who has left the account, which may be why it was refused.
                Change::Add { member, .. } if matches!(op.state, OpState::Refused(_)) => {
                    since.push(member.clone());
                }
                Change::Add { member, .. } | Change::Remove { member, .. } => {
                    present.push(member.clone());
                }
                Change::Create { .. }
                | Change::Rename { .. }
                | Change::SetPolicies { .. }
                | Change::Delete { .. } => group_too = true,
            }
        }
        let by_list = is_list_cheaper(lane, present.len());
        Some(Sight::Group { group: self.group_of(lane)?, present, since, by_list, group_too })
    }

    /// Takes in what a look has shown; one that nobody waits for any more is dropped.
    pub(super) fn looked(&mut self, look: LookId, seen: &Seen, now: Duration) {
        for place in 0..self.lanes.len() {
            let Some(lane) = self.lanes.get_mut(place) else { continue };
            match &lane.work {
                Work::Surveying(id) if *id == look => {
                    lane.work = Work::Idle;
                    return self.surveyed(place, seen, now);
                }
                Work::Looking(id, chunk) if *id == look => {
                    let chunk = chunk.clone();
                    lane.work = Work::Idle;
                    return self.looked_before(place, chunk, seen, now);
                }
                Work::Resolving(resolve) if resolve.look == Some(look) => {
                    self.doubt(place, seen);
                    return self.resolve_looked(place, seen, now);
                }
                _ => {}
            }
            if let Some((_, ops)) = lane.late.take_if(|(id, _)| *id == look) {
                return self.looked_late(place, &ops, seen, now);
            }
            if lane.verify.as_ref().is_some_and(|verify| verify.look == Some(look)) {
                self.doubt(place, seen);
                return self.verify_looked(place, seen, now);
            }
        }
    }

    /// A look for one operation may show what another, still to be sent, does not expect: that one is then
    /// looked at again, however fresh its own look is.
    fn doubt(&mut self, place: usize, seen: &Seen) {
        let Some(lane) = self.lanes.get(place) else { return };
        let turn = match &lane.work {
            Work::Waiting(_, chunk) => Some(chunk),
            _ => None,
        };
        let waiting = lane.queue.iter().chain(turn).flat_map(|chunk| &chunk.ops).copied();
        for id in waiting.collect::<Vec<_>>() {
            let Some(op) = self.ops.get_mut(id.0 as usize) else { continue };
            if op.known().before(seen).is_some_and(|before| before != Before::Ready) {
                op.looked_at = None;
            }
        }
    }

    fn surveyed(&mut self, place: usize, seen: &Seen, now: Duration) {
        if let Seen::Failed(fault) = seen {
            return self.pause(Pause::after(fault.clone()));
        }
        let Some(lane) = self.lanes.get(place) else { return };
        let ops: Vec<OpId> = lane.queue.iter().flat_map(|chunk| chunk.ops.clone()).collect();
        if let Some(name) = self.other_name(&lane.target, seen) {
            for op in ops {
                self.before(op, seen, OpState::Conflict(Conflict::Renamed(name.clone())), now);
            }
        } else {
            for op in ops {
                self.judge_before(place, op, seen, now);
            }
        }
        self.drop_settled(place);
    }

    /// The name of a group that is not the one that the plan was made with. Ids stay, but a person has
    /// confirmed names.
    fn other_name(&self, target: &Target, seen: &Seen) -> Option<std::sync::Arc<str>> {
        let name = name_of(seen)?;
        let base = target.existing_group().and_then(|id| self.plan.base.get(id))?;
        // Also by what this run has done before it was broken off.
        let ours = self.ops.iter().any(|op| {
            op.change.target() == *target
                && matches!(&op.change, Change::Rename { to, .. } if to == name)
        });
        (!base.name.is_empty() && base.name != *name && !ours).then(|| name.clone())
    }

    fn looked_before(&mut self, place: usize, mut chunk: Chunk, seen: &Seen, now: Duration) {
        if let Seen::Failed(fault) = seen {
            self.put_back(place, chunk);
            return self.pause(Pause::after(fault.clone()));
        }
        for op in &chunk.ops {
            self.judge_before(place, *op, seen, now);
        }
        chunk.ops.retain(|op| self.op(*op).is_some_and(|op| !op.state.is_final()));
        if self.halt.is_some() {
            self.put_back(place, chunk);
        } else if !chunk.ops.is_empty() {
            self.wait_for_turn(place, chunk);
        }
    }

    pub(super) fn put_back(&mut self, place: usize, chunk: Chunk) {
        if let Some(lane) = self.lanes.get_mut(place) {
            lane.queue.push_front(chunk);
        }
    }

    fn judge_before(&mut self, place: usize, id: OpId, seen: &Seen, now: Duration) {
        let Some(op) = self.op(id) else { return };
        if op.state.is_final() || needs_no_look(op) {
            return;
        }
        // What was sent without an answer and is so now was carried out by us, for all that is known.
        if op.may_be_done()
            && let Some(After::Holds(made)) = op.known().after(seen)
        {
            if let Some(made) = made {
                self.has_made(place, id, made, now);
            }
            return self.before(id, seen, OpState::Done(super::Proof::ReadBack), now);
        }
        let state = match op.known().before(seen) {
            Some(Before::Ready) => OpState::Waiting,
            Some(Before::AlreadySo) => OpState::AlreadySo,
            Some(Before::Conflict(conflict)) => OpState::Conflict(conflict),
            Some(Before::Gone(gone)) => OpState::Gone(gone),
            None => return self.pause(Pause::Network(unanswered_look())),
        };
        self.before(id, seen, state, now);
    }

    fn before(&mut self, id: OpId, seen: &Seen, state: OpState, now: Duration) {
        let Some(op) = self.ops.get_mut(id.0 as usize) else { return };
        let presence = presence_of(seen, op.change.member());
        op.looked_at = Some(now);
        self.drifted |= matches!(state, OpState::Conflict(_));
        if let Some(Presence::In { since: Some(since) }) = presence
            && !matches!(state, OpState::Conflict(_))
        {
            op.since = Some(since);
        }
        self.out.push(Wish::Keep(Record::Before { op: id, presence, state: state.clone() }));
        self.set_quietly(id, state);
    }

    /// Takes operations that have come to their end out of what is to be sent.
    fn drop_settled(&mut self, place: usize) {
        let Some(lane) = self.lanes.get_mut(place) else { return };
        for chunk in &mut lane.queue {
            chunk
                .ops
                .retain(|id| self.ops.get(id.0 as usize).is_some_and(|op| !op.state.is_final()));
        }
        lane.queue.retain(|chunk| !chunk.ops.is_empty());
    }

    /// Whether the last look at these operations is too old, or did not ask enough, to send on it.
    pub(super) fn needs_a_look(&self, chunk: &Chunk, now: Duration) -> bool {
        let limit = match chunk.phase {
            phase if phase.overwrites() => self.timings.fresh_to_overwrite,
            _ => self.timings.fresh,
        };
        chunk.ops.iter().filter_map(|id| self.op(*id)).any(|op| {
            let old = op.looked_at.is_none_or(|at| now.saturating_sub(at) > limit);
            let unasked = chunk.phase == Phase::Remove && op.since.is_none() && !op.asked_since;
            !needs_no_look(op) && (old || unasked)
        })
    }
}

/// Members are added to a group that is yet to be made: there is nothing to look at. Of one who is to be invited the
/// service says itself that there is such a member, and nothing short of walking all members tells it before.
fn needs_no_look(op: &super::lane::OpRun) -> bool {
    matches!(op.change, Change::Add { group: GroupRef::Draft(_), .. } | Change::Invite { .. })
}

/// How one is found who was invited: by the id where it is known, else among the invitations that wait to be accepted,
/// and among all members only where the service says that the address is there already.
fn sight_of_invited(lane: &Lane, email: &std::sync::Arc<str>) -> Sight {
    if let Some(member) = &lane.invited {
        return Sight::Member(member.clone());
    }
    let everyone =
        matches!(&lane.work, Work::Resolving(Resolve { why: Why::Exists(_) | Why::Unnamed, .. }));
    Sight::WithEmail { email: email.clone(), everyone }
}

/// Whether walking a group's list takes fewer requests than one read for each of these members.
fn is_list_cheaper(lane: &Lane, members: usize) -> bool {
    let in_all = lane.members.unwrap_or(0) + members;
    in_all.div_ceil(PAGE) < members
}

fn unanswered_look() -> Fault {
    Fault::new(
        FaultKind::Unreadable,
        "reading before writing: the answer doesn't say what was asked",
        "try again later",
    )
}
