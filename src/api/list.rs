//! The lists that can be walked.

use crate::domain::{AccountId, Collection, GroupId, OrganizationId};

/// A list to be walked to its end. A list with a filter is only a part of its [`Collection`]: absorb it into a
/// `Directory` of its own, or the rows that the filter leaves out count as gone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// Members of an account.
    Members {
        /// The account.
        account: AccountId,
        /// Only those with this status (`accepted`, `pending`, `rejected`).
        status: Option<String>,
        /// How they are ordered.
        order: MemberOrder,
    },
    /// Groups of an account, by name.
    Groups {
        /// The account.
        account: AccountId,
        /// Only those whose name contains this.
        fuzzy_name: Option<String>,
        /// Only the one with exactly this name.
        name: Option<String>,
        /// Only the one with this id.
        id: Option<GroupId>,
        /// By name, up or down.
        direction: Direction,
    },
    /// Members of a group, by e-mail.
    GroupMembers {
        /// The account.
        account: AccountId,
        /// The group.
        group: GroupId,
        /// Only those whose e-mail contains this.
        fuzzy_email: Option<String>,
        /// By e-mail, up or down.
        direction: Direction,
    },
    /// The catalogue of permission groups.
    PermissionGroups {
        /// The account.
        account: AccountId,
    },
    /// The catalogue of resource groups.
    ResourceGroups {
        /// The account.
        account: AccountId,
    },
    /// The account's zones, for their names.
    Zones {
        /// The account.
        account: AccountId,
    },
    /// Members of an organization.
    OrganizationMembers {
        /// The organization.
        organization: OrganizationId,
        /// Only those with one of these statuses (`active`, `pending`, `rejected`, `canceled`); empty for all.
        status: Vec<String>,
        /// Only those whose e-mail contains this.
        email_contains: Option<String>,
    },
}

/// How the service is asked to order members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum MemberOrder {
    /// By e-mail: the order that stays the same from page to page.
    #[default]
    Email,
    /// By e-mail, downwards.
    EmailDescending,
    /// By given name.
    FirstName,
    /// By family name.
    LastName,
    /// By status.
    Status,
}

/// Up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// `asc`.
    #[default]
    Ascending,
    /// `desc`.
    Descending,
}

impl List {
    /// All members of an account.
    pub fn members(account: AccountId) -> Self {
        Self::Members { account, status: None, order: MemberOrder::default() }
    }

    /// All groups of an account.
    pub fn groups(account: AccountId) -> Self {
        let direction = Direction::default();
        Self::Groups { account, fuzzy_name: None, name: None, id: None, direction }
    }

    /// All members of a group.
    pub fn group_members(account: AccountId, group: GroupId) -> Self {
        Self::GroupMembers { account, group, fuzzy_email: None, direction: Direction::default() }
    }

    /// All members of an organization.
    pub fn organization_members(organization: OrganizationId) -> Self {
        Self::OrganizationMembers { organization, status: Vec::new(), email_contains: None }
    }

    /// The list that a `Directory` knows this as.
    pub fn collection(&self) -> Collection {
        match self {
            Self::Members { .. } => Collection::Members,
            Self::Groups { .. } => Collection::Groups,
            Self::GroupMembers { group, .. } => Collection::GroupMembers(group.clone()),
            Self::PermissionGroups { .. } => Collection::PermissionGroups,
            Self::ResourceGroups { .. } => Collection::ResourceGroups,
            Self::Zones { .. } => Collection::Zones,
            Self::OrganizationMembers { .. } => Collection::OrganizationMembers,
        }
    }
}
