//! Runs on which nothing goes wrong.

use cfiam::domain::{Access, Change, PolicyDraft, PolicyEdit, ResourceKey};
use cfiam::ops::Told;
use cfiam::plan::{End, Record, RunReport};

use crate::support::{Company, company};

/// A policy of the company that is written anew.
pub fn written(company: &Company, like: &str) -> PolicyDraft {
    let content = company.group(like).policies()[0].content();
    let resource_groups = content
        .resource_groups
        .iter()
        .map(|key| match key {
            ResourceKey::Id(id) => id.clone(),
            ResourceKey::Scopes(_) => panic!("the company's resource groups have ids"),
        })
        .collect();
    PolicyDraft {
        access: Access::Allow,
        permission_groups: content.permission_groups,
        resource_groups,
        scopes: Vec::new(),
    }
}

#[tokio::test]
async fn every_kind_of_change_is_carried_out_and_seen_on_both_sides() {
    let mut company = company().await;
    let (ins, outs) = (company.insiders("edge-ops", 2), company.outsiders("prod-dns", 3));
    company.stage_removals("edge-ops", &ins);
    company.stage_adds("prod-dns", &outs);
    let draft = company.staging.new_draft();
    let policies = vec![written(&company, "billing")];
    company.stage(Change::Create { group: draft, name: "night-shift".into(), policies });
    for member in outs.iter().take(2) {
        let group = cfiam::domain::GroupRef::Draft(draft);
        company.stage(Change::Add { group, member: member.clone() });
    }
    let waf = company.group("waf-tuning");
    let (from, to) = (waf.name.clone(), "waf".into());
    company.stage(Change::Rename { group: waf.id.clone(), from, to });
    let cache = company.group("cache-purge");
    let from: Vec<_> = cache.policies().iter().map(|policy| policy.content()).collect();
    let mut to: Vec<PolicyEdit> = from.iter().cloned().map(PolicyEdit::Keep).collect();
    to.push(PolicyEdit::Write(written(&company, "billing")));
    company.stage(Change::SetPolicies { group: cache.id.clone(), from, to });
    let sandbox = company.group("sandbox-2024");
    company.stage(Change::Delete { group: sandbox.id.clone(), name: sandbox.name.clone() });

    let ran = company.apply().await;

    assert_eq!(ran.summary.end, End::Finished, "{:?}", ran.states());
    assert!(ran.tally().is_whole(), "{:?}", ran.states());
    assert!(company.staging.is_empty(), "{:?}", company.staging);
    for member in &outs {
        assert!(company.holds("prod-dns", member));
        assert!(company.directory.is_in(&company.group("prod-dns").id, member));
    }
    for member in &ins {
        assert!(!company.holds("edge-ops", member));
        assert!(!company.directory.is_in(&company.group("edge-ops").id, member));
    }
    let made = company.group("night-shift");
    assert_eq!(company.directory.members_of(&made.id).len(), 2);
    assert_eq!(company.server.memberships(&made.id.to_string()).len(), 2);
    assert_eq!(company.group("waf").id, waf.id);
    assert_eq!(company.group("cache-purge").policies().len(), cache.policies().len() + 1);
    assert!(company.directory.groups().get(&sandbox.id).is_none());
    assert_eq!(company.server.group_id("sandbox-2024"), None);
    assert_eq!(ran.writes(), ran.plan.calls.writes);
}

#[tokio::test]
async fn the_set_of_members_is_never_replaced_and_adds_travel_together() {
    let mut company = company().await;
    let outs = company.outsiders("billing", 60);
    company.stage_adds("billing", &outs);
    let ran = company.apply().await;
    assert_eq!(ran.tally().done, 60);
    let writes: Vec<&str> = ran.verbs("/members").into_iter().filter(|v| *v != "GET").collect();
    assert_eq!(writes, ["POST", "POST", "POST"], "one alone, fifty, nine");
}

#[tokio::test]
async fn what_was_not_touched_in_a_policy_goes_back_as_it_came() {
    let mut company = company().await;
    let group = company.group("cache-purge");
    let key = serde_json::json!("kept by hand");
    assert!(company.server.mark_policies(&group.id.to_string(), "note", &key));
    let from: Vec<_> = group.policies().iter().map(|policy| policy.content()).collect();
    let mut to: Vec<PolicyEdit> = from.iter().cloned().map(PolicyEdit::Keep).collect();
    to.push(PolicyEdit::Write(written(&company, "billing")));
    company.stage(Change::SetPolicies { group: group.id.clone(), from, to });
    let ran = company.apply().await;
    assert!(ran.tally().is_whole(), "{:?}", ran.states());
    let read = company
        .client
        .group(&company.account, &group.id, cfiam::domain::Urgency::Screen)
        .await
        .unwrap()
        .unwrap();
    let bodies: Vec<String> = read
        .raw
        .policies()
        .iter()
        .map(|policy| serde_json::to_string(&policy.sendable().unwrap()).unwrap())
        .collect();
    assert_eq!(bodies.iter().filter(|body| body.contains("kept by hand")).count(), 1, "{bodies:?}");
    assert_eq!(bodies.len(), group.policies().len() + 1);
}

#[tokio::test]
async fn a_group_with_a_policy_that_cannot_go_back_keeps_all_its_policies_and_says_why() {
    let mut company = company().await;
    let id = company.group("cache-purge").id;
    let odd = r#"set=/result/policies/0/resource_groups=[{"name":"neither id nor scope"}]"#;
    company.trouble(&format!("GET /accounts/*/iam/user_groups/{id}: '{odd}'"));
    let mut loads = Vec::new();
    cfiam::ops::group(&company.client, &company.account, &id, |load| loads.push(load))
        .await
        .unwrap();
    company.absorb(loads);
    let group = company.group("cache-purge");
    let locked = "a policy names a resource group that has neither an id nor a scope";
    assert_eq!(group.policies_locked(), Some(locked), "the person is told before");
    let from: Vec<_> = group.policies().iter().map(|policy| policy.content()).collect();
    let to = vec![PolicyEdit::Write(written(&company, "billing"))];
    company.stage(Change::SetPolicies { group: group.id.clone(), from, to });
    let ran = company.apply().await;
    assert_eq!((ran.tally().refused, ran.writes()), (1, 0), "{:?}", ran.states());
    let left: Vec<_> = company.staging.entries().collect();
    let why = &left[0].tried.as_ref().unwrap().reason;
    assert!(why.what.contains("neither an id nor a scope"), "{why}");
}

#[tokio::test]
async fn what_is_to_be_kept_is_told_before_its_request_and_the_end_after_everything() {
    let mut company = company().await;
    let ins = company.insiders("edge-ops", 3);
    company.stage_removals("edge-ops", &ins);
    let ran = company.apply().await;
    let kept = ran.told.iter().flat_map(|told| match told {
        Told::Keep(records) => records.as_slice(),
        _ => &[],
    });
    let intents = kept.filter(|record| matches!(record, Record::Intent { .. })).count();
    assert_eq!(intents, ran.writes());
    let ended = ran.told.iter().position(|t| matches!(t, Told::Run(RunReport::Ended(_)))).unwrap();
    let after = &ran.told[ended + 1..];
    assert!(!after.is_empty() && after.iter().all(|told| matches!(told, Told::Load(_))));
}

#[tokio::test]
async fn a_plan_of_nothing_ends_at_once() {
    let mut company = company().await;
    let ran = company.apply().await;
    assert_eq!((ran.summary.end, ran.requests.len()), (End::Finished, 0));
}
