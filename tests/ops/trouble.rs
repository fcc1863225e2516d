//! Runs on which requests go wrong.

use std::time::Duration;

use cfiam::domain::{Change, MemberId};
use cfiam::ops::Told;
use cfiam::plan::{End, OpState, Pause, Progress, Proof, Record, RunReport, Staging};

use crate::support::{company, company_with, options};

const ADDS: &str = "POST /accounts/*/iam/user_groups/*/members";
const REMOVALS: &str = "DELETE /accounts/*/iam/user_groups/*/members/*";

#[tokio::test]
async fn n10_an_add_whose_answer_is_lost_is_read_back_and_not_sent_again() {
    let mut company = company().await;
    let outs = company.outsiders("prod-dns", 2);
    company.stage_adds("prod-dns", &outs);
    company.trouble(&format!("{ADDS} 1: lose"));
    let ran = company.apply().await;
    assert_eq!(ran.states(), [&OpState::Done(Proof::ReadBack); 2]);
    assert_eq!(ran.writes(), 1);
    assert!(outs.iter().all(|member| company.holds("prod-dns", member)));
}

#[tokio::test]
async fn n10_a_removal_whose_answer_is_lost_is_read_back_and_not_sent_again() {
    let mut company = company().await;
    let ins = company.insiders("prod-dns", 1);
    company.stage_removals("prod-dns", &ins);
    company.trouble(&format!("{REMOVALS} 1: lose"));
    let ran = company.apply().await;
    assert_eq!((ran.states(), ran.writes()), (vec![&OpState::Done(Proof::ReadBack)], 1));
}

#[tokio::test]
async fn a_write_that_was_lost_without_effect_is_sent_again_only_after_reading_back() {
    let mut company = company().await;
    let ins = company.insiders("prod-dns", 1);
    company.stage_removals("prod-dns", &ins);
    company.trouble(&format!("{REMOVALS} 1: 502"));
    let ran = company.apply().await;
    assert_eq!(ran.tally().done, 1);
    let verbs = ran.verbs(&format!("/members/{}", ins[0]));
    let deletes: Vec<usize> = (0..verbs.len()).filter(|at| verbs[*at] == "DELETE").collect();
    assert_eq!(deletes.len(), 2, "{verbs:?}");
    let between = deletes[1] - deletes[0] - 1;
    assert!(between >= 5, "read back {between} times: {verbs:?}");
}

#[tokio::test]
async fn a_write_that_lands_late_is_seen_and_not_sent_again() {
    let mut company = company().await;
    let outs = company.outsiders("prod-dns", 1);
    company.stage_adds("prod-dns", &outs);
    company.trouble(&format!("{ADDS} 1: late=60"));
    let ran = company.apply().await;
    assert_eq!((ran.states(), ran.writes()), (vec![&OpState::Done(Proof::ReadBack)], 1));
}

#[tokio::test]
async fn a_group_whose_making_was_lost_is_found_by_its_name() {
    let mut company = company().await;
    let draft = company.staging.new_draft();
    let member = company.outsiders("prod-dns", 1).remove(0);
    company.stage(Change::Create { group: draft, name: "night-shift".into(), policies: vec![] });
    let group = cfiam::domain::GroupRef::Draft(draft);
    company.stage(Change::Add { group, member: member.clone() });
    company.trouble("POST /accounts/*/iam/user_groups 1: lose");
    let ran = company.apply().await;
    assert_eq!((ran.tally().done, ran.writes()), (2, 2), "{:?}", ran.states());
    assert!(company.holds("night-shift", &member));
}

#[tokio::test]
async fn a_rename_that_was_lost_without_effect_waits_for_the_person() {
    let mut company = company().await;
    let group = company.group("waf-tuning");
    let (from, to) = (group.name.clone(), "waf".into());
    company.stage(Change::Rename { group: group.id, from, to });
    company.trouble(
        "PUT /accounts/*/iam/user_groups/* 1: 409 code=1002 'message=a conflicting change'",
    );
    let ran = company.apply().await;
    assert_eq!(ran.writes(), 1);
    let states = ran.states();
    let [OpState::NotInEffect(Some(fault))] = states.as_slice() else { panic!("{states:?}") };
    assert!(fault.says("a conflicting change") && fault.what.contains("may still land"), "{fault}");
    assert!(fault.ray.is_some());
    let doubtful = |told: &Told| match told {
        Told::Run(RunReport::Doubtful(_, fault)) => fault.says("a conflicting change"),
        _ => false,
    };
    assert!(ran.told.iter().any(doubtful), "how it was answered is told while it is read back");
    let left: Vec<_> = company.staging.entries().collect();
    assert!(left.len() == 1 && left[0].tried.is_some(), "it stays staged with its reason");
}

