//! Guards in the console: seen in the plan, overridden by typing, one after the other, before anything is sent.

use cfiam::app::{Answer, CostLine, Dialog, Effect, Msg, PlanScreen, PlanView, Screen};
use cfiam::domain::{Caller, CredentialKind, Fault, FaultKind, Load, Page, Protected};
use cfiam::plan::{
    Approval, End, GuardName, OpId, OpState, Pause, RunReport, SkipWhy, Summary, Tally, Verdict,
    Witness,
};

use super::account;
use super::driver::{Console, setup};

fn plan(console: &Console) -> &PlanScreen {
    match console.state.place.above.last() {
        Some(Screen::Plan(screen)) => screen,
        other => panic!("{other:?}"),
    }
}

fn standing(console: &Console) -> Vec<GuardName> {
    plan(console).cost.guards.as_ref().unwrap().iter().map(|guard| guard.name).collect()
}

fn approval(console: &Console) -> Approval {
    let approval = |effect: &Effect| match effect {
        Effect::Apply(_, _, approval) => Some(approval.clone()),
        _ => None,
    };
    console.effects.iter().find_map(approval).expect("nothing was applied")
}

fn question(console: &Console) -> String {
    match &console.state.dialogs.last().expect("nothing is asked").dialog {
        Dialog::Confirm(confirm) => {
            format!("{}\n{}\n{}", confirm.title, confirm.lines.join("\n"), confirm.yes)
        }
        other => panic!("{other:?}"),
    }
}

/// All of edge-ops are staged to leave it.
fn emptying() -> Console {
    let mut console = Console::open();
    console.keys("2 enter * x P");
    console
}

/// Ana, who is calling, leaves both groups that she is in, one of which has nobody else.
fn leaving() -> Console {
    let mut console = Console::open();
    console.keys("enter * x P");
    console
}

#[test]
fn the_third_view_of_a_plan_tells_the_guards_and_what_it_costs() {
    let mut console = emptying();
    assert_eq!(standing(&console), [GuardName::LastMember]);
    console.keys("tab tab");
    assert_eq!(plan(&console).view, PlanView::Cost);
    let lines = plan(&console).cost.lines.rows();
    for line in [CostLine::Guard(0), CostLine::Row(0, 0), CostLine::Undoable, CostLine::Time] {
        assert!(lines.contains(&line), "{lines:?}");
    }
}

#[test]
fn s12_a_guard_asks_for_its_text_instead_of_y_and_what_was_typed_goes_to_the_journal() {
    let mut console = emptying();
    console.keys("ctrl-s y enter");
    assert_eq!(console.applied(), 0);
    console.keys("backspace").types("edge-ops").keys("enter");
    assert_eq!(console.applied(), 1);
    let overrides = approval(&console).overrides;
    assert_eq!(overrides.len(), 1);
    assert_eq!((overrides[0].guard, &*overrides[0].typed), (GuardName::LastMember, "edge-ops"));
}

#[test]
fn each_guard_is_asked_about_in_turn_and_leaving_one_leaves_all() {
    let mut console = leaving();
    assert_eq!(standing(&console), [GuardName::OwnAccess, GuardName::LastMember]);
    console.keys("ctrl-s");
    assert!(question(&console).contains("Guard 1 of 2"), "{}", question(&console));
    console.types("ana@northwind.example").keys("enter");
    assert!(question(&console).contains("Guard 2 of 2"), "{}", question(&console));
    console.keys("esc");
    assert!(console.state.dialogs.is_empty());
    console.keys("ctrl-s").types("ana@northwind.example").keys("enter");
    assert_eq!(console.applied(), 0);
    console.types("on-call").keys("enter");
    assert_eq!(console.applied(), 1);
    let overrides = approval(&console).overrides;
    assert_eq!(overrides[0].who, Some(account::member("ana")), "an e-mail is not written down");
    assert_eq!(&*overrides[1].typed, "on-call");
}

#[test]
fn a_wrong_text_is_said_to_be_wrong_and_nothing_is_sent() {
    let mut console = emptying();
    console.keys("ctrl-s").types("edge-op").keys("enter");
    let Dialog::Confirm(confirm) = &console.state.dialogs.last().unwrap().dialog else { panic!() };
    assert!(confirm.wrong);
    assert_eq!(console.applied(), 0);
    console.types("s");
    let Dialog::Confirm(confirm) = &console.state.dialogs.last().unwrap().dialog else { panic!() };
    assert!(!confirm.wrong, "what is typed now is another text");
    console.keys("enter");
    assert_eq!(console.applied(), 1);
}

#[test]
fn a_pasted_text_is_taken_with_the_blanks_that_came_along() {
    let mut console = emptying();
    console.keys("ctrl-s");
    console.send(Msg::Paste(" edge-ops ".into()));
    console.keys("enter");
    assert_eq!(console.applied(), 1);
}

