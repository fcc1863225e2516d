//! When a request may leave. Pure: the moments come in as durations since some start.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Seen, Window, Word};
use crate::domain::{Budget, Target, Urgency};

/// The limits of our own, and the waits of a 429 that names none.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Requests in any `window`.
    pub ceiling: u32,
    /// The span of the ceiling.
    pub window: Duration,
    /// Requests in any `second`.
    pub per_second: u32,
    /// The span of the limit per second.
    pub second: Duration,
    /// How long everything waits after a 429 without `Retry-After`: the first, the second … in a row.
    pub throttled: [Duration; 4],
    /// The longest wait for a 429.
    pub longest_throttle: Duration,
}

impl Limits {
    /// How many requests of any span may have left for a bulk read to leave: the rest is kept for what is on
    /// screen, writes and read-backs.
    fn bulk(&self) -> u32 {
        self.ceiling - self.ceiling / 5
    }
}

/// A request that waits to leave or has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(u64);

/// What may be in flight beside one another: 8 bulk reads, 8 other reads, 2 writes and of these 1 a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Reads.
    Read,
    /// Writes to one target.
    Write(Target),
}

/// Whether a request may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It leaves now and is counted.
    Go,
    /// Not before this has passed; ask again then, or when something has changed.
    Wait(Duration),
    /// Others go first; ask again when something has changed.
    Behind,
}

#[derive(Clone, Debug)]
struct Flight {
    ticket: Ticket,
    urgency: Urgency,
    lane: Lane,
    sent: Duration,
}

/// A time until which requests are held, after which one goes to learn how things stand.
#[derive(Clone, Copy, Debug)]
struct Hold {
    began: Duration,
    until: Duration,
    probe: Option<Ticket>,
}

#[derive(Clone, Copy, Debug)]
struct Heard {
    word: Word,
    sent: Duration,
    until: Duration,
    probe: Option<Ticket>,
}

/// Who waits, what is in flight, when requests left, and what the service has said.
#[derive(Clone, Debug)]
pub struct Pacer {
    limits: Limits,
    /// When the requests of this process left.
    window: Window,
    /// When those of all processes of the credential did, as far as it was told. Both are held to the limits: this
    /// one hangs on the machine's clock, which can be set.
    shared: Window,
    waiting: BTreeMap<(Urgency, Ticket), Lane>,
    flights: Vec<Flight>,
    next: u64,
    heard: Option<Heard>,
    block: Option<Hold>,
    blocks: usize,
}

const READS: usize = 8;
const WRITES: usize = 2;

