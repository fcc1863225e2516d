//! Output to stdout, everything else to stderr. Where nobody reads, nothing is wrong.

use std::io::{self, Write};

use crate::text;

use super::{Refusal, Status};

/// Prints an answer; whether somebody reads it.
pub(super) fn out(text: &str) -> bool {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
}

/// Says something beside the answer; names in it are made safe here.
pub(super) fn told(words: &str) {
    let _nobody = writeln!(io::stderr(), "cfiam: {}", safe_lines(words));
}

/// Says why a command ends, and gives its status.
pub(super) fn refused(refusal: &Refusal) -> Status {
    told(&refusal.words);
    refusal.status
}

/// Text of several lines with everything in it made safe but the ends of its lines.
pub(super) fn safe_lines(words: &str) -> String {
    let lines: Vec<_> = words.split('\n').map(text::safe).collect();
    lines.join("\n")
}
