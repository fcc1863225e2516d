//! Runs beside which somebody else changes the same account.

use cfiam::domain::{Change, Group};
use cfiam::plan::{Conflict, End, Gone, OpState};

use crate::support::company;

#[tokio::test]
async fn s9_what_someone_else_has_done_since_the_plan_is_already_so() {
    let mut company = company().await;
    let (ins, outs) = (company.insiders("edge-ops", 1), company.outsiders("prod-dns", 1));
    company.stage_removals("edge-ops", &ins);
    company.stage_adds("prod-dns", &outs);
    let id = |group: &str| company.group(group).id.to_string();
    assert!(company.server.revoke(&id("edge-ops"), &ins[0].to_string()));
    assert!(company.server.grant(&id("prod-dns"), &outs[0].to_string()));
    let ran = company.apply().await;
    assert_eq!((ran.tally().already_so, ran.writes()), (2, 0));
    assert!(company.staging.is_empty());
}

#[tokio::test]
async fn s7_a_group_that_was_renamed_since_the_plan_stops_everything() {
    let mut company = company().await;
    let (ins, outs) = (company.insiders("edge-ops", 1), company.outsiders("prod-dns", 1));
    company.stage_removals("edge-ops", &ins);
    company.stage_adds("prod-dns", &outs);
    let group = company.group("edge-ops").id;
    assert!(company.server.rename_group(&group.to_string(), "theirs"));
    let ran = company.apply().await;
    assert_eq!((ran.summary.end.clone(), ran.writes()), (End::Drifted, 0));
    assert!(ran.states().contains(&&OpState::Conflict(Conflict::Renamed("theirs".into()))));
    assert_eq!(company.directory.groups().get(&group).unwrap().name.as_ref(), "theirs");
    assert_eq!(company.staging.len(), 2, "everything is still staged");
}

#[tokio::test]
async fn s7_a_group_that_was_made_anew_with_the_same_name_is_another_one_and_is_left_alone() {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 2);
    company.stage_removals("edge-ops", &ins);
    assert!(company.server.delete_group(&company.group("edge-ops").id.to_string()));
    company.turn().await.create_group(&company.account, "edge-ops", &[]).await;
    assert_eq!(company.witness.found().len(), 1, "someone else has no journal here");
    let anew = company.server.group_id("edge-ops").unwrap();
    assert!(ins.iter().all(|member| company.server.grant(&anew, &member.to_string())));
    let ran = company.apply().await;
    assert_eq!(ran.states(), [&OpState::Gone(Gone::Group); 2]);
    assert_eq!(ran.writes(), 0);
    assert!(ins.iter().all(|member| company.holds("edge-ops", member)));
}

#[tokio::test]
async fn policies_that_someone_else_has_changed_are_not_overwritten() {
    let mut company = company().await;
    let group = company.group("cache-purge");
    let from: Vec<_> = group.policies().iter().map(|policy| policy.content()).collect();
    company.stage(Change::SetPolicies { group: group.id.clone(), from, to: Vec::new() });
    let theirs = [company.group("billing").policies()[0].content()];
    let body: Vec<_> = theirs
        .iter()
        .map(|content| {
            cfiam::api::policy_body(&cfiam::domain::PolicyDraft {
                access: content.access.clone(),
                permission_groups: content.permission_groups.clone(),
                resource_groups: content
                    .resource_groups
                    .iter()
                    .filter_map(|key| match key {
                        cfiam::domain::ResourceKey::Id(id) => Some(id.clone()),
                        cfiam::domain::ResourceKey::Scopes(_) => None,
                    })
                    .collect(),
                scopes: Vec::new(),
            })
        })
        .collect();
    company.turn().await.set_policies(&company.account, &group.id, &body).await;
    assert_eq!(company.witness.found().len(), 1, "someone else has no journal here");
    let ran = company.apply().await;
    assert_eq!(ran.states(), [&OpState::Conflict(Conflict::PoliciesChanged)]);
    assert_eq!(ran.writes(), 0);
}

#[tokio::test]
async fn a_group_that_holds_someone_whom_the_plan_has_not_seen_is_not_deleted_until_that_is_confirmed()
 {
    let mut company = company().await;
    let joins = company.outsiders("edge-ops", 1).remove(0);
    let Group { id, name, .. } = company.group("edge-ops");
    company.stage(Change::Delete { group: id.clone(), name });
    let plan = company.plan();
    assert!(company.server.grant(&id.to_string(), &joins.to_string()));
    let ran = company.apply_until(plan.clone(), std::future::pending()).await;
    let others = Conflict::MembersChanged { joined: 1, left: 0 };
    assert_eq!(ran.states(), [&OpState::Conflict(others)]);
    assert_eq!((ran.summary.end.clone(), ran.writes()), (End::Drifted, 0));
    // What was read on the way is what the next plan is made on, which says something else.
    let again = company.plan();
    assert_eq!(again.id, plan.id);
    assert!(!again.says_the_same(&plan));
    let held = again.base[&id].held.clone().unwrap();
    assert!(held.members.contains(&joins));
    let ran = company.apply().await;
    assert!(ran.tally().is_whole(), "{:?}", ran.states());
    assert_eq!(company.server.group_id("edge-ops"), None);
}

