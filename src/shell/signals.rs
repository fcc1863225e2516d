//! Signals, as messages.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::app::Signal;

use super::console::Event;
use super::terminal;

/// How long the loop has to leave once the process was told to end. It is a little longer than a run gets to end.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long putting the terminal back may take then.
const LAST: Duration = Duration::from_secs(1);

/// Whether another program has the terminal: what is pressed there is for that one.
static AWAY: AtomicBool = AtomicBool::new(false);

/// Leaves the keys that are signals to another program while something is done.
pub(super) fn away<T>(work: impl FnOnce() -> T) -> T {
    AWAY.store(true, Ordering::Relaxed);
    let done = work();
    AWAY.store(false, Ordering::Relaxed);
    done
}

/// Listens from now on.
pub(super) fn listen(events: Sender<Event>) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH])?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        for number in signals.forever() {
            let away = AWAY.load(Ordering::Relaxed);
            let event = match number {
                SIGINT | SIGQUIT if away => continue,
                // The whole job is to stop, and the loop waits for the other program.
                SIGTSTP if away => {
                    let _ = emulate_default_handler(SIGTSTP);
                    continue;
                }
                SIGTSTP => Event::Suspend,
                SIGWINCH => Event::Resized(terminal::size()),
                _ => {
                    insist_on(number);
                    Event::Signal(ending(number))
                }
            };
            if events.send(event).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

fn ending(number: i32) -> Signal {
    match number {
        SIGHUP => Signal::HangUp,
        SIGINT => Signal::Interrupt,
        SIGQUIT => Signal::Quit,
        _ => Signal::Terminate,
    }
}

/// Ends the process from here if the loop does not: it may hang in a write to a terminal that takes nothing, and so
/// may putting the terminal back.
fn insist_on(number: i32) {
    let watch = thread::Builder::new().name("patience".into()).spawn(move || {
        wait(PATIENCE);
        thread::spawn(terminal::put_back_modes);
        wait(LAST);
        let _ = emulate_default_handler(number);
    });
    // Without the thread only the insisting is lost.
    drop(watch);
}

fn wait(time: Duration) {
    let (_kept, never) = channel::<()>();
    let _ = never.recv_timeout(time);
}
