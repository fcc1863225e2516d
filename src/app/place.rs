//! Where the person is: a tab with its own list, and what was opened above it.

use std::sync::Arc;

use crate::access::Question;
use crate::domain::{GroupId, MemberId, OrganizationMemberId, PolicyContent};
use crate::plan::RunId;

use super::screens::{Screen, Side};

/// The screens that have a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tab {
    /// 1
    Members,
    /// 2
    Groups,
    /// 3
    Access,
    /// 4
    Findings,
    /// 6
    Changes,
    /// 7
    Organization,
}

impl Tab {
    /// The tabs, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Members,
        Self::Groups,
        Self::Access,
        Self::Findings,
        Self::Changes,
        Self::Organization,
    ];

    /// Its number, which is its key.
    pub fn number(self) -> u8 {
        match self {
            Self::Members => 1,
            Self::Groups => 2,
            Self::Access => 3,
            Self::Findings => 4,
            Self::Changes => 6,
            Self::Organization => 7,
        }
    }

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Members => "Members",
            Self::Groups => "Groups",
            Self::Access => "Access",
            Self::Findings => "Findings",
            Self::Changes => "Changes",
            Self::Organization => "Organization",
        }
    }
}

/// A screen, named by what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// A tab's own list.
    Tab(Tab),
    /// A member.
    Member(MemberId),
    /// A group.
    Group(GroupId),
    /// A member of the organization.
    OrganizationMember(OrganizationMemberId),
    /// The proof that a member can do what was asked.
    Proof(Question, MemberId),
    /// What a member may do where.
    Effective(MemberId),
    /// Two members, or a member and what all of a group hold.
    Compare(Side, Side),
    /// Who has what only through a group, or only through this policy of it.
    OnlyHere(GroupId, Option<PolicyContent>),
    /// A finding, by its key.
    Finding(Arc<str>),
    /// What is staged, as a plan.
    Plan,
    /// A run.
    Run(RunId),
    /// Requests as they happened.
    Requests,
    /// The accounts to choose from.
    Accounts,
}

/// A tab and what was opened above its list, the last on top.
#[derive(Clone, Debug)]
pub struct Place {
    /// The tab.
    pub tab: Tab,
    /// What was opened above its list.
    pub above: Vec<Screen>,
}
