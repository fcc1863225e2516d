//! A run as its journal tells it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{By, DraftId, Fault, GroupId};
use crate::plan::run::{
    Class, OpState, Progress, Proof, Record, RequestId, RunId, RunReport, Summary, Tally,
};
use crate::plan::{OpId, Plan, PlanId, Span, StepId};

/// A run as its journal tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Which.
    pub id: RunId,
    /// When it began, on the wall clock.
    pub began: Timestamp,
    /// The plan that it carried out. E-mails are not kept in journals.
    pub plan: Plan,
    /// What was written down of it, each with its time, in order.
    pub events: Vec<(Timestamp, Record)>,
}

/// A run as a list of runs tells of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Which.
    pub id: RunId,
    /// When it began, on the wall clock.
    pub began: Timestamp,
    /// When it was last written to.
    pub last: Timestamp,
    /// Whose doing it was.
    pub by: By,
    /// The machine that it was on.
    pub host: String,
    /// Its plan.
    pub plan: PlanId,
    /// The run that it took back, if it was the undoing of one.
    pub undo_of: Option<RunId>,
    /// How many changes its plan has left out that were not so already.
    pub leaves_out: usize,
    /// How many operations it had.
    pub ops: usize,
    /// What it wrote to, in a few words. Foreign text.
    pub about: String,
    /// How they stood when it was last written to.
    pub tally: Tally,
    /// How it ended; `None` where its end was not written: it was broken off, or is on.
    pub end: Option<Summary>,
    /// Whether a program that lives is carrying it out.
    pub is_on: bool,
    /// Why what follows in its journal is not believed, where something does.
    pub damage: Option<Fault>,
}

/// One write of a run, and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Which.
    pub request: RequestId,
    /// The operations that it carried.
    pub ops: Vec<OpId>,
    /// 1 for the first time that they were sent.
    pub attempt: u32,
    /// When it was sent.
    pub sent: Timestamp,
    /// How long its answer was waited for at most.
    pub deadline: Duration,
    /// When its end was known, and how it ended; `None` where the run was broken off before.
    pub ended: Option<Ending>,
}

/// How a write ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When.
    pub at: Timestamp,
    /// How.
    pub class: Class,
    /// The HTTP status.
    pub status: Option<u16>,
    /// Cloudflare's codes.
    pub codes: Vec<i64>,
    /// The answer's `cf-ray`.
    pub ray: Option<String>,
    /// The server's clock.
    pub date: Option<Timestamp>,
}

