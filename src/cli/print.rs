//! Output to stdout, everything else to stderr. Where nobody reads, nothing is wrong.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::Environment;
use crate::store::journal::Unkept;
use crate::text;

use super::{Refusal, Status};

/// Whether an answer could not be written.
static UNWRITTEN: AtomicBool = AtomicBool::new(false);
/// Whether something stands on the terminal that was said in passing.
static PASSING: AtomicBool = AtomicBool::new(false);

/// Says how far something is, in the place of what was said so before, where somebody watches; empty to say no more.
pub(super) fn passing(words: &str) {
    let stood = PASSING.swap(!words.is_empty(), Ordering::Relaxed);
    if (stood || !words.is_empty()) && is_watched() {
        let mut err = io::stderr();
        let _nobody = write!(err, "\r\x1b[K{}", text::safe(words)).and_then(|()| err.flush());
    }
}

/// Whether standard error is a terminal on which a line can take the place of another.
fn is_watched() -> bool {
    let can_place = |kind: &str| kind != "dumb";
    io::stderr().is_terminal() && Environment::read().text("TERM").is_some_and(can_place)
}

/// Prints an answer; whether somebody reads it. Where nobody does any more, that is no error; anything else is said.
pub(super) fn out(text: &str) -> bool {
    passing("");
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if let Err(error) = &written
        && error.kind() != ErrorKind::BrokenPipe
        && !UNWRITTEN.swap(true, Ordering::Relaxed)
    {
        told(&format!("the answer can't be written: {error}"));
    }
    written.is_ok()
}

/// How a command ends that has nothing to do but to answer.
pub(super) fn answered() -> Status {
    if UNWRITTEN.load(Ordering::Relaxed) { Status::Failed } else { Status::Done }
}

/// Says something beside the answer; names in it are made safe here.
pub(super) fn told(words: &str) {
    passing("");
    let _nobody = writeln!(io::stderr(), "cfiam: {}", safe_lines(words));
}

/// Prints what of journals no disk has taken: it is nowhere else. Its lines are as they would be in the file, of ASCII
/// alone.
pub(super) fn print_unkept(unkept: &[Unkept]) {
    let mut last = None;
    for Unkept { file, lines } in unkept {
        if last.replace(file) != Some(file) {
            told(&format!("the last lines of a run's journal, to be saved as {}:", file.display()));
        }
        let _nobody = io::stderr().write_all(lines.as_bytes());
    }
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
