//! How the screens look. Each file has the name of its machine in `app`.

pub mod accounts;
pub mod changes;
pub mod group;
pub mod groups;
pub mod member;
pub mod members;
pub mod organization;
pub mod organization_member;
pub mod plan;
pub mod requests;
pub mod run;
pub mod start;

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, inset, row, span};
use super::list::Focus;
use super::status::{self, Status};
use super::table::{self, Look};
use super::{Rows, preview};
use crate::app::{Phase, Screen, State, Tab, Table};
use crate::keys::Action;
use crate::text;

/// From how many columns on lists have their preview beside them, and pages their panes side by side.
pub const WIDE: u16 = 100;

/// Paints the screen that is open.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Rows {
    if let Some(screen) = state.place.above.last() {
        return match screen {
            Screen::Member(screen) => member::paint(canvas, state, screen, area),
            Screen::Group(screen) => group::paint(canvas, state, screen, area),
            Screen::OrganizationMember(screen) => {
                organization_member::paint(canvas, state, screen, area)
            }
            Screen::Plan(screen) => plan::paint(canvas, state, screen, area),
            Screen::Run(screen) => run::paint(canvas, state, screen, area),
            Screen::Requests(screen) => requests::paint(canvas, state, screen, area),
            Screen::Accounts(screen) => accounts::paint(canvas, state, screen, area),
        };
    }
    match &state.session.phase {
        Phase::Unconnected(fault) => start::paint(canvas, state, fault, area),
        Phase::Connecting | Phase::Choosing => accounts::connecting(canvas, state, area),
        Phase::NotConnected(fault) => accounts::not_connected(canvas, state, fault, area),
        Phase::Open(_) => match state.place.tab {
            Tab::Members => members::paint(canvas, state, area),
            Tab::Groups => groups::paint(canvas, state, area),
            Tab::Changes => changes::paint(canvas, state, &state.roots.changes, area),
            Tab::Organization => organization::paint(canvas, state, area),
        },
    }
}

/// A list that is a screen by itself: its state, its filter, its rows, its preview.
fn list(
    canvas: &mut Canvas<'_>,
    state: &State,
    table: &Table,
    area: Rect,
    empty: &str,
    first_thing: Option<Action>,
) -> Rows {
    let (area, beside) = split(canvas, state, area);
    let mut status =
        status::of(state, &table.list().collection(), table.list().noun(), table.total());
    if status.is_calm() && table.total() == 0 {
        empty.clone_into(&mut status.words);
        if let Some(action) = first_thing {
            let key = state.keymap.key_name(action);
            status.then = format!("{key} {} the first", action.row().short);
        }
    }
    let rest = head(canvas, state, table, &status, area, true);
    let rows = if table.rows.rows().is_empty() {
        nothing(canvas, state, table, &status, rest);
        rest.height.saturating_sub(1)
    } else {
        table::paint(canvas, state, table, rest, &Look::SCREEN)
    };
    if let Some(beside) = beside {
        preview::paint(canvas, state, table, beside);
    }
    Rows { list: rows, other: 0 }
}

/// Parts the preview off where there is room for it.
fn split(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> (Rect, Option<Rect>) {
    if !state.roots.preview || area.width < WIDE {
        return (area, None);
    }
    let beside = (u32::from(area.width) * 36 / 100).clamp(36, 60);
    let beside = u16::try_from(beside).unwrap_or(36);
    let rule = area.right().saturating_sub(beside + 1);
    canvas.upright(rule, area.y, area.height);
    let left = Rect { width: rule - area.x, ..area };
    let right = Rect { x: rule + 2, width: beside.saturating_sub(2), ..area };
    (left, Some(right))
}

/// The lines above a table: its state, and its filter where there is one. Gives what is left below.
fn head(
    canvas: &mut Canvas<'_>,
    state: &State,
    table: &Table,
    status: &Status,
    area: Rect,
    has_keys: bool,
) -> Rect {
    let filters = table.typing || !table.line.is_empty();
    let mut used = 0;
    if filters {
        filter_line(canvas, state, table, inset(row(area, used), 1), has_keys);
        used += 1;
    }
    if !filters || !status.is_calm() {
        let line = inset(row(area, used), 1);
        if line.height > 0 {
            status::paint(canvas, line, status);
        }
        used += 1;
    }
    below(area, used)
}

/// The filter line: what was typed, and how many rows it leaves or what is wrong with it.
fn filter_line(canvas: &mut Canvas<'_>, state: &State, table: &Table, line: Rect, has_keys: bool) {
    if line.height == 0 {
        return;
    }
    let theme = *canvas.theme;
    let (right, style) = if let Some(fault) = &table.fault {
        (fault.clone(), theme.warn)
    } else {
        let shown = text::count(table.rows.rows().len());
        (format!("{shown} of {}", text::count(table.total())), theme.dim)
    };
    let room = line.width.saturating_sub(super::canvas::columns(&right).min(line.width / 2) + 2);
    let x = canvas.spans(line, &[span("/ ", theme.accent)]);
    let has_keys = has_keys && table.typing && state.dialogs.is_empty();
    canvas.typed(x, line.y, room.saturating_sub(2), &table.line, has_keys);
    let width = line.width.saturating_sub(room);
    let at = Rect { x: line.x + room, width, ..line };
    canvas.both(at, &[], &[span(right, style)]);
}

/// What stands where the rows would be.
fn nothing(canvas: &mut Canvas<'_>, state: &State, table: &Table, status: &Status, area: Rect) {
    let theme = *canvas.theme;
    let area = inset(below(area, 1), 3);
    if let Some(fault) = &status.fault {
        status::fault(canvas, area, fault);
        return;
    }
    if table.total() > 0 && !table.line.is_empty() {
        let typed = text::safe_capped(table.line.text()).into_owned();
        let line = row(area, 0);
        let key = state.keymap.key_name(Action::Close);
        canvas.spans(line, &[span("nothing matches ", theme.text), span(typed, theme.name)]);
        canvas
            .spans(row(area, 1), &[span(key, theme.accent), span(" clears the filter", theme.dim)]);
    }
}

/// Two panes of a page: side by side where there is room, else one above the other.
struct Panes {
    first: Rect,
    second: Rect,
}

/// Parts an area into two panes. Stacked, the first takes the rows it needs, up to half.
fn panes(canvas: &mut Canvas<'_>, area: Rect, needs: u16) -> Panes {
    if area.width >= WIDE {
        let rule = area.x + area.width * 45 / 100;
        canvas.upright(rule, area.y, area.height);
        let first = Rect { width: rule - area.x, ..area };
        let x = rule + 1;
        return Panes { first, second: Rect { x, width: area.right() - x, ..area } };
    }
    let height = needs.clamp(2, (area.height / 2).max(2)).min(area.height);
    let first = Rect { height, ..area };
    // An empty row parts them.
    Panes { first, second: below(area, height + 1) }
}

/// Which of two panes has the keys.
fn focus(here: bool) -> Focus {
    if here { Focus::Here } else { Focus::Elsewhere }
}
