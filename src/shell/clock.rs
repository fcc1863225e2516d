//! The clock: read here alone, and told to the core as a message.

use std::time::Instant;

use jiff::Timestamp;

use crate::domain::Now;

/// Both clocks, counted from when it was made.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
impl Clock {
    /// A clock that starts now.
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// The time.
    pub fn now(&self) -> Now {
        Now { wall: Timestamp::now(), since_start: self.start.elapsed() }
    }
}
