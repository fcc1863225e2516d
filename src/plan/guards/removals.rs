//! Guards about groups that lose many members, or all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::{Change, Collection, Directory, GroupId};
use crate::plan::{Op, Plan};
use crate::text;

use super::sight::{Sight, capped};
use super::{Asks, Guard, GuardName};

/// So many people may leave a group whatever share of it they are.
const FEW: usize = 3;
/// So many may leave, over all groups, however large these are.
const MANY: usize = 500;

/// A group that members leave.
struct Leaving {
    name: Arc<str>,
    leave: usize,
    join: usize,
    /// How many are known to be in it.
    known: usize,
    /// Whether these are all.
    is_whole: bool,
    is_deleted: bool,
}

/// The groups that members leave by a plan: one by one, with the group, or with the account.
pub(super) struct Emptied {
    groups: BTreeMap<GroupId, Leaving>,
    /// How many are removed from the account.
    removed: usize,
}

impl Emptied {
    pub(super) fn of(sight: &Sight<'_>) -> Self {
        let Sight { plan, directory, altered, touched, .. } = sight;
        let deleted: BTreeSet<&GroupId> = plan
            .ops()
            .filter_map(|op| match &op.change {
                Change::Delete { group, .. } => Some(group),
                _ => None,
            })
            .collect();
        let mut groups: BTreeMap<GroupId, Leaving> = BTreeMap::new();
        for member in touched {
            let (was, is) = altered.groups(directory, member);
            for group in was.difference(&is) {
                let leaving = groups.entry(group.clone());
                leaving.or_insert_with(|| Leaving::new(group, plan, directory)).leave += 1;
            }
            for group in is.difference(&was) {
                let joined = groups.entry(group.clone());
                joined.or_insert_with(|| Leaving::new(group, plan, directory)).join += 1;
            }
        }
        groups.retain(|_, group| group.leave > 0);
        for (id, group) in &mut groups {
            group.is_deleted = deleted.contains(id);
        }
        let removed = |op: &&Op| matches!(op.change, Change::RemoveMember { .. });
        let removed = plan.ops().filter(removed).count();
        Self { groups, removed }
    }

    /// The groups that members leave, but for those that are joined as well.
    pub(super) fn groups(&self) -> impl Iterator<Item = &GroupId> {
        let left = self.groups.iter().filter(|(_, group)| group.join == 0 || group.leave > FEW);
        left.map(|(id, _)| id)
    }

    /// Whether so many leave a group that its size decides whether these are too many.
    pub(super) fn may_be_many(&self, group: &GroupId) -> bool {
        self.groups.get(group).is_some_and(|group| group.leave > FEW || group.is_deleted)
    }

    /// Stands where more than a quarter of a group leaves, and more than three people; or more than 500 in all.
    /// Where the size of a group isn't known, more than three are taken to be too many.
    pub(super) fn many_removals(&self) -> Option<Guard> {
        let all: usize = self.groups.values().map(|group| group.leave).sum();
        let counted = |group: &&Leaving| all > MANY || group.is_much();
        let groups: Vec<&Leaving> = self.groups.values().filter(counted).collect();
        let removals: usize = groups.iter().map(|group| group.leave).sum();
        let removed = if self.removed > MANY { self.removed } else { 0 };
        if groups.is_empty() && removed == 0 {
            return None;
        }
        let mut rows: Vec<String> = groups.iter().map(|group| group.words()).collect();
        if removed > 0 {
            rows.push(format!("the account: {} members", text::count(removed)));
        }
        let removals = removals.max(removed);
        let asks = match groups.as_slice() {
            // The deletion asks for the same.
            [only] if only.is_deleted => Asks::deletion(std::slice::from_ref(&only.name)),
            _ => Asks::text(format!("{removals} removals")),
        };
        Some(Guard {
            name: GuardName::ManyRemovals,
            words: format!("takes {} memberships away", text::count(removals)),
            rows: capped(rows),
            asks,
        })
    }

    /// Stands where a group that is not deleted is left without members.
    pub(super) fn last_member(&self) -> Option<Guard> {
        let groups: Vec<&Leaving> =
            self.groups.values().filter(|group| group.may_be_empty()).collect();
        if groups.is_empty() {
            return None;
        }
        let names: Vec<Arc<str>> = groups.iter().map(|group| group.name.clone()).collect();
        let row = |group: &&Leaving| {
            if group.is_whole {
                format!("{}: nobody is left", group.name)
            } else {
                format!("{}: its members have not all been read", group.name)
            }
        };
        Some(Guard {
            name: GuardName::LastMember,
            words: "leaves a group without members".to_owned(),
            rows: capped(groups.iter().map(row).collect()),
            asks: Asks::name_or_count(&names, "group"),
        })
    }
}

impl Leaving {
    fn new(group: &GroupId, plan: &Plan, directory: &Directory) -> Self {
        let known = directory.groups().get(group).map(|known| known.name.clone());
        Self {
            name: known.unwrap_or_else(|| plan.names.group(&group.clone().into())),
            leave: 0,
            join: 0,
            known: directory.members_of(group).len(),
            is_whole: directory.coverage(&Collection::GroupMembers(group.clone())).is_whole(),
            is_deleted: false,
        }
    }

    fn is_much(&self) -> bool {
        self.leave > FEW && (!self.is_whole || self.leave * 4 > self.known)
    }

    fn may_be_empty(&self) -> bool {
        !self.is_deleted && self.join == 0 && self.known <= self.leave
    }

    fn words(&self) -> String {
        let (name, leave) = (&self.name, text::count(self.leave));
        match (self.is_whole, self.is_deleted) {
            (true, true) => format!("{name}: all {leave} members, as it is deleted"),
            (true, false) => format!("{name}: {leave} of {} members", text::count(self.known)),
            (false, _) => format!("{name}: {leave} members; how many it has has not been read"),
        }
    }
}
