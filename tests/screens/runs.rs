//! A run's page: what it says of batches in parts, of what was not sent, and of what may still come.

use std::time::Duration;

use cfiam::app::{Answer, Msg};
use cfiam::domain::{Budget, Fault, FaultKind};
use cfiam::plan::{End, OpId, OpState, Proof, RunReport, SkipWhy, Summary};

use super::console::Console;

const DONE: OpState = OpState::Done(Proof::Seen);
const NOT_SENT: OpState = OpState::Skipped(SkipWhy::Stopped);

fn refused() -> OpState {
    OpState::Refused(Fault::new(FaultKind::Refused, "adding a member: refused", ""))
}

fn tell(console: &mut Console, report: RunReport) -> String {
    let (run, _) = console.run.clone().expect("a run");
    console.send(Msg::Answer(Answer::Run(run, report))).text()
}

fn moved(console: &mut Console, states: &[OpState]) -> String {
    let moves = (0..).map(OpId).zip(states.iter().cloned());
    tell(console, RunReport::Moved(moves.collect()))
}

fn ended(console: &mut Console, end: End, may_land: &[u32]) -> String {
    let (run, _) = console.run.clone().expect("a run");
    let tally = console.state.runs[&run].progress.tally();
    let late = |op: &u32| (OpId(*op), Duration::from_mins(1));
    let may_land = may_land.iter().map(late).collect();
    tell(console, RunReport::Ended(Summary { end, tally, writes: 3, may_land }))
}

/// A run that adds three members to one group in one batch.
fn adding_three() -> Console {
    let mut console = Console::open(80, 24);
    console.keys("space j space j space a").keys("\"analytics").keys("space enter P ctrl-s y");
    let (_, plan) = console.run.clone().expect("a run");
    assert_eq!((plan.steps.len(), plan.ops().count()), (1, 3));
    console
}

#[test]
fn a_batch_in_parts_says_how_many_are_done_and_how_many_are_not() {
    let mut console = adding_three();
    let text = moved(&mut console, &[DONE, refused(), DONE]);
    assert!(text.contains(" ◐ in part       Add 3 members to analytics"), "{text}");
    assert!(text.contains(" 2 done, 1 refused\n") && !text.contains("2 of 3 "), "{text}");
}

#[test]
fn a_batch_that_a_stop_cut_short_says_how_many_were_not_sent() {
    let mut console = adding_three();
    let text = moved(&mut console, &[DONE, NOT_SENT, NOT_SENT]);
    assert!(text.contains(" ◐ in part ") && text.contains(" 1 done, 2 not sent\n"), "{text}");
}

#[test]
fn a_batch_whose_members_all_stand_alike_has_one_word() {
    let mut console = adding_three();
    let text = moved(&mut console, &[DONE, OpState::AlreadySo, DONE]);
    assert!(text.contains(" ✓ done          Add 3 members"), "{text}");
    let mut console = adding_three();
    let text = moved(&mut console, &[refused(), refused(), refused()]);
    assert!(text.contains(" ✗ refused       Add 3 members"), "{text}");
}

#[test]
fn while_a_batch_is_read_back_in_parts_nobody_calls_the_rest_unknown() {
    let mut console = adding_three();
    let text = moved(&mut console, &[DONE, OpState::Unknown, OpState::Unknown]);
    assert!(text.contains(" ◐ in part ") && text.contains(" 1 done, 2 reading back\n"), "{text}");
}

#[test]
fn what_was_never_sent_is_not_counted_as_progress() {
    let mut console = adding_three();
    console.keys("S");
    let text = moved(&mut console, &[DONE, OpState::Running, NOT_SENT]);
    assert!(text.contains("run 1 of 3 "), "{text}");
    assert!(text.contains(" 1 of 3 changes, 1 not sent"), "{text}");
}

#[test]
fn a_run_that_is_stopping_offers_no_key_to_stop_it() {
    let mut console = adding_three();
    moved(&mut console, &[OpState::Running, OpState::Running, OpState::Running]);
    assert!(console.text().contains("S stops it"), "before");
    console.keys("S");
    let busy = Fault::new(FaultKind::Throttled, "reading a member: too many requests", "");
    tell(&mut console, RunReport::Waits(Duration::from_secs(1), busy));
    let text = moved(&mut console, &[DONE, OpState::Unknown, OpState::Unknown]);
    assert!(text.contains("stopping: nothing more is sent"), "{text}");
    assert!(!text.contains("S stop"), "neither above nor in the foot: {text}");
    let text = console.keys("6").text();
    assert!(text.contains("a run is on: 1 of 3 · stopping"), "{text}");
    assert!(!text.contains("S stop"), "{text}");
}

