//! The members of the account.

use ratatui::layout::Rect;

use super::super::{Rows, canvas::Canvas};
use crate::app::State;

/// Paints the members.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Rows {
    super::list(canvas, state, &state.roots.members, area, "this account has no members", None)
}
