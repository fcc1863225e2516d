//! A run as it goes on: what it has in hand is left alone, what is in effect is no longer staged.

use cfiam::app::{Answer, Dialog, Effect, Exit, Mode, Saved, Screen, Tone, WhyReadOnly, outcome};
use cfiam::domain::{ApiError, Budget, DraftId, Fault, FaultKind, Group, GroupId, Load, Page};
use cfiam::plan::{
    End, Gone, OpId, OpState, Pause, Proof, RunReport, SkipWhy, StepState, Summary, Tally,
};

use super::account::{self, group};
use super::driver::Console;

const DONE: OpState = OpState::Done(Proof::Seen);

fn refused() -> OpState {
    OpState::Refused(Fault::new(FaultKind::Refused, "refused", ""))
}

fn tell(console: &mut Console, report: RunReport) {
    let run = console.state.runs.keys().next_back().unwrap().clone();
    console.answer(Answer::Run(run, report));
}

fn moved(console: &mut Console, moves: &[(u32, OpState)]) {
    let moves = moves.iter().map(|(op, state)| (OpId(*op), state.clone()));
    tell(console, RunReport::Moved(moves.collect()));
}

fn end(console: &mut Console, end: End) {
    end_after(console, end, 1);
}

fn end_after(console: &mut Console, end: End, writes: u32) {
    let run = console.state.runs.values().next_back().unwrap();
    let summary = Summary { end, tally: run.progress.tally(), writes, may_land: Vec::new() };
    tell(console, RunReport::Ended(summary));
}

/// How many changes were kept on disk last.
fn kept(console: &Console) -> Option<usize> {
    console.effects.iter().rev().find_map(|effect| match effect {
        Effect::Save(Saved::Staged(staged)) => Some(staged.changes.len()),
        _ => None,
    })
}

fn left(console: &Console) -> Option<&Exit> {
    console.effects.iter().find_map(|effect| match effect {
        Effect::Quit(exit) => Some(exit),
        _ => None,
    })
}

/// Zoe is being added to edge-ops and on-call.
fn adding() -> Console {
    let mut console = Console::open();
    console.keys("G a tab tab enter P ctrl-s y").forget();
    assert_eq!(console.staged(), ["+ zoe edge-ops", "+ zoe on-call"]);
    console
}

/// A group is being made, with ana in it; its page is open.
fn creating() -> Console {
    let mut console = Console::open();
    console.keys("2 c").types("new-team").keys("enter a").types("ana").keys("enter");
    assert_eq!(console.staged(), ["create new-team with 0", "+ ana new"]);
    console.keys("P ctrl-s y").forget();
    console
}

fn made_group() -> GroupId {
    group("made")
}

fn is_made(console: &mut Console) {
    let row = Group { id: made_group(), name: "new-team".into(), ..account::group_row("made") };
    console.answer(Answer::Reread(Load::Rows(Page::Groups(vec![row]))));
    tell(console, RunReport::Made(DraftId(0), made_group()));
}

#[test]
fn what_comes_to_be_in_effect_is_no_longer_staged_and_that_is_kept_at_once() {
    let mut console = adding();
    moved(&mut console, &[(0, OpState::Running), (1, OpState::Running)]);
    assert_eq!(kept(&console), None);
    moved(&mut console, &[(0, OpState::Accepted)]);
    assert_eq!(console.staged().len(), 2, "accepted is not in effect");
    moved(&mut console, &[(0, DONE)]);
    assert_eq!(console.staged(), ["+ zoe on-call"]);
    assert_eq!(kept(&console), Some(1));
}

#[test]
fn a_group_that_was_made_is_no_longer_staged_to_be_and_its_adds_are_meant_for_it() {
    let mut console = creating();
    is_made(&mut console);
    assert_eq!(console.staged(), ["+ ana made"]);
    assert_eq!(kept(&console), Some(1), "should the console end now, it is not made twice");
    moved(&mut console, &[(1, DONE)]);
    assert!(console.staged().is_empty());
}

#[test]
fn what_is_refused_of_a_group_that_was_made_stays_staged_for_it_with_its_reason() {
    let mut console = creating();
    is_made(&mut console);
    moved(&mut console, &[(0, DONE), (1, refused())]);
    end(&mut console, End::Finished);
    assert_eq!(console.staged(), ["+ ana made"]);
    let tried = console.state.staging.entries().next().unwrap().tried.clone();
    assert_eq!(tried.map(|tried| tried.state), Some(StepState::Refused));
}