#[tokio::test]
async fn a36_one_member_who_cannot_be_in_a_group_is_found_and_the_others_are_added() {
    let mut company = company().await;
    let fit: Vec<String> = company.server.people().into_iter().map(|(id, _)| id).collect();
    let unfit: MemberId = company
        .directory
        .members()
        .values()
        .find(|m| {
            m.status == cfiam::domain::MemberStatus::Accepted && !fit.contains(&m.id.to_string())
        })
        .map(|member| member.id.clone())
        .unwrap();
    let mut members = company.outsiders("prod-dns", 11);
    members.insert(5, unfit.clone());
    company.stage_adds("prod-dns", &members);
    let ran = company.apply().await;
    let tally = ran.tally();
    assert_eq!((tally.done, tally.refused), (11, 1), "{:?}", ran.states());
    assert!(!company.holds("prod-dns", &unfit));
    let left: Vec<_> = company.staging.entries().collect();
    assert_eq!(left.len(), 1);
    assert!(left[0].tried.as_ref().unwrap().reason.says("DSR"), "{left:?}");
}

#[tokio::test]
async fn a_group_that_an_identity_provider_keeps_is_refused_in_its_words_and_stays_staged() {
    let mut company = company().await;
    let outs = company.outsiders("okta-all-staff", 1);
    let others = company.outsiders("prod-dns", 1);
    company.stage_adds("okta-all-staff", &outs);
    company.stage_adds("prod-dns", &others);
    let ran = company.apply().await;
    assert_eq!((ran.tally().done, ran.tally().refused), (1, 1), "{:?}", ran.states());
    let refused = company.staging.entries().next().unwrap().tried.clone().unwrap().reason;
    assert!(refused.says("identity provider"), "{refused}");
}

#[tokio::test]
async fn a_throttled_write_is_sent_again_and_nothing_is_lost() {
    let mut company = company().await;
    let outs = company.outsiders("prod-dns", 1);
    company.stage_adds("prod-dns", &outs);
    company.trouble(&format!("{ADDS} 1-2: 429 retry-after=1"));
    let ran = company.apply().await;
    assert_eq!((ran.tally().done, ran.writes()), (1, 3));
}

#[tokio::test]
async fn a3_a_credential_that_may_only_read_is_stopped_by_the_first_write() {
    let mut company = company_with(options(), "reader").await;
    let ins = company.insiders("edge-ops", 4);
    company.stage_removals("edge-ops", &ins);
    let ran = company.apply().await;
    assert!(matches!(ran.summary.end, End::Paused(Pause::Permission(_))), "{:?}", ran.summary);
    assert_eq!((ran.writes(), ran.tally().refused, ran.tally().skipped), (1, 1, 3));
    assert_eq!(company.staging.len(), 4, "everything is still staged");
}

#[tokio::test]
async fn s14_a_right_that_is_taken_away_in_the_middle_pauses_the_run_and_what_was_done_is_counted()
{
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 5);
    company.stage_removals("edge-ops", &ins);
    company.trouble(&format!("{REMOVALS} 3-: 403 code=10000 'message=Authentication error'"));
    let ran = company.apply().await;
    assert!(matches!(ran.summary.end, End::Paused(Pause::Permission(_))), "{:?}", ran.summary);
    let tally = ran.tally();
    assert_eq!((ran.writes(), tally.done, tally.refused, tally.skipped), (3, 2, 1, 2));
    assert_eq!(company.staging.len(), 3, "what was not done is still staged");
    let left = ins.iter().filter(|member| company.holds("edge-ops", member)).count();
    assert_eq!(left, 3, "and what is called done is done");
}

#[tokio::test]
async fn a13_three_answers_lost_in_a_row_pause_the_run() {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 6);
    company.stage_removals("edge-ops", &ins);
    company.trouble(&format!("{REMOVALS}: apply 500"));
    let ran = company.apply().await;
    assert!(matches!(ran.summary.end, End::Paused(Pause::Unanswered(_))), "{:?}", ran.summary);
    assert_eq!((ran.writes(), ran.tally().done, ran.tally().skipped), (3, 3, 3));
}

