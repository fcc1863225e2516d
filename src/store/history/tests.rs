use super::*;
use crate::domain::{Change, Now};
use crate::plan::fixture::*;
use crate::plan::{Approval, End, OpState, Plan, Proof, Record, Staging, Summary, Tally};
use crate::store::Journal;
use crate::store::private::write_whole;

fn plan(changes: &[Change]) -> Plan {
    let directory = directory(10, &[vec![1, 2], Vec::new()]);
    let mut staging = Staging::new(account());
    for change in changes {
        staging.stage(change.clone(), &directory);
    }
    Plan::build(&staging, &directory, Now::default())
}

fn id(second: i64) -> RunId {
    RunId::new(jiff::Timestamp::from_second(second).unwrap(), 7)
}

fn end() -> Record {
    let tally = Tally { done: 1, ..Tally::default() };
    Record::Ended(Summary { end: End::Finished, tally, writes: 1, may_land: Vec::new() })
}

/// A journal below a folder, with these records.
fn journal(folder: &Path, id: &RunId, plan: &Plan, records: &[Record]) -> Journal {
    let approval = Approval::default();
    let mut journal = Journal::begin(folder, id, plan, approval, Now::default()).unwrap();
    journal.keep(records, Now::default()).unwrap();
    journal
}

fn done() -> Record {
    let op = crate::plan::OpId(0);
    Record::Moved { op, state: OpState::Done(Proof::Seen) }
}

fn ids(folder: &Path) -> Vec<RunId> {
    runs(folder, &account()).unwrap().0.into_iter().map(|past| past.id).collect()
}

#[test]
fn a_run_that_is_over_for_long_goes_with_what_was_put_aside_of_it_and_one_without_an_end_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (day, plan) = (86_400, plan(&[add(1, 1)]));
    let at = |second: i64| Timestamp::from_second(second).unwrap();
    let at_second = |second| Now { wall: at(second), ..Now::default() };
    let over = |begun: i64, ended: i64| {
        let approval = Approval::default();
        let (begin, end_at) = (at_second(begun), at_second(ended));
        let mut journal =
            Journal::begin(folder.path(), &id(begun), &plan, approval, begin).unwrap();
        journal.keep(&[done(), end()], end_at).unwrap();
    };
    over(day, day + 60);
    over(2 * day, 95 * day);
    over(50 * day, 50 * day);
    drop(journal(folder.path(), &id(3 * day), &plan, &[done()]));
    let aside = name_of_aside(&journal_file(folder.path(), &id(day)), "broken", 1);
    write_whole(&aside, b"torn").unwrap();
    let on = journal(folder.path(), &id(4 * day), &plan, &[done()]);
    tidy(folder.path(), at(100 * day), 90);
    let left = [id(50 * day), id(4 * day), id(3 * day), id(2 * day)];
    assert_eq!(ids(folder.path()), left, "long in coming, its end is not long ago");
    assert!(!aside.exists());
    tidy(folder.path(), at(100 * day), 4);
    assert_eq!(ids(folder.path()), [id(4 * day), id(3 * day)]);
    drop(on);
}

#[test]
fn the_runs_of_an_account_come_the_newest_first_and_no_other_account_s() {
    let folder = tempfile::tempdir().unwrap();
    assert!(ids(folder.path()).is_empty(), "there is no folder yet");
    let (mine, mut theirs) = (plan(&[add(1, 1)]), plan(&[add(1, 2)]));
    theirs.account = AccountId::parse("other").unwrap();
    drop(journal(folder.path(), &id(20), &mine, &[done(), end()]));
    drop(journal(folder.path(), &id(30), &theirs, &[done(), end()]));
    drop(journal(folder.path(), &id(100), &mine, &[done(), end()]));
    assert_eq!(ids(folder.path()), [id(100), id(20)]);
    let (past, history) = run(folder.path(), &account(), &id(20)).unwrap();
    assert_eq!((past.tally.done, past.end.is_some(), past.is_on), (1, true, false));
    assert_eq!(history.plan.id, mine.id);
    let other = run(folder.path(), &account(), &id(30)).unwrap_err();
    assert!(other.what.contains("another account"), "{other}");
}

#[test]
fn a_run_is_on_while_its_program_lives_and_not_finished_when_it_has_died() {
    let folder = tempfile::tempdir().unwrap();
    let open = journal(folder.path(), &id(20), &plan(&[add(1, 1)]), &[done()]);
    let on = |folder: &Path| runs(folder, &account()).unwrap().0.remove(0);
    assert!(on(folder.path()).is_on);
    drop(open);
    let past = on(folder.path());
    assert!(!past.is_on && past.end.is_none());
}

#[test]
fn a_torn_journal_is_one_of_a_run_that_was_broken_off_and_a_changed_one_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&[add(1, 1)]);
    drop(journal(folder.path(), &id(20), &plan, &[done(), end()]));
    let path = journal_file(folder.path(), &id(20));
    let whole = fs::read(&path).unwrap();
    write_whole(&path, &whole[..whole.len() - 5]).unwrap();
    let (found, unread) = runs(folder.path(), &account()).unwrap();
    assert_eq!((found[0].damage.as_ref(), found[0].end.as_ref()), (None, None));
    assert!(unread.is_empty());
    let mut changed = whole.clone();
    let last = whole.len() - 30;
    changed[last] ^= 1;
    write_whole(&path, &changed).unwrap();
    let (found, _) = runs(folder.path(), &account()).unwrap();
    let damage = found[0].damage.as_ref().unwrap();
    assert!(damage.what.contains("was changed after it was written"), "{damage}");
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(damage.what.starts_with(name), "the file by its name alone: {damage}");
    // Not even the plan can be believed: it stands among what can't be read, and the others are listed.
    let mut changed = whole;
    changed[40] ^= 1;
    write_whole(&path, &changed).unwrap();
    drop(journal(folder.path(), &id(30), &plan, &[done(), end()]));
    let (found, unread) = runs(folder.path(), &account()).unwrap();
    assert_eq!((found.len(), unread.len()), (1, 1));
    assert!(unread[0].what.starts_with(name), "{}", unread[0]);
}
