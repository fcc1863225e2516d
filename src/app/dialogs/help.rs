//! What can be done here: searched as one types, and run with enter.

use crate::app::line::Line;
use crate::app::list::ListState;
use crate::app::why_not::Reason;
use crate::keys::Action;

/// The help.
#[derive(Clone, Debug)]
pub struct Help {
    /// All actions that belong here, each with the reason why it can't be done now.
    pub actions: Vec<(Action, Option<Reason>)>,
    /// The actions that the line leaves.
    pub rows: ListState<Action>,
    /// The line that searches.
    pub line: Line,
}
