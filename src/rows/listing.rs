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
    }

    /// Notices that the directory has changed. While rows are still being sorted the change waits its turn, so
    /// that a list that grows with every page is shown all the same.
    pub fn follow(&mut self, directory: &Directory) {
        if self.version != Some(directory.version()) && self.is_settled() {
            self.begin_sorting(directory);
        }
    }

    /// Does a slice of what there is to do, about `budget` rows of it; whether there is more.
    pub fn step(&mut self, directory: &Directory, budget: usize) -> bool {
        if let Some(sorting) = &mut self.sorting {
            if let Some(order) = sorting.step(directory, budget) {
                self.take_order(order);
            }
            return true;
        }
        if self.searching
            && let Some(search) = &mut self.search
        {
            if let Some(rows) = search.step(directory, budget) {
                self.shown = rows.into();
                self.searching = false;
            }
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
