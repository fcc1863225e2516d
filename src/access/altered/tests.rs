use super::*;
use crate::access::fixture::{
    Account, allows, dns_on, group, group_id as id, member, member_id, permission, policy,
    resource_group, role, tag, whole_account, zones,
};
use crate::access::{Held, Place, Reach};
use crate::domain::{Access, DraftId, MemberStatus, Page, ResourceGroupId, ZoneId};

fn add(to: u128, who: u128) -> Change {
    Change::Add { group: id(to).into(), member: member_id(who) }
}

fn remove(from: u128, who: u128) -> Change {
    Change::Remove { group: id(from), member: member_id(who) }
}

fn delete(what: u128) -> Change {
    Change::Delete { group: id(what), name: "".into() }
}

/// A policy that allows DNS on these zones.
fn dns(on: &[u128]) -> Arc<Policy> {
    let dns = permission("Domain DNS", "domain_dns", PermissionScope::Zone);
    policy(Access::Allow, &[&dns], &[&zones(None, "", on)])
}

/// What a list says: name, how many places, by which paths (`0` for directly).
fn told(list: &[Held]) -> Vec<(String, usize, Vec<u128>)> {
    let path = |path: &Path| match path {
        Path::Direct => 0,
        Path::Group(group) => u128::from_str_radix(&group.to_string(), 16).unwrap(),
    };
    list.iter()
        .map(|held| {
            let by = held.by.iter().map(path).collect();
            (held.permission_group.name.to_string(), held.on.len(), by)
        })
        .collect()
}

fn after(account: &Account, changes: &[Change], who: u128) -> Difference {
    Altered::of(&account.directory, changes.iter()).difference(&account.directory, &member_id(who))
}

/// Mia in nothing; Noor in eu-dns (zones 1, 2); prod-dns gives zones 1 to 4.
fn company() -> Account {
    Account::new()
        .members(vec![member(10, "mia@x.io", &[]), member(11, "noor@x.io", &[])])
        .groups(vec![
            group(50, "prod-dns", &[dns(&[1, 2, 3, 4])]),
            group(51, "eu-dns", &[dns(&[1, 2])]),
        ])
        .inside(50, &[])
        .inside(51, &[11])
}

#[test]
fn who_joins_gains_what_no_other_path_gives_and_keeps_what_one_does() {
    let account = company();
    let mia = after(&account, &[add(50, 10)], 10);
    assert_eq!(told(&mia.gains), [("Domain DNS".to_owned(), 4, vec![50])]);
    assert!(mia.losses.is_empty() && mia.kept.is_empty());
    let noor = after(&account, &[add(50, 11)], 11);
    assert_eq!(told(&noor.gains), [("Domain DNS".to_owned(), 2, vec![50])]);
    assert_eq!(told(&noor.kept), [("Domain DNS".to_owned(), 2, vec![51])]);
}

#[test]
fn who_leaves_loses_only_what_nothing_else_gives() {
    let account = company().inside(50, &[10, 11]);
    let mia = after(&account, &[remove(50, 10)], 10);
    assert_eq!(told(&mia.losses), [("Domain DNS".to_owned(), 4, vec![50])]);
    let noor = after(&account, &[remove(50, 11)], 11);
    assert_eq!(told(&noor.losses), [("Domain DNS".to_owned(), 2, vec![50])]);
    assert_eq!(told(&noor.kept), [("Domain DNS".to_owned(), 2, vec![51])]);
}

#[test]
fn the_same_held_directly_or_on_the_whole_account_is_kept() {
    let wide = permission("Domain DNS", "domain_dns", PermissionScope::Zone);
    let wide = policy(Access::Allow, &[&wide], &[&whole_account()]);
    for own in [dns(&[1, 2, 3, 4]), wide.clone()] {
        let account = Account::new()
            .members(vec![member(10, "a@x.io", &[own])])
            .groups(vec![group(50, "prod-dns", &[dns(&[1, 2, 3, 4])])])
            .inside(50, &[10]);
        let left = after(&account, &[remove(50, 10)], 10);
        assert!(left.is_none(), "{left:?}");
        assert_eq!(told(&left.kept), [("Domain DNS".to_owned(), 4, vec![0])]);
    }
    let account = Account::new()
        .members(vec![member(10, "a@x.io", &[dns(&[1])])])
        .groups(vec![group(50, "all-dns", &[wide])])
        .inside(50, &[10]);
    let left = after(&account, &[remove(50, 10)], 10);
    assert_eq!(left.losses[0].on, [Reach::Place(Place::Account)]);
    assert_eq!(told(&left.kept), [("Domain DNS".to_owned(), 1, vec![0])], "one zone stays");
}

