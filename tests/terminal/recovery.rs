//! Runs of the real program that are killed, and found again by the next one.

use std::time::{Duration, Instant};

use cfiam::plan::{End, Pause, Record};
use cfiam::store::journal::Rest;
use rustix::process::Signal;

use super::driver::{ACCOUNT, Ended, Terminal};
use super::home::Home;
use super::journal::{end, story};
use super::server::Server;

/// Waits until the server has received this many writes.
fn wait_for_writes(server: &Server, terminal: &mut Terminal, number: usize) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.writes().len() < number {
        assert!(Instant::now() < deadline, "too few are sent:\n{}", terminal.text());
        terminal.take_for(Duration::from_millis(20));
    }
}

/// Kills the program.
fn kill(terminal: &mut Terminal) {
    terminal.signal(Signal::KILL);
    assert!(matches!(terminal.ended(), Ended::Killed(_)));
}

/// Stages one who is added to a group and one who is removed from one.
fn stage_two(terminal: &mut Terminal) {
    terminal.wait(ACCOUNT).stage_add(1).keys("1").wait("E-MAIL").stage_remove(2);
}

/// A run of two writes, killed while the first is on its way; what the next program shows first.
fn killed(home: &Home, server: &Server) -> Terminal {
    server.third_in_a_group();
    let mut terminal = server.client_as(home, "writer").start();
    stage_two(&mut terminal);
    terminal.apply();
    wait_for_writes(server, &mut terminal, 1);
    kill(&mut terminal);
    server.client_as(home, "writer").start()
}

#[test]
fn killed_while_a_write_is_on_its_way_the_next_start_reads_it_back_and_goes_on_when_it_is_told_to()
{
    let home = Home::new();
    let server = Server::troubled(&["POST /accounts/*/iam/user_groups/*/members 1: apply hang"]);
    let mut terminal = killed(&home, &server);
    terminal.wait("was broken off").wait("1 done · 1 not sent");
    terminal.wait("1 had no answer: it is done");
    assert_eq!(server.writes().len(), 1, "nothing is sent before it is asked");
    terminal.keys("enter").wait("Resume in").keys("y");
    terminal.wait("2 done").keys("ctrl-c");
    assert_eq!(terminal.ended(), Ended::Status(0));
    let writes = server.writes();
    let verbs: Vec<&str> = writes.iter().filter_map(|write| write.split(' ').next()).collect();
    assert_eq!(verbs, ["POST", "DELETE"]);
    let story = story(&home);
    assert_eq!((story.rest, end(&story)), (Rest::Nothing, Some(End::Finished)));
    let resumed = |record: &Record| matches!(record, Record::Resumed(_));
    assert_eq!(story.kept().filter(|(_, record)| resumed(record)).count(), 1);
}

const HANGS: &str = "POST /accounts/*/iam/user_groups/*/members 1: apply hang";

#[test]
fn a_run_that_was_broken_off_can_be_closed_and_is_not_offered_again() {
    let home = Home::new();
    let server = Server::troubled(&[HANGS]);
    let mut terminal = killed(&home, &server);
    terminal.wait("was broken off").keys("j j enter").wait("closed: 1 done · 1 not sent");
    terminal.keys("ctrl-c");
    assert_eq!(terminal.ended(), Ended::Status(0));
    assert_eq!(end(&story(&home)), Some(End::Closed));
    let mut terminal = server.client_as(&home, "writer").start();
    // What was done is no longer staged, and what was not is.
    terminal.wait("Keep 1 staged change").keys("n").wait_gone("Keep 1 staged");
    terminal.wait(ACCOUNT).keys("6").wait("closed: 1 done · 1 not sent");
    assert!(!terminal.text().contains("broken off"), "{}", terminal.text());
    assert_eq!(server.writes().len(), 1);
}

