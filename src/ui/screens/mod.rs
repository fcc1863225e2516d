//! How the screens look. Each file has the name of its machine in `app`.

pub mod access;
pub mod accounts;
pub mod changes;
pub mod compare;
mod cost;
pub mod effective;
pub mod findings;
pub mod group;
pub mod groups;
pub mod impact;
pub mod member;
pub mod members;
pub mod only_here;
pub mod organization;
pub mod organization_member;
pub mod plan;
pub mod proof;
pub mod requests;
pub mod run;
mod runs;
pub mod start;

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, inset, row, span, top};
use super::list::Focus;
use super::status::{self, Status};
use super::table::{self, Look};
use super::{Rows, preview};
use crate::app::{Phase, PreviewPlace, Screen, State, Tab, Table, WIDE};
use crate::keys::Action;
use crate::text;

/// Paints the screen that is open.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Rows {
    if let Some(screen) = state.place.above.last() {
        return match screen {
            Screen::Member(screen) => member::paint(canvas, state, screen, area),
            Screen::Group(screen) => group::paint(canvas, state, screen, area),
            Screen::OrganizationMember(screen) => {
                organization_member::paint(canvas, state, screen, area)
            }
            Screen::Proof(screen) => proof::paint(canvas, state, screen, area),
            Screen::Effective(screen) => effective::paint(canvas, state, screen, area),
            Screen::Compare(screen) => compare::paint(canvas, state, screen, area),
            Screen::OnlyHere(screen) => only_here::paint(canvas, state, screen, area),
            Screen::Finding(screen) => findings::paint_one(canvas, state, screen, area),
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
            Tab::Access => access::paint(canvas, state, area),
            Tab::Findings => findings::paint(canvas, state, area),
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
    if preview_instead(canvas, state, table, area) {
        return Rows { list: area.height, other: 0 };
    }
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
    rows(canvas, state, table, rest, beside, |canvas| nothing(canvas, state, table, &status, rest))
}

/// The rows of a list that is a screen by itself, or what stands where they would be, and the preview beside them.
fn rows(
    canvas: &mut Canvas<'_>,
    state: &State,
    table: &Table,
    area: Rect,
    beside: Option<Rect>,
    nothing: impl FnOnce(&mut Canvas<'_>),
) -> Rows {
    let rows = if table.rows.rows().is_empty() {
        nothing(canvas);
        area.height.saturating_sub(1)
    } else {
        table::paint(canvas, state, table, area, &Look::SCREEN)
    };
    if let Some(beside) = beside {
        preview::paint(canvas, state, table, beside);
    }
    Rows { list: rows, other: 0 }
}

/// Paints the preview in its list's place, where it stands there; whether it does.
fn preview_instead(canvas: &mut Canvas<'_>, state: &State, table: &Table, area: Rect) -> bool {
    let stands = state.roots.preview.place(area.width) == Some(PreviewPlace::InItsPlace)
        && table.rows.cursor().is_some();
    if stands {
        preview::paint(canvas, state, table, inset(area, 1));
    }
    stands
}

/// Parts the preview off where there is room for it.
fn split(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> (Rect, Option<Rect>) {
    if state.roots.preview.place(area.width) != Some(PreviewPlace::Beside) {
        return (area, None);
    }
    let beside = (u32::from(area.width) * 33 / 100).clamp(34, 60);
    let beside = u16::try_from(beside).unwrap_or(34);
    let rule = area.right().saturating_sub(beside + 1);
    canvas.joined(rule, area.y);
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
        used += filter_line(canvas, state, table, inset(below(area, used), 1), has_keys);
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

/// The filter line: what was typed, and how many rows it leaves; what is wrong with it stands below it. Gives how
/// many rows it took.
fn filter_line(
    canvas: &mut Canvas<'_>,
    state: &State,
    table: &Table,
    area: Rect,
    has_keys: bool,
) -> u16 {
    let line = row(area, 0);
    if line.height == 0 {
        return 0;
    }
    let theme = *canvas.theme;
    let shown = text::count(table.rows.rows().len());
    let mut right = format!("{shown} of {}", text::count(table.total()));
    let is_partial = table.filter().asks_for_groups() && !state.directory.knows_all_groups();
    if is_partial {
        right = format!("{right} so far · {}", status::groups_read(&state.directory));
    }
    let style = if is_partial { theme.warn } else { theme.dim };
    canvas.both(line, &[], &[span(right.as_str(), style)]);
    let x = canvas.spans(line, &[span("/ ", theme.accent)]);
    let room = line.right().saturating_sub(x + super::canvas::columns(&right) + 2);
    let has_keys = has_keys && table.typing && state.dialogs.is_empty();
    canvas.typed(x, line.y, room, &table.line, has_keys);
    let Some(fault) = &table.fault else { return 1 };
    let words = format!("! {fault}; nothing is filtered away");
    1 + canvas.wrapped(top(below(area, 1), 2), &words, theme.warn)
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

/// Parts the last rows of an area off, under a rule, for what is under the cursor in full: `least` rows, and what a
/// list of `listed` rows leaves. Gives the room for the list, and that under the rule.
fn detail(canvas: &mut Canvas<'_>, area: Rect, least: u16, listed: usize) -> (Rect, Rect) {
    let most = area.height - least.min(area.height / 2);
    let wants = u16::try_from(listed).unwrap_or(u16::MAX).max(3).saturating_add(1);
    let list = top(area, wants.min(most));
    let rest = below(area, list.height);
    canvas.rule(row(rest, 0));
    (list, inset(below(rest, 1), 1))
}

/// Two panes of a page: side by side where there is room, else one above the other.
struct Panes {
    first: Rect,
    second: Rect,
}

/// Parts an area into two panes by the rows that each needs. Side by side the rule stands left of the middle;
/// stacked, a pane that needs less than half of the rows leaves the others to the other pane.
fn panes(canvas: &mut Canvas<'_>, area: Rect, first: u16, second: u16) -> Panes {
    if area.width >= WIDE {
        let rule = area.x + area.width * 54 / 100;
        canvas.upright(rule, area.y, area.height);
        let first = Rect { width: rule - area.x, ..area };
        let x = rule + 1;
        return Panes { first, second: Rect { x, width: area.right() - x, ..area } };
    }
    // An empty row parts them.
    let rows = area.height.saturating_sub(1);
    let half = rows / 2;
    let height = if second < half { first.min(rows - second) } else { first.min(rows - half) };
    let height = height.max(2).min(area.height);
    Panes { first: Rect { height, ..area }, second: below(area, height + 1) }
}

/// Which of two panes has the keys.
fn focus(here: bool) -> Focus {
    if here { Focus::Here } else { Focus::Elsewhere }
}
