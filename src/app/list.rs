//! One list state for all lists: what is shown, where the cursor is, what is marked. Holds ids, never row numbers:
//! a refresh, a sort or a filter moves nothing onto another row.

use std::collections::BTreeSet;

/// How the cursor moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// One row down.
    Down,
    /// One row up.
    Up,
    /// To the first row.
    Top,
    /// To the last row.
    Bottom,
    /// Half a page down.
    PageDown,
    /// Half a page up.
    PageUp,
}

/// The state of a list of rows known by `K`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListState<K> {
    rows: Vec<K>,
    cursor: Option<K>,
    at: usize,
    top: usize,
    marks: BTreeSet<K>,
    range: Option<Range<K>>,
}

/// A range that is being marked.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Range<K> {
    /// Where it began.
    anchor: K,
    /// What was marked before.
    before: BTreeSet<K>,
}

impl<K> Default for ListState<K> {
    fn default() -> Self {
        Self { rows: Vec::new(), cursor: None, at: 0, top: 0, marks: BTreeSet::new(), range: None }
    }
}

impl<K: Clone + Ord> ListState<K> {
    /// The rows that are shown, in order.
    pub fn rows(&self) -> &[K] {
        &self.rows
    }

    /// The row under the cursor.
    pub fn cursor(&self) -> Option<K> {
        self.cursor.clone()
    }

    /// Where the cursor is among the rows.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The marked rows, also those that are not shown now.
    pub fn marks(&self) -> &BTreeSet<K> {
        &self.marks
    }

    /// Whether a range is being marked.
    pub fn is_ranging(&self) -> bool {
        self.range.is_some()
    }

    /// Shows other rows. The cursor stays on its row; where that is gone, it stays at its place. A range ends here:
    /// what lies between other rows is not what the person went over.
    pub fn show(&mut self, rows: Vec<K>) {
        self.change_rows(rows);
        let place = self.cursor.as_ref().and_then(|cursor| self.place(cursor));
        self.put(place.unwrap_or(self.at));
    }

    /// Shows other rows and takes the first, which is the best.
    pub fn show_best(&mut self, rows: Vec<K>) {
        self.change_rows(rows);
        self.put(0);
    }

    fn change_rows(&mut self, rows: Vec<K>) {
        if rows != self.rows {
            self.range = None;
            self.rows = rows;
        }
    }

    /// Puts the cursor on a row, if it is shown.
    pub fn go_to(&mut self, row: &K) {
        if let Some(place) = self.place(row) {
            self.put(place);
        }
    }

    fn place(&self, row: &K) -> Option<usize> {
        self.rows.iter().position(|shown| shown == row)
    }

    /// Moves the cursor. `page` is the number of rows that fit.
    pub fn go(&mut self, motion: Motion, page: u16) {
        let half = usize::from(page / 2).max(1);
        let last = self.rows.len().saturating_sub(1);
        let place = match motion {
            Motion::Down => self.at.saturating_add(1),
            Motion::Up => self.at.saturating_sub(1),
            Motion::Top => 0,
            Motion::Bottom => last,
            Motion::PageDown => self.at.saturating_add(half),
            Motion::PageUp => self.at.saturating_sub(half),
        };
        let from = self.at;
        self.put(place.min(last));
        self.stretch(from);
        self.top = self.first_shown(usize::from(page));
    }

    fn put(&mut self, place: usize) {
        self.at = place.min(self.rows.len().saturating_sub(1));
        self.cursor = self.rows.get(self.at).cloned();
    }

    /// The cursor has moved from a place to where it is: the range grows or shrinks by what lies between.
    fn stretch(&mut self, from: usize) {
        let Some(range) = &self.range else { return };
        let Some(anchor) = self.place(&range.anchor) else { return };
        let inside = anchor.min(self.at)..=anchor.max(self.at);
        let between = from.min(self.at)..=from.max(self.at);
        for (place, row) in
            self.rows.iter().enumerate().take(between.end() + 1).skip(*between.start())
        {
            if inside.contains(&place) {
                self.marks.insert(row.clone());
            } else if !range.before.contains(row) {
                self.marks.remove(row);
            }
        }
    }

