//! The guards about who can still manage the account, and about roles that nobody would hold any more.

use std::sync::Arc;

use super::*;
use crate::access::fixture::{
    Account, allows, dns_on, group, group_id as id, member, member_id, role,
};
use crate::domain::{
    Caller, CredentialKind, Member, MemberStatus, Policy, PolicyContent, PolicyEdit, TwoFactor,
};

const SUPER: &str = "Super Administrator - All Privileges";

fn remove(from: u128, who: u128) -> Change {
    Change::Remove { group: id(from), member: member_id(who) }
}

fn add(to: u128, who: u128) -> Change {
    Change::Add { group: id(to).into(), member: member_id(who) }
}

fn delete(what: u128, name: &str) -> Change {
    Change::Delete { group: id(what), name: name.into() }
}

/// Takes all policies away from a group that has these.
fn set_none(group: u128, from: &[Arc<Policy>]) -> Change {
    let from: Vec<PolicyContent> = from.iter().map(|policy| policy.content()).collect();
    Change::SetPolicies { group: id(group), from, to: Vec::<PolicyEdit>::new() }
}

fn caller(email: &str) -> Caller {
    Caller {
        kind: CredentialKind::UserToken,
        token: None,
        expires: None,
        user: None,
        email: email.into(),
        member: None,
    }
}

/// Ana is Super Administrator by herself, Leo and Mia through `admins`; Noor may do DNS. Noor is calling.
fn company() -> Account {
    let mut account = Account::new()
        .members(vec![
            member(10, "ana@x.io", &[allows(SUPER)]),
            member(11, "leo@x.io", &[]),
            member(12, "mia@x.io", &[]),
            member(13, "noor@x.io", &[]),
        ])
        .groups(vec![group(50, "admins", &[allows(SUPER)]), group(51, "dns", &[dns_on(1)])])
        .inside(50, &[11, 12])
        .inside(51, &[12, 13]);
    account.directory.caller = Some(caller("noor@x.io"));
    account
}

/// The same with a member as another.
fn with(account: Account, change: impl Fn(&mut Member)) -> Account {
    let mut rows: Vec<Member> = account.directory.members().values().cloned().collect();
    rows.iter_mut().for_each(change);
    account.members(rows)
}

fn supers(account: &Account, changes: &[Change]) -> Option<(Vec<String>, String)> {
    told(&guards(&account.directory, changes), GuardName::SuperAdministrators)
}

#[test]
fn s12_two_super_administrators_with_2fa_are_left_directly_or_through_a_group() {
    let account = company();
    assert_eq!(supers(&account, &[remove(50, 11)]), None, "two are left");
    let row = |who: &str| format!("{who} is no longer Super Administrator");
    let (rows, asks) = supers(&account, &[remove(50, 11), remove(50, 12)]).unwrap();
    assert_eq!(
        (rows, asks.as_str()),
        (vec![row("leo@x.io"), row("mia@x.io")], "leave 1 super administrator")
    );
    assert_eq!(supers(&account, &[delete(50, "admins")]).unwrap().1, "leave 1 super administrator");
    let all = set_none(50, &[allows(SUPER)]);
    assert_eq!(supers(&account, &[all]).unwrap().1, "leave 1 super administrator");
}

#[test]
fn one_who_has_not_accepted_or_has_no_2fa_or_of_whom_it_is_not_known_does_not_count() {
    let leo = |row: &mut Member, change: fn(&mut Member)| {
        if &*row.email == "leo@x.io" {
            change(row);
        }
    };
    let changes: [fn(&mut Member); 3] = [
        |row| row.two_factor = TwoFactor::Unknown,
        |row| row.two_factor = TwoFactor::Off,
        |row| row.status = MemberStatus::Pending,
    ];
    for change in changes {
        let account = with(company(), |row| leo(row, change));
        let found = supers(&account, &[remove(50, 12)]);
        assert_eq!(found.unwrap().1, "leave 1 super administrator", "only Ana counts then");
        assert_eq!(supers(&account, &[remove(50, 11)]), None, "Leo never counted");
    }
}

#[test]
fn where_there_is_only_one_already_the_guard_stands_only_if_it_gets_fewer() {
    let account = with(company(), |row| {
        if &*row.email != "ana@x.io" {
            row.two_factor = TwoFactor::Off;
        }
    });
    assert_eq!(supers(&account, &[delete(50, "admins")]), None);
    assert_eq!(supers(&account, &[add(51, 10)]), None);
    let roles = with(company(), |row| {
        if &*row.email == "ana@x.io" {
            (row.policies, row.roles) = (None, Arc::from([role(SUPER)]));
        }
    });
    let both = [remove(50, 11), remove(50, 12)];
    assert_eq!(supers(&roles, &both).unwrap().1, "leave 1 super administrator", "a role counts");
}

