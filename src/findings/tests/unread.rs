//! What has not been read is not guessed.

use super::{checked_by, whole};
use crate::access::fixture::{Account, allows, group, member};
use crate::domain::{
    Collection, Fault, FaultKind, Gap, Group, Load, Member, Now, Page, TwoFactor, WalkId,
};
use crate::findings::{Checked, RULES, RulesFile};

fn checked(account: &Account) -> Checked {
    checked_by(&account.directory, &RulesFile::default())
}

/// What is said of a rule that could not look at everything.
fn unsure(checked: &Checked, rule: &str) -> Option<(bool, Vec<String>)> {
    let found = checked.not_checked.iter().find(|unsure| unsure.rule.id == rule)?;
    Some((found.in_part, found.missing.clone()))
}

#[test]
fn of_an_account_of_which_nothing_is_read_nothing_is_said_and_all_rules_say_so() {
    let checked = checked(&Account::new());
    assert_eq!(checked.findings, []);
    // The last speaks of the rules file alone.
    assert_eq!(checked.not_checked.len(), RULES.len() - 1);
    let words = vec![
        "the zones have not been read".to_owned(),
        "the members have not been read".to_owned(),
        "the groups have not been read".to_owned(),
    ];
    assert_eq!(unsure(&checked, "unseen-zone"), Some((false, words)));
}

#[test]
fn of_an_account_of_which_all_is_read_every_rule_is_sure() {
    let account = whole()
        .members(vec![member(10, "ana@x.io", &[allows("DNS")])])
        .groups(vec![group(50, "dns", &[allows("DNS")])])
        .inside(50, &[10]);
    assert_eq!(checked(&account).not_checked, []);
}

#[test]
fn too_few_super_administrators_can_t_be_known_while_a_group_is_unread() {
    let account = whole()
        .members(vec![member(10, "ana@x.io", &[allows("DNS")])])
        .groups(vec![Group { policies: None, ..group(50, "dns", &[]) }]);
    let checked = checked(&account);
    let missing = vec![
        "who is in 1 group has not been read whole".to_owned(),
        "what 1 group grant could not be read".to_owned(),
    ];
    assert_eq!(unsure(&checked, "few-super-admins"), Some((false, missing)));
    assert!(checked.findings.iter().all(|finding| finding.rule.id != "few-super-admins"));
}

#[test]
fn what_is_found_in_a_part_stands_and_the_rule_says_that_there_may_be_more() {
    let fault = Fault::new(FaultKind::Permission("Zone Read".into()), "refused", "");
    let mut account = whole().members(vec![
        Member { two_factor: TwoFactor::Off, ..member(10, "ana@x.io", &[allows("DNS")]) },
        Member { two_factor: TwoFactor::Unknown, ..member(11, "leo@x.io", &[allows("DNS")]) },
    ]);
    let walk = WalkId(99);
    let mut absorb = |load| account.directory.absorb(load, Now::default());
    let members = Collection::Members;
    absorb(Load::Begun { collection: members.clone(), walk });
    absorb(Load::Ended { collection: members, walk, gaps: vec![Gap::Shifted] });
    absorb(Load::Begun { collection: Collection::Zones, walk });
    absorb(Load::Failed { collection: Collection::Zones, walk, fault });
    let checked = checked(&account);
    let told = ["not all of the members could be read", "whether 1 member has 2FA is not told"];
    let told = told.map(str::to_owned).to_vec();
    assert_eq!(unsure(&checked, "no-2fa"), Some((true, told)));
    assert!(checked.findings.iter().any(|finding| finding.rule.id == "no-2fa"));
    let (in_part, missing) = unsure(&checked, "unseen-zone").unwrap();
    assert_eq!((in_part, &*missing[0]), (false, "the zones may not be read with this credential"));
}

#[test]
fn a_page_of_a_catalogue_is_no_catalogue() {
    let account = Account::new()
        .rows(Page::PermissionGroups(super::catalogue()))
        .members(vec![member(10, "ana@x.io", &[allows("Gone")])])
        .groups(vec![]);
    let checked = checked(&account);
    assert!(!unsure(&checked, "unknown-permission").unwrap().0);
}
