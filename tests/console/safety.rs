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
fn what_cannot_be_done_somewhere_does_nothing_there_and_says_why() {
    let mut refused = 0;
    for place in PLACES {
        let mut console = Console::open();
        console.keys(place);
        for row in TABLE {
            let reason = why_not(&console.state, row.action);
            assert!(reason.as_ref().is_none_or(|reason| !reason.0.is_empty()));
            let here = row.action.works_in(cfiam::app::context(&console.state));
            let (Some(reason), Some(key), true) = (reason, row.keys.first(), here) else {
                continue;
            };
            // The answer is the truth: what can't be done does nothing but say why.
            let mut tried = Console::open();
            tried.keys(place).forget().keys(key);
            assert!(tried.toast().contains(&reason.0), "{} after {place}", row.name);
            assert!(tried.dialog().is_none(), "{} after {place}", row.name);
            assert_eq!(tried.staged(), console.staged(), "{} after {place}", row.name);
            let depth = |console: &Console| console.state.place.above.len();
            assert_eq!(depth(&tried), depth(&console), "{} after {place}", row.name);
            refused += 1;
        }
    }
    assert!(refused > 20, "{refused}");
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
fn t16_a_paste_into_a_dialog_is_text_for_its_line_and_answers_nothing() {
    for keys in ["a", "2 c", "2 e", "s", "?", ":", "2 enter tab e", "2 enter tab e a"] {
        let mut console = Console::open();
        console.keys(keys).forget();
        console.send(Msg::Paste("y\r\nprod-dns\r\n\u{13}".into()));
        assert!(console.dialog().is_some(), "{keys}: closed");
        assert!(console.staged().is_empty() && console.effects.is_empty(), "{keys}");
    }
}

#[test]
fn t16_a_paste_says_yes_to_nothing_and_sends_no_text_that_was_asked_for() {
    let mut console = Console::open();
    console.keys("G a enter P ctrl-s");
    console.send(Msg::Paste("y".into()));
    console.send(Msg::Paste("y\r\n".into()));
    assert_eq!(console.applied(), 0);
    let mut console = Console::open();
    console.keys("2 D P ctrl-s");
    console.send(Msg::Paste("edge-ops\r\n".into()));
    assert_eq!(console.applied(), 0, "a line's end is no enter");
    console.keys("enter");
    assert_eq!(console.applied(), 1);
}

#[test]
fn a_paste_that_came_before_the_question_was_drawn_is_not_for_it() {
    let mut console = Console::open();
    console.keys("2 D P");
    console.send_unpainted(Msg::Key("ctrl-s".parse().unwrap()));
    console.send_unpainted(Msg::Paste("edge-ops".into()));
    // The first frame with the question comes after this key.
    console.keys("1 2");
    let Some(Dialog::Confirm(confirm)) = console.dialog() else { panic!("closed") };
    assert_eq!(confirm.line.text(), "2");
}

#[test]
fn a_question_that_there_is_no_room_to_draw_can_be_left_and_not_answered() {
    let mut console = Console::open();
    console.keys("G a enter 6");
    console.resize(30, 8);
    console.keys("X y n q enter");
    assert!(console.dialog().is_some());
    assert_eq!(console.staged().len(), 1);
    console.keys("esc");
    assert!(console.dialog().is_none());
    assert_eq!(console.staged().len(), 1);
    console.keys("X ctrl-c");
    assert!(console.effects.iter().any(|effect| matches!(effect, Effect::Quit(_))));
}

#[test]
fn the_dashboard_is_opened_at_the_accounts_members_and_only_where_there_is_one() {
    let mut console = Console::open();
    console.keys("o");
    let address = format!("https://dash.cloudflare.com/{}/members", account::account());
    assert!(console.effects.contains(&Effect::Open(address)));
    let elsewhere = cfiam::app::Setup { dashboard: false, host: "127.0.0.1:9".into(), ..setup() };
    let mut console = Console::open_with(elsewhere, Vec::new());
    assert!(why_not(&console.state, Action::Dashboard).is_some());
    console.keys("o");
    assert!(!console.effects.iter().any(|effect| matches!(effect, Effect::Open(_))));
    assert!(console.toast().contains("127.0.0.1:9 has no dashboard"), "{}", console.toast());
}

#[test]
fn a_group_whose_name_no_keyboard_types_is_deleted_by_other_words() {
    let long = "x".repeat(60);
    for name in ["dns\u{202e}prod", "山田", " prod", long.as_str()] {
        let mut console = Console::open();
        let mut odd = account::group_row("edge-ops");
        odd.name = name.into();
        let page = cfiam::domain::Page::Groups(vec![odd]);
        console.answer(cfiam::app::Answer::Reread(cfiam::domain::Load::Rows(page)));
        let slot = console.state.directory.groups().slot(&account::group("edge-ops")).unwrap();
        console.keys("2");
        console.state.roots.groups.rows.go_to(&slot);
        console.keys("D P ctrl-s").types("delete 1 group").keys("enter");
        assert_eq!(console.applied(), 1, "{name}");
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
fn an_account_whose_name_no_keyboard_types_is_allowed_by_its_id() {
    let first = Mode::ReadOnly(WhyReadOnly::FirstConnection);
    let mut console = Console::open_with(cfiam::app::Setup { mode: first, ..setup() }, Vec::new());
    console.state.directory.account.name = "山田".into();
    console.keys("W").types(&account::account().to_string()).keys("enter");
    assert_eq!(console.state.session.mode, Mode::ReadWrite);
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
