//! A run, step by step, and what became of the step under the cursor.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::Rows;
use super::super::canvas::{Canvas, below, columns_of, inset, row, span, top};
use super::super::list::{self, Focus};
use super::super::status::bar_of;
use super::super::theme::Theme;
use super::changes::run_name;
use crate::app::{Hold, RunScreen, RunView, State, Tone, outcome};
use crate::domain::{Fault, FaultKind};
use crate::keys::Action;
use crate::plan::{OpId, OpState, Step, StepState};
use crate::text;

/// Columns of a step's state.
const STATE: u16 = 15;

/// Paints the run.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &RunScreen, area: Rect) -> Rows {
    let theme = *canvas.theme;
    let Some(run) = state.runs.get(&screen.run) else {
        canvas.spans(inset(row(area, 0), 1), &[span("this run is not known", theme.warn)]);
        return Rows { list: area.height, other: 0 };
    };
    let used = head(canvas, state, screen, run, inset(area, 1));
    let rest = below(area, used + 1);
    let (steps, inner) = super::detail(canvas, rest, 8, screen.steps.rows().len());
    let rows = list::paint(canvas, &screen.steps, steps, Focus::Here, |canvas, id, line| {
        if let Some(step) = run.plan.step(*id) {
            paint_step(canvas, run, step, line);
        }
    });
    let under = screen.steps.cursor().and_then(|id| run.plan.step(id));
    if let Some(step) = under {
        why(canvas, run, step, inner);
    }
    Rows { list: rows, other: 0 }
}

/// How far it has come or how it ended, and what holds it up. Gives how many rows it took.
fn head(
    canvas: &mut Canvas<'_>,
    state: &State,
    screen: &RunScreen,
    run: &RunView,
    area: Rect,
) -> u16 {
    let theme = *canvas.theme;
    let all = run.plan.ops().count();
    let done = run.progress.tally().settled();
    let age = text::age(state.now.since(&run.began));
    let right = [span(format!("{} · {age}", run_name(state, &screen.run)), theme.dim)];
    let (words, style) = match &run.summary {
        Some(summary) => {
            let (tone, words) = outcome(summary);
            match tone {
                Tone::Done => (format!("✓ {words}"), theme.good),
                Tone::Refused => (format!("– {words}"), theme.warn),
                Tone::Fault => (format!("✗ {words}"), theme.bad),
            }
        }
        None => (
            format!(
                "{} {} of {}",
                bar_of(done, all),
                text::count(done),
                text::plural(all, "change")
            ),
            theme.accent,
        ),
    };
    let words = safe(&words);
    let room = area.width.saturating_sub(columns_of(&right) + 2);
    let first = Rect { width: room, ..top(area, 2) };
    let used = canvas.wrapped(first, &words, style).max(1);
    canvas.both(row(area, 0), &[], &right);
    let (words, style) = second(state, run, &theme);
    used + canvas.wrapped(top(below(area, used), 2), &words, style)
}

fn second(state: &State, run: &RunView, theme: &Theme) -> (String, Style) {
    if let Some(summary) = &run.summary {
        let may_land = summary.may_land.len();
        let kept = "what is not in effect stays staged, with its reason";
        return match (may_land, summary.tally.is_whole()) {
            (0, true) => (
                format!(
                    "{} sent; all of it was seen in effect",
                    text::plural(summary.writes as usize, "write")
                ),
                theme.dim,
            ),
            (0, false) => (kept.to_owned(), theme.dim),
            (number, _) => {
                (format!("{} may still land; {kept}", text::plural(number, "change")), theme.warn)
            }
        };
    }
    match &run.hold {
        Some(Hold::Waits(until, fault)) => {
            let left = until.saturating_sub(state.now.since_start).as_secs();
            (format!("waits {left} s: {}", safe(&fault.what)), theme.warn)
        }
        Some(Hold::Settles(until, ops)) => {
            let left = until.saturating_sub(state.now.since_start).as_secs();
            let ops = text::plural(*ops, "change");
            let words = format!("{ops} may still land: looked at once more in {left} s");
            (words, theme.warn)
        }
        Some(Hold::Pausing(pause)) => {
            let what = safe(&pause.fault().what);
            (format!("sends no more: {what}; what is in flight is read back"), theme.warn)
        }
        Some(Hold::Stopping) => (
            "stopping: nothing more is sent, what is in flight is read back".to_owned(),
            theme.warn,
        ),
        None => {
            let key = state.keymap.key_name(Action::StopRun);
            (format!("{key} stops it after what is in flight"), theme.dim)
        }
    }
}

