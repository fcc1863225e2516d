//! Which groups, or which members: filters as one types, and shows who is already in.

use std::collections::BTreeSet;

use crate::app::table::Table;
use crate::domain::{GroupId, MemberId, Slot};

use super::Pasted;

/// What the picked rows are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Toward {
    /// Groups that these members are to be added to.
    AddToGroups(Vec<MemberId>),
    /// Groups that these members are to be removed from.
    RemoveFromGroups(Vec<MemberId>),
    /// Members that are to be added to these groups.
    AddMembers(Vec<GroupId>),
    /// Members that are to be removed from this group.
    RemoveMembers(GroupId),
}

/// How many of those that the picker is about are in already, what is staged counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// All.
    All,
    /// This many, not all.
    Some(usize),
    /// None.
    None,
    /// Not known: the member list has not been read.
    Unknown,
}

/// The picker.
#[derive(Clone, Debug)]
pub struct TablePicker {
    /// What the picked rows are for.
    pub toward: Toward,
    /// The rows, and the line that filters them.
    pub table: Table,
    /// The rows that are picked.
    pub picked: BTreeSet<Slot>,
    /// What a pasted list came to.
    pub pasted: Option<Pasted>,
}
