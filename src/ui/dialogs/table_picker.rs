//! Which groups, or which members: who is in already stands beside each row.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::super::canvas::{Canvas, below, row, span, top};
use super::super::list::Focus;
use super::super::table::{self, Look, Trail};
use crate::access::no_access_yet;
use crate::app::{Holding, Pasted, State, TablePicker, Toward};
use crate::domain::{GroupId, MemberId, Slot};
use crate::plan::{NotSet, SetMembers};
use crate::text;

/// Columns of the words that tell who is in.
const HOLDING: u16 = 12;

/// Paints the picker; gives how many rows fit.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, picker: &TablePicker, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let mut report = picker.pasted.as_ref().map_or_else(Vec::new, |pasted| report(canvas, pasted));
    if let Some(set) = picker.set(&state.directory) {
        report.push(difference(canvas, set));
    }
    let reported = u16::try_from(report.len()).unwrap_or(0);
    let wants = u16::try_from(picker.table.total()).unwrap_or(u16::MAX);
    let height = wants.saturating_add(4 + reported).max(10);
    let width = area.width.saturating_sub(8).clamp(40, 100);
    let inside = super::frame(canvas, area, (width, height), &title(state, &picker.toward));
    let line = row(inside, 0);
    let count = if let Some(fault) = &picker.table.fault {
        span(fault.clone(), theme.warn)
    } else {
        let shown = text::count(picker.table.rows.rows().len());
        span(format!("{shown} of {}", text::count(picker.table.total())), theme.dim)
    };
    canvas.both(line, &[], &[count]);
    let typed = Rect { width: line.width.saturating_sub(line.width / 3), ..line };
    super::line(canvas, typed, "/", &picker.table.line);
    let words = |slot: Slot| holding(canvas_theme(&theme), state, picker, slot);
    let rest = below(inside, 1);
    let rows = top(rest, rest.height.saturating_sub(1 + reported));
    let look = Look {
        focus: Focus::Here,
        heading: None,
        picked: Some(&picker.picked),
        trail: Some(Trail { title: "IN IT", width: HOLDING, words: &words }),
    };
    let fits = table::paint(canvas, state, &picker.table, rows, &look);
    for (at, line) in (0..).zip(&report) {
        canvas.spans(row(below(rest, rows.height), at), line);
    }
    foot(canvas, picker, inside);
    fits
}

fn canvas_theme(theme: &super::super::Theme) -> super::super::Theme {
    *theme
}

fn foot(canvas: &mut Canvas<'_>, picker: &TablePicker, inside: Rect) {
    let picked = match picker.picked.len() {
        0 => String::new(),
        number => format!("{} picked", text::count(number)),
    };
    let take = match picker.toward {
        Toward::AddToGroups(_) | Toward::AddMembers(_) => "stage: add",
        Toward::RemoveFromGroups(_) | Toward::RemoveMembers(_) => "stage: remove",
        Toward::Exactly(_) => "stage: exactly these",
    };
    let keys: &[(&str, &str)] = match picker.toward {
        Toward::AddMembers(_) | Toward::Exactly(_) if picker.pasted.is_none() => {
            &[("enter", take), ("tab", "pick"), ("paste", "a list"), ("esc", "cancel")]
        }
        _ if picker.pasted.as_ref().is_some_and(|pasted| pasted.not_picked().next().is_some()) => {
            &[("enter", take), ("tab", "pick"), ("ctrl-o", "all not picked"), ("esc", "cancel")]
        }
        _ => &[("enter", take), ("tab", "pick"), ("esc", "cancel")],
    };
    super::keys(canvas, inside, keys, &picked);
}

fn title(state: &State, toward: &Toward) -> String {
    match toward {
        Toward::AddToGroups(members) => format!("Add {} to groups", members_words(state, members)),
        Toward::RemoveFromGroups(members) => {
            format!("Remove {} from groups", members_words(state, members))
        }
        Toward::AddMembers(groups) => format!("Add members to {}", groups_words(state, groups)),
        Toward::RemoveMembers(group) => {
            format!("Remove members from {}", groups_words(state, std::slice::from_ref(group)))
        }
        Toward::Exactly(group) => {
            format!("Exactly the members of {}", groups_words(state, std::slice::from_ref(group)))
        }
    }
}