#[test]
fn the_page_of_a_group_that_is_made_becomes_that_of_the_group_that_is_there() {
    let mut console = creating();
    is_made(&mut console);
    moved(&mut console, &[(0, DONE), (1, DONE)]);
    end(&mut console, End::Finished);
    console.keys("esc");
    let open = |console: &Console| match console.state.place.above.last() {
        Some(Screen::Group(page)) => Some(page.group.clone()),
        _ => None,
    };
    assert_eq!(open(&console), Some(made_group()));
    console.keys("a").types("leo").keys("enter");
    assert_eq!(console.staged(), ["+ leo made"]);
    console.keys("1 -");
    assert_eq!(open(&console), Some(made_group()));
}

#[test]
fn members_picked_for_a_group_while_it_is_made_are_staged_for_the_group_that_is_there() {
    let mut console = creating();
    console.keys("esc a").types("leo");
    is_made(&mut console);
    console.keys("enter");
    assert_eq!(console.staged(), ["+ ana made", "+ leo made"]);
}

#[test]
fn a_page_that_is_come_back_to_and_gone_is_left_with_a_word() {
    let mut console = Console::open();
    console.keys("2 enter @");
    console.answer(Answer::Reread(Load::GroupGone(group("edge-ops"))));
    console.keys("esc");
    assert!(console.state.place.above.is_empty());
    assert_eq!(console.toast(), "what was open here is gone");
}

#[test]
fn what_a_run_has_in_hand_is_neither_taken_out_nor_turned_round() {
    let mut console = adding();
    moved(&mut console, &[(0, OpState::Running)]);
    let words = "the run is carrying it out; S stops it";
    console.keys("6 g x");
    assert!(console.toast().contains(words), "{}", console.toast());
    console.keys("X");
    assert!(console.dialog().is_none() && console.toast().contains(words), "{}", console.toast());
    console.keys("2 g a").types("zoe").keys("enter");
    assert!(console.toast().contains(words), "{}", console.toast());
    console.keys("enter g x");
    assert!(console.toast().contains(words), "{}", console.toast());
    console.keys("2");
    console.keys("g D");
    assert!(console.toast().contains(words), "{}", console.toast());
    assert_eq!(console.staged(), ["+ zoe edge-ops", "+ zoe on-call"]);
    moved(&mut console, &[(0, refused())]);
    let tried = console.state.staging.entries().next().unwrap().tried.clone();
    assert_eq!(tried.map(|tried| tried.state), Some(StepState::Refused), "told at once");
    console.keys("6 g x");
    assert_eq!(console.staged(), ["+ zoe on-call"], "what was refused is the person's again");
}

#[test]
fn taking_all_out_during_a_run_leaves_what_it_has_in_hand() {
    let mut console = adding();
    console.keys("2 j j j D").forget();
    assert_eq!(console.staged().len(), 3);
    console.keys("6 X y");
    assert_eq!(console.staged(), ["+ zoe edge-ops", "+ zoe on-call"]);
}

#[test]
fn a_group_that_is_being_made_keeps_its_name_and_policies_until_it_is() {
    let mut console = creating();
    console.keys("esc e enter ctrl-u").types("other").keys("enter");
    assert_eq!(console.staged()[0], "create new-team with 0");
    assert!(console.toast().contains("the run is carrying it out"), "{}", console.toast());
    console.keys("D");
    assert_eq!(console.staged().len(), 2);
    assert!(console.toast().contains("the run is carrying it out"), "{}", console.toast());
    console.keys("tab e");
    assert!(console.dialog().is_none());
    assert!(console.toast().contains("the run is carrying it out"), "{}", console.toast());
}

#[test]
fn the_key_that_stops_a_run_stops_it() {
    let mut console = adding();
    console.keys("S");
    assert!(console.effects.iter().any(|effect| matches!(effect, Effect::Stop(_))));
}

#[test]
fn s22_a_run_of_another_account_takes_nothing_out_of_what_is_staged_here() {
    let mut console = adding();
    let before = console.state.runs.values().next().unwrap().plan.clone();
    assert_eq!(before.account, account::account());
    let other = cfiam::domain::AccountId::parse("acc1").unwrap();
    let mut staging = cfiam::plan::Staging::new(other);
    for change in console.state.staging.changes() {
        staging.stage(change.clone(), &console.state.directory);
    }
    console.state.staging = staging;
    moved(&mut console, &[(0, DONE), (1, DONE)]);
    end(&mut console, End::Finished);
    assert_eq!(console.staged().len(), 2);
}

