//! Two sides of a comparison: the same, only here, only there.

use ratatui::layout::Rect;

use super::super::Rows;
use super::super::canvas::{Canvas, below, inset, row, span};
use super::super::list::{self, Focus};
use super::access::edges;
use crate::access::{self, held_words, permission_words, place_words, reaches_words};
use crate::app::{CompareLine, CompareScreen, Share, Side, State};
use crate::domain::Directory;
use crate::keys::Action;
use crate::text;

/// Rows for the line under the cursor.
const DETAIL: u16 = 5;

/// Paints the page.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &CompareScreen, area: Rect) -> Rows {
    let used = head(canvas, state, screen, inset(area, 1));
    let area = below(area, used);
    let directory = &state.directory;
    let (list, detail) = super::detail(canvas, area, DETAIL, screen.lines.rows().len());
    in_full(canvas, directory, screen, detail);
    let fits = list::paint(canvas, &screen.lines, list, Focus::Here, |canvas, line, row| {
        let theme = *canvas.theme;
        let room = inset(row, 1);
        match line {
            CompareLine::Space(_) => {}
            CompareLine::Head(share) => {
                let number = text::count(screen.held(*share).len());
                let title = title(directory, screen, *share);
                canvas
                    .spans(room, &[span(title, theme.name), span(format!(" {number}"), theme.dim)]);
            }
            CompareLine::Nothing(_) => {
                canvas.text(room.x + 2, room.y, room.width, "nothing", theme.dim);
            }
            CompareLine::Held(share, at) => {
                let Some(held) = screen.held(*share).get(usize::from(*at)) else { return };
                let (sign, style) = match share {
                    Share::OnlyHere => ("‹ ", theme.accent),
                    Share::OnlyThere => ("› ", theme.accent),
                    Share::Same => ("= ", theme.dim),
                };
                let what = permission_words(&held.permission_group);
                let on = reaches_words(directory, &held.on);
                let denies = if held.unsettled { "! deny " } else { "" };
                canvas.both(
                    Rect { width: room.width.min(100), ..room },
                    &[span(sign, style), span(denies, theme.warn), span(what, theme.text)],
                    &[span(on, theme.dim)],
                );
            }
        }
    });
    Rows { list: fits, other: 0 }
}

fn head(canvas: &mut Canvas<'_>, state: &State, screen: &CompareScreen, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let directory = &state.directory;
    let line = |side| side_words(directory, side);
    let key = state.keymap.key_name(Action::MakeLike);
    canvas.both(
        row(area, 0),
        &[span("here   ", theme.dim), span(line(&screen.here), theme.name)],
        &[span(key, theme.accent), span(" make like…", theme.dim)],
    );
    canvas
        .spans(row(area, 1), &[span("there  ", theme.dim), span(line(&screen.there), theme.name)]);
    2 + edges(canvas, &screen.unseen, below(area, 2)) + 1
}

/// A side in words: `Leo Chen, leo.chen@…`, `what all of prod-dns hold`.
pub fn side_words(directory: &Directory, side: &Side) -> String {
    match side {
        Side::Member(member) => {
            let Some(row) = directory.members().get(member) else { return "gone".to_owned() };
            let email = text::safe_capped(&row.email);
            match &*row.name {
                "" => email.into_owned(),
                name => format!("{}  {email}", text::safe_capped(name)),
            }
        }
        Side::Common(group) => {
            let name = directory.groups().get(group).map_or_else(
                || group.to_string(),
                |group| text::safe_capped(&group.name).into_owned(),
            );
            format!("what all members of {name} hold")
        }
    }
}

/// A side's short name.
fn short(directory: &Directory, side: &Side) -> String {
    match side {
        Side::Member(member) => directory.members().get(member).map_or_else(
            || "gone".to_owned(),
            |row| {
                let known = if row.name.is_empty() { &*row.email } else { &*row.name };
                text::safe_capped(known).into_owned()
            },
        ),
        Side::Common(group) => directory.groups().get(group).map_or_else(
            || group.to_string(),
            |group| format!("all of {}", text::safe_capped(&group.name)),
        ),
    }
}

fn title(directory: &Directory, screen: &CompareScreen, share: Share) -> String {
    match share {
        Share::OnlyHere => format!("ONLY HERE: {}", short(directory, &screen.here)),
        Share::OnlyThere => format!("ONLY THERE: {}", short(directory, &screen.there)),
        Share::Same => "THE SAME".to_owned(),
    }
}

/// The line under the cursor in full: what, and on which places.
fn in_full(canvas: &mut Canvas<'_>, directory: &Directory, screen: &CompareScreen, area: Rect) {
    let theme = *canvas.theme;
    let Some(CompareLine::Held(share, at)) = screen.lines.cursor() else { return };
    let Some(held) = screen.held(share).get(usize::from(at)) else { return };
    let used = canvas.wrapped(area, &held_words(directory, held), theme.name);
    let names: Vec<String> = held
        .on
        .iter()
        .filter_map(|reach| match reach {
            access::Reach::Place(place) => Some(place_words(directory, place)),
            access::Reach::Unknown(_) => None,
        })
        .collect();
    if names.len() > 2 {
        canvas.wrapped(below(area, used), &names.join(", "), theme.dim);
    }
}
