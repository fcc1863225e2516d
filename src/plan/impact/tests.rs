use super::*;
use crate::access::fixture::{
    Account, allows, dns_on, group, group_id, member, member_id, permission, policy, whole_account,
};
use crate::domain::{
    Access, Change, MemberStatus, Now, Page, PermissionScope, Policy, ResourceGroup,
};
use crate::plan::Staging;

fn add(to: u128, who: u128) -> Change {
    Change::Add { group: group_id(to).into(), member: member_id(who) }
}

fn remove(from: u128, who: u128) -> Change {
    Change::Remove { group: group_id(from), member: member_id(who) }
}

fn plan(account: &Account, changes: &[Change]) -> Plan {
    let mut staging = Staging::new(account.directory.account.id.clone());
    for change in changes {
        staging.stage(change.clone(), &account.directory);
    }
    Plan::build(&staging, &account.directory, Now::default())
}

fn impact(account: &Account, changes: &[Change]) -> Impact {
    Impact::of(&plan(account, changes), &account.directory)
}

fn effects(impact: &Impact) -> Vec<(MemberId, Effect)> {
    impact.people.iter().map(|touched| (touched.member.clone(), touched.effect)).collect()
}

fn deny() -> Arc<Policy> {
    let billing = permission("Billing", "", PermissionScope::Account);
    policy(Access::Deny, &[&billing], &[&whole_account()])
}

/// dns (50): 10, 11; dns-too (51): 11; money (52): nobody. 12 is in nothing, 13 is invited, 14 holds a deny.
fn company() -> Account {
    let mut invited = member(13, "d@x.io", &[]);
    invited.status = MemberStatus::Pending;
    Account::new()
        .members(vec![
            member(10, "a@x.io", &[]),
            member(11, "b@x.io", &[]),
            member(12, "c@x.io", &[]),
            invited,
            member(14, "e@x.io", &[deny()]),
        ])
        .groups(vec![
            group(50, "dns", &[dns_on(1)]),
            group(51, "dns-too", &[dns_on(1)]),
            group(52, "money", &[allows("Billing")]),
        ])
        .inside(50, &[10, 11])
        .inside(51, &[11])
        .inside(52, &[])
}

#[test]
fn people_are_told_apart_by_what_becomes_of_their_access_and_counted() {
    let delete = Change::Delete { group: group_id(50), name: "dns".into() };
    let changes = [delete, add(52, 10), add(52, 12), add(52, 13), add(52, 14)];
    let impact = impact(&company(), &changes);
    assert_eq!(
        effects(&impact),
        [
            (member_id(12), Effect::Gains),
            (member_id(10), Effect::Changes),
            (member_id(14), Effect::NotKnown),
            (member_id(13), Effect::OnceAccepted),
            (member_id(11), Effect::Keeps),
        ]
    );
    let all = Totals {
        gain: 1,
        change: 1,
        lose: 0,
        not_known: 1,
        once_accepted: 1,
        to_nothing: 0,
        keep: 1,
    };
    assert_eq!(impact.totals, all);
    assert_eq!(impact.missing, []);
    assert_eq!(
        impact.person(&member_id(10)).unwrap().causes,
        [Cause::Joins(group_id(52)), Cause::Deleted(group_id(50))]
    );
}

/// What someone is to hold directly: nothing, or one of what they hold already.
fn set_direct(who: u128, from: &[Arc<Policy>], to: &[Arc<Policy>]) -> Change {
    let keep = |policy: &Arc<Policy>| crate::domain::PolicyEdit::Keep(policy.content());
    Change::SetDirectPolicies {
        member: member_id(who),
        from: from.iter().map(|policy| policy.content()).collect(),
        to: to.iter().map(keep).collect(),
    }
}

#[test]
fn who_loses_a_direct_policy_keeps_what_a_group_gives_and_loses_the_rest() {
    let both = [dns_on(1), allows("Billing")];
    let account = company().members(vec![
        member(10, "a@x.io", &both),
        member(11, "b@x.io", &both),
        member(12, "c@x.io", &[dns_on(1)]),
    ]);
    let account = account.inside(52, &[12]);
    let changes = [
        set_direct(10, &both, &both[1..]),
        set_direct(11, &both, &[]),
        set_direct(12, &[dns_on(1)], &[]),
    ];
    let impact = impact(&account, &changes);
    assert_eq!(
        effects(&impact),
        [
            (member_id(11), Effect::Loses),
            (member_id(12), Effect::Loses),
            (member_id(10), Effect::Keeps),
        ]
    );
    let person = |who| impact.person(&member_id(who)).unwrap();
    assert_eq!(person(11).difference.losses.len(), 1, "DNS stays, by the groups");
    assert_eq!(person(11).causes, [Cause::Own]);
}

#[test]
fn who_is_removed_from_the_account_loses_all_and_what_is_not_known_of_it_is_said() {
    let removal =
        |who| Change::RemoveMember { member: member_id(who), email: "".into(), pending: false };
    let account = company()
        .members(vec![member(11, "b@x.io", &[allows("Billing")]), member(12, "c@x.io", &[])]);
    let all = impact(&account, &[removal(11), add(52, 12)]);
    assert_eq!(effects(&all), [(member_id(12), Effect::Gains), (member_id(11), Effect::Loses)]);
    assert_eq!(all.person(&member_id(11)).unwrap().causes, [Cause::Removed]);
    assert_eq!(all.person(&member_id(11)).unwrap().difference.losses.len(), 2);
    let nothing = impact(&company(), &[removal(12)]);
    assert_eq!(effects(&nothing), [(member_id(12), Effect::Loses)], "who is gone keeps nothing");
    let unread = company().rows(Page::Groups(vec![group(53, "else", &[allows("Billing")])]));
    let impact = impact(&unread, &[removal(12)]);
    assert_eq!(effects(&impact), [(member_id(12), Effect::NotKnown)], "they may be in that group");
    assert_eq!(impact.missing, [Missing::Lists(1)]);
}

