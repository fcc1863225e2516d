//! A group's policies, edited: access, permission groups and resource groups from the account's catalogues.

use crate::app::list::ListState;
use crate::domain::{GroupId, PolicyContent, PolicyDraft};

use super::Picker;

/// One policy in the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditedPolicy {
    /// One that is there and was not touched: it goes back as it came.
    Kept(PolicyContent),
    /// One that was written or rewritten.
    Written(PolicyDraft),
}

/// What is being picked for a policy.
#[derive(Clone, Debug)]
pub enum Stage {
    /// Nothing: the policies are listed.
    List,
    /// Permission groups for the policy at this place (the number of policies: a new one).
    PermissionGroups(usize, Picker),
    /// Resource groups for it; the draft holds what was picked so far.
    ResourceGroups(usize, PolicyDraft, Picker),
}

/// The editor.
#[derive(Clone, Debug)]
pub struct PolicyEditor {
    /// The group.
    pub group: GroupId,
    /// The policies that it had when the editor was opened.
    pub base: Vec<PolicyContent>,
    /// The policies as edited.
    pub policies: Vec<EditedPolicy>,
    /// The cursor, by place.
    pub rows: ListState<usize>,
    /// What is being picked.
    pub stage: Stage,
    /// Why the last key could not be followed.
    pub fault: Option<String>,
}
