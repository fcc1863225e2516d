//! One token, and one key, go through a whole session at trace level, and are looked for in everything that is left.

use super::driver::{ACCOUNT, Ended, Launch, Terminal};
use super::home::Home;
use super::server::Server;
use cfiam::emulator::Secret;

/// Reads, looks, stages, plans, applies, is refused, reads again and leaves.
fn session(server: &Server, terminal: &mut Terminal) {
    let refused = "DELETE /accounts/*/iam/user_groups/*/members/*: 403";
    server.emulator.add_fault(refused.parse().unwrap());
    terminal.wait(ACCOUNT).keys("enter").wait("IN EFFECT").keys("esc").wait_gone("IN EFFECT");
    terminal.stage_add(1).apply().wait("1 done");
    terminal.keys("1").wait("E-MAIL").stage_remove(1).apply().wait("refused");
    terminal.keys("@").wait("requests, the newest").keys("1").wait("E-MAIL");
    // While the run is on, leaving asks it to stop first.
    terminal.keys("R").wait(ACCOUNT).wait_gone("run 0 of").wait_gone("run 1 of");
}

/// Everything that a session leaves or shows, by name.
fn everything(home: &Home, terminal: &Terminal) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> =
        home.files().into_iter().map(|(path, text)| (path.display().to_string(), text)).collect();
    found.push(("both streams".to_owned(), terminal.raw.clone()));
    found.push(("the screen".to_owned(), terminal.text().into_bytes()));
    found
}

/// What can be seen of the process from outside, without being it.
#[cfg(target_os = "linux")]
fn arguments(terminal: &Terminal) -> Vec<u8> {
    std::fs::read(format!("/proc/{}/cmdline", terminal.id())).unwrap()
}

#[cfg(not(target_os = "linux"))]
fn arguments(terminal: &Terminal) -> Vec<u8> {
    let id = terminal.id().to_string();
    std::process::Command::new("ps").args(["-o", "args=", "-p", &id]).output().unwrap().stdout
}

fn assert_lacks(what: &str, text: &[u8], secret: &str) {
    let found = text.windows(secret.len()).any(|at| at == secret.as_bytes());
    assert!(!found, "{what} holds a secret:\n{}", String::from_utf8_lossy(text));
}

/// Runs the session with these credentials, and looks for the secrets in all that there is.
fn search(server: &Server, launch: Launch<'_>, home: &Home, secrets: &[&str]) {
    let hostile =
        launch.env("RUST_LOG", "trace").env("CFIAM_LOG", "trace").env("RUST_BACKTRACE", "1");
    let keys = home.path("keys").display().to_string();
    let mut terminal = hostile.env("SSLKEYLOGFILE", &keys).start();
    session(server, &mut terminal);
    let arguments = arguments(&terminal);
    terminal.keys("ctrl-c");
    assert!(matches!(terminal.ended(), Ended::Status(0)), "{}", terminal.text());
    let log = home.log();
    assert!(log.contains("user_groups") && log.contains("POST"), "the log tells requests: {log}");
    let all = everything(home, &terminal);
    assert!(all.iter().any(|(name, _)| name.ends_with("cfiam.log")));
    for secret in secrets {
        assert_lacks("the arguments", &arguments, secret);
        for (name, text) in &all {
            assert_lacks(name, text, secret);
        }
    }
    assert!(!log.contains('@'), "no e-mail in the log: {log}");
    for body in ["\"result\"", "\"policies\"", "Northwind", "permission_groups\":"] {
        assert!(!log.contains(body), "no body in the log: {log}");
    }
}

#[test]
fn k1_k4_a_token_is_in_no_file_on_no_stream_and_among_no_arguments_after_a_session_at_trace_level()
{
    let (home, server) = (Home::new(), Server::start());
    let token = server.token("writer");
    search(&server, server.third_in_a_group().client_as(&home, "writer"), &home, &[&token]);
}

#[test]
fn k1_k4_a_key_is_in_no_file_on_no_stream_and_among_no_arguments_after_a_session_at_trace_level() {
    let (home, server) = (Home::new(), Server::start());
    let Secret::Key { key, .. } = server.emulator.secret("key").unwrap() else { panic!("a key") };
    search(&server, server.third_in_a_group().client_as(&home, "key"), &home, &[key]);
}

