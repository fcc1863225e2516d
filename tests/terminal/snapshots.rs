//! The console on a snapshot: without a credential, and without a server.

use super::driver::{Ended, Launch};
use super::home::Home;
use super::server::Server;

#[test]
fn a_snapshot_opens_offline_without_a_credential_and_says_what_it_is() {
    let home = Home::new();
    let file = home.path("home/account.json.zst").display().to_string();
    let server = Server::start();
    let save = server.client_as(&home, "reader").arg("snapshot").arg("save").arg(&file);
    save.plain().assert().success();
    let (_, group) = server.emulator.groups().remove(0);
    drop(server);

    let mut terminal = Launch::new(&home, &["--snapshot", &file]).size(100, 30).start();
    terminal.wait("SNAPSHOT ").wait("as of ");
    terminal.keys("2").wait(&group).keys("r").wait("nothing is read again");
    terminal.keys("W").wait("nothing is changed in it");
    assert_eq!(terminal.keys("q").ended(), Ended::Status(0));
    terminal.assert_restored();
}

#[test]
fn a_file_that_is_no_snapshot_opens_nothing_and_says_so() {
    let home = Home::new();
    let file = home.path("home/account.json");
    std::fs::write(&file, "{}").unwrap();
    let mut terminal = Launch::new(&home, &["--snapshot", &file.display().to_string()]).start();
    terminal.wait("is no snapshot");
    assert_eq!(terminal.ended(), Ended::Status(2));
    let command = Launch::new(&home, &["--snapshot", "x", "members", "list"]);
    command.plain().assert().code(2);
}
