//! The pure machine that carries a plan out: what has happened goes in with the time, what is wanted next comes
//! out. A write is never repeated before it has been read back; what can't be known is called unknown.
//!
//! Each target, a group or a person, is a [`lane::Lane`]: one write of it is on its way at a time, two over all. Lanes first look at
//! what is there; then each takes its chunks in turn, a phase after the other over all lanes.

mod event;
mod judge;
mod lane;
mod late;
mod look;
mod outcome;
mod readback;
mod record;
mod report;
mod restore;
mod send;
mod state;
#[cfg(test)]
mod tests;
mod timings;

pub use event::{
    Call, Class, Event, Look, LookId, Made, Outcome, Presence, Purpose, Request, RequestId, Seen,
    Sight, Transfer, TurnId, Wish,
};
pub use record::{Record, RunId};
pub use report::{End, Pause, Progress, RunReport, Summary, Tally};
pub(super) use restore::answer;
pub use state::{Conflict, Gone, OpState, Proof, SkipWhy, StepState};
pub use timings::Timings;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Plan;
use crate::domain::{DraftId, Fault, FaultKind, GroupId, GroupRef, MemberId, Now, Target};
use crate::plan::{OpId, Phase, Span};
use lane::{Chunk, Lane, OpRun, Resolve, Why, Work};
use late::Late;

/// One attempt to carry out one plan.
#[derive(Clone, Debug)]
pub struct Run {
    id: RunId,
    plan: Plan,
    timings: Timings,
    ops: Vec<OpRun>,
    lanes: Vec<Lane>,
    made: BTreeMap<DraftId, GroupId>,
    stage: Stage,
    halt: Option<Halt>,
    next_request: u32,
    next_look: u32,
    next_turn: u32,
    /// Writes in a row whose answer was lost.
    lost_in_row: u32,
    throttled_since: Option<Duration>,
    /// Since when what is next waits for its turn, and nothing has been sent.
    held_since: Option<Duration>,
    /// The operation that was sent alone before the others.
    canary: Option<OpId>,
    /// Whether the look at what waits has found what someone else has changed.
    drifted: bool,
    /// Writes of which a journal has no outcome.
    unanswered: Vec<RequestId>,
    /// What the service's clock showed, and when that was; where an answer has told it.
    service_clock: Option<(Timestamp, Duration)>,
    /// Whether all is done but for a last look at what may still land.
    settling: bool,
    /// What was looked at once more when it could no longer land.
    settled: BTreeSet<OpId>,
    /// When it was last told something.
    last_told: Option<Now>,
    /// How far the clock of this machine is ahead, so that what came before it has a time on it.
    ahead: Duration,
    moved: Vec<(OpId, OpState)>,
    out: Vec<Wish>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    New,
    /// What a journal leaves open is read back; whether the run then goes on.
    Recovery {
        goes_on: bool,
    },
    Survey,
    /// What was looked at is held against the guards.
    Guarding,
    Going,
    Ended,
}

/// Why nothing more is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Halt {
    Drifted,
    Paused(Pause),
    /// And until when what is in flight is waited for.
    Stopped(Duration),
}

/// A wall clock that is further ahead than this has gone on while the machine was asleep.
const ASLEEP: Duration = Duration::from_secs(30);

/// How many writes whose answers are lost in a row make a run pause.
const LOST_IN_ROW: u32 = 3;

impl Run {
    /// A run that has not begun.
    pub fn new(plan: Plan, id: RunId, timings: Timings) -> Self {
        let ops = plan.ops().map(|op| OpRun::new(op, &plan)).collect();
        let lanes = lanes(&plan);
        Self {
            id,
            plan,
            timings,
            ops,
            lanes,
            made: BTreeMap::new(),
            stage: Stage::New,
            halt: None,
            next_request: 0,
            next_look: 0,
            next_turn: 0,
            lost_in_row: 0,
            throttled_since: None,
            held_since: None,
            canary: None,
            drifted: false,
            unanswered: Vec::new(),
            service_clock: None,
            settling: false,
            settled: BTreeSet::new(),
            last_told: None,
            ahead: Duration::ZERO,
            moved: Vec::new(),
            out: Vec::new(),
        }
    }

