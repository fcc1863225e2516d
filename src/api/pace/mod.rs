//! How fast requests may leave: a pure machine, the service's words about it, and the gate that waits.

mod gate;
mod ledger;
mod pacer;
mod ratelimit;
mod window;

pub(super) use gate::{Gate, Permit};
pub use ledger::{Closed, Ledger};
pub use pacer::{Lane, Limits, Pacer, Ticket, Verdict};
pub use ratelimit::{Seen, Word, retry_after};
pub use window::Window;
