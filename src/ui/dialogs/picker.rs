//! Which of a few things.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, below, columns, row, span, top, wrap};
use super::super::list::{self, Focus};
use crate::app::Picker;
use crate::text;

/// Paints the picker; gives how many rows fit.
pub fn paint(canvas: &mut Canvas<'_>, picker: &Picker, area: Rect) -> u16 {
    let rows = u16::try_from(picker.items.len()).unwrap_or(u16::MAX);
    // As wide as its things in all, so that it stands still while one types.
    let name = picker.items.iter().map(|item| columns(&item.name)).max().unwrap_or(0).min(48);
    let detail = picker.items.iter().map(|item| columns(&item.detail)).max().unwrap_or(0).min(48);
    let width = (name + detail + 8).clamp(40, 90);
    let told = picker.lines.iter().map(|line| columns(line)).max().unwrap_or(0).min(66);
    let width = width.max(told);
    let room = usize::from(width.min(area.width.saturating_sub(8)));
    let lines: Vec<String> = picker.lines.iter().flat_map(|line| wrap(line, room)).collect();
    // What is told, and a row between it and what can be taken.
    let above = u16::try_from(lines.len()).map_or(0, |lines| lines + u16::from(lines > 0));
    let beside = above + if picker.typing { 3 } else { 2 };
    let wants = (width, rows.saturating_add(beside));
    let inside = super::frame(canvas, area, wants, &picker.title);
    // What can be taken is never pushed out by what is told.
    let above = above.min(inside.height.saturating_sub(rows + 1));
    for (at, words) in (0..above.saturating_sub(1)).zip(&lines) {
        canvas.spans(row(inside, at), &[span(words.as_str(), canvas.theme.text)]);
    }
    inside_of(canvas, picker, name, below(inside, above))
}

/// Paints a picker into the inside of a box.
pub fn inside_of(canvas: &mut Canvas<'_>, picker: &Picker, name: u16, inside: Rect) -> u16 {
    let theme = *canvas.theme;
    let line = row(inside, 0);
    if let Some(note) = &picker.note {
        canvas.both(line, &[], &[span(note.as_str(), theme.warn)]);
    }
    let typed =
        Rect { width: line.width - picker.note.as_ref().map_or(0, |_| line.width / 2), ..line };
    if picker.typing {
        super::line(canvas, typed, "/", &picker.line);
    }
    let rest = below(inside, u16::from(picker.typing || picker.note.is_some()));
    let area = top(rest, rest.height.saturating_sub(1));
    let fits = list::paint(canvas, &picker.rows, area, Focus::Here, |canvas, at, line| {
        let Some(item) = picker.items.get(*at) else { return };
        let picked = if picker.picked.contains(at) { "● " } else { "  " };
        let spans = [
            span(picked, theme.accent),
            span(text::pad(&item.name, name.into()), theme.text),
            span("  ", theme.text),
            span(item.detail.as_str(), theme.dim),
        ];
        canvas.spans(Rect { width: line.width.saturating_sub(1), ..line }, &spans);
    });
    if picker.rows.rows().is_empty() {
        canvas.spans(row(area, 0), &[span("  nothing matches", theme.dim)]);
    }
    let picked = match picker.picked.len() {
        0 => String::new(),
        number => format!("{} picked", text::count(number)),
    };
    if picker.several {
        let hints = [("tab", "pick"), ("enter", "take"), ("esc", "back")];
        super::keys(canvas, inside, &hints, &picked);
    } else if picker.typing {
        super::keys(canvas, inside, &[("enter", "take"), ("esc", "cancel")], "");
    } else {
        let hints = [("enter", "take"), ("/", "search"), ("esc", "cancel")];
        super::keys(canvas, inside, &hints, "");
    }
    fits
}
