//! What the service says about its own limit, read from headers.

use std::time::Duration;

use jiff::Timestamp;

use super::super::wire::http_date;

/// The limit where the service doesn't name it: 1,200 in five minutes, by Cloudflare's documentation.
const QUOTA: u32 = 1_200;
/// The longest time to a reset that is believed.
const LONGEST_RESET: u64 = 600;
/// The longest `Retry-After` that is believed.
const LONGEST_RETRY: u64 = 600;

/// How much is left (`Ratelimit: "default";r=50;t=30`), of how much (`Ratelimit-Policy: "default";q=1200;w=300`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Requests left.
    pub left: u32,
    /// Of this many.
    pub quota: u32,
    /// Until it is reset.
    pub reset: Duration,
}

/// What one answer says about pacing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Whether it was a 429.
    pub throttled: bool,
    /// How long a 429 asks to wait, if it says.
    pub retry_after: Option<Duration>,
    /// What is left, if it says.
    pub word: Option<Word>,
}

impl Word {
    /// Reads both headers; of several limits the one with the smallest part left counts. Anything malformed is
    /// ignored.
    pub fn read(limits: &str, policies: &str) -> Option<Self> {
        let quotas: Vec<_> = entries(policies).collect();
        entries(limits)
            .filter_map(|(name, params)| {
                let quota = quotas
                    .iter()
                    .find(|(n, _)| *n == name)
                    .or_else(|| quotas.first())
                    .and_then(|(_, params)| number(params, "q"))
                    .filter(|q| *q > 0)
                    .unwrap_or(u64::from(QUOTA));
                let reset = number(params, "t")?.min(LONGEST_RESET);
                Some(Self {
                    left: u32::try_from(number(params, "r")?).unwrap_or(u32::MAX),
                    quota: u32::try_from(quota).unwrap_or(u32::MAX),
                    reset: Duration::from_secs(reset),
                })
            })
            .min_by(|a, b| {
                let a_part = u64::from(a.left) * u64::from(b.quota);
                a_part.cmp(&(u64::from(b.left) * u64::from(a.quota)))
            })
    }
}

/// The members of a structured-field list with their parameters.
fn entries(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split(',').filter_map(|entry| entry.trim().split_once(';'))
}

fn number(params: &str, name: &str) -> Option<u64> {
    params.split(';').find_map(|param| {
        let (key, value) = param.split_once('=')?;
        (key.trim() == name).then(|| value.trim().parse().ok()).flatten()
    })
}

/// How long a `Retry-After` asks to wait, at most ten minutes: seconds, or a date that is held against the answer's
/// own `Date` and never against a local clock.
pub fn retry_after(header: &str, date: Option<Timestamp>) -> Option<Duration> {
    let header = header.trim();
    let longest = Duration::from_secs(LONGEST_RETRY);
    if !header.is_empty() && header.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit are a long time all the same.
        return Some(header.parse().map_or(longest, Duration::from_secs).min(longest));
    }
    let wait = http_date(header)?.as_second() - date?.as_second();
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)).min(longest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word(left: u32, quota: u32, reset: u64) -> Word {
        Word { left, quota, reset: Duration::from_secs(reset) }
    }

    #[test]
    fn the_words_about_the_limit_are_read() {
        assert_eq!(Word::read("\"default\";r=50;t=30", ""), Some(word(50, 1_200, 30)));
        assert_eq!(
            Word::read("\"default\";r=50;t=30", "\"default\";q=100;w=60"),
            Some(word(50, 100, 30))
        );
        assert_eq!(
            Word::read("\"default\"; r=5 ; t=9999", "\"burst\";q=100"),
            Some(word(5, 100, 600))
        );
    }

    #[test]
    fn the_strictest_of_several_limits_counts() {
        let policies = "\"burst\";q=100;w=60, \"long\";q=1200;w=300";
        assert_eq!(
            Word::read("\"burst\";r=90;t=5, \"long\";r=12;t=200", policies),
            Some(word(12, 1_200, 200))
        );
        assert_eq!(
            Word::read("\"burst\";r=1;t=5, \"long\";r=1200;t=200", policies),
            Some(word(1, 100, 5))
        );
    }

    #[test]
    fn a11_malformed_words_about_the_limit_are_ignored() {
        for header in [
            "",
            "50",
            "\"default\"",
            "\"default\";r=x;t=1",
            "\"d\";r=-1;t=1",
            "\"d\";r=5",
            ";;;,,,",
        ] {
            assert_eq!(Word::read(header, ""), None, "{header:?}");
        }
        assert_eq!(Word::read("\"d\";r=5;t=1", "\"d\";q=0"), Some(word(5, 1_200, 1)));
        assert_eq!(Word::read("\"d\";r=5;t=1", "rubbish"), Some(word(5, 1_200, 1)));
    }

    #[test]
    fn a8_a_retry_date_is_held_against_the_answers_own_date() {
        let date = http_date("Sun, 06 Nov 1994 08:49:37 GMT");
        let wait = |header| retry_after(header, date).map(|d| d.as_secs());
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait("0"), Some(0));
        assert_eq!(wait("99999"), Some(600));
        assert_eq!(wait("99999999999999999999999"), Some(600));
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(wait("Sat, 06 Nov 2094 08:00:00 GMT"), Some(600));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-5"), None);
        assert_eq!(wait(""), None);
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:50:37 GMT", None), None);
    }

    proptest! {
        #[test]
        fn no_header_makes_the_readers_fail(a in ".{0,60}", b in "[\"a-z;=,0-9rtqw ]{0,60}") {
            let _ = Word::read(&a, &b);
            let _ = Word::read(&b, &a);
            let _ = retry_after(&a, None);
            if let Some(word) = Word::read(&b, &b) {
                prop_assert!(word.quota > 0 && word.reset.as_secs() <= LONGEST_RESET);
            }
        }
    }
}
