//! Sending one write.

use std::collections::HashMap;

use crate::api::{Class as Sent, Client, PolicyBody, RawGroup, RawPolicy, Written, policy_body};
use crate::domain::{AccountId, Fault, FaultKind, Group, GroupId, PolicyContent, PolicyEdit};
use crate::plan::{Call, Class, Outcome};

/// A write, whole in itself.
pub(super) enum Write {
    Call(Call),
    /// With the policies in the form in which they are written.
    SetPolicies(GroupId, Vec<PolicyBody>),
}

/// Makes a write of a call. Policies that are kept go back as they came with the last look.
///
/// # Errors
/// A policy of the group that can't be sent back, whether it was to stay or not: nothing is sent.
pub(super) fn write(call: Call, raw: &HashMap<GroupId, RawGroup>) -> Result<Write, Fault> {
    let Call::SetPolicies { group, to } = call else { return Ok(Write::Call(call)) };
    let came = raw.get(&group);
    if let Some(locked) = came.and_then(RawGroup::locked) {
        return Err(locked);
    }
    let bodies = to
        .iter()
        .map(|edit| match edit {
            PolicyEdit::Write(draft) => Ok(policy_body(draft)),
            PolicyEdit::Keep(content) => kept(content, came),
        })
        .collect::<Result<_, _>>()?;
    Ok(Write::SetPolicies(group, bodies))
}

fn kept(content: &PolicyContent, came: Option<&RawGroup>) -> Result<PolicyBody, Fault> {
    let policies = came.map(RawGroup::policies).unwrap_or_default();
    let found = policies.iter().find(|policy| policy.content.as_ref() == Some(content));
    found.map_or_else(|| Err(not_there()), RawPolicy::sendable)
}

fn not_there() -> Fault {
    Fault::new(
        FaultKind::Refused,
        "setting a group's policies: one that was to stay is no longer there",
        "look at the group's policies and stage the change again",
    )
}

/// Sends a write, once.
pub(super) async fn send(
    client: Client,
    account: AccountId,
    write: Write,
) -> (Outcome, Option<Group>) {
    let account = &account;
    match write {
        Write::SetPolicies(group, bodies) => {
            ended(client.set_policies(account, &group, &bodies).await)
        }
        Write::Call(Call::Create { name, policies }) => {
            let bodies: Vec<PolicyBody> = policies.iter().map(policy_body).collect();
            let mut written = client.create_group(account, &name, &bodies).await;
            let made = written.value.take();
            let (mut outcome, _) = ended(written);
            outcome.made = made.as_ref().map(|group| group.id.clone());
            (outcome, made)
        }
        Write::Call(Call::Rename { group, to }) => {
            ended(client.rename_group(account, &group, &to).await)
        }
        Write::Call(Call::Add { group, members }) => {
            ended(client.add_members(account, &group, &members).await)
        }
        Write::Call(Call::Remove { group, member }) => {
            ended(client.remove_member(account, &group, &member).await)
        }
        Write::Call(Call::Delete { group }) => ended(client.delete_group(account, &group).await),
        Write::Call(Call::SetPolicies { .. }) => (refused(not_there()), None),
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
    let Written { fault, status, ray, date, .. } = written;
    (Outcome { class, fault, status, ray, date, made: None }, None)
}

/// A write that is not sent, because it can't be right.
pub(super) fn refused(fault: Fault) -> Outcome {
    Outcome {
        class: Class::Rejected,
        fault: Some(fault),
        status: None,
        ray: None,
        date: None,
        made: None,
    }
}

/// A write whose task has died: nobody knows.
pub(super) fn unknown() -> Outcome {
    let fault = Fault::new(FaultKind::Internal, "sending a change: a task of ours has died", "");
    Outcome { class: Class::Unknown, ..refused(fault) }
}
