//! What the lines of a journal say. Ids only where a person is meant, but for one who is invited or removed from the
//! account, whom no id would find again; and of the service's answers the codes and the
//! `cf-ray`: its words may name people.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{AccountId, By, Change, DraftId, Fault, GroupId, MemberId};
use crate::plan::{
    Class, Conflict, End, GuardName, OpId, OpState, Override, Pause, Plan, PlanId, Presence, Proof,
    Record, RequestId, RunId, StepId, Summary, Tally, Transfer,
};

/// One line, but for its sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The version of its form.
    pub v: u32,
    /// Its place, from 1 on.
    pub seq: u64,
    /// The wall clock.
    pub t: Timestamp,
    /// Milliseconds since the program's start.
    pub m: u64,
    /// The run.
    pub run: RunId,
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "k", rename_all = "snake_case")]
pub enum Entry {
    /// What run it is; the first line.
    Header(Header),
    /// A group that the plan touches; all of them follow the header.
    Group(Touched),
    /// A part of the plan; all parts follow the groups.
    Plan(Part),
    /// The guards that stood against the plan, and were overridden.
    Decision {
        /// Each with what was typed for it.
        overrides: Vec<Overridden>,
    },
    /// What was there before an operation is sent.
    Preop {
        /// The operation.
        op: OpId,
        /// Whether the member was in the group.
        presence: Option<Presence>,
        /// Where the operation stands after it.
        state: OpState,
    },
    /// A write is about to be sent.
    Intent(Intent),
    /// A write has ended.
    Outcome {
        /// The write.
        req: RequestId,
        /// How.
        class: Class,
        /// The HTTP status.
        status: Option<u16>,
        /// Cloudflare's codes.
        codes: Vec<i64>,
        /// The answer's `cf-ray`.
        ray: Option<String>,
        /// The server's clock.
        date: Option<Timestamp>,
        /// Bytes of the answer's body.
        #[serde(default)]
        bytes: u64,
        /// Milliseconds from sending to the last byte.
        #[serde(default)]
        ms: u64,
    },
    /// A group has been made.
    Made {
        /// What it was called in the plan.
        draft: DraftId,
        /// What it is.
        group: GroupId,
    },
    /// A person has been invited.
    Invited {
        /// The operation.
        op: OpId,
        /// The membership that has come of it.
        member: MemberId,
    },
    /// What has become of an operation, by its answer or by reading back.
    Resolve(Stands),
    /// What was seen of an operation that was accepted.
    Verify(Stands),
    /// An operation is not sent.
    Skip(Stands),
    /// Nothing more is sent.
    Pause {
        /// Why.
        why: Pause,
    },
    /// Nothing more is sent, as the person wished.
    Cancel,
    /// The credential was checked.
    Check {
        /// When it expires, if that is known.
        expires: Option<Timestamp>,
        /// The server's clock.
        date: Option<Timestamp>,
    },
    /// The run was broken off, paused or stopped, and goes on.
    Resume {
        /// Whose doing that is.
        by: By,
        /// The machine.
        host: String,
        /// The process.
        pid: u32,
    },
    /// The last line.
    End {
        /// How.
        how: End,
        /// How many operations stand where.
        tally: Tally,
        /// How many writes were sent.
        writes: u32,
        /// Operations that may still land, and for how many milliseconds.
        may_land: Vec<(OpId, u64)>,
    },
}

/// What run it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The program and its version.
    pub tool: String,
    /// The account.
    pub account: AccountId,
    /// What its plan is called.
    pub plan: PlanId,
    /// The run that it takes back, if it is the undoing of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_of: Option<RunId>,
    /// How many changes its plan has left out that were not so already.
    #[serde(default, skip_serializing_if = "is_none")]
    pub leaves_out: usize,
    /// How many operations it has.
    pub ops: usize,
    /// How many groups that are there it touches; the plan names them.
    pub groups: usize,
    /// Whose doing it is.
    pub by: By,
    /// The machine.
    pub host: String,
    /// The process.
    pub pid: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_none(number: &usize) -> bool {
    *number == 0
}

