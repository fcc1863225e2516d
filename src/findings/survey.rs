//! An account looked over once for all rules. What members share is looked at once: of 10,000 members most hold one of
//! a few hundred policy lists, and are in one of a few hundred sets of groups.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::access::{Highest, Levels, Reach, level_of, reaches};
use crate::domain::{Access, Directory, Group, Member, PermissionGroupId, Policy, Slot};

/// One permission group on one thing, as a policy grants it.
pub(super) type Granted = (Access, PermissionGroupId, Reach);

/// A policy list, and everybody who holds just this one.
pub(super) struct List<'d> {
    pub policies: &'d Arc<[Arc<Policy>]>,
    /// The members who hold it directly.
    pub members: Vec<Slot>,
    /// The groups that grant it.
    pub groups: Vec<Slot>,
    /// What each of its policies grants.
    pub granted: Vec<BTreeSet<Granted>>,
}

impl List<'_> {
    /// What it grants, whichever policy does.
    pub fn all(&self) -> BTreeSet<&Granted> {
        self.granted.iter().flatten().collect()
    }
}

/// A policy list with a set of groups beside it, and everybody who holds just these.
pub(super) struct Pair<'d> {
    /// The list's place.
    pub list: usize,
    pub groups: &'d [Slot],
    pub members: Vec<Slot>,
}

/// The account, looked over.
pub(super) struct Survey<'d> {
    pub directory: &'d Directory,
    pub lists: Vec<List<'d>>,
    pub pairs: Vec<Pair<'d>>,
    /// By the group's slot: the place of its list.
    of_group: HashMap<Slot, usize>,
    /// By the member's place: the highest access that is certain.
    least: Vec<Highest>,
    /// How many policy lists were read through.
    #[cfg(test)]
    pub read: usize,
}

impl<'d> Survey<'d> {
    pub fn of(directory: &'d Directory) -> Self {
        let mut survey = Self {
            directory,
            lists: Vec::new(),
            pairs: Vec::new(),
            of_group: HashMap::new(),
            least: Vec::new(),
            #[cfg(test)]
            read: 0,
        };
        let (mut places, mut pairs) = (HashMap::new(), HashMap::new());
        let mut levels = Levels::new(directory);
        for (slot, group) in survey.groups() {
            let Some(policies) = &group.policies else { continue };
            let place = survey.place(&mut places, policies);
            survey.of_group.insert(slot, place);
            if let Some(list) = survey.lists.get_mut(place) {
                list.groups.push(slot);
            }
        }
        for (slot, member) in directory.members().iter() {
            if survey.least.len() <= slot.index() {
                survey.least.resize(slot.index() + 1, Highest::NotKnown);
            }
            if let Some(least) = survey.least.get_mut(slot.index()) {
                *least = levels.at_least(slot);
            }
            let Some(policies) = member.policies.as_ref().filter(|list| !list.is_empty()) else {
                continue;
            };
            let place = survey.place(&mut places, policies);
            if let Some(list) = survey.lists.get_mut(place) {
                list.members.push(slot);
            }
            survey.pair(&mut pairs, place, slot);
        }
        survey
    }

    fn place(
        &mut self,
        places: &mut HashMap<usize, usize>,
        policies: &'d Arc<[Arc<Policy>]>,
    ) -> usize {
        let next = self.lists.len();
        let place = *places.entry(policies.as_ptr().addr()).or_insert(next);
        if place == next {
            #[cfg(test)]
            {
                self.read += 1;
            }
            let granted = policies.iter().map(|policy| granted(self.directory, policy)).collect();
            self.lists.push(List { policies, members: Vec::new(), groups: Vec::new(), granted });
        }
        place
    }

    fn pair(
        &mut self,
        places: &mut HashMap<(usize, &'d [Slot]), usize>,
        list: usize,
        member: Slot,
    ) {
        let groups = self.directory.groups_at(member);
        if groups.is_empty() {
            return;
        }
        let next = self.pairs.len();
        let place = *places.entry((list, groups)).or_insert(next);
        match self.pairs.get_mut(place) {
            Some(pair) => pair.members.push(member),
            None => self.pairs.push(Pair { list, groups, members: vec![member] }),
        }
    }

    /// The groups that are there: those that are staged to be made are nobody's yet.
    pub fn groups(&self) -> impl Iterator<Item = (Slot, &'d Group)> + use<'d> {
        self.directory.groups().iter().filter(|(_, group)| group.id.as_draft().is_none())
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
    pub fn list_of_group(&self, group: Slot) -> Option<&List<'d>> {
        self.lists.get(self.place_of_group(group)?)
    }

    /// The place of what a group grants, as far as it is known.
    pub fn place_of_group(&self, group: Slot) -> Option<usize> {
        self.of_group.get(&group).copied()
    }

    /// The list at a place.
    pub fn list(&self, place: usize) -> Option<&List<'d>> {
        self.lists.get(place)
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
