//! The terminal is put back on every way out.

use rustix::process::Signal;

use super::driver::{ACCOUNT, DEMO, Ended, LOOKED_AT, Launch, Terminal};
use super::home::Home;
use super::server::Server;

/// The demo with its first list whole.
fn demo(home: &Home) -> Terminal {
    let mut terminal = Launch::new(home, &["--demo"]).start();
    terminal.wait(DEMO);
    assert!(terminal.is_taken());
    terminal
}

#[test]
fn t18_leaving_by_a_key_puts_back_every_mode_that_was_set() {
    for keys in ["q", "ctrl-c"] {
        let home = Home::new();
        let mut terminal = demo(&home);
        assert_eq!(terminal.keys(keys).ended(), Ended::Status(0), "{keys}");
        terminal.assert_restored();
        for mode in ["\x1b[?1000h", "\x1b[?1003h", "\x1b[?1004h", "\x1b[>1u"] {
            assert_eq!(terminal.sent(mode), 0, "never asked for: {mode:?}");
        }
    }
}

#[test]
fn an_error_before_the_first_frame_leaves_the_terminal_as_it_was() {
    let home = Home::new();
    let mut terminal = Launch::new(&home, &["--account", "../x"]).start();
    assert_eq!(terminal.ended(), Ended::Status(2));
    terminal.assert_restored();
    assert_eq!(terminal.sent("\x1b"), 0, "{:?}", String::from_utf8_lossy(&terminal.raw));
}

#[test]
fn t10_every_signal_that_ends_the_program_puts_the_terminal_back_and_is_its_status() {
    for (signal, number) in
        [(Signal::HUP, 1), (Signal::INT, 2), (Signal::QUIT, 3), (Signal::TERM, 15)]
    {
        let home = Home::new();
        let mut terminal = demo(&home);
        assert_eq!(terminal.signal(signal).ended(), Ended::Status(128 + number), "{signal:?}");
        terminal.assert_restored();
    }
}

#[test]
fn t10_a_signal_in_a_run_starts_no_other_write_and_says_what_is_not_known() {
    let home = Home::new();
    let server = Server::troubled(&["POST /accounts/*/iam/user_groups/*/members: delay=60000"]);
    let mut terminal = server.third_in_a_group().client_as(&home, "writer").start();
    terminal
        .wait(ACCOUNT)
        .stage_add(1)
        .stage_remove(2)
        .apply()
        .wait_until("a write on its way", |_| !server.writes().is_empty());
    assert_eq!(terminal.signal(Signal::TERM).ended(), Ended::Status(143));
    terminal.assert_restored();
    assert_eq!(server.writes().len(), 1);
    let words = terminal.text().replace('\n', "");
    assert!(words.contains("look at the account"), "{words}");
    let kept = home.staged(server.emulator.account_id());
    assert_eq!(kept.matches("member").count(), 2, "both stay staged: {kept}");
}

#[test]
fn t11_ctrl_z_gives_the_terminal_back_to_the_shell_and_fg_paints_everything_again() {
    let home = Home::new();
    let mut terminal = Launch::shell(&home).start();
    let program = env!("CARGO_BIN_EXE_cfiam");
    terminal.wait_for_shell().send(&format!("{program} --demo\r")).wait(DEMO).wait(LOOKED_AT);
    for _ in 0..2 {
        let before = terminal.text();
        terminal.keys("ctrl-z").wait_for_shell();
        terminal.assert_restored_but_for_the_shell();
        let sent = terminal.raw.len();
        terminal.send("fg\r").wait_until("the same screen", |screen| screen == before);
        assert!(terminal.is_taken());
        assert!(terminal.raw.len() - sent > 1000, "painted whole");
    }
    terminal.keys("q").wait_for_shell();
    terminal.assert_restored_but_for_the_shell();
    terminal.send("echo status $?\r").wait("status 0");
}

#[test]
fn t11_ctrl_z_without_a_shell_to_come_back_to_is_refused_and_the_program_goes_on() {
    let home = Home::new();
    let mut terminal = demo(&home);
    terminal.keys("ctrl-z").wait("there is no shell to come back from");
    assert!(terminal.is_taken());
    terminal.keys("ctrl-c");
    assert_eq!(terminal.ended(), Ended::Status(0));
}

#[test]
fn t15_a_terminal_that_is_closed_ends_the_program_as_a_hang_up_does() {
    let home = Home::new();
    let mut terminal = demo(&home);
    terminal.close();
    assert_eq!(terminal.ended(), Ended::Status(129));
    assert!(home.log().is_empty(), "the demo keeps nothing");
}

#[test]
fn t15_a_closed_terminal_is_no_panic_and_what_was_staged_is_kept() {
    let (home, server) = (Home::new(), Server::start());
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait(ACCOUNT).stage_add(1);
    terminal.close();
    assert_eq!(terminal.ended(), Ended::Status(129));
    let log = home.log();
    assert!(log.contains("left") && !log.contains("panic"), "{log}");
    assert!(home.staged(server.emulator.account_id()).contains("member"));
}

#[test]
fn t15_a_reader_of_standard_output_that_goes_away_is_no_failure() {
    let home = Home::new();
    let mut terminal = Launch::shell(&home).start();
    let program = env!("CARGO_BIN_EXE_cfiam");
    terminal.wait_for_shell().send(&format!("{program} emulator --help | head -1; echo over\r"));
    terminal.wait_for_shell();
    assert!(!terminal.text().contains("panic"), "{}", terminal.text());
}
