//! What can be done here, searched as one types; what can't be done now stands there with its reason.

use ratatui::layout::Rect;
use ratatui::text::Span;

use super::super::canvas::{Canvas, below, row, span, top};
use super::super::list::{self, Focus};
use crate::app::{Help, State};
use crate::text;

/// Columns of the keys.
const KEYS: usize = 14;
/// Columns of the names.
const NAMES: usize = 16;
/// Rows for the words of the action under the cursor, whole.
const WHOLE: u16 = 2;

/// Paints the help; gives how many rows fit.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, help: &Help, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let rows = u16::try_from(help.actions.len()).unwrap_or(u16::MAX);
    let wants = (96, rows.saturating_add(3 + WHOLE));
    let inside = super::frame(canvas, area, wants, "What can be done here");
    super::line(canvas, row(inside, 0), "/", &help.line);
    let rest = below(inside, 1);
    let list_area = top(rest, rest.height.saturating_sub(1 + WHOLE));
    whole(canvas, help, below(list_area, list_area.height));
    let fits = list::paint(canvas, &help.rows, list_area, Focus::Here, |canvas, action, line| {
        let reason = help.actions.iter().find(|(known, _)| known == action).map(|(_, why)| why);
        let words = action.row();
        let keys: Vec<String> =
            state.keymap.keys_of(*action).iter().map(ToString::to_string).collect();
        let keys = text::pad(&keys.join(" "), KEYS);
        let name = span(text::pad(words.name, NAMES), theme.dim);
        let spans: Vec<Span<'_>> = match reason {
            Some(Some(reason)) => {
                vec![span(keys, theme.dim), name, span(format!("– {}", reason.0), theme.warn)]
            }
            _ => vec![span(keys, theme.accent), name, span(words.words, theme.text)],
        };
        let line = Rect { x: line.x + 1, width: line.width.saturating_sub(2), ..line };
        canvas.both(line, &spans, &[]);
    });
    if help.rows.rows().is_empty() {
        canvas.spans(row(list_area, 0), &[span(" nothing is called so", theme.dim)]);
    }
    super::keys(
        canvas,
        inside,
        &[("enter", "do it"), ("esc", "close")],
        "names are for the keymap and :",
    );
    fits
}

/// The words of the action under the cursor, and why it can't be done: in the list there may be no room for them.
fn whole(canvas: &mut Canvas<'_>, help: &Help, area: Rect) {
    let theme = *canvas.theme;
    let Some(action) = help.rows.cursor() else { return };
    let reason = help.actions.iter().find(|(known, _)| *known == action);
    let words = match reason {
        Some((_, Some(reason))) => format!("{}; not now: {}", action.row().words, reason.0),
        _ => action.row().words.to_owned(),
    };
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: WHOLE, ..area };
    canvas.wrapped(area, &words, theme.name);
}
