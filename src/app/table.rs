//! A list of members, groups or organization members: what is shown of it, the filter line, the cursor. One
//! machine for every such list, on its own screen, in a pane or in a picker.

use crate::domain::{Directory, Slot};
use crate::keys::{Code, Key};
use crate::rows::{self, ColumnId, Direction, Filter, Listing, Sort};

use std::collections::BTreeSet;

use super::line::{Line, Typed};
use super::list::{ListState, Motion};

/// How many slices are done at once before a frame where the whole account is no longer than
/// [`SHORT`]: it is sorted and filtered within one frame, by a filter of many words too, each of which makes slices
/// shorter. A longer one has one slice a frame.
const SLICES_AT_ONCE: usize = 36;
/// How many rows are sorted and filtered within one frame.
const SHORT: usize = 3 * rows::SLICE;

/// Why enter takes nothing: a line that can't be read filters nothing away, and the row under the cursor is
/// not what it names.
pub const UNREADABLE: &str = "the filter can't be read, so it names no row";

/// The state of such a list.
#[derive(Clone, Debug)]
pub struct Table {
    listing: Listing,
    /// The rows that are shown, the cursor and the marks.
    pub rows: ListState<Slot>,
    /// The filter line.
    pub line: Line,
    /// Whether the filter line has the keys.
    pub typing: bool,
    /// What is wrong with the filter line; while there is something, nothing is filtered away by it.
    pub fault: Option<String>,
    /// Rows that are staged to be in this list: shown first, filtered or not.
    staged: Vec<Slot>,
    /// Whether the next rows that come are those of another filter, of which the best is to be taken.
    take_best: bool,
    /// The version of the directory whose rows the marks are on.
    marks_of: u64,
}

/// What a key in the filter line came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterKey {
    /// The line has used it.
    Used,
    /// Open the row under the cursor.
    Open,
    /// There is no such row, for this reason.
    Refused(&'static str),
    /// It is not for the line.
    NotMine,
}

impl Table {
    /// A list with nothing shown yet.
    pub fn new(list: rows::List) -> Self {
        Self {
            listing: Listing::new(list),
            rows: ListState::default(),
            line: Line::default(),
            typing: false,
            fault: None,
            staged: Vec::new(),
            take_best: false,
            marks_of: 0,
        }
    }

    /// Lists other rows of the same kind: the sort, the filter, the cursor and the marks stay.
    pub fn list_anew(&mut self, list: rows::List) {
        self.listing.list_anew(list);
    }

    /// Whether what is shown is all that there is to show: no work goes on.
    pub fn is_settled(&self) -> bool {
        self.listing.is_settled()
    }

    /// Which list it is.
    pub fn list(&self) -> &rows::List {
        self.listing.list()
    }

    /// How it is sorted.
    pub fn sort(&self) -> Sort {
        self.listing.sort()
    }

    /// How it is filtered.
    pub fn filter(&self) -> &Filter {
        self.listing.filter()
    }

    /// How many rows there are without the filter, staged ones included.
    pub fn total(&self) -> usize {
        self.listing.total() + self.staged.len()
    }

    /// Whether a filter is on.
    pub fn is_filtered(&self) -> bool {
        !self.listing.filter().is_empty()
    }

    /// Whether a row is only staged to be in this list.
    pub fn is_staged(&self, row: Slot) -> bool {
        self.staged.contains(&row)
    }

    /// Takes notice of what has changed in the directory, and works for about one frame; whether there is more.
    pub fn follow(&mut self, directory: &Directory, staged: Vec<Slot>) -> bool {
        if staged != self.staged {
            self.staged = staged;
            self.show();
        }
        self.listing.follow(directory);
        let more = self.work(directory);
        if self.marks_of != directory.version() && !more {
            self.marks_of = directory.version();
            let Self { rows, listing, staged, .. } = self;
            let is_there = |slot: &Slot| listing.list().holds(directory, *slot);
            rows.keep_marks(|slot| is_there(slot) || staged.contains(slot));
        }
        more
    }

