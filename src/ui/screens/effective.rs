//! What a member may do where, as a table: places across, permission groups down, the cell under the cursor in full
//! below.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::canvas::{Canvas, below, columns, inset, row, span};
use super::super::list::{self, Focus};
use super::super::theme::Theme;
use super::super::{Rows, person};
use super::access::edges;
use crate::access::{Cell, Path, Reach, permission_words, place_words, places_words};
use crate::app::{EffectiveScreen, State};
use crate::domain::{Access, Directory};
use crate::text;

/// Columns for a place: its name is cut to it.
const PLACE: u16 = 14;
/// Columns between places.
const GAP: u16 = 2;
/// Rows for the cell under the cursor.
const DETAIL: u16 = 6;

/// Paints the page.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &EffectiveScreen, area: Rect) -> Rows {
    let used = head(canvas, state, screen, inset(area, 1));
    let area = below(area, used);
    if screen.matrix.rows.is_empty() {
        let words = if screen.unseen.is_nothing() { "nothing" } else { "nothing found so far" };
        let style = canvas.theme.dim;
        canvas.spans(inset(row(area, 1), 1), &[span(words, style)]);
        return Rows { list: area.height, other: 0 };
    }
    let wants = screen.matrix.rows.len() + 1;
    let (table, detail) = super::detail(canvas, area, DETAIL, wants);
    in_full(canvas, state, screen, detail);
    let grid = Grid::new(screen, table.width);
    titles(canvas, state, screen, &grid, row(table, 0));
    let theme = *canvas.theme;
    let fits =
        list::paint(canvas, &screen.rows, below(table, 1), Focus::Here, |canvas, at, line| {
            let at = usize::from(*at);
            let Some(held) = screen.matrix.rows.get(at) else { return };
            let name = permission_words(&held.permission_group);
            let (name, style) = match held.access {
                Access::Allow => (name, theme.text),
                _ => (format!("{} {name}", text::safe_capped(held.access.as_wire())), theme.warn),
            };
            canvas.text(line.x + 1, line.y, grid.names.saturating_sub(GAP + 2), &name, style);
            for (column, x) in grid.shown(line) {
                let (words, style) = cell_words(&theme, screen.matrix.cell(at, column));
                canvas.text(x, line.y, PLACE, &words, style);
            }
        });
    // The row is a bar; the cell in it stands out by its sign.
    if let Some(at) = screen.rows.cursor() {
        let first = screen.rows.first_shown(fits.into());
        let place = u16::try_from(usize::from(at).saturating_sub(first)).unwrap_or(0);
        let line = row(below(table, 1), place);
        if let Some((_, x)) = grid.shown(line).find(|(column, _)| *column == screen.column) {
            canvas.text(x.saturating_sub(2), line.y, 1, "▸", theme.cursor);
        }
    }
    Rows { list: fits, other: 0 }
}

/// Which columns are in sight, and where.
struct Grid {
    /// Columns of the screen for the permission groups' names.
    names: u16,
    first: usize,
    last: usize,
}

impl Grid {
    fn new(screen: &EffectiveScreen, width: u16) -> Self {
        let longest = screen.matrix.rows.iter().map(|row| {
            let name = permission_words(&row.permission_group);
            columns(&name) + if row.access == Access::Allow { 0 } else { 5 }
        });
        let names = longest.max().unwrap_or(0).clamp(16, (width / 2).max(16)) + 2 + GAP;
        let fit = usize::from(width.saturating_sub(names + 1) / (PLACE + GAP)).max(1);
        let all = screen.matrix.columns.len();
        // The column under the cursor is in sight, and what fits stands before it.
        let first = (screen.column + 1).saturating_sub(fit).min(all.saturating_sub(fit));
        Self { names, first, last: (first + fit).min(all) }
    }

    fn shown(&self, line: Rect) -> impl Iterator<Item = (usize, u16)> {
        let start = line.x + self.names;
        let places = (0..).map(move |place: u16| start + place * (PLACE + GAP));
        (self.first..self.last).zip(places)
    }
}

fn head(canvas: &mut Canvas<'_>, state: &State, screen: &EffectiveScreen, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let directory = &state.directory;
    let Some(member) = directory.members().get(&screen.member) else { return 0 };
    let email = text::safe_capped(&member.email).into_owned();
    let name = text::safe_capped(&member.name).into_owned();
    canvas.both(
        row(area, 0),
        &[span(email, theme.name), span(format!("  {name}"), theme.text)],
        &person::state_spans(&theme, &member.status, member.two_factor),
    );
    let mut used = 1;
    for badge in person::badges(directory, member) {
        canvas.spans(row(area, used), &[span(badge, theme.warn)]);
        used += 1;
    }
    used + edges(canvas, &screen.unseen, below(area, used)) + 1
}

