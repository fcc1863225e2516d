//! The console, on a real account or on the demo.

use std::fs::Permissions;
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;

use anyhow::Context;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::api::{self, BaseUrl};
use crate::app::{Exit, Mode, Setup, WhyReadOnly};
use crate::config::{
    self, Environment, File, Given, Mistake, Overrides, Places, Settings, Source, Writes,
};
use crate::domain::{AccountId, Fault, FaultKind};
use crate::emulator::{self, Emulator, Options, Secret};
use crate::ops;
use crate::shell::{self, Clock, Redactor, Start};
use crate::store::Store;
use crate::ui::{Theme, paint};

use super::Status;

const CLOUDFLARE: &str = "https://api.cloudflare.com/client/v4";

/// Runs the console until it is left.
pub fn run(overrides: &Overrides, demo: bool) -> Status {
    let environment = Environment::read();
    if let Err(words) = has_terminal(&environment) {
        return told(&words, Status::Usage);
    }
    if demo {
        return run_demo(overrides, &environment);
    }
    let places = match Places::of_person() {
        Ok(places) => places,
        Err(fault) => return told(&fault.to_string(), Status::Usage),
    };
    match settings(overrides, &environment, &places) {
        Err(mistakes) => all_told(&mistakes),
        Ok(settings) => match open(settings, &places, &environment, None) {
            Ok(exit) if exit.demo => run_demo(overrides, &environment),
            Ok(exit) => left(&exit),
            Err((fault, status)) => told(&fault.to_string(), status),
        },
    }
}

/// What holds for the person, or everything that is set wrongly, at once.
fn settings(
    overrides: &Overrides,
    environment: &Environment,
    places: &Places,
) -> Result<Settings, Vec<Mistake>> {
    let (file, mut mistakes) = File::read(&places.config_file);
    mistakes.extend(misjudged(&file, environment));
    mistakes.sort_by_key(Mistake::line);
    let settings = Settings::merge(overrides, environment, file);
    match settings {
        Ok(settings) if mistakes.is_empty() => Ok(settings),
        Ok(_) => Err(mistakes),
        Err(others) => Err(others.into_iter().chain(mistakes).collect()),
    }
}

/// What only others than the config can judge: themes, and addresses that the credential may go to.
fn misjudged(file: &File, environment: &Environment) -> Vec<Mistake> {
    let theme = file.theme.as_ref().and_then(|theme| find_theme(theme).err());
    let urls = file.profiles.iter().filter_map(|profile| profile.base_url.clone());
    let from_environment = environment.text("CLOUDFLARE_BASE_URL");
    let from_environment =
        from_environment.map(|url| Given::new(url.to_owned(), "CLOUDFLARE_BASE_URL"));
    let urls = urls.chain(from_environment).filter_map(|url| {
        let fault = BaseUrl::parse(&url.value).err()?;
        Some(Mistake::new(url.at, fault.to_string()))
    });
    theme.into_iter().chain(urls).collect()
}

/// The demo: its own server, its own places, none of the person's credentials or proxies.
fn run_demo(overrides: &Overrides, environment: &Environment) -> Status {
    match demo(overrides, environment) {
        Ok(exit) => left(&exit),
        Err((fault, status)) => told(&fault.to_string(), status),
    }
}

fn demo(overrides: &Overrides, environment: &Environment) -> Result<Exit, (Fault, Status)> {
    let demo = Demo::start().map_err(|error| {
        let words = format!("the demo could not be started: {error:#}");
        (Fault::new(FaultKind::Internal, words, ""), Status::Failed)
    })?;
    let places = Places::under(demo.folder.path());
    let settings = Settings::merge(overrides, &Environment::of([]), File::default());
    let mut settings = settings
        .map_err(|mistakes| (Fault::new(FaultKind::Config, words(&mistakes), ""), Status::Usage))?;
    settings.no_color = environment.text("NO_COLOR").is_some();
    open(settings, &places, environment, Some(&demo.server))
}

/// What goes with the demo: its server, the threads that it runs on, its folder. Dropped in this order.
struct Demo {
    server: Emulator,
    _threads: Runtime,
    folder: TempDir,
}

impl Demo {
    fn start() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("cfiam-demo-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()
            .context("its temporary folder")?;
        let threads = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let threads = threads.context("the threads of its server")?;
        let today = today(Clock::start().now().wall);
        let options = Options { clock: emulator::Clock::Wall, ..Options::new(today) };
        let server = threads.block_on(emulator::start(options, None)).context("its server")?;
        Ok(Self { server, _threads: threads, folder })
    }
}

fn today(now: Timestamp) -> Timestamp {
    let day = now.as_second().div_euclid(86_400);
    Timestamp::from_second(day * 86_400).unwrap_or(now)
}

