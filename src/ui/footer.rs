//! The last line: a word in passing, else what is marked and the keys that work here and now.

use ratatui::layout::Rect;
use ratatui::text::Span;

use super::canvas::{Canvas, columns_of, inset, span, wrap};
use crate::app::{Mode, PreviewPlace, State, Toast, Tone, context, table, why_not};
use crate::keys::{Action, Context};
use crate::text;

/// Paints the footer.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, row: Rect) {
    let row = inset(row, 1);
    if let Some(toast) = &state.toast {
        in_passing(canvas, state, toast, row);
        return;
    }
    if !state.dialogs.is_empty() {
        return;
    }
    if table(state).is_some_and(|table| table.typing) {
        let keys = [("enter", "open"), ("↓", "to the rows"), ("esc", "clear")];
        canvas.spans(row, &hints(canvas, &keys));
        return;
    }
    keys(canvas, state, row);
}

/// A word in passing. One that is too long for the last row takes the row above it too.
fn in_passing(canvas: &mut Canvas<'_>, state: &State, toast: &Toast, row: Rect) {
    let theme = *canvas.theme;
    let (sign, style) = match toast.tone {
        Tone::Done => ("✓ ", theme.good),
        Tone::Refused => ("– ", theme.warn),
        Tone::Fault => ("✗ ", theme.bad),
    };
    let is_alone = state.dialogs.is_empty();
    let help = if is_alone { hint(canvas, state, Action::Help) } else { Vec::new() };
    let room = row.width.saturating_sub(columns_of(&help) + 4);
    let above = u16::from(wrap(&toast.words, room.into()).len() > 1).min(row.y);
    let area = Rect { y: row.y - above, height: 1 + above, ..row };
    if above > 0 {
        canvas.clear(Rect { x: row.x.saturating_sub(1), width: row.width + 2, ..area });
    }
    canvas.spans(Rect { height: 1, ..area }, &[span(sign, style)]);
    canvas.wrapped(Rect { x: area.x + 2, width: room, ..area }, &toast.words, theme.name);
    canvas.both(row, &[], &help);
}

fn keys(canvas: &mut Canvas<'_>, state: &State, row: Rect) {
    let theme = *canvas.theme;
    let help = hint(canvas, state, Action::Help);
    let help_width = columns_of(&help);
    let mut left: Vec<Span<'static>> = Vec::new();
    let marked = table(state).map_or(0, |table| table.rows.marks().len());
    if marked > 0 {
        let hidden = table(state).map_or(0, |table| table.rows.marks_not_shown());
        let words = match hidden {
            0 => format!("{} marked", text::count(marked)),
            _ => format!("{} marked, {} not shown", text::count(marked), text::count(hidden)),
        };
        left.push(span(words, theme.accent));
        if table(state).is_some_and(|table| table.rows.is_ranging()) {
            left.push(span(", a range is open", theme.accent));
        }
    }
    let room = row.width.saturating_sub(help_width + 2);
    for action in useful(context(state), marked > 0) {
        if state.keymap.keys_of(*action).is_empty() || why_not(state, *action).is_some() {
            continue;
        }
        let next = hint(canvas, state, *action);
        let gap = if left.is_empty() { 0 } else { 2 };
        if columns_of(&left) + gap + columns_of(&next) > room {
            break;
        }
        if gap > 0 {
            left.push(span("  ", theme.text));
        }
        left.extend(next);
    }
    canvas.both(row, &left, &help);
}

