//! Pages: a member, a group, what is staged, the plan, a run, the start.

use cfiam::app::{Answer, Msg};
use cfiam::domain::{Fault, FaultKind, RequestLine};
use cfiam::plan::{End, OpId, OpState, Progress, Proof, RunReport, SkipWhy, Summary};

use super::console::{Console, How, setup};

fn member(columns: u16, rows: u16) -> Console {
    let mut console = Console::open(columns, rows);
    console.keys("/ \"leo enter");
    console
}

/// Leo is staged to join two groups and to leave one; a group is staged to be made, one to be deleted.
fn staged(columns: u16, rows: u16) -> Console {
    let mut console = member(columns, rows);
    console.keys("a \"eu-dns enter a \"security enter j x");
    console.keys("2 c \"night-shift enter 2 / \"analytics down a \"hana tab ctrl-u \"jun tab enter esc 2 g j j D");
    console.later(1);
    console.state.toast = None;
    console
}

#[test]
fn a_member() {
    let text = member(80, 24).golden("member_80");
    for told in ["accepted", "2FA on", "GROUPS 3", "DIRECT", "THROUGH GROUPS", "since", "prod-dns"]
    {
        assert!(text.contains(told) || told == "since", "{told}");
    }
    member(120, 40).golden("member_120");
}

#[test]
fn a_policy_opens_in_place() {
    let mut console = member(80, 24);
    console.keys("tab j j enter");
    console.golden("member_policy_open");
}

#[test]
fn a_member_with_staged_memberships() {
    let mut console = staged(80, 24);
    console.keys("1 / \"leo enter");
    let text = console.golden("member_staged");
    assert!(text.contains('+') && text.contains('-'));
}

#[test]
fn a_group() {
    Console::open(80, 24).keys("2 / \"edge enter").golden("group_80");
    Console::open(120, 40).keys("2 / \"edge enter tab enter").golden("group_120");
}

#[test]
fn what_is_staged_and_its_plan() {
    let mut console = staged(80, 24);
    console.keys("6").golden("changes_80");
    console.keys("P").golden("plan_80");
    let mut console = staged(120, 40);
    console.keys("P enter");
    console.golden("plan_120");
}

#[test]
fn a_run_with_a_refusal() {
    let mut console = staged(80, 24);
    console.keys("P ctrl-s").golden("confirm_typed");
    console.keys("\"contractors\" enter");
    let (run, plan) = console.run.clone().expect("a run");
    let report = |report| Msg::Answer(Answer::Run(run.clone(), report));
    console.send(report(RunReport::Began(run.clone())));
    let mut refused = Fault::new(
        FaultKind::Refused,
        "adding a member: refused",
        "the group is kept by an identity provider: change it there",
    );
    refused.errors = vec![cfiam::domain::ApiError {
        code: Some(1001),
        message: "group is managed by SCIM".into(),
    }];
    console.send(report(RunReport::Moved(vec![
        (OpId(0), OpState::Done(Proof::Seen)),
        (OpId(1), OpState::Refused(refused)),
        (OpId(2), OpState::Running),
    ])));
    console.keys("j");
    console.golden("run_80");
    console.keys("6").golden("changes_running_80");
    console.keys("-");
    let states = plan.ops().skip(2).map(|op| (op.id, OpState::Done(Proof::Seen))).collect();
    console.send(report(RunReport::Moved(states)));
    let mut progress = Progress::new(&plan);
    progress.absorb(&RunReport::Moved(Vec::new()));
    let tally = console.state.runs[&run].progress.tally();
    let summary = Summary { end: End::Finished, tally, writes: 5, may_land: Vec::new() };
    console.send(report(RunReport::Ended(summary)));
    console.state.toast = None;
    console.golden("run_ended_80");
    console.keys("6").golden("changes_after_80");
}

#[test]
fn what_was_refused_and_what_was_not_sent_are_told_apart_in_changes() {
    let mut console = Console::open(80, 24);
    console.keys("a tab tab enter P ctrl-s y");
    let (run, _) = console.run.clone().expect("a run");
    let report = |report| Msg::Answer(Answer::Run(run.clone(), report));
    let refused = Fault::new(FaultKind::Refused, "kept by an identity provider", "");
    let states =
        vec![(OpId(0), OpState::Refused(refused)), (OpId(1), OpState::Skipped(SkipWhy::Stopped))];
    console.send(report(RunReport::Moved(states)));
    let tally = console.state.runs[&run].progress.tally();
    let summary = Summary { end: End::Stopped, tally, writes: 1, may_land: Vec::new() };
    console.send(report(RunReport::Ended(summary)));
    let text = console.keys("6 g j").text();
    assert!(text.contains("✗ refused: kept by"), "{text}");
    assert!(text.contains("– not sent: the run was stopped"), "{text}");
    assert!(text.contains("not sent; it stays staged"), "{text}");
    assert!(!text.contains("✗ not sent"), "{text}");
}

