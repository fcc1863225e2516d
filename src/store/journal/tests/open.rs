//! Journals that are taken up again, and who else may write meanwhile.

use super::*;
use crate::domain::FaultKind;
use crate::store::private::write_whole;

fn begin(folder: &Path, run: &RunId, plan: &Plan) -> Result<Journal, Fault> {
    Journal::begin(folder, run, plan, Approval::default(), Now::default())
}

/// A journal that holds these, written by a program that has died.
fn broken_off(folder: &Path, records: &[Record]) {
    let mut journal = begin(folder, &run_id(), &a_plan()).unwrap();
    for record in records {
        journal.keep(std::slice::from_ref(record), Now::default()).unwrap();
    }
}

fn reopen(folder: &Path) -> Result<Reopened, Fault> {
    Journal::reopen(folder, &run_id(), For::GoingOn)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("runs")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != "lock").collect();
    names.sort();
    names
}

#[test]
fn a_journal_that_is_taken_up_goes_on_with_its_next_line() {
    let folder = tempfile::tempdir().unwrap();
    let all = records(&a_plan());
    for cut in 0..all.len() {
        let (folder, by) = (tempfile::tempdir().unwrap(), By::default());
        broken_off(folder.path(), &all[..cut]);
        let mut again = reopen(folder.path()).unwrap();
        assert_eq!(kept(&again.story), all[..cut]);
        assert_eq!(again.plan.steps, a_plan().steps);
        again.journal.keep(&[Record::Resumed(by.clone())], Now::default()).unwrap();
        again.journal.keep(&all[cut..], Now::default()).unwrap();
        drop(again);
        let story = Story::read(&journal_file(folder.path(), &run_id())).unwrap();
        assert_eq!((story.rest, story.is_ended()), (Rest::Nothing, true));
        let whole = [&all[..cut], &[Record::Resumed(by)], &all[cut..]].concat();
        assert_eq!(kept(&story), whole);
        assert_eq!(names(folder.path()).len(), 1, "nothing is left beside it");
    }
    drop(folder);
}

#[test]
fn an_intent_of_a_run_that_is_taken_up_names_the_group_that_was_made_before() {
    let folder = tempfile::tempdir().unwrap();
    let records = records(&a_plan());
    broken_off(folder.path(), &records[..8]);
    let mut again = reopen(folder.path()).unwrap();
    again.journal.keep(&records[8..9], Now::default()).unwrap();
    let story = Story::read(&journal_file(folder.path(), &run_id())).unwrap();
    assert_eq!(story.open_intents().last().unwrap().group, Some(group(77)));
}

#[test]
fn d9_a_last_line_that_breaks_off_is_put_aside_and_the_run_is_taken_up() {
    let whole = sample();
    let cut = whole.len() - 40;
    let folder = tempfile::tempdir().unwrap();
    let path = journal_file(folder.path(), &run_id());
    write_whole(&path, &whole[..cut]).unwrap();
    let mut again = reopen(folder.path()).unwrap();
    assert_eq!(again.story.rest, Rest::Torn);
    let aside = again.broken.take().unwrap();
    assert!(aside.to_string_lossy().ends_with(".jsonl.broken-1"), "{aside:?}");
    assert_eq!(fs::read(&aside).unwrap(), whole[..cut]);
    again.journal.keep(&[Record::Stopped], Now::default()).unwrap();
    let story = Story::read(&path).unwrap();
    assert_eq!(story.rest, Rest::Nothing);
    assert_eq!(kept(&story).last(), Some(&Record::Stopped));
}

#[test]
fn d10_a_journal_that_was_changed_is_never_written_on() {
    let mut bytes = sample();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    let folder = tempfile::tempdir().unwrap();
    let path = journal_file(folder.path(), &run_id());
    write_whole(&path, &bytes).unwrap();
    let fault = reopen(folder.path()).map(drop).unwrap_err();
    assert!(fault.what.contains("changed after it was written"), "{fault}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(names(folder.path()).len(), 1);
}

#[test]
fn d13_a_journal_of_a_later_version_is_not_taken_up() {
    let mut text = Vec::new();
    Sum::default().seal(&serde_json::json!({ "v": 2 }), &mut text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = journal_file(folder.path(), &run_id());
    write_whole(&path, &text).unwrap();
    let fault = reopen(folder.path()).map(drop).unwrap_err();
    assert!(fault.what.contains("later cfiam"), "{fault}");
    assert_eq!(fs::read(&path).unwrap(), text);
}

#[test]
fn s11_while_a_run_is_on_no_other_begins_that_writes_to_one_of_its_groups() {
    let folder = tempfile::tempdir().unwrap();
    let other = RunId::new(Timestamp::UNIX_EPOCH, 8);
    let mut first = begin(folder.path(), &run_id(), &plan(&[add(1, 1)])).unwrap();
    let fault = begin(folder.path(), &other, &plan(&[add(1, 2)])).map(drop).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Held);
    let pid = format!("process {} on ", std::process::id());
    for told in ["g1", &pid, "since 1970-01-01 00:00:00 UTC", &run_id().to_string()] {
        assert!(fault.what.contains(told), "{told}: {fault}");
    }
    assert_eq!(names(folder.path()).len(), 1, "the other leaves no journal");
    drop(begin(folder.path(), &other, &plan(&[remove(0, 2)])).unwrap());
    // Its end lets others go on, also while the program still has the file.
    first.keep(&records(&a_plan())[16..], Now::default()).unwrap();
    let third = RunId::new(Timestamp::UNIX_EPOCH, 9);
    drop(begin(folder.path(), &third, &plan(&[add(1, 2)])).unwrap());
}

#[test]
fn s11_a_run_that_is_on_is_not_taken_up_and_one_whose_program_has_died_is() {
    let folder = tempfile::tempdir().unwrap();
    let first = begin(folder.path(), &run_id(), &a_plan()).unwrap();
    for what_for in [For::Reading, For::GoingOn] {
        let fault = Journal::reopen(folder.path(), &run_id(), what_for).map(drop).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Held, "{fault}");
        assert!(fault.what.contains("carries this run out"), "{fault}");
    }
    drop(first);
    let again = reopen(folder.path()).unwrap();
    let fault = reopen(folder.path()).map(drop).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Held, "by one program at a time: {fault}");
    drop(again);
    // Another run has begun meanwhile on one of its groups: it is read, and not gone on with.
    let other = RunId::new(Timestamp::UNIX_EPOCH, 8);
    let _on = begin(folder.path(), &other, &plan(&[add(1, 9)])).unwrap();
    assert_eq!(reopen(folder.path()).map(drop).unwrap_err().kind, FaultKind::Held);
    drop(Journal::reopen(folder.path(), &run_id(), For::Reading).unwrap());
}
