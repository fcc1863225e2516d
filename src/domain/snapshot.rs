//! A whole account at a moment.

use jiff::Timestamp;

use super::Directory;

/// A whole account at a moment, as far as it could be read. What is missing is in the directory's coverage.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The account.
    pub directory: Directory,
    /// When its reading was done, to the second.
    pub taken: Timestamp,
}
