//! User groups.

use serde_json::{Value, json};

use super::super::page::{LARGE, cut, info, wanted};
use super::super::render::{Place, Render};
use super::super::world::{Edit, Group, Id};
use super::body::{bad, text};
use super::policies::{self, Of};
use super::{Answer, Call, Reply};

/// The refusal of a group that isn't there.
pub(super) fn missing() -> Reply {
    Reply::refuse(404, 404, "User group not found")
}

/// The refusal of an edit to a group that an identity provider keeps.
pub(super) fn kept_elsewhere() -> Reply {
    bad("This user group is managed by an identity provider (SCIM) and can't be modified here")
}

/// `GET …/user_groups`: by name, whole or in part, or by id.
pub(super) fn list(call: &mut Call, account: Id) -> Answer {
    let (shapes, live, request) = (call.state.shapes, call.live(), call.request);
    let page = wanted(request, LARGE, shapes)?;
    let known = &*call.seen(account)?;
    let part = request.param("fuzzyName").map(str::to_lowercase);
    let mut rows: Vec<&Group> = known
        .groups
        .values()
        .filter(|g| request.param("id").is_none_or(|id| g.id.to_string() == id))
        .filter(|g| request.param("name").is_none_or(|name| &*g.name == name))
        .filter(|g| part.as_ref().is_none_or(|part| g.name.to_lowercase().contains(part)))
        .collect();
    rows.sort_by_cached_key(|g| (g.name.to_lowercase(), g.id));
    if request.descending() {
        rows.reverse();
    }
    let render = Render { account: known, shapes };
    let shown: Vec<Value> = cut(&rows, page).iter().map(|g| render.group(g, Place::List)).collect();
    let count = shown.len();
    Ok(Reply::page(Value::Array(shown), Some(info(page, count, rows.len(), live))))
}

/// `GET …/user_groups/{g}`.
pub(super) fn one(call: &mut Call, account: Id, id: Id) -> Answer {
    let shapes = call.state.shapes;
    let known = &*call.seen(account)?;
    let group = known.groups.get(&id).ok_or_else(missing)?;
    Ok(Reply::ok(Render { account: known, shapes }.group(group, Place::Alone)))
}

fn free_name(call: &mut Call, account: Id, name: &str, but: Option<Id>) -> Result<(), Reply> {
    let taken = call.front(account)?.group_named(name).is_some_and(|group| Some(group.id) != but);
    if taken { Err(bad("User group name is already in use")) } else { Ok(()) }
}

/// `POST …/user_groups`.
pub(super) fn create(call: &mut Call, account: Id) -> Answer {
    let body = call.request.json(400)?;
    let name = text(&body, "name")?.map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| bad("name is required"))?.to_owned();
    free_name(call, account, &name, None)?;
    let policies = match body.get("policies") {
        None | Some(Value::Null) => Vec::new(),
        Some(list) => policies::read(call, account, list, Of::Group)?,
    };
    let now = call.state.now();
    let group = Group {
        id: call.state.fresh_id("group"),
        name: name.into(),
        created: now,
        modified: now,
        kept_elsewhere: false,
        policies,
        members: Vec::new(),
    };
    put(call, account, &group)
}

/// Carries it out and answers with the group as it is now, whatever readers see yet.
fn put(call: &mut Call, account: Id, group: &Group) -> Answer {
    call.state.commit(Edit::PutGroup(account, Box::new(group.clone())));
    let shapes = call.state.shapes;
    let known = &*call.front(account)?;
    Ok(Reply::ok(Render { account: known, shapes }.group(group, Place::Alone)))
}

/// `PUT …/user_groups/{g}`: without policies they stay, with them all are replaced.
pub(super) fn update(call: &mut Call, account: Id, id: Id) -> Answer {
    let body = call.request.json(400)?;
    if !body.is_object() {
        return Err(bad("The body must be an object"));
    }
    let mut group = head(call.front(account)?.groups.get(&id).ok_or_else(missing)?);
    if let Some(name) = text(&body, "name")? {
        let name = name.trim();
        if name.is_empty() {
            return Err(bad("name must not be empty"));
        }
        if group.kept_elsewhere && name != &*group.name {
            return Err(kept_elsewhere());
        }
        free_name(call, account, name, Some(id))?;
        group.name = name.into();
    }
    if let Some(list) = body.get("policies") {
        group.policies = policies::read(call, account, list, Of::Group)?;
    }
    group.modified = call.state.now();
    put(call, account, &group)
}

/// A group without its members.
pub(super) fn head(group: &Group) -> Group {
    Group {
        name: group.name.clone(),
        policies: group.policies.clone(),
        members: Vec::new(),
        ..*group
    }
}

/// `DELETE …/user_groups/{g}`: the people stay in the account.
pub(super) fn delete(call: &mut Call, account: Id, id: Id) -> Answer {
    if call.front(account)?.groups.get(&id).ok_or_else(missing)?.kept_elsewhere {
        return Err(kept_elsewhere());
    }
    call.state.commit(Edit::DropGroup(account, id));
    Ok(Reply::ok(if call.live() { Value::Null } else { json!({"id": id.to_string()}) }))
}