#[tokio::test]
async fn a37_reads_that_lag_behind_do_not_make_an_accepted_change_a_failure() {
    let mut options = options();
    options.lag = std::time::Duration::from_millis(250);
    let mut company = company_with(options, "writer").await;
    let (ins, outs) = (company.insiders("edge-ops", 2), company.outsiders("prod-dns", 2));
    company.stage_removals("edge-ops", &ins);
    company.stage_adds("prod-dns", &outs);
    let ran = company.apply().await;
    assert_eq!((ran.tally().done, ran.writes()), (4, 3), "{:?}", ran.states());
}

#[tokio::test]
async fn n2_a_service_that_is_gone_pauses_the_run_and_everything_stays_staged() {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 2);
    company.stage_removals("edge-ops", &ins);
    std::sync::Arc::get_mut(&mut company.server).unwrap().stop();
    let ran = company.apply().await;
    assert!(matches!(ran.summary.end, End::Paused(Pause::Network(_))), "{:?}", ran.summary);
    assert_eq!((ran.tally().skipped, company.staging.len()), (2, 2));
}

#[tokio::test]
async fn s21_after_a_stop_nothing_is_sent_and_what_is_in_flight_is_settled() {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 5);
    company.stage_removals("edge-ops", &ins);
    company.trouble(&format!("{REMOVALS} 2: stall=200"));
    let (plan, mut received) = (company.plan(), company.received.clone());
    let second = async move {
        received.wait_for(|writes| *writes == 2).await.unwrap();
    };
    let ran = company.apply_until(plan, second).await;
    assert_eq!(ran.summary.end, End::Stopped);
    assert_eq!((ran.writes(), ran.tally().done, ran.tally().skipped), (2, 2, 3));
}

#[tokio::test]
async fn i8_a_stop_ends_the_wait_for_the_request_budget_and_what_waited_was_never_sent() {
    let mut company = company().await;
    let outs = company.outsiders("prod-dns", 2);
    company.stage_adds("prod-dns", &outs);
    company.trouble(&format!("{ADDS} 1: 429 retry-after=300"));
    let (plan, client) = (company.plan(), company.client.clone());
    let held_up = async move {
        while client.budget().waits.is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let ran = company.apply_until(plan, held_up).await;
    assert_eq!(ran.summary.end, End::Stopped);
    assert_eq!((ran.writes(), ran.tally().skipped), (1, 2), "{:?}", ran.states());
    let count = |is: fn(&Record) -> bool| ran.records().into_iter().filter(|it| is(it)).count();
    assert_eq!(count(|record| matches!(record, Record::Intent { .. })), 1);
    assert_eq!(count(|record| matches!(record, Record::Outcome { .. })), 1);
    let nobody_waits = async {
        while company.client.budget().waits.is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), nobody_waits).await.expect("it gave its place up");
}

#[tokio::test]
async fn a_write_that_was_held_up_for_longer_than_its_look_is_good_is_sent_after_another_look() {
    let mut company = company().await;
    let outs = company.outsiders("prod-dns", 1);
    company.stage_adds("prod-dns", &outs);
    company.trouble(&format!("{ADDS} 1: 429 retry-after=20"));
    let ran = company.apply().await;
    assert!(ran.tally().is_whole(), "{:?}", ran.states());
    let records = ran.records();
    let last = |is: fn(&Record) -> bool| records.iter().rposition(|record| is(record));
    let look = last(|record| matches!(record, Record::Before { .. }));
    let intent = last(|record| matches!(record, Record::Intent { .. }));
    assert_eq!(look.map(|at| at + 1), intent, "right before it is sent: {records:?}");
}

#[tokio::test]
async fn s21_what_has_no_answer_when_a_run_is_stopped_is_read_back_and_its_intent_stays_open() {
    for (trouble, lands) in [("apply hang", true), ("hang", false)] {
        let mut company = company().await;
        let ins = company.insiders("edge-ops", 5);
        company.stage_removals("edge-ops", &ins);
        company.trouble(&format!("{REMOVALS} 2: {trouble}"));
        let (plan, mut received) = (company.plan(), company.received.clone());
        let second = async move { drop(received.wait_for(|writes| *writes == 2).await) };
        let ran = company.apply_until(plan, second).await;
        assert_eq!((ran.summary.end.clone(), ran.writes()), (End::Stopped, 2));
        let states = ran.states();
        let as_it_is = match states[1] {
            OpState::Done(Proof::ReadBack) => lands,
            OpState::NotInEffect(_) => !lands,
            _ => false,
        };
        assert!(as_it_is, "{trouble}: {states:?}");
        assert_eq!((ran.tally().skipped, ran.summary.may_land.len()), (3, usize::from(!lands)));
        assert_eq!(company.story().open_intents().len(), 1, "the journal says that it was sent");
    }
}

