//! Kinds of terminals, and none.

use super::driver::{DEMO, Ended, LOOKED_AT, Launch};
use super::home::Home;

/// Whether something was ever painted in a colour: what sets one has the numbers 30 to 38, 40 to 48 or above 90.
fn has_colour(raw: &[u8]) -> bool {
    let text = String::from_utf8_lossy(raw);
    let styles = text.split("\x1b[").skip(1).filter_map(|piece| piece.split_once('m'));
    let styles =
        styles.filter(|(numbers, _)| numbers.chars().all(|c| c.is_ascii_digit() || c == ';'));
    let mut numbers = styles.flat_map(|(numbers, _)| numbers.split(';'));
    numbers.any(|number| {
        let number: u32 = number.parse().unwrap_or(0);
        matches!(number, 30..=38 | 40..=48 | 90..=107)
    })
}

#[test]
fn t8_every_kind_of_terminal_that_can_place_text_shows_the_same_words_with_colours_or_without() {
    let mut shown = Vec::new();
    for kind in ["xterm-256color", "xterm", "screen", "linux", "vt100", "no-such-terminal"] {
        for no_color in [false, true] {
            let home = Home::new();
            let mut launch = Launch::new(&home, &["--demo"]).env("TERM", kind);
            if no_color {
                launch = launch.env("NO_COLOR", "1");
            }
            let mut terminal = launch.start();
            terminal.wait(DEMO).wait(LOOKED_AT);
            assert_eq!(has_colour(&terminal.raw), !no_color, "{kind}");
            shown.push(terminal.text());
            // The cursor's row is told apart without a colour too.
            let cursor = terminal.screen().cell(5, 10).unwrap();
            assert!(!no_color || cursor.inverse(), "{kind}");
            assert_eq!(terminal.keys("q").ended(), Ended::Status(0));
            terminal.assert_restored();
        }
    }
    shown.dedup();
    assert_eq!(shown.len(), 1, "{shown:?}");
}

#[test]
fn t8_a_terminal_that_can_t_place_text_is_refused_with_a_word_and_status_2() {
    for kind in [Some("dumb"), Some(""), None] {
        let home = Home::new();
        let launch = Launch::new(&home, &["--demo"]).without("TERM");
        let launch = match kind {
            Some(kind) => launch.env("TERM", kind),
            None => launch,
        };
        let mut terminal = launch.start();
        assert_eq!(terminal.ended(), Ended::Status(2), "{kind:?}");
        let text = terminal.text();
        assert!(text.contains("TERM is dumb or not set"), "{text}");
        assert_eq!(terminal.sent("\x1b"), 0);
        terminal.assert_restored();
    }
}

#[test]
fn t9_without_a_terminal_the_console_says_so_and_ends_with_status_2() {
    for arguments in [&["--demo"][..], &[]] {
        let home = Home::new();
        let refused = Launch::new(&home, arguments).plain().assert().code(2);
        let output = refused.get_output();
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(words.contains("needs a terminal") && output.stdout.is_empty(), "{words}");
        assert!(!words.contains('\x1b') && !words.contains("backtrace"), "{words}");
    }
}

#[test]
fn t9_one_end_that_is_no_terminal_is_enough_and_the_other_is_left_as_it_is() {
    for redirection in ["< /dev/null", "| cat", "> file"] {
        let home = Home::new();
        let mut terminal = Launch::shell(&home).start();
        let program = env!("CARGO_BIN_EXE_cfiam");
        terminal.wait_for_shell();
        terminal.send(&format!("{program} --demo {redirection}; echo over\r"));
        terminal.wait("over\n").wait_for_shell();
        terminal.assert_restored_but_for_the_shell();
        assert_eq!(terminal.sent("\x1b[?1049h"), 0, "{redirection}");
        assert!(terminal.text().contains("needs a terminal"), "{}", terminal.text());
    }
}

#[test]
fn t9_what_is_no_screen_works_without_a_terminal() {
    let home = Home::new();
    for arguments in [&["--version"][..], &["--help"], &["emulator", "--help"]] {
        Launch::new(&home, arguments).plain().assert().code(0);
    }
}
