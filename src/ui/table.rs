//! The one table for all lists of members, groups and organization members: columns that give way by importance,
//! the cursor, marks, what is staged, the letters that the filter matched. Only rows in sight are painted.

use std::collections::BTreeSet;

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::canvas::{Canvas, below, columns, row, span};
use super::list::{Focus, thumb, under_cursor};
use super::theme::Theme;
use crate::app::{State, Table};
use crate::domain::{Change, GroupId, GroupRef, MemberId, Slot};
use crate::rows::{
    Align, Cells, Column, ColumnId, Direction, FAILED, Highlighter, List, Placed, fit,
};

/// Columns before the first cell: for signs.
pub const GUTTER: u16 = 3;
/// Columns between cells.
const GAP: u16 = 2;

/// How a row stands to what is staged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Nothing is staged about it.
    None,
    /// It is staged to come.
    Comes,
    /// It is staged to go.
    Goes,
    /// Something is staged about it.
    Changes,
}

/// What is staged, by what rows are about: looked up once a frame.
pub struct Signs<'s> {
    state: &'s State,
    members: BTreeSet<&'s MemberId>,
    groups: BTreeSet<GroupRef>,
}

impl<'s> Signs<'s> {
    /// What is staged now.
    pub fn new(state: &'s State) -> Self {
        let members = state.staging.changes().filter_map(Change::member).collect();
        let groups = state.staging.changes().filter_map(Change::group).collect();
        Self { state, members, groups }
    }

    /// How a row of a list stands to what is staged.
    pub fn of(&self, list: &List, slot: Slot) -> Sign {
        let directory = &self.state.directory;
        let group_at = || directory.groups().at(slot).map(|group| &group.id);
        let member_at = || directory.members().at(slot).map(|member| &member.id);
        match list {
            List::Members => match member_at() {
                Some(member) if self.state.staging.removes(member) => Sign::Goes,
                Some(member) if self.members.contains(member) => Sign::Changes,
                _ => Sign::None,
            },
            List::Groups => group_at().map_or(Sign::None, |group| self.group(group)),
            List::GroupMembers(group) => {
                member_at().map_or(Sign::None, |member| self.membership(group, member))
            }
            List::MemberGroups(member) => {
                group_at().map_or(Sign::None, |group| self.membership(group, member))
            }
            List::Organization => Sign::None,
            List::WhoCan(_) => {
                let shift = &self.state.roots.access.shift;
                if shift.comes.contains(&slot) {
                    Sign::Comes
                } else if shift.goes.contains(&slot) {
                    Sign::Goes
                } else {
                    Sign::None
                }
            }
        }
    }

    fn group(&self, group: &GroupId) -> Sign {
        let group = GroupRef::from(group.clone());
        if group.existing().is_none() {
            Sign::Comes
        } else if self.state.staging.deletes(&group) {
            Sign::Goes
        } else if self.groups.contains(&group) {
            Sign::Changes
        } else {
            Sign::None
        }
    }

    fn membership(&self, group: &GroupId, member: &MemberId) -> Sign {
        let group = GroupRef::from(group.clone());
        if self.state.staging.deletes(&group) {
            return Sign::Goes;
        }
        match self.state.staging.wants(&group, member) {
            Some(true) => Sign::Comes,
            Some(false) => Sign::Goes,
            None => Sign::None,
        }
    }
}

/// What a table looks like in its place.
pub struct Look<'l> {
    /// Whether it has the keys.
    pub focus: Focus,
    /// What stands in place of the first title, where the table is a pane of a page.
    pub heading: Option<&'l str>,
    /// The rows that are marked, where it is not the table's own marks.
    pub picked: Option<&'l BTreeSet<Slot>>,
    /// A last column that only this place has.
    pub trail: Option<Trail<'l>>,
}

/// A last column that only one place has.
pub struct Trail<'l> {
    /// Its title.
    pub title: &'static str,
    /// Its width.
    pub width: u16,
    /// Its words in a row.
    pub words: &'l dyn Fn(Slot) -> (String, Style),
}

impl Look<'_> {
    /// A list that is a screen by itself.
    pub const SCREEN: Look<'static> =
        Look { focus: Focus::Here, heading: None, picked: None, trail: None };
}

