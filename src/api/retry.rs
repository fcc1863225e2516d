//! When a read is tried again. Pure.

use std::time::Duration;

use super::Timings;

/// How a try failed, as far as trying again is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// Nothing that a repetition would mend.
    Final,
    /// The answer was garbled: worth one more try.
    Garbled,
    /// The way or the server failed: it may be better soon.
    Passing,
    /// Refused with 429: the pacer holds the next try back.
    Throttled,
}

/// The most tries of one read.
const TRIES: u32 = 5;

/// The tries of one read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tries {
    failed: u32,
    throttled: u32,
    garbled: u32,
    spent: Duration,
}

impl Tries {
    /// Which try comes now; 1 for the first.
    pub fn number(&self) -> u32 {
        self.failed + self.throttled + 1
    }

    /// A try failed after it `took` so long. How long to wait before the next, or `None` if there is none. `chance`
    /// is anything from 0 to 1: the wait is spread over its whole length so that many don't come back at once.
    pub fn again(
        &mut self,
        failing: Failing,
        took: Duration,
        chance: f64,
        timings: &Timings,
    ) -> Option<Duration> {
        match failing {
            Failing::Final => return None,
            Failing::Throttled => {
                self.throttled += 1;
                return (self.throttled < TRIES).then_some(Duration::ZERO);
            }
            Failing::Garbled => self.garbled += 1,
            Failing::Passing => {}
        }
        self.failed += 1;
        self.spent += took;
        if self.failed >= TRIES || self.garbled > 1 {
            return None;
        }
        let longest = timings
            .first_backoff
            .saturating_mul(1 << (self.failed - 1).min(16))
            .min(timings.longest_backoff);
        let wait = longest.mul_f64(chance.clamp(0.0, 1.0));
        self.spent += wait;
        (self.spent < timings.retrying).then_some(wait)
    }
}

/// How many repetitions may be sent in all: one for each five first tries, so that a failing service isn't
/// buried under them, and a handful to start with.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// In fifths of a repetition.
    fifths: u32,
}

impl Allowance {
    const FULL: u32 = 50 * 5;

    /// A first try was sent.
    pub fn earn(&mut self) {
        self.fifths = (self.fifths + 1).min(Self::FULL);
    }

    /// Whether one more repetition may be sent; if so it is counted.
    pub fn spend(&mut self) -> bool {
        match self.fifths.checked_sub(5) {
            Some(rest) => {
                self.fifths = rest;
                true
            }
            None => false,
        }
    }
}

impl Default for Allowance {
    fn default() -> Self {
        Self { fifths: 10 * 5 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn waits(failing: Failing, took: Duration) -> Vec<u128> {
        let (mut tries, timings) = (Tries::default(), Timings::default());
        std::iter::from_fn(|| tries.again(failing, took, 1.0, &timings))
            .map(|d| d.as_millis())
            .collect()
    }

    #[test]
    fn a12_a_read_is_tried_five_times_with_doubling_waits() {
        assert_eq!(waits(Failing::Passing, MS), [500, 1_000, 2_000, 4_000]);
    }

    #[test]
    fn a12_reads_that_take_long_are_given_up_after_a_minute() {
        assert_eq!(waits(Failing::Passing, 30_000 * MS), [500]);
    }

    #[test]
    fn n14_a_garbled_answer_is_asked_for_once_more() {
        assert_eq!(waits(Failing::Garbled, MS), [500]);
        assert!(waits(Failing::Final, MS).is_empty());
    }

    #[test]
    fn a_throttled_read_waits_for_the_pacer_alone() {
        assert_eq!(waits(Failing::Throttled, MS), [0, 0, 0, 0]);
    }

    #[test]
    fn repetitions_are_at_most_a_fifth_of_what_is_asked() {
        let mut allowance = Allowance::default();
        while allowance.spend() {}
        let mut repeated = 0;
        for _ in 0..100 {
            allowance.earn();
            repeated += u32::from(allowance.spend());
        }
        assert_eq!(repeated, 20);
    }

    proptest! {
        #[test]
        fn no_read_is_tried_for_ever(
            kinds in prop::collection::vec((0u8..3, 0u64..40_000, 0.0f64..=1.0), 0..30),
        ) {
            let (mut tries, timings) = (Tries::default(), Timings::default());
            let mut sent = 1;
            for (kind, took, chance) in kinds {
                let failing = [Failing::Garbled, Failing::Passing, Failing::Throttled][kind as usize];
                let took = Duration::from_millis(took);
                let Some(wait) = tries.again(failing, took, chance, &timings) else { break };
                prop_assert!(wait <= timings.longest_backoff);
                sent += 1;
                prop_assert_eq!(tries.number(), sent);
            }
            prop_assert!(sent < 2 * TRIES);
        }
    }
}
