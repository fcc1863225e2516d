//! What mends a finding, and what that really does.

use super::{checked_by, found, whole};
use crate::access::fixture::{
    Account, allows, dns_on, group, group_id, member, member_id, permission, whole_account,
};
use crate::domain::{
    Change, DraftId, GroupRef, MemberId, PermissionScope, PolicyDraft, PolicyEdit,
};
use crate::findings::{Effect, Mend, RulesFile};

fn mend(account: &Account, rule: &str) -> Option<Mend> {
    Mend::of(&found(account, rule)[0], &account.directory, DraftId(7))
}

fn direct(member: u128, from: &[&str], to: &[&str]) -> Change {
    let contents =
        |names: &[&str]| names.iter().map(|name| allows(name).content()).collect::<Vec<_>>();
    Change::SetDirectPolicies {
        member: member_id(member),
        from: contents(from),
        to: contents(to).into_iter().map(PolicyEdit::Keep).collect(),
    }
}

fn add(group: impl Into<GroupRef>, member: u128) -> Change {
    Change::Add { group: group.into(), member: member_id(member) }
}

fn deletion(number: u128, name: &str) -> Change {
    Change::Delete { group: group_id(number), name: name.into() }
}

#[test]
fn covered_grants_are_taken_away_and_nobody_loses_anything() {
    let account = whole()
        .members(vec![
            member(10, "ana@x.io", &[allows("Zaraz"), allows("Billing")]),
            member(11, "leo@x.io", &[allows("Billing")]),
        ])
        .groups(vec![group(50, "money", &[allows("Billing")])])
        .inside(50, &[10, 11]);
    let mend = mend(&account, "covered-grant").unwrap();
    let changes = [direct(10, &["Zaraz", "Billing"], &["Zaraz"]), direct(11, &["Billing"], &[])];
    assert_eq!(mend.changes, changes);
    assert_eq!(
        mend.effect.words(&account.directory),
        "effective access before = after for all 2 people"
    );
    assert_eq!(
        mend.words,
        "take 2 direct policies away that 2 members hold directly and through a group"
    );
}

#[test]
fn groups_with_the_same_policies_become_the_largest_of_them() {
    let account = whole()
        .members((10..14).map(|n| member(n, &format!("p{n}@x.io"), &[])).collect())
        .groups(vec![group(50, "a", &[allows("DNS")]), group(51, "b", &[allows("DNS")])])
        .inside(50, &[10, 11])
        .inside(51, &[11, 12, 13]);
    let mend = mend(&account, "same-policies").unwrap();
    assert_eq!(mend.changes, [add(group_id(51), 10), deletion(50, "a")]);
    // Also who was in both is touched, and keeps everything.
    assert_eq!((mend.effect.same, mend.effect.changed.len()), (2, 0));
    assert_eq!(mend.words, "add 1 person to b and delete a");
}

#[test]
fn an_empty_group_is_deleted_unless_somebody_has_joined_since() {
    let account = |inside: &[u128]| {
        whole()
            .members(vec![member(10, "ana@x.io", &[])])
            .groups(vec![group(50, "sandbox", &[allows("DNS")])])
            .inside(50, inside)
    };
    let empty = account(&[]);
    let mend = mend(&empty, "empty-group").unwrap();
    assert_eq!(mend.changes, [deletion(50, "sandbox")]);
    assert!(mend.effect.words(&empty.directory).contains("nobody"));
    let finding = &found(&empty, "empty-group")[0];
    assert_eq!(Mend::of(finding, &account(&[10]).directory, DraftId(7)), None);
}

#[test]
fn a_group_in_waiting_is_made_with_a_name_that_is_free_and_everybody_keeps_everything() {
    let minimal = "Minimal Account Access";
    let account = whole()
        .members(vec![
            member(10, "ana@x.io", &[allows("Billing")]),
            member(11, "leo@x.io", &[allows(minimal), allows("Billing")]),
            member(12, "mia@x.io", &[allows("Billing")]),
        ])
        .groups(vec![group(50, "billing", &[allows("DNS")])])
        .inside(50, &[]);
    let mend = mend(&account, "group-in-waiting").unwrap();
    let draft = PolicyDraft {
        access: crate::domain::Access::Allow,
        permission_groups: vec![permission("Billing", "", PermissionScope::Account).id.clone()],
        resource_groups: vec![whole_account().id.clone().unwrap()],
        scopes: Vec::new(),
    };
    let new = DraftId(7);
    assert_eq!(
        mend.changes,
        [
            Change::Create { group: new, name: "billing-2".into(), policies: vec![draft] },
            add(GroupRef::Draft(new), 10),
            add(GroupRef::Draft(new), 11),
            add(GroupRef::Draft(new), 12),
            direct(10, &["Billing"], &[]),
            direct(11, &[minimal, "Billing"], &[minimal]),
            direct(12, &["Billing"], &[]),
        ]
    );
    assert_eq!(mend.effect, Effect { same: 3, ..Effect::default() });
}

#[test]
fn what_is_granted_on_a_zone_without_a_resource_group_can_t_be_made_a_group_from_here() {
    let people = (10..13).map(|n| member(n, &format!("p{n}@x.io"), &[dns_on(1)])).collect();
    let account = whole().members(people).groups(vec![]);
    assert_eq!(mend(&account, "group-in-waiting"), None);
    assert!(found(&account, "group-in-waiting")[0].detail.contains("dashboard"));
}

#[test]
fn what_changes_somebodys_access_is_told_exactly_and_what_can_t_be_told_is_not_guessed() {
    let account = |read: bool| {
        let account = whole()
            .members(vec![
                member(10, "ana@x.io", &[allows("Billing")]),
                member(11, "leo@x.io", &[]),
            ])
            .groups(vec![group(50, "money", &[allows("Billing")])]);
        if read { account.inside(50, &[11]) } else { account }
    };
    let changes = [direct(10, &["Billing"], &[]), add(group_id(50), 10), deletion(50, "money")];
    let known = account(true);
    let effect = Effect::of(&changes, &known.directory);
    assert_eq!(
        effect.words(&known.directory),
        "ana@x.io loses Billing on account; leo@x.io loses Billing on account"
    );
    let unread = account(false);
    let effect = Effect::of(&changes[..1], &unread.directory);
    assert_eq!(effect.words(&unread.directory), "of 1 person it can't be told");
}

#[test]
fn a_waived_row_is_left_out_of_the_mend() {
    let account = whole()
        .members(vec![
            member(10, "ana@x.io", &[allows("Billing")]),
            member(11, "leo@x.io", &[allows("Billing")]),
        ])
        .groups(vec![group(50, "money", &[allows("Billing")])])
        .inside(50, &[10, 11]);
    let text = "[[waivers]]\nrule = \"covered-grant\"\nabout = \"ana@x.io\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2027-01-31\n";
    let rules = RulesFile::parse("r.toml", text).unwrap();
    let checked = checked_by(&account.directory, &rules);
    let standing = checked.standing().find(|it| it.rule.id == "covered-grant").unwrap();
    let members: Vec<&MemberId> = standing.members().collect();
    assert_eq!(members, [&member_id(11)]);
    let mend = Mend::of(standing, &account.directory, DraftId(0)).unwrap();
    assert_eq!(mend.changes, [direct(11, &["Billing"], &[])]);
}
