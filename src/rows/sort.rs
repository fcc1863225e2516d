//! The order of rows: by any column, what is not known last, then by e-mail or name, then by id. Worked out
//! in slices, so that no frame waits for it.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use nucleo_matcher::chars;

use crate::domain::{Directory, Slot};

use super::cells::{Cells, person};
use super::column::ColumnId;
use super::list::{List, Of};
use super::phrases::{policies_words, status_words};

/// Which way a column is sorted. What is not known comes last both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A before Z, 1 before 2, the earliest first.
    Ascending,
    /// Z before A, 2 before 1, the latest first.
    Descending,
}

/// How a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By which column.
    pub column: ColumnId,
    /// Which way.
    pub direction: Direction,
}

impl Sort {
    /// How a list is sorted until the person says otherwise: by its first column.
    pub fn of(list: &List) -> Self {
        let column = list.columns().first().map_or(ColumnId::Name, |column| column.id);
        Self { column, direction: Direction::Ascending }
    }
}

/// All rows of a list in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The version of the directory that was sorted.
    pub version: u64,
    /// The rows.
    pub rows: Arc<[Slot]>,
}

/// An order that is being worked out.
#[derive(Clone, Debug)]
pub struct Sorting {
    list: List,
    sort: Sort,
    version: u64,
    slots: Vec<Slot>,
    keys: Vec<Key>,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// By e-mail or name, then id: ascending, it is what every other order falls back to.
    Base,
    /// By the column; rows that are equal in it keep their place in the base order.
    Column,
}

#[derive(Clone, Copy, Debug)]
struct Key {
    /// The first bytes of a text, or a number.
    head: u128,
    slot: Slot,
    /// The place in the base order.
    rank: u32,
    missing: bool,
}

impl Sorting {
    /// Begins to sort the rows that the list has now.
    pub fn new(list: List, sort: Sort, directory: &Directory) -> Self {
        let slots = list.slots(directory);
        let keys = Vec::with_capacity(slots.len());
        Self { list, sort, version: directory.version(), slots, keys, stage: Stage::Base }
    }

    /// Goes on by about `budget` rows; the order, once it is whole.
    pub fn step(&mut self, directory: &Directory, budget: usize) -> Option<Order> {
        let begin = self.keys.len();
        if begin < self.slots.len() {
            self.add_keys(directory, begin, budget.max(1));
            return None;
        }
        self.merge(directory);
        if self.stage == Stage::Base && !self.is_base() {
            self.slots = self.keys.iter().map(|key| key.slot).collect();
            self.keys.clear();
            self.stage = Stage::Column;
            return None;
        }
        let rows = self.keys.iter().map(|key| key.slot).collect();
        Some(Order { version: self.version, rows })
    }

    fn is_base(&self) -> bool {
        self.sort == Sort::of(&self.list)
    }

    fn add_keys(&mut self, directory: &Directory, begin: usize, budget: usize) {
        let texts = Texts { list: &self.list, directory, column: self.column() };
        let mut cells = Cells::new(&self.list, directory);
        for (place, slot) in self.slots.iter().enumerate().skip(begin).take(budget) {
            let rank = match self.stage {
                Stage::Base => 0,
                Stage::Column => u32::try_from(place).unwrap_or(u32::MAX),
            };
            self.keys.push(texts.key(&mut cells, *slot, rank));
        }
        let descending = self.descending();
        if let Some(added) = self.keys.get_mut(begin..) {
            added.sort_unstable_by(|a, b| texts.compare(a, b, descending));
        }
    }

    /// The slices are sorted already: std's stable sort finds such runs and only merges them.
    fn merge(&mut self, directory: &Directory) {
        let texts = Texts { list: &self.list, directory, column: self.column() };
        let descending = self.descending();
        self.keys.sort_by(|a, b| texts.compare(a, b, descending));
    }

    /// The column of this stage; `None` for the base order.
    fn column(&self) -> Option<ColumnId> {
        (self.stage == Stage::Column).then_some(self.sort.column)
    }

    fn descending(&self) -> bool {
        self.stage == Stage::Column && self.sort.direction == Direction::Descending
    }
}

/// The texts that rows are compared by.
struct Texts<'d> {
    list: &'d List,
    directory: &'d Directory,
    column: Option<ColumnId>,
}

