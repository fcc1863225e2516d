//! Ids as the service writes them, and moments as the world keeps them.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

/// A "tag": 32 lower-case hex characters on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::emulator) struct Id(u128);

impl Id {
    pub const fn new(bits: u128) -> Self {
        Self(bits)
    }

    /// Reads exactly 32 lower-case hex characters; anything else is not an id.
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed = text.len() == 32
            && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        well_formed.then(|| u128::from_str_radix(text, 16).ok()).flatten().map(Self)
    }

    /// The lower half, for mixing.
    pub const fn bits(self) -> u64 {
        (self.0 & 0xffff_ffff_ffff_ffff) as u64
    }

    /// The id in letters and digits beyond hex, as organizations and their members have them.
    pub fn letters(self) -> String {
        let mut rest = self.0;
        let mut text = String::with_capacity(32);
        for place in 0..32_u8 {
            let span = if place % 2 == 0 { (b'a', 26) } else { (b'0', 10) };
            let step = u8::try_from(rest % span.1).unwrap_or_default();
            text.push(char::from(span.0 + step));
            rest = (rest / span.1) ^ (u128::from(place) * 0x9e37_79b9_7f4a_7c15);
        }
        text
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// A moment of the made-up world, in microseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(in crate::emulator) struct Moment(i64);

impl Moment {
    pub fn of(timestamp: Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }

    pub fn plus(self, by: SignedDuration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }

    pub fn minus_hours(self, hours: u64) -> Self {
        self.minus_seconds(hours.saturating_mul(3_600))
    }

    pub fn minus_seconds(self, seconds: u64) -> Self {
        let micros = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000);
        Self(self.0.saturating_sub(micros))
    }

    /// Whole seconds from an earlier moment to this one; 0 where it is later.
    pub fn seconds_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0) / 1_000_000).unwrap_or(0)
    }

    /// As a `date` header has it.
    pub fn http(self) -> String {
        let timestamp = Timestamp::from_microsecond(self.0).unwrap_or_default();
        timestamp.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    /// As the service writes it: RFC 3339 in UTC, with this many digits of a second.
    pub fn text(self, digits: usize) -> String {
        let timestamp = Timestamp::from_microsecond(self.0).unwrap_or_default();
        let seconds = timestamp.strftime("%Y-%m-%dT%H:%M:%S");
        if digits == 0 {
            return format!("{seconds}Z");
        }
        let fraction = format!("{:06}", self.0.rem_euclid(1_000_000));
        let shown: String = fraction.chars().take(digits).collect();
        format!("{seconds}.{shown}Z")
    }
}
