//! A run, step by step.

use crate::app::list::ListState;
use crate::plan::{RunId, StepId};

/// A run on the screen; what is known of it is in [`State`](crate::app::State).
#[derive(Clone, Debug)]
pub struct RunScreen {
    /// The run.
    pub run: RunId,
    /// Its steps and the cursor.
    pub steps: ListState<StepId>,
}
