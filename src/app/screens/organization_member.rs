//! A member of the organization with everything it holds, as lines to scroll through.

use crate::domain::OrganizationMemberId;

/// The page of a member of the organization.
#[derive(Clone, Debug)]
pub struct OrganizationMemberScreen {
    /// The member.
    pub member: OrganizationMemberId,
}
