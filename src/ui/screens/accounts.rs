//! The accounts that the credential can open, and what stands there until they are known.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, below, columns, inset, row, span};
use super::super::list::{self, Focus};
use super::super::{Rows, status};
use crate::app::{AccountsScreen, Phase, State};
use crate::domain::Fault;
use crate::keys::Action;
use crate::text;

/// Paints the accounts to choose from.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &AccountsScreen, area: Rect) -> Rows {
    let theme = *canvas.theme;
    let number = state.session.accounts.len();
    let title = format!("{} that this credential can open", text::plural(number, "account"));
    canvas.spans(inset(row(area, 0), 1), &[span(title, theme.text)]);
    if number == 0 {
        let open = state.keymap.key_name(Action::Open);
        let words = " asks for an account's id: a token of an account must be told it";
        let line = inset(row(area, 2), 3);
        canvas.spans(line, &[span(open, theme.accent), span(words, theme.text)]);
        return Rows { list: area.height, other: 0 };
    }
    let widest = state.session.accounts.iter().map(|a| columns(&shown(&a.name))).max();
    let name = widest.unwrap_or(0).clamp(4, area.width.saturating_sub(39).max(12));
    let head = inset(row(area, 2), 3);
    if head.height > 0 {
        canvas.text(head.x, head.y, name, "NAME", theme.dim);
        let at = head.x + name + 2;
        canvas.text(at, head.y, head.right().saturating_sub(at), "ID", theme.dim);
    }
    let open = match &state.session.phase {
        Phase::Open(account) => Some(account),
        _ => None,
    };
    let rows = below(area, 3);
    let rows = list::paint(canvas, &screen.rows, rows, Focus::Here, |canvas, id, line| {
        let Some(account) = state.session.accounts.iter().find(|a| a.id == *id) else { return };
        let cells = inset(line, 3);
        if open == Some(&account.id) {
            canvas.text(line.x + 1, line.y, 1, "●", theme.accent);
        }
        let cut = text::cut(&shown(&account.name), name.into()).into_owned();
        canvas.text(cells.x, cells.y, name, &cut, theme.name);
        let at = cells.x + name + 2;
        let id = account.id.to_string();
        canvas.text(at, cells.y, cells.right().saturating_sub(at), &id, theme.dim);
    });
    Rows { list: rows, other: 0 }
}

/// What stands there while the accounts are asked for.
pub fn connecting(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Rows {
    let theme = *canvas.theme;
    let host = text::safe_capped(&state.session.setup.host);
    let words = format!("… asking {host} which accounts this credential can open");
    canvas.spans(inset(row(area, 0), 1), &[span(words, theme.accent)]);
    Rows { list: area.height, other: 0 }
}

/// What stands there when they could not be listed.
pub fn not_connected(canvas: &mut Canvas<'_>, state: &State, fault: &Fault, area: Rect) -> Rows {
    let theme = *canvas.theme;
    canvas.spans(inset(row(area, 0), 1), &[span("✗ the accounts could not be listed", theme.bad)]);
    let inner = inset(below(area, 2), 3);
    let used = status::fault(canvas, inner, fault);
    let again = state.keymap.key_name(Action::Refresh);
    let line = row(inner, used + 1);
    canvas.spans(line, &[span(again, theme.accent), span(" try again", theme.dim)]);
    Rows { list: area.height, other: 0 }
}

fn shown(foreign: &str) -> String {
    if foreign.is_empty() { "no name".to_owned() } else { text::safe_capped(foreign).into_owned() }
}
