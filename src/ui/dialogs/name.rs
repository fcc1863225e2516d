//! A line for a name.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, columns, row, span};
use crate::app::{NameOf, Naming};

/// Paints the line; it has no rows.
pub fn paint(canvas: &mut Canvas<'_>, naming: &Naming, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let hint = naming.hint();
    let inside = super::frame(canvas, area, (columns(hint).max(56), 3), naming.title());
    super::line(canvas, row(inside, 0), "›", &naming.line);
    if let Some(fault) = &naming.fault {
        canvas.spans(row(inside, 1), &[span(format!("✗ {fault}"), theme.bad)]);
    } else {
        canvas.spans(row(inside, 1), &[span(hint, theme.dim)]);
    }
    let enter = match naming.of {
        NameOf::NewGroup => "stage it",
        NameOf::Group(_) => "stage the name",
        NameOf::Invitation => "choose its policies",
        NameOf::Account => "open",
    };
    super::keys(canvas, inside, &[("enter", enter), ("esc", "cancel")], "");
    0
}
