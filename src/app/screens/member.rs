//! A member's page: who it is, its groups, its policies.

use crate::app::policies::{PolicyPane, Subject};
use crate::app::table::Table;
use crate::domain::MemberId;
use crate::rows;

/// Which pane has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberPane {
    /// The groups.
    Groups,
    /// The policies.
    Policies,
}

/// A member's page.
#[derive(Clone, Debug)]
pub struct MemberScreen {
    /// The member.
    pub member: MemberId,
    /// Which pane has the keys.
    pub pane: MemberPane,
    /// The groups.
    pub groups: Table,
    /// The policies.
    pub policies: PolicyPane,
}

impl MemberScreen {
    /// The page of a member.
    pub fn new(member: MemberId) -> Self {
        Self {
            pane: MemberPane::Groups,
            groups: Table::new(rows::List::MemberGroups(member.clone())),
            policies: PolicyPane::new(Subject::Member(member.clone())),
            member,
        }
    }
}