/// Paints a table with its titles. Gives how many rows fit.
pub fn paint(
    canvas: &mut Canvas<'_>,
    state: &State,
    table: &Table,
    area: Rect,
    look: &Look<'_>,
) -> u16 {
    let Look { focus, heading, .. } = *look;
    let trail = look.trail.as_ref().map_or(0, |trail| trail.width + GAP);
    let width = area.width.saturating_sub(GUTTER + 1 + trail);
    let placed = fit(table.list().columns(), width, GAP);
    titles(canvas, table, row(area, 0), &placed, focus, heading);
    let trail_at = area.right().saturating_sub(trail.saturating_sub(GAP) + 1);
    if let Some(trail) = &look.trail {
        let style = canvas.theme.dim;
        canvas.text(trail_at, area.y, trail.width, trail.title, style);
    }
    let rows = below(area, 1);
    let signs = Signs::new(state);
    let mut cells = Cells::new(table.list(), &state.directory);
    let mut hits = Highlighter::new(table.filter());
    let first = table.rows.first_shown(rows.height.into());
    let shown = table.rows.rows().iter().enumerate().skip(first).take(rows.height.into());
    for (place, (at, slot)) in (0..).zip(shown) {
        let line = row(rows, place);
        let sign = signs.of(table.list(), *slot);
        let marked = look.picked.unwrap_or(table.rows.marks()).contains(slot);
        gutter(canvas, line, sign, marked);
        let texts = placed.iter().map(|placed| (placed, cells.text(*slot, placed.column.id)));
        let texts: Vec<_> = texts.collect();
        let mut x = line.x + GUTTER;
        for (placed, text) in texts {
            cell(canvas, &mut hits, (x, line.y), placed, &text, sign);
            x = x.saturating_add(placed.width).saturating_add(GAP);
        }
        if let Some(trail) = &look.trail {
            let (words, style) = (trail.words)(*slot);
            canvas.text(trail_at, line.y, trail.width, &words, style);
        }
        if at == table.rows.at() {
            under_cursor(canvas, line, focus);
        }
    }
    thumb(canvas, rows, first, table.rows.rows().len());
    rows.height
}

fn titles(
    canvas: &mut Canvas<'_>,
    table: &Table,
    line: Rect,
    placed: &[Placed],
    focus: Focus,
    heading: Option<&str>,
) {
    if line.height == 0 {
        return;
    }
    let theme = *canvas.theme;
    let sort = table.sort();
    let mut x = line.x + if heading.is_some() { 1 } else { GUTTER };
    for (at, placed) in placed.iter().enumerate() {
        let Column { id, title, align, .. } = *placed.column;
        let mut title = title.to_owned();
        let mut style = theme.dim;
        let mut width = placed.width;
        if let (0, Some(heading)) = (at, heading) {
            heading.clone_into(&mut title);
            style = if focus == Focus::Here { theme.accent } else { theme.name };
            width += GUTTER - 1;
        } else if id == sort.column {
            title.push(if sort.direction == Direction::Ascending { '↑' } else { '↓' });
        }
        let room = line.right().saturating_sub(x).min(width + 1);
        let start = match align {
            Align::Left => x,
            Align::Right => x + width.saturating_sub(columns(&title)),
        };
        canvas.spans(Rect { x: start, width: room, ..line }, &[span(title, style)]);
        x = x.saturating_add(width).saturating_add(GAP);
    }
}

fn gutter(canvas: &mut Canvas<'_>, line: Rect, sign: Sign, marked: bool) {
    let theme = *canvas.theme;
    let (sign, style) = match sign {
        Sign::None => ("", theme.text),
        Sign::Comes => ("+", theme.good),
        Sign::Goes => ("-", theme.bad),
        Sign::Changes => ("~", theme.warn),
    };
    canvas.text(line.x, line.y, 1, sign, style);
    if marked {
        canvas.text(line.x + 1, line.y, 1, "●", theme.accent);
    }
}

fn cell(
    canvas: &mut Canvas<'_>,
    hits: &mut Highlighter,
    at: (u16, u16),
    placed: &Placed,
    text: &str,
    sign: Sign,
) {
    let shown = placed.column.cut(text, placed.width);
    let x = match placed.column.align {
        Align::Left => at.0,
        Align::Right => at.0 + placed.width.saturating_sub(columns(&shown)),
    };
    let mut style = style(canvas.theme, placed.column.id, text);
    if sign == Sign::Goes {
        style = style.patch(canvas.theme.dim).add_modifier(Modifier::CROSSED_OUT);
    }
    canvas.text(x, at.1, placed.width, &shown, style);
    let found = hits.graphemes(placed.column.id, &shown);
    if !found.is_empty() {
        canvas.hits(x, at.1, &shown, found);
    }
}

/// What is ordinary steps back; what wants a look comes forward. The words say the same.
fn style(theme: &Theme, column: ColumnId, text: &str) -> Style {
    match (column, text) {
        (ColumnId::Members, FAILED) => theme.bad,
        (_, "—" | "?" | "…" | "not known")
        | (ColumnId::Status, "accepted" | "active")
        | (ColumnId::TwoFactor, "on")
        | (ColumnId::Highest, "none" | "minimal")
        | (ColumnId::Modified | ColumnId::Since, _)
        | (ColumnId::Policies, "none") => theme.dim,
        (ColumnId::Rests, "the grant itself" | "implied") => theme.text,
        (ColumnId::Status | ColumnId::TwoFactor | ColumnId::Rests, _)
        | (ColumnId::Highest, "none yet") => theme.warn,
        (ColumnId::Highest, "Super Administrator" | "Administrator") => theme.name,
        _ => theme.text,
    }
}
