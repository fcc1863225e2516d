//! The runs of an account, as their journals on disk tell them.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use crate::domain::{AccountId, Fault, FaultKind};
use crate::plan::{History, Past, RunId};

use super::journal::{Journal, Rest, Story, damage, journal_file};
use super::lock::is_on;
use super::private::{fault, name_of_aside, remove};

/// How many runs are read, the newest first: what is older is only looked up by its id.
const MOST: usize = 500;

/// A journal read as far as it can be believed; `None` where not even its plan was written to the end, so that nothing
/// was sent.
fn told(path: &Path, story: &Story) -> Option<(Past, History)> {
    let (first, last) = (story.lines.first()?, story.lines.last()?);
    let (header, plan) = (story.header()?, story.plan()?);
    let events = story.kept().collect();
    let history = History { id: first.run.clone(), began: first.t, plan, events };
    let past = Past {
        id: first.run.clone(),
        began: first.t,
        last: last.t,
        by: header.by.clone(),
        host: header.host.clone(),
        plan: header.plan.clone(),
        undo_of: header.undo_of.clone(),
        leaves_out: header.leaves_out,
        ops: header.ops,
        about: history.plan.about(),
        tally: history.progress().tally(),
        end: history.end().map(|(_, summary)| summary.clone()),
        // A journal that breaks off is one of a run that was broken off.
        damage: damage(path, story)
            .filter(|_| story.rest == Rest::Corrupt)
            .map(|it| by_name(path, it)),
        is_on: is_on(path),
    };
    Some((past, history))
}

/// The same of a file by its name alone: the long way to it would stand before what is wrong with it.
fn by_name(path: &Path, mut fault: Fault) -> Fault {
    if let Some(name) = path.file_name() {
        let name = name.display().to_string();
        fault.what = fault.what.replace(&path.display().to_string(), &name);
    }
    fault
}

/// The runs of an account, the newest first, and why others could not be read.
///
/// # Errors
/// The folder can't be read.
pub fn runs(folder: &Path, account: &AccountId) -> Result<(Vec<Past>, Vec<Fault>), Fault> {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for path in journals(&folder.join("runs"))? {
        Journal::put_back(folder, &path);
        match Story::read(&path) {
            Err(fault) => faults.push(by_name(&path, fault)),
            Ok(story) if story.header().is_some_and(|header| header.account != *account) => {}
            Ok(story) => match (told(&path, &story), damage(&path, &story)) {
                (Some((past, _)), _) => found.push(past),
                // Not even the plan was written to its end: nothing was sent.
                (None, Some(damage)) if story.rest == Rest::Corrupt => {
                    faults.push(by_name(&path, damage));
                }
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
pub fn run(folder: &Path, account: &AccountId, id: &RunId) -> Result<(Past, History), Fault> {
    let path = journal_file(folder, id);
    let story = Story::read(&path)?;
    let unreadable = || {
        let words = format!("{} holds no plan: nothing was sent", path.display());
        damage(&path, &story).unwrap_or_else(|| Fault::new(FaultKind::Disk, words, ""))
    };
    let (past, history) = told(&path, &story).ok_or_else(unreadable)?;
    if history.plan.account == *account {
        return Ok((past, history));
    }
    let words = format!("run {id} was in another account: {}", history.plan.account);
    Err(Fault::new(FaultKind::Refused, words, "Open that account to look at it"))
}

/// Takes away the journals of runs that are over for more than so many days, with what was put aside of them. One that
/// has no end stays, however old it is: what it has left open is still to be looked at.
pub fn tidy(folder: &Path, now: Timestamp, days: u32) {
    let kept = SignedDuration::from_hours(24 * i64::from(days));
    let Ok(since) = now.checked_sub(kept) else { return };
    // Their names begin with the time at which they began.
    let oldest = RunId::new(since, 0).to_string();
    let is_old = |path: &PathBuf| path.file_stem().is_some_and(|name| *name < *OsStr::new(&oldest));
    for path in journals(&folder.join("runs")).unwrap_or_default().into_iter().filter(is_old) {
        let Ok(story) = Story::read(&path) else { continue };
        let is_over = story.is_ended() && story.lines.last().is_some_and(|line| line.t < since);
        if is_over && !is_on(&path) {
            // What can't be taken away now is tried again at the next start.
            let _ = remove(&path);
            asides(&path).for_each(|aside| drop(remove(&aside)));
        }
    }
}

/// What was put aside of a journal that broke off.
fn asides(journal: &Path) -> impl Iterator<Item = PathBuf> {
    (1..).map(|number| name_of_aside(journal, "broken", number)).take_while(|path| path.exists())
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

#[cfg(test)]
mod tests;
