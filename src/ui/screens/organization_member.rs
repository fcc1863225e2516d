//! A member of the organization, with everything that it holds.

use ratatui::layout::Rect;
use serde_json::Value;

use super::super::canvas::{Canvas, below, inset, row, span};
use super::super::{Rows, person};
use crate::app::{OrganizationMemberScreen, State};
use crate::text;

/// Columns of a label.
const LABEL: u16 = 12;

/// Paints the page.
pub fn paint(
    canvas: &mut Canvas<'_>,
    state: &State,
    screen: &OrganizationMemberScreen,
    area: Rect,
) -> Rows {
    let theme = *canvas.theme;
    let area = inset(area, 1);
    let rows = Rows { list: area.height, other: 0 };
    let Some(member) = state.directory.organization_members().get(&screen.member) else {
        canvas.spans(row(area, 0), &[span("this member is gone", theme.warn)]);
        return rows;
    };
    let name = shown(&member.name);
    canvas.spans(
        row(area, 0),
        &[span(shown(&member.email), theme.name), span("  ", theme.text), span(name, theme.text)],
    );
    canvas.spans(row(area, 1), &person::state_spans(&theme, &member.status, member.two_factor));
    let mut at = 3;
    let mut fact = |canvas: &mut Canvas<'_>, label: &str, words: String| {
        let line = row(area, at);
        if line.height > 0 {
            canvas.text(line.x, line.y, LABEL, label, theme.dim);
            let room = line.width.saturating_sub(LABEL);
            canvas.text(line.x + LABEL, line.y, room, &words, theme.text);
        }
        at += 1;
    };
    let day = |day: Option<jiff::Timestamp>| day.map_or_else(|| "—".to_owned(), text::date);
    fact(canvas, "member id", member.id.to_string());
    let user = member.user.as_ref().map_or_else(|| "—".to_owned(), ToString::to_string);
    fact(canvas, "user id", user);
    fact(canvas, "since", day(member.since));
    fact(canvas, "updated", day(member.updated));
    at += 1;
    let line = row(area, at);
    canvas.spans(line, &[span("META", theme.dim)]);
    meta(canvas, below(area, at + 1), &member.meta, 1);
    rows
}

/// The free map, a line for each key; what is nested stands below it, set in. Gives how many rows it took.
pub fn meta(canvas: &mut Canvas<'_>, area: Rect, value: &Value, indent: u16) -> u16 {
    let theme = *canvas.theme;
    let pairs: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (shown(key), value)).collect(),
        Value::Array(list) => list.iter().map(|value| ("·".to_owned(), value)).collect(),
        Value::Null => Vec::new(),
        single => vec![(String::new(), single)],
    };
    let mut used = 0;
    for (key, value) in pairs {
        let line = row(area, used);
        if line.height == 0 {
            return used;
        }
        let line = Rect { x: line.x + indent, width: line.width.saturating_sub(indent), ..line };
        let nested = matches!(value, Value::Object(_) | Value::Array(_));
        let words = match value {
            _ if nested => String::new(),
            Value::String(words) => shown(words),
            other => other.to_string(),
        };
        canvas
            .spans(line, &[span(key, theme.dim), span("  ", theme.text), span(words, theme.text)]);
        used += 1;
        if nested && indent < 20 {
            used += meta(canvas, below(area, used), value, indent + 2);
        }
    }
    used
}

fn shown(foreign: &str) -> String {
    if foreign.is_empty() { "—".to_owned() } else { text::safe_capped(foreign).into_owned() }
}
