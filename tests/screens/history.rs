//! Runs of earlier sessions: the list, a run's page, the plan that takes one back.

use cfiam::app::Msg;
use cfiam::domain::{By, Change, Fault, FaultKind, GroupRef, MemberId};
use cfiam::plan::{
    Class, End, History, OpId, OpState, Past, Plan, Presence, Proof, Record, RequestId, RunId,
    SkipWhy, Staging, StepId, Summary, Tally,
};
use jiff::{SignedDuration, Timestamp};

use super::console::Console;

const DONE: OpState = OpState::Done(Proof::Seen);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A member's id and a group's, by what they are called.
fn member(console: &Console, name: &str) -> MemberId {
    let members = console.state.directory.members().values();
    members.into_iter().find(|member| member.email.starts_with(name)).unwrap().id.clone()
}

fn group(console: &Console, name: &str) -> GroupRef {
    let groups = console.state.directory.groups().values();
    groups.into_iter().find(|group| &*group.name == name).unwrap().id.clone().into()
}

/// A run that adds people to a group, as its journal would have it: who is refused, who is not.
fn history(
    console: &Console,
    began: &str,
    people: &[(&str, OpState)],
    end: Option<End>,
) -> History {
    let mut staging = Staging::new(console.state.directory.account.id.clone());
    let analytics = group(console, "analytics");
    for (name, _) in people {
        let add = Change::Add { group: analytics.clone(), member: member(console, name) };
        staging.stage(add, &console.state.directory);
    }
    let mut plan = Plan::build(&staging, &console.state.directory, console.state.now);
    plan.names.members.clear();
    let (began, ops) = (at(began), plan.ops().map(|op| op.id).collect::<Vec<_>>());
    let after = |ms: i64| began + SignedDuration::from_millis(ms);
    let out = Some(Presence::Out);
    let before = |op: &OpId| Record::Before { op: *op, presence: out, state: OpState::Waiting };
    let mut events: Vec<_> = ops.iter().map(|op| (after(80), before(op))).collect();
    let (request, step) = (RequestId(0), StepId(0));
    let refused = people.iter().any(|(_, state)| matches!(state, OpState::Refused(_)));
    let deadline = cfiam::domain::WRITE_TOTAL;
    let intent = Record::Intent { request, step, ops: ops.clone(), attempt: 1, deadline };
    events.push((after(100), intent));
    let outcome = Record::Outcome {
        request,
        class: if refused { Class::Rejected } else { Class::Applied },
        status: Some(if refused { 400 } else { 200 }),
        codes: if refused { vec![1001] } else { Vec::new() },
        ray: Some("8f21c09bd7a3e412-FRA".into()),
        date: Some(after(300)),
        transfer: cfiam::plan::Transfer::default(),
    };
    events.push((after(300), outcome));
    for (op, (_, state)) in ops.iter().zip(people) {
        events.push((after(500), Record::Moved { op: *op, state: state.clone() }));
    }
    if let Some(end) = end {
        let tally = Tally::of(people.iter().map(|(_, state)| state));
        let summary = Summary { end, tally, writes: 1, may_land: Vec::new() };
        events.push((after(600), Record::Ended(summary)));
    }
    History { id: RunId::new(began, 7), began, plan, events }
}

fn past(history: &History, by: By, host: &str) -> Past {
    Past {
        id: history.id.clone(),
        began: history.began,
        last: history.events.last().unwrap().0,
        by,
        host: host.into(),
        plan: history.plan.id.clone(),
        undo_of: None,
        leaves_out: 0,
        ops: history.plan.ops().count(),
        about: history.plan.about(),
        tally: history.progress().tally(),
        end: history.end().map(|(_, summary)| summary.clone()),
        damage: None,
        is_on: false,
    }
}

fn refused() -> OpState {
    let mut fault = Fault::new(FaultKind::Refused, "adding a member: refused", "");
    fault.status = Some(400);
    fault.errors = vec![cfiam::domain::ApiError { code: Some(1001), message: String::new() }];
    fault.ray = Some("8f21c09bd7a3e412-FRA".into());
    OpState::Refused(fault)
}

