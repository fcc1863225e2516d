//! Arguments, exit statuses and printing; one file a command. Never draws.

mod console;
pub mod emulator;
mod status;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Overrides, Writes};

pub use status::Status;

/// Who can do what in a Cloudflare account, and change it safely. Unofficial.
#[derive(Parser)]
#[command(name = "cfiam", version)]
struct Arguments {
    /// Look around in a made-up account, offline and without a token
    #[arg(long)]
    demo: bool,
    /// The profile of the config file to use
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The account to open, by id
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// The organization to show, by id
    #[arg(long, value_name = "ID")]
    organization: Option<String>,
    /// Allow no changes in this session
    #[arg(long, conflicts_with = "write")]
    read_only: bool,
    /// Allow changes from the start
    #[arg(long)]
    write: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Emulator(emulator::Args),
}

/// Runs the program and returns its exit status.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Command::Emulator(args)) = &arguments.command {
        return ExitCode::from(emulator::run(args));
    }
    let writes = match (arguments.read_only, arguments.write) {
        (true, _) => Some(Writes::Refused),
        (false, true) => Some(Writes::Allowed),
        (false, false) => None,
    };
    let overrides = Overrides {
        profile: arguments.profile,
        account: arguments.account,
        organization: arguments.organization,
        writes,
    };
    console::run(&overrides, arguments.demo).into()
}
