//! Policies: what they grant, and on what.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{PermissionGroupId, ResourceGroupId};

/// A policy's effect, as the API says it. How deny and allow combine is not documented.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Access {
    /// `allow`.
    Allow,
    /// `deny`.
    Deny,
    /// A word that is not known here, kept as it came; empty if there was none.
    Other(Arc<str>),
}

impl Access {
    /// Takes the API's word.
    pub fn from_wire(word: &str) -> Self {
        match word {
            "allow" => Self::Allow,
            "deny" => Self::Deny,
            other => Self::Other(other.into()),
        }
    }

    /// The API's word.
    pub fn as_wire(&self) -> &str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Other(word) => word,
        }
    }
}

/// A permission group: a named bundle of rights which a policy grants.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PermissionGroup {
    /// Its id: differs between environments but for two; see [`PermissionGroupId`].
    pub id: PermissionGroupId,
    /// Its name; empty if the answer had none.
    pub name: Arc<str>,
    /// `meta.label`, its machine name such as `dns_admin`; empty if the answer had none.
    pub label: Arc<str>,
    /// `meta.description`; empty if the answer had none.
    pub description: Arc<str>,
    /// Which kind of scope it works on.
    pub scope: PermissionScope,
}

/// The kind of scope that a permission group works on (`meta.scopes`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PermissionScope {
    /// The whole account (`com.cloudflare.api.account`).
    Account,
    /// Zones (`com.cloudflare.api.account.zone`).
    Zone,
    /// Another key, kept as it came.
    Resource(Arc<str>),
    /// The answer had none.
    Unknown,
}

impl PermissionScope {
    /// Takes `meta.scopes`.
    pub fn from_wire(key: &str) -> Self {
        match key {
            "" => Self::Unknown,
            "com.cloudflare.api.account" => Self::Account,
            "com.cloudflare.api.account.zone" => Self::Zone,
            other => Self::Resource(other.into()),
        }
    }
}

/// One scope: a container and what is meant in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Scope {
    /// The container's key, such as `com.cloudflare.api.account.<account id>`.
    pub key: Arc<str>,
    /// The objects' keys, sorted: `*` for the whole container, `com.cloudflare.api.account.zone.<zone id>` for a zone.
    pub objects: Vec<Arc<str>>,
}

/// A resource group: a list of scopes, with a name unless it was made for a single policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceGroup {
    /// Its id; an anonymous one inside a policy may have none.
    pub id: Option<ResourceGroupId>,
    /// Its name; empty if it has none. Not unique.
    pub name: Arc<str>,
    /// Its scopes, sorted.
    pub scopes: Vec<Scope>,
}

/// What a policy of a member or a group says: every permission group on every resource group. Policy ids are
/// not kept: the service makes new ones at each write, and two policies are the same when their content is.
/// The order of permission groups and resource groups is not the service's to keep; both are sorted by id here.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Policy {
    /// The effect.
    pub access: Access,
    /// What is granted.
    pub permission_groups: Vec<Arc<PermissionGroup>>,
    /// What it is granted on.
    pub resource_groups: Vec<Arc<ResourceGroup>>,
}

impl Policy {
    /// Whether both say the same: by ids, or by scopes where a resource group has no id; names don't count.
    pub fn same_as(&self, other: &Self) -> bool {
        self.content() == other.content()
    }

    /// What two policies are compared by.
    pub fn content(&self) -> PolicyContent {
        let mut permission_groups: Vec<_> =
            self.permission_groups.iter().map(|p| p.id.clone()).collect();
        permission_groups.sort();
        permission_groups.dedup();
        let mut resource_groups: Vec<_> =
            self.resource_groups.iter().map(|r| ResourceKey::of(r)).collect();
        resource_groups.sort();
        resource_groups.dedup();
        PolicyContent { access: self.access.clone(), permission_groups, resource_groups }
    }

    /// Why this policy can't be sent back to the service; `None` if it can.
    pub fn unsendable(&self) -> Option<&'static str> {
        self.resource_groups
            .iter()
            .any(|r| r.id.is_none() && r.scopes.is_empty())
            .then_some("a policy names a resource group that has neither an id nor a scope")
    }
}

/// A policy's content as it is compared: order and names don't count.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PolicyContent {
    /// The effect.
    pub access: Access,
    /// The permission groups' ids, sorted.
    pub permission_groups: Vec<PermissionGroupId>,
    /// The resource groups, sorted.
    pub resource_groups: Vec<ResourceKey>,
}

/// What tells one resource group of a policy from another: its id, or its scopes where it has none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ResourceKey {
    /// By id.
    Id(ResourceGroupId),
    /// By scopes, sorted.
    Scopes(Vec<Scope>),
}

impl ResourceKey {
    fn of(group: &ResourceGroup) -> Self {
        group.id.clone().map_or_else(|| Self::Scopes(group.scopes.clone()), Self::Id)
    }
}