/// A group as it was when the plan was made, for who reads the file with a pager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Which.
    pub group: GroupId,
    /// Its name.
    pub name: Arc<str>,
    /// Whether all of its members were known.
    pub complete: bool,
    /// How many there were, where that was known.
    pub members: Option<usize>,
    /// The SHA-256 of their ids, a line each, in order.
    pub digest: Option<String>,
}

impl Touched {
    /// All that a plan touches.
    pub fn of(plan: &Plan) -> impl Iterator<Item = Self> {
        plan.base.iter().map(|(group, base)| Self {
            group: group.clone(),
            name: cut(&base.name).into(),
            complete: base.members.is_some(),
            members: base.members,
            digest: base.digest.clone(),
        })
    }
}

/// A part of the plan's JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its place, from 1 on.
    pub part: usize,
    /// How many there are.
    pub of: usize,
    /// The text.
    pub text: String,
}

/// A guard that was overridden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// The guard.
    pub guard: GuardName,
    /// What was typed; none where it was a member's e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<String>,
    /// The member whose e-mail was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
}

impl From<Override> for Overridden {
    fn from(Override { guard, typed, who }: Override) -> Self {
        Self { guard, typed: who.is_none().then_some(typed), member: who }
    }
}

/// A write that is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The write.
    pub req: RequestId,
    /// The step that it belongs to.
    pub step: StepId,
    /// The HTTP method.
    pub verb: String,
    /// The group that is written to; none where it is yet to be made.
    pub group: Option<GroupId>,
    /// What it carries.
    pub ops: Vec<Wanted>,
    /// 1 for the first time that they are sent.
    pub attempt: u32,
    /// How many milliseconds its answer is waited for.
    pub deadline_ms: u64,
}

/// What a write wants of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The operation.
    pub id: OpId,
    /// The member that it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// What is to be so.
    pub want: Want,
}

/// What is to be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Want {
    /// The member is in the group.
    Present,
    /// The member is not in the group.
    Absent,
    /// The group is there.
    Created,
    /// The group has the plan's name.
    Renamed,
    /// The group has the plan's policies.
    Policies,
    /// The group is not there.
    Deleted,
    /// The group has the plan's members and no others.
    Members,
    /// The person is invited.
    Invited,
    /// The member holds the plan's policies directly.
    DirectPolicies,
    /// The member is not in the account.
    Removed,
}

/// Where an operation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stands {
    /// The operation.
    pub op: OpId,
    /// Where it stands.
    pub state: OpState,
}

impl Want {
    /// What a change wants.
    pub fn of(change: &Change) -> Self {
        match change {
            Change::Create { .. } => Self::Created,
            Change::Rename { .. } => Self::Renamed,
            Change::SetPolicies { .. } => Self::Policies,
            Change::Add { .. } => Self::Present,
            Change::Remove { .. } => Self::Absent,
            Change::Delete { .. } => Self::Deleted,
            Change::ReplaceMembers { .. } => Self::Members,
            Change::Invite { .. } => Self::Invited,
            Change::SetDirectPolicies { .. } => Self::DirectPolicies,
            Change::RemoveMember { .. } => Self::Removed,
        }
    }
}

