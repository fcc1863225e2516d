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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::access::fixture::{Account, allows, dns_on, group, group_id, member};
    use crate::domain::{Load, MemberStatus, Now, TwoFactor};

    fn sorted(list: List, sort: Sort, directory: &Directory, budget: usize) -> Vec<Slot> {
        let mut sorting = Sorting::new(list, sort, directory);
        loop {
            if let Some(order) = sorting.step(directory, budget) {
                return order.rows.to_vec();
            }
        }
    }

    /// The members' e-mails in an order.
    fn emails(account: &Account, column: ColumnId, direction: Direction) -> Vec<String> {
        let directory = &account.directory;
        sorted(List::Members, Sort { column, direction }, directory, 2)
            .into_iter()
            .map(|slot| directory.members().at(slot).unwrap().email.to_string())
            .collect()
    }

    #[test]
    fn case_and_accents_do_not_part_what_belongs_together() {
        let people = ["zoe@x", "Ana@x", "\u{c4}nne@x", "anb@x", "bo@x"];
        let members = (0..).zip(people).map(|(n, email)| member(n, email, &[])).collect();
        let account = Account::new().members(members);
        let order = ["Ana@x", "anb@x", "\u{c4}nne@x", "bo@x", "zoe@x"];
        assert_eq!(emails(&account, ColumnId::Email, Direction::Ascending), order);
    }

    #[test]
    fn what_is_not_known_comes_last_both_ways() {
        let mut nameless = member(1, "a@x", &[]);
        (nameless.first_name, nameless.last_name) = ("".into(), "".into());
        nameless.two_factor = TwoFactor::Unknown;
        nameless.status = MemberStatus::Unknown;
        let mut off = member(2, "b@x", &[]);
        off.two_factor = TwoFactor::Off;
        let account = Account::new().members(vec![nameless, off, member(3, "c@x", &[])]);
        for column in [ColumnId::Name, ColumnId::TwoFactor, ColumnId::Status, ColumnId::Groups] {
            for direction in [Direction::Ascending, Direction::Descending] {
                let order = emails(&account, column, direction);
                let last = if column == ColumnId::Groups { "c@x" } else { "a@x" };
                assert_eq!(order[2], last, "{column:?} {direction:?}");
            }
        }
        assert_eq!(emails(&account, ColumnId::TwoFactor, Direction::Ascending)[0], "b@x");
        assert_eq!(emails(&account, ColumnId::TwoFactor, Direction::Descending)[0], "c@x");
    }

    #[test]
    fn someone_without_an_email_comes_after_all_who_have_one() {
        let account = Account::new().members(vec![
            member(1, "", &[]),
            member(2, "z@x", &[]),
            member(3, "a@x", &[]),
        ]);
        assert_eq!(emails(&account, ColumnId::Email, Direction::Ascending), ["a@x", "z@x", ""]);
        assert_eq!(emails(&account, ColumnId::Email, Direction::Descending), ["z@x", "a@x", ""]);
    }

    #[test]
    fn the_highest_access_is_sorted_by_rank_and_ties_by_email() {
        let account = Account::new()
            .members(vec![
                member(1, "c@x", &[allows("DNS")]),
                member(2, "b@x", &[dns_on(1)]),
                member(3, "a@x", &[allows("DNS")]),
                member(4, "d@x", &[allows("Administrator")]),
            ])
            .groups(vec![]);
        let order = emails(&account, ColumnId::Highest, Direction::Descending);
        assert_eq!(order, ["d@x", "a@x", "c@x", "b@x"]);
    }

    #[test]
    fn groups_are_sorted_by_size_once_it_is_known() {
        let account = Account::new()
            .members(vec![member(1, "a@x", &[]), member(2, "b@x", &[])])
            .groups(vec![group(50, "c", &[]), group(51, "b", &[]), group(52, "a", &[])])
            .inside(50, &[1, 2])
            .inside(51, &[1]);
        let sort = Sort { column: ColumnId::Members, direction: Direction::Descending };
        let names: Vec<_> = sorted(List::Groups, sort, &account.directory, 1)
            .into_iter()
            .map(|slot| account.directory.groups().at(slot).unwrap().name.to_string())
            .collect();
        assert_eq!(names, ["c", "b", "a"]);
    }

    #[test]
    fn the_groups_of_a_member_are_sorted_by_when_they_were_joined() {
        let mut account = Account::new().members(vec![member(1, "a@x", &[])]).groups(vec![
            group(50, "a", &[]),
            group(51, "b", &[]),
            group(52, "c", &[]),
        ]);
        let me = crate::access::fixture::member_id(1);
        for (number, since) in [(50, Some(20)), (51, None), (52, Some(10))] {
            let since = since.map(|second| jiff::Timestamp::from_second(second).unwrap());
            let (group, member) = (group_id(number), me.clone());
            let load = Load::Membership { group, member, present: true, since };
            account.directory.absorb(load, Now::default());
        }
        let list = List::MemberGroups(me);
        for (direction, names) in
            [(Direction::Ascending, ["c", "a", "b"]), (Direction::Descending, ["a", "c", "b"])]
        {
            let sort = Sort { column: ColumnId::Since, direction };
            let order: Vec<_> = sorted(list.clone(), sort, &account.directory, 1)
                .into_iter()
                .map(|slot| account.directory.groups().at(slot).unwrap().name.to_string())
                .collect();
            assert_eq!(order, names);
        }
    }

    proptest! {
        /// Long e-mails that begin alike, the same e-mail twice, any slice: always the order of the whole texts.
        #[test]
        fn slices_and_shortened_keys_do_not_change_the_order(
            people in prop::collection::vec(("[ab]{30,36}|[abÄé]{0,4}", 0u8..3), 0..60),
            budget in 1usize..70,
            descending in any::<bool>(),
        ) {
            let members = (0..).zip(&people).map(|(n, (email, two_factor))| {
                let mut row = member(n, email, &[]);
                row.two_factor = [TwoFactor::On, TwoFactor::Off, TwoFactor::Unknown][usize::from(*two_factor)];
                row
            });
            let account = Account::new().members(members.collect());
            let directory = &account.directory;
            let direction = if descending { Direction::Descending } else { Direction::Ascending };
            for column in [ColumnId::Email, ColumnId::TwoFactor] {
                let mut expected = List::Members.slots(directory);
                expected.sort_by_cached_key(|slot| {
                    let row = directory.members().at(*slot).unwrap();
                    let email: String = crate::rows::scorer::folded(&row.email).collect();
                    (row.email.is_empty(), email, row.id.clone())
                });
                expected.sort_by(|a, b| {
                    let key = |slot: &Slot| {
                        let row = directory.members().at(*slot).unwrap();
                        let email: String = crate::rows::scorer::folded(&row.email).collect();
                        match column {
                            ColumnId::Email => (row.email.is_empty(), email, 0),
                            _ => (row.two_factor == TwoFactor::Unknown, String::new(), u8::from(row.two_factor == TwoFactor::On)),
                        }
                    };
                    let (a, b) = (key(a), key(b));
                    let order = (&a.1, a.2).cmp(&(&b.1, b.2));
                    a.0.cmp(&b.0).then(if descending { order.reverse() } else { order })
                });
                let sort = Sort { column, direction };
                prop_assert_eq!(sorted(List::Members, sort, directory, budget), expected);
            }
        }
    }
}
