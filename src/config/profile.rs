//! One profile of the config file.

use std::path::PathBuf;

use toml::de::DeTable;

use crate::domain::{AccountId, OrganizationId, Protected};

use super::Given;
use super::table::{Reading, Value};

/// How to reach one account: a table `[profiles.NAME]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// `base_url`: where the API is; judged by the client.
    pub base_url: Option<Given<String>>,
    /// `account`: the account to open.
    pub account: Option<AccountId>,
    /// `organization`: the organization to show.
    pub organization: Option<OrganizationId>,
    /// `mode`: whether changes are allowed.
    pub writes: Option<Writes>,
    /// `token_command`: the program that prints the token, and its arguments.
    pub token_command: Option<Vec<String>>,
    /// `ca_file`: certificates that are trusted beside the system's.
    pub ca_file: Option<Given<PathBuf>>,
    /// `requests_per_5_min`: our own ceiling on requests in any 300 s.
    pub requests_per_5_min: Option<u32>,
    /// `protected`: members and groups that are not changed without their name being typed.
    pub protected: Protected,
    /// `rules`: the file in which a team keeps what it has decided about findings.
    pub rules: Option<PathBuf>,
}

/// Whether changes are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// They are.
    Allowed,
    /// They are not.
    Refused,
}

const KNOWN: [&str; 9] = [
    "base_url",
    "account",
    "organization",
    "mode",
    "token_command",
    "ca_file",
    "requests_per_5_min",
    "protected",
    "rules",
];

impl Profile {
    pub(super) fn read(reading: &mut Reading<'_>, name: &str, table: &DeTable<'_>) -> Self {
        let mut profile = Self { name: name.to_owned(), ..Self::default() };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "base_url" => profile.base_url = reading.text("base_url", value),
                "account" => profile.account = id(reading, "account", value, AccountId::parse),
                "organization" => {
                    profile.organization =
                        id(reading, "organization", value, OrganizationId::parse);
                }
                "mode" => profile.writes = mode(reading, value),
                "token_command" => profile.token_command = command(reading, value),
                "ca_file" => {
                    let text = reading.text("ca_file", value);
                    profile.ca_file = text.map(|file| Given::new(file.value.into(), file.at));
                }
                "requests_per_5_min" => {
                    profile.requests_per_5_min =
                        reading.number("requests_per_5_min", value, 1..1_000_001);
                }
                "rules" => {
                    profile.rules = reading.text("rules", value).map(|file| file.value.into());
                }
                "protected" => profile.protected = protected(reading, value),
                _ => reading.unknown(key, " in a profile", &KNOWN),
            }
        }
        profile
    }
}

fn id<I>(
    reading: &mut Reading<'_>,
    key: &str,
    value: &Value<'_>,
    parse: fn(&str) -> Option<I>,
) -> Option<I> {
    let text = reading.text(key, value)?;
    let id = parse(&text.value);
    if id.is_none() {
        reading.wrong(&value.span(), format!("{key} is an id: 1 to 64 letters, digits, - or _"));
    }
    id
}

fn protected(reading: &mut Reading<'_>, value: &Value<'_>) -> Protected {
    let mut protected = Protected::default();
    let Some(table) = reading.table("protected", value) else { return protected };
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "members" => protected.members = names(reading, "members", value),
            "groups" => protected.groups = names(reading, "groups", value),
            _ => reading.unknown(key, " in protected", &["members", "groups"]),
        }
    }
    protected
}

/// Names that are not empty: such a one protects nothing.
fn names(reading: &mut Reading<'_>, key: &str, value: &Value<'_>) -> Vec<String> {
    let names = reading.texts(key, value).unwrap_or_default();
    if names.iter().any(|name| name.trim().is_empty()) {
        reading.wrong(&value.span(), format!("{key} has an empty name"));
    }
    names.iter().map(|name| name.trim().to_owned()).collect()
}

fn mode(reading: &mut Reading<'_>, value: &Value<'_>) -> Option<Writes> {
    match reading.text("mode", value)?.value.as_str() {
        "read-write" => Some(Writes::Allowed),
        "read-only" => Some(Writes::Refused),
        _ => {
            reading.wrong(&value.span(), "mode is \"read-only\" or \"read-write\"");
            None
        }
    }
}

fn command(reading: &mut Reading<'_>, value: &Value<'_>) -> Option<Vec<String>> {
    let words = reading.texts("token_command", value)?;
    if words.first().is_none_or(|program| program.trim().is_empty()) {
        reading.wrong(
            &value.span(),
            "token_command is a program and its arguments, such as [\"pass\", \"cloudflare\"]",
        );
        return None;
    }
    if words.iter().skip(1).any(|word| looks_like_a_token(word)) {
        reading.wrong(
            &value.span(),
            "an argument of token_command looks like a token itself; a credential does not belong in this \
             file",
        );
        return None;
    }
    Some(words)
}

/// Tokens are 40 letters, digits, `-` or `_` of mixed kinds; newer ones begin with a prefix that says so.
fn looks_like_a_token(word: &str) -> bool {
    let prefixed = ["cfut_", "cfat_", "cfk_"].iter().any(|prefix| word.starts_with(prefix));
    let allowed = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let mixed = word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_uppercase())
        && word.bytes().any(|byte| byte.is_ascii_lowercase());
    allowed && (prefixed || (word.len() == 40 && mixed))
}
