//! The HTTP server: takes requests in, meets trouble, answers. What an answer says is none of its business.

mod made_up;
mod raw;
mod socket;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use super::budget::Left;
use super::fault::{self, Carry, Instead, Trouble};
use super::log::Seen;
use super::reply::{Body as Told, Reply};
use super::request::Request;
use super::state::State;
use super::world::dice::derive;
use super::{Hub, WriteReceived, routes};
use raw::Ready;
pub(super) use socket::Door;
use socket::{End, Peer, Script};

/// More than this is no request that the service takes.
const MOST: usize = 16 * 1024 * 1024;

/// Everything is served by one road: which path is which is decided below it, where ids can be looked at.
pub(super) fn router(
    hub: Arc<Hub>,
) -> axum::extract::connect_info::IntoMakeServiceWithConnectInfo<Router, Peer> {
    Router::new().fallback(serve).with_state(hub).into_make_service_with_connect_info::<Peer>()
}

async fn serve(
    Shared(hub): Shared<Arc<Hub>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    incoming: axum::http::Request<Body>,
) -> Response<Body> {
    let (parts, body) = incoming.into_parts();
    let Ok(body) = to_bytes(body, MOST).await else {
        return finish(Reply::refuse(413, 1001, "Request body too large"), None);
    };
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    let Some(request) = Request::new(parts.method, path, query, parts.headers, body) else {
        return finish(Reply::html(404, "404 Not Found"), None);
    };
    let (number, trouble, left) = hub.with(|state| receive(state, &request));
    hub.tell(|| WriteReceived::of(&request, number));
    let trouble = Arc::new(trouble);
    let Some(mut reply) = work(&hub, request, &trouble, left, number).await else {
        return finish(Reply::html(500, "500 Internal Server Error"), None);
    };
    match trouble.instead {
        Some(Instead::Hang) => std::future::pending().await,
        Some(Instead::Reset) => {
            peer.play(Script { bytes: Vec::new(), at_once: 0, pace: None, end: End::Reset });
            return Response::new(Body::empty());
        }
        _ => {}
    }
    made_up::twist(&mut reply, &trouble, left);
    hub.with(|state| {
        reply.headers.push(("cf-ray".to_owned(), ray(number)));
        if !reply.headers.iter().any(|(name, _)| name == "date") {
            // The clock that the dates of what was written are from.
            reply.headers.push(("date".to_owned(), state.now().http()));
        }
        state.log.change(number, |seen| seen.status = Some(reply.status));
    });
    finish(reply, Some((&trouble, &peer)))
}

/// Carries a request out as a task of its own: one that was received whole is carried out though its client
/// has gone. None: a route panicked.
async fn work(
    hub: &Arc<Hub>,
    mut request: Request,
    trouble: &Arc<Trouble>,
    left: Left,
    number: usize,
) -> Option<Reply> {
    let (hub, trouble) = (Arc::clone(hub), Arc::clone(trouble));
    let task = async move {
        wait(hub.latency + trouble.delay.unwrap_or_default()).await;
        meddle(&hub, &mut request, &trouble);
        let reply = hub.with(|state| carry_out(state, &request, &trouble, left, number));
        wait(trouble.stall.unwrap_or_default()).await;
        reply
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "it is waited for, and a panic in it becomes an answer"
    )]
    tokio::spawn(task).await.ok()
}

/// The `cf-ray` of an answer.
fn ray(number: usize) -> String {
    format!("{:016x}-FRA", derive(0x7261_7900, "ray", number as u64).bits())
}

async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// Notes the request, counts it against its owner's budget, and finds the trouble it meets.
fn receive(state: &mut State, request: &Request) -> (usize, Trouble, Left) {
    let at = state.elapsed();
    let owner = state.owner(request);
    let left = state.budget.spend(owner, at);
    let number = state.log.note(Seen {
        method: request.method.to_string(),
        path: request.path.clone(),
        query: request.raw_query.clone(),
        credential: state.named(request),
        at,
        status: None,
        carried_out: false,
    });
    let trouble =
        if left.refused { Trouble::default() } else { fault::meet(&mut state.faults, request) };
    (number, trouble, left)
}

/// What a rule does to the request or to the world before it is carried out.
fn meddle(hub: &Hub, request: &mut Request, trouble: &Trouble) {
    if trouble.page_one {
        request.query.retain(|(name, _)| name != "page" && name != "page_token");
    }
    if let Some(part) = trouble.part
        && let Ok(serde_json::Value::Array(mut list)) = serde_json::from_slice(&request.body)
    {
        list.truncate(part);
        request.body = Bytes::from(serde_json::Value::Array(list).to_string());
    }
    if let Some(shift) = trouble.shift {
        hub.with(|state| state.shift(request, shift));
    }
}

fn carry_out(
    state: &mut State,
    request: &Request,
    trouble: &Trouble,
    left: Left,
    number: usize,
) -> Reply {
    state.settle();
    let mut reply = if left.refused {
        made_up::over_budget(left)
    } else {
        let carry = trouble.carried_out();
        state.log.change(number, |seen| seen.carried_out = carry != Carry::Never);
        let real = match carry {
            Carry::Now => Some(routes::answer(state, request)),
            Carry::Never => None,
            Carry::Late(after) => {
                state.later(after, request.clone());
                None
            }
        };
        made_up::instead(trouble).or(real).unwrap_or_else(Reply::nothing)
    };
    reply.headers.extend(left.headers());
    reply
}

/// Puts an answer on the wire, through a script where its bytes are meddled with.
fn finish(reply: Reply, trouble: Option<(&Trouble, &Peer)>) -> Response<Body> {
    let ready = ready(reply);
    if let Some((trouble, peer)) = trouble
        && let Some(script) = raw::script(&ready, trouble)
    {
        peer.play(script);
        return Response::new(Body::empty());
    }
    let mut response = Response::new(Body::from(ready.body));
    *response.status_mut() =
        StatusCode::from_u16(ready.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers(&ready.headers);
    response
}

fn ready(reply: Reply) -> Ready {
    let Reply { status, mut headers, body } = reply;
    let (kind, body) = match body {
        Told::Json(value) => (Some("application/json"), value.to_string().into_bytes()),
        Told::Html(text) => (Some("text/html; charset=UTF-8"), text.into_bytes()),
        Told::Text(text) => (Some("application/json"), text.into_bytes()),
        Told::Empty => (None, Vec::new()),
    };
    if let (Some(kind), false) = (kind, headers.iter().any(|(name, _)| name == "content-type")) {
        headers.insert(0, ("content-type".to_owned(), kind.to_owned()));
    }
    headers.retain(|(_, value)| !value.is_empty());
    Ready { status, headers, body }
}

fn headers(rows: &[(String, String)]) -> HeaderMap {
    rows.iter()
        .filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(value).ok()?))
        })
        .collect()
}
