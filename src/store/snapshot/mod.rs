//! Snapshots as files: one canonical form, so that the same account comes to the same bytes in whatever order it was
//! read. Written and read row by row, so that a large account takes little memory beside itself.
//!
//! The form is JSON, a row a line: the version first, then when it was taken (the only time that is not the account's
//! own), the account, how far each list can be trusted, and the lists sorted by id. Policies, which many members
//! have in common, stand once and are named by their content. A checksum over everything before it comes last: what
//! is not exactly as it was written is told as damaged. Since when members are in groups is not in it: nobody reads
//! that for a whole account.

mod files;
mod lines;
mod read;
mod rows;
#[cfg(test)]
mod tests;
mod write;

use crate::domain::Collection;

pub use files::{Kept, Over, read_snapshot, to_writer, write_snapshot};
pub use read::Head;

/// The version of the form.
const VERSION: u32 = 1;
/// What a snapshot begins with, beside its version.
const FIRST: &str = "cfiam_snapshot";
/// The lists by the names under which they stand.
const LISTS: [(&str, Collection); 6] = [
    ("members", Collection::Members),
    ("groups", Collection::Groups),
    ("permission_groups", Collection::PermissionGroups),
    ("resource_groups", Collection::ResourceGroups),
    ("zones", Collection::Zones),
    ("organization_members", Collection::OrganizationMembers),
];
