//! What the answer to a write says, and what is made of it: only what was read back is believed.

use std::time::Duration;

use cfiam::domain::{Collection, FaultKind, MemberId};
use cfiam::emulator::Shapes;
use cfiam::ops::Told;
use cfiam::plan::{Conflict, End, Gone, OpState, Pause, Presence, Proof, Record};

use crate::support::{Company, Ran, company, company_with, options};

const ADDS: &str = "POST /accounts/*/iam/user_groups/*/members";
const REMOVALS: &str = "DELETE /accounts/*/iam/user_groups/*/members/*";
const READ_BACK: OpState = OpState::Done(Proof::ReadBack);

/// Adds one member to a group, or removes one from it, and what happens to the first such call.
async fn one(adds: bool, trouble: &str) -> (Company, Ran, MemberId) {
    let mut company = company().await;
    let member = if adds {
        let member = company.outsiders("prod-dns", 1).remove(0);
        company.stage_adds("prod-dns", std::slice::from_ref(&member));
        company.trouble(&format!("{ADDS} 1: {trouble}"));
        member
    } else {
        let member = company.insiders("prod-dns", 1).remove(0);
        company.stage_removals("prod-dns", std::slice::from_ref(&member));
        company.trouble(&format!("{REMOVALS} 1: {trouble}"));
        member
    };
    let ran = company.apply().await;
    (company, ran, member)
}

/// The verbs about a member and the group's list of members, in order.
fn read_between_writes(ran: &Ran) -> Vec<usize> {
    let verbs = ran.verbs("/members");
    let mut reads = Vec::new();
    for verb in verbs {
        match (verb, reads.last_mut()) {
            ("GET", Some(count)) => *count += 1,
            ("GET", None) => {}
            _ => reads.push(0),
        }
    }
    reads
}

#[tokio::test]
async fn s1_a_write_that_took_effect_and_was_never_answered_is_read_back_and_done() {
    for adds in [true, false] {
        let (company, ran, member) = one(adds, "apply hang").await;
        assert_eq!((ran.states(), ran.writes()), (vec![&READ_BACK], 1));
        assert_eq!(company.holds("prod-dns", &member), adds);
        // What was there before is written down: whose doing it is can be told later.
        let before = ran.told.iter().find_map(|told| match told {
            Told::Keep(records) => records.iter().find_map(|record| match record {
                Record::Before { presence, .. } => *presence,
                _ => None,
            }),
            _ => None,
        });
        assert_eq!(matches!(before, Some(Presence::In { .. })), !adds, "{before:?}");
    }
}

#[tokio::test]
async fn s2_a_write_without_effect_that_was_never_answered_is_sent_once_more_when_it_is_settled() {
    for adds in [true, false] {
        let (company, ran, member) = one(adds, "hang").await;
        assert_eq!((ran.tally().done, ran.writes()), (1, 2), "{:?}", ran.states());
        assert_eq!(company.holds("prod-dns", &member), adds);
        let reads = read_between_writes(&ran);
        assert!(reads[0] >= 5, "read back {reads:?}");
    }
}

#[tokio::test]
async fn a1_a_credential_that_is_refused_ends_the_run_at_once_and_everything_stays_staged() {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 4);
    company.stage_removals("edge-ops", &ins);
    company.trouble(&format!("{REMOVALS} 2-: 401"));
    let ran = company.apply().await;
    let End::Paused(Pause::Credential(fault)) = &ran.summary.end else {
        panic!("{:?}", ran.summary)
    };
    // Its check says that it is good: neither that it lacks something nor that it is bad is known.
    assert!(fault.what.contains("though the credential is said to be good"), "{fault}");
    assert!(fault.remedy.contains("Account Settings Write"), "{fault}");
    // Nothing can be read any more either: the first is called accepted, and not more.
    let tally = ran.tally();
    assert_eq!((tally.accepted, tally.refused, tally.skipped), (1, 1, 2), "{:?}", ran.states());
    assert_eq!((ran.writes(), company.staging.len()), (2, 4));
    let refused = ran.requests.iter().position(|request| request.status == Some(401)).unwrap();
    let after = ran.requests.len() - refused - 1;
    assert!(after <= 3, "{after} requests after the refusal");
}

