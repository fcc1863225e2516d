//! Runs that are taken back, on the company with policies on zones, which have no id of their own.

use std::collections::BTreeSet;

use cfiam::domain::{Change, Group, PolicyContent, PolicyEdit, ResourceKey};
use cfiam::plan::{Plan, Timings};
use cfiam::store::history;

use crate::runs::written;
use crate::support::{Company, RUN, company, run_id};

fn contents(group: &Group) -> BTreeSet<PolicyContent> {
    group.policies().iter().map(|policy| policy.content()).collect()
}

fn is_on_a_scope_without_id(content: &PolicyContent) -> bool {
    content.resource_groups.iter().any(|key| matches!(key, ResourceKey::Scopes(_)))
}

/// The plan that takes a run back, by its number.
fn undo(company: &Company, run: u32) -> Plan {
    let folder = company.folder.path();
    let found = history::run(folder, &company.account, &run_id(run));
    let Ok((_, history)) = found else { panic!("run {run} has a journal") };
    history.undo(&company.directory, Timings::default().scaled(RUN).late, company.now())
}

#[tokio::test]
async fn i5_a_group_with_policies_on_zones_is_made_again_with_the_same_policies_and_members() {
    let mut company = company().await;
    let before = company.group("on-call");
    assert!(contents(&before).iter().any(is_on_a_scope_without_id), "{before:?}");
    let mut members = company.server.memberships(&before.id.to_string());
    members.sort();
    company.stage(Change::Delete { group: before.id.clone(), name: before.name.clone() });
    assert!(company.apply().await.tally().is_whole());
    assert_eq!(company.server.group_id("on-call"), None);

    let back = undo(&company, 1);
    assert!(back.left_out.is_empty(), "{:?}", back.left_out);
    let lines: Vec<String> = back.steps.iter().flat_map(|step| back.lines(step)).collect();
    assert!(lines.iter().any(|line| line.contains("account.zone.")), "{lines:?}");
    let ran = company.apply_until(back, std::future::pending()).await;
    assert!(ran.tally().is_whole(), "{:?}", ran.states());
    let again = company.group("on-call");
    assert_ne!(again.id, before.id);
    assert_eq!(contents(&again), contents(&before));
    let mut now = company.server.memberships(&again.id.to_string());
    now.sort();
    assert_eq!(now, members);

    // And what was made again is known for what it is when it is taken back in its turn.
    company.read().await;
    let redo = undo(&company, 2);
    assert!(redo.left_out.is_empty(), "{:?}", redo.left_out);
    assert!(company.apply_until(redo, std::future::pending()).await.tally().is_whole());
    assert_eq!(company.server.group_id("on-call"), None);
}

#[tokio::test]
async fn i5_policies_on_zones_that_were_replaced_come_back_as_they_were() {
    let mut company = company().await;
    let before = company.group("on-call");
    let from: Vec<PolicyContent> = contents(&before).into_iter().collect();
    let to = vec![PolicyEdit::Write(written(&company, "billing"))];
    company.stage(Change::SetPolicies { group: before.id.clone(), from, to });
    assert!(company.apply().await.tally().is_whole());
    assert_ne!(contents(&company.group("on-call")), contents(&before));

    let back = undo(&company, 1);
    assert!(back.left_out.is_empty(), "{:?}", back.left_out);
    let ran = company.apply_until(back, std::future::pending()).await;
    assert!(ran.tally().is_whole(), "{:?}", ran.states());
    assert_eq!(contents(&company.group("on-call")), contents(&before));
}
