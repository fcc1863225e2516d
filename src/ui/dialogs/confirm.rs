//! Yes or no, with the focus on No.

use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::super::canvas::{Canvas, below, columns, row, span, wrap};
use crate::app::{Confirm, Consent};

/// The most columns that a question takes.
const WIDEST: u16 = 66;

/// Paints the question; it has no rows.
pub fn paint(canvas: &mut Canvas<'_>, confirm: &Confirm, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let longest = confirm.lines.iter().map(|line| columns(line)).max().unwrap_or(0);
    let typed = match &confirm.consent {
        Consent::Yes => 0,
        Consent::Type(text) => columns(text) + 48,
    };
    let width = longest.max(columns(&confirm.title)).max(typed).clamp(40, WIDEST);
    let room = usize::from(width.min(area.width.saturating_sub(8)));
    let lines: Vec<String> = confirm.lines.iter().flat_map(|line| wrap(line, room)).collect();
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(5);
    let inside = super::frame(canvas, area, (width, height), &confirm.title);
    // What is asked is never pushed out by what is told: the last rows are kept for it.
    let told = inside.height.saturating_sub(3);
    for (at, words) in (1..told).zip(&lines) {
        canvas.spans(row(inside, at), &[span(words.as_str(), theme.text)]);
    }
    let foot = below(inside, inside.height.saturating_sub(2));
    match &confirm.consent {
        Consent::Yes => {
            let no = theme.cursor.add_modifier(Modifier::BOLD);
            let spans = [
                span(format!(" {} ", confirm.no), no),
                span("   ", theme.text),
                span("y", theme.accent),
                span(format!(" {}", confirm.yes), theme.text),
            ];
            canvas.spans(row(foot, 0), &spans);
            let hint = if confirm.enter_is_no {
                format!("enter or esc: {}", confirm.no)
            } else {
                format!("enter does nothing · esc {}", confirm.no)
            };
            super::keys(canvas, inside, &[], &hint);
        }
        Consent::Type(text) => {
            let (start, style) = if confirm.wrong {
                ("that is not it, nothing is sent: type ", theme.warn)
            } else {
                ("type ", theme.dim)
            };
            let spans = [
                span(start, style),
                span(text.as_str(), theme.name),
                span(format!(" to {}", confirm.yes), theme.dim),
            ];
            canvas.spans(row(foot, 0), &spans);
            super::line(canvas, row(foot, 1), "›", &confirm.line);
            let done = confirm.line.text().trim() == text;
            let right =
                if done { format!("enter {}", confirm.yes) } else { format!("esc {}", confirm.no) };
            canvas.both(
                row(foot, 1),
                &[],
                &[span(right, if done { theme.accent } else { theme.dim })],
            );
        }
    }
    0
}
