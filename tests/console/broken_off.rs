//! A start that finds both a run that is not finished and changes left staged: the run is asked about first, whichever
//! answer comes first, and what it carries is its own.

use std::sync::Arc;

use cfiam::app::{Answer, Dialog, Effect, Request, Screen, TakeUp};
use cfiam::domain::{By, Change, Fault, FaultKind};
use cfiam::plan::{
    End, OpId, OpState, Past, Plan, Proof, RunId, RunReport, SkipWhy, Summary, Tally,
};

use super::account;
use super::driver::{Console, named, setup};

fn add(group: &str) -> Change {
    Change::Add { group: account::group(group).into(), member: account::member("zoe") }
}

/// The plan of a run: zoe is added to edge-ops.
fn plan() -> Arc<Plan> {
    let mut console = Console::open();
    console.keys("G a enter P");
    assert_eq!(console.staged(), ["+ zoe edge-ops"]);
    let Some(Screen::Plan(screen)) = console.state.place.above.last() else { panic!("no plan") };
    Arc::clone(&screen.plan)
}

struct Start {
    console: Console,
    plan: Arc<Plan>,
    run: RunId,
}

impl Start {
    /// The account is open; neither the runs nor what was staged has come.
    fn new() -> Self {
        let plan = plan();
        let mut console = Console::start(setup());
        let run = RunId::new(console.state.now.wall, 7);
        let ticket = console.asked(|request| *request == Request::Accounts);
        console.answer(Answer::Accounts(ticket, Ok(vec![named(&account::account(), "Northwind")])));
        Self { console, plan, run }
    }

    fn past(&self) -> Past {
        Past {
            id: self.run.clone(),
            began: self.console.state.now.wall,
            last: self.console.state.now.wall,
            by: By::default(),
            host: "ops-2".into(),
            plan: self.plan.id.clone(),
            undo_of: None,
            leaves_out: 0,
            ops: 1,
            about: String::new(),
            tally: Tally::default(),
            end: None,
            is_on: false,
            damage: None,
        }
    }

    fn runs_come(&mut self) {
        let past = self.past();
        self.these_come(vec![past]);
    }

    fn these_come(&mut self, runs: Vec<Past>) {
        let ticket = self.console.asked(|request| matches!(request, Request::Runs(_)));
        self.console.answer(Answer::Runs(ticket, Ok((runs, Vec::new()))));
    }

    fn staged_comes(&mut self, left: &[Change]) {
        let ticket = self.console.asked(|request| matches!(request, Request::Staged(_)));
        self.console.answer(Answer::Staged(ticket, Ok(left.to_vec())));
    }

    /// The run is taken up, and read back: what it wanted was not sent.
    fn is_read_back(&mut self) {
        let taken_up = |effect: &Effect| matches!(effect, Effect::TakeUp(_, TakeUp::ReadBack, _));
        assert!(self.console.effects.iter().any(taken_up), "it is read back");
        let opened = Ok((Arc::clone(&self.plan), self.console.state.now.wall));
        self.console.answer(Answer::TakenUp(self.run.clone(), TakeUp::ReadBack, opened));
        assert_eq!(self.asks(), "", "it is still being read back");
        self.ends(End::BrokenOff);
    }

    fn tell(&mut self, report: RunReport) {
        self.console.answer(Answer::Run(self.run.clone(), report));
    }

    fn ends(&mut self, end: End) {
        let tally = self.console.state.runs[&self.run].progress.tally();
        let summary = Summary { end, tally, writes: 0, may_land: Vec::new() };
        self.tell(RunReport::Ended(summary));
    }

    /// What is asked.
    fn asks(&self) -> &str {
        match self.console.dialog() {
            Some(Dialog::Confirm(confirm)) => &confirm.title,
            Some(Dialog::Pick(picker)) => &picker.title,
            Some(_) => "something else",
            None => "",
        }
    }
}

#[test]
fn a_run_that_is_not_finished_is_asked_about_first_and_then_what_it_does_not_carry() {
    for runs_first in [true, false] {
        let mut start = Start::new();
        let left = [add("edge-ops"), add("on-call")];
        if runs_first {
            start.runs_come();
            start.staged_comes(&left);
        } else {
            start.staged_comes(&left);
            assert_eq!(start.asks(), "", "the runs have not been listed");
            start.runs_come();
        }
        assert_eq!(start.console.staged(), ["+ zoe edge-ops", "+ zoe on-call"]);
        start.is_read_back();
        assert!(start.asks().contains("was broken off"), "{}", start.asks());
        start.console.keys("esc");
        assert_eq!(start.asks(), "Keep 1 staged change from an earlier session?");
        start.console.keys("y");
        assert_eq!(start.console.staged(), ["+ zoe edge-ops"], "the run's own stays");
    }
}

