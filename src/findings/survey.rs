//! An account looked over once for all rules. What members share is looked at once: of 10,000 members most hold one of
//! a few hundred policy lists, and are in one of a few hundred sets of groups.

use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;
use std::sync::Arc;

use crate::access::{Highest, Levels, Reach, level_of, reaches};
use crate::domain::{Access, Directory, Group, Member, PermissionGroupId, Policy, Slot};

/// One permission group on one thing, as a policy grants it.
pub(super) type Granted = (Access, PermissionGroupId, Reach);

/// A policy list, and everybody who holds just this one.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub policies: Arc<[Arc<Policy>]>,
    /// The members who hold it directly.
    pub members: Vec<Slot>,
    /// The groups that grant it.
    pub groups: Vec<Slot>,
    /// What each of its policies grants.
    pub granted: Vec<BTreeSet<Granted>>,
}

impl List {
    /// What it grants, whichever policy does.
    pub fn all(&self) -> BTreeSet<&Granted> {
        self.granted.iter().flatten().collect()
    }
}

/// A policy list with a set of groups beside it, and everybody who holds just these.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    /// The list's place.
    pub list: usize,
    pub groups: Box<[Slot]>,
    pub members: Vec<Slot>,
}

/// What was seen when an account was looked over: it can be kept while the account stays as it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub lists: Vec<List>,
    pub pairs: Vec<Pair>,
    /// By the group's slot: the place of its list.
    of_group: HashMap<Slot, usize>,
    /// By the member's place: the highest access that is certain.
    least: Vec<Highest>,
    /// How many policy lists were read through.
    #[cfg(test)]
    pub read: usize,
}

impl Seen {
    /// Looks an account over.
    pub fn of(directory: &Directory) -> Self {
        let mut seen = Self::default();
        let (mut places, mut pairs) = (HashMap::new(), HashMap::new());
        let mut levels = Levels::new(directory);
        for (slot, group) in existing(directory) {
            let Some(policies) = &group.policies else { continue };
            let place = seen.place(directory, &mut places, policies);
            seen.of_group.insert(slot, place);
            if let Some(list) = seen.lists.get_mut(place) {
                list.groups.push(slot);
            }
        }
        for (slot, member) in directory.members().iter() {
            if seen.least.len() <= slot.index() {
                seen.least.resize(slot.index() + 1, Highest::NotKnown);
            }
            if let Some(least) = seen.least.get_mut(slot.index()) {
                *least = levels.at_least(slot);
            }
            let Some(policies) = member.policies.as_ref().filter(|list| !list.is_empty()) else {
                continue;
            };
            let place = seen.place(directory, &mut places, policies);
            if let Some(list) = seen.lists.get_mut(place) {
                list.members.push(slot);
            }
            seen.pair(&mut pairs, place, directory.groups_at(slot), slot);
        }
        seen
    }

    fn place(
        &mut self,
        directory: &Directory,
        places: &mut HashMap<usize, usize>,
        policies: &Arc<[Arc<Policy>]>,
    ) -> usize {
        let next = self.lists.len();
        let place = *places.entry(policies.as_ptr().addr()).or_insert(next);
        if place == next {
            #[cfg(test)]
            {
                self.read += 1;
            }
            let granted = policies.iter().map(|policy| granted(directory, policy)).collect();
            let policies = policies.clone();
            self.lists.push(List { policies, members: Vec::new(), groups: Vec::new(), granted });
        }
        place
    }

    fn pair<'d>(
        &mut self,
        places: &mut HashMap<(usize, &'d [Slot]), usize>,
        list: usize,
        groups: &'d [Slot],
        member: Slot,
    ) {
        if groups.is_empty() {
            return;
        }
        let next = self.pairs.len();
        let place = *places.entry((list, groups)).or_insert(next);
        match self.pairs.get_mut(place) {
            Some(pair) => pair.members.push(member),
            None => self.pairs.push(Pair { list, groups: groups.into(), members: vec![member] }),
        }
    }
}

/// The groups that are there: those that are staged to be made are nobody's yet.
fn existing(directory: &Directory) -> impl Iterator<Item = (Slot, &Group)> {
    directory.groups().iter().filter(|(_, group)| group.id.as_draft().is_none())
}

/// The account, looked over.
#[derive(Clone, Copy)]
pub(super) struct Survey<'d> {
    pub directory: &'d Directory,
    seen: &'d Seen,
}

/// What was seen is asked of the survey itself.
impl Deref for Survey<'_> {
    type Target = Seen;

    fn deref(&self) -> &Seen {
        self.seen
    }
}

impl<'d> Survey<'d> {
    /// An account with what was seen of it, as it is now.
    pub fn of(directory: &'d Directory, seen: &'d Seen) -> Self {
        Self { directory, seen }
    }

    /// The groups that are there: those that are staged to be made are nobody's yet.
    pub fn groups(&self) -> impl Iterator<Item = (Slot, &'d Group)> + use<'d> {
        existing(self.directory)
    }

    /// The members of the account's own list.
    pub fn members(&self) -> impl Iterator<Item = (Slot, &'d Member)> + use<'d> {
        self.directory.members().iter().filter(|(_, member)| member.listed)
    }

    /// The members who have accepted.
    pub fn accepted(&self) -> impl Iterator<Item = (Slot, &'d Member)> + use<'d> {
        self.members().filter(|(_, member)| member.status.is_full())
    }

    /// The highest access that a member certainly has.
    pub fn least(&self, member: Slot) -> Highest {
        self.least.get(member.index()).copied().unwrap_or(Highest::NotKnown)
    }

    /// What a group grants, as far as it is known.
    pub fn list_of_group(&self, group: Slot) -> Option<&'d List> {
        self.seen.lists.get(self.place_of_group(group)?)
    }

    /// The place of what a group grants, as far as it is known.
    pub fn place_of_group(&self, group: Slot) -> Option<usize> {
        self.of_group.get(&group).copied()
    }

    /// The list at a place.
    pub fn list(&self, place: usize) -> Option<&'d List> {
        self.seen.lists.get(place)
    }
}

/// What a policy grants: each permission group on each thing.
pub(super) fn granted(directory: &Directory, policy: &Policy) -> BTreeSet<Granted> {
    let all: Vec<Reach> =
        policy.resource_groups.iter().flat_map(|group| reaches(directory, group)).collect();
    let what = policy.permission_groups.iter();
    what.flat_map(|what| all.iter().map(|on| (policy.access.clone(), what.id.clone(), on.clone())))
        .collect()
}

/// Whether a policy gives no more than to be a member.
pub(super) fn is_minimal(policy: &Policy) -> bool {
    policy.access == Access::Allow
        && policy.permission_groups.iter().all(|what| level_of(what) <= Highest::Minimal)
}
