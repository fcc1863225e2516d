//! Writes. Each is sent once, when its turn has come: what follows from its end is decided where runs are.

use reqwest::Method;
use serde::Serialize;
use serde_json::value::RawValue;

use super::answer::{Answer, Head};
use super::call::Call;
use super::judge::Failure;
use super::pace::{Lane, Permit};
use super::wire::{self, Bad, Decoded, Envelope};
use super::{Class, Client, PolicyBody, Written};
use crate::domain::{
    AccountId, Fault, FaultKind, Group, GroupId, Member, MemberId, MemberStatus, Target, Urgency,
};

#[derive(Serialize)]
struct Named<'a> {
    id: &'a MemberId,
}

#[derive(Serialize)]
struct GroupBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policies: Option<&'a [PolicyBody]>,
}

#[derive(Serialize)]
struct InviteBody<'a> {
    email: &'a str,
    policies: &'a [PolicyBody],
}

#[derive(Serialize)]
struct MemberBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    policies: &'a [PolicyBody],
}

/// Leave to send one write, at once: its place in the request budget is taken. One that is dropped is given back.
#[derive(Debug)]
pub struct Turn {
    client: Client,
    permit: Permit,
}

impl Client {
    /// Waits until a write may leave. Nothing that is sent by the turn waits any more, so that what is to be known and
    /// written down just before it can be.
    pub async fn turn(&self, of: Target) -> Turn {
        let permit = self.pass(Urgency::Write, Lane::Write(of)).await;
        Turn { client: self.clone(), permit }
    }
}

impl Turn {
    /// Adds members to a group; one who is in it already stays.
    pub async fn add_members(
        self,
        account: &AccountId,
        group: &GroupId,
        members: &[MemberId],
    ) -> Written {
        let what = "adding members to a group";
        let call = Call::write(what, Method::POST, format!("{}/members", group_at(account, group)));
        self.write(call.about(account).sending(&named(members)), nothing).await
    }

    /// Removes a member from a group.
    pub async fn remove_member(
        self,
        account: &AccountId,
        group: &GroupId,
        member: &MemberId,
    ) -> Written {
        let what = "removing a member from a group";
        let path = format!("{}/members/{member}", group_at(account, group));
        let call = Call::write(what, Method::DELETE, path);
        self.write(call.about(account), nothing).await
    }

    /// Makes a group's members exactly these: whoever is not named is removed.
    pub async fn replace_members(
        self,
        account: &AccountId,
        group: &GroupId,
        members: &[MemberId],
    ) -> Written {
        let what = "replacing the members of a group";
        let call = Call::write(what, Method::PUT, format!("{}/members", group_at(account, group)));
        self.write(call.about(account).sending(&named(members)), nothing).await
    }

    /// Makes a group.
    pub async fn create_group(
        self,
        account: &AccountId,
        name: &str,
        policies: &[PolicyBody],
    ) -> Written<Group> {
        let object = format!("/accounts/{account}/iam/user_groups");
        let call = Call::write("making a group", Method::POST, object).about(account);
        let body = GroupBody { name: Some(name), policies: Some(policies) };
        naming(policies, self.write(call.sending(&body), wire::group).await)
    }

    /// Gives a group another name; its policies stay.
    pub async fn rename_group(
        self,
        account: &AccountId,
        group: &GroupId,
        name: &str,
    ) -> Written<Group> {
        let call = Call::write("renaming a group", Method::PUT, group_at(account, group));
        let body = GroupBody { name: Some(name), policies: None };
        self.write(call.about(account).sending(&body), wire::group).await
    }

    /// Makes a group's policies exactly these; its name stays.
    pub async fn set_policies(
        self,
        account: &AccountId,
        group: &GroupId,
        policies: &[PolicyBody],
    ) -> Written<Group> {
        let what = "changing the policies of a group";
        let call = Call::write(what, Method::PUT, group_at(account, group)).about(account);
        let body = GroupBody { name: None, policies: Some(policies) };
        naming(policies, self.write(call.sending(&body), wire::group).await)
    }

    /// Deletes a group.
    pub async fn delete_group(self, account: &AccountId, group: &GroupId) -> Written {
        let call = Call::write("deleting a group", Method::DELETE, group_at(account, group));
        self.write(call.about(account), nothing).await
    }

