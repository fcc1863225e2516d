//! What a run's journal holds on a real disk, when a write is received and at the end. And runs whose journal fails.
#![expect(clippy::disallowed_methods, reason = "one of the tests has a slow disk")]

use std::collections::BTreeSet;
use std::time::Duration;

use cfiam::domain::{Change, Fault, FaultKind, GroupRef};
use cfiam::ops::Told;
use cfiam::plan::{Class, End, OpState, Pause, Presence, Record, RunReport, SkipWhy};
use cfiam::store::journal::{Entry, Line};

use crate::support::{Company, Ran, company};

const REMOVALS: &str = "DELETE /accounts/*/iam/user_groups/*/members/*";

/// All kinds of changes; the adds in two calls.
fn stage_much(company: &mut Company) {
    let (ins, outs) = (company.insiders("edge-ops", 2), company.outsiders("billing", 60));
    company.stage_removals("edge-ops", &ins);
    company.stage_adds("billing", &outs);
    let draft = company.staging.new_draft();
    company.stage(Change::Create { group: draft, name: "night-shift".into(), policies: vec![] });
    for member in outs.iter().take(2) {
        company.stage(Change::Add { group: GroupRef::Draft(draft), member: member.clone() });
    }
    let waf = company.group("waf-tuning");
    company.stage(Change::Rename { group: waf.id, from: waf.name, to: "waf".into() });
    let sandbox = company.group("sandbox-2024");
    company.stage(Change::Delete { group: sandbox.id, name: sandbox.name });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_a_write_arrives_its_intent_is_on_the_disk_already_and_is_the_only_one_that_names_it()
{
    let mut company = company().await;
    stage_much(&mut company);
    let plan = company.plan();
    // A slow disk: a request that doesn't wait for it arrives before the intent is there.
    let slow = |_: &[Record]| {
        std::thread::sleep(Duration::from_millis(20));
        Ok(())
    };
    let ran = company.apply_kept(plan, std::future::pending(), slow).await;
    assert!(ran.tally().is_whole(), "{:?}", ran.states());
    assert!(ran.writes() >= 8 && company.witness.found().is_empty());
}

#[tokio::test]
async fn when_writes_are_lost_refused_and_sent_again_each_sending_has_its_intent_before() {
    let mut company = company().await;
    stage_much(&mut company);
    for trouble in [
        format!("{REMOVALS} 1: 502"),
        "POST /accounts/*/iam/user_groups/*/members 2: 400 code=1002".to_owned(),
        "POST /accounts/*/iam/user_groups 1: lose".to_owned(),
    ] {
        company.trouble(&trouble);
    }
    let ran = company.apply().await;
    assert!(ran.writes() > ran.plan.calls.writes, "something was sent again");
    assert_eq!(company.witness.found(), Vec::<String>::new());
    let story = company.story();
    let intents = story.lines.iter().filter(|line| matches!(line.entry, Entry::Intent(_))).count();
    assert_eq!((intents, story.open_intents().len()), (ran.writes(), 0));
}

#[tokio::test]
async fn the_journal_has_the_plan_what_was_there_and_where_each_operation_has_come_to_stand() {
    let mut company = company().await;
    stage_much(&mut company);
    let ran = company.apply().await;
    let story = company.story();
    assert_eq!(story.plan().unwrap().steps, ran.plan.steps);
    let mut states = vec![OpState::Waiting; ran.plan.ops().count()];
    let mut since_when = BTreeSet::new();
    for record in story.lines.iter().filter_map(|line| line.entry.record()) {
        match record {
            Record::Moved { op, state } => states[op.0 as usize] = state,
            Record::Before { op, state, presence } => {
                states[op.0 as usize] = state;
                if let Some(Presence::In { since: Some(_) }) = presence {
                    since_when.insert(op);
                }
            }
            _ => {}
        }
    }
    assert_eq!(states.iter().collect::<Vec<_>>(), ran.states());
    let removals = ran.plan.ops().filter(|op| matches!(op.change, Change::Remove { .. }));
    assert_eq!(since_when, removals.map(|op| op.id).collect(), "since when they were in the group");
    let made = company.group("night-shift").id;
    let names_it = |line: &Line| matches!(&line.entry, Entry::Made { group, .. } if *group == made);
    assert!(story.lines.iter().any(names_it));
    let text = std::fs::read_to_string(company.journal()).unwrap();
    assert!(!text.contains('@'), "no e-mail");
}

/// The journal's last word on a run, which must be the run's own.
fn end_of(company: &Company, ran: &Ran) -> End {
    let story = company.story();
    assert!(story.is_ended(), "{:?}", story.lines.last());
    let last = story.lines.last().and_then(|line| line.entry.record());
    let Some(Record::Ended(summary)) = last else { panic!("{last:?}") };
    assert_eq!((summary.tally, summary.writes), (ran.summary.tally, ran.summary.writes));
    summary.end
}

#[tokio::test]
async fn a_run_that_finished_has_its_end_in_its_journal_with_the_code_of_a_refusal_and_not_its_words()
 {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 3);
    company.stage_removals("edge-ops", &ins);
    company.trouble(&format!("{REMOVALS} 2: 400 code=1002 'message=ana@northwind.example'"));
    let ran = company.apply().await;
    assert_eq!((end_of(&company, &ran), ran.tally().refused), (End::Finished, 1));
    let text = std::fs::read_to_string(company.journal()).unwrap();
    assert!(text.contains("1002") && !text.contains("ana@"), "{text}");
}

