//! The figures that are counted: requests and bytes. Each prints its number and is held to its bar:
//! `cargo test --test figures -- --nocapture`. Those that are measured are in `tests/benches`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests, which read a clock for their deadlines"
)]

#[path = "../benches/support/company.rs"]
mod company;
#[path = "../benches/support/pty.rs"]
mod pty;

mod idle;
mod requests;
