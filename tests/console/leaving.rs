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
fn in_the_demo_nothing_is_said_of_a_next_start() {
    let demo = cfiam::app::Setup { badge: Some("DEMO"), ..setup() };
    let mut console = Console::open_with(demo.clone(), Vec::new());
    console.keys("G a enter q");
    assert_eq!(left(&console).unwrap().words, ["1 staged change went with Northwind"]);
    let mut console = Console::open_with(demo, Vec::new());
    console.keys("G a enter P ctrl-s y 1 q");
    let Some(Dialog::Confirm(confirm)) = console.dialog() else { panic!("not asked") };
    assert!(!confirm.lines.iter().any(|line| line.contains("next start")), "{:?}", confirm.lines);
}

fn offer(console: &Console) -> &cfiam::app::Confirm {
    match console.dialog() {
        Some(Dialog::Confirm(confirm)) => confirm,
        _ => panic!("nothing is offered"),
    }
}

/// A change that still holds, one that the account has come to by itself, and one of a group that is gone.
fn left_over() -> Vec<Change> {
    [("zoe", "platform-read"), ("ana", "prod-dns"), ("leo", "no-such-group")]
        .map(|(who, group)| Change::Add {
            group: account::group(group).into(),
            member: account::member(who),
        })
        .to_vec()
}

#[test]
fn what_was_left_is_counted_by_what_has_become_of_it_once_the_account_is_read() {
    let mut console = Console::start(setup());
    let ticket = console.asked(|request| *request == cfiam::app::Request::Accounts);
    let northwind = super::driver::named(&account::account(), "Northwind");
    console.answer(cfiam::app::Answer::Accounts(ticket, Ok(vec![northwind])));
    console.answer_account(left_over());
    let lines = offer(&console).lines.join(" ");
    assert!(lines.contains("once that has been read") && !lines.contains("holds"), "{lines}");
    console.read_lists();
    let lines = offer(&console).lines.join(" ");
    assert!(lines.contains("1 holds, 1 so already, 1 of what is gone"), "{lines}");
}

#[test]
fn esc_q_n_and_enter_all_keep_what_was_left_and_only_y_throws_it_away() {
    for key in ["esc", "q", "n", "enter"] {
        let mut console = Console::open_with(setup(), left_over());
        console.keys(key);
        assert!(console.dialog().is_none(), "{key}");
        assert_eq!((console.staged().len(), left(&console)), (3, None), "{key}");
    }
    let mut console = Console::open_with(setup(), left_over());
    console.keys("x space y");
    assert!(console.staged().is_empty());
}

#[test]
fn throwing_away_what_was_left_keeps_what_was_staged_since() {
    let mut console = Console::open();
    let asked = console.state.tickets.ask(cfiam::app::Request::Staged(account::account()));
    let Effect::Ask(ticket, _) = asked else { panic!("no ticket") };
    console.keys("G a").types("on-call").keys("enter");
    // The same pair stands among what was left the other way round: what was staged since goes before it.
    let mut kept = left_over();
    let (group, member) = (account::group("on-call"), account::member("zoe"));
    kept.push(Change::Remove { group, member });
    console.answer(cfiam::app::Answer::Staged(ticket, Ok(kept)));
    let runs = console.runs.unwrap();
    console.answer(cfiam::app::Answer::Runs(runs, Ok((Vec::new(), Vec::new()))));
    assert_eq!(console.staged().len(), 4);
    console.keys("y");
    assert_eq!(console.staged(), ["+ zoe on-call"]);
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
    assert_eq!(
        confirm.lines,
        [
            "Nothing is in flight. What was sent is read back.",
            "1 change is not sent, and stays unsent.",
            "They stay staged. The next start has the run in Changes: t goes on with it.",
        ]
    );
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
