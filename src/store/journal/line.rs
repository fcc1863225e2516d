//! A line of a journal: JSON that ends with a sum over itself and the sum before, so that a line that was changed,
//! moved or taken out is told from one that was not written to its end.
//!
//! Also later versions begin a line with `v` and end it with `sum` like this; what stands between is theirs to change.

use std::fmt::Write as _;
use std::io;

use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, Serializer};
use sha2::{Digest, Sha256};

/// The version that is written here.
pub const VERSION: u32 = 1;

/// No line is longer than this.
pub const LONGEST: usize = 64 << 10;

const KEY: &[u8] = br#","sum":""#;
const DIGITS: usize = 16;
const CLOSE: &[u8] = br#""}"#;

/// A line's sum; the one before the first is empty.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Sum(String);

impl Sum {
    fn of(&self, body: &[u8]) -> Self {
        let digest = Sha256::new().chain_update(&self.0).chain_update(body).finalize();
        let hex = digest.iter().take(DIGITS / 2).fold(String::new(), |mut text, byte| {
            // Writing to a text never fails.
            let _ = write!(text, "{byte:02x}");
            text
        });
        Self(hex)
    }

    /// Appends a line with this JSON object to `out`. The sum goes on from this one.
    ///
    /// # Errors
    /// The object has no JSON form, or is too long.
    pub fn seal<T: Serialize>(&mut self, object: &T, out: &mut Vec<u8>) -> Result<(), String> {
        let mut body = Vec::new();
        let mut serializer = Serializer::with_formatter(&mut body, Ascii);
        object.serialize(&mut serializer).map_err(|error| error.to_string())?;
        let sum = self.of(&body);
        let Some((b'}', open)) = body.split_last() else { return Err("no object".to_owned()) };
        let parts = [open, KEY, sum.0.as_bytes(), CLOSE, b"\n"];
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if length > LONGEST {
            return Err(format!("a line of {length} bytes"));
        }
        out.extend(parts.concat());
        *self = sum;
        Ok(())
    }

    /// The JSON object of a line (without its line feed) that follows this sum. The sum goes on to the line's own.
    /// `None` if the line is not as it was sealed.
    pub fn open(&mut self, line: &[u8]) -> Option<Vec<u8>> {
        let line = line.strip_suffix(CLOSE)?;
        let (rest, digits) = line.split_at_checked(line.len().checked_sub(DIGITS)?)?;
        let mut body = rest.strip_suffix(KEY)?.to_vec();
        body.push(b'}');
        let sum = self.of(&body);
        if sum.0.as_bytes() != digits {
            return None;
        }
        *self = sum;
        Some(body)
    }
}

/// JSON in which every character that draws something unusual, or nothing, is escaped: a journal may be looked at with
/// a pager, or be printed, whatever the names in it are made of.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        for character in text.chars() {
            if matches!(character, ' '..='~') {
                write!(out, "{character}")?;
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// The version that a line's object says it has.
pub fn version(body: &[u8]) -> Option<u32> {
    serde_json::from_slice::<Version>(body).ok().map(|Version { v }| v)
}
