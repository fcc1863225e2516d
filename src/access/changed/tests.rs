use super::*;
use crate::access::fixture::{Account, allows, dns_on, group, group_id, member, member_id};
use crate::access::held_words;
use crate::domain::{Fault, FaultKind, Load, MemberStatus, Now, Page, TwoFactor, WalkId};

/// Two people, a group with DNS on a zone, and who is in it.
fn account(inside: &[u128]) -> Account {
    people(vec![member(10, "a@x.io", &[]), member(11, "b@x.io", &[allows("Billing")])], inside)
}

fn people(members: Vec<Member>, inside: &[u128]) -> Account {
    Account::new()
        .members(members)
        .groups(vec![group(50, "dns", &[dns_on(1), allows("Zaraz")])])
        .inside(50, inside)
        .zone(1, "shop.example")
}

fn between(before: &Account, after: &Account) -> Changed {
    changed(&before.directory, &after.directory)
}

fn access(account: &Account, changed: &Changed) -> Vec<(Sign, MemberId, String, Vec<Reason>)> {
    let told = changed.access.iter().map(|change| {
        let words = held_words(&account.directory, &change.held);
        (change.sign, change.member.clone(), words, change.why.clone())
    });
    told.collect()
}

#[test]
fn who_joins_a_group_holds_what_it_gives_because_of_that() {
    let (before, after) = (account(&[11]), account(&[10, 11]));
    let changed = between(&before, &after);
    assert_eq!(changed.memberships, [(Sign::Came, group_id(50), member_id(10))]);
    assert!(changed.members.is_empty() && changed.groups.is_empty());
    let why = || vec![Reason::Membership(group_id(50))];
    assert_eq!(
        access(&after, &changed),
        [
            (Sign::Came, member_id(10), "Domain DNS on shop.example".to_owned(), why()),
            (Sign::Came, member_id(10), "Zaraz on account".to_owned(), why()),
        ]
    );
    // The other way round it is what went.
    let back = between(&after, &before);
    assert_eq!(back.memberships, [(Sign::Went, group_id(50), member_id(10))]);
    assert!(back.access.iter().all(|change| change.sign == Sign::Went && change.why == why()));
    assert_eq!(back.access.len(), 2);
}

#[test]
fn the_same_account_in_another_order_is_the_same() {
    let dns = [allows("Zaraz"), dns_on(1)];
    let other = Account::new()
        .zone(1, "shop.example")
        .members(vec![member(11, "b@x.io", &[allows("Billing")]), member(10, "a@x.io", &[])])
        .groups(vec![group(50, "dns", &dns)])
        .inside(50, &[11, 10]);
    let changed = between(&account(&[10, 11]), &other);
    assert!(changed.is_none(), "{changed:?}");
}

#[test]
fn a_group_that_gives_something_else_changes_what_those_inside_hold_and_is_named_for_it() {
    let before = account(&[10]);
    let after =
        people(vec![member(10, "a@x.io", &[]), member(11, "b@x.io", &[allows("Billing")])], &[10]);
    let after = after.groups(vec![group(50, "edge", &[allows("Zaraz")])]);
    let changed = between(&before, &after);
    let [row] = &changed.groups[..] else { panic!("{changed:?}") };
    assert_eq!((row.sign, row.parts.len()), (Sign::Altered, 2));
    assert_eq!(row.parts[0], Part::Name);
    assert!(
        matches!(&row.parts[1], Part::Policies(came, went) if came.is_empty() && went.len() == 1)
    );
    let told = access(&after, &changed);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0, &told[0].3), (Sign::Went, &vec![Reason::Policies(group_id(50))]));
}

#[test]
fn an_invitation_that_is_accepted_is_when_access_begins() {
    let mut invited = member(10, "a@x.io", &[allows("Billing")]);
    let accepted = invited.clone();
    invited.status = MemberStatus::Pending;
    invited.two_factor = TwoFactor::Off;
    let changed = between(&people(vec![invited], &[]), &people(vec![accepted], &[]));
    assert_eq!(changed.members[0].parts, [Part::Status, Part::TwoFactor]);
    let [only] = &changed.access[..] else { panic!("{changed:?}") };
    assert_eq!((only.sign, &only.why), (Sign::Came, &vec![Reason::Status]));
}

#[test]
fn the_same_access_by_another_path_is_no_change_of_access() {
    let before = people(vec![member(10, "a@x.io", &[dns_on(1), allows("Zaraz")])], &[]);
    let after = people(vec![member(10, "a@x.io", &[])], &[10]);
    let changed = between(&before, &after);
    assert!(changed.access.is_empty(), "{changed:?}");
    assert_eq!((changed.members.len(), changed.memberships.len()), (1, 1));
}

#[test]
fn who_came_and_who_went_are_told_with_all_that_they_hold() {
    let before = people(vec![member(10, "a@x.io", &[allows("Billing")])], &[]);
    let after = people(vec![member(11, "a@x.io", &[allows("Billing")])], &[]);
    let changed = between(&before, &after);
    // Somebody of the same e-mail with another id is somebody else.
    let rows: Vec<_> = changed.members.iter().map(|row| (row.sign, row.id.clone())).collect();
    assert_eq!(rows, [(Sign::Went, member_id(10)), (Sign::Came, member_id(11))]);
    let access: Vec<_> = changed.access.iter().map(|one| (one.sign, one.why.clone())).collect();
    let why = || vec![Reason::Member];
    assert_eq!(access, [(Sign::Went, why()), (Sign::Came, why())]);
}

#[test]
fn what_one_side_does_not_know_whole_proves_no_absence() {
    let before = account(&[10, 11]);
    let mut after = Account::new().groups(vec![group(50, "dns", &[dns_on(1), allows("Zaraz")])]);
    let walk = WalkId(900);
    let fault = Fault::new(FaultKind::Server, "reading the members", "");
    let collection = Collection::Members;
    let page = Page::Members(vec![member(10, "a@x.io", &[])]);
    for load in [
        Load::Begun { collection: collection.clone(), walk },
        Load::Page { walk, page, of: None, set_aside: 0 },
        Load::Failed { collection, walk, fault },
    ] {
        after.directory.absorb(load, Now::default());
    }
    let changed = between(&before, &after);
    assert!(changed.members.is_empty(), "{changed:?}");
    assert!(changed.memberships.is_empty(), "{changed:?}");
}
