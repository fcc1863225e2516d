//! The proof of an answer: every path from the member to what was asked about.

use ratatui::layout::Rect;
use ratatui::text::Span;

use super::super::canvas::{Canvas, below, inset, row, span};
use super::super::list::{self, Focus};
use super::super::{Rows, person, proof};
use super::access::edges;
use crate::access::{held_words, permission_words};
use crate::app::{Near, ProofLine, ProofScreen, State};
use crate::text;

/// Where what the labels name begins.
const WORDS: u16 = 17;
/// A detail further from its words would not be read with them.
const READABLE: u16 = 84;

/// Paints the page.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &ProofScreen, area: Rect) -> Rows {
    let used = head(canvas, state, screen, inset(area, 1));
    let used = used + edges(canvas, &screen.unseen, inset(below(area, used), 1)) + 1;
    let area = below(area, used);
    let about = (&screen.question, &screen.member);
    let fits = list::paint(canvas, &screen.lines, area, Focus::Here, |canvas, line, row| {
        if near(canvas, state, screen, *line, row) {
            return;
        }
        let theme = *canvas.theme;
        let words = proof::words(&theme, &state.directory, about, &screen.proofs, *line);
        let Some(words) = words else { return };
        let start = if matches!(line, ProofLine::Path(..)) { 1 } else { WORDS };
        if start > 1 && !words.label.is_empty() {
            canvas.text(row.x + 3, row.y, WORDS - 4, &format!("← {}", words.label), theme.dim);
        }
        let x = row.x + start;
        let width = row.right().saturating_sub(x + 1).min(READABLE);
        let room = Rect { x, width, ..row };
        canvas.both(room, &[span(words.says, words.style)], &[span(words.detail, theme.dim)]);
    });
    Rows { list: fits, other: 0 }
}

/// A line of what comes near to what they can't; whether it is one.
fn near(
    canvas: &mut Canvas<'_>,
    state: &State,
    screen: &ProofScreen,
    line: ProofLine,
    row: Rect,
) -> bool {
    let theme = *canvas.theme;
    let Some(near) = &screen.near else { return false };
    let directory = &state.directory;
    let room = inset(row, 1);
    let room = Rect { width: room.width.min(READABLE + WORDS), ..room };
    match line {
        ProofLine::Near(kind) => {
            let words = match kind {
                Near::Elsewhere => "THE SAME, ELSEWHERE",
                Near::Less => "LESS THAN IT, THERE",
                Near::Groups => "GROUPS THAT WOULD GIVE IT",
                Near::Nothing => {
                    "nothing comes near: no group gives it, and nothing like it is held"
                }
            };
            canvas.spans(room, &[span(words, theme.dim)]);
        }
        ProofLine::Held(kind, at) => {
            let list = if kind == Near::Less { &near.less } else { &near.elsewhere };
            let Some(held) = list.get(usize::from(at)) else { return true };
            canvas.spans(
                room,
                &[span("  ", theme.text), span(held_words(directory, held), theme.text)],
            );
        }
        ProofLine::Would(at) => {
            let Some(would) = near.groups.get(usize::from(at)) else { return true };
            let name = directory.groups().get(&would.group).map_or_else(
                || would.group.to_string(),
                |group| text::safe_capped(&group.name).into_owned(),
            );
            let beside = match would.beside {
                0 => "and nothing else that is not held".to_owned(),
                more => format!("and {} that are not held", text::plural(more, "other grant")),
            };
            canvas.both(
                room,
                &[span("  ", theme.text), span(name, theme.text)],
                &[span(beside, theme.dim)],
            );
        }
        _ => return false,
    }
    true
}

/// Who, what, and by how many paths; gives how many rows it took.
fn head(canvas: &mut Canvas<'_>, state: &State, screen: &ProofScreen, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let directory = &state.directory;
    let Some(member) = directory.members().get(&screen.member) else { return 0 };
    let email = text::safe_capped(&member.email).into_owned();
    let name = text::safe_capped(&member.name).into_owned();
    let mut who: Vec<Span<'_>> =
        vec![span(email, theme.name), span(format!("  {name}"), theme.text)];
    who.push(span("  ", theme.text));
    let state_of = person::state_spans(&theme, &member.status, member.two_factor);
    canvas.both(row(area, 0), &who, &state_of);
    let can = if screen.person.is_some() { "can  " } else { "can't  " };
    let on = match &screen.question.on {
        Some(place) => format!("  on {}", crate::access::place_words(directory, place)),
        None => "  anywhere".to_owned(),
    };
    let paths = screen.person.map_or_else(String::new, |person| {
        let paths = text::plural(person.paths as usize, "independent path");
        format!("{paths} · {}", rows_words(&person))
    });
    let what = [
        span(can, theme.dim),
        span(permission_words(&screen.question.permission), theme.name),
        span(on, theme.text),
    ];
    canvas.both(row(area, 1), &what, &[span(paths, theme.text)]);
    let mut used = 2;
    for badge in person::badges(directory, member) {
        canvas.spans(row(area, used), &[span(badge, theme.warn)]);
        used += 1;
    }
    used
}

fn rows_words(person: &crate::access::Person) -> String {
    crate::rows::rests_words(person).into_owned()
}