    /// The plan that it carries out.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Takes in what has happened, and says what is wanted next, in order.
    pub fn on(&mut self, event: Event, now: Now) -> Vec<Wish> {
        let slept = self.slept(now);
        let now = now.since_start + self.ahead;
        if self.stage == Stage::Ended {
            return Vec::new();
        }
        if let Some(slept) = slept {
            self.pause(Pause::Slept(asleep(slept)));
        }
        match event {
            Event::Begin if !self.is_restored() => self.begin(),
            Event::Begin => self.recover(false),
            Event::Resume => self.recover(true),
            Event::Close => self.close(now),
            Event::Checked { expires, date } => {
                self.service_says(date, now);
                self.out.push(Wish::Keep(Record::Checked { expires, date }));
            }
            Event::Looked(look, seen) => self.looked(look, &seen, now),
            Event::Turn(turn) => self.turn_came(turn, now),
            Event::Written(request, outcome) => self.written(request, outcome, now),
            Event::Woke => {}
            Event::Refused(pause) => self.refused(pause),
            Event::Guarded(pause) => self.guarded(pause),
            Event::Stop => self.stop(now),
            Event::NotKept(fault, unsent) => self.not_kept(fault, &unsent),
        }
        if !matches!(self.stage, Stage::New | Stage::Ended) {
            self.advance(now);
        }
        self.tell_moves();
        std::mem::take(&mut self.out)
    }

    /// Takes in what the service's clock shows. The first answer that tells it counts: from then on time goes by here as
    /// there, also where somebody sets this machine's clock.
    fn service_says(&mut self, date: Option<Timestamp>, now: Duration) {
        self.service_clock = self.service_clock.or(date.map(|date| (date, now)));
    }

    /// A moment of ours on the service's clock, where that is known.
    fn on_service_clock(&self, at: Duration) -> Option<Timestamp> {
        let (date, then) = self.service_clock?;
        let [at, then] = [at, then].map(|at| SignedDuration::try_from(at).unwrap_or_default());
        date.checked_add(at - then).ok()
    }

    /// Notes when these operations, which were sent, may have been carried out.
    fn may_have_landed(&mut self, ops: &[OpId], now: Duration) {
        let late = SignedDuration::try_from(self.timings.late).unwrap_or(SignedDuration::MAX);
        for id in ops {
            let Some(sent_at) = self.op(*id).map(|op| op.sent_at) else { continue };
            let span = self.on_service_clock(sent_at).zip(self.on_service_clock(now));
            let op = self.ops.get_mut(id.0 as usize);
            if let (Some((sent, given_up)), Some(op)) = (span, op) {
                op.may_have_landed(Span::of_write(sent, given_up, late));
            }
        }
    }

    /// How long the machine was asleep since it was last told something: its wall clock has gone on, and the other
    /// has not.
    fn slept(&mut self, now: Now) -> Option<Duration> {
        let last = self.last_told.replace(now)?;
        let wall = Duration::try_from(now.wall.duration_since(last.wall)).ok()?;
        let ahead = wall.saturating_sub(now.since(&last));
        let sends =
            matches!(self.stage, Stage::Survey | Stage::Guarding | Stage::Going) && !self.settling;
        (ahead > ASLEEP && sends).then_some(ahead)
    }

    /// The run ends before it has begun: nothing may be sent.
    fn refused(&mut self, pause: Pause) {
        if self.is_restored() {
            self.recover(true);
        } else if self.stage == Stage::New {
            self.stage = Stage::Going;
            self.out.push(Wish::Report(RunReport::Began(self.id.clone())));
        }
        self.pause(pause);
    }

    fn begin(&mut self) {
        if self.stage != Stage::New {
            return;
        }
        self.stage = Stage::Survey;
        self.out.push(Wish::Report(RunReport::Began(self.id.clone())));
        for lane in 0..self.lanes.len() {
            self.survey(lane);
        }
    }

