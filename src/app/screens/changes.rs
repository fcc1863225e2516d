//! What is staged, and the runs of the account.

use crate::app::list::ListState;
use crate::plan::{ChangeKey, RunId};

/// A row of the screen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeRow {
    /// A staged change.
    Staged(ChangeKey),
    /// A run.
    Run(RunId),
}

/// What is staged, and the runs of the account.
#[derive(Clone, Debug, Default)]
pub struct ChangesScreen {
    /// The rows and the cursor.
    pub rows: ListState<ChangeRow>,
}