impl Pacer {
    /// Nothing has left yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            window: Window::default(),
            shared: Window::default(),
            waiting: BTreeMap::new(),
            flights: Vec::new(),
            next: 0,
            heard: None,
            block: None,
            blocks: 0,
        }
    }

    /// A request wants to leave.
    pub fn arrive(&mut self, urgency: Urgency, lane: Lane) -> Ticket {
        let ticket = Ticket(self.next);
        self.next += 1;
        self.waiting.insert((urgency, ticket), lane);
        ticket
    }

    /// A request no longer wants to leave, or has ended without an answer.
    pub fn leave(&mut self, ticket: Ticket) {
        self.waiting.retain(|(_, t), _| *t != ticket);
        self.flights.retain(|f| f.ticket != ticket);
        let free = |probe: &mut Option<Ticket>| {
            if *probe == Some(ticket) {
                *probe = None;
            }
        };
        if let Some(block) = &mut self.block {
            free(&mut block.probe);
        }
        if let Some(heard) = &mut self.heard {
            free(&mut heard.probe);
        }
    }

    /// Whether a request may leave now. If it may, it has left.
    pub fn poll(&mut self, ticket: Ticket, now: Duration) -> Verdict {
        let verdict = self.would(ticket, now);
        if verdict == Verdict::Go
            && let Some(((urgency, _), lane)) = self.first()
        {
            self.take_off(ticket, urgency, lane, now);
        }
        verdict
    }

    /// What [`Self::poll`] would say. Nothing leaves.
    pub fn would(&self, ticket: Ticket, now: Duration) -> Verdict {
        let Some(((urgency, first), _)) = self.first() else { return Verdict::Behind };
        if first != ticket {
            return Verdict::Behind;
        }
        match self.held(urgency, now) {
            Held::Free => Verdict::Go,
            Held::For(wait) => Verdict::Wait(wait),
            Held::Probing => Verdict::Behind,
        }
    }

    /// Is told when the requests of all processes left, of this one too.
    pub fn share(&mut self, sent: Window) {
        self.shared = sent;
    }

    /// The span of the ceiling.
    pub fn span(&self) -> Duration {
        self.limits.window
    }

    /// The most urgent of those whose lane is free; within one urgency the one that came first.
    fn first(&self) -> Option<((Urgency, Ticket), Lane)> {
        let free = |(place, lane): &(&(Urgency, Ticket), &Lane)| self.lane_is_free(place.0, lane);
        self.waiting.iter().find(free).map(|(place, lane)| (*place, lane.clone()))
    }

    fn lane_is_free(&self, urgency: Urgency, lane: &Lane) -> bool {
        let bulk = urgency == Urgency::Bulk;
        match lane {
            Lane::Read => {
                let same =
                    |f: &&Flight| f.lane == Lane::Read && (f.urgency == Urgency::Bulk) == bulk;
                self.flights.iter().filter(same).count() < READS
            }
            Lane::Write(_) => {
                let mut writes = self.flights.iter().filter(|f| f.lane != Lane::Read);
                self.flights.iter().all(|f| f.lane != *lane) && writes.nth(WRITES - 1).is_none()
            }
        }
    }

    fn take_off(&mut self, ticket: Ticket, urgency: Urgency, lane: Lane, now: Duration) {
        self.waiting.remove(&(urgency, ticket));
        for window in [&mut self.window, &mut self.shared] {
            window.forget(self.limits.window, now);
            window.record(now);
        }
        self.flights.push(Flight { ticket, urgency, lane, sent: now });
        if let Some(block) = &mut self.block {
            block.probe = Some(ticket);
        }
        if let Some(heard) = &mut self.heard
            && now >= heard.until
        {
            heard.probe = Some(ticket);
        }
    }

    fn held(&self, urgency: Urgency, now: Duration) -> Held {
        if let Some(block) = &self.block {
            if now < block.until {
                return Held::For(block.until.saturating_sub(now));
            }
            if block.probe.is_some() {
                return Held::Probing;
            }
        }
        let limit = if urgency == Urgency::Bulk { self.limits.bulk() } else { self.limits.ceiling };
        let below = |limit: u32, span| {
            let wait = |window: &Window| window.until_below(limit as usize, span, now);
            wait(&self.window).max(wait(&self.shared))
        };
        let second = below(self.limits.per_second, self.limits.second);
        let own = below(limit, self.limits.window).max(second);
        match self.held_by_word(urgency, now) {
            Held::Free if own.is_zero() => Held::Free,
            Held::Free => Held::For(own),
            Held::For(wait) => Held::For(wait.max(own)),
            Held::Probing => Held::Probing,
        }
    }

    /// The service's own word: bulk reads wait while less than a sixth is left, other reads while less than a 24th
    /// is, writes and read-backs only while nothing is; and only until the reset.
    fn held_by_word(&self, urgency: Urgency, now: Duration) -> Held {
        let Some(heard) = &self.heard else { return Held::Free };
        // What is in flight may not have been counted by the service when it spoke.
        let flying = u32::try_from(self.flights.len()).unwrap_or(u32::MAX);
        let left = u64::from(heard.word.left.saturating_sub(flying));
        let quota = u64::from(heard.word.quota);
        let enough = match urgency {
            Urgency::Bulk => left * 6 >= quota,
            Urgency::Screen | Urgency::Preflight => left * 24 >= quota,
            Urgency::Write | Urgency::Resolve => left > 0,
        };
        if enough {
            Held::Free
        } else if now < heard.until {
            Held::For(heard.until.saturating_sub(now))
        } else if heard.probe.is_some() {
            Held::Probing
        } else {
            Held::Free
        }
    }

    /// An answer has come; its request is in flight no longer.
    pub fn answered(&mut self, ticket: Ticket, seen: &Seen, now: Duration) {
        let sent = self.flights.iter().find(|f| f.ticket == ticket).map_or(now, |f| f.sent);
        if seen.throttled {
            self.throttled(sent, seen.retry_after, now);
        } else if self.block.is_some_and(|b| sent >= b.until) {
            self.block = None;
            self.blocks = 0;
        } else if self.block.is_none() {
            self.blocks = 0;
        }
        self.hear(sent, seen.word, now);
        self.leave(ticket);
    }

    fn throttled(&mut self, sent: Duration, asked: Option<Duration>, now: Duration) {
        // What was in flight when the block began tells of the same block.
        let again = self.block.is_none_or(|b| sent >= b.until);
        let step = if again { self.blocks } else { self.blocks.saturating_sub(1) };
        let last = self.limits.throttled.len() - 1;
        let usual = self.limits.throttled.get(step.min(last)).copied().unwrap_or_default();
        let wait = asked.unwrap_or(usual).min(self.limits.longest_throttle);
        let until = now + wait;
        if again {
            self.blocks += 1;
            self.block = Some(Hold { began: now, until, probe: None });
        } else if let Some(block) = &mut self.block {
            let named = asked.is_some().then_some(until);
            block.until = block.until.max(named.unwrap_or(block.began + wait));
        }
    }

    fn hear(&mut self, sent: Duration, word: Option<Word>, now: Duration) {
        match (word, &self.heard) {
            // Answers overtake one another: an older request's word counts only where it is the lower one.
            (Some(word), Some(old)) if sent < old.sent && word.left >= old.word.left => {}
            (Some(word), _) => {
                self.heard = Some(Heard { word, sent, until: now + word.reset, probe: None });
            }
            (None, Some(old)) if sent >= old.until => self.heard = None,
            (None, _) => {}
        }
    }

    /// What is left of the budget.
    pub fn budget(&self, now: Duration) -> Budget {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let held = self.first().map(|((urgency, _), _)| (urgency, self.held(urgency, now)));
        let (waits, only_lists) = match held {
            // Waits within a second are the ordinary flow.
            Some((urgency, Held::For(wait))) if wait > self.limits.second => {
                (Some(wait), urgency == Urgency::Bulk)
            }
            _ => (None, false),
        };
        Budget {
            spent: [&self.window, &self.shared]
                .map(|window| count(window.count(self.limits.window, now)))
                .into_iter()
                .fold(0, u32::max),
            ceiling: self.limits.ceiling,
            left: self.heard.as_ref().map(|h| h.word.left),
            waits,
            only_lists,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Free,
    For(Duration),
    Probing,
}

#[cfg(test)]
mod tests;
