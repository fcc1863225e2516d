//! The plan: always that of what is known and staged, and applied only as it was seen.

use cfiam::app::{Answer, Dialog, Effect, Means, PlanLine, PlanScreen, Request, Screen};
use cfiam::domain::{Collection, Load, Page};
use cfiam::plan::ChangeKey;

use super::account::{self, group, member};
use super::driver::Console;

fn plan(console: &Console) -> &PlanScreen {
    match console.state.place.above.last() {
        Some(Screen::Plan(screen)) => screen,
        other => panic!("no plan: {other:?}"),
    }
}

fn words(console: &Console) -> Vec<String> {
    let plan = &plan(console).plan;
    plan.steps.iter().map(|step| plan.words(step)).collect()
}

/// Zoe is staged to join edge-ops, and that is the plan on the screen.
fn planned() -> Console {
    let mut console = Console::open();
    console.keys("G a enter P");
    assert_eq!(words(&console), ["Add zoe@northwind.example to edge-ops"]);
    console
}

fn renamed() -> Load {
    let mut row = account::group_row("edge-ops");
    row.name = "edge".into();
    Load::Rows(Page::Groups(vec![row]))
}

fn someone_renames_edge_ops(console: &mut Console) {
    console.answer(Answer::Reread(renamed()));
}

#[test]
fn a_plan_that_is_come_back_to_is_that_of_what_is_staged_now() {
    let mut console = planned();
    console.keys("2 j D -");
    assert_eq!(words(&console).len(), 2);
    console.keys("@").forget();
    console.state.staging.unstage(&ChangeKey::Delete(group("on-call")));
    console.keys("esc");
    assert_eq!(words(&console).len(), 1);
    console.keys("ctrl-s y");
    assert_eq!(console.applied(), 1);
}

#[test]
fn a_plan_that_was_not_painted_is_not_asked_about() {
    let mut console = planned();
    console.keys("2 j D").keys_at_once("- ctrl-s");
    assert!(console.dialog().is_none());
    assert_eq!(console.toast(), "look at the plan first");
    console.keys("ctrl-s");
    assert!(matches!(console.dialog(), Some(Dialog::Confirm(_))));
}

#[test]
fn a_plan_follows_what_is_read_and_says_that_it_has_changed() {
    let mut console = planned();
    let rows = account::memberships("edge-ops", &["zoe"]);
    console.answer(Answer::Reread(Load::Rows(rows)));
    assert!(plan(&console).plan.is_empty());
    assert_eq!(console.toast(), "the plan has changed: look at it again");
    console.keys("ctrl-s");
    assert!(console.toast().contains("nothing to send"), "{}", console.toast());
    console.keys("y");
    assert!(console.dialog().is_none() && console.applied() == 0);
}

#[test]
fn a_plan_that_comes_together_while_the_account_is_read_is_not_said_to_have_changed() {
    let mut console = Console::open();
    console.keys("G a enter");
    let rows = Page::Groups(vec![account::group_row("fifth")]);
    console.answer(Answer::Reread(Load::Rows(rows)));
    let collection = Collection::GroupMembers(group("fifth"));
    let walk = cfiam::domain::WalkId(900);
    console.answer(Answer::Reread(Load::Begun { collection, walk }));
    console.keys("P");
    someone_renames_edge_ops(&mut console);
    assert_eq!(words(&console), ["Add zoe@northwind.example to edge"]);
    assert_eq!(console.toast(), "");
}

#[test]
fn a_plan_has_the_name_that_a_group_was_given_meanwhile() {
    let mut console = planned();
    someone_renames_edge_ops(&mut console);
    assert_eq!(words(&console), ["Add zoe@northwind.example to edge"]);
}

#[test]
fn a_question_about_a_plan_that_has_changed_is_no_longer_asked() {
    let mut console = planned();
    console.keys("ctrl-s");
    someone_renames_edge_ops(&mut console);
    assert!(console.dialog().is_none());
    assert_eq!(console.toast(), "the plan has changed: look at it again");
    console.keys("y");
    assert_eq!(console.applied(), 0);
    console.keys("ctrl-s y");
    assert_eq!(console.applied(), 1);
}

#[test]
fn a_plan_that_changes_right_before_it_is_asked_about_or_applied_is_shown_again() {
    let mut console = planned();
    let zoe = cfiam::domain::Change::Add { group: group("on-call").into(), member: member("zoe") };
    let directory = &console.state.directory;
    console.state.staging.stage(zoe.clone(), directory);
    console.keys("ctrl-s");
    assert!(console.dialog().is_none());
    assert_eq!(console.toast(), "the plan has changed: look at it again");
    console.keys("ctrl-s");
    console.state.staging.unstage(&ChangeKey::of(&zoe));
    console.keys("y");
    assert_eq!(console.applied(), 0);
    assert_eq!(console.toast(), "the plan has changed: look at it again");
    console.keys("ctrl-s");
    let now = console.state.now;
    console.state.directory.absorb(renamed(), now);
    console.keys("y");
    assert_eq!(console.applied(), 0, "the name is not the one that was seen");
}

#[test]
fn more_reads_to_be_done_are_no_other_plan() {
    let mut console = planned();
    console.keys("ctrl-s");
    let rows = account::memberships("edge-ops", &["ana"]);
    console.answer(Answer::Reread(Load::Rows(rows)));
    assert!(console.dialog().is_some());
}

