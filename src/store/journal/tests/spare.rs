//! Disks that are full before the journal has ended, and where its last lines go.

use std::os::unix::fs::PermissionsExt;

use super::super::spare::follow;
use super::*;

/// A file on a disk that has room for so many bytes.
struct Filling(File, usize);

impl Medium for Filling {
    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let fits = lines.len().min(self.1);
        self.1 -= fits;
        self.0.write_all(&lines[..fits])?;
        if fits < lines.len() { Err(ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A journal on a disk with so much room beyond its head; its last lines go to `spare` then.
fn filling(folder: &Path, room: usize, spare: &Path) -> Journal {
    let (plan, path) = (a_plan(), journal_file(folder, &run_id()));
    let file = made(&path, &plan).unwrap();
    let mut journal = Journal::new(Box::new(Filling(file, head().len() + room)), path, &plan, None);
    journal.run = run_id();
    journal.head(&plan, Approval::default(), Now::default()).unwrap();
    journal.spare = Some(Spare::of(&journal.path, spare));
    journal
}

fn head() -> Vec<u8> {
    written(&[])
}

/// How much room the records take.
fn needed() -> usize {
    sample().len() - head().len()
}

/// Keeps all records, each alone; gives the first failure, and what no disk has taken.
fn keep_all(journal: &mut Journal) -> (Option<Fault>, String) {
    let (mut first, mut unkept) = (None, String::new());
    for record in records(&a_plan()) {
        let kept = journal.keep(&[record], Now::default());
        assert!(first.is_none() || kept.is_err(), "what was once lost is never called kept");
        first = first.or(kept.err());
        unkept.extend(journal.unkept().map(|unkept| unkept.lines));
    }
    (first, unkept)
}

#[test]
fn d2_wherever_the_disk_is_full_the_lines_it_did_not_take_are_in_another_file_and_follow_the_others()
 {
    for room in (0..needed()).step_by(23) {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = filling(folder.path(), room, folder.path());
        let (fault, unkept) = keep_all(&mut journal);
        let spare = folder.path().join(format!("cfiam-{}.rest", run_id()));
        let fault = fault.unwrap();
        assert!(fault.what.contains("writing the journal in"), "{fault}");
        assert!(fault.remedy.contains(&format!("are in {}:", spare.display())), "{fault}");
        assert_eq!(unkept, "", "nothing is in no file");
        assert_eq!(fs::metadata(&spare).unwrap().permissions().mode() & 0o777, 0o600);
        let bytes = fs::read(journal_file(folder.path(), &run_id())).unwrap();
        assert_eq!(bytes.len(), head().len() + room, "the full disk is not written to again");
        let whole = follow(&bytes, &fs::read(&spare).unwrap()).unwrap();
        let story = Story::of(&whole).unwrap();
        assert_eq!((kept(&story), story.is_ended()), (records(&a_plan()), true), "{room}");
    }
}

#[test]
fn d2_where_no_other_place_takes_them_either_the_lines_are_handed_out_each_once() {
    for room in (0..needed()).step_by(97) {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = filling(folder.path(), room, &folder.path().join("nowhere"));
        let (fault, unkept) = keep_all(&mut journal);
        let fault = fault.unwrap();
        let path = journal_file(folder.path(), &run_id());
        let beside = path.with_extension("rest");
        assert!(fault.remedy.contains(&format!("save them as {}", beside.display())), "{fault}");
        drop(journal);
        // What the person does with them.
        write_whole(&beside, unkept.as_bytes()).unwrap();
        let story = Story::read(&path).unwrap();
        assert_eq!((kept(&story), story.is_ended()), (records(&a_plan()), true), "{room}");
    }
}

#[test]
fn a_disk_that_takes_everything_needs_no_other_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = filling(folder.path(), needed(), folder.path());
    assert_eq!(keep_all(&mut journal), (None, String::new()));
    assert!(!folder.path().join(format!("cfiam-{}.rest", run_id())).exists());
}

/// A journal whose disk was full after so many records, and the lines of the others beside it.
fn cut_short(folder: &Path, records: usize) -> PathBuf {
    let (whole, path) = (sample(), journal_file(folder, &run_id()));
    let ends = ends(&whole);
    let cut = ends[ends.len() - 1 - (super::records(&a_plan()).len() - records)];
    // The disk has taken the beginning of a line.
    write_whole(&path, &whole[..cut + 9]).unwrap();
    write_whole(&path.with_extension("rest"), &whole[cut..]).unwrap();
    path
}

#[test]
fn d2_the_next_program_puts_the_lines_back_and_takes_the_other_file_away() {
    for records in [0, 5, 11] {
        let folder = tempfile::tempdir().unwrap();
        let path = cut_short(folder.path(), records);
        Journal::put_back(folder.path(), &path);
        assert_eq!(fs::read(&path).unwrap(), sample());
        let left = fs::read_dir(folder.path().join("runs")).unwrap();
        let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [path.file_name().unwrap(), "lock".as_ref()], "{records}");
    }
}

#[test]
fn d2_lines_are_not_put_back_into_a_journal_that_a_living_program_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = cut_short(folder.path(), 5);
    let before = fs::read(&path).unwrap();
    let writer = OpenOptions::new().append(true).open(&path).unwrap();
    writer.lock().unwrap();
    Journal::put_back(folder.path(), &path);
    assert_eq!(fs::read(&path).unwrap(), before);
    assert!(path.with_extension("rest").exists());
}

#[test]
fn lines_that_do_not_follow_a_journal_are_left_alone() {
    let whole = sample();
    let ends = ends(&whole);
    let rest = &whole[ends[8]..];
    // It lacks the lines between.
    assert_eq!(follow(&whole[..ends[6]], rest), None);
    // Another program has gone on with it since.
    let folder = tempfile::tempdir().unwrap();
    let path = journal_file(folder.path(), &run_id());
    write_whole(&path, &whole[..ends[8]]).unwrap();
    let mut again = Journal::reopen(folder.path(), &run_id(), For::Reading).unwrap().journal;
    again.keep(&[Record::Stopped], Now::default()).unwrap();
    assert_eq!(follow(&fs::read(&path).unwrap(), rest), None);
    // It has all of them.
    assert_eq!(follow(&whole, rest), None);
    // It was changed.
    let mut changed = whole[..ends[8]].to_vec();
    changed[ends[2] + 30] ^= 1;
    assert_eq!(follow(&changed, rest), None);
    // They are no lines.
    for rest in [&b""[..], b"\n", b"text"] {
        assert_eq!(follow(&whole[..ends[8]], rest), None);
    }
}

#[test]
fn a_file_that_only_leads_to_the_lines_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = cut_short(folder.path(), 5);
    let rest = path.with_extension("rest");
    let elsewhere = folder.path().join("elsewhere");
    fs::rename(&rest, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &rest).unwrap();
    assert!(!Story::read(&path).unwrap().is_ended());
}

#[test]
fn i10_a_line_is_of_ascii_alone_whatever_names_are_made_of() {
    let name = "n\u{202e}e\u{9b}\u{7f}\u{e9}\u{1f980}";
    let conflict = OpState::Conflict(Conflict::Renamed(name.into()));
    let bytes = written(&[Record::Moved { op: OpId(0), state: conflict.clone() }]);
    assert!(bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n')));
    let story = Story::of(&bytes).unwrap();
    assert_eq!(kept(&story), [Record::Moved { op: OpId(0), state: conflict }]);
}
