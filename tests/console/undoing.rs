//! Taking runs back, from key to plan: what is read first, what is refused and why, what is left as it is staged.

use cfiam::app::{Answer, Effect, Msg, Request, Screen};
use cfiam::domain::{By, Fault, FaultKind, Load};
use cfiam::plan::{
    Class, End, History, OpId, OpState, Past, Presence, Proof, Record, RequestId, RunReport,
    SkipWhy, StepId, Summary,
};
use jiff::SignedDuration;

use super::account::{group, member};
use super::driver::Console;

const DONE: OpState = OpState::Done(Proof::Seen);

/// Zoe is added to edge-ops: the run is on.
fn adding() -> Console {
    let mut console = Console::open();
    console.keys("G a enter P ctrl-s y");
    assert_eq!(console.staged(), ["+ zoe edge-ops"]);
    console
}

fn tell(console: &mut Console, report: RunReport) {
    let run = console.state.runs.keys().next_back().unwrap().clone();
    console.answer(Answer::Run(run, report));
}

/// The run comes to its end with its one change standing so.
fn end(console: &mut Console, stands: &OpState, may_land: Option<u64>) {
    tell(console, RunReport::Moved(vec![(OpId(0), stands.clone())]));
    if *stands == DONE {
        is_in(console, Some("1970-01-01T00:00:01Z"));
    }
    let tally = console.state.runs.values().next_back().unwrap().progress.tally();
    let may_land = may_land.map(|s| (OpId(0), std::time::Duration::from_secs(s)));
    let may_land = may_land.into_iter().collect();
    let summary = Summary { end: End::Finished, tally, writes: 1, may_land };
    tell(console, RunReport::Ended(summary));
}

fn is_in(console: &mut Console, since: Option<&str>) {
    let since = since.map(|at| at.parse().unwrap());
    let (group, member) = (group("edge-ops"), member("zoe"));
    let load = Load::Membership { group, member, present: true, since };
    console.answer(Answer::Reread(load));
}

/// What the journal of the last run says.
fn history(console: &Console) -> History {
    let (id, view) = console.state.runs.iter().next_back().unwrap();
    let at = |ms| view.began + SignedDuration::from_millis(ms);
    let op = OpId(0);
    let before = Record::Before { op, presence: Some(Presence::Out), state: OpState::Waiting };
    let (request, ops) = (RequestId(0), vec![op]);
    let deadline = cfiam::domain::WRITE_TOTAL;
    let intent = Record::Intent { request, step: StepId(0), ops, attempt: 1, deadline };
    let outcome = Record::Outcome {
        request,
        class: Class::Applied,
        status: Some(200),
        codes: Vec::new(),
        ray: None,
        date: Some(at(1_000)),
        transfer: cfiam::plan::Transfer::default(),
    };
    let moved = Record::Moved { op, state: DONE };
    let events = vec![(at(0), before), (at(500), intent), (at(900), outcome), (at(1_500), moved)];
    let plan = (*view.plan).clone();
    History { id: id.clone(), began: view.began, plan, events }
}

fn give_journal(console: &mut Console) {
    let ticket = console.asked(|request| matches!(request, Request::Run(..)));
    let history = Box::new(history(console));
    console.answer(Answer::Past(ticket, Ok(history)));
}

fn plan_is_shown(console: &Console) -> bool {
    matches!(console.state.place.above.last(), Some(Screen::Plan(screen)) if screen.undoes.is_some())
}

#[test]
fn the_plan_of_an_undoing_names_its_run_and_leaves_what_is_staged_alone() {
    let mut console = adding();
    end(&mut console, &DONE, None);
    give_journal(&mut console);
    console.keys("1 g a enter");
    let staged = console.staged();
    assert_eq!(staged.len(), 1);
    console.forget().keys("z ctrl-s y");
    assert_eq!(console.applied(), 1);
    let applied = console.effects.iter().find_map(|effect| match effect {
        Effect::Apply(_, plan, _) => Some(plan.clone()),
        _ => None,
    });
    let plan = applied.unwrap();
    assert_eq!(plan.undo_of.as_ref(), console.state.runs.keys().next());
    assert_eq!(plan.ops().count(), 1, "what is staged is not part of it");
    assert_eq!(console.staged(), staged);
}

