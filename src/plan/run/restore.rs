//! A run rebuilt from what its journal has kept: read back first, and gone on with only when a person asks for it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{ApiError, Change, Fault, FaultKind, GroupRef, Now, Target};
use crate::plan::{OpId, Phase, Plan, Span, StepId};

use super::event::{Class, Presence, RequestId, Transfer, Wish};
use super::lane::{Chunk, Lane, OpRun, Resolve, Verify, Why, Work};
use super::record::{Record, RunId};
use super::report::{End, RunReport, Summary, Tally};
use super::state::{Conflict, Gone, OpState, SkipWhy, is_about_who_asks};
use super::{Run, Stage, Timings};

/// A write as the journal has it.
struct Sent {
    step: StepId,
    ops: Vec<OpId>,
    at: Timestamp,
    deadline: Duration,
    /// How far the service's clock was ahead, where that was known.
    ahead: Option<SignedDuration>,
    outcome: Option<Answered>,
}

struct Answered {
    class: Class,
    fault: Fault,
    at: Timestamp,
}

impl Sent {
    /// When it may have been carried out, on the service's clock; none where it was not, or that clock isn't known.
    fn landed(&self, late: SignedDuration) -> Option<Span> {
        let class = self.outcome.as_ref().map(|outcome| outcome.class);
        if matches!(class, Some(Class::NotSent | Class::Throttled | Class::Rejected)) {
            return None;
        }
        let longest = self.at.saturating_add(self.deadline).unwrap_or(Timestamp::MAX);
        let given_up = self.outcome.as_ref().map_or(longest, |outcome| outcome.at.min(longest));
        let ahead = self.ahead?;
        let there = |at: Timestamp| at.saturating_add(ahead).unwrap_or(Timestamp::MAX);
        Some(Span::of_write(there(self.at), there(given_up), late))
    }
}

/// What was kept of a run, taken in record by record.
struct Past {
    run: Run,
    sent: BTreeMap<RequestId, Sent>,
    /// The last write that carried an operation.
    last: BTreeMap<OpId, RequestId>,
    /// How far the service's clock is ahead, as the program that was writing had it.
    ahead: Option<SignedDuration>,
}

impl Run {
    /// A run as its journal has it: each record with the time at which it was kept. Told to begin, it only reads,
    /// until what has become of every write is known as far as it can be; told to resume, it then goes on.
    pub fn restored(
        plan: Plan,
        id: RunId,
        timings: Timings,
        kept: impl IntoIterator<Item = (Timestamp, Record)>,
        now: Now,
    ) -> Self {
        let mut run = Self::new(plan, id, timings);
        run.ahead = run.timings.late + run.timings.deadline;
        run.ahead += run.timings.resolve.last().copied().unwrap_or_default();
        let mut past = Past { run, sent: BTreeMap::new(), last: BTreeMap::new(), ahead: None };
        for (at, record) in kept {
            past.take_in(at, record);
        }
        past.finish(now)
    }

    /// Whether it was restored from a journal.
    pub fn is_restored(&self) -> bool {
        !self.ahead.is_zero()
    }

    /// Whether what the journal has, or what was read since, leaves something to decide: to go on, or to close.
    pub fn is_open(&self) -> bool {
        self.ops.iter().any(|op| !op.state.is_final() || is_put_off(op))
    }

