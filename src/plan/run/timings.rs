//! All waits of a run, as one value, so that a test can shorten them together.

use std::time::Duration;

use crate::domain::WRITE_TOTAL;

/// All waits of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timings {
    /// When a write whose outcome is unknown is read back, counted from the loss of its answer. The last of
    /// these is the time after which absence is believed.
    pub resolve: Vec<Duration>,
    /// When a write that was accepted is read back, counted from its answer. After the last of these it counts
    /// as not in effect; Cloudflare's reads are known to lag by 30 to 60 s.
    pub verify: Vec<Duration>,
    /// The waits before a write that never left is sent again; after the last one the run pauses.
    pub not_sent: Vec<Duration>,
    /// The wait before a throttled write is sent again. The client holds requests back longer where it was told to.
    pub throttled: Duration,
    /// How long the service may throttle before the run pauses.
    pub throttled_at_most: Duration,
    /// How old a reading may be when a membership is written on it.
    pub fresh: Duration,
    /// How old a reading may be when a name, policies or a deletion are written on it.
    pub fresh_to_overwrite: Duration,
    /// How long a group that has just been made may still be missing from reads.
    pub appears: Duration,
    /// How long what is in flight is waited for after a stop.
    pub stop: Duration,
    /// How long a write whose answer was lost may still land.
    pub late: Duration,
    /// How long the client waits for the answer of a write: one without an outcome was lost by then.
    pub deadline: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        let ms = Duration::from_millis;
        Self {
            resolve: [500, 1500, 3500, 7500, 15_500].map(ms).to_vec(),
            verify: [0, 500, 1500, 3500, 7500, 15_500, 31_000, 60_000].map(ms).to_vec(),
            not_sent: [500, 1000, 2000, 4000, 8000].map(ms).to_vec(),
            throttled: ms(1000),
            throttled_at_most: Duration::from_mins(10),
            fresh: Duration::from_secs(10),
            fresh_to_overwrite: Duration::from_secs(2),
            appears: Duration::from_mins(1),
            stop: Duration::from_secs(30),
            late: Duration::from_mins(2),
            deadline: WRITE_TOTAL,
        }
    }
}

impl Timings {
    /// All waits, this many times as long; for tests.
    #[must_use]
    pub fn scaled(&self, times: f64) -> Self {
        let one = |wait: &Duration| wait.mul_f64(times);
        let all = |waits: &[Duration]| waits.iter().map(one).collect();
        Self {
            resolve: all(&self.resolve),
            verify: all(&self.verify),
            not_sent: all(&self.not_sent),
            throttled: one(&self.throttled),
            throttled_at_most: one(&self.throttled_at_most),
            fresh: one(&self.fresh),
            fresh_to_overwrite: one(&self.fresh_to_overwrite),
            appears: one(&self.appears),
            stop: one(&self.stop),
            late: one(&self.late),
            deadline: one(&self.deadline),
        }
    }
}
