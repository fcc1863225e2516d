//! What the rules find in the account, worst first, and one finding with all that it is about.

use std::collections::HashMap;

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::Rows;
use super::super::canvas::{Canvas, below, columns, inset, row, span};
use super::super::list::{self, Focus};
use super::super::theme::Theme;
use crate::app::{
    FindingRow, FindingScreen, State, findings_are_up_to_date, mend_is_staged, waits_for_reading,
};
use crate::findings::{Checked, Finding, Mend, NotChecked, Row, Severity, Subject, rule};
use crate::keys::Action;
use crate::text;

/// Rows for what is under the cursor.
const DETAIL: u16 = 11;
/// Rows for what is said of the row under the cursor.
const NOTE: u16 = 4;
/// Columns of a severity.
const SEVERITY: u16 = 8;
/// Columns of an e-mail before its note.
const NAME: u16 = 38;

/// Paints the screen.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Rows {
    let screen = &state.roots.findings;
    head(canvas, state, inset(row(area, 0), 1));
    let rest = below(area, 2);
    let Some(checked) = &state.findings.checked else {
        return Rows { list: rest.height, other: 0 };
    };
    if screen.rows.rows().is_empty() {
        let words = "Nothing that the rules look for is found in this account.";
        canvas.wrapped(inset(rest, 3), words, canvas.theme.dim);
        return Rows { list: rest.height, other: 0 };
    }
    let (lines, inner) = super::detail(canvas, rest, DETAIL, screen.rows.rows().len());
    let unsure = |id: &str| checked.not_checked.iter().find(|unsure| unsure.rule.id == id);
    match screen.rows.cursor() {
        Some(FindingRow::Finding(key)) => {
            if let Some(finding) = state.findings.get(&key) {
                let used = tell(canvas, state, finding, inner);
                named(canvas, state, finding, below(inner, used));
            }
        }
        Some(FindingRow::NotChecked(id)) => {
            if let Some(unsure) = unsure(id) {
                not_checked(canvas, state, unsure, inner);
            }
        }
        None => {}
    }
    let rows =
        list::paint(canvas, &screen.rows, lines, Focus::Here, |canvas, key, line| match key {
            FindingRow::Finding(key) => {
                if let Some(finding) = state.findings.get(key) {
                    paint_row(canvas, finding, line);
                }
            }
            FindingRow::NotChecked(id) => {
                if let Some(unsure) = unsure(id) {
                    paint_unsure(canvas, unsure, line);
                }
            }
        });
    Rows { list: rows, other: 0 }
}

fn head(canvas: &mut Canvas<'_>, state: &State, line: Rect) {
    let theme = *canvas.theme;
    let Some(checked) = &state.findings.checked else {
        let words = if waits_for_reading(state) {
            "the account is being read; it is looked at once that is done"
        } else {
            "the account is being looked at…"
        };
        canvas.spans(line, &[span(words, theme.accent)]);
        return;
    };
    let left = [span(totals(checked), theme.text)];
    let right = if !findings_are_up_to_date(state) {
        span("found before the last change; being looked at again", theme.dim)
    } else if checked.not_checked.is_empty() {
        span(format!("all {} rules checked", text::count(crate::findings::RULES.len())), theme.dim)
    } else {
        let rules = text::plural(checked.not_checked.len(), "rule");
        span(format!("! {rules} could not look at everything"), theme.warn)
    };
    canvas.both(line, &left, &[right]);
}

/// `9 findings: 2 high, 7 low · 1 waived`.
fn totals(checked: &Checked) -> String {
    match checked.waived() {
        0 => checked.words(),
        waived => format!("{} · {} waived", checked.words(), text::count(waived)),
    }
}

/// A severity's sign and look.
fn look(theme: &Theme, finding: &Finding) -> (&'static str, Style) {
    match finding.severity() {
        _ if finding.waived.is_some() => ("–", theme.dim),
        Severity::High => ("✗", theme.bad),
        Severity::Medium => ("!", theme.warn),
        Severity::Low => ("·", theme.text),
        Severity::Notice => ("·", theme.dim),
    }
}

