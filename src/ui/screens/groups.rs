//! The groups of the account.

use ratatui::layout::Rect;

use super::super::{Rows, canvas::Canvas};
use crate::app::{State, why_not};
use crate::keys::Action;

/// Paints the groups.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Rows {
    let create = why_not(state, Action::Create).is_none().then_some(Action::Create);
    super::list(canvas, state, &state.roots.groups, area, "this account has no user groups", create)
}