    fn stop(&mut self, now: Duration) {
        if self.halt.is_none() {
            self.halt = Some(Halt::Stopped(now + self.timings.stop));
            if !self.only_reads() {
                self.out.push(Wish::Keep(Record::Stopped));
            }
            self.out.push(Wish::Report(RunReport::Stopping));
        }
    }

    fn pause(&mut self, pause: Pause) {
        if self.halt.is_none() {
            self.halt = Some(Halt::Paused(pause.clone()));
            if !self.only_reads() {
                self.out.push(Wish::Keep(Record::Paused(pause.clone())));
            }
            self.out.push(Wish::Report(RunReport::Pausing(pause)));
        }
    }

    /// Does what the time and the state of things allow, and ends or sets the alarm.
    fn advance(&mut self, now: Duration) {
        self.go_on_recovering(now);
        if self.stage == Stage::Ended {
            return;
        }
        self.end_survey();
        if self.stage == Stage::Going {
            self.send_what_may_go(now);
            self.see_to_hold_up(now);
        }
        if self.halt.is_some() {
            self.let_go(now);
        }
        self.look_back(now);
        if matches!(self.stage, Stage::Recovery { .. }) || self.lanes.iter().any(Lane::is_busy) {
            if let Some(at) = self.next_alarm(now) {
                self.out.push(Wish::Wake(at.saturating_sub(now)));
            }
        } else if self.stage == Stage::Going || self.halt.is_some() {
            match self.settle_late(now) {
                Late::Looks => {}
                Late::Waits(wait) => self.out.push(Wish::Wake(wait)),
                Late::Over => self.end(now),
            }
        }
    }

    fn end_survey(&mut self) {
        let surveying = |lane: &Lane| matches!(lane.work, Work::Surveying(_));
        if self.stage != Stage::Survey || self.lanes.iter().any(surveying) {
            return;
        }
        self.stage = Stage::Going;
        if self.drifted && self.halt.is_none() {
            self.halt = Some(Halt::Drifted);
        }
        let waits = |(id, op): (OpId, &OpRun)| (op.state == OpState::Waiting).then_some(id);
        let waiting: Vec<OpId> = (0..).map(OpId).zip(&self.ops).filter_map(waits).collect();
        if self.halt.is_none() && !waiting.is_empty() {
            self.stage = Stage::Guarding;
            self.out.push(Wish::Guards(waiting));
        }
    }

    /// The guards were looked at again: what waits is sent, or nothing is.
    fn guarded(&mut self, pause: Option<Pause>) {
        if self.stage != Stage::Guarding {
            return;
        }
        self.stage = Stage::Going;
        if let Some(pause) = pause {
            self.pause(pause);
        }
    }

    /// Nothing more is sent: what waits is skipped, and what is in flight is not waited for beyond the limit.
    fn let_go(&mut self, now: Duration) {
        let Some(halt) = self.halt.clone() else { return };
        let only_reads = self.only_reads();
        for place in 0..self.lanes.len() {
            let Some(lane) = self.lanes.get_mut(place) else { continue };
            let mut ops: Vec<OpId> = Vec::new();
            // What waits is not this reading's to give up: a person decides about it.
            if !only_reads {
                ops.extend(lane.queue.drain(..).flat_map(|chunk| chunk.ops));
            }
            match std::mem::replace(&mut lane.work, Work::Idle) {
                Work::Surveying(_) => {}
                Work::Looking(_, chunk) => ops.extend(chunk.ops),
                Work::Waiting(turn, chunk) => {
                    self.out.push(Wish::NoTurn(turn));
                    ops.extend(chunk.ops);
                }
                Work::InFlight(_, chunk) if matches!(halt, Halt::Stopped(until) if now >= until) => {
                    let ops = chunk.ops.clone();
                    lane.work = Work::Resolving(Resolve::new(chunk, Why::Lost(None), now));
                    self.lose(&ops, now);
                }
                // A refused credential can't read either.
                Work::Resolving(resolve) if matches!(halt, Halt::Paused(Pause::Credential(_))) => {
                    if let Why::Refused(fault) | Why::NotFound(fault) | Why::Exists(fault) =
                        resolve.why
                    {
                        self.refuse(place, &resolve.chunk.ops, &fault);
                    }
                }
                work => lane.work = work,
            }
            if matches!(halt, Halt::Paused(Pause::Credential(_)))
                && let Some(lane) = self.lanes.get_mut(place)
            {
                lane.verify = None;
            }
            self.skip(&ops, &halt);
        }
    }

