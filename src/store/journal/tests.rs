//! What a journal holds, and what is believed of one that was damaged.

mod disk;
mod open;
mod spare;

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::{ApiError, Change};
use crate::plan::fixture::*;
use crate::plan::{
    Class, Conflict, End, Gone, GuardName, OpState, Override, Pause, Phase, Presence, Proof,
    SkipWhy, Staging, Step, Summary, Tally, Transfer,
};
use crate::store::private::write_whole;

fn plan(changes: &[Change]) -> Plan {
    let directory = directory(100, &[(0..6).collect(), Vec::new()]);
    let mut staging = Staging::new(account());
    for change in changes {
        staging.stage(change.clone(), &directory);
    }
    Plan::build(&staging, &directory, Now::default())
}

fn a_plan() -> Plan {
    plan(&[create(0, "night"), add_to_draft(0, 3), add(1, 1), add(1, 2), remove(0, 2)])
}

fn run_id() -> RunId {
    RunId::new(Timestamp::UNIX_EPOCH, 7)
}

fn refusal() -> Fault {
    Fault {
        errors: vec![ApiError { code: Some(1002), message: "ana@northwind.example is bad".into() }],
        ray: Some("8f2a".into()),
        status: Some(400),
        ..Fault::new(FaultKind::Refused, "adding members: status 400", "look")
    }
}

/// A record of each kind.
fn records(plan: &Plan) -> Vec<Record> {
    let ids: Vec<OpId> = plan.ops().map(|op| op.id).collect();
    let when = Some(Timestamp::UNIX_EPOCH);
    let sent = |request, step: &Step| Record::Intent {
        request: RequestId(request),
        step: step.id,
        ops: step.ops.iter().map(|op| op.id).collect(),
        attempt: 1,
        deadline: Duration::from_mins(1),
    };
    let into_draft = plan.steps.iter().find(|step| is_add_to_draft(step)).unwrap();
    let answered = |request, class| Record::Outcome {
        request: RequestId(request),
        class,
        status: Some(200),
        codes: vec![1002, -3],
        ray: Some("8f2a".into()),
        date: when,
        transfer: Transfer { took: Duration::from_millis(321), bytes: 77 },
    };
    let moved = |op: usize, state| Record::Moved { op: ids[op], state };
    let out = Some(Presence::Out);
    vec![
        Record::Before { op: ids[1], presence: out, state: OpState::Waiting },
        Record::Before {
            op: ids[4],
            presence: Some(Presence::In { since: when }),
            state: OpState::Conflict(Conflict::GrantedAnew(when)),
        },
        Record::Before { op: ids[0], presence: None, state: OpState::Gone(Gone::Group) },
        sent(0, &plan.steps[0]),
        answered(0, Class::Applied),
        Record::Made { draft: crate::domain::DraftId(0), group: group(77) },
        moved(0, OpState::Accepted),
        moved(0, OpState::Done(Proof::Seen)),
        sent(1, into_draft),
        answered(1, Class::Unknown),
        moved(1, OpState::Unknown),
        moved(1, OpState::NotInEffect(None)),
        moved(2, OpState::Refused(bare_fault())),
        moved(3, OpState::Skipped(SkipWhy::Stopped)),
        Record::Paused(Pause::Network(bare_fault())),
        Record::Stopped,
        Record::Ended(Summary {
            end: End::Paused(bare_pause(&Pause::Disk(refusal()))),
            tally: Tally { done: 3, unknown: 1, ..Tally::default() },
            writes: 2,
            may_land: vec![(ids[1], Duration::from_millis(90_500))],
        }),
    ]
}

fn is_add_to_draft(step: &Step) -> bool {
    step.phase == Phase::Add && step.target.existing_group().is_none()
}

fn bare_fault() -> Fault {
    match bare_pause(&Pause::Network(refusal())) {
        Pause::Network(fault) => fault,
        other => panic!("{other:?}"),
    }
}

/// A whole journal on a disk.
fn written(records: &[Record]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let plan = a_plan();
    let by = Approval::default();
    let mut journal = Journal::begin(folder.path(), &run_id(), &plan, by, Now::default()).unwrap();
    for record in records {
        journal.keep(std::slice::from_ref(record), Now::default()).unwrap();
    }
    fs::read(journal_file(folder.path(), &run_id())).unwrap()
}

fn sample() -> Vec<u8> {
    written(&records(&a_plan()))
}

fn kept(story: &Story) -> Vec<Record> {
    story.lines.iter().filter_map(|line| line.entry.record()).collect()
}

#[test]
fn what_is_kept_is_read_again_record_by_record_and_the_plan_with_it() {
    let plan = a_plan();
    let story = Story::of(&sample()).unwrap();
    assert_eq!(story.rest, Rest::Nothing);
    assert_eq!(kept(&story), records(&plan));
    assert!(story.is_ended());
    let read = story.plan().unwrap();
    assert_eq!((&read.id, &read.steps, &read.base), (&plan.id, &plan.steps, &plan.base));
    let header = story.header().unwrap();
    assert_eq!((&header.plan, header.ops, header.pid), (&plan.id, 5, std::process::id()));
}