#[tokio::test]
async fn a_group_whose_policies_were_changed_since_the_plan_is_not_deleted() {
    let mut company = company().await;
    let Group { id, name, .. } = company.group("cache-purge");
    company.stage(Change::Delete { group: id.clone(), name });
    company.turn().await.set_policies(&company.account, &id, &[]).await;
    assert_eq!(company.witness.found().len(), 1, "someone else has no journal here");
    let ran = company.apply().await;
    assert_eq!(ran.states(), [&OpState::Conflict(Conflict::PoliciesChanged)]);
    assert_eq!(ran.writes(), 0);
    assert!(company.server.group_id("cache-purge").is_some());
}

#[tokio::test]
async fn s6_a_group_that_was_deleted_takes_its_steps_along_and_no_others() {
    let mut company = company().await;
    let (ins, outs) = (company.insiders("edge-ops", 2), company.outsiders("prod-dns", 1));
    company.stage_removals("edge-ops", &ins);
    company.stage_adds("prod-dns", &outs);
    assert!(company.server.delete_group(&company.group("edge-ops").id.to_string()));
    let ran = company.apply().await;
    assert_eq!(ran.summary.end, End::Finished);
    assert_eq!((ran.tally().gone, ran.tally().done), (2, 1), "{:?}", ran.states());
    assert_eq!(company.server.group_id("edge-ops"), None);
}

#[tokio::test]
async fn s6_a_group_that_is_deleted_in_the_middle_ends_its_steps_and_what_was_done_is_told_as_done()
{
    let mut company = company().await;
    let (ins, outs) = (company.insiders("edge-ops", 3), company.outsiders("prod-dns", 2));
    company.stage_removals("edge-ops", &ins);
    company.stage_adds("prod-dns", &outs);
    company.trouble("DELETE /accounts/*/iam/user_groups/*/members/* 1: delay=500");
    let (server, mut received) = (company.server.clone(), company.received.clone());
    let group = company.group("edge-ops").id.to_string();
    let someone_else = async move {
        // The adds went before.
        received.wait_for(|writes| *writes == 2).await.unwrap();
        assert!(server.delete_group(&group));
        std::future::pending::<()>().await;
    };
    let plan = company.plan();
    let ran = company.apply_until(plan, someone_else).await;
    assert_eq!((ran.summary.end.clone(), ran.writes()), (End::Finished, 2));
    for (op, state) in ran.plan.ops().zip(ran.states()) {
        match op.change {
            Change::Add { .. } => assert!(matches!(state, OpState::Done(_)), "{state:?}"),
            _ => assert_eq!(state, &OpState::Gone(Gone::Group)),
        }
    }
    assert!(outs.iter().all(|member| company.holds("prod-dns", member)));
}

#[tokio::test]
async fn s8_someone_who_left_the_account_is_gone_and_no_failure_for_the_others() {
    let mut company = company().await;
    let outs = company.outsiders("prod-dns", 3);
    company.stage_adds("prod-dns", &outs);
    assert!(company.server.remove_member(&outs[1].to_string()));
    let ran = company.apply().await;
    assert_eq!(ran.tally().done, 2, "{:?}", ran.states());
    let left: Vec<&OpState> = ran.states().into_iter().filter(|state| !state.holds()).collect();
    assert_eq!(left, [&OpState::Gone(Gone::Member)], "the list doesn't tell, and the refusal does");
    assert_eq!(ran.summary.end, End::Finished);
    // Of one alone it is asked before anything is sent.
    let mut company = self::company().await;
    let outs = company.outsiders("prod-dns", 1);
    company.stage_adds("prod-dns", &outs);
    assert!(company.server.remove_member(&outs[0].to_string()));
    let ran = company.apply().await;
    assert_eq!((ran.states(), ran.writes()), (vec![&OpState::Gone(Gone::Member)], 0));
}

#[tokio::test]
async fn s10_members_outside_the_plan_stay_as_others_have_left_them() {
    let mut company = company().await;
    let (ins, outs) = (company.insiders("edge-ops", 4), company.outsiders("edge-ops", 4));
    company.stage_removals("edge-ops", &ins[..2]);
    company.stage_adds("edge-ops", &outs[..2]);
    let id = company.group("edge-ops").id.to_string();
    let mut expected = company.server.memberships(&id);
    company.server.revoke(&id, &ins[3].to_string());
    company.server.grant(&id, &outs[3].to_string());
    let ran = company.apply().await;
    assert!(ran.tally().is_whole());
    let away: Vec<String> = [&ins[0], &ins[1], &ins[3]].map(ToString::to_string).into();
    expected.retain(|member| !away.contains(member));
    expected.extend([&outs[0], &outs[1], &outs[3]].map(ToString::to_string));
    expected.sort();
    let mut there = company.server.memberships(&id);
    there.sort();
    assert_eq!(there, expected);
}
