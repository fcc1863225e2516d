//! Organizations and their members.

use serde_json::{Value, json};

use super::super::render;
use super::super::world::dice::digest;
use super::super::world::{Edit, OrgMember};
use super::body::{bad, text};
use super::{Answer, Call, Reply};

/// Not entitled, or not one's own: the refusal has no code.
pub(super) fn forbidden() -> Reply {
    Reply::refuse_with(403, &json!([{"message": "Forbidden"}]))
}

fn missing() -> Reply {
    Reply::refuse(404, 404, "Organization member not found")
}

/// Refuses an organization that isn't the caller's. Ids are not checked for their form.
pub(super) fn known(call: &mut Call, id: &str) -> Result<(), Reply> {
    if call.state.seen().organization.id == id { Ok(()) } else { Err(forbidden()) }
}

/// Pages by token: at most 1,000 at a time, 10 unless said otherwise; no token means the end.
fn paged(call: &Call, rows: &[Value]) -> Answer {
    let request = call.request;
    let size = request.param("page_size").map_or(Ok(10), str::parse::<usize>);
    let size = match size {
        Ok(0) => 10,
        Ok(size) if size <= 1_000 => size,
        _ => return Err(bad("page_size must be between 0 and 1000")),
    };
    let filters = request.query.iter().filter(|(key, _)| key != "page_token" && key != "page_size");
    let filters =
        filters.fold(String::new(), |so_far, (key, value)| so_far + key + "=" + value + "&");
    let seal = digest(0, &filters);
    let from = match request.param("page_token").filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => token
            .split_once('.')
            .filter(|(_, mark)| *mark == format!("{seal:x}"))
            .and_then(|(from, _)| usize::from_str_radix(from, 36).ok())
            .ok_or_else(|| bad("page_token is not valid for these filters"))?,
    };
    let to = (from + size).min(rows.len());
    let shown = rows.get(from..to).unwrap_or_default();
    let mut info = json!({"total_size": rows.len()});
    if let (true, Value::Object(info)) = (to < rows.len(), &mut info) {
        info.insert("next_page_token".to_owned(), json!(format!("{}.{seal:x}", base36(to))));
    }
    Ok(Reply::page(Value::Array(shown.to_vec()), Some(info)))
}

fn base36(mut number: usize) -> String {
    let mut digits = Vec::new();
    while number > 0 || digits.is_empty() {
        digits.push(
            u32::try_from(number % 36).ok().and_then(|d| char::from_digit(d, 36)).unwrap_or('0'),
        );
        number /= 36;
    }
    digits.iter().rev().collect()
}

/// `GET /organizations`.
pub(super) fn list(call: &mut Call) -> Answer {
    call.need(super::Right::User)?;
    let organization = &call.state.seen().organization;
    let shown = render::organization(organization);
    let (id, name) = (organization.id.clone(), organization.name.clone());
    let request = call.request;
    let mut wanted_ids = request.params("id").peekable();
    let fits_id = wanted_ids.peek().is_none() || wanted_ids.any(|wanted| wanted == id);
    let fits = fits_id
        && request.param("name").is_none_or(|wanted| wanted == name)
        && request.param("name.contains").is_none_or(|part| name.contains(part))
        && request.param("name.startsWith").is_none_or(|part| name.starts_with(part))
        && request.param("name.endsWith").is_none_or(|part| name.ends_with(part));
    paged(call, if fits { std::slice::from_ref(&shown) } else { &[] })
}

/// `GET /organizations/{o}`.
pub(super) fn one(call: &mut Call) -> Reply {
    Reply::ok(render::organization(&call.state.seen().organization))
}

