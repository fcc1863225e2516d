//! The embedded API server, asked over HTTP: what it answers is what the service was seen to answer, above all
//! where that surprises.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "everything here is part of a test"
)]

mod budget;
mod catalogue;
mod command;
mod company;
mod credentials;
mod faults;
mod group_members;
mod groups;
mod hostile;
mod lag;
mod members;
mod organizations;
mod paging;
mod schema;
mod support;
