//! What the screens look like: golden ones at 80×24 and 120×40, and what must be true of them whatever they look
//! like. `CFIAM_SHOTS=DIR` writes each as a picture too.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod access;
mod account;
mod console;
mod dialogs;
mod findings;
mod guards;
mod history;
mod hostile;
mod impact;
mod lists;
mod pages;
mod people;
mod runs;
mod sizes;
#[path = "../pictures/svg.rs"]
mod svg;
