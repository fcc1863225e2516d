//! What a run tells the person, and how it adds up.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{Change, DraftId, Fault, FaultKind, GroupId, GroupRef, MemberId};
use crate::plan::{Op, OpId, Plan, Staging, Step, Tried};

use super::record::RunId;
use super::state::{OpState, SkipWhy, StepState};

/// What a run tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunReport {
    /// It has begun.
    Began(RunId),
    /// Operations have come to stand elsewhere.
    Moved(Vec<(OpId, OpState)>),
    /// A group was made that was staged to be.
    Made(DraftId, GroupId),
    /// A person was invited, and is this member of the account now.
    Invited(OpId, MemberId),
    /// These were sent and not answered so that one could tell: what has become of them is read back.
    Doubtful(Vec<OpId>, Fault),
    /// These were accepted and read back, and are not visible yet: they are read again.
    NotVisible(Vec<OpId>),
    /// Nothing is sent for this long, because of what was said before.
    Waits(Duration, Fault),
    /// All is done, but for so many changes whose answer was lost: they are looked at once more after this long, when
    /// they can no longer land.
    Settling(Duration, usize),
    /// Something that a person should know, and that holds nothing up.
    Warned(Fault),
    /// No more writes are sent; what is in flight is read back.
    Pausing(Pause),
    /// No more writes are sent, as the person wished; what is in flight is read back.
    Stopping,
    /// It is over.
    Ended(Summary),
}

/// Why a run sends no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pause {
    /// The credential is refused.
    Credential(Fault),
    /// A write was refused: the credential may not do this.
    Permission(Fault),
    /// The service can't be reached, or can't be read, or doesn't let this credential read.
    Network(Fault),
    /// Three writes in a row ended without an answer.
    Unanswered(Fault),
    /// The service has refused for too long because too much was asked.
    Throttled(Fault),
    /// The first operation, sent alone, was accepted and did not come into effect.
    Canary(Fault),
    /// What the run does can't be written down any more: nothing is sent that nobody could find again.
    Disk(Fault),
    /// Another program writes to the same groups.
    Held(Fault),
    /// The machine was asleep meanwhile: nothing is sent on what was read before.
    Slept(Fault),
    /// A guard stands that did not when the plan was confirmed, or that asks for something else.
    Guard(Fault),
}

impl Pause {
    /// Why a run can't go on after a failed read, or a write that never left. Neither tells what the credential may
    /// write: only a refused write does.
    pub fn after(fault: Fault) -> Self {
        match fault.kind {
            FaultKind::Credential => Self::Credential(fault),
            FaultKind::Throttled => Self::Throttled(fault),
            _ => Self::Network(fault),
        }
    }

    /// What failed.
    pub fn fault(&self) -> &Fault {
        match self {
            Self::Credential(fault)
            | Self::Permission(fault)
            | Self::Network(fault)
            | Self::Unanswered(fault)
            | Self::Throttled(fault)
            | Self::Canary(fault)
            | Self::Disk(fault)
            | Self::Held(fault)
            | Self::Slept(fault)
            | Self::Guard(fault) => fault,
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// Every operation has come to its end.
    Finished,
    /// The account had changed since the plan was made: nothing was sent, or nothing more where the run was taken up
    /// again, and the plan is to be looked at again.
    Drifted,
    /// It could not go on.
    Paused(Pause),
    /// The person stopped it.
    Stopped,
    /// The program ended before it. What has become of what was sent has been read back; a person decides whether it
    /// goes on.
    BrokenOff,
    /// It was broken off, paused or stopped, and the person has closed it as it is.
    Closed,
}

/// A run's end, added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How it ended.
    pub end: End,
    /// How the operations ended.
    pub tally: Tally,
    /// How many writes were sent.
    pub writes: u32,
    /// Operations whose answer was lost and that may still land, until this long after the run's end.
    pub may_land: Vec<(OpId, Duration)>,
}

/// How many operations stand where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Not sent yet.
    pub waiting: usize,
    /// In flight.
    pub running: usize,
    /// Accepted, not seen yet.
    pub accepted: usize,
    /// In effect.
    pub done: usize,
    /// So already.
    pub already_so: usize,
    /// Refused.
    pub refused: usize,
    /// Not known.
    pub unknown: usize,
    /// Sent and not in effect.
    pub not_in_effect: usize,
    /// Changed by someone else.
    pub conflict: usize,
    /// About something that is gone.
    pub gone: usize,
    /// Meant for a group that was not made.
    pub not_made: usize,
    /// Never sent.
    pub skipped: usize,
}