#[test]
fn a_run_that_ended_well_says_that_a_late_request_asks_for_the_same() {
    let mut console = adding_three();
    moved(&mut console, &[DONE, DONE, DONE]);
    let text = ended(&mut console, End::Finished, &[1]);
    assert!(text.contains("✓ applied: 3 done"), "{text}");
    assert!(text.contains("an earlier request without an answer may still arrive"), "{text}");
    assert!(!text.contains("stays staged") && !text.contains("may still land"), "{text}");
}

#[test]
fn what_may_still_land_and_what_stays_staged_are_said_where_they_are_so() {
    let mut console = adding_three();
    moved(&mut console, &[DONE, DONE, OpState::NotInEffect(None)]);
    let text = ended(&mut console, End::Finished, &[0, 2]).replace("\n ", " ");
    assert!(text.contains("1 change may still land; an earlier request"), "{text}");
    assert!(text.contains("stays staged"), "{text}");
    let text = console.keys("6 X y 6 enter").text();
    assert!(!text.contains("stays staged"), "nothing is staged any more: {text}");
}

#[test]
fn an_accepted_change_is_called_not_visible_only_after_someone_has_looked() {
    let mut console = adding_three();
    let text = moved(&mut console, &[OpState::Accepted, OpState::Accepted, OpState::Accepted]);
    assert!(text.contains("accepted, not read back yet"), "{text}");
    let text = tell(&mut console, RunReport::NotVisible(vec![OpId(0)]));
    assert!(text.contains("accepted, not visible yet"), "{text}");
    assert!(text.contains("accepted, not read back yet"), "the others: {text}");
}

#[test]
fn a_run_that_waits_for_the_request_budget_says_so_and_counts_down() {
    let mut console = adding_three();
    let waits = Some(Duration::from_secs(22));
    let budget = Budget { waits, ..Budget::default() };
    let held =
        |console: &mut Console, budget| console.send(Msg::Answer(Answer::Budget(budget))).text();
    held(&mut console, budget);
    let text = console.later(8).text();
    assert!(text.contains("waits 14 s for the request budget; S stops it now"), "{text}");
    assert!(text.contains("not sent; waits 14 s for the request budget"), "{text}");
    assert!(!text.contains("no answer"), "{text}");
    let text = held(&mut console, Budget { only_lists: true, ..budget });
    assert!(!text.contains("for the request budget"), "the run goes on: {text}");
    held(&mut console, budget);
    let text = console.keys("S").text();
    assert!(text.contains("stopping: nothing more is sent; reading back waits 22 s"), "{text}");
}

#[test]
fn what_is_in_flight_is_not_said_to_wait_for_the_request_budget() {
    let mut console = adding_three();
    moved(&mut console, &[OpState::Running, OpState::Running, OpState::Running]);
    let waits = Some(Duration::from_secs(22));
    let budget = Budget { waits, ..Budget::default() };
    let text = console.send(Msg::Answer(Answer::Budget(budget))).text();
    assert!(!text.contains("for the request budget"), "{text}");
}

#[test]
fn what_was_accepted_is_counted_beside_what_was_seen() {
    let mut console = adding_three();
    let text = moved(&mut console, &[DONE, OpState::Accepted, OpState::Accepted]);
    assert!(text.contains("▰▰▰▬▬▬▬▬▬▬ 1 of 3 changes, 2 more accepted"), "{text}");
    let text = moved(&mut console, &[DONE, DONE, OpState::Accepted]);
    assert!(text.contains("▰▰▰▰▰▰▬▬▬▬ 2 of 3 changes, 1 more accepted"), "{text}");
    let text = moved(&mut console, &[DONE, DONE, DONE]);
    assert!(text.contains("▰▰▰▰▰▰▰▰▰▰ 3 of 3 changes ") && !text.contains("accepted"), "{text}");
}