    /// Goes on with work that was cut into slices; whether there is more.
    pub fn work(&mut self, directory: &Directory) -> bool {
        let mut more = !self.listing.is_settled();
        for _ in 0..SLICES_AT_ONCE {
            if !more {
                break;
            }
            more = self.listing.step(directory, rows::SLICE);
            if self.listing.list().size(directory) > SHORT {
                break;
            }
        }
        let is_best_known = self.take_best && self.listing.has_filtered();
        if is_best_known || self.listing.is_settled() || self.rows.rows().is_empty() {
            self.show();
        }
        more
    }

    /// Whether the best row of what was typed last is still being looked for: the row under the cursor is another's.
    pub fn is_filtering(&self) -> bool {
        self.take_best
    }

    fn show(&mut self) {
        let shown = self.listing.rows();
        let mut only_staged: BTreeSet<Slot> = self.staged.iter().copied().collect();
        if !only_staged.is_empty() {
            for slot in shown {
                only_staged.remove(slot);
            }
        }
        let staged = self.staged.iter().copied().filter(|slot| only_staged.contains(slot));
        let mut rows: Vec<Slot> = staged.collect();
        rows.extend_from_slice(shown);
        if self.take_best && self.listing.has_filtered() {
            self.take_best = false;
            self.rows.show_best(rows);
        } else if rows != self.rows.rows() {
            self.rows.show(rows);
        }
    }

    /// Sorts by a column; by the same one again, the other way round.
    pub fn sort_by(&mut self, column: ColumnId, directory: &Directory) -> bool {
        let direction = match self.listing.sort() {
            Sort { column: now, direction: Direction::Ascending } if now == column => {
                Direction::Descending
            }
            _ => Direction::Ascending,
        };
        self.listing.sort_by(Sort { column, direction }, directory);
        self.work(directory)
    }

    /// Gives the filter line the keys; a filter that is on is selected, so that the next one is just typed.
    pub fn type_filter(&mut self) {
        self.typing = true;
        self.line.select();
    }

    /// Offers a key to the filter line.
    pub fn filter_key(&mut self, key: Key, directory: &Directory, page: u16) -> FilterKey {
        if !self.typing {
            return FilterKey::NotMine;
        }
        match (key.code, key.ctrl, key.alt) {
            (Code::Enter, ..) => return self.take(),
            (Code::Down | Code::Tab, false, false) => self.typing = false,
            (Code::Up, false, false) => self.rows.go(Motion::Up, page),
            (Code::Esc, ..) => {
                self.typing = false;
                self.clear_filter(directory);
            }
            _ => match self.line.key(key) {
                Typed::NotMine => return FilterKey::NotMine,
                Typed::Moved => {}
                Typed::Changed => self.apply_line(directory),
            },
        }
        FilterKey::Used
    }

    fn take(&mut self) -> FilterKey {
        if self.fault.is_some() {
            return FilterKey::Refused(UNREADABLE);
        }
        if self.rows.cursor().is_none() && !self.line.is_empty() {
            return FilterKey::Refused("the filter leaves no row");
        }
        self.typing = false;
        FilterKey::Open
    }

    /// Takes pasted text into the filter line.
    pub fn paste(&mut self, text: &str, directory: &Directory) {
        self.line.paste(text);
        self.apply_line(directory);
    }

    /// Filters by what a line says, whoever typed it.
    pub fn apply_line(&mut self, directory: &Directory) {
        match Filter::parse(self.listing.list(), self.line.text()) {
            Ok(filter) => {
                self.fault = None;
                self.take_best = true;
                self.listing.filter_by(filter);
            }
            Err(fault) => {
                self.fault = Some(fault.to_string());
                self.listing.filter_by(Filter::default());
            }
        }
        self.work(directory);
    }

    /// Takes the filter away; whether there was one. The cursor stays on its row.
    pub fn clear_filter(&mut self, directory: &Directory) -> bool {
        let any = !self.line.is_empty();
        self.line.clear();
        self.fault = None;
        self.typing = false;
        self.take_best = false;
        self.listing.filter_by(Filter::default());
        self.work(directory);
        any
    }
}
