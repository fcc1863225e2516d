//! `cfiam emulator`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A running command, ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("cfiam"));
    command.arg("emulator").args(arguments).stdin(Stdio::null());
    command
}

fn running(arguments: &[&str]) -> (Running, String, BufReader<std::process::ChildStdout>) {
    let mut child = command(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    (Running(child), line, out)
}

fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let output = command(arguments).output().unwrap();
    assert!(output.stdout.is_empty());
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn json_is_one_object_on_the_first_line_with_all_that_a_client_needs() {
    let (_running, line, _) = running(&["--json", "--members", "5", "--groups", "2"]);
    let told: Value = serde_json::from_str(&line).unwrap();
    assert!(told["base_url"].as_str().unwrap().ends_with("/client/v4"));
    assert_eq!(told["account_id"].as_str().unwrap().len(), 32);
    assert_eq!(told["organization_id"].as_str().unwrap().len(), 32);
    let credentials = told["credentials"].as_array().unwrap();
    let named = |name: &str| credentials.iter().find(|c| c["name"] == name).unwrap();
    for name in ["writer", "reader", "account", "revoked"] {
        assert!(named(name)["may"].is_string() && named(name)["token"].is_string(), "{name}");
    }
    assert!(named("key")["email"].is_string() && named("key")["key"].is_string());
}

#[tokio::test]
async fn what_it_prints_opens_it() {
    let (_running, line, _) =
        tokio::task::spawn_blocking(|| running(&["--json", "--now", "2026-11-24"])).await.unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let url = format!(
        "{}/accounts/{}",
        told["base_url"].as_str().unwrap(),
        told["account_id"].as_str().unwrap()
    );
    let token = told["credentials"][0]["token"].as_str().unwrap();
    let answer = crate::support::http().get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
}

#[test]
fn for_people_it_prints_where_it_is_and_what_opens_it() {
    let (running, first, out) = running(&["--members", "5"]);
    assert!(first.starts_with("base URL      http://127.0.0.1:"), "{first}");
    let rest: Vec<String> =
        out.lines().map(Result::unwrap).take_while(|line| !line.contains("ctrl-c")).collect();
    for word in ["account", "organization", "writer", "reader", "revoked"] {
        assert!(rest.iter().any(|line| line.starts_with(word)), "{word}: {rest:?}");
    }
    drop(running);
}

#[test]
fn a_signal_ends_it_with_the_status_of_the_signal() {
    for (name, status) in [("-INT", 130), ("-TERM", 143)] {
        let (mut running, _, _) = running(&["--members", "1"]);
        let id = running.0.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
        assert_eq!(running.0.wait().unwrap().code(), Some(status));
    }
}

#[test]
fn a_port_in_use_is_said_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (status, words) = refused(&["--listen", &address]);
    assert_eq!(status, Some(1));
    assert!(
        words.contains(&address) && words.contains("in use") && words.contains("--listen"),
        "{words}"
    );
}

#[test]
fn a_bad_rule_of_trouble_is_said_with_what_is_wrong_in_it() {
    let (status, words) = refused(&["--fault", "GET /accounts: 4z9"]);
    assert_eq!(status, Some(2));
    assert!(
        words.contains("4z9") && words.contains("GET /accounts/*/members 2: 429 retry-after=3"),
        "{words}"
    );
}

#[test]
fn other_bad_arguments_are_usage_errors_too() {
    for arguments in [
        ["--listen", "nowhere"],
        ["--listen", "127.0.0.1"],
        ["--listen", "0.0.0.0:8787"],
        ["--listen", "localhost:99999"],
        ["--members", "0"],
        ["--members", "-5"],
        ["--members", "100001"],
        ["--groups", "2001"],
        ["--now", "yesterday"],
        ["--shapes", "odd"],
        ["--latency", "soon"],
        ["--lag", "1s"],
        ["--seed", "-1"],
        ["--budget", "-1"],
    ] {
        let (status, words) = refused(&arguments);
        assert_eq!(status, Some(2), "{arguments:?}");
        assert!(words.contains(arguments[0]) && words.contains(arguments[1]), "{words}");
        for jargon in ["invalid digit", "socket address", "panicked"] {
            assert!(!words.contains(jargon), "{words}");
        }
    }
    assert!(refused(&["--members", "0"]).1.contains("from 1 to 100000"));
    assert!(refused(&["--lag", "1s"]).1.contains("milliseconds, such as 300"));
}

#[test]
fn localhost_is_the_loopback_address() {
    let (_running, line, _) = running(&["--json", "--members", "1", "--listen", "localhost:0"]);
    let told: Value = serde_json::from_str(&line).unwrap();
    assert!(told["base_url"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{line}");
}

#[test]
fn help_shows_the_grammar_of_trouble() {
    let output = command(&["--help"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for word in ["METHOD", "retry-after=S", "late=MS", "shift=insert|delete"] {
        assert!(text.contains(word), "{word}");
    }
}
