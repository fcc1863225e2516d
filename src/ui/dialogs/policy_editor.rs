//! The policies of a group, a member or an invitation, edited.

use std::sync::Arc;

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, columns, row, span, top};
use super::super::list::{self, Focus};
use super::picker;
use crate::access::policy_of;
use crate::app::{Holder, Picker, PolicyEditor, Stage, State};
use crate::domain::{Directory, Policy, PolicyContent, PolicyEdit};
use crate::{rows, text};

/// Columns that the editor wants.
const WIDTH: u16 = 84;

/// Paints the editor; gives how many rows fit.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, editor: &PolicyEditor, area: Rect) -> u16 {
    let holder = holder(state, &editor.of);
    let named = |what: &str, picker: &Picker, canvas: &mut Canvas<'_>| {
        let rows = u16::try_from(picker.items.len()).unwrap_or(u16::MAX).min(area.height);
        let name = picker.items.iter().map(|item| columns(&item.name)).max().unwrap_or(0).min(46);
        let title =
            format!("{} · {holder}", if picker.title.is_empty() { what } else { &picker.title });
        let inside = super::frame(canvas, area, (WIDTH, rows.saturating_add(3)), &title);
        picker::inside_of(canvas, picker, name, inside)
    };
    match &editor.stage {
        Stage::List => list(canvas, state, editor, area, &holder),
        Stage::PermissionGroups(_, picker) => named("Permission groups", picker, canvas),
        Stage::ResourceGroups(_, _, picker) => named("Resource groups", picker, canvas),
    }
}

fn list(
    canvas: &mut Canvas<'_>,
    state: &State,
    editor: &PolicyEditor,
    area: Rect,
    holder: &str,
) -> u16 {
    let theme = *canvas.theme;
    let rows = u16::try_from(editor.rows.rows().len()).unwrap_or(u16::MAX);
    let title = match editor.of {
        Holder::Group(_) => format!("Policies of {holder}"),
        Holder::Member(_) => format!("Direct policies of {holder}"),
        Holder::Invited(_) => format!("Invite {holder}: its policies"),
    };
    let inside = super::frame(canvas, area, (WIDTH, rows.saturating_add(3)), &title);
    let lines = top(inside, inside.height.saturating_sub(2));
    let there = editor.of.policies(&state.directory);
    let fits = list::paint(canvas, &editor.rows, lines, Focus::Here, |canvas, at, line| {
        let line = Rect { width: line.width.saturating_sub(1), ..line };
        match editor.policies.get(*at) {
            Some(PolicyEdit::Keep(content)) => {
                let words = kept(&state.directory, there, content);
                canvas.spans(line, &[span("  ", theme.text), span(words, theme.text)]);
            }
            Some(PolicyEdit::Write(draft)) => {
                let words =
                    rows::policy_words(&state.directory, &policy_of(draft, &state.directory));
                canvas.spans(line, &[span("+ ", theme.good), span(words, theme.text)]);
            }
            None => {
                canvas.spans(line, &[span("  ", theme.text), span("a new policy", theme.dim)]);
            }
        }
    });
    let gone = editor.base.iter().filter(|content| {
        !editor
            .policies
            .iter()
            .any(|edit| matches!(edit, PolicyEdit::Keep(kept) if kept == *content))
    });
    let gone = gone.count();
    let note = row(inside, inside.height.saturating_sub(2));
    if let Some(fault) = &editor.fault {
        canvas.spans(note, &[span(format!("✗ {fault}"), theme.bad)]);
    } else if gone > 0 {
        let words = format!("- {} that is there now goes", text::plural(gone, "policy"));
        canvas.spans(note, &[span(words, theme.bad)]);
    }
    let at = editor.rows.cursor().unwrap_or(editor.policies.len());
    let keys: &[(&str, &str)] = if !editor.enter_stages() {
        &[("enter", "add"), ("esc", "cancel")]
    } else if at < editor.policies.len() {
        &[
            ("a", "add"),
            ("e", "edit"),
            ("t", "allow or deny"),
            ("x", "remove"),
            ("enter", "stage"),
            ("esc", "cancel"),
        ]
    } else {
        &[("a", "add"), ("enter", "stage"), ("esc", "cancel")]
    };
    super::keys(canvas, inside, keys, "");
    fits
}

/// Whose policies they are, by name or e-mail.
fn holder(state: &State, of: &Holder) -> String {
    let directory = &state.directory;
    let name = match of {
        Holder::Group(group) => directory.groups().get(group).map(|group| &*group.name),
        Holder::Member(member) => directory.members().get(member).map(|member| &*member.email),
        Holder::Invited(email) => Some(&**email),
    };
    text::safe_capped(name.unwrap_or_default()).into_owned()
}

/// A policy that is kept, in words.
fn kept(directory: &Directory, there: &[Arc<Policy>], content: &PolicyContent) -> String {
    let known = there.iter().find(|policy| policy.content() == *content);
    match known {
        Some(policy) => rows::policy_words(directory, policy),
        None => format!("{} as it was when the editor was opened", content.access.as_wire()),
    }
}
