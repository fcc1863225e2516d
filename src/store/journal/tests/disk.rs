//! The file, and disks that fail.

use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::*;

#[test]
fn d7_the_file_is_the_person_s_alone_and_nothing_may_be_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let begin = || {
        Journal::begin(folder.path(), &run_id(), &a_plan(), Approval::default(), Now::default())
            .map(drop)
    };
    begin().unwrap();
    let path = journal_file(folder.path(), &run_id());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let runs = fs::metadata(path.parent().unwrap()).unwrap().permissions().mode();
    assert_eq!(runs & 0o777, 0o700);
    let before = fs::read(&path).unwrap();
    assert!(begin().is_err(), "one run, one file");
    assert_eq!(fs::read(&path).unwrap(), before, "and the other's file stays as it is");
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), &path).unwrap();
    assert!(begin().is_err());
    assert!(!folder.path().join("elsewhere").exists());
}

/// What a medium was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Append(usize),
    Sync,
    Close,
}

/// A disk that fails.
struct Failing {
    asked: Sender<Asked>,
    /// How many calls go well.
    left: usize,
    how: ErrorKind,
}

impl Failing {
    fn ask(&mut self, what: Asked) -> io::Result<()> {
        self.asked.send(what).unwrap();
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(self.how.into()),
        }
    }
}

impl Medium for Failing {
    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let lines = lines.split_inclusive(|byte| *byte == b'\n').count();
        self.ask(Asked::Append(lines))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.ask(Asked::Sync)
    }

    fn close(&mut self) -> io::Result<()> {
        self.ask(Asked::Close)
    }
}

fn on(left: usize, how: ErrorKind) -> (Result<Journal, Fault>, Receiver<Asked>) {
    let (asked, seen) = channel();
    let medium = Box::new(Failing { asked, left, how });
    let (path, plan) = (PathBuf::from("runs/x.jsonl"), a_plan());
    let mut journal = Journal::new(medium, path, &plan, None);
    journal.run = run_id();
    let begun = journal.head(&plan, Approval::default(), Now::default());
    (begun.map(|()| journal), seen)
}

#[test]
fn records_that_come_together_are_written_at_once_and_synced_once_and_what_can_be_seen_again_is_not()
 {
    let (journal, asked) = on(usize::MAX, ErrorKind::Other);
    let mut journal = journal.unwrap();
    assert_eq!(asked.try_iter().collect::<Vec<_>>(), [Asked::Append(4), Asked::Sync]);
    let all = records(&a_plan());
    journal.keep(&all[..3], Now::default()).unwrap();
    assert_eq!(asked.try_iter().collect::<Vec<_>>(), [Asked::Append(3), Asked::Sync]);
    journal.keep(&all[7..8], Now::default()).unwrap();
    assert_eq!(asked.try_iter().collect::<Vec<_>>(), [Asked::Append(1)]);
    journal.keep(&all[16..], Now::default()).unwrap();
    assert_eq!(asked.try_iter().collect::<Vec<_>>(), [Asked::Append(1), Asked::Sync, Asked::Close]);
}

#[test]
fn d2_d4_after_a_failed_append_or_sync_the_file_is_never_touched_again() {
    let intent = &records(&a_plan())[3..4];
    for (goes_well, how) in [(2, ErrorKind::StorageFull), (3, ErrorKind::Other)] {
        let (journal, asked) = on(goes_well, how);
        let mut journal = journal.unwrap();
        let first = journal.keep(intent, Now::default()).unwrap_err();
        assert_eq!(first.kind, FaultKind::Disk);
        assert!(first.what.contains("writing the journal in runs: "), "{first}");
        let before = asked.try_iter().count();
        assert_eq!(before, goes_well + 1);
        for _ in 0..3 {
            assert_eq!(journal.keep(intent, Now::default()), Err(first.clone()));
        }
        assert_eq!(asked.try_iter().count(), 0, "{how:?}");
    }
}

#[test]
fn d1_d4_a_journal_whose_head_can_t_be_written_or_synced_is_not_begun() {
    for goes_well in [0, 1] {
        let (journal, _asked) = on(goes_well, ErrorKind::StorageFull);
        let fault = journal.err().unwrap();
        assert!(fault.remedy.contains("Make room"), "{fault}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn d1_room_for_the_whole_run_is_taken_before_it_begins_and_given_back_at_its_end() {
    use std::os::unix::fs::MetadataExt;
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&(0..60).map(|m| add(1, m)).collect::<Vec<_>>());
    let mut journal =
        Journal::begin(folder.path(), &run_id(), &plan, Approval::default(), Now::default())
            .unwrap();
    let path = journal_file(folder.path(), &run_id());
    let (taken, needed) = (fs::metadata(&path).unwrap().blocks() * 512, room(&plan));
    assert!(taken >= needed && needed > 60 * 1_000, "{taken} of {needed}");
    let before = fs::read(&path).unwrap();
    let ended = records(&a_plan()).pop().unwrap();
    journal.keep(&[ended], Now::default()).unwrap();
    let after = fs::metadata(&path).unwrap();
    assert!(after.blocks() * 512 < taken && fs::read(&path).unwrap().starts_with(&before));
    assert!(Story::read(&path).unwrap().is_ended());
}

#[test]
fn d15_where_locks_do_not_work_the_run_goes_on_and_the_person_is_told_to_keep_others_away() {
    let folder = tempfile::tempdir().unwrap();
    let begin = |run: &RunId, lock: fn(&File) -> Lock| {
        let (plan, by) = (a_plan(), Approval::default());
        Journal::begin_locked(folder.path(), run, &plan, by, Now::default(), lock).unwrap()
    };
    let broken = |_: &File| Lock::Broken(ErrorKind::Unsupported.into());
    let mut journal = begin(&run_id(), broken);
    let warning = journal.warning().unwrap();
    assert!(warning.what.starts_with("locks don't work in "), "{warning}");
    assert!(warning.remedy.contains("no other cfiam"), "{warning}");
    journal.keep(&[Record::Stopped], Now::default()).unwrap();
    // Nobody is kept out by a lock that is none.
    let other = begin(&RunId::new(Timestamp::UNIX_EPOCH, 8), Lock::take);
    assert_eq!(other.warning(), None);
}

#[test]
fn d3_a_journal_in_a_folder_that_can_t_be_made_is_not_begun_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write_whole(&folder.path().join("runs"), b"in the way").unwrap();
    let begun =
        Journal::begin(folder.path(), &run_id(), &a_plan(), Approval::default(), Now::default());
    let fault = begun.err().unwrap();
    assert!(fault.what.contains("beginning the journal"), "{fault}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Prints what an append with its sync takes here: `cargo test --release … -- --ignored --nocapture`.
#[test]
#[ignore = "a figure, not a promise"]
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn what_a_synced_record_costs() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let plan = a_plan();
    let begun = Instant::now();
    let mut journal =
        Journal::begin(folder.path(), &run_id(), &plan, Approval::default(), Now::default())
            .unwrap();
    let begun = begun.elapsed();
    let intent = &records(&plan)[3..4];
    let mut took: Vec<Duration> = (0..2_000)
        .map(|_| {
            let before = Instant::now();
            journal.keep(intent, Now::default()).unwrap();
            before.elapsed()
        })
        .collect();
    took.sort();
    println!("begin {begun:?}; append and sync p50 {:?}, p99 {:?}", took[1_000], took[1_980]);
}
