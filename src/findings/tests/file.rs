//! The rules file: settings, rules that are off, waivers and their days.

use super::{checked_by, whole};
use crate::access::fixture::{Account, allows, group, member};
use crate::domain::{Member, TwoFactor};
use crate::findings::{Finding, RulesFile, Severity};

fn waiver(rule: &str, about: &str, expires: &str) -> String {
    format!(
        "[[waivers]]\nrule = \"{rule}\"\nabout = {about}\nreason = \"a hardware key\"\n\
         owner = \"platform\"\nexpires = {expires}\n"
    )
}

fn read(text: &str) -> RulesFile {
    RulesFile::parse("rules.toml", text).unwrap()
}

fn account() -> Account {
    let without =
        |n, email| Member { two_factor: TwoFactor::Off, ..member(n, email, &[allows("DNS")]) };
    whole()
        .members(vec![without(10, "ana@x.io"), without(11, "leo@x.io")])
        .groups(vec![group(50, "a", &[allows("Zaraz")]), group(51, "b", &[allows("Zaraz")])])
        .inside(50, &[10, 11])
        .inside(51, &[10, 11])
}

fn of(account: &Account, rules: &RulesFile, rule: &str) -> Vec<Finding> {
    let checked = checked_by(&account.directory, rules);
    checked.findings.into_iter().filter(|finding| finding.rule.id == rule).collect()
}

#[test]
fn a_waived_row_is_kept_apart_with_its_reason_and_not_counted() {
    let rules = read(&waiver("no-2fa", "\"ANA@x.io\"", "2026-11-25"));
    let account = account();
    let found = of(&account, &rules, "no-2fa");
    let [standing, waived] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        (standing.words.as_str(), &standing.waived),
        ("leo@x.io has no two-factor authentication", &None)
    );
    assert_eq!(standing.key, "no-2fa", "the same as without the waiver");
    let why = waived.waived.as_ref().unwrap();
    assert_eq!(
        (&*why.reason, &*why.owner, why.expires.to_string().as_str()),
        ("a hardware key", "platform", "2026-11-25")
    );
    let (with, without) = (
        checked_by(
            &account.directory,
            &read(&waiver("no-2fa", "[\"ana@x.io\", \"leo@x.io\"]", "\"2027-01-31\"")),
        ),
        checked_by(&account.directory, &RulesFile::default()),
    );
    assert_eq!(with.count(Severity::Medium) + 1, without.count(Severity::Medium));
}

#[test]
fn a_waiver_of_another_rule_or_of_somebody_else_waives_nothing() {
    for text in [
        waiver("pending", "\"ana@x.io\"", "2027-01-31"),
        waiver("no-2fa", "\"ana@x.i\"", "2027-01-31"),
    ] {
        let found = of(&account(), &read(&text), "no-2fa");
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].rows.len(), 2, "{text}");
    }
}

#[test]
fn what_is_about_several_is_waived_only_where_each_of_them_is_named() {
    let both = of(
        &account(),
        &read(&waiver("same-policies", "[\"a\", \"b\"]", "2027-01-31")),
        "same-policies",
    );
    assert!(both[0].waived.is_some());
    let one =
        of(&account(), &read(&waiver("same-policies", "\"a\"", "2027-01-31")), "same-policies");
    assert_eq!(one[0].waived, None);
}

#[test]
fn an_expired_waiver_waives_nothing_and_is_a_finding() {
    let rules = read(&waiver("no-2fa", "\"ana@x.io\"", "2026-11-24"));
    let found = of(&account(), &rules, "no-2fa");
    assert_eq!((found.len(), found[0].rows.len()), (1, 2));
    let [expired] = &of(&account(), &rules, "waiver-expired")[..] else { panic!() };
    assert_eq!(expired.words, "the waiver of no-2fa for ana@x.io has expired on 2026-11-24");
    assert_eq!(expired.detail, "rules.toml:1, owner platform, reason: a hardware key");
    assert_eq!(expired.key, "waiver-expired:no-2fa:ana@x.io");
}

#[test]
fn settings_hold_and_a_rule_that_is_off_is_not_looked_at() {
    let rules = read(
        "[settings]\nmost_super_administrators = 9\ngroup_in_waiting_from = 2\n\
         [off]\nno-2fa = \"the identity provider asks for it\"\n",
    );
    assert_eq!((rules.most_super_administrators, rules.group_in_waiting_from), (9, 2));
    assert_eq!(&*rules.off[0].reason, "the identity provider asks for it");
    assert_eq!(of(&account(), &rules, "no-2fa"), []);
    assert_eq!(of(&account(), &rules, "group-in-waiting").len(), 1);
    let unread = checked_by(&Account::new().directory, &rules);
    assert!(unread.not_checked.iter().all(|unsure| unsure.rule.id != "no-2fa"));
}

#[test]
fn everything_that_is_wrong_with_the_file_is_told_at_once_with_its_lines() {
    let text = concat!(
        "setings = 1\n",
        "[settings]\n",
        "most_super_administrators = 0\n",
        "most = 3\n",
        "[off]\n",
        "no-2af = \"typo\"\n",
        "pending = 3\n",
        "[[waivers]]\n",
        "rule = \"no-2fa\"\n",
        "about = []\n",
        "reason = \" \"\n",
        "expires = 2027-01-31T10:00:00Z\n",
        "[[waivers]]\n",
        "rule = \"nope\"\n",
        "about = \"ana@x.io\"\n",
        "reason = \"r\"\n",
        "owner = \"o\"\n",
        "expires = \"soon\"\n",
        "until = 2027-01-31\n",
        "[[waivers]]\n",
        "rule = \"waiver-expired\"\n",
        "about = \"ana@x.io\"\n",
        "reason = \"r\"\n",
        "owner = \"o\"\n",
        "expires = 2027-02-30\n",
    );
    let told: Vec<String> =
        RulesFile::parse("r.toml", text).unwrap_err().iter().map(ToString::to_string).collect();
    let starts = [
        "r.toml:1: \"setings\" is not known; known: settings, off, waivers",
        "r.toml:3: most_super_administrators is a whole number from 2 to 100000",
        "r.toml:4: \"most\" is not known in settings; known: most_super",
        "r.toml:6: there is no rule \"no-2af\"; there are: no-2fa-admin, ",
        "r.toml:7: the reason is a text, not an integer",
        "r.toml:8: a waiver has owner: this one has not",
        "r.toml:10: about names at least one",
        "r.toml:11: reason is empty",
        "r.toml:12: expires is a day, such as 2027-01-31",
        "r.toml:14: there is no rule \"nope\"",
        "r.toml:18: expires is a day, such as 2027-01-31",
        "r.toml:19: \"until\" is not known in a waiver; known: rule, about, reason, owner, expires",
        "r.toml:20: waiver-expired can't be waived",
        // The parser itself tells a day that there is not.
        "r.toml:25: invalid date",
        "r.toml:25: expires is a day, such as 2027-01-31",
    ];
    assert_eq!(told.len(), starts.len(), "{told:#?}");
    for (told, start) in told.iter().zip(starts) {
        assert!(told.starts_with(start), "{told}\n{start}");
    }
}

#[test]
fn no_bytes_make_the_reader_panic() {
    proptest::proptest!(|(text in "[\\[\\]a-z=\"'.#\n {}0-9,-]{0,80}|(\\[\\[waivers\\]\\]|\\[off\\]|rule = |about = |expires = |2027-01-31|\"x\"|\n){0,20}|\\PC{0,60}")| {
        let _ = RulesFile::parse("r.toml", &text);
    });
}