#[test]
fn from_changes_a_run_that_was_only_looked_at_is_taken_up() {
    let home = Home::new();
    let server = Server::troubled(&[HANGS]);
    let mut terminal = killed(&home, &server);
    terminal.wait("was broken off").keys("G enter").wait_gone("look again");
    terminal.wait("broken off: 1 done · 1 not sent").keys("6").wait("1 run");
    terminal
        .keys("G t")
        .wait("look again")
        .keys("enter")
        .wait("Resume in")
        .keys("y")
        .wait("2 done");
    assert_eq!(server.writes().len(), 2);
}

/// A run of two writes whose token is refused at the second; what the next program shows, with another token.
fn refused_in_the_middle(home: &Home, server: &Server) -> Terminal {
    server.third_in_a_group();
    let mut terminal = server.client_as(home, "writer").start();
    stage_two(&mut terminal);
    terminal.apply().wait("could not go on");
    terminal.wait("1 done").keys("ctrl-c");
    assert_eq!(terminal.ended(), Ended::Status(5));
    assert!(matches!(end(&story(home)), Some(End::Paused(Pause::Credential(_)))));
    server.client_as(home, "no-zones").size(120, 30).start()
}

#[test]
fn s13_a_run_whose_token_was_revoked_goes_on_with_another_one_once_that_is_shown_and_confirmed() {
    let home = Home::new();
    let server = Server::troubled(&["DELETE /accounts/*/iam/user_groups/*/members/* 1: 401"]);
    let mut terminal = refused_in_the_middle(&home, &server);
    terminal.wait("Keep 1 staged change").keys("n").wait_gone("Keep 1 staged");
    terminal.wait(ACCOUNT).keys("6 G t").wait("could not go on").keys("enter");
    terminal.wait("Another token has begun it: it goes on with the one in use now.");
    assert_eq!(server.writes().len(), 2, "nothing is sent before it is confirmed");
    terminal.keys("n").wait_gone("Another token");
    assert_eq!(server.writes().len(), 2, "nor after a no");
    terminal.keys("t").wait("look again").keys("enter").wait("Another token").keys("y");
    terminal.wait("2 done");
    let story = story(&home);
    let tokens = story.kept().filter_map(|(_, record)| match record {
        Record::Resumed(by) => by.token,
        _ => None,
    });
    let begun_by = story.header().unwrap().by.token.clone();
    let resumed: Vec<_> = tokens.collect();
    assert!(resumed.len() == 1 && resumed[0] != begun_by.unwrap(), "{resumed:?}");
    assert_eq!(server.writes().len(), 3);
}

#[test]
fn s13_the_token_that_has_begun_a_run_goes_on_without_a_word_about_it() {
    let home = Home::new();
    let server = Server::troubled(&["DELETE /accounts/*/iam/user_groups/*/members/* 1: 401"]);
    drop(refused_in_the_middle(&home, &server));
    let mut terminal = server.client_as(&home, "writer").size(120, 30).start();
    terminal.wait("Keep 1 staged change").keys("n").wait_gone("Keep 1 staged");
    terminal.wait(ACCOUNT).keys("6 G t").wait("could not go on").keys("enter");
    terminal.wait("Resume in");
    assert!(!terminal.text().contains("Another token"), "{}", terminal.text());
}

#[test]
fn from_the_card_what_a_run_has_done_is_taken_back_behind_its_plan() {
    let home = Home::new();
    let server = Server::troubled(&["DELETE /accounts/*/iam/user_groups/*/members/* 1: 401"]);
    let mut terminal = refused_in_the_middle(&home, &server);
    terminal.wait("Keep 1 staged change").keys("n").wait_gone("Keep 1 staged");
    terminal.wait(ACCOUNT).keys("6 G t").wait("could not go on").keys("j enter");
    terminal.wait("takes back the run").wait("Remove ").wait("ctrl-s");
    assert_eq!(server.writes().len(), 2, "its plan is shown first");
    terminal.keys("ctrl-s").wait("Apply to").keys("y").wait("taken back: 1 done");
    let writes = server.writes();
    assert!(writes.len() == 3 && writes[2].starts_with("DELETE "), "{writes:?}");
}

