//! Questions of access: who can, by which proof, and how the answer keeps up.

use std::sync::Arc;

use cfiam::app::{Answer, Dialog, Screen, Tab};
use cfiam::domain::{Load, MemberStatus, Page};
use cfiam::keys::Action;

use super::account::{self, dns_policy};
use super::driver::Console;

fn asked() -> Console {
    let mut console = Console::open();
    console.keys(":").types("who-can dns on account").keys("enter");
    console
}

fn proof(console: &Console) -> &cfiam::app::ProofScreen {
    match console.state.place.above.last() {
        Some(Screen::Proof(screen)) => screen,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_question_on_the_prompt_is_answered_with_the_people_and_enter_shows_the_proof() {
    let mut console = asked();
    assert_eq!(console.state.place.tab, Tab::Access);
    // Every group gives DNS; zoe is in none.
    assert_eq!(console.rows(), ["ana", "leo", "mia", "noor", "ole"]);
    assert_eq!(console.state.roots.access.totals.people, 5);
    console.keys("enter");
    assert_eq!(proof(&console).member, account::member("ana"));
    assert_eq!(proof(&console).person.unwrap().paths, 2, "ana is in two groups");
    console.keys("enter");
    assert!(matches!(console.state.place.above.last(), Some(Screen::Group(_))));
    console.keys("esc esc");
    assert_eq!(console.rows().len(), 5, "back at the answer");
}

#[test]
fn what_is_not_known_is_refused_with_what_is_near_and_the_prompt_stays() {
    let mut console = Console::open();
    console.keys(":").types("who-can cach on account").keys("enter");
    assert_eq!(
        console.state.roots.access.question.as_ref().unwrap().permission.name.as_ref(),
        "Cache Purge"
    );
    console.keys(":").types("who-can nothing on account").keys("enter");
    let Some(Dialog::Prompt(prompt)) = console.dialog() else { panic!() };
    assert!(prompt.fault.as_ref().unwrap().contains("no permission group"), "{prompt:?}");
}

#[test]
fn the_prompt_completes_what_and_where() {
    let mut console = Console::open();
    console.keys(":").types("who-can purg").keys("tab");
    let line = |console: &Console| match console.dialog() {
        Some(Dialog::Prompt(prompt)) => prompt.line.text().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(line(&console), "who-can Cache Purge");
    console.types(" on acc").keys("tab");
    assert_eq!(line(&console), "who-can Cache Purge on account");
}

#[test]
fn from_a_policy_under_the_cursor_the_question_is_three_keys_with_its_proof() {
    let mut console = Console::open();
    console.keys("2 enter tab");
    console.keys("w enter enter");
    assert_eq!(proof(&console).question.words(&console.state.directory), "DNS on account");
}

#[test]
fn a_question_is_picked_in_two_steps_what_and_where() {
    let mut console = Console::open();
    console.keys("w").types("purge").keys("enter");
    let Some(Dialog::Pick(picker)) = console.dialog() else { panic!() };
    assert!(picker.title.contains("Cache Purge"), "{}", picker.title);
    console.types("account").keys("enter");
    assert_eq!(console.rows(), [""; 0], "nobody holds it");
    assert_eq!(console.state.place.tab, Tab::Access);
}

#[test]
fn the_answer_keeps_up_with_what_arrives_and_with_what_is_staged() {
    let mut console = asked();
    let mut row = account::row("zoe");
    row.policies = Some([Arc::new(dns_policy())].into_iter().collect());
    row.status = MemberStatus::Pending;
    console.answer(Answer::Reread(Load::Rows(Page::Members(vec![row]))));
    assert_eq!(console.rows().last().unwrap(), "zoe");
    assert_eq!(console.state.roots.access.totals.pending, 1);

    // leo leaves his only group; ana keeps the other one.
    console.keys("j x").types("prod").keys("enter");
    assert_eq!(console.staged(), ["- leo prod-dns"]);
    let shift = &console.state.roots.access.shift;
    assert_eq!((shift.comes.len(), shift.goes.len()), (0, 1));
    assert_eq!(console.rows().len(), 6, "what is staged is not done");
}

#[test]
fn who_is_staged_to_come_into_the_answer_stands_in_it_with_a_sign() {
    let mut console = Console::open();
    console.keys("1 G a").types("on-call").keys("enter");
    assert_eq!(console.staged(), ["+ zoe on-call"]);
    console.keys(":").types("who-can dns on account").keys("enter");
    assert_eq!(console.rows(), ["zoe", "ana", "leo", "mia", "noor", "ole"]);
    assert_eq!(console.state.roots.access.totals.people, 5);
}

#[test]
fn the_answer_filters_and_sorts_as_every_list_and_its_people_can_be_added_to_groups() {
    let mut console = asked();
    console.keys("/").types("group:on-call").keys("down");
    assert_eq!(console.rows(), ["ana"]);
    console.keys("esc s").types("paths").keys("enter s").types("paths").keys("enter");
    assert_eq!(console.rows()[0], "ana", "two paths come before one");
    assert!(cfiam::app::why_not(&console.state, Action::AddTo).is_none());
}

#[test]
fn an_example_is_asked_with_enter_where_nothing_was_asked() {
    let mut console = Console::open();
    console.keys("3 enter");
    assert_eq!(console.rows().len(), 5);
    console.keys("- 3");
    assert_eq!(console.rows().len(), 5, "the answer stays until another is asked for");
}
