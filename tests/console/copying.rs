//! Copying what the screen shows: which rows, in which form, and the command that shows the same.

use cfiam::app::{Dialog, Effect, Mode, Setup, WhyReadOnly};

use super::driver::{Console, setup};

/// What `y` offers, by name.
fn offered(console: &mut Console) -> Vec<String> {
    console.keys("y");
    match console.dialog() {
        Some(Dialog::Pick(picker)) => picker.items.iter().map(|item| item.name.clone()).collect(),
        other => panic!("{other:?}"),
    }
}

/// What is copied by what `y` offers under a name.
fn copied(console: &mut Console, name: &str) -> String {
    let offers = offered(console);
    let place = offers.iter().position(|offer| offer == name);
    console.forget().keys("home");
    for _ in 0..place.unwrap_or_else(|| panic!("{name} is not among {offers:?}")) {
        console.keys("down");
    }
    console.keys("enter");
    let copies = console.effects.iter().filter_map(|effect| match effect {
        Effect::Copy(text) => Some(text.clone()),
        _ => None,
    });
    let copies: Vec<String> = copies.collect();
    assert_eq!(copies.len(), 1, "{name}");
    copies[0].clone()
}

#[test]
fn the_row_under_the_cursor_is_copied_in_each_form() {
    let mut console = Console::settled(setup());
    let text = copied(&mut console, "this row as text");
    assert!(text.contains("ana@northwind.example") && text.lines().count() == 2, "{text}");
    let csv = copied(&mut console, "this row as CSV");
    assert!(csv.starts_with("email,"), "{csv}");
    assert!(
        csv.lines().nth(1).is_some_and(|row| row.starts_with("ana@northwind.example,")),
        "{csv}"
    );
    let json: serde_json::Value =
        serde_json::from_str(&copied(&mut console, "this row as JSON")).unwrap();
    assert_eq!(json[0]["email"], "ana@northwind.example");
    let markdown = copied(&mut console, "this row as Markdown");
    assert!(markdown.starts_with("| ") && markdown.contains("| --- |"), "{markdown}");
}

#[test]
fn marked_rows_are_copied_in_the_order_in_which_they_stand_and_all_shown_are_what_the_filter_leaves()
 {
    let mut console = Console::settled(setup());
    console.keys("G space g space");
    let csv = copied(&mut console, "the 2 marked rows as CSV");
    let rows: Vec<&str> = csv.lines().skip(1).collect();
    assert!(rows[0].starts_with("ana@") && rows[1].starts_with("zoe@"), "{csv}");
    assert_eq!(rows.len(), 2);
    console.keys("esc /").types("^o").keys("down");
    let all = copied(&mut console, "this row as CSV");
    assert!(all.contains("ole@") && !all.contains("ana@"), "{all}");
}

#[test]
fn the_commands_show_the_same_and_hold_no_token() {
    let mut console = Console::settled(setup());
    console.keys("j");
    assert_eq!(
        copied(&mut console, "cfiam command"),
        "cfiam --account acc0 members show leo@northwind.example"
    );
    assert_eq!(
        copied(&mut console, "curl command"),
        "curl -H \"Authorization: Bearer $CLOUDFLARE_API_TOKEN\" \
         https://api.cloudflare.com/client/v4/accounts/acc0/members/m-leo"
    );
    console.keys("*");
    assert_eq!(copied(&mut console, "cfiam command"), "cfiam --account acc0 members list");
    console.keys("esc 2 enter");
    let curl = copied(&mut console, "curl command");
    assert!(curl.ends_with("/iam/user_groups/g-edge-ops/members?per_page=50'"), "{curl}");
}

#[test]
fn in_a_snapshot_the_command_reads_the_snapshot_and_nothing_is_asked_of_the_service() {
    let directory = Console::settled(setup()).state.directory.clone();
    let taken = "2026-11-24T09:30:00Z".parse().unwrap();
    let mode = Mode::ReadOnly(WhyReadOnly::Snapshot(taken));
    let snapshot = Some(std::sync::Arc::new(cfiam::domain::Snapshot { directory, taken }));
    let host = "monday.json".to_owned();
    let mut console = Console::start(Setup { snapshot, mode, host, ..setup() });
    assert!(!offered(&mut console).contains(&"curl command".to_owned()));
    console.keys("esc");
    assert_eq!(
        copied(&mut console, "cfiam command"),
        "cfiam --snapshot monday.json members show ana@northwind.example"
    );
}

#[test]
fn findings_are_copied_with_all_whom_they_are_about() {
    let mut console = Console::settled(setup());
    console.keys("4");
    let csv = copied(&mut console, "this row as CSV");
    assert!(csv.starts_with("severity,rule,finding,about,"), "{csv}");
    let all = console.state.findings.checked.as_ref().unwrap().findings.len();
    let csv = copied(&mut console, &format!("all {all} rows shown as CSV"));
    assert!(csv.contains("empty-group") && csv.contains("platform-read"), "{csv}");
    assert_eq!(copied(&mut console, "cfiam command"), "cfiam --account acc0 findings");
}

#[test]
fn where_there_is_nothing_to_copy_that_is_said() {
    let mut console = Console::settled(setup());
    console.keys("3 y");
    assert!(console.toast().contains("there is nothing to copy here"), "{}", console.toast());
}
