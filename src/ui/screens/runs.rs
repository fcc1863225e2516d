//! Runs in a list: what became of each, whose doing it was and when.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::canvas::{Canvas, below, inset, span, top};
use super::super::status::{self, bar_of_run};
use super::super::theme::Theme;
use crate::app::{
    Request, RunView, State, Tone, counts, outcome, run_view, runs_taken_back, who, why_not,
};
use crate::keys::Action;
use crate::plan::{Past, RunId, Summary, Tally};
use crate::text;

/// Rows for the run under the cursor.
const DETAIL: u16 = 6;

/// Rows for why runs can't be read.
const UNREAD: u16 = 3;

/// What a run is whose end was not written down.
pub const NO_END: &str = "no end of it is written down: the program ended before it did";

/// How many runs there are, behind how many changes are staged; that they are being read, or can't be.
pub fn count(state: &State) -> String {
    let reading = state.tickets.waiting().any(|request| matches!(request, Request::Runs(_)));
    let runs = crate::app::run_ids(state).len();
    match (runs, &state.past.all) {
        (0, None) if reading => " · reading earlier runs…".to_owned(),
        (0, None) => String::new(),
        (0, Some(_)) if !state.past.unread.is_empty() => " · no run that can be read".to_owned(),
        (0, Some(_)) => " · no run yet".to_owned(),
        (runs, None) if reading => {
            format!(" · {}, reading earlier ones…", text::plural(runs, "run"))
        }
        (runs, _) => format!(" · {}", text::plural(runs, "run")),
    }
}

