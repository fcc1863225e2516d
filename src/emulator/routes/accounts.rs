//! Accounts.

use serde_json::Value;

use super::super::page::{SMALL, cut, info, wanted};
use super::super::render::Render;
use super::super::world::Id;
use super::{Answer, Call, Owner, Reply};

/// `GET /accounts`. An account-owned token sees its own account, on every page there is; a token that may
/// nothing but read zones sees none.
pub(super) fn list(call: &mut Call) -> Answer {
    let (shapes, live) = (call.state.shapes, call.live());
    let own_only = call.caller.owner == Owner::Account;
    if own_only && !live {
        return Err(Reply::refuse(
            400,
            1001,
            "This endpoint does not support account owned tokens",
        ));
    }
    let mut page = wanted(call.request, SMALL, shapes)?;
    let name = call.request.param("name").map(str::to_lowercase);
    let descending = call.request.descending();
    let reads = call.may(super::Right::Read);
    let world = call.state.seen();
    let mut rows: Vec<&_> = world
        .accounts
        .iter()
        .take(if own_only { 1 } else { usize::MAX })
        .filter(|a| reads && name.as_ref().is_none_or(|name| a.name.to_lowercase().contains(name)))
        .collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    if descending {
        rows.reverse();
    }
    let asked = page.number;
    if own_only {
        page.number = 1;
    }
    let shown: Vec<Value> = cut(&rows, page)
        .iter()
        .map(|account| Render { account, shapes }.account(&world.organization))
        .collect();
    page.number = asked;
    let count = shown.len();
    Ok(Reply::page(Value::Array(shown), Some(info(page, count, rows.len(), live))))
}

/// `GET /accounts/{a}`.
pub(super) fn one(call: &mut Call, id: Id) -> Answer {
    let shapes = call.state.shapes;
    if !call.may(super::Right::Read) {
        return Err(Reply::refuse(403, 9109, "Unauthorized to access requested resource"));
    }
    let world = call.state.seen();
    let account = world.account(id).ok_or_else(|| Reply::unauthenticated(403))?;
    Ok(Reply::ok(Render { account, shapes }.account(&world.organization)))
}
