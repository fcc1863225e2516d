//! What a run is told, and what it asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{Fault, Group, GroupId, Member, MemberId, PolicyDraft, PolicyEdit, Target};
use crate::plan::{OpId, StepId};

use super::record::Record;
use super::report::{Pause, RunReport};

/// One write as it is sent; a step may take several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RequestId(pub u32);

/// One look at what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LookId(pub u32);

/// One waiting for the turn of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TurnId(pub u32);

/// What a run is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Go. A run that was restored from its journal only reads.
    Begin,
    /// Go on with a run that was restored: first read back what is open, then look at what waits, then send it.
    Resume,
    /// End a run that was restored as it is, without a look at anything.
    Close,
    /// The credential was checked, before anything else.
    Checked {
        /// When it expires, if that is known.
        expires: Option<Timestamp>,
        /// The service's clock just now.
        date: Option<Timestamp>,
    },
    /// A look has ended. One that is no longer waited for is dropped.
    Looked(LookId, Seen),
    /// The turn that was waited for has come: a write may leave at once. One that is no longer waited for, or that comes
    /// when things are to be looked at again first, is not used, and is given back.
    Turn(TurnId),
    /// A write has ended. One that is no longer waited for is dropped.
    Written(RequestId, Outcome),
    /// The time of a [`Wish::Wake`] has come.
    Woke,
    /// Don't go: nothing may be sent.
    Refused(Pause),
    /// The guards were looked at again, as [`Wish::Guards`] asks: why nothing may be sent, or that it may.
    Guarded(Option<Pause>),
    /// Send nothing more, read back what is in flight, then end.
    Stop,
    /// A record could not be kept, and these writes, which were wished for after it, were not sent.
    NotKept(Fault, Vec<RequestId>),
}

/// What a run asks for, to be carried out in the order given: a record is kept before what follows it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Look at what is there, and answer with [`Event::Looked`].
    Look(Look),
    /// Look at the guards again for these operations, which are about to be sent, and answer with [`Event::Guarded`].
    Guards(Vec<OpId>),
    /// Wait until a write to this target may leave, and answer with [`Event::Turn`]. Nothing is written down of it:
    /// nothing is sent while it waits.
    Turn(TurnId, Target),
    /// Wait for this turn no longer.
    NoTurn(TurnId),
    /// Send a write by the turn that has just come, without any more waiting, and answer with [`Event::Written`].
    Send(Request),
    /// Send [`Event::Woke`] after this long. A later one takes its place.
    Wake(Duration),
    /// Keep this, before the wishes that follow are carried out. Where that fails, no write that follows is sent,
    /// and [`Event::NotKept`] says so.
    Keep(Record),
    /// Tell the person.
    Report(RunReport),
    /// The run has ended: nothing more is asked for.
    End,
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which.
    pub id: RequestId,
    /// The step that it belongs to.
    pub step: StepId,
    /// The operations that it carries.
    pub ops: Vec<OpId>,
    /// 1 for the first time that these operations are sent.
    pub attempt: u32,
    /// What to send.
    pub call: Call,
}

/// What a write sends, all ids known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Make a group.
    Create {
        /// Its name.
        name: Arc<str>,
        /// Its policies.
        policies: Vec<PolicyDraft>,
    },
    /// Give a group another name; its policies are not sent.
    Rename {
        /// The group.
        group: GroupId,
        /// Its new name.
        to: Arc<str>,
    },
    /// Set a group's policies; its name is not sent.
    SetPolicies {
        /// The group.
        group: GroupId,
        /// The policies; those that are kept go back as they came with the last look.
        to: Vec<PolicyEdit>,
    },
    /// Add members to a group.
    Add {
        /// The group.
        group: GroupId,
        /// The members.
        members: Vec<MemberId>,
    },
    /// Remove a member from a group.
    Remove {
        /// The group.
        group: GroupId,
        /// The member.
        member: MemberId,
    },
    /// Make a group's members exactly these.
    ReplaceMembers {
        /// The group.
        group: GroupId,
        /// The members.
        members: Vec<MemberId>,
    },
    /// Delete a group.
    Delete {
        /// The group.
        group: GroupId,
    },
    /// Invite a person.
    Invite {
        /// Whom.
        email: Arc<str>,
        /// What the invitation gives.
        policies: Vec<PolicyDraft>,
    },
    /// Set the policies that a member holds directly.
    SetDirectPolicies {
        /// The member.
        member: MemberId,
        /// The policies; those that are kept go back as they came with the last look, and the member's status of then
        /// goes along.
        to: Vec<PolicyEdit>,
    },
    /// Remove a member from the account, or take an invitation back.
    RemoveMember {
        /// The member.
        member: MemberId,
    },
}

