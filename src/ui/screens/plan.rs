//! The plan, before anything is sent: every call in order, in words and names; what it does to people.

use ratatui::layout::Rect;

use super::super::Rows;
use super::super::canvas::{Canvas, below, columns_of, inset, row, span, top};
use super::super::list::{self, Focus};
use super::changes::{recheck_in_short, sign};
use crate::app::{PlanLine, PlanScreen, PlanView, State, why_not};
use crate::domain::Change;
use crate::keys::Action;
use crate::plan::{Phase, Plan, Step, StepId};
use crate::text;

/// Columns of a call's method.
const METHOD: usize = 6;
/// Rows above the list.
const HEAD: u16 = 4;
/// Rows for the call under the cursor.
const DETAIL: u16 = 7;

/// Paints the plan.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &PlanScreen, area: Rect) -> Rows {
    views(canvas, state, screen, inset(row(area, 0), 1));
    head(canvas, state, screen, inset(below(area, 1), 1));
    let rest = below(area, HEAD);
    let list = match screen.view {
        PlanView::Changes => changes(canvas, screen, rest),
        PlanView::Impact => super::impact::paint(canvas, state, screen, rest),
        PlanView::Cost => super::cost::paint(canvas, state, screen, rest),
    };
    Rows { list, other: 0 }
}

/// The views, with a sign at the one that is shown; what else can be shown of it at the right end.
fn views(canvas: &mut Canvas<'_>, state: &State, screen: &PlanScreen, line: Rect) {
    let theme = *canvas.theme;
    let mut left = Vec::new();
    for view in PlanView::ALL {
        let (sign, style) =
            if view == screen.view { ("▸ ", theme.accent) } else { ("  ", theme.text) };
        left.push(span(sign, style));
        left.push(span(format!("{}  ", view.title()), style));
    }
    let key = state.keymap.key_name(Action::OnlyReal);
    let switch = match (screen.view, screen.impact.only_real) {
        (PlanView::Changes | PlanView::Cost, _) => Vec::new(),
        (PlanView::Impact, true) => vec![span("only real changes: on", theme.name)],
        (PlanView::Impact, false) => vec![span("only real changes: off", theme.dim)],
    };
    let mut right = Vec::new();
    if let (true, Some(of)) = (switch.is_empty(), &screen.undoes) {
        let age = text::age(state.now.since_wall(of.began));
        right.push(span(format!("takes back the run begun {age}"), theme.name));
    }
    if !switch.is_empty() {
        right.push(span(format!("{key} "), theme.accent));
        right.extend(switch);
    }
    canvas.both(line, &left, &right);
}

/// Paints every call; gives how many rows fit.
fn changes(canvas: &mut Canvas<'_>, screen: &PlanScreen, rest: Rect) -> u16 {
    let plan = &*screen.plan;
    let rest = match screen.lines.cursor() {
        Some(PlanLine::Step(id) | PlanLine::Detail(id, _)) => match plan.step(id) {
            Some(step) => in_full(canvas, plan, step, screen.lines.rows().len(), rest),
            None => rest,
        },
        _ => rest,
    };
    let rows =
        list::paint(canvas, &screen.lines, rest, Focus::Here, |canvas, line, row| match line {
            PlanLine::Step(id) => step(canvas, screen, *id, row),
            PlanLine::Detail(id, at) => detail(canvas, plan, *id, *at, row),
            PlanLine::Drift(at) => drift(canvas, screen, *at, row),
            PlanLine::LeftOut(at) => left_out(canvas, plan, *at, row),
        });
    if screen.lines.rows().is_empty() {
        let style = canvas.theme.dim;
        let words = match &screen.undoes {
            None => "nothing is staged",
            Some(_) => "the run has changed nothing that is still so",
        };
        canvas.spans(inset(row(rest, 0), 3), &[span(words, style)]);
    }
    rows
}

