//! A name for a group, or an account's id.

use crate::app::line::Line;
use crate::domain::GroupId;

/// What the name is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameOf {
    /// A group that is to be created.
    NewGroup,
    /// A group that is to get another name, or one that is staged to be created.
    Group(GroupId),
    /// An account, by id, where the credential lists none.
    Account,
}

/// A line for a name.
#[derive(Clone, Debug)]
pub struct Naming {
    /// What it is of.
    pub of: NameOf,
    /// What was typed.
    pub line: Line,
    /// Why what was typed won't do; shown until it is changed.
    pub fault: Option<String>,
}
