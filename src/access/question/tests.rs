use super::*;
use crate::access::fixture::{
    Account, allows, dns_on, group, group_id, member, member_id, permission, policy,
    resource_group, role, tag, whole_account, zones,
};
use crate::domain::{MemberStatus, PermissionScope, ZoneId};

fn zone(number: u128) -> Place {
    Place::Zone(ZoneId::parse(&tag(number)).unwrap())
}

fn domain_dns() -> Arc<PermissionGroup> {
    permission("Domain DNS", "domain_dns", PermissionScope::Zone)
}

fn dns_on_zone(number: u128) -> Question {
    Question { permission: domain_dns(), on: Some(zone(number)) }
}

/// The e-mails of who can, with the number of paths.
fn told(account: &Account, question: &Question) -> Vec<(String, u32)> {
    let directory = &account.directory;
    let answer = Asked::new(directory, question).who_can();
    let email = |slot| directory.members().at(slot).unwrap().email.to_string();
    answer.people.iter().map(|person| (email(person.member), person.paths)).collect()
}

fn as_told(people: &[(&str, u32)]) -> Vec<(String, u32)> {
    people.iter().map(|(email, paths)| ((*email).to_owned(), *paths)).collect()
}

#[test]
fn who_can_counts_each_independent_path_and_leaves_out_who_holds_it_on_another_zone() {
    let account = Account::new()
        .members(vec![
            member(10, "both@x.io", &[dns_on(1)]),
            member(11, "other@x.io", &[dns_on(2)]),
            member(12, "through@x.io", &[]),
        ])
        .groups(vec![
            group(50, "dns", &[dns_on(1), dns_on(1)]),
            group(51, "all", &[policy(Access::Allow, &[&domain_dns()], &[&whole_account()])]),
        ])
        .inside(50, &[10, 12])
        .inside(51, &[10]);
    let told = told(&account, &dns_on_zone(1));
    assert_eq!(told, as_told(&[("both@x.io", 3), ("through@x.io", 1)]));
}

#[test]
fn a_proof_names_the_policy_the_scope_and_what_it_rests_on() {
    let admin = permission("Administrator", "admin", PermissionScope::Account);
    let account = Account::new()
        .members(vec![member(10, "leo@x.io", &[dns_on(1)])])
        .groups(vec![group(50, "ops", &[policy(Access::Allow, &[&admin], &[&whole_account()])])])
        .inside(50, &[10]);
    let question = dns_on_zone(1);
    let proofs = Asked::new(&account.directory, &question).proofs(&member_id(10));
    let [own, through] = &proofs[..] else { panic!("{proofs:?}") };
    assert_eq!((&own.path, own.rests), (&Path::Direct, Rests::Itself));
    assert_eq!(own.reach, Reach::Place(zone(1)));
    assert_eq!(through.path, Path::Group(group_id(50)));
    assert_eq!(through.reach, Reach::Place(Place::Account));
    assert!(matches!(through.rests, Rests::Table(_)));
}

#[test]
fn a_deny_is_told_beside_and_a_deny_alone_gives_nothing() {
    let deny = policy(Access::Deny, &[&domain_dns()], &[&zones(None, "", &[1])]);
    let account = Account::new().members(vec![
        member(10, "denied@x.io", &[dns_on(1), deny.clone()]),
        member(11, "only@x.io", &[deny]),
    ]);
    let question = dns_on_zone(1);
    let answer = Asked::new(&account.directory, &question).who_can();
    let [person] = &answer.people[..] else { panic!("{answer:?}") };
    assert!(person.denied);
    assert_eq!(person.member, account.slot(10));
}

#[test]
fn who_was_invited_is_told_apart_and_roles_alone_hold_on_every_zone() {
    let mut invited = member(10, "new@x.io", &[dns_on(1)]);
    invited.status = MemberStatus::Pending;
    let mut by_role = member(11, "role@x.io", &[]);
    by_role.roles = [role("Administrator")].into();
    let account = Account::new().members(vec![invited, by_role]);
    let question = dns_on_zone(1);
    let answer = Asked::new(&account.directory, &question).who_can();
    let pending: Vec<bool> = answer.people.iter().map(|person| person.pending).collect();
    assert_eq!(pending, [true, false]);
    assert!(!answer.people[1].itself);
}

