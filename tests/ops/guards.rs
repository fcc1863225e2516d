//! Runs beside which somebody else takes away what guards rest on, between the confirmation and the first write.
#![expect(clippy::unwrap_used, reason = "everything here is part of a test")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use cfiam::api::policy_body;
use cfiam::domain::{
    Access, Change, Directory, Fault, Group, GroupRef, MemberId, MemberStatus, PolicyDraft,
    TwoFactor,
};
use cfiam::ops::{self, Desk, Told};
use cfiam::plan::{
    Approval, End, Event, OpId, Override, Pause, Plan, Rules, Run, RunReport, Summary, Timings,
    Verdict, Witness,
};
use cfiam::store::Journal;

use crate::support::{Company, RUN, company, run_id};

/// Who knows the account, as console and command line do.
struct Knows {
    directory: Directory,
    plan: Plan,
    overrides: Vec<Override>,
    told: Sender<Told>,
    journal: Journal,
    now: cfiam::domain::Now,
}

impl Desk for Knows {
    fn tell(&mut self, what: Told) -> Result<(), Fault> {
        if let Told::Load(load) = &what {
            self.directory.absorb(load.clone(), self.now);
        }
        let kept = match &what {
            Told::Keep(records) => self.journal.keep(records, self.now),
            _ => Ok(()),
        };
        let _ = self.told.send(what);
        kept
    }

    async fn guards(&mut self, ops: &[OpId], read: &BTreeSet<Witness>) -> Verdict {
        let plan = self.plan.only(|op| ops.contains(&op));
        let since = self.now.wall;
        Verdict::of(&plan, &self.directory, &Rules::default(), &self.overrides, read, since)
    }
}

/// Carries a plan out with the guards looked at again; its end, and how many requests reached the server.
async fn guarded(company: &Company, plan: &Plan, how: Option<Run>) -> (Summary, Vec<String>) {
    let before = company.server.requests().len();
    let (told, all) = channel();
    let (folder, now) = (company.folder.path(), company.now());
    let desk = Knows {
        directory: company.directory.clone(),
        plan: plan.clone(),
        overrides: Vec::new(),
        told,
        journal: Journal::begin(folder, &run_id(1), plan, Approval::default(), now).unwrap(),
        now,
    };
    let (clock, never) = (company.clock(), std::future::pending());
    match how {
        None => {
            let timings = Timings::default().scaled(RUN);
            let plan = Arc::new(plan.clone());
            Box::pin(ops::apply(&company.client, plan, run_id(1), timings, clock, never, desk))
                .await;
        }
        Some(run) => {
            Box::pin(ops::take_up(&company.client, run, Event::Resume, clock, never, desk)).await;
        }
    }
    let requests = company.server.requests().split_off(before);
    let lines = requests.iter().map(|request| format!("{} {}", request.method, request.path));
    let end = all.try_iter().find_map(|told| match told {
        Told::Run(RunReport::Ended(summary)) => Some(summary),
        _ => None,
    });
    (end.unwrap(), lines.collect())
}

/// `edge-ops` makes Super Administrators of two who are in it, one of whom is to leave it; the only other one with 2FA
/// is one directly.
async fn company_of_three() -> (Company, Plan, MemberId) {
    let mut company = company().await;
    let counts = |row: &&cfiam::domain::Member| {
        row.status == MemberStatus::Accepted && row.two_factor == TwoFactor::On
    };
    let policies = |row: &cfiam::domain::Member| row.direct_policies().to_vec();
    let is_super = |policy: &Arc<cfiam::domain::Policy>| {
        policy.permission_groups.iter().any(|group| group.name.starts_with("Super Administrator"))
    };
    let members = company.directory.members();
    let (direct, policy) = members
        .values()
        .filter(counts)
        .find_map(|row| Some((row.id.clone(), policies(row).into_iter().find(is_super)?)))
        .unwrap();
    let draft = PolicyDraft {
        access: Access::Allow,
        permission_groups: policy.permission_groups.iter().map(|g| g.id.clone()).collect(),
        resource_groups: policy.resource_groups.iter().filter_map(|g| g.id.clone()).collect(),
        scopes: Vec::new(),
    };
    let group = company.group("edge-ops").id;
    let id = group.to_string();
    for member in company.server.memberships(&id) {
        company.server.revoke(&id, &member);
    }
    let two: Vec<MemberId> = members
        .values()
        .filter(counts)
        .filter(|row| !row.direct_policies().iter().any(is_super))
        .map(|row| row.id.clone())
        .take(2)
        .collect();
    for member in &two {
        assert!(company.server.grant(&id, &member.to_string()));
    }
    company.turn().await.set_policies(&company.account, &group, &[policy_body(&draft)]).await;
    assert_eq!(company.witness.found().len(), 1, "someone else has no journal here");
    company.read().await;
    company.directory.caller = Some(company.client.caller(&company.account).await.unwrap());
    company.stage_removals("edge-ops", &two[..1]);
    let plan = company.plan();
    (company, plan, direct)
}

