//! The environment, read once.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use secrecy::SecretString;

use super::Mistake;

/// Variables that hold a credential: taken out of the environment of every program that is started from here.
/// The older names are other clients' and may be set beside ours.
pub const CREDENTIAL_VARIABLES: [&str; 8] = [
    "CLOUDFLARE_API_TOKEN",
    "CLOUDFLARE_API_KEY",
    "CLOUDFLARE_EMAIL",
    "CLOUDFLARE_API_USER_SERVICE_KEY",
    "CF_API_TOKEN",
    "CF_API_KEY",
    "CF_EMAIL",
    "CF_API_EMAIL",
];

/// The environment as it was when the program started.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// Reads the process's environment.
    pub fn read() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// An environment of these variables alone.
    pub fn of<const N: usize>(variables: [(&str, &str); N]) -> Self {
        Self(variables.map(|(name, value)| (name.into(), value.into())).into())
    }

    /// A variable's text; `None` if it is not set or empty. What is not UTF-8 counts as not set here; see
    /// [`Self::mistakes`].
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0
            .get(OsStr::new(name))
            .and_then(|value| value.to_str())
            .filter(|text| !text.is_empty())
    }

    /// Every credential that is set, whether it is used or not.
    pub fn secrets(&self) -> Vec<SecretString> {
        let set = CREDENTIAL_VARIABLES.into_iter().filter_map(|name| self.text(name));
        set.map(SecretString::from).collect()
    }

    /// Variables of ours that can't be read.
    pub fn mistakes(&self) -> Vec<Mistake> {
        const OURS: [&str; 7] = [
            "CLOUDFLARE_API_TOKEN",
            "CLOUDFLARE_API_KEY",
            "CLOUDFLARE_EMAIL",
            "CLOUDFLARE_ACCOUNT_ID",
            "CLOUDFLARE_BASE_URL",
            "CFIAM_LOG",
            "BROWSER",
        ];
        let unreadable = |name: &&str| {
            self.0.get(OsStr::new(name)).is_some_and(|value| value.to_str().is_none())
        };
        let bad = OURS.into_iter().filter(unreadable);
        bad.map(|name| Mistake::new(name, "the value is not UTF-8 text")).collect()
    }
}

impl std::fmt::Debug for Environment {
    /// Names only: values may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let environment = Environment::of([("CLOUDFLARE_ACCOUNT_ID", ""), ("TERM", "xterm")]);
        assert_eq!(environment.text("CLOUDFLARE_ACCOUNT_ID"), None);
        assert_eq!(environment.text("TERM"), Some("xterm"));
    }

    #[test]
    fn k2_printing_the_environment_shows_names_and_no_value() {
        let shown = format!("{:?}", Environment::of([("CLOUDFLARE_API_TOKEN", "sesame")]));
        assert!(shown.contains("CLOUDFLARE_API_TOKEN"));
        assert!(!shown.contains("sesame"));
    }
}