#[tokio::test]
async fn a4_a_write_to_a_group_that_is_not_found_is_about_the_group_only_if_that_is_gone() {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 3);
    company.stage_removals("edge-ops", &ins);
    company.trouble(&format!("{REMOVALS} 2: delay=1000"));
    let (server, mut received) = (company.server.clone(), company.received.clone());
    let group = company.group("edge-ops").id.to_string();
    let someone_else = async move {
        received.wait_for(|writes| *writes == 2).await.unwrap();
        assert!(server.delete_group(&group));
        std::future::pending::<()>().await;
    };
    let plan = company.plan();
    let ran = company.apply_until(plan, someone_else).await;
    let gone = OpState::Gone(Gone::Group);
    assert_eq!(ran.states()[1..], [&gone, &gone], "{:?}", ran.states());
    assert_eq!((ran.summary.end.clone(), ran.writes()), (End::Finished, 2));
    // And where the group is there, the one change is refused and the others go on.
    let mut company = self::company().await;
    let ins = company.insiders("edge-ops", 2);
    company.stage_removals("edge-ops", &ins);
    company.trouble(&format!("{REMOVALS} 1: 404 code=1003 'message=not to be found'"));
    let ran = company.apply().await;
    let states = ran.states();
    let [OpState::Refused(fault), OpState::Done(_)] = states[..] else { panic!("{states:?}") };
    assert!(fault.says("not to be found"), "{fault}");
}

#[tokio::test]
async fn a5_a_removal_of_someone_who_is_not_found_is_already_so_if_the_group_is_there() {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 1);
    company.stage_removals("edge-ops", &ins);
    company.trouble(&format!("{REMOVALS} 1: delay=1000"));
    let (server, mut received) = (company.server.clone(), company.received.clone());
    let (group, member) = (company.group("edge-ops").id.to_string(), ins[0].to_string());
    let someone_else = async move {
        received.wait_for(|writes| *writes == 1).await.unwrap();
        assert!(server.revoke(&group, &member));
        std::future::pending::<()>().await;
    };
    let plan = company.plan();
    let ran = company.apply_until(plan, someone_else).await;
    assert_eq!((ran.states(), ran.writes()), (vec![&OpState::AlreadySo], 1));
    assert_eq!(ran.requests.iter().find(|r| r.writes()).unwrap().status, Some(404));
    assert!(company.staging.is_empty());
}

#[tokio::test]
async fn a5_a_removal_of_someone_who_is_not_found_is_already_so_also_where_reads_lag_behind() {
    let mut options = options();
    // Twice as long as it takes until the first look, and shorter than it is looked for.
    options.lag = Duration::from_millis(120);
    let mut company = company_with(options, "writer").await;
    let ins = company.insiders("edge-ops", 2);
    company.stage_removals("edge-ops", &ins);
    company.trouble(&format!("{REMOVALS} 1: delay=500"));
    let (server, mut received) = (company.server.clone(), company.received.clone());
    let group = company.group("edge-ops").id.to_string();
    let first = company.plan().ops().next().unwrap().change.member().unwrap().to_string();
    let someone_else = async move {
        received.wait_for(|writes| *writes == 1).await.unwrap();
        tokio::time::sleep(Duration::from_millis(480)).await;
        assert!(server.revoke(&group, &first));
        std::future::pending::<()>().await;
    };
    let plan = company.plan();
    let ran = company.apply_until(plan, someone_else).await;
    let states = ran.states();
    assert!(matches!(states[..], [OpState::AlreadySo, OpState::Done(_)]), "{states:?}");
    assert_eq!(ran.requests.iter().find(|r| r.writes()).unwrap().status, Some(404));
    let reads = read_between_writes(&ran);
    assert!(reads[0] > 1, "it was seen in the group at first: {reads:?}");
}

