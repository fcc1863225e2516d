//! Runs that change the account's members: what they hold directly, invitations, removals from the account, and a
//! group's members replaced at once.
#![expect(clippy::unwrap_used, reason = "everything here is part of a test")]

use cfiam::domain::{Change, Directory, Member, MemberId, MemberStatus, PolicyEdit, Urgency};
use cfiam::plan::{Conflict, End, Gone, OpState, Plan, Proof};

use crate::runs::written;
use crate::support::{Company, Ran, company};

const INVITE: &str = "POST /accounts/*/members";
const SET: &str = "PUT /accounts/*/members/*";
const REMOVE: &str = "DELETE /accounts/*/members/*";
const NEW: &str = "New.Hire+night@northwind.example";

/// Somebody who has accepted, and holds policies directly.
fn holder(company: &Company) -> Member {
    let holds = |member: &&Member| {
        member.status == MemberStatus::Accepted && !member.direct_policies().is_empty()
    };
    company.directory.members().values().find(holds).unwrap().clone()
}

fn pending(company: &Company) -> Member {
    let waits = |member: &&Member| member.status == MemberStatus::Pending;
    company.directory.members().values().find(waits).unwrap().clone()
}

/// One policy more, beside all that are there.
fn one_more(company: &Company, member: &Member) -> Change {
    let from: Vec<_> = member.direct_policies().iter().map(|policy| policy.content()).collect();
    let mut to: Vec<PolicyEdit> = from.iter().cloned().map(PolicyEdit::Keep).collect();
    to.push(PolicyEdit::Write(written(company, "billing")));
    Change::SetDirectPolicies { member: member.id.clone(), from, to }
}

fn invite(company: &Company) -> Change {
    Change::Invite { email: NEW.into(), policies: vec![written(company, "billing")] }
}

fn remove(member: &Member) -> Change {
    let pending = member.status == MemberStatus::Pending;
    Change::RemoveMember { member: member.id.clone(), email: (&*member.email).into(), pending }
}

async fn read(company: &Company, member: &MemberId) -> Option<Member> {
    let read = company.client.member(&company.account, member, Urgency::Screen).await.unwrap();
    read.map(|read| read.member)
}

/// The member with the e-mail, as the service has it.
async fn invited(company: &Company) -> Option<Member> {
    let id = company.server.member_id(NEW)?;
    read(company, &MemberId::parse(&id).unwrap()).await
}

async fn applied(
    company: &mut Company,
    change: impl FnOnce(&Company) -> Change,
    trouble: Option<&str>,
) -> Ran {
    let change = change(company);
    company.stage(change);
    assert_eq!(company.staging.len(), 1);
    if let Some(rule) = trouble {
        company.trouble(rule);
    }
    company.apply().await
}

#[tokio::test]
async fn every_kind_of_change_to_a_member_is_carried_out_and_seen_on_both_sides() {
    let mut company = company().await;
    let (holder, waiting) = (holder(&company), pending(&company));
    let is_other = |member: &&Member| {
        member.status == MemberStatus::Accepted
            && member.id != holder.id
            && !company.directory.groups_of(&member.id).is_empty()
    };
    let leaver = company.directory.members().values().find(is_other).unwrap().clone();
    for change in [remove(&leaver), remove(&waiting), one_more(&company, &holder), invite(&company)]
    {
        company.stage(change);
    }
    let ran = company.apply().await;
    assert_eq!(ran.summary.end, End::Finished, "{:?}", ran.states());
    assert!(ran.tally().is_whole(), "{:?}", ran.states());
    assert!(company.staging.is_empty());
    let verbs: Vec<&str> = ran.verbs("/members").into_iter().filter(|v| *v != "GET").collect();
    assert_eq!(verbs, ["POST", "PUT", "DELETE", "DELETE"], "the protocol's order");
    let there = invited(&company).await.unwrap();
    assert_eq!((&there.status, there.direct_policies().len()), (&MemberStatus::Pending, 1));
    let known = company.directory.members().get(&there.id).unwrap();
    assert!(known.listed && &*known.email == NEW, "and it is known here");
    let now = read(&company, &holder.id).await.unwrap();
    assert_eq!(now.direct_policies().len(), holder.direct_policies().len() + 1);
    assert_eq!(company.directory.members().get(&holder.id).unwrap().policies, now.policies);
    for gone in [&leaver, &waiting] {
        assert_eq!(read(&company, &gone.id).await, None);
        assert!(company.directory.members().get(&gone.id).is_none());
        assert!(company.directory.groups_of(&gone.id).is_empty());
    }
    assert_eq!(ran.writes(), ran.plan.calls.writes);
    let op = ran.plan.ops().next().unwrap().id;
    assert_eq!(ran.progress.invited(op), Some(&there.id), "an undo finds the invitation by it");
}

