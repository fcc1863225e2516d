//! Arguments, exit statuses and printing; one file a command. Never draws.

pub mod emulator;

use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "cfiam", version)]
enum Command {
    Emulator(emulator::Args),
}

/// Runs the program and returns its exit status.
pub fn main() -> ExitCode {
    match Command::parse() {
        Command::Emulator(args) => ExitCode::from(emulator::run(&args)),
    }
}
