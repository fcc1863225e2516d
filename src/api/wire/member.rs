//! Members of the account.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::{Bad, Decoded, Soft, Text, items, object, part};
use super::policy::policies;
use crate::domain::{Member, MemberId, MemberStatus, PermissionGroupId, Role, TwoFactor, UserId};

#[derive(Deserialize)]
struct WireMember<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    email: Soft<Text<'a>>,
    #[serde(borrow, default)]
    status: Soft<Text<'a>>,
    #[serde(borrow, default)]
    policies: Option<&'a RawValue>,
    #[serde(borrow, default)]
    roles: Option<&'a RawValue>,
    #[serde(borrow, default)]
    user: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct WireUser<'a> {
    #[serde(borrow, default)]
    id: Soft<Text<'a>>,
    #[serde(borrow, default)]
    email: Soft<Text<'a>>,
    #[serde(borrow, default)]
    first_name: Soft<Text<'a>>,
    #[serde(borrow, default)]
    last_name: Soft<Text<'a>>,
    #[serde(default)]
    two_factor_authentication_enabled: Soft<bool>,
}

#[derive(Deserialize)]
struct WireRole<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    name: Soft<Text<'a>>,
}

/// Decodes a member. Only the id is needed; a pending member's user has neither id nor name.
pub fn member(raw: &RawValue) -> Result<Decoded<Member>, Bad> {
    let wire: WireMember<'_> = object(raw)?;
    let user: WireUser<'_> = part(wire.user)?.unwrap_or_default();
    let email = if wire.email.text().is_empty() { user.email.text() } else { wire.email.text() };
    let (policies, lost_policies) = policies(wire.policies);
    let (roles, lost_roles) = roles(wire.roles);
    let row = Member {
        id: MemberId::parse(&wire.id.0).ok_or(Bad)?,
        user: UserId::parse(user.id.text()),
        email: email.into(),
        name: Member::name_of(user.first_name.text(), user.last_name.text()),
        status: MemberStatus::from_wire(wire.status.0.as_ref().map(|s| &*s.0)),
        two_factor: TwoFactor::from_wire(user.two_factor_authentication_enabled.0),
        policies,
        roles,
        listed: true,
    };
    Ok(Decoded { row, set_aside: lost_policies + lost_roles })
}

fn roles(raw: Option<&RawValue>) -> (Arc<[Role]>, u32) {
    let Ok(list) = items(raw) else { return (Arc::from([]), 1) };
    let all = list.len();
    let mut roles: Vec<Role> = list.into_iter().filter_map(role).collect();
    let lost = u32::try_from(all - roles.len()).unwrap_or(u32::MAX);
    roles.sort();
    (roles.into(), lost)
}

fn role(raw: &RawValue) -> Option<Role> {
    let wire: WireRole<'_> = object(raw).ok()?;
    Some(Role { id: PermissionGroupId::parse(&wire.id.0)?, name: wire.name.text().into() })
}
