//! The pieces of a plan: operations, and the calls that carry them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{AccountId, Change, GroupRef};

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
    /// Make a group.
    Create,
    /// Give a group another name.
    Rename,
    /// Set a group's policies.
    SetPolicies,
    /// Add members to a group.
    Add,
    /// Remove a member from a group.
    Remove,
    /// Delete a group.
    Delete,
}

impl Phase {
    /// When a change is carried out.
    pub fn of(change: &Change) -> Self {
        match change {
            Change::Create { .. } => Self::Create,
            Change::Rename { .. } => Self::Rename,
            Change::SetPolicies { .. } => Self::SetPolicies,
            Change::Add { .. } => Self::Add,
            Change::Remove { .. } => Self::Remove,
            Change::Delete { .. } => Self::Delete,
        }
    }

    /// Whether a call of this kind sets a whole value, so that repeating it could overwrite what someone
    /// else has set since.
    pub fn overwrites(self) -> bool {
        matches!(self, Self::Rename | Self::SetPolicies | Self::Delete)
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

impl Span {
    /// Whether a moment lies in it.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at <= self.to
    }
}

/// One call: 1 to [`BATCH`] operations of one group and one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its place in the plan.
    pub id: StepId,
    /// What it does.
    pub phase: Phase,
    /// The group that it does it to.
    pub group: GroupRef,
    /// The operations that it carries.
    pub ops: Vec<Op>,
}

impl Step {
    /// The HTTP method.
    pub fn method(&self) -> &'static str {
        match self.phase {
            Phase::Create | Phase::Add => "POST",
            Phase::Rename | Phase::SetPolicies => "PUT",
            Phase::Remove | Phase::Delete => "DELETE",
        }
    }

    /// The path below the base URL, as Cloudflare's API reference has it. A group that is still to be made
    /// stands as `{new group}`.
    pub fn path(&self, account: &AccountId) -> String {
        let groups = format!("/accounts/{account}/iam/user_groups");
        let group = match &self.group {
            GroupRef::Existing(id) => id.to_string(),
            GroupRef::Draft(_) => "{new group}".to_owned(),
        };
        match self.phase {
            Phase::Create => groups,
            Phase::Rename | Phase::SetPolicies | Phase::Delete => format!("{groups}/{group}"),
            Phase::Add => format!("{groups}/{group}/members"),
            Phase::Remove => match self.ops.first().and_then(|op| op.change.member()) {
                Some(member) => format!("{groups}/{group}/members/{member}"),
                None => format!("{groups}/{group}/members"),
            },
        }
    }
}
