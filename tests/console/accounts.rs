//! Several accounts: which is opened, what is kept of the one before, and whether changes are allowed.

use cfiam::app::{Answer, Dialog, Effect, Mode, Phase, Request, Saved, Setup, WhyReadOnly};
use cfiam::domain::{AccountId, Fault, FaultKind};

use super::account;
use super::driver::{Console, named, setup};

fn id(n: u8) -> AccountId {
    AccountId::parse(&format!("{n:032x}")).unwrap()
}

/// The account of every other test, and three more by these names.
fn open(setup: Setup, names: [&str; 3]) -> Console {
    let mut console = Console::start(Setup { account: Some(account::account()), ..setup });
    let ticket = console.asked(|request| *request == Request::Accounts);
    let mut accounts = vec![named(&account::account(), "Home")];
    accounts.extend((1..).zip(names).map(|(n, name)| named(&id(n), name)));
    console.answer(Answer::Accounts(ticket, Ok(accounts)));
    console.answer_account(Vec::new());
    console.read_lists();
    console.forget();
    console
}

fn ask(console: &mut Console, named: &str) {
    console.keys(":").types(&format!("account {named}")).keys("enter");
}

fn is_open(console: &Console, account: &AccountId) -> bool {
    console.state.session.phase == Phase::Open(account.clone())
}

