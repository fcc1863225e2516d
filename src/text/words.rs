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
