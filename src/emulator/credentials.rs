//! The credentials the server knows, and what each may do.

use std::fmt;

use super::Shapes;
use super::reply::Reply;
use super::request::Request;
use super::world::dice::{derive, mix};
use super::world::{Id, Moment, Person};
use serde_json::json;

/// A credential of the emulator. It opens nothing but the emulator.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Names it among the others: `writer`, `reader`, `account`, `key`, `revoked` …
    pub name: &'static str,
    /// What it may do, in a few words.
    pub may: &'static str,
    /// What is sent.
    pub secret: Secret,
}

/// What a client sends to be known.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// Sent as `Authorization: Bearer …`.
    Token(String),
    /// Sent as `X-Auth-Email` and `X-Auth-Key`.
    Key {
        /// The person's e-mail.
        email: String,
        /// The global key.
        key: String,
    },
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(_) => f.write_str("Token(…)"),
            Self::Key { email, .. } => write!(f, "Key({email}, …)"),
        }
    }
}

/// Whose budget a request spends: all of a person's tokens and the key share one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Owner {
    Person,
    Account,
    Nobody,
}

/// How far a credential goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    /// Known to nobody any more.
    Revoked,
    Expired,
    Disabled,
    NotYet,
    /// Refused for a while after its first use, as a token that was just made.
    Fresh,
}

/// One thing that a good credential may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    Read,
    Write,
    /// Read the names of zones.
    Zones,
    /// Read the user's details and memberships.
    User,
}

const ALL: &[Right] = &[Right::Read, Right::Write, Right::Zones, Right::User];

/// A credential as the server keeps it.
#[derive(Clone)]
pub(super) struct Known {
    pub shown: Credential,
    pub id: Id,
    pub owner: Owner,
    pub standing: Standing,
    pub rights: &'static [Right],
    pub expires: Option<Moment>,
    pub not_before: Option<Moment>,
}

/// Makes the credentials of a seed.
pub(super) fn known(seed: u64, owner: &Person, now: Moment) -> Vec<Known> {
    use Standing::{Disabled, Expired, Fresh, Good, NotYet, Revoked};
    const READER: &[Right] = &[Right::Read, Right::Zones, Right::User];
    const NO_ZONES: &[Right] = &[Right::Read, Right::Write, Right::User];
    const NO_USER: &[Right] = &[Right::Read, Right::Write, Right::Zones];
    let rows = [
        ("writer", "read and write everything", "cfut", Good, ALL),
        ("reader", "read everything, write nothing", "cfut", Good, READER),
        (
            "account",
            "read and write; owned by the account, so there is no user behind it",
            "cfat",
            Good,
            ALL,
        ),
        ("key", "read and write everything, with the owner's e-mail", "key", Good, ALL),
        ("revoked", "nothing: it was revoked", "cfut", Revoked, ALL),
        ("expired", "nothing: it expired a week ago", "cfut", Expired, ALL),
        ("disabled", "nothing: it was disabled", "cfut", Disabled, ALL),
        ("future", "nothing before next week", "cfut", NotYet, ALL),
        (
            "fresh",
            "read and write everything, once --lag has passed since its first use",
            "cfut",
            Fresh,
            ALL,
        ),
        ("no-zones", "read and write, but not the names of zones", "cfut", Good, NO_ZONES),
        ("no-user", "read and write, but not the user's details", "cfut", Good, NO_USER),
        ("zones-only", "read the names of zones, nothing else", "cfut", Good, &[Right::Zones]),
    ];
    rows.into_iter()
        .map(|(name, may, prefix, standing, rights)| {
            let secret = match prefix {
                "key" => {
                    Secret::Key { email: owner.email.to_string(), key: secret(seed, name, "", 37) }
                }
                prefix => Secret::Token(secret(seed, name, &format!("{prefix}_"), 40)),
            };
            let week = |weeks: u64| now.minus_hours(24 * 7 * weeks);
            Known {
                shown: Credential { name, may, secret },
                id: derive(seed, name, 7),
                owner: if prefix == "cfat" { Owner::Account } else { Owner::Person },
                standing,
                rights,
                expires: (standing == Expired).then(|| week(1)),
                not_before: (standing == NotYet)
                    .then(|| now.plus(jiff::SignedDuration::from_hours(24 * 7))),
            }
        })
        .collect()
}

fn secret(seed: u64, name: &str, prefix: &str, length: u64) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let start = derive(seed, "secret", 0).bits() ^ derive(seed, name, 9).bits();
    let letters = (0..length).map(|n| {
        let at = usize::try_from(mix(start ^ mix(n)) % 16).unwrap_or_default();
        char::from(HEX.get(at).copied().unwrap_or(b'0'))
    });
    prefix.chars().chain(letters).collect()
}

/// Finds out who asks. Only what is malformed or unknown is refused here; standing and rights come later,
/// because the verify calls tell them.
pub(super) fn who(request: &Request, known: &[Known], shapes: Shapes) -> Result<Known, Reply> {
    if let Some(authorization) = request.headers.get("authorization") {
        let token = authorization.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
        return by_token(token.unwrap_or_default(), known, request);
    }
    match (request.header("x-auth-email"), request.header("x-auth-key")) {
        (Some(email), Some(key)) => by_key(email, key, known),
        _ if request.segments.last().is_some_and(|last| last == "verify") => Err(Reply::refuse(
            if shapes == Shapes::Live { 401 } else { 400 },
            1001,
            "Missing API token",
        )),
        _ => Err(Reply::refuse(
            400,
            9106,
            "Missing X-Auth-Key, X-Auth-Email or Authorization headers",
        )),
    }
}

fn by_token(token: &str, known: &[Known], request: &Request) -> Result<Known, Reply> {
    let well_formed = token.len() >= 20
        && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if !well_formed {
        return Err(malformed(6111, "Invalid format for Authorization header"));
    }
    known
        .iter()
        .find(|k| {
            k.standing != Standing::Revoked && k.shown.secret == Secret::Token(token.to_owned())
        })
        .cloned()
        .ok_or_else(|| unknown_token(request))
}

/// An unknown or revoked token has one number on the verify calls, another on the user's, a third elsewhere.
pub(super) fn unknown_token(request: &Request) -> Reply {
    match request.segments.first().map(String::as_str) {
        _ if request.segments.last().is_some_and(|last| last == "verify") => {
            Reply::refuse(401, 1000, "Invalid API Token")
        }
        Some("user") => Reply::refuse(403, 9109, "Invalid access token"),
        _ => Reply::unauthenticated(401),
    }
}

fn by_key(email: &str, key: &str, known: &[Known]) -> Result<Known, Reply> {
    if key.len() < 37 || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Err(malformed(6103, "Invalid format for X-Auth-Key header"));
    }
    known
        .iter()
        .find(|k| match &k.shown.secret {
            Secret::Key { email: e, key: right } => e.eq_ignore_ascii_case(email) && right == key,
            Secret::Token(_) => false,
        })
        .cloned()
        .ok_or_else(|| Reply::refuse(400, 9103, "Unknown X-Auth-Key or X-Auth-Email"))
}

/// The reason sits in the chain, not in the error itself.
fn malformed(code: u32, message: &str) -> Reply {
    Reply::refuse_with(
        400,
        &json!([{
            "code": 6003,
            "message": "Invalid request headers",
            "error_chain": [{"code": code, "message": message}],
        }]),
    )
}
