//! The real program without a terminal: started with arguments against the embedded server, and judged by what it
//! prints, its exit status, and what the account is afterwards.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod advice;
mod change_files;
mod findings;
mod groups;
#[path = "../terminal/home.rs"]
#[expect(dead_code, reason = "the terminal's tests look at more of it")]
mod home;
mod memberships;
mod people;
mod program;
mod proxies;
mod questions;
mod reading;
mod runs;
mod snapshots;
mod statuses;
mod stopping;
#[path = "../witness/mod.rs"]
mod witness;
mod words;