fn paint_step(canvas: &mut Canvas<'_>, run: &RunView, step: &Step, line: Rect) {
    let theme = *canvas.theme;
    let state = run.progress.step(step);
    let (sign, style) = look(state, &theme);
    let line = inset(line, 1);
    canvas.spans(
        Rect { width: STATE.min(line.width), ..line },
        &[span(format!("{sign} "), style), span(brief(word(run, state)), style)],
    );
    let rest = Rect {
        x: line.x + STATE.min(line.width) + 1,
        width: line.width.saturating_sub(STATE + 1),
        ..line
    };
    let words = safe(&run.plan.words(step));
    let tally = run.progress.tally_of(step);
    let in_effect = tally.done + tally.already_so;
    let part = if step.ops.len() > 1 && in_effect < step.ops.len() && in_effect > 0 {
        format!("{in_effect} of {}", step.ops.len())
    } else {
        String::new()
    };
    let text = if matches!(state, StepState::Waiting | StepState::Skipped) {
        theme.dim
    } else {
        theme.text
    };
    canvas.both(rest, &[span(words, text)], &[span(part, theme.dim)]);
}

/// A state's word; what is unknown while the run is on is being read back.
fn word(run: &RunView, state: StepState) -> &'static str {
    match state {
        StepState::Unknown if run.summary.is_none() => "reading back",
        state => state.word(),
    }
}

/// A state's word without what follows its comma: the step under the cursor says that in full.
fn brief(word: &str) -> &str {
    word.split(',').next().unwrap_or(word)
}

/// The sign of a state and its look.
pub fn look(state: StepState, theme: &Theme) -> (&'static str, Style) {
    match state {
        StepState::Waiting => ("·", theme.dim),
        StepState::Running => ("▸", theme.accent),
        StepState::Accepted => ("◐", theme.accent),
        StepState::Done | StepState::AlreadySo => ("✓", theme.good),
        StepState::Skipped => ("–", theme.dim),
        StepState::NotMade => ("–", theme.warn),
        StepState::Gone | StepState::Conflict => ("!", theme.warn),
        StepState::Refused => ("✗", theme.bad),
        StepState::NotInEffect | StepState::Unknown => ("?", theme.warn),
    }
}

/// What became of the step under the cursor: each of its operations that is not simply done, with its reason.
fn why(canvas: &mut Canvas<'_>, run: &RunView, step: &Step, area: Rect) {
    let theme = *canvas.theme;
    let call = format!("{} {}", step.method(), step.path(&run.plan.account));
    canvas.spans(row(area, 0), &[span(call, theme.dim)]);
    let mut used = 1;
    let mut told = std::collections::BTreeSet::new();
    for op in &step.ops {
        let state = run.progress.op(op.id);
        let Some(fault) = reason(run, op.id) else { continue };
        let word = word(run, StepState::of_one(state));
        let words = if step.ops.len() > 1 {
            format!("{}: {word}", run.plan.names.words(&op.change))
        } else {
            word.to_owned()
        };
        let (_, style) = look(StepState::of_one(state), &theme);
        canvas.spans(row(area, used), &[span(safe(&words), style)]);
        used += 1;
        // A batch that was refused as one has one reason.
        let reason = safe(&fault.to_string());
        if told.insert(reason.clone()) {
            used += canvas.wrapped(below(area, used), &reason, theme.text);
        }
    }
    if used == 1 {
        let words = match run.progress.step(step) {
            StepState::Done => "in effect, as was seen by reading it back",
            StepState::AlreadySo => "the account was so already: nothing was sent",
            StepState::Waiting => "its turn comes",
            _ => "sent; no answer yet",
        };
        canvas.spans(row(area, 1), &[span(words, theme.text)]);
    }
}

/// Why an operation is not in effect; while it is read back, how it was answered.
fn reason(run: &RunView, op: OpId) -> Option<Fault> {
    match (run.progress.op(op), run.progress.doubt(op)) {
        (OpState::Unknown, Some(doubt)) if run.summary.is_none() => Some(doubt.clone()),
        (OpState::Unknown, None) if run.summary.is_none() => {
            Some(Fault::new(FaultKind::Unanswered, "what has become of it is not known yet", ""))
        }
        _ => run.progress.reason(op),
    }
}

fn safe(words: &str) -> String {
    text::safe(words).into_owned()
}
