//! How a write ended.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::Fault;

/// What is known of a write from its answer, or from the lack of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// It never left or never arrived: nothing was carried out.
    NotSent,
    /// Refused with 429 before it was carried out.
    Throttled,
    /// Accepted; what it did is still to be seen by reading.
    Applied,
    /// Refused with a reason; nothing was carried out.
    Rejected,
    /// It may or may not have been carried out: to be read back before anything is sent again.
    Unknown,
}

/// One write, done or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Written<T = ()> {
    /// How it ended.
    pub class: Class,
    /// Why, unless it was accepted.
    pub fault: Option<Fault>,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The answer's `cf-ray`.
    pub ray: Option<String>,
    /// The answer's `Date`: the server's clock.
    pub date: Option<Timestamp>,
    /// From sending to the last byte.
    pub took: Duration,
    /// Bytes of the answer's body.
    pub bytes: u64,
    /// What the answer says is there now, where it could be read; never needed to believe an acceptance.
    pub value: Option<T>,
}
