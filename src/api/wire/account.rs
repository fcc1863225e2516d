//! Accounts, organizations, zones, and who is calling.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::json::{Bad, Decoded, Soft, Text, object, part};
use super::time::timestamp;
use crate::domain::{
    Account, AccountId, MemberStatus, Organization, OrganizationId, OrganizationMember,
    OrganizationMemberId, TwoFactor, UserId, Zone, ZoneId,
};

#[derive(Deserialize)]
struct WireNamed<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    name: Soft<Text<'a>>,
    #[serde(borrow, default)]
    managed_by: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct WireManagedBy<'a> {
    #[serde(borrow, default)]
    parent_org_id: Soft<Text<'a>>,
}

#[derive(Deserialize)]
struct WireOrganizationMember<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    status: Soft<Text<'a>>,
    #[serde(borrow, default)]
    create_time: Soft<Text<'a>>,
    #[serde(borrow, default)]
    update_time: Soft<Text<'a>>,
    #[serde(default)]
    meta: Value,
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
    name: Soft<Text<'a>>,
    #[serde(default)]
    two_factor_authentication_enabled: Soft<bool>,
}

/// What a token's own check says.
#[derive(Debug, Default, Deserialize)]
pub struct TokenState<'a> {
    /// The token's id.
    #[serde(borrow, default)]
    pub id: Soft<Text<'a>>,
    /// `active`, `disabled` or `expired`.
    #[serde(borrow, default)]
    pub status: Soft<Text<'a>>,
    /// When it ends.
    #[serde(borrow, default)]
    pub expires_on: Soft<Text<'a>>,
    /// When it begins.
    #[serde(borrow, default)]
    pub not_before: Soft<Text<'a>>,
}

/// The calling user, as far as it is needed.
#[derive(Debug, Default, Deserialize)]
pub struct UserState<'a> {
    /// The user's id.
    #[serde(borrow, default)]
    pub id: Soft<Text<'a>>,
    /// The user's e-mail.
    #[serde(borrow, default)]
    pub email: Soft<Text<'a>>,
}

/// One of the calling user's own memberships.
#[derive(Debug, Deserialize)]
pub struct Membership<'a> {
    /// The membership's id.
    #[serde(borrow, default)]
    pub id: Soft<Text<'a>>,
    /// The account.
    #[serde(borrow, default)]
    pub account: Soft<WireId<'a>>,
}

/// An object of which only the id is read.
#[derive(Debug, Deserialize)]
pub struct WireId<'a> {
    /// The id.
    #[serde(borrow)]
    pub id: Text<'a>,
}

/// Decodes an account.
pub fn account(raw: &RawValue) -> Result<Decoded<Account>, Bad> {
    let wire: WireNamed<'_> = object(raw)?;
    let managed: WireManagedBy<'_> = part(wire.managed_by)?.unwrap_or_default();
    Ok(Decoded::whole(Account {
        id: AccountId::parse(&wire.id.0).ok_or(Bad)?,
        name: wire.name.text().into(),
        parent: OrganizationId::parse(managed.parent_org_id.text()),
    }))
}

/// Decodes an organization.
pub fn organization(raw: &RawValue) -> Result<Decoded<Organization>, Bad> {
    let wire: WireNamed<'_> = object(raw)?;
    let id = OrganizationId::parse(&wire.id.0).ok_or(Bad)?;
    Ok(Decoded::whole(Organization { id, name: wire.name.text().into() }))
}

/// Decodes a zone.
pub fn zone(raw: &RawValue) -> Result<Decoded<Zone>, Bad> {
    let wire: WireNamed<'_> = object(raw)?;
    let id = ZoneId::parse(&wire.id.0).ok_or(Bad)?;
    Ok(Decoded::whole(Zone { id, name: wire.name.text().into() }))
}

/// Decodes a member of an organization.
pub fn organization_member(raw: &RawValue) -> Result<Decoded<OrganizationMember>, Bad> {
    let wire: WireOrganizationMember<'_> = object(raw)?;
    let user: WireUser<'_> = part(wire.user)?.unwrap_or_default();
    Ok(Decoded::whole(OrganizationMember {
        id: OrganizationMemberId::parse(&wire.id.0).ok_or(Bad)?,
        user: UserId::parse(user.id.text()),
        email: user.email.text().into(),
        name: user.name.text().into(),
        status: MemberStatus::from_wire(wire.status.0.as_ref().map(|s| &*s.0)),
        two_factor: TwoFactor::from_wire(user.two_factor_authentication_enabled.0),
        since: timestamp(wire.create_time.text()),
        updated: timestamp(wire.update_time.text()),
        meta: wire.meta,
    }))
}