#[test]
fn k1_k4_a_token_from_a_command_pasted_with_more_around_it_is_nowhere_either() {
    let (home, server) = (Home::new(), Server::start());
    let token = server.token("writer");
    std::fs::write(home.path("home/token"), format!("\"Bearer {token}\"\n")).unwrap();
    home.config("profile = \"p\"\n[profiles.p]\ntoken_command = [\"cat\", \"token\"]\n");
    let launch = server.third_in_a_group().client(&home).arg("--write");
    let hidden = home.path("home/token");
    let mut terminal = launch.env("CFIAM_LOG", "trace").start();
    session(&server, &mut terminal);
    assert_eq!(terminal.keys("ctrl-c").ended(), Ended::Status(0));
    std::fs::remove_file(hidden).unwrap();
    for (name, text) in everything(&home, &terminal) {
        assert_lacks(&name, &text, &token);
    }
}

#[test]
fn k11_k12_nothing_of_a_body_is_logged_at_any_level_and_no_name_or_e_mail_of_anybody() {
    let (home, server) = (Home::new(), Server::start());
    let people = server.emulator.people();
    for (id, _) in &people {
        assert!(server.emulator.rename_member(id, "Sentinella", "Quuxberg"));
    }
    server.third_in_a_group();
    let launch = server.client_as(&home, "writer").env("RUST_LOG", "trace");
    let mut terminal = launch.env("CFIAM_LOG", "trace").start();
    session(&server, &mut terminal);
    assert_eq!(terminal.keys("ctrl-c").ended(), Ended::Status(0));
    let log = home.log();
    for request in ["GET", "POST", "DELETE", "/members", "user_groups"] {
        assert!(log.contains(request), "the log tells requests: {log}");
    }
    let groups = server.emulator.groups();
    let emails = people.iter().map(|(_, email)| email.as_str());
    let bodies = ["Sentinella", "Quuxberg", "Northwind", "\"result\"", "permission_groups\":"];
    for private in emails.chain(groups.iter().map(|(_, name)| name.as_str())).chain(bodies) {
        assert!(!log.contains(private), "{private} is in the log:\n{log}");
    }
}

#[test]
fn k4_there_is_no_argument_for_a_secret_and_one_that_is_tried_is_not_repeated() {
    for argument in ["--token", "--api-token", "--key", "--email"] {
        for arguments in
            [vec![argument.to_owned(), SENTINEL.to_owned()], vec![format!("{argument}={SENTINEL}")]]
        {
            let home = Home::new();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let refused = Launch::new(&home, &arguments).plain().assert().code(2);
            let words = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
            assert!(words.contains(argument) && !words.contains(SENTINEL), "{words}");
        }
    }
}

const SENTINEL: &str = "sentinel-7f3a91c2e8";

#[test]
fn k5_the_command_that_gives_the_token_inherits_no_credential() {
    let (home, server) = (Home::new(), Server::start());
    let token = server.token("writer");
    std::fs::write(home.path("home/token"), &token).unwrap();
    home.config("[profiles.p]\ntoken_command = [\"sh\", \"-c\", \"env > seen; cat token\"]\n");
    let mut launch = server.client(&home).arg("--profile").arg("p");
    for name in ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL", "CF_API_TOKEN"] {
        launch = launch.env(name, SENTINEL);
    }
    let mut terminal = launch.start();
    terminal.wait(ACCOUNT);
    assert_eq!(terminal.keys("q").ended(), Ended::Status(0));
    let seen = std::fs::read_to_string(home.path("home/seen")).unwrap();
    assert!(seen.contains("HOME=") && !seen.contains(SENTINEL), "{seen}");
}

#[cfg(debug_assertions)]
#[test]
fn k2_a_panic_with_the_token_in_its_message_is_told_and_logged_without_it() {
    for panics in ["loop", "thread", "ask", "run", "twice"] {
        let (home, server) = (Home::new(), Server::start());
        let token = server.token("writer");
        let launch = server.client_as(&home, "writer").env("RUST_BACKTRACE", "1");
        let mut terminal = launch.env("CFIAM_PANIC", panics).start();
        match panics {
            "ask" => terminal.wait("defect").keys("ctrl-c"),
            "run" => terminal.wait(ACCOUNT).stage_add(1).apply().wait("defect").keys("ctrl-c"),
            "thread" => terminal.wait(ACCOUNT).keys("f12 ctrl-c"),
            _ => terminal.wait(ACCOUNT).keys("f12"),
        };
        terminal.ended();
        terminal.assert_restored();
        assert!(panics == "twice" || home.log().contains("planted"), "{panics}: {}", home.log());
        for (name, text) in everything(&home, &terminal) {
            assert_lacks(&name, &text, &token);
        }
    }
}