/// The account with four runs of earlier sessions: one that went well, one in part by somebody else, one that was
/// broken off, one whose journal is damaged.
fn with_runs(columns: u16, rows: u16) -> Console {
    let mut console = Console::open(columns, rows);
    let leo = By { member: Some(member(&console, "leo")), ..By::default() };
    let well = history(&console, "2026-03-04T13:40:00Z", &[("hana", DONE)], Some(End::Finished));
    let people = [("hana", DONE), ("jun", refused())];
    let part = history(&console, "2026-03-03T09:12:00Z", &people, Some(End::Finished));
    let people = [("hana", DONE), ("jun", OpState::Unknown)];
    let broken = history(&console, "2026-02-20T22:05:00Z", &people, None);
    let people = [("hana", DONE), ("jun", OpState::Skipped(SkipWhy::Stopped))];
    let damaged = history(&console, "2026-01-11T06:30:00Z", &people, Some(End::Stopped));
    let mut bad = past(&damaged, leo.clone(), "ops-2");
    bad.end = None;
    let words = "runs/1768113000000-00000007.jsonl was changed after it was written, from line 6";
    let remedy = "What stands in the 5 lines before is as it was written";
    bad.damage = Some(Fault::new(FaultKind::Disk, words, remedy));
    console.past = vec![
        (past(&well, By::default(), "ops-1"), well),
        (past(&part, leo, "ops-2"), part),
        (past(&broken, By::default(), "ops-1"), broken),
        (bad, damaged),
    ];
    let newer =
        "runs/1770000000000-00000007.jsonl was written by a later cfiam (version 2 of its form)";
    console.unread = vec![Fault::new(FaultKind::Disk, newer, "")];
    console.keys("6 r");
    console
}

#[test]
fn the_runs_of_earlier_sessions_with_who_when_and_how_they_ended() {
    let mut console = with_runs(80, 24);
    let text = console.golden("runs_80");
    assert!(text.contains("4 runs") && text.contains("1 done · 1 refused"), "{text}");
    assert!(text.contains("not finished: 1 done · 1 unknown"), "{text}");
    assert!(text.contains("its journal is damaged"), "{text}");
    assert!(text.contains("! a run can't be read"), "{text}");
    let text = console.keys("G").text().replace("\n ", " ");
    assert!(text.contains("was changed after it was written, from line 6"), "{text}");
    with_runs(120, 40).keys("j").golden("runs_120");
}

#[test]
fn where_no_run_can_be_read_it_is_not_said_that_there_is_none() {
    let mut console = with_runs(80, 24);
    console.past.clear();
    let text = console.keys("r").text();
    assert!(text.contains("no run that can be read") && !text.contains("no run yet"), "{text}");
    assert!(text.contains("(version 2 of its form)"), "the reason is not cut off: {text}");
}

#[test]
fn a_run_of_an_earlier_session_opens_to_its_steps_with_names_codes_and_rays() {
    let mut console = with_runs(80, 24);
    let text = console.keys("j enter").golden("past_run_80");
    assert!(text.contains("jun.park@northwind.example to analytics: refused"), "{text}");
    assert!(text.contains("400, code 1001, ray 8f21c09bd7a3e412-FRA"), "{text}");
    with_runs(120, 40).keys("j enter").golden("past_run_120");
}

#[test]
fn the_plan_that_takes_a_run_back_says_which_and_what_stays_and_why() {
    let mut console = with_runs(80, 24);
    let text = console.keys("j u").golden("undo_plan_80");
    assert!(text.contains("takes back the run begun 28 h ago"), "{text}");
    assert!(text.contains("nothing to take back"), "hana is not in the group any more: {text}");
}

#[test]
fn a_run_that_can_t_be_read_says_why_on_its_page_and_when_it_is_to_be_taken_back() {
    let mut console = with_runs(80, 24);
    let gone = console.past.remove(2);
    let text = console.keys("j j enter").text();
    assert!(text.contains("the run can't be read") && text.contains("no such run"), "{text}");
    let text = console.keys("u").text();
    assert!(text.contains("its journal can't be read: no such run"), "{text}");
    console.past.insert(2, gone);
    let text = console.keys("r").text();
    assert!(text.contains("? not finished: 1 done · 1 unknown"), "{text}");
}

#[test]
fn a_write_that_hangs_is_told_with_how_long_it_has_hung() {
    let mut console = Console::open(80, 24);
    console.keys("a enter P ctrl-s y");
    let (run, _) = console.run.clone().unwrap();
    let moved = cfiam::plan::RunReport::Moved(vec![(OpId(0), OpState::Running)]);
    console.send(Msg::Answer(cfiam::app::Answer::Run(run, moved)));
    assert!(!console.text().contains("no answer for"), "{}", console.text());
    let text = console.later(12).text();
    assert!(text.contains("no answer for 12 s so far; S stops it"), "{text}");
    assert!(text.contains("sent 12 s ago; no answer yet"), "{text}");
}
