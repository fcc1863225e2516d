//! The embedded server on threads of its own, as the program's account.

use cfiam::emulator::{Emulator, FaultRule, Options, Secret};
use tokio::runtime::{Builder, Runtime};

use super::driver::Launch;
use super::home::Home;
use super::witness::{self, Witness};

pub struct Server {
    pub emulator: Emulator,
    pub witness: Witness,
    _runtime: Runtime,
}

impl Server {
    /// The company, without trouble.
    pub fn start() -> Self {
        Self::with(options())
    }

    pub fn troubled(rules: &[&str]) -> Self {
        let faults = rules.iter().map(|rule| rule.parse::<FaultRule>().unwrap()).collect();
        Self::with(Options { faults, ..options() })
    }

    pub fn with(options: Options) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (emulator, witness) = runtime.block_on(witness::start(options, None));
        Self { emulator, witness, _runtime: runtime }
    }

    /// Sees to it that the member of the list's third row is in a group.
    pub fn third_in_a_group(&self) -> &Self {
        let (people, groups) = (self.emulator.people(), self.emulator.groups());
        let _in_it_already = self.emulator.grant(&groups[0].0, &people[2].0);
        self
    }

    pub fn token(&self, name: &str) -> String {
        match self.emulator.secret(name).unwrap() {
            Secret::Token(token) => token.clone(),
            Secret::Key { .. } => panic!("{name} is no token"),
        }
    }

    /// The program, pointed at this server, without a credential.
    pub fn client<'h>(&self, home: &'h Home) -> Launch<'h> {
        self.witness.watch(&home.path("state/cfiam"));
        Launch::new(home, &[]).env("CLOUDFLARE_BASE_URL", &self.emulator.base_url())
    }

    /// The program as one of the server's credentials, allowed to change things.
    pub fn client_as<'h>(&self, home: &'h Home, who: &str) -> Launch<'h> {
        let client = self.client(home).arg("--write");
        match self.emulator.secret(who).unwrap() {
            Secret::Token(token) => client.env("CLOUDFLARE_API_TOKEN", token),
            Secret::Key { email, key } => {
                client.env("CLOUDFLARE_EMAIL", email).env("CLOUDFLARE_API_KEY", key)
            }
        }
    }

    /// The writes that were received so far, as verb and path.
    pub fn writes(&self) -> Vec<String> {
        let requests = self.emulator.requests();
        let writes = requests.iter().filter(|request| request.writes());
        writes.map(|request| format!("{} {}", request.method, request.path)).collect()
    }
}

pub fn options() -> Options {
    Options { members: 60, groups: 8, ..Options::new("2026-11-24T00:00:00Z".parse().unwrap()) }
}
