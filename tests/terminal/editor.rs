//! Change files from the console: saved, opened, and edited in the person's own editor, which has the terminal
//! meanwhile.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::driver::{ACCOUNT, Ended};
use super::home::Home;
use super::server::Server;

/// An editor that is a script of a shell.
fn editor(home: &Home, script: &str) -> String {
    let path = home.path("home/editor");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path.display().to_string()
}

#[test]
fn k5_the_editor_has_the_terminal_and_its_keys_but_no_credential_and_the_console_comes_back() {
    let (server, home) = (Server::start(), Home::new());
    let seen = home.path("home/seen").display().to_string();
    // It shows what it is given, waits for lines, takes everything out, and writes down what it saw.
    let script = format!(
        "cat \"$1\"; env > {seen}; stty -a >> {seen}; \
         for n in 1 2 3 4 5 6 7 8 9; do printf \"line $n: \"; read line; echo \"$line\" >> {seen}; done; \
         : > \"$1\""
    );
    let editor = editor(&home, &script);
    let mut terminal = server.client_as(&home, "writer").env("VISUAL", &editor).start();
    terminal.wait(ACCOUNT).stage_add(1);
    terminal.keys("6").wait("Add ").keys("e").wait("line 1:");
    assert!(!terminal.is_taken(), "the terminal is the editor's");
    assert!(terminal.text().contains("[groups."), "{}", terminal.text());
    for n in 1..=9 {
        terminal.wait(&format!("line {n}:")).send(&format!("q{n}\r"));
    }
    terminal.wait("0 staged changes now");
    assert!(terminal.is_taken());
    let seen = fs::read_to_string(seen).unwrap();
    assert!(seen.contains("q1\nq2\nq3\nq4\nq5\nq6\nq7\nq8\nq9\n"), "{seen}");
    assert!(seen.contains(" icanon"), "{seen}");
    for secret in ["CLOUDFLARE_API_TOKEN", &server.token("writer")] {
        assert!(!seen.contains(secret), "{seen}");
    }
    // What was typed for the editor was for the editor alone, and the console takes keys again.
    terminal.keys("2").wait("Groups").keys("q");
    assert_eq!(terminal.ended(), Ended::Status(0));
    terminal.assert_restored();
    assert_eq!(server.writes(), Vec::<String>::new());
}

#[test]
fn a_ctrl_c_for_the_editor_is_not_for_the_console() {
    let (server, home) = (Server::start(), Home::new());
    let editor = editor(&home, "trap 'exit 3' INT; printf 'press ctrl-c: '; read line");
    let mut terminal = server.client_as(&home, "writer").env("EDITOR", &editor).start();
    terminal.wait(ACCOUNT).stage_add(1);
    terminal.keys("6").wait("Add ").keys("e").wait("press ctrl-c:");
    terminal.keys("ctrl-c").wait("the editor ended with");
    assert!(terminal.is_taken());
    terminal.wait("Add ").keys("q");
    assert_eq!(terminal.ended(), Ended::Status(0));
    terminal.assert_restored();
}

#[test]
fn told_to_end_while_the_editor_is_open_the_console_ends_all_the_same() {
    let (server, home) = (Server::start(), Home::new());
    let editor = editor(&home, "trap '' TERM; printf 'press enter: '; read line");
    let mut terminal = server.client_as(&home, "writer").env("EDITOR", &editor).start();
    terminal.wait(ACCOUNT).stage_add(1);
    terminal.keys("6").wait("Add ").keys("e").wait("press enter:");
    terminal.signal(rustix::process::Signal::TERM);
    assert!(matches!(terminal.ended(), Ended::Killed(_) | Ended::Status(143)));
}

#[test]
fn what_is_staged_is_saved_to_a_file_and_comes_back_from_it() {
    let (server, home) = (Server::start(), Home::new());
    let file = home.path("home/changes.toml");
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait(ACCOUNT).stage_add(1);
    terminal.send(":save ~/changes.toml\r").wait("1 staged change saved to");
    assert!(fs::read_to_string(&file).unwrap().contains("add = ["));
    terminal.send(":save ~/changes.toml\r").wait("is there already");
    terminal.keys("6").wait("Add ").keys("X").wait("Take all").keys("y").wait_gone("Add ");
    terminal.send(":open ~/changes.toml\r").wait("1 staged").wait("Add ");
    fs::write(&file, "[groups.nowhere]\ndelete = true\n").unwrap();
    terminal.send(":open ~/changes.toml\r").wait("line 1: no group is called").keys("n");
    terminal.wait_gone("line 1").wait("Add ").keys("q");
    assert_eq!(terminal.ended(), Ended::Status(0));
}