/// Tells that runs can't be read. Gives how many rows it took.
pub fn unread(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> u16 {
    let theme = *canvas.theme;
    if let Some(fault) = &state.past.failed {
        let words = format!("✗ earlier runs could not be read: {}", safe(&fault.what));
        return canvas.wrapped(top(area, UNREAD), &words, theme.bad);
    }
    let Some(first) = state.past.unread.first() else { return 0 };
    let words = match state.past.unread.len() {
        1 => format!("! a run can't be read: {}", safe(&first.what)),
        more => format!("! {} can't be read; {}", text::plural(more, "run"), safe(&first.what)),
    };
    canvas.wrapped(top(area, UNREAD), &words, theme.warn)
}

/// Paints a run's row.
pub fn paint_row(canvas: &mut Canvas<'_>, state: &State, id: &RunId, line: Rect) {
    let theme = *canvas.theme;
    let Some((sign, style, words)) = stands(state, id, &theme) else { return };
    let about = run_view(state, id).map(|run| run.plan.about());
    let about = about.or_else(|| Some(state.past.get(id)?.about.clone())).unwrap_or_default();
    let left = [
        span(format!("{sign} "), style),
        span(safe(&words), theme.text),
        span(format!("  {}", safe(&about)), theme.dim),
    ];
    let right = match (state.runs.get(id), state.past.get(id)) {
        (Some(run), _) => whose(state, id, run),
        (None, Some(past)) => whose_past(state, past),
        (None, None) => String::new(),
    };
    canvas.both(inset(line, 1), &left, &[span(right, theme.dim)]);
}

/// A run's sign, its look and its words; also that it was taken back since.
fn stands(state: &State, id: &RunId, theme: &Theme) -> Option<(&'static str, Style, String)> {
    let (sign, style, words) = by_itself(state, id, theme)?;
    Some((sign, style, words + &taken_back(state, id)))
}

/// That a run was taken back since, behind what stands of it.
pub fn taken_back(state: &State, id: &RunId) -> String {
    let back = runs_taken_back(state).remove(id);
    back.map_or_else(String::new, |back| {
        format!("; {}", back.words(takes_back(state, id).is_some()))
    })
}

/// The same of the run alone.
fn by_itself(state: &State, id: &RunId, theme: &Theme) -> Option<(&'static str, Style, String)> {
    if let Some(run) = state.runs.get(id) {
        let (tally, all) = (run.progress.tally(), run.plan.ops().count());
        let words = || format!("{} {} of {all}", bar_of_run(&tally, all), tally.settled());
        let on = || ("…", theme.accent, words());
        let undoes = run.plan.undo_of.is_some();
        return Some(run.summary.as_ref().map_or_else(on, |sum| ended(sum, undoes, theme)));
    }
    let past = state.past.get(id)?;
    if past.is_on {
        return Some(("…", theme.accent, format!("on in another window: {}", counts(&past.tally))));
    }
    Some(match (&past.damage, &past.end) {
        (Some(_), _) => {
            ("!", theme.bad, format!("its journal is damaged: {}", counts(&past.tally)))
        }
        (None, Some(summary)) => ended(summary, past.undo_of.is_some(), theme),
        (None, None) => ("?", theme.warn, broken_off(state, id, &past.tally)),
    })
}

/// How a run ended: its sign, its look and its words.
pub fn ended(summary: &Summary, undoes: bool, theme: &Theme) -> (&'static str, Style, String) {
    let (tone, words) = outcome(summary, undoes);
    let (sign, style) = match tone {
        Tone::Done => ("✓", theme.good),
        Tone::Refused => ("–", theme.warn),
        Tone::Fault => ("✗", theme.bad),
    };
    (sign, style, words)
}

/// How a run stands whose end was not written down. One that was taken back needs none.
pub fn broken_off(state: &State, id: &RunId, tally: &Tally) -> String {
    let is_over = runs_taken_back(state).contains_key(id);
    let stands = if is_over { "broken off" } else { "not finished" };
    format!("{stands}: {}", counts(tally))
}

/// Whose doing a run is, and how long ago it began.
pub fn whose(state: &State, id: &RunId, run: &RunView) -> String {
    let past = state.past.get(id).filter(|_| !state.runs.contains_key(id));
    match past {
        Some(past) => whose_past(state, past),
        None => format!("you · {}", text::age(state.now.since_wall(run.began))),
    }
}

fn whose_past(state: &State, past: &Past) -> String {
    let age = text::age(state.now.since_wall(past.began));
    format!("{} · {age}", text::cut_email(&who(&state.directory, &past.by), 30))
}

/// The run under the cursor in full, below the list. Gives what is left for the list.
pub fn detail(
    canvas: &mut Canvas<'_>,
    state: &State,
    id: &RunId,
    listed: usize,
    area: Rect,
) -> Rect {
    let theme = *canvas.theme;
    let (list, inner) = super::detail(canvas, area, DETAIL, listed);
    let mut used = 0;
    if let Some((_, _, words)) = stands(state, id, &theme) {
        used += canvas.wrapped(below(inner, used), &safe(&words), theme.name);
    }
    used += canvas.wrapped(below(inner, used), &origin(state, id), theme.dim);
    if let Some(fault) = state.past.get(id).and_then(|past| past.damage.as_ref()) {
        used += status::fault(canvas, below(inner, used), fault);
    }
    let unfinished = state.past.get(id).is_some_and(|past| past.end.is_none() && !past.is_on);
    if unfinished && !state.runs.contains_key(id) {
        used += canvas.wrapped(below(inner, used), NO_END, theme.dim);
    }
    if let Some(reason) = why_not(state, Action::UndoRun) {
        let words = format!("can't be taken back now: {}", reason.0);
        canvas.wrapped(below(inner, used), &safe(&words), theme.dim);
    }
    list
}

/// When and where a run was begun, and what it takes back.
fn origin(state: &State, id: &RunId) -> String {
    let past = state.past.get(id);
    let began = run_view(state, id).map(|run| run.began).or_else(|| past.map(|past| past.began));
    let of = takes_back(state, id);
    let began = began.map(|at| format!("begun {}", moment(at)));
    let host = past.map(|past| format!(" on {}", safe(&past.host)));
    let of = of.as_ref().and_then(RunId::at);
    let undoes = of.map(|at| format!("; takes back the run begun {}", moment(at)));
    [began, host, undoes].into_iter().flatten().collect()
}

/// The run that a run takes back.
fn takes_back(state: &State, id: &RunId) -> Option<RunId> {
    let here = run_view(state, id).and_then(|run| run.plan.undo_of.clone());
    here.or_else(|| state.past.get(id)?.undo_of.clone())
}

fn moment(at: jiff::Timestamp) -> String {
    at.strftime("%-d %b %Y %H:%M:%S UTC").to_string()
}

fn safe(words: &str) -> String {
    text::safe(words).into_owned()
}
