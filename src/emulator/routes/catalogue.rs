//! Permission groups, roles, resource groups and zones.

use serde_json::{Value, json};

use super::super::page::{SMALL, cut, info, wanted};
use super::super::render::Render;
use super::super::world::{Edit, Id, PermissionGroup, ResourceGroup, Role, Zone};
use super::body::{bad, text};
use super::policies::scope;
use super::{Answer, Call, Reply};

/// `GET …/permission_groups`. Live there is no `result_info`: a short page is the end.
pub(super) fn permission_groups(call: &mut Call, account: Id) -> Answer {
    let (shapes, live, request) = (call.state.shapes, call.live(), call.request);
    let page = wanted(request, SMALL, shapes)?;
    let known = &*call.seen(account)?;
    let rows: Vec<&PermissionGroup> = known
        .catalogue
        .permission_groups
        .iter()
        .filter(|g| request.param("id").is_none_or(|id| g.id.to_string() == id))
        .filter(|g| request.param("name").is_none_or(|name| g.name == name))
        .filter(|g| request.param("label").is_none_or(|label| g.label == label))
        .collect();
    let render = Render { account: known, shapes };
    let shown: Vec<Value> = cut(&rows, page).iter().map(|g| render.permission_group(g)).collect();
    let info = (!live).then(|| info(page, shown.len(), rows.len(), false));
    Ok(Reply::page(Value::Array(shown), info))
}

/// `GET …/permission_groups/{p}`.
pub(super) fn permission_group(call: &mut Call, account: Id, id: Id) -> Answer {
    let shapes = call.state.shapes;
    let known = &*call.seen(account)?;
    let group = known.catalogue.permission_group(id);
    let group = group.ok_or_else(|| Reply::refuse(404, 404, "Permission group not found"))?;
    Ok(Reply::ok(Render { account: known, shapes }.permission_group(group)))
}

/// `GET …/roles`: without Super Administrator.
pub(super) fn roles(call: &mut Call, account: Id) -> Answer {
    let (shapes, live) = (call.state.shapes, call.live());
    let page = wanted(call.request, SMALL, shapes)?;
    let known = &*call.seen(account)?;
    let rows: Vec<&Role> = known.catalogue.roles.iter().filter(|role| role.listed).collect();
    let render = Render { account: known, shapes };
    let shown: Vec<Value> = cut(&rows, page).iter().map(|role| render.role(role)).collect();
    let count = shown.len();
    Ok(Reply::page(Value::Array(shown), Some(info(page, count, rows.len(), live))))
}

/// `GET …/roles/{r}`.
pub(super) fn role(call: &mut Call, account: Id, id: Id) -> Answer {
    let shapes = call.state.shapes;
    let known = &*call.seen(account)?;
    let role =
        known.catalogue.role(id).ok_or_else(|| Reply::refuse(404, 1003, "Role not found"))?;
    Ok(Reply::ok(Render { account: known, shapes }.role(role)))
}

fn no_resource_group() -> Reply {
    Reply::refuse(404, 404, "Resource group not found")
}

/// `GET …/resource_groups`: all at once, whatever page is asked for; null where nothing fits.
pub(super) fn resource_groups(call: &mut Call, account: Id) -> Answer {
    let (shapes, live, request) = (call.state.shapes, call.live(), call.request);
    let known = &*call.seen(account)?;
    let render = Render { account: known, shapes };
    let shown: Vec<Value> = known
        .resource_groups
        .values()
        .filter(|g| g.name.is_some())
        .filter(|g| request.param("id").is_none_or(|id| g.id.to_string() == id))
        .filter(|g| request.param("name").is_none_or(|name| g.name.as_deref() == Some(name)))
        .map(|g| render.resource_group(g))
        .collect();
    Ok(Reply::ok(if live && shown.is_empty() { Value::Null } else { Value::Array(shown) }))
}

/// `GET …/resource_groups/{r}`.
pub(super) fn resource_group(call: &mut Call, account: Id, id: Id) -> Answer {
    let shapes = call.state.shapes;
    let known = &*call.seen(account)?;
    let group = known.resource_groups.get(&id).ok_or_else(no_resource_group)?;
    Ok(Reply::ok(Render { account: known, shapes }.resource_group(group)))
}

/// `POST …/resource_groups`. Names need not be unique.
pub(super) fn create_resource_group(call: &mut Call, account: Id) -> Answer {
    let body = call.request.json(400)?;
    let name = text(&body, "name")?.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| bad("name is required"))?.into();
    let scope = body.get("scope").and_then(scope).ok_or_else(|| bad("scope is invalid"))?;
    let id = call.state.fresh_id("resource group");
    put_resource_group(
        call,
        account,
        &ResourceGroup { id, name: Some(name), scope, built_in: false },
    )
}

fn put_resource_group(call: &mut Call, account: Id, group: &ResourceGroup) -> Answer {
    let shapes = call.state.shapes;
    call.state.commit(Edit::PutResourceGroup(account, group.clone()));
    let known = &*call.front(account)?;
    Ok(Reply::ok(Render { account: known, shapes }.resource_group(group)))
}

/// The group, if it may be changed.
fn changeable(call: &mut Call, account: Id, id: Id) -> Result<ResourceGroup, Reply> {
    let group =
        call.front(account)?.resource_groups.get(&id).cloned().ok_or_else(no_resource_group)?;
    if group.built_in {
        return Err(Reply::refuse_with(422, &json!([{"message": "non-editable resource group"}])));
    }
    Ok(group)
}

/// `PUT …/resource_groups/{r}`.
pub(super) fn update_resource_group(call: &mut Call, account: Id, id: Id) -> Answer {
    let body = call.request.json(400)?;
    let mut group = changeable(call, account, id)?;
    if let Some(name) = text(&body, "name")? {
        group.name = Some(name.into());
    }
    if let Some(wanted) = body.get("scope") {
        group.scope = scope(wanted).ok_or_else(|| bad("scope is invalid"))?;
    }
    put_resource_group(call, account, &group)
}

/// `DELETE …/resource_groups/{r}`.
pub(super) fn delete_resource_group(call: &mut Call, account: Id, id: Id) -> Answer {
    changeable(call, account, id)?;
    call.state.commit(Edit::DropResourceGroup(account, id));
    Ok(Reply::ok(if call.live() { Value::Null } else { json!({"id": id.to_string()}) }))
}

/// `GET /zones`: of all accounts, or of one.
pub(super) fn zones(call: &mut Call) -> Answer {
    let (shapes, request) = (call.state.shapes, call.request);
    let page = wanted(request, SMALL, shapes)?;
    let own_only = call.caller.owner == super::Owner::Account;
    let (account, name) = (request.param("account.id"), request.param("name"));
    let world = call.state.seen();
    let mut rows: Vec<(&super::Account, &Zone)> = world
        .accounts
        .iter()
        .take(if own_only { 1 } else { usize::MAX })
        .filter(|a| account.is_none_or(|id| a.id.to_string() == id))
        .flat_map(|a| a.zones.iter().map(move |zone| (a, zone)))
        .filter(|(_, zone)| name.is_none_or(|name| name == &*zone.name))
        .collect();
    rows.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    if request.descending() {
        rows.reverse();
    }
    let shown: Vec<Value> = cut(&rows, page)
        .iter()
        .map(|(account, zone)| Render { account, shapes }.zone(zone))
        .collect();
    let count = shown.len();
    Ok(Reply::page(Value::Array(shown), Some(info(page, count, rows.len(), true))))
}
