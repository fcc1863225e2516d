//! `cfiam paths`: where things are kept, and who may read them.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::config::Places;
use crate::rows::{Cell, Head, Sheet};

use super::answer::{Answer, Form};
use super::{Refusal, Status};

/// Say where config, state, log and cache are
#[derive(clap::Args, Debug)]
pub struct Args {
    /// How the answer is written
    #[arg(short, long, value_enum, default_value_t)]
    output: Form,
}

impl Args {
    /// Lists them. Nothing is made, and no config is read.
    pub(super) fn run(&self) -> Result<Status, Refusal> {
        let places = Places::of_person()?;
        let mut sheet = Sheet::new([
            Head::text("what", "WHAT"),
            Head::text("path", "PATH"),
            Head::text("mode", "MODE"),
        ]);
        for (what, path) in kept(&places) {
            let mode = match Mode::of(&path) {
                Mode::Is(mode) => Cell::text(format!("{mode:04o}")),
                Mode::NotThere => Cell::new("not there", serde_json::Value::Null),
                Mode::NotKnown(why) => Cell::new(why, serde_json::Value::Null),
            };
            sheet.push([Cell::text(what), Cell::text(path.display().to_string()), mode]);
        }
        Ok(Answer { output: self.output, allow_partial: false }.rows(&sheet))
    }
}

/// Who may do what with a file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// These bits.
    Is(u32),
    /// It is not there.
    NotThere,
    /// It can't be looked at.
    NotKnown(String),
}

impl Mode {
    pub fn of(path: &Path) -> Self {
        match fs::metadata(path) {
            Ok(found) => Self::Is(found.permissions().mode() & 0o7777),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::NotThere,
            Err(error) => Self::NotKnown(error.to_string()),
        }
    }

    /// Whether others than the person may read or write it.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Is(mode) if mode & 0o077 != 0)
    }
}

/// Everything that is kept, by name.
pub(super) fn kept(places: &Places) -> Vec<(&'static str, std::path::PathBuf)> {
    vec![
        ("config", places.config_file.clone()),
        ("state", places.state.clone()),
        ("runs", places.state.join("runs")),
        ("snapshots", places.state.join("snapshots")),
        ("log", places.log_file()),
        ("cache", places.cache.clone()),
    ]
}
