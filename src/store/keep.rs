//! The folder that is kept, and what every file in it shares.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::{AccountId, Change, Fault, FaultKind};

use super::private::{fault, name_beside, private_folder, sync_folder, write_whole};

/// What is kept on disk between sessions. Has one owner, so that what is saved later is written later.
#[derive(Debug)]
pub struct Store {
    pub(super) folder: PathBuf,
    /// What the file of an account held when it was last read or written here.
    pub(super) seen: HashMap<AccountId, Vec<Change>>,
}

/// What was found in a file's place.
pub(super) enum Found<T> {
    Nothing,
    Read(T),
    /// Written by a later version of this program: it is left alone.
    Newer(u32),
    /// It can't be read.
    Damaged,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// A file's text: its version beside what it holds.
#[derive(Serialize)]
struct Versioned<'v, T> {
    version: u32,
    #[serde(flatten)]
    content: &'v T,
}

/// The version of everything that is written here.
const VERSION: u32 = 1;

impl Store {
    /// What is kept below this folder. Nothing is read or written yet.
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), seen: HashMap::new() }
    }

    /// Keeps other processes out until what is returned is dropped. Where the file system knows no locks, nobody
    /// is kept out: a file is still whole, and the last one written stays.
    pub(super) fn lock(&self) -> Result<Option<File>, Fault> {
        let path = self.folder.join("lock");
        let open = || {
            private_folder(&self.folder)?;
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)
        };
        let file = open().map_err(|error| fault("saving below", &self.folder, &error))?;
        Ok(file.lock().is_ok().then_some(file))
    }
}

pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Found<T>, Fault> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(fault("reading", path, &error)),
    };
    let Ok(Version { version }) = serde_json::from_slice(&text) else { return Ok(Found::Damaged) };
    if version > VERSION {
        return Ok(Found::Newer(version));
    }
    Ok(serde_json::from_slice(&text).map_or(Found::Damaged, Found::Read))
}

pub(super) fn write<T: Serialize>(path: &Path, content: &T) -> Result<(), Fault> {
    let text = serde_json::to_vec_pretty(&Versioned { version: VERSION, content });
    let text = text.map_err(|error| {
        Fault::new(FaultKind::Internal, format!("writing {}: {error}", path.display()), "")
    })?;
    write_whole(path, &text).map_err(|error| fault("writing", path, &error))
}

/// Puts a file aside under a free name beside its own, and says which.
pub(super) fn put_aside(path: &Path, why: &str) -> Result<PathBuf, Fault> {
    let aside = name_beside(path, why);
    let moved = fs::rename(path, &aside)
        .and_then(|()| sync_folder(path.parent().unwrap_or(Path::new("."))));
    moved.map_err(|error| fault("putting aside", path, &error))?;
    Ok(aside)
}

pub(super) fn newer(path: &Path, version: u32) -> Fault {
    Fault::new(
        FaultKind::Disk,
        format!("{} was written by a later cfiam (version {version} of its form)", path.display()),
        "Use that cfiam; this one leaves the file as it is, and saves nothing in its place",
    )
}