#[test]
fn a_run_that_was_broken_off_and_taken_back_is_over_in_this_session_and_in_the_next() {
    let home = Home::new();
    let hangs = "DELETE /accounts/*/iam/user_groups/*/members/* 1: hang";
    let server = Server::troubled(&[hangs]);
    server.third_in_a_group();
    let mut terminal = server.client_as(&home, "writer").start();
    stage_two(&mut terminal);
    terminal.apply();
    wait_for_writes(&server, &mut terminal, 2);
    kill(&mut terminal);
    let mut terminal = server.client_as(&home, "writer").size(120, 30).start();
    terminal.wait("was broken off").keys("j enter").wait("takes back the run").wait("ctrl-s");
    terminal.keys("ctrl-s").wait("Apply to").keys("y").wait("taken back: 1 done");
    let writes = server.writes().len();
    // As long as the removal may still land, the undoing leaves it out, and has taken back a part.
    terminal.keys("6").wait("; taken back ").keys("G t");
    terminal.wait("it was taken back ").keys("ctrl-c");
    assert!(matches!(terminal.ended(), Ended::Status(_)));
    let mut terminal = server.client_as(&home, "writer").size(120, 30).start();
    terminal.wait("Keep 1 staged change").keys("n").wait_gone("Keep 1 staged");
    terminal.wait(ACCOUNT).keys("6").wait("broken off: 1 done").wait("; taken back ");
    terminal.keys("G t").wait("it was taken back ");
    assert_eq!(server.writes().len(), writes, "nothing more is sent");
}

#[test]
fn d9_a_journal_that_breaks_off_in_a_line_is_put_aside_and_the_run_is_read_back() {
    let home = Home::new();
    let server = Server::troubled(&[HANGS]);
    let first = killed(&home, &server);
    drop(first);
    let path = home.journals().remove(0);
    let whole = std::fs::read(&path).unwrap();
    let torn = [&whole[..], b"{\"v\":1,\"seq\":"].concat();
    std::fs::write(&path, &torn).unwrap();
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait("was broken off");
    let aside = home
        .path("state/cfiam/runs")
        .join(format!("{}.broken-1", path.file_name().unwrap().to_str().unwrap()));
    assert_eq!(std::fs::read(aside).unwrap(), torn);
    assert_eq!(story(&home).rest, Rest::Nothing);
}

#[test]
fn d10_a_journal_that_was_changed_is_shown_and_never_written_on() {
    let home = Home::new();
    let server = Server::troubled(&[HANGS]);
    drop(killed(&home, &server));
    let path = home.journals().remove(0);
    let mut changed = std::fs::read(&path).unwrap();
    let at = changed.len() - 30;
    changed[at] ^= 1;
    std::fs::write(&path, &changed).unwrap();
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait("Keep ").keys("n").wait(ACCOUNT);
    terminal.keys("6").wait("its journal is damaged");
    terminal.keys("G t").wait("what can be read of it is shown");
    assert_eq!(std::fs::read(&path).unwrap(), changed);
}

#[test]
fn s11_a_second_program_changes_no_group_that_a_run_of_the_first_is_changing() {
    let home = Home::new();
    let server = Server::troubled(&["POST /accounts/*/iam/user_groups/*/members 1: hang"]);
    let mut first = server.client_as(&home, "writer").start();
    first.wait(ACCOUNT).stage_add(1).apply();
    wait_for_writes(&server, &mut first, 1);
    let mut second = server.client_as(&home, "writer").size(120, 30).start();
    second.wait("Keep 1 staged change").keys("n").wait_gone("Keep 1 staged");
    second.wait(ACCOUNT).apply().wait("another cfiam is changing");
    second.wait(&format!("process {} on", first.id()));
    assert_eq!(server.writes().len(), 1);
    assert!(!second.text().contains("broken off"), "it is on: {}", second.text());
    // Once the first is gone, the second is free.
    kill(&mut first);
    second.keys("1").wait("E-MAIL").apply().wait("1 done");
    assert_eq!(server.writes().len(), 2);
}
