//! The members of a user group.

use serde_json::Value;

use super::super::page::{LARGE, cut, info, wanted};
use super::super::render::Render;
use super::super::world::{Edit, Id, Joined, Status};
use super::body::{bad, id_of};
use super::groups::{kept_elsewhere, missing};
use super::{Answer, Call, Reply};

/// A group that readers don't see yet has no members page for anyone.
fn visible(call: &mut Call, account: Id, group: Id) -> Result<(), Reply> {
    if call.seen(account)?.groups.contains_key(&group) { Ok(()) } else { Err(missing()) }
}

/// `GET …/members`: null where there is nobody. The older server knew neither `fuzzyEmail` nor `direction`.
pub(super) fn list(call: &mut Call, account: Id, group: Id) -> Answer {
    let (shapes, live, request) = (call.state.shapes, call.live(), call.request);
    let page = wanted(request, LARGE, shapes)?;
    let known = &*call.seen(account)?;
    let group = known.groups.get(&group).ok_or_else(missing)?;
    let part = request.param("fuzzyEmail").filter(|_| live).map(str::to_lowercase);
    let holds = |id: Id, part: &str| {
        known.member(id).is_some_and(|member| member.person.email.to_lowercase().contains(part))
    };
    let mut rows: Vec<Id> = group
        .members
        .iter()
        .map(|joined| joined.member)
        .filter(|id| part.as_deref().is_none_or(|part| holds(*id, part)))
        .collect();
    if live && request.descending() {
        rows.reverse();
    }
    let render = Render { account: known, shapes };
    let shown: Vec<Value> = cut(&rows, page).iter().map(|id| render.group_member(*id)).collect();
    let count = shown.len();
    if live && shown.is_empty() {
        return Ok(Reply::ok(Value::Null));
    }
    Ok(Reply::page(Value::Array(shown), Some(info(page, count, rows.len(), false))))
}

/// `GET …/members/{m}`.
pub(super) fn one(call: &mut Call, account: Id, group: Id, member: Id) -> Answer {
    let shapes = call.state.shapes;
    let known = &*call.seen(account)?;
    if !known.groups.contains_key(&group) {
        return Err(missing());
    }
    if known.member(member).is_none() {
        return Err(not_of_the_account(member));
    }
    let joined = known.joined(group, member).ok_or_else(|| not_in_group(member))?;
    Ok(Reply::ok(Render { account: known, shapes }.group_member_alone(joined)))
}

fn not_in_group(member: Id) -> Reply {
    Reply::refuse(404, 404, &format!("Member {member} not found in user group"))
}

fn not_of_the_account(member: Id) -> Reply {
    bad(&format!("Invalid member: {member}"))
}

/// The ids of a body, which is a bare array. One that can't be in a group refuses them all.
fn ids(call: &mut Call, account: Id) -> Result<Vec<Id>, Reply> {
    let body = call.request.json(400)?;
    let list = body.as_array().ok_or_else(|| bad("The body must be an array of members"))?;
    let known = call.front(account)?;
    let mut ids = Vec::new();
    for item in list {
        let id = id_of(item).ok_or_else(|| bad("Invalid member: every member needs an id"))?;
        let member = known.member(id).ok_or_else(|| not_of_the_account(id))?;
        if member.status == Status::Pending {
            return Err(bad(&format!("Invalid member: {id} has not accepted the invitation")));
        }
        if !member.dsr {
            let email = &member.person.email;
            return Err(bad(&format!("The following members do not have DSR enabled: {email}")));
        }
        ids.push(id);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn editable(call: &mut Call, account: Id, group: Id) -> Result<(), Reply> {
    visible(call, account, group)?;
    let group = call.front(account)?.groups.get(&group).ok_or_else(missing)?;
    if group.kept_elsewhere { Err(kept_elsewhere()) } else { Ok(()) }
}

fn join(call: &mut Call, account: Id, group: Id, ids: &[Id]) {
    let at = call.state.now();
    for member in ids {
        call.state.commit(Edit::Join(account, group, Joined { member: *member, at }));
    }
}

/// Everyone in the group, as answers to writes have it.
fn whole(call: &mut Call, account: Id, group: Id) -> Result<Value, Reply> {
    let (shapes, live) = (call.state.shapes, call.live());
    let known = &*call.front(account)?;
    let members = &known.groups.get(&group).ok_or_else(missing)?.members;
    let render = Render { account: known, shapes };
    let shown: Vec<Value> =
        members.iter().map(|joined| render.group_member(joined.member)).collect();
    Ok(if live && shown.is_empty() { Value::Null } else { Value::Array(shown) })
}

/// `POST …/members` adds; one who is in already is no error. Live it answers with the whole membership, in
/// older documents with a single member.
pub(super) fn add(call: &mut Call, account: Id, group: Id) -> Answer {
    editable(call, account, group)?;
    let ids = ids(call, account)?;
    join(call, account, group, &ids);
    if call.live() {
        return whole(call, account, group).map(Reply::ok);
    }
    let shapes = call.state.shapes;
    let known = &*call.front(account)?;
    let render = Render { account: known, shapes };
    Ok(Reply::ok(ids.first().map_or(Value::Null, |id| render.group_member(*id))))
}

/// `PUT …/members` makes it exactly this. Those who stay keep their date.
pub(super) fn replace(call: &mut Call, account: Id, group: Id) -> Answer {
    editable(call, account, group)?;
    let ids = ids(call, account)?;
    let old: Vec<Id> = call
        .front(account)?
        .groups
        .get(&group)
        .map(|group| group.members.iter().map(|joined| joined.member).collect())
        .unwrap_or_default();
    for member in old.iter().filter(|member| ids.binary_search(member).is_err()) {
        call.state.commit(Edit::Leave(account, group, *member));
    }
    join(call, account, group, &ids);
    whole(call, account, group).map(Reply::ok)
}

/// `DELETE …/members/{m}` answers with the one who was removed.
pub(super) fn remove(call: &mut Call, account: Id, group: Id, member: Id) -> Answer {
    visible(call, account, group)?;
    let shapes = call.state.shapes;
    let known = &*call.front(account)?;
    if known.member(member).is_none() {
        return Err(not_of_the_account(member));
    }
    if known.groups.get(&group).ok_or_else(missing)?.kept_elsewhere {
        return Err(kept_elsewhere());
    }
    known.joined(group, member).ok_or_else(|| not_in_group(member))?;
    let removed = Render { account: known, shapes }.group_member(member);
    call.state.commit(Edit::Leave(account, group, member));
    Ok(Reply::ok(removed))
}