#[test]
fn a_role_of_someone_without_policies_is_another_path_too() {
    let mut row = member(10, "a@x.io", &[]);
    row.policies = None;
    row.roles = [role("Billing")].into();
    let account = Account::new()
        .members(vec![row])
        .groups(vec![group(50, "money", &[allows("Billing")])])
        .inside(50, &[10]);
    let left = after(&account, &[remove(50, 10)], 10);
    assert!(left.is_none());
    assert_eq!(told(&left.kept), [("Billing".to_owned(), 1, vec![0])]);
}

#[test]
fn who_moves_between_groups_that_give_the_same_keeps_it_through_the_new_one() {
    let account = company().inside(51, &[10]);
    let changes = [add(50, 10), remove(51, 10)];
    let moved = after(&account, &changes, 10);
    assert!(moved.losses.is_empty());
    assert_eq!(told(&moved.gains), [("Domain DNS".to_owned(), 2, vec![50])]);
    assert_eq!(told(&moved.kept), [("Domain DNS".to_owned(), 2, vec![50])]);
}

#[test]
fn a_deleted_group_touches_all_its_members_and_a_renamed_one_nobody() {
    let account = company().inside(50, &[10, 11]);
    let altered = Altered::of(&account.directory, [delete(50)].iter());
    let touched: Vec<_> = altered.touched(&account.directory).into_iter().collect();
    assert_eq!(touched, [member_id(10), member_id(11)]);
    assert_eq!(altered.causes(&account.directory, &member_id(10)), [Cause::Deleted(id(50))]);
    assert_eq!(told(&after(&account, &[delete(50)], 10).losses).len(), 1);
    let rename = Change::Rename { group: id(50), from: "prod-dns".into(), to: "dns".into() };
    let altered = Altered::of(&account.directory, [rename].iter());
    assert!(altered.touched(&account.directory).is_empty());
    assert_eq!(altered.missing().count(), 0);
}

#[test]
fn changed_policies_touch_all_members_and_who_joins_gets_the_new_ones() {
    let account = company().inside(50, &[10]).rows(Page::ResourceGroups(vec![ResourceGroup {
        id: ResourceGroupId::parse(&tag(900)),
        ..(*whole_account()).clone()
    }]));
    let cache = permission("Cache Purge", "cache", PermissionScope::Account);
    let had = dns(&[1, 2, 3, 4]);
    let draft = PolicyDraft {
        access: Access::Allow,
        permission_groups: vec![cache.id.clone()],
        resource_groups: vec![ResourceGroupId::parse(&tag(900)).unwrap()],
        scopes: Vec::new(),
    };
    let set = |to| Change::SetPolicies { group: id(50), from: vec![had.content()], to };
    let added =
        [set(vec![PolicyEdit::Keep(had.content()), PolicyEdit::Write(draft.clone())]), add(50, 11)];
    let mia = after(&account, &added, 10);
    assert_eq!((mia.gains.len(), mia.losses.len()), (1, 0), "{mia:?}");
    assert_eq!(mia.gains[0].on, [Reach::Place(Place::Account)]);
    let noor = after(&account, &added, 11);
    assert_eq!(noor.gains.len(), 2, "the new policy and the old one: {noor:?}");
    // No catalogue has been read: a policy that stays has its names from the group.
    assert!(noor.gains.iter().any(|held| &*held.permission_group.name == "Domain DNS"));
    let replaced = after(&account, &[set(vec![PolicyEdit::Write(draft)])], 10);
    assert_eq!(told(&replaced.losses), [("Domain DNS".to_owned(), 4, vec![50])]);
    assert_eq!(replaced.gains.len(), 1);
}

#[test]
fn a_group_that_the_plan_makes_gives_its_policies_to_who_joins_it() {
    let mut account = company().rows(Page::ResourceGroups(vec![(*whole_account()).clone()]));
    let draft = PolicyDraft {
        access: Access::Allow,
        permission_groups: vec![permission("Logs", "", PermissionScope::Account).id.clone()],
        resource_groups: vec![ResourceGroupId::parse(&tag(900)).unwrap()],
        scopes: Vec::new(),
    };
    let new = DraftId(1);
    let create = Change::Create { group: new, name: "night".into(), policies: vec![draft.clone()] };
    let join = Change::Add { group: GroupRef::Draft(new), member: member_id(10) };
    // It stands in the directory beside those that are there.
    account.directory.set_drafts(vec![Group {
        id: GroupId::draft(new),
        policies: Some([Arc::new(policy_of(&draft, &account.directory))].into()),
        ..group(1, "night", &[])
    }]);
    let changes = [create, join];
    let mia = after(&account, &changes, 10);
    assert_eq!(mia.gains.len(), 1);
    assert_eq!(mia.gains[0].by, [Path::Group(GroupId::draft(new))]);
    let altered = Altered::of(&account.directory, changes.iter());
    assert_eq!(altered.doubts(&account.directory, &member_id(10), &mia), []);
}

