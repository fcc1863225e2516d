//! The naive ways to write, made of the true one by lying to it or by sending something else in its name. Each breaks
//! a promise that the true one keeps.

use std::collections::BTreeSet;

use cfiam::domain::{Change, GroupRef, MemberId};
use cfiam::plan::{Call, Class, Event, Outcome, Presence, Request, Seen};

use super::world::On;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mutant {
    None,
    /// A lost answer is taken for a write that never left, and so it is sent again: any verb.
    ReplaysEveryVerb,
    /// Reading back doesn't compare since when someone is in a group.
    IgnoresSince,
    /// A group's members are replaced by the set that was read when the plan was made, with the plan's changes.
    ReplacesByPut,
}

impl Mutant {
    pub fn of_event(self, event: Event) -> Event {
        match event {
            Event::Written(id, outcome)
                if self == Self::ReplaysEveryVerb && outcome.class == Class::Unknown =>
            {
                Event::Written(id, Outcome { class: Class::NotSent, ..outcome })
            }
            event => event,
        }
    }

    /// What the program is shown: to one that doesn't compare, everyone is in since when the plan says.
    pub fn of_look(self, on: &On, mut seen: Seen) -> Seen {
        if let (Self::IgnoresSince, Seen::Group { members, .. }) = (self, &mut seen) {
            for op in on.plan.ops() {
                let shown = op.change.member().and_then(|member| members.get_mut(member));
                if let Some(Presence::In { since: Some(since) }) = shown {
                    *since = op.seen_since.unwrap_or(*since);
                }
            }
        }
        seen
    }

    /// The set that is sent in place of a change to it.
    pub fn set(self, on: &On, request: &Request) -> Option<BTreeSet<MemberId>> {
        let (Call::Add { group, .. } | Call::Remove { group, .. }) = &request.call else {
            return None;
        };
        if self != Self::ReplacesByPut {
            return None;
        }
        let mut set = on.set_then.get(group).cloned().unwrap_or_default();
        for op in on.plan.ops() {
            match &op.change {
                Change::Add { group: GroupRef::Existing(at), member } if at == group => {
                    set.insert(member.clone());
                }
                Change::Remove { group: at, member } if at == group => {
                    set.remove(member);
                }
                _ => {}
            }
        }
        Some(set)
    }
}
