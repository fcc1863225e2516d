//! Keeps a disagreement about widths inside its row. Terminals differ on how many columns a sign takes that is not
//! plainly one wide: where one counts otherwise than we do, or keeps half of a wide sign that was written over,
//! what stands behind it in the row is wrong. So a row that has such a sign, or had one, is written whole when
//! anything in it changes, on a cleared line, and each column behind such a sign is addressed anew.

use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use unicode_width::UnicodeWidthStr;

/// What the rows of the last frame held, to know which of them change.
#[derive(Debug, Default)]
pub(super) struct Contain {
    last: Buffer,
    /// Rows that the library can't compare with the last frame, because they were marked in it.
    marked: Vec<bool>,
}

impl Contain {
    /// The terminal shows nothing.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Marks the cells of a frame, before it is compared with the last one: what is to be written whole, and what
    /// not at all. Rows without such signs are left to the library.
    pub(super) fn mark(&mut self, frame: &mut Buffer) {
        if self.last.area != frame.area {
            self.last = Buffer::empty(frame.area);
            self.marked = vec![false; usize::from(frame.area.height)];
        }
        let width = usize::from(frame.area.width).max(1);
        let rows = frame.content.chunks_mut(width).zip(self.last.content.chunks_mut(width));
        for ((now, last), marked) in rows.zip(&mut self.marked) {
            mark_row(now, last, marked);
        }
    }
}

fn mark_row(now: &mut [Cell], last: &mut [Cell], marked: &mut bool) {
    let changed = now != last;
    let odd = is_odd(now) || changed && is_odd(last);
    if changed {
        last.clone_from_slice(now);
    }
    let option = match (odd, changed) {
        (true, true) => CellDiffOption::AlwaysUpdate,
        (true, false) => CellDiffOption::Skip,
        (false, false) if *marked => CellDiffOption::Skip,
        // A row that was marked differs in every cell from one that is not: it is written whole once more.
        (false, _) => {
            *marked = false;
            return;
        }
    };
    *marked = true;
    for cell in now {
        cell.set_diff_option(option);
    }
}

fn is_odd(row: &[Cell]) -> bool {
    row.iter().any(|cell| !is_plain(cell))
}

/// Whether every terminal takes the cell for one column.
pub(super) fn is_plain(cell: &Cell) -> bool {
    let symbol = cell.symbol();
    let mut signs = symbol.chars();
    let (Some(sign), None) = (signs.next(), signs.next()) else { return false };
    match sign {
        ' '..='~' => true,
        // Letters from Latin to Cyrillic, punctuation, arrows, lines and boxes, and the marks that screens use.
        '\u{a1}'..='\u{ac}'
        | '\u{ae}'..='\u{52f}'
        | '\u{1e00}'..='\u{1fff}'
        | '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{205e}'
        | '\u{2190}'..='\u{22ff}'
        | '\u{2500}'..='\u{25ff}'
        | '✓'
        | '✗'
        | '⟨'
        | '⟩' => symbol.width() == 1,
        _ => false,
    }
}
