//! Arguments, exit statuses and printing; one file a command. Never draws.

mod apply;
mod carry;
mod connect;
mod console;
pub mod emulator;
mod groups;
mod json;
mod members;
mod offer;
mod plan;
mod print;
mod resume;
mod runs;
mod session;
mod status;
mod undo;
mod wanted;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Overrides, Writes};

use session::Session;
pub use status::{Refusal, Status};

/// Who can do what in a Cloudflare account, and change it safely. Unofficial.
#[derive(Parser)]
#[command(name = "cfiam", version)]
struct Arguments {
    /// Look around in a made-up account, offline and without a token
    #[arg(long, global = true)]
    demo: bool,
    /// The profile of the config file to use
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    /// The account to open, by id
    #[arg(long, global = true, value_name = "ID")]
    account: Option<String>,
    /// The organization to show, by id
    #[arg(long, global = true, value_name = "ID")]
    organization: Option<String>,
    /// Allow no changes in this session
    #[arg(long, global = true, conflicts_with = "write")]
    read_only: bool,
    /// Allow changes from the start
    #[arg(long, global = true)]
    write: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    #[command(subcommand)]
    Groups(groups::Groups),
    #[command(subcommand)]
    Members(members::Members),
    Plan(plan::Args),
    Apply(apply::Args),
    Runs(runs::Args),
    Undo(undo::Args),
    Emulator(emulator::Args),
}

/// Runs the program and returns its exit status.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match &arguments.command {
        None => console::run(&arguments.overrides(), arguments.demo).into(),
        Some(Command::Emulator(args)) => ExitCode::from(emulator::run(args)),
        Some(Command::Groups(groups)) => arguments.in_account(|session| groups.run(session)),
        Some(Command::Members(members)) => arguments.in_account(|session| members.run(session)),
        Some(Command::Plan(args)) => arguments.in_account(|session| args.run(session)),
        Some(Command::Apply(args)) => arguments.in_account(|session| args.run(session)),
        Some(Command::Runs(args)) => arguments.in_account(|session| args.run(session)),
        Some(Command::Undo(args)) => arguments.in_account(|session| args.run(session)),
    }
}

impl Arguments {
    /// Reaches the account that is meant, does something there, and says why where it can't be done.
    fn in_account(&self, work: impl FnOnce(&mut Session) -> Result<Status, Refusal>) -> ExitCode {
        let done = Session::open(&self.overrides(), self.demo).and_then(|mut it| work(&mut it));
        done.unwrap_or_else(|refusal| print::refused(&refusal)).into()
    }

    fn overrides(&self) -> Overrides {
        let writes = match (self.read_only, self.write) {
            (true, _) => Some(Writes::Refused),
            (false, true) => Some(Writes::Allowed),
            (false, false) => None,
        };
        Overrides {
            profile: self.profile.clone(),
            account: self.account.clone(),
            organization: self.organization.clone(),
            writes,
        }
    }
}