    /// Marks or unmarks the row under the cursor and moves on; a range that is open ends before it.
    pub fn mark(&mut self, page: u16) {
        self.range = None;
        let Some(row) = self.cursor.clone() else { return };
        if !self.marks.remove(&row) {
            self.marks.insert(row);
        }
        self.go(Motion::Down, page);
    }

    /// Begins a range at the cursor, or ends the one that is open.
    pub fn range(&mut self) {
        self.range = match (self.range.take(), self.cursor.clone()) {
            (None, Some(anchor)) => Some(Range { anchor, before: self.marks.clone() }),
            _ => None,
        };
        self.stretch(self.at);
    }

    /// Marks all rows that are shown; where they all are, unmarks them.
    pub fn mark_all(&mut self) {
        self.range = None;
        if self.rows.iter().all(|row| self.marks.contains(row)) {
            for row in &self.rows {
                self.marks.remove(row);
            }
        } else {
            self.marks.extend(self.rows.iter().cloned());
        }
    }

    /// Unmarks everything; whether there was a mark.
    pub fn unmark(&mut self) -> bool {
        self.range = None;
        let any = !self.marks.is_empty();
        self.marks.clear();
        any
    }

    /// Drops marks of rows that no longer exist.
    pub fn keep_marks(&mut self, exists: impl Fn(&K) -> bool) {
        self.marks.retain(exists);
    }

    /// How many of the marked rows are not shown now. What is done is done to them too, so it is to be said.
    pub fn marks_not_shown(&self) -> usize {
        if self.marks.is_empty() {
            return 0;
        }
        let shown = self.rows.iter().filter(|row| self.marks.contains(row)).count();
        self.marks.len() - shown
    }

    /// What an action is about: the marked rows, or the row under the cursor.
    pub fn chosen(&self) -> Vec<K> {
        if self.marks.is_empty() {
            self.cursor.iter().cloned().collect()
        } else {
            self.marks.iter().cloned().collect()
        }
    }