    /// Begins with reading back. What follows it, a person has decided.
    pub(super) fn recover(&mut self, goes_on: bool) {
        if self.stage != Stage::New {
            return;
        }
        self.stage = Stage::Recovery { goes_on };
        self.out.push(Wish::Report(RunReport::Began(self.id.clone())));
        for (draft, group) in self.made.clone() {
            self.out.push(Wish::Report(RunReport::Made(draft, group)));
        }
        for (op, member) in self.all_invited() {
            self.out.push(Wish::Report(RunReport::Invited(op, member)));
        }
        for request in std::mem::take(&mut self.unanswered) {
            self.out.push(Wish::Keep(Record::Outcome {
                request,
                class: Class::Unknown,
                status: None,
                codes: Vec::new(),
                ray: None,
                date: None,
                transfer: Transfer::default(),
            }));
        }
        if goes_on {
            self.take_up();
        }
        for resolve in self.lanes.iter().flat_map(|lane| &lane.lost) {
            if let Why::Refused(fault) = &resolve.why {
                let ops = resolve.chunk.ops.clone();
                self.out.push(Wish::Report(RunReport::Doubtful(ops, fault.clone())));
            }
        }
        let states = (0..).map(OpId).zip(self.ops.iter().map(|op| op.state.clone()));
        self.out.push(Wish::Report(RunReport::Moved(states.collect())));
    }

    /// What waited when the run ended waits again: also what was refused because of who was asking.
    fn take_up(&mut self) {
        let mut drafts = Vec::new();
        for op in &mut self.ops {
            if is_put_off(op) {
                if let Change::Create { group, .. } = op.change {
                    drafts.push(Target::from(GroupRef::Draft(group)));
                }
                op.state = OpState::Waiting;
            }
        }
        for op in &mut self.ops {
            if op.state == OpState::Gone(Gone::NeverMade) && drafts.contains(&op.change.target()) {
                op.state = OpState::Waiting;
            }
        }
        self.fill_queues();
    }

    /// Queues what waits, in the plan's order.
    fn fill_queues(&mut self) {
        for (lane, whole) in self.lanes.iter_mut().zip(super::lanes(&self.plan)) {
            lane.queue = whole.queue;
            for chunk in &mut lane.queue {
                chunk.ops.retain(|id| {
                    self.ops.get(id.0 as usize).is_some_and(|op| op.state == OpState::Waiting)
                });
            }
            lane.queue.retain(|chunk| !chunk.ops.is_empty());
        }
    }

    /// Reads the next lost write of each lane back; once none is left, the run ends here or looks at what waits.
    pub(super) fn go_on_recovering(&mut self, now: Duration) {
        let Stage::Recovery { goes_on } = self.stage else { return };
        for place in 0..self.lanes.len() {
            let Some(lane) = self.lanes.get_mut(place) else { continue };
            if matches!(lane.work, Work::Idle) && self.halt.is_none() {
                lane.work = lane.lost.pop_front().map_or(Work::Idle, Work::Resolving);
            }
        }
        let reads = |lane: &Lane| !matches!(lane.work, Work::Idle) || lane.verify.is_some();
        if self.lanes.iter().any(reads) {
            return;
        }
        if !goes_on {
            return self.recovered(now);
        }
        self.stage = Stage::Survey;
        if self.halt.is_none() {
            for place in 0..self.lanes.len() {
                if self.lanes.get(place).is_some_and(|lane| !lane.queue.is_empty()) {
                    self.survey(place);
                }
            }
        }
    }

    /// All is read that could be. Where nothing is left to decide, this is the run's end.
    fn recovered(&mut self, now: Duration) {
        self.stage = Stage::Ended;
        let may_land = self.may_land(now);
        let is_open = self.is_open() || !may_land.is_empty();
        let end = if is_open { End::BrokenOff } else { End::Finished };
        // What was sent, and is to be sent again, is not what was never sent.
        for id in (0..).map(OpId).take(self.ops.len()) {
            if self.op(id).is_some_and(|op| op.state == OpState::Waiting && op.may_be_done()) {
                self.set_quietly(id, OpState::NotInEffect(None));
            }
        }
        let tally = Tally::of(self.ops.iter().map(|op| &op.state));
        let summary = Summary { end, tally, writes: self.next_request, may_land };
        self.tell_moves();
        if !is_open {
            self.out.push(Wish::Keep(Record::Ended(summary.clone())));
        }
        self.out.push(Wish::Report(RunReport::Ended(summary)));
        self.out.push(Wish::End);
    }

