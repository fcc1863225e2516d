//! The real program in a real terminal: it is started in a pseudo-terminal, driven by keys, and judged by what that
//! terminal shows, what it is left as, and what the process leaves behind.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests, which wait with a deadline for what a person would see"
)]

mod asking;
mod bad_input;
mod demo;
mod driver;
mod editor;
mod home;
mod input;
mod journal;
mod kinds;
mod leaving;
mod panics;
mod recovery;
mod secrets;
mod server;
mod sizes;
mod slow;
#[path = "../witness/mod.rs"]
mod witness;
