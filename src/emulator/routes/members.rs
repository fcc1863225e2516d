//! Members of an account.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Value, json};

use super::super::page::{SMALL, cut, info, wanted};
use super::super::render::{Place, Render};
use super::super::world::{Access, Account, Edit, Id, Member, Order, Person, Policy, Status};
use super::body::{id_of, invalid, text};
use super::policies::{self, Of};
use super::{Answer, Call, Reply, Shapes};

fn missing() -> Reply {
    Reply::refuse(404, 1003, "Member not found for account")
}

/// `GET …/members`. There is no search; only an order and a status.
pub(super) fn list(call: &mut Call, account: Id) -> Answer {
    let (shapes, live, request) = (call.state.shapes, call.live(), call.request);
    let page = wanted(request, SMALL, shapes)?;
    let order = match request.param("order") {
        Some("user.first_name") => Order::First,
        Some("user.last_name") => Order::Last,
        Some("user.email") => Order::Email,
        Some("status") => Order::Status,
        None => Order::Since,
        Some(other) => return Err(invalid(&format!("Invalid order: {other:?}"))),
    };
    let known = call.seen(account)?;
    let ids = known.ordered(order);
    let status = request.param("status");
    let fits = |id: &&Id| {
        status.is_none_or(|status| known.member(**id).is_some_and(|m| m.status.word() == status))
    };
    // The usual walk asks for everyone in one order: that list is there, and isn't made anew for each page.
    let mut rows = Cow::Borrowed(&*ids);
    if status.is_some() {
        rows = Cow::Owned(ids.iter().filter(fits).copied().collect());
    }
    if request.descending() {
        rows.to_mut().reverse();
    }
    let shown: Vec<Value> = cut(&rows, page)
        .iter()
        .filter_map(|id| known.member(*id))
        .map(|member| shown(known, shapes, member, Place::List))
        .collect();
    let count = shown.len();
    Ok(Reply::page(Value::Array(shown), Some(info(page, count, rows.len(), live))))
}

/// A member. Documents disagree about whether what comes through groups is shown on it: the documented shape
/// shows it, the live one doesn't.
fn shown(account: &Account, shapes: Shapes, member: &Member, place: Place) -> Value {
    let inherited: Vec<Policy> = if shapes == Shapes::Documented {
        account
            .groups
            .values()
            .filter(|group| account.joined(group.id, member.id).is_some())
            .flat_map(|group| group.policies.iter().cloned())
            .collect()
    } else {
        Vec::new()
    };
    Render { account, shapes }.member(member, &inherited, place)
}

/// `GET …/members/{m}`.
pub(super) fn one(call: &mut Call, account: Id, id: Id) -> Answer {
    let shapes = call.state.shapes;
    let known = &*call.seen(account)?;
    let member = known.member(id).ok_or_else(missing)?;
    Ok(Reply::ok(shown(known, shapes, member, Place::Alone)))
}

/// `POST …/members` invites. Role ids are plain strings here.
pub(super) fn invite(call: &mut Call, account: Id) -> Answer {
    let body = call.request.json(1001)?;
    let email = text(&body, "email")?.map(str::trim).unwrap_or_default().to_owned();
    if email.len() > 90
        || !email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    {
        return Err(invalid("Invalid email address"));
    }
    if call.front(account)?.member_by_email(&email).is_some() {
        let code = if call.live() { 1008 } else { 1004 };
        let message = format!("Account member already exists for email address {email}");
        return Err(Reply::refuse(400, code, &message));
    }
    refuse_unasked_membership(text(&body, "status")?)?;
    let policies = if let Some(list) = body.get("policies").filter(|policies| !policies.is_null()) {
        Some(policies::read(call, account, list, Of::Member)?)
            .filter(|read| !read.is_empty())
            .ok_or_else(|| invalid("Either roles or policies are required"))?
    } else {
        let roles = body.get("roles").and_then(Value::as_array).filter(|roles| !roles.is_empty());
        let roles = roles.ok_or_else(|| invalid("Either roles or policies are required"))?;
        let ids = roles.iter().map(|role| role.as_str().and_then(Id::parse));
        let ids: Vec<Id> =
            ids.collect::<Option<_>>().ok_or_else(|| invalid("roles must be strings"))?;
        from_roles(call, account, &ids)?
    };
    let person = Person {
        user: call.state.fresh_id("user"),
        email: email.into(),
        first: "".into(),
        last: "".into(),
        two_factor: false,
    };
    let member = Member {
        id: call.state.fresh_id("member"),
        person,
        status: Status::Pending,
        since: call.state.now(),
        dsr: true,
        roles: call.front(account)?.roles_of(&policies),
        policies,
    };
    let mut answer = put(call, account, member)?;
    if let super::super::reply::Body::Json(body) = &mut answer.body {
        // The answer leaves the roles out; only a later GET has them.
        body.get_mut("result").and_then(Value::as_object_mut).map(|result| result.remove("roles"));
    }
    Ok(answer)
}