fn members_words(state: &State, members: &[MemberId]) -> String {
    match members {
        [only] => match state.directory.members().get(only) {
            Some(member) if !member.email.is_empty() => {
                text::safe_capped(&member.email).into_owned()
            }
            _ => only.to_string(),
        },
        several => text::plural(several.len(), "member"),
    }
}

fn groups_words(state: &State, groups: &[GroupId]) -> String {
    match groups {
        [only] => match state.directory.groups().get(only) {
            Some(group) if !group.name.is_empty() => text::safe_capped(&group.name).into_owned(),
            _ => only.to_string(),
        },
        several => text::plural(several.len(), "group"),
    }
}

/// Whether a row is of someone who has not accepted the invitation: no group takes them in yet.
fn is_invited(state: &State, picker: &TablePicker, slot: Slot) -> bool {
    matches!(picker.toward, Toward::AddMembers(_) | Toward::Exactly(_))
        && state.directory.members().at(slot).is_some_and(no_access_yet)
}

/// Who is in with a row, as a sign and a word.
fn holding(
    theme: super::super::Theme,
    state: &State,
    picker: &TablePicker,
    slot: Slot,
) -> (String, Style) {
    let all = match &picker.toward {
        Toward::AddToGroups(members) | Toward::RemoveFromGroups(members) => members.len(),
        Toward::AddMembers(groups) => groups.len(),
        Toward::RemoveMembers(_) | Toward::Exactly(_) => 1,
    };
    match picker.holding(slot, &state.directory, &state.staging) {
        Holding::All if all == 1 => ("✓ in".to_owned(), theme.good),
        Holding::All => ("✓ all in".to_owned(), theme.good),
        Holding::Some(number) => (format!("◐ {number} of {all}"), theme.warn),
        Holding::None if is_invited(state, picker, slot) => ("! invited".to_owned(), theme.warn),
        Holding::None => ("· not in".to_owned(), theme.dim),
        Holding::Unknown => ("? not read".to_owned(), theme.dim),
    }
}

/// What it takes to make a group exactly those who are picked, in a line.
fn difference(canvas: &Canvas<'_>, set: Result<SetMembers, NotSet>) -> Vec<Span<'static>> {
    let theme = canvas.theme;
    let set = match set {
        Ok(set) => set,
        Err(why) => return vec![span(format!("✗ {}", why.words()), theme.bad)],
    };
    if set.is_none() {
        return vec![span("the group is so already", theme.dim)];
    }
    let joins = format!("+{} join", text::count(set.adds.len()));
    let leave = format!("-{} leave", text::count(set.removals.len()));
    let stay = format!("{} stay", text::count(set.already));
    vec![
        span(joins, theme.good),
        span(" · ", theme.dim),
        span(leave, theme.bad),
        span(" · ", theme.dim),
        span(stay, theme.dim),
    ]
}

/// What a pasted list came to, in a few lines: every entry is counted, and those that were not found are named.
fn report(canvas: &Canvas<'_>, pasted: &Pasted) -> Vec<Vec<Span<'static>>> {
    let theme = canvas.theme;
    let mut counts = vec![format!("pasted {}", text::plural(pasted.entries, "entry"))];
    let mut count = |number: usize, words: &str| {
        if number > 0 {
            counts.push(format!("{} {words}", text::count(number)));
        }
    };
    count(pasted.found.len(), "picked");
    count(pasted.already.len(), "in already");
    count(pasted.repeated, "named twice");
    count(pasted.unknown.len(), "unknown");
    count(pasted.ambiguous.len(), "ambiguous");
    let mut lines = vec![Vec::new(), vec![span(counts.join(" · "), theme.name)]];
    let mut list = |sign: &str, words: &str, entries: &[String], style: Style| {
        if !entries.is_empty() {
            lines.push(vec![
                span(format!("{sign} {words}: "), style),
                span(entries.join(", "), theme.text),
            ]);
        }
    };
    list("✗", "unknown", &pasted.unknown, theme.bad);
    list("?", "several answer to", &pasted.ambiguous, theme.warn);
    list("✓", "in already", &pasted.already, theme.dim);
    if pasted.loading && !pasted.unknown.is_empty() {
        let words = "… the members are still loading: who is found later is picked then";
        lines.push(vec![span(words, theme.accent)]);
    }
    if pasted.cut {
        lines.push(vec![span("! the list was cut at 1 MB", theme.warn)]);
    }
    lines
}
