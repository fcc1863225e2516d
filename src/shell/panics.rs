//! What becomes of a panic: told after the terminal is put back, kept in the log, and never written across the screen.

use std::panic::{self, PanicHookInfo};
use std::sync::{Arc, OnceLock};
use std::thread;

use super::log::Redactor;

/// What the loop's own panic said.
static TOLD: OnceLock<String> = OnceLock::new();

/// From now on a panic writes nothing. One of this thread unwinds through the terminal's owner, which puts the
/// terminal back and then tells it; one of another thread is the worker's to notice, and the screen stays.
pub(super) fn keep_off_the_screen(redactor: Arc<Redactor>) {
    let painter = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        let words = redactor.redact(&words(info)).into_owned();
        tracing::error!("{words}");
        if thread::current().id() == painter {
            let _ = TOLD.set(format!(
                "cfiam: {words}\nThis is a defect of cfiam. Changes that were staged are kept; a run that was \
                 on may have been cut off: look at the account."
            ));
        }
    }));
}

/// What the loop's own panic said, if it had one.
pub(super) fn told() -> Option<&'static str> {
    TOLD.get().map(String::as_str)
}

fn words(info: &PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().unwrap_or("no reason given");
    match info.location() {
        Some(place) => format!("a panic at {}:{}: {what}", place.file(), place.line()),
        None => format!("a panic: {what}"),
    }
}
