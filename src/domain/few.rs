//! A few slots in order, kept where they stand.

use super::Slot;

/// Slots in rising order, each once. Up to five take no memory of their own: of 100,000 members most are in a few
/// groups, and a list for each would cost more than what is in it.
#[derive(Clone, Debug)]
pub(super) struct Few(Form);

#[derive(Clone, Debug)]
enum Form {
    Here {
        count: u8,
        slots: [Slot; ROOM],
    },
    #[expect(clippy::box_collection, reason = "a vector by itself would make every one larger")]
    Elsewhere(Box<Vec<Slot>>),
}

const ROOM: usize = 5;

impl Default for Few {
    fn default() -> Self {
        Self(Form::Here { count: 0, slots: [Slot::NONE; ROOM] })
    }
}

impl Few {
    pub(super) fn as_slice(&self) -> &[Slot] {
        match &self.0 {
            Form::Here { count, slots } => slots.get(..usize::from(*count)).unwrap_or_default(),
            Form::Elsewhere(slots) => slots,
        }
    }

    pub(super) fn insert(&mut self, slot: Slot) {
        let Err(place) = self.as_slice().binary_search(&slot) else { return };
        match &mut self.0 {
            Form::Here { count, slots } if usize::from(*count) < ROOM => {
                if let Some(moved) = slots.get_mut(place..=usize::from(*count)) {
                    moved.rotate_right(1);
                }
                if let Some(free) = slots.get_mut(place) {
                    *free = slot;
                }
                *count += 1;
            }
            Form::Here { slots, .. } => {
                let mut slots = slots.to_vec();
                slots.insert(place, slot);
                self.0 = Form::Elsewhere(Box::new(slots));
            }
            Form::Elsewhere(slots) => slots.insert(place, slot),
        }
    }

    pub(super) fn remove(&mut self, slot: Slot) {
        let Ok(place) = self.as_slice().binary_search(&slot) else { return };
        match &mut self.0 {
            Form::Here { count, slots } => {
                if let Some(moved) = slots.get_mut(place..usize::from(*count)) {
                    moved.rotate_left(1);
                }
                *count -= 1;
            }
            Form::Elsewhere(slots) => drop(slots.remove(place)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::Table;
    use super::*;

    fn slot(number: u32) -> Slot {
        let mut table = Table::default();
        (0..=number).map(|n| table.put((n, ())).unwrap()).last().unwrap()
    }

    #[test]
    fn it_is_no_larger_than_a_list() {
        assert_eq!(size_of::<Few>(), size_of::<Vec<Slot>>());
    }

    proptest! {
        #[test]
        fn it_holds_what_a_set_holds(steps in prop::collection::vec((any::<bool>(), 0..12_u32), 0..60)) {
            let (mut few, mut set) = (Few::default(), BTreeSet::new());
            for (into, number) in steps {
                if into {
                    few.insert(slot(number));
                    set.insert(slot(number));
                } else {
                    few.remove(slot(number));
                    set.remove(&slot(number));
                }
                prop_assert_eq!(few.as_slice(), set.iter().copied().collect::<Vec<_>>());
            }
        }
    }
}
