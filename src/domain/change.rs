//! A wanted edit, bound to ids.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{AccountId, GroupId, MemberId, PermissionGroupId, PolicyContent, ResourceGroupId};

/// A group that is staged to be created and has no id yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DraftId(pub u32);

/// A group: one that is there, or one that the same plan creates.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GroupRef {
    /// One that is there.
    Existing(GroupId),
    /// One that is staged to be created.
    Draft(DraftId),
}

impl GroupRef {
    /// The id of a group that is there.
    pub fn existing(&self) -> Option<&GroupId> {
        match self {
            Self::Existing(id) => Some(id),
            Self::Draft(_) => None,
        }
    }
}

impl From<GroupId> for GroupRef {
    fn from(id: GroupId) -> Self {
        id.as_draft().map_or_else(|| Self::Existing(id), Self::Draft)
    }
}

/// A policy written by the person. The service gives it an id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PolicyDraft {
    /// Allow or deny; the service is known to refuse deny on groups.
    pub access: super::Access,
    /// What is granted, sorted.
    pub permission_groups: Vec<PermissionGroupId>,
    /// What it is granted on, sorted.
    pub resource_groups: Vec<ResourceGroupId>,
}

/// One policy of a wanted set.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PolicyEdit {
    /// One that is there and that the person didn't touch: it goes back as it came.
    Keep(PolicyContent),
    /// One that the person wrote or rewrote.
    Write(PolicyDraft),
}

/// One wanted edit. Names are carried beside ids so that a change can be shown where its object is gone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Change {
    /// Make a group.
    Create {
        /// How other changes of the same plan name it.
        group: DraftId,
        /// Its name.
        name: Arc<str>,
        /// Its policies.
        policies: Vec<PolicyDraft>,
    },
    /// Give a group another name.
    Rename {
        /// The group.
        group: GroupId,
        /// The name it had when this was staged.
        from: Arc<str>,
        /// The name it is to have.
        to: Arc<str>,
    },
    /// Make a group's policies exactly these.
    SetPolicies {
        /// The group.
        group: GroupId,
        /// The policies it had when this was staged.
        from: Vec<PolicyContent>,
        /// The policies it is to have.
        to: Vec<PolicyEdit>,
    },
    /// Add a member to a group.
    Add {
        /// The group.
        group: GroupRef,
        /// The member.
        member: MemberId,
    },
    /// Remove a member from a group.
    Remove {
        /// The group.
        group: GroupId,
        /// The member.
        member: MemberId,
    },
    /// Delete a group. Its members lose what only it gives; a new group of the same name has another id.
    Delete {
        /// The group.
        group: GroupId,
        /// The name it had when this was staged.
        name: Arc<str>,
    },
}

impl Change {
    /// The group that this change is about.
    pub fn group(&self) -> GroupRef {
        match self {
            Self::Create { group, .. } => GroupRef::Draft(*group),
            Self::Add { group, .. } => group.clone(),
            Self::Rename { group, .. }
            | Self::SetPolicies { group, .. }
            | Self::Remove { group, .. }
            | Self::Delete { group, .. } => GroupRef::Existing(group.clone()),
        }
    }

    /// The member that this change is about, if it is about one.
    pub fn member(&self) -> Option<&MemberId> {
        match self {
            Self::Add { member, .. } | Self::Remove { member, .. } => Some(member),
            _ => None,
        }
    }
}

/// What is staged for one account, as it is kept on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedFor {
    /// The account that the changes belong to; they are never offered for another.
    pub account: AccountId,
    /// The changes, in the order in which they were staged.
    pub changes: Vec<Change>,
}