impl Ending {
    /// The answer as it is looked up at Cloudflare: its status, its codes, its ray.
    pub fn words(&self) -> String {
        let status = match (self.class, self.status) {
            (Class::NotSent, _) => "never left".to_owned(),
            (_, Some(status)) => status.to_string(),
            (_, None) => "no answer".to_owned(),
        };
        let codes: Vec<String> = self.codes.iter().map(ToString::to_string).collect();
        let codes = (!codes.is_empty()).then(|| format!("code {}", codes.join(" ")));
        let ray = self.ray.as_ref().map(|ray| format!("ray {ray}"));
        [Some(status), codes, ray].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

impl Answered {
    /// Whether it may have been carried out.
    fn may_have_arrived(&self) -> bool {
        !self
            .ended
            .as_ref()
            .is_some_and(|end| matches!(end.class, Class::NotSent | Class::Throttled))
    }

    /// Whether its answer was lost.
    fn is_lost(&self) -> bool {
        self.ended.as_ref().is_none_or(|end| end.class == Class::Unknown)
    }

    /// When the service was last waited for: also where the program ended and has found out much later.
    fn given_up(&self) -> Timestamp {
        let longest = self.sent.saturating_add(self.deadline).unwrap_or(Timestamp::MAX);
        self.ended.as_ref().map_or(longest, |end| end.at.min(longest))
    }
}

impl History {
    /// Where its operations stood when it was last written to.
    pub fn progress(&self) -> Progress {
        let mut progress = Progress::new(&self.plan);
        for (_, record) in &self.events {
            progress.absorb(&match record {
                Record::Before { op, state, .. } | Record::Moved { op, state } => {
                    RunReport::Moved(vec![(*op, state.clone())])
                }
                Record::Intent { ops, .. } => {
                    RunReport::Moved(ops.iter().map(|op| (*op, OpState::Running)).collect())
                }
                Record::Made { draft, group } => RunReport::Made(*draft, group.clone()),
                Record::Invited { op, member } => RunReport::Invited(*op, member.clone()),
                _ => continue,
            });
        }
        progress
    }

    /// How it ended, and when; `None` where it was broken off, or is on.
    pub fn end(&self) -> Option<(Timestamp, &Summary)> {
        let open = |record: &Record| matches!(record, Record::Resumed(_));
        let last = self.events.iter().rev().take_while(|(_, record)| !open(record));
        last.into_iter().find_map(|(at, record)| match record {
            Record::Ended(summary) => Some((*at, summary)),
            _ => None,
        })
    }

    /// Its writes, in order.
    pub fn writes(&self) -> Vec<Answered> {
        self.of_writes(|_| true)
    }

    /// The writes of a step, in order.
    pub fn writes_of(&self, step: StepId) -> Vec<Answered> {
        self.of_writes(|of| of == step)
    }

    fn of_writes(&self, wanted: impl Fn(StepId) -> bool) -> Vec<Answered> {
        let mut writes: Vec<Answered> = Vec::new();
        for (at, record) in &self.events {
            match record {
                Record::Intent { request, step, ops, attempt, deadline } if wanted(*step) => {
                    let (request, attempt, deadline) = (*request, *attempt, *deadline);
                    // The number of a write that was never sent is given again.
                    writes.retain(|write| write.request != request);
                    let (ops, sent) = (ops.clone(), *at);
                    let write = Answered { request, ops, attempt, sent, deadline, ended: None };
                    writes.push(write);
                }
                Record::Outcome { request, class, status, codes, ray, date, .. } => {
                    if let Some(write) = writes.iter_mut().rfind(|w| w.request == *request) {
                        write.ended = Some(Ending {
                            at: *at,
                            class: *class,
                            status: *status,
                            codes: codes.clone(),
                            ray: ray.clone(),
                            date: *date,
                        });
                    }
                }
                _ => {}
            }
        }
        writes
    }

    /// The groups that it has made.
    pub(super) fn made(&self) -> BTreeMap<DraftId, GroupId> {
        let made = self.events.iter().filter_map(|(_, record)| match record {
            Record::Made { draft, group } => Some((*draft, group.clone())),
            _ => None,
        });
        made.collect()
    }
}

/// When what was written to the service, as far as it bears on what is taken back.
pub(super) struct Clockwork {
    writes: Vec<Answered>,
    /// How far the server's clock is ahead, by the first answer that says it.
    ahead: Option<SignedDuration>,
    late: SignedDuration,
}

impl Clockwork {
    pub(super) fn of(history: &History, late: std::time::Duration) -> Self {
        let writes = history.writes();
        let checked = history.events.iter().find_map(|(at, record)| match record {
            Record::Checked { date, .. } => Some(date.as_ref()?.duration_since(*at)),
            _ => None,
        });
        let answered = writes.iter().find_map(|write| {
            let end = write.ended.as_ref()?;
            Some(end.date?.duration_since(end.at))
        });
        let ahead = answered.or(checked);
        let late = SignedDuration::try_from(late).unwrap_or(SignedDuration::MAX);
        Self { writes, ahead, late }
    }

    fn of_op(&self, op: OpId) -> impl Iterator<Item = &Answered> {
        self.writes.iter().filter(move |write| write.ops.contains(&op) && write.may_have_arrived())
    }

    /// Whether an operation was sent and may have been carried out.
    pub(super) fn was_sent(&self, op: OpId) -> bool {
        self.of_op(op).next().is_some()
    }

    /// Until when a write of an operation whose answer was lost may still land; `None` where none may. One that was
    /// sent once and was seen to land has landed.
    pub(super) fn may_land_until(&self, op: OpId, state: &OpState) -> Option<Timestamp> {
        if self.of_op(op).count() == 1 && matches!(state, OpState::Done(_)) {
            return None;
        }
        let lost = self.of_op(op).filter(|write| write.is_lost());
        lost.map(|write| write.given_up().saturating_add(self.late).unwrap_or(Timestamp::MAX)).max()
    }

    /// When the service may have carried an operation out, on its own clock; `None` where no answer has said what
    /// that clock showed.
    pub(super) fn span(&self, op: OpId, state: &OpState) -> Option<Span> {
        let mut span: Option<Span> = None;
        for write in self.of_op(op) {
            let this = self.span_of(write, state)?;
            span = Some(span.map_or(this, |so_far| so_far.with(this)));
        }
        span
    }

    fn span_of(&self, write: &Answered, state: &OpState) -> Option<Span> {
        let ahead =
            match write.ended.as_ref().and_then(|end| Some(end.date?.duration_since(end.at))) {
                Some(ahead) => ahead,
                None => self.ahead?,
            };
        let there = |at: Timestamp| at.saturating_add(ahead).unwrap_or(Timestamp::MAX);
        // What was read back had landed by then; what was not may have landed until the last moment.
        let late = match state {
            OpState::Done(Proof::Seen | Proof::DespiteRefusal) if !write.is_lost() => {
                SignedDuration::ZERO
            }
            _ => self.late,
        };
        Some(Span::of_write(there(write.sent), there(write.given_up()), late))
    }
}
