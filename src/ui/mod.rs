//! Painting: what the screen looks like for a [`State`]. Takes everything by reference, changes nothing, and
//! never waits, reads a clock or speaks to the service. What only painting knows goes back as [`Facts`].

mod canvas;
mod dialogs;
mod footer;
mod header;
mod list;
mod person;
mod policies;
mod preview;
mod proof;
mod screens;
mod status;
mod table;
mod tabs;
mod theme;

pub use theme::Theme;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{Facts, Screen, State};
use canvas::Canvas;

/// The fewest columns on which the screen is of use.
const LEAST_COLUMNS: u16 = 40;
/// The fewest rows on which it is.
const LEAST_ROWS: u16 = 10;

/// How many rows fit into the panes of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rows {
    /// Into the one that has the keys.
    list: u16,
    /// Into the other one.
    other: u16,
}

/// Paints the whole screen. The size is the frame's, whatever the state believes.
pub fn paint(frame: &mut Frame<'_>, state: &State, theme: &Theme) -> Facts {
    let area = frame.area();
    let mut canvas = Canvas::new(frame.buffer_mut(), theme);
    canvas.style(area, theme.text);
    let facts = if area.width < LEAST_COLUMNS || area.height < LEAST_ROWS {
        too_small(&mut canvas, area);
        Facts::default()
    } else {
        whole(&mut canvas, state, area)
    };
    if let Some(caret) = canvas.caret {
        frame.set_cursor_position(caret);
    }
    facts
}

fn whole(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Facts {
    let line = |at| canvas::row(area, at);
    header::paint(canvas, state, line(0));
    tabs::paint(canvas, state, line(1), line(2));
    let body = Rect { y: area.y + 3, height: area.height - 4, ..area };
    let rows = screens::paint(canvas, state, body);
    footer::paint(canvas, state, line(area.height - 1));
    let dialog_rows = dialogs::paint(canvas, state, area);
    Facts {
        list_rows: rows.list,
        other_rows: rows.other,
        dialog_rows: dialog_rows.unwrap_or(0),
        dialog: state.dialogs.last().map_or(0, |top| top.number),
        plan: match state.place.above.last() {
            Some(Screen::Plan(screen)) if state.dialogs.is_empty() => screen.number,
            _ => 0,
        },
    }
}

/// Says that there is no room. No dialog counts as drawn then: what can't be read is not answered.
fn too_small(canvas: &mut Canvas<'_>, area: Rect) {
    let theme = *canvas.theme;
    let words = format!(
        "{}×{} is too small: {LEAST_COLUMNS}×{LEAST_ROWS} is needed. Keys still work.",
        area.width, area.height
    );
    canvas.wrapped(area, &words, theme.text);
}
