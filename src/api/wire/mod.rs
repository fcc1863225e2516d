//! The wire's shapes, as tolerant as live answers demand, and how they become domain rows.
//!
//! An item is decoded on its own: one that can't be read is set aside and counted, and never loses its page.

mod account;
mod catalogue;
mod envelope;
mod group;
mod json;
mod member;
mod policy;
mod repair;
mod time;

pub(super) use account::{Membership as OwnMembership, TokenState, UserState};
pub(super) use account::{account, organization, organization_member, zone};
pub(super) use catalogue::{permission_group, resource_group};
pub(super) use envelope::{Envelope, Info};
pub(super) use group::{group, group_member, membership};
pub(super) use json::{Bad, Decoded, items};
pub(super) use member::member;
pub(super) use policy::content;
pub(super) use repair::readable;
pub(super) use time::{http_date, timestamp};
