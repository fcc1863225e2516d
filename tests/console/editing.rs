//! Editing: staged, folded, seen as a plan, applied, settled.

use cfiam::app::{Answer, Dialog, Effect, Holding, Msg, Saved, Screen};
use cfiam::domain::{Fault, FaultKind};
use cfiam::plan::{End, OpState, Phase, Proof, RunReport, Summary, Tally};

use super::account;
use super::driver::Console;

fn plan_of(console: &Console) -> std::sync::Arc<cfiam::plan::Plan> {
    console
        .effects
        .iter()
        .find_map(
            |effect| if let Effect::Apply(_, plan, _) = effect { Some(plan.clone()) } else { None },
        )
        .expect("nothing was applied")
}

#[test]
fn adding_the_person_under_the_cursor_to_a_group_takes_five_keys() {
    let mut console = Console::open();
    console.keys("a").types("platform").keys("enter P ctrl-s y");
    let plan = plan_of(&console);
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(plan.steps[0].phase, Phase::Add);
    assert_eq!(plan.words(&plan.steps[0]), "Add ana@northwind.example to platform-read");
}

#[test]
fn removing_marked_people_from_a_group_takes_four_keys_after_marking() {
    let mut console = Console::open();
    console.keys("2").keys("enter").keys("space space");
    assert_eq!(console.rows(), ["mia", "noor", "ole"]);
    console.keys("x P ctrl-s y");
    let plan = plan_of(&console);
    assert_eq!(plan.steps.iter().map(|step| step.phase).collect::<Vec<_>>(), [Phase::Remove; 2]);
}

#[test]
fn what_is_staged_is_kept_on_disk_at_each_edit() {
    let mut console = Console::open();
    console.keys("a").types("platform").keys("enter");
    let saved = |console: &Console| {
        let saved = console.effects.iter().rev().find_map(|effect| match effect {
            Effect::Save(Saved::Staged(staged)) => Some(staged.clone()),
            _ => None,
        });
        saved.expect("nothing was kept")
    };
    assert_eq!((saved(&console).account, saved(&console).changes.len()), (account::account(), 1));
    console.keys("6 x");
    assert!(saved(&console).changes.is_empty());
}

#[test]
fn s18_an_add_and_then_its_removal_is_nothing() {
    let mut console = Console::open();
    console.keys("2").types("G").keys("enter a").types("zoe").keys("enter");
    assert_eq!(console.staged(), ["+ zoe prod-dns"]);
    assert_eq!(console.rows()[0], "zoe", "who is staged to join is shown first");
    console.keys("g x");
    assert_eq!(console.staged(), [""; 0]);
}

#[test]
fn the_picker_shows_who_is_in_and_counts_what_is_staged() {
    let mut console = Console::open();
    console.keys("space space a");
    let holding = |console: &Console, name: &str| {
        let Some(Dialog::Table(picker)) = console.dialog() else { panic!("no picker") };
        let slot = console.state.directory.groups().slot(&account::group(name)).unwrap();
        picker.holding(slot, &console.state.directory, &console.state.staging)
    };
    assert_eq!(holding(&console, "prod-dns"), Holding::All);
    assert_eq!(holding(&console, "on-call"), Holding::Some(1));
    assert_eq!(holding(&console, "platform-read"), Holding::None);
    console.types("platform").keys("enter g space space a");
    assert_eq!(holding(&console, "platform-read"), Holding::All);
}

#[test]
fn several_groups_are_picked_with_tab_and_taken_with_enter() {
    let mut console = Console::open();
    console.keys("G a tab tab enter");
    assert_eq!(console.staged(), ["+ zoe edge-ops", "+ zoe on-call"]);
}

#[test]
fn who_is_in_already_is_not_staged_and_that_is_said() {
    let mut console = Console::open();
    console.keys("a").types("prod-dns").keys("enter");
    assert!(console.staged().is_empty());
    assert!(console.toast().contains("1 so already"), "{}", console.toast());
}

#[test]
fn a_pasted_list_is_matched_and_what_was_not_is_shown_before_it_is_taken() {
    let mut console = Console::open();
    console.keys("2").types("G").keys("enter a");
    console.send(Msg::Paste(
        "Zoe <zoe@northwind.example>\nnobody@northwind.example\nana@northwind.example\n".into(),
    ));
    let Some(Dialog::Table(picker)) = console.dialog() else { panic!("no picker") };
    let pasted = picker.pasted.as_ref().unwrap();
    assert_eq!((pasted.entries, pasted.found.len()), (3, 1));
    assert_eq!(pasted.unknown, ["nobody@northwind.example"]);
    assert_eq!(pasted.already, ["ana@northwind.example"]);
    console.keys("enter");
    assert_eq!(console.staged(), ["+ zoe prod-dns"]);
}

