//! The request budget: so many requests in five minutes, then five minutes of nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use super::credentials::Owner;

/// The window in which requests are counted, and how long the block lasts.
const WINDOW: Duration = Duration::from_mins(5);

#[derive(Clone, Copy)]
struct Spent {
    since: Duration,
    count: u32,
    blocked_until: Option<Duration>,
}

/// What each owner has spent.
pub(super) struct Budget {
    quota: u32,
    spent: BTreeMap<Owner, Spent>,
}

/// What the headers of an answer say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Left {
    pub quota: u32,
    pub requests: u32,
    /// Seconds until the window ends, rounded up.
    pub seconds: u64,
    /// The request is over the budget.
    pub refused: bool,
}

impl Budget {
    pub const fn new(quota: u32) -> Self {
        Self { quota, spent: BTreeMap::new() }
    }

    /// Counts one request at a time since the start.
    pub fn spend(&mut self, owner: Owner, now: Duration) -> Left {
        let fresh = Spent { since: now, count: 0, blocked_until: None };
        let spent = self.spent.entry(owner).or_insert(fresh);
        if let Some(until) = spent.blocked_until.filter(|until| now < *until) {
            return Left {
                quota: self.quota,
                requests: 0,
                seconds: seconds(until, now),
                refused: true,
            };
        }
        if spent.blocked_until.is_some() || now >= spent.since + WINDOW {
            *spent = fresh;
        }
        let refused = spent.count >= self.quota;
        if refused {
            spent.blocked_until = Some(now + WINDOW);
        } else {
            spent.count += 1;
        }
        let end = spent.blocked_until.unwrap_or(spent.since + WINDOW);
        Left {
            quota: self.quota,
            requests: self.quota - spent.count,
            seconds: seconds(end, now),
            refused,
        }
    }
}

fn seconds(end: Duration, now: Duration) -> u64 {
    let left = end.saturating_sub(now);
    left.as_secs() + u64::from(left.subsec_nanos() > 0)
}

impl Left {
    /// The two headers, as structured fields.
    pub fn headers(self) -> [(String, String); 2] {
        let Self { quota, requests, seconds, .. } = self;
        [
            ("ratelimit".to_owned(), format!("\"default\";r={requests};t={seconds}")),
            (
                "ratelimit-policy".to_owned(),
                format!("\"default\";q={quota};w={}", WINDOW.as_secs()),
            ),
        ]
    }
}
