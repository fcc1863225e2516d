//! Groups and their members.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::{Bad, Decoded, Soft, Text, object, part};
use super::policy::policies;
use super::time::timestamp;
use crate::api::MembershipRead;
use crate::domain::{Group, GroupId, MemberId, MemberStatus, Membership};

#[derive(Deserialize)]
struct WireGroup<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    name: Soft<Text<'a>>,
    #[serde(borrow, default)]
    created_on: Soft<Text<'a>>,
    #[serde(borrow, default)]
    modified_on: Soft<Text<'a>>,
    #[serde(borrow, default)]
    policies: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WireMembership<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    email: Soft<Text<'a>>,
    #[serde(borrow, default)]
    status: Soft<Text<'a>>,
    #[serde(borrow, default)]
    created_at: Soft<Text<'a>>,
    #[serde(borrow, default)]
    user: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct WireUser<'a> {
    #[serde(borrow, default)]
    email: Soft<Text<'a>>,
}

/// Decodes a group.
pub fn group(raw: &RawValue) -> Result<Decoded<Group>, Bad> {
    let wire: WireGroup<'_> = object(raw)?;
    let (policies, set_aside) = policies(wire.policies);
    let row = Group {
        id: GroupId::parse(&wire.id.0).ok_or(Bad)?,
        name: wire.name.text().into(),
        created_on: timestamp(wire.created_on.text()),
        modified_on: timestamp(wire.modified_on.text()),
        policies,
    };
    Ok(Decoded { row, set_aside })
}

/// Decodes an entry of a group's member list.
pub fn group_member(raw: &RawValue) -> Result<Decoded<Membership>, Bad> {
    let read = membership(raw)?;
    Ok(Decoded::whole(Membership { member: read.member, email: read.email, status: read.status }))
}

/// Decodes the single read of a membership.
pub fn membership(raw: &RawValue) -> Result<MembershipRead, Bad> {
    let wire: WireMembership<'_> = object(raw)?;
    let user: WireUser<'_> = part(wire.user)?.unwrap_or_default();
    let email = if wire.email.text().is_empty() { user.email.text() } else { wire.email.text() };
    Ok(MembershipRead {
        member: MemberId::parse(&wire.id.0).ok_or(Bad)?,
        since: timestamp(wire.created_at.text()),
        email: email.into(),
        status: MemberStatus::from_wire(wire.status.0.as_ref().map(|s| &*s.0)),
    })
}
