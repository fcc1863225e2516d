//! The files that snapshots are kept in: private, whole or not there, plain or as zstd by their names.

use std::fs::{self, File, Permissions};
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::super::Store;
use super::super::private::{fault, private_folder};
use super::lines::{Bad, In};
use super::read::{Head, head, read};
use super::write::write;
use crate::domain::{AccountId, Fault, FaultKind, Snapshot};

/// What a file that is compressed begins with.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// How hard it is compressed: the level at which more costs time and gains little.
const LEVEL: i32 = 3;

/// Whether a file may take the place of one that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// It may.
    Yes,
    /// It may not.
    No,
}

/// A snapshot in the state folder.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The file.
    pub path: PathBuf,
    /// How large it is, in bytes.
    pub size: u64,
    /// What its head says, or why it can't be read.
    pub head: Result<Head, Fault>,
}

/// Writes a snapshot, to be read by the person alone. A name that ends in `.zst` makes it compressed.
///
/// # Errors
/// It can't be written, or a file is there that is to stay.
pub fn write_snapshot(path: &Path, snapshot: &Snapshot, over: Over) -> Result<(), Fault> {
    put(path, snapshot, over).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Fault::new(FaultKind::Config, format!("{} is there already", path.display()), "")
        }
        _ => fault("writing", path, &error),
    })
}

fn put(path: &Path, snapshot: &Snapshot, over: Over) -> io::Result<()> {
    // Before all the work; whether it still isn't there is decided when it gets its name.
    if over == Over::No && fs::symlink_metadata(path).is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut draft = tempfile::Builder::new()
        .prefix(".cfiam-")
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(folder.unwrap_or(Path::new(".")))?;
    let out = BufWriter::new(draft.as_file_mut());
    if path.extension().is_some_and(|extension| extension == "zst") {
        let packed = write(zstd::Encoder::new(out, LEVEL)?, snapshot)?;
        packed.finish()?.flush()?;
    } else {
        write(out, snapshot)?;
    }
    draft.as_file().sync_all()?;
    let kept = match over {
        Over::Yes => draft.persist(path),
        Over::No => draft.persist_noclobber(path),
    };
    kept.map(drop).map_err(|failed| failed.error)
}

/// Writes a snapshot to where it is piped to.
///
/// # Errors
/// Nobody reads it.
pub fn to_writer(to: impl Write, snapshot: &Snapshot) -> io::Result<()> {
    write(BufWriter::new(to), snapshot).map(drop)
}

/// Reads a snapshot, plain or compressed; `-` is stdin.
///
/// # Errors
/// It can't be read, is no snapshot, is damaged, or was written by a later program.
pub fn read_snapshot(path: &Path) -> Result<Snapshot, Fault> {
    open(path).map_err(Bad::from).and_then(read).map_err(|bad| why(path, bad))
}

/// Reads what stands at a snapshot's head.
fn peek(path: &Path) -> Result<Head, Fault> {
    let read = open(path).map_err(Bad::from);
    read.and_then(|from| head(&mut In::new(from))).map_err(|bad| why(path, bad))
}

/// What stands for stdin.
const STDIN: &str = "-";

fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    if path == Path::new(STDIN) {
        return unpacked(BufReader::new(io::stdin()));
    }
    // What is no file might never end.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is no file"));
    }
    unpacked(BufReader::new(File::open(path)?))
}

fn unpacked(mut from: impl BufRead + 'static) -> io::Result<Box<dyn BufRead>> {
    if from.fill_buf()?.starts_with(&ZSTD) {
        return Ok(Box::new(BufReader::new(zstd::Decoder::with_buffer(from)?)));
    }
    Ok(Box::new(from))
}

fn why(path: &Path, bad: Bad) -> Fault {
    let path = if path == Path::new(STDIN) { Path::new("stdin") } else { path }.display();
    match bad {
        Bad::Io(error) if error.kind() == ErrorKind::NotFound => {
            Fault::new(FaultKind::Config, format!("there is no file {path}"), "")
        }
        Bad::Io(error) => {
            Fault::new(FaultKind::Config, format!("{path} can't be read: {error}"), "")
        }
        Bad::NoSnapshot => Fault::new(FaultKind::Config, format!("{path} is no snapshot"), ""),
        Bad::Newer(version) => Fault::new(
            FaultKind::Config,
            format!("{path} was written by a later cfiam (version {version} of its form)"),
            "Use that cfiam",
        ),
        Bad::Damaged(what, line) => Fault::new(
            FaultKind::Config,
            format!("{path} is damaged: line {line}: {what}"),
            "Nothing of it can be relied on; take another snapshot",
        ),
    }
}

impl Store {
    /// Where a snapshot of an account goes that was given no name: by account and moment, and nothing that others
    /// wrote.
    ///
    /// # Errors
    /// The folder can't be made.
    pub fn snapshot_file(&self, account: &AccountId, taken: Timestamp) -> Result<PathBuf, Fault> {
        let folder = self.folder.join("snapshots").join(account.to_string());
        private_folder(&self.folder)
            .and_then(|()| private_folder(&self.folder.join("snapshots")))
            .and_then(|()| private_folder(&folder))
            .map_err(|error| fault("making", &folder, &error))?;
        Ok(folder.join(format!("{}.json.zst", taken.strftime("%Y%m%dT%H%M%SZ"))))
    }

    /// The snapshots that are kept, the newest first; of all accounts unless one is named.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn snapshots(&self, account: Option<&AccountId>) -> Result<Vec<Kept>, Fault> {
        let folder = self.folder.join("snapshots");
        let mut kept = Vec::new();
        for inner in entries(&folder)? {
            let name = inner.file_name().map(|name| name.to_string_lossy().into_owned());
            let is_meant = account.is_none_or(|account| name == Some(account.to_string()));
            for path in if is_meant { entries(&inner)? } else { Vec::new() } {
                let size = fs::metadata(&path).map_or(0, |found| found.len());
                kept.push(Kept { head: peek(&path), size, path });
            }
        }
        kept.sort_by(|a, b| b.path.file_name().cmp(&a.path.file_name()));
        Ok(kept)
    }
}

/// What is in a folder but hidden files: those are not finished. Nothing where there is no folder.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let read = match fs::read_dir(folder) {
        Ok(read) => read,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(fault("reading", folder, &error)),
    };
    let paths = read.filter_map(|entry| Some(entry.ok()?.path()));
    let is_hidden = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
    };
    Ok(paths.filter(|path| !is_hidden(path)).collect())
}
