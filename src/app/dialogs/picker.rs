//! Which of a few things: a column to sort by, what to edit, permission groups, resource groups, an organization.

use std::collections::BTreeSet;

use crate::app::line::Line;
use crate::app::list::ListState;
use crate::domain::{GroupId, OrganizationId, PermissionGroupId, ResourceGroupId};
use crate::rows::ColumnId;

/// One thing to pick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is called. Made safe already.
    pub name: String,
    /// What it is, in a few words. Made safe already.
    pub detail: String,
    /// What picking it means.
    pub choice: Choice,
}

/// What picking a thing means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Sort by this column.
    Column(ColumnId),
    /// Edit the group's name.
    Rename(GroupId),
    /// Edit the group's policies.
    Policies(GroupId),
    /// This permission group.
    PermissionGroup(PermissionGroupId),
    /// This resource group.
    ResourceGroup(ResourceGroupId),
    /// This organization.
    Organization(OrganizationId),
}

/// The picker.
#[derive(Clone, Debug)]
pub struct Picker {
    /// What is asked.
    pub title: String,
    /// Whether several can be picked.
    pub several: bool,
    /// All things.
    pub items: Vec<Item>,
    /// The things that the line leaves, by their place.
    pub rows: ListState<usize>,
    /// The line that filters.
    pub line: Line,
    /// The things that are picked, by their place.
    pub picked: BTreeSet<usize>,
}
