//! `ops` over the ordinary client against the embedded API server: what is read, what is written, and what is
//! said of it when things go wrong on the way.
#![expect(clippy::panic, clippy::indexing_slicing, reason = "everything here is part of a test")]

mod answers;
mod guards;
mod journal;
mod lists;
mod others;
mod people;
mod recovery;
mod runs;
mod support;
mod trouble;
mod twins;
mod undoing;
#[path = "../witness/mod.rs"]
mod witness;
mod witnessed;
