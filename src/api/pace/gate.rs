//! Where requests wait for their turn.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::{Lane, Limits, Pacer, Seen, Ticket, Verdict};
use crate::domain::{Budget, Urgency};

#[expect(
    clippy::disallowed_types,
    reason = "all requests of a client share one budget; held for a few instructions, never over a wait"
)]
type Shared<T> = std::sync::Mutex<T>;

/// The one place of this room where a clock is read.
#[derive(Debug)]
pub struct Clock {
    start: tokio::time::Instant,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "intervals between requests are measured where they are sent"
    )]
    fn instant() -> tokio::time::Instant {
        tokio::time::Instant::now()
    }

    fn new() -> Self {
        Self { start: Self::instant() }
    }

    fn now(&self) -> Duration {
        Self::instant().duration_since(self.start)
    }
}

/// Lets requests through as the pacer says. Waiting ones can be dropped at any time.
#[derive(Debug)]
pub struct Gate {
    pacer: Shared<Pacer>,
    changed: Notify,
    clock: Clock,
}

/// Leave to send one request; its place is free again when this is dropped.
#[derive(Debug)]
pub struct Permit {
    gate: Arc<Gate>,
    ticket: Ticket,
}

impl Gate {
    /// A gate through which nothing has gone yet.
    pub fn new(limits: Limits) -> Self {
        Self { pacer: Shared::new(Pacer::new(limits)), changed: Notify::new(), clock: Clock::new() }
    }

    /// The time since the gate was made.
    pub fn now(&self) -> Duration {
        self.clock.now()
    }

    fn with<T>(&self, work: impl FnOnce(&mut Pacer) -> T) -> T {
        work(&mut self.pacer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is left of the budget.
    pub fn budget(&self) -> Budget {
        let now = self.now();
        self.with(|pacer| pacer.budget(now))
    }

    /// Waits until a request may leave. `held` is told whenever the wait is a long one.
    pub async fn pass(self: &Arc<Self>, urgency: Urgency, lane: Lane, held: impl Fn()) -> Permit {
        let ticket = self.with(|pacer| pacer.arrive(urgency, lane));
        // Made first: a request that is given up while it waits leaves the queue with its permit.
        let permit = Permit { gate: self.clone(), ticket };
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            let now = self.now();
            match self.with(|pacer| pacer.poll(ticket, now)) {
                Verdict::Go => {
                    self.changed.notify_waiters();
                    return permit;
                }
                Verdict::Behind => changed.await,
                Verdict::Wait(wait) => {
                    held();
                    // Whichever comes first; either way it is asked again.
                    let _ = tokio::time::timeout(wait, changed).await;
                }
            }
        }
    }
}

impl Permit {
    /// The answer has come, with what it says about pacing.
    pub fn answered(self, seen: &Seen) {
        let now = self.gate.now();
        self.gate.with(|pacer| pacer.answered(self.ticket, seen, now));
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.gate.with(|pacer| pacer.leave(self.ticket));
        self.gate.changed.notify_waiters();
    }
}
