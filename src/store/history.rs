//! The runs of an account, as their journals on disk tell them.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::domain::{AccountId, Fault, FaultKind};
use crate::plan::{History, RunId};

use super::journal::{Header, Rest, Story, damage, journal_file};
use super::private::fault;

/// How many runs are read, the newest first: what is older is only looked up by its id.
const MOST: usize = 500;

/// A run as it was found on disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What was written down of it.
    pub history: History,
    /// What run it is, and whose.
    pub header: Header,
    /// Why what follows is not believed, where something does.
    pub damage: Option<Fault>,
}

impl Found {
    fn of(path: &Path, story: &Story) -> Option<Self> {
        let (first, header, plan) = (story.lines.first()?, story.header()?, story.plan()?);
        let lines = story.lines.iter();
        let events = lines.filter_map(|line| Some((line.t, line.entry.record()?))).collect();
        let history = History { id: first.run.clone(), began: first.t, plan, events };
        // A journal that breaks off belongs to a run that was broken off, and is read to where it does.
        let damage = damage(path, story).filter(|_| story.rest == Rest::Corrupt);
        Some(Self { history, header: header.clone(), damage })
    }
}

/// The runs of an account, the newest first, and why others could not be read.
///
/// # Errors
/// The folder can't be read.
pub fn runs(folder: &Path, account: &AccountId) -> Result<(Vec<Found>, Vec<Fault>), Fault> {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for path in journals(&folder.join("runs"))? {
        match Story::read(&path) {
            Err(fault) => faults.push(fault),
            Ok(story) if story.header().is_some_and(|header| header.account != *account) => {}
            Ok(story) => match (Found::of(&path, &story), damage(&path, &story)) {
                (Some(run), _) => found.push(run),
                // Not even the plan was written to its end: nothing was sent.
                (None, Some(damage)) if story.rest == Rest::Corrupt => faults.push(damage),
                (None, _) => {}
            },
        }
        if found.len() >= MOST {
            break;
        }
    }
    Ok((found, faults))
}

/// A run of an account.
///
/// # Errors
/// There is none with this id, or it can't be read, or it is another account's.
pub fn run(folder: &Path, account: &AccountId, id: &RunId) -> Result<Found, Fault> {
    let path = journal_file(folder, id);
    let story = Story::read(&path)?;
    let unreadable = || {
        let none = Fault::new(FaultKind::Disk, format!("{} holds no plan", path.display()), "");
        damage(&path, &story).unwrap_or(none)
    };
    let found = Found::of(&path, &story).ok_or_else(unreadable)?;
    if found.header.account == *account {
        return Ok(found);
    }
    let words = format!("run {id} was in another account: {}", found.header.account);
    Err(Fault::new(FaultKind::Refused, words, "Open that account to look at it"))
}

/// The journals below a folder, the newest first: their names begin with the time.
fn journals(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fault("reading", folder, &error)),
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension() == Some(OsStr::new("jsonl")))
        .collect();
    paths.sort_unstable_by(|a, b| b.cmp(a));
    Ok(paths)
}
