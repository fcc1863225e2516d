//! The console's core as a person meets it: keys in, effects and state out. No terminal and no network: answers are
//! fed as the worker would send them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod account;
mod driver;

mod access;
mod accounts;
mod broken_off;
mod change_files;
mod chaos;
mod editing;
mod finding;
mod findings;
mod guards;
mod impact;
mod leaving;
mod people;
mod planning;
mod policies;
mod reading;
mod running;
mod safety;
mod snapshots;
mod undoing;
