//! Arguments, exit statuses and printing; one file a command. Never draws.

mod answer;
mod apply;
mod ask;
mod carry;
mod compare;
mod connect;
mod console;
mod diff;
mod doctor;
pub mod emulator;
mod explain;
mod findings;
mod groups;
mod json;
mod lists;
mod members;
mod named;
mod offer;
mod organization;
mod paths;
mod plan;
mod print;
mod reading;
mod resume;
mod runs;
mod session;
mod shells;
mod snapshot;
mod status;
mod undo;
mod wanted;
mod who_can;

use std::path::PathBuf;
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
    #[arg(long, global = true, display_order = 100)]
    demo: bool,
    /// Look around in a snapshot, offline and without a token; commands that only read answer from it, from stdin where it is -
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "demo")]
    snapshot: Option<PathBuf>,
    /// The profile of the config file to use
    #[arg(long, global = true, display_order = 100, value_name = "NAME")]
    profile: Option<String>,
    /// The account to open, by id
    #[arg(long, global = true, display_order = 100, value_name = "ID")]
    account: Option<String>,
    /// The organization to show, by id
    #[arg(long, global = true, display_order = 100, value_name = "ID")]
    organization: Option<String>,
    /// Allow no changes in this session
    #[arg(long, global = true, display_order = 100, conflicts_with = "write")]
    read_only: bool,
    /// Allow changes from the start
    #[arg(long, global = true, display_order = 100)]
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
    #[command(subcommand)]
    Organization(organization::Organization),
    WhoCan(who_can::Args),
    Explain(explain::Args),
    Compare(compare::Args),
    Findings(findings::Args),
    #[command(subcommand)]
    Snapshot(snapshot::Snapshots),
    Diff(diff::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Runs(runs::Args),
    Undo(undo::Args),
    Emulator(emulator::Args),
    Doctor(doctor::Args),
    Paths(paths::Args),
    Completions(shells::Completions),
    Man(shells::Manual),
}

/// Runs the program and returns its exit status.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let reads = arguments.command.as_ref().is_none_or(Command::only_reads);
    if arguments.snapshot.is_some() && !reads {
        let words = "a snapshot opens in the console, and answers members, groups and organization \
                     list and show, who-can, explain, compare and findings";
        return print::refused(&Refusal::usage(words)).into();
    }
    match &arguments.command {
        None => {
            let snapshot = arguments.snapshot.as_deref();
            console::run(&arguments.overrides(), arguments.demo, snapshot).into()
        }
        Some(Command::Emulator(args)) => ExitCode::from(emulator::run(args)),
        Some(Command::Doctor(args)) => ended(args.run(&arguments.overrides(), arguments.demo)),
        Some(Command::Paths(args)) => ended(args.run()),
        Some(Command::Completions(args)) => args.run().into(),
        Some(Command::Man(args)) => ended(args.run()),
        Some(Command::Groups(groups)) => arguments.in_account(|session| groups.run(session)),
        Some(Command::Members(members)) => arguments.in_account(|session| members.run(session)),
        Some(Command::WhoCan(args)) => arguments.in_account(|session| args.run(session)),
        Some(Command::Explain(args)) => arguments.in_account(|session| args.run(session)),
        Some(Command::Compare(args)) => arguments.in_account(|session| args.run(session)),
        Some(Command::Findings(args)) => match args.only_rules() {
            Some(form) => findings::list_rules(form).into(),
            None => arguments.in_account(|session| args.run(session)),
        },
        Some(Command::Organization(it)) => arguments.in_account(|session| it.run(session)),
        Some(Command::Snapshot(it)) => match it.offline(&arguments.overrides()) {
            Some(done) => ended(done),
            None => arguments.in_account(|session| it.run(session)),
        },
        Some(Command::Diff(args)) if args.asks_the_service() => {
            arguments.in_account(|session| args.run(session))
        }
        Some(Command::Diff(args)) => ended(args.offline()),
        Some(Command::Plan(args)) => arguments.in_account(|session| args.run(session)),
        Some(Command::Apply(args)) => arguments.in_account(|session| args.run(session)),
        Some(Command::Runs(args)) => arguments.in_account(|session| args.run(session)),
        Some(Command::Undo(args)) => arguments.in_account(|session| args.run(session)),
    }
}

/// The status of what was done, or of why it could not be, which is said.
fn ended(done: Result<Status, Refusal>) -> ExitCode {
    done.unwrap_or_else(|refusal| print::refused(&refusal)).into()
}

impl Command {
    /// Whether it only reads an account, so that a snapshot can answer.
    fn only_reads(&self) -> bool {
        match self {
            Self::Groups(groups) => groups.only_reads(),
            Self::Members(members) => members.only_reads(),
            Self::Organization(_)
            | Self::WhoCan(_)
            | Self::Explain(_)
            | Self::Compare(_)
            | Self::Findings(_) => true,
            Self::Snapshot(_)
            | Self::Diff(_)
            | Self::Plan(_)
            | Self::Apply(_)
            | Self::Runs(_)
            | Self::Undo(_)
            | Self::Emulator(_)
            | Self::Doctor(_)
            | Self::Paths(_)
            | Self::Completions(_)
            | Self::Man(_) => false,
        }
    }
}

impl Arguments {
    /// Reaches the account that is meant, does something there, and says why where it can't be done.
    fn in_account(&self, work: impl FnOnce(&mut Session) -> Result<Status, Refusal>) -> ExitCode {
        let session = match &self.snapshot {
            Some(file) => Session::of_snapshot(&self.overrides(), file),
            None => Session::open(&self.overrides(), self.demo),
        };
        ended(session.and_then(|mut it| work(&mut it)))
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
