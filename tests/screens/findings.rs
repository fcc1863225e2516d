//! What the rules find, as it is painted: the list, one finding, what could not be looked at, and before there is any.

use cfiam::domain::Collection;

use super::console::{Console, How, forbidden};

#[test]
fn findings_are_listed_worst_first_and_the_one_under_the_cursor_is_told_below() {
    let text = Console::open(80, 24).keys("4").golden("findings_80");
    assert!(text.contains("4 Findings "), "{text}");
    assert!(text.contains("all 21 rules checked"), "{text}");
    assert!(text.contains("✗ high    dana."), "{text}");
    assert!(text.contains("One stolen password is enough"), "why it matters: {text}");
    Console::open(160, 45).keys("4").golden("findings_160");
}

#[test]
fn a_finding_that_can_be_mended_says_how_and_what_that_does_to_people() {
    let mut console = Console::open(80, 24);
    let text = console.keys("4 j j j").golden("finding_under_cursor_80");
    assert!(text.contains("To mend it, m stages: "), "{text}");
    assert!(text.contains("ffective access before = after for"), "{text}");
    let text = console.keys("enter").golden("finding_80");
    assert!(text.contains("MEMBERS "), "{text}");
}

#[test]
fn a_rule_that_could_not_look_at_everything_says_what_it_lacks() {
    let how = |list: &Collection| match list {
        Collection::GroupMembers(_) => How::Fails(forbidden()),
        _ => How::Whole,
    };
    let mut console = Console::open_as(80, 24, how);
    let text = console.keys("4 G").golden("findings_not_checked_80");
    assert!(text.contains("could not look at everything"), "{text}");
    assert!(text.contains("has not been read whole"), "{text}");
}

#[test]
fn while_the_account_is_read_the_screen_says_that_it_waits_for_that() {
    let how = |list: &Collection| match list {
        Collection::Members => How::Part(5, 26),
        _ => How::Whole,
    };
    let text = Console::open_as(80, 24, how).keys("4").text();
    assert!(
        text.contains("the account is being read; it is looked at once that is done"),
        "{text}"
    );
}
