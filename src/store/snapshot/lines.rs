//! The lines of a snapshot, and the checksum over them.

use std::fmt::Write as _;
use std::io::{self, BufRead, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use sha2::{Digest, Sha256};

use crate::text;

/// The longest line that is read: the members of a group stand in one.
const LONGEST: u64 = 64 << 20;

/// Why a snapshot can't be read.
#[derive(Debug)]
pub(super) enum Bad {
    /// The file can't be read.
    Io(io::Error),
    /// It is no snapshot, or not as it was written: what, and in which line.
    Damaged(String, usize),
    /// A later program wrote it, in a form of this version.
    Newer(u64),
    /// It is no snapshot at all.
    NoSnapshot,
}

impl From<io::Error> for Bad {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Writes lines and sums them up.
pub(super) struct Out<W> {
    to: W,
    sum: Sha256,
    line: Vec<u8>,
}

impl<W: Write> Out<W> {
    pub(super) fn new(to: W) -> Self {
        Self { to, sum: Sha256::new(), line: Vec::new() }
    }

    fn put(&mut self) -> io::Result<()> {
        self.line.push(b'\n');
        self.sum.update(&self.line);
        self.to.write_all(&self.line)?;
        self.line.clear();
        Ok(())
    }

    pub(super) fn first(&mut self, key: &str, version: u32) -> io::Result<()> {
        self.line.extend(format!("{{\"{key}\":{version},").as_bytes());
        self.put()
    }

    pub(super) fn value(&mut self, key: &str, value: &impl Serialize) -> io::Result<()> {
        self.line.extend(format!("\"{key}\":").as_bytes());
        write_value(&mut self.line, value)?;
        self.line.push(b',');
        self.put()
    }

    pub(super) fn list<T: Serialize>(
        &mut self,
        key: &str,
        rows: impl IntoIterator<Item = T>,
    ) -> io::Result<()> {
        self.line.extend(format!("\"{key}\":[").as_bytes());
        self.put()?;
        let mut rows = rows.into_iter().peekable();
        while let Some(row) = rows.next() {
            write_value(&mut self.line, &row)?;
            if rows.peek().is_some() {
                self.line.push(b',');
            }
            self.put()?;
        }
        self.line.extend(b"],");
        self.put()
    }

    /// Writes the checksum, and gives back what was written to.
    pub(super) fn end(mut self) -> io::Result<W> {
        let last = last(&self.sum);
        self.to.write_all(last.as_bytes())?;
        self.to.flush()?;
        Ok(self.to)
    }
}

/// The line that ends a snapshot.
fn last(sum: &Sha256) -> String {
    format!("\"sha256\":\"{}\"}}\n", hex(&sum.clone().finalize()))
}

/// Bytes as hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String can't fail.
        let _written = write!(out, "{byte:02x}");
    }
    out
}

/// JSON on one line, in which nothing that others wrote can draw itself.
pub(super) fn write_value(to: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(to, Visible)).map_err(io::Error::from)
}

/// Escapes whatever is not plainly visible.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        to: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if matches!(text::safe(fragment), std::borrow::Cow::Borrowed(_)) {
            return CompactFormatter.write_string_fragment(to, fragment);
        }
        for c in fragment.chars() {
            let mut room = [0; 4];
            let one = c.encode_utf8(&mut room);
            if matches!(text::safe(one), std::borrow::Cow::Borrowed(_)) {
                to.write_all(one.as_bytes())?;
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(to, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

/// Reads lines and sums them up.
pub(super) struct In<R> {
    from: R,
    sum: Sha256,
    line: Vec<u8>,
    number: usize,
}

impl<R: BufRead> In<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, sum: Sha256::new(), line: Vec::new(), number: 0 }
    }

    pub(super) fn bad(&self, what: impl Into<String>) -> Bad {
        Bad::Damaged(what.into(), self.number)
    }

    fn take(&mut self) -> Result<(), Bad> {
        self.line.clear();
        self.number += 1;
        let read = self.from.by_ref().take(LONGEST).read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Err(self.bad("it ends too early"));
        }
        Ok(())
    }

    fn next(&mut self) -> Result<&[u8], Bad> {
        self.take()?;
        self.sum.update(&self.line);
        match self.line.strip_suffix(b"\n") {
            Some(line) => Ok(line),
            None => Err(Bad::Damaged("it ends too early".to_owned(), self.number)),
        }
    }

    /// The version, from the first line.
    pub(super) fn first(&mut self, key: &str) -> Result<u64, Bad> {
        let before = format!("{{\"{key}\":");
        let line = match self.next() {
            Ok(line) => line,
            Err(Bad::Io(error)) => return Err(Bad::Io(error)),
            Err(_) => return Err(Bad::NoSnapshot),
        };
        let version = line.strip_prefix(before.as_bytes()).and_then(|rest| rest.strip_suffix(b","));
        let version = version.and_then(|version| std::str::from_utf8(version).ok());
        version.and_then(|version| version.parse().ok()).ok_or(Bad::NoSnapshot)
    }

    pub(super) fn value<T: DeserializeOwned>(&mut self, key: &str) -> Result<T, Bad> {
        let before = format!("\"{key}\":");
        let line = self.next()?;
        let value = line.strip_prefix(before.as_bytes()).and_then(|rest| rest.strip_suffix(b","));
        let value = value.and_then(|value| serde_json::from_slice(value).ok());
        value.ok_or_else(|| self.bad(format!("it has no \"{key}\" where that must be")))
    }

    pub(super) fn list<T: DeserializeOwned>(
        &mut self,
        key: &str,
        mut each: impl FnMut(T) -> Result<(), String>,
    ) -> Result<(), Bad> {
        let before = format!("\"{key}\":[");
        if self.next()? != before.as_bytes() {
            return Err(self.bad(format!("it has no \"{key}\" where that must be")));
        }
        loop {
            let line = self.next()?;
            if line == b"]," {
                return Ok(());
            }
            let row = serde_json::from_slice(line.strip_suffix(b",").unwrap_or(line));
            let taken = row
                .map_err(|_where_it_is_is_enough| "it can't be read".to_owned())
                .and_then(&mut each);
            taken.map_err(|why| self.bad(format!("in \"{key}\": {why}")))?;
        }
    }

    /// Looks at the checksum, and that nothing follows it.
    pub(super) fn end(mut self) -> Result<(), Bad> {
        let expected = last(&self.sum);
        self.take()?;
        if self.line != expected.as_bytes() {
            return Err(self.bad("its checksum is another"));
        }
        if self.from.fill_buf()?.is_empty() {
            Ok(())
        } else {
            Err(self.bad("something follows its end"))
        }
    }
}
