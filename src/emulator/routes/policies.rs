//! Reading policies from the body of a write, with what the service refuses.

use serde_json::{Map, Value};

use super::super::reply::Reply;
use super::super::world::{Access, Edit, Id, Policy, ResourceGroup, Scope};
use super::Call;
use super::body::{bad, id_of};

/// Whose policies are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Group,
    Member,
}

const OURS: [&str; 4] = ["id", "access", "permission_groups", "resource_groups"];

fn refused() -> Reply {
    bad("Policy validation failed")
}

/// Reads a list of policies. Each gets a new id; a scope that is written out makes a resource group without a
/// name, which is put into the world only when the whole list is good.
pub(super) fn read(
    call: &mut Call,
    account: Id,
    list: &Value,
    of: Of,
) -> Result<Vec<Policy>, Reply> {
    let list = list.as_array().ok_or_else(|| bad("policies must be an array"))?;
    let mut policies = Vec::new();
    let mut anonymous = Vec::new();
    for item in list {
        policies.push(one(call, account, item, of, &mut anonymous)?);
    }
    for group in anonymous {
        call.state.commit(Edit::PutResourceGroup(account, group));
    }
    Ok(policies)
}

fn one(
    call: &mut Call,
    account: Id,
    item: &Value,
    of: Of,
    anonymous: &mut Vec<ResourceGroup>,
) -> Result<Policy, Reply> {
    let fields = item.as_object().ok_or_else(refused)?;
    if fields.get("id").is_some_and(|id| !id.is_null()) {
        return Err(bad("Cannot re-use policy IDs"));
    }
    let access =
        fields.get("access").and_then(Value::as_str).and_then(Access::parse).ok_or_else(refused)?;
    if access == Access::Deny && of == Of::Group {
        return Err(refused());
    }
    let permission_groups = permission_groups(fields)?;
    let resource_groups = resource_groups(call, account, fields, anonymous)?;
    same_kind(call, account, &permission_groups, &resource_groups, anonymous)?;
    Ok(Policy {
        id: call.state.fresh_id("policy"),
        access,
        permission_groups,
        resource_groups,
        extra: extra(fields),
    })
}

fn items<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a Vec<Value>, Reply> {
    fields.get(name).and_then(Value::as_array).filter(|list| !list.is_empty()).ok_or_else(refused)
}

fn permission_groups(fields: &Map<String, Value>) -> Result<Box<[Id]>, Reply> {
    items(fields, "permission_groups")?.iter().map(|item| id_of(item).ok_or_else(refused)).collect()
}

fn resource_groups(
    call: &mut Call,
    account: Id,
    fields: &Map<String, Value>,
    anonymous: &mut Vec<ResourceGroup>,
) -> Result<Box<[Id]>, Reply> {
    let mut ids = Vec::new();
    for item in items(fields, "resource_groups")? {
        if let Some(id) = id_of(item) {
            if !call.front(account)?.resource_groups.contains_key(&id) {
                return Err(refused());
            }
            ids.push(id);
        } else {
            let scope = item.get("scope").and_then(scope).ok_or_else(refused)?;
            let id = call.state.fresh_id("resource group");
            anonymous.push(ResourceGroup { id, name: None, scope, built_in: false });
            ids.push(id);
        }
    }
    Ok(ids.into())
}

/// Reads a scope: an object, or an array with one in it.
pub(super) fn scope(value: &Value) -> Option<Scope> {
    let value =
        value.as_array().map_or(Some(value), |list| list.first().filter(|_| list.len() == 1))?;
    let key = value.get("key")?.as_str().filter(|key| key.starts_with("com.cloudflare."))?;
    let objects: Vec<Box<str>> = value
        .get("objects")?
        .as_array()?
        .iter()
        .map(|object| {
            object.get("key").and_then(Value::as_str).filter(|key| !key.is_empty()).map(Into::into)
        })
        .collect::<Option<_>>()?;
    (!objects.is_empty()).then(|| Scope { key: key.into(), objects })
}

/// One policy is of one kind: account roles on the account, domain roles on domains.
fn same_kind(
    call: &mut Call,
    account: Id,
    permission_groups: &[Id],
    resource_groups: &[Id],
    anonymous: &[ResourceGroup],
) -> Result<(), Reply> {
    let known = call.front(account)?;
    let granted =
        permission_groups.iter().map(|id| known.catalogue.permission_group(*id).map(|g| g.kind));
    let scopes = resource_groups.iter().map(|id| {
        let own = anonymous.iter().find(|group| group.id == *id);
        own.or_else(|| known.resource_groups.get(id)).map(|group| group.scope.kind())
    });
    let kinds = granted.chain(scopes).collect::<Option<Vec<_>>>().ok_or_else(refused)?;
    let first = kinds.first();
    if kinds.iter().all(|kind| Some(kind) == first) { Ok(()) } else { Err(refused()) }
}

/// What the server has no meaning for stays with the policy as it was sent.
fn extra(fields: &Map<String, Value>) -> Option<Box<Map<String, Value>>> {
    let kept: Map<String, Value> = fields
        .iter()
        .filter(|(key, _)| !OURS.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    (!kept.is_empty()).then(|| Box::new(kept))
}
