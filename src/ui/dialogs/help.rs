//! What can be done here, searched as one types; what can't be done now stands there with its reason.

use ratatui::layout::Rect;
use ratatui::text::Span;

use super::super::canvas::{Canvas, below, row, span, top};
use super::super::list::{self, Focus};
use crate::app::{Help, State};
use crate::text;

/// Columns of the keys.
const KEYS: usize = 14;

/// Paints the help; gives how many rows fit.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, help: &Help, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let rows = u16::try_from(help.actions.len()).unwrap_or(u16::MAX);
    let inside = super::frame(canvas, area, (82, rows.saturating_add(3)), "What can be done here");
    super::line(canvas, row(inside, 0), "/", &help.line);
    let rest = below(inside, 1);
    let list_area = top(rest, rest.height.saturating_sub(1));
    let fits = list::paint(canvas, &help.rows, list_area, Focus::Here, |canvas, action, line| {
        let reason = help.actions.iter().find(|(known, _)| known == action).map(|(_, why)| why);
        let words = action.row();
        let keys: Vec<String> =
            state.keymap.keys_of(*action).iter().map(ToString::to_string).collect();
        let keys = text::pad(&keys.join(" "), KEYS);
        let spans: Vec<Span<'_>> = match reason {
            Some(Some(reason)) => vec![
                span(keys, theme.dim),
                span(words.words, theme.dim),
                span(format!("  – {}", reason.0), theme.warn),
            ],
            _ => vec![span(keys, theme.accent), span(words.words, theme.text)],
        };
        let line = Rect { x: line.x + 1, width: line.width.saturating_sub(2), ..line };
        let used = canvas.spans(line, &spans);
        let name = Rect { x: used + 2, width: line.right().saturating_sub(used + 2), ..line };
        if name.width > 14 && !matches!(reason, Some(Some(_))) {
            canvas.both(name, &[], &[span(words.name, theme.dim)]);
        }
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
