//! Numbers, ages and dates in words.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A number with a comma between thousands: `1,312`.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of things: `1 member`, `1,312 members`, `2 policies`. `noun` is in the singular.
pub fn plural(number: usize, noun: &str) -> String {
    let counted = count(number);
    match noun.strip_suffix('y') {
        _ if number == 1 => format!("{counted} {noun}"),
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{counted} {stem}ies"),
        _ if noun.ends_with(['s', 'x']) || noun.ends_with("ch") || noun.ends_with("sh") => {
            format!("{counted} {noun}es")
        }
        _ => format!("{counted} {noun}s"),
    }
}

/// A number of people: `1 person`, `1,312 people`.
pub fn people(number: usize) -> String {
    format!("{} {}", count(number), if number == 1 { "person" } else { "people" })
}

/// About how long something takes.
pub fn about(time: Duration) -> String {
    match time.as_secs() {
        seconds @ ..90 => format!("about {} s", seconds.max(1)),
        seconds => format!("about {} min", seconds.div_ceil(60)),
    }
}

/// How long ago something was, in one unit: it turns at most once a minute.
pub fn age(since: Duration) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    match since.as_secs() {
        ..MINUTE => "just now".to_owned(),
        s @ ..HOUR => format!("{} min ago", s / MINUTE),
        s if s < 2 * DAY => format!("{} h ago", s / HOUR),
        s if s < 60 * DAY => format!("{} d ago", s / DAY),
        s if s < 730 * DAY => format!("{} mo ago", s / (30 * DAY)),
        s => format!("{} y ago", s / (365 * DAY)),
    }
}

/// The day of a moment, in UTC: `4 Mar 2026`.
pub fn date(moment: Timestamp) -> String {
    moment.strftime("%-d %b %Y").to_string()
}

/// The time of day of a moment, in the given zone: `14:02`.
pub fn clock(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned_datetime(zone.clone()).strftime("%H:%M").to_string()
}

/// A moment to the second in the given zone, with its offset: `4 Mar 2026 14:02:07 +01:00`.
pub fn moment(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned_datetime(zone.clone()).strftime("%-d %b %Y %H:%M:%S %:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas_and_nouns_their_plural() {
        for (number, noun, words) in [
            (0, "member", "0 members"),
            (1, "member", "1 member"),
            (1312, "member", "1,312 members"),
            (1_000_000, "group", "1,000,000 groups"),
            (999, "policy", "999 policies"),
            (1, "policy", "1 policy"),
            (2, "key", "2 keys"),
            (2, "access", "2 accesses"),
            (3, "batch", "3 batches"),
        ] {
            assert_eq!(plural(number, noun), words);
        }
    }

    #[test]
    fn an_age_is_coarse_and_turns_at_most_once_a_minute() {
        const DAY: u64 = 24 * 60 * 60;
        for (seconds, words) in [
            (0, "just now"),
            (59, "just now"),
            (60, "1 min ago"),
            (3599, "59 min ago"),
            (3600, "1 h ago"),
            (2 * DAY - 1, "47 h ago"),
            (2 * DAY, "2 d ago"),
            (59 * DAY, "59 d ago"),
            (60 * DAY, "2 mo ago"),
            (729 * DAY, "24 mo ago"),
            (730 * DAY, "2 y ago"),
        ] {
            assert_eq!(age(Duration::from_secs(seconds)), words);
        }
        let mut turned = 0;
        for second in 0..3 * 60 * 60 {
            if age(Duration::from_secs(second)) != age(Duration::from_secs(second + 1)) {
                assert!(second - turned >= 59, "turned at {turned} and again at {second}");
                turned = second;
            }
        }
    }

    #[test]
    fn dates_are_short_and_moments_carry_their_offset() {
        let at: Timestamp = "2026-03-04T23:30:07Z".parse().unwrap();
        assert_eq!(date(at), "4 Mar 2026");
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(clock(at, &zone), "00:30");
        assert_eq!(moment(at, &zone), "5 Mar 2026 00:30:07 +01:00");
    }
}
