//! What an account is made of: ids, members, groups, policies, the [`Directory`] that holds them, changes to
//! them, and what can go wrong. Plain data; never reads a clock, a file or a socket.

mod change;
mod collection;
mod directory;
#[cfg(test)]
mod directory_tests;
mod fault;
mod few;
mod group;
mod id;
mod load;
mod member;
mod organization;
mod policy;
mod protected;
mod shared;
mod snapshot;
mod table;
mod time;
mod traffic;

pub use change::{Change, DraftId, GroupRef, PolicyDraft, PolicyEdit, StagedFor, Target};
pub use collection::{Collection, Coverage, Gap, Progress, Standing};
pub use directory::Directory;
pub use fault::{ApiError, Fault, FaultKind};
pub use group::Group;
pub use id::{
    AccountId, GroupId, Id, MemberId, OrganizationId, OrganizationMemberId, PermissionGroupId,
    ResourceGroupId, TokenId, UserId, ZoneId,
};
pub use load::{Load, Membership, Page, WalkId};
pub use member::{Member, MemberStatus, Role, TwoFactor};
pub use organization::{
    Account, By, Caller, CredentialKind, Opened, Organization, OrganizationMember, Zone,
};
pub use policy::{
    Access, PermissionGroup, PermissionScope, Policy, PolicyContent, ResourceGroup, ResourceKey,
    Scope,
};
pub use protected::Protected;
pub use snapshot::Snapshot;
pub use table::{HasId, Slot, Table};
pub use time::Now;
pub use traffic::{Budget, RequestLine, Urgency, WRITE_TOTAL};
