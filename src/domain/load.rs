//! What reading brings to a [`Directory`](super::Directory).

use jiff::Timestamp;

use super::{
    Collection, Fault, Gap, Group, GroupId, Member, MemberId, MemberStatus, OrganizationMember,
    PermissionGroup, ResourceGroup, Zone,
};

/// One walk over a list; a second walk over the same list has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WalkId(pub u64);

/// One entry of a group's member list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The member.
    pub member: MemberId,
    /// The e-mail; empty if the answer had none.
    pub email: Box<str>,
    /// Where the invitation stands; live answers have none.
    pub status: MemberStatus,
}

/// Rows of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// Members of the account.
    Members(Vec<Member>),
    /// Groups.
    Groups(Vec<Group>),
    /// Members of one group.
    GroupMembers(GroupId, Vec<Membership>),
    /// Permission groups.
    PermissionGroups(Vec<PermissionGroup>),
    /// Resource groups.
    ResourceGroups(Vec<ResourceGroup>),
    /// Zones.
    Zones(Vec<Zone>),
    /// Members of the organization.
    OrganizationMembers(Vec<OrganizationMember>),
}

/// What reading brings, in the order in which it is to be absorbed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// A walk over a list begins (again).
    Begun {
        /// The list.
        collection: Collection,
        /// The walk.
        walk: WalkId,
    },
    /// A page of a walk.
    Page {
        /// The walk.
        walk: WalkId,
        /// Its rows.
        page: Page,
        /// How many rows the service has promised for the whole walk, if it said.
        of: Option<u32>,
        /// How many items of this page could not be read and were set aside.
        set_aside: u32,
    },
    /// A walk has come to the list's end; rows that it did not bring are gone.
    Ended {
        /// The list.
        collection: Collection,
        /// The walk.
        walk: WalkId,
        /// Why the list is not complete; empty if it is.
        gaps: Vec<Gap>,
    },
    /// A walk failed; the rows that are here stay.
    Failed {
        /// The list.
        collection: Collection,
        /// The walk.
        walk: WalkId,
        /// Why.
        fault: Fault,
    },
    /// Single rows, read afresh outside a walk.
    Rows(Page),
    /// A group that is known to be gone.
    GroupGone(GroupId),
    /// A member who is known to be in the account no longer.
    MemberGone(MemberId),
    /// A single membership, read afresh.
    Membership {
        /// The group.
        group: GroupId,
        /// The member.
        member: MemberId,
        /// Whether the member is in the group.
        present: bool,
        /// Since when, where the service says it.
        since: Option<Timestamp>,
    },
}

impl Page {
    /// The list that this page is of.
    pub fn collection(&self) -> Collection {
        match self {
            Self::Members(_) => Collection::Members,
            Self::Groups(_) => Collection::Groups,
            Self::GroupMembers(group, _) => Collection::GroupMembers(group.clone()),
            Self::PermissionGroups(_) => Collection::PermissionGroups,
            Self::ResourceGroups(_) => Collection::ResourceGroups,
            Self::Zones(_) => Collection::Zones,
            Self::OrganizationMembers(_) => Collection::OrganizationMembers,
        }
    }
}
