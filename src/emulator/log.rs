//! What was asked of the server, for tests and for the curious. Holds no credential and no body.

use std::time::Duration;

/// One request, as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The verb.
    pub method: String,
    /// The path as sent, without `/client/v4`.
    pub path: String,
    /// The query as sent, without the question mark.
    pub query: String,
    /// Name of the credential, if it was one of the server's.
    pub credential: Option<&'static str>,
    /// Time since the server's start.
    pub at: Duration,
    /// The status of the answer; none while it is on its way, and none where there was no proper answer.
    pub status: Option<u16>,
    /// What the server did with it: `true` where it was carried out (a refusal counts), at once or later.
    pub carried_out: bool,
}

impl Seen {
    /// True for every verb but GET and HEAD.
    pub fn writes(&self) -> bool {
        self.method != "GET" && self.method != "HEAD"
    }
}

#[derive(Default)]
pub(super) struct Log {
    rows: Vec<Seen>,
}

impl Log {
    /// Notes a request and returns its number.
    pub fn note(&mut self, seen: Seen) -> usize {
        self.rows.push(seen);
        self.rows.len() - 1
    }

    pub fn change(&mut self, number: usize, change: impl FnOnce(&mut Seen)) {
        if let Some(row) = self.rows.get_mut(number) {
            change(row);
        }
    }

    pub fn rows(&self) -> &[Seen] {
        &self.rows
    }
}
