//! Taking runs back: what was done goes again, on the screen and on the server, and what others did stays.

use super::console::{Console, company};

use std::collections::BTreeMap;

/// Who is in each group, as the server has it.
fn everyone(console: &Console) -> BTreeMap<String, Vec<String>> {
    let groups = console.state.directory.groups().values();
    let names: Vec<String> = groups.map(|group| group.name.to_string()).collect();
    let there = names.into_iter().filter(|name| console.server.group_id(name).is_some());
    there.map(|name| (name.clone(), console.in_group(&name))).collect()
}

#[test]
fn s20_the_last_run_is_taken_back_with_three_keys_and_done_again_with_three_more() {
    let mut console = Console::open(80, 24);
    let before = everyone(&console);
    let email = console.outsiders("prod-dns", 1).remove(0);
    console.keys(&format!("/ \"{email} enter a \"prod-dns enter"));
    console.keys("2 / \"edge-ops enter space space x P ctrl-s y").expect("applied: 3 done");
    let after = everyone(&console);
    assert_ne!(before, after);
    console.keys("z").expect("takes back the run").expect(&format!("Remove {email} from prod-dns"));
    assert_eq!(everyone(&console), after, "nothing is sent before the plan is applied");
    console.keys("ctrl-s y").expect("taken back: 3 done");
    assert_eq!(everyone(&console), before);
    console.keys("z ctrl-s y").expect("taken back: 3 done");
    assert_eq!(everyone(&console), after);
}

#[test]
fn s20_what_was_taken_back_can_t_be_taken_back_a_second_time_and_the_plan_says_so() {
    let mut console = Console::open(80, 24);
    let email = console.outsiders("prod-dns", 1).remove(0);
    console.keys(&format!("/ \"{email} enter a \"prod-dns enter P ctrl-s y z ctrl-s y"));
    console.expect("taken back: 1 done");
    console.keys("6 j u").expect("nothing to take back · 1 left out").expect("so already");
    console.keys("ctrl-s").expect("nothing to send");
}

#[test]
fn s19_who_was_added_anew_by_someone_else_stays_and_the_plan_says_why() {
    let mut console = Console::open(80, 24);
    let two = console.outsiders("prod-dns", 2);
    console.keys("2 / \"prod-dns enter a").paste(&two.join(" "));
    console.keys("enter P ctrl-s y").expect("applied: 2 done");
    let group = console.server.group_id("prod-dns").unwrap();
    let people = console.server.people();
    let (id, _) = people.iter().find(|(_, email)| *email == two[0]).unwrap();
    console.server.advance(std::time::Duration::from_mins(5));
    assert!(console.server.revoke(&group, id) && console.server.grant(&group, id));
    console.keys("1 z").expect("1 left out").expect("added the member anew");
    console.keys("ctrl-s y").expect("taken back: 1 done");
    let now = console.in_group("prod-dns");
    assert!(now.contains(&two[0]) && !now.contains(&two[1]), "{now:?}");
}

#[test]
fn a_deleted_group_is_made_again_with_its_policies_and_its_members() {
    let mut console = Console::open(80, 24);
    let before = console.in_group("waf-tuning");
    let id = console.server.group_id("waf-tuning").unwrap();
    console.keys("2 / \"waf-tuning down D P ctrl-s");
    // The person who is calling is in it, and nobody else has one of its roles.
    console.keys("\"alex.rivera@northwind.example enter \"waf-tuning enter");
    console.keys("\"Domain_Page_Shield enter");
    console.expect("applied: 1 done");
    assert!(console.server.group_id("waf-tuning").is_none());
    console.keys("z").expect("Create waf-tuning").expect("another id");
    console.keys("ctrl-s y").expect("taken back");
    assert_eq!(console.in_group("waf-tuning"), before);
    assert_ne!(console.server.group_id("waf-tuning").unwrap(), id);
    console.keys("2 / \"waf-tuning enter r").expect("Bot Management");
}

#[test]
fn what_is_staged_is_not_lost_by_an_undoing() {
    let mut console = Console::open(80, 24);
    let two = console.outsiders("prod-dns", 2);
    console.keys(&format!("/ \"{} enter a \"prod-dns enter P ctrl-s y", two[0]));
    console.keys(&format!("1 / \"{} enter a \"prod-dns enter", two[1]));
    console.keys("z ctrl-s y").expect("taken back: 1 done");
    console.keys("6").expect("1 change staged").expect(&two[1]);
}

#[test]
fn a_run_of_an_earlier_session_opens_to_its_steps_with_names_and_rays_and_is_taken_back() {
    let mut console = Console::open(80, 24);
    let email = console.outsiders("prod-dns", 1).remove(0);
    console.keys(&format!("/ \"{email} enter a \"prod-dns enter P ctrl-s y"));
    console.expect("applied: 1 done");
    let mut console = console.restarted();
    console.keys("6").expect("1 run").expect("applied: 1 done");
    console.keys("enter").expect(&format!("Add {email} to prod-dns")).expect("200, ray ");
    console.keys("u ctrl-s y").expect("taken back: 1 done");
    assert!(!console.in_group("prod-dns").contains(&email));
}

#[test]
fn where_there_is_no_run_yet_the_key_says_so() {
    let mut console = Console::open_as(80, 24, company(), "writer", cfiam::app::Mode::ReadWrite);
    console.keys("z").expect("there is no run yet");
}

#[test]
fn a_name_is_as_it_was_and_a_policy_on_something_without_an_id_is_written_back() {
    let mut console = Console::open(100, 30);
    console.keys("2 / \"contractors-emea down e down enter j x k enter");
    console.keys("2 / \"waf-tuning down e enter ctrl-u \"waf-rules enter P ctrl-s y");
    console.expect("applied: 2 done");
    console.keys("z ctrl-s y").expect("taken back: 2 done");
    assert!(console.server.group_id("waf-tuning").is_some());
}

#[test]
fn a_run_that_changed_nothing_is_passed_over_by_the_key_that_takes_the_last_one_back() {
    let mut console = Console::open(80, 24);
    let email = console.outsiders("prod-dns", 1).remove(0);
    console.keys(&format!("/ \"{email} enter a \"prod-dns enter P ctrl-s y"));
    console.trouble("POST /accounts/*/iam/user_groups/*/members: 400 code=400 message=no");
    console.keys("1 / \"marta down a \"edge-ops enter P ctrl-s y").expect("refused");
    console.keys("z").expect(&format!("Remove {email} from prod-dns"));
}
