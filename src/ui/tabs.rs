//! The second line and the rule below it: the tabs, or the way to the page that is open.

use ratatui::layout::Rect;
use ratatui::text::Span;

use super::canvas::{Canvas, columns, columns_of, inset, span};
use crate::app::{Phase, Screen, State, Tab, tab_works};
use crate::findings::Severity;
use crate::text;

/// Paints the tabs or the way to what is open.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, row: Rect, rule: Rect) {
    canvas.rule(rule);
    let line = inset(row, 1);
    if !matches!(state.session.phase, Phase::Open(_)) {
        // No tab lies beneath what is shown before an account is open.
        let title = match crumbs(state).split_off(1) {
            steps if steps.is_empty() => title(state),
            steps => steps.join(" › "),
        };
        let theme = *canvas.theme;
        canvas.spans(line, &[span(title, theme.accent)]);
        return;
    }
    let x = tabs(canvas, state, line, rule);
    way(canvas, state, Rect { x, width: line.right().saturating_sub(x), ..line });
}

fn title(state: &State) -> String {
    match state.session.phase {
        Phase::Unconnected(_) => "Start".to_owned(),
        _ => "Accounts".to_owned(),
    }
}

/// The tabs; the one that is open has a heavy rule under it. Gives the column behind them.
fn tabs(canvas: &mut Canvas<'_>, state: &State, line: Rect, rule: Rect) -> u16 {
    let theme = *canvas.theme;
    let mut x = line.x;
    for tab in Tab::ALL.into_iter().filter(|tab| tab_works(state, *tab)) {
        let here = tab == shown(state);
        let spans = tab_spans(canvas, state, tab);
        let width = columns_of(&spans);
        canvas.spans(Rect { x, width: line.right().saturating_sub(x), ..line }, &spans);
        if here {
            let heavy = "━".repeat(width.into());
            canvas.text(x, rule.y, rule.right().saturating_sub(x), &heavy, theme.accent);
        }
        x = x.saturating_add(width).saturating_add(2);
    }
    x.min(line.right())
}

/// The tab that what is on the screen belongs to: a plan and a run are of what is staged, wherever one came from.
fn shown(state: &State) -> Tab {
    match state.place.above.last() {
        Some(Screen::Plan(_) | Screen::Run(_)) => Tab::Changes,
        _ => state.place.tab,
    }
}

fn tab_spans(canvas: &Canvas<'_>, state: &State, tab: Tab) -> Vec<Span<'static>> {
    let theme = canvas.theme;
    let here = tab == shown(state);
    let title = if here { theme.accent } else { theme.text };
    let mut spans =
        vec![span(tab.number().to_string(), theme.dim), span(format!(" {}", tab.title()), title)];
    let staged = state.staging.len();
    if let (Tab::Findings, Some(checked)) = (tab, &state.findings.checked) {
        let stands = checked.standing().count();
        let is_bad = checked.count(Severity::High) > 0;
        let style = if is_bad { theme.bad } else { theme.dim };
        if stands > 0 {
            spans.push(span(format!(" {}", text::count(stands)), style));
        }
    }
    if tab == Tab::Changes && staged > 0 {
        spans.push(span(format!(" {}", text::count(staged)), theme.warn.patch(theme.name)));
    }
    spans
}

/// The way to the page that is open, its own name last, at the right end. Where there is little room, its end.
fn way(canvas: &mut Canvas<'_>, state: &State, room: Rect) {
    let theme = *canvas.theme;
    let mut steps = crumbs(state).split_off(1);
    let Some(last) = steps.pop() else { return };
    let wants = |steps: &[String]| {
        let names = steps.iter().chain([&last]).map(|step| columns(step));
        names.fold(0, |sum: u16, step| sum.saturating_add(step).saturating_add(3))
    };
    while !steps.is_empty() && wants(&steps) > room.width {
        steps.remove(0);
    }
    let mut spans: Vec<Span<'_>> = Vec::new();
    for step in &steps {
        spans.push(span(" › ", theme.dim));
        spans.push(span(step.as_str(), theme.dim));
    }
    spans.push(span(" › ", theme.dim));
    let own = room.width.saturating_sub(columns_of(&spans));
    spans.push(span(text::cut_email(&last, own.into()), theme.accent));
    canvas.both(room, &[], &spans);
}

/// The names of the tab and of what was opened above it. Where they are many, the first and the last two.
fn crumbs(state: &State) -> Vec<String> {
    let mut steps = vec![state.place.tab.title().to_owned()];
    steps.extend(state.place.above.iter().map(|screen| name(state, screen)));
    if steps.len() > 4 {
        let tail = steps.split_off(steps.len() - 2);
        steps.truncate(1);
        steps.push("…".to_owned());
        steps.extend(tail);
    }
    steps
}

fn name(state: &State, screen: &Screen) -> String {
    let directory = &state.directory;
    let known = match screen {
        Screen::Member(screen) => {
            directory.members().get(&screen.member).map(|member| member.email.to_string())
        }
        Screen::Group(screen) => {
            directory.groups().get(&screen.group).map(|group| group.name.to_string())
        }
        Screen::OrganizationMember(screen) => directory
            .organization_members()
            .get(&screen.member)
            .map(|member| member.email.to_string()),
        Screen::Proof(screen) => {
            directory.members().get(&screen.member).map(|member| format!("Proof: {}", member.email))
        }
        Screen::Effective(screen) => directory
            .members()
            .get(&screen.member)
            .map(|member| format!("Access of {}", member.email)),
        Screen::Compare(_) => Some("Compare".to_owned()),
        Screen::OnlyHere(screen) => directory
            .groups()
            .get(&screen.group)
            .map(|group| format!("Only through {}", group.name)),
        Screen::Finding(screen) => {
            let finding = state.findings.get(&screen.key);
            Some(finding.map_or("mended", |finding| finding.rule.id).to_owned())
        }
        Screen::Plan(screen) => Some(format!("Plan {}", screen.plan.id.short())),
        Screen::Run(_) => Some("Run".to_owned()),
        Screen::Requests(_) => Some("Requests".to_owned()),
        Screen::Accounts(_) => Some("Accounts".to_owned()),
    };
    let known = known.filter(|name| !name.is_empty()).unwrap_or_else(|| "gone".to_owned());
    text::cut_email(&text::safe_capped(&known), 40).into_owned()
}
