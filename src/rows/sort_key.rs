//! What rows are compared by: a few bytes that decide nearly always, the whole text where they don't.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::domain::{Directory, Slot};

use super::cells::{Cells, person};
use super::column::ColumnId;
use super::list::{List, Of};
use super::phrases::{NOTHING, policies_words, status_words};
use super::scorer::folded;

/// What one row is compared by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// The first bytes of a text, or a number.
    head: [u64; 3],
    /// The row.
    pub slot: Slot,
    /// The place in the base order; 0 while that is worked out. [`MISSING`] where the service left the text out.
    rank: u32,
}

/// No list has so many rows.
const MISSING: u32 = 1 << 31;

impl Key {
    fn new(head: [u64; 3], slot: Slot, rank: u32, missing: bool) -> Self {
        Self { head, slot, rank: if missing { rank | MISSING } else { rank } }
    }

    fn is_missing(&self) -> bool {
        self.rank >= MISSING
    }
}

/// The texts that rows are compared by.
pub(super) struct Texts<'d> {
    pub list: &'d List,
    pub directory: &'d Directory,
    /// The column; `None` for the base order, by e-mail or name.
    pub column: Option<ColumnId>,
}

impl<'d> Texts<'d> {
    pub fn key(&self, cells: &mut Cells<'_>, slot: Slot, rank: u32) -> Key {
        if let Some(column) = self.column.filter(|column| !is_text(*column)) {
            let number = cells.number(slot, column);
            return Key::new([number.unwrap_or(0), 0, 0], slot, rank, number.is_none());
        }
        let (text, missing) = self.text(slot);
        Key::new(head(&text), slot, rank, missing)
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
            Some(ColumnId::Name) => Cow::Borrowed(person.name),
            Some(ColumnId::Status) => status_words(person.status),
            None if person.email.is_empty() => return (Cow::Borrowed(person.name), true),
            _ => Cow::Borrowed(person.email),
        };
        let missing = text.is_empty() || (self.column == Some(ColumnId::Status) && text == NOTHING);
        (text, missing)
    }

    pub fn compare(&self, a: &Key, b: &Key, descending: bool) -> Ordering {
        let turned = |order: Ordering| if descending { order.reverse() } else { order };
        a.is_missing()
            .cmp(&b.is_missing())
            .then_with(|| turned(a.head.cmp(&b.head)))
            .then_with(|| turned(self.compare_rest(a, b)))
            .then_with(|| a.rank.cmp(&b.rank))
            .then_with(|| self.compare_ids(a.slot, b.slot))
    }

    /// Compares texts beyond the bytes that are in the keys.
    fn compare_rest(&self, a: &Key, b: &Key) -> Ordering {
        let is_whole = a.head[2].to_be_bytes().ends_with(&[0]);
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

/// The first 24 bytes of a text as it is compared; the last one is 0 where that is all of it.
fn head(text: &str) -> [u64; 3] {
    let mut bytes = [0; 24];
    if text.is_ascii() {
        for (place, byte) in bytes.iter_mut().zip(text.bytes()) {
            *place = byte.to_ascii_lowercase();
        }
    } else {
        let mut places = bytes.iter_mut();
        let mut buffer = [0; 4];
        'text: for c in folded(text) {
            for byte in c.encode_utf8(&mut buffer).bytes() {
                let Some(place) = places.next() else { break 'text };
                *place = byte;
            }
        }
    }
    let mut head = [0; 3];
    for (place, part) in head.iter_mut().zip(bytes.chunks_exact(8)) {
        *place = part.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    }
    head
}
