//! One run at a time for an account and a group, across programs: the program that writes a journal has the journal's
//! file locked, and whoever dies lets go of it. Who is about to begin looks at the journals that are held, and nobody
//! else begins while it looks.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::domain::{AccountId, Fault, FaultKind, GroupRef, Target};
use crate::plan::{Plan, RunId};

use super::journal::{Entry, Story};
use super::private::{fault, private_folder};

/// Whether a file's lock could be had.
#[derive(Debug)]
pub(super) enum Lock {
    /// It is ours until the file is closed.
    Ours,
    /// A program that lives has it.
    Theirs,
    /// The file system knows no locks, or its locks don't work.
    Broken(io::Error),
}

impl Lock {
    /// Takes a file's lock if nobody has it.
    pub(super) fn take(file: &File) -> Self {
        Self::of(file.try_lock())
    }

    /// Whether somebody has it.
    fn look(file: &File) -> Self {
        Self::of(file.try_lock_shared())
    }

    fn of(taken: Result<(), TryLockError>) -> Self {
        match taken {
            Ok(()) => Self::Ours,
            Err(TryLockError::WouldBlock) => Self::Theirs,
            Err(TryLockError::Error(error)) => Self::Broken(error),
        }
    }

    /// What is to be said where no lock keeps others out.
    pub(super) fn warning(&self, folder: &Path) -> Option<Fault> {
        let Self::Broken(error) = self else { return None };
        let words = format!("locks don't work in {}: {error}", folder.display());
        let remedy = "See to it that no other cfiam changes the same groups meanwhile";
        Some(Fault::new(FaultKind::Disk, words, remedy))
    }
}

/// Kept by one program at a time, and only for as long as it looks who holds what: what is held changes meanwhile
/// only by who lets go.
pub(super) struct Gate(#[expect(dead_code, reason = "it is locked until it is closed")] File);

impl Gate {
    /// Waits until no other program is at it.
    pub(super) fn pass(runs: &Path) -> Result<Self, Fault> {
        let path = runs.join("lock");
        let open = || {
            private_folder(runs)?;
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)
        };
        let file = open().map_err(|error| fault("beginning the journal in", runs, &error))?;
        // Where there are no locks, nobody is kept out: that is told where the journal's own is taken.
        let _ = file.lock();
        Ok(Self(file))
    }
}

/// Whether a program that lives is carrying out the run of a journal.
pub(super) fn is_on(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(Lock::look(&file), Lock::Theirs))
}

/// A run that a program which lives is carrying out.
pub(super) struct Held {
    run: RunId,
    account: AccountId,
    /// Since when, and by which process on which machine.
    since: Timestamp,
    pid: u32,
    host: String,
    targets: BTreeSet<Target>,
}

impl Held {
    fn of(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        if !matches!(Lock::look(&file), Lock::Theirs) {
            return None;
        }
        let story = Story::read(path).ok()?;
        let (first, header, plan) = (story.lines.first()?, story.header()?, story.plan()?);
        let taken_up = story.lines.iter().rev().find_map(|line| match &line.entry {
            Entry::Resume { pid, host, .. } => Some((line.t, *pid, host.clone())),
            _ => None,
        });
        let (since, pid, host) = taken_up.unwrap_or((first.t, header.pid, header.host.clone()));
        let (run, account) = (first.run.clone(), header.account.clone());
        Some(Self { run, account, since, pid, host, targets: targets(&plan) })
    }
}

/// What a plan writes to and others may write to, too.
fn targets(plan: &Plan) -> BTreeSet<Target> {
    let targets = plan.steps.iter().map(|step| step.target.clone());
    targets.filter(|target| !matches!(target, Target::Group(GroupRef::Draft(_)))).collect()
}

/// The journals below a folder, in no order.
pub(super) fn journals(runs: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(runs).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter(|path| path.extension() == Some(OsStr::new("jsonl"))).collect()
}

/// Why a plan can't be carried out now: a program that lives writes to what it writes to. None but the run itself.
pub(super) fn held(runs: &Path, run: &RunId, plan: &Plan) -> Option<Fault> {
    let wanted = targets(plan);
    let held = journals(runs).into_iter().filter_map(|path| Held::of(&path));
    let mut held = held.filter(|held| held.account == plan.account && held.run != *run);
    held.find_map(|held| {
        let shared = wanted.intersection(&held.targets).next()?;
        Some(told(&held, &format!("is changing {}", plan.names.target(shared))))
    })
}

/// Why a run can't be taken up: the program that carries it out lives.
pub(super) fn on(path: &Path) -> Fault {
    Held::of(path).map_or_else(
        || Fault::new(FaultKind::Held, "the run is on in another cfiam", ""),
        |held| told(&held, "carries this run out"),
    )
}

fn told(held: &Held, does: &str) -> Fault {
    let Held { pid, host, run, .. } = held;
    let since = held.since.strftime("%Y-%m-%d %H:%M:%S UTC");
    let words = format!("another cfiam {does}: process {pid} on {host}, since {since}, run {run}");
    Fault::new(FaultKind::Held, words, "Wait until it has ended, or stop it there")
}
