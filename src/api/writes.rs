//! Writes. None is ever repeated here unless it is certain that it was not sent.

use super::{Class, Client, PolicyBody, Written};
use crate::domain::{AccountId, Fault, FaultKind, Group, GroupId, Member, MemberId, MemberStatus};

fn unbuilt<T>() -> Written<T> {
    Written {
        class: Class::NotSent,
        fault: Some(Fault::new(FaultKind::Internal, "not built yet", "")),
        status: None,
        ray: None,
        date: None,
        value: None,
    }
}

#[expect(clippy::unused_async, reason = "signatures first")]
impl Client {
    /// Adds members to a group; one who is in it already stays.
    pub async fn add_members(
        &self,
        account: &AccountId,
        group: &GroupId,
        members: &[MemberId],
    ) -> Written {
        let _ = (account, group, members);
        unbuilt()
    }

    /// Removes a member from a group.
    pub async fn remove_member(
        &self,
        account: &AccountId,
        group: &GroupId,
        member: &MemberId,
    ) -> Written {
        let _ = (account, group, member);
        unbuilt()
    }

    /// Makes a group's members exactly these: whoever is not named is removed.
    pub async fn replace_members(
        &self,
        account: &AccountId,
        group: &GroupId,
        members: &[MemberId],
    ) -> Written {
        let _ = (account, group, members);
        unbuilt()
    }

    /// Makes a group.
    pub async fn create_group(
        &self,
        account: &AccountId,
        name: &str,
        policies: &[PolicyBody],
    ) -> Written<Group> {
        let _ = (account, name, policies);
        unbuilt()
    }

    /// Gives a group another name; its policies stay.
    pub async fn rename_group(
        &self,
        account: &AccountId,
        group: &GroupId,
        name: &str,
    ) -> Written<Group> {
        let _ = (account, group, name);
        unbuilt()
    }

    /// Makes a group's policies exactly these; its name stays.
    pub async fn set_policies(
        &self,
        account: &AccountId,
        group: &GroupId,
        policies: &[PolicyBody],
    ) -> Written<Group> {
        let _ = (account, group, policies);
        unbuilt()
    }

    /// Deletes a group.
    pub async fn delete_group(&self, account: &AccountId, group: &GroupId) -> Written {
        let _ = (account, group);
        unbuilt()
    }

    /// Invites a person by e-mail.
    pub async fn invite(
        &self,
        account: &AccountId,
        email: &str,
        policies: &[PolicyBody],
    ) -> Written<Member> {
        let _ = (account, email, policies);
        unbuilt()
    }

    /// Makes a member's direct policies exactly these. The status goes along as it was read: the service is known
    /// to ignore the change without a word where it is stale, so read back whatever the answer says.
    pub async fn set_member_policies(
        &self,
        account: &AccountId,
        member: &MemberId,
        status: &MemberStatus,
        policies: &[PolicyBody],
    ) -> Written<Member> {
        let _ = (account, member, status, policies);
        unbuilt()
    }

    /// Removes a member from the account, or takes an invitation back.
    pub async fn remove_account_member(&self, account: &AccountId, member: &MemberId) -> Written {
        let _ = (account, member);
        unbuilt()
    }
}