#[test]
fn who_is_invited_is_told_by_the_address_with_what_the_invitation_will_give() {
    let given = allows("Billing");
    let draft = crate::domain::PolicyDraft {
        access: Access::Allow,
        permission_groups: given.content().permission_groups,
        resource_groups: given
            .resource_groups
            .iter()
            .filter_map(|group| group.id.clone())
            .collect(),
        scopes: Vec::new(),
    };
    let invite = Change::Invite { email: "new@x.io".into(), policies: vec![draft] };
    let unread = company()
        .rows(Page::Groups(vec![group(53, "else", &[allows("Billing")])]))
        .rows(Page::ResourceGroups(vec![ResourceGroup::clone(&whole_account())]));
    let impact = impact(&unread, &[invite]);
    let [person] = impact.people.as_slice() else { panic!("{:?}", impact.people) };
    assert_eq!(person.invited.as_deref(), Some("new@x.io"));
    assert_eq!((person.effect, impact.totals.once_accepted), (Effect::OnceAccepted, 1));
    assert_eq!((person.difference.gains.len(), person.is_real()), (1, true));
    assert_eq!(person.causes, [Cause::Invited]);
}

#[test]
fn who_is_invited_without_policies_keeps_nothing_and_is_said_to_get_none() {
    let invite = Change::Invite { email: "new@x.io".into(), policies: Vec::new() };
    let impact = impact(&company(), &[invite]);
    assert_eq!(impact.totals.words(), "1 person is invited without any access");
    assert_eq!(impact.people[0].effect, Effect::OnceAccepted);
    assert!(!impact.people[0].is_real());
}

#[test]
fn only_who_keeps_everything_is_not_really_changed() {
    let impact = impact(&company(), &[remove(50, 10), remove(50, 11), add(52, 13), add(52, 14)]);
    let real: Vec<MemberId> = impact
        .people
        .iter()
        .filter(|touched| touched.is_real())
        .map(|touched| touched.member.clone())
        .collect();
    assert_eq!(real, [member_id(10), member_id(14), member_id(13)]);
    assert_eq!(impact.people.len(), 4);
}

#[test]
fn where_another_path_may_be_unread_a_loss_is_not_claimed_and_what_is_kept_is_sure() {
    let unread = company().rows(Page::Groups(vec![group(53, "dns-else", &[dns_on(1)])]));
    let impact = impact(&unread, &[remove(50, 10), remove(50, 11)]);
    assert_eq!(
        effects(&impact),
        [(member_id(10), Effect::NotKnown), (member_id(11), Effect::Keeps)]
    );
    assert_eq!(impact.missing, [Missing::Lists(1)]);
    assert_eq!(impact.people[0].difference.losses.len(), 1, "what is known is still told");
    assert_eq!(impact.people[1].doubts, []);
}

#[test]
fn who_joins_a_group_whose_policies_are_unread_is_not_said_to_keep_all() {
    let mut blank = group(53, "odd", &[]);
    blank.policies = None;
    let account = company().rows(Page::Groups(vec![blank])).inside(53, &[]);
    let impact = impact(&account, &[add(53, 12)]);
    assert_eq!(effects(&impact), [(member_id(12), Effect::NotKnown)]);
    assert_eq!(impact.missing, [Missing::Policies(group_id(53))]);
    // For who is in it already, it is one more path beside those that are known.
    let account = account.inside(53, &[11]);
    let kept = self::impact(&account, &[remove(50, 11)]);
    assert_eq!(effects(&kept), [(member_id(11), Effect::Keeps)]);
}

#[test]
fn what_is_left_out_of_the_plan_touches_nobody() {
    let impact = impact(&company(), &[add(50, 10)]);
    assert_eq!((impact.people.len(), impact.totals), (0, Totals::default()));
}

#[test]
fn slices_come_to_the_same_as_all_at_once_and_alike_people_are_worked_out_once() {
    let people = (100..400).map(|n| member(n, &format!("p{n}@x.io"), &[dns_on(2)])).collect();
    let all: Vec<u128> = (100..400).collect();
    let account = Account::new()
        .members(people)
        .groups(vec![group(50, "dns", &[dns_on(1)])])
        .inside(50, &all);
    let delete = [Change::Delete { group: group_id(50), name: "dns".into() }];
    let plan = plan(&account, &delete);
    let mut reckoning = Reckoning::new(&plan, &account.directory);
    let mut slices = 0;
    let impact = loop {
        slices += 1;
        assert_eq!(reckoning.progress(), ((slices - 1) * 70, 300));
        if let Some(impact) = reckoning.step(&account.directory, 70) {
            break impact;
        }
    };
    assert_eq!((slices, impact.totals.lose), (5, 300));
    assert_eq!(impact, Impact::of(&plan, &account.directory));
    assert_eq!(reckoning.known.len(), 1);
}