#[test]
fn how_far_a_run_has_come_never_goes_back() {
    let mut console = adding();
    let settled =
        |console: &Console| console.state.runs.values().next().unwrap().progress.tally().settled();
    moved(&mut console, &[(0, DONE), (1, OpState::Running)]);
    assert_eq!(settled(&console), 1);
    moved(&mut console, &[(1, OpState::Unknown)]);
    assert_eq!(settled(&console), 1, "what is being read back has not come to its end");
    moved(&mut console, &[(1, OpState::Waiting)]);
    assert_eq!(settled(&console), 1);
}

#[test]
fn an_end_at_which_nothing_is_changed_is_not_called_applied() {
    let words = |states: &[OpState]| {
        let tally = Tally::of(states.iter());
        let summary = Summary { end: End::Finished, tally, writes: 1, may_land: Vec::new() };
        outcome(&summary, false)
    };
    let never_made = OpState::Gone(Gone::NeverMade);
    assert_eq!(
        words(&[refused(), never_made]),
        (Tone::Fault, "nothing changed: 1 refused · 1 not made".to_owned())
    );
    let not_in_effect = OpState::NotInEffect(None);
    assert_eq!(
        words(&[not_in_effect, refused()]).1,
        "nothing in effect so far: 1 refused · 1 not in effect"
    );
    assert_eq!(words(&[DONE, refused()]).1, "applied in part: 1 done · 1 refused");
    assert_eq!(words(&[DONE, OpState::AlreadySo]).1, "applied: 1 done · 1 so already");
}

#[test]
fn a_plan_on_which_the_account_has_moved_on_says_that_nothing_was_sent() {
    let mut console = adding();
    let drifted = OpState::Skipped(SkipWhy::Drifted);
    moved(&mut console, &[(0, drifted.clone()), (1, drifted)]);
    end_after(&mut console, End::Drifted, 0);
    assert!(console.toast().contains("nothing was sent"), "{}", console.toast());
    assert_eq!(console.staged().len(), 2);
    let states = console.state.staging.entries().map(|entry| entry.tried.clone().unwrap().state);
    assert_eq!(states.collect::<Vec<_>>(), [StepState::Skipped; 2]);
}

#[test]
fn a_run_that_goes_on_and_finds_the_account_moved_on_says_that_nothing_more_was_sent() {
    let mut console = adding();
    moved(
        &mut console,
        &[(0, OpState::Done(Proof::Seen)), (1, OpState::Skipped(SkipWhy::Drifted))],
    );
    end_after(&mut console, End::Drifted, 1);
    let toast = console.toast();
    assert!(toast.to_lowercase().contains("nothing more was sent"), "{toast}");
    assert!(toast.contains("1 done"), "{toast}");
}

#[test]
fn only_a_refused_write_makes_the_console_read_only() {
    let lacks = Fault::new(FaultKind::Permission("Account Settings Read".into()), "403", "");
    let mut console = adding();
    end(&mut console, End::Paused(Pause::Network(lacks.clone())));
    assert_eq!(console.state.session.mode, Mode::ReadWrite);
    let mut console = adding();
    end(&mut console, End::Paused(Pause::Permission(lacks.clone())));
    assert_eq!(console.state.session.mode, Mode::ReadOnly(WhyReadOnly::Refused(lacks)));
}

#[test]
fn a_write_in_doubt_keeps_the_words_that_it_was_answered_with() {
    let mut console = adding();
    let mut fault = Fault::new(FaultKind::Server, "adding members: status 409", "");
    fault.status = Some(409);
    fault.errors = vec![ApiError { code: Some(1002), message: "a conflicting change".into() }];
    moved(&mut console, &[(0, OpState::Unknown)]);
    tell(&mut console, RunReport::Doubtful(vec![OpId(0)], fault.clone()));
    let run = console.state.runs.values().next().unwrap();
    assert_eq!(run.progress.doubt(OpId(0)), Some(&fault));
    end(&mut console, End::Finished);
    let tried = console.state.staging.entries().next().unwrap().tried.clone().unwrap();
    assert!(tried.reason.says("a conflicting change"), "{}", tried.reason);
    assert!(tried.reason.what.contains("could not be read back"), "{}", tried.reason);
}

