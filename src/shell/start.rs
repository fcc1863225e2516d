//! The console from its start to its end.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use ratatui::Frame;
use tracing::level_filters::LevelFilter;

use crate::api::{self, Client};
use crate::app::{Exit, Facts, Setup, State};
use crate::domain::{Fault, FaultKind};
use crate::store::journal::Unkept;

use super::console::{Event, ratatui_size};
use super::disk::Disk;
use super::reader::Reader;
use super::terminal::{self, Terminal, writer};
use super::worker::{Programs, Worker, observer};
use super::{Clock, Console, Copying, Next, Redactor, Screen, editor, log, panics, signals};

/// What the console is started with, beside what the core is.
pub struct Start {
    /// How the service is reached; `None` where there is no credential.
    pub client: Option<api::Settings>,
    /// Where staged changes, the journals of runs and the log are kept.
    pub state_folder: PathBuf,
    /// The log.
    pub log_file: PathBuf,
    /// How much goes to the log.
    pub log_level: LevelFilter,
    /// Takes the credentials out of what is told.
    pub redactor: Redactor,
    /// For how many days the journal of a run is kept that has ended.
    pub keep_runs: u32,
    /// The program that opens addresses, if the person has named one.
    pub browser: Option<String>,
    /// How text is copied.
    pub copying: Copying,
    /// The editor that the person has named, as a shell reads it.
    pub editor: String,
}

/// How the console was left.
pub struct Left {
    /// What the core says of it.
    pub exit: Exit,
    /// What of journals no disk has taken, in order.
    pub unkept: Vec<Unkept>,
}

/// Runs the console until it is left. The terminal is as it was before when this returns, and when it panics.
///
/// # Errors
/// The terminal, the threads or the client could not be set up.
pub fn run(
    start: Start,
    setup: Setup,
    clock: Clock,
    paint: impl FnMut(&mut Frame<'_>, &State) -> Facts,
) -> Result<Left, Fault> {
    let redactor = Arc::new(start.redactor);
    // Without a log the console works all the same: the folder may be full or read-only.
    let _log = log::begin(&start.log_file, start.log_level, Arc::clone(&redactor)).ok();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), host = setup.host, "started");
    let (events, inbox) = channel();
    let client = connect(start.client, &events)?;
    let (profile, now) = (&setup.profile, clock.now().wall);
    let disk = Disk::start(&start.state_folder, profile, start.keep_runs, now, events.clone());
    let folder = start.state_folder.clone();
    let (not_kept, unkept) = channel();
    let programs = Programs { browser: start.browser, copying: start.copying };
    let worker =
        Worker::start(events.clone(), client, disk, start.state_folder, programs, clock, not_kept);
    let worker = worker.map_err(|error| setting_up("the worker", &error))?;

    panics::keep_off_the_screen(redactor);
    signals::listen(events.clone()).map_err(|error| setting_up("the signals", &error))?;
    let mut own = Terminal::enter().map_err(|error| setting_up("the terminal", &error))?;
    let screen = writer().and_then(|tty| Screen::new(tty, ratatui_size(setup.size)));
    let screen = screen.map_err(|error| setting_up("the terminal", &error))?;
    let reader = Reader::listen(events);
    let mut reader = reader.map_err(|error| setting_up("the terminal", &error))?;
    let mut console = Console::new(setup, clock, inbox, screen, paint, worker);
    loop {
        match console.round() {
            Next::Round => {}
            Next::Leave(exit) => {
                drop(own);
                tracing::info!(signal = ?exit.signal, "left");
                return Ok(Left { exit, unkept: unkept.try_iter().collect() });
            }
            Next::Suspend => {
                own.suspend().map_err(|error| setting_up("the terminal", &error))?;
                console.resumed(terminal::size());
            }
            Next::Edit(before) => {
                let edit = || editor::edit(&folder, &start.editor, &before.text);
                let lent = own.lent(|| reader.paused(|| signals::away(edit)));
                let after = lent.map_err(|error| setting_up("the terminal", &error))?;
                console.resumed(terminal::size());
                console.edited(before, after);
            }
        }
    }
}

fn connect(
    settings: Option<api::Settings>,
    events: &Sender<Event>,
) -> Result<Option<Client>, Fault> {
    settings.map(|settings| Client::new(settings, observer(events.clone()))).transpose()
}

fn setting_up(what: &str, error: &std::io::Error) -> Fault {
    Fault::new(FaultKind::Internal, format!("{what} could not be set up: {error}"), "")
}
