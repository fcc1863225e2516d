//! Members as changes, as they are painted: what they hold directly, invitations, removals, a group made exactly a list.

use cfiam::app::Msg;

use super::console::Console;

/// Ole's direct policies get one more, Mia is removed from the account, somebody is invited.
fn staged(columns: u16, rows: u16) -> Console {
    let mut console = Console::open(columns, rows);
    console.keys("/ \"ole enter e a \"Billing enter enter enter esc");
    console.keys("1 esc / \"mia down D esc c \"new.hire@northwind.example enter enter \"Billing");
    console.keys("enter enter enter");
    console.later(1);
    console.state.toast = None;
    console
}

#[test]
fn the_editor_of_direct_policies_says_whose_they_are_and_what_comes_and_goes() {
    let mut console = Console::open(80, 24);
    console.keys("/ \"ole enter e a \"Billing enter enter");
    let text = console.golden("direct_policies_80");
    assert!(text.contains("Direct policies of ole"), "{text}");
    assert!(text.contains("+ Billing on account"), "{text}");
}

#[test]
fn a_plan_of_members_says_what_can_not_be_undone_and_asks_for_the_e_mail() {
    let mut console = staged(80, 24);
    let text = console.keys("P").text();
    assert!(text.contains("Invite new.hire@northwind.example with 1 policy"), "{text}");
    assert!(text.contains("PUT"), "{text}");
    let text = console.keys("tab").golden("impact_of_members_80");
    assert!(text.contains("invited  ") && text.contains("removed  "), "{text}");
    let text = console.keys("ctrl-s").golden("confirm_removal_80");
    assert!(text.contains("new invitation brings them back"), "{text}");
    assert!(text.contains("type mia.okafor@northwind.example to apply"), "{text}");
}

#[test]
fn who_is_staged_to_be_removed_is_marked_on_their_page_and_in_the_list() {
    let mut console = staged(80, 24);
    let list = console.keys("1 esc").text();
    assert!(list.lines().any(|line| line.starts_with("-  mia")), "{list}");
    assert!(list.lines().any(|line| line.starts_with("~  ole")), "{list}");
    let text = console.keys("/ \"mia enter").text();
    assert!(text.contains("- staged to be removed"), "{text}");
    let text = console.keys("1 esc / \"ole enter").text();
    assert!(text.contains("~ others are staged: see the plan"), "{text}");
}

#[test]
fn a_list_that_a_group_is_made_exactly_says_who_joins_who_leaves_and_who_was_not_found() {
    let mut console = Console::open(80, 24);
    console.keys(": \"set-members space \"prod-dns enter");
    console.send(Msg::Paste("mia.okafor@northwind.example\nnobody@northwind.example".into()));
    let text = console.golden("exactly_80");
    assert!(text.contains("Exactly the members of prod-dns"), "{text}");
    assert!(text.contains("unknown: nobody@northwind.example"), "{text}");
}
