//! When all processes of one credential sent requests: the service counts them together.

use std::fmt;
use std::time::Duration;

use super::Window;

/// Where all processes of one credential note when they sent requests. Kept outside of this room, which touches
/// no file.
pub trait Ledger: fmt::Debug + Send + Sync {
    /// Lets the moments (microseconds since 1970, in no order) be read and changed while no other process does;
    /// what is there afterwards is kept. Waits for nobody.
    ///
    /// # Errors
    /// Nothing was read or changed.
    fn change(&self, change: &mut dyn FnMut(&mut Vec<u64>)) -> Result<(), Closed>;
}

/// Why a ledger could not be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Another process has it.
    Busy,
    /// It can't be read or written here.
    Broken,
}

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// On the pacer's clock.
    pub since_start: Duration,
    /// Microseconds since 1970.
    pub wall: u64,
}

/// The moments of a ledger on the pacer's clock. What is older than `span` is dropped from the ledger; what lies
/// ahead, because the machine's clock was set back, counts as of now.
pub fn read(moments: &mut Vec<u64>, span: Duration, now: Moment) -> Window {
    let ago = |moment: u64| Duration::from_micros(now.wall.saturating_sub(moment));
    moments.retain(|moment| ago(*moment) < span);
    for moment in moments.iter_mut() {
        *moment = now.wall.min(*moment);
    }
    moments.iter().map(|moment| now.since_start.saturating_sub(ago(*moment))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn now() -> Moment {
        Moment { since_start: s(400), wall: 1_000_000_000 }
    }

    #[test]
    fn what_is_older_than_the_span_is_dropped_and_the_rest_is_in_order() {
        let mut moments = vec![999_000_000, 650_000_000, 990_000_000];
        let window = read(&mut moments, s(300), now());
        assert_eq!(moments, [999_000_000, 990_000_000]);
        assert_eq!((window.count(s(300), s(400)), window.count(s(5), s(400))), (2, 1));
    }

    #[test]
    fn a_moment_that_lies_ahead_counts_as_of_now_and_does_not_hold_for_ever() {
        let mut moments = vec![9_000_000_000];
        let window = read(&mut moments, s(300), now());
        assert_eq!(moments, [1_000_000_000]);
        assert_eq!(window.until_below(1, s(300), s(400)), s(300));
    }
}