#[test]
fn a_deny_is_told_as_one_and_leaves_what_it_names_unsettled() {
    let dns_group = permission("Domain DNS", "domain_dns", PermissionScope::Zone);
    let deny = policy(Access::Deny, &[&dns_group], &[&zones(None, "", &[1])]);
    let account = Account::new()
        .members(vec![member(10, "a@x.io", std::slice::from_ref(&deny)), member(11, "b@x.io", &[])])
        .groups(vec![
            group(50, "dns", &[dns_on(1)]),
            group(51, "no-dns", &[deny]),
            group(52, "money", &[allows("Billing")]),
        ])
        .inside(50, &[])
        .inside(51, &[])
        .inside(52, &[]);
    let joined = after(&account, &[add(50, 10)], 10);
    assert_eq!(joined.gains[0].access, Access::Allow);
    assert!(joined.is_unsettled(), "they hold a deny of the same");
    let denied = after(&account, &[add(51, 11)], 11);
    assert_eq!(denied.gains[0].access, Access::Deny);
    assert!(denied.is_unsettled());
    assert!(!after(&account, &[add(52, 10)], 10).is_unsettled(), "another permission group");
}

#[test]
fn what_has_not_been_read_is_a_doubt_and_never_a_guess() {
    let doubts = |account: &Account, changes: &[Change], who| {
        let altered = Altered::of(&account.directory, changes.iter());
        let difference = altered.difference(&account.directory, &member_id(who));
        altered.doubts(&account.directory, &member_id(who), &difference)
    };
    let account = company();
    assert_eq!(doubts(&account, &[add(50, 10)], 10), []);
    // The own policies.
    let mut blank = member(12, "c@x.io", &[]);
    blank.policies = None;
    let account = company().rows(Page::Members(vec![blank]));
    assert_eq!(doubts(&account, &[add(50, 12)], 12), [Missing::Own]);
    assert_eq!(doubts(&account, &[add(50, 99)], 99), [Missing::Own], "a stranger");
    // Another group's members: one that could give the same, and one that could not.
    let account = company().rows(Page::Groups(vec![group(52, "us-dns", &[dns(&[3])])]));
    assert_eq!(doubts(&account, &[add(50, 10)], 10), [Missing::Lists(1)]);
    let account = company().rows(Page::Groups(vec![group(52, "money", &[allows("Billing")])]));
    assert_eq!(doubts(&account, &[add(50, 10)], 10), []);
    // A group's policies.
    let mut blank = group(52, "odd", &[]);
    blank.policies = None;
    let account = company().rows(Page::Groups(vec![blank])).inside(52, &[]);
    assert_eq!(doubts(&account, &[add(52, 10)], 10), [Missing::Policies(id(52))]);
    // The list of groups.
    let account = Account::new()
        .members(vec![member(10, "a@x.io", &[])])
        .rows(Page::Groups(vec![group(50, "dns", &[dns_on(1)])]))
        .inside(50, &[]);
    assert_eq!(doubts(&account, &[add(50, 10)], 10), [Missing::Groups]);
}

#[test]
fn whom_a_deletion_touches_is_missing_until_the_members_are_read() {
    let account = Account::new().members(vec![member(10, "a@x.io", &[])]).groups(vec![group(
        50,
        "dns",
        &[dns_on(1)],
    )]);
    let altered = Altered::of(&account.directory, [delete(50)].iter());
    assert!(altered.missing().any(|missing| *missing == Missing::Members(id(50))));
    let account = account.inside(50, &[10]);
    let altered = Altered::of(&account.directory, [delete(50)].iter());
    assert_eq!(altered.missing().count(), 0);
}

#[test]
fn a_scope_that_nobody_says_is_told_as_unknown() {
    let dns = permission("Domain DNS", "", PermissionScope::Zone);
    let odd = policy(Access::Allow, &[&dns], &[&resource_group(Some(7), "", vec![])]);
    let account = Account::new()
        .members(vec![member(10, "a@x.io", &[dns_on(1)])])
        .groups(vec![group(50, "dns", &[odd])])
        .inside(50, &[]);
    let joined = after(&account, &[add(50, 10)], 10);
    assert!(joined.has_unknown_reach());
    let zone = Reach::Place(Place::Zone(ZoneId::parse(&tag(1)).unwrap()));
    assert!(!joined.gains[0].on.contains(&zone));
}

#[test]
fn an_invited_member_holds_the_same_and_is_told_apart_by_the_status_alone() {
    let mut row = member(10, "a@x.io", &[]);
    row.status = MemberStatus::Pending;
    let account = Account::new()
        .members(vec![row])
        .groups(vec![group(50, "dns", &[dns_on(1)])])
        .inside(50, &[]);
    assert_eq!(after(&account, &[add(50, 10)], 10).gains.len(), 1);
}
