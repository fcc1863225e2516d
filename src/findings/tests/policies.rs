//! Single policies, of members and of groups alike.

use std::sync::Arc;

use super::{found, rows, whole};
use crate::access::fixture::{
    Account, account_key, allows, dns_on, group, member, permission, policy, resource_group,
    whole_account, zones,
};
use crate::domain::{Access, Page, PermissionScope, Policy, Scope, Zone, ZoneId};

fn on(access: Access, name: &str, resource: &Arc<crate::domain::ResourceGroup>) -> Arc<Policy> {
    let scope =
        if name.starts_with("Domain") { PermissionScope::Zone } else { PermissionScope::Account };
    policy(access, &[&permission(name, "", scope)], &[resource])
}

#[test]
fn a_direct_grant_that_a_group_gives_as_well_is_told_with_the_group() {
    let minimal = || allows("Minimal Account Access");
    let wide = on(Access::Allow, "Domain DNS", &whole_account());
    let account = whole()
        .members(vec![
            member(10, "ana@x.io", &[allows("Billing"), allows("Zaraz")]),
            member(11, "leo@x.io", &[dns_on(1)]),
            // Look-alikes: not in the group, another zone, only to be a member, a deny, the same by the table only.
            member(12, "mia@x.io", &[allows("Billing")]),
            member(13, "ole@x.io", &[dns_on(3)]),
            member(14, "pia@x.io", &[minimal()]),
            member(15, "ria@x.io", &[on(Access::Deny, "Billing", &whole_account())]),
            member(16, "sam@x.io", &[allows("DNS")]),
        ])
        .groups(vec![
            group(50, "money", &[allows("Billing"), minimal()]),
            group(51, "dns", &[dns_on(1)]),
            group(52, "all dns", &[wide]),
            group(53, "admins", &[allows("Administrator")]),
        ])
        .inside(50, &[10, 14, 15])
        .inside(51, &[11, 13])
        .inside(52, &[11])
        .inside(53, &[16]);
    assert_eq!(
        rows(&account, "covered-grant"),
        [
            "ana@x.io: Billing on account, also through money",
            "leo@x.io: Domain DNS on com.cloudflare.api.account.zone.00000000000000000000000000000001, also through all dns, dns",
        ]
    );
}

#[test]
fn what_denies_or_may_is_told_of_members_and_groups() {
    let odd = on(Access::Other("maybe".into()), "Billing", &whole_account());
    let account = whole()
        .members(vec![
            member(10, "ana@x.io", &[on(Access::Deny, "Billing", &whole_account())]),
            member(11, "leo@x.io", &[allows("Billing")]),
        ])
        .groups(vec![group(50, "odd", &[odd])]);
    let words = &found(&account, "deny")[0].words;
    assert_eq!(words, "1 member and 1 group have policies that deny");
    assert_eq!(
        rows(&account, "deny"),
        ["ana@x.io: deny Billing on account", "odd: maybe Billing on account"]
    );
}

#[test]
fn permission_groups_that_the_account_does_not_have_are_told_once_the_catalogue_is_read_whole() {
    let people = || {
        vec![member(10, "ana@x.io", &[allows("Gone")]), member(11, "leo@x.io", &[allows("DNS")])]
    };
    let account = whole().members(people()).groups(vec![]);
    assert_eq!(rows(&account, "unknown-permission"), ["ana@x.io: Gone"]);
    let unread = Account::new().members(people()).groups(vec![]);
    assert_eq!(found(&unread, "unknown-permission"), []);
}