/// What it comes to, and how it is applied, or why it can't be.
fn head(canvas: &mut Canvas<'_>, state: &State, screen: &PlanScreen, area: Rect) {
    match screen.view {
        PlanView::Changes => calls(canvas, &screen.plan, row(area, 0)),
        PlanView::Impact => {
            let style = canvas.theme.name;
            let words = screen.impact.impact.as_deref().map(|impact| impact.totals.words());
            canvas.spans(row(area, 0), &[span(words.unwrap_or_default(), style)]);
        }
        PlanView::Cost => {
            let theme = *canvas.theme;
            let style = if screen.cost.standing() > 0 { theme.warn } else { theme.name };
            canvas.spans(row(area, 0), &[span(super::cost::standing(&screen.cost), style)]);
        }
    }
    how_to_apply(canvas, state, screen, row(area, 1));
}

/// How many calls there are.
fn calls(canvas: &mut Canvas<'_>, plan: &Plan, line: Rect) {
    let theme = *canvas.theme;
    let calls = plan.calls;
    let reads = calls.preflight + calls.read_back;
    let mut left = if plan.is_empty() && plan.undo_of.is_some() {
        vec![span("nothing to take back", theme.name)]
    } else {
        vec![
            span(text::plural(plan.ops().count(), "change"), theme.name),
            span(format!(" in {}", text::plural(calls.writes, "write")), theme.text),
            span(format!(", {} to check before and after", text::plural(reads, "read")), theme.dim),
        ]
    };
    if !plan.left_out.is_empty() {
        let number = text::count(plan.left_out.len());
        left.push(span(format!(" · {number} left out"), theme.warn));
    }
    canvas.spans(line, &left);
}

fn how_to_apply(canvas: &mut Canvas<'_>, state: &State, screen: &PlanScreen, line: Rect) {
    let theme = *canvas.theme;
    let key = state.keymap.key_name(Action::Apply);
    match why_not(state, Action::Apply) {
        None if screen.is_stale(&state.directory, state.now) => canvas.spans(
            line,
            &[
                span("rests on what was read more than 10 min ago: ", theme.warn),
                span(key, theme.accent),
                span(" reads it again first", theme.dim),
            ],
        ),
        None if screen.cost.standing() > 0 => {
            let mut words = vec![span("! ", theme.warn)];
            if screen.view != PlanView::Cost {
                let tab = state.keymap.key_name(Action::NextPane);
                words.push(span(format!("{}: ", super::cost::standing(&screen.cost)), theme.warn));
                words.push(span(tab, theme.accent));
                words.push(span(" shows them, ", theme.dim));
            }
            words.push(span(key, theme.accent));
            words.push(span(" asks for what overrides them", theme.dim));
            canvas.spans(line, &words)
        }
        None => canvas.spans(
            line,
            &[
                span("nothing is sent yet: ", theme.dim),
                span(key, theme.accent),
                span(" applies it after a question", theme.dim),
            ],
        ),
        Some(reason) => canvas
            .spans(line, &[span("can't be applied: ", theme.warn), span(reason.0, theme.text)]),
    };
}

/// The call under the cursor in full, below the list: its words, its verb and path, what should be known of the
/// names in it. Gives what is left for the list.
fn in_full(canvas: &mut Canvas<'_>, plan: &Plan, step: &Step, listed: usize, area: Rect) -> Rect {
    let theme = *canvas.theme;
    let (list, inner) = super::detail(canvas, area, DETAIL, listed);
    let mut used = canvas.wrapped(top(inner, 3), &safe(&plan.words(step)), theme.text);
    if let Some(doubt) = note(plan, step) {
        used += canvas.wrapped(below(inner, used), &format!("! {doubt}"), theme.warn);
    }
    let call = format!("{} {}", step.method(), step.path(&plan.account));
    canvas.wrapped(below(inner, used), &call, theme.dim);
    list
}