#[test]
fn an_intent_names_verb_group_and_members_also_of_a_group_that_the_run_has_made() {
    let plan = a_plan();
    let into_draft = plan.steps.iter().find(|step| is_add_to_draft(step)).unwrap();
    let records = records(&plan);
    let story = Story::of(&written(&records[..9])).unwrap();
    let open = story.open_intents();
    let [intent] = open.as_slice() else { panic!("{open:?}") };
    assert_eq!((intent.verb.as_str(), &intent.group), ("POST", &Some(group(77))));
    let wanted = Wanted { id: into_draft.ops[0].id, member: Some(member(3)), want: Want::Present };
    assert_eq!(intent.ops, [wanted]);
    assert!(!story.is_ended());
}

#[test]
fn e_mails_and_the_service_s_words_are_not_kept() {
    let mut company = a_plan();
    company.account_name = "ana@northwind.example's account".into();
    assert!(company.names.members.values().any(|email| email.contains('@')));
    let folder = tempfile::tempdir().unwrap();
    let mut journal =
        Journal::begin(folder.path(), &run_id(), &company, Approval::default(), Now::default())
            .unwrap();
    let refused = Record::Moved { op: OpId(0), state: OpState::Refused(refusal()) };
    let unseen = Record::Moved { op: OpId(0), state: OpState::NotInEffect(Some(refusal())) };
    let paused = Record::Paused(Pause::Permission(refusal()));
    let end = End::Paused(Pause::Permission(refusal()));
    let (tally, may_land) = (Tally::default(), Vec::new());
    let ended = Record::Ended(Summary { end, tally, writes: 1, may_land });
    journal.keep(&[refused, unseen, paused, ended], Now::default()).unwrap();
    let text = fs::read_to_string(journal_file(folder.path(), &run_id())).unwrap();
    assert!(!text.contains('@'), "{text}");
    assert!(text.contains("1002") && text.contains("8f2a"), "the code and the ray are: {text}");
}

#[test]
fn what_was_typed_for_a_guard_follows_the_plan_and_of_an_e_mail_the_member_is_kept() {
    let removals = Override::new(GuardName::ManyRemovals, "120 removals");
    let me = Override {
        who: Some(member(1)),
        ..Override::new(GuardName::OwnAccess, "ana@northwind.example")
    };
    let approval = Approval { overrides: vec![removals, me], ..Approval::default() };
    let folder = tempfile::tempdir().unwrap();
    drop(Journal::begin(folder.path(), &run_id(), &a_plan(), approval, Now::default()).unwrap());
    let bytes = fs::read(journal_file(folder.path(), &run_id())).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains('@'));
    let story = Story::of(&bytes).unwrap();
    let Entry::Decision { overrides } = &story.lines.last().unwrap().entry else {
        panic!("{:?}", story.lines.last())
    };
    let (guard, typed) = (GuardName::ManyRemovals, Some("120 removals".to_owned()));
    let removals = Overridden { guard, typed, member: None };
    let me = Overridden { guard: GuardName::OwnAccess, typed: None, member: Some(member(1)) };
    assert_eq!(overrides, &[removals, me]);
    assert!(story.plan().is_some() && kept(&story).is_empty());
}

#[test]
fn no_line_is_longer_than_64_kib_however_large_the_plan() {
    let long: String = "\"\\é".repeat(60_000);
    let big = plan(&[create(0, &long), add(1, 1)]);
    let folder = tempfile::tempdir().unwrap();
    drop(
        Journal::begin(folder.path(), &run_id(), &big, Approval::default(), Now::default())
            .unwrap(),
    );
    let bytes = fs::read(journal_file(folder.path(), &run_id())).unwrap();
    let longest = bytes.split(|byte| *byte == b'\n').map(<[u8]>::len).max().unwrap();
    assert!(longest < 64 << 10, "{longest}");
    assert_eq!(Story::of(&bytes).unwrap().plan().unwrap().steps, big.steps);
}

/// The ends of the lines.
fn ends(bytes: &[u8]) -> Vec<usize> {
    (1..).zip(bytes).filter(|(_, byte)| **byte == b'\n').map(|(end, _)| end).collect()
}

#[test]
fn d9_cut_off_at_any_byte_it_reads_as_the_lines_that_are_whole_and_as_a_run_without_an_end() {
    let bytes = sample();
    let (ends, whole) = (ends(&bytes), Story::of(&bytes).unwrap());
    for cut in 0..bytes.len() {
        let story = Story::of(&bytes[..cut]).unwrap();
        let lines = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(story.lines, whole.lines[..lines], "{cut}");
        let valid = if lines == 0 { 0 } else { ends[lines - 1] };
        let rest = if valid == cut { Rest::Nothing } else { Rest::Torn };
        assert_eq!((story.bytes, story.rest), (valid, rest), "{cut}");
        assert!(!story.is_ended(), "{cut}");
    }
}

