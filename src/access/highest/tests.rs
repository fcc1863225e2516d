use super::*;
use crate::access::fixture::{
    Account, allows, dns_on, group, member, member_id, permission, policy, role, whole_account,
    zones,
};
use crate::domain::Page;

/// The highest access of a member with these direct policies in an account without groups.
fn of(policies: &[Arc<Policy>]) -> Highest {
    let account = Account::new().members(vec![member(10, "leo@x.io", policies)]).groups(vec![]);
    highest(&account.directory, account.slot(10))
}

#[test]
fn each_word_is_said_of_what_it_means() {
    assert_eq!(of(&[allows("Super Administrator - All Privileges")]), Highest::SuperAdministrator);
    assert_eq!(of(&[allows("Administrator")]), Highest::Administrator);
    assert_eq!(of(&[allows("DNS")]), Highest::AccountWrite);
    assert_eq!(of(&[allows("Administrator Read Only")]), Highest::AccountRead);
    assert_eq!(of(&[dns_on(1)]), Highest::Some);
    assert_eq!(of(&[allows("Minimal Account Access")]), Highest::Minimal);
    assert_eq!(of(&[]), Highest::None);
    assert_eq!(of(&[allows("Minimal Account Access"), dns_on(1)]), Highest::Some);
}

#[test]
fn what_only_reads_is_told_by_its_label_or_its_name() {
    for (name, label) in [
        ("Administrator Read Only", ""),
        ("Cloudflare Zero Trust Read Only", ""),
        ("Workers Platform (Read-only)", ""),
        ("Magic Network Monitoring Read-Only", ""),
        ("Vectorize Read only", ""),
        ("Cloudchamber Admin Read Only", ""),
        ("Turnstile Read", ""),
        ("Zone Versioning Read (Account-Wide)", ""),
        ("Network Services Read (Magic)", ""),
        ("Audit Logs Viewer", ""),
        ("Log Share Reader", ""),
        ("", "teams_read"),
        ("Whatever", "admin_readonly"),
    ] {
        assert!(reads_only(label, name), "{name} {label}");
    }
    for (name, label) in [
        ("DNS", "dns_admin"),
        ("Cloudflare R2 Admin", ""),
        ("Spreadsheets", ""),
        ("Thread Admin", "thread"),
        ("Read and Write", ""),
        ("Network Services Write (Magic)", ""),
        ("", ""),
    ] {
        assert!(!reads_only(label, name), "{name} {label}");
    }
}

#[test]
fn the_two_that_rule_are_known_by_label_where_the_environment_has_other_ids() {
    let wide = whole_account();
    for (label, level) in
        [("all_privileges", Highest::SuperAdministrator), ("admin", Highest::Administrator)]
    {
        let permission = permission("Somebody", label, PermissionScope::Account);
        assert_eq!(of(&[policy(Access::Allow, &[&permission], &[&wide])]), level);
    }
}

#[test]
fn a_permission_for_zones_reaches_no_further_on_the_whole_account() {
    let dns = permission("Domain DNS", "", PermissionScope::Zone);
    assert_eq!(of(&[policy(Access::Allow, &[&dns], &[&whole_account()])]), Highest::Some);
    let billing = permission("Billing", "", PermissionScope::Account);
    assert_eq!(of(&[policy(Access::Allow, &[&billing], &[&zones(None, "", &[1])])]), Highest::Some);
}

#[test]
fn a_deny_is_no_access() {
    let dns = permission("DNS", "", PermissionScope::Account);
    let other = Access::Other("audit".into());
    for access in [Access::Deny, other] {
        assert_eq!(of(&[policy(access, &[&dns], &[&whole_account()])]), Highest::None);
    }
}

#[test]
fn what_a_group_gives_counts() {
    let account = Account::new()
        .members(vec![member(10, "leo@x.io", &[dns_on(1)])])
        .groups(vec![group(50, "ops", &[allows("Administrator")])])
        .inside(50, &[10]);
    assert_eq!(highest(&account.directory, account.slot(10)), Highest::Administrator);
}

#[test]
fn roles_count_where_there_are_no_policies_and_only_there() {
    let mut only_roles = member(10, "a@x.io", &[]);
    only_roles.policies = None;
    only_roles.roles = [role("Administrator")].into();
    let mut both = member(11, "b@x.io", &[dns_on(1)]);
    both.roles = [role("Administrator")].into();
    let account = Account::new().members(vec![only_roles, both]).groups(vec![]);
    assert_eq!(highest(&account.directory, account.slot(10)), Highest::Administrator);
    assert_eq!(highest(&account.directory, account.slot(11)), Highest::Some);
}

#[test]
fn nothing_is_said_while_a_groups_members_are_not_read() {
    let account = Account::new()
        .members(vec![
            member(10, "a@x.io", &[dns_on(1)]),
            member(11, "b@x.io", &[allows("Super Administrator - All Privileges")]),
        ])
        .groups(vec![group(50, "ops", &[allows("Administrator")])]);
    let mut levels = Levels::new(&account.directory);
    assert_eq!(levels.highest(account.slot(10)), Highest::NotKnown);
    assert_eq!(levels.at_least(account.slot(10)), Highest::Some);
    assert_eq!(levels.highest(account.slot(11)), Highest::SuperAdministrator, "can't be more");
    let read = account.inside(50, &[]);
    assert_eq!(highest(&read.directory, read.slot(10)), Highest::Some);
}

#[test]
fn nothing_is_said_of_someone_of_whom_only_a_group_speaks_or_whose_group_hides_its_policies() {
    let mut silent = group(50, "ops", &[]);
    silent.policies = None;
    let account = Account::new()
        .members(vec![member(10, "a@x.io", &[dns_on(1)])])
        .groups(vec![silent, group(51, "all", &[])])
        .inside(50, &[10])
        .inside(51, &[99]);
    assert_eq!(highest(&account.directory, account.slot(10)), Highest::NotKnown);
    assert_eq!(highest(&account.directory, account.slot(99)), Highest::NotKnown);
}

#[test]
fn a_resource_group_that_came_with_its_id_alone_is_looked_up() {
    let known = whole_account();
    let bare = Arc::new(crate::domain::ResourceGroup {
        id: known.id.clone(),
        name: "".into(),
        scopes: vec![],
    });
    let billing = permission("Billing", "", PermissionScope::Account);
    let policies = [policy(Access::Allow, &[&billing], &[&bare])];
    let account = Account::new()
        .rows(Page::ResourceGroups(vec![(*known).clone()]))
        .members(vec![member(10, "a@x.io", &policies)])
        .groups(vec![]);
    assert_eq!(highest(&account.directory, account.slot(10)), Highest::AccountWrite);
}

#[test]
fn a_member_who_is_gone_is_not_known() {
    let account = Account::new().members(vec![member(10, "a@x.io", &[])]);
    let slot = account.slot(10);
    let account = account.members(vec![]);
    assert_eq!(account.directory.members().get(&member_id(10)), None);
    assert_eq!(highest(&account.directory, slot), Highest::NotKnown);
}
