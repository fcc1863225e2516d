//! A wanted edit, bound to ids.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    AccountId, GroupId, MemberId, PermissionGroupId, PolicyContent, ResourceGroupId, ResourceKey,
    Scope,
};

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

/// What a call writes to. Two calls never write to the same at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Target {
    /// The invitation of a person who is in no list yet, by the e-mail in lower case.
    Invitation(Arc<str>),
    /// A group.
    Group(GroupRef),
    /// A member of the account.
    Member(MemberId),
}

impl Target {
    /// The group that is written to, if it is one.
    pub fn group(&self) -> Option<&GroupRef> {
        match self {
            Self::Group(group) => Some(group),
            Self::Invitation(_) | Self::Member(_) => None,
        }
    }

    /// The id of the group that is written to, if it is one that is there.
    pub fn existing_group(&self) -> Option<&GroupId> {
        self.group().and_then(GroupRef::existing)
    }
}

impl From<GroupRef> for Target {
    fn from(group: GroupRef) -> Self {
        Self::Group(group)
    }
}

impl From<GroupId> for Target {
    fn from(group: GroupId) -> Self {
        Self::Group(group.into())
    }
}

impl From<MemberId> for Target {
    fn from(member: MemberId) -> Self {
        Self::Member(member)
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
    /// What it is granted on besides that has no id, by the scopes, sorted. Only what was there once is written so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Vec<Scope>>,
}

impl PolicyDraft {
    /// A policy that was there, as it is written anew.
    pub fn again(content: &PolicyContent) -> Self {
        let (mut resource_groups, mut scopes) = (Vec::new(), Vec::new());
        for key in &content.resource_groups {
            match key {
                ResourceKey::Id(id) => resource_groups.push(id.clone()),
                ResourceKey::Scopes(these) => scopes.push(these.clone()),
            }
        }
        let PolicyContent { access, permission_groups, .. } = content.clone();
        Self { access, permission_groups, resource_groups, scopes }
    }

    /// What it says, as policies are compared.
    pub fn content(&self) -> PolicyContent {
        let mut permission_groups = self.permission_groups.clone();
        permission_groups.sort();
        permission_groups.dedup();
        let ids = self.resource_groups.iter().cloned().map(ResourceKey::Id);
        let scopes = self.scopes.iter().cloned().map(ResourceKey::Scopes);
        let mut resource_groups: Vec<ResourceKey> = ids.chain(scopes).collect();
        resource_groups.sort();
        resource_groups.dedup();
        PolicyContent { access: self.access.clone(), permission_groups, resource_groups }
    }
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
    /// Invite a person to the account. Nothing else can be done with them before they have an id.
    Invite {
        /// Whom.
        email: Arc<str>,
        /// What the invitation gives once it is accepted.
        policies: Vec<PolicyDraft>,
    },
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
    /// Make the policies that a member holds directly exactly these.
    SetDirectPolicies {
        /// The member.
        member: MemberId,
        /// The direct policies that the member had when this was staged.
        from: Vec<PolicyContent>,
        /// The direct policies that the member is to have.
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
    /// Make a group's members exactly these in one call, which removes whoever is not named.
    ReplaceMembers {
        /// The group.
        group: GroupId,
        /// The members that it had when this was staged, sorted.
        from: Vec<MemberId>,
        /// The members that it is to have, sorted.
        to: Vec<MemberId>,
    },
    /// Delete a group. Its members lose what only it gives; a new group of the same name has another id.
    Delete {
        /// The group.
        group: GroupId,
        /// The name it had when this was staged.
        name: Arc<str>,
    },
    /// Remove a member from the account, or take an invitation back. Only a new invitation brings the person back.
    RemoveMember {
        /// The member.
        member: MemberId,
        /// The e-mail: nothing else tells who it was once the member is gone.
        email: Arc<str>,
        /// Whether the invitation had not been accepted when this was staged.
        pending: bool,
    },
}

impl Change {
    /// What this change writes to.
    pub fn target(&self) -> Target {
        match self {
            Self::Invite { email, .. } => Target::Invitation(email.to_lowercase().into()),
            Self::Create { group, .. } => GroupRef::Draft(*group).into(),
            Self::Add { group, .. } => group.clone().into(),
            Self::Rename { group, .. }
            | Self::SetPolicies { group, .. }
            | Self::Remove { group, .. }
            | Self::ReplaceMembers { group, .. }
            | Self::Delete { group, .. } => GroupRef::Existing(group.clone()).into(),
            Self::SetDirectPolicies { member, .. } | Self::RemoveMember { member, .. } => {
                member.clone().into()
            }
        }
    }

    /// The group that this change is about, if it is about one.
    pub fn group(&self) -> Option<GroupRef> {
        self.target().group().cloned()
    }

    /// Whether somebody may lose something by it.
    pub fn may_take(&self) -> bool {
        match self {
            Self::Remove { .. }
            | Self::ReplaceMembers { .. }
            | Self::Delete { .. }
            | Self::SetPolicies { .. }
            | Self::SetDirectPolicies { .. }
            | Self::RemoveMember { .. } => true,
            Self::Invite { .. } | Self::Create { .. } | Self::Rename { .. } | Self::Add { .. } => {
                false
            }
        }
    }

    /// The member that this change is about, if it is about one.
    pub fn member(&self) -> Option<&MemberId> {
        match self {
            Self::Add { member, .. }
            | Self::Remove { member, .. }
            | Self::SetDirectPolicies { member, .. }
            | Self::RemoveMember { member, .. } => Some(member),
            Self::Invite { .. }
            | Self::Create { .. }
            | Self::Rename { .. }
            | Self::SetPolicies { .. }
            | Self::ReplaceMembers { .. }
            | Self::Delete { .. } => None,
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