#[test]
fn d10_every_flipped_bit_is_found_where_it_is_and_what_stands_before_is_believed() {
    let records = records(&a_plan());
    let mut bytes = written(&[&records[..1], &records[3..5], &records[16..]].concat());
    let (ends, whole) = (ends(&bytes), Story::of(&bytes).unwrap());
    for place in 0..bytes.len() {
        for bit in 0..8 {
            bytes[place] ^= 1 << bit;
            let story = Story::of(&bytes).unwrap();
            let before = ends.iter().filter(|end| **end <= place).count();
            assert_eq!(story.lines, whole.lines[..before], "byte {place}, bit {bit}");
            // Only the last line feed, when it is gone, leaves a line that was not written to its end.
            let torn = place == bytes.len() - 1;
            assert_eq!(story.rest, if torn { Rest::Torn } else { Rest::Corrupt });
            assert!(!story.is_ended());
            bytes[place] ^= 1 << bit;
        }
    }
}

#[test]
fn d10_a_line_that_is_taken_out_moved_doubled_or_of_another_run_is_found() {
    let bytes = sample();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    for place in 0..lines.len() {
        let without: Vec<u8> = [&lines[..place], &lines[place + 1..]].concat().concat();
        let story = Story::of(&without).unwrap();
        let last = place == lines.len() - 1;
        assert_eq!(story.rest == Rest::Nothing, last, "only the end can be gone unseen: {place}");
        assert_eq!(story.lines.len(), place);
        assert!(!story.is_ended());
        let doubled = [&lines[..=place], &lines[place..]].concat().concat();
        assert_eq!(Story::of(&doubled).unwrap().rest, Rest::Corrupt);
        if place > 0 {
            let mut swapped = lines.clone();
            swapped.swap(place - 1, place);
            assert_eq!(Story::of(&swapped.concat()).unwrap().rest, Rest::Corrupt);
        }
    }
    let mut sum = Sum::default();
    let mut story = Story::of(&bytes).unwrap();
    story.lines[3].run = RunId::new(Timestamp::UNIX_EPOCH, 8);
    let mut forged = Vec::new();
    story.lines.iter().for_each(|line| sum.seal(line, &mut forged).unwrap());
    let story = Story::of(&forged).unwrap();
    assert_eq!((story.lines.len(), story.rest), (3, Rest::Corrupt));
}

#[test]
fn d10_a_line_that_was_changed_and_given_a_sum_of_its_own_is_found_by_the_one_after_it() {
    let bytes = sample();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let whole = Story::of(&bytes).unwrap();
    for place in 0..lines.len() {
        let (mut sum, mut line) = (Sum::default(), whole.lines[place].clone());
        lines[..place].iter().for_each(|line| drop(sum.open(&line[..line.len() - 1]).unwrap()));
        line.m += 1;
        let mut forged = Vec::new();
        sum.seal(&line, &mut forged).unwrap();
        let text = [&lines[..place], &[&forged], &lines[place + 1..]].concat().concat();
        let story = Story::of(&text).unwrap();
        assert_eq!(story.lines.len(), place + 1);
        assert_eq!(story.rest == Rest::Nothing, place == lines.len() - 1);
    }
}

#[test]
fn d10_a_whole_last_line_with_a_bad_sum_is_no_torn_one() {
    let mut bytes = sample();
    let at = bytes.len() - 10;
    bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
    let story = Story::of(&bytes).unwrap();
    assert_eq!(story.rest, Rest::Corrupt);
    let told = damage(Path::new("x.jsonl"), &story).unwrap();
    assert!(told.what.contains("changed after it was written"), "{told}");
    let torn = Story::of(&bytes[..bytes.len() - 1]).unwrap();
    assert!(damage(Path::new("x.jsonl"), &torn).unwrap().what.contains("breaks off"));
}

#[test]
fn d13_a_journal_of_a_later_version_is_left_alone_and_said_to_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.jsonl");
    let mut text = Vec::new();
    let later = serde_json::json!({ "v": 2, "new": ["form"] });
    Sum::default().seal(&later, &mut text).unwrap();
    write_whole(&path, &text).unwrap();
    let fault = Story::read(&path).unwrap_err();
    assert!(fault.what.contains("later cfiam (version 2"), "{fault}");
    assert_eq!(fs::read(&path).unwrap(), text);
    let mut story = Story::of(&sample()).unwrap();
    story.lines[4].v = 3;
    let (mut sum, mut text) = (Sum::default(), Vec::new());
    story.lines.iter().for_each(|line| sum.seal(line, &mut text).unwrap());
    assert_eq!(Story::of(&text), Err(Newer(3)), "also where it has gone on with an older one");
}

proptest! {
    #[test]
    fn reading_never_panics_and_believes_nothing_that_was_not_written(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..6),
    ) {
        let whole = sample();
        let mut bytes = whole.clone();
        for (at, byte, how) in edits {
            if bytes.is_empty() { break; }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        let story = Story::of(&bytes).unwrap();
        prop_assert_eq!(&bytes[..story.bytes], &whole[..story.bytes]);
        if bytes != whole {
            prop_assert!(!story.is_ended());
        }
    }

    #[test]
    fn reading_anything_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let story = Story::of(&bytes).unwrap();
        prop_assert!(story.lines.is_empty() && story.header().is_none() && story.plan().is_none());
    }
}