impl Entry {
    /// The record that this line keeps; `None` for the header, the plan and what was
    /// agreed to.
    pub fn record(&self) -> Option<Record> {
        Some(match self.clone() {
            Self::Header(_) | Self::Group(_) | Self::Plan(_) | Self::Decision { .. } => {
                return None;
            }
            Self::Preop { op, presence, state } => Record::Before { op, presence, state },
            Self::Intent(Intent { req: request, step, ops, attempt, deadline_ms, .. }) => {
                let ops = ops.iter().map(|wanted| wanted.id).collect();
                let deadline = Duration::from_millis(deadline_ms);
                Record::Intent { request, step, ops, attempt, deadline }
            }
            Self::Outcome { req: request, class, status, codes, ray, date, bytes, ms } => {
                let transfer = Transfer { took: Duration::from_millis(ms), bytes };
                Record::Outcome { request, class, status, codes, ray, date, transfer }
            }
            Self::Made { draft, group } => Record::Made { draft, group },
            Self::Invited { op, member } => Record::Invited { op, member },
            Self::Resolve(Stands { op, state })
            | Self::Verify(Stands { op, state })
            | Self::Skip(Stands { op, state }) => Record::Moved { op, state },
            Self::Pause { why } => Record::Paused(why),
            Self::Cancel => Record::Stopped,
            Self::Check { expires, date } => Record::Checked { expires, date },
            Self::Resume { by, .. } => Record::Resumed(by),
            Self::End { how: end, tally, writes, may_land } => {
                let wait = |(op, ms): &(OpId, u64)| (*op, Duration::from_millis(*ms));
                let may_land = may_land.iter().map(wait).collect();
                Record::Ended(Summary { end, tally, writes, may_land })
            }
        })
    }

    /// The line of an operation that has come to stand elsewhere.
    pub fn moved(op: OpId, state: &OpState) -> Self {
        let stands = Stands { op, state: bare_state(state) };
        match state {
            OpState::Skipped(_) => Self::Skip(stands),
            OpState::Accepted | OpState::Done(Proof::Seen | Proof::DespiteRefusal) => {
                Self::Verify(stands)
            }
            _ => Self::Resolve(stands),
        }
    }

    /// The line of a run's end.
    pub fn end(summary: &Summary) -> Self {
        let Summary { end, tally, writes, may_land } = summary;
        let how = match end {
            End::Paused(pause) => End::Paused(bare_pause(pause)),
            end => end.clone(),
        };
        let ms = |(op, wait): &(OpId, Duration)| (*op, milliseconds(*wait));
        let may_land = may_land.iter().map(ms).collect();
        Self::End { how, tally: *tally, writes: *writes, may_land }
    }
}

/// A wait as it is written down.
pub fn milliseconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}

/// A failure without the service's words.
fn bare(fault: &Fault) -> Fault {
    let mut fault = fault.clone();
    fault.errors.iter_mut().for_each(|error| error.message.clear());
    fault
}

/// A state without the service's words.
pub fn bare_state(state: &OpState) -> OpState {
    match state {
        OpState::Refused(fault) => OpState::Refused(bare(fault)),
        OpState::NotInEffect(Some(fault)) => OpState::NotInEffect(Some(bare(fault))),
        OpState::Conflict(Conflict::Renamed(name)) => {
            OpState::Conflict(Conflict::Renamed(cut(name).into()))
        }
        state => state.clone(),
    }
}

/// The reason of a pause without the service's words.
pub fn bare_pause(pause: &Pause) -> Pause {
    let mut fault = bare(pause.fault());
    if matches!(pause, Pause::Disk(_)) {
        // What was to be done about the disk is done where this is read in its place.
        fault.remedy.clear();
    }
    match pause {
        Pause::Credential(_) => Pause::Credential(fault),
        Pause::Permission(_) => Pause::Permission(fault),
        Pause::Network(_) => Pause::Network(fault),
        Pause::Unanswered(_) => Pause::Unanswered(fault),
        Pause::Throttled(_) => Pause::Throttled(fault),
        Pause::Canary(_) => Pause::Canary(fault),
        Pause::Disk(_) => Pause::Disk(fault),
        Pause::Held(_) => Pause::Held(fault),
        Pause::Slept(_) => Pause::Slept(fault),
        Pause::Guard(_) => Pause::Guard(fault),
    }
}

/// A name that someone else has given may be of any length.
fn cut(name: &str) -> String {
    name.chars().take(1_000).collect()
}
