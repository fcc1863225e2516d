//! Single reads.

use jiff::Timestamp;

use super::{Client, RawGroup};
use crate::domain::{
    Account, AccountId, Caller, Fault, FaultKind, Group, GroupId, Member, MemberId, MemberStatus,
    Organization, OrganizationId, OrganizationMember, OrganizationMemberId, Urgency,
};

/// A group read afresh, and its policies as they came.
#[derive(Clone, Debug)]
pub struct GroupRead {
    /// The group.
    pub group: Group,
    /// Its policies as they came, for editing.
    pub raw: RawGroup,
}

/// A member of a group, read afresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipRead {
    /// The member; always the one that was asked for.
    pub member: MemberId,
    /// When the member was added to the group (`created_at`), if the answer said.
    pub since: Option<Timestamp>,
    /// The e-mail; empty if the answer had none.
    pub email: Box<str>,
    /// Where the invitation stands.
    pub status: MemberStatus,
}

fn unbuilt<T>() -> Result<T, Fault> {
    Err(Fault::new(FaultKind::Internal, "not built yet", ""))
}

#[expect(clippy::unused_async, reason = "signatures first")]
impl Client {
    /// The accounts that the credential reaches; none for tokens that reach an account but may not list it.
    ///
    /// # Errors
    /// See [`Fault`]; being refused the list is one.
    pub async fn accounts(&self) -> Result<Vec<Account>, Fault> {
        unbuilt()
    }

    /// One account.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn account(&self, account: &AccountId) -> Result<Option<Account>, Fault> {
        let _ = account;
        unbuilt()
    }

    /// The organizations that the credential reaches; none where organizations are refused.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn organizations(&self) -> Result<Vec<Organization>, Fault> {
        unbuilt()
    }

    /// One organization.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn organization(
        &self,
        organization: &OrganizationId,
    ) -> Result<Option<Organization>, Fault> {
        let _ = organization;
        unbuilt()
    }

    /// One member of an organization.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn organization_member(
        &self,
        organization: &OrganizationId,
        member: &OrganizationMemberId,
    ) -> Result<Option<OrganizationMember>, Fault> {
        let _ = (organization, member);
        unbuilt()
    }

    /// One member of an account; `None` if there is no such member.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn member(
        &self,
        account: &AccountId,
        member: &MemberId,
        urgency: Urgency,
    ) -> Result<Option<Member>, Fault> {
        let _ = (account, member, urgency);
        unbuilt()
    }

    /// One group, read for editing; `None` if there is no such group.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn group(
        &self,
        account: &AccountId,
        group: &GroupId,
        urgency: Urgency,
    ) -> Result<Option<GroupRead>, Fault> {
        let _ = (account, group, urgency);
        unbuilt()
    }

    /// Whether a member is in a group, and since when. `None` says "not there" only if the group is: read it too.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn membership(
        &self,
        account: &AccountId,
        group: &GroupId,
        member: &MemberId,
        urgency: Urgency,
    ) -> Result<Option<MembershipRead>, Fault> {
        let _ = (account, group, member, urgency);
        unbuilt()
    }

    /// The groups with exactly this name.
    ///
    /// # Errors
    /// See [`Fault`].
    pub async fn groups_named(
        &self,
        account: &AccountId,
        name: &str,
        urgency: Urgency,
    ) -> Result<Vec<Group>, Fault> {
        let _ = (account, name, urgency);
        unbuilt()
    }

    /// Who is calling. What the credential may not read stays unknown and is no failure.
    ///
    /// # Errors
    /// A [`FaultKind::Credential`] where the credential is bad, disabled, expired or not valid yet.
    pub async fn caller(&self, account: &AccountId) -> Result<Caller, Fault> {
        let _ = account;
        unbuilt()
    }
}
