//! A made-up company on the embedded server, and the program that looks at it in a terminal.

use std::path::{Path, PathBuf};

use cfiam::emulator::{self, Emulator, Options, Secret};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::pty::Pty;

/// A server in this process, and a home for those who look at it.
pub struct Company {
    pub server: Emulator,
    home: TempDir,
    _runtime: Runtime,
}

impl Company {
    pub fn start(options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(emulator::start(options, None)).unwrap();
        Self { server, home: tempfile::tempdir().unwrap(), _runtime: runtime }
    }

    /// Sets our own ceiling for any five minutes.
    pub fn allow(&self, requests_per_5_min: u32) -> &Self {
        allow(self.home.path(), requests_per_5_min);
        self
    }

    /// The console on this company, as the credential that may write.
    pub fn console(&self) -> Pty {
        let Some(Secret::Token(token)) = self.server.secret("writer") else { panic!("no token") };
        let base_url = self.server.base_url();
        let environment =
            [("CLOUDFLARE_API_TOKEN", token.as_str()), ("CLOUDFLARE_BASE_URL", &base_url)];
        Pty::start(self.home.path(), &[], &environment)
    }
}

pub fn options(members: u32, groups: u32) -> Options {
    let now = "2026-11-24T00:00:00Z".parse().unwrap();
    Options { members, groups, budget: 1_000_000, ..Options::new(now) }
}

/// Writes a config below a home, with our own ceiling for any five minutes.
pub fn allow(home: &Path, requests_per_5_min: u32) {
    let folder: PathBuf = home.join(".config/cfiam");
    std::fs::create_dir_all(&folder).unwrap();
    let text = format!(
        "profile = \"figures\"\n[profiles.figures]\nrequests_per_5_min = {requests_per_5_min}\n"
    );
    std::fs::write(folder.join("config.toml"), text).unwrap();
}

/// Whether the header says that everything has been read: while something comes, it says how many of how many.
pub fn is_read(screen: &str) -> bool {
    let header = screen.lines().next().unwrap_or_default();
    let has = |words| header.contains(words);
    has("members") && has("groups") && has("just now") && !has(" of ")
}
