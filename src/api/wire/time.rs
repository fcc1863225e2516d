//! Times as answers tell them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A time in any form close to RFC 3339; without an offset it is taken as UTC.
pub fn timestamp(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        TimeZone::UTC.to_timestamp(civil).ok()
    })
}

/// A time in HTTP's form: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text.trim()).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_any_number_of_digits_and_without_an_offset() {
        for text in [
            "2024-03-01T12:21:02Z",
            "2024-03-01T12:21:02.0000Z",
            "2024-03-01T12:21:02.000000Z",
            "2024-03-01T13:21:02+01:00",
            "2024-03-01T12:21:02",
            " 2024-03-01 12:21:02Z ",
        ] {
            assert_eq!(timestamp(text).map(Timestamp::as_second), Some(1_709_295_662), "{text}");
        }
        assert_eq!(timestamp("yesterday"), None);
        assert_eq!(timestamp(""), None);
    }

    #[test]
    fn http_dates_are_read() {
        let date = http_date("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(date.map(Timestamp::as_second), Some(784_111_777));
        assert_eq!(http_date("soon"), None);
    }
}
