//! Questions over a screen.

use cfiam::app::Msg;

use super::console::Console;

#[test]
fn the_picker_shows_who_is_in() {
    let mut console = Console::open(80, 24);
    console.keys("/ \"leo down space \"esc esc");
    let mut console = Console::open(80, 24);
    console.keys("/ \"leo down a");
    let text = console.golden("picker_groups");
    assert!(text.contains("✓ in") && text.contains("· not in"));
    console.keys("\"dns tab").golden("picker_groups_filtered");
}

#[test]
fn a_pasted_list_is_counted_and_what_was_not_found_is_named() {
    let mut console = Console::open(80, 24);
    console.keys("2 / \"edge down a");
    console.send(Msg::Paste(
        "Leo Chen <leo.chen@northwind.example>\nnobody@elsewhere.example, ole.berg@northwind.example\nmia.okafor@northwind.example; leo.chen@northwind.example".into(),
    ));
    let text = console.golden("picker_pasted");
    assert!(text.contains("pasted 5 entries"), "{text}");
    assert!(text.contains("unknown: nobody@elsewhere.example"));
}

#[test]
fn help_lists_what_can_be_done_and_why_not() {
    let text = Console::open(80, 24).keys("?").golden("help_80");
    assert!(text.contains("What can be done here"));
    Console::open(120, 40).keys("? \"plan").golden("help_120");
}

#[test]
fn a_confirmation_has_the_focus_on_no() {
    let mut console = Console::open(80, 24);
    console.keys("/ \"leo enter a \"security enter P ctrl-s");
    let text = console.golden("confirm_80");
    assert!(text.contains("enter does nothing"));
}

#[test]
fn the_other_questions() {
    Console::open(80, 24).keys(":").golden("prompt_80");
    Console::open(80, 24).keys("s").golden("sort_80");
    Console::open(80, 24).keys("2 c \"prod-dns enter").golden("name_taken");
    let mut console = Console::open(80, 24);
    console.keys("2 / \"prod enter tab e").golden("policies_80");
    console.keys("a").golden("policies_picker_80");
}
