//! Where requests wait for their turn.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::ledger::{self, Closed, Ledger, Moment};
use super::{Lane, Limits, Pacer, Seen, Ticket, Verdict};
use crate::domain::{Budget, Urgency};

#[expect(
    clippy::disallowed_types,
    reason = "all requests of a client share one budget; held for a few instructions, never over a wait"
)]
type Shared<T> = std::sync::Mutex<T>;

/// How long to wait for another process that is looking at the ledger, and how often. One that was stopped while
/// it looked doesn't stop the others.
const BUSY: Duration = Duration::from_millis(2);
const BUSY_AT_MOST: u32 = 100;

/// The one place of this room where a clock is read.
#[derive(Debug)]
pub struct Clock {
    start: tokio::time::Instant,
    /// What it shows at its start, so that it can show when other processes sent something before.
    from: Duration,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "intervals between requests are measured where they are sent"
    )]
    fn instant() -> tokio::time::Instant {
        tokio::time::Instant::now()
    }

    fn new(from: Duration) -> Self {
        Self { start: Self::instant(), from }
    }

    fn now(&self) -> Duration {
        Self::instant().duration_since(self.start) + self.from
    }

    #[expect(clippy::disallowed_methods, reason = "processes have no other clock in common")]
    fn moment(&self) -> Moment {
        let wall = jiff::Timestamp::now().as_microsecond();
        Moment { since_start: self.now(), wall: u64::try_from(wall).unwrap_or(0) }
    }
}

/// Lets requests through as the pacer says. Waiting ones can be dropped at any time.
#[derive(Debug)]
pub struct Gate {
    pacer: Shared<Pacer>,
    ledger: Option<Arc<dyn Ledger>>,
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
    pub fn new(limits: Limits, ledger: Option<Arc<dyn Ledger>>) -> Self {
        let clock = Clock::new(limits.window);
        Self { pacer: Shared::new(Pacer::new(limits)), ledger, changed: Notify::new(), clock }
    }

    /// The time, on a clock of its own.
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

    /// Whether a request may leave, as this process and all others of the credential have sent. `busy` counts how
    /// often another process was in the way.
    fn poll(&self, ticket: Ticket, busy: &mut u32) -> Verdict {
        let alone = || self.with(|pacer| pacer.poll(ticket, self.now()));
        let Some(ledger) = &self.ledger else { return alone() };
        // Most who ask must wait anyway, and need not look.
        match self.with(|pacer| pacer.would(ticket, self.now())) {
            Verdict::Go => {}
            other => return other,
        }
        let mut verdict = Verdict::Behind;
        let looked = ledger.change(&mut |moments| {
            let now = self.clock.moment();
            verdict = self.with(|pacer| {
                pacer.share(ledger::read(moments, pacer.span(), now));
                pacer.poll(ticket, now.since_start)
            });
            if verdict == Verdict::Go {
                moments.push(now.wall);
            }
        });
        match looked {
            Ok(()) => verdict,
            // It has left, also where that could not be noted.
            Err(_) if verdict == Verdict::Go => verdict,
            Err(Closed::Busy) if *busy < BUSY_AT_MOST => {
                *busy += 1;
                Verdict::Wait(BUSY)
            }
            // What it knows of the others it knows from before.
            Err(_) => alone(),
        }
    }

    /// Waits until a request may leave. `held` is told whenever the wait is a long one.
    pub async fn pass(
        self: &Arc<Self>,
        urgency: Urgency,
        lane: Lane,
        mut held: impl FnMut(),
    ) -> Permit {
        let ticket = self.with(|pacer| pacer.arrive(urgency, lane));
        // Made first: a request that is given up while it waits leaves the queue with its permit.
        let permit = Permit { gate: self.clone(), ticket };
        let mut busy = 0;
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            match self.poll(ticket, &mut busy) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Timings;

    /// A ledger that notes everything and then answers so.
    #[derive(Debug)]
    struct Answers(Result<(), Closed>, Shared<Vec<u64>>);

    impl Answers {
        fn with(answer: Result<(), Closed>, moments: &[u64]) -> Arc<Self> {
            Arc::new(Self(answer, Shared::new(moments.to_vec())))
        }
    }

    impl Ledger for Answers {
        fn change(&self, change: &mut dyn FnMut(&mut Vec<u64>)) -> Result<(), Closed> {
            if self.0 != Err(Closed::Busy) {
                change(&mut self.1.lock().unwrap());
            }
            self.0
        }
    }

    fn gate(ledger: Arc<Answers>) -> Arc<Gate> {
        let timings = Timings::default();
        let limits = Limits {
            ceiling: 10,
            window: timings.window,
            per_second: 10,
            second: timings.second,
            throttled: timings.throttled,
            longest_throttle: timings.longest_throttle,
        };
        Arc::new(Gate::new(limits, Some(ledger)))
    }

    async fn passes(gate: &Arc<Gate>) -> bool {
        let mut held = false;
        let pass = gate.pass(Urgency::Screen, Lane::Read, || {});
        tokio::select! {
            biased;
            _ = pass => {}
            () = async { while gate.budget().waits.is_none() { tokio::task::yield_now().await } } => held = true,
        }
        !held
    }

    #[tokio::test]
    async fn what_other_processes_have_sent_is_counted_and_what_this_one_sends_is_told() {
        let now = Clock::new(Duration::ZERO).moment().wall;
        let ledger = Answers::with(Ok(()), &[now; 8]);
        let gate = gate(ledger.clone());
        assert!(passes(&gate).await && passes(&gate).await);
        assert_eq!(ledger.1.lock().unwrap().len(), 10);
        assert!(!passes(&gate).await, "the ceiling is ten");
        assert_eq!(gate.budget().spent, 10);
    }

    #[tokio::test]
    async fn a_ledger_that_takes_nothing_holds_nothing_up() {
        for answer in [Closed::Busy, Closed::Broken] {
            let gate = gate(Answers::with(Err(answer), &[]));
            assert!(passes(&gate).await, "{answer:?}");
            assert_eq!(gate.budget().spent, 1);
        }
    }
}