#[test]
fn marks_have_done_their_work_once_something_is_staged_for_them() {
    let marked = |console: &Console| console.state.roots.members.rows.marks().len();
    let mut console = Console::open();
    console.keys("space space a").types("on-call").keys("enter");
    assert_eq!((console.staged(), marked(&console)), (vec!["+ leo on-call".to_owned()], 0));
    console.keys("g space space x").types("prod").keys("enter");
    assert_eq!((console.staged().len(), marked(&console)), (3, 0));
    // Nothing came of it: they may be meant for another group.
    console.keys("g space a").types("on-call").keys("enter");
    assert!(console.toast().contains("so already"), "{}", console.toast());
    assert_eq!((console.staged().len(), marked(&console)), (3, 1));
}

#[test]
fn what_is_staged_for_marked_rows_that_are_hidden_is_said() {
    let mut console = Console::open();
    console.keys("space space / ").types("zoe").keys("down a").types("platform").keys("enter");
    assert_eq!(console.staged(), ["+ ana platform-read", "+ leo platform-read"]);
    let toast = console.toast();
    assert!(toast.contains("2 of the marked hidden by the filter"), "{toast}");
    console.keys("space a").types("edge").keys("enter");
    assert!(!console.toast().contains("hidden"), "{}", console.toast());
}

#[test]
fn removals_of_who_is_not_in_are_counted_and_not_staged() {
    let mut console = Console::open();
    console.keys("space space x").types("on-call").keys("tab");
    let Some(Dialog::Table(_)) = console.dialog() else { panic!("no picker") };
    for _ in 0.."on-call".len() {
        console.keys("backspace");
    }
    console.types("platform").keys("tab enter");
    assert_eq!(console.staged(), ["- ana on-call"]);
    assert!(console.toast().starts_with("1 staged · 3 not in"), "{}", console.toast());
}

#[test]
fn a_list_pasted_while_the_members_load_is_read_again_when_they_have() {
    let mut console = Console::open();
    let half = || account::members_page(&["ana", "leo"]);
    console.keys("R");
    let ticket = console.asked(|r| {
        matches!(r, cfiam::app::Request::List { collection, .. } if *collection == cfiam::domain::Collection::Members)
    });
    // The first time anything is read of this account.
    console.state.directory = cfiam::domain::Directory::new(account::account());
    let walk = cfiam::domain::WalkId(700);
    let collection = cfiam::domain::Collection::Members;
    let begun = cfiam::domain::Load::Begun { collection: collection.clone(), walk };
    let page = |page| cfiam::domain::Load::Page { walk, page, of: Some(4), set_aside: 0 };
    console.answer(Answer::Loaded(ticket, begun));
    console.answer(Answer::Loaded(ticket, page(half())));
    let rows = vec![account::group_row("platform-read")];
    let rows = cfiam::domain::Load::Rows(cfiam::domain::Page::Groups(rows));
    console.answer(Answer::Reread(rows));
    console.keys("2 a");
    console.send(Msg::Paste("leo@northwind.example, mia@northwind.example, x@y.example".into()));
    let pasted = |console: &Console| match console.dialog() {
        Some(Dialog::Table(picker)) => picker.pasted.clone().unwrap(),
        _ => panic!("no picker"),
    };
    assert_eq!((pasted(&console).unknown.len(), pasted(&console).loading), (2, true));
    assert!(pasted(&console).not_picked().next().unwrap().1.contains("so far"));
    // Who was found and is unpicked by hand stays so.
    console.types("leo").keys("tab");
    console.answer(Answer::Loaded(ticket, page(account::members_page(&["mia", "noor"]))));
    let ended = cfiam::domain::Load::Ended { collection, walk, gaps: Vec::new() };
    console.answer(Answer::Loaded(ticket, ended));
    assert_eq!(pasted(&console).unknown, ["x@y.example"]);
    assert!(!pasted(&console).loading);
    console.keys("enter");
    assert_eq!(console.staged(), ["+ mia platform-read"]);
}

