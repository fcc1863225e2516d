//! The part of a run that writes to one target: what is still to be sent to it, and what is on its way.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{Change, Fault, MemberId, Target};
use crate::plan::{Held, Op, OpId, Phase, Plan, Span, StepId};

use super::event::{LookId, RequestId, TurnId};
use super::judge::Known;
use super::state::OpState;

/// Operations that are sent together.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub(super) step: StepId,
    pub(super) phase: Phase,
    pub(super) ops: Vec<OpId>,
    /// How often it was tried to send and never left.
    pub(super) not_sent: usize,
}

/// The part of a run that writes to one target. At most one write of it is on its way at a time.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub(super) target: Target,
    /// How many members the group had, where it is known: tells which way of reading is cheaper.
    pub(super) members: Option<usize>,
    pub(super) queue: VecDeque<Chunk>,
    pub(super) work: Work,
    /// Writes of an earlier session that are to be read back.
    pub(super) lost: VecDeque<Resolve>,
    pub(super) verify: Option<Verify>,
    /// The look at what can no longer land, and for which operations.
    pub(super) late: Option<(LookId, Vec<OpId>)>,
    /// Nothing is sent before this.
    pub(super) not_before: Duration,
    /// When the group was made, if this run has made it.
    pub(super) made_at: Option<Duration>,
    /// Who has come of the invitation, if this run has sent it.
    pub(super) invited: Option<MemberId>,
}

/// What a lane is doing.
#[derive(Clone, Debug)]
pub(super) enum Work {
    /// Nothing.
    Idle,
    /// It is looked at before anything is sent.
    Surveying(LookId),
    /// The operations that are next are looked at once more.
    Looking(LookId, Chunk),
    /// The operations that are next wait for their turn: nothing of them is sent.
    Waiting(TurnId, Chunk),
    /// A write is on its way.
    InFlight(RequestId, Chunk),
    /// What became of a write is being read back.
    Resolving(Resolve),
}

/// The reading back of one write.
#[derive(Clone, Debug)]
pub(super) struct Resolve {
    pub(super) chunk: Chunk,
    pub(super) why: Why,
    pub(super) from: Duration,
    pub(super) reads: usize,
    pub(super) look: Option<LookId>,
}

/// Why a write is read back.
#[derive(Clone, Debug)]
pub(super) enum Why {
    /// Its answer was lost, or this was the answer and it doesn't tell.
    Lost(Option<Fault>),
    /// It was accepted, and the answer doesn't say what was made.
    Unnamed,
    /// It was refused whole, and one of several may be the reason.
    Refused(Fault),
    /// The service says that something isn't there.
    NotFound(Fault),
    /// The service says that what was to be made is there already.
    Exists(Fault),
}

/// The reading of what was accepted (or refused, and may be so all the same).
#[derive(Clone, Debug)]
pub(super) struct Verify {
    pub(super) ops: Vec<OpId>,
    /// Operations that came while a look was on its way.
    pub(super) next: Vec<OpId>,
    pub(super) from: Duration,
    pub(super) reads: usize,
    pub(super) look: Option<LookId>,
}

/// One operation's way through a run.
#[derive(Clone, Debug)]
pub(super) struct OpRun {
    pub(super) change: Change,
    pub(super) state: OpState,
    /// Since when the member was in the group, as the person or the run has last seen it.
    pub(super) since: Option<Timestamp>,
    /// For the undoing of an add: when the member was added by the run that is taken back.
    pub(super) ours: Option<Span>,
    /// Of a group that is to be deleted what it held, as the person has seen it.
    pub(super) held: Option<Held>,
    /// When it was last looked at before sending.
    pub(super) looked_at: Option<Duration>,
    /// Whether that look has asked since when.
    pub(super) asked_since: bool,
    /// Whether the last reading back has shown the very membership that is to be removed.
    pub(super) proven: bool,
    /// How often it was sent.
    pub(super) sent: u32,
    /// When it was last sent.
    pub(super) sent_at: Duration,
    /// When it may have been carried out, on the service's clock, where that is known.
    pub(super) landed: Option<Span>,
    /// How often its answer was lost.
    pub(super) lost: u32,
    /// When it was last sent without an answer.
    pub(super) lost_at: Option<Duration>,
    /// Whether the service has accepted it once.
    pub(super) accepted: bool,
}

impl OpRun {
    /// Whether it may have been carried out, whatever is seen of it now.
    pub(super) fn may_be_done(&self) -> bool {
        self.accepted || self.lost > 0
    }

    /// Until when a write whose answer was lost may still land, if that is `late` after the loss; one that is what
    /// has been seen to land has landed.
    pub(super) fn may_land_until(&self, late: Duration) -> Option<Duration> {
        let landed = self.sent == 1 && matches!(self.state, OpState::Done(_));
        self.lost_at.filter(|_| !landed).map(|at| at + late)
    }

    /// Takes in when one of its writes may have been carried out.
    pub(super) fn may_have_landed(&mut self, span: Span) {
        self.landed = Some(self.landed.map_or(span, |landed| landed.with(span)));
    }

    /// An operation that nothing was done about yet.
    pub(super) fn new(op: &Op, plan: &Plan) -> Self {
        Self {
            change: op.change.clone(),
            state: OpState::Waiting,
            since: op.seen_since,
            ours: op.ours,
            held: held(&op.change, plan),
            looked_at: None,
            asked_since: false,
            proven: false,
            sent: 0,
            sent_at: Duration::ZERO,
            landed: None,
            lost: 0,
            lost_at: None,
            accepted: false,
        }
    }

    /// What a look is judged by.
    pub(super) fn known(&self) -> Known<'_> {
        let Self { change, since, ours, asked_since, held, landed, .. } = self;
        let (held, landed) = (held.as_ref(), *landed);
        Known { change, since: *since, ours: *ours, asked: *asked_since, landed, held }
    }
}

fn held(change: &Change, plan: &Plan) -> Option<Held> {
    let Change::Delete { group, .. } = change else { return None };
    plan.base.get(group)?.held.clone()
}

impl Lane {
    /// Whether something of this lane is still going on.
    pub(super) fn is_busy(&self) -> bool {
        !matches!(self.work, Work::Idle) || !self.queue.is_empty() || self.verify.is_some()
    }

    /// Whether it holds one of the places for writes.
    pub(super) fn holds_a_place(&self) -> bool {
        matches!(self.work, Work::Looking(..) | Work::Waiting(..) | Work::InFlight(..))
    }

    /// A lane with nothing in it.
    pub(super) fn new(target: Target, members: Option<usize>) -> Self {
        Self {
            target,
            members,
            queue: VecDeque::new(),
            work: Work::Idle,
            lost: VecDeque::new(),
            verify: None,
            late: None,
            not_before: Duration::ZERO,
            made_at: None,
            invited: None,
        }
    }
}

impl Resolve {
    /// The reading back of a chunk, not begun.
    pub(super) fn new(chunk: Chunk, why: Why, from: Duration) -> Self {
        Self { chunk, why, from, reads: 0, look: None }
    }
}

impl Verify {
    /// Takes operations in. While a look is on its way they wait for the next.
    pub(super) fn take_in(place: &mut Option<Self>, ops: &[OpId], now: Duration) {
        let verify = place.get_or_insert_with(|| Self {
            ops: Vec::new(),
            next: Vec::new(),
            from: now,
            reads: 0,
            look: None,
        });
        if verify.look.is_some() {
            verify.next.extend_from_slice(ops);
        } else {
            verify.ops.extend_from_slice(ops);
            verify.reads = 0;
            verify.from = now;
        }
    }
}
