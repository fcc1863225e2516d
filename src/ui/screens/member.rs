//! A member's page: who it is, its groups since when, what it holds directly, through groups, and in all.

use ratatui::layout::Rect;
use ratatui::text::Span;

use super::super::canvas::{Canvas, below, columns_of, inset, row, span};
use super::super::status::{self, Tone};
use super::super::table::{self, Look};
use super::super::{Rows, person, policies};
use crate::access;
use crate::app::{MemberPane, MemberScreen, State};
use crate::domain::{Collection, Member};
use crate::text;

/// Paints the page.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &MemberScreen, area: Rect) -> Rows {
    let directory = &state.directory;
    let Some(member) = directory.members().get(&screen.member) else {
        let style = canvas.theme.warn;
        canvas.spans(
            inset(row(area, 0), 1),
            &[span("this member is no longer in the account", style)],
        );
        return Rows { list: area.height, other: 0 };
    };
    let used = who(canvas, state, member, inset(area, 1));
    let rest = below(area, used);
    let needs = u16::try_from(screen.groups.rows.rows().len().max(1)).unwrap_or(u16::MAX);
    let head = 1
        + u16::from(screen.groups.typing || !screen.groups.line.is_empty())
        + u16::from(!directory.knows_all_groups());
    let lines = u16::try_from(screen.policies.lines.rows().len()).unwrap_or(u16::MAX);
    let panes = super::panes(canvas, rest, needs.saturating_add(head), lines);
    let in_groups = screen.pane == MemberPane::Groups;
    let groups = groups(canvas, state, screen, panes.first, in_groups);
    let policies =
        policies::paint(canvas, state, &screen.policies, panes.second, super::focus(!in_groups));
    if in_groups {
        Rows { list: groups, other: policies }
    } else {
        Rows { list: policies, other: groups }
    }
}

/// Who it is, in two lines and what should be known; gives how many rows it took.
fn who(canvas: &mut Canvas<'_>, state: &State, member: &Member, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let name = &member.name;
    let mut title: Vec<Span<'_>> = vec![span(shown(&member.email), theme.name)];
    if !name.is_empty() {
        title.push(span(format!("  {}", shown(name)), theme.text));
    }
    if state.staging.removes(&member.id) {
        title.push(span(format!("  - {}", leaving(member)), theme.bad));
    }
    let status = status::of(state, &Collection::Members, "member", 1);
    let trouble = match status.tone {
        // Beside the groups it is said of them.
        _ if state.directory.coverage(&Collection::Members).is_complete() => String::new(),
        Tone::Bad | Tone::Warn => format!("{} {}", status.sign, status.words),
        Tone::Calm | Tone::Busy => String::new(),
    };
    canvas.both(row(area, 0), &title, &[span(trouble, theme.warn)]);
    let mut facts = person::state_spans(&theme, &member.status, member.two_factor);
    if let Some(slot) = state.directory.members().slot(&member.id) {
        let highest = access::highest(&state.directory, slot);
        facts.push(span(" · ", theme.dim));
        facts.push(span(highest.words(), theme.name));
    }
    if !member.listed {
        facts.push(span(" · ", theme.dim));
        facts.push(span("known from a group only", theme.warn));
    }
    let ids = ids(member, area.width.saturating_sub(columns_of(&facts) + 2));
    canvas.both(row(area, 1), &facts, &[span(ids, theme.dim)]);
    let mut used = 2;
    let mut badges = person::badges(&state.directory, member);
    if let Some(why) = member.policies_locked().filter(|_| member.listed) {
        badges.push(format!("! the direct policies can't be edited: {why}"));
    }
    for badge in badges {
        canvas.spans(row(area, used), &[span(badge, theme.warn)]);
        used += 1;
    }
    used + 1
}

/// What is staged for one who is to leave the account.
fn leaving(member: &Member) -> &'static str {
    if member.status.is_full() { "staged to be removed" } else { "staged to be cancelled" }
}

/// The ids, whole where there is room for them.
fn ids(member: &Member, room: u16) -> String {
    let whole = match &member.user {
        Some(user) => format!("member {} · user {user}", member.id),
        None => format!("member {}", member.id),
    };
    let one = format!("member {}", member.id);
    let fits = |words: &str| text::width(words) <= usize::from(room);
    if fits(&whole) {
        whole
    } else if fits(&one) {
        one
    } else {
        format!("member …{}", member.id.tail())
    }
}

fn groups(
    canvas: &mut Canvas<'_>,
    state: &State,
    screen: &MemberScreen,
    area: Rect,
    here: bool,
) -> u16 {
    let table = &screen.groups;
    let staged = table.rows.rows().iter().filter(|slot| table.is_staged(**slot)).count();
    let mut heading = format!("GROUPS {}", text::count(table.total() - staged));
    if staged > 0 {
        heading = format!("{heading} +{}", text::count(staged));
    }
    let read = status::of_groups(state);
    if read.is_some() {
        heading = format!("{heading} so far");
    }
    let mut area = area;
    if table.typing || !table.line.is_empty() {
        let used = super::filter_line(canvas, state, table, inset(area, 1), here);
        area = below(area, used);
    }
    if let Some(status) = &read {
        status::paint(canvas, inset(row(area, 0), 1), status);
        area = below(area, 1);
    }
    let look =
        Look { focus: super::focus(here), heading: Some(&heading), picked: None, trail: None };
    let rows = table::paint(canvas, state, table, area, &look);
    if table.rows.rows().is_empty() {
        let style = canvas.theme.dim;
        let words = match (table.total(), &read) {
            (0, None) => "in no group",
            (0, Some(_)) => "in no group that was read so far",
            _ => "nothing matches",
        };
        canvas.spans(inset(row(area, 1), 3), &[span(words, style)]);
    }
    rows
}

fn shown(foreign: &str) -> String {
    if foreign.is_empty() {
        "no e-mail".to_owned()
    } else {
        text::safe_capped(foreign).into_owned()
    }
}
