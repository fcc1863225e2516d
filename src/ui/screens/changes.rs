//! What is staged, and the runs of the account.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::Rows;
use super::super::canvas::{Canvas, below, inset, row, span};
use super::super::list::{self, Focus};
use super::super::status;
use super::super::theme::Theme;
use super::run::look;
use super::runs;
use crate::app::{ChangeRow, ChangesScreen, State, in_hand, running, why_not};
use crate::domain::Change;
use crate::keys::Action;
use crate::plan::{Entry, OpState, Recheck, StepState};
use crate::text;

/// Rows for the change under the cursor.
const DETAIL: u16 = 8;

/// Paints the screen.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &ChangesScreen, area: Rect) -> Rows {
    let theme = *canvas.theme;
    head(canvas, state, inset(row(area, 0), 1));
    let mut used = 1;
    if let Some(fault) = &state.session.unsaved {
        let words = format!("✗ what is staged could not be kept on disk: {}", safe(&fault.what));
        canvas.spans(inset(row(area, used), 1), &[span(words, theme.bad)]);
        used += 1;
    }
    used += runs::unread(canvas, state, inset(below(area, used), 1));
    let rest = below(area, used + 1);
    if screen.rows.rows().is_empty() {
        nothing(canvas, state, inset(rest, 3));
    }
    let in_hand = in_hand(state);
    let rest = match screen.rows.cursor() {
        Some(ChangeRow::Staged(key)) => match state.staging.get(&key) {
            Some(entry) => {
                detail(canvas, state, (entry, in_hand.get(&key)), screen.rows.rows().len(), rest)
            }
            None => rest,
        },
        Some(ChangeRow::Run(run)) => {
            runs::detail(canvas, state, &run, screen.rows.rows().len(), rest)
        }
        None => rest,
    };
    let rows =
        list::paint(canvas, &screen.rows, rest, Focus::Here, |canvas, key, line| match key {
            ChangeRow::Staged(key) => {
                if let Some(entry) = state.staging.get(key) {
                    staged(canvas, state, entry, in_hand.get(key), line);
                }
            }
            ChangeRow::Run(id) => runs::paint_row(canvas, state, id, line),
        });
    Rows { list: rows, other: 0 }
}

fn head(canvas: &mut Canvas<'_>, state: &State, line: Rect) {
    let theme = *canvas.theme;
    let staged = state.staging.len();
    let mut left = vec![match staged {
        0 => span("nothing is staged", theme.text),
        number => span(format!("{} staged", text::plural(number, "change")), theme.text),
    }];
    left.push(span(runs::count(state), theme.dim));
    let mut right = Vec::new();
    if let Some(run) = running(state) {
        let key = state.keymap.key_name(Action::StopRun);
        let (done, all) = (run.progress.tally().settled(), run.plan.ops().count());
        let words = format!("a run is on: {} of {} · ", text::count(done), text::count(all));
        right = vec![span(words, theme.text)];
        match why_not(state, Action::StopRun) {
            None => right.extend([span(key, theme.accent), span(" stops it", theme.dim)]),
            Some(_) => right.push(span("stopping", theme.warn)),
        }
    } else if staged > 0 && why_not(state, Action::Plan).is_none() {
        let key = state.keymap.key_name(Action::Plan);
        right =
            vec![span(key, theme.accent), span(" shows the plan; nothing is sent yet", theme.dim)];
    }
    canvas.both(line, &left, &right);
}

fn nothing(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let style = canvas.theme.dim;
    let key = |action| state.keymap.key_name(action);
    let (add, remove) = (key(Action::AddTo), key(Action::RemoveFrom));
    let words = format!(
        "{add} and {remove} on members and groups stage changes. They stand here until a plan carries them out; nothing is sent before."
    );
    canvas.wrapped(area, &words, style);
}

fn staged(
    canvas: &mut Canvas<'_>,
    state: &State,
    entry: &Entry,
    stands: Option<&OpState>,
    line: Rect,
) {
    let theme = *canvas.theme;
    let (sign, style) = sign(&theme, &entry.change);
    let words = words(state, &entry.change);
    let left = [span(format!("{sign} "), style), span(safe(&words), theme.text)];
    let (note, style) = note(state, entry, stands, &theme);
    canvas.both(inset(line, 1), &left, &[span(note, style)]);
}

