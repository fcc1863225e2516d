//! A command that changes something asks on the terminal, and only a typed answer is one.

use super::driver::{Ended, Terminal};
use super::home::Home;
use super::server::Server;

/// Someone who can be added to the first group, and the group.
fn somebody(server: &Server) -> (String, String) {
    let (id, group) = server.emulator.groups()[0].clone();
    let inside = server.emulator.memberships(&id);
    let people = server.emulator.people();
    let outside = people.iter().rev().find(|(id, _)| !inside.contains(id)).unwrap();
    (group, outside.1.clone())
}

fn asked(server: &Server, home: &Home, words: &[&str]) -> Terminal {
    let mut launch = server.client_as(home, "writer").size(200, 50);
    for word in words {
        launch = launch.arg(word);
    }
    launch.start()
}

#[test]
fn a_typed_y_applies_the_plan_and_anything_else_changes_nothing() {
    let (server, home) = (Server::start(), Home::new());
    let (group, who) = somebody(&server);
    let words = ["members", "add-to", &group, &who];
    for no in ["\r", "n\r", "Y\r", "yes\r", "\x04"] {
        let mut terminal = asked(&server, &home, &words);
        terminal.wait("y applies it:").send(no);
        assert_eq!(terminal.ended(), Ended::Status(1), "{no:?}: {}", terminal.text());
        assert!(terminal.text().contains("nothing was changed"));
    }
    assert_eq!(server.writes(), Vec::<String>::new());
    let mut terminal = asked(&server, &home, &words);
    terminal.wait("y applies it:").send("y\r");
    assert_eq!(terminal.ended(), Ended::Status(0), "{}", terminal.text());
    assert!(terminal.text().contains("applied: 1 done"), "{}", terminal.text());
    assert_eq!(server.writes().len(), 1);
    // What was said in passing is gone from the screen, and was never for a terminal that can't take it back.
    assert!(terminal.sent("reading members: ") > 0 && !terminal.text().contains("reading"));
    let mut plain = server.client_as(&home, "writer").env("TERM", "dumb").arg("plan").start();
    assert_eq!(plain.ended(), Ended::Status(0));
    assert_eq!(plain.sent("\x1b"), 0, "{}", plain.text());
}

#[test]
fn a_deletion_asks_for_the_group_s_name() {
    let (server, home) = (Server::start(), Home::new());
    assert!(server.emulator.groups().iter().all(|(_, name)| name != "spare"));
    let mut made = asked(&server, &home, &["groups", "create", "spare", "--yes"]);
    assert_eq!(made.ended(), Ended::Status(0), "{}", made.text());
    for (typed, status) in [("y\r", 1), ("spare\r", 0)] {
        let mut terminal = asked(&server, &home, &["groups", "delete", "spare"]);
        terminal.wait("Type spare to apply this").send(typed);
        assert_eq!(terminal.ended(), Ended::Status(status), "{}", terminal.text());
    }
    assert_eq!(server.emulator.group_id("spare"), None);
}

#[test]
fn a_member_list_that_is_replaced_in_one_call_asks_for_the_group_s_name() {
    let (server, home) = (Server::start(), Home::new());
    let (group, who) = somebody(&server);
    let inside = server.emulator.memberships(&server.emulator.groups()[0].0);
    let people = server.emulator.people();
    let stay = people.iter().filter(|(id, _)| inside.contains(id)).map(|(_, email)| email);
    let list: Vec<&str> = stay.chain([&who]).map(String::as_str).collect();
    std::fs::write(home.path("list"), list.join("\n")).unwrap();
    let list = home.path("list").display().to_string();
    let words = ["groups", "set-members", &group, "-f", &list, "--replace"];
    for (typed, status) in [("y\r".to_owned(), 1), (format!("{group}\r"), 0)] {
        let mut terminal = asked(&server, &home, &words);
        terminal.wait(&format!("Type {group} to ")).send(&typed);
        assert_eq!(terminal.ended(), Ended::Status(status), "{}", terminal.text());
    }
    let writes = server.writes();
    assert!(writes.len() == 1 && writes[0].starts_with("PUT "), "{writes:?}");
}

#[test]
fn what_someone_else_has_changed_while_it_was_asked_is_not_overwritten_and_that_is_status_3() {
    let (server, home) = (Server::start(), Home::new());
    let (id, group) = server.emulator.groups()[0].clone();
    let mut terminal = asked(&server, &home, &["groups", "rename", &group, "mine"]);
    terminal.wait("y applies it:");
    assert!(server.emulator.rename_group(&id, "theirs"));
    terminal.send("y\r");
    assert_eq!(terminal.ended(), Ended::Status(3), "{}", terminal.text());
    assert!(terminal.text().contains("the account has changed since the plan was made"));
    let text = terminal.text();
    assert!(text.contains("was to be done, is left out: the group is called theirs now"), "{text}");
    assert_eq!(server.emulator.group_id("theirs"), Some(id));
    assert_eq!(server.writes(), Vec::<String>::new());
}
