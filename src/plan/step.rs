//! The pieces of a plan: operations, and the calls that carry them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::{AccountId, Change, GroupRef, Target};

/// How many members one call adds at most.
pub const BATCH: usize = 50;

/// An operation's place in its plan, counted from 0 over all steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OpId(pub u32);

/// A step's place in its plan, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepId(pub u32);

/// What a step does; the order is the order in which steps are carried out. Adds come before removals, so
/// that someone who moves from one group to another is never left with neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    /// Invite a person.
    Invite,
    /// Make a group.
    Create,
    /// Give a group another name.
    Rename,
    /// Set a group's policies.
    SetPolicies,
    /// Set the policies that a member holds directly.
    SetDirectPolicies,
    /// Add members to a group.
    Add,
    /// Remove a member from a group.
    Remove,
    /// Replace the members of a group.
    ReplaceMembers,
    /// Delete a group.
    Delete,
    /// Remove a member from the account.
    RemoveMember,
}

impl Phase {
    /// When a change is carried out.
    pub fn of(change: &Change) -> Self {
        match change {
            Change::Invite { .. } => Self::Invite,
            Change::Create { .. } => Self::Create,
            Change::Rename { .. } => Self::Rename,
            Change::SetPolicies { .. } => Self::SetPolicies,
            Change::SetDirectPolicies { .. } => Self::SetDirectPolicies,
            Change::Add { .. } => Self::Add,
            Change::Remove { .. } => Self::Remove,
            Change::ReplaceMembers { .. } => Self::ReplaceMembers,
            Change::Delete { .. } => Self::Delete,
            Change::RemoveMember { .. } => Self::RemoveMember,
        }
    }

    /// Whether a call of this kind sets a whole value, or ends something whole, so that repeating it could overwrite what someone
    /// else has set since.
    pub fn overwrites(self) -> bool {
        match self {
            Self::Rename
            | Self::SetPolicies
            | Self::SetDirectPolicies
            | Self::ReplaceMembers
            | Self::Delete
            | Self::RemoveMember => true,
            Self::Invite | Self::Create | Self::Add | Self::Remove => false,
        }
    }
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Op {
    /// Its place in the plan.
    pub id: OpId,
    /// What it does.
    pub change: Change,
    /// For a removal: since when the member was in the group, where the person could see it. A membership
    /// that is newer than that was granted anew, and is not what the person wanted removed.
    pub seen_since: Option<Timestamp>,
    /// For a removal that takes back an add of an earlier run: when that run has added the member. A membership from
    /// before or after was granted by someone else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<Span>,
}

/// A stretch of time on the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, which is part of it.
    pub to: Timestamp,
}

/// How exact a date of the server is: a header counts whole seconds, and not all of its machines' clocks agree.
const EXACT: SignedDuration = SignedDuration::from_secs(2);

impl Span {
    /// When a write may have been carried out that was sent at `sent`, of which the service said nothing after
    /// `given_up`, and that may have landed for `late` longer.
    pub(super) fn of_write(sent: Timestamp, given_up: Timestamp, late: SignedDuration) -> Self {
        let from = sent.saturating_sub(EXACT).unwrap_or(Timestamp::MIN);
        Self { from, to: given_up.saturating_add(late + EXACT).unwrap_or(Timestamp::MAX) }
    }

    /// The shortest one that holds both.
    #[must_use]
    pub(super) fn with(self, other: Self) -> Self {
        Self { from: self.from.min(other.from), to: self.to.max(other.to) }
    }

    /// Whether a moment lies in it.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at <= self.to
    }
}

/// One call: 1 to [`BATCH`] operations on one target and of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its place in the plan.
    pub id: StepId,
    /// What it does.
    pub phase: Phase,
    /// What it does it to.
    pub target: Target,
    /// The operations that it carries.
    pub ops: Vec<Op>,
}

impl Step {
    /// The HTTP method.
    pub fn method(&self) -> &'static str {
        match self.phase {
            Phase::Invite | Phase::Create | Phase::Add => "POST",
            Phase::Rename
            | Phase::SetPolicies
            | Phase::SetDirectPolicies
            | Phase::ReplaceMembers => "PUT",
            Phase::Remove | Phase::Delete | Phase::RemoveMember => "DELETE",
        }
    }

    /// The path below the base URL, as Cloudflare's API reference has it. A group that is still to be made
    /// stands as `{new group}`.
    pub fn path(&self, account: &AccountId) -> String {
        let group = match &self.target {
            Target::Invitation(_) => return format!("/accounts/{account}/members"),
            Target::Member(member) => return format!("/accounts/{account}/members/{member}"),
            Target::Group(GroupRef::Existing(id)) => id.to_string(),
            Target::Group(GroupRef::Draft(_)) => "{new group}".to_owned(),
        };
        let groups = format!("/accounts/{account}/iam/user_groups");
        match self.phase {
            Phase::Create => groups,
            Phase::Add | Phase::ReplaceMembers => format!("{groups}/{group}/members"),
            Phase::Remove => match self.ops.first().and_then(|op| op.change.member()) {
                Some(member) => format!("{groups}/{group}/members/{member}"),
                None => format!("{groups}/{group}/members"),
            },
            _ => format!("{groups}/{group}"),
        }
    }
}
