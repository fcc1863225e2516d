//! The order of rows: by any column, what is not known last, then by e-mail or name, then by id. Worked out
//! in slices, so that no frame waits for it.

use std::ops::Range;
use std::sync::Arc;

use crate::domain::{Directory, Slot};

use super::cells::Cells;
use super::column::ColumnId;
use super::list::List;
use super::sort_key::{Key, Texts};

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
    runs: Runs,
    /// By the slot: the place in the base order, once that is known.
    ranks: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// By e-mail or name, then id: ascending, it is what every other order falls back to.
    Base,
    /// By the column; rows that are equal in it keep their place in the base order.
    Column,
}

/// Where sorted runs of keys end. They are merged two by two, the nearest first, until one is left.
#[derive(Clone, Debug, Default)]
struct Runs {
    ends: Vec<usize>,
    /// The ends of this round's merged runs.
    merged: Vec<usize>,
    /// How many of `ends` this round has taken.
    taken: usize,
}

impl Sorting {
    /// Begins to sort the rows that the list has now.
    pub fn new(list: List, sort: Sort, directory: &Directory) -> Self {
        Self {
            slots: list.slots(directory),
            list,
            sort,
            version: directory.version(),
            keys: Vec::new(),
            stage: Stage::Base,
            runs: Runs::default(),
            ranks: Vec::new(),
        }
    }

    /// Goes on by about `budget` rows; the order, once it is whole.
    pub fn step(&mut self, directory: &Directory, budget: usize) -> Option<Order> {
        let budget = budget.max(1);
        if self.keys.len() < self.slots.len() {
            self.add_run(directory, budget);
            return None;
        }
        if !self.merge(directory, budget) {
            return None;
        }
        let rows: Arc<[Slot]> = self.keys.iter().map(|key| key.slot).collect();
        if self.stage == Stage::Column || self.is_base() {
            return Some(Order { version: self.version, rows });
        }
        self.ranks = places(&rows);
        self.keys.clear();
        self.runs = Runs::default();
        self.stage = Stage::Column;
        None
    }

    fn is_base(&self) -> bool {
        self.sort == Sort::of(&self.list)
    }

    fn texts<'d>(&'d self, directory: &'d Directory) -> Texts<'d> {
        let column = (self.stage == Stage::Column).then_some(self.sort.column);
        Texts { list: &self.list, directory, column }
    }

    fn is_descending(&self) -> bool {
        self.stage == Stage::Column && self.sort.direction == Direction::Descending
    }

    fn add_run(&mut self, directory: &Directory, budget: usize) {
        let mut keys = std::mem::take(&mut self.keys);
        let begin = keys.len();
        keys.reserve_exact(self.slots.len() - begin);
        let (texts, descending) = (self.texts(directory), self.is_descending());
        let mut cells = Cells::new(&self.list, directory);
        for slot in self.slots.iter().skip(begin).take(budget) {
            let rank = self.ranks.get(slot.index()).copied().unwrap_or(0);
            keys.push(texts.key(&mut cells, *slot, rank));
        }
        if let Some(run) = keys.get_mut(begin..) {
            run.sort_unstable_by(|a, b| texts.compare(a, b, descending));
        }
        self.runs.ends.push(keys.len());
        self.keys = keys;
    }

    /// Merges runs; whether one is left. Two that are merged cost less than a run that is made.
    fn merge(&mut self, directory: &Directory, budget: usize) -> bool {
        let mut keys = std::mem::take(&mut self.keys);
        let mut runs = std::mem::take(&mut self.runs);
        let (texts, descending) = (self.texts(directory), self.is_descending());
        let mut left = budget.saturating_mul(4);
        while left > 0
            && let Some(two) = runs.next_two()
        {
            left = left.saturating_sub(two.len());
            if let Some(two) = keys.get_mut(two) {
                // A stable sort of two sorted runs is their merging.
                two.sort_by(|a, b| texts.compare(a, b, descending));
            }
        }
        let is_whole = runs.ends.len() <= 1;
        self.keys = keys;
        self.runs = runs;
        is_whole
    }
}

impl Runs {
    /// Where the next two runs to merge are, which from now on are one; `None` if one or none is left.
    fn next_two(&mut self) -> Option<Range<usize>> {
        loop {
            if self.ends.len() <= 1 {
                return None;
            }
            let begin = self.merged.last().copied().unwrap_or(0);
            let left = self.ends.get(self.taken..).unwrap_or_default();
            if let [_, end, ..] = left {
                let two = begin..*end;
                self.merged.push(*end);
                self.taken += 2;
                return Some(two);
            }
            // The odd one waits for the next round.
            self.merged.extend(left);
            self.ends = std::mem::take(&mut self.merged);
            self.taken = 0;
        }
    }
}

/// By the slot: the row's place in an order; `u32::MAX` for slots that are not in it.
pub(super) fn places(rows: &[Slot]) -> Vec<u32> {
    let end = rows.iter().map(|slot| slot.index() + 1).max().unwrap_or(0);
    let mut places = vec![u32::MAX; end];
    for (place, slot) in (0..).zip(rows) {
        if let Some(entry) = places.get_mut(slot.index()) {
            *entry = place;
        }
    }
    places
}

#[cfg(test)]
mod tests;
