//! The client over real connections to servers that do everything wrong: what it takes for an answer, what it
//! repeats, what it asks for, and in which words it says what went wrong.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "everything here is part of a test, with servers of its own"
)]

mod answers;
mod connecting;
mod encryption;

mod facts;
mod features;
mod framing;
mod lists;

mod operations;
mod server;
mod support;
