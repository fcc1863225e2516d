//! Exit statuses.

use std::process::ExitCode;

use crate::domain::{Fault, FaultKind};

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done.
    Done,
    /// Failed; nothing was changed.
    Failed,
    /// The arguments, the environment or the config file are wrong, or there is no terminal.
    Usage,
    /// A guard, a plan that is stale or not the expected one, a run that is on or read-only has stopped it; nothing was
    /// changed. Or a finding stands.
    Stopped,
    /// The credential is missing or bad, or lacks a permission.
    Credentials,
    /// Changed in part, or an outcome is not known.
    Partly,
    /// What the answer needs could not be read whole; nothing was changed.
    Incomplete,
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
            Self::Stopped => 3,
            Self::Credentials => 4,
            Self::Partly => 5,
            Self::Incomplete => 6,
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.number())
    }
}

/// Why a command ends before it has done what it was asked for: what to say, and with which status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A sentence a line. May hold foreign text.
    pub words: String,
    /// The exit status.
    pub status: Status,
}

impl Refusal {
    /// A refusal in our own words.
    pub fn new(status: Status, words: impl Into<String>) -> Self {
        Self { words: words.into(), status }
    }

    /// The arguments, the environment or a file are wrong.
    pub fn usage(words: impl Into<String>) -> Self {
        Self::new(Status::Usage, words)
    }
}

impl From<Fault> for Refusal {
    /// A failure before anything was changed.
    fn from(fault: Fault) -> Self {
        let status = match fault.kind {
            FaultKind::Credential | FaultKind::Permission(_) => Status::Credentials,
            FaultKind::Config => Status::Usage,
            FaultKind::Held => Status::Stopped,
            _ => Status::Failed,
        };
        Self::new(status, fault.to_string())
    }
}
