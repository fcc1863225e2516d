//! A group's page: its members, its policies.

use crate::app::policies::{PolicyPane, Subject};
use crate::app::table::Table;
use crate::domain::GroupId;
use crate::rows;

/// Which pane has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupPane {
    /// The members.
    Members,
    /// The policies.
    Policies,
}

/// A group's page; also of one that is staged to be created.
#[derive(Clone, Debug)]
pub struct GroupScreen {
    /// The group.
    pub group: GroupId,
    /// Which pane has the keys.
    pub pane: GroupPane,
    /// The members.
    pub members: Table,
    /// The policies.
    pub policies: PolicyPane,
}

impl GroupScreen {
    /// The page of a group.
    pub fn new(group: GroupId) -> Self {
        Self {
            pane: GroupPane::Members,
            members: Table::new(rows::List::GroupMembers(group.clone())),
            policies: PolicyPane::new(Subject::Group(group.clone())),
            group,
        }
    }
}
