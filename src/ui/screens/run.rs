//! A run, step by step, and what became of the step under the cursor.

use std::time::Duration;

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::Rows;
use super::super::canvas::{Canvas, below, columns_of, inset, row, span, top};
use super::super::list::{self, Focus};
use super::super::status::bar_of_run;
use super::super::theme::Theme;
use super::runs;
use crate::app::{Hold, RunScreen, RunView, State, past_view, run_view};
use crate::domain::{Fault, FaultKind};
use crate::keys::Action;
use crate::plan::{End, Ending, OpId, OpState, RunId, Step, StepState, Summary, Tally};
use crate::text;

/// Columns of a step's state.
const STATE: u16 = 15;
/// How long an answer usually takes at most: who waits longer is told.
const USUAL: Duration = Duration::from_secs(3);

/// Paints the run.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &RunScreen, area: Rect) -> Rows {
    let Some(run) = run_view(state, &screen.run) else {
        not_read(canvas, state, screen, inset(area, 1));
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
        let used = why(canvas, state, run, step, inner);
        writes(canvas, state, &screen.run, step, below(inner, used));
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
    let tally = run.progress.tally();
    let right = [span(runs::whose(state, &screen.run, run), theme.dim)];
    let (words, style) = match (&run.summary, run.is_on()) {
        (Some(summary), _) => {
            let (sign, style, words) = runs::ended(summary, run.plan.undo_of.is_some(), &theme);
            (format!("{sign} {words}"), style)
        }
        (None, false) => {
            (format!("? {}", runs::broken_off(state, &screen.run, &tally)), theme.warn)
        }
        (None, true) => (
            format!(
                "{} {} of {}{}{}{}",
                bar_of_run(&tally, all),
                text::count(tally.settled()),
                text::plural(all, "change"),
                besides(tally.accepted, "more accepted"),
                besides(tally.skipped, "not sent"),
                time_left(state, run)
            ),
            theme.accent,
        ),
    };
    let words = safe(&words) + &runs::taken_back(state, &screen.run);
    let room = area.width.saturating_sub(columns_of(&right) + 2);
    let first = Rect { width: room, ..top(area, 3) };
    let used = canvas.wrapped(first, &words, style).max(1);
    canvas.both(row(area, 0), &[], &right);
    let (words, style) = second(state, run, &theme);
    used + canvas.wrapped(top(below(area, used), 2), &words, style)
}

/// What stands behind how far a run has come, where there is any of it.
fn besides(number: usize, words: &str) -> String {
    if number == 0 { String::new() } else { format!(", {} {words}", text::count(number)) }
}

/// About how long it still takes, behind how far it has come, where it goes on as it does.
fn time_left(state: &State, run: &RunView) -> String {
    let left = run.time_left(state.now, &state.budget).filter(|_| !run.sends_no_more());
    left.map_or_else(String::new, |left| format!(", {} left", text::about(left)))
}

