//! The whole way: a person's keys, real requests to the embedded server, and what the screen says. The pictures of
//! the README are taken on the way.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests, which measure the time of a run and write pictures"
)]

mod console;
mod editing;
mod guards;
mod impact;
mod looking;
mod pictures;
#[path = "../pictures/svg.rs"]
mod svg;
mod trouble;
mod undoing;
#[path = "../witness/mod.rs"]
mod witness;
