//! The same job on a day with trouble.

use super::console::Console;

const ADDS: &str = "POST /accounts/*/iam/user_groups/*/members";
const REMOVALS: &str = "DELETE /accounts/*/iam/user_groups/*/members/*";

fn add_one(console: &mut Console) -> String {
    let email = console.outsiders("prod-dns", 1).remove(0);
    console.keys(&format!("/ \"{email} enter a \"prod-dns enter P ctrl-s y"));
    email
}

#[test]
fn an_add_whose_answer_is_lost_is_read_back_and_sent_once() {
    let mut console = Console::open(80, 24);
    console.trouble(&format!("{ADDS} 1: lose"));
    let email = add_one(&mut console);
    console.expect("applied: 1 done");
    assert!(console.in_group("prod-dns").contains(&email));
    let sent = console.server.requests();
    assert_eq!(sent.iter().filter(|request| request.method == "POST").count(), 1);
}

#[test]
fn what_is_refused_is_told_in_cloudflares_words_and_stays_staged() {
    let mut console = Console::open(80, 24);
    console.trouble(&format!("{ADDS}: 400 code=400 'message=members do not have DSR enabled'"));
    let email = add_one(&mut console);
    console.expect("refused").expect("do not have DSR enabled").refuse("status 400");
    console.keys("6").expect("1 change staged").expect("do not have DSR enabled");
    assert!(!console.in_group("prod-dns").contains(&email));
    console.no_more_trouble();
    console.keys("P ctrl-s").expect("has refused edits before");
    console.keys("\"prod-dns enter").expect("applied: 1 done");
    assert!(console.in_group("prod-dns").contains(&email));
}

#[test]
fn a_throttled_write_is_sent_again_after_its_wait() {
    let mut console = Console::open(80, 24);
    console.trouble(&format!("{ADDS} 1: 429 retry-after=1"));
    let email = add_one(&mut console);
    console.expect("applied: 1 done");
    assert!(console.in_group("prod-dns").contains(&email));
}

#[test]
fn of_three_removals_the_refused_one_stays_staged_and_the_others_are_done() {
    let mut console = Console::open(80, 24);
    console.trouble(&format!("{REMOVALS} 2: 400 code=400 'message=kept by the identity provider'"));
    let before = console.in_group("edge-ops");
    console.keys("2 / \"edge-ops enter space space space x P ctrl-s y");
    console.expect("2 done").expect("1 refused");
    assert_eq!(console.in_group("edge-ops").len(), before.len() - 2);
    console.keys("6").expect("1 change staged").expect("kept by the identity provider");
}

#[test]
fn a_credential_that_may_not_write_is_learnt_from_the_first_refusal() {
    use cfiam::app::Mode;
    let options = super::console::company();
    let mut console = Console::open_as(80, 24, options, "reader", Mode::ReadWrite);
    add_one(&mut console);
    console.expect("READ-ONLY").expect("Account Settings Write");
    console.keys("1 a").expect("Account Settings Write");
}
