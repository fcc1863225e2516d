//! The program, the server that it is pointed at, and a home of its own.

use std::process::Output;

use assert_cmd::Command;
use cfiam::emulator::{Emulator, Options, Secret};
use tokio::runtime::{Builder, Runtime};

use super::home::Home;
use super::witness::{self, Witness};
use super::words::words;

/// The company on the embedded server, and somebody's home.
pub struct Company {
    pub server: Emulator,
    pub home: Home,
    _witness: Witness,
    _runtime: Runtime,
}

/// What the program left behind.
pub struct Ran {
    pub status: i32,
    /// What it answered.
    pub out: String,
    /// What it said beside.
    pub err: String,
}

impl Company {
    pub fn new() -> Self {
        Self::troubled(&[])
    }

    /// With trouble by these rules.
    pub fn troubled(rules: &[&str]) -> Self {
        let faults = rules.iter().map(|rule| rule.parse().unwrap()).collect();
        let options = Options::new("2026-11-24T00:00:00Z".parse().unwrap());
        Self::with(Options { members: 60, groups: 8, faults, ..options })
    }

    pub fn with(options: Options) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (server, witness) = runtime.block_on(witness::start(options, None));
        let home = Home::new();
        witness.watch(&home.path("state/cfiam"));
        Self { server, home, _witness: witness, _runtime: runtime }
    }

    /// The program with these words behind it, as the credential that may write, allowed to.
    pub fn writer(&self, line: &str) -> Ran {
        self.ran(&format!("--write {line}"), "writer", "")
    }

    /// The same, with something on stdin.
    pub fn writer_given(&self, line: &str, stdin: &str) -> Ran {
        self.ran(&format!("--write {line}"), "writer", stdin)
    }

    /// The program with these words behind it, as one of the server's credentials. Words are parted by blanks but
    /// within single quotes.
    pub fn ran(&self, line: &str, who: &str, stdin: &str) -> Ran {
        let output = self.command(line, who).write_stdin(stdin).output().unwrap();
        Ran::of(&output)
    }

    pub fn command(&self, line: &str, who: &str) -> Command {
        let mut command = Command::cargo_bin("cfiam").unwrap();
        command.env_clear().envs(self.home.environment()).args(words(line));
        command.env("CLOUDFLARE_BASE_URL", self.server.base_url());
        match self.server.secret(who) {
            Some(Secret::Token(token)) => command.env("CLOUDFLARE_API_TOKEN", token),
            _ => &mut command,
        };
        command
    }

    /// The e-mails of who is in a group, as the server has it.
    pub fn in_group(&self, name: &str) -> Vec<String> {
        let inside = self.server.memberships(&self.server.group_id(name).expect("a group"));
        let people = self.server.people();
        people.into_iter().filter(|(id, _)| inside.contains(id)).map(|(_, email)| email).collect()
    }

    /// The e-mails of so many people who are not in a group, and are not the one whose credential is used.
    pub fn outsiders(&self, name: &str, count: usize) -> Vec<String> {
        let inside = self.in_group(name);
        let people = self.server.people().into_iter().map(|(_, email)| email);
        let others = people.filter(|email| !email.starts_with("alex.rivera@"));
        others.filter(|email| !inside.contains(email)).take(count).collect()
    }

    /// The names of the groups.
    pub fn groups(&self) -> Vec<String> {
        self.server.groups().into_iter().map(|(_, name)| name).collect()
    }

    /// The writes that were received so far, as verb and path.
    pub fn writes(&self) -> Vec<String> {
        let requests = self.server.requests();
        let writes = requests.iter().filter(|request| request.writes());
        writes.map(|request| format!("{} {}", request.method, request.path)).collect()
    }
}

impl Ran {
    fn of(output: &Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// It ended with this status and said all of this, on whichever stream; nothing of it is a program's inside.
    #[track_caller]
    pub fn ended(self, status: i32, said: &[&str]) -> Self {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.status, status, "{all}");
        for words in said {
            assert!(all.contains(words), "«{words}» was not said:\n{all}");
        }
        for words in ["panicked", "backtrace", "src/", "Error {", "Some("] {
            assert!(!all.contains(words), "{words}: {all}");
        }
        self
    }
}
