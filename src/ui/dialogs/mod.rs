//! How questions over a screen look. Each file has the name of its machine in `app`.

mod confirm;
mod help;
mod name;
mod picker;
mod policy_editor;
mod prompt;
mod table_picker;

use ratatui::layout::Rect;

use super::canvas::{Canvas, columns, row, span};
use super::footer::hints;
use crate::app::{Dialog, State};

/// Paints the question on top; gives how many rows of a list fit into it.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Option<u16> {
    let dialog = &state.dialogs.last()?.dialog;
    Some(match dialog {
        Dialog::Table(picker) => table_picker::paint(canvas, state, picker, area),
        Dialog::Pick(dialog) => picker::paint(canvas, dialog, area),
        Dialog::Help(help) => help::paint(canvas, state, help, area),
        Dialog::Prompt(prompt) => prompt::paint(canvas, prompt, area),
        Dialog::Confirm(confirm) => confirm::paint(canvas, confirm, area),
        Dialog::Name(naming) => name::paint(canvas, naming, area),
        Dialog::Policies(editor) => policy_editor::paint(canvas, state, editor, area),
    })
}

/// Columns beside a dialog that are not worth keeping.
const NARROW: u16 = 12;

/// A box in the middle of the screen, as large as what it holds wants where there is room. Gives its inside.
fn frame(canvas: &mut Canvas<'_>, area: Rect, wants: (u16, u16), title: &str) -> Rect {
    let width = wants.0.saturating_add(4).max(24);
    // A strip of what is beneath that is too narrow to be read is only noise.
    let width = if width + NARROW > area.width { area.width } else { width };
    let height =
        wants.1.saturating_add(2).min(area.height.saturating_sub(2).max(3)).min(area.height);
    let x = area.x + (area.width - width) / 2;
    // A little above the middle: it looks centred so.
    let y = area.y + (area.height - height) * 2 / 5;
    let outer = Rect { x, y, width, height };
    canvas.clear(outer);
    let theme = *canvas.theme;
    let side = "─".repeat(width.saturating_sub(2).into());
    canvas.text(x, y, width, &format!("╭{side}╮"), theme.rule);
    for line in 1..height.saturating_sub(1) {
        canvas.text(x, y + line, 1, "│", theme.rule);
        canvas.text(outer.right() - 1, y + line, 1, "│", theme.rule);
    }
    canvas.text(x, (y + height).saturating_sub(1), width, &format!("╰{side}╯"), theme.rule);
    let room = width.saturating_sub(6);
    canvas.text(x + 2, y, room.saturating_add(2), &format!(" {title} "), theme.accent);
    Rect { x: x + 2, y: y + 1, width: width.saturating_sub(4), height: height.saturating_sub(2) }
}

/// The keys of a dialog, in its last line.
fn keys(canvas: &mut Canvas<'_>, inside: Rect, keys: &[(&str, &str)], right: &str) {
    let line = row(inside, inside.height.saturating_sub(1));
    let hints = hints(canvas, keys);
    let style = canvas.theme.dim;
    canvas.both(line, &hints, &[span(right.to_owned(), style)]);
}

/// The line that is typed into a dialog, behind its sign.
fn line(canvas: &mut Canvas<'_>, line: Rect, sign: &str, typed: &crate::app::Line) {
    if line.height == 0 {
        return;
    }
    let style = canvas.theme.accent;
    let x = canvas.spans(line, &[span(format!("{sign} "), style)]);
    canvas.typed(x, line.y, line.width.saturating_sub(columns(sign) + 1), typed, true);
}