#[test]
fn what_was_typed_before_a_guard_was_drawn_is_not_for_it() {
    let mut console = leaving();
    console.keys("ctrl-s");
    console.types("ana@northwind.example");
    // The second guard is not drawn yet when its text comes.
    console.keys_at_once("enter o n - c a l l enter");
    assert_eq!(console.applied(), 0);
    assert!(question(&console).contains("Guard 2 of 2"));
    console.types("on-call").keys("enter");
    assert_eq!(console.applied(), 1);
}

#[test]
fn a_deletion_that_a_guard_stands_against_is_asked_about_once_where_both_want_the_same() {
    let mut console = Console::open();
    let inside = ["ole", "mia", "noor", "zoe"];
    console.answer(Answer::Reread(Load::Rows(account::memberships("edge-ops", &inside))));
    console.keys("2 D P");
    assert_eq!(standing(&console), [GuardName::ManyRemovals]);
    console.keys("ctrl-s");
    assert!(question(&console).ends_with("apply"), "{}", question(&console));
    console.types("edge-ops").keys("enter");
    assert_eq!(console.applied(), 1);
}

#[test]
fn a_guard_that_begins_to_stand_takes_the_question_away_and_is_to_be_seen_first() {
    let mut console = Console::open();
    console.keys("2 enter space space x P");
    assert!(standing(&console).is_empty());
    console.keys("ctrl-s");
    // Ole has left the group meanwhile: who is staged to leave are the last.
    let left = Load::Membership {
        group: account::group("edge-ops"),
        member: account::member("ole"),
        present: false,
        since: None,
    };
    console.answer(Answer::Reread(left));
    assert!(console.state.dialogs.is_empty());
    assert!(console.toast().contains("has changed"), "{}", console.toast());
    assert_eq!(standing(&console), [GuardName::LastMember]);
    console.keys("ctrl-s y");
    assert_eq!(console.applied(), 0);
}

#[test]
fn where_nothing_gets_worse_a_plan_is_confirmed_with_y_as_ever() {
    let mut console = Console::open();
    console.keys("a").types("platform").keys("enter P");
    assert!(standing(&console).is_empty());
    console.keys("ctrl-s y");
    assert_eq!(console.applied(), 1);
    assert_eq!(approval(&console).overrides, []);
}

#[test]
fn where_it_is_not_known_who_i_am_the_guard_says_so_once_a_run() {
    let mut console = Console::open();
    console.state.directory.caller = Some(Caller {
        kind: CredentialKind::Token,
        token: None,
        expires: None,
        user: None,
        email: "".into(),
        member: None,
    });
    console.keys("2 enter space x P");
    assert_eq!(standing(&console), [GuardName::OwnAccess]);
    console.keys("ctrl-s");
    assert!(question(&console).contains("which member you are isn't known"));
    console.types("none of them is me").keys("enter");
    assert_eq!(console.applied(), 1);
}

#[test]
fn what_the_config_protects_is_asked_about_and_a_name_that_is_nowhere_is_told_at_the_start() {
    let protected = Protected {
        members: vec!["gone@northwind.example".into()],
        groups: vec!["platform-read".into()],
    };
    let mut console = Console::open_with(cfiam::app::Setup { protected, ..setup() }, Vec::new());
    assert!(console.toast().contains("gone@northwind.example"), "{}", console.toast());
    assert!(!console.toast().contains("platform-read"), "{}", console.toast());
    console.keys("a").types("platform").keys("enter P");
    assert_eq!(standing(&console), [GuardName::Protected]);
    let page = Page::Members(vec![account::row("ana")]);
    console.answer(Answer::Reread(Load::Rows(page)));
    assert_eq!(standing(&console), [GuardName::Protected], "it is told once");
}

/// The run's question just before its first write; what it is answered.
fn asks(console: &mut Console, read: &[Witness]) -> Verdict {
    let run = console.state.runs.keys().next().unwrap().clone();
    let ops: Vec<OpId> = console.state.runs[&run].plan.ops().map(|op| op.id).collect();
    console.forget();
    console.answer(Answer::Guards(run.clone(), ops, read.iter().cloned().collect()));
    match console.effects.as_slice() {
        [Effect::Verdict(of, verdict)] if *of == run => verdict.clone(),
        other => panic!("{other:?}"),
    }
}

/// The run is told that it may send, once all is read that the guards rest on.
#[track_caller]
fn clears(console: &mut Console) {
    let Verdict::Read(wanted) = asks(console, &[]) else { panic!("a guard stands") };
    let read: Vec<Witness> = wanted.into_iter().collect();
    assert_eq!(asks(console, &read), Verdict::Clear);
}

