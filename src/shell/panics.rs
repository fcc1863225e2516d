//! What becomes of a panic: told after the terminal is put back, kept in the log, and never written across the screen.

use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::sync::{Arc, OnceLock};
use std::thread;

use super::log::Redactor;
use super::terminal;

/// What the loop's own panic said.
static TOLD: OnceLock<String> = OnceLock::new();

/// From now on a panic writes nothing. One of this thread unwinds through the terminal's owner, which puts the
/// terminal back and then tells it; one of another thread is the worker's to notice, and the screen stays. A second
/// one on the way out ends the process where it stands: then the terminal is put back from here.
pub(super) fn keep_off_the_screen(redactor: Arc<Redactor>) {
    let painter = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        let words = redactor.redact(&words(info)).into_owned();
        tracing::error!("{words}");
        if thread::current().id() == painter && TOLD.set(farewell(&words)).is_err() {
            terminal::put_back_modes();
            tell();
        }
    }));
}

/// Tells what the loop's own panic said, if it had one. Written without the macro, which would panic once more where
/// nobody reads.
pub(super) fn tell() {
    if let Some(words) = TOLD.get() {
        let _ = writeln!(io::stderr(), "{words}");
    }
}

fn farewell(words: &str) -> String {
    format!(
        "cfiam: {words}\nThis is a defect of cfiam. Changes that were staged are kept; a run that was on may have \
         been cut off: look at the account."
    )
}

fn words(info: &PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().unwrap_or("no reason given");
    match info.location() {
        Some(place) => format!("a panic at {}:{}: {what}", place.file(), place.line()),
        None => format!("a panic: {what}"),
    }
}