    /// Whether what a journal leaves open is read back, and nothing else.
    fn only_reads(&self) -> bool {
        self.stage == Stage::Recovery { goes_on: false }
    }

    fn skip(&mut self, ops: &[OpId], halt: &Halt) {
        let why = match halt {
            Halt::Drifted => SkipWhy::Drifted,
            Halt::Paused(_) => SkipWhy::Paused,
            Halt::Stopped(_) => SkipWhy::Stopped,
        };
        for op in ops {
            match self.ops.get(op.0 as usize) {
                Some(run) if run.state.is_final() => {}
                Some(run) if run.may_be_done() => self.set(*op, OpState::NotInEffect(None)),
                _ => self.set(*op, OpState::Skipped(why)),
            }
        }
    }

    fn end(&mut self, now: Duration) {
        self.stage = Stage::Ended;
        let end = match self.halt.take() {
            None => End::Finished,
            Some(Halt::Drifted) => End::Drifted,
            Some(Halt::Paused(pause)) => End::Paused(pause),
            // Nothing was left but to wait whether something lands late.
            Some(Halt::Stopped(_)) if self.settling => End::Finished,
            Some(Halt::Stopped(_)) => End::Stopped,
        };
        self.tell_moves();
        let summary = Summary {
            end,
            tally: Tally::of(self.ops.iter().map(|op| &op.state)),
            writes: self.next_request,
            may_land: self.may_land(now),
        };
        self.out.push(Wish::Keep(Record::Ended(summary.clone())));
        self.out.push(Wish::Report(RunReport::Ended(summary)));
        self.out.push(Wish::End);
    }

    /// What may still land, and for how long.
    fn may_land(&self, now: Duration) -> Vec<(OpId, Duration)> {
        let left = |(id, op): (OpId, &OpRun)| {
            let left = op.may_land_until(self.timings.late)?.saturating_sub(now);
            (!left.is_zero()).then_some((id, left))
        };
        (0..).map(OpId).zip(&self.ops).filter_map(left).collect()
    }

    /// The next moment at which time alone changes something.
    fn next_alarm(&self, now: Duration) -> Option<Duration> {
        let stop = match &self.halt {
            Some(Halt::Stopped(until)) => Some(*until),
            _ => None,
        };
        let lanes = self.lanes.iter().flat_map(|lane| {
            let waits = matches!(lane.work, Work::Idle) && !lane.queue.is_empty();
            [waits.then_some(lane.not_before), self.resolve_due(lane), self.verify_due(lane)]
        });
        let held = self.held_until();
        lanes.flatten().chain(stop).chain(held).filter(|at| *at > now).min()
    }

    fn op(&self, id: OpId) -> Option<&OpRun> {
        self.ops.get(id.0 as usize)
    }

    /// Moves an operation, and keeps and tells it.
    fn set(&mut self, id: OpId, state: OpState) {
        self.out.push(Wish::Keep(Record::Moved { op: id, state: state.clone() }));
        self.set_quietly(id, state);
    }

    /// Moves an operation where another record already says it.
    fn set_quietly(&mut self, id: OpId, state: OpState) {
        if let Some(op) = self.ops.get_mut(id.0 as usize).filter(|op| op.state != state) {
            op.state = state.clone();
            self.moved.push((id, state));
        }
    }

    fn tell_moves(&mut self) {
        if !self.moved.is_empty() {
            self.out.push(Wish::Report(RunReport::Moved(std::mem::take(&mut self.moved))));
        }
    }