#[tokio::test]
async fn a5_who_is_not_found_and_is_there_to_the_end_is_refused_and_not_sent_again() {
    let (company, ran, member) = one(false, "404").await;
    assert_eq!((ran.tally().refused, ran.writes()), (1, 1), "{:?}", ran.states());
    assert!(company.holds("prod-dns", &member));
}

#[tokio::test]
async fn a6_a_conflict_may_be_the_echo_of_our_own_success_and_is_read_back_before_anything_else() {
    for adds in [true, false] {
        let (_, ran, _) = one(adds, "apply 409").await;
        assert_eq!((ran.states(), ran.writes()), (vec![&READ_BACK], 1));
        let (company, ran, member) = one(adds, "409").await;
        assert_eq!((ran.tally().done, ran.writes()), (1, 2), "{:?}", ran.states());
        assert!(read_between_writes(&ran)[0] >= 5, "{:?}", read_between_writes(&ran));
        assert_eq!(company.holds("prod-dns", &member), adds);
    }
}

#[tokio::test]
async fn a6_what_someone_else_has_granted_anew_after_a_conflict_is_not_removed() {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 1);
    company.stage_removals("edge-ops", &ins);
    company.trouble(&format!("{REMOVALS} 1: 409 delay=500"));
    let (server, mut received) = (company.server.clone(), company.received.clone());
    let (group, member) = (company.group("edge-ops").id.to_string(), ins[0].to_string());
    let someone_else = async move {
        received.wait_for(|writes| *writes == 1).await.unwrap();
        assert!(server.revoke(&group, &member) && server.grant(&group, &member));
        std::future::pending::<()>().await;
    };
    let plan = company.plan();
    let ran = company.apply_until(plan, someone_else).await;
    let states = ran.states();
    assert!(matches!(states[..], [OpState::Conflict(Conflict::GrantedAnew(_))]), "{states:?}");
    assert!(ran.writes() == 1 && company.holds("edge-ops", &ins[0]));
}

/// Removes six from one group and adds one to another, where the service asks once to wait.
async fn told_to_wait(seconds: u32) -> Company {
    let mut company = company().await;
    let (ins, outs) = (company.insiders("edge-ops", 6), company.outsiders("prod-dns", 1));
    company.stage_removals("edge-ops", &ins);
    company.stage_adds("prod-dns", &outs);
    company.trouble(&format!("{REMOVALS} 1: 429 retry-after={seconds}"));
    company
}

#[tokio::test]
async fn a7_after_a_429_all_who_send_keep_still_for_as_long_as_it_asks_and_then_go_on() {
    // Two seconds, as all waits of the client are shorter here.
    let mut company = told_to_wait(40).await;
    let ran = company.apply().await;
    assert_eq!(ran.tally().done, 7, "{:?}", ran.states());
    let refused = ran.requests.iter().position(|request| request.status == Some(429)).unwrap();
    let (until, after) =
        (ran.requests[refused].at + Duration::from_secs(2), &ran.requests[refused + 1..]);
    let meanwhile = after.iter().filter(|request| request.at < until).count();
    assert!(meanwhile <= 2, "{meanwhile} requests came while it should have waited");
    assert!(after.len() > 8, "and the rest came later: {}", after.len());
}

#[tokio::test]
async fn a7_a_run_that_waits_because_it_was_told_to_can_be_stopped() {
    let mut company = told_to_wait(600).await;
    let (plan, mut received) = (company.plan(), company.received.clone());
    // The add comes first.
    let second = async move { drop(received.wait_for(|writes| *writes == 2).await) };
    let ran = company.apply_until(plan, second).await;
    assert_eq!(ran.summary.end, End::Stopped);
    assert_eq!((ran.writes(), ran.tally().skipped), (2, 6), "{:?}", ran.states());
}

