//! What holds in the end: arguments, the environment and the config file laid over one another.

use std::fs;
use std::path::PathBuf;

use tracing::level_filters::LevelFilter;

use crate::domain::{AccountId, OrganizationId, Protected};
use crate::keys::Keymap;

use super::file::{LEVELS, level_named};
use super::{Environment, File, Given, Mistake, Profile, Source, Writes};

/// What the arguments say, as plain data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--account`.
    pub account: Option<String>,
    /// `--organization`.
    pub organization: Option<String>,
    /// `--read-only` or `--write`.
    pub writes: Option<Writes>,
}

/// What holds in the end.
#[derive(Debug)]
pub struct Settings {
    /// The profile's name; empty where none is used.
    pub profile: String,
    /// Where the API is, if it was said; judged by the client.
    pub base_url: Option<Given<String>>,
    /// The account to open, if one was named.
    pub account: Option<AccountId>,
    /// The organization to show, if one was named.
    pub organization: Option<OrganizationId>,
    /// What the arguments say about changes.
    pub writes_by_flag: Option<Writes>,
    /// What the profile says about changes.
    pub writes_by_profile: Option<Writes>,
    /// Where the credential comes from.
    pub credential: Source,
    /// Certificates that are trusted beside the system's, as PEM, and where they were named.
    pub extra_certificates: Option<Given<Vec<u8>>>,
    /// Our own ceiling on requests in any 300 s, if the profile has one.
    pub requests_per_5_min: Option<u32>,
    /// Members and groups that are not changed without their name being typed.
    pub protected: Protected,
    /// The theme, if one was named; judged by whoever draws.
    pub theme: Option<Given<String>>,
    /// Whether colours are unwanted (`NO_COLOR`).
    pub no_color: bool,
    /// The program that takes what is copied; empty where none is named.
    pub copy_command: Vec<String>,
    /// Which key does what.
    pub keymap: Keymap,
    /// How much goes to the log.
    pub log: LevelFilter,
    /// For how many days the journal of a run is kept that has ended.
    pub keep_runs: u32,
}

/// For how many days the journal of a run is kept where the config doesn't say it.
const KEEP_RUNS: u32 = 90;

impl Settings {
    /// Lays everything over one another. What says more exactly what is meant goes first: an argument, then a
    /// profile that an argument names, then the environment, then the profile that the file names.
    pub fn merge(
        overrides: &Overrides,
        environment: &Environment,
        file: File,
    ) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = environment.mistakes();
        let chosen = Chosen::of(overrides, environment, &file, &mut mistakes);
        let account = chosen.account(overrides, &mut mistakes);
        let organization = match &overrides.organization {
            Some(text) => parsed("--organization", text, OrganizationId::parse, &mut mistakes),
            None => chosen.profile.organization.clone(),
        };
        let base_url = environment.text("CLOUDFLARE_BASE_URL");
        let base_url = base_url.map(|url| Given::new(url.to_owned(), "CLOUDFLARE_BASE_URL"));
        let settings = Self {
            profile: chosen.profile.name.clone(),
            base_url: chosen.first(chosen.profile.base_url.clone(), base_url),
            account,
            organization,
            writes_by_flag: overrides.writes,
            writes_by_profile: chosen.profile.writes,
            credential: chosen.credential(),
            extra_certificates: certificates(chosen.profile.ca_file.as_ref(), &mut mistakes),
            requests_per_5_min: chosen.profile.requests_per_5_min,
            protected: chosen.profile.protected.clone(),
            theme: file.theme,
            no_color: environment.text("NO_COLOR").is_some(),
            copy_command: file.copy_command,
            keymap: file.keymap,
            log: log_level(environment, file.log, &mut mistakes),
            keep_runs: file.keep_runs.unwrap_or(KEEP_RUNS),
        };
        if mistakes.is_empty() { Ok(settings) } else { Err(mistakes) }
    }
}

/// The profile that is used, and whether an argument named it.
struct Chosen<'e> {
    profile: Profile,
    by_argument: bool,
    environment: &'e Environment,
}

impl<'e> Chosen<'e> {
    fn of(
        overrides: &Overrides,
        environment: &'e Environment,
        file: &File,
        mistakes: &mut Vec<Mistake>,
    ) -> Self {
        let by_argument = overrides.profile.is_some();
        let name = overrides.profile.as_ref().or(file.profile.as_ref().map(|given| &given.value));
        let profile = name.and_then(|name| file.profile_named(name)).cloned();
        // A wrong name in the file is the file's mistake, and told with its line.
        if let (Some(name), None, true) = (name, &profile, by_argument) {
            mistakes.push(Mistake::new("--profile", no_profile(name, file)));
        }
        Self { profile: profile.unwrap_or_default(), by_argument, environment }
    }

    /// Of what the profile says and what the environment says, the one that goes first.
    fn first<T>(&self, profile: Option<T>, environment: Option<T>) -> Option<T> {
        if self.by_argument { profile.or(environment) } else { environment.or(profile) }
    }

    fn account(&self, overrides: &Overrides, mistakes: &mut Vec<Mistake>) -> Option<AccountId> {
        if let Some(text) = &overrides.account {
            return parsed("--account", text, AccountId::parse, mistakes);
        }
        let name = "CLOUDFLARE_ACCOUNT_ID";
        let text = self.environment.text(name);
        let environment =
            text.and_then(|text| parsed(name, text.trim(), AccountId::parse, mistakes));
        self.first(self.profile.account.clone(), environment)
    }