    /// Ends a run that was broken off as it is, without a look at anything.
    pub(super) fn close(&mut self, now: Duration) {
        if self.stage != Stage::New {
            return;
        }
        self.recover(false);
        for id in (0..).map(OpId).take(self.ops.len()) {
            match self.op(id) {
                Some(op) if op.state != OpState::Waiting => {}
                Some(op) if op.may_be_done() => self.set(id, OpState::NotInEffect(None)),
                _ => self.set(id, OpState::Skipped(SkipWhy::Closed)),
            }
        }
        self.stage = Stage::Ended;
        let tally = Tally::of(self.ops.iter().map(|op| &op.state));
        let may_land = self.may_land(now);
        let summary = Summary { end: End::Closed, tally, writes: self.next_request, may_land };
        self.tell_moves();
        self.out.push(Wish::Keep(Record::Ended(summary.clone())));
        self.out.push(Wish::Report(RunReport::Ended(summary)));
        self.out.push(Wish::End);
    }
}

impl Past {
    fn take_in(&mut self, at: Timestamp, record: Record) {
        match record {
            Record::Before { op, presence, state } => {
                let since = match presence {
                    Some(Presence::In { since }) => since,
                    _ => None,
                };
                let anew = matches!(state, OpState::Conflict(Conflict::GrantedAnew(_)));
                if let Some(op) = self.run.ops.get_mut(op.0 as usize) {
                    op.since = since.filter(|_| !anew).or(op.since);
                    op.state = state;
                }
            }
            Record::Intent { request, step, ops, deadline, .. } => {
                let ahead = self.ahead;
                self.intent(request, Sent { step, ops, at, deadline, ahead, outcome: None });
            }
            Record::Outcome { request, class, status, codes, ray, date, .. } => {
                self.ahead = self.ahead.or(date.map(|date| date.duration_since(at)));
                let fault = answer(status, &codes, ray);
                self.outcome(request, Answered { class, fault, at });
            }
            Record::Moved { op, state } => {
                if let Some(op) = self.run.ops.get_mut(op.0 as usize) {
                    op.state = state;
                }
            }
            Record::Made { draft, group } => {
                let lanes = self.run.lanes.iter_mut();
                let made = Target::from(GroupRef::Draft(draft));
                for lane in lanes.filter(|lane| lane.target == made) {
                    lane.made_at = Some(Duration::ZERO);
                }
                self.run.made.insert(draft, group);
            }
            Record::Invited { op, member } => {
                if let Some(lane) = self.lane_of_op(op) {
                    lane.invited = Some(member);
                }
            }
            Record::Checked { date, .. } => self.ahead = date.map(|date| date.duration_since(at)),
            // Another program, perhaps on another day.
            Record::Resumed(_) => self.ahead = None,
            Record::Paused(_) | Record::Stopped | Record::Ended(_) => {}
        }
    }

    fn intent(&mut self, request: RequestId, sent: Sent) {
        let ops = &sent.ops;
        self.run.next_request = self.run.next_request.max(request.0 + 1);
        for id in ops {
            if let Some(op) = self.run.ops.get_mut(id.0 as usize) {
                op.sent += 1;
                op.state = OpState::Running;
            }
            self.last.insert(*id, request);
        }
        if self.run.plan.canary && self.run.canary.is_none() {
            self.run.canary = ops.first().copied();
        }
        self.sent.insert(request, sent);
    }

