//! One call, before it is sent.

use reqwest::Method;

use crate::domain::{AccountId, FaultKind, Urgency};

/// The token permission that a call needs, by Cloudflare's API reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// To look at an account.
    Read,
    /// To change an account's access.
    Write,
    /// To see zones.
    Zones,
    /// To see the calling user.
    User,
    /// To see the calling user's memberships.
    Memberships,
    /// To see organizations, which most accounts don't have.
    Organizations,
    /// None: any valid token may.
    Any,
}

impl Right {
    /// The permission's name, as tokens carry it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "Account Settings Read",
            Self::Write => "Account Settings Write",
            Self::Zones => "Zone Read",
            Self::User => "User Details Read",
            Self::Memberships => "Memberships Read",
            Self::Organizations => "Organization Super Administrator",
            Self::Any => "a valid token",
        }
    }
}

/// What a call is for, in the person's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// Such as `reading the members`.
    pub what: &'static str,
    /// What it needs.
    pub right: Right,
    /// The account it is about.
    pub account: Option<AccountId>,
    /// What it means that the address is not there.
    pub missing: FaultKind,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// What it is for.
    pub purpose: Purpose,
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: Method,
    /// Below the base URL; made of ids and fixed words only.
    pub path: String,
    /// The query.
    pub query: Vec<(&'static str, String)>,
    /// The body, JSON.
    pub body: Option<String>,
    /// Its precedence.
    pub urgency: Urgency,
}

impl Call {
    /// A read.
    pub fn get(what: &'static str, right: Right, path: String, urgency: Urgency) -> Self {
        let purpose = Purpose { what, right, account: None, missing: FaultKind::NotFound };
        Self { purpose, method: Method::GET, path, query: Vec::new(), body: None, urgency }
    }

    /// A write.
    pub fn write(what: &'static str, method: Method, path: String) -> Self {
        Self { method, ..Self::get(what, Right::Write, path, Urgency::Write) }
    }

    /// The account that the call is about.
    #[must_use]
    pub fn about(mut self, account: &AccountId) -> Self {
        self.purpose.account = Some(account.clone());
        self
    }

    /// One more parameter.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and texts are written where they are sent"
    )]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// The path and as much of the query as names nobody.
    pub fn shown(&self) -> String {
        let mut out = self.path.clone();
        for (place, (name, value)) in self.query.iter().enumerate() {
            out.push(if place == 0 { '?' } else { '&' });
            out.push_str(name);
            out.push('=');
            out.push_str(if is_plain(name) { value } else { "…" });
        }
        out
    }

    /// The method, as it is shown.
    pub fn verb(&self) -> &'static str {
        match self.method.as_str() {
            "POST" => "POST",
            "PUT" => "PUT",
            "DELETE" => "DELETE",
            _ => "GET",
        }
    }
}

fn is_plain(name: &str) -> bool {
    const PLAIN: [&str; 9] = [
        "page",
        "per_page",
        "page_size",
        "order",
        "direction",
        "status",
        "id",
        "account.id",
        "include",
    ];
    PLAIN.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k7_what_is_shown_of_a_call_names_nobody() {
        let call = Call::get("x", Right::Read, "/accounts/a/members".into(), Urgency::Bulk)
            .with("page", 2)
            .with("fuzzyEmail", "alice@b.example")
            .with("name", "secret team");
        assert_eq!(call.shown(), "/accounts/a/members?page=2&fuzzyEmail=…&name=…");
    }
}
