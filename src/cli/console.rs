//! The console, on a real account or on the demo.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;

use crate::api;
use crate::app::{Mode, Setup, WhyReadOnly};
use crate::config::{Environment, Overrides, Places, Settings};
use crate::domain::{AccountId, Fault, Snapshot};
use crate::shell::{self, Clock, Copying, Left, Redactor, Start};
use crate::store::snapshot::read_snapshot;
use crate::text;
use crate::ui::paint;

use super::connect::{Connection, of_person, theme};
use super::print::{print_unkept, refused, told};
use super::{Refusal, Status, findings};

/// Runs the console until it is left.
pub(super) fn run(overrides: &Overrides, demo: bool, snapshot: Option<&Path>) -> Status {
    let environment = Environment::read();
    if let Err(words) = has_terminal(&environment) {
        return refused(&Refusal::usage(words));
    }
    if let Some(file) = snapshot {
        let left = show(overrides, &environment, file).map(|exit| left(&exit));
        return left.unwrap_or_else(|refusal| refused(&refusal));
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
    let (mode, writable) = (connection.mode(), connection.writable());
    let Connection { settings, places, base_url, client, unconnected, redactor, demo } = connection;
    let shown = Shown {
        badge: demo.as_ref().map(|_| "DEMO"),
        host: base_url.host().to_owned(),
        dashboard: base_url.is_cloudflare(),
        unconnected,
        mode,
        writable,
        snapshot: None,
    };
    start(settings, &places, environment, client, redactor, shown)
}

/// Shows a snapshot: no credential is taken, and nothing is sent.
fn show(overrides: &Overrides, environment: &Environment, file: &Path) -> Result<Left, Refusal> {
    let snapshot = read_snapshot(file)?;
    let (settings, places) = of_person(overrides, environment)?;
    let redactor = Redactor::of(environment.secrets());
    let shown = Shown {
        badge: None,
        host: text::safe(&file.display().to_string()).into_owned(),
        dashboard: false,
        unconnected: None,
        mode: Mode::ReadOnly(WhyReadOnly::Snapshot(snapshot.taken)),
        writable: Vec::new(),
        snapshot: Some(Arc::new(snapshot)),
    };
    start(settings, &places, environment, None, redactor, shown)
}

/// What the console shows, and whether it may be changed.
struct Shown {
    badge: Option<&'static str>,
    host: String,
    dashboard: bool,
    unconnected: Option<Fault>,
    mode: Mode,
    writable: Vec<AccountId>,
    snapshot: Option<Arc<Snapshot>>,
}

fn start(
    settings: Settings,
    places: &Places,
    environment: &Environment,
    client: Option<api::Settings>,
    redactor: Redactor,
    shown: Shown,
) -> Result<Left, Refusal> {
    let theme = theme(&settings)?;
    let decided = Arc::new(findings::decided(settings.rules.as_ref())?);
    let clock = Clock::start();
    let Shown { badge, host, dashboard, unconnected, mode, writable, snapshot } = shown;
    let setup = Setup {
        badge,
        host,
        dashboard,
        unconnected,
        mode,
        writable,
        snapshot,
        profile: settings.profile,
        account: settings.account,
        organization: settings.organization,
        protected: settings.protected,
        decided,
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