    /// What follows an outcome was kept with it; this is for a journal that breaks off between the two.
    fn outcome(&mut self, request: RequestId, answered: Answered) {
        let Some(sent) = self.sent.get_mut(&request) else { return };
        let alone = sent.ops.len() == 1;
        let step = self.run.plan.step(sent.step);
        let invites = step.is_some_and(|step| step.phase == Phase::Invite);
        let status = answered.fault.status;
        let state = match answered.class {
            Class::NotSent | Class::Throttled => OpState::Waiting,
            Class::Applied => OpState::Accepted,
            Class::Rejected if invites && super::outcome::is_there_already(&answered.fault) => {
                OpState::Unknown
            }
            Class::Rejected if status != Some(404) && (alone || is_about_who_asks(status)) => {
                OpState::Refused(answered.fault.clone())
            }
            Class::Rejected | Class::Unknown => OpState::Unknown,
        };
        for id in &sent.ops {
            let Some(op) = self.run.ops.get_mut(id.0 as usize) else { continue };
            let unnamed = match &op.change {
                Change::Create { group, .. } => !self.run.made.contains_key(group),
                change @ Change::Invite { .. } => {
                    let lanes = &self.run.lanes;
                    let is_named = |lane: &Lane| lane.invited.is_some();
                    !lanes.iter().any(|lane| lane.target == change.target() && is_named(lane))
                }
                _ => false,
            };
            op.accepted |= state == OpState::Accepted;
            op.lost += u32::from(answered.class == Class::Unknown);
            op.state = match &state {
                OpState::Refused(fault) if op.may_be_done() => {
                    OpState::NotInEffect(Some(fault.clone()))
                }
                OpState::Accepted if unnamed => OpState::Unknown,
                state => state.clone(),
            };
        }
        sent.ahead = sent.ahead.or(self.ahead);
        sent.outcome = Some(answered);
    }

    fn finish(mut self, now: Now) -> Run {
        let ahead = self.run.ahead;
        let moment = now.since_start + ahead;
        // As long ago as matters: what is older than this can neither land any more nor be read too early.
        let ago = |at: Timestamp| {
            Duration::try_from(now.wall.duration_since(at)).unwrap_or_default().min(ahead)
        };
        let late = SignedDuration::try_from(self.run.timings.late).unwrap_or(SignedDuration::MAX);
        let mut unanswered = Vec::new();
        for (request, sent) in &self.sent {
            for id in &sent.ops {
                if let (Some(op), Some(span)) =
                    (self.run.ops.get_mut(id.0 as usize), sent.landed(late))
                {
                    op.may_have_landed(span);
                }
            }
            let lost_at = match &sent.outcome {
                Some(answered) if answered.class == Class::Unknown => {
                    ago(answered.at).max(ago(sent.at).saturating_sub(sent.deadline))
                }
                None => {
                    unanswered.push(*request);
                    ago(sent.at).saturating_sub(sent.deadline)
                }
                Some(_) => continue,
            };
            for id in &sent.ops {
                if let Some(op) = self.run.ops.get_mut(id.0 as usize) {
                    op.lost += u32::from(sent.outcome.is_none());
                    op.lost_at = Some(moment.saturating_sub(lost_at));
                    if op.state == OpState::Running {
                        op.state = OpState::Unknown;
                    }
                }
            }
        }
        self.run.unanswered = unanswered;
        self.run.canary = self.run.canary.filter(|id| {
            self.run.op(*id).is_some_and(|op| op.state.holds() || !op.state.is_final())
        });
        self.lose(moment);
        self.run.fill_queues();
        self.run
    }

    /// What is to be read back: what was sent without an answer that tells, by the write that last carried it, and
    /// what was accepted or refused and not yet seen.
    fn lose(&mut self, now: Duration) {
        let mut chunks: BTreeMap<RequestId, Vec<OpId>> = BTreeMap::new();
        let mut unseen = Vec::new();
        for (id, request) in &self.last {
            let Some(op) = self.run.op(*id) else { continue };
            match &op.state {
                OpState::Unknown => chunks.entry(*request).or_default().push(*id),
                OpState::Accepted => unseen.push(*id),
                OpState::Refused(_)
                    if !matches!(op.change, Change::Create { .. } | Change::Invite { .. }) =>
                {
                    unseen.push(*id);
                }
                _ => {}
            }
        }
        for id in unseen {
            self.verify(id, now);
        }
        for (request, ops) in chunks {
            let Some(sent) = self.sent.get(&request) else { continue };
            let Some(phase) = self.run.plan.step(sent.step).map(|step| step.phase) else {
                continue;
            };
            let why = why(sent.outcome.as_ref(), phase);
            let lost_at = ops.iter().filter_map(|id| self.run.op(*id)?.lost_at).max();
            let chunk = Chunk { step: sent.step, phase, ops, not_sent: 0 };
            let resolve = self.resolve(chunk, why, lost_at, now);
            if let Some(lane) = self.lane_of(sent.step) {
                lane.lost.push_back(resolve);
            }
        }
    }