#[tokio::test]
async fn a34_what_was_not_touched_in_a_direct_policy_goes_back_as_it_came() {
    let mut company = company().await;
    let member = holder(&company);
    let key = serde_json::json!({"kept by hand": [1, 2.50]});
    assert!(company.server.mark_direct_policies(&member.id.to_string(), "note", &key));
    let ran = applied(&mut company, |it| one_more(it, &member), None).await;
    assert!(ran.tally().is_whole(), "{:?}", ran.states());
    let read = company.client.member(&company.account, &member.id, Urgency::Screen).await;
    let raw = read.unwrap().unwrap().raw;
    let bodies: Vec<String> =
        raw.policies().iter().map(|p| p.sendable().unwrap().text().to_owned()).collect();
    let kept = bodies.iter().filter(|body| body.contains("kept by hand")).count();
    assert_eq!(kept, member.direct_policies().len(), "{bodies:?}");
    assert_eq!(bodies.len(), member.direct_policies().len() + 1);
}

#[tokio::test]
async fn a_change_of_direct_policies_sends_no_roles_and_the_status_as_it_was_just_read() {
    let mut company = company().await;
    let member = pending(&company);
    // The invitation is accepted after the account was read: the service ignores a stale status.
    company.stage(one_more(&company, &member));
    company.server.accept(&member.id.to_string());
    let ran = company.apply().await;
    assert_eq!(ran.states(), [&OpState::Done(Proof::Seen)]);
}

#[tokio::test]
async fn a_change_of_direct_policies_that_the_service_ignores_is_called_not_in_effect_and_why() {
    let mut company = company().await;
    let member = holder(&company);
    let body = format!(
        r#"{{"success":true,"errors":[],"messages":[],"result":{{"id":"{}","status":"accepted"}}}}"#,
        member.id
    );
    let trouble = format!("{SET} 1: 200 'body={body}'");
    let ran = applied(&mut company, |it| one_more(it, &member), Some(&trouble)).await;
    let states = ran.states();
    let [OpState::NotInEffect(Some(why))] = states.as_slice() else { panic!("{states:?}") };
    assert!(why.what.contains("left the member's policies as they were"), "{why}");
    assert_eq!(ran.writes(), 1, "it waits for the person");
    assert_eq!(company.staging.len(), 1);
}

#[tokio::test]
async fn direct_policies_whose_answer_is_lost_are_read_back_and_never_sent_again() {
    for (trouble, expected) in
        [("lose", OpState::Done(Proof::ReadBack)), ("reset", OpState::NotInEffect(None))]
    {
        let mut company = company().await;
        let member = holder(&company);
        let trouble = format!("{SET} 1: {trouble}");
        let ran = applied(&mut company, |it| one_more(it, &member), Some(&trouble)).await;
        let same = match (ran.states()[0], &expected) {
            (OpState::NotInEffect(_), OpState::NotInEffect(_)) => true,
            (state, expected) => state == expected,
        };
        assert!(same, "{:?}", ran.states());
        assert_eq!(ran.writes(), 1);
    }
}

#[tokio::test]
async fn direct_policies_that_someone_else_changed_since_are_not_overwritten() {
    let mut company = company().await;
    let member = holder(&company);
    company.stage(one_more(&company, &member));
    let plan = company.plan();
    company.server.clear_direct_policies(&member.id.to_string());
    let ran = company.apply_until(plan, std::future::pending()).await;
    assert_eq!(ran.summary.end, End::Drifted);
    assert_eq!(ran.states(), [&OpState::Conflict(Conflict::PoliciesChanged)]);
    assert_eq!(ran.writes(), 0);
}