    /// The first row to paint where `fits` rows fit: the cursor is in sight, with two rows of company above and
    /// below where there is room, and the rows move no more than that needs.
    pub fn first_shown(&self, fits: usize) -> usize {
        let company = 2.min(fits.saturating_sub(1) / 2);
        let highest = self.at.saturating_sub(company);
        let lowest = (self.at + company + 1).saturating_sub(fits);
        self.top.max(lowest).min(highest).min(self.rows.len().saturating_sub(fits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rows: &[u32]) -> ListState<u32> {
        let mut list = ListState::default();
        list.show(rows.to_vec());
        list
    }

    #[test]
    fn the_cursor_stays_on_its_row_when_rows_move() {
        let mut list = list(&[1, 2, 3, 4]);
        list.go_to(&3);
        list.show(vec![9, 8, 3, 1]);
        assert_eq!((list.cursor(), list.at()), (Some(3), 2));
        list.show(vec![3, 9]);
        assert_eq!((list.cursor(), list.at()), (Some(3), 0));
    }

    #[test]
    fn a_cursor_whose_row_is_gone_stays_at_its_place() {
        let mut list = list(&[1, 2, 3, 4]);
        list.go_to(&2);
        list.show(vec![1, 3, 4]);
        assert_eq!(list.cursor(), Some(3));
        list.show(vec![]);
        assert_eq!(list.cursor(), None);
        list.show(vec![7]);
        assert_eq!(list.cursor(), Some(7));
    }

    #[test]
    fn marks_outlive_a_filter_and_a_range_follows_the_cursor() {
        let mut list = list(&[1, 2, 3, 4]);
        list.mark(10);
        assert_eq!((list.cursor(), list.chosen()), (Some(2), vec![1]));
        list.go(Motion::Down, 10);
        list.range();
        list.go(Motion::Down, 10);
        list.range();
        list.go(Motion::Top, 10);
        list.show(vec![2]);
        assert_eq!(list.chosen(), [1, 3, 4]);
        assert!(list.unmark());
        assert_eq!(list.chosen(), [2]);
    }

    #[test]
    fn a_range_shrinks_when_the_cursor_comes_back_and_leaves_what_was_marked_before() {
        let mut list = list(&[1, 2, 3, 4, 5, 6]);
        list.go_to(&2);
        list.mark(10);
        list.go_to(&4);
        list.range();
        list.go(Motion::Bottom, 10);
        assert_eq!(list.chosen(), [2, 4, 5, 6]);
        list.go(Motion::Top, 10);
        assert_eq!(list.chosen(), [1, 2, 3, 4]);
        list.go(Motion::Bottom, 10);
        list.go(Motion::Up, 10);
        assert_eq!(list.chosen(), [2, 4, 5]);
        list.range();
        list.go(Motion::Top, 10);
        assert_eq!(list.chosen(), [2, 4, 5], "the range has ended");
    }

    #[test]
    fn a_range_ends_where_other_rows_are_shown_and_never_takes_what_the_cursor_was_carried_over() {
        let mut list = list(&[1, 2, 3, 4, 5, 6]);
        list.range();
        list.show(vec![6]);
        list.go(Motion::Down, 10);
        list.show(vec![1, 2, 3, 4, 5, 6]);
        assert_eq!((list.cursor(), list.chosen()), (Some(6), vec![1]));
        list.range();
        list.show(vec![1, 2, 3, 4, 5, 6]);
        assert!(list.is_ranging(), "the rows are the same");
        list.go_to(&2);
        assert_eq!(list.chosen(), [1, 6], "nobody went there");
    }

    #[test]
    fn marking_scrolls_no_further_than_moving_does() {
        let mut list = list(&(0..50).collect::<Vec<_>>());
        for _ in 0..6 {
            list.mark(10);
        }
        assert_eq!(list.first_shown(10), 0, "what was marked is still in sight");
        assert_eq!(list.chosen(), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn marked_rows_that_are_not_shown_are_counted() {
        let mut list = list(&[1, 2, 3]);
        list.mark_all();
        list.show(vec![2, 9]);
        assert_eq!(list.marks_not_shown(), 2);
        list.keep_marks(|row| *row < 3);
        assert_eq!(list.marks_not_shown(), 1);
    }

    #[test]
    fn marking_all_marks_what_is_shown_and_a_second_time_unmarks_it() {
        let mut list = list(&[1, 2, 3]);
        list.go_to(&3);
        list.mark(10);
        list.show(vec![1, 2]);
        list.mark_all();
        assert_eq!(list.chosen(), [1, 2, 3]);
        list.mark_all();
        assert_eq!(list.chosen(), [3]);
    }

    #[test]
    fn rows_scroll_one_by_one_at_the_edge_and_stand_still_within() {
        let mut list = list(&(0..50).collect::<Vec<_>>());
        let mut shown = Vec::new();
        for _ in 0..9 {
            list.go(Motion::Down, 10);
            shown.push(list.first_shown(10));
        }
        assert_eq!(shown, [0, 0, 0, 0, 0, 0, 0, 1, 2]);
        list.go(Motion::Up, 10);
        assert_eq!(list.first_shown(10), 2);
    }

    #[test]
    fn the_cursor_is_always_in_sight() {
        for rows in [1_u32, 5, 20, 100] {
            let mut list = list(&(0..rows).collect::<Vec<_>>());
            for fits in 1..12_usize {
                list.go(Motion::Top, 5);
                for _ in 0..rows {
                    let first = list.first_shown(fits);
                    assert!(
                        first <= list.at() && list.at() < first + fits,
                        "{rows} {fits} {}",
                        list.at()
                    );
                    list.go(Motion::Down, 5);
                }
            }
        }
    }
}