#[test]
fn a_scope_that_is_empty_and_one_that_nothing_tells_of_are_told_apart() {
    let scope = |objects: &[&str]| Scope {
        key: account_key().into(),
        objects: objects.iter().map(|o| (*o).into()).collect(),
    };
    let known = resource_group(Some(70), "eu", vec![]);
    let gone = resource_group(Some(71), "gone", vec![]);
    // Written for a single policy: in no catalogue, and it says itself what it covers.
    let inline = zones(None, "", &[1]);
    let nothing = resource_group(None, "", vec![scope(&[])]);
    let dns = |on_: &Arc<_>| on(Access::Allow, "Domain DNS", on_);
    let account = whole()
        .rows(Page::ResourceGroups(vec![(*known).clone()]))
        .members(vec![
            member(10, "ana@x.io", &[dns(&known)]),
            member(11, "leo@x.io", &[dns(&gone)]),
            member(12, "mia@x.io", &[dns(&inline)]),
            member(13, "ole@x.io", &[dns(&nothing)]),
            member(
                14,
                "pia@x.io",
                &[policy(Access::Allow, &[&permission("DNS", "", PermissionScope::Account)], &[])],
            ),
            member(15, "ria@x.io", &[allows("DNS")]),
        ])
        .groups(vec![]);
    let names = |rule| -> Vec<String> {
        rows(&account, rule).iter().map(|row| row.split(':').next().unwrap().to_owned()).collect()
    };
    assert_eq!(names("empty-scope"), ["ana@x.io", "ole@x.io", "pia@x.io"]);
    assert_eq!(names("unknown-scope"), ["leo@x.io"]);
}

#[test]
fn a_zone_that_is_not_in_the_account_is_told_once_the_zones_are_read_whole() {
    let zone =
        Zone { id: ZoneId::parse(&format!("{:032x}", 1)).unwrap(), name: "shop.example".into() };
    let people =
        || vec![member(10, "ana@x.io", &[dns_on(2)]), member(11, "leo@x.io", &[dns_on(1)])];
    let read = Account::new().walked(Page::Zones(vec![zone])).members(people()).groups(vec![]);
    assert_eq!(
        rows(&read, "unseen-zone"),
        ["ana@x.io: com.cloudflare.api.account.zone.00000000000000000000000000000002"]
    );
    assert_eq!(found(&Account::new().members(people()).groups(vec![]), "unseen-zone"), []);
}

#[test]
fn a_group_that_grants_wide_what_it_also_grants_narrow_is_told() {
    let account = whole()
        .members(vec![])
        .groups(vec![
            group(50, "contractors", &[allows("Administrator"), dns_on(1)]),
            group(51, "dns", &[allows("DNS"), dns_on(1)]),
            // Look-alikes: what is wide gives nothing of what is narrow.
            group(52, "billing", &[allows("Billing"), dns_on(1)]),
            group(53, "member", &[allows("Minimal Account Access"), dns_on(1)]),
            group(54, "two zones", &[dns_on(1), dns_on(2)]),
        ])
        .zone(1, "shop.example");
    assert_eq!(
        rows(&account, "group-wide-and-narrow"),
        [
            "contractors: Administrator on account beside Domain DNS on shop.example",
            "dns: DNS on account beside Domain DNS on shop.example",
        ]
    );
}

#[test]
fn a_member_who_holds_wide_what_is_also_held_narrow_is_told_and_an_administrator_in_a_group_is_not()
{
    let wide = || on(Access::Allow, "Domain DNS", &whole_account());
    let account = whole()
        .members(vec![
            member(10, "ana@x.io", &[allows("DNS"), dns_on(1)]),
            member(11, "leo@x.io", &[dns_on(1)]),
            member(12, "mia@x.io", &[allows("DNS")]),
            // Look-alikes: two groups, an administrator in a group, and the very same, which is a covered grant.
            member(13, "ole@x.io", &[allows("Billing")]),
            member(14, "pia@x.io", &[allows("Administrator")]),
            member(15, "ria@x.io", &[dns_on(1)]),
        ])
        .groups(vec![
            group(50, "wide", &[allows("DNS")]),
            group(51, "narrow", &[dns_on(1)]),
            group(52, "all zones", &[wide()]),
        ])
        .inside(50, &[11, 13])
        .inside(51, &[12, 13, 14])
        .inside(52, &[15])
        .zone(1, "shop.example");
    let beside = "DNS on account beside Domain DNS on shop.example";
    let told: Vec<String> = ["ana", "leo", "mia"].map(|who| format!("{who}@x.io: {beside}")).into();
    assert_eq!(rows(&account, "member-wide-and-narrow"), told);
    assert_eq!(rows(&account, "covered-grant").len(), 1);
}
