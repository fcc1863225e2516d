use jiff::Timestamp;

use super::*;
use crate::access::fixture::{
    Account, allows, dns_on, group, group_id, member, member_id, permission, policy, resource_group,
};
use crate::domain::{
    Access, Load, Now, OrganizationMemberId, Page, PermissionScope, ResourceGroup,
};

fn row(list: &List, account: &Account, slot: Slot) -> Vec<String> {
    let mut cells = Cells::new(list, &account.directory);
    list.columns().iter().map(|column| cells.text(slot, column.id).into_owned()).collect()
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_members_row_says_who_it_is_and_what_they_may_do() {
    let account = Account::new()
        .members(vec![member(10, "leo.chen@northwind.example", &[dns_on(1)])])
        .groups(vec![group(50, "ops", &[allows("Administrator Read Only")])])
        .inside(50, &[10]);
    assert_eq!(
        row(&List::Members, &account, account.slot(10)),
        ["leo.chen@northwind.example", "Leo Chen", "accepted", "on", "1", "account-wide read"]
    );
}

#[test]
fn a20_what_the_service_left_out_is_a_dash_and_never_a_gap() {
    let mut row_ = member(10, "", &[]);
    row_.name = "".into();
    (row_.status, row_.two_factor) = (MemberStatus::Unknown, TwoFactor::Unknown);
    let account = Account::new().members(vec![row_]).groups(vec![]);
    assert_eq!(row(&List::Members, &account, account.slot(10)), ["—", "—", "—", "?", "0", "none"]);
}

#[test]
fn a19_a_status_that_is_not_known_is_kept_and_shown() {
    let mut suspended = member(10, "a@x.io", &[]);
    suspended.status = MemberStatus::from_wire(Some("suspended"));
    let account = Account::new().members(vec![suspended]);
    assert_eq!(row(&List::Members, &account, account.slot(10))[2], "other(suspended)");
}

#[test]
fn while_group_lists_are_unread_counts_and_access_say_so() {
    let account = Account::new()
        .members(vec![member(10, "a@x.io", &[dns_on(1)]), member(11, "b@x.io", &[])])
        .groups(vec![group(50, "ops", &[]), group(51, "web", &[])])
        .inside(50, &[10]);
    let of = |number| row(&List::Members, &account, account.slot(number))[4..].to_vec();
    assert_eq!(of(10), ["≥1", "≥ some zones or resources"]);
    assert_eq!(of(11), ["?", "not known"]);
    let groups = |number| {
        let slot = account.directory.groups().slot(&group_id(number)).unwrap();
        row(&List::Groups, &account, slot)
    };
    assert_eq!(groups(50), ["ops", "1", "none", "—"]);
    assert_eq!(groups(51)[1], "…");
    let account = account.inside(51, &[]);
    assert_eq!(row(&List::Members, &account, account.slot(11))[4..], ["0", "none"]);
}

#[test]
fn a_groups_row_says_how_many_it_has_and_what_it_gives() {
    let mut ops = group(50, "ops", &[allows("Billing"), dns_on(1), dns_on(2)]);
    ops.modified_on = Some(moment("2026-03-04T23:30:07Z"));
    let mut silent = group(51, "silent", &[]);
    silent.policies = None;
    let account = Account::new().groups(vec![ops, silent]).inside(50, &[1, 2, 3]);
    let slot = |n| account.directory.groups().slot(&group_id(n)).unwrap();
    let ops = row(&List::Groups, &account, slot(50));
    assert_eq!(ops, ["ops", "3", "Billing on account, and 2 more", "4 Mar 2026"]);
    assert_eq!(row(&List::Groups, &account, slot(51))[2], "—");
}

#[test]
fn since_when_is_said_where_it_was_asked_for() {
    let mut account = Account::new()
        .members(vec![member(10, "a@x.io", &[])])
        .groups(vec![group(50, "ops", &[])])
        .inside(50, &[10]);
    let slot = account.slot(10);
    let group_slot = account.directory.groups().slot(&group_id(50)).unwrap();
    let inside = List::GroupMembers(group_id(50));
    assert_eq!(row(&inside, &account, slot)[4], "—");
    let since = Some(moment("2026-01-12T08:00:00Z"));
    let load =
        Load::Membership { group: group_id(50), member: member_id(10), present: true, since };
    account.directory.absorb(load, Now::default());
    assert_eq!(row(&inside, &account, slot)[4], "12 Jan 2026");
    let groups = List::MemberGroups(member_id(10));
    assert_eq!(row(&groups, &account, group_slot), ["ops", "12 Jan 2026", "none"]);
}

#[test]
fn an_organizations_row_says_since_when() {
    let account = Account::new().walked(Page::OrganizationMembers(vec![OrganizationMember {
        id: OrganizationMemberId::parse("om_1").unwrap(),
        user: None,
        email: "a@x.io".into(),
        name: "Ana Marić".into(),
        status: MemberStatus::from_wire(Some("active")),
        two_factor: TwoFactor::Off,
        since: Some(moment("2025-12-01T00:00:00Z")),
        updated: None,
        meta: serde_json::Value::Null,
    }]));
    let slot = List::Organization.slots(&account.directory)[0];
    assert_eq!(
        row(&List::Organization, &account, slot),
        ["a@x.io", "Ana Marić", "active", "off", "1 Dec 2025"]
    );
}

#[test]
fn a_row_that_is_gone_is_empty_and_harms_nothing() {
    let account = Account::new().members(vec![member(10, "a@x.io", &[])]);
    let slot = account.slot(10);
    let account = account.members(vec![]).groups(vec![]);
    assert_eq!(row(&List::Members, &account, slot)[..4], ["", "", "", ""]);
}

#[test]
fn t5_t6_no_field_of_the_service_reaches_a_cell_as_it_is() {
    for evil in ["a\x1b[31mb", "a\u{202E}b", "a\rb", "a\u{9b}b", "a\u{200B}b", "a\u{E0041}b\n"] {
        let mut person = member(10, evil, &[]);
        person.name = evil.into();
        person.status = MemberStatus::Other(evil.into());
        let permission = permission(evil, evil, PermissionScope::Resource(evil.into()));
        let named = resource_group(None, evil, vec![]);
        let keyed = ResourceGroup {
            id: None,
            name: "".into(),
            scopes: vec![crate::domain::Scope { key: evil.into(), objects: vec![evil.into()] }],
        };
        let access = Access::Other(evil.into());
        let policies = [policy(access, &[&permission], &[&named, &keyed.clone().into()])];
        let zone = policy(Access::Allow, &[&permission], &[&keyed.into()]);
        let account = Account::new().zone(1, evil).members(vec![person]).groups(vec![
            group(50, evil, &policies),
            group(51, evil, &[zone]),
            group(52, evil, &[dns_on(1)]),
        ]);
        let mut seen = row(&List::Members, &account, account.slot(10));
        for slot in List::Groups.slots(&account.directory) {
            seen.extend(row(&List::Groups, &account, slot));
        }
        for cell in &seen {
            assert_eq!(text::safe(cell), cell.as_str(), "{evil:?}");
        }
        let marked = seen.iter().filter(|cell| cell.contains('^') || cell.contains('⟨'));
        assert!(marked.count() >= 9, "{seen:?}");
    }
}
