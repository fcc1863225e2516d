//! How the service is reached: settings, credential and places, or the demo's own. The same for the console and for
//! every command.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use anyhow::Context;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::api::{self, BaseUrl};
use crate::app::{Mode, WhyReadOnly};
use crate::config::{
    self, Environment, File, Given, Mistake, Overrides, Places, Settings, Source, Writes,
};
use crate::domain::{AccountId, Fault, FaultKind};
use crate::emulator::{self, Emulator, Options, Secret};
use crate::ops;
use crate::shell::{Clock, Redactor};
use crate::store::Store;
use crate::text;
use crate::ui::Theme;

use super::{Refusal, Status};

const CLOUDFLARE: &str = "https://api.cloudflare.com/client/v4";

/// How the service is reached.
pub(super) struct Connection {
    /// What the person has set.
    pub settings: Settings,
    /// Where things are kept.
    pub places: Places,
    /// Where the API is.
    pub base_url: BaseUrl,
    /// The client's settings; `None` where there is no credential.
    pub client: Option<api::Settings>,
    /// Why there is no credential.
    pub unconnected: Option<Fault>,
    /// Takes the credentials out of what is told.
    pub redactor: Redactor,
    /// The demo, if that is what is reached. Goes last.
    pub demo: Option<Demo>,
}

impl Connection {
    /// Lays settings over one another and takes the credential. Nothing is sent yet.
    pub fn make(
        overrides: &Overrides,
        environment: &Environment,
        demo: bool,
    ) -> Result<Self, Refusal> {
        if demo {
            return Self::to_demo(overrides, environment);
        }
        let (settings, places) = of_person(overrides, environment)?;
        Self::with(settings, places, environment, None)
    }

    /// The demo: its own server, its own places, none of the person's credentials or proxies.
    fn to_demo(overrides: &Overrides, environment: &Environment) -> Result<Self, Refusal> {
        let demo = Demo::start().map_err(|error| {
            Refusal::new(Status::Failed, format!("the demo could not be started: {error:#}"))
        })?;
        let places = Places::under(demo.folder.path());
        let settings = Settings::merge(overrides, &Environment::of([]), File::default());
        let mut settings = settings.map_err(|mistakes| Refusal::usage(words(&mistakes)))?;
        settings.no_color = environment.text("NO_COLOR").is_some();
        Self::with(settings, places, environment, Some(demo))
    }

    fn with(
        settings: Settings,
        places: Places,
        environment: &Environment,
        demo: Option<Demo>,
    ) -> Result<Self, Refusal> {
        let address = match (&demo, &settings.base_url) {
            (Some(demo), _) => demo.server.base_url(),
            (None, Some(given)) => given.value.clone(),
            (None, None) => CLOUDFLARE.to_owned(),
        };
        let base_url =
            BaseUrl::parse(&address).map_err(|fault| Refusal::usage(fault.to_string()))?;
        let refused = |fault: Fault| Refusal::new(Status::Credentials, fault.to_string());
        let (credential, unconnected) =
            credential(&settings.credential, demo.as_ref()).map_err(refused)?;
        // Those that are not used too: the demo ignores the person's.
        let secrets = secrets(credential.as_ref()).into_iter().chain(environment.secrets());
        let redactor = Redactor::of(secrets);
        let credential = credential.map(wire_credential).transpose().map_err(refused)?;
        let client = credential.map(|credential| {
            let mut client = api::Settings::new(base_url.clone(), credential);
            client.requests_per_5_min =
                settings.requests_per_5_min.unwrap_or(client.requests_per_5_min);
            client.ca_file = settings.extra_certificates.as_ref().map(|given| given.value.clone());
            ops::share_budget(&mut client, &places.state);
            #[cfg(debug_assertions)]
            shorten(&mut client.timings);
            client
        });
        Ok(Self { settings, places, base_url, client, unconnected, redactor, demo })
    }

    /// What an argument says goes before the profile; a real account that neither speaks of is read-only at first.
    pub fn mode(&self) -> Mode {
        match (&self.settings.writes_by_flag, &self.settings.writes_by_profile) {
            (Some(Writes::Refused), _) => Mode::ReadOnly(WhyReadOnly::Flag),
            (Some(Writes::Allowed), _) | (None, Some(Writes::Allowed)) => Mode::ReadWrite,
            (None, Some(Writes::Refused)) => Mode::ReadOnly(WhyReadOnly::Profile),
            (None, None) if self.demo.is_some() => Mode::ReadWrite,
            (None, None) => Mode::ReadOnly(WhyReadOnly::FirstConnection),
        }
    }

    /// For which accounts the person has allowed changes with this profile.
    pub fn writable(&self) -> Vec<AccountId> {
        Store::at(&self.places.state).writable(&self.settings.profile)
    }
}

/// What the person has set, and where their things are kept.
pub(super) fn of_person(
    overrides: &Overrides,
    environment: &Environment,
) -> Result<(Settings, Places), Refusal> {
    let places = Places::of_person().map_err(|fault| Refusal::usage(fault.to_string()))?;
    let settings = settings(overrides, environment, &places)
        .map_err(|mistakes| Refusal::usage(words(&mistakes)))?;
    Ok((settings, places))
}

/// Shortens what is waited for where a test asks for it. How long an answer may take stays as it is: a busy machine
/// needs that time.
#[cfg(debug_assertions)]
fn shorten(timings: &mut api::Timings) {
    let usual = timings.clone();
    *timings = usual.scaled(crate::crash::waits());
    (timings.connect, timings.idle) = (usual.connect, usual.idle);
    (timings.read_total, timings.write_total) = (usual.read_total, usual.write_total);
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

/// What goes with the demo: its server, the threads that it runs on, its folder. Dropped in this order.
pub(super) struct Demo {
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

/// The theme that was named, or the usual one.
pub(super) fn theme(settings: &Settings) -> Result<Theme, Fault> {
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

type Taken = (Option<config::Credential>, Option<Fault>);

/// The demo's own credential, or the person's, or why there is none.
fn credential(source: &Source, demo: Option<&Demo>) -> Result<Taken, Fault> {
    let own = demo.and_then(|demo| demo.server.secret("writer"));
    if let Some(Secret::Token(token)) = own {
        return Ok((Some(config::Credential::Token(SecretString::from(token.clone()))), None));
    }
    match source {
        Source::Missing(fault) => Ok((None, Some(fault.clone()))),
        source => source.take().map(|found| (Some(found), None)),
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

/// How many mistakes are told before the others are counted.
const TOLD: usize = 20;

/// Mistakes in words, a line each: the first of them, and how many more there are.
pub(super) fn words(mistakes: &[Mistake]) -> String {
    let mut lines: Vec<String> = mistakes.iter().take(TOLD).map(ToString::to_string).collect();
    if let Some(more) = mistakes.len().checked_sub(TOLD).filter(|more| *more > 0) {
        lines.push(format!("and {}", text::plural(more, "more mistake")));
    }
    lines.join("\n")
}