#[tokio::test]
async fn s12_a_super_administrator_whom_someone_removes_after_the_confirmation_stops_the_first_write()
 {
    let (company, plan, direct) = company_of_three().await;
    let guards = cfiam::plan::Guards::of(&plan, &company.directory, &Rules::default());
    let names: Vec<_> = guards.iter().map(|guard| guard.name).collect();
    assert_eq!(names, [], "two are left");
    assert!(company.server.remove_member(&direct.to_string()));
    let (summary, requests) = Box::pin(guarded(&company, &plan, None)).await;
    let End::Paused(Pause::Guard(fault)) = &summary.end else { panic!("{summary:?}") };
    assert!(fault.what.contains("leaves 1 Super Administrator"), "{fault}");
    assert_eq!((summary.writes, summary.tally.skipped), (0, 1));
    assert!(requests.iter().all(|line| line.starts_with("GET ")), "{requests:?}");
}

#[tokio::test]
async fn what_guards_rest_on_is_read_with_a_handful_of_requests_and_the_run_goes_on() {
    let (company, plan, _) = company_of_three().await;
    let (summary, requests) = Box::pin(guarded(&company, &plan, None)).await;
    assert!(summary.tally.is_whole(), "{summary:?}");
    let first = requests.iter().position(|line| line.starts_with("DELETE ")).unwrap();
    // The credential, the group and the membership for the run; the two others and one membership for the guards.
    assert!(first <= 7, "{requests:#?}");
    assert!(requests[..first].iter().any(|line| line.contains("/members/")));
}

#[tokio::test]
async fn a_run_that_goes_on_after_it_was_broken_off_is_held_against_the_guards_as_well() {
    let (company, plan, direct) = company_of_three().await;
    let kept: Vec<(jiff::Timestamp, cfiam::plan::Record)> = Vec::new();
    let timings = Timings::default().scaled(RUN);
    let run = Run::restored(plan.clone(), run_id(1), timings, kept, company.now());
    assert!(company.server.remove_member(&direct.to_string()));
    let (summary, requests) = Box::pin(guarded(&company, &plan, Some(run))).await;
    assert!(matches!(summary.end, End::Paused(Pause::Guard(_))), "{summary:?}");
    assert!(requests.iter().all(|line| line.starts_with("GET ")), "{requests:?}");
}

/// Applies what is staged with the guards looked at again: what the plan says that it costs, and what the server counts.
async fn said_and_counted(company: &Company) -> (usize, usize, Vec<String>) {
    let plan = company.plan();
    let (summary, requests) = Box::pin(guarded(company, &plan, None)).await;
    assert!(summary.tally.is_whole(), "{summary:?}");
    (plan.calls.total(), requests.len(), requests)
}

#[tokio::test]
async fn a_run_that_nobody_disturbs_takes_as_many_requests_as_its_plan_has_said() {
    let (company, ..) = company_of_three().await;
    let (said, counted, requests) = said_and_counted(&company).await;
    assert_eq!(said, counted, "a removal that guards look at: {requests:#?}");
    let stage: [fn(&mut Company, Group); 4] = [
        |company, _| company.stage_adds("edge-ops", &company.outsiders("edge-ops", 3)),
        |company, _| {
            company.stage_adds("edge-ops", &company.outsiders("edge-ops", 30));
            company.stage_removals("edge-ops", &company.insiders("edge-ops", 2));
        },
        |company, Group { id, name, .. }| {
            company.stage(Change::Rename { group: id, from: name, to: "edge-on-call".into() });
        },
        |company, _| {
            let (group, name) = (company.staging.new_draft(), "night-shift".into());
            company.stage(Change::Create { group, name, policies: Vec::new() });
            for member in company.outsiders("edge-ops", 2) {
                company.stage(Change::Add { group: GroupRef::Draft(group), member });
            }
        },
    ];
    for (number, stage) in stage.into_iter().enumerate() {
        let mut company = crate::support::company().await;
        company.directory.caller = Some(company.client.caller(&company.account).await.unwrap());
        let group = company.group("edge-ops");
        stage(&mut company, group);
        let (said, counted, requests) = said_and_counted(&company).await;
        assert_eq!(said, counted, "{number}: {requests:#?}");
    }
}
