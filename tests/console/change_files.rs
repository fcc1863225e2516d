//! Change files in the console: saved, opened beside what is staged, and edited as all that is staged.

use cfiam::app::{Answer, ChangeText, Dialog, Effect, Mode, WhyReadOnly};
use cfiam::domain::{Change, Fault, FaultKind};

use super::account::{group, member};
use super::driver::Console;

const FILE: &str = "[groups.edge-ops]\nadd = [\"zoe@northwind.example\"]\n";

/// The text that is to be edited now.
fn editing(console: &mut Console) -> ChangeText {
    let edit = console.effects.iter().rev().find_map(|effect| match effect {
        Effect::Edit(text) => Some(text.clone()),
        _ => None,
    });
    console.forget();
    edit.expect("an editor")
}

fn read(console: &mut Console, text: &str) {
    console.answer(Answer::Read("changes.toml".into(), Ok(text.to_owned())));
}

fn wrote(console: &mut Console, before: &ChangeText, text: &str) {
    console.answer(Answer::Edited(before.clone(), Ok(text.to_owned())));
}

fn staged(console: &Console) -> Vec<Change> {
    console.state.staging.changes().cloned().collect()
}

fn zoe_joins() -> Change {
    Change::Add { group: group("edge-ops").into(), member: member("zoe") }
}

#[test]
fn what_is_staged_is_saved_by_names_and_staged_again_from_the_file() {
    let mut console = Console::open();
    read(&mut console, FILE);
    assert_eq!(staged(&console), [zoe_joins()]);
    console.keys(":").types("save changes.toml").keys("enter");
    let saved = console.effects.iter().find_map(|effect| match effect {
        Effect::WriteFile { path, text, over } => Some((path.clone(), text.clone(), *over)),
        _ => None,
    });
    let (path, text, over) = saved.expect("a file is written");
    assert_eq!((&*path, over), ("changes.toml", false));
    assert!(text.contains(FILE), "{text}");
    console.answer(Answer::Written(path, Ok(())));
    assert_eq!(console.toast(), "1 staged change saved to changes.toml");
    console.keys(":").types("save! changes.toml").keys("enter");
    assert!(console.effects.iter().any(|it| matches!(it, Effect::WriteFile { over: true, .. })));
}

#[test]
fn a_file_is_staged_beside_what_is_staged_already() {
    let mut console = Console::open();
    console.keys("2 j D");
    let deletion = staged(&console);
    console.keys(":").types("open changes.toml").keys("enter");
    assert!(console.effects.contains(&Effect::ReadFile("changes.toml".into())));
    read(&mut console, FILE);
    assert_eq!(staged(&console), [deletion, vec![zoe_joins()]].concat());
    assert!(console.toast().starts_with("1 staged"), "{}", console.toast());
}

#[test]
fn a_file_with_mistakes_stages_nothing_and_says_them_all_with_their_lines() {
    let mut console = Console::open();
    read(
        &mut console,
        "[groups.edge-ops]\nadd = [\"nobody@x.example\"]\n[groups.nowhere]\ndelete = true\n",
    );
    assert_eq!(staged(&console), []);
    let Some(Dialog::Confirm(asked)) = console.dialog() else { panic!("no question") };
    assert_eq!(asked.title, "2 mistakes in changes.toml");
    assert_eq!(
        asked.lines,
        [
            "line 2: no member has the e-mail nobody@x.example",
            "line 3: no group is called \"nowhere\"",
            "Nothing of it is staged.",
        ]
    );
    console.keys("n");
    assert!(console.dialog().is_none());
}