fn second(state: &State, run: &RunView, theme: &Theme) -> (String, Style) {
    if let Some(summary) = &run.summary {
        return after(state, run, summary, theme);
    }
    if !run.is_on() && run.hold.is_none() {
        return (runs::NO_END.to_owned(), theme.dim);
    }
    match &run.hold {
        Some(Hold::Waits(until, fault)) if waits(state, run, *until).is_some() => {
            let left = waits(state, run, *until).unwrap_or_default();
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
        Some(Hold::ReadingBack) => {
            let words = match (run.held_up(state), run.progress.tally().unknown) {
                (Some(left), _) => format!("reading back waits {left} s for the request budget"),
                (None, 0) => "reading back what has become of what was sent…".to_owned(),
                (None, n) => {
                    format!("{} had no answer: reading back what they did…", text::count(n))
                }
            };
            (words, theme.accent)
        }
        Some(Hold::Stopping) => {
            let reads = match run.held_up(state) {
                Some(left) => format!("; reading back waits {left} s for the request budget"),
                None => ", what is in flight is read back".to_owned(),
            };
            (format!("stopping: nothing more is sent{reads}"), theme.warn)
        }
        Some(Hold::Waits(..)) | None => {
            let key = state.keymap.key_name(Action::StopRun);
            if let Some(left) = run.held_up(state) {
                let words = format!("waits {left} s for the request budget; {key} stops it now");
                return (words, theme.warn);
            }
            let stops = format!("{key} stops it after what is in flight");
            match run.in_flight.values().min().and_then(|since| unanswered(state, *since)) {
                Some(wait) => (format!("no answer for {wait} s so far; {stops}"), theme.warn),
                None => (stops, theme.dim),
            }
        }
    }
}

/// How many seconds more nothing is sent, of a run that was told to wait: until then, and as long as requests are
/// held up.
fn waits(state: &State, run: &RunView, until: Duration) -> Option<u64> {
    let left = until.checked_sub(state.now.since_start).filter(|left| !left.is_zero());
    left.map(|left| left.as_secs().max(1)).max(run.held_up(state))
}

/// How many seconds something waits for its answer that has been in flight for longer than usual.
fn unanswered(state: &State, since: Duration) -> Option<u64> {
    let wait = state.now.since_start.saturating_sub(since);
    (wait >= USUAL).then_some(wait.as_secs())
}

/// What a run leaves behind: requests that may still arrive, changes that stay staged.
fn after(state: &State, run: &RunView, summary: &Summary, theme: &Theme) -> (String, Style) {
    let holds = |(op, _): &&(OpId, Duration)| run.progress.op(*op).holds();
    let again = summary.may_land.iter().filter(holds).count();
    let open = summary.may_land.len() - again;
    let mut words = Vec::new();
    if let End::Paused(pause) = &summary.end
        && !pause.fault().remedy.is_empty()
    {
        words.push(safe(&pause.fault().what_to_do()));
    }
    if open > 0 {
        words.push(format!("{} may still land", text::plural(open, "change")));
    }
    match again {
        0 => {}
        1 => words.push(
            "an earlier request without an answer may still arrive; it asks for the same"
                .to_owned(),
        ),
        n => words.push(format!(
            "{} earlier requests without an answer may still arrive; they ask for the same",
            text::count(n)
        )),
    }
    if run.leaves_staged(&state.staging) {
        words.push("what is not in effect stays staged, with its reason".to_owned());
    }
    if let Some(of) = run.plan.undo_of.as_ref().and_then(RunId::at) {
        let age = text::age(state.now.since_wall(of));
        words.push(format!("it takes back the run begun {age}"));
    }
    if words.is_empty() && summary.tally.is_whole() {
        let writes = text::plural(summary.writes as usize, "write");
        words.push(format!("{writes} sent; all of it was seen in effect"));
    }
    let style = if summary.may_land.is_empty() { theme.dim } else { theme.warn };
    (words.join("; "), style)
}

fn paint_step(canvas: &mut Canvas<'_>, run: &RunView, step: &Step, line: Rect) {
    let theme = *canvas.theme;
    let state = run.progress.step(step);
    let line = inset(line, 1);
    let tally = run.progress.tally_of(step);
    let in_effect = tally.done + tally.already_so;
    let in_work = matches!(state, StepState::Waiting | StepState::Running);
    let mixed = !in_work && tally.parts().len() > 1 && in_effect < step.ops.len();
    let (sign, style) = look(state, &theme);
    let (sign, style, label) = match state {
        StepState::Skipped if mixed => ("◐", theme.warn, "in part"),
        _ if mixed => ("◐", style, "in part"),
        _ => (sign, style, brief(word(run, state))),
    };
    let label = [span(format!("{sign} "), style), span(label, style)];
    canvas.spans(Rect { width: STATE.min(line.width), ..line }, &label);
    let rest = Rect {
        x: line.x + STATE.min(line.width) + 1,
        width: line.width.saturating_sub(STATE + 1),
        ..line
    };
    let words = safe(&run.plan.words(step));
    let (part, part_style) = match (mixed, in_work && in_effect > 0) {
        (true, _) => (parts(run, &tally), style),
        (_, true) => (format!("{in_effect} of {} done", step.ops.len()), theme.dim),
        _ => (String::new(), theme.dim),
    };
    let text = if !mixed && matches!(state, StepState::Waiting | StepState::Skipped) {
        theme.dim
    } else {
        theme.text
    };
    canvas.both(rest, &[span(words, text)], &[span(part, part_style)]);
}

/// A state's word; what is unknown while the run is on is being read back.
fn word(run: &RunView, state: StepState) -> &'static str {
    match state {
        StepState::Unknown if run.is_on() => "reading back",
        state => state.word(),
    }
}

