//! The main job, as it is done on a day without trouble.

use super::console::Console;

#[test]
fn a_person_is_found_looked_at_and_added_to_a_group_which_shows_on_both_sides() {
    for (columns, rows) in [(80, 24), (160, 45)] {
        let mut console = Console::open(columns, rows);
        let email = console.outsiders("prod-dns", 1).remove(0);
        console
            .keys(&format!("/ \"{email} enter"))
            .expect(&email)
            .expect("GROUPS")
            .expect("THROUGH");
        console.keys("a \"prod-dns enter").expect("staged");
        assert!(!console.in_group("prod-dns").contains(&email), "nothing is sent before the plan");
        console.keys("P").expect(&format!("Add {email} to prod-dns"));
        console.keys("ctrl-s enter");
        assert!(!console.in_group("prod-dns").contains(&email), "enter never writes");
        console.keys("y").expect("applied: 1 done");
        assert!(console.in_group("prod-dns").contains(&email));
        console.keys("1 / \"").keys(&format!("\"{email} enter r")).expect("prod-dns");
        console.keys("2 / \"prod-dns enter r").keys(&format!("/ \"{email}")).expect(&email);
    }
}

#[test]
fn three_marked_people_are_removed_from_another_group() {
    let mut console = Console::open(80, 24);
    let before = console.in_group("edge-ops");
    console.keys("2 / \"edge-ops enter space space space").expect("3 marked");
    console.keys("x");
    console.keys("6").expect("3 changes staged");
    console.keys("P ctrl-s y").expect("applied: 3 done");
    let after = console.in_group("edge-ops");
    assert_eq!(after.len(), before.len() - 3);
    console.keys("2 / \"edge-ops enter r").expect(&format!("MEMBERS {}", after.len()));
}

#[test]
fn people_who_are_pasted_are_matched_counted_and_none_is_dropped() {
    let mut console = Console::open(80, 24);
    let inside = console.insiders("prod-dns", 1).remove(0);
    let outside = console.outsiders("prod-dns", 2);
    let [first, second] = outside.as_slice() else { panic!("two people") };
    console.keys("2 / \"prod-dns enter a");
    console.paste(&format!("{inside}\nSomeone <{first}>, {second}\nnobody@elsewhere.example\n"));
    console.expect("2").expect("nobody@elsewhere.example");
    console.keys("enter P ctrl-s y").expect("applied: 2 done");
    let now = console.in_group("prod-dns");
    assert!(now.contains(first) && now.contains(second));
}

#[test]
fn a_pasted_list_of_strangers_stages_nobody_and_all_of_them_can_be_read() {
    let mut console = Console::open(80, 24);
    let strangers: Vec<String> = (0..40).map(|n| format!("s{n}@elsewhere.example")).collect();
    console.keys("2 / \"prod-dns enter a");
    console.paste(&strangers.join(" ")).expect("40 unknown");
    console.keys("enter").expect("nobody of the pasted list can be added").refuse("staged");
    console.keys("ctrl-o \"s39").expect("s39@elsewhere.example").expect("no member has this");
}

#[test]
fn a_group_is_created_with_its_people_and_deleted_again() {
    let mut console = Console::open(80, 24);
    let email = console.outsiders("prod-dns", 1).remove(0);
    console.keys("2 c \"night-shift enter a").keys(&format!("\"{email} enter"));
    console.keys("P ctrl-s y").expect("applied: 2 done");
    assert_eq!(console.in_group("night-shift"), [email]);
    console.keys("2 / \"night-shift").expect("night-shift");
    console.keys("down D").expect("staged");
    console.keys("P ctrl-s y").expect("night-shift");
    assert!(console.server.group_id("night-shift").is_some(), "a deletion asks for its text");
    console.keys("esc ctrl-s \"night-shift enter").expect("applied: 1 done");
    assert!(console.server.group_id("night-shift").is_none());
}

#[test]
fn a_group_is_renamed_and_its_policies_stay() {
    let mut console = Console::open(80, 24);
    console.keys("2 / \"waf-tuning down e enter ctrl-u \"waf-rules enter P ctrl-s y");
    console.expect("applied: 1 done");
    assert!(console.server.group_id("waf-tuning").is_none());
    console.keys("2 / \"waf-rules enter r").expect("Bot Management");
}

#[test]
fn what_a_policy_change_takes_away_is_named_in_the_plan_and_in_the_question_before_it_is_sent() {
    let mut console = Console::open(100, 30);
    console
        .keys("2 / \"contractors-emea down e down enter j")
        .expect("Domain DNS on eu-shop.example");
    console
        .keys("x k enter P enter")
        .expect("- allow Domain DNS on eu-shop.example")
        .expect("+0 -1");
    console.keys("ctrl-s").expect("Set the policies of contractors-emea: +0 -1, 1 in all");
}
