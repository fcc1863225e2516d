//! The time, as it comes in with messages.

use std::time::Duration;

use jiff::Timestamp;

/// A moment on both clocks. Intervals are taken from `since_start`, which never steps; `wall` is for showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The wall clock, UTC.
    pub wall: Timestamp,
    /// Time since the program started, on the monotonic clock.
    pub since_start: Duration,
}

impl Now {
    /// How long ago a moment on the wall clock was, also of another session; zero if it lies ahead.
    pub fn since_wall(&self, earlier: Timestamp) -> Duration {
        Duration::try_from(self.wall.duration_since(earlier)).unwrap_or_default()
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    pub fn since(&self, earlier: &Self) -> Duration {
        self.since_start.saturating_sub(earlier.since_start)
    }
}

impl Default for Now {
    fn default() -> Self {
        Self { wall: Timestamp::UNIX_EPOCH, since_start: Duration::ZERO }
    }
}
