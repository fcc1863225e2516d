//! Leaving: never by accident, never without a word about what is left.

use cfiam::app::{Alarm, Dialog, Effect, Exit, Msg, Signal};
use cfiam::domain::Change;

use super::account;
use super::driver::{Console, setup};

fn left(console: &Console) -> Option<&Exit> {
    console
        .effects
        .iter()
        .find_map(|effect| if let Effect::Quit(exit) = effect { Some(exit) } else { None })
}

#[test]
fn q_closes_what_is_open_and_quits_only_at_the_root() {
    let mut console = Console::open();
    console.keys("enter ? q q");
    assert!(left(&console).is_none());
    console.keys("q");
    assert_eq!(left(&console).map(|exit| exit.words.len()), Some(0));
}

#[test]
fn leaving_with_something_staged_says_so() {
    let mut console = Console::open();
    console.keys("G a enter q");
    let words = &left(&console).unwrap().words;
    assert_eq!(words, &["1 change staged for Northwind: the next start offers them again"]);
}

#[test]
fn the_next_start_stages_again_what_was_left_and_offers_to_throw_it_away() {
    let kept = vec![Change::Add {
        group: account::group("platform-read").into(),
        member: account::member("zoe"),
    }];
    let mut console = Console::open_with(setup(), kept.clone());
    assert!(matches!(console.dialog(), Some(Dialog::Confirm(_))));
    console.keys("esc");
    assert_eq!(console.staged(), ["+ zoe platform-read"]);
    let mut console = Console::open_with(setup(), kept);
    console.keys("y");
    assert!(console.staged().is_empty());
}

#[test]
fn with_a_run_on_q_asks_and_ctrl_c_stops_first_and_leaves_second() {
    let mut console = Console::open();
    console.keys("G a enter P ctrl-s y 1 q");
    assert!(left(&console).is_none());
    let Some(Dialog::Confirm(confirm)) = console.dialog() else { panic!("not asked") };
    let words = confirm.lines.join(" ");
    assert!(words.contains("How what is in flight ends will not be known here"), "{words}");
    console.keys("n ctrl-c");
    assert!(left(&console).is_none());
    assert!(console.effects.iter().any(|effect| matches!(effect, Effect::Stop(_))));
    assert!(console.toast().contains("ctrl-c again leaves"), "{}", console.toast());
    console.keys("ctrl-c");
    let exit = left(&console).unwrap();
    assert!(exit.partly && exit.words[0].contains("look at the account"));
}

#[test]
fn t10_a_signal_leaves_at_once_and_with_a_run_on_within_its_grace() {
    let mut console = Console::open();
    console.send(Msg::Signal(Signal::Terminate));
    assert_eq!(left(&console).unwrap().signal, Some(Signal::Terminate));

    let mut console = Console::open();
    console.keys("G a enter P ctrl-s y").forget();
    console.send(Msg::Signal(Signal::HangUp));
    assert!(left(&console).is_none());
    assert!(console.effects.iter().any(|effect| matches!(effect, Effect::Stop(_))));
    console.send(Msg::Alarm(Alarm::Leave(Signal::HangUp)));
    assert_eq!(left(&console).unwrap().signal, Some(Signal::HangUp));
}
