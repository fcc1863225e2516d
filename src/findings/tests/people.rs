//! Who is in the account.

use std::collections::HashMap;

use super::{checked_by, found, now, rows, whole, with_ages};
use crate::access::fixture::{Account, allows, group, member, member_id, role};
use crate::domain::{Member, MemberStatus, TwoFactor};
use crate::findings::{RulesFile, Severity};

const SUPER: &str = "Super Administrator - All Privileges";

fn without_2fa(member: Member) -> Member {
    Member { two_factor: TwoFactor::Off, ..member }
}

fn invited(number: u128, email: &str) -> Member {
    let status = MemberStatus::Pending;
    Member { status, ..without_2fa(member(number, email, &[allows("Billing")])) }
}

fn called(name: &str, number: u128, email: &str) -> Member {
    Member { name: name.into(), ..member(number, email, &[allows("Billing")]) }
}

#[test]
fn accepted_members_without_2fa_are_told_and_administrators_among_them_apart() {
    let account = whole()
        .members(vec![
            without_2fa(member(10, "ana@x.io", &[allows("Administrator")])),
            without_2fa(member(11, "leo@x.io", &[allows("Minimal Account Access")])),
            without_2fa(member(12, "mia@x.io", &[allows("Billing")])),
            // Look-alikes: one who has it, one who has not accepted, one of whom it isn't told.
            member(13, "ole@x.io", &[allows("Administrator")]),
            invited(14, "new@x.io"),
            Member { two_factor: TwoFactor::Unknown, ..member(15, "pia@x.io", &[]) },
        ])
        .groups(vec![group(50, "admins", &[allows(SUPER)])])
        .inside(50, &[11]);
    assert_eq!(
        rows(&account, "no-2fa-admin"),
        ["ana@x.io: Administrator", "leo@x.io: Super Administrator"]
    );
    assert_eq!(rows(&account, "no-2fa"), ["mia@x.io: account-wide write access"]);
    let [finding] = &found(&account, "no-2fa")[..] else { panic!() };
    assert_eq!(finding.words, "mia@x.io has no two-factor authentication");
}

/// So many Super Administrators by their own policies, and others who are it through a group.
fn with_super_administrators(own: u128, through: &[u128]) -> Account {
    let people = (10..20).map(|n| {
        let policies = if n < 10 + own { vec![allows(SUPER)] } else { vec![allows("Billing")] };
        member(n, &format!("p{n}@x.io"), &policies)
    });
    let mut pending = invited(20, "new@x.io");
    pending.policies = Some([allows(SUPER)].into());
    whole()
        .members(people.chain([pending]).collect())
        .groups(vec![group(50, "admins", &[allows(SUPER)])])
        .inside(50, through)
}

#[test]
fn a_single_super_administrator_is_too_few_and_one_through_a_group_counts() {
    let one = found(&with_super_administrators(1, &[]), "few-super-admins");
    assert_eq!(one.len(), 1, "who has not accepted is none yet");
    assert_eq!(one[0].words, "p10@x.io is the only Super Administrator");
    assert_eq!(found(&with_super_administrators(0, &[]), "few-super-admins").len(), 1);
    assert_eq!(found(&with_super_administrators(1, &[11]), "few-super-admins"), []);
    assert_eq!(found(&with_super_administrators(2, &[]), "few-super-admins"), []);
    // The same person by both ways is one.
    assert_eq!(found(&with_super_administrators(1, &[10]), "few-super-admins").len(), 1);
}

#[test]
fn more_super_administrators_than_wanted_are_told_with_how_they_are_it() {
    let six = with_super_administrators(4, &[14, 15]);
    let told = rows(&six, "many-super-admins");
    assert_eq!(told.len(), 6);
    assert_eq!(told[3..5], ["p13@x.io: by a policy of their own", "p14@x.io: through a group"]);
    assert_eq!(found(&with_super_administrators(5, &[14]), "many-super-admins"), []);
    let rules = RulesFile { most_super_administrators: 6, ..RulesFile::default() };
    let checked = checked_by(&six.directory, &rules);
    assert!(checked.findings.iter().all(|finding| finding.rule.id != "many-super-admins"));
}

#[test]
fn an_open_invitation_has_an_age_only_where_something_tells_it() {
    let account = whole().members(vec![
        invited(10, "ana@x.io"),
        invited(11, "leo@x.io"),
        member(12, "mia@x.io", &[]),
    ]);
    assert_eq!(rows(&account, "pending"), ["ana@x.io: age not known", "leo@x.io: age not known"]);
    let day = jiff::SignedDuration::from_hours(3 * 24);
    let ages = HashMap::from([(member_id(11), now() - day)]);
    let checked = with_ages(&account.directory, &RulesFile::default(), &ages);
    let finding = checked.findings.iter().find(|it| it.rule.id == "pending").unwrap();
    let notes: Vec<&str> = finding.rows.iter().map(|row| &*row.note).collect();
    assert_eq!(notes, ["age not known", "invited 3 d ago or earlier"]);
    assert_eq!((finding.severity(), &*finding.key), (Severity::Notice, "pending"));
    assert!(finding.detail.contains("lapse by themselves"), "{}", finding.detail);
}

#[test]
fn members_with_nothing_but_minimal_access_are_told_and_not_who_has_more_through_a_group() {
    let minimal = || [allows("Minimal Account Access")];
    let mut by_role = member(14, "pia@x.io", &[]);
    by_role.roles = [role("Billing")].into();
    let account = whole()
        .members(vec![
            member(10, "ana@x.io", &minimal()),
            member(11, "leo@x.io", &minimal()),
            member(12, "mia@x.io", &[]),
            Member { status: MemberStatus::Pending, ..member(13, "new@x.io", &minimal()) },
            by_role,
        ])
        .groups(vec![group(50, "dns", &[allows("DNS")])])
        .inside(50, &[11]);
    assert_eq!(rows(&account, "only-minimal"), ["ana@x.io", "mia@x.io: no policy at all"]);
}

#[test]
fn one_person_under_two_addresses_is_told_and_two_people_of_one_name_are_not() {
    let twice = |one: &str, other: &str| {
        let account =
            whole().members(vec![called("Leo Chen", 10, one), called("leo chen", 11, other)]);
        found(&account, "same-person").len()
    };
    assert_eq!(twice("leo.chen@x.io", "leo.chen@partner.io"), 1);
    assert_eq!(twice("leo.chen@x.io", "leochen@partner.io"), 1);
    assert_eq!(twice("leo.chen@x.io", "leo.chen+admin@x.io"), 1);
    for (one, other) in [
        // A number tells a second person of the same name apart.
        ("leo.chen@x.io", "leo.chen2@x.io"),
        ("leo.chen@x.io", "leo.chen2@partner.io"),
        ("leo.chen@x.io", "lchen@partner.io"),
        ("leo.chen@x.io", "ana.maric@x.io"),
    ] {
        assert_eq!(twice(one, other), 0, "{one} {other}");
    }
    let others = whole().members(vec![
        called("Leo Chen", 10, "leo.chen@x.io"),
        called("Leona Chen", 11, "leo.chen@partner.io"),
        // A single name, and none, is borne by too many.
        called("Support", 12, "support@x.io"),
        called("Support", 13, "support@partner.io"),
        called("", 14, "info@x.io"),
        called("", 15, "info@partner.io"),
    ]);
    assert_eq!(found(&others, "same-person"), []);
}