    fn made(&mut self, lane: usize, group: &GroupId, now: Duration) {
        let Some(lane) = self.lanes.get_mut(lane) else { return };
        let Target::Group(GroupRef::Draft(draft)) = lane.target else { return };
        lane.made_at.get_or_insert(now);
        if self.made.insert(draft, group.clone()).is_none() {
            let record = Record::Made { draft, group: group.clone() };
            self.out.push(Wish::Keep(record));
            self.out.push(Wish::Report(RunReport::Made(draft, group.clone())));
        }
    }

    /// Takes in what a lane has made.
    fn has_made(&mut self, lane: usize, op: OpId, made: Made, now: Duration) {
        match made {
            Made::Group(group) => self.made(lane, &group, now),
            Made::Member(member) => self.invited(lane, op, member),
        }
    }

    fn invited(&mut self, lane: usize, op: OpId, member: MemberId) {
        let Some(lane) = self.lanes.get_mut(lane) else { return };
        if lane.invited.replace(member.clone()).as_ref() != Some(&member) {
            self.out.push(Wish::Keep(Record::Invited { op, member: member.clone() }));
            self.out.push(Wish::Report(RunReport::Invited(op, member)));
        }
    }

    /// Who has come of the invitations that this run has sent.
    fn all_invited(&self) -> Vec<(OpId, MemberId)> {
        let of = |lane: &Lane, member: &MemberId| {
            let mut ops = (0..).map(OpId).zip(&self.ops);
            let op = ops.find(|(_, op)| op.change.target() == lane.target);
            op.map(|(id, _)| (id, member.clone()))
        };
        self.lanes.iter().filter_map(|lane| of(lane, lane.invited.as_ref()?)).collect()
    }

    /// The id of a lane's group; `None` while it is yet to be made, and where it is none.
    fn group_of(&self, lane: &Lane) -> Option<GroupId> {
        match lane.target.group()? {
            GroupRef::Existing(id) => Some(id.clone()),
            GroupRef::Draft(draft) => self.made.get(draft).cloned(),
        }
    }

    /// A group that was not made takes what was meant for it along.
    fn never_made(&mut self, lane: usize) {
        let Some(lane) = self.lanes.get_mut(lane) else { return };
        let ops: Vec<OpId> = lane.queue.drain(..).flat_map(|chunk| chunk.ops).collect();
        for op in ops {
            self.set(op, OpState::Gone(Gone::NeverMade));
        }
    }
}

fn lanes(plan: &Plan) -> Vec<Lane> {
    let mut places: BTreeMap<Target, usize> = BTreeMap::new();
    let mut lanes: Vec<Lane> = Vec::new();
    for step in &plan.steps {
        let place = *places.entry(step.target.clone()).or_insert(lanes.len());
        if place == lanes.len() {
            let members = match &step.target {
                Target::Group(GroupRef::Existing(id)) => {
                    plan.base.get(id).and_then(|base| base.members)
                }
                _ => Some(0),
            };
            lanes.push(Lane::new(step.target.clone(), members));
        }
        if let Some(lane) = lanes.get_mut(place) {
            lane.queue.push_back(Chunk {
                step: step.id,
                phase: step.phase,
                ops: step.ops.iter().map(|op| op.id).collect(),
                not_sent: 0,
            });
        }
    }
    lanes
}

fn asleep(time: Duration) -> Fault {
    let minutes = time.as_secs() / 60;
    let time = if minutes < 2 { format!("{} s", time.as_secs()) } else { format!("{minutes} min") };
    Fault::new(
        FaultKind::NotSent,
        format!("this machine was asleep for {time}: nothing is sent on what was read before"),
        "Resume the run: it looks again first",
    )
}

/// Whether the operations of a phase may begin while one stands so: what was accepted no longer holds others up.
fn holds_up(state: &OpState) -> bool {
    matches!(state, OpState::Waiting | OpState::Running | OpState::Unknown)
}

/// The phase that may be sent now: the first in which something is still open.
fn open_phase(ops: &[OpRun]) -> Option<Phase> {
    ops.iter().filter(|op| holds_up(&op.state)).map(|op| Phase::of(&op.change)).min()
}
