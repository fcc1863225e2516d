//! A group's page: its members since when, its policies.

use ratatui::layout::Rect;
use ratatui::text::Span;

use super::super::canvas::{Canvas, below, columns_of, inset, row, span};
use super::super::status::{self, Status};
use super::super::table::{self, Look};
use super::super::{Rows, policies};
use crate::app::{GroupPane, GroupScreen, State};
use crate::domain::{Collection, Group, GroupRef};
use crate::plan::ChangeKey;
use crate::text;

/// Paints the page.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &GroupScreen, area: Rect) -> Rows {
    let Some(group) = state.directory.groups().get(&screen.group) else {
        let style = canvas.theme.warn;
        canvas.spans(inset(row(area, 0), 1), &[span("this group is gone", style)]);
        return Rows { list: area.height, other: 0 };
    };
    let used = what(canvas, state, group, inset(area, 1));
    let rest = below(area, used);
    let needs = u16::try_from(screen.members.rows.rows().len().max(1)).unwrap_or(u16::MAX);
    let lines = u16::try_from(screen.policies.lines.rows().len()).unwrap_or(u16::MAX);
    let panes = super::panes(canvas, rest, needs.saturating_add(2), lines);
    let in_members = screen.pane == GroupPane::Members;
    let members = members(canvas, state, screen, panes.first, in_members);
    let policies =
        policies::paint(canvas, state, &screen.policies, panes.second, super::focus(!in_members));
    if in_members {
        Rows { list: members, other: policies }
    } else {
        Rows { list: policies, other: members }
    }
}

/// What it is, in two lines and what should be known; gives how many rows it took.
fn what(canvas: &mut Canvas<'_>, state: &State, group: &Group, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let mut title: Vec<Span<'_>> = vec![span(shown(&group.name), theme.name)];
    let known = GroupRef::from(group.id.clone());
    if known.existing().is_none() {
        title.push(span("  + staged to be created", theme.good));
    }
    if state.staging.deletes(&known) {
        title.push(span("  - staged to be deleted", theme.bad));
    }
    if let Some(to) = renamed(state, &known) {
        title.push(span("  ~ staged to be called ", theme.warn));
        title.push(span(shown(&to), theme.name));
    }
    canvas.spans(row(area, 0), &title);
    let mut facts = Vec::new();
    for (words, day) in [("modified", group.modified_on), ("created", group.created_on)] {
        if let Some(day) = day {
            facts.push(format!("{words} {}", text::date(day)));
        }
    }
    let facts = [span(facts.join(" · "), theme.dim)];
    let id = match known.existing() {
        Some(id) if columns_of(&facts) + 42 < area.width => format!("group {id}"),
        Some(id) => format!("group …{}", id.tail()),
        None => "not there yet".to_owned(),
    };
    canvas.both(row(area, 1), &facts, &[span(id, theme.dim)]);
    let mut used = 2;
    let mut say = |canvas: &mut Canvas<'_>, words: String| {
        canvas.spans(row(area, used), &[span(words, theme.warn)]);
        used += 1;
    };
    if let Some(found) = text::look_alike(&group.name) {
        say(canvas, format!("! the name: {}", found.words));
    }
    if let Some(why) = group.policies_locked() {
        say(canvas, format!("! the policies can't be edited: {why}"));
    }
    used + 1
}

fn renamed(state: &State, group: &GroupRef) -> Option<String> {
    let id = group.existing()?;
    match &state.staging.get(&ChangeKey::Rename(id.clone()))?.change {
        crate::domain::Change::Rename { to, .. } => Some(to.to_string()),
        _ => None,
    }
}

fn members(
    canvas: &mut Canvas<'_>,
    state: &State,
    screen: &GroupScreen,
    area: Rect,
    here: bool,
) -> u16 {
    let table = &screen.members;
    let draft = screen.group.as_draft().is_some();
    let collection = Collection::GroupMembers(screen.group.clone());
    let status = status::of(state, &collection, "member", table.total());
    let staged = table.rows.rows().iter().filter(|slot| table.is_staged(**slot)).count();
    let known = text::count(table.total() - staged);
    let coverage = state.directory.coverage(&collection);
    let mut heading = match (coverage.is_whole() || draft, &*known) {
        (true, _) => format!("MEMBERS {known}"),
        (false, "0") => "MEMBERS not known".to_owned(),
        (false, _) => format!("MEMBERS {known} so far"),
    };
    if staged > 0 {
        heading = format!("{heading} +{}", text::count(staged));
    }
    let mut area = area;
    if table.typing || !table.line.is_empty() {
        let used = super::filter_line(canvas, state, table, inset(area, 1), here);
        area = below(area, used);
    }
    if !status.is_calm() && !draft {
        status::paint(canvas, inset(row(area, 0), 1), &status);
        area = below(area, 1);
    }
    let look =
        Look { focus: super::focus(here), heading: Some(&heading), picked: None, trail: None };
    let rows = table::paint(canvas, state, table, area, &look);
    if table.rows.rows().is_empty() {
        empty(canvas, table.total(), draft, &status, inset(below(area, 1), 3));
    }
    rows
}

fn empty(canvas: &mut Canvas<'_>, total: usize, draft: bool, status: &Status, area: Rect) {
    if let Some(fault) = &status.fault {
        status::fault(canvas, area, fault);
        return;
    }
    let words = match (total, status.is_calm() || draft) {
        (0, true) => "nobody is in this group",
        (0, false) => "",
        _ => "nothing matches",
    };
    let style = canvas.theme.dim;
    canvas.spans(row(area, 0), &[span(words, style)]);
}

fn shown(foreign: &str) -> String {
    if foreign.is_empty() { "no name".to_owned() } else { text::safe_capped(foreign).into_owned() }
}