fn hint(canvas: &Canvas<'_>, state: &State, action: Action) -> Vec<Span<'static>> {
    let words = match action {
        Action::Close if is_preview_full(state) => "to the list",
        Action::Close if table(state).is_some_and(|t| t.is_filtered() || !t.line.is_empty()) => {
            "clear filter"
        }
        Action::Close if table(state).is_some_and(|table| !table.rows.marks().is_empty()) => {
            "unmark"
        }
        Action::Close => "back",
        Action::ReadWrite if state.session.mode == Mode::ReadWrite => "read-only",
        Action::Filter if context(state) == Context::Requests => "search",
        Action::NextPane if context(state) == Context::Plan => "next view",
        Action::NextPane if context(state) == Context::Effective => "next column",
        other => other.row().short,
    };
    one(canvas, &state.keymap.key_name(action), words)
}

fn is_preview_full(state: &State) -> bool {
    state.place.above.is_empty()
        && state.roots.preview.place(state.size.columns) == Some(PreviewPlace::InItsPlace)
}

fn one(canvas: &Canvas<'_>, key: &str, words: &str) -> Vec<Span<'static>> {
    let theme = canvas.theme;
    vec![span(key.to_owned(), theme.accent), span(format!(" {words}"), theme.dim)]
}

/// Keys with their words, as they stand in the footer and at the foot of dialogs.
pub fn hints(canvas: &Canvas<'_>, keys: &[(&str, &str)]) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    for (key, words) in keys.iter().filter(|(key, _)| !key.is_empty()) {
        if !spans.is_empty() {
            spans.push(span("  ", canvas.theme.text));
        }
        spans.extend(one(canvas, key, words));
    }
    spans
}

/// What is offered where, the most useful first.
fn useful(context: Context, marked: bool) -> &'static [Action] {
    use Action as A;
    if marked {
        return match context {
            Context::Groups => &[A::AddTo, A::Delete, A::Close, A::MarkAll],
            _ => &[A::AddTo, A::RemoveFrom, A::Close, A::MarkAll, A::MarkRange],
        };
    }
    match context {
        Context::Members => &[
            A::Open,
            A::Filter,
            A::AddTo,
            A::RemoveFrom,
            A::Mark,
            A::Plan,
            A::Sort,
            A::Preview,
            A::Refresh,
            A::Prompt,
            A::Leave,
        ],
        Context::Groups => &[
            A::Open,
            A::Filter,
            A::AddTo,
            A::Create,
            A::Edit,
            A::Delete,
            A::Plan,
            A::Sort,
            A::Mark,
            A::Preview,
            A::Refresh,
            A::Leave,
        ],
        Context::Access => &[
            A::Open,
            A::WhoCan,
            A::Filter,
            A::AddTo,
            A::RemoveFrom,
            A::Sort,
            A::Preview,
            A::Mark,
            A::Refresh,
            A::Leave,
        ],
        Context::MemberGroups => &[
            A::Open,
            A::AddTo,
            A::RemoveFrom,
            A::NextPane,
            A::Mark,
            A::Plan,
            A::Filter,
            A::Refresh,
            A::Close,
        ],
        Context::MemberPolicies => &[
            A::Open,
            A::NextPane,
            A::WhoCan,
            A::AddTo,
            A::RemoveFrom,
            A::Plan,
            A::Refresh,
            A::Close,
        ],
        Context::GroupMembers => &[
            A::AddTo,
            A::RemoveFrom,
            A::NextPane,
            A::Open,
            A::Mark,
            A::Filter,
            A::Plan,
            A::Edit,
            A::Delete,
            A::Refresh,
            A::Close,
        ],
        Context::GroupPolicies => &[
            A::Open,
            A::Edit,
            A::NextPane,
            A::WhoCan,
            A::AddTo,
            A::Plan,
            A::Delete,
            A::Refresh,
            A::Close,
        ],
        other => on_pages(other),
    }
}

/// The same for pages that stand above a list, and for what is no list of members or groups.
fn on_pages(context: Context) -> &'static [Action] {
    use Action as A;
    match context {
        Context::Organization => {
            &[A::Open, A::Filter, A::Sort, A::Preview, A::Refresh, A::Prompt, A::Leave]
        }
        Context::Proof => &[A::Open, A::Explain, A::WhoCan, A::Compare, A::Refresh, A::Close],
        Context::Effective => &[A::Open, A::NextPane, A::WhoCan, A::Refresh, A::Close],
        Context::Compare => &[A::Open, A::MakeLike, A::Plan, A::Refresh, A::Close],
        Context::OnlyHere => &[A::Open, A::OnlyReal, A::Refresh, A::Close],
        Context::OrganizationMember => &[A::Refresh, A::Close, A::Prompt],
        Context::Findings | Context::Finding => {
            &[A::Open, A::Mend, A::Plan, A::Refresh, A::Prompt, A::Close]
        }
        Context::Changes => &[
            A::Plan,
            A::Open,
            A::TakeUp,
            A::UndoRun,
            A::Unstage,
            A::UnstageAll,
            A::StopRun,
            A::UndoLast,
            A::ReadWrite,
            A::Close,
        ],
        Context::Plan => {
            &[A::Apply, A::NextPane, A::Open, A::OnlyReal, A::Copy, A::Close, A::ReadWrite]
        }
        Context::Run => {
            &[A::StopRun, A::TakeUp, A::UndoRun, A::Open, A::Changes, A::Requests, A::Close]
        }
        Context::Requests => &[A::Filter, A::NextMatch, A::PreviousMatch, A::Close],
        Context::Accounts => &[A::Open, A::Refresh, A::Leave, A::Close],
        Context::Start => &[A::Demo, A::Refresh, A::Leave],
        _ => &[A::Close],
    }
}
