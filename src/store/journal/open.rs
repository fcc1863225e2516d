//! Opening a journal that is there: of a run that was broken off, paused or stopped, and is taken up again.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::domain::Fault;
use crate::plan::{Plan, RunId};
use crate::store::lock::{Gate, Lock, held, on};
use crate::store::private::{copy_aside, draft_beside, sync_folder};

use super::read::{Rest, Story, Whole, damage};
use super::spare::{Spare, is_spared, spare_folder};
use super::{Journal, medium, reserve, room, unwritten};

/// A run that was taken up from its journal.
pub struct Reopened {
    /// The journal, to be written on.
    pub journal: Journal,
    /// What it held.
    pub story: Story,
    /// The plan.
    pub plan: Plan,
    /// Where the file was put, if it broke off in the middle of a line.
    pub broken: Option<PathBuf>,
}

/// What a journal is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// To read back what has become of the run, or to close it. Whoever writes to the same groups is let alone.
    Reading,
    /// To go on with the run.
    GoingOn,
}

impl Journal {
    /// Opens the journal of a run below the state folder, to be written on after what it holds. A last line that was
    /// not written to its end is put aside with the rest of the file and taken out.
    ///
    /// # Errors
    /// It can't be read or written; a later version has written it; it was changed after it was written; the program
    /// that writes it lives; or, to go on, another one writes to the same groups.
    pub fn reopen(folder: &Path, run: &RunId, what_for: For) -> Result<Reopened, Fault> {
        let runs = folder.join("runs");
        let path = runs.join(format!("{run}.jsonl"));
        let _gate = Gate::pass(&runs)?;
        let before = File::open(&path).map_err(|error| unwritten("opening", &path, &error))?;
        if matches!(Lock::take(&before), Lock::Theirs) {
            return Err(on(&path));
        }
        let Whole { bytes, story, rest } = Whole::read(&path)?;
        let plan = match (story.rest, story.plan()) {
            (Rest::Corrupt, _) | (_, None) => return Err(not_to_be_written_on(&path, &story)),
            (_, Some(plan)) => plan,
        };
        if what_for == For::GoingOn
            && let Some(held) = held(&runs, run, &plan)
        {
            return Err(held);
        }
        let anew = || {
            let broken = match story.rest {
                Rest::Torn => Some(copy_aside(&path, "broken")?),
                _ => None,
            };
            let believed = bytes.get(..story.bytes).unwrap_or_default();
            Ok((broken, written_anew(&path, believed, &plan)?))
        };
        let (broken, (file, lock)) =
            anew().map_err(|error: io::Error| unwritten("opening", &path, &error))?;
        if let Some(rest) = rest {
            // It is in the journal now; where it stays, it is read again, and says nothing new.
            let _ = fs::remove_file(rest);
        }
        let warning = lock.warning(&runs);
        let journal = Self::after(file, path, &story, &plan, warning);
        Ok(Reopened { journal, story, plan, broken })
    }

    /// Puts the lines that a journal's disk has not taken back into it, where they are found and nobody writes it. What
    /// can't be put back stays where it is, and is read from there.
    pub fn put_back(folder: &Path, journal: &Path) {
        if !is_spared(journal) {
            return;
        }
        let whole = Whole::read(journal).ok().filter(|whole| whole.rest.is_some());
        if let Some(first) = whole.as_ref().and_then(|whole| whole.story.lines.first()) {
            drop(Self::reopen(folder, &first.run, For::Reading));
        }
    }

    fn after(
        file: File,
        path: PathBuf,
        story: &Story,
        plan: &Plan,
        warning: Option<Fault>,
    ) -> Self {
        let last = story.lines.last();
        let mut journal = Self::new(medium(file), path, plan, warning);
        if let Some(last) = last {
            journal.run = last.run.clone();
            journal.seq = last.seq;
        }
        journal.sum = story.sum.clone();
        journal.spare = Some(Spare::of(&journal.path, &spare_folder()));
        for (_, record) in story.kept() {
            journal.note(&record);
        }
        journal
    }
}

/// Writes what can be believed of a journal into a file of its own, which takes the journal's place once it is on the
/// disk: of a disk that has failed before, it is not known what it has kept.
fn written_anew(path: &Path, believed: &[u8], plan: &Plan) -> io::Result<(File, Lock)> {
    let mut draft = draft_beside(path)?;
    draft.write_all(believed)?;
    reserve(draft.as_file(), room(plan))?;
    draft.as_file().sync_all()?;
    // Before it takes the place: nobody may find it there and free.
    let lock = Lock::take(draft.as_file());
    let file = draft.persist(path).map_err(|failed| failed.error)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))?;
    Ok((file, lock))
}

/// Why a journal is only read.
fn not_to_be_written_on(path: &Path, story: &Story) -> Fault {
    let none = || {
        let words = format!("{} holds no plan: nothing was sent", path.display());
        Fault::new(crate::domain::FaultKind::Disk, words, "")
    };
    damage(path, story).unwrap_or_else(none)
}
