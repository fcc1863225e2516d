//! The caller: who it is, whether its token is good, where it is a member.

use serde_json::{Value, json};

use super::super::credentials::{Secret, unknown_token};
use super::super::page::{SMALL, cut, info, wanted};
use super::super::render::{self, Render};
use super::{Answer, Call, Owner, Reply};

/// `GET /user`: there is no user behind an account-owned token.
pub(super) fn details(call: &mut Call) -> Answer {
    if call.caller.owner == Owner::Account {
        return Err(Reply::refuse(403, 9109, "Unauthorized to access requested resource"));
    }
    call.need(super::Right::User)?;
    let world = call.state.seen();
    Ok(Reply::ok(render::user(&world.owner, &world.accounts)))
}

/// `GET /user/tokens/verify`: for tokens of users.
pub(super) fn verify(call: &mut Call) -> Answer {
    verify_as(call, Owner::Person)
}

/// `GET /accounts/{a}/tokens/verify`: for tokens of the account.
pub(super) fn verify_account(call: &mut Call) -> Answer {
    verify_as(call, Owner::Account)
}

fn verify_as(call: &mut Call, owner: Owner) -> Answer {
    if matches!(call.caller.shown.secret, Secret::Key { .. }) {
        return Err(Reply::refuse(401, 1001, "Missing API token"));
    }
    if call.caller.owner != owner {
        return Err(unknown_token(call.request));
    }
    let mut reply = Reply::ok(render::token(&call.caller));
    let good = call.caller.expires.is_none() && call.caller.standing != super::Standing::Disabled;
    if let (true, super::super::reply::Body::Json(Value::Object(body))) = (good, &mut reply.body) {
        // The same number as the authentication error's, on a success.
        let message = json!([{"code": 10_000, "message": "This API Token is valid and active", "type": null}]);
        body.insert("messages".to_owned(), message);
    }
    Ok(reply)
}

fn memberships_of(call: &mut Call) -> Result<Vec<Value>, Reply> {
    if call.caller.owner == Owner::Account {
        return Err(Reply::refuse(400, 9106, "Authentication failed (status: 400)"));
    }
    call.need(super::Right::User)?;
    let (shapes, request) = (call.state.shapes, call.request);
    let name = request.param("account.name").or_else(|| request.param("name"));
    let world = call.state.seen();
    let email = world.owner.email.clone();
    let rows = world.accounts.iter().filter(|account| name.is_none_or(|name| account.name == name));
    let mut rows: Vec<(String, Value)> = rows
        .filter_map(|account| {
            let member = account.member_by_email(&email)?;
            let fits = request.param("status").is_none_or(|status| member.status.word() == status);
            fits.then(|| (account.name.clone(), Render { account, shapes }.membership(member)))
        })
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    if request.descending() {
        rows.reverse();
    }
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// `GET /memberships`.
pub(super) fn memberships(call: &mut Call) -> Answer {
    let page = wanted(call.request, SMALL, call.state.shapes)?;
    let rows = memberships_of(call)?;
    let shown = cut(&rows, page).to_vec();
    let count = shown.len();
    Ok(Reply::page(Value::Array(shown), Some(info(page, count, rows.len(), call.live()))))
}

/// `GET /memberships/{id}`.
pub(super) fn membership(call: &mut Call, id: &str) -> Answer {
    let rows = memberships_of(call)?;
    let found = rows.into_iter().find(|row| row.get("id").and_then(Value::as_str) == Some(id));
    found.map(Reply::ok).ok_or_else(|| Reply::refuse(404, 1003, "Membership not found"))
}