fn open(
    settings: Settings,
    places: &Places,
    environment: &Environment,
    demo: Option<&Emulator>,
) -> Result<Exit, (Fault, Status)> {
    let usage = |fault| (fault, Status::Usage);
    let address = match (demo, &settings.base_url) {
        (Some(server), _) => server.base_url(),
        (None, Some(given)) => given.value.clone(),
        (None, None) => CLOUDFLARE.to_owned(),
    };
    let base_url = BaseUrl::parse(&address).map_err(usage)?;
    let theme = theme(&settings).map_err(usage)?;
    let mode = mode(&settings, demo.is_some());
    let (credential, unconnected) = credential(settings.credential, demo)?;
    let clock = Clock::start();
    // Those that are not used too: the demo ignores the person's.
    let secrets = secrets(credential.as_ref()).into_iter().chain(environment.secrets());
    let redactor = Redactor::of(secrets);
    let setup = Setup {
        badge: demo.map(|_| "DEMO"),
        host: base_url.host().to_owned(),
        dashboard: base_url.is_cloudflare(),
        unconnected,
        mode,
        writable: writable(places, &settings.profile),
        profile: settings.profile,
        account: settings.account,
        organization: settings.organization,
        keymap: settings.keymap,
        size: shell::size(),
        now: clock.now(),
    };
    let client = credential
        .map(wire_credential)
        .transpose()
        .map_err(|fault| (fault, Status::Credentials))?;
    let client = client.map(|credential| {
        let mut client = api::Settings::new(base_url, credential);
        client.requests_per_5_min =
            settings.requests_per_5_min.unwrap_or(client.requests_per_5_min);
        client.ca_file = settings.extra_certificates.map(|given| given.value);
        ops::share_budget(&mut client, &places.state);
        client
    });
    let start = Start {
        client,
        state_folder: places.state.clone(),
        log_file: places.log_file(),
        log_level: settings.log,
        redactor,
        browser: environment.text("BROWSER").map(ToOwned::to_owned),
    };
    shell::run(start, setup, clock, |frame, state| paint(frame, state, &theme))
        .map_err(|fault| (fault, Status::Failed))
}

fn theme(settings: &Settings) -> Result<Theme, Fault> {
    let theme = match &settings.theme {
        None => Theme::default(),
        Some(given) => find_theme(given)
            .map_err(|mistake| Fault::new(FaultKind::Config, mistake.to_string(), ""))?,
    };
    Ok(if settings.no_color { theme.without_colour() } else { theme })
}

fn find_theme(given: &Given<String>) -> Result<Theme, Mistake> {
    Theme::named(&given.value).ok_or_else(|| {
        let known: Vec<&str> = Theme::names().collect();
        let words =
            format!("there is no theme {:?}; the themes are {}", given.value, known.join(", "));
        Mistake::new(given.at.clone(), words)
    })
}

/// What an argument says goes before the profile; a real account that neither speaks of is read-only at first.
fn mode(settings: &Settings, is_demo: bool) -> Mode {
    match (&settings.writes_by_flag, &settings.writes_by_profile) {
        (Some(Writes::Refused), _) => Mode::ReadOnly(WhyReadOnly::Flag),
        (Some(Writes::Allowed), _) | (None, Some(Writes::Allowed)) => Mode::ReadWrite,
        (None, Some(Writes::Refused)) => Mode::ReadOnly(WhyReadOnly::Profile),
        (None, None) if is_demo => Mode::ReadWrite,
        (None, None) => Mode::ReadOnly(WhyReadOnly::FirstConnection),
    }
}

fn writable(places: &Places, profile: &str) -> Vec<AccountId> {
    Store::at(&places.state).writable(profile)
}

type Taken = (Option<config::Credential>, Option<Fault>);

/// The demo's own credential, or the person's; where there is none, the start screen says how to connect.
fn credential(source: Source, demo: Option<&Emulator>) -> Result<Taken, (Fault, Status)> {
    if let Some(Secret::Token(token)) = demo.and_then(|server| server.secret("writer")) {
        return Ok((Some(config::Credential::Token(SecretString::from(token.clone()))), None));
    }
    match source {
        Source::Missing(fault) => Ok((None, Some(fault))),
        source => source
            .take()
            .map(|found| (Some(found), None))
            .map_err(|fault| (fault, Status::Credentials)),
    }
}

fn secrets(credential: Option<&config::Credential>) -> Vec<SecretString> {
    match credential {
        None => Vec::new(),
        Some(config::Credential::Token(token)) => vec![token.clone()],
        Some(config::Credential::Key { email, key }) => vec![email.clone(), key.clone()],
    }
}

fn wire_credential(found: config::Credential) -> Result<api::Credential, Fault> {
    match found {
        config::Credential::Token(token) => api::Credential::token(token.expose_secret()),
        config::Credential::Key { email, key } => {
            api::Credential::key(email.expose_secret(), key.expose_secret())
        }
    }
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

fn words(mistakes: &[Mistake]) -> String {
    let lines: Vec<String> =
        mistakes.iter().map(|mistake| format!("{}: {}", mistake.at, mistake.words)).collect();
    lines.join("\n")
}

fn all_told(mistakes: &[Mistake]) -> Status {
    told(&words(mistakes), Status::Usage)
}

fn told(words: &str, status: Status) -> Status {
    drop(writeln!(io::stderr(), "cfiam: {words}"));
    status
}

fn left(exit: &Exit) -> Status {
    for words in &exit.words {
        drop(writeln!(io::stderr(), "cfiam: {words}"));
    }
    match exit.signal {
        Some(signal) => Status::Signal(signal.number()),
        None if exit.partly => Status::Partly,
        None => Status::Done,
    }
}
