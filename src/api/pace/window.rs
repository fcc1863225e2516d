//! When requests left.

use std::collections::VecDeque;
use std::time::Duration;

/// The moments at which requests left, as far back as the budget looks. A token bucket would not do: a burst that
/// is refilled while it runs lets more through than any one span may hold.
#[derive(Clone, Debug, Default)]
pub struct Window {
    sent: VecDeque<Duration>,
}

impl FromIterator<Duration> for Window {
    fn from_iter<T: IntoIterator<Item = Duration>>(moments: T) -> Self {
        let mut sent: Vec<Duration> = moments.into_iter().collect();
        sent.sort_unstable();
        Self { sent: sent.into() }
    }
}

impl Window {
    /// A request leaves now.
    pub fn record(&mut self, now: Duration) {
        // Kept in order even if two moments are told the wrong way round.
        let now = self.sent.back().map_or(now, |last| now.max(*last));
        self.sent.push_back(now);
    }

    /// Forgets what is older than `span`.
    pub fn forget(&mut self, span: Duration, now: Duration) {
        while self.sent.front().is_some_and(|first| *first + span <= now) {
            self.sent.pop_front();
        }
    }

    /// How many left within the last `span`.
    pub fn count(&self, span: Duration, now: Duration) -> usize {
        self.sent.len() - self.sent.partition_point(|t| *t + span <= now)
    }

    /// How long until fewer than `limit` have left within the last `span`; zero if it is so already.
    pub fn until_below(&self, limit: usize, span: Duration, now: Duration) -> Duration {
        let count = self.count(span, now);
        if count < limit {
            return Duration::ZERO;
        }
        // With no limit to be below, the last of them is waited for.
        let place = (self.sent.len() - limit.max(1)).min(self.sent.len() - 1);
        self.sent.get(place).map_or(span, |t| (*t + span).saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn the_next_may_leave_when_enough_have_left_the_span() {
        let mut window = Window::default();
        for t in [0, 1, 2, 3] {
            window.record(s(t));
        }
        assert_eq!(window.until_below(5, s(10), s(4)), s(0));
        assert_eq!(window.until_below(4, s(10), s(4)), s(6));
        assert_eq!(window.until_below(2, s(10), s(4)), s(8));
        assert_eq!(window.until_below(4, s(10), s(10)), s(0));
        assert_eq!(window.count(s(2), s(4)), 1);
    }

    #[test]
    fn what_is_too_old_is_forgotten() {
        let mut window = Window::default();
        window.record(s(0));
        window.record(s(5));
        window.forget(s(10), s(10));
        assert_eq!(window.sent.len(), 1);
    }
}
