//! Policies, as members and groups carry them.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::{Bad, Soft, Text, items, object, part};
use crate::domain::{
    Access, PermissionGroup, PermissionGroupId, PermissionScope, Policy, PolicyContent,
    ResourceGroup, ResourceGroupId, Scope,
};

/// The parts of a policy that are read, still as text.
#[derive(Debug, Deserialize)]
pub struct Parts<'a> {
    #[serde(borrow, default)]
    access: Soft<Text<'a>>,
    #[serde(borrow, default)]
    permission_groups: Option<&'a RawValue>,
    #[serde(borrow, default)]
    resource_groups: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WirePermissionGroup<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    name: Soft<Text<'a>>,
    #[serde(borrow, default)]
    meta: Option<&'a RawValue>,
}

/// `meta` is an open map of texts; the `key` and `value` of the documents are not what comes.
#[derive(Default, Deserialize)]
struct WireMeta<'a> {
    #[serde(borrow, default)]
    label: Soft<Text<'a>>,
    #[serde(borrow, default)]
    description: Soft<Text<'a>>,
    #[serde(borrow, default)]
    scopes: Soft<Text<'a>>,
}

#[derive(Deserialize)]
struct WireResourceGroup<'a> {
    #[serde(borrow, default)]
    id: Soft<Text<'a>>,
    #[serde(borrow, default)]
    name: Soft<Text<'a>>,
    #[serde(borrow, default)]
    scope: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WireScope<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow, default)]
    objects: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WireObject<'a> {
    #[serde(borrow)]
    key: Text<'a>,
}

/// The parts of a policy.
pub fn parts(raw: &RawValue) -> Result<Parts<'_>, Bad> {
    object(raw)
}

/// Decodes a policy. A permission group without an id or a scope without a key makes it bad: a policy that is
/// shown must be shown whole.
pub fn policy(raw: &RawValue) -> Result<Policy, Bad> {
    let parts = parts(raw)?;
    let mut permission_groups = items(parts.permission_groups)?
        .into_iter()
        .map(|item| permission_group(item).map(Arc::new))
        .collect::<Result<Vec<_>, _>>()?;
    permission_groups.sort();
    let mut resource_groups = items(parts.resource_groups)?
        .into_iter()
        .map(|item| resource_group(item).map(Arc::new))
        .collect::<Result<Vec<_>, _>>()?;
    resource_groups.sort();
    Ok(Policy {
        access: Access::from_wire(parts.access.text()),
        permission_groups,
        resource_groups,
    })
}

/// What a policy is compared by, where it can be read.
pub fn content(raw: &RawValue) -> Option<PolicyContent> {
    policy(raw).ok().map(|policy| policy.content())
}

/// A list of policies, and how many had to be set aside; `None` where there is no such field.
pub fn policies(raw: Option<&RawValue>) -> (Option<Arc<[Arc<Policy>]>>, u32) {
    let Some(raw) = raw else { return (None, 0) };
    let Ok(list) = items(Some(raw)) else { return (None, 1) };
    let all = list.len();
    let mut read: Vec<Policy> = list.into_iter().filter_map(|item| policy(item).ok()).collect();
    // The service promises no order: without one of ours, rows would change places at each reading.
    read.sort_by_cached_key(order);
    let read: Arc<[Arc<Policy>]> = read.into_iter().map(Arc::new).collect();
    let lost = u32::try_from(all - read.len()).unwrap_or(u32::MAX);
    (Some(read), lost)
}

/// By what policies are put into order: what they grant, then where.
fn order(policy: &Policy) -> (Vec<Arc<str>>, Vec<Arc<str>>, String) {
    let mut what: Vec<Arc<str>> =
        policy.permission_groups.iter().map(|group| Arc::clone(&group.name)).collect();
    what.sort();
    let mut on: Vec<Arc<str>> =
        policy.resource_groups.iter().map(|group| Arc::clone(&group.name)).collect();
    on.sort();
    (what, on, format!("{:?}", policy.content()))
}

/// Decodes a permission group, of the catalogue or inside a policy.
pub fn permission_group(raw: &RawValue) -> Result<PermissionGroup, Bad> {
    let wire: WirePermissionGroup<'_> = object(raw)?;
    let meta: WireMeta<'_> = part(wire.meta)?.unwrap_or_default();
    Ok(PermissionGroup {
        id: PermissionGroupId::parse(&wire.id.0).ok_or(Bad)?,
        name: wire.name.text().into(),
        label: meta.label.text().into(),
        description: meta.description.text().into(),
        scope: PermissionScope::from_wire(meta.scopes.text()),
    })
}

/// Decodes a resource group, of the catalogue or inside a policy, where it may have neither id nor name.
pub fn resource_group(raw: &RawValue) -> Result<ResourceGroup, Bad> {
    let wire: WireResourceGroup<'_> = object(raw)?;
    Ok(ResourceGroup {
        id: ResourceGroupId::parse(wire.id.text()),
        name: wire.name.text().into(),
        scopes: scopes(wire.scope)?,
    })
}

/// `scope` is one scope in live answers and a list of scopes in older documents.
fn scopes(raw: Option<&RawValue>) -> Result<Vec<Scope>, Bad> {
    let Some(raw) = raw else { return Ok(Vec::new()) };
    let list = if raw.get().starts_with('{') { vec![raw] } else { items(Some(raw))? };
    let mut scopes = list.into_iter().map(scope).collect::<Result<Vec<_>, _>>()?;
    scopes.sort();
    scopes.dedup();
    Ok(scopes)
}

fn scope(raw: &RawValue) -> Result<Scope, Bad> {
    let wire: WireScope<'_> = object(raw)?;
    let mut objects = items(wire.objects)?
        .into_iter()
        .map(|item| object(item).map(|o: WireObject<'_>| Arc::from(&*o.key.0)))
        .collect::<Result<Vec<Arc<str>>, _>>()?;
    objects.sort();
    objects.dedup();
    Ok(Scope { key: wire.key.0.as_ref().into(), objects })
}
