//! What comes from a terminal that is no key.

use super::driver::{ACCOUNT, DEMO, Ended, LOOKED_AT, Launch};
use super::home::Home;
use super::server::Server;

/// Keys that would add someone to a group, apply it and quit, and a deletion.
const DESTRUCTIVE: &str = "a\rP\x13y\nD\nq\nx\ry";

#[test]
fn t16_a_paste_fires_no_key_and_writes_nothing() {
    let (home, server) = (Home::new(), Server::start());
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait(ACCOUNT);
    terminal.send(&format!("\x1b[200~{DESTRUCTIVE}\x1b[201~"));
    terminal.keys("?").wait("What can be done here").keys("esc").wait(ACCOUNT);
    assert!(!terminal.text().contains("Changes 1"), "{}", terminal.text());
    assert_eq!(server.writes(), Vec::<String>::new());
    assert!(home.staged(server.emulator.account_id()).is_empty());
}

#[test]
fn t16_lines_that_come_all_at_once_without_brackets_fire_no_key_either() {
    let (home, server) = (Home::new(), Server::start());
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait(ACCOUNT);
    // As terminals send a line's end.
    let pasted = "alice@northwind.example\rq\rD\ry\r".repeat(20);
    terminal.send(&pasted).press_until("?", "What can be done here").keys("esc").wait(ACCOUNT);
    assert!(!terminal.text().contains("Changes 1"), "{}", terminal.text());
    assert_eq!(server.writes(), Vec::<String>::new());
}

#[test]
fn t16_a_megabyte_of_pasted_people_is_counted_and_more_than_that_is_cut_with_a_word() {
    for (lines, word) in [(20_000, "20,000 unknown"), (60_000, "cut at 1 MB")] {
        let home = Home::new();
        let mut terminal = Launch::new(&home, &["--demo"]).start();
        terminal.wait(DEMO).keys("2").wait("NAME↑").keys("a").wait("Add members");
        let people: Vec<String> = (0..lines).map(|n| format!("nobody{n}@example.com\n")).collect();
        let people = people.concat();
        terminal.send(&format!("\x1b[200~{people}\x1b[201~"));
        terminal.wait(word);
        assert_eq!(terminal.keys("ctrl-c").ended(), Ended::Status(0));
    }
}

#[test]
fn t17_replies_of_a_terminal_are_no_keys_and_change_nothing_on_the_screen() {
    let home = Home::new();
    let mut terminal = Launch::new(&home, &["--demo"]).start();
    terminal.wait(DEMO).wait(LOOKED_AT);
    let before = terminal.text();
    for reply in [
        "\x1b[?62;22c",
        "\x1b[>41;354;0c",
        "\x1bP>|XTerm(379)\x1b\\",
        "\x1b[24;80R",
        "\x1b[0n",
        "\x1b[?2026;2$y",
        "\x1b[?1u",
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
        "\x1b]10;rgb:ffff/ffff/ffff\x07",
        "\x1b]l a title with q in it\x1b\\",
        "\x1bP1+r544e=787465726d\x1b\\",
        "\x1bP0+r\x1b\\",
        "\x1b[8;24;80t",
        "\x1b[4;600;800t",
        "\x1b_Gi=31;OK\x1b\\",
        "\x1b[I",
        "\x1b[O",
        "\x1b[<0;10;10M",
        "\x1b[<0;10;10m",
        "\x1b^private q\x1b\\",
    ] {
        terminal.send(reply).keys("?").wait("What can be done here");
        terminal.keys("esc").wait_until(&format!("the same after {reply:?}"), |now| now == before);
    }
    assert_eq!(terminal.keys("q").ended(), Ended::Status(0));
}
