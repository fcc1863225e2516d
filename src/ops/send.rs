//! Sending one write.

use std::collections::HashMap;

use super::look::Came;
use crate::api::{Class as Sent, PolicyBody, RawPolicies, RawPolicy, Turn, Written, policy_body};
use crate::domain::{
    AccountId, Fault, FaultKind, Group, GroupId, MemberId, MemberStatus, PolicyContent, PolicyEdit,
    Target,
};
use crate::plan::{Call, Class, Made, Outcome, Transfer};

/// A write, whole in itself.
pub(super) enum Write {
    Call(Call),
    /// With the policies in the form in which they are written.
    SetPolicies(GroupId, Vec<PolicyBody>),
    /// The same, with the status that the member had at the last look.
    SetDirectPolicies(MemberId, MemberStatus, Vec<PolicyBody>),
}

/// Makes a write of a call. Policies that are kept go back as they came with the last look.
///
/// # Errors
/// A policy that can't be sent back, whether it was to stay or not: nothing is sent.
pub(super) fn write(call: Call, came: &HashMap<Target, Came>) -> Result<Write, Fault> {
    match call {
        Call::SetPolicies { group, to } => {
            let came = came.get(&Target::from(group.clone()));
            Ok(Write::SetPolicies(group, bodies(&to, came)?))
        }
        Call::SetDirectPolicies { member, to } => {
            let came = came.get(&Target::from(member.clone()));
            let status = came.map_or(MemberStatus::Unknown, |came| came.status.clone());
            Ok(Write::SetDirectPolicies(member, status, bodies(&to, came)?))
        }
        call => Ok(Write::Call(call)),
    }
}

fn bodies(to: &[PolicyEdit], came: Option<&Came>) -> Result<Vec<PolicyBody>, Fault> {
    let came = came.map(|came| &came.policies);
    if let Some(locked) = came.and_then(RawPolicies::locked) {
        return Err(locked);
    }
    to.iter()
        .map(|edit| match edit {
            PolicyEdit::Write(draft) => Ok(policy_body(draft)),
            PolicyEdit::Keep(content) => kept(content, came),
        })
        .collect()
}

fn kept(content: &PolicyContent, came: Option<&RawPolicies>) -> Result<PolicyBody, Fault> {
    let policies = came.map(RawPolicies::policies).unwrap_or_default();
    let found = policies.iter().find(|policy| policy.content.as_ref() == Some(content));
    found.map_or_else(|| Err(not_there()), RawPolicy::sendable)
}

fn not_there() -> Fault {
    Fault::new(
        FaultKind::Refused,
        "setting policies: one that was to stay is no longer there",
        "look at the policies and stage the change again",
    )
}

/// Sends a write whose turn has come.
pub(super) async fn send(turn: Turn, account: AccountId, write: Write) -> (Outcome, Option<Group>) {
    let account = &account;
    match write {
        Write::SetPolicies(group, bodies) => {
            ended(turn.set_policies(account, &group, &bodies).await)
        }
        Write::Call(Call::Create { name, policies }) => {
            let bodies: Vec<PolicyBody> = policies.iter().map(policy_body).collect();
            let mut written = turn.create_group(account, &name, &bodies).await;
            let made = written.value.take();
            let (mut outcome, _) = ended(written);
            outcome.made = made.as_ref().map(|group| Made::Group(group.id.clone()));
            (outcome, made)
        }
        Write::Call(Call::Rename { group, to }) => {
            ended(turn.rename_group(account, &group, &to).await)
        }
        Write::Call(Call::Add { group, members }) => {
            ended(turn.add_members(account, &group, &members).await)
        }
        Write::Call(Call::Remove { group, member }) => {
            ended(turn.remove_member(account, &group, &member).await)
        }
        Write::Call(Call::Delete { group }) => ended(turn.delete_group(account, &group).await),
        Write::Call(Call::ReplaceMembers { group, members }) => {
            ended(turn.replace_members(account, &group, &members).await)
        }
        Write::Call(Call::Invite { email, policies }) => {
            let bodies: Vec<PolicyBody> = policies.iter().map(policy_body).collect();
            let mut written = turn.invite(account, &email, &bodies).await;
            // The answer leaves out what the member holds: it is read when the invitation is looked for.
            let made = written.value.take().map(|member| Made::Member(member.id));
            let (outcome, _) = ended(written);
            (Outcome { made, ..outcome }, None)
        }
        Write::SetDirectPolicies(member, status, bodies) => {
            ended(turn.set_member_policies(account, &member, &status, &bodies).await)
        }
        Write::Call(Call::RemoveMember { member }) => {
            ended(turn.remove_account_member(account, &member).await)
        }
        Write::Call(Call::SetPolicies { .. } | Call::SetDirectPolicies { .. }) => {
            (refused(not_there()), None)
        }
    }
}

fn ended<T>(written: Written<T>) -> (Outcome, Option<Group>) {
    let class = match written.class {
        Sent::NotSent => Class::NotSent,
        Sent::Throttled => Class::Throttled,
        Sent::Applied => Class::Applied,
        Sent::Rejected => Class::Rejected,
        Sent::Unknown => Class::Unknown,
    };
    let Written { fault, status, ray, date, took, bytes, .. } = written;
    let transfer = Transfer { took, bytes };
    (Outcome { class, fault, status, ray, date, transfer, made: None }, None)
}

/// A write that is not sent, because it can't be right.
pub(super) fn refused(fault: Fault) -> Outcome {
    Outcome {
        class: Class::Rejected,
        fault: Some(fault),
        status: None,
        ray: None,
        date: None,
        transfer: Transfer::default(),
        made: None,
    }
}

/// A write without a turn.
pub(super) fn never_left() -> Outcome {
    let fault = Fault::new(FaultKind::Internal, "sending a change: a task of ours has died", "");
    Outcome { class: Class::NotSent, ..refused(fault) }
}

/// A write whose task has died: nobody knows.
pub(super) fn unknown() -> Outcome {
    let fault = Fault::new(FaultKind::Internal, "sending a change: a task of ours has died", "");
    Outcome { class: Class::Unknown, ..refused(fault) }
}
