//! `cfiam completions SHELL` and `cfiam man`: what shells and manuals are told of the commands.

use clap::{Command, CommandFactory};

use super::print::{answered, out};
use super::{Arguments, Refusal, Status};

/// Print what completes the commands in a shell
///
/// For bash: cfiam completions bash > ~/.local/share/bash-completion/completions/cfiam
#[derive(clap::Args, Debug)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Print the manual page of cfiam, or of one of its commands
///
/// To read it: cfiam man members list | man -l -
#[derive(clap::Args, Debug)]
pub struct Manual {
    /// The command, word by word
    #[arg(value_name = "COMMAND")]
    of: Vec<String>,
}

impl Completions {
    pub(super) fn run(&self) -> Status {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "cfiam", &mut text);
        out(&String::from_utf8_lossy(&text));
        answered()
    }
}

impl Manual {
    pub(super) fn run(&self) -> Result<Status, Refusal> {
        let mut all = Arguments::command();
        // What is global is told of each command, and its name whole.
        all.build();
        let mut command: &Command = &all;
        for word in &self.of {
            command = command
                .find_subcommand(word)
                .ok_or_else(|| Refusal::usage(format!("there is no command {word:?}")))?;
        }
        let mut text = Vec::new();
        let page = clap_mangen::Man::new(named(command.clone()));
        page.render(&mut text).map_err(|error| Refusal::new(Status::Failed, error.to_string()))?;
        out(&String::from_utf8_lossy(&text));
        Ok(answered())
    }
}

/// A page is found by its name without blanks.
fn named(command: Command) -> Command {
    let name = command.get_bin_name().unwrap_or("cfiam").replace(' ', "-");
    command.display_name(name)
}
