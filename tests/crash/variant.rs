//! What is changed in a run that is killed, and what the server does with the write that has no answer.

use super::world::World;

/// What a run changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    /// Fifty people are added to a group: one alone first, then the others in one call.
    Fifty,
    /// One person is taken out of a group.
    One,
    /// Two hundred memberships of three groups, most of them new ones.
    Mixed,
}

/// What is changed, and whether the server carries out the write whose answer is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    pub changes: Changes,
    pub applied: bool,
}

/// The three groups that runs write to.
pub const GROUPS: [&str; 3] = ["edge-ops", "on-call", "security"];
/// How many are in each of them before.
const INSIDE: usize = 44;
/// How many each of them loses where memberships are mixed: fewer than a guard stands against.
const REMOVED: [usize; 3] = [10, 10, 10];
const ADDED: [usize; 3] = [60, 60, 50];

pub fn all() -> [Variant; 6] {
    use Changes::{Fifty, Mixed, One};
    [(Mixed, true), (Mixed, false), (Fifty, true), (Fifty, false), (One, true), (One, false)]
        .map(|(changes, applied)| Variant { changes, applied })
}

impl Variant {
    pub fn words(self) -> String {
        let applied = if self.applied { "applied" } else { "not applied" };
        format!("{:?}, {applied}", self.changes)
    }

    /// A write that is neither the first nor the last, where there are so many.
    pub fn amid(self) -> usize {
        match self.changes {
            Changes::One => 1,
            Changes::Fifty => 2,
            Changes::Mixed => 5,
        }
    }

    /// The server with so many people in its groups, and the change file for it.
    pub fn world(self) -> World {
        let mut world = World::start();
        for group in GROUPS {
            world.fill(group, INSIDE);
        }
        match self.changes {
            Changes::Fifty => world.want_in(GROUPS[0], 50),
            Changes::One => world.want_out(GROUPS[0], 1),
            Changes::Mixed => {
                for (place, group) in GROUPS.into_iter().enumerate() {
                    world.want_in(group, ADDED[place]);
                    world.want_out(group, REMOVED[place]);
                }
            }
        }
        world.settled();
        world
    }
}