#[test]
fn who_becomes_super_administrator_by_the_same_plan_makes_up_for_who_no_longer_is() {
    let account = company();
    let swap = [remove(50, 11), remove(50, 12), add(50, 13)];
    assert_eq!(supers(&account, &swap), None, "Ana and Noor are left");
    let one = with(company(), |row| {
        if matches!(&*row.email, "ana@x.io" | "mia@x.io") {
            row.two_factor = TwoFactor::Off;
        }
    });
    assert_eq!(supers(&one, &[remove(50, 11), add(50, 13)]), None, "one for one is not worse");
    let by_another_path = company().inside(50, &[10, 11, 12]);
    assert_eq!(
        supers(&by_another_path, &[remove(50, 10), remove(50, 12)]),
        None,
        "Ana still is one"
    );
}

#[test]
fn a_group_whose_policies_or_members_were_not_read_is_not_taken_to_make_no_super_administrators() {
    let mut unread = group(52, "unread", &[]);
    unread.policies = None;
    let groups =
        vec![group(50, "admins", &[allows(SUPER)]), group(51, "dns", &[dns_on(1)]), unread];
    let account = company().groups(groups).inside(52, &[11]);
    let (rows, _) = supers(&account, &[remove(52, 11)]).unwrap();
    assert_eq!(rows, ["not seen whether unread makes any: its policies have not been read"]);
    assert_eq!(supers(&account, &[add(52, 13)]), None, "nobody loses by joining");

    let mut unwalked = Account::new()
        .members(vec![member(10, "ana@x.io", &[])])
        .groups(vec![group(50, "admins", &[allows(SUPER)]), group(51, "dns", &[dns_on(1)])]);
    unwalked.directory.caller = Some(caller("ana@x.io"));
    let (rows, asks) = supers(&unwalked, &[delete(50, "admins")]).unwrap();
    let unseen = "not seen of whom admins makes any: its members have not all been read";
    assert_eq!(rows, [unseen, "there may be others: not all members and groups have been read"]);
    assert_eq!(asks, "leave 0 super administrators");
    assert_eq!(supers(&unwalked, &[delete(51, "dns")]), None, "it makes none, whoever is in it");
}

fn leave(who: u128, email: &str) -> Change {
    Change::RemoveMember { member: member_id(who), email: email.into(), pending: false }
}

fn own_policies(who: u128, from: &[Arc<Policy>]) -> Change {
    let from = from.iter().map(|policy| policy.content()).collect();
    Change::SetDirectPolicies { member: member_id(who), from, to: Vec::new() }
}

#[test]
fn s12_who_leaves_the_account_or_loses_their_own_policies_is_no_super_administrator_any_more() {
    let account = company();
    let two = [remove(50, 12), leave(10, "ana@x.io")];
    assert_eq!(supers(&account, &two).unwrap().1, "leave 1 super administrator");
    let account = account.inside(51, &[10, 12, 13]);
    let two = [remove(50, 12), own_policies(10, &[allows(SUPER)])];
    assert_eq!(supers(&account, &two).unwrap().1, "leave 1 super administrator");
    assert_eq!(supers(&account, &[leave(13, "noor@x.io")]), None, "Noor is none");
    let unread = with(company(), |row| {
        if &*row.email == "noor@x.io" {
            row.policies = None;
        }
    });
    let (rows, _) = supers(&unread, &[leave(13, "noor@x.io")]).unwrap();
    assert_eq!(rows, ["not seen whether noor@x.io is one"]);
}

#[test]
fn removing_myself_from_the_account_takes_my_access_away() {
    let account = company();
    assert_eq!(own(&account, &[leave(13, "noor@x.io")]).unwrap().1, "noor@x.io");
    assert_eq!(own(&account, &[leave(12, "mia@x.io")]), None);
    let last = leave(12, "mia@x.io");
    let both = [last, leave(13, "noor@x.io")];
    assert_eq!(paths(&account, &both).unwrap().1, "Domain DNS");
}

fn own(account: &Account, changes: &[Change]) -> Option<(Vec<String>, String)> {
    told(&guards(&account.directory, changes), GuardName::OwnAccess)
}

fn calling(mut account: Account, caller: Option<Caller>) -> Account {
    account.directory.caller = caller;
    account
}