#[test]
fn an_undoing_opens_when_the_journal_has_been_read_but_never_where_the_person_has_gone_since() {
    let mut console = adding();
    end(&mut console, &DONE, None);
    console.keys("6 u");
    assert!(!plan_is_shown(&console), "the journal is being read");
    give_journal(&mut console);
    assert!(plan_is_shown(&console));
    let mut console = adding();
    end(&mut console, &DONE, None);
    console.keys("z 2");
    give_journal(&mut console);
    assert!(!plan_is_shown(&console), "the person looks at something else");
}

#[test]
fn what_can_t_be_taken_back_says_why() {
    let mut console = Console::open();
    let ticket = console.maybe_asked(|request| matches!(request, Request::Runs(_)));
    assert!(ticket.is_none(), "asked for once, when the account was opened");
    console.keys("z");
    assert!(console.toast().contains("earlier runs are being read"), "{}", console.toast());
    let mut console = adding();
    console.keys("z");
    assert!(console.toast().contains("a run is on"), "{}", console.toast());
    end(&mut console, &OpState::Skipped(SkipWhy::Stopped), None);
    console.keys("z");
    assert!(console.toast().contains("the run has changed nothing"), "{}", console.toast());
    let mut console = adding();
    end(&mut console, &OpState::NotInEffect(None), Some(90));
    console.later(30);
    console.keys("z");
    assert!(console.toast().contains("it may still land: wait 61 s"), "{}", console.toast());
    console.later(61);
    console.keys("z");
    assert!(!console.toast().contains("wait"), "{}", console.toast());
}

#[test]
fn a_journal_that_can_t_be_read_is_told_to_who_wants_to_take_the_run_back() {
    let mut console = adding();
    end(&mut console, &DONE, None);
    console.keys("z");
    let ticket = console.asked(|request| matches!(request, Request::Run(..)));
    let fault = Fault::new(FaultKind::Disk, "reading runs/1.jsonl: permission denied", "");
    console.answer(Answer::Past(ticket, Err(fault)));
    assert!(console.toast().contains("permission denied"), "{}", console.toast());
    console.keys("z");
    assert!(console.toast().contains("its journal can't be read"), "{}", console.toast());
}

#[test]
fn s19_a_plan_of_an_undoing_that_lies_open_follows_what_others_do() {
    let mut console = adding();
    end(&mut console, &DONE, None);
    give_journal(&mut console);
    console.keys("z");
    assert!(plan_is_shown(&console));
    is_in(&mut console, Some("1970-01-02T00:00:00Z"));
    assert!(console.toast().contains("the plan has changed"), "{}", console.toast());
    console.forget().keys("ctrl-s y");
    assert_eq!(console.applied(), 0, "the membership is someone else's now");
}

#[test]
fn to_learn_since_when_someone_is_in_changes_no_plan_that_was_seen() {
    let mut console = adding();
    end(&mut console, &DONE, None);
    give_journal(&mut console);
    console.keys("z ctrl-s");
    is_in(&mut console, Some("1970-01-01T00:00:00.5Z"));
    console.forget().keys("y");
    assert_eq!(console.applied(), 1, "{}", console.toast());
}

#[test]
fn a_run_that_is_on_in_another_window_is_not_taken_back() {
    let mut console = adding();
    end(&mut console, &DONE, None);
    let history = history(&console);
    let mut console = Console::open();
    let past = Past {
        id: history.id.clone(),
        began: history.began,
        last: history.began,
        by: By::default(),
        host: "ops-2".into(),
        plan: history.plan.id.clone(),
        undo_of: None,
        leaves_out: 0,
        ops: 1,
        about: String::new(),
        tally: history.progress().tally(),
        end: None,
        is_on: true,
        damage: None,
    };
    let ticket = console.runs.unwrap();
    console.send(Msg::Answer(Answer::Runs(ticket, Ok((vec![past], Vec::new())))));
    console.keys("6 u");
    assert!(console.toast().contains("on in another window"), "{}", console.toast());
}
