//! Exit statuses.

use std::process::ExitCode;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done.
    Done,
    /// Failed; nothing was changed.
    Failed,
    /// The arguments, the environment or the config file are wrong, or there is no terminal.
    Usage,
    /// The credential is missing or bad.
    Credentials,
    /// Changed in part, or an outcome is not known.
    Partly,
    /// Ended by a signal.
    Signal(u8),
}

impl Status {
    /// The number.
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Credentials => 4,
            Self::Partly => 5,
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.number())
    }
}
