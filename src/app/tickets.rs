//! What was asked for and has not come. An answer whose ticket is not here is dropped.

use std::collections::BTreeMap;

use super::msg::{Effect, Request, Ticket};

/// What was asked for and has not come.
#[derive(Clone, Debug, Default)]
pub struct Tickets {
    last: u64,
    waiting: BTreeMap<Ticket, Request>,
    /// Whether nothing is asked for: what is shown is a snapshot.
    closed: bool,
}

impl Tickets {
    /// Asks for nothing any more unless it must be.
    pub fn close(&mut self) {
        self.closed = true;
    }

    /// Asks for something.
    pub fn ask(&mut self, request: Request) -> Effect {
        self.last += 1;
        let ticket = Ticket(self.last);
        self.waiting.insert(ticket, request.clone());
        Effect::Ask(ticket, request)
    }

    /// Asks for something unless the same is under way, or nothing is asked for.
    pub fn ask_once(&mut self, request: Request) -> Option<Effect> {
        if self.closed || self.waiting.values().any(|waiting| *waiting == request) {
            None
        } else {
            Some(self.ask(request))
        }
    }

    /// What is waited for.
    pub fn waiting(&self) -> impl Iterator<Item = &Request> {
        self.waiting.values()
    }

    /// Whether a ticket is still waited for.
    pub fn waits(&self, ticket: Ticket) -> bool {
        self.waiting.contains_key(&ticket)
    }

    /// What a ticket was for.
    pub fn request(&self, ticket: Ticket) -> Option<&Request> {
        self.waiting.get(&ticket)
    }

    /// Everything to this ticket has come.
    pub fn done(&mut self, ticket: Ticket) -> Option<Request> {
        self.waiting.remove(&ticket)
    }

    /// Waits for nothing of what answers to `which` any longer.
    pub fn cancel(&mut self, which: impl Fn(&Request) -> bool) -> Vec<Effect> {
        let gone: Vec<Ticket> = self
            .waiting
            .iter()
            .filter(|(_, request)| which(request))
            .map(|(ticket, _)| *ticket)
            .collect();
        gone.into_iter()
            .map(|ticket| {
                self.waiting.remove(&ticket);
                Effect::Cancel(ticket)
            })
            .collect()
    }
}