impl<'d> Texts<'d> {
    fn key(&self, cells: &mut Cells<'_>, slot: Slot, rank: u32) -> Key {
        if let Some(column) = self.column.filter(|column| !is_text(*column)) {
            let number = cells.number(slot, column);
            let head = u128::from(number.unwrap_or(0));
            return Key { head, slot, rank, missing: number.is_none() };
        }
        let (text, missing) = self.text(slot);
        Key { head: head(&text), slot, rank, missing }
    }

    /// A row's text, raw, and whether the service left it out.
    fn text(&self, slot: Slot) -> (Cow<'d, str>, bool) {
        let directory = self.directory;
        let Some(person) = person(self.list, directory, slot) else {
            let Some(group) = directory.groups().at(slot) else { return (Cow::Borrowed(""), true) };
            return match self.column {
                Some(ColumnId::Policies) => {
                    let words = policies_words(directory, group.policies());
                    (Cow::Owned(words), group.policies.is_none())
                }
                _ => (Cow::Borrowed(&*group.name), group.name.is_empty()),
            };
        };
        let text = match self.column {
            Some(ColumnId::Name) => person.name(),
            Some(ColumnId::Status) => status_words(person.status),
            None if person.email.is_empty() => return (person.name(), true),
            _ => Cow::Borrowed(person.email),
        };
        let missing = text.is_empty()
            || (self.column == Some(ColumnId::Status) && text == super::phrases::NOTHING);
        (text, missing)
    }

    fn compare(&self, a: &Key, b: &Key, descending: bool) -> Ordering {
        let turned = |order: Ordering| if descending { order.reverse() } else { order };
        a.missing
            .cmp(&b.missing)
            .then_with(|| turned(a.head.cmp(&b.head)))
            .then_with(|| turned(self.compare_rest(a, b)))
            .then_with(|| a.rank.cmp(&b.rank))
            .then_with(|| self.compare_ids(a.slot, b.slot))
    }

    /// Compares texts beyond the bytes that are in the keys.
    fn compare_rest(&self, a: &Key, b: &Key) -> Ordering {
        let is_whole = a.head.to_be_bytes().ends_with(&[0]);
        if is_whole || self.column.is_some_and(|column| !is_text(column)) {
            return Ordering::Equal;
        }
        let (a, _) = self.text(a.slot);
        let (b, _) = self.text(b.slot);
        folded(&a).cmp(folded(&b))
    }

    /// Only rows that are equal in everything else get here.
    fn compare_ids(&self, a: Slot, b: Slot) -> Ordering {
        if a == b || self.column.is_some() {
            return Ordering::Equal;
        }
        let directory = self.directory;
        match self.list.of() {
            Of::Members => {
                let id = |slot| directory.members().at(slot).map(|row| &row.id);
                id(a).cmp(&id(b))
            }
            Of::Groups => {
                let id = |slot| directory.groups().at(slot).map(|row| &row.id);
                id(a).cmp(&id(b))
            }
            Of::Organization => {
                let id = |slot| directory.organization_members().at(slot).map(|row| &row.id);
                id(a).cmp(&id(b))
            }
        }
    }
}

fn is_text(column: ColumnId) -> bool {
    matches!(column, ColumnId::Email | ColumnId::Name | ColumnId::Status | ColumnId::Policies)
}

/// The first 16 bytes of a text as it is compared; the last one is 0 where that is all of it.
fn head(text: &str) -> u128 {
    let mut bytes = [0; 16];
    if text.is_ascii() {
        for (place, byte) in bytes.iter_mut().zip(text.bytes()) {
            *place = byte.to_ascii_lowercase();
        }
    } else {
        let mut places = bytes.iter_mut();
        let mut buffer = [0; 4];
        for c in folded(text) {
            for byte in c.encode_utf8(&mut buffer).bytes() {
                let Some(place) = places.next() else { return u128::from_be_bytes(bytes) };
                *place = byte;
            }
        }
    }
    u128::from_be_bytes(bytes)
}

/// A text as it is compared: without case, Latin letters without their accents.
pub(super) fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(fold)
}

fn fold(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { chars::to_lower_case(chars::normalize(c)) }
}
