//! Nothing is written unseen.

use cfiam::app::{Dialog, Effect, Mode, Msg, Saved, WhyReadOnly, why_not};
use cfiam::keys::{Action, TABLE};

use super::account;
use super::driver::{Console, setup};

/// Each place that a person can be in, by the keys that lead there.
const PLACES: [&str; 9] =
    ["1", "2", "6", "1 enter", "1 enter tab", "2 enter", "2 enter tab", "a enter P", "@"];

#[test]
fn no_single_key_writes_wherever_it_is_pressed() {
    for place in PLACES {
        for row in TABLE {
            for key in row.keys {
                let mut console = Console::open();
                console.keys(place).forget();
                console.keys(key);
                assert_eq!(console.applied(), 0, "{key} after {place}");
            }
        }
    }
}

#[test]
fn every_action_has_an_answer_to_why_not_everywhere() {
    for place in PLACES {
        let mut console = Console::open();
        console.keys(place);
        for row in TABLE {
            let reason = why_not(&console.state, row.action);
            let works = row.action.works_in(cfiam::app::context(&console.state));
            assert!(works || reason.is_some(), "{} after {place}", row.name);
            assert!(reason.is_none_or(|reason| !reason.0.is_empty()));
        }
    }
}

#[test]
fn enter_on_the_confirmation_does_nothing() {
    let mut console = Console::open();
    console.keys("G a enter P ctrl-s enter enter");
    assert_eq!(console.applied(), 0);
    assert!(matches!(console.dialog(), Some(Dialog::Confirm(_))));
}

#[test]
fn keys_typed_before_the_confirmation_was_drawn_are_not_for_it() {
    let mut console = Console::open();
    console.keys("G a enter P").keys_at_once("ctrl-s y");
    assert_eq!(console.applied(), 0);
    console.keys("y");
    assert_eq!(console.applied(), 1);
}

#[test]
fn t16_a_paste_fires_no_keys() {
    for place in PLACES {
        let mut console = Console::open();
        console.keys(place).forget();
        let before = console.staged();
        console.send(Msg::Paste("xxDDPy\u{13}y\r\n".repeat(50)));
        assert!(console.effects.is_empty() && console.dialog().is_none(), "{place}");
        assert_eq!(console.staged(), before);
    }
}

#[test]
fn every_way_of_being_read_only_greys_editing_out_with_its_reason() {
    for (why, words) in [
        (WhyReadOnly::Flag, "--read-only"),
        (WhyReadOnly::Profile, "the profile"),
        (WhyReadOnly::FirstConnection, "first connection"),
        (WhyReadOnly::Chosen, "W allows changes"),
    ] {
        let mut console = Console::open_with(
            cfiam::app::Setup { mode: Mode::ReadOnly(why), ..setup() },
            Vec::new(),
        );
        for action in [Action::AddTo, Action::RemoveFrom] {
            let reason = why_not(&console.state, action).expect("greyed out");
            assert!(reason.0.contains(words), "{}", reason.0);
        }
        console.keys("a x 2 c e D");
        assert!(console.dialog().is_none() && console.staged().is_empty());
    }
}

#[test]
fn changes_are_allowed_by_typing_the_accounts_name_and_that_is_remembered() {
    let first = Mode::ReadOnly(WhyReadOnly::FirstConnection);
    let mut console =
        Console::open_with(cfiam::app::Setup { mode: first.clone(), ..setup() }, Vec::new());
    console.keys("W").types("northwind").keys("enter");
    assert_eq!(console.state.session.mode, first);
    for _ in 0..9 {
        console.keys("backspace");
    }
    console.types("Northwind").keys("enter");
    assert_eq!(console.state.session.mode, Mode::ReadWrite);
    assert!(console.effects.contains(&Effect::Save(Saved::Writable(account::account(), true))));
}

#[test]
fn an_account_that_was_set_to_read_write_opens_so() {
    let first = Mode::ReadOnly(WhyReadOnly::FirstConnection);
    let known = cfiam::app::Setup { mode: first, writable: vec![account::account()], ..setup() };
    assert_eq!(Console::open_with(known, Vec::new()).state.session.mode, Mode::ReadWrite);
}

#[test]
fn read_only_by_flag_cannot_be_lifted_by_a_key() {
    let flag = Mode::ReadOnly(WhyReadOnly::Flag);
    let mut console =
        Console::open_with(cfiam::app::Setup { mode: flag.clone(), ..setup() }, Vec::new());
    console.keys("W");
    assert!(console.dialog().is_none());
    assert_eq!(console.state.session.mode, flag);
}
