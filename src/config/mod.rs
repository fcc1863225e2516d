//! What a person has set: the config file, the environment, places on disk, and where the credential comes
//! from. Arguments come in as plain [`Overrides`]. Never talks to the service and never draws.
//!
//! What is wrong is told all at once, each mistake with its place: a person mends a file once, not line by line.

mod credential;
mod environment;
mod file;
mod places;
mod profile;
mod settings;
mod table;

pub use credential::{Credential, Source};
pub use environment::{CREDENTIAL_VARIABLES, Environment};
pub use file::File;
pub use places::Places;
pub use profile::{Profile, Writes};
pub use settings::{Overrides, Settings};
pub use table::{Reading, Value};

use std::fmt;

/// A value, and where it was said, so that whoever judges it later can say where it is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given<T> {
    /// The value.
    pub value: T,
    /// Where it was said: `config.toml:4`, `--account`, `CLOUDFLARE_BASE_URL`.
    pub at: String,
}

impl<T> Given<T> {
    /// A value and where it was said.
    pub fn new(value: T, at: impl Into<String>) -> Self {
        Self { value, at: at.into() }
    }
}

/// Something that a person has set wrongly. Never holds the value of what may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where: `config.toml:4`, `--account`, `CLOUDFLARE_BASE_URL`.
    pub at: String,
    /// What is wrong, as a sentence without its full stop.
    pub words: String,
}

impl Mistake {
    /// A mistake at a place.
    pub fn new(at: impl Into<String>, words: impl Into<String>) -> Self {
        Self { at: at.into(), words: words.into() }
    }

    /// The line of a file that it is in; 0 for what is in no file.
    pub fn line(&self) -> usize {
        self.at.rsplit(':').next().and_then(|line| line.parse().ok()).unwrap_or(0)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.words)
    }
}