#[test]
fn what_a_run_carries_that_is_not_finished_is_asked_about_with_the_run_alone() {
    let mut start = Start::new();
    start.staged_comes(&[add("edge-ops")]);
    start.runs_come();
    start.is_read_back();
    start.console.keys("esc");
    assert_eq!(start.asks(), "");
    assert_eq!(start.console.staged(), ["+ zoe edge-ops"]);
}

#[test]
fn a_run_that_is_closed_leaves_what_was_not_sent_staged_and_nothing_more_is_asked() {
    let mut start = Start::new();
    start.runs_come();
    start.staged_comes(&[add("edge-ops")]);
    start.is_read_back();
    start.console.keys("j j enter");
    let opened = Ok((Arc::clone(&start.plan), start.console.state.now.wall));
    start.console.answer(Answer::TakenUp(start.run.clone(), TakeUp::Close, opened));
    start.tell(RunReport::Moved(vec![(OpId(0), OpState::Skipped(SkipWhy::Closed))]));
    start.ends(End::Closed);
    assert_eq!(start.asks(), "");
    assert_eq!(start.console.staged(), ["+ zoe edge-ops"]);
}

#[test]
fn what_was_left_is_offered_where_the_runs_or_the_one_that_is_not_finished_cannot_be_read() {
    let fault = Fault::new(FaultKind::Disk, "it can't be read", "");
    let left = [add("edge-ops")];
    let mut start = Start::new();
    start.staged_comes(&left);
    let ticket = start.console.asked(|request| matches!(request, Request::Runs(_)));
    start.console.answer(Answer::Runs(ticket, Err(fault.clone())));
    assert_eq!(start.asks(), "Keep 1 staged change from an earlier session?");
    for fault in [fault, Fault::new(FaultKind::Held, "it is on elsewhere", "")] {
        let mut start = Start::new();
        start.staged_comes(&left);
        start.runs_come();
        assert_eq!(start.asks(), "", "the run is being opened");
        start.console.answer(Answer::TakenUp(start.run.clone(), TakeUp::ReadBack, Err(fault)));
        assert_eq!(start.asks(), "Keep 1 staged change from an earlier session?");
    }
}

#[test]
fn a_run_that_turns_out_to_have_done_all_holds_nothing_up() {
    let mut start = Start::new();
    start.staged_comes(&[add("on-call")]);
    start.runs_come();
    let opened = Ok((Arc::clone(&start.plan), start.console.state.now.wall));
    start.console.answer(Answer::TakenUp(start.run.clone(), TakeUp::ReadBack, opened));
    start.ends(End::Finished);
    assert_eq!(start.asks(), "Keep 1 staged change from an earlier session?");
}

#[test]
fn a_run_that_was_taken_back_is_over_it_is_not_offered_and_cannot_be_gone_on_with() {
    for (leaves_out, reason) in [(0, "it was taken back by the run of"), (1, "taken back in part")]
    {
        let mut start = Start::new();
        let done = Tally { done: 1, ..Tally::default() };
        let broken = Past { tally: done, ..start.past() };
        let end = Summary { end: End::Finished, tally: done, writes: 1, may_land: Vec::new() };
        let undoing = Past {
            id: RunId::new(start.console.state.now.wall, 8),
            undo_of: Some(start.run.clone()),
            leaves_out,
            end: Some(end),
            ..broken.clone()
        };
        start.these_come(vec![undoing, broken]);
        start.staged_comes(&[add("edge-ops")]);
        let taken_up = |effect: &Effect| matches!(effect, Effect::TakeUp(..));
        assert!(!start.console.effects.iter().any(taken_up), "nothing is to be read back");
        assert_eq!(start.asks(), "Keep 1 staged change from an earlier session?");
        start.console.keys("y 6 G t");
        assert!(start.console.toast().contains(reason), "{}", start.console.toast());
        assert_eq!(start.asks(), "");
    }
}

#[test]
fn a_run_of_an_earlier_session_that_is_only_looked_at_is_not_this_ones_doing() {
    let mut start = Start::new();
    start.runs_come();
    start.staged_comes(&[]);
    start.is_read_back();
    let done = OpState::Done(Proof::Seen);
    start.tell(RunReport::Moved(vec![(OpId(0), done)]));
    start.console.keys("esc ctrl-c");
    let left = start.console.effects.iter().rev().find_map(|effect| match effect {
        Effect::Quit(exit) => Some(exit),
        _ => None,
    });
    assert_eq!(left.map(|exit| exit.partly), Some(false));
}

#[test]
fn a_journal_that_can_t_be_read_is_told_at_the_start() {
    let mut start = Start::new();
    let newer = Fault::new(FaultKind::Disk, "7.jsonl was written by a later cfiam", "");
    let ticket = start.console.asked(|request| matches!(request, Request::Runs(_)));
    start.console.answer(Answer::Runs(ticket, Ok((Vec::new(), vec![newer]))));
    let told = "the journal of a run can't be read: Changes says why";
    assert_eq!(start.console.toast(), told);
}
