//! Requests as they happened, the newest first.

use crate::app::line::Line;
use crate::app::list::ListState;

/// The requests on the screen; the lines themselves are in [`State`](crate::app::State).
#[derive(Clone, Debug, Default)]
pub struct RequestsScreen {
    /// The requests by their number.
    pub lines: ListState<u64>,
    /// What is searched for.
    pub search: Line,
    /// Whether the search line has the keys.
    pub typing: bool,
}