#[test]
fn s16_a_plan_that_rests_on_what_was_read_ten_minutes_ago_is_read_again_before_it_is_asked_about() {
    let mut console = planned();
    let is_stale =
        |console: &Console| plan(console).is_stale(&console.state.directory, console.state.now);
    console.later(600);
    assert!(!is_stale(&console));
    console.later(1);
    assert!(is_stale(&console));
    console.forget().keys("ctrl-s y");
    assert!(console.dialog().is_none() && console.applied() == 0);
    let groups: Vec<_> = plan(&console).plan.groups().cloned().collect();
    for group in &groups {
        console.asked(
            |request| matches!(request, Request::Group { group: asked, .. } if asked == group),
        );
        let list = Collection::GroupMembers(group.clone());
        console.asked(
            |request| matches!(request, Request::List { collection, .. } if *collection == list),
        );
    }
    for (name, people) in account::GROUPS {
        let list = Collection::GroupMembers(account::group(name));
        if groups.contains(&account::group(name)) {
            console.read(&list, vec![account::memberships(name, people)]);
        }
    }
    assert!(!is_stale(&console));
    console.keys("ctrl-s");
    assert!(console.dialog().is_some());
}

#[test]
fn s7_a_group_that_was_renamed_meanwhile_makes_the_plan_another_one_which_is_confirmed_again() {
    let mut console = planned();
    console.later(601);
    console.keys("ctrl-s");
    let group = plan(&console).plan.groups().next().unwrap().clone();
    let (name, _) =
        account::GROUPS.into_iter().find(|(name, _)| account::group(name) == group).unwrap();
    let mut row = account::group_row(name);
    row.name = "renamed".into();
    console.answer(Answer::Reread(Load::Rows(Page::Groups(vec![row]))));
    assert!(console.toast().contains("has changed"), "{}", console.toast());
    assert_eq!(console.applied(), 0);
}

#[test]
fn s16_a_plan_about_a_member_of_the_account_goes_stale_as_well_and_is_read_again_first() {
    let mut console = Console::open();
    console.keys("j D P");
    assert!(plan(&console).plan.groups().next().is_none(), "it touches no group");
    console.later(601);
    console.forget().keys("ctrl-s");
    assert!(console.dialog().is_none());
    assert!(console.toast().contains("stale"), "{}", console.toast());
    console.read(&Collection::Members, vec![account::members_page(&account::PEOPLE)]);
    console.keys("ctrl-s");
    assert!(console.dialog().is_some());
}

#[test]
fn y_copies_the_plan_as_text_for_a_ticket_and_says_how_much_and_by_what() {
    let mut console = planned();
    console.forget().keys("y");
    let [Effect::Copy(text)] = console.effects.as_slice() else { panic!("{:?}", console.effects) };
    let id = plan(&console).plan.id.to_string();
    for part in [&*id, "Changes", "Impact", "Guards"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    console.answer(Answer::Copied(34, Ok(Means::Terminal)));
    assert!(console.toast().starts_with("copied 34 lines"), "{}", console.toast());
    assert!(console.toast().contains("copy_command"), "{}", console.toast());
    console.answer(Answer::Copied(1, Ok(Means::Command("wl-copy".into()))));
    assert_eq!(console.toast(), "copied 1 line by wl-copy");
    assert!(console.dialog().is_none() && console.applied() == 0);
}

#[test]
fn s16_what_has_changed_since_the_plan_was_seen_stands_in_it_as_it_was_and_as_it_is() {
    let mut console = Console::open();
    console.keys("2 enter space space x P");
    assert_eq!(plan(&console).drift, Vec::<String>::new());
    let inside = plan(&console).plan.ops().next().unwrap().change.member().unwrap().clone();
    let left = Load::Membership {
        group: account::group("edge-ops"),
        member: inside,
        present: false,
        since: None,
    };
    console.answer(Answer::Reread(left));
    let drift = plan(&console).drift.clone();
    assert!(drift.iter().any(|line| line.contains("had 3 members, has 2")), "{drift:?}");
    assert!(drift.iter().any(|line| line.contains("is so already")), "{drift:?}");
    assert!(plan(&console).lines.rows().contains(&PlanLine::Drift(0)));
    console.keys("ctrl-s");
    assert!(console.dialog().is_some(), "it was seen, and is confirmed anew");
}

#[test]
fn a_key_that_does_nothing_here_says_so_where_it_does_something_elsewhere() {
    let mut console = Console::open();
    console.keys("G a enter 6 ctrl-s");
    assert_eq!(console.toast(), "apply: only a plan is applied; P shows what is staged as one");
    assert!(console.dialog().is_none());
    console.keys("1 enter tab *");
    assert_eq!(console.toast(), "mark all: not in this pane");
}

#[test]
fn what_is_staged_in_all_is_told_beside_what_was_just_staged() {
    let mut console = Console::open();
    console.keys("G a enter");
    assert!(console.toast().starts_with("1 staged · P"), "{}", console.toast());
    console.keys("a").types("platform").keys("enter");
    assert!(console.toast().starts_with("1 staged · 2 in all · P"), "{}", console.toast());
}