fn titles(
    canvas: &mut Canvas<'_>,
    state: &State,
    screen: &EffectiveScreen,
    grid: &Grid,
    line: Rect,
) {
    let theme = *canvas.theme;
    let rows = text::count(screen.matrix.rows.len());
    canvas.spans(inset(line, 1), &[span("MAY ", theme.accent), span(rows, theme.dim)]);
    for (column, x) in grid.shown(line) {
        let Some(on) = screen.matrix.columns.get(column) else { continue };
        let style = if column == screen.column { theme.accent } else { theme.dim };
        canvas.text(x, line.y, PLACE, &column_words(&state.directory, on), style);
    }
    if grid.first > 0 {
        canvas.text(line.x + grid.names.saturating_sub(2), line.y, 1, "‹", theme.accent);
    }
    if grid.last < screen.matrix.columns.len() {
        canvas.text(line.right().saturating_sub(1), line.y, 1, "›", theme.accent);
    }
}

/// Places in a few words; those of which nothing is known by what is known of them.
fn column_words(directory: &Directory, on: &[Reach]) -> String {
    let places: Vec<_> = on
        .iter()
        .filter_map(|reach| match reach {
            Reach::Place(place) => Some(place.clone()),
            Reach::Unknown(_) => None,
        })
        .collect();
    match places.as_slice() {
        [] => "scope unknown".to_owned(),
        [only] => place_words(directory, only),
        [first, ..] if places.len() == 2 => format!("{} +1", place_words(directory, first)),
        many => places_words(directory, many).unwrap_or_default(),
    }
}

fn cell_words(theme: &Theme, cell: &Cell) -> (String, Style) {
    match cell {
        Cell::Empty => ("·".to_owned(), theme.rule),
        Cell::Covered => ("by account".to_owned(), theme.dim),
        Cell::Held(paths) => {
            let groups = paths.iter().filter(|path| **path != Path::Direct).count();
            let direct = groups < paths.len();
            let words = match (direct, groups) {
                (true, 0) => "● direct".to_owned(),
                (true, groups) => format!("● direct +{groups}"),
                (false, 1) => "● 1 group".to_owned(),
                (false, groups) => format!("● {groups} groups"),
            };
            (words, theme.text)
        }
    }
}

/// The cell under the cursor in full: what, on which places, by which paths.
fn in_full(canvas: &mut Canvas<'_>, state: &State, screen: &EffectiveScreen, area: Rect) {
    let theme = *canvas.theme;
    let directory = &state.directory;
    let (Some(at), Some(on)) = (screen.rows.cursor(), screen.matrix.columns.get(screen.column))
    else {
        return;
    };
    let Some(held) = screen.matrix.rows.get(usize::from(at)) else { return };
    let title = [
        span(permission_words(&held.permission_group), theme.name),
        span("  on  ", theme.dim),
        span(column_words(directory, on), theme.name),
    ];
    canvas.spans(row(area, 0), &title);
    let words = match screen.cell() {
        Cell::Empty => "not granted there".to_owned(),
        Cell::Covered => "granted on the whole account, of which this is a part".to_owned(),
        Cell::Held(paths) => paths_words(directory, paths),
    };
    let used = 1 + canvas.wrapped(below(area, 1), &words, theme.text);
    if on.len() > 1 {
        let names: Vec<String> = on
            .iter()
            .filter_map(|reach| match reach {
                Reach::Place(place) => Some(place_words(directory, place)),
                Reach::Unknown(_) => None,
            })
            .collect();
        canvas.wrapped(below(area, used), &names.join(", "), theme.dim);
    }
}

/// By which paths: `directly, through prod-dns, edge-ops`.
fn paths_words(directory: &Directory, paths: &[Path]) -> String {
    let direct = paths.contains(&Path::Direct).then(|| "directly".to_owned());
    let groups: Vec<String> = paths
        .iter()
        .filter_map(|path| match path {
            Path::Direct => None,
            Path::Group(group) => Some(directory.groups().get(group).map_or_else(
                || group.to_string(),
                |group| text::safe_capped(&group.name).into_owned(),
            )),
        })
        .collect();
    let through = (!groups.is_empty()).then(|| format!("through {}", groups.join(", ")));
    direct.into_iter().chain(through).collect::<Vec<_>>().join(", ")
}
