//! Requests as they happened, and what is left of the request budget.

use std::time::Duration;

/// What a request is for. The order is the order of precedence when requests must wait: the first goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Urgency {
    /// Reading back a write whose outcome is unknown: never starved.
    Resolve,
    /// A write.
    Write,
    /// Reads just before a write.
    Preflight,
    /// What the person is looking at.
    Screen,
    /// Whole lists.
    Bulk,
}

/// One request as it happened: no body, no credential, no query value that names a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLine {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// The path below the base URL, with ids; of the query only what holds no e-mail or name.
    pub path: String,
    /// The HTTP status; `None` if no answer came.
    pub status: Option<u16>,
    /// Cloudflare's codes.
    pub codes: Vec<i64>,
    /// The answer's `cf-ray`.
    pub ray: Option<String>,
    /// From sending to the last byte.
    pub took: Duration,
    /// Bytes of the answer's body, decompressed.
    pub bytes: u64,
    /// 1 for the first try.
    pub attempt: u32,
    /// Why no answer came, in a few words.
    pub trouble: Option<String>,
}

/// How long a write is waited for at most, from sending to the last byte of its answer.
pub const WRITE_TOTAL: Duration = Duration::from_mins(1);

/// What is left of the request budget, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Budget {
    /// Requests of ours in the last 300 s.
    pub spent: u32,
    /// Our own ceiling for any 300 s.
    pub ceiling: u32,
    /// What the server's `Ratelimit` header says is left.
    pub left: Option<u32>,
    /// How long requests are being held back from now on; `None` while they flow.
    pub waits: Option<Duration>,
    /// Whether only whole lists are held back.
    pub only_lists: bool,
}