    /// Invites a person by e-mail. The answer leaves the roles out.
    pub async fn invite(
        self,
        account: &AccountId,
        email: &str,
        policies: &[PolicyBody],
    ) -> Written<Member> {
        let object = format!("/accounts/{account}/members");
        let call = Call::write("inviting a member", Method::POST, object).about(account);
        self.write(call.sending(&InviteBody { email, policies }), wire::member).await
    }

    /// Makes a member's direct policies exactly these; roles are never sent. The status goes along as it was read:
    /// the service is known to ignore the change without a word where it is stale, so read back whatever the answer
    /// says.
    pub async fn set_member_policies(
        self,
        account: &AccountId,
        member: &MemberId,
        status: &MemberStatus,
        policies: &[PolicyBody],
    ) -> Written<Member> {
        let what = "changing the policies of a member";
        let call = Call::write(what, Method::PUT, member_at(account, member)).about(account);
        let body = MemberBody { status: status.as_wire(), policies };
        naming(policies, self.write(call.sending(&body), wire::member).await)
    }

    /// Removes a member from the account, or takes an invitation back.
    pub async fn remove_account_member(self, account: &AccountId, member: &MemberId) -> Written {
        let what = "removing a member from the account";
        let call = Call::write(what, Method::DELETE, member_at(account, member));
        self.write(call.about(account), nothing).await
    }

    /// Sends a write.
    async fn write<T>(
        self,
        call: Call,
        decode: impl Fn(&RawValue) -> Result<Decoded<T>, Bad>,
    ) -> Written<T> {
        let Self { client, permit } = self;
        match client.send(&call, 1, permit).await {
            Ok(answer) => applied(answer, decode),
            Err(failure) => {
                let fault = client.explain(&call, &failure).await;
                ended(&failure, fault)
            }
        }
    }
}

impl Call {
    fn sending(mut self, body: &impl Serialize) -> Self {
        // Texts, ids and checked JSON alone always make JSON.
        self.body = serde_json::to_string(body).ok();
        self
    }
}

fn group_at(account: &AccountId, group: &GroupId) -> String {
    format!("/accounts/{account}/iam/user_groups/{group}")
}

fn member_at(account: &AccountId, member: &MemberId) -> String {
    format!("/accounts/{account}/members/{member}")
}

fn named(members: &[MemberId]) -> Vec<Named<'_>> {
    members.iter().map(|id| Named { id }).collect()
}

/// What comes back with a write on members has several shapes; none is needed.
#[expect(clippy::unnecessary_wraps, reason = "it stands where other decoders may fail")]
fn nothing(_: &RawValue) -> Result<Decoded<()>, Bad> {
    Ok(Decoded::whole(()))
}

fn applied<T>(answer: Answer, decode: impl Fn(&RawValue) -> Result<Decoded<T>, Bad>) -> Written<T> {
    let text = wire::readable(&answer.body);
    let raw = Envelope::open(&text).ok().and_then(|envelope| envelope.result);
    let value = raw.and_then(|raw| decode(raw).ok()).map(|decoded| decoded.row);
    let Head { status, ray, date, took, bytes, .. } = answer.head;
    let (class, status) = (Class::Applied, Some(status));
    Written { class, fault: None, status, ray, date, took, bytes, value }
}

fn ended<T>(failure: &Failure, fault: Fault) -> Written<T> {
    Written {
        class: failure.class(),
        status: fault.status,
        fault: Some(fault),
        ray: failure.head.ray.clone(),
        date: failure.head.date,
        took: failure.head.took,
        bytes: failure.head.bytes,
        value: None,
    }
}

/// A refusal of policies names the keys in them that this program doesn't know: they may be why.
fn naming<T>(policies: &[PolicyBody], mut written: Written<T>) -> Written<T> {
    let mut keys: Vec<&str> =
        policies.iter().flat_map(PolicyBody::unknown).map(String::as_str).collect();
    keys.sort_unstable();
    keys.dedup();
    if let Some(fault) = &mut written.fault
        && fault.kind == FaultKind::Refused
        && !keys.is_empty()
    {
        fault.remedy = format!(
            "policies that you did not touch were sent back with keys that this program doesn't know: {}; \
             change them in the dashboard",
            keys.join(", ")
        );
    }
    written
}

#[cfg(test)]
mod tests {
    use super::super::call::Right;
    use super::*;

    #[test]
    fn a_write_needs_the_right_to_write() {
        let call = Call::write("x", Method::PUT, "/o/b".to_owned());
        assert_eq!((call.purpose.right, call.path.as_str()), (Right::Write, "/o/b"));
    }
}
