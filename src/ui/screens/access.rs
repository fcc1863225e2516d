//! Who can do what was asked: the question, the totals, what the answer doesn't see, the people. Where nothing was
//! asked yet, how to ask.

use ratatui::layout::Rect;
use ratatui::text::Span;

use super::super::Rows;
use super::super::canvas::{Canvas, below, inset, row, span};
use super::super::list::{self, Focus};
use crate::access::{Unseen, permission_words, place_words};
use crate::app::{AccessScreen, State};
use crate::keys::Action;
use crate::text;

/// What no answer counts: the service doesn't show it to an account's token.
const NEVER_SEEN: &str = "Organization administrators and API tokens are not seen from here";

/// Paints the screen.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Rows {
    let screen = &state.roots.access;
    if screen.question.is_none() {
        return how_to_ask(canvas, state, screen, area);
    }
    let table = &screen.people;
    if super::preview_instead(canvas, state, table, area) {
        return Rows { list: area.height, other: 0 };
    }
    let used = head(canvas, state, screen, inset(area, 1));
    let (area, beside) = super::split(canvas, state, below(area, used));
    let mut rest = area;
    if table.typing || !table.line.is_empty() {
        let filter = super::filter_line(canvas, state, table, inset(area, 1), true);
        rest = below(rest, filter);
    }
    super::rows(canvas, state, table, rest, beside, |canvas| nobody(canvas, state, screen, rest))
}

/// The question, the totals and the edges of the answer; gives how many rows they took.
fn head(canvas: &mut Canvas<'_>, state: &State, screen: &AccessScreen, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let directory = &state.directory;
    let Some(question) = &screen.question else { return 0 };
    let on = match &question.on {
        Some(place) => place_words(directory, place),
        None => "anywhere".to_owned(),
    };
    let between = if question.on.is_some() { "  on  " } else { "  " };
    let key = state.keymap.key_name(Action::WhoCan);
    canvas.both(
        row(area, 0),
        &[
            span("who can  ", theme.dim),
            span(permission_words(&question.permission), theme.name),
            span(between, theme.dim),
            span(on, theme.name),
        ],
        &[span(key, theme.accent), span(" asks anew", theme.dim)],
    );
    canvas.both(row(area, 1), &totals(canvas, screen), &by_what_is_staged(canvas, screen));
    let used = 2 + edges(canvas, &screen.unseen, below(area, 2));
    canvas.rule(Rect { x: area.x.saturating_sub(1), width: area.width + 2, ..row(area, used) });
    used + 1
}

fn totals(canvas: &Canvas<'_>, screen: &AccessScreen) -> Vec<Span<'static>> {
    let theme = canvas.theme;
    let totals = screen.totals;
    let mut spans = vec![span(format!("{} can", text::people(totals.can())), theme.name)];
    let parts = [
        (totals.itself, "by the grant itself", theme.text),
        (totals.implied, "implied", theme.text),
        (totals.pending, "more once accepted", theme.warn),
        (totals.perhaps, "more perhaps", theme.warn),
        (totals.denied, "more with a deny too", theme.warn),
    ];
    for (number, words, style) in parts.into_iter().filter(|(number, ..)| *number > 0) {
        spans.push(span(" · ", theme.dim));
        spans.push(span(format!("{} {words}", text::count(number)), style));
    }
    spans
}

fn by_what_is_staged(canvas: &Canvas<'_>, screen: &AccessScreen) -> Vec<Span<'static>> {
    let theme = canvas.theme;
    let (comes, goes) = (screen.shift.comes.len(), screen.shift.goes.len());
    let mut spans = Vec::new();
    if comes + goes > 0 {
        spans.push(span("staged:", theme.dim));
    }
    if comes > 0 {
        spans.push(span(format!(" +{}", text::count(comes)), theme.good));
    }
    if goes > 0 {
        spans.push(span(format!(" -{}", text::count(goes)), theme.bad));
    }
    spans
}

/// What the answer doesn't see: what has not been read comes first, since it may be mended. Gives how many rows it took.
pub fn edges(canvas: &mut Canvas<'_>, unseen: &Unseen, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let missing = missing(unseen);
    let mut used = 0;
    if !missing.is_empty() {
        let words = format!("◐ partial, there may be more: {}", missing.join(", "));
        used += canvas.wrapped(area, &words, theme.warn);
    }
    canvas.spans(row(area, used), &[span(NEVER_SEEN, theme.dim)]);
    used + 1
}

/// What has not been read, in a few words each.
fn missing(unseen: &Unseen) -> Vec<String> {
    let mut missing = Vec::new();
    if unseen.members {
        missing.push("not all members read".to_owned());
    }
    if unseen.groups {
        missing.push("not all groups read".to_owned());
    }
    if unseen.lists > 0 {
        let groups = text::plural(unseen.lists, "group");
        missing.push(format!("members of {groups} not read"));
    }
    if !unseen.policies.is_empty() {
        missing
            .push(format!("policies of {} not read", text::plural(unseen.policies.len(), "group")));
    }
    if unseen.own > 0 {
        missing.push(format!("direct policies of {} not known", text::people(unseen.own)));
    }
    missing
}

fn nobody(canvas: &mut Canvas<'_>, state: &State, screen: &AccessScreen, area: Rect) {
    let theme = *canvas.theme;
    let area = inset(below(area, 1), 3);
    if screen.totals.people > 0 {
        let key = state.keymap.key_name(Action::Close);
        canvas.spans(row(area, 0), &[span("nothing matches", theme.text)]);
        canvas
            .spans(row(area, 1), &[span(key, theme.accent), span(" clears the filter", theme.dim)]);
        return;
    }
    let words = if screen.unseen.is_nothing() { "nobody" } else { "nobody found so far" };
    canvas.spans(row(area, 0), &[span(words, theme.name)]);
}

/// How to ask, with questions out of this very account.
fn how_to_ask(canvas: &mut Canvas<'_>, state: &State, screen: &AccessScreen, area: Rect) -> Rows {
    let theme = *canvas.theme;
    let inside = inset(area, 2);
    let key = |action| state.keymap.key_name(action);
    let (ask, prompt) = (key(Action::WhoCan), key(Action::Prompt));
    canvas.spans(row(inside, 1), &[span("Who can do what, and why", theme.name)]);
    let lines: [(String, &str); 2] = [
        (ask, "picks what and where, starting from what is under the cursor"),
        (format!("{prompt}who-can"), "PERMISSION on RESOURCE asks it in words"),
    ];
    for (at, (key, words)) in (3..).zip(lines) {
        let line = row(inside, at);
        let x = canvas.spans(line, &[span(key, theme.accent)]);
        let x = x.max(line.x + 9) + 1;
        canvas.text(x, line.y, line.right().saturating_sub(x), words, theme.text);
    }
    if screen.examples.is_empty() {
        let words = "nothing that could be asked about has been read yet";
        canvas.spans(row(inside, 6), &[span(words, theme.dim)]);
        return Rows { list: area.height, other: 0 };
    }
    canvas.spans(row(inside, 6), &[span("IN THIS ACCOUNT, FOR EXAMPLE", theme.dim)]);
    let list = below(area, 7);
    let fits = list::paint(canvas, &screen.offers, list, Focus::Here, |canvas, at, line| {
        let Some(question) = screen.examples.get(*at) else { return };
        let words = format!("who can  {}", question.words(&state.directory));
        canvas.text(line.x + 2, line.y, line.width.saturating_sub(3), &words, theme.text);
    });
    Rows { list: fits, other: 0 }
}
