//! A list as a screen holds it: sorted, filtered, and following the directory as pages arrive, all in slices.

use std::sync::Arc;

use crate::domain::{Directory, Slot};

use super::filter::Filter;
use super::list::List;
use super::search::Search;
use super::sort::{Order, Sort, Sorting};

/// How many rows one slice takes: a release build stays below 4 ms with it on an ordinary machine.
pub const SLICE: usize = 4096;

/// The rows of a list in the order in which they are shown. What is shown stays until what follows it is whole.
#[derive(Clone, Debug)]
pub struct Listing {
    list: List,
    sort: Sort,
    filter: Filter,
    order: Arc<[Slot]>,
    shown: Arc<[Slot]>,
    /// The version of the directory that `order` is of; `None` before the first.
    version: Option<u64>,
    sorting: Option<Sorting>,
    search: Option<Search>,
    /// Whether `search` still has rows to try.
    searching: bool,
    /// Whether what is shown is what `filter` leaves, of the rows as they were when it was last tried.
    filtered: bool,
}

impl Listing {
    /// A list, sorted by its first column and not filtered. Empty until it has followed a directory.
    pub fn new(list: List) -> Self {
        Self {
            sort: Sort::of(&list),
            list,
            filter: Filter::default(),
            order: Arc::from([]),
            shown: Arc::from([]),
            version: None,
            sorting: None,
            search: None,
            searching: false,
            filtered: true,
        }
    }

    /// Which list it is.
    pub fn list(&self) -> &List {
        &self.list
    }

    /// How it is sorted, or about to be.
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// How it is filtered, or about to be.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The rows as they are shown.
    pub fn rows(&self) -> &[Slot] {
        &self.shown
    }

    /// How many rows there are without the filter.
    pub fn total(&self) -> usize {
        self.order.len()
    }

    /// Whether there is work left for [`Listing::step`].
    pub fn is_settled(&self) -> bool {
        self.sorting.is_none() && !self.searching
    }

    /// Whether what is shown is what the filter leaves; rows that came since may still be missing.
    pub fn has_filtered(&self) -> bool {
        self.filtered
    }

    /// Lists other rows of the same kind, sorted and filtered as these are.
    pub fn list_anew(&mut self, list: List) {
        self.list = list;
        self.version = None;
        self.sorting = None;
    }

    /// Sorts otherwise.
    pub fn sort_by(&mut self, sort: Sort, directory: &Directory) {
        if sort != self.sort {
            self.sort = sort;
            self.begin_sorting(directory);
        }
    }

    /// Filters otherwise; a filter that narrows the last one tries only what that one left.
    pub fn filter_by(&mut self, filter: Filter) {
        if filter == self.filter {
            return;
        }
        self.filter = filter;
        let list = self.list.clone();
        self.search = Some(match self.search.take() {
            Some(search) => search.refine(self.filter.clone()),
            None => Search::new(list, self.filter.clone(), self.order.clone()),
        });
        self.searching = true;
        self.filtered = false;
    }

    /// Notices that the directory has changed. While rows are still being sorted the change waits its turn, so
    /// that a list that grows with every page is shown all the same.
    pub fn follow(&mut self, directory: &Directory) {
        if self.version != Some(directory.version()) && self.sorting.is_none() {
            self.begin_sorting(directory);
        }
    }

    /// Does a slice of what there is to do, about `budget` rows of it; whether there is more. A filter that was
    /// just typed goes before sorting what has just come.
    pub fn step(&mut self, directory: &Directory, budget: usize) -> bool {
        if self.searching
            && let Some(search) = &mut self.search
        {
            if let Some(rows) = search.step(directory, budget) {
                self.shown = rows;
                self.searching = false;
                // Before the first order there is nothing that the filter could have left.
                self.filtered = self.version.is_some();
            }
        } else if let Some(sorting) = &mut self.sorting
            && let Some(order) = sorting.step(directory, budget)
        {
            self.take_order(order);
        }
        !self.is_settled()
    }

    fn begin_sorting(&mut self, directory: &Directory) {
        self.sorting = Some(Sorting::new(self.list.clone(), self.sort, directory));
    }

