//! Findings, from key to staged mend: when the account is looked at, what is said of it, and what mends it.

use std::sync::Arc;

use cfiam::app::{
    Answer, FindingRow, Mode, Request, Screen, Setup, WhyReadOnly, findings_are_up_to_date,
};
use cfiam::domain::Collection;
use cfiam::findings::{Finding, RulesFile};

use super::account::{group, member, memberships};
use super::driver::{Console, setup};

fn rules(console: &Console) -> Vec<&'static str> {
    let checked = console.state.findings.checked.as_ref().expect("looked at");
    checked.standing().map(|finding| finding.rule.id).collect()
}

fn one<'c>(console: &'c Console, rule: &str) -> &'c Finding {
    let checked = console.state.findings.checked.as_ref().expect("looked at");
    checked.findings.iter().find(|finding| finding.rule.id == rule).expect("found")
}

/// On the screen of findings, with the cursor on the first of this rule.
fn at(console: &mut Console, rule: &str) {
    console.keys("4 g");
    let place = console.state.roots.findings.rows.rows().iter().position(|row| match row {
        FindingRow::Finding(key) => {
            console.state.findings.get(key).is_some_and(|it| it.rule.id == rule)
        }
        FindingRow::NotChecked(_) => false,
    });
    for _ in 0..place.expect("a row of it") {
        console.keys("j");
    }
}

#[test]
fn the_account_is_looked_at_once_it_has_been_read_and_not_before() {
    let mut console = Console::start(setup());
    let ticket = console.asked(|request| *request == Request::Accounts);
    let account = super::driver::named(&super::account::account(), "Northwind");
    console.answer(Answer::Accounts(ticket, Ok(vec![account])));
    console.answer_account(Vec::new());
    console.keys("4");
    assert!(console.state.findings.checked.is_none(), "it is being read");
    console.read_lists();
    let zones = console.asked(
        |r| matches!(r, Request::List { collection, .. } if *collection == Collection::Zones),
    );
    assert!(console.state.findings.checked.is_none(), "the zones are still to come");
    console.answer(Answer::Done(zones, Ok(())));
    assert!(rules(&console).contains(&"empty-group"), "{:?}", rules(&console));
}

#[test]
fn what_was_found_stays_while_the_account_is_read_again_and_is_said_to_be_older() {
    let mut console = Console::settled(setup());
    let before = rules(&console);
    console.keys("2 r");
    let ticket = console.asked(
        |r| matches!(r, Request::List { collection, .. } if *collection == Collection::Groups),
    );
    console.walk(ticket, &Collection::Groups, vec![], None);
    assert_eq!(rules(&console), before, "nothing is found in what is half read");
    assert!(!findings_are_up_to_date(&console.state));
    console.answer(Answer::Done(ticket, Ok(())));
    assert!(findings_are_up_to_date(&console.state));
    assert!(rules(&console).len() < before.len(), "there are no groups left to find anything of");
}

#[test]
fn m_stages_what_mends_a_finding_and_sends_nothing() {
    let mut console = Console::settled(setup());
    at(&mut console, "empty-group");
    console.keys("m");
    assert_eq!(console.staged(), ["delete platform-read"]);
    assert!(console.toast().contains("1 staged"), "{}", console.toast());
    assert_eq!(console.applied(), 0);
    console.keys("m");
    assert_eq!(console.staged().len(), 1);
    assert!(console.toast().contains("it is staged"), "{}", console.toast());
}

#[test]
fn a_mend_that_moves_people_says_first_that_they_keep_what_they_have() {
    let mut console = Console::settled(setup());
    at(&mut console, "same-policies");
    let key = one(&console, "same-policies").key.clone();
    let mend = console.state.findings.mend(&key).expect("worked out").expect("a mend");
    let words = mend.effect.words(&console.state.directory);
    // Ana and Leo come to edge-ops; who is there already is not touched.
    assert_eq!(words, "effective access before = after for all 2 people");
    console.keys("m");
    // All are in one group then, and the three others are deleted.
    assert_eq!(console.staged().iter().filter(|words| words.starts_with("delete")).count(), 3);
}

#[test]
fn enter_opens_a_finding_and_then_whom_or_what_it_is_about() {
    let mut console = Console::settled(setup());
    at(&mut console, "single-member-group");
    console.keys("enter");
    assert!(matches!(console.state.place.above.last(), Some(Screen::Finding(_))));
    console.keys("enter");
    match console.state.place.above.last() {
        Some(Screen::Group(screen)) => assert_eq!(screen.group, group("on-call")),
        other => panic!("{other:?}"),
    }
    console.keys("esc esc");
    assert!(console.state.place.above.is_empty(), "back on the list");
}

#[test]
fn what_somebody_has_mended_meanwhile_is_found_no_longer() {
    let mut console = Console::settled(setup());
    at(&mut console, "empty-group");
    console.keys("enter").forget();
    let key = match console.state.place.above.last() {
        Some(Screen::Finding(screen)) => screen.key.clone(),
        other => panic!("{other:?}"),
    };
    console.keys("2 /").types("platform").keys("enter r");
    // Somebody has joined the group meanwhile.
    let list = Collection::GroupMembers(group("platform-read"));
    console.read(&list, vec![memberships("platform-read", &["mia", "zoe"])]);
    let ticket = console.asked(|r| matches!(r, Request::Group { .. }));
    console.answer(Answer::Done(ticket, Ok(())));
    assert!(console.state.findings.get(&key).is_none(), "{:?}", rules(&console));
    assert!(!rules(&console).contains(&"empty-group"));
}

#[test]
fn in_read_only_everything_is_found_and_nothing_is_staged() {
    let mode = Mode::ReadOnly(WhyReadOnly::Flag);
    let mut console = Console::settled(Setup { mode, ..setup() });
    at(&mut console, "empty-group");
    console.keys("m");
    assert!(console.state.staging.is_empty());
    assert!(console.toast().contains("read-only"), "{}", console.toast());
}

#[test]
fn what_the_team_lives_with_stands_last_and_is_not_counted() {
    let file = "[[waivers]]\nrule = \"empty-group\"\nabout = \"platform-read\"\n\
                reason = \"kept for the auditors\"\nowner = \"security\"\nexpires = 2999-01-01\n";
    let decided = Arc::new(RulesFile::parse("rules.toml", file).unwrap());
    let mut console = Console::settled(Setup { decided, ..setup() });
    assert!(!rules(&console).contains(&"empty-group"));
    let waived = one(&console, "empty-group").key.clone();
    let last = console.state.roots.findings.rows.rows().last().cloned();
    assert_eq!(last, Some(FindingRow::Finding(waived.as_str().into())));
    at(&mut console, "empty-group");
    console.keys("m");
    assert!(console.toast().contains("it is waived"), "{}", console.toast());
    assert!(console.state.staging.is_empty());
}

#[test]
fn a_member_is_opened_from_a_finding_about_members() {
    let mut console = Console::settled(setup());
    // Zoe is in no group and holds nothing.
    at(&mut console, "only-minimal");
    console.keys("enter G enter");
    match console.state.place.above.last() {
        Some(Screen::Member(screen)) => assert_eq!(screen.member, member("zoe")),
        other => panic!("{other:?}"),
    }
}
