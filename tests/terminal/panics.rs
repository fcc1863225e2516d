//! A panic never leaves a broken terminal, and one in the background never takes the screen away. The panics are
//! planted: builds with debug assertions have them, others do not.

use super::driver::{ACCOUNT, DEMO, Ended, LOOKED_AT, Launch, Terminal};
use super::home::Home;
use super::server::Server;

const SENTINEL: &str = "sentinel-7f3a91c2e8";

/// The panics are in the program exactly where debug assertions are, whatever profile the tests are built in.
#[test]
fn t12_a_build_without_debug_assertions_has_no_planted_panic() {
    let program = std::fs::read(env!("CARGO_BIN_EXE_cfiam")).unwrap();
    let trigger = concat!("CFIAM", "_PANIC").as_bytes();
    let planted = program.windows(trigger.len()).any(|at| at == trigger);
    assert_eq!(planted, cfg!(debug_assertions));
    let manifest = include_str!("../../Cargo.toml");
    assert!(!manifest.contains("debug-assertions"), "no profile turns them on for a release");
}

/// The demo, in which F12 panics there; the message holds the token of the environment.
fn demo(home: &Home, panics: &str) -> Terminal {
    let launch = Launch::new(home, &["--demo"]).env("CFIAM_PANIC", panics);
    let mut terminal = launch.env("CLOUDFLARE_API_TOKEN", SENTINEL).start();
    terminal.wait(DEMO);
    terminal
}

#[cfg(debug_assertions)]
#[test]
fn t12_a_panic_of_the_loop_puts_the_terminal_back_once_is_told_there_and_is_status_101() {
    let home = Home::new();
    let mut terminal = demo(&home, "loop");
    assert_eq!(terminal.keys("f12").ended(), Ended::Status(101));
    terminal.assert_restored();
    assert_eq!(terminal.sent("\x1b[?1049l"), 1);
    let text = terminal.text();
    assert!(text.contains("planted.rs") && text.contains("This is a defect of cfiam"), "{text}");
    assert!(!text.contains("stack backtrace"), "{text}");
}

#[cfg(debug_assertions)]
#[test]
fn t13_a_panic_in_another_thread_leaves_the_screen_and_the_keys_as_they_are() {
    let home = Home::new();
    let mut terminal = demo(&home, "thread");
    let before = terminal.wait(LOOKED_AT).text();
    terminal.keys("f12 ?").wait("What can be done here");
    terminal.keys("esc").wait_until("the list as before", |screen| screen == before);
    assert!(terminal.is_taken());
    assert_eq!(terminal.keys("q").ended(), Ended::Status(0));
    terminal.assert_restored();
    assert!(!String::from_utf8_lossy(&terminal.raw).contains("planted"));
}

#[cfg(debug_assertions)]
#[test]
fn t13_a_panic_in_a_task_that_reads_is_a_failure_on_the_screen_and_the_rest_goes_on() {
    let home = Home::new();
    let mut terminal = Launch::new(&home, &["--demo"]).env("CFIAM_PANIC", "ask").start();
    terminal.wait("defect");
    assert!(terminal.is_taken());
    assert_eq!(terminal.keys("ctrl-c").ended(), Ended::Status(0));
    terminal.assert_restored();
}

#[cfg(debug_assertions)]
#[test]
fn t13_a_panic_in_a_run_ends_it_as_paused_and_what_was_in_flight_is_unknown() {
    let (home, server) = (Home::new(), Server::start());
    let mut terminal = server.client_as(&home, "writer").env("CFIAM_PANIC", "run").start();
    terminal
        .wait(ACCOUNT)
        .stage_add(1)
        .apply()
        .wait("could not go on")
        .wait("defect")
        .wait("unknown");
    assert!(terminal.is_taken());
    terminal.keys("ctrl-c");
    assert_eq!(terminal.ended(), Ended::Status(5), "{}", terminal.text());
    terminal.assert_restored();
    assert!(home.staged(server.emulator.account_id()).contains("member"), "it stays staged");
}

#[cfg(debug_assertions)]
#[test]
fn t14_a_second_panic_never_leaves_a_broken_terminal() {
    let home = Home::new();
    let mut terminal = demo(&home, "both");
    assert_eq!(terminal.keys("f12").ended(), Ended::Status(101));
    terminal.assert_restored();
    assert_eq!(terminal.sent("\x1b[?1049l"), 1);

    let home = Home::new();
    let mut terminal = demo(&home, "twice");
    assert!(matches!(terminal.keys("f12").ended(), Ended::Killed(_)));
    terminal.assert_restored();
    assert!(terminal.text().contains("This is a defect of cfiam"), "{}", terminal.text());
}