#[tokio::test]
async fn a_refusal_of_direct_policies_is_shown_in_the_services_words() {
    let mut company = company().await;
    let member = holder(&company);
    let trouble = format!("{SET} 1: 400 code=1001 'message=a member needs a policy'");
    let from: Vec<_> = member.direct_policies().iter().map(|policy| policy.content()).collect();
    let change = Change::SetDirectPolicies { member: member.id.clone(), from, to: Vec::new() };
    let ran = applied(&mut company, |_| change, Some(&trouble)).await;
    let states = ran.states();
    let [OpState::Refused(why)] = states.as_slice() else { panic!("{states:?}") };
    assert!(why.says("a member needs a policy"), "{why}");
}

#[tokio::test]
async fn an_invitation_whose_answer_is_lost_is_found_among_those_that_wait_and_not_sent_again() {
    let mut company = company().await;
    let ran = applied(&mut company, invite, Some(&format!("{INVITE} 1: lose"))).await;
    assert_eq!((ran.states(), ran.writes()), (vec![&OpState::Done(Proof::ReadBack)], 1));
    let walks = ran.requests.iter().filter(|seen| seen.query.contains("status=pending")).count();
    assert!(walks > 0, "of all members only those are walked who are invited");
    let there = invited(&company).await.unwrap();
    assert_eq!(ran.progress.invited(ran.plan.ops().next().unwrap().id), Some(&there.id));
}

#[tokio::test]
async fn an_invitation_that_was_lost_without_effect_is_sent_once_more_after_reading_back() {
    let mut company = company().await;
    let ran = applied(&mut company, invite, Some(&format!("{INVITE} 1: reset"))).await;
    assert_eq!((ran.tally().done, ran.writes()), (1, 2), "{:?}", ran.states());
    assert!(invited(&company).await.is_some());
}

#[tokio::test]
async fn a6_an_invitation_whose_echo_says_that_the_address_is_there_is_looked_for_among_everyone() {
    let exists = "400 code=1008 'message=Account member already exists for email address'";
    for (lost_before, expected) in
        [(true, OpState::Done(Proof::ReadBack)), (false, OpState::AlreadySo)]
    {
        let mut company = company().await;
        let number = if lost_before {
            company.trouble(&format!("{INVITE} 1: reset"));
            2
        } else {
            1
        };
        let trouble = format!("{INVITE} {number}: apply {exists}");
        let ran = applied(&mut company, invite, Some(&trouble)).await;
        assert_eq!((ran.states(), ran.writes()), (vec![&expected], number));
        let everyone = |seen: &&cfiam::emulator::Seen| {
            seen.path.ends_with("/members") && !seen.query.contains("status=")
        };
        assert!(ran.requests.iter().filter(|seen| !seen.writes()).any(|seen| everyone(&seen)));
        assert!(invited(&company).await.is_some());
    }
}

#[tokio::test]
async fn who_is_in_the_account_already_with_other_policies_is_a_conflict_and_stays_as_they_are() {
    let mut company = company().await;
    let member = holder(&company);
    let before = read(&company, &member.id).await;
    // The account had not been read when it was planned.
    let Change::Invite { policies, .. } = invite(&company) else { panic!() };
    company.stage(Change::Invite { email: member.email.to_uppercase().into(), policies });
    let unread = Directory::new(company.account.clone());
    let plan = Plan::build(&company.staging, &unread, company.now());
    let ran = company.apply_until(plan, std::future::pending()).await;
    assert_eq!(ran.states(), [&OpState::Conflict(Conflict::MemberThere)]);
    assert_eq!(read(&company, &member.id).await, before);
}

#[tokio::test]
async fn a_removal_from_the_account_whose_answer_is_lost_is_read_back_and_never_sent_again() {
    for (trouble, done) in [("lose", 1), ("reset", 0)] {
        let mut company = company().await;
        let member = holder(&company);
        let trouble = format!("{REMOVE} 1: {trouble}");
        let ran = applied(&mut company, |_| remove(&member), Some(&trouble)).await;
        assert_eq!((ran.tally().done, ran.writes()), (done, 1), "{:?}", ran.states());
        assert_eq!(ran.tally().not_in_effect, 1 - done);
        assert_eq!(read(&company, &member.id).await.is_none(), done == 1);
    }
}