#[test]
fn a_second_pasted_list_is_joined_to_the_first() {
    let mut console = Console::open();
    console.keys("2").types("G").keys("enter a");
    console.send(Msg::Paste("zoe@northwind.example, nobody@x.example".into()));
    console.send(Msg::Paste("mia@northwind.example, zoe@northwind.example".into()));
    let Some(Dialog::Table(picker)) = console.dialog() else { panic!("no picker") };
    let pasted = picker.pasted.as_ref().unwrap();
    assert_eq!((pasted.entries, pasted.found.len(), pasted.repeated), (4, 2, 1));
    assert_eq!(pasted.unknown, ["nobody@x.example"]);
    console.keys("enter");
    assert_eq!(console.staged().len(), 2);
}

#[test]
fn a_picker_that_is_open_when_changes_are_no_longer_allowed_stages_nothing() {
    let mut console = Console::open();
    console.keys("G a").types("platform");
    let fault = Fault::new(FaultKind::Permission("Edit".into()), "the token lacks Edit", "");
    console.state.session.mode =
        cfiam::app::Mode::ReadOnly(cfiam::app::WhyReadOnly::Refused(fault));
    console.keys("enter");
    assert!(console.staged().is_empty());
    assert!(console.toast().contains("read-only: "), "{}", console.toast());
    console.state.session.mode = cfiam::app::Mode::ReadWrite;
    console.keys("2 c").types("new-team");
    console.state.session.mode = cfiam::app::Mode::ReadOnly(cfiam::app::WhyReadOnly::Chosen);
    console.keys("enter");
    assert!(console.staged().is_empty());
}

#[test]
fn whether_policies_can_be_edited_is_asked_of_the_group_itself() {
    let mut console = Console::open();
    let mut locked = account::group_row("edge-ops");
    locked.policies = None;
    let page = cfiam::domain::Page::Groups(vec![locked]);
    // The list's first row, under the cursor, has policies that were not read; the group that is asked for has.
    console.keys("2 j e j");
    console.answer(Answer::Reread(cfiam::domain::Load::Rows(page)));
    console.state.roots.groups.rows.go(cfiam::app::Motion::Top, 9);
    console.keys("enter");
    assert!(matches!(console.dialog(), Some(Dialog::Policies(_))), "{}", console.toast());
}

#[test]
fn a_group_is_created_filled_given_policies_and_planned_in_that_order() {
    let mut console = Console::open();
    console.keys("2 c").types("new-team").keys("enter");
    console.keys("a").types("zoe").keys("enter");
    console.keys("tab e a").types("Cache").keys("enter enter enter");
    assert_eq!(console.staged(), ["create new-team with 1", "+ zoe new"]);
    console.keys("P ctrl-s y");
    let phases: Vec<_> = plan_of(&console).steps.iter().map(|step| step.phase).collect();
    assert_eq!(phases, [Phase::Create, Phase::Add]);
}

#[test]
fn a_name_that_another_group_has_is_refused_where_it_is_typed() {
    let mut console = Console::open();
    console.keys("2 c").types("on-call").keys("enter");
    let Some(Dialog::Name(naming)) = console.dialog() else { panic!("closed") };
    assert_eq!(naming.fault.as_deref(), Some("another group has this name"));
}

#[test]
fn policies_that_are_edited_back_to_what_they_were_are_no_change() {
    let mut console = Console::open();
    console.keys("2 enter tab e x enter");
    assert_eq!(console.staged(), ["policies edge-ops 0"]);
    console.keys("e a").types("DNS").keys("enter enter enter");
    assert_eq!(console.staged(), [""; 0]);
}

#[test]
fn a_deletion_is_confirmed_by_the_groups_name_and_not_by_y() {
    let mut console = Console::open();
    console.keys("2").keys("D P ctrl-s y enter");
    assert_eq!(console.applied(), 0);
    console.keys("backspace").types("edge-ops").keys("enter");
    assert_eq!(console.applied(), 1);
}

fn end(console: &mut Console, states: &[OpState], end: End) {
    let run = console.state.runs.keys().next_back().unwrap().clone();
    let plan = console.state.runs[&run].plan.clone();
    let moved = plan.ops().map(|op| op.id).zip(states.to_vec()).collect();
    console.answer(Answer::Run(run.clone(), RunReport::Moved(moved)));
    let summary = Summary { end, tally: Tally::of(states.iter()), writes: 1, may_land: Vec::new() };
    console.answer(Answer::Run(run, RunReport::Ended(summary)));
}

