//! Rows that are looked up by id and keep their place.

use std::collections::HashMap;
use std::hash::Hash;

/// A row's place in its [`Table`]: stays the row's own as long as the table lives, and is never given to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(u32);

/// Rows by id. A row keeps its slot when it is replaced; a removed row's slot stays empty until the same id returns.
#[derive(Clone, Debug)]
pub struct Table<K, R> {
    rows: Vec<Option<R>>,
    slots: HashMap<K, Slot>,
    filled: usize,
}

impl<K, R> Default for Table<K, R> {
    fn default() -> Self {
        Self { rows: Vec::new(), slots: HashMap::new(), filled: 0 }
    }
}

impl<K: Eq + Hash + Clone, R> Table<K, R> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.filled
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// The row with this id.
    pub fn get(&self, id: &K) -> Option<&R> {
        self.slot(id).and_then(|slot| self.at(slot))
    }

    /// The place of this id, also of a row that was removed.
    pub fn slot(&self, id: &K) -> Option<Slot> {
        self.slots.get(id).copied()
    }

    /// The row at a place.
    pub fn at(&self, slot: Slot) -> Option<&R> {
        self.rows.get(slot.0 as usize).and_then(Option::as_ref)
    }

    /// The row at a place, to change it.
    pub fn at_mut(&mut self, slot: Slot) -> Option<&mut R> {
        self.rows.get_mut(slot.0 as usize).and_then(Option::as_mut)
    }

    /// Puts a row in, or in place of the one with the same id.
    pub fn put(&mut self, id: K, row: R) -> Slot {
        let next = Slot(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        let slot = *self.slots.entry(id).or_insert(next);
        if let Some(place) = self.rows.get_mut(slot.index()) {
            self.filled += usize::from(place.is_none());
            *place = Some(row);
        } else {
            self.rows.push(Some(row));
            self.filled += 1;
        }
        slot
    }

    /// Takes a row out.
    pub fn remove(&mut self, slot: Slot) -> Option<R> {
        let row = self.rows.get_mut(slot.0 as usize).and_then(Option::take);
        self.filled -= usize::from(row.is_some());
        row
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

impl Slot {
    /// No row's place.
    pub(super) const NONE: Self = Self(u32::MAX);

    /// The place as a number, for tables beside this one.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_its_place_when_it_is_replaced_removed_and_put_back() {
        let mut table = Table::default();
        let first = table.put("a", 1);
        let second = table.put("b", 2);
        assert_eq!(table.put("a", 3), first);
        assert_eq!(table.remove(first), Some(3));
        assert_eq!((table.len(), table.get(&"a")), (1, None));
        assert_eq!(table.put("c", 4).index(), 2);
        assert_eq!(table.put("a", 5), first);
        assert_eq!(table.at(second), Some(&2));
        assert_eq!(table.iter().map(|(_, r)| *r).collect::<Vec<_>>(), [5, 2, 4]);
    }
}
