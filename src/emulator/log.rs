//! What was asked of the server, for tests and for the curious. Holds no credential and no body.

use std::collections::VecDeque;
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

/// So many requests are remembered; a server that runs for days forgets the oldest.
const MOST: usize = 100_000;

#[derive(Default)]
pub(super) struct Log {
    rows: VecDeque<Seen>,
    /// How many were forgotten.
    forgotten: usize,
}

impl Log {
    /// Notes a request and returns its number.
    pub fn note(&mut self, seen: Seen) -> usize {
        if self.rows.len() >= MOST {
            self.rows.pop_front();
            self.forgotten += 1;
        }
        self.rows.push_back(seen);
        self.forgotten + self.rows.len() - 1
    }

    pub fn change(&mut self, number: usize, change: impl FnOnce(&mut Seen)) {
        let at = number.checked_sub(self.forgotten);
        if let Some(row) = at.and_then(|at| self.rows.get_mut(at)) {
            change(row);
        }
    }

    pub fn rows(&self) -> impl Iterator<Item = &Seen> {
        self.rows.iter()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Log, MOST, Seen};

    fn seen(at: usize) -> Seen {
        Seen {
            method: "GET".to_owned(),
            path: String::new(),
            query: String::new(),
            credential: None,
            at: Duration::from_secs(at as u64),
            status: None,
            carried_out: false,
        }
    }

    #[test]
    fn the_oldest_requests_are_forgotten_and_the_others_keep_their_numbers() {
        let mut log = Log::default();
        let numbers: Vec<usize> = (0..MOST + 3).map(|at| log.note(seen(at))).collect();
        assert!(numbers.iter().copied().eq(0..MOST + 3));
        for number in [0, 2, MOST, MOST + 2] {
            log.change(number, |seen| seen.status = Some(200));
        }
        let answered: Vec<u64> =
            log.rows().filter(|seen| seen.status.is_some()).map(|seen| seen.at.as_secs()).collect();
        assert_eq!(answered, [MOST as u64, MOST as u64 + 2]);
        assert_eq!(log.rows().count(), MOST);
    }
}
