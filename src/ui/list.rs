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
    area.height
}

/// Shows that a row is under the cursor: as a bar where the keys are, as a small sign where they are not.
pub fn under_cursor(canvas: &mut Canvas<'_>, line: Rect, focus: Focus) {
    match focus {
        Focus::Here => canvas.cursor(line),
        Focus::Elsewhere => {
            let style = canvas.theme.dim;
            canvas.text(line.x, line.y, 1, "›", style);
        }
    }
}