impl Tally {
    /// Adds up.
    pub fn of<'a>(states: impl Iterator<Item = &'a OpState>) -> Self {
        let mut tally = Self::default();
        for state in states {
            *tally.place(StepState::of_one(state)) += 1;
        }
        tally
    }

    fn place(&mut self, state: StepState) -> &mut usize {
        match state {
            StepState::Waiting => &mut self.waiting,
            StepState::Running => &mut self.running,
            StepState::Accepted => &mut self.accepted,
            StepState::Done => &mut self.done,
            StepState::AlreadySo => &mut self.already_so,
            StepState::Skipped => &mut self.skipped,
            StepState::Gone => &mut self.gone,
            StepState::NotMade => &mut self.not_made,
            StepState::Refused => &mut self.refused,
            StepState::Conflict => &mut self.conflict,
            StepState::NotInEffect => &mut self.not_in_effect,
            StepState::Unknown => &mut self.unknown,
        }
    }

    /// Whether everything that was planned is in effect.
    pub fn is_whole(&self) -> bool {
        let Self { done, already_so, .. } = *self;
        *self == Self { done, already_so, ..Self::default() }
    }

    /// Whether it is known that nothing was changed: nothing was done, and nothing that was sent may still land.
    pub fn changed_nothing(&self) -> bool {
        !self.touched()
    }

    /// How many have come to their end, as far as is known now; this only rises while a run goes on. What was not
    /// sent has not come anywhere, and is told apart.
    pub fn settled(&self) -> usize {
        self.done
            + self.already_so
            + self.refused
            + self.not_in_effect
            + self.conflict
            + self.gone
            + self.not_made
    }

    /// The numbers that are not nought, each with its word, what is in effect first.
    pub fn parts(&self) -> Vec<(usize, &'static str)> {
        let all = [
            (self.done, "done"),
            (self.already_so, "so already"),
            (self.accepted, StepState::Accepted.word()),
            (self.running, "without an answer"),
            (self.refused, "refused"),
            (self.unknown, "unknown"),
            (self.not_in_effect, "not in effect"),
            (self.conflict, "changed by someone else"),
            (self.gone, "gone"),
            (self.not_made, "not made"),
            (self.skipped + self.waiting, "not sent"),
        ];
        all.into_iter().filter(|(number, _)| *number > 0).collect()
    }

    /// Whether something was changed, or may have been.
    pub fn touched(&self) -> bool {
        self.done + self.accepted + self.unknown + self.not_in_effect + self.running > 0
    }
}

/// Where a plan's operations stand, kept up by absorbing what its run tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    states: Vec<OpState>,
    made: BTreeMap<DraftId, GroupId>,
    invited: BTreeMap<OpId, MemberId>,
    doubts: BTreeMap<OpId, Fault>,
    /// Operations that were refused together with others when they were last sent.
    together: BTreeSet<OpId>,
    /// Who writes to the same groups, where the run could not begin because of that.
    held: Option<Fault>,
    not_visible: BTreeSet<OpId>,
}

/// Why something is not known that was refused in one write with others.
fn refused_together() -> Fault {
    Fault::new(
        FaultKind::Refused,
        "refused together with others: which is at fault was not found out yet",
        "take the run up: it sends fewer at a time until the one at fault is found",
    )
}

impl Summary {
    /// The end of a run that was not begun.
    pub fn not_begun(plan: &Plan, why: Pause) -> Self {
        let tally = Tally { skipped: plan.ops().count(), ..Tally::default() };
        Self { end: End::Paused(why), tally, writes: 0, may_land: Vec::new() }
    }
}

impl Progress {
    /// Nothing done yet.
    pub fn new(plan: &Plan) -> Self {
        let states = plan.ops().map(|_| OpState::Waiting).collect();
        Self {
            states,
            made: BTreeMap::new(),
            invited: BTreeMap::new(),
            doubts: BTreeMap::new(),
            together: BTreeSet::new(),
            held: None,
            not_visible: BTreeSet::new(),
        }
    }

    /// Takes in what a run tells.
    pub fn absorb(&mut self, report: &RunReport) {
        match report {
            RunReport::Moved(moved) => {
                for (op, state) in moved {
                    if let Some(place) = self.states.get_mut(op.0 as usize) {
                        *place = state.clone();
                    }
                    // How it was answered says nothing of it once it is known, or sent again.
                    if *state != OpState::Unknown {
                        self.doubts.remove(op);
                        self.together.remove(op);
                    }
                }
            }
            RunReport::Made(draft, group) => {
                self.made.insert(*draft, group.clone());
            }
            RunReport::Invited(op, member) => {
                self.invited.insert(*op, member.clone());
            }
            RunReport::Doubtful(ops, fault) => {
                self.doubts.extend(ops.iter().map(|op| (*op, fault.clone())));
                if ops.len() > 1 && fault.status.is_some_and(|status| status < 500) {
                    self.together.extend(ops);
                }
            }
            RunReport::NotVisible(ops) => self.not_visible.extend(ops),
            RunReport::Ended(Summary { end: End::Paused(Pause::Held(fault)), .. }) => {
                self.held = Some(fault.clone());
            }
            _ => {}
        }
    }

    /// How an operation was answered that is being read back; `None` where it is not in doubt.
    pub fn doubt(&self, op: OpId) -> Option<&Fault> {
        self.doubts.get(&op).filter(|_| *self.op(op) == OpState::Unknown)
    }

