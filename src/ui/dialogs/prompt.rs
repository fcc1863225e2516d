//! The prompt with its completions.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, below, columns, row, span, top};
use super::super::list::{self, Focus};
use crate::app::Prompt;
use crate::text;

/// How many completions are in sight at most.
const SHOWN: u16 = 10;

/// Paints the prompt; gives how many rows fit.
pub fn paint(canvas: &mut Canvas<'_>, prompt: &Prompt, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let inside = super::frame(canvas, area, (72, SHOWN + 3), "Go or do");
    super::line(canvas, row(inside, 0), ":", &prompt.line);
    let rest = below(inside, 1);
    let area = top(rest, rest.height.saturating_sub(1));
    if let Some(fault) = &prompt.fault {
        canvas.spans(row(area, 0), &[span(format!("  ✗ {fault}"), theme.bad)]);
        super::keys(canvas, inside, &[("esc", "close")], "");
        return area.height;
    }
    let name = prompt.completions.iter().map(|c| columns(&text::safe_capped(&c.line))).max();
    let name = name.unwrap_or(0).min(40);
    let fits = list::paint(canvas, &prompt.rows, area, Focus::Here, |canvas, at, line| {
        let Some(completion) = prompt.completions.get(*at) else { return };
        let words = text::pad(&text::safe_capped(&completion.line), name.into());
        let spans = [
            span("  ", theme.text),
            span(words, theme.text),
            span("  ", theme.text),
            span(completion.detail.as_str(), theme.dim),
        ];
        canvas.spans(Rect { width: line.width.saturating_sub(1), ..line }, &spans);
    });
    super::keys(canvas, inside, &[("tab", "complete"), ("enter", "do it"), ("esc", "close")], "");
    fits
}