    fn credential(&self) -> Source {
        let environment = Source::of_environment(self.environment);
        let goes_first = self.by_argument || matches!(environment, Source::Missing(_));
        match self.profile.token_command.clone() {
            Some(command) if goes_first => Source::Command(command),
            _ => environment,
        }
    }
}

fn no_profile(name: &str, file: &File) -> String {
    let known: Vec<_> = file.profiles.iter().map(|profile| profile.name.as_str()).collect();
    if known.is_empty() {
        return format!("there is no profile {name:?}: the config file has none");
    }
    format!("there is no profile {name:?}; there are: {}", known.join(", "))
}

fn parsed<I>(
    at: &str,
    text: &str,
    parse: fn(&str) -> Option<I>,
    mistakes: &mut Vec<Mistake>,
) -> Option<I> {
    let id = parse(text);
    if id.is_none() {
        mistakes.push(Mistake::new(at, "an id is 1 to 64 letters, digits, - or _"));
    }
    id
}

fn log_level(
    environment: &Environment,
    file: Option<LevelFilter>,
    mistakes: &mut Vec<Mistake>,
) -> LevelFilter {
    let Some(text) = environment.text("CFIAM_LOG") else {
        return file.unwrap_or(LevelFilter::INFO);
    };
    level_named(text).unwrap_or_else(|| {
        mistakes.push(Mistake::new("CFIAM_LOG", LEVELS));
        LevelFilter::INFO
    })
}

fn certificates(
    file: Option<&Given<PathBuf>>,
    mistakes: &mut Vec<Mistake>,
) -> Option<Given<Vec<u8>>> {
    let file = file?;
    match fs::read(&file.value) {
        Ok(pem) => Some(Given::new(pem, file.at.clone())),
        Err(error) => {
            let words = format!("ca_file {} can't be read: {error}", file.value.display());
            mistakes.push(Mistake::new(file.at.clone(), words));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        profile = "home"
        [profiles.home]
        account = "aaaa"
        base_url = "https://home.example"
        token_command = ["home"]
        [profiles.work]
        account = "bbbb"
        mode = "read-only"
        token_command = ["work"]
    "#;

    fn merge(overrides: &Overrides, environment: &Environment) -> Result<Settings, Vec<Mistake>> {
        Settings::merge(overrides, environment, File::parse("config.toml", FILE).unwrap())
    }

    fn named(profile: &str) -> Overrides {
        Overrides { profile: Some(profile.into()), ..Overrides::default() }
    }

    fn account(settings: &Settings) -> String {
        settings.account.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn what_is_said_more_exactly_goes_first() {
        let environment = Environment::of([
            ("CLOUDFLARE_ACCOUNT_ID", "cccc"),
            ("CLOUDFLARE_API_TOKEN", "t"),
            ("CLOUDFLARE_BASE_URL", "https://env.example"),
        ]);
        let by_environment = merge(&Overrides::default(), &environment).unwrap();
        assert_eq!(
            (by_environment.profile.as_str(), account(&by_environment).as_str()),
            ("home", "cccc")
        );
        assert!(matches!(by_environment.credential, Source::Found(_)));
        assert_eq!(by_environment.base_url.unwrap().at, "CLOUDFLARE_BASE_URL");

        let by_name = merge(&named("work"), &environment).unwrap();
        assert_eq!(account(&by_name), "bbbb");
        assert!(matches!(&by_name.credential, Source::Command(argv) if argv == &["work"]));
        assert_eq!(by_name.base_url.unwrap().value, "https://env.example");
        assert_eq!(by_name.writes_by_profile, Some(Writes::Refused));

        let by_argument = Overrides { account: Some("dddd".into()), ..named("work") };
        assert_eq!(account(&merge(&by_argument, &environment).unwrap()), "dddd");

        let by_file = merge(&Overrides::default(), &Environment::default()).unwrap();
        assert_eq!(account(&by_file), "aaaa");
        assert!(matches!(&by_file.credential, Source::Command(argv) if argv == &["home"]));
        assert_eq!(by_file.base_url.unwrap().at, "config.toml:5");
    }

    #[test]
    fn everything_wrong_with_arguments_and_environment_is_told_at_once() {
        let overrides = Overrides { organization: Some("o/p".into()), ..named("play") };
        let environment =
            Environment::of([("CLOUDFLARE_ACCOUNT_ID", "../x"), ("CFIAM_LOG", "loud")]);
        let mistakes = merge(&overrides, &environment).unwrap_err();
        let told: Vec<_> = mistakes.iter().map(|mistake| mistake.at.as_str()).collect();
        assert_eq!(told, ["--profile", "CLOUDFLARE_ACCOUNT_ID", "--organization", "CFIAM_LOG"]);
        assert!(mistakes[0].words.contains("home, work"), "{}", mistakes[0]);
    }

    #[test]
    fn certificates_that_can_t_be_read_are_told_with_their_line() {
        let file = "[profiles.a]\nca_file = \"/nowhere/ca.pem\"";
        let file = File::parse("config.toml", file).unwrap();
        let mistakes = Settings::merge(&named("a"), &Environment::default(), file).unwrap_err();
        assert_eq!(mistakes.len(), 1);
        assert_eq!(mistakes[0].at, "config.toml:2");
    }
}
