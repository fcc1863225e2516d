//! Requests as they happened, the newest first, and the one under the cursor in full. No body, no credential.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::Rows;
use super::super::canvas::{Canvas, below, inset, row, span, top};
use super::super::list::{self, Focus};
use crate::app::{RequestsScreen, State};
use crate::domain::RequestLine;
use crate::text;

/// Rows for the request under the cursor.
const DETAIL: u16 = 4;

/// Paints the requests.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &RequestsScreen, area: Rect) -> Rows {
    head(canvas, state, screen, inset(row(area, 0), 1));
    let rest = below(area, 1);
    let (rows, inner) = super::detail(canvas, rest, DETAIL, usize::MAX);
    if screen.lines.rows().is_empty() {
        let style = canvas.theme.dim;
        canvas.spans(inset(row(rows, 1), 3), &[span("no request was sent yet", style)]);
    }
    if let Some(request) = screen.lines.cursor().and_then(|number| request(state, number)) {
        in_full(canvas, request, inner);
    }
    let rows = list::paint(canvas, &screen.lines, rows, Focus::Here, |canvas, number, line| {
        if let Some(request) = request(state, *number) {
            paint_line(canvas, state, request, line);
        }
    });
    Rows { list: rows, other: 0 }
}

/// A request by its number, if it is still kept.
fn request(state: &State, number: u64) -> Option<&RequestLine> {
    let first = state.requests.front().map_or(0, |(number, _)| *number);
    // Numbers go up by one: the place is their distance from the first that is kept.
    let place = usize::try_from(number.saturating_sub(first)).ok()?;
    state.requests.get(place).filter(|(known, _)| *known == number).map(|(_, request)| request)
}

/// A request in full.
fn in_full(canvas: &mut Canvas<'_>, request: &RequestLine, inner: Rect) {
    let theme = *canvas.theme;
    let call = format!("{} {}", request.method, text::safe(&request.path));
    let used = canvas.wrapped(top(inner, 2), &call, theme.text);
    let mut facts =
        vec![format!("{} bytes", text::count(usize::try_from(request.bytes).unwrap_or(0)))];
    if let Some(ray) = &request.ray {
        facts.push(format!("ray {}", text::safe_capped(ray)));
    }
    if let Some(trouble) = &request.trouble {
        facts.push(text::safe_capped(trouble).into_owned());
    }
    canvas.spans(row(inner, used), &[span(facts.join(" · "), theme.dim)]);
}

/// A path without the account that is open: all but a few begin with it.
fn own<'p>(state: &State, path: &'p str) -> &'p str {
    let rest = path.strip_prefix("/accounts/");
    let rest = rest.and_then(|rest| rest.strip_prefix(&*state.directory.account.id.to_string()));
    rest.filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

/// A path in which long ids are their last four signs.
fn short(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        let is_id = part.len() >= 20 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match part.len().checked_sub(4).and_then(|at| part.get(at..)) {
            Some(tail) if is_id => format!("…{tail}"),
            _ => part.to_owned(),
        }
    });
    let parts: Vec<String> = parts.collect();
    parts.join("/")
}

fn head(canvas: &mut Canvas<'_>, state: &State, screen: &RequestsScreen, line: Rect) {
    let theme = *canvas.theme;
    if line.height == 0 {
        return;
    }
    let budget = state.budget;
    let mut right = String::new();
    if budget.ceiling > 0 {
        let (spent, ceiling) = (budget.spent as usize, budget.ceiling as usize);
        right = format!("{} of {} in 5 min", text::count(spent), text::count(ceiling));
    }
    if screen.typing || !screen.search.is_empty() {
        let x = canvas.spans(line, &[span("/ ", theme.accent)]);
        let room = line.width.saturating_sub(30);
        canvas.typed(x, line.y, room, &screen.search, screen.typing && state.dialogs.is_empty());
        canvas.both(line, &[], &[span(right, theme.dim)]);
        return;
    }
    let number = usize::try_from(state.last_request).unwrap_or(usize::MAX);
    let left = span(text::plural(number, "request"), theme.text);
    canvas.both(line, &[left, span(", the newest first", theme.dim)], &[span(right, theme.dim)]);
}

fn paint_line(canvas: &mut Canvas<'_>, state: &State, request: &RequestLine, line: Rect) {
    let theme = *canvas.theme;
    let (status, style) = status(canvas, request);
    let took =
        format!("{} ms", text::count(usize::try_from(request.took.as_millis()).unwrap_or(0)));
    let mut right = Vec::new();
    if line.width >= crate::app::WIDE
        && let Some(ray) = &request.ray
    {
        right.push(span(format!("{}  ", text::safe_capped(ray)), theme.dim));
    }
    if request.attempt > 1 {
        right.push(span(format!("try {}  ", request.attempt), theme.warn));
    }
    right.push(span(text::pad_left(&took, 9), theme.dim));
    let write = request.method != "GET";
    let method = if write { theme.name } else { theme.dim };
    let left = [
        span(text::pad(&status, 4), style),
        span(text::pad(request.method, 7), method),
        span(text::safe(&short(own(state, &request.path))).into_owned(), theme.text),
        span(trouble(request), style),
    ];
    canvas.both(inset(line, 1), &left, &right);
}

fn status(canvas: &Canvas<'_>, request: &RequestLine) -> (String, Style) {
    let theme = canvas.theme;
    match request.status {
        Some(status @ 200..=299) => (status.to_string(), theme.good),
        Some(status @ (429 | 300..=399)) => (status.to_string(), theme.warn),
        Some(status) => (status.to_string(), theme.bad),
        None => ("✗".to_owned(), theme.bad),
    }
}

/// Cloudflare's codes, or why no answer came.
fn trouble(request: &RequestLine) -> String {
    let mut parts: Vec<String> = request.codes.iter().map(ToString::to_string).collect();
    if let Some(trouble) = &request.trouble {
        parts.push(text::safe_capped(trouble).into_owned());
    }
    if parts.is_empty() { String::new() } else { format!("  {}", parts.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_a_path_are_their_last_four_signs_and_a_query_stays() {
        let id = "a5172b1654faa9cb0308953d83544574";
        let path = format!("/accounts/{id}/iam/user_groups/{id}/members?page=2&per_page=500");
        let words = "/accounts/…4574/iam/user_groups/…4574/members?page=2&per_page=500";
        assert_eq!(short(&path), words);
        assert_eq!(short("/user/tokens/verify"), "/user/tokens/verify");
    }
}