#[tokio::test]
async fn who_is_gone_already_is_not_removed_again_and_who_has_accepted_is_no_invitation() {
    let mut company = company().await;
    let (gone, accepted) = (holder(&company), pending(&company));
    company.stage(remove(&gone));
    let plan = company.plan();
    company.server.remove_member(&gone.id.to_string());
    let ran = company.apply_until(plan, std::future::pending()).await;
    assert_eq!((ran.states(), ran.writes()), (vec![&OpState::AlreadySo], 0));

    company.stage(remove(&accepted));
    let plan = company.plan();
    assert!(plan.words(&plan.steps[0]).starts_with("Cancel the invitation of "));
    company.server.accept(&accepted.id.to_string());
    let ran = company.apply_until(plan, std::future::pending()).await;
    assert_eq!(ran.states(), [&OpState::Conflict(Conflict::Accepted)]);
    assert!(read(&company, &accepted.id).await.is_some());
}

#[tokio::test]
async fn s8_direct_policies_of_a_member_who_has_left_are_gone_and_nothing_is_sent() {
    let mut company = company().await;
    let member = holder(&company);
    company.stage(one_more(&company, &member));
    let plan = company.plan();
    company.server.remove_member(&member.id.to_string());
    let ran = company.apply_until(plan, std::future::pending()).await;
    assert_eq!((ran.states(), ran.writes()), (vec![&OpState::Gone(Gone::Member)], 0));
}

fn replace(company: &Company, group: &str, to: &[MemberId]) -> Change {
    let mut from = company.insiders(group, usize::MAX);
    let mut to = to.to_vec();
    from.sort();
    to.sort();
    Change::ReplaceMembers { group: company.group(group).id, from, to }
}

#[tokio::test]
async fn a_replaced_member_list_is_read_twice_before_and_once_after_and_is_exactly_what_was_wanted()
{
    let mut company = company().await;
    let mut wanted = company.insiders("edge-ops", 2);
    wanted.extend(company.outsiders("edge-ops", 3));
    let change = replace(&company, "edge-ops", &wanted);
    let ran = applied(&mut company, |_| change, None).await;
    assert_eq!(ran.states(), [&OpState::Done(Proof::Seen)]);
    let id = company.group("edge-ops").id.to_string();
    let reads = ran.verbs(&format!("/{id}/members"));
    let put = reads.iter().position(|verb| *verb == "PUT").unwrap();
    assert!(put >= 2, "{reads:?}");
    let mut now = company.server.memberships(&id);
    let mut all: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    now.sort();
    all.sort();
    assert_eq!(now, all);
    assert_eq!(company.insiders("edge-ops", usize::MAX).len(), 5, "and it is known here");
}

#[tokio::test]
async fn a_member_list_that_someone_else_has_changed_is_not_replaced() {
    let mut company = company().await;
    let wanted = company.insiders("edge-ops", 2);
    let joins = company.outsiders("edge-ops", 1).remove(0);
    company.stage(replace(&company, "edge-ops", &wanted));
    let plan = company.plan();
    let id = company.group("edge-ops").id.to_string();
    company.server.grant(&id, &joins.to_string());
    let ran = company.apply_until(plan, std::future::pending()).await;
    assert_eq!(ran.states(), [&OpState::Conflict(Conflict::MembersChanged { joined: 1, left: 0 })]);
    assert_eq!(ran.writes(), 0);
    assert!(company.holds("edge-ops", &joins));
}

#[tokio::test]
async fn a_member_list_whose_replacing_was_lost_is_never_sent_again() {
    for (trouble, done) in [("lose", 1), ("502", 0)] {
        let mut company = company().await;
        let change = replace(&company, "edge-ops", &company.insiders("edge-ops", 2));
        let trouble = format!("PUT /accounts/*/iam/user_groups/*/members 1: {trouble}");
        let ran = applied(&mut company, |_| change, Some(&trouble)).await;
        assert_eq!((ran.tally().done, ran.writes()), (done, 1), "{:?}", ran.states());
    }
}

#[tokio::test]
async fn a_member_list_that_is_not_read_to_its_end_is_not_replaced() {
    let mut company = company().await;
    let change = replace(&company, "edge-ops", &company.insiders("edge-ops", 2));
    company.trouble("GET /accounts/*/iam/user_groups/*/members: shift=insert");
    let ran = applied(&mut company, |_| change, None).await;
    assert_eq!(
        (ran.tally().skipped + ran.tally().conflict, ran.writes()),
        (1, 0),
        "{:?}",
        ran.states()
    );
}