#[tokio::test]
async fn a14_a_success_that_says_it_is_none_is_a_refusal_in_its_own_words() {
    let no = r#"{"success":false,"errors":[{"code":1007,"message":"not tonight"}],"result":null}"#;
    for adds in [true, false] {
        let (company, ran, member) = one(adds, &format!("200 'body={no}'")).await;
        let states = ran.states();
        let [OpState::Refused(fault)] = states[..] else { panic!("{states:?}") };
        assert!(fault.says("not tonight") && fault.codes().eq([1007]), "{fault}");
        assert_eq!((ran.writes(), company.holds("prod-dns", &member)), (1, !adds));
    }
    // Carried out all the same: that is seen, and not called refused.
    let (_, ran, _) = one(true, &format!("apply 200 'body={no}'")).await;
    assert_eq!(ran.states(), [&OpState::Done(Proof::DespiteRefusal)]);
}

#[tokio::test]
async fn a15_a_write_whose_answer_does_not_say_whether_it_worked_is_read_back_and_a_read_is_none() {
    for adds in [true, false] {
        let (_, ran, _) = one(adds, "drop=/success").await;
        assert_eq!((ran.states(), ran.writes()), (vec![&READ_BACK], 1));
    }
    let mut company = company().await;
    company.trouble("GET /accounts/*/iam/user_groups: drop=/success");
    let read = company.list(Collection::Groups).await;
    assert_eq!(read.unwrap_err().kind, FaultKind::Unreadable);
}

#[tokio::test]
async fn a18_whatever_the_body_of_a_success_holds_what_is_read_back_counts() {
    let shapes =
        ["stall=0", "set=/result={}", "set=/result=[]", "set=/result=null", "set=/result=\"x\""];
    for shape in shapes {
        for adds in [true, false] {
            let (company, ran, member) = one(adds, shape).await;
            let seen = OpState::Done(Proof::Seen);
            assert_eq!((ran.states(), ran.writes()), (vec![&seen], 1), "{shape}");
            assert_eq!(company.holds("prod-dns", &member), adds);
        }
    }
    let mut options = options();
    options.shapes = Shapes::Documented;
    let mut company = company_with(options, "writer").await;
    let outs = company.outsiders("prod-dns", 3);
    company.stage_adds("prod-dns", &outs);
    let ran = company.apply().await;
    assert_eq!((ran.tally().done, ran.writes()), (3, 1), "{:?}", ran.states());
}

#[tokio::test]
async fn a18_a_success_whose_body_claims_what_is_not_so_is_not_called_done() {
    for adds in [true, false] {
        let claim = r#"{"success":true,"errors":[],"messages":[],"result":[]}"#;
        let (company, ran, member) = one(adds, &format!("200 'body={claim}'")).await;
        let states = ran.states();
        assert!(matches!(states[..], [OpState::NotInEffect(_)]), "{states:?}");
        assert_eq!((ran.writes(), company.holds("prod-dns", &member)), (1, !adds));
    }
}

#[tokio::test]
async fn a35_of_a_success_that_took_only_some_in_the_others_are_told_as_not_in_effect() {
    let mut company = company().await;
    let outs = company.outsiders("prod-dns", 4);
    company.stage_adds("prod-dns", &outs);
    company.trouble(&format!("{ADDS} 1: part=1"));
    let ran = company.apply().await;
    assert_eq!((ran.tally().done, ran.tally().not_in_effect), (1, 3), "{:?}", ran.states());
    for (op, state) in ran.plan.ops().zip(ran.states()) {
        let member = op.change.member().unwrap();
        assert_eq!(company.holds("prod-dns", member), state.holds(), "{state:?}");
    }
    assert_eq!((ran.writes(), company.staging.len()), (1, 3), "what is not in effect stays staged");
}

#[tokio::test]
async fn a37_reads_that_are_stale_when_an_answer_is_lost_do_not_have_it_sent_twice() {
    let mut options = options();
    options.lag = Duration::from_millis(100);
    let mut company = company_with(options, "writer").await;
    let outs = company.outsiders("prod-dns", 1);
    company.stage_adds("prod-dns", &outs);
    company.trouble(&format!("{ADDS} 1: lose"));
    let ran = company.apply().await;
    assert_eq!((ran.states(), ran.writes()), (vec![&READ_BACK], 1));
}