#[test]
fn what_was_refused_stays_staged_with_its_reason_and_what_was_done_goes() {
    let mut console = Console::open();
    console.keys("G a tab tab enter P ctrl-s y");
    let fault = Fault::new(FaultKind::Refused, "adding zoe: refused", "");
    end(
        &mut console,
        &[OpState::Done(Proof::Seen), OpState::Refused(fault.clone())],
        End::Finished,
    );
    assert_eq!(console.staged(), ["+ zoe on-call"]);
    let entry = console.state.staging.entries().next().unwrap();
    assert_eq!(entry.tried.as_ref().map(|tried| &tried.reason), Some(&fault));
    assert!(console.toast().contains("1 done · 1 refused"), "{}", console.toast());
}

#[test]
fn a_write_that_the_credential_may_not_do_makes_the_console_read_only_with_the_reason() {
    let mut console = Console::open();
    console.keys("G a enter P ctrl-s y");
    let fault = Fault::new(
        FaultKind::Permission("Account Settings Write".into()),
        "adding a member: the token lacks Account Settings Write",
        "",
    );
    let states = [OpState::Refused(fault.clone())];
    end(&mut console, &states, End::Paused(cfiam::plan::Pause::Permission(fault)));
    console.keys("1 a");
    assert!(console.dialog().is_none());
    assert!(console.toast().contains("Account Settings Write"), "{}", console.toast());
}

#[test]
fn the_plan_gives_way_to_the_run_and_the_run_can_be_found_again() {
    let mut console = Console::open();
    console.keys("G a enter P ctrl-s y");
    assert!(matches!(console.state.place.above.last(), Some(Screen::Run(_))));
    console.keys("6");
    assert_eq!(console.state.roots.changes.rows.rows().len(), 2);
    console.keys("G enter");
    assert!(matches!(console.state.place.above.last(), Some(Screen::Run(_))));
}

#[test]
fn what_was_staged_for_a_group_that_is_deleted_is_set_aside_and_comes_back() {
    let mut console = Console::open();
    console.keys("2 a").types("ana").keys("tab ctrl-u").types("zoe").keys("tab enter");
    assert_eq!(console.staged(), ["+ ana edge-ops", "+ zoe edge-ops"]);
    console.keys("2 g D");
    assert_eq!(console.staged(), ["delete edge-ops"]);
    assert!(console.toast().contains("2 for what is removed set aside"), "{}", console.toast());
    console.keys("6 x");
    assert_eq!(console.staged(), ["+ ana edge-ops", "+ zoe edge-ops"]);
    assert_eq!(console.toast(), "1 change taken out · 2 that it had set aside back");
}

#[test]
fn all_is_taken_out_behind_a_question_and_nothing_comes_back() {
    let mut console = Console::open();
    console.keys("2 a").types("ana").keys("enter 2 g D 6 X");
    assert_eq!(console.staged(), ["delete edge-ops"]);
    console.keys("enter y");
    assert_eq!(console.staged(), [""; 0]);
}

#[test]
fn two_marked_groups_are_not_edited_or_emptied_at_once() {
    let mut console = Console::open();
    console.keys("2 space space e");
    assert!(console.dialog().is_none());
    assert!(console.toast().contains("one group at a time"), "{}", console.toast());
    console.keys("x");
    assert!(console.dialog().is_none());
    assert!(console.toast().contains("one group at a time"), "{}", console.toast());
}

#[test]
fn several_deletions_are_confirmed_by_their_number() {
    let mut console = Console::open();
    console.keys("2 space space D P ctrl-s");
    console.keys("y enter").types("delete 2 groups");
    console.keys("enter");
    assert_eq!(console.applied(), 0, "the y stands before it");
    for _ in 0..16 {
        console.keys("backspace");
    }
    console.types("delete 2 groups").keys("enter");
    assert_eq!(console.applied(), 1);
}

#[test]
fn what_is_staged_for_an_account_stays_there_when_another_is_opened() {
    let mut console = Console::open();
    console.keys("G a enter").forget();
    console.keys(":").types(&format!("account {}", "ab".repeat(16))).keys("enter");
    assert!(console.staged().is_empty());
    let kept = console.effects.iter().any(|effect| matches!(effect, Effect::Save(_)));
    assert!(!kept, "what is on disk for the first account is left as it is");
    console.keys(":").types("account acc0").keys("enter");
    let asked = |r: &cfiam::app::Request| matches!(r, cfiam::app::Request::Staged(account) if *account == account::account());
    assert!(console.maybe_asked(asked).is_some());
}