#[test]
fn a_scope_of_which_nothing_is_known_gives_perhaps_on_a_place_and_surely_somewhere() {
    let bare = resource_group(Some(321), "", vec![]);
    let account = Account::new().members(vec![member(
        10,
        "leo@x.io",
        &[policy(Access::Allow, &[&domain_dns()], &[&bare])],
    )]);
    for (question, sure) in [
        (dns_on_zone(1), Sure::Perhaps),
        (Question { permission: domain_dns(), on: None }, Sure::Yes),
    ] {
        let answer = Asked::new(&account.directory, &question).who_can();
        assert_eq!(answer.people.iter().map(|p| p.sure).collect::<Vec<_>>(), [sure]);
    }
}

#[test]
fn what_is_held_on_a_zone_is_not_held_on_the_account() {
    let account = Account::new().members(vec![
        member(10, "leo@x.io", &[dns_on(1)]),
        member(11, "mia@x.io", &[allows("DNS")]),
    ]);
    let question = Question { permission: domain_dns(), on: Some(Place::Account) };
    assert_eq!(told(&account, &question), as_told(&[("mia@x.io", 1)]));
}

#[test]
fn one_member_is_answered_for_as_in_the_whole_account() {
    let account = Account::new()
        .members(vec![member(10, "a@x.io", &[dns_on(1)]), member(11, "b@x.io", &[])])
        .groups(vec![group(50, "dns", &[dns_on(1)])])
        .inside(50, &[10, 11]);
    let question = dns_on_zone(1);
    let mut asked = Asked::new(&account.directory, &question);
    let all = asked.who_can().people;
    let each: Vec<Person> =
        account.directory.members().iter().filter_map(|(slot, _)| asked.can(slot)).collect();
    assert_eq!(all, each);
    assert_eq!(all.len(), 2);
}

#[test]
fn what_has_not_been_read_is_told_with_the_answer() {
    let read = Account::new().members(vec![member(10, "a@x.io", &[])]).groups(vec![]);
    assert!(Unseen::of(&read.directory).is_nothing());
    let mut half = group(50, "dns", &[]);
    half.policies = None;
    let mut bare = member(10, "a@x.io", &[]);
    bare.policies = None;
    let account = Account::new().members(vec![bare]).groups(vec![half]);
    let unseen = Unseen::of(&account.directory);
    assert_eq!((unseen.lists, unseen.own, unseen.members), (1, 1, false));
    assert_eq!(unseen.policies, [group_id(50)]);
    assert!(Unseen::of(&Account::new().directory).members);
}

#[test]
fn who_is_in_a_group_matters_only_where_the_group_gives_or_denies_it_or_may() {
    let deny = policy(Access::Deny, &[&domain_dns()], &[&zones(None, "", &[1])]);
    let mut half = group(53, "half", &[]);
    half.policies = None;
    let groups = vec![
        group(50, "dns", &[dns_on(1)]),
        group(51, "billing", &[allows("Billing")]),
        group(52, "no-dns", &[deny]),
        half,
    ];
    let account = Account::new().members(vec![member(10, "a@x.io", &[])]).groups(groups);
    let question = dns_on_zone(1);
    let mut asked = Asked::new(&account.directory, &question);
    assert_eq!(asked.groups_that_matter(), [group_id(50), group_id(52), group_id(53)]);
    let unseen = asked.who_can().unseen;
    assert_eq!((unseen.lists, unseen.policies), (2, vec![group_id(53)]));
    let account = account.inside(50, &[10]).inside(52, &[]);
    let mut asked = Asked::new(&account.directory, &question);
    assert_eq!(asked.who_can().unseen.lists, 0);
}

#[test]
fn a_grant_is_proved_by_the_policy_of_each_of_its_paths_and_by_no_other() {
    let two = policy(Access::Allow, &[&domain_dns()], &[&zones(None, "", &[2])]);
    let own = policy(
        Access::Allow,
        &[&domain_dns(), &permission("Billing", "", PermissionScope::Account)],
        &[&zones(Some(77), "shops", &[1])],
    );
    let account = Account::new()
        .members(vec![member(10, "a@x.io", &[two, own.clone()])])
        .groups(vec![group(50, "dns", &[dns_on(1)])])
        .inside(50, &[10]);
    let all = explained(&account.directory, &member_id(10));
    let grants: Vec<Grant> = all.iter().map(|(grant, _)| grant.clone()).collect();
    assert_eq!(grants, crate::access::grants(&account.directory, &member_id(10)));
    let (_, proofs) = all.iter().find(|(grant, _)| grant.paths.len() == 2).unwrap();
    let told: Vec<_> = proofs.iter().map(|proof| (&proof.path, &proof.policy)).collect();
    assert_eq!(told, [(&Path::Direct, &own), (&Path::Group(group_id(50)), &dns_on(1))]);
}