#[test]
fn two_groups_that_are_to_have_one_name_are_a_mistake_at_each_of_them_also_in_the_editor() {
    let mut console = Console::open();
    read(&mut console, FILE);
    console.keys("6 e");
    let text = editing(&mut console);
    let renamed = "[groups.edge-ops]\nrename = \"NEW\"\n[groups.NEW]\ncreate = true\n";
    let told = [
        "line 2: another group is to be called \"NEW\" too, as line 3 says",
        "line 3: another group is to be called \"NEW\" too, as line 2 says",
        "Nothing of it is staged.",
    ];
    wrote(&mut console, &text, renamed);
    let Some(Dialog::Confirm(asked)) = console.dialog() else { panic!("no question") };
    assert_eq!(asked.lines, told);
    console.keys("n");
    read(&mut console, renamed);
    let Some(Dialog::Confirm(asked)) = console.dialog() else { panic!("no question") };
    assert_eq!(asked.lines, told);
    assert_eq!(staged(&console), [zoe_joins()]);
}

#[test]
fn what_is_taken_out_in_the_editor_is_no_longer_staged_and_what_stays_is() {
    let mut console = Console::open();
    read(&mut console, &format!("{FILE}remove = [\"mia@northwind.example\"]\n"));
    let both = staged(&console);
    console.keys("6 e");
    let text = editing(&mut console);
    assert!(text.whole && text.text.contains("mia@northwind.example"), "{}", text.text);
    wrote(&mut console, &text, &text.text);
    assert_eq!(console.toast(), "nothing was changed");
    assert_eq!(staged(&console), both);
    wrote(&mut console, &text, FILE);
    assert_eq!(staged(&console), [zoe_joins()]);
    assert_eq!(console.toast(), "1 staged change now");
    wrote(&mut console, &text, "");
    assert_eq!(staged(&console), []);
}

#[test]
fn a_text_with_mistakes_is_opened_again_with_each_beside_its_line_and_nothing_is_lost() {
    let mut console = Console::open();
    read(&mut console, FILE);
    console.keys("6 e");
    let before = editing(&mut console);
    let wrong = format!("{FILE}\n[groups.nowhere]\ndelete = true\n");
    wrote(&mut console, &before, &wrong);
    assert_eq!(staged(&console), [zoe_joins()], "what was staged still is");
    console.keys("y");
    let again = editing(&mut console);
    let note = "#! no group is called \"nowhere\"\n[groups.nowhere]\n";
    assert!(again.whole && again.text.contains(note), "{}", again.text);
    // Left as it is: the next time it is there again, notes and all.
    wrote(&mut console, &again, &again.text);
    console.keys("n");
    assert!(console.toast().contains("opens again what you wrote"), "{}", console.toast());
    console.keys("e");
    assert_eq!(editing(&mut console), again);
    // An editor that ends badly loses nothing of it either.
    let broken = Fault::new(FaultKind::Refused, "the editor ended", "");
    console.answer(Answer::Edited(again.clone(), Err(broken)));
    console.keys("e");
    assert_eq!(editing(&mut console), again);
    wrote(&mut console, &again, &again.text.replace("[groups.nowhere]\ndelete = true\n", ""));
    assert_eq!(staged(&console), [zoe_joins()]);
    console.keys("e");
    assert!(!editing(&mut console).text.contains("nowhere"));
}

#[test]
fn where_changes_are_not_allowed_a_file_is_opened_and_its_plan_looked_at_and_not_applied() {
    let mut console = Console::open();
    console.keys("W 6 e");
    assert!(console.toast().contains("read-only"), "{}", console.toast());
    console.keys(":").types("open changes.toml").keys("enter");
    assert!(console.effects.contains(&Effect::ReadFile("changes.toml".into())));
    read(&mut console, FILE);
    assert_eq!(staged(&console), [zoe_joins()]);
    console.keys("P ctrl-s");
    assert!(console.toast().contains("read-only"), "{}", console.toast());
    assert!(console.dialog().is_none() && console.applied() == 0);
}

#[test]
fn in_a_snapshot_no_file_is_opened() {
    let mut console = Console::open();
    let at = console.state.now.wall;
    console.state.session.mode = Mode::ReadOnly(WhyReadOnly::Snapshot(at));
    console.keys(":").types("open changes.toml").keys("enter");
    assert!(console.toast().contains("a snapshot"), "{}", console.toast());
    assert!(console.effects.iter().all(|it| !matches!(it, Effect::ReadFile(_))));
}