#[expect(clippy::disallowed_methods, reason = "the server's clock is set beside the machine's")]
#[tokio::test]
async fn s15_a_clock_that_is_off_by_more_than_five_minutes_is_told_and_stops_nothing() {
    for (off, told) in [(0, false), (4 * 60, false), (24 * 3_600, true), (-24 * 3_600, true)] {
        let mut options = options();
        options.now = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(off);
        let mut company = company_with(options, "writer").await;
        let outs = company.outsiders("prod-dns", 1);
        company.stage_adds("prod-dns", &outs);
        let ran = company.apply().await;
        assert_eq!(ran.tally().done, 1, "{:?}", ran.states());
        let warned = ran.told.iter().find_map(|told| match told {
            Told::Run(RunReport::Warned(fault)) => Some(fault.what.as_str()),
            _ => None,
        });
        let where_to = if off > 0 { "ahead of" } else { "behind" };
        let words = format!(" min {where_to} the service's");
        assert_eq!(
            warned.is_some_and(|warned| warned.ends_with(&words)),
            told,
            "{off} s: {warned:?}"
        );
    }
}

#[tokio::test]
async fn a_refused_read_says_nothing_of_what_may_be_written() {
    let mut company = company().await;
    let outs = company.outsiders("prod-dns", 1);
    company.stage_adds("prod-dns", &outs);
    company.trouble(
        "GET /accounts/*/iam/user_groups/*: 403 code=10000 'message=Authentication error'",
    );
    let ran = company.apply().await;
    assert!(matches!(ran.summary.end, End::Paused(Pause::Network(_))), "{:?}", ran.summary);
    assert_eq!((ran.writes(), ran.tally().skipped), (0, 1));
}

#[tokio::test]
async fn what_was_meant_for_a_group_that_was_refused_is_not_made_and_stays_staged() {
    let mut company = company().await;
    let outs = company.outsiders("prod-dns", 1);
    let draft = company.staging.new_draft();
    company.stage(Change::Create { group: draft, name: "night-shift".into(), policies: vec![] });
    let group = cfiam::domain::GroupRef::Draft(draft);
    company.stage(Change::Add { group, member: outs[0].clone() });
    company.trouble("POST /accounts/*/iam/user_groups: 400 code=400 'message=no more groups'");
    let ran = company.apply().await;
    assert_eq!((ran.tally().refused, ran.tally().not_made), (1, 1), "{:?}", ran.states());
    let words: Vec<_> = ran.states().iter().map(|state| state.word()).collect();
    assert_eq!(words, ["refused", "not made"]);
    assert_eq!(company.staging.len(), 2);
}

#[tokio::test]
async fn a_group_that_was_made_by_a_run_without_an_end_is_not_staged_to_be_made_again() {
    let mut company = company().await;
    let outs = company.outsiders("prod-dns", 1);
    let draft = company.staging.new_draft();
    company.stage(Change::Create { group: draft, name: "night-shift".into(), policies: vec![] });
    let group = cfiam::domain::GroupRef::Draft(draft);
    company.stage(Change::Add { group, member: outs.first().unwrap().clone() });
    company.trouble(&format!("{ADDS}: stall=200"));
    let (plan, mut received) = (company.plan(), company.received.clone());
    let second = async move {
        received.wait_for(|writes| *writes == 2).await.unwrap();
    };
    let mut staging = company.staging.clone();
    let ran = company.apply_until(plan, second).await;
    // The console ends while the add is on its way: only what was told until then was kept.
    let mut progress = Progress::new(&ran.plan);
    for told in &ran.told {
        let Told::Run(report) = told else { continue };
        progress.absorb(report);
        progress.settle_moved(report, &ran.plan, &mut staging);
        if matches!(report, RunReport::Made(..)) {
            break;
        }
    }
    let restored = Staging::restore(staging.saved());
    let made = company.group("night-shift").id;
    let changes: Vec<_> = restored.changes().cloned().collect();
    assert_eq!(
        changes,
        [Change::Add { group: made.into(), member: outs.first().unwrap().clone() }]
    );
}
