//! Groups, and people who could be one.

use super::{checked_by, found, rows, whole};
use crate::access::fixture::{
    Account, allows, dns_on, group, group_id, member, permission, policy, whole_account, zones,
};
use crate::domain::{Access, Group, Member, MemberStatus, PermissionScope};
use crate::findings::{RulesFile, Way};

#[test]
fn empty_and_single_member_groups_are_told_only_where_their_lists_have_been_read() {
    let account = whole()
        .members(vec![member(10, "ana@x.io", &[]), member(11, "leo@x.io", &[])])
        .groups(vec![
            group(50, "sandbox", &[allows("DNS")]),
            group(51, "solo", &[allows("Billing")]),
            group(52, "pair", &[allows("Zaraz")]),
            group(53, "unread", &[allows("DNS")]),
        ])
        .inside(50, &[])
        .inside(51, &[10])
        .inside(52, &[10, 11]);
    assert_eq!(rows(&account, "empty-group"), ["sandbox: grants DNS on account"]);
    assert_eq!(rows(&account, "single-member-group"), ["solo: ana@x.io"]);
}

#[test]
fn a_group_without_policies_is_told_and_not_one_whose_policies_could_not_be_read() {
    let unread = Group { policies: None, ..group(51, "unread", &[]) };
    let account = whole()
        .members(vec![member(10, "ana@x.io", &[])])
        .groups(vec![group(50, "bare", &[]), unread, group(52, "dns", &[allows("DNS")])])
        .inside(50, &[10])
        .inside(51, &[])
        .inside(52, &[10]);
    assert_eq!(rows(&account, "group-without-policies"), ["bare: 1 member"]);
}

#[test]
fn groups_that_grant_the_same_are_told_however_it_is_spread_over_policies() {
    let (dns, billing) = (
        permission("DNS", "", PermissionScope::Account),
        permission("Billing", "", PermissionScope::Account),
    );
    let both = policy(Access::Allow, &[&dns, &billing], &[&whole_account()]);
    let account = whole()
        .members(vec![member(10, "ana@x.io", &[]), member(11, "leo@x.io", &[])])
        .groups(vec![
            group(50, "b", &[allows("Billing"), allows("DNS")]),
            group(51, "a", &[both]),
            group(52, "less", &[allows("DNS")]),
            // Groups that grant nothing are not the same; what nobody can tell is not either.
            group(53, "bare", &[]),
            group(54, "bare too", &[]),
            group(55, "zones", &[policy(Access::Allow, &[&dns], &[&zones(Some(70), "eu", &[])])]),
            group(
                56,
                "zones too",
                &[policy(Access::Allow, &[&dns], &[&zones(Some(70), "eu", &[])])],
            ),
            group(57, "zone 1", &[dns_on(1)]),
            group(58, "zone 2", &[dns_on(2)]),
        ])
        .inside(50, &[10, 11])
        .inside(51, &[]);
    let same = found(&account, "same-policies");
    let [finding] = &same[..] else { panic!("{same:?}") };
    assert_eq!(finding.words, "the groups a and b have the same policies");
    assert_eq!(finding.way, Some(Way::Merge { into: group_id(50) }), "the largest stays");
    assert_eq!(rows(&account, "same-policies"), ["a: 0 members", "b: 2 members"]);
    let reach = "each grants Billing and DNS on account";
    assert!(
        finding.detail == reach || finding.detail == "each grants DNS and Billing on account",
        "{}",
        finding.detail
    );
}

/// Three who hold Billing directly, beside others who are no group in waiting.
fn waiting() -> Account {
    let (minimal, billing) = (|| allows("Minimal Account Access"), || allows("Billing"));
    let superb = || allows("Super Administrator - All Privileges");
    whole().members(vec![
        member(10, "ana@x.io", &[billing()]),
        member(11, "leo@x.io", &[minimal(), billing()]),
        member(12, "mia@x.io", &[billing(), minimal()]),
        Member { status: MemberStatus::Pending, ..member(13, "new@x.io", &[billing()]) },
        member(14, "ole@x.io", &[billing(), allows("DNS")]),
        member(15, "min1@x.io", &[minimal()]),
        member(16, "min2@x.io", &[minimal()]),
        member(17, "min3@x.io", &[minimal()]),
        member(18, "sup1@x.io", &[superb()]),
        member(19, "sup2@x.io", &[superb()]),
        member(20, "sup3@x.io", &[superb()]),
        member(21, "dns1@x.io", &[dns_on(1)]),
        member(22, "dns2@x.io", &[dns_on(1)]),
    ])
}

#[test]
fn people_with_the_same_direct_policies_are_a_group_in_waiting() {
    let account = waiting().groups(vec![]);
    let told = found(&account, "group-in-waiting");
    let [finding] = &told[..] else { panic!("{told:?}") };
    assert_eq!(finding.words, "3 people hold Billing on account directly");
    assert_eq!(rows(&account, "group-in-waiting"), ["ana@x.io", "leo@x.io", "mia@x.io"]);
    assert_eq!(finding.way, Some(Way::Gather { into: None }));
    let rules = RulesFile { group_in_waiting_from: 4, ..RulesFile::default() };
    let checked = checked_by(&account.directory, &rules);
    assert!(checked.findings.iter().all(|it| it.rule.id != "group-in-waiting"));
}

#[test]
fn a_group_that_grants_just_that_is_the_one_and_who_is_in_it_already_does_not_wait() {
    let groups =
        || vec![group(50, "billing", &[allows("Billing")]), group(51, "dns", &[allows("DNS")])];
    let account = waiting().groups(groups()).inside(50, &[]).inside(51, &[]);
    let told = found(&account, "group-in-waiting");
    assert_eq!(told[0].way, Some(Way::Gather { into: Some(group_id(50)) }));
    assert_eq!(told[0].detail, "the group billing grants just that");
    // Of three, one holds it by the group too: that is a covered grant, and two are no group.
    let account = waiting().groups(groups()).inside(50, &[11]).inside(51, &[]);
    assert_eq!(found(&account, "group-in-waiting"), []);
}

#[test]
fn the_key_of_a_group_in_waiting_stays_when_people_come_and_go() {
    let key = |account: &Account| found(account, "group-in-waiting")[0].key.clone();
    let before = waiting().groups(vec![]);
    let more = whole().members(
        (30..35).map(|n| member(n, &format!("p{n}@x.io"), &[allows("Billing")])).collect(),
    );
    assert_eq!(key(&before), key(&more.groups(vec![])));
}
