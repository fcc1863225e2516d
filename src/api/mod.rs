//! The client of Cloudflare's API: credentials, the wire's shapes, lists that are walked to their end, single
//! reads, writes, errors, retry and pacing. What comes back is [`crate::domain`]'s rows and [`crate::domain::Fault`]s.
//!
//! Never shows anything, never touches a file, never repeats a write whose outcome is not known, never follows a
//! redirect, and never lets a credential, a body or an e-mail into a log or an error.

mod answer;
mod base_url;
mod call;
mod caller;
mod client;
mod credential;
mod diagnosis;
mod judge;
mod list;
mod pace;
mod points;
mod raw_policies;
mod refusal;
mod retry;
mod rules;
mod settings;
mod sheet;
mod timings;
mod transport;
mod trust;
mod walk;
mod wire;
mod write;
mod writes;

pub use base_url::BaseUrl;
pub use caller::Checked;
pub use client::{Client, Observer, Traffic};
pub use credential::Credential;
pub use list::{Direction, List, MemberOrder};
pub use pace::{Closed, Ledger};
pub use points::{GroupRead, MemberRead, MembershipRead};
pub use raw_policies::{PolicyBody, RawPolicies, RawPolicy, policy_body};
pub use settings::Settings;
pub use timings::Timings;
pub use write::{Class, Written};
pub use writes::Turn;
