//! The config file.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use toml::de::DeTable;
use tracing::level_filters::LevelFilter;

use crate::keys::{Keymap, Rebind};

use super::table::{Reading, Value};
use super::{Given, Mistake, Profile};

/// The config file, read whole. It holds no credential, so others may read it.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// `profile`: the profile to use where none is named.
    pub profile: Option<Given<String>>,
    /// `[profiles.NAME]`.
    pub profiles: Vec<Profile>,
    /// `theme`: judged by whoever draws.
    pub theme: Option<Given<String>>,
    /// `copy_command`: the program that takes what is copied, and its arguments.
    pub copy_command: Vec<String>,
    /// `log`: how much goes to the log.
    pub log: Option<LevelFilter>,
    /// `keep_runs`: for how many days the journal of a run is kept that has ended.
    pub keep_runs: Option<u32>,
    /// `[keys]`, laid over the table's.
    pub keymap: Keymap,
}

const KNOWN: [&str; 7] =
    ["profile", "profiles", "theme", "copy_command", "log", "keep_runs", "keys"];

impl File {
    /// Reads the file; one that is not there is an empty one. What can be read is there beside the mistakes, so that
    /// what else is wrong can be told with them.
    pub fn read(path: &Path) -> (Self, Vec<Mistake>) {
        let name = path.display().to_string();
        let unread = |words: String| (Self::default(), vec![Mistake::new(&name, words)]);
        match fs::read_to_string(path) {
            Ok(text) => Self::take(&name, &text),
            Err(error) if error.kind() == ErrorKind::NotFound => <(Self, Vec<Mistake>)>::default(),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                unread("the file is not UTF-8 text".to_owned())
            }
            Err(error) => unread(format!("it can't be read: {error}")),
        }
    }

    /// Takes the file's text; `name` is what mistakes call it.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Mistake>> {
        let (file, mistakes) = Self::take(name, text);
        if mistakes.is_empty() { Ok(file) } else { Err(mistakes) }
    }

    fn take(name: &str, text: &str) -> (Self, Vec<Mistake>) {
        let mut reading = Reading::of(name, text);
        let mut file = Self::default();
        for (key, value) in &reading.parse() {
            match key.get_ref().as_ref() {
                "profile" => file.profile = reading.text("profile", value),
                "profiles" => file.profiles = profiles(&mut reading, value),
                "theme" => file.theme = reading.text("theme", value),
                "copy_command" => {
                    file.copy_command = reading.texts("copy_command", value).unwrap_or_default();
                }
                "log" => file.log = level(&mut reading, value),
                "keep_runs" => file.keep_runs = reading.number("keep_runs", value, 1..36_501),
                "keys" => file.keymap = keys(&mut reading, name, value),
                _ => reading.unknown(key, "", &KNOWN),
            }
        }
        file.check_profile(&mut reading);
        let mut mistakes = reading.mistakes;
        mistakes.sort_by_key(Mistake::line);
        (file, mistakes)
    }

    /// The profile with this name.
    pub fn profile_named(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    fn check_profile(&self, reading: &mut Reading<'_>) {
        let Some(named) = &self.profile else { return };
        if self.profile_named(&named.value).is_none() {
            let words = format!("there is no [profiles.{}]", named.value);
            reading.mistakes.push(Mistake::new(named.at.clone(), words));
        }
    }
}

fn profiles(reading: &mut Reading<'_>, value: &Value<'_>) -> Vec<Profile> {
    let Some(table) = reading.table("profiles", value) else { return Vec::new() };
    let mut profiles = Vec::new();
    for (name, value) in table {
        let Some(table) = reading.table("a profile", value) else { continue };
        profiles.push(Profile::read(reading, name.get_ref(), table));
    }
    profiles
}

fn level(reading: &mut Reading<'_>, value: &Value<'_>) -> Option<LevelFilter> {
    let text = reading.text("log", value)?;
    let level = level_named(&text.value);
    if level.is_none() {
        reading.wrong(&value.span(), LEVELS);
    }
    level
}

pub(super) const LEVELS: &str = "the log is one of off, error, warn, info, debug, trace";

/// The level with this name.
pub(super) fn level_named(name: &str) -> Option<LevelFilter> {
    // The library's own reading takes numbers and the empty text too.
    let known = ["off", "error", "warn", "info", "debug", "trace"];
    known.contains(&name).then(|| name.parse().ok()).flatten()
}

fn keys(reading: &mut Reading<'_>, file: &str, value: &Value<'_>) -> Keymap {
    let Some(table) = reading.table("keys", value) else { return Keymap::default() };
    let rebinds = rebinds(reading, table);
    match Keymap::with(&rebinds) {
        Ok(keymap) => keymap,
        Err(faults) => {
            let mistakes = faults.into_iter().map(|fault| {
                // A fault of the table's own keys has no line; the table's does.
                let line = if fault.line == 0 { reading.line(&value.span()) } else { fault.line };
                Mistake::new(format!("{file}:{line}"), fault.words)
            });
            let mistakes: Vec<_> = mistakes.collect();
            reading.mistakes.extend(mistakes);
            Keymap::default()
        }
    }
}