    fn take_order(&mut self, order: Order) {
        self.version = Some(order.version);
        self.order = order.rows;
        self.sorting = None;
        self.search = Some(Search::new(self.list.clone(), self.filter.clone(), self.order.clone()));
        self.searching = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::{Account, dns_on, group, member};
    use crate::domain::{Load, Now, Page, TwoFactor};
    use crate::rows::{ColumnId, Direction, RowId};

    fn finish(listing: &mut Listing, directory: &Directory) {
        while listing.step(directory, 3) {}
    }

    fn emails<'d>(listing: &Listing, directory: &'d Directory) -> Vec<&'d str> {
        let name = |slot: &Slot| &*directory.members().at(*slot).unwrap().email;
        listing.rows().iter().map(name).collect()
    }

    fn filter(text: &str) -> Filter {
        Filter::parse(&List::Members, text).unwrap()
    }

    fn account() -> Account {
        let people = ["noor@x.io", "ana@x.io", "leo@x.io", "mia@x.io", "anna@y.io"];
        let members = (0..).zip(people).map(|(n, email)| member(n, email, &[])).collect();
        Account::new().members(members)
    }

    #[test]
    fn a_list_is_empty_until_it_has_followed_and_then_in_order() {
        let account = account();
        let mut listing = Listing::new(List::Members);
        assert!(listing.is_settled() && listing.rows().is_empty());
        listing.follow(&account.directory);
        assert!(!listing.is_settled());
        finish(&mut listing, &account.directory);
        let all = ["ana@x.io", "anna@y.io", "leo@x.io", "mia@x.io", "noor@x.io"];
        assert_eq!(emails(&listing, &account.directory), all);
        assert_eq!(listing.total(), 5);
    }

    #[test]
    fn what_was_shown_stays_until_what_follows_is_whole() {
        let account = account();
        let mut listing = Listing::new(List::Members);
        listing.follow(&account.directory);
        finish(&mut listing, &account.directory);
        listing.filter_by(filter("leo"));
        assert_eq!(listing.rows().len(), 5);
        assert!(listing.step(&account.directory, 2));
        assert_eq!(listing.rows().len(), 5);
        finish(&mut listing, &account.directory);
        assert_eq!(emails(&listing, &account.directory), ["leo@x.io"]);
        assert_eq!(listing.total(), 5);
    }

    #[test]
    fn letters_added_and_taken_away_leave_what_the_whole_filter_leaves() {
        let account = account();
        let mut listing = Listing::new(List::Members);
        listing.follow(&account.directory);
        for text in ["a", "an", "ann", "an", "", "x", "x !ana", "!ana", "!a", "2fa:on", ""] {
            listing.filter_by(filter(text));
            finish(&mut listing, &account.directory);
            let mut afresh = Listing::new(List::Members);
            afresh.filter_by(filter(text));
            afresh.follow(&account.directory);
            finish(&mut afresh, &account.directory);
            assert_eq!(listing.rows(), afresh.rows(), "{text:?}");
        }
    }

    #[test]
    fn rows_that_come_later_are_sorted_in_and_filtered_too() {
        let mut account = account();
        let mut listing = Listing::new(List::Members);
        listing.filter_by(filter("ana"));
        listing.follow(&account.directory);
        finish(&mut listing, &account.directory);
        let late = Load::Rows(Page::Members(vec![member(9, "ana.b@x.io", &[])]));
        account.directory.absorb(late, Now::default());
        listing.follow(&account.directory);
        finish(&mut listing, &account.directory);
        assert_eq!(emails(&listing, &account.directory)[..2], ["ana@x.io", "ana.b@x.io"]);
        listing.follow(&account.directory);
        assert!(listing.is_settled(), "nothing has changed since");
    }

    #[test]
    fn a_list_that_changes_with_every_slice_is_shown_all_the_same() {
        let mut account = account();
        let mut listing = Listing::new(List::Members);
        for number in 10..200 {
            let late = member(number, &format!("m{number}@x.io"), &[]);
            account.directory.absorb(Load::Rows(Page::Members(vec![late])), Now::default());
            listing.follow(&account.directory);
            listing.step(&account.directory, 4);
        }
        assert!(!listing.rows().is_empty());
    }

    #[test]
    fn another_order_keeps_the_filter_and_breaks_ties_by_email() {
        let mut people = account();
        let mut off = member(2, "leo@x.io", &[]);
        off.two_factor = TwoFactor::Off;
        people.directory.absorb(Load::Rows(Page::Members(vec![off])), Now::default());
        let mut listing = Listing::new(List::Members);
        listing.filter_by(filter("2fa:on email:x.io"));
        listing.follow(&people.directory);
        let sort = Sort { column: ColumnId::Name, direction: Direction::Descending };
        listing.sort_by(sort, &people.directory);
        finish(&mut listing, &people.directory);
        assert_eq!(emails(&listing, &people.directory), ["noor@x.io", "mia@x.io", "ana@x.io"]);
    }

    #[test]
    fn each_list_holds_its_rows_and_finds_them_by_id() {
        let account = account()
            .groups(vec![group(50, "dns", &[dns_on(1)]), group(51, "ops", &[])])
            .inside(50, &[1, 3]);
        let directory = &account.directory;
        let (dns, ana) =
            (crate::access::fixture::group_id(50), crate::access::fixture::member_id(1));
        for (list, rows) in [
            (List::Members, 5),
            (List::Groups, 2),
            (List::Organization, 0),
            (List::GroupMembers(dns), 2),
            (List::MemberGroups(ana.clone()), 1),
        ] {
            let mut listing = Listing::new(list.clone());
            listing.follow(directory);
            finish(&mut listing, directory);
            assert_eq!(listing.rows().len(), rows, "{list:?}");
            for slot in listing.rows() {
                let id = list.id(directory, *slot).unwrap();
                assert_eq!(list.slot(directory, &id), Some(*slot));
            }
        }
        assert_eq!(List::Groups.slot(directory, &RowId::Member(ana)), None);
    }
}
