//! Rows that are looked up by id and keep their place.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

use hashbrown::HashTable;

use super::{
    Group, GroupId, Member, MemberId, OrganizationMember, OrganizationMemberId, PermissionGroup,
    PermissionGroupId, ResourceGroup, ResourceGroupId, Zone, ZoneId,
};

/// A row's place in its [`Table`]: stays the row's own as long as the table lives, and is never given to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(u32);

/// A row that holds its own id.
pub trait HasId<K> {
    /// The id; `None` for what came without one, which is in no table.
    fn id(&self) -> Option<&K>;
}

macro_rules! ids {
    ($($row:ty: $id:ty)*) => {$(
        impl HasId<$id> for $row {
            fn id(&self) -> Option<&$id> {
                Some(&self.id)
            }
        }
    )*};
}

ids! {
    Member: MemberId
    Group: GroupId
    Arc<PermissionGroup>: PermissionGroupId
    Zone: ZoneId
    OrganizationMember: OrganizationMemberId
}

impl HasId<ResourceGroupId> for Arc<ResourceGroup> {
    fn id(&self) -> Option<&ResourceGroupId> {
        self.id.as_ref()
    }
}

/// Rows by id. A row keeps its slot when it is replaced; a removed row's slot stays empty until the same id returns.
#[derive(Clone, Debug)]
pub struct Table<K, R> {
    rows: Vec<Option<R>>,
    /// The places of the rows that are there, by their ids, which are in the rows: 100,000 ids are not kept twice.
    slots: HashTable<Slot>,
    /// The places of the rows that were removed.
    gone: HashMap<K, Slot>,
    state: RandomState,
}

impl<K, R> Default for Table<K, R> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            slots: HashTable::new(),
            gone: HashMap::new(),
            state: RandomState::new(),
        }
    }
}

impl<K: Eq + Hash + Clone, R: HasId<K>> Table<K, R> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The row with this id.
    pub fn get(&self, id: &K) -> Option<&R> {
        self.slot(id).and_then(|slot| self.at(slot))
    }

    /// The place of this id, also of a row that was removed.
    pub fn slot(&self, id: &K) -> Option<Slot> {
        self.present(id).or_else(|| self.gone.get(id).copied())
    }

    /// The row at a place.
    pub fn at(&self, slot: Slot) -> Option<&R> {
        self.rows.get(slot.0 as usize).and_then(Option::as_ref)
    }

    /// The row at a place, to change it.
    pub fn at_mut(&mut self, slot: Slot) -> Option<&mut R> {
        self.rows.get_mut(slot.0 as usize).and_then(Option::as_mut)
    }

    /// The place of the row with this id.
    fn present(&self, id: &K) -> Option<Slot> {
        let is = |slot: &Slot| id_at(&self.rows, *slot) == Some(id);
        self.slots.find(self.state.hash_one(id), is).copied()
    }

    /// Puts a row in, or in place of the one with the same id. A row without an id is not kept.
    pub fn put(&mut self, row: R) -> Option<Slot> {
        let id = row.id()?;
        if let Some(slot) = self.present(id) {
            if let Some(place) = self.rows.get_mut(slot.index()) {
                *place = Some(row);
            }
            return Some(slot);
        }
        let next = Slot(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        let slot = self.gone.remove(id).unwrap_or(next);
        let own = self.state.hash_one(id);
        match self.rows.get_mut(slot.index()) {
            Some(place) => *place = Some(row),
            None => self.rows.push(Some(row)),
        }
        let Self { rows, slots, state, .. } = self;
        let hash = |slot: &Slot| id_at(rows, *slot).map_or(0, |id| state.hash_one(id));
        slots.insert_unique(own, slot, hash);
        Some(slot)
    }

    /// Takes a row out.
    pub fn remove(&mut self, slot: Slot) -> Option<R> {
        if let Some(id) = id_at(&self.rows, slot).cloned() {
            let entry = self.slots.find_entry(self.state.hash_one(&id), |known| *known == slot);
            if let Ok(entry) = entry {
                entry.remove();
            }
            self.gone.insert(id, slot);
        }
        self.rows.get_mut(slot.index()).and_then(Option::take)
    }

    /// All rows with their places, in the order in which they first came.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &R)> {
        self.rows.iter().enumerate().filter_map(|(place, row)| {
            let slot = Slot(u32::try_from(place).ok()?);
            row.as_ref().map(|row| (slot, row))
        })
    }

    /// All rows, in the order in which they first came.
    pub fn values(&self) -> impl Iterator<Item = &R> {
        self.rows.iter().flatten()
    }
}

fn id_at<K, R: HasId<K>>(rows: &[Option<R>], slot: Slot) -> Option<&K> {
    rows.get(slot.index())?.as_ref()?.id()
}

impl Slot {
    /// No row's place.
    pub(super) const NONE: Self = Self(u32::MAX);

    /// The place as a number, for tables beside this one.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

#[cfg(test)]
impl<K, R> HasId<K> for (K, R) {
    fn id(&self) -> Option<&K> {
        Some(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_row_keeps_its_place_when_it_is_replaced_removed_and_put_back() {
        let mut table = Table::default();
        let first = table.put(("a", 1)).unwrap();
        let second = table.put(("b", 2)).unwrap();
        assert_eq!(table.put(("a", 3)), Some(first));
        assert_eq!(table.remove(first), Some(("a", 3)));
        assert_eq!((table.len(), table.get(&"a"), table.slot(&"a")), (1, None, Some(first)));
        assert_eq!(table.put(("c", 4)).map(Slot::index), Some(2));
        assert_eq!(table.put(("a", 5)), Some(first));
        assert_eq!(table.at(second), Some(&("b", 2)));
        assert_eq!(table.iter().map(|(_, r)| r.1).collect::<Vec<_>>(), [5, 2, 4]);
    }

    proptest! {
        #[test]
        fn whatever_is_put_and_removed_an_id_finds_its_row_and_keeps_its_place(
            steps in prop::collection::vec((any::<bool>(), 0..40_u32), 0..200),
        ) {
            let (mut table, mut rows, mut places) = (Table::default(), BTreeMap::new(), BTreeMap::new());
            for (step, (into, id)) in steps.into_iter().enumerate() {
                if into {
                    let slot = table.put((id, step)).unwrap();
                    prop_assert_eq!(*places.entry(id).or_insert(slot), slot);
                    rows.insert(id, step);
                } else if let Some(slot) = places.get(&id) {
                    let removed = table.remove(*slot).map(|row| row.1);
                    prop_assert_eq!(removed, rows.remove(&id));
                }
                prop_assert_eq!(table.len(), rows.len());
                for id in 0..40 {
                    prop_assert_eq!(table.get(&id).map(|row| row.1), rows.get(&id).copied());
                    prop_assert_eq!(table.slot(&id), places.get(&id).copied());
                }
            }
        }
    }
}