fn paint_row(canvas: &mut Canvas<'_>, finding: &Finding, line: Rect) {
    let theme = *canvas.theme;
    let (sign, style) = look(&theme, finding);
    let words = if finding.waived.is_some() { theme.dim } else { theme.text };
    let left = [
        span(
            format!("{sign} {:<width$}", finding.severity().word(), width = SEVERITY.into()),
            style,
        ),
        span(finding.words.as_str(), words),
    ];
    let right = match &finding.waived {
        Some(waived) => format!("waived until {}", waived.expires),
        None if finding.way.is_some() => "mend".to_owned(),
        None => String::new(),
    };
    canvas.both(inset(line, 1), &left, &[span(right, theme.dim)]);
}

fn paint_unsure(canvas: &mut Canvas<'_>, unsure: &NotChecked, line: Rect) {
    let theme = *canvas.theme;
    let how = unsure.how();
    let left = [span(format!("? {how}: "), theme.warn), span(unsure.rule.what, theme.text)];
    canvas.both(inset(line, 1), &left, &[span(unsure.rule.id, theme.dim)]);
}

/// What a finding says: its words, why it matters, and what mends it. Gives how many rows it took.
fn tell(canvas: &mut Canvas<'_>, state: &State, finding: &Finding, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let mut used = 0;
    let mut say = |canvas: &mut Canvas<'_>, words: &str, style: Style| {
        let words = format!("{}.", text::sentence(words));
        used += canvas.wrapped(below(area, used), &words, style);
    };
    say(canvas, &finding.words, theme.name);
    if let Some(waived) = &finding.waived {
        let (owner, reason) = (text::safe(&waived.owner), text::safe(&waived.reason));
        say(canvas, &format!("waived until {} by {owner}: {reason}", waived.expires), theme.warn);
    }
    say(canvas, finding.rule.why, theme.dim);
    if !finding.detail.is_empty() {
        say(canvas, &finding.detail, theme.dim);
    }
    if finding.waived.is_none() {
        mends(canvas, state, finding, &mut say);
    }
    used
}

type Say<'s> = dyn FnMut(&mut Canvas<'_>, &str, Style) + 's;

/// What mends a finding, and what that does to people.
fn mends(canvas: &mut Canvas<'_>, state: &State, finding: &Finding, say: &mut Say<'_>) {
    let theme = *canvas.theme;
    if finding.way.is_none() {
        return;
    }
    match state.findings.mend(&finding.key) {
        None => say(canvas, "what mends it is being worked out", theme.dim),
        Some(None) => {}
        Some(Some(mend)) => {
            say(canvas, &mend_words(state, mend), theme.text);
            let style = if mend.effect.is_none() { theme.good } else { theme.warn };
            say(canvas, &mend.effect.words(&state.directory), style);
        }
    }
}

fn mend_words(state: &State, mend: &Mend) -> String {
    let key = |action| state.keymap.key_name(action);
    if mend_is_staged(state, mend) {
        return format!("Staged: {} ({} shows the plan)", mend.words, key(Action::Plan));
    }
    format!("to mend it, {} stages: {}", key(Action::Mend), mend.words)
}

/// The first of whom a finding is about.
fn named(canvas: &mut Canvas<'_>, state: &State, finding: &Finding, area: Rect) {
    let theme = *canvas.theme;
    let room = usize::from(area.height);
    let shown = if finding.rows.len() > room { room.saturating_sub(1) } else { room };
    let width = names(state, finding.rows.iter().take(shown).map(|row| &row.subject));
    let mut at = 0;
    for each in finding.rows.iter().take(shown) {
        paint_subject(canvas, state, each, width, row(area, at));
        at += 1;
    }
    let more = finding.rows.len().saturating_sub(shown);
    if more > 0 {
        let key = state.keymap.key_name(Action::Open);
        let left = [
            span(format!("  and {} more: ", text::count(more)), theme.dim),
            span(key, theme.accent),
            span(" shows them", theme.dim),
        ];
        canvas.spans(row(area, at), &left);
    }
}

