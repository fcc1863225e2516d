//! What everybody in a group has in common. What policy lists grant is looked at once each: of 10,000 members most
//! share their lists with others, and what is left to do for a member is to lay a few rows of bits over one another.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::compare::Holding;
use super::difference::{Reach, covers, reaches};
use super::grant::direct_policies;
use crate::domain::{Access, Directory, GroupId, PermissionGroup, PermissionGroupId, Policy, Slot};

type What = (Access, PermissionGroupId);
type List = Arc<[Arc<Policy>]>;
/// One permission group on one thing.
type Granted = (What, Reach);

/// One bit for each thing that may be common.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bits(Vec<u64>);

impl Bits {
    fn none(number: usize) -> Self {
        Self(vec![0; number.div_ceil(64)])
    }

    fn all(number: usize) -> Self {
        Self(vec![u64::MAX; number.div_ceil(64)])
    }

    fn set(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    fn has(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }
}

impl Holding {
    /// What every accepted member of a group holds, whatever gives it to each of them.
    pub fn common(directory: &Directory, group: &GroupId) -> Self {
        let members = directory.members_of(group).iter();
        let members = members.filter_map(|slot| Some((*slot, directory.members().at(*slot)?)));
        let accepted = members.filter(|(_, member)| member.status.is_full());
        let everybody: Vec<(Slot, List)> =
            accepted.map(|(slot, member)| (slot, direct_policies(directory, member))).collect();
        let Some((first, _)) = everybody.first() else { return Self::default() };
        let Some(first) = directory.members().at(*first) else { return Self::default() };
        let shared = Shared::of(directory, &everybody, &Self::of(directory, &first.id));
        let mut common = Bits::all(shared.granted.len());
        for (member, own) in &everybody {
            common.keep(&shared.held(directory, *member, own));
        }
        let mut holding = Self::default();
        for (place, ((what, on), group)) in shared.granted.into_iter().enumerate() {
            if common.has(place) {
                holding.add(what, group, on);
            }
        }
        holding
    }
}

/// What lists grant that may be common, and which of it each of them gives.
struct Shared {
    /// In the order of their bits.
    granted: Vec<(Granted, Arc<PermissionGroup>)>,
    /// By the address of a list.
    of_list: HashMap<usize, Bits>,
    /// By the group's slot.
    of_group: Vec<Option<Bits>>,
}

impl Shared {
    /// What is common to all is held by the first of them.
    fn of(directory: &Directory, everybody: &[(Slot, List)], first: &Holding) -> Self {
        let groups = || {
            directory.groups().iter().filter_map(|(slot, it)| Some((slot, it.policies.as_ref()?)))
        };
        let own = everybody.iter().map(|(_, list)| list);
        let lists: HashMap<usize, &List> =
            own.chain(groups().map(|(_, list)| list)).map(|list| (address(list), list)).collect();
        let mut granted = BTreeMap::new();
        for list in lists.values() {
            each(directory, list, |it, group| {
                if first.holds(&it.0, &it.1) {
                    granted.entry(it).or_insert_with(|| group.clone());
                }
            });
        }
        let granted: Vec<(Granted, Arc<PermissionGroup>)> = granted.into_iter().collect();
        let of_list: HashMap<usize, Bits> = lists
            .into_iter()
            .map(|(address, list)| (address, bits(directory, list, &granted)))
            .collect();
        let mut of_group = Vec::new();
        for (slot, list) in groups() {
            if of_group.len() <= slot.index() {
                of_group.resize(slot.index() + 1, None);
            }
            if let Some(place) = of_group.get_mut(slot.index()) {
                *place = of_list.get(&address(list)).cloned();
            }
        }
        Self { granted, of_list, of_group }
    }

    /// What of it a member holds.
    fn held(&self, directory: &Directory, member: Slot, own: &List) -> Bits {
        let own = self.of_list.get(&address(own)).cloned();
        let mut held = own.unwrap_or_else(|| Bits::none(self.granted.len()));
        for group in directory.groups_at(member) {
            if let Some(Some(bits)) = self.of_group.get(group.index()) {
                held.add(bits);
            }
        }
        held
    }
}

fn address(list: &List) -> usize {
    list.as_ptr().addr()
}

/// What a list gives of what may be common.
fn bits(directory: &Directory, list: &List, granted: &[(Granted, Arc<PermissionGroup>)]) -> Bits {
    let mut bits = Bits::none(granted.len());
    each(directory, list, |(what, wide), _| {
        for (place, ((wanted, on), _)) in granted.iter().enumerate() {
            if *wanted == what && covers(&wide, on) {
                bits.set(place);
            }
        }
    });
    bits
}

fn each(
    directory: &Directory,
    list: &[Arc<Policy>],
    mut take: impl FnMut(Granted, &Arc<PermissionGroup>),
) {
    for policy in list {
        for on in policy.resource_groups.iter().flat_map(|group| reaches(directory, group)) {
            for group in &policy.permission_groups {
                take(((policy.access.clone(), group.id.clone()), on.clone()), group);
            }
        }
    }
}