/// `GET /organizations/{o}/members`.
pub(super) fn members(call: &mut Call) -> Answer {
    let request = call.request;
    let statuses: Vec<&str> = request.params("status").collect();
    let is = |name: &str, test: fn(&str, &str) -> bool, email: &str| {
        request.param(name).is_none_or(|wanted| test(email, &wanted.to_lowercase()))
    };
    let fits = |member: &&OrgMember| {
        let email = member.email.to_lowercase();
        (statuses.is_empty() || statuses.contains(&member.status))
            && is("user.email", |email, wanted| email == wanted, &email)
            && is("user.email.contains", |email, wanted| email.contains(wanted), &email)
            && is("user.email.startsWith", |email, wanted| email.starts_with(wanted), &email)
            && is("user.email.endsWith", |email, wanted| email.ends_with(wanted), &email)
    };
    let members = &call.state.seen().organization.members;
    let rows: Vec<Value> = members.iter().filter(fits).map(render::org_member).collect();
    paged(call, &rows)
}

/// `GET /organizations/{o}/members/{m}`.
pub(super) fn member(call: &mut Call, id: &str) -> Answer {
    let organization = &call.state.seen().organization;
    organization.member(id).map(|member| Reply::ok(render::org_member(member))).ok_or_else(missing)
}

/// Reads one new member. Whoever is known without a second factor is refused.
fn read(call: &mut Call, item: &Value, earlier: &[OrgMember]) -> Result<OrgMember, Reply> {
    let email =
        item.get("user").map_or(Ok(None), |user| text(user, "email"))?.map(str::to_lowercase);
    let email = email
        .filter(|email| email.contains('@'))
        .ok_or_else(|| bad("member.user.email is required"))?;
    let status = match text(item, "status")? {
        None => "pending",
        Some("active") => "active",
        Some("canceled") => "canceled",
        Some(other) => return Err(bad(&format!("Invalid status: {other:?}"))),
    };
    let world = call.state.front();
    let taken =
        world.organization.members.iter().chain(earlier).any(|m| m.email.to_lowercase() == email);
    if taken {
        return Err(bad(&format!("Organization member already exists for {email}")));
    }
    let person =
        world.accounts.iter().find_map(|a| a.member_by_email(&email)).map(|m| m.person.clone());
    if person.as_ref().is_some_and(|person| !person.two_factor) {
        return Err(bad(&format!("{email} must have two-factor authentication enabled")));
    }
    let now = call.state.now();
    Ok(OrgMember {
        id: call.state.fresh_id("organization member").letters(),
        user: person.as_ref().map(|person| person.user),
        name: person.as_ref().map(|p| format!("{} {}", p.first, p.last)).unwrap_or_default(),
        two_factor: person.is_some_and(|person| person.two_factor),
        email,
        status,
        created: now,
        updated: now,
    })
}

/// `POST /organizations/{o}/members`.
pub(super) fn create(call: &mut Call) -> Answer {
    let body = call.request.json(400)?;
    let item = body.get("member").ok_or_else(|| bad("member is required"))?;
    let member = read(call, item, &[])?;
    let shown = render::org_member(&member);
    call.state.commit(Edit::PutOrgMember(member));
    Ok(Reply::ok(shown))
}

/// `POST /organizations/{o}/members:batchCreate`: at most ten, all or none.
pub(super) fn create_many(call: &mut Call) -> Answer {
    let body = call.request.json(400)?;
    let list =
        body.get("members").and_then(Value::as_array).filter(|list| (1..=10).contains(&list.len()));
    let list = list.ok_or_else(|| bad("members must hold between 1 and 10 members"))?;
    let mut members = Vec::new();
    for item in list {
        members.push(read(call, item, &members)?);
    }
    let shown: Vec<Value> = members.iter().map(render::org_member).collect();
    for member in members {
        call.state.commit(Edit::PutOrgMember(member));
    }
    Ok(Reply::ok(Value::Array(shown)))
}

/// `DELETE /organizations/{o}/members/{m}`: 204, without a body.
pub(super) fn remove(call: &mut Call, id: &str) -> Answer {
    if call.state.front().organization.member(id).is_none() {
        return Err(missing());
    }
    call.state.commit(Edit::DropOrgMember(id.to_owned()));
    Ok(Reply::nothing())
}