fn rebinds(reading: &mut Reading<'_>, table: &DeTable<'_>) -> Vec<Rebind> {
    let mut rebinds = Vec::new();
    for (action, value) in table {
        let line = reading.line(&action.span());
        if let Some(keys) = reading.texts(action.get_ref(), value) {
            rebinds.push(Rebind { action: action.get_ref().clone().into_owned(), keys, line });
        }
    }
    rebinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Writes;
    use crate::keys::{Action, Context, Key};

    fn told(text: &str) -> Vec<String> {
        let mistakes = File::parse("config.toml", text).unwrap_err();
        mistakes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_whole_file_is_read() {
        let file = File::parse(
            "config.toml",
            r#"
                profile = "work"
                theme = "light"
                log = "debug"
                keep_runs = 30
                [profiles.work]
                base_url = "https://api.example/client/v4"
                account = "abc"
                organization = "org_1"
                mode = "read-write"
                token_command = ["pass", "cloudflare"]
                ca_file = "/etc/ca.pem"
                requests_per_5_min = 2_000
                protected = { members = ["ana@x.example"], groups = [" prod-dns "] }
                [keys]
                filter = ["f"]
            "#,
        )
        .unwrap();
        let profile = file.profile_named("work").unwrap();
        assert_eq!(profile.writes, Some(Writes::Allowed));
        assert_eq!(profile.token_command.as_deref().unwrap(), ["pass", "cloudflare"]);
        assert_eq!(file.keep_runs, Some(30));
        assert_eq!(profile.requests_per_5_min, Some(2000));
        assert_eq!(profile.protected.members, ["ana@x.example"]);
        assert_eq!(profile.protected.groups, ["prod-dns"]);
        assert_eq!(profile.base_url.as_ref().unwrap().at, "config.toml:7");
        assert_eq!(file.keymap.action(Key::char('f'), Context::Members), Some(Action::Filter));
        assert_eq!(file.log, Some(LevelFilter::DEBUG));
    }

    #[test]
    fn every_mistake_is_told_at_once_with_its_line() {
        let told = told(concat!(
            "thmee = \"light\"\n",
            "log = 3\n",
            "profile = \"absent\"\n",
            "[profiles.work]\n",
            "account = \"../x\"\n",
            "mode = \"rw\"\n",
            "requests_per_5_min = 0\n",
            "token_command = \"pass\"\n",
            "protected = { members = [\"\"], group = [] }\n",
            "[keys]\n",
            "fliter = [\"f\"]\n",
            "sort = [\"ctlr-s\"]\n",
            "quit = []\n",
        ));
        let starts = [
            "config.toml:1: \"thmee\" is not known; known: profile,",
            "config.toml:2: log is a text, not an integer",
            "config.toml:3: there is no [profiles.absent]",
            "config.toml:5: account is an id",
            "config.toml:6: mode is \"read-only\" or \"read-write\"",
            "config.toml:7: requests_per_5_min is a whole number from 1 to 1000000",
            "config.toml:8: token_command is a list of texts",
            "config.toml:9: \"group\" is not known in protected; known: members, groups",
            "config.toml:9: members has an empty name",
            "config.toml:11: there is no action \"fliter\"",
            "config.toml:12: \"ctlr-s\" is no key",
            "config.toml:13: \"quit\" must keep a key",
        ];
        assert_eq!(told.len(), starts.len(), "{told:#?}");
        for (told, start) in told.iter().zip(starts) {
            assert!(told.starts_with(start), "{told} / {start}");
        }
    }

    #[test]
    fn d6_what_is_not_toml_is_told_with_its_line_and_the_rest_is_checked_too() {
        let told = told("theme = \n[profiles.a]\nmode = \"x\"\n]\n");
        assert!(told.iter().any(|told| told.starts_with("config.toml:1:")), "{told:#?}");
        assert!(told.iter().any(|told| told.starts_with("config.toml:3: mode is")), "{told:#?}");
        assert!(told.iter().any(|told| told.starts_with("config.toml:4:")), "{told:#?}");
    }

    #[test]
    fn d7_a_credential_in_the_file_is_refused_and_not_repeated() {
        let token = "Sx3kQ9-aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1";
        for line in [
            format!("[profiles.a]\napi_token = \"{token}\""),
            format!("token = \"{token}\""),
            format!("[profiles.a]\ntoken_command = [\"echo\", \"{token}\"]"),
            format!("[profiles.a]\ntoken_command = [\"echo\", \"cfut_{token}\"]"),
        ] {
            let told = told(&line).join("\n");
            assert!(told.contains("a credential does not belong in this file"), "{told}");
            assert!(!told.contains(token), "{told}");
        }
        assert!(
            File::parse("c", "[profiles.a]\ntoken_command = [\"op\", \"read\", \"op://a/b/c\"]")
                .is_ok()
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_an_empty_one_and_one_that_can_t_be_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (none, mistakes) = File::read(&folder.path().join("none.toml"));
        assert!(none.profiles.is_empty() && mistakes.is_empty());
        let (_, mistakes) = File::read(folder.path());
        assert!(mistakes[0].words.contains("can't be read"), "{}", mistakes[0]);
    }

    #[test]
    fn f5_no_bytes_make_the_reader_panic() {
        proptest::proptest!(|(text in "[\\[\\]a-z=\"'.#\n {}0-9,]{0,60}|\\PC{0,60}")| {
            let _ = File::parse("config.toml", &text);
        });
    }
}