#[tokio::test]
async fn a_run_that_had_nothing_to_do_has_its_end_in_its_journal() {
    let mut company = company().await;
    let ran = company.apply().await;
    assert_eq!(end_of(&company, &ran), End::Finished);
}

#[tokio::test]
async fn a_run_that_sent_nothing_because_the_account_had_changed_has_its_end_in_its_journal() {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 1);
    company.stage_removals("edge-ops", &ins);
    let group = company.group("edge-ops").id.to_string();
    assert!(company.server.rename_group(&group, "theirs"));
    let ran = company.apply().await;
    assert_eq!((end_of(&company, &ran), ran.writes()), (End::Drifted, 0));
}

#[tokio::test]
async fn a_run_that_could_not_go_on_has_its_end_and_the_reason_in_its_journal() {
    for trouble in [
        "GET /accounts/*/iam/user_groups/*: 500".to_owned(),
        format!("{REMOVALS}: 403"),
        format!("{REMOVALS}: 401"),
    ] {
        let mut company = company().await;
        let ins = company.insiders("edge-ops", 2);
        company.stage_removals("edge-ops", &ins);
        company.trouble(&trouble);
        let ran = company.apply().await;
        let End::Paused(pause) = end_of(&company, &ran) else { panic!("{:?}", ran.summary) };
        let End::Paused(told) = &ran.summary.end else { panic!("{:?}", ran.summary) };
        assert_eq!(pause.fault().what, told.fault().what);
    }
}

#[tokio::test]
async fn a_run_that_was_stopped_has_its_end_in_its_journal() {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 5);
    company.stage_removals("edge-ops", &ins);
    let mut received = company.received.clone();
    let stop = async move { drop(received.wait_for(|writes| *writes > 0).await) };
    let plan = company.plan();
    let ran = company.apply_until(plan, stop).await;
    assert_eq!(end_of(&company, &ran), End::Stopped);
}

fn full() -> Fault {
    Fault::new(FaultKind::Disk, "writing the journal x: no space left", "make room")
}

#[tokio::test]
async fn d2_d4_whichever_record_can_t_be_kept_nothing_is_sent_after_it_and_the_run_ends_for_it() {
    let mut at = 0;
    loop {
        let mut company = company().await;
        let (ins, outs) = (company.insiders("edge-ops", 3), company.outsiders("billing", 3));
        company.stage_removals("edge-ops", &ins);
        company.stage_adds("billing", &outs);
        let (plan, mut calls, mut failed) = (company.plan(), 0, false);
        let (mut intents, mut last) = (0, None);
        let ran = company
            .apply_kept(plan, std::future::pending(), |records| {
                last = records.last().cloned();
                calls += 1;
                failed = calls > at;
                if failed {
                    // A disk with room again doesn't change it.
                    return if calls == at + 1 { Err(full()) } else { Ok(()) };
                }
                intents += records.iter().filter(|r| matches!(r, Record::Intent { .. })).count();
                Ok(())
            })
            .await;
        if !failed {
            assert!(at > 8, "{at}");
            assert_eq!(ran.summary.end, End::Finished);
            return;
        }
        // What another place may keep is handed on to the end.
        assert!(matches!(last, Some(Record::Ended(_))), "with {at} kept: {last:?}");
        assert_eq!(ran.writes(), intents, "with {at} kept: as many writes as intents were kept");
        assert_eq!(ran.summary.writes as usize, intents);
        assert_eq!(ran.summary.end, End::Paused(Pause::Disk(full())), "with {at} kept");
        let settled = ran.tally().done + ran.tally().skipped;
        assert_eq!(settled, 6, "what was sent is read back, the rest skipped: {:?}", ran.states());
        for (op, state) in ran.plan.ops().zip(ran.states()) {
            let Some(member) = op.change.member() else { continue };
            let (group, wanted) = match op.change {
                Change::Add { .. } => ("billing", true),
                _ => ("edge-ops", false),
            };
            let is_so = company.holds(group, member) == wanted;
            assert_eq!(is_so, state.holds(), "with {at} kept: {op:?} {state:?}");
            assert!(is_so || *state == OpState::Skipped(SkipWhy::Paused), "{state:?}");
        }
        let told = |told: &Told| matches!(told, Told::Run(RunReport::Pausing(Pause::Disk(_))));
        let ends = ran.tally().skipped == 0;
        assert!(ends || ran.told.iter().any(told), "the person is told at once");
        at += 1;
    }
}

#[tokio::test]
async fn d2_a_write_in_flight_when_the_journal_fails_is_settled_and_the_other_group_s_is_not_sent()
{
    let mut company = company().await;
    let (ins, outs) = (company.insiders("edge-ops", 4), company.outsiders("billing", 1));
    company.stage_removals("edge-ops", &ins);
    company.stage_adds("billing", &outs);
    company.trouble(&format!("{REMOVALS} 1: lose"));
    let plan = company.plan();
    let mut intents = 0;
    let ran = company
        .apply_kept(plan, std::future::pending(), |records| {
            // The answer of the first removal is lost; that it is can't be kept.
            intents += records.iter().filter(|r| matches!(r, Record::Intent { .. })).count();
            let lost =
                |record: &Record| matches!(record, Record::Outcome { class: Class::Unknown, .. });
            if records.iter().any(lost) { Err(full()) } else { Ok(()) }
        })
        .await;
    assert_eq!(ran.summary.end, End::Paused(Pause::Disk(full())));
    assert_eq!((ran.writes(), intents), (2, 2));
    assert_eq!((ran.tally().done, ran.tally().skipped), (2, 3), "{:?}", ran.states());
}
