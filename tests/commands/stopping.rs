//! Signals: the first stops a run and settles it, the second leaves at once.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::program::Company;

const PATIENCE: Duration = Duration::from_secs(30);

/// The program on its own, adding everybody to a new group.
fn adding_everybody(company: &Company) -> Child {
    let everybody: Vec<String> =
        company.server.people().into_iter().map(|(_, email)| email).collect();
    let file = company.home.path("everybody.txt");
    std::fs::write(&file, everybody.join("\n")).unwrap();
    let group = company.groups()[0].clone();
    let line = format!("--write members add-to '{group}' --from {} --yes", file.display());
    let made = company.command(&line, "writer");
    let mut command = Command::new(made.get_program());
    command.env_clear().args(made.get_args());
    for (name, value) in made.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Waits until the server has received this many writes.
fn wait_for_writes(company: &Company, number: usize) {
    let deadline = Instant::now() + PATIENCE;
    while company.writes().len() < number {
        assert!(Instant::now() < deadline, "{} writes came", company.writes().len());
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn signal(child: &Child, signal: Signal) {
    let id = i32::try_from(child.id()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
}

/// Its status, and what it said.
fn ended(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn a_signal_sends_nothing_more_and_what_was_in_flight_is_told_as_it_is() {
    // The first write is the one that goes alone; its answer takes a while.
    let company = Company::troubled(&["POST /accounts/*/iam/user_groups/*/members: delay=4000"]);
    let child = adding_everybody(&company);
    wait_for_writes(&company, 1);
    signal(&child, Signal::TERM);
    let (status, said) = ended(child);
    assert_eq!(status, Some(5), "{said}");
    assert!(
        said.contains("stopping: nothing more is sent") && said.contains("stopped: 1 done"),
        "{said}"
    );
    assert_eq!(company.writes().len(), 1, "{said}");
}

#[test]
fn a_second_signal_leaves_at_once_with_the_journal_as_it_is() {
    let company = Company::troubled(&["POST /accounts/*/iam/user_groups/*/members: hang"]);
    let mut child = adding_everybody(&company);
    let mut said = BufReader::new(child.stderr.take().unwrap());
    wait_for_writes(&company, 1);
    signal(&child, Signal::INT);
    let mut first = String::new();
    said.read_line(&mut first).unwrap();
    assert!(first.contains("stopping: nothing more is sent"), "{first}");
    signal(&child, Signal::INT);
    let (status, _) = ended(child);
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(status, Some(130), "{rest}");
    assert!(rest.contains("left with a run on"), "{rest}");
    let journal = std::fs::read_to_string(&company.home.journals()[0]).unwrap();
    assert!(journal.contains("\"intent\"") && !journal.contains("\"k\":\"end\""), "{journal}");
}

#[test]
fn a_group_that_another_run_writes_to_is_left_alone_and_that_is_status_3() {
    let company = Company::troubled(&["POST /accounts/*/iam/user_groups/*/members 1: hang"]);
    let mut first = adding_everybody(&company);
    wait_for_writes(&company, 1);
    let group = company.groups()[0].clone();
    let who = company.in_group(&group)[0].clone();
    let line = format!("members remove-from '{group}' {who} --yes");
    company.writer(&line).ended(3, &["another"]);
    assert!(company.in_group(&group).contains(&who));
    assert_eq!(company.writes().len(), 1);
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn i8_a_write_that_waits_for_the_request_budget_when_the_run_is_stopped_is_never_sent() {
    let company = Company::troubled(&["WRITE /accounts/** 1: 429 retry-after=300"]);
    let child = adding_everybody(&company);
    let deadline = Instant::now() + PATIENCE;
    let journal = || {
        let found = company.home.journals().first().map(std::fs::read_to_string);
        found.and_then(Result::ok).unwrap_or_default()
    };
    while !journal().contains("\"k\":\"outcome\"") {
        assert!(Instant::now() < deadline, "{}", journal());
        std::thread::sleep(Duration::from_millis(10));
    }
    // What is held up is sent again after a second at the earliest; a stop before it must do the same.
    std::thread::sleep(Duration::from_millis(1500));
    signal(&child, Signal::INT);
    let (status, said) = ended(child);
    assert_eq!(status, Some(130), "nothing is done, and nothing is unknown: {said}");
    assert!(said.contains("not sent: the run was stopped"), "{said}");
    assert!(!said.contains("may still land"), "{said}");
    assert_eq!(company.writes().len(), 1, "{said}");
    let journal = journal();
    let number = |kind: &str| journal.matches(&format!("\"k\":\"{kind}\"")).count();
    assert_eq!((number("intent"), number("outcome"), number("end")), (1, 1, 1), "{journal}");
}