impl Call {
    /// The group that is written to; `None` where it is yet to be made, or where it is none.
    pub fn group(&self) -> Option<&GroupId> {
        match self {
            Self::Rename { group, .. }
            | Self::SetPolicies { group, .. }
            | Self::Add { group, .. }
            | Self::Remove { group, .. }
            | Self::ReplaceMembers { group, .. }
            | Self::Delete { group } => Some(group),
            Self::Create { .. }
            | Self::Invite { .. }
            | Self::SetDirectPolicies { .. }
            | Self::RemoveMember { .. } => None,
        }
    }
}

/// A look at what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Which.
    pub id: LookId,
    /// What it is for: decides its precedence.
    pub purpose: Purpose,
    /// What to look at.
    pub sight: Sight,
}

/// What a look is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To see before a write that things are as they were planned on.
    Preflight,
    /// To see whether an accepted write is in effect.
    Verify,
    /// To learn what became of a write whose answer was lost.
    Resolve,
}

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// A group and some of its members.
    Group {
        /// The group.
        group: GroupId,
        /// Members of whom it is asked whether they are in it.
        present: Vec<MemberId>,
        /// Members of whom it is asked since when they are in it; only single reads tell that.
        since: Vec<MemberId>,
        /// Whether walking the group's list is cheaper than one read for each of `present`.
        by_list: bool,
        /// Whether the group itself is wanted in any case. Where it isn't, it is read only if some member
        /// was not found: a member's absence counts only where the group is there.
        group_too: bool,
    },
    /// All groups with exactly this name.
    Named(Arc<str>),
    /// A group and its whole list of members.
    Members {
        /// The group.
        group: GroupId,
        /// Whether the list is to be read twice, and be the same both times.
        twice: bool,
    },
    /// A member of the account.
    Member(MemberId),
    /// Those whom the account knows by this e-mail.
    WithEmail {
        /// The e-mail.
        email: Arc<str>,
        /// Whether all members are looked through, and not only invitations that wait to be accepted.
        everyone: bool,
    },
}

/// What a look has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The group is there.
    Group {
        /// The group as it is, where it was read.
        group: Option<Group>,
        /// The members that were asked for.
        members: BTreeMap<MemberId, Presence>,
    },
    /// The group is not there.
    GroupGone,
    /// The groups with the name.
    Named(Vec<Group>),
    /// The group is there, with these members and no others.
    Members {
        /// The group as it is.
        group: Group,
        /// Its members.
        members: BTreeSet<MemberId>,
    },
    /// The member as it is; `None` if the account has no such member.
    Member(Option<Member>),
    /// Those who have the e-mail.
    WithEmail(Vec<Member>),
    /// It could not be read.
    Failed(Fault),
}

/// Whether a member is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    /// In it.
    In {
        /// Since when, where a single read has told it.
        since: Option<Timestamp>,
    },
    /// Not in it.
    Out,
    /// Not in it, and no longer in the account.
    Left,
}

/// How a write ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it was carried out, as far as the answer tells.
    pub class: Class,
    /// What failed.
    pub fault: Option<Fault>,
    /// The HTTP status; `None` if no answer came.
    pub status: Option<u16>,
    /// The answer's `cf-ray`.
    pub ray: Option<String>,
    /// The server's clock when it answered.
    pub date: Option<Timestamp>,
    /// How its answer came.
    pub transfer: Transfer,
    /// What was made, where the answer says it.
    pub made: Option<Made>,
}

/// How an answer came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// From sending to the last byte.
    pub took: Duration,
    /// Bytes of its body.
    pub bytes: u64,
}

/// What a write has made, by the id that it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// A group.
    Group(GroupId),
    /// The membership of a person who was invited.
    Member(MemberId),
}

/// Whether a write was carried out, as far as its answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Class {
    /// It never arrived: not carried out.
    NotSent,
    /// Refused because too much was asked: not carried out.
    Throttled,
    /// Accepted: carried out, or about to be.
    Applied,
    /// Refused with a reason: not carried out.
    Rejected,
    /// No whole answer: carried out, not carried out, or yet to be.
    Unknown,
}
