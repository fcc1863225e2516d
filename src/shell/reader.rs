//! Reads the terminal, byte by byte as they come.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::console::Event;

/// The thread that reads. It is left behind when the program ends.
pub(super) struct Reader {
    orders: PipeWriter,
    paused: Receiver<()>,
}

impl Reader {
    /// Reads from now on, until the terminal is gone or nobody listens.
    pub(super) fn listen(events: Sender<Event>) -> io::Result<Self> {
        let (orders, writer) = io::pipe()?;
        let (pausing, paused) = channel();
        let work = move || read(&events, orders, &pausing);
        thread::Builder::new().name("reader".into()).spawn(work)?;
        Ok(Self { orders: writer, paused })
    }

    /// Leaves the terminal to another program while something is done: what is typed then is not for us.
    pub(super) fn paused<T>(&mut self, work: impl FnOnce() -> T) -> T {
        // Where the thread has ended, nobody reads anyway.
        if self.order().is_ok() {
            let _ = self.paused.recv();
        }
        let done = work();
        let _ = self.order();
        done
    }

    /// Stop reading, or go on, by turns.
    fn order(&mut self) -> io::Result<()> {
        self.orders.write_all(b"!")
    }
}

fn read(events: &Sender<Event>, mut orders: PipeReader, pausing: &Sender<()>) {
    let mut buffer = [0; 16 * 1024];
    loop {
        match next(&orders) {
            Some(Next::Order) => {
                let mut order = [0];
                // The other end is never closed before the program ends.
                let paused = orders.read_exact(&mut order).is_ok() && pausing.send(()).is_ok();
                if !paused || orders.read_exact(&mut order).is_err() {
                    return;
                }
                continue;
            }
            Some(Next::Bytes) => {}
            None => continue,
        }
        let event = match rustix::io::read(rustix::stdio::stdin(), &mut buffer) {
            Ok(0) => Event::Gone,
            Ok(length) => Event::Bytes(buffer.iter().take(length).copied().collect()),
            // The program that ran here before may have left the terminal so that it doesn't wait.
            Err(Errno::INTR | Errno::AGAIN) => continue,
            Err(_) => Event::Gone,
        };
        let gone = matches!(event, Event::Gone);
        if events.send(event).is_err() || gone {
            return;
        }
    }
}

/// What there is to be read.
enum Next {
    Order,
    Bytes,
}

/// Waits until there is something; an order goes first.
fn next(orders: &PipeReader) -> Option<Next> {
    let stdin = rustix::stdio::stdin();
    let mut both = [PollFd::new(orders, PollFlags::IN), PollFd::new(&stdin, PollFlags::IN)];
    poll(&mut both, None).ok()?;
    let [order, bytes] = both.map(|one| !one.revents().is_empty());
    match (order, bytes) {
        (true, _) => Some(Next::Order),
        (false, true) => Some(Next::Bytes),
        (false, false) => None,
    }
}
