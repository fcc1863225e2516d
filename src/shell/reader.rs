//! Reads the terminal, byte by byte as they come.

use std::io;
use std::sync::mpsc::Sender;
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::console::Event;

/// Reads from now on, until the terminal is gone or nobody listens. The thread is left behind in its read when the
/// program ends: a read of a terminal can't be called off.
pub(super) fn listen(events: Sender<Event>) -> io::Result<()> {
    thread::Builder::new().name("reader".into()).spawn(move || {
        let mut buffer = [0; 16 * 1024];
        loop {
            let event = match rustix::io::read(rustix::stdio::stdin(), &mut buffer) {
                Ok(0) => Event::Gone,
                Ok(length) => Event::Bytes(buffer.iter().take(length).copied().collect()),
                Err(Errno::INTR) => continue,
                // The program that ran here before may have left the terminal so that it doesn't wait.
                Err(Errno::AGAIN) => {
                    let _ = poll(&mut [PollFd::new(&rustix::stdio::stdin(), PollFlags::IN)], None);
                    continue;
                }
                Err(_) => Event::Gone,
            };
            let gone = matches!(event, Event::Gone);
            if events.send(event).is_err() || gone {
                return;
            }
        }
    })?;
    Ok(())
}