fn step(canvas: &mut Canvas<'_>, screen: &PlanScreen, id: StepId, line: Rect) {
    let Some(step) = screen.plan.step(id) else { return };
    let theme = *canvas.theme;
    let more = !screen.plan.lines(step).is_empty();
    let opening = match (more, screen.open.contains(&id)) {
        (false, _) => "  ",
        (true, true) => "▾ ",
        (true, false) => "▸ ",
    };
    let (sign, style) = step.ops.first().map_or((" ", theme.text), |op| sign(&theme, &op.change));
    let left = [
        span(opening, theme.dim),
        span(format!("{sign} "), style),
        span(safe(&screen.plan.words(step)), theme.text),
    ];
    let right = match note(&screen.plan, step) {
        Some(doubt) => span(format!("! {doubt}"), theme.warn),
        None => span(call(&screen.plan, step, line, &left), theme.dim),
    };
    canvas.both(inset(line, 1), &left, &[right]);
}

/// What should be known of a call before it is sent.
fn note(plan: &Plan, step: &Step) -> Option<String> {
    let again = plan.undo_of.is_some() && step.phase == Phase::Create;
    let another = || "the group is made again: it has another id then".to_owned();
    doubt(plan, step).or_else(|| again.then(another))
}

/// What should be known of the names in a call before they are taken for what they look like.
fn doubt(plan: &Plan, step: &Step) -> Option<String> {
    let members = step.ops.iter().filter_map(|op| op.change.member());
    let emails = members.map(|member| plan.names.member(member).to_string());
    let named = step.ops.iter().filter_map(|op| match &op.change {
        Change::Create { name, .. } | Change::Rename { to: name, .. } => Some(name.to_string()),
        Change::Invite { email, .. } => Some(email.to_string()),
        _ => None,
    });
    let group = std::iter::once(plan.names.target(&step.target).to_string());
    emails
        .chain(named)
        .chain(group)
        .find_map(|name| text::look_alike(&name))
        .map(|found| found.words)
}

/// The call behind a step: its path too where there is room for it.
fn call(plan: &Plan, step: &Step, line: Rect, left: &[ratatui::text::Span<'_>]) -> String {
    let method = step.method();
    let path = step.path(&plan.account);
    let below = format!("/accounts/{}", plan.account);
    let short = path.strip_prefix(&below).unwrap_or(&path);
    let whole = format!("{method:METHOD$} …{short}");
    let room = line.width.saturating_sub(columns_of(left) + 4);
    if text::width(&whole) <= usize::from(room) { whole } else { method.to_owned() }
}

fn detail(canvas: &mut Canvas<'_>, plan: &Plan, id: StepId, at: u16, line: Rect) {
    let Some(step) = plan.step(id) else { return };
    let lines = plan.lines(step);
    let Some(words) = lines.get(usize::from(at)) else { return };
    let theme = *canvas.theme;
    let area = Rect { x: line.x + 7, width: line.width.saturating_sub(8), ..line };
    let mut right = Vec::new();
    if let Some(found) = text::look_alike(words) {
        right.push(span(format!("! {}", found.words), theme.warn));
    }
    canvas.both(area, &[span(safe(words), theme.text)], &right);
}

/// What is otherwise than when the plan was first seen.
fn drift(canvas: &mut Canvas<'_>, screen: &PlanScreen, at: u16, line: Rect) {
    let Some(words) = screen.drift.get(usize::from(at)) else { return };
    let theme = *canvas.theme;
    let spans = [span("  ! ", theme.warn), span(safe(words), theme.text)];
    canvas.spans(inset(line, 1), &spans);
}

fn left_out(canvas: &mut Canvas<'_>, plan: &Plan, at: u16, line: Rect) {
    let Some(left) = plan.left_out.get(usize::from(at)) else { return };
    let theme = *canvas.theme;
    let words = safe(&plan.names.words(&left.change));
    let why = recheck_in_short(&left.why);
    let spans = [span("  – left out: ", theme.warn), span(words, theme.dim)];
    canvas.both(
        inset(line, 1),
        &spans,
        &[span(why.trim_start_matches("! ").to_owned(), theme.warn)],
    );
}

fn safe(words: &str) -> String {
    text::safe(words).into_owned()
}
