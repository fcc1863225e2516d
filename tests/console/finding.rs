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
    let people: Vec<String> = (0..100).map(|n| format!("p{n:02}")).collect();
    console.keys("R");
    let names: Vec<&str> = people.iter().map(String::as_str).collect();
    console.read(&Collection::Members, vec![account::members_page(&names)]);
    console.keys("/").types("p").keys("down ctrl-d ctrl-d ctrl-d ctrl-d ctrl-d k k k");
    let place = |console: &Console| {
        let list = &console.state.roots.members.rows;
        (console.rows(), console.cursor(), list.first_shown(18))
    };
    let before = place(&console);
    assert!(before.2 > 10, "scrolled: {}", before.2);
    console.keys("enter h");
    assert_eq!(place(&console), before);
    assert_eq!(console.state.roots.members.line.text(), "p");
}

/// So many people that a filter takes several frames.
fn crowd() -> Console {
    let mut console = Console::open();
    let mut people: Vec<String> = (0..15_000).map(|n| format!("p{n:05}")).collect();
    people.push("yves".into());
    console.keys("R");
    let names: Vec<&str> = people.iter().map(String::as_str).collect();
    console.read(&Collection::Members, vec![account::members_page(&names)]);
    console
}

#[test]
fn enter_opens_whom_the_line_names_also_when_it_comes_before_the_filter_is_through() {
    let mut console = crowd();
    console.burst("/ \"yves enter");
    let Some(Screen::Member(page)) = opened(&console) else { panic!("no page") };
    assert_eq!(page.member, account::member("yves"));
}

#[test]
fn what_is_typed_behind_an_enter_that_waits_comes_after_it() {
    let mut console = crowd();
    console.burst("/ \"yves enter a \"platform enter");
    assert_eq!(console.staged(), ["+ yves platform-read"]);
    let mut console = crowd();
    console.burst("2 \"G enter a \"yves enter");
    assert_eq!(console.staged(), ["+ yves prod-dns"]);
}

#[test]
fn esc_takes_an_enter_back_that_waits() {
    let mut console = crowd();
    console.burst("/ \"yves enter esc");
    assert!(opened(&console).is_none());
    assert!(console.state.held.is_empty() && !console.state.roots.members.typing);
}

#[test]
fn enter_on_a_filter_that_cannot_be_read_takes_nobody() {
    let mut console = Console::open();
    console.keys("/").types("planet:mars").keys("enter");
    assert!(opened(&console).is_none());
    assert!(console.toast().contains("can't be read"), "{}", console.toast());
    console.keys("esc a");
    for line in ["planet:mars", "\"x"] {
        console.types(line).keys("enter");
        assert!(console.staged().is_empty(), "{line}");
        assert!(console.toast().contains("can't be read"), "{}", console.toast());
        console.keys("esc");
    }
    console.types("platform").keys("enter");
    assert_eq!(console.staged(), ["+ ana platform-read"]);
}

#[test]
fn a_range_marks_what_the_cursor_went_over_and_not_where_a_filter_carried_it() {
    let mut console = Console::open();
    let marked = |console: &Console| console.state.roots.members.rows.chosen().len();
    console.keys("v / ").types("zo").keys("down esc");
    assert_eq!((console.cursor().as_str(), marked(&console)), ("zoe", 1));
    console.keys("esc g v j j");
    assert_eq!(marked(&console), 3);
    console.keys("k");
    assert_eq!(marked(&console), 2, "it shrinks when the cursor comes back");
    console.keys("s enter j");
    assert_eq!(marked(&console), 2, "another order ends it");
    console.keys("esc s enter g v R");
    console.read(&Collection::Members, vec![account::members_page(&["ana", "leo", "mia", "zoe"])]);
    console.keys("j");
    assert_eq!(marked(&console), 1, "other rows end it");
}

#[test]
fn the_mark_of_a_row_that_is_gone_goes_with_it() {
    let mut console = Console::open();
    console.keys("space j space R");
    console.read(&Collection::Members, vec![account::members_page(&["leo", "mia", "zoe"])]);
    let marks = console.state.roots.members.rows.marks().len();
    assert_eq!((marks, console.rows().len()), (1, 3));
}

#[test]
fn a_page_of_a_member_who_left_is_left_with_a_word() {
    let mut console = Console::open();
    console.keys("G enter r");
    assert!(opened(&console).is_some());
    console.read(&Collection::Members, vec![account::members_page(&["leo", "mia"])]);
    assert!(opened(&console).is_none());
    assert!(console.toast().contains("gone"), "{}", console.toast());
}

#[test]
fn letters_move_in_a_chooser_of_a_few_things_until_a_line_is_asked_for() {
    let mut console = Console::open();
    console.keys("s j j k");
    let Some(Dialog::Pick(picker)) = console.dialog() else { panic!("no chooser") };
    assert_eq!((picker.rows.at(), picker.line.text()), (1, ""));
    console.keys("/").types("jk");
    let Some(Dialog::Pick(picker)) = console.dialog() else { panic!("no chooser") };
    assert_eq!(picker.line.text(), "jk");
    console.keys("esc esc s q");
    assert!(console.dialog().is_none());
}

#[test]
fn esc_clears_the_filter_then_the_marks_then_goes_back_and_never_quits() {
    let mut console = Console::open();
    console.keys("2 enter / ").types("ole").keys("down space");
    let marks = |console: &Console| cfiam::app::table(&console.state).unwrap().rows.marks().len();
    console.keys("esc");
    assert_eq!((console.rows().len(), marks(&console)), (3, 1), "the filter only");
    assert_eq!(console.rows(), ["mia", "noor", "ole"]);
    console.keys("G esc");
    assert_eq!(marks(&console), 0);
    assert!(opened(&console).is_some());
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
    console.keys("s /").types("e-mail").keys("enter");
    assert_eq!(console.rows()[0], "zoe");
    console.keys("s /").types("e-mail").keys("enter");
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
