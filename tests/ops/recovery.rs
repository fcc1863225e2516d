//! Runs whose program dies while a write is on its way, taken up from their journals: every kind of change, carried out
//! by the service or not.
#![expect(clippy::unwrap_used, reason = "everything here is part of a test")]

use std::sync::Arc;

use cfiam::domain::{Change, Fault, GroupRef, MemberStatus, PolicyEdit};
use cfiam::ops::{self, Told};
use cfiam::plan::{
    Approval, End, Event, OpState, Pause, Plan, Progress, Proof, Record, Run, RunReport, Summary,
    Tally, Timings,
};
use cfiam::store::journal::{For, Reopened, Rest, journal_file};
use cfiam::store::{Journal, Story};

use crate::support::{Company, RUN, company, run_id};

/// One change of each kind, two of some.
fn stage_all(company: &mut Company) {
    let (ins, outs) = (company.insiders("edge-ops", 2), company.outsiders("billing", 2));
    company.stage_removals("edge-ops", &ins);
    company.stage_adds("billing", &outs);
    let draft = company.staging.new_draft();
    company.stage(Change::Create { group: draft, name: "night-shift".into(), policies: vec![] });
    company.stage(Change::Add { group: GroupRef::Draft(draft), member: outs[0].clone() });
    let waf = company.group("waf-tuning");
    company.stage(Change::Rename { group: waf.id, from: waf.name, to: "waf".into() });
    let sandbox = company.group("sandbox-2024");
    company.stage(Change::Delete { group: sandbox.id, name: sandbox.name });
    company.stage(Change::Invite {
        email: "new.hire@northwind.example".into(),
        policies: vec![crate::runs::written(company, "billing")],
    });
    let members = company.directory.members();
    let accepted = |member: &&cfiam::domain::Member| member.status == MemberStatus::Accepted;
    let holder = members.values().filter(accepted).find(|m| !m.direct_policies().is_empty());
    let holder = holder.unwrap().clone();
    let waiting = members.values().find(|m| m.status == MemberStatus::Pending).unwrap().clone();
    let from: Vec<_> = holder.direct_policies().iter().map(|policy| policy.content()).collect();
    let mut to: Vec<PolicyEdit> = from.iter().cloned().map(PolicyEdit::Keep).collect();
    to.push(PolicyEdit::Write(crate::runs::written(company, "billing")));
    company.stage(Change::SetDirectPolicies { member: holder.id, from, to });
    let email = (&*waiting.email).into();
    company.stage(Change::RemoveMember { member: waiting.id, email, pending: true });
}

/// Carries a plan out until the service has received so many writes, and then dies. On one thread: what the service
/// does with a write it has done before the program is gone.
pub async fn dies(company: &mut Company, plan: &Plan, writes: usize) {
    let now = company.now();
    let mut journal =
        Journal::begin(company.folder.path(), &run_id(1), plan, Approval::default(), now).unwrap();
    let mut received = company.received.clone();
    let sink = |told: Told| match told {
        Told::Keep(records) => journal.keep(&records, now),
        _ => Ok(()),
    };
    let clock = company.clock();
    let timings = Timings::default().scaled(RUN);
    let plan = Arc::new(plan.clone());
    let never = std::future::pending::<()>();
    let run = ops::apply(&company.client, plan, run_id(1), timings, clock, never, sink);
    tokio::select! {
        () = run => panic!("it ends before {writes} writes"),
        received = received.wait_for(|received| *received >= writes) => drop(received.unwrap()),
    }
}

/// What came of taking a run up.
pub struct TakenUp {
    pub progress: Progress,
    summary: Summary,
    told: Vec<RunReport>,
}

impl TakenUp {
    fn tally(&self) -> Tally {
        self.progress.tally()
    }
}

/// Takes the run up from its journal.
pub async fn takes_up(company: &Company, how: Event) -> TakenUp {
    let what_for = if how == Event::Resume { For::GoingOn } else { For::Reading };
    let opened = Journal::reopen(company.folder.path(), &run_id(1), what_for).unwrap();
    let Reopened { mut journal, story, plan, .. } = opened;
    let (now, timings) = (company.now(), Timings::default().scaled(RUN));
    if how == Event::Resume {
        journal.keep(&[Record::Resumed(cfiam::domain::By::default())], now).unwrap();
    }
    let run = Run::restored(plan.clone(), run_id(1), timings, story.kept(), now);
    let (mut progress, mut told) = (Progress::new(&plan), Vec::new());
    let sink = |it: Told| -> Result<(), Fault> {
        match it {
            Told::Keep(records) => return journal.keep(&records, now),
            Told::Run(report) => {
                progress.absorb(&report);
                told.push(report);
            }
            Told::Load(_) | Told::Guards(..) => {}
        }
        Ok(())
    };
    let never = std::future::pending::<()>();
    ops::take_up(&company.client, run, how, company.clock(), never, sink).await;
    let ended = told.iter().rev().find_map(|report| match report {
        RunReport::Ended(summary) => Some(summary.clone()),
        _ => None,
    });
    TakenUp { progress, summary: ended.unwrap(), told }
}

