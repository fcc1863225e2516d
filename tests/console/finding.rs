//! Finding people and moving about.

use cfiam::app::{Dialog, Screen, Tab};
use cfiam::domain::{Collection, Load};

use super::account;
use super::driver::Console;

fn opened(console: &Console) -> Option<&Screen> {
    console.state.place.above.last()
}

#[test]
fn a_person_is_found_and_opened_with_two_keys() {
    let mut console = Console::open();
    console.keys("/").types("leo").keys("enter");
    let Some(Screen::Member(page)) = opened(&console) else { panic!("no page") };
    assert_eq!(page.member, account::member("leo"));
    assert_eq!(console.rows(), ["prod-dns"]);
}

#[test]
fn the_filter_takes_the_best_row_and_esc_brings_back_where_one_was() {
    let mut console = Console::open();
    console.keys("/").types("no");
    assert_eq!(console.cursor(), "noor");
    console.keys("esc");
    assert_eq!((console.rows().len(), console.cursor().as_str()), (6, "noor"));
}

#[test]
fn letters_in_a_filter_line_are_never_actions() {
    let mut console = Console::open();
    console.keys("/").types("xaDPW");
    assert!(console.dialog().is_none() && console.staged().is_empty());
    assert_eq!(console.state.roots.members.line.text(), "xaDPW");
}

#[test]
fn a_filter_that_cannot_be_read_says_so_and_filters_nothing_away() {
    let mut console = Console::open();
    console.keys("/").types("planet:mars");
    assert_eq!(console.rows().len(), 6);
    let fault = console.state.roots.members.fault.clone().unwrap();
    assert!(fault.contains("planet"), "{fault}");
}

#[test]
fn back_returns_to_the_same_row_filter_and_place() {
    let mut console = Console::open();
    console.keys("/").types("o").keys("down j");
    let (rows, cursor) = (console.rows(), console.cursor());
    console.keys("enter h");
    assert_eq!((console.rows(), console.cursor()), (rows, cursor));
    assert_eq!(console.state.roots.members.line.text(), "o");
}

#[test]
fn esc_clears_the_filter_then_the_marks_then_goes_back_and_never_quits() {
    let mut console = Console::open();
    console.keys("2 enter / ").types("a").keys("down space");
    console.keys("esc");
    assert_eq!(console.rows(), ["mia", "noor", "ole"]);
    let marks = |console: &Console| cfiam::app::table(&console.state).unwrap().rows.marks().len();
    console.keys("G esc");
    assert_eq!(marks(&console), 0);
    console.keys("esc esc esc esc");
    assert_eq!(console.state.place.tab, Tab::Groups);
    assert!(console.state.place.above.is_empty());
    assert!(!console.effects.iter().any(|e| matches!(e, cfiam::app::Effect::Quit(_))));
}

#[test]
fn the_cursor_and_the_marks_stay_on_their_rows_through_a_refresh_that_adds_and_removes_others() {
    let mut console = Console::open();
    console.keys("j space");
    assert_eq!(console.cursor(), "mia");
    console.keys("R");
    console.read(
        &Collection::Members,
        vec![account::members_page(&["abe", "leo", "mia", "ole", "zoe"])],
    );
    assert_eq!(console.rows(), ["abe", "leo", "mia", "ole", "zoe"]);
    assert_eq!(console.cursor(), "mia");
    let marked = console.state.roots.members.rows.marks();
    let leo = console.state.directory.members().slot(&account::member("leo")).unwrap();
    assert_eq!(marked.iter().copied().collect::<Vec<_>>(), [leo]);
}

#[test]
fn a_page_whose_object_is_gone_is_left_with_a_word() {
    let mut console = Console::open();
    console.keys("2 enter");
    assert!(matches!(opened(&console), Some(Screen::Group(_))));
    console.answer(cfiam::app::Answer::Reread(Load::GroupGone(match opened(&console) {
        Some(Screen::Group(page)) => page.group.clone(),
        _ => panic!("no page"),
    })));
    assert!(opened(&console).is_none());
    assert!(console.toast().contains("gone"));
}

#[test]
fn the_key_before_the_last_screen_goes_there_and_back_again() {
    let mut console = Console::open();
    console.keys("enter -");
    assert!(opened(&console).is_none());
    console.keys("-");
    assert!(matches!(opened(&console), Some(Screen::Member(_))));
}

#[test]
fn sorting_again_by_the_same_column_turns_it_round() {
    let mut console = Console::open();
    console.keys("s").types("e-mail").keys("enter");
    assert_eq!(console.rows()[0], "zoe");
    console.keys("s").types("e-mail").keys("enter");
    assert_eq!(console.rows()[0], "ana");
}

#[test]
fn the_prompt_opens_a_group_by_name_and_filters_the_members() {
    let mut console = Console::open();
    console.keys(":").types("group edge-ops").keys("enter");
    assert!(
        matches!(opened(&console), Some(Screen::Group(page)) if page.group == account::group("edge-ops"))
    );
    console.keys(":").types("members zo").keys("enter");
    assert_eq!((console.state.place.tab, console.rows()), (Tab::Members, vec!["zoe".to_owned()]));
}

#[test]
fn the_prompt_says_what_it_does_not_know() {
    let mut console = Console::open();
    console.keys(":").types("group no-such-group").keys("enter");
    let Some(Dialog::Prompt(prompt)) = console.dialog() else { panic!("closed") };
    assert!(prompt.fault.as_ref().unwrap().contains("no-such-group"));
}

#[test]
fn help_lists_what_can_be_done_here_finds_it_and_does_it() {
    let mut console = Console::open();
    console.keys("?").types("staged, and runs").keys("enter");
    assert_eq!(console.state.place.tab, Tab::Changes);
    assert!(console.dialog().is_none());
}

#[test]
fn an_action_that_has_nothing_to_do_says_why() {
    let mut console = Console::open();
    console.keys("6");
    console.keys("P");
    assert!(console.toast().contains("nothing is staged"), "{}", console.toast());
}
