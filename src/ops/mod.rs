//! What console and command line both do with the service: open an account, read its lists, carry out a plan.
//!
//! Everything is told by callback, in the order in which it is to be absorbed; nothing is kept here. Futures that
//! are dropped stop what they began.

mod apply;
mod budget;
mod fan;
mod load;
mod look;
mod open;
mod send;

pub use apply::{Desk, Told, apply, take_up};
pub use budget::share_budget;
pub use load::{Since, all_group_members, group, list, organization_member, since};
pub use open::{accounts, open};
