//! A terminal that takes nothing for a while.

use std::time::{Duration, Instant};

use super::driver::{ACCOUNT, DEMO, Ended, Launch};
use super::home::Home;
use super::server::Server;

#[test]
fn t19_a_run_goes_on_while_the_terminal_takes_nothing_and_the_last_frame_is_right() {
    let (home, server) = (Home::new(), Server::start());
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait(ACCOUNT).stage_add(1).keys("P").wait("nothing is sent yet: ctrl-s");
    terminal.keys("ctrl-s").wait("Apply to").keys("y");
    // Nobody reads what the program writes; it is kept busy writing more.
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.writes().is_empty() {
        assert!(Instant::now() < deadline, "the write waits for the screen");
        terminal.keys("? esc");
        std::thread::sleep(Duration::from_millis(5));
    }
    terminal.wait("1 done");
}

#[test]
fn t19_frames_that_a_slow_terminal_had_no_time_for_are_left_out() {
    let home = Home::new();
    let mut terminal = Launch::new(&home, &["--demo"]).size(200, 60).start();
    terminal.wait(DEMO);
    let whole = terminal.raw.len();
    for _ in 0..2_000 {
        terminal.send("2").send("1");
    }
    let sent = terminal.raw.len();
    terminal.send("/").send("alice").wait("/ alice");
    let came = terminal.raw.len() - sent;
    println!("{came} bytes for 4,000 changes of the screen; the first screens took {whole}");
    assert!(came < 20 * whole, "{came}");
    assert_eq!(terminal.keys("ctrl-c").ended(), Ended::Status(0));
}

#[test]
fn t10_t19_a_terminal_that_takes_nothing_any_more_can_t_keep_the_program_from_ending() {
    let home = Home::new();
    let mut terminal = Launch::new(&home, &["--demo"]).size(200, 60).start();
    terminal.wait(DEMO);
    for _ in 0..200 {
        terminal.send("2");
        std::thread::sleep(Duration::from_millis(2));
        terminal.send("1");
        std::thread::sleep(Duration::from_millis(2));
    }
    terminal.signal(rustix::process::Signal::TERM);
    assert!(terminal.ended_unread(), "it waits for a terminal that takes nothing");
}
