//! The console, on a real account or on the demo.

use std::io::{self, IsTerminal};

use crate::api;
use crate::app::Setup;
use crate::config::{Environment, Overrides};
use crate::shell::{self, Clock, Copying, Left, Start};
use crate::ui::paint;

use super::connect::{Connection, theme};
use super::print::{print_unkept, refused, told};
use super::{Refusal, Status};

/// Runs the console until it is left.
pub(super) fn run(overrides: &Overrides, demo: bool) -> Status {
    let environment = Environment::read();
    if let Err(words) = has_terminal(&environment) {
        return refused(&Refusal::usage(words));
    }
    match open(overrides, &environment, demo) {
        Ok(Left { exit, .. }) if exit.demo => {
            open(overrides, &environment, true).map_or_else(|no| refused(&no), |exit| left(&exit))
        }
        Ok(exit) => left(&exit),
        Err(refusal) => refused(&refusal),
    }
}

fn open(overrides: &Overrides, environment: &Environment, demo: bool) -> Result<Left, Refusal> {
    let connection = Connection::make(overrides, environment, demo)?;
    let theme = theme(&connection.settings)?;
    let clock = Clock::start();
    let mode = connection.mode();
    let writable = connection.writable();
    let Connection { settings, places, base_url, client, unconnected, redactor, demo } = connection;
    let setup = Setup {
        badge: demo.as_ref().map(|_| "DEMO"),
        host: base_url.host().to_owned(),
        dashboard: base_url.is_cloudflare(),
        unconnected,
        mode,
        writable,
        profile: settings.profile,
        account: settings.account,
        organization: settings.organization,
        protected: settings.protected,
        requests_per_5_min: settings
            .requests_per_5_min
            .unwrap_or(api::Settings::REQUESTS_PER_5_MIN),
        keymap: settings.keymap,
        size: shell::size(),
        now: clock.now(),
    };
    let start = Start {
        client,
        state_folder: places.state.clone(),
        log_file: places.log_file(),
        log_level: settings.log,
        keep_runs: settings.keep_runs,
        redactor,
        browser: environment.text("BROWSER").map(ToOwned::to_owned),
        copying: Copying {
            command: settings.copy_command,
            in_tmux: environment.text("TMUX").is_some(),
        },
        editor: editor(environment).to_owned(),
    };
    Ok(shell::run(start, setup, clock, |frame, state| paint(frame, state, &theme))?)
}

/// The editor that the person has named, else the one that is everywhere.
fn editor(environment: &Environment) -> &str {
    environment.text("VISUAL").or(environment.text("EDITOR")).unwrap_or("vi")
}

fn has_terminal(environment: &Environment) -> Result<(), String> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err("the console needs a terminal, and its input or output is a pipe or a file: \
                    run it by itself in a terminal"
            .to_owned());
    }
    match environment.text("TERM") {
        None | Some("dumb") => {
            Err("the console needs a terminal that can place text: TERM is dumb or not set"
                .to_owned())
        }
        Some(_) => Ok(()),
    }
}

fn left(Left { exit, unkept }: &Left) -> Status {
    for words in &exit.words {
        told(words);
    }
    print_unkept(unkept);
    match exit.signal {
        Some(signal) => Status::Signal(signal.number()),
        None if exit.partly => Status::Partly,
        None => Status::Done,
    }
}
