//! The server with what is wanted of it, who watches it, and a home.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cfiam::emulator::{Emulator, Options, Secret};
use cfiam::store::Story;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::half::Door;
use super::home::Home;
use super::oracle::Op;
use super::program::{Program, Ran, WAITS};
use super::witness::{self, Witness};
use super::words::words;

/// How long it is waited for something that the server is to see.
const PATIENCE: Duration = Duration::from_mins(1);

/// Who is in which group, by ids.
pub type Memberships = BTreeMap<String, BTreeSet<String>>;

pub struct World {
    pub server: Emulator,
    pub home: Home,
    /// Everything that is wanted.
    pub wanted: Vec<Op>,
    /// Who was where before.
    pub before: Memberships,
    /// Who holds the writes that the server receives against the journal.
    pub witness: Witness,
    /// The program.
    pub program: PathBuf,
    /// Where the program looks for the server, if not where it is.
    pub address: Option<String>,
    _runtime: Runtime,
}

impl World {
    pub fn start() -> Self {
        let options = Options::new("2026-11-24T00:00:00Z".parse().unwrap());
        let options = Options { members: 170, groups: 6, budget: 100_000, ..options };
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (server, witness) = runtime.block_on(witness::start(options, None));
        let home = Home::new();
        witness.watch(&home.path("state/cfiam"));
        let (wanted, before, address) = (Vec::new(), Memberships::new(), None);
        let program = env!("CARGO_BIN_EXE_cfiam").into();
        Self { server, home, witness, wanted, before, program, address, _runtime: runtime }
    }

    /// The ids of those who can be in a group and are not the one whose credential is used.
    fn people(&self) -> Vec<String> {
        let people = self.server.people().into_iter();
        people.filter(|(_, email)| !email.starts_with("alex.rivera@")).map(|(id, _)| id).collect()
    }

    fn inside(&self, group: &str) -> Vec<String> {
        self.server.memberships(&self.server.group_id(group).expect("a group"))
    }

    fn outside(&self, group: &str) -> Vec<String> {
        let inside = self.inside(group);
        self.people().into_iter().filter(|id| !inside.contains(id)).collect()
    }

    /// Puts people into a group until there are so many.
    pub fn fill(&self, group: &str, number: usize) {
        let missing = number.saturating_sub(self.inside(group).len());
        let id = self.server.group_id(group).unwrap();
        for member in self.outside(group).iter().rev().take(missing) {
            assert!(self.server.grant(&id, member));
        }
    }

    pub fn want_in(&mut self, group: &str, number: usize) {
        let outside = self.outside(group).into_iter().take(number);
        let outside: Vec<String> = outside.collect();
        assert_eq!(outside.len(), number, "the account is too small");
        self.want(group, outside, true);
    }

    pub fn want_out(&mut self, group: &str, number: usize) {
        let others = self.people();
        let inside = self.inside(group).into_iter().filter(|id| others.contains(id));
        let inside: Vec<String> = inside.take(number).collect();
        self.want(group, inside, false);
    }

    fn want(&mut self, group: &str, members: Vec<String>, present: bool) {
        let group = self.server.group_id(group).unwrap();
        let op = |member| Op { group: group.clone(), member, present };
        self.wanted.extend(members.into_iter().map(op));
    }

    /// Writes the change file; from now on the server is only written to by the program.
    pub fn settled(&mut self) {
        let emails: BTreeMap<String, String> = self.server.people().into_iter().collect();
        let mut text = String::new();
        for (id, name) in self.server.groups() {
            let part = |present| {
                let ops = self.wanted.iter().filter(|op| op.group == id && op.present == present);
                ops.map(|op| emails[&op.member].clone()).collect::<Vec<_>>()
            };
            let (add, remove) = (part(true), part(false));
            if !(add.is_empty() && remove.is_empty()) {
                writeln!(text, "[groups.{name:?}]\nadd = {add:?}\nremove = {remove:?}\n").unwrap();
            }
        }
        std::fs::write(self.home.path("changes.toml"), text).unwrap();
        self.before = self.memberships();
    }

    pub fn memberships(&self) -> Memberships {
        let groups = self.server.groups().into_iter();
        groups
            .map(|(id, _)| (id.clone(), self.server.memberships(&id).into_iter().collect()))
            .collect()
    }

