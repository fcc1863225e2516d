//! What the rules find in the account, and one finding with all that it is about.

use std::sync::Arc;

use crate::app::findings::Findings;
use crate::app::list::ListState;
use crate::findings::Subject;

/// A row of the screen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingRow {
    /// A finding, by its key.
    Finding(Arc<str>),
    /// A rule that could not look at everything, by its id.
    NotChecked(&'static str),
}

/// What the rules find, worst first.
#[derive(Clone, Debug, Default)]
pub struct FindingsScreen {
    /// The rows and the cursor.
    pub rows: ListState<FindingRow>,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct FindingScreen {
    /// Its key.
    pub key: Arc<str>,
    /// Whom or what it is about, and the cursor.
    pub rows: ListState<Subject>,
}

impl FindingScreen {
    /// A finding as it is now.
    pub fn new(key: Arc<str>, findings: &Findings) -> Self {
        let mut screen = Self { key, rows: ListState::default() };
        screen.refill(findings);
        screen
    }

    /// Takes notice of what is found now. Of a finding that no longer stands the rows are gone.
    pub fn refill(&mut self, findings: &Findings) {
        let rows = findings.get(&self.key).map(|finding| &finding.rows);
        let rows = rows.into_iter().flatten().map(|row| row.subject.clone()).collect();
        self.rows.show(rows);
    }
}
