//! The guards that stand against the plan, what can't be undone, and what it costs.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, inset, span};
use super::super::list::{self, Focus};
use crate::app::{CostLine, CostView, PlanScreen, State};
use crate::keys::Action;
use crate::plan::{Calls, Cost, Guard};
use crate::text;

/// Rows for the line under the cursor.
const DETAIL: u16 = 5;

/// Paints the view's lines; gives how many fit.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &PlanScreen, area: Rect) -> u16 {
    let view = &screen.cost;
    let (area, inner) = super::detail(canvas, area, DETAIL, view.lines.rows().len());
    let key = state.keymap.key_name(Action::Apply);
    if let Some(words) = view.lines.cursor().and_then(|line| in_full(view, line, &key)) {
        let style = canvas.theme.text;
        canvas.wrapped(inner, &words, style);
    }
    list::paint(canvas, &view.lines, area, Focus::Here, |canvas, line, row| {
        paint_line(canvas, view, *line, inset(row, 1));
    })
}

/// How many guards stand, in words.
pub fn standing(view: &CostView) -> String {
    match view.standing() {
        0 => "no guard stands".to_owned(),
        1 => "1 guard stands".to_owned(),
        several => format!("{several} guards stand"),
    }
}

fn paint_line(canvas: &mut Canvas<'_>, view: &CostView, line: CostLine, row: Rect) {
    let theme = *canvas.theme;
    let words = plain(view, line).unwrap_or_default();
    let left = match line {
        CostLine::Head(_) => vec![span(words, theme.dim)],
        CostLine::Guard(at) => {
            let Some(guard) = guard(view, at) else { return };
            let name = span(guard.name.as_str(), theme.dim);
            let left = [span("! ", theme.warn), span(words, theme.name)];
            return canvas.both(row, &left, &[name]);
        }
        CostLine::Row(..) => vec![span("    ", theme.text), span(words, theme.text)],
        CostLine::Note(_) | CostLine::NoGuard | CostLine::Undoable => {
            vec![span("  ", theme.text), span(words, theme.dim)]
        }
        CostLine::Lasting(_) => vec![span("! ", theme.warn), span(words, theme.text)],
        CostLine::Requests | CostLine::Time => {
            vec![span("  ", theme.text), span(words, theme.text)]
        }
    };
    canvas.both(row, &left, &[]);
}

/// A line in safe words.
fn plain(view: &CostView, line: CostLine) -> Option<String> {
    Some(match line {
        CostLine::Head(words) => words.to_uppercase(),
        CostLine::Guard(at) => safe(&guard(view, at)?.words),
        CostLine::Row(at, row) => safe(guard(view, at)?.rows.get(usize::from(row))?),
        CostLine::Note(at) => safe(view.guards.as_ref()?.notes().get(usize::from(at))?),
        CostLine::NoGuard => "no guard stands against this plan".to_owned(),
        CostLine::Lasting(at) => safe(view.cost.as_ref()?.lasting.get(usize::from(at))?),
        CostLine::Undoable => "nothing: all of it can be undone".to_owned(),
        CostLine::Requests => requests(view.cost.as_ref()?.calls),
        CostLine::Time => {
            let cost = view.cost.as_ref()?;
            format!("{} · {}", cost.time(), cost.share())
        }
    })
}

/// What is told below the list of the line under the cursor.
fn in_full(view: &CostView, line: CostLine, key: &str) -> Option<String> {
    match line {
        CostLine::Head(_) => None,
        CostLine::Guard(at) | CostLine::Row(at, _) => {
            let guard = guard(view, at)?;
            let words = plain(view, line)?;
            Some(format!("{words}. {key} asks for “{}” to be typed.", safe(&guard.asks.text)))
        }
        CostLine::Time => {
            let Cost { budget, .. } = view.cost.as_ref()?;
            let words = plain(view, line)?;
            let budget = text::count(*budget as usize);
            Some(format!("{words}. {budget} requests may be sent in 5 min, by all of cfiam."))
        }
        line => plain(view, line),
    }
}

fn requests(calls: Calls) -> String {
    let Calls { preflight, writes, read_back } = calls;
    format!(
        "{}: {} before, {}, {} after",
        text::plural(calls.total(), "request"),
        text::plural(preflight, "read"),
        text::plural(writes, "write"),
        text::plural(read_back, "read"),
    )
}

fn guard(view: &CostView, at: u16) -> Option<&Guard> {
    view.guards.as_ref()?.iter().nth(at.into())
}

fn safe(words: &str) -> String {
    text::safe(words).into_owned()
}