#[test]
fn s12_my_own_access_is_not_taken_away_unasked() {
    let account = company();
    let row = "you lose Domain DNS".to_owned();
    for changes in [remove(51, 13), delete(51, "dns"), set_none(51, &[dns_on(1)])] {
        assert_eq!(own(&account, &[changes]), Some((vec![row.clone()], "noor@x.io".to_owned())));
    }
    assert_eq!(own(&account, &[remove(51, 12)]), None, "that is Mia");
    let guards = guards(&account.directory, &[remove(51, 13)]);
    let guard = guards.iter().find(|guard| guard.name == GuardName::OwnAccess).unwrap();
    assert_eq!(guard.asks.who, Some(member_id(13)), "the e-mail is not to be written down");
    let kept = company().groups(vec![
        group(50, "admins", &[allows(SUPER)]),
        group(51, "dns", &[dns_on(1)]),
        group(52, "also", &[dns_on(1)]),
    ]);
    assert_eq!(
        own(&kept.inside(52, &[13]), &[remove(51, 13)]),
        None,
        "another path gives the same"
    );
}

#[test]
fn losing_the_right_to_go_on_is_told_first() {
    let account = calling(company(), Some(caller("LEO@x.io")));
    let (rows, asks) = own(&account, &[remove(50, 11)]).unwrap();
    assert_eq!(rows[0], "you are no longer Super Administrator: you can't take this back");
    assert_eq!(asks, "leo@x.io");
}

#[test]
fn where_i_am_not_known_anybody_who_loses_access_may_be_me() {
    let nobody = Caller { kind: CredentialKind::Token, ..caller("") };
    for caller in [None, Some(nobody)] {
        let account = calling(company(), caller);
        let (rows, asks) = own(&account, &[remove(51, 12), remove(51, 13)]).unwrap();
        assert_eq!(rows[1..], ["mia@x.io loses access", "noor@x.io loses access"]);
        assert_eq!(asks, "none of them is me");
        assert_eq!(own(&account, &[add(51, 11)]), None, "nobody loses anything");
    }
}

#[test]
fn a_token_of_the_account_has_no_member_and_that_is_said() {
    let token = Caller { kind: CredentialKind::AccountToken, ..caller("") };
    let account = calling(company(), Some(token));
    let guards = guards(&account.directory, &[remove(51, 13)]);
    assert_eq!(told(&guards, GuardName::OwnAccess), None);
    assert_eq!(guards.notes(), ["the token belongs to the account: no member is behind it"]);
}

#[test]
fn who_calls_from_outside_the_account_has_nothing_to_lose_in_it() {
    let account = calling(company(), Some(caller("zoe@parent.example")));
    let guards = guards(&account.directory, &[remove(51, 13)]);
    assert_eq!(told(&guards, GuardName::OwnAccess), None);
    assert!(guards.notes()[0].contains("no member of this account"), "{:?}", guards.notes());
}

fn paths(account: &Account, changes: &[Change]) -> Option<(Vec<String>, String)> {
    told(&guards(&account.directory, changes), GuardName::LastPath)
}

#[test]
fn the_last_path_to_a_role_in_the_account_is_not_taken_away_unasked() {
    let account = company();
    let row = "nobody has Domain DNS any more".to_owned();
    let told = Some((vec![row], "Domain DNS".to_owned()));
    assert_eq!(paths(&account, &[remove(51, 12), remove(51, 13)]), told);
    assert_eq!(paths(&account, &[delete(51, "dns")]), told);
    assert_eq!(paths(&account, &[set_none(51, &[dns_on(1)])]), told);
    assert_eq!(paths(&account, &[remove(51, 12)]), None, "Noor still has it");
}

#[test]
fn a_role_that_somebody_else_still_has_is_not_lost_wherever_they_have_it_from() {
    let direct = with(company(), |row| {
        if &*row.email == "leo@x.io" {
            row.policies = Some([dns_on(7)].into());
        }
    });
    assert_eq!(paths(&direct, &[delete(51, "dns")]), None);
    let invited = with(company(), |row| {
        if &*row.email == "leo@x.io" {
            row.policies = Some([dns_on(7)].into());
            row.status = MemberStatus::Pending;
        }
    });
    assert!(paths(&invited, &[delete(51, "dns")]).is_some(), "an invitation gives nothing yet");
    let elsewhere = company()
        .groups(vec![
            group(50, "admins", &[allows(SUPER)]),
            group(51, "dns", &[dns_on(1)]),
            group(52, "also", &[dns_on(2)]),
        ])
        .inside(52, &[]);
    assert_eq!(paths(&elsewhere, &[delete(51, "dns"), add(52, 11)]), None);
    assert!(paths(&elsewhere, &[delete(51, "dns")]).is_some(), "nobody is in the other group");
}