/// How the operations of a batch stand that do not all stand alike.
fn parts(run: &RunView, tally: &Tally) -> String {
    let unknown = StepState::Unknown.word();
    let named = |word| if word == unknown { self::word(run, StepState::Unknown) } else { word };
    let part = |(number, word)| format!("{} {}", text::count(number), brief(named(word)));
    tally.parts().into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// What an operation's state is called; of what was accepted, whether anyone has looked.
fn word_of(run: &RunView, op: OpId) -> &'static str {
    match run.progress.op(op) {
        OpState::Accepted if run.progress.was_not_visible(op) => "accepted, not visible yet",
        OpState::Accepted => "accepted, not read back yet",
        state => word(run, StepState::of_one(state)),
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

/// What became of the step under the cursor: each of its operations that is not simply done, with its reason. Gives how
/// many rows it took.
fn why(canvas: &mut Canvas<'_>, state: &State, run: &RunView, step: &Step, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let call = format!("{} {}", step.method(), step.path(&run.plan.account));
    canvas.spans(row(area, 0), &[span(call, theme.dim)]);
    let mut used = 1;
    let mut told = std::collections::BTreeSet::new();
    for op in &step.ops {
        let stands = run.progress.op(op.id);
        let Some(fault) = reason(run, op.id) else { continue };
        let word = word_of(run, op.id);
        let (_, style) = look(StepState::of_one(stands), &theme);
        if step.ops.len() > 1 {
            let words = format!("{}: {word}", run.plan.names.words(&op.change));
            canvas.spans(row(area, used), &[span(safe(&words), style)]);
            used += 1;
        }
        // A batch that was refused as one has one reason.
        let reason = safe(&fault.of_one_that_is(word));
        if told.insert(reason.clone()) {
            let style = if step.ops.len() > 1 { theme.text } else { style };
            used += canvas.wrapped(below(area, used), &reason, style);
        }
    }
    if used == 1 {
        let since = step.ops.iter().filter_map(|op| run.in_flight.get(&op.id)).min();
        let words = match (run.progress.step(step), since) {
            (StepState::Done, _) => "in effect, as was seen by reading it back".to_owned(),
            (StepState::AlreadySo, _) => "the account was so already: nothing was sent".to_owned(),
            (StepState::Waiting, _) if !run.is_on() => "not sent".to_owned(),
            (StepState::Waiting, _) => match run.held_up(state) {
                Some(left) => format!("not sent; waits {left} s for the request budget"),
                None => "its turn comes".to_owned(),
            },
            (_, Some(since)) => {
                let wait = state.now.since_start.saturating_sub(*since).as_secs();
                format!("sent {wait} s ago; no answer yet")
            }
            _ => "sent; no answer is known".to_owned(),
        };
        canvas.spans(row(area, 1), &[span(words, theme.text)]);
        used += 1;
    }
    used
}

/// How each write of the step was answered, once its journal has been read: for who looks a call up at Cloudflare.
fn writes(canvas: &mut Canvas<'_>, state: &State, run: &RunId, step: &Step, area: Rect) {
    let theme = *canvas.theme;
    let Some(past) = past_view(state, run) else { return };
    for (at, write) in (0..area.height).zip(past.writes(step.id)) {
        let sent = write.sent.strftime("%T");
        let carried = if step.ops.len() > 1 {
            format!(" {},", text::plural(write.ops.len(), "change"))
        } else {
            String::new()
        };
        let answer =
            write.ended.as_ref().map_or_else(|| "no answer is known".to_owned(), Ending::words);
        let words = format!("{sent} UTC:{carried} {answer}");
        canvas.spans(row(area, at), &[span(safe(&words), theme.dim)]);
    }
}

/// A run of an earlier session that is being read, or can't be.
fn not_read(canvas: &mut Canvas<'_>, state: &State, screen: &RunScreen, area: Rect) {
    let theme = *canvas.theme;
    match state.past.not_opened.get(&screen.run) {
        Some(fault) => {
            canvas.spans(row(area, 0), &[span("✗ the run can't be read", theme.bad)]);
            super::super::status::fault(canvas, below(area, 2), fault);
        }
        None => drop(canvas.spans(row(area, 0), &[span("reading its journal…", theme.accent)])),
    }
}

/// Why an operation is not in effect; while it is read back, how it was answered.
fn reason(run: &RunView, op: OpId) -> Option<Fault> {
    match (run.progress.op(op), run.progress.doubt(op)) {
        (OpState::Unknown, Some(doubt)) if run.is_on() => Some(doubt.clone()),
        (OpState::Unknown, None) if run.is_on() => {
            Some(Fault::new(FaultKind::Unanswered, "what has become of it is not known yet", ""))
        }
        _ => run.progress.reason(op),
    }
}

fn safe(words: &str) -> String {
    text::safe(words).into_owned()
}