#[test]
fn a_write_in_doubt_is_told_to_be_read_back_with_the_words_it_was_answered_with() {
    let mut console = Console::open(80, 24);
    console.keys("a enter P ctrl-s y");
    let (run, _) = console.run.clone().expect("a run");
    let report = |report| Msg::Answer(Answer::Run(run.clone(), report));
    let mut fault = Fault::new(FaultKind::Server, "adding a member: no answer", "");
    fault.errors = vec![cfiam::domain::ApiError { code: Some(1002), message: "a conflict".into() }];
    console.send(report(RunReport::Moved(vec![(OpId(0), OpState::Unknown)])));
    console.send(report(RunReport::Doubtful(vec![OpId(0)], fault)));
    let text = console.text();
    assert!(text.contains("? reading back") && text.contains("1002 a conflict"), "{text}");
    assert!(!text.contains("unknown"), "{text}");
    assert!(console.keys("6").text().contains("? reading back"));
}

#[test]
fn a_plan_that_is_older_than_ten_minutes_says_so() {
    let mut console = Console::open(80, 24);
    let text = console.keys("a enter P").text();
    assert!(text.contains("nothing is sent yet"), "{text}");
    let mut later = super::console::now(601);
    later.wall += jiff::SignedDuration::from_secs(601);
    console.send(Msg::Tick(later));
    let text = console.text();
    assert!(text.contains("rests on what was read more than 10 min ago"), "{text}");
}

#[test]
fn a_picker_of_policies_says_what_is_not_here_and_what_enter_does() {
    let mut console = Console::open_as(80, 24, |collection| match collection {
        cfiam::domain::Collection::PermissionGroups => How::Part(2, 40),
        _ => How::Whole,
    });
    let text = console.keys("2 enter tab e").text();
    assert!(text.contains("enter stage"), "{text}");
    let text = console.keys("e").text();
    assert!(text.contains("loading: 2 of 40") && text.contains("not in the catalogue"), "{text}");
    let text = console.keys("esc j").text();
    assert!(text.contains("enter add"), "{text}");
}

#[test]
fn the_start_screen_offers_the_demo_and_says_how_to_connect() {
    let mut setup = setup(80, 24);
    setup.unconnected = Some(Fault::new(FaultKind::Credential, "no credential was found", ""));
    let text = Console::start(setup, |_| How::Whole).golden("start_80");
    assert!(text.contains("d looks around in the demo"));
    assert!(text.contains("CLOUDFLARE_API_TOKEN") && text.contains("Account Settings Read"));
}

#[test]
fn requests_as_they_happened() {
    let mut console = Console::open(80, 24);
    let line = |method, path: &str, status, ms| RequestLine {
        method,
        path: path.into(),
        status,
        codes: if status == Some(403) { vec![10000] } else { Vec::new() },
        ray: Some("8f21c09bd7a3e412-FRA".into()),
        took: std::time::Duration::from_millis(ms),
        bytes: 1200,
        attempt: if status.is_none() { 2 } else { 1 },
        trouble: status.is_none().then(|| "no answer in 30 s".into()),
    };
    for request in [
        line(
            "GET",
            "/accounts/7d0f4c3e9b1a4f5e8c6d2b7a90e1f3c4/members?page=1&per_page=50",
            Some(200),
            180,
        ),
        line(
            "GET",
            "/accounts/7d0f4c3e9b1a4f5e8c6d2b7a90e1f3c4/iam/user_groups?page=1",
            Some(429),
            40,
        ),
        line(
            "POST",
            "/accounts/7d0f4c3e9b1a4f5e8c6d2b7a90e1f3c4/iam/user_groups/9e3779b9/members",
            Some(403),
            310,
        ),
        line("GET", "/zones", None, 30_000),
    ] {
        console.send(Msg::Answer(Answer::Sent(request)));
    }
    console.keys("@").golden("requests_80");
}

#[test]
fn a_token_that_is_about_to_expire_is_told_while_there_is_time() {
    let mut console = Console::open(120, 24);
    assert!(!console.text().contains("expires"));
    let caller = console.state.directory.caller.as_mut().unwrap();
    caller.expires = Some("2026-03-04T15:00:00Z".parse().unwrap());
    assert!(console.text().contains("token expires in 58 min"), "{}", console.text());
}

#[test]
fn a_word_in_passing_that_is_too_long_for_one_row_takes_two() {
    let mut console = Console::open(80, 24);
    let what = "reading the organization o1: it isn't there, or the credential may not see it";
    let fault = Fault::new(FaultKind::NotFound, what, "look at its id");
    console.send(Msg::Answer(Answer::Told(fault)));
    let text = console.text();
    assert!(text.contains("see it. Look at its id") && text.contains("? all keys"), "{text}");
}

#[test]
fn a_plan_and_a_run_stand_under_the_tab_of_what_is_staged() {
    let mut console = staged(100, 24);
    let text = console.keys("2 P").text();
    let rule = text.lines().nth(2).unwrap();
    let tabs = text.lines().nth(1).unwrap();
    let column = |line: &str, of: &str| {
        line.chars().count() - line.split_once(of).unwrap().1.chars().count()
    };
    let (changes, heavy) = (column(tabs, "6 Changes"), column(rule, "━"));
    assert!(heavy <= changes && changes < heavy + 12, "{text}");
}
