//! A failure that is fit to show: what failed, why as far as it is known, and what to do.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One entry of Cloudflare's `errors`, or of an entry's `error_chain`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// Cloudflare's code; some answers have none, and IAM answers use 400 and 404 as codes.
    pub code: Option<i64>,
    /// Cloudflare's words, as sent. Foreign text: make it safe before showing it.
    pub message: String,
}

/// What sort of failure it is: decides the remedy, the exit status and whether a write may have landed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultKind {
    /// No credential, or a bad, revoked or expired one.
    Credential,
    /// The credential is good but lacks a permission; names it, for example `Account Settings Read`.
    Permission(String),
    /// What was asked for is not there.
    NotFound,
    /// The service refused because too much was asked; nothing was carried out.
    Throttled,
    /// Refused with a reason; nothing was carried out.
    Refused,
    /// The request never left, or never arrived: nothing was carried out.
    NotSent,
    /// No whole answer came: a write may or may not have been carried out.
    Unanswered,
    /// The answer can't be read: a write may or may not have been carried out.
    Unreadable,
    /// The server's own failure: a write may or may not have been carried out.
    Server,
    /// The feature is not enabled for this account or organization.
    NotEnabled,
    /// A setting, argument or file of ours is wrong.
    Config,
    /// A file could not be read or written.
    Disk,
    /// Another program is at it.
    Held,
    /// A guard stands against it.
    Guard,
    /// A defect of this program.
    Internal,
}

/// A failure. Holds no secret, no body and no full address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What sort of failure.
    pub kind: FaultKind,
    /// What was being done and how it failed, as a sentence without its full stop: `reading the members: no answer in 30 s`.
    pub what: String,
    /// What to do about it, as a sentence without its full stop; empty if nothing is known.
    pub remedy: String,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Cloudflare's errors, outermost first, the chain after its head.
    pub errors: Vec<ApiError>,
    /// The answer's `cf-ray`, to find the call in Cloudflare's logs.
    pub ray: Option<String>,
}

impl Fault {
    /// A failure without an answer.
    pub fn new(kind: FaultKind, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
            remedy: remedy.into(),
            status: None,
            errors: Vec::new(),
            ray: None,
        }
    }

    /// Another failure with what this one's answer has said: its status, its words, its ray.
    #[must_use]
    pub fn but_for(self, other: Self) -> Self {
        Self { status: self.status, errors: self.errors, ray: self.ray, ..other }
    }

    /// The reason in as few words as tell it, where the rest stands elsewhere: the permission that is missing, else
    /// Cloudflare's innermost words, else what failed. May hold foreign text.
    pub fn in_short(&self) -> String {
        match (&self.kind, self.errors.last()) {
            (FaultKind::Permission(permission), _) => format!("the credential lacks {permission}"),
            (_, Some(error)) if !error.message.is_empty() => error.message.clone(),
            _ => self.what.clone(),
        }
    }

    /// What failed without what was being done, where that is said beside it.
    pub fn why(&self) -> &str {
        self.what.split_once(": ").map_or(&*self.what, |(_, why)| why)
    }

    /// What there is to know beside what failed: Cloudflare's codes and words, the ray id, what to do. Follows on it;
    /// the words are foreign text.
    fn beside(&self) -> String {
        let mut words = String::new();
        for error in &self.errors {
            let code = error.code.map_or_else(String::new, |code| format!("{code} "));
            words.extend(["; ", &code, &error.message]);
        }
        if let Some(ray) = &self.ray {
            words.extend([" (ray ", ray, ")"]);
        }
        if !self.remedy.is_empty() {
            words.push_str(". ");
            words.push_str(&self.what_to_do());
        }
        words
    }

    /// What to do about it, as a sentence begins: with a capital, but for what is typed as it stands.
    pub fn what_to_do(&self) -> String {
        let mut letters = self.remedy.chars();
        match letters.next() {
            Some(first) if !self.remedy.starts_with("cfiam ") => {
                first.to_uppercase().chain(letters).collect()
            }
            _ => self.remedy.clone(),
        }
    }

    /// The failure of a change that stands so: it is not said again what was being done, nor the word twice where it is
    /// the reason.
    pub fn of_one_that_is(&self, word: &str) -> String {
        match self.why() {
            why if why.starts_with(word) => format!("{why}{}", self.beside()),
            _ => format!("{word}: {self}"),
        }
    }

    /// Cloudflare's codes, outermost first.
    pub fn codes(&self) -> impl Iterator<Item = i64> {
        self.errors.iter().filter_map(|e| e.code)
    }

    /// Whether any of Cloudflare's errors contains `words`, in any case.
    pub fn says(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        self.errors.iter().any(|e| e.message.to_lowercase().contains(&words))
    }
}

impl fmt::Display for Fault {
    /// One line: what failed, Cloudflare's codes and words, the ray id, what to do. The words are foreign text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.what, self.beside())
    }
}

impl std::error::Error for Fault {}