    /// Where a write can't land any more, one look is as good as many.
    fn resolve(&self, chunk: Chunk, why: Why, lost_at: Option<Duration>, now: Duration) -> Resolve {
        let timings = &self.run.timings;
        let can_land = lost_at.is_some_and(|at| now.saturating_sub(at) < timings.late);
        // Nor is it known since when the reads of one that found nothing could have seen that.
        let lags = matches!(why, Why::NotFound(_));
        let mut resolve = Resolve::new(chunk, why, now);
        if let Some(last) = timings.resolve.last().filter(|_| !can_land && !lags) {
            resolve.reads = timings.resolve.len() - 1;
            resolve.from = now.saturating_sub(*last);
        }
        resolve
    }

    fn verify(&mut self, id: OpId, now: Duration) {
        if let Some(lane) = self.lane_of_op(id) {
            Verify::take_in(&mut lane.verify, &[id], now);
        }
    }

    fn lane_of(&mut self, step: StepId) -> Option<&mut Lane> {
        let target = self.run.plan.step(step)?.target.clone();
        self.run.lanes.iter_mut().find(|lane| lane.target == target)
    }

    fn lane_of_op(&mut self, id: OpId) -> Option<&mut Lane> {
        let target = self.run.op(id)?.change.target();
        self.run.lanes.iter_mut().find(|lane| lane.target == target)
    }
}

/// Why a write is read back, by what its journal says of its answer.
fn why(answered: Option<&Answered>, phase: Phase) -> Why {
    let Some(Answered { class, fault, .. }) = answered else { return Why::Lost(None) };
    match class {
        Class::Rejected if fault.status == Some(404) => Why::NotFound(fault.clone()),
        Class::Rejected if phase == Phase::Invite => Why::Exists(fault.clone()),
        Class::Rejected => Why::Refused(fault.clone()),
        Class::Applied if matches!(phase, Phase::Create | Phase::Invite) => Why::Unnamed,
        _ => Why::Lost(fault.status.is_some().then(|| fault.clone())),
    }
}

/// A failed answer, as far as a journal has it.
pub(in crate::plan) fn answer(status: Option<u16>, codes: &[i64], ray: Option<String>) -> Fault {
    let (kind, what) = match status {
        Some(401) => (FaultKind::Credential, "changing the account: the credential was refused"),
        Some(404) => (FaultKind::NotFound, "changing the account: it was not there"),
        Some(_) => (FaultKind::Refused, "changing the account: refused"),
        None => (FaultKind::Unanswered, "changing the account: no answer came"),
    };
    let error = |code: &i64| ApiError { code: Some(*code), message: String::new() };
    Fault { status, errors: codes.iter().map(error).collect(), ray, ..Fault::new(kind, what, "") }
}

/// Whether an operation is not carried out only because the run ended before, because of who was asking, or because
/// it is not sent again without a person's wish.
fn is_put_off(op: &OpRun) -> bool {
    match &op.state {
        // What was accepted and is not so was taken back, or never meant: it is not this run's to insist on.
        OpState::NotInEffect(_) => !op.accepted,
        OpState::Skipped(why) => matches!(why, SkipWhy::Stopped | SkipWhy::Paused),
        state => state.is_refused_for_who_asks(),
    }
}
