//! A list of lines: policies, the plan, a run, what is staged, requests. Only lines in sight are painted.

use ratatui::layout::Rect;

use super::canvas::{Canvas, row};
use crate::app::ListState;

/// Whether a pane has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// It has.
    Here,
    /// Another has them.
    Elsewhere,
}

/// Paints the lines in sight; `draw` paints one of them into its row. Gives how many rows fit.
pub fn paint<K: Clone + Ord>(
    canvas: &mut Canvas<'_>,
    list: &ListState<K>,
    area: Rect,
    focus: Focus,
    mut draw: impl FnMut(&mut Canvas<'_>, &K, Rect),
) -> u16 {
    let first = list.first_shown(area.height.into());
    let shown = list.rows().iter().enumerate().skip(first).take(area.height.into());
    for (place, (at, key)) in (0..).zip(shown) {
        let line = row(area, place);
        draw(canvas, key, line);
        if at == list.at() {
            under_cursor(canvas, line, focus);
        }
    }
    thumb(canvas, area, first, list.rows().len());
    area.height
}

/// Shows at the right edge which part of a list is in sight, where it is not all of it.
pub fn thumb(canvas: &mut Canvas<'_>, area: Rect, first: usize, all: usize) {
    let height = usize::from(area.height);
    if all <= height || height == 0 || area.width == 0 {
        return;
    }
    let size = (height * height / all).max(1);
    // The ends are reached only where the list's ends are in sight.
    let room = height - size;
    let start = match first {
        0 => 0,
        first if first + height >= all => room,
        first => (first * room / (all - height)).clamp(1.min(room), room.saturating_sub(1).max(1)),
    };
    let style = canvas.theme.rule;
    for at in start..(start + size).min(height) {
        let y = area.y.saturating_add(u16::try_from(at).unwrap_or(u16::MAX));
        canvas.text(area.right() - 1, y, 1, "▐", style);
    }
}

/// Shows that a row is under the cursor, where the keys are: one cursor on a screen.
pub fn under_cursor(canvas: &mut Canvas<'_>, line: Rect, focus: Focus) {
    if focus == Focus::Here {
        canvas.cursor(line);
    }
}