/// The staged change under the cursor in full, below the list: what it is, what a run is doing with it, why the last
/// one did not carry it out, or what has become of it. Gives what is left for the list.
fn detail(
    canvas: &mut Canvas<'_>,
    state: &State,
    (entry, stands): (&Entry, Option<&OpState>),
    listed: usize,
    area: Rect,
) -> Rect {
    let theme = *canvas.theme;
    let (list, inner) = super::detail(canvas, area, DETAIL, listed);
    let mut used = canvas.wrapped(inner, &safe(&words(state, &entry.change)), theme.name);
    let rest = |used| below(inner, used);
    if let Some(stands) = stands {
        let (words, style) = in_hand_words(stands, &theme);
        canvas.wrapped(rest(used), &format!("a run has it in hand: {words}"), style);
        return list;
    }
    if let Some(tried) = &entry.tried {
        let (_, style) = look(tried.state, &theme);
        let words = format!("{}; it stays staged", tried_words(tried.state));
        used += canvas.wrapped(rest(used), &words, style);
        status::fault(canvas, rest(used), &tried.reason);
        return list;
    }
    let (words, style) = match state.staging.check(&entry.change, &state.directory) {
        Recheck::Fine => ("not sent yet".to_owned(), theme.dim),
        other => (recheck_words(&other), theme.warn),
    };
    canvas.wrapped(rest(used), &words, style);
    list
}

/// What is to be known about a staged change: what a run is doing with it, how the last one left it, or what has
/// become of it since.
fn note(state: &State, entry: &Entry, stands: Option<&OpState>, theme: &Theme) -> (String, Style) {
    if let Some(stands) = stands {
        let (sign, style) = look(StepState::of_one(stands), theme);
        return (format!("{sign} {}", in_hand_words(stands, theme).0), style);
    }
    if let Some(tried) = &entry.tried {
        let (sign, style) = look(tried.state, theme);
        let why = safe(&tried.reason.in_short());
        return match tried.state {
            // Why it was not sent says that it was not.
            StepState::Skipped => (format!("{sign} {why}"), style),
            state => (format!("{sign} {}: {why}", tried_words(state)), style),
        };
    }
    match state.staging.check(&entry.change, &state.directory) {
        Recheck::Fine => (String::new(), theme.dim),
        other => (recheck_in_short(&other), theme.warn),
    }
}

/// What a run is doing with a change.
fn in_hand_words(stands: &OpState, theme: &Theme) -> (&'static str, Style) {
    let state = StepState::of_one(stands);
    let (_, style) = look(state, theme);
    (if state == StepState::Unknown { "reading back" } else { state.word() }, style)
}

/// How a run left a change, in a word or two.
fn tried_words(state: StepState) -> &'static str {
    match state {
        StepState::Skipped => "not sent",
        state => state.word().split(',').next().unwrap_or_default(),
    }
}

/// What has become of a staged change, in words.
fn recheck_words(recheck: &Recheck) -> String {
    warned(recheck, recheck.words())
}

/// The same on a row.
pub fn recheck_in_short(recheck: &Recheck) -> String {
    warned(recheck, recheck.in_short())
}

fn warned(recheck: &Recheck, words: String) -> String {
    match recheck {
        Recheck::Fine | Recheck::AlreadySo => words,
        _ => format!("! {}", safe(&words)),
    }
}

/// The sign of a change and its look.
pub fn sign(theme: &Theme, change: &Change) -> (&'static str, Style) {
    match change {
        Change::Invite { .. } | Change::Create { .. } | Change::Add { .. } => ("+", theme.good),
        Change::Remove { .. } | Change::Delete { .. } | Change::RemoveMember { .. } => {
            ("-", theme.bad)
        }
        Change::Rename { .. }
        | Change::SetPolicies { .. }
        | Change::SetDirectPolicies { .. }
        | Change::ReplaceMembers { .. } => ("~", theme.warn),
    }
}

fn words(state: &State, change: &Change) -> String {
    state.staging.words(change, &state.directory)
}

fn safe(words: &str) -> String {
    text::safe(words).into_owned()
}