    /// Who is to be where at the end.
    pub fn after(&self) -> Memberships {
        let mut after = self.before.clone();
        for Op { group, member, present } in &self.wanted {
            let inside = after.get_mut(group).unwrap();
            if *present {
                inside.insert(member.clone())
            } else {
                inside.remove(member)
            };
        }
        after
    }

    pub fn trouble(&self, rule: &str) {
        self.server.add_fault(rule.parse().unwrap());
    }

    /// How many writes were received.
    pub fn writes(&self) -> usize {
        self.server.requests().iter().filter(|request| request.writes()).count()
    }

    pub fn start_program(&self, line: &str, crash: Option<&str>) -> Program {
        self.start_with("--write", line, crash)
    }

    /// The program with this option before its words.
    pub fn start_with(&self, option: &str, line: &str, crash: Option<&str>) -> Program {
        let mut arguments = vec![option.to_owned()];
        arguments.extend(words(line));
        let file = self.home.path("changes.toml").display().to_string();
        let named = arguments.iter_mut().filter(|word| *word == "FILE");
        named.for_each(|word| word.clone_from(&file));
        Program::start(&self.program, &self.home, &arguments, &self.environment(crash))
    }

    /// What the program finds in its environment beside its home.
    pub fn environment(&self, crash: Option<&str>) -> Vec<(String, String)> {
        let token = match self.server.secret("writer").unwrap() {
            Secret::Token(token) => token.clone(),
            Secret::Key { .. } => panic!("the writer has a token"),
        };
        let address = self.address.clone().unwrap_or_else(|| self.server.base_url());
        let mut environment = vec![
            ("CLOUDFLARE_BASE_URL".to_owned(), address),
            ("CLOUDFLARE_API_TOKEN".to_owned(), token),
            ("CFIAM_TIMINGS".to_owned(), WAITS.to_owned()),
        ];
        environment.extend(crash.map(|point| ("CFIAM_CRASH".to_owned(), point.to_owned())));
        environment
    }

    /// Runs a program until half of this write has reached the server; then kills it.
    pub fn killed_in_the_middle_of(&mut self, line: &str, write: usize) {
        let address = self.server.base_url();
        let port = address.split([':', '/']).find_map(|part| part.parse::<u16>().ok()).unwrap();
        let door = Door::to(port, write);
        self.address = Some(address.replace(&port.to_string(), &door.port.to_string()));
        let program = self.start_program(line, None);
        door.wait();
        program.kill();
        assert!(program.ended().died());
        self.address = None;
    }

    pub fn run(&self, line: &str) -> Ran {
        self.start_program(line, None).ended()
    }

    /// The program, which must die at this point.
    #[track_caller]
    pub fn dies(&self, line: &str, point: &str) {
        let ran = self.start_program(line, Some(point)).ended();
        assert!(ran.died(), "it does not die at {point}: {:?}\n{}{}", ran.status, ran.out, ran.err);
    }

    /// Runs a program until the server has seen so many writes, and carried the last one out where that is wanted;
    /// then kills it.
    #[track_caller]
    pub fn killed_at_write(&self, line: &str, number: usize, carried_out: bool) {
        let mut program = self.start_program(line, None);
        let deadline = Instant::now() + PATIENCE;
        loop {
            let requests = self.server.requests();
            let mut writes = requests.iter().filter(|request| request.writes());
            if writes.nth(number - 1).is_some_and(|write| write.carried_out || !carried_out) {
                break;
            }
            assert!(!program.has_ended(), "it ends before write {number}");
            assert!(Instant::now() < deadline, "write {number} never came");
            std::thread::sleep(Duration::from_millis(1));
        }
        program.kill();
        assert!(program.ended().died());
    }

    /// The newest journal, if there is one.
    pub fn story(&self) -> Option<Story> {
        self.home.journals().last().map(|path| Story::read(path).unwrap())
    }

    /// What the program says of its newest run.
    pub fn told(&self) -> Value {
        let listed: Value = serde_json::from_str(&self.run("runs -o json").ok().out).unwrap();
        let id = listed[0]["id"].as_str().expect("a run");
        let shown = self.run(&format!("runs show {id} -o json")).ok();
        serde_json::from_str(&shown.out).unwrap()
    }
}