/// The program dies at a write that the service carries out or not, is read back, dies again, is read back again, and
/// goes on.
async fn dies_at(write: usize, trouble: &str) -> bool {
    let mut company = company().await;
    stage_all(&mut company);
    let plan = company.plan();
    let writes = plan.steps.len();
    if write > writes {
        return false;
    }
    company.trouble(&format!("WRITE ** {write}: {trouble}"));
    dies(&mut company, &plan, write).await;
    let received = *company.received.borrow();
    let read = takes_up(&company, Event::Begin).await;
    let applied = trouble.starts_with("apply");
    let tally = read.tally();
    assert_eq!(tally.unknown + tally.running + tally.accepted, 0, "{write} {trouble}: {tally:?}");
    assert_eq!(tally.not_in_effect > 0, !applied, "{write} {trouble}: {tally:?}");
    let again = takes_up(&company, Event::Begin).await;
    assert_eq!(again.progress, read.progress, "{write} {trouble}: read back twice");
    assert_eq!(*company.received.borrow(), received, "{write} {trouble}: reads write nothing");
    let last = takes_up(&company, Event::Resume).await;
    assert!(last.tally().is_whole(), "{write} {trouble}: {:?}", last.progress);
    let story = Story::read(&journal_file(company.folder.path(), &run_id(1))).unwrap();
    assert!(story.is_ended() && story.rest == Rest::Nothing);
    let most = writes + usize::from(!applied);
    assert!(*company.received.borrow() <= most + 1, "{write} {trouble}: no more than needed");
    true
}

#[tokio::test]
async fn i11_a_program_that_dies_while_any_kind_of_write_is_carried_out_finds_it_done_and_does_the_rest()
 {
    let mut write = 1;
    while dies_at(write, "apply hang").await {
        write += 1;
    }
    assert!(write > 8, "{write}");
}

#[tokio::test]
async fn i11_a_program_that_dies_while_any_kind_of_write_is_lost_finds_it_not_done_and_does_it_when_told()
 {
    let mut write = 1;
    while dies_at(write, "hang").await {
        write += 1;
    }
    assert!(write > 8, "{write}");
}

#[tokio::test]
async fn a_run_that_is_closed_asks_the_service_nothing() {
    let mut company = company().await;
    stage_all(&mut company);
    let plan = company.plan();
    company.trouble("WRITE ** 3: apply hang");
    dies(&mut company, &plan, 3).await;
    let before = company.server.requests().len();
    let closed = takes_up(&company, Event::Close).await;
    assert_eq!(closed.summary.end, End::Closed);
    assert_eq!(company.server.requests().len(), before);
    assert!(
        closed.tally().unknown > 0,
        "what had no answer is called unknown: {:?}",
        closed.tally()
    );
}

#[tokio::test]
async fn a_membership_that_was_granted_anew_while_no_program_ran_is_not_removed() {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 1);
    company.stage_removals("edge-ops", &ins);
    let plan = company.plan();
    company.trouble("DELETE ** 1: apply hang");
    dies(&mut company, &plan, 1).await;
    let group = company.group("edge-ops").id.to_string();
    assert!(company.server.grant(&group, &ins[0].to_string()));
    let read = takes_up(&company, Event::Begin).await;
    assert_eq!(read.tally().conflict, 1, "{:?}", read.progress);
    let last = takes_up(&company, Event::Resume).await;
    assert_eq!(last.tally().conflict, 1, "{:?}", last.progress);
    assert!(company.holds("edge-ops", &ins[0]));
}

#[tokio::test]
async fn what_others_have_changed_while_no_program_ran_is_shown_and_the_run_does_not_go_on() {
    let mut company = company().await;
    let (ins, outs) = (company.insiders("edge-ops", 1), company.outsiders("billing", 1));
    company.stage_adds("billing", &outs);
    company.stage_removals("edge-ops", &ins);
    let plan = company.plan();
    company.trouble("POST ** 1: apply hang");
    dies(&mut company, &plan, 1).await;
    let group = company.group("edge-ops").id.to_string();
    assert!(company.server.revoke(&group, &ins[0].to_string()));
    assert!(company.server.grant(&group, &ins[0].to_string()));
    let last = takes_up(&company, Event::Resume).await;
    assert_eq!(last.summary.end, End::Drifted);
    let (_, said) = cfiam::app::outcome(&last.summary, false);
    assert!(said.starts_with("nothing more was sent: the account has changed"), "{said}");
    assert_eq!((last.tally().done, last.tally().conflict), (1, 1));
    assert!(company.holds("edge-ops", &ins[0]));
}

#[tokio::test]
async fn where_nothing_can_be_read_back_a_run_stays_unknown_and_can_be_read_back_later() {
    let mut company = company().await;
    let outs = company.outsiders("billing", 1);
    company.stage_adds("billing", &outs);
    let plan = company.plan();
    company.trouble("POST ** 1: apply hang");
    dies(&mut company, &plan, 1).await;
    // All reads below the group fail, for a while.
    company.trouble("GET **: 503");
    let read = takes_up(&company, Event::Begin).await;
    assert_eq!((read.tally().unknown, &read.summary.end), (1, &End::BrokenOff));
    let told = |report: &RunReport| matches!(report, RunReport::Pausing(Pause::Network(_)));
    assert!(read.told.iter().any(told), "{:?}", read.told);
    company.server.clear_faults();
    let last = takes_up(&company, Event::Begin).await;
    let states: Vec<&OpState> = plan.ops().map(|op| last.progress.op(op.id)).collect();
    assert_eq!(states, [&OpState::Done(Proof::ReadBack)]);
    assert_eq!(last.summary.end, End::Finished);
}
