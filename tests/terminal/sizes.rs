//! Any size, and signs of any width.

use std::time::Duration;

use cfiam::emulator::Options;

use super::driver::{ACCOUNT, DEMO, Ended, LOOKED_AT, Launch};
use super::home::Home;
use super::server::{Server, options};

/// Numbers that look picked at random, and are the same at every run.
fn dice() -> impl FnMut() -> u16 {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u16::try_from(state % 200).unwrap() + 1
    }
}

/// What is shown at this size by a program that never had another.
fn fresh(columns: u16, rows: u16) -> String {
    let home = Home::new();
    let mut terminal = Launch::new(&home, &["--demo"]).size(columns, rows).start();
    terminal.wait(DEMO).wait(LOOKED_AT);
    terminal.text()
}

#[test]
fn t1_after_five_hundred_sizes_the_last_frame_is_the_one_of_a_fresh_start() {
    let home = Home::new();
    let mut terminal = Launch::new(&home, &["--demo"]).start();
    terminal.wait(DEMO);
    let mut dice = dice();
    for turn in 0..500 {
        terminal.resize(dice(), dice());
        if turn % 10 == 0 {
            terminal.take_for(Duration::from_millis(1));
        }
    }
    let wanted = fresh(120, 40);
    terminal.resize(120, 40).wait_until("the frame of a fresh start", |screen| screen == wanted);
    assert_eq!(terminal.keys("q").ended(), Ended::Status(0));
    terminal.assert_restored();
}

#[test]
fn t1_no_write_is_lost_while_the_size_changes() {
    let (home, server) = (Home::new(), Server::start());
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait(ACCOUNT).stage_add(1).apply();
    let mut dice = dice();
    for _ in 0..100 {
        terminal.resize(dice(), dice()).take_for(Duration::from_millis(1));
    }
    terminal.resize(100, 30).wait("1 done");
    assert_eq!(server.writes().len(), 1);
}

#[test]
fn t2_at_any_size_down_to_one_cell_the_program_starts_and_its_keys_work() {
    for (columns, rows) in [(1, 1), (10, 3), (200, 1), (1, 200), (39, 10), (40, 9), (40, 10)] {
        for (key, status) in [("q", 0), ("ctrl-c", 0)] {
            let home = Home::new();
            let mut terminal = Launch::new(&home, &["--demo"]).size(columns, rows).start();
            terminal.wait_until("something", |screen| !screen.trim().is_empty());
            assert_eq!(terminal.keys(key).ended(), Ended::Status(status), "{columns}x{rows} {key}");
            terminal.assert_restored();
        }
    }
}

#[test]
fn t2_where_it_is_too_small_a_line_says_so_and_a_run_goes_on() {
    let server = Server::troubled(&["POST /accounts/*/iam/user_groups/*/members: delay=300"]);
    let home = Home::new();
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait(ACCOUNT).stage_add(1).apply();
    terminal.resize(30, 5).wait("too small");
    terminal.resize(80, 24).wait("1 done");
    assert_eq!(server.writes().len(), 1);
}

/// A member whose name has these signs, seen in the list under a filter that leaves that row alone.
fn named(server: &Server, first: &str, last: &str) -> String {
    let (id, email) = server.emulator.people().into_iter().nth(7).unwrap();
    assert!(server.emulator.rename_member(&id, first, last));
    email
}

#[test]
fn t3_names_of_every_width_leave_what_stands_behind_them_in_its_column() {
    let (home, server) = (Home::new(), Server::start());
    let people = server.emulator.people();
    let names = ["山田", "한국어", "Zoë", "e\u{301}e\u{301}", "ｆｕｌｌ", "Ж", "plain", "👍🏽", "🇩🇪"];
    for ((id, _), name) in people.iter().zip(names) {
        assert!(server.emulator.rename_member(id, name, "x"));
    }
    let mut terminal = server.client_as(&home, "writer").size(100, 24).start();
    terminal.wait(ACCOUNT).wait("山田 x").wait("plain x");
    terminal.keys("G g j k").wait("山田 x");
    let screen = terminal.screen();
    // The line between list and preview stands in one column, from the list's heading to the footer.
    let is_border =
        |row, column| screen.cell(row, column).is_some_and(|cell| cell.contents() == "│");
    let column = (0..100).find(|column| is_border(3, *column)).unwrap();
    let broken: Vec<u16> = (3..23).filter(|row| !is_border(*row, column)).collect();
    assert_eq!(broken, Vec::<u16>::new(), "{}", terminal.text());
}

#[test]
fn t3_half_a_wide_sign_is_never_left_over_when_rows_change_under_a_filter() {
    let home = Home::new();
    let mut terminal = Launch::new(&home, &["--demo"]).start();
    terminal.wait(DEMO).keys("/");
    for typed in ["n", "no", "noo", "noor"] {
        let last = typed.chars().last().unwrap().to_string();
        terminal.send(&last).wait(&format!("/ {typed} "));
        terminal.take_for(Duration::from_millis(100));
        let screen = terminal.screen();
        for (row, column) in (0..24).flat_map(|row| (1..80).map(move |column| (row, column))) {
            let before = screen.cell(row, column - 1).unwrap();
            let cell = screen.cell(row, column).unwrap();
            assert_eq!(cell.is_wide_continuation(), before.is_wide(), "{row}, {column}: {typed}");
        }
    }
    // Every row that changes and has or had such a sign is cleared first: no terminal can keep a half.
    assert!(terminal.sent("\x1b[K") > 4);
}

#[test]
fn t3_nothing_is_written_while_nothing_changes_though_wide_signs_are_shown() {
    let home = Home::new();
    let mut terminal = Launch::new(&home, &["--demo"]).start();
    terminal.wait(DEMO).keys("/").send("choi").wait("/ choi");
    terminal.take_for(Duration::from_millis(500));
    assert_eq!(terminal.take_for(Duration::from_secs(2)), 0);
}

#[test]
fn t4_t5_t6_hostile_names_reach_the_terminal_as_marks_and_never_as_they_are() {
    let server = Server::with(Options { members: 20, ..options() });
    let home = Home::new();
    let hostile = "\u{1b}[2J\u{1b}]0;pwned\u{7}\r\n\t\u{8}\u{7f}\u{9b}1m\u{202e}evil";
    let email = named(&server, hostile, "\u{2066}x\u{200b}");
    let mut terminal = server.client_as(&home, "writer").size(100, 24).start();
    terminal.wait(" · just now");
    terminal.keys("/").send(&email).keys("enter").wait("^[[2J").wait("⟨U+202E⟩");
    let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
    for never in ["\x1b[2J\x1b]0", "\x1b]0;", "\u{7}", "\u{202e}", "\u{2066}", "\u{200b}", "\u{9b}"]
    {
        assert!(!raw.contains(never), "{never:?}");
    }
    terminal.keys("ctrl-c");
    assert_eq!(terminal.ended(), Ended::Status(0));
    let log = home.log();
    assert!(!log.contains('\x1b') && !log.contains("pwned"), "{log}");
}
