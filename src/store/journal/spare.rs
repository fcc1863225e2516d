//! Where a journal goes on whose disk takes no more: a file in the temporary folder, from which its lines are put back
//! into it later. What that doesn't take either is handed out, to be printed when the program ends.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::read::{Rest, Story};

/// Lines of a journal that no disk has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unkept {
    /// The file that they are to be saved as, where they are found and put back from.
    pub file: PathBuf,
    /// The lines.
    pub lines: String,
}

/// The lines that the journal's own disk has not taken.
pub(super) struct Spare {
    path: PathBuf,
    /// Where they are put back from if a person saves them.
    beside: PathBuf,
    place: Place,
    lines: Vec<u8>,
    /// How many bytes of them have been handed out.
    handed_out: usize,
}

enum Place {
    /// Nothing was to be written yet.
    Untried,
    Open(File),
    /// It takes no more, or never has: like a journal it is not tried again.
    Failed,
}

impl Spare {
    /// For a journal; nothing is written as long as its own disk takes everything.
    pub(super) fn of(journal: &Path, folder: &Path) -> Self {
        Self {
            path: in_folder(journal, folder),
            beside: beside(journal),
            place: Place::Untried,
            lines: Vec::new(),
            handed_out: 0,
        }
    }

    /// Takes lines in, and has them on its disk when it returns, if that can be.
    pub(super) fn take(&mut self, lines: &[u8]) {
        self.lines.extend(lines);
        let open = || OpenOptions::new().append(true).create_new(true).mode(0o600).open(&self.path);
        let written = match std::mem::replace(&mut self.place, Place::Failed) {
            Place::Untried => open().and_then(|file| written(file, lines)),
            Place::Open(file) => written(file, lines),
            Place::Failed => return,
        };
        if let Ok(file) = written {
            self.place = Place::Open(file);
        }
    }

    /// The file that has all of the lines; `None` where no file has.
    pub(super) fn file(&self) -> Option<&Path> {
        matches!(self.place, Place::Open(_)).then_some(&self.path)
    }

    /// The file that the lines are to be saved as.
    pub(super) fn beside(&self) -> &Path {
        &self.beside
    }

    /// The lines that are in no file, each once.
    pub(super) fn unkept(&mut self) -> Option<Unkept> {
        let lines = self.lines.get(self.handed_out..).filter(|lines| !lines.is_empty())?;
        if !matches!(self.place, Place::Failed) {
            return None;
        }
        let lines = String::from_utf8_lossy(lines).into_owned();
        self.handed_out = self.lines.len();
        Some(Unkept { file: self.beside.clone(), lines })
    }
}

fn written(mut file: File, lines: &[u8]) -> io::Result<File> {
    file.write_all(lines)?;
    file.sync_all()?;
    Ok(file)
}

/// The folder in which a journal's lines find room when its own disk has none.
pub(super) fn spare_folder() -> PathBuf {
    std::env::temp_dir()
}

fn in_folder(journal: &Path, folder: &Path) -> PathBuf {
    let run = journal.file_stem().unwrap_or_default().to_string_lossy();
    folder.join(format!("cfiam-{run}.rest"))
}

fn beside(journal: &Path) -> PathBuf {
    journal.with_extension("rest")
}

fn places(journal: &Path) -> [PathBuf; 2] {
    [beside(journal), in_folder(journal, &spare_folder())]
}

/// Whether there is a file where a journal's lines find room, whatever it holds.
pub(super) fn is_spared(journal: &Path) -> bool {
    places(journal).iter().any(|file| file.exists())
}

/// A journal with the lines that follow it in a file of its own, and that file; `None` where there is none, or it
/// follows nothing that is in the journal.
pub(super) fn joined(journal: &Path, bytes: &[u8]) -> Option<(Vec<u8>, PathBuf)> {
    places(journal).into_iter().find_map(|file| Some((follow(bytes, &own(&file)?)?, file)))
}

/// What a file holds that is the person's alone: in a folder that all may write to, anybody may have put it there.
fn own(path: &Path) -> Option<Vec<u8>> {
    let found = fs::symlink_metadata(path).ok()?;
    let ours = found.is_file() && found.uid() == rustix::process::geteuid().as_raw();
    ours.then(|| fs::read(path).ok()).flatten()
}

/// The lines of a journal, and after them the lines that its disk has not taken; `None` where these don't follow. It
/// may have taken some of them all the same, or a part of one.
pub(super) fn follow(bytes: &[u8], rest: &[u8]) -> Option<Vec<u8>> {
    let story = Story::of(bytes).ok().filter(|story| story.rest != Rest::Corrupt)?;
    let believed = bytes.get(..story.bytes)?;
    let first = rest.split_inclusive(|byte| *byte == b'\n').next()?;
    let mut at = 0;
    for line in believed.split_inclusive(|byte| *byte == b'\n') {
        if line == first {
            break;
        }
        at += line.len();
    }
    let (before, both) = believed.split_at_checked(at)?;
    let whole = rest.starts_with(both).then(|| [before, rest].concat())?;
    let more = Story::of(&whole).ok()?;
    (more.bytes > story.bytes).then_some(whole)
}
