//! Each rule with a case that fires and a look-alike that must not.

mod file;
mod groups;
mod mends;
mod people;
mod policies;
mod unread;

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Checked, Finding, Inputs, RULES, RulesFile, check};
use crate::access::fixture::{Account, whole_account};
use crate::domain::{Directory, MemberId, Page, PermissionGroup};

/// The moment of all tests.
pub fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// An account of which everything has been read: catalogues first, then what the test fills in.
pub fn whole() -> Account {
    Account::new()
        .walked(Page::PermissionGroups(catalogue()))
        .walked(Page::ResourceGroups(vec![(*whole_account()).clone()]))
        .walked(Page::Zones(vec![]))
}

/// The permission groups that tests speak of.
pub fn catalogue() -> Vec<PermissionGroup> {
    use crate::access::fixture::permission;
    use crate::domain::PermissionScope::{Account, Zone};
    [
        ("Super Administrator - All Privileges", "all_privileges", Account),
        ("Administrator", "admin", Account),
        ("Billing", "", Account),
        ("DNS", "", Account),
        ("Zaraz", "", Account),
        ("Minimal Account Access", "minimal_account_access", Account),
        ("Domain DNS", "domain_dns", Zone),
    ]
    .into_iter()
    .map(|(name, label, scope)| (*permission(name, label, scope)).clone())
    .collect()
}

pub fn checked_by(directory: &Directory, rules: &RulesFile) -> Checked {
    with_ages(directory, rules, &HashMap::new())
}

pub fn with_ages(
    directory: &Directory,
    rules: &RulesFile,
    invited: &HashMap<MemberId, Timestamp>,
) -> Checked {
    check(Inputs { directory, rules, invited, now: now() })
}

/// What one rule finds in an account by itself.
pub fn found(account: &Account, rule: &str) -> Vec<Finding> {
    assert!(RULES.iter().any(|known| known.id == rule), "{rule}");
    let checked = checked_by(&account.directory, &RulesFile::default());
    checked.findings.into_iter().filter(|finding| finding.rule.id == rule).collect()
}

/// The rows of all that one rule finds, as name and note.
#[track_caller]
pub fn rows(account: &Account, rule: &str) -> Vec<String> {
    let told = |finding: Finding| {
        let rows = finding.rows.into_iter();
        rows.map(|row| {
            let name = row.subject.words(&account.directory);
            if row.note.is_empty() { name } else { format!("{name}: {}", row.note) }
        })
        .collect::<Vec<_>>()
    };
    found(account, rule).into_iter().flat_map(told).collect()
}

#[test]
fn rules_have_ids_and_words_of_their_own() {
    for (place, rule) in RULES.iter().enumerate() {
        assert!(!RULES[..place].iter().any(|other| other.id == rule.id), "{}", rule.id);
        assert!(rule.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'2'));
        for words in [rule.what, rule.why] {
            assert!(!words.is_empty() && !words.ends_with('.'), "{words}");
        }
    }
    let severities: Vec<_> = RULES.iter().map(|rule| rule.severity).collect();
    assert!(severities.is_sorted_by(|a, b| a >= b), "the worst first");
}

#[test]
fn what_members_share_is_looked_at_once() {
    use super::survey::Seen;
    use crate::access::fixture::{allows, group, member};
    let kinds = [allows("Billing"), allows("DNS"), allows("Zaraz")];
    let people = (0..300_u128).map(|n| {
        let own = &kinds[usize::try_from(n % 3).unwrap()];
        member(1_000 + n, &format!("p{n}@x.io"), std::slice::from_ref(own))
    });
    let all: Vec<u128> = (1_000..1_300).collect();
    let account = whole()
        .members(people.collect())
        .groups(vec![group(50, "a", &[allows("Billing")]), group(51, "b", &[allows("DNS")])])
        .inside(50, &all)
        .inside(51, &all[..100]);
    let survey = Seen::of(&account.directory);
    // A group shares its list with those who hold the same directly.
    assert_eq!((survey.lists.len(), survey.read), (3, 3));
    // Three lists, each beside one group and beside both.
    assert_eq!(survey.pairs.len(), 6);
    assert_eq!(survey.pairs.iter().map(|pair| pair.members.len()).sum::<usize>(), 300);
}