fn leaves(who: &str) -> Answer {
    let (group, member) = (account::group("edge-ops"), account::member(who));
    Answer::Reread(Load::Membership { group, member, present: false, since: None })
}

#[test]
fn before_its_first_write_a_run_is_told_what_to_read_and_then_that_no_guard_stands() {
    let mut console = Console::open();
    console.keys("2 enter space space x P ctrl-s y");
    assert_eq!(console.applied(), 1);
    let Verdict::Read(wanted) = asks(&mut console, &[]) else { panic!() };
    let stays = Witness::Membership(account::group("edge-ops"), account::member("ole"));
    assert!(wanted.contains(&stays), "{wanted:?}");
    let read: Vec<Witness> = wanted.into_iter().collect();
    assert_eq!(asks(&mut console, &read), Verdict::Clear);
}

#[test]
fn a_guard_that_stands_once_a_run_has_looked_stops_it_and_what_was_overridden_does_not() {
    let mut console = Console::open();
    console.keys("2 enter space space x P ctrl-s y");
    console.answer(leaves("ole"));
    let Verdict::Stands(fault) = asks(&mut console, &[]) else { panic!() };
    assert!(fault.what.contains("leaves a group without members"), "{fault}");
    let mut console = emptying();
    console.keys("ctrl-s").types("edge-ops").keys("enter");
    clears(&mut console);
}

#[test]
fn a_run_whose_account_is_no_longer_open_sends_nothing() {
    let mut console = Console::open();
    console.keys("2 enter space space x P ctrl-s y");
    console.state.staging =
        cfiam::plan::Staging::new(cfiam::domain::AccountId::parse("other").unwrap());
    assert!(matches!(asks(&mut console, &[]), Verdict::Stands(_)));
}

#[test]
fn a_run_goes_on_only_after_the_guards_against_what_is_left_of_it_were_overridden_anew() {
    let mut console = emptying();
    console.keys("ctrl-s").types("edge-ops").keys("enter");
    let run = console.state.runs.keys().next().unwrap().clone();
    let ops: Vec<OpId> = console.state.runs[&run].plan.ops().map(|op| op.id).collect();
    let skipped = ops.iter().map(|op| (*op, OpState::Skipped(SkipWhy::Paused))).collect();
    console.answer(Answer::Run(run.clone(), RunReport::Moved(skipped)));
    let end = End::Paused(Pause::Network(Fault::new(FaultKind::NotSent, "no route", "")));
    let tally = Tally { skipped: ops.len(), ..Tally::default() };
    let summary = Summary { end, tally, writes: 0, may_land: Vec::new() };
    console.answer(Answer::Run(run.clone(), RunReport::Ended(summary)));
    console.keys("t enter");
    assert!(question(&console).contains("A guard stands"), "{}", question(&console));
    console.keys("y enter");
    let taken_up = |console: &Console| {
        let approval = |effect: &Effect| match effect {
            Effect::TakeUp(_, _, approval) => Some(approval.clone()),
            _ => None,
        };
        console.effects.iter().find_map(approval)
    };
    assert_eq!(taken_up(&console), None);
    console.keys("backspace").types("edge-ops").keys("enter");
    assert!(question(&console).starts_with("Resume in"), "{}", question(&console));
    console.keys("y");
    let approval = taken_up(&console).expect("it goes on");
    assert_eq!((approval.overrides.len(), &*approval.overrides[0].typed), (1, "edge-ops"));
    clears(&mut console);
}

#[test]
fn in_the_view_of_guards_the_cursor_stands_on_no_heading_and_reaches_every_line() {
    let mut console = Console::open();
    console.keys("G a enter P tab tab");
    let cost = |console: &Console| {
        let Some(Screen::Plan(screen)) = console.state.place.above.last() else { panic!() };
        (screen.cost.lines.cursor().unwrap(), screen.cost.lines.rows().to_vec())
    };
    let (first, lines) = cost(&console);
    let is_head = |line: &CostLine| matches!(line, CostLine::Head(_));
    assert!(!is_head(&first));
    let mut seen = vec![first];
    for _ in 0..lines.len() {
        console.keys("j");
        seen.push(cost(&console).0);
    }
    assert!(!seen.iter().any(is_head), "{seen:?}");
    assert!(lines.iter().all(|line| is_head(line) || seen.contains(line)), "{seen:?}");
    for _ in 0..lines.len() {
        console.keys("k");
        assert!(!is_head(&cost(&console).0));
    }
    assert_eq!(cost(&console).0, first);
    for keys in ["G", "g", "ctrl-d", "ctrl-u"] {
        console.keys(keys);
        assert!(!is_head(&cost(&console).0), "{keys}");
    }
}
