//! The rows of a snapshot as they are written, and what they are in a directory.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::lines::{hex, write_value};
use crate::domain::{
    Access, Account, AccountId, Coverage, Fault, FaultKind, Gap, Group, GroupId, Member, MemberId,
    MemberStatus, Organization, OrganizationId, OrganizationMember, OrganizationMemberId,
    PermissionGroup, PermissionGroupId, PermissionScope, Policy, ResourceGroup, ResourceGroupId,
    Role, Scope, Standing, TwoFactor, UserId, Zone, ZoneId,
};

/// Why a list is not whole whose first reading was still going on.
pub(super) fn half_read() -> Fault {
    Fault::new(FaultKind::Unanswered, "it was still being read when the snapshot was taken", "")
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountRow {
    pub id: AccountId,
    name: Arc<str>,
    parent: Option<OrganizationId>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganizationRow {
    id: OrganizationId,
    name: Arc<str>,
}

/// How far a list can be trusted.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Known {
    pub standing: Word,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<GapRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Fault>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    #[default]
    Unread,
    Begun,
    Complete,
    Partial,
    Forbidden,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum GapRow {
    SetAside(u32),
    Shifted,
    NoProgress,
    Capped,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PermissionGroupRow {
    id: PermissionGroupId,
    name: Arc<str>,
    label: Arc<str>,
    description: Arc<str>,
    scope: Arc<str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResourceGroupRow {
    id: Option<ResourceGroupId>,
    name: Arc<str>,
    scopes: Vec<Scope>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ZoneRow {
    id: ZoneId,
    name: Arc<str>,
}

/// A policy's key: what its content comes to, so that it is the same in every snapshot.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Key(Arc<str>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyRow {
    pub key: Key,
    #[serde(flatten)]
    content: PolicyContent,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PolicyContent {
    access: Arc<str>,
    permission_groups: Vec<PermissionGroupRow>,
    resource_groups: Vec<ResourceGroupRow>,
}

#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleRow {
    id: PermissionGroupId,
    name: Arc<str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberRow {
    pub id: MemberId,
    user: Option<UserId>,
    pub email: Box<str>,
    name: Box<str>,
    pub status: Option<Box<str>>,
    two_factor: Option<bool>,
    policies: Option<Vec<Key>>,
    roles: Vec<RoleRow>,
    /// Whether the account's list has the member, and not only a group's.
    pub listed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupRow {
    pub id: GroupId,
    name: Arc<str>,
    created_on: Option<Timestamp>,
    modified_on: Option<Timestamp>,
    policies: Option<Vec<Key>>,
    pub read: Known,
    pub members: Vec<MemberId>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganizationMemberRow {
    id: OrganizationMemberId,
    user: Option<UserId>,
    email: Box<str>,
    name: Box<str>,
    status: Option<Box<str>>,
    two_factor: Option<bool>,
    since: Option<Timestamp>,
    updated: Option<Timestamp>,
    meta: Value,
}

/// Policies by their keys.
pub(super) type Policies = HashMap<Key, Arc<Policy>>;

/// Rows whose fields are those of what they stand for.
macro_rules! alike {
    ($($row:ident: $thing:ident { $($field:ident),* })*) => {$(
        impl From<&$thing> for $row {
            fn from(thing: &$thing) -> Self {
                let $thing { $($field),* } = thing.clone();
                Self { $($field),* }
            }
        }

        impl From<$row> for $thing {
            fn from($row { $($field),* }: $row) -> Self {
                Self { $($field),* }
            }
        }
    )*};
}

alike! {
    AccountRow: Account { id, name, parent }
    OrganizationRow: Organization { id, name }
    ResourceGroupRow: ResourceGroup { id, name, scopes }
    ZoneRow: Zone { id, name }
}

impl From<&Coverage> for Known {
    fn from(coverage: &Coverage) -> Self {
        let (standing, gaps, refused) = match &coverage.standing {
            Standing::Unread => (Word::Unread, &[][..], None),
            Standing::Begun => (Word::Begun, &[][..], None),
            Standing::Complete => (Word::Complete, &[][..], None),
            Standing::Partial(gaps) => (Word::Partial, gaps.as_slice(), None),
            Standing::Forbidden(fault) => (Word::Forbidden, &[][..], Some(fault)),
        };
        // The ray names one request: the same refusal has another each time.
        let failed = refused.or(coverage.failed.as_ref()).cloned();
        let failed = failed.map(|fault| Fault { ray: None, ..fault });
        let is_half_read = standing == Word::Begun;
        let failed = failed.or_else(|| is_half_read.then(half_read));
        Self { standing, gaps: gaps.iter().map(GapRow::from).collect(), failed }
    }
}

impl Known {
    pub(super) fn gaps(&self) -> Vec<Gap> {
        let gap = |gap: &GapRow| match gap {
            GapRow::SetAside(number) => Gap::SetAside(*number),
            GapRow::Shifted => Gap::Shifted,
            GapRow::NoProgress => Gap::NoProgress,
            GapRow::Capped => Gap::Capped,
        };
        self.gaps.iter().map(gap).collect()
    }
}

impl From<&Gap> for GapRow {
    fn from(gap: &Gap) -> Self {
        match gap {
            Gap::SetAside(number) => Self::SetAside(*number),
            Gap::Shifted => Self::Shifted,
            Gap::NoProgress => Self::NoProgress,
            Gap::Capped => Self::Capped,
        }
    }
}

impl From<&PermissionGroup> for PermissionGroupRow {
    fn from(group: &PermissionGroup) -> Self {
        let PermissionGroup { id, name, label, description, scope } = group.clone();
        let scope = match scope {
            PermissionScope::Account => "com.cloudflare.api.account".into(),
            PermissionScope::Zone => "com.cloudflare.api.account.zone".into(),
            PermissionScope::Resource(key) => key,
            PermissionScope::Unknown => "".into(),
        };
        Self { id, name, label, description, scope }
    }
}

impl From<PermissionGroupRow> for PermissionGroup {
    fn from(row: PermissionGroupRow) -> Self {
        let PermissionGroupRow { id, name, label, description, scope } = row;
        Self { id, name, label, description, scope: PermissionScope::from_wire(&scope) }
    }
}

impl PolicyRow {
    pub(super) fn of(policy: &Policy) -> io::Result<Self> {
        let content = PolicyContent {
            access: policy.access.as_wire().into(),
            permission_groups: policy.permission_groups.iter().map(|one| (&**one).into()).collect(),
            resource_groups: policy.resource_groups.iter().map(|one| (&**one).into()).collect(),
        };
        let mut text = Vec::new();
        write_value(&mut text, &content)?;
        let sum = Sha256::digest(&text);
        let key = Key(hex(sum.split_at(16).0).into());
        Ok(Self { key, content })
    }

    pub(super) fn policy(self) -> (Key, Policy) {
        let PolicyContent { access, permission_groups, resource_groups } = self.content;
        let policy = Policy {
            access: Access::from_wire(&access),
            permission_groups: permission_groups
                .into_iter()
                .map(|row| Arc::new(row.into()))
                .collect(),
            resource_groups: resource_groups.into_iter().map(|row| Arc::new(row.into())).collect(),
        };
        (self.key, policy)
    }
}

/// A list of policies by their keys, sorted: their order is not the account's to keep.
pub(super) fn keys(
    policies: Option<&Arc<[Arc<Policy>]>>,
    key: impl Fn(&Arc<Policy>) -> Option<Key>,
) -> Option<Vec<Key>> {
    let mut keys: Vec<Key> = policies?.iter().filter_map(key).collect();
    keys.sort();
    Some(keys)
}

fn policies_of(
    keys: Option<Vec<Key>>,
    known: &Policies,
) -> Result<Option<Arc<[Arc<Policy>]>>, String> {
    let Some(keys) = keys else { return Ok(None) };
    let policies = keys.iter().map(|key| known.get(key).cloned());
    policies.collect::<Option<_>>().map(Some).ok_or_else(|| "a policy is missing".to_owned())
}

impl MemberRow {
    pub(super) fn of(member: &Member, policies: Option<Vec<Key>>) -> Self {
        let roles = member.roles.iter();
        let mut roles: Vec<RoleRow> =
            roles.map(|role| RoleRow { id: role.id.clone(), name: role.name.clone() }).collect();
        roles.sort();
        Self {
            id: member.id.clone(),
            user: member.user.clone(),
            email: member.email.clone(),
            name: member.name.clone(),
            status: member.status.as_wire().map(Into::into),
            two_factor: two_factor(member.two_factor),
            policies,
            roles,
            listed: member.listed,
        }
    }

    pub(super) fn member(self, known: &Policies) -> Result<Member, String> {
        let roles = self.roles.into_iter().map(|RoleRow { id, name }| Role { id, name });
        Ok(Member {
            id: self.id,
            user: self.user,
            email: self.email,
            name: self.name,
            status: MemberStatus::from_wire(self.status.as_deref()),
            two_factor: TwoFactor::from_wire(self.two_factor),
            policies: policies_of(self.policies, known)?,
            roles: roles.collect(),
            listed: self.listed,
        })
    }
}

fn two_factor(two_factor: TwoFactor) -> Option<bool> {
    match two_factor {
        TwoFactor::On => Some(true),
        TwoFactor::Off => Some(false),
        TwoFactor::Unknown => None,
    }
}

impl GroupRow {
    pub(super) fn of(
        group: &Group,
        policies: Option<Vec<Key>>,
        read: Known,
        members: Vec<MemberId>,
    ) -> Self {
        Self {
            id: group.id.clone(),
            name: group.name.clone(),
            created_on: group.created_on,
            modified_on: group.modified_on,
            policies,
            read,
            members,
        }
    }

    pub(super) fn group(&mut self, known: &Policies) -> Result<Group, String> {
        Ok(Group {
            id: self.id.clone(),
            name: self.name.clone(),
            created_on: self.created_on,
            modified_on: self.modified_on,
            policies: policies_of(self.policies.take(), known)?,
        })
    }
}

impl From<&OrganizationMember> for OrganizationMemberRow {
    fn from(member: &OrganizationMember) -> Self {
        Self {
            id: member.id.clone(),
            user: member.user.clone(),
            email: member.email.clone(),
            name: member.name.clone(),
            status: member.status.as_wire().map(Into::into),
            two_factor: two_factor(member.two_factor),
            since: member.since,
            updated: member.updated,
            meta: member.meta.clone(),
        }
    }
}

impl From<OrganizationMemberRow> for OrganizationMember {
    fn from(row: OrganizationMemberRow) -> Self {
        Self {
            id: row.id,
            user: row.user,
            email: row.email,
            name: row.name,
            status: MemberStatus::from_wire(row.status.as_deref()),
            two_factor: TwoFactor::from_wire(row.two_factor),
            since: row.since,
            updated: row.updated,
            meta: row.meta,
        }
    }
}