/// Nobody becomes a member without an invitation.
fn refuse_unasked_membership(status: Option<&str>) -> Result<(), Reply> {
    match status {
        None | Some("pending") => Ok(()),
        Some("accepted") => {
            let mut refusal = invalid("automatic verification of new members is not allowed");
            if let super::super::reply::Body::Json(body) = &mut refusal.body
                && let Some(result) = body.get_mut("result")
            {
                *result = json!([]);
            }
            Err(refusal)
        }
        Some(other) => Err(invalid(&format!("Invalid status: {other:?}"))),
    }
}

/// Roles and policies are two views of one thing: roles become policies on the whole account.
fn from_roles(call: &mut Call, account: Id, roles: &[Id]) -> Result<Vec<Policy>, Reply> {
    let mut policies = Vec::new();
    for role in roles {
        let id = call.state.fresh_id("policy");
        let known = call.front(account)?;
        let granted = known.catalogue.role(*role).map(|role| role.grants);
        let (Some(granted), Some(whole)) = (granted, known.whole()) else {
            return Err(invalid("Invalid role assignments found"));
        };
        policies.push(Policy {
            id,
            access: Access::Allow,
            permission_groups: Box::new([granted]),
            resource_groups: Box::new([whole.id]),
            extra: None,
        });
    }
    Ok(policies)
}

fn put(call: &mut Call, account: Id, member: Member) -> Answer {
    let shapes = call.state.shapes;
    let member = Arc::new(member);
    call.state.commit(Edit::PutMember(account, Arc::clone(&member)));
    Ok(Reply::ok(shown(&*call.front(account)?, shapes, &member, Place::Alone)))
}

/// `PUT …/members/{m}`: roles are objects here, policies win over roles, and a body whose status isn't the
/// member's own is ignored without an error. A missing status counts as one live; documents call it read-only.
pub(super) fn update(call: &mut Call, account: Id, id: Id) -> Answer {
    let (shapes, live) = (call.state.shapes, call.live());
    let body = call.request.json(1001)?;
    let mut member = Member::clone(call.front(account)?.member(id).ok_or_else(missing)?);
    let status = text(&body, "status")?;
    let stale = status.map_or(live, |status| status != member.status.word());
    let policies = if let Some(list) = body.get("policies").filter(|policies| !policies.is_null()) {
        policies::read(call, account, list, Of::Member)?
    } else {
        let roles = body.get("roles").and_then(Value::as_array);
        let roles = roles.ok_or_else(|| invalid("Either roles or policies are required"))?;
        let ids: Option<Vec<Id>> = roles.iter().map(id_of).collect();
        let ids = ids
            .filter(|ids| !ids.is_empty())
            .ok_or_else(|| invalid("Invalid role assignments found"))?;
        from_roles(call, account, &ids)?
    };
    if stale {
        return Ok(Reply::ok(shown(&*call.front(account)?, shapes, &member, Place::Alone)));
    }
    member.roles = call.front(account)?.roles_of(&policies);
    member.policies = policies;
    put(call, account, member)
}

/// `DELETE …/members/{m}`: of anyone, the last Super Administrator too; on a pending one it takes the
/// invitation back.
pub(super) fn remove(call: &mut Call, account: Id, id: Id) -> Answer {
    call.front(account)?.member(id).ok_or_else(missing)?;
    call.state.commit(Edit::DropMember(account, id));
    Ok(Reply::ok(json!({"id": id.to_string()})))
}
