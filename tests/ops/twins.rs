//! Groups that somebody else makes under the name that a run wants to give, where the answer to the run's own request
//! is lost.

use std::time::Duration;

use cfiam::domain::{Change, GroupRef, MemberId};
use cfiam::plan::{Conflict, Event, Gone, OpState};

use crate::recovery::{dies, takes_up};
use crate::support::{Company, company};

const CREATE: &str = "POST /accounts/*/iam/user_groups";
const NAMED: &str = "GET /accounts/*/iam/user_groups?name=night-shift";

/// A group that is to be made, with a member.
fn stage(company: &mut Company) -> MemberId {
    let draft = company.staging.new_draft();
    let member = company.outsiders("prod-dns", 1).remove(0);
    company.stage(Change::Create { group: draft, name: "night-shift".into(), policies: vec![] });
    company.stage(Change::Add { group: GroupRef::Draft(draft), member: member.clone() });
    member
}

/// Somebody makes a group of the same name, with the same policies.
async fn somebody_makes_it(company: &Company) {
    company.turn().await.create_group(&company.account, "night-shift", &[]).await;
    assert!(!company.witness.found().is_empty(), "someone else has no journal here");
}

fn left_alone(states: &[&OpState]) {
    let theirs = OpState::Conflict(Conflict::NameTaken);
    assert_eq!(states, [&theirs, &OpState::Gone(Gone::NeverMade)]);
}

#[tokio::test]
async fn s7_a_group_that_somebody_made_before_our_request_is_not_taken_for_ours() {
    let mut company = company().await;
    let member = stage(&mut company);
    somebody_makes_it(&company).await;
    company.server.advance(Duration::from_mins(1));
    // The look before the request doesn't show it yet.
    company.trouble(&format!("{NAMED} 1: set=/result=[]"));
    company.trouble(&format!("{CREATE} 1: 502"));
    let ran = company.apply().await;
    left_alone(&ran.states());
    assert_eq!(ran.writes(), 1);
    assert!(!company.holds("night-shift", &member), "what is theirs is left alone");
}

#[tokio::test]
async fn s7_a_group_that_somebody_made_when_our_request_could_no_longer_land_is_not_taken_for_ours()
{
    let mut company = company().await;
    let member = stage(&mut company);
    let plan = company.plan();
    company.trouble(&format!("{CREATE} 1: hang"));
    dies(&mut company, &plan, 1).await;
    company.server.advance(Duration::from_hours(1));
    somebody_makes_it(&company).await;
    for how in [Event::Begin, Event::Resume] {
        let taken_up = takes_up(&company, how).await;
        let states: Vec<_> = plan.ops().map(|op| taken_up.progress.op(op.id)).collect();
        left_alone(&states);
    }
    assert!(!company.holds("night-shift", &member), "what is theirs is left alone");
}
