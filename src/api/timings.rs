//! All waits, in one value.

use std::time::Duration;

use crate::domain::WRITE_TOTAL;

/// How long things may take, and how long is waited between them. All waits of the program come from here, so
/// that a test can scale them.
#[derive(Clone, Debug, PartialEq)]
pub struct Timings {
    /// Until a connection stands, TLS and proxy included.
    pub connect: Duration,
    /// A whole read, from sending to the last byte.
    pub read_total: Duration,
    /// A whole write, from sending to the last byte.
    pub write_total: Duration,
    /// Between two pieces of an answer's body.
    pub idle: Duration,
    /// The longest first wait before a read is tried again; it doubles with each try.
    pub first_backoff: Duration,
    /// The longest wait before a read is tried again.
    pub longest_backoff: Duration,
    /// How long one read is tried again in all, waits for the request budget not counted.
    pub retrying: Duration,
    /// How long everything waits after a 429 that doesn't say for how long: the first, the second … in a row.
    pub throttled: [Duration; 4],
    /// The longest wait that a 429 can ask for.
    pub longest_throttle: Duration,
    /// The span in which requests are counted against the budget.
    pub window: Duration,
    /// The span of the limit per second.
    pub second: Duration,
    /// How long the answer to "is this token good?" is believed.
    pub verdict: Duration,
    /// When a write whose outcome is unknown is read back, counted from when the answer was lost.
    pub settle: [Duration; 5],
    /// How long a write that was sent may still take effect.
    pub late_landing: Duration,
    /// How long a change that was accepted may stay invisible before it counts as not there.
    pub claimed: Duration,
    scale: f64,
}

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

const fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            connect: secs(5),
            read_total: secs(30),
            write_total: WRITE_TOTAL,
            idle: secs(15),
            first_backoff: ms(500),
            longest_backoff: secs(8),
            retrying: secs(60),
            throttled: [secs(60), secs(120), secs(240), secs(300)],
            longest_throttle: secs(600),
            // Requests that leave evenly arrive unevenly: the spans are a little longer than the service's own.
            window: ms(300_500),
            second: ms(1_010),
            verdict: secs(30),
            settle: [ms(500), ms(1_500), ms(3_500), ms(7_500), ms(15_500)],
            late_landing: secs(120),
            claimed: secs(60),
            scale: 1.0,
        }
    }
}

impl Timings {
    /// Every wait, and every wait that the service asks for, made `factor` times as long.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let by = |d: Duration| d.mul_f64(factor);
        Self {
            connect: by(self.connect),
            read_total: by(self.read_total),
            write_total: by(self.write_total),
            idle: by(self.idle),
            first_backoff: by(self.first_backoff),
            longest_backoff: by(self.longest_backoff),
            retrying: by(self.retrying),
            throttled: self.throttled.map(by),
            longest_throttle: by(self.longest_throttle),
            window: by(self.window),
            second: by(self.second),
            verdict: by(self.verdict),
            settle: self.settle.map(by),
            late_landing: by(self.late_landing),
            claimed: by(self.claimed),
            scale: self.scale * factor,
        }
    }

    /// A wait that the service named, on the same scale as all others.
    pub fn named(&self, wait: Duration) -> Duration {
        wait.mul_f64(self.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_twice_multiplies_and_the_services_own_waits_follow() {
        let timings = Timings::default().scaled(0.5).scaled(0.5);
        assert_eq!(timings.read_total, ms(7_500));
        assert_eq!(timings.settle[0], ms(125));
        assert_eq!(timings.named(secs(60)), secs(15));
    }
}
