//! The guards that stand against a plan, what it costs, and the questions that override them, as they are painted.

use super::console::Console;

/// Leo leaves platform-read; edge-ops is deleted, with four people in it.
fn planned(columns: u16, rows: u16) -> Console {
    let mut console = Console::open(columns, rows);
    console.keys("2 esc / \"platform enter / \"leo down x 2 esc / \"edge-ops down D");
    console.later(1);
    console.state.toast = None;
    console.keys("P");
    console
}

#[test]
fn the_third_view_tells_the_guards_what_can_t_be_undone_and_what_it_costs() {
    let text = planned(80, 24).keys("tab tab").golden("guards_80");
    for part in ["GUARDS", "many-removals", "CAN'T BE UNDONE", "edge-ops is deleted", "COST"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    planned(120, 40).keys("tab tab").golden("guards_120");
}

#[test]
fn the_call_list_says_how_many_guards_stand() {
    let text = planned(80, 24).text();
    assert!(text.contains("guards stand: tab shows them"), "{text}");
}

#[test]
fn a_guard_s_question_tells_what_is_at_stake_and_what_is_to_be_typed() {
    let mut console = planned(80, 24);
    let text = console.keys("ctrl-s").golden("guard_80");
    assert!(text.contains("Guard 1 of"), "{text}");
    let text = console.keys("\"y enter").golden("guard_wrong_80");
    assert!(text.contains("that is not it, nothing is sent: type "), "{text}");
}
