//! Deaths at chosen points, and shorter waits, that tests ask for; in builds with debug assertions and in no other.
//!
//! `CFIAM_CRASH` names the point, and after a colon which time it is passed: `synced-intent`, `half-outcome:3`.
//! `CFIAM_TIMINGS` says how many times as long every wait is: `0.005`.
//!
//! | point | dies |
//! |---|---|
//! | `staged` | what is staged is on the disk |
//! | `before-KIND` | a line of this kind is about to be written to a journal |
//! | `half-KIND` | half of it is written |
//! | `unsynced-KIND` | it is written, and not synced |
//! | `synced-KIND` | it is synced |
//! | `power-cut` | as `unsynced-KIND` at any line; what was not synced is lost as well |
//! | `answer-begun` | the headers of a write's answer have come |
//! | `resolve` `verify` | a write was read back, and nothing is made of it yet |

use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Signal, getpid, kill_process};

/// The variable that names the point.
pub const POINT: &str = "CFIAM_CRASH";
/// The variable that says how long waits are.
pub const WAITS: &str = "CFIAM_TIMINGS";

/// Dies if this is the chosen point.
pub fn at(point: &str) {
    if is_due(point) {
        die();
    }
}

/// Whether this is the chosen point, and the chosen time that it is passed.
pub fn is_due(point: &str) -> bool {
    static CHOSEN: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static PASSED: AtomicU32 = AtomicU32::new(0);
    let chosen = CHOSEN.get_or_init(|| {
        let text = asked(POINT)?;
        let (name, time) = text.split_once(':').unwrap_or((&text, "1"));
        Some((name.to_owned(), time.parse().ok()?))
    });
    let Some((name, time)) = chosen else { return false };
    name == point && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == *time
}

/// Dies as a program does that is killed: nothing is caught, and nothing is put right on the way out.
pub fn die() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    loop {
        std::thread::park();
    }
}

/// How many times as long every wait is.
pub fn waits() -> f64 {
    asked(WAITS).and_then(|text| f64::from_str(&text).ok()).unwrap_or(1.0)
}

#[expect(clippy::disallowed_methods, reason = "no setting: it exists for tests alone")]
fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
