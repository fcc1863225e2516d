//! The real program, killed at each point at which a run can be broken off, and started again: nothing is lost, and
//! nothing is said that is not so.
#![cfg(debug_assertions)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

mod chance;
#[path = "../terminal/driver.rs"]
#[expect(dead_code, reason = "the terminal's tests use more of it")]
mod driver;
mod half;
mod kinds;
mod oracle;
mod points;
mod power;
mod program;
mod release;
mod resuming;
mod staged;
mod variant;
mod world;

#[path = "../terminal/home.rs"]
#[expect(dead_code, reason = "the terminal's tests look at more of it")]
mod home;
#[path = "../witness/mod.rs"]
mod witness;
#[path = "../commands/words.rs"]
mod words;
