//! The prompt: an action, a screen, a member or a group by name.

use crate::app::line::Line;
use crate::app::list::ListState;

/// One completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The whole line that it completes to.
    pub line: String,
    /// What it is, in a few words. Made safe already.
    pub detail: String,
}

/// The prompt.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    /// What was typed.
    pub line: Line,
    /// What it could become.
    pub completions: Vec<Completion>,
    /// The cursor among them; none until `tab` or an arrow chose one.
    pub rows: ListState<usize>,
    /// Why the line can't be followed.
    pub fault: Option<String>,
}