    /// Whether an operation was refused together with others, and which of them was at fault is not known yet.
    pub fn was_refused_together(&self, op: OpId) -> bool {
        *self.op(op) == OpState::Unknown && self.together.contains(&op)
    }

    /// Whether an operation that was accepted has been read back, and was not visible.
    pub fn was_not_visible(&self, op: OpId) -> bool {
        self.not_visible.contains(&op)
    }

    /// Why an operation did not come into effect, with the words of the service where it has answered.
    pub fn reason(&self, op: OpId) -> Option<Fault> {
        let reason = match (self.op(op), &self.held) {
            _ if self.was_refused_together(op) => refused_together(),
            (OpState::Skipped(SkipWhy::Paused), Some(held)) => {
                Fault { what: format!("not sent: {}", held.what), ..held.clone() }
            }
            (state, _) => state.reason()?,
        };
        Some(match self.doubt(op).filter(|doubt| doubt.status.is_some()) {
            Some(doubt) => doubt.clone().but_for(reason),
            None => reason,
        })
    }

    /// The member who has come of an invitation, if this run has sent it.
    pub fn invited(&self, op: OpId) -> Option<&MemberId> {
        self.invited.get(&op)
    }

    /// The group that a draft has become, if this run has made it.
    pub fn made(&self, draft: DraftId) -> Option<&GroupId> {
        self.made.get(&draft)
    }

    /// A change of the plan as it is staged now: what was meant for a group that is made is meant for that group.
    pub fn as_staged(&self, change: &Change) -> Change {
        match change {
            Change::Add { group: GroupRef::Draft(draft), member } => {
                let group = self.made.get(draft).cloned();
                let group = group.map_or(GroupRef::Draft(*draft), GroupRef::Existing);
                Change::Add { group, member: member.clone() }
            }
            other => other.clone(),
        }
    }

    /// Where an operation stands.
    pub fn op(&self, op: OpId) -> &OpState {
        self.states.get(op.0 as usize).unwrap_or(&OpState::Waiting)
    }

    /// Where a step stands.
    pub fn step(&self, step: &Step) -> StepState {
        StepState::of(step.ops.iter().map(|op| self.op(op.id)))
    }

    /// How a step's operations add up.
    pub fn tally_of(&self, step: &Step) -> Tally {
        Tally::of(step.ops.iter().map(|op| self.op(op.id)))
    }

    /// The groups that have refused an edit of their members, their name or their being, and taken none: as those do
    /// that an identity provider keeps, which nothing in the API tells.
    pub fn refusing_groups(&self, plan: &Plan) -> BTreeSet<GroupId> {
        let edits = || {
            let kept = plan.ops().filter(|op| !matches!(op.change, Change::SetPolicies { .. }));
            kept.filter_map(|op| {
                Some((op.change.target().existing_group().cloned()?, self.op(op.id)))
            })
        };
        let mut refusing: BTreeSet<GroupId> = edits()
            .filter(|(_, state)| matches!(state, OpState::Refused(fault) if fault.kind == FaultKind::Refused))
            .map(|(group, _)| group)
            .collect();
        for (group, _) in edits().filter(|(_, state)| matches!(state, OpState::Done(_))) {
            refusing.remove(&group);
        }
        refusing
    }

    /// How all operations add up.
    pub fn tally(&self) -> Tally {
        Tally::of(self.states.iter())
    }

    /// Takes what has come into effect out of what is staged, keeps the reason beside what has not, and binds what is
    /// staged for a group that was made to that group; whether something else is staged now.
    pub fn settle_moved(&self, report: &RunReport, plan: &Plan, staging: &mut Staging) -> bool {
        match report {
            RunReport::Moved(moved) => {
                let moved: BTreeSet<OpId> =
                    moved.iter().filter(|(_, state)| state.is_final()).map(|(op, _)| *op).collect();
                let ops = plan.ops().filter(|op| moved.contains(&op.id));
                ops.fold(false, |changed, op| self.settle_op(op, staging) | changed)
            }
            RunReport::Made(draft, group) => {
                let made = |change: &Change| matches!(change, Change::Create { group, .. } if group == draft);
                let create = plan.ops().find(|op| made(&op.change));
                create.is_some_and(|op| staging.made(&op.change, group))
            }
            _ => false,
        }
    }

    /// The same for all operations at the end, also those that were left on their way.
    pub fn settle(&self, plan: &Plan, staging: &mut Staging) {
        for (draft, group) in &self.made {
            self.settle_moved(&RunReport::Made(*draft, group.clone()), plan, staging);
        }
        for op in plan.ops() {
            self.settle_op(op, staging);
        }
    }

    /// Whether the operation is no longer staged by this.
    fn settle_op(&self, op: &Op, staging: &mut Staging) -> bool {
        let (state, change) = (self.op(op.id), self.as_staged(&op.change));
        if state.holds() {
            return staging.carried_out(&change);
        }
        if let Some(reason) = self.reason(op.id) {
            staging.keep_tried(&change, Tried { state: StepState::of_one(state), reason });
        }
        false
    }
}