fn refused(console: &Console) -> String {
    match console.dialog() {
        Some(Dialog::Prompt(prompt)) => prompt.fault.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

const NORTH: [&str; 3] = ["Northwind North", "Northwind South", "Contoso"];

#[test]
fn an_account_is_opened_by_a_piece_of_its_name_that_no_other_has() {
    let mut console = open(setup(), NORTH);
    ask(&mut console, "south");
    assert!(is_open(&console, &id(2)));
    let mut console = open(setup(), NORTH);
    ask(&mut console, &id(3).to_string());
    assert!(is_open(&console, &id(3)));
}

#[test]
fn what_could_be_two_accounts_or_is_none_opens_nothing() {
    for (typed, words) in [("northwind", "2 match"), ("north-2", "no account is called north-2")] {
        let mut console = open(setup(), NORTH);
        ask(&mut console, typed);
        assert!(is_open(&console, &account::account()), "{typed}");
        assert!(refused(&console).contains(words), "{}", refused(&console));
        assert_eq!(console.state.directory.members().len(), 6);
    }
}

#[test]
fn accounts_of_one_name_are_chosen_among_by_the_cursor() {
    let mut console = open(setup(), ["Northwind", "Northwind", "Contoso"]);
    ask(&mut console, "northwind");
    assert!(refused(&console).contains("2 match"), "{}", refused(&console));
    let mut console = open(setup(), ["Northwind North", "Northwind South", "Contoso"]);
    console.keys(":").types("account northwind").keys("down enter");
    assert!(is_open(&console, &id(2)));
}

#[test]
fn an_account_that_is_not_listed_is_opened_by_its_whole_id_only() {
    let mut console = open(setup(), NORTH);
    ask(&mut console, &"ab".repeat(16));
    assert!(is_open(&console, &AccountId::parse(&"ab".repeat(16)).unwrap()));
    let mut console = open(setup(), NORTH);
    ask(&mut console, &"ab".repeat(15));
    assert!(is_open(&console, &account::account()));
}

#[test]
fn an_account_is_opened_again_as_it_was_left() {
    let first = Mode::ReadOnly(WhyReadOnly::FirstConnection);
    let mut console = open(Setup { mode: first.clone(), ..setup() }, NORTH);
    console.keys("W").types("Northwind").keys("enter");
    assert_eq!(console.state.session.mode, Mode::ReadWrite);
    ask(&mut console, "south");
    assert_eq!(console.state.session.mode, first, "the other one was never allowed");
    ask(&mut console, "home");
    assert!(is_open(&console, &account::account()));
    assert_eq!(console.state.session.mode, Mode::ReadWrite);
}

#[test]
fn read_only_that_was_chosen_against_an_argument_holds_when_the_account_is_opened_again() {
    let mut console = open(setup(), NORTH);
    console.keys("W");
    let chosen = Mode::ReadOnly(WhyReadOnly::Chosen);
    assert_eq!(console.state.session.mode, chosen);
    assert!(console.effects.contains(&Effect::Save(Saved::Writable(account::account(), false))));
    ask(&mut console, "south");
    assert_eq!(console.state.session.mode, Mode::ReadWrite);
    ask(&mut console, "home");
    assert_eq!(console.state.session.mode, chosen);
}

#[test]
fn a_profile_that_says_read_only_is_lifted_for_the_session_and_says_so_again_at_the_next() {
    let profile = Mode::ReadOnly(WhyReadOnly::Profile);
    let says = Setup { mode: profile.clone(), writable: vec![account::account()], ..setup() };
    let mut console = open(says, NORTH);
    assert_eq!(console.state.session.mode, profile);
    console.keys("W");
    let Some(Dialog::Confirm(confirm)) = console.dialog() else { panic!("not asked") };
    assert!(confirm.lines.iter().any(|line| line.contains("until you leave")));
    console.types("Northwind").keys("enter");
    assert_eq!(console.state.session.mode, Mode::ReadWrite);
    let saves = |console: &Console| {
        console.effects.iter().any(|e| matches!(e, Effect::Save(Saved::Writable(..))))
    };
    assert!(!saves(&console));
    console.keys("W");
    assert!(!saves(&console));
}

#[test]
fn a_refused_write_is_remembered_of_the_account_that_refused_it() {
    let mut console = open(setup(), NORTH);
    let fault = Fault::new(FaultKind::Permission("Edit".into()), "no", "");
    let refused = Mode::ReadOnly(WhyReadOnly::Refused(fault));
    console.state.session.mode = refused.clone();
    ask(&mut console, "south");
    assert_eq!(console.state.session.mode, Mode::ReadWrite);
    ask(&mut console, "home");
    assert_eq!(console.state.session.mode, refused);
}

#[test]
fn another_account_has_nothing_staged_of_the_one_before() {
    let mut console = open(setup(), NORTH);
    console.keys("G a enter");
    assert_eq!(console.staged().len(), 1);
    console.forget();
    ask(&mut console, "south");
    assert!(is_open(&console, &id(2)) && console.staged().is_empty());
    let asked = console.maybe_asked(|r| *r == Request::Staged(id(2)));
    assert!(asked.is_some(), "what was left there is asked for");
    assert!(
        !console.effects.iter().any(|e| matches!(e, Effect::Save(_))),
        "what is kept of the other stays as it is"
    );
}

#[test]
fn what_could_not_be_kept_is_not_left_behind_without_asking() {
    let mut console = open(setup(), NORTH);
    console.keys("G a enter");
    let fault = || Fault::new(FaultKind::Disk, "the state folder can't be written", "");
    console.answer(Answer::Saved(Err(fault())));
    ask(&mut console, "south");
    assert!(is_open(&console, &account::account()));
    let Some(Dialog::Confirm(confirm)) = console.dialog() else { panic!("not asked") };
    assert!(confirm.lines[0].contains("can't be written"), "{:?}", confirm.lines);
    console.keys("esc");
    assert!(is_open(&console, &account::account()));
    assert_eq!(console.staged().len(), 1);
    ask(&mut console, "south");
    console.keys("y");
    assert!(is_open(&console, &id(2)));
    assert_eq!(console.state.session.unsaved, None, "nothing of the other account is unsaved");
}

#[test]
fn the_account_that_is_open_is_not_opened_again() {
    let mut console = open(setup(), NORTH);
    console.keys("G a enter").forget();
    ask(&mut console, "home");
    assert_eq!((console.staged().len(), console.state.directory.members().len()), (1, 6));
    assert!(console.maybe_asked(|r| matches!(r, Request::Staged(_))).is_none());
    console.keys(":").types("account").keys("enter");
    assert!(console.state.place.above.len() == 1);
    console.keys("enter");
    assert!(console.state.place.above.is_empty(), "back to where one was");
    assert!(console.dialog().is_none());
}

#[test]
fn the_cursor_among_the_accounts_stays_on_its_account_when_the_list_changes() {
    let mut console = open(setup(), NORTH);
    console.keys(":").types("account").keys("enter j");
    let ticket = console.asked(|request| *request == Request::Accounts);
    let fewer = vec![named(&id(9), "Another"), named(&id(3), "Contoso"), named(&id(1), "North")];
    console.answer(Answer::Accounts(ticket, Ok(fewer)));
    console.keys("enter");
    assert!(is_open(&console, &id(1)), "{:?}", console.state.session.phase);
}

#[test]
fn a_token_that_lists_no_account_is_told_that_it_needs_an_id() {
    let mut console = Console::start(setup());
    let ticket = console.asked(|request| *request == Request::Accounts);
    console.answer(Answer::Accounts(ticket, Ok(Vec::new())));
    let Some(Dialog::Name(naming)) = console.dialog() else { panic!("not asked") };
    assert!(naming.hint().contains("lists no account"));
    console.types(&"ab".repeat(16)).keys("enter");
    assert!(is_open(&console, &AccountId::parse(&"ab".repeat(16)).unwrap()));
}

#[test]
fn accounts_are_not_filtered_and_that_is_said() {
    let mut console = open(setup(), NORTH);
    console.keys(":").types("account").keys("enter /");
    assert_eq!(console.toast(), "filter: not on this screen");
    assert!(!cfiam::keys::Action::Filter.works_in(cfiam::app::context(&console.state)));
}

#[test]
fn where_no_account_is_listed_the_question_for_its_id_comes_back_and_the_list_can_be_read_again() {
    let mut console = Console::start(setup());
    let ticket = console.asked(|request| *request == Request::Accounts);
    console.answer(Answer::Accounts(ticket, Ok(Vec::new())));
    assert!(matches!(console.dialog(), Some(Dialog::Name(_))));
    console.keys("esc").forget();
    assert!(console.dialog().is_none());
    console.keys("enter");
    assert!(matches!(console.dialog(), Some(Dialog::Name(_))), "{}", console.toast());
    console.keys("esc r");
    assert!(console.maybe_asked(|request| *request == Request::Accounts).is_some());
}