#[test]
fn what_was_not_sent_because_another_program_writes_there_says_who_that_is() {
    let mut console = adding();
    let words = "another cfiam writes to this group: process 4711 on ops-2, since 09:12 UTC";
    let held = Fault::new(FaultKind::Held, words, "Wait until it has ended, or stop it there");
    moved(&mut console, &[(0, OpState::Skipped(SkipWhy::Paused))]);
    end(&mut console, End::Paused(Pause::Held(held)));
    let tried = console.state.staging.entries().next().unwrap().tried.clone().unwrap();
    assert!(tried.reason.what.contains("process 4711 on ops-2"), "{}", tried.reason);
    assert!(tried.reason.remedy.contains("stop it there"), "{}", tried.reason);
}

#[test]
fn a_name_that_a_staged_rename_gives_is_taken_for_a_new_group_too() {
    let mut console = Console::open();
    console.keys("2 e enter ctrl-u").types("night").keys("enter c").types("night").keys("enter");
    assert!(console.dialog().is_some());
    assert_eq!(console.staged(), ["rename edge-ops night"]);
}

#[test]
fn when_a_run_has_ended_the_cursor_is_on_the_first_step_that_is_not_in_effect() {
    let mut console = adding();
    let cursor = |console: &Console| match console.state.place.above.last() {
        Some(Screen::Run(screen)) => screen.steps.at(),
        _ => panic!("the run's page"),
    };
    moved(&mut console, &[(0, DONE), (1, refused())]);
    assert_eq!(cursor(&console), 0);
    end(&mut console, End::Finished);
    assert_eq!(cursor(&console), 1);
}

#[test]
fn told_to_stop_and_leave_the_console_is_left_once_the_run_has_ended() {
    let mut console = adding();
    moved(&mut console, &[(0, OpState::Running), (1, OpState::Running)]);
    console.keys("1 q");
    let Some(Dialog::Confirm(confirm)) = console.dialog() else { panic!("not asked") };
    assert_eq!(
        confirm.lines,
        [
            "2 changes are in flight: their answers are waited for, 30 s at most.",
            "All that was wanted has been sent.",
        ]
    );
    console.forget().keys("y");
    assert!(console.effects.iter().any(|effect| matches!(effect, Effect::Stop(_))));
    assert_eq!(left(&console), None);
    assert!(console.toast().contains("leaves when the run has ended"), "{}", console.toast());
    moved(&mut console, &[(0, DONE), (1, DONE)]);
    end(&mut console, End::Stopped);
    let exit = left(&console).unwrap();
    assert_eq!((exit.signal, exit.partly), (None, false));
}

#[test]
fn told_to_stop_and_leave_ctrl_c_leaves_at_once() {
    let mut console = adding();
    moved(&mut console, &[(0, OpState::Running)]);
    console.keys("1 q y");
    assert_eq!(left(&console), None);
    console.keys("ctrl-c");
    assert!(left(&console).unwrap().partly);
}

#[test]
fn the_time_left_is_told_by_the_pace_so_far_and_by_what_is_left_of_the_request_budget() {
    let mut console = Console::open();
    console.keys("* a").types("platform").keys("enter P ctrl-s y");
    let run = console.state.runs.keys().next_back().unwrap().clone();
    let left = |console: &Console| {
        let view = &console.state.runs[&run];
        view.time_left(console.state.now, &console.state.budget).map(|left| left.as_secs())
    };
    let all = console.state.runs[&run].plan.ops().count();
    assert!(all > 4, "{all}");
    let all = u32::try_from(all).unwrap();
    moved(&mut console, &[(0, OpState::Running)]);
    console.later(2);
    moved(&mut console, &[(0, DONE), (1, DONE)]);
    assert_eq!(left(&console), None, "two tell no pace");
    moved(&mut console, &[(2, DONE), (3, DONE)]);
    console.later(2);
    assert_eq!(left(&console), Some(u64::from(all - 4)), "a second each");
    // One request in five minutes, and that is spent.
    console.answer(Answer::Budget(Budget { spent: 1, ceiling: 1, ..Budget::default() }));
    assert!(left(&console) >= Some(300), "{:?}", left(&console));
    for op in 4..all {
        moved(&mut console, &[(op, DONE)]);
    }
    assert_eq!(left(&console), None, "nothing is left");
}

#[test]
fn what_a_run_warns_of_before_it_sends_anything_is_seen() {
    let mut console = adding();
    let fault = Fault::new(FaultKind::Disk, "locks don't work in x", "keep others away");
    tell(&mut console, RunReport::Warned(fault));
    assert!(console.toast().contains("locks don't work in x"), "{}", console.toast());
    assert_eq!(left(&console), None);
}
