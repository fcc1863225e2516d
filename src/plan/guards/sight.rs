//! What guards look at: the plan, the account before and after it, and what of that could not be seen.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::access::Altered;
use crate::domain::{Change, Collection, Directory, GroupId, Member, MemberId};
use crate::plan::Plan;

use super::Rules;

/// How many rows a guard names before it counts the others.
const NAMED: usize = 20;

/// What guards look at.
pub(super) struct Sight<'s> {
    pub(super) plan: &'s Plan,
    pub(super) directory: &'s Directory,
    pub(super) rules: &'s Rules,
    pub(super) altered: Altered,
    /// Everybody whom the plan touches, as far as it is known.
    pub(super) touched: BTreeSet<MemberId>,
    /// The groups by which somebody may lose something: left, deleted, or with other policies.
    pub(super) taking: BTreeSet<GroupId>,
}

impl<'s> Sight<'s> {
    pub(super) fn new(plan: &'s Plan, directory: &'s Directory, rules: &'s Rules) -> Self {
        let altered = Altered::of(directory, plan.ops().map(|op| &op.change));
        let touched = altered.touched(directory);
        let taking = plan.ops().filter_map(|op| taking(&op.change)).collect();
        Self { plan, directory, rules, altered, touched, taking }
    }

    pub(super) fn member(&self, id: &MemberId) -> Option<&'s Member> {
        self.directory.members().get(id)
    }

    /// A member's e-mail; the id where it isn't known.
    pub(super) fn email(&self, id: &MemberId) -> Arc<str> {
        let known = self.member(id).map(|row| &*row.email).filter(|email| !email.is_empty());
        known.map_or_else(|| self.plan.names.member(id), Arc::from)
    }

    /// A group's name; the id where it isn't known.
    pub(super) fn group(&self, id: &GroupId) -> Arc<str> {
        let known = self.directory.groups().get(id).map(|group| group.name.clone());
        known
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| self.plan.names.group(&id.clone().into()))
    }

    /// Whether everybody in a group is known.
    pub(super) fn is_read(&self, group: &GroupId) -> bool {
        self.directory.coverage(&Collection::GroupMembers(group.clone())).is_complete()
    }

    /// Whether what a group grants is known.
    pub(super) fn policies_known(&self, group: &GroupId) -> bool {
        self.directory.groups().get(group).is_some_and(|group| group.policies.is_some())
    }
}

/// The group by which a change may take something from somebody.
pub(super) fn taking(change: &Change) -> Option<GroupId> {
    change.target().existing_group().filter(|_| change.may_take()).cloned()
}

/// Rows, the last of which counts those for which there is no room.
pub(super) fn capped(mut rows: Vec<String>) -> Vec<String> {
    let more = rows.len().saturating_sub(NAMED);
    if more > 1 {
        rows.truncate(NAMED);
        rows.push(format!("and {more} more"));
    }
    rows
}