fn not_checked(canvas: &mut Canvas<'_>, state: &State, unsure: &NotChecked, area: Rect) {
    let theme = *canvas.theme;
    let how = unsure.how();
    let mut used = canvas.wrapped(
        area,
        &format!("{}.", text::sentence(&format!("{how}: {}", unsure.rule.what))),
        theme.name,
    );
    for missing in &unsure.missing {
        let words = format!("{}.", text::sentence(missing));
        used += canvas.wrapped(below(area, used), &words, theme.warn);
    }
    let there = if unsure.in_part { "There may be more of it than is found. " } else { "" };
    let key = state.keymap.key_name(Action::Refresh);
    let words = format!("{there}{key} reads the account again.");
    canvas.wrapped(below(area, used), &words, theme.dim);
}

/// Paints one finding: what it says, and all that it is about.
pub fn paint_one(
    canvas: &mut Canvas<'_>,
    state: &State,
    screen: &FindingScreen,
    area: Rect,
) -> Rows {
    let theme = *canvas.theme;
    let Some(finding) = state.findings.get(&screen.key) else {
        let id = screen.key.split(':').next().unwrap_or_default();
        let what = rule(id).map_or("this", |rule| rule.what);
        let words = format!("No longer found: {what}.");
        canvas.wrapped(inset(area, 1), &words, theme.good);
        return Rows { list: area.height, other: 0 };
    };
    let (sign, style) = look(&theme, finding);
    let line = inset(row(area, 0), 1);
    canvas.both(
        line,
        &[span(format!("{sign} {}", finding.severity().word()), style)],
        &[span(finding.rule.id, theme.dim)],
    );
    let used = 1 + tell(canvas, state, finding, inset(below(area, 1), 1));
    let rest = below(area, used + 1);
    let heads = match finding.rows.first().map(|row| &row.subject) {
        Some(Subject::Member(_)) => "MEMBERS",
        Some(Subject::Group(_)) => "GROUPS",
        None => return Rows { list: rest.height, other: 0 },
    };
    let count = text::count(finding.rows.len());
    canvas.spans(
        inset(row(rest, 0), 1),
        &[span(heads, theme.accent), span(format!(" {count}"), theme.dim)],
    );
    let mut rows = below(rest, 1);
    let under = screen.rows.cursor();
    let under = finding.rows.iter().find(|row| Some(&row.subject) == under.as_ref());
    if let Some(about) = under.filter(|about| !about.note.is_empty()) {
        let (list, inner) = super::detail(canvas, rows, NOTE, screen.rows.rows().len());
        rows = list;
        let words = format!("{}: {}.", about.subject.words(&state.directory), about.note);
        canvas.wrapped(inner, &words, theme.dim);
    }
    let width = names(state, screen.rows.rows().iter());
    // The rows stand in the finding's own order: only those in sight are looked up.
    let in_sight = finding.rows.iter().skip(screen.rows.first_shown(rows.height.into()));
    let about: HashMap<&Subject, &Row> =
        in_sight.take(rows.height.into()).map(|row| (&row.subject, row)).collect();
    let fits = list::paint(canvas, &screen.rows, rows, Focus::Here, |canvas, subject, line| {
        if let Some(about) = about.get(subject) {
            paint_subject(canvas, state, about, width, inset(line, 1));
        }
    });
    Rows { list: fits, other: 0 }
}

/// The columns that the names take.
fn names<'s>(state: &State, subjects: impl Iterator<Item = &'s Subject>) -> u16 {
    let widths = subjects.map(|subject| columns(&subject.words(&state.directory)));
    widths.max().unwrap_or(0).min(NAME)
}

/// Whom or what a finding is about, and what is to be said of it in particular.
fn paint_subject(canvas: &mut Canvas<'_>, state: &State, about: &Row, width: u16, line: Rect) {
    let theme = *canvas.theme;
    if line.height == 0 {
        return;
    }
    let name = about.subject.words(&state.directory);
    let width = if about.note.is_empty() { line.width } else { width };
    let x = line.x + 2;
    canvas.text(
        x,
        line.y,
        line.width.saturating_sub(2),
        &text::cut_email(&name, width.into()),
        theme.text,
    );
    let at = x + width + 2;
    canvas.text(at, line.y, line.right().saturating_sub(at), &about.note, theme.dim);
}
