//! Answers that a rule puts in place of the real one, and changes to real ones.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::budget::Left;
use super::super::fault::{Instead, RetryAfter, Trouble, Twist};
use super::super::reply::{Body, Reply};

const SLOW_DOWN: &str = "Please wait and consider throttling your request speed";

/// The refusal of whoever has spent the budget.
pub(super) fn over_budget(left: Left) -> Reply {
    let mut reply = Reply::refuse(429, 971, SLOW_DOWN);
    reply.headers.push(("retry-after".to_owned(), left.seconds.to_string()));
    reply
}

/// The answer that stands in place of the real one, if a rule wants one.
pub(super) fn instead(trouble: &Trouble) -> Option<Reply> {
    let status = match trouble.instead {
        Some(Instead::Status(status)) => status,
        None if trouble.html || trouble.body.is_some() => 200,
        _ => return None,
    };
    if let Some(body) = &trouble.body {
        return Some(Reply { status, headers: Vec::new(), body: Body::Text(body.clone()) });
    }
    let spoken = trouble.code.is_some() || trouble.message.is_some();
    if trouble.html || (status >= 500 && !spoken) {
        return Some(Reply::html(status, &format!("{status} {}", title(status))));
    }
    let (code, message) = match status {
        204 => return Some(Reply::nothing()),
        200..=299 => {
            return Some(Reply { status, headers: Vec::new(), body: Body::Json(empty_success()) });
        }
        300..=399 => return Some(Reply { status, headers: Vec::new(), body: Body::Empty }),
        401 | 403 => (10_000, "Authentication error"),
        429 => (971, SLOW_DOWN),
        400 | 404 | 409 => (u32::from(status), title(status)),
        _ => (1001, title(status)),
    };
    Some(Reply::refuse(
        status,
        trouble.code.unwrap_or(code),
        trouble.message.as_deref().unwrap_or(message),
    ))
}

fn empty_success() -> Value {
    json!({"success": true, "errors": [], "messages": [], "result": null})
}

const fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        404 => "Not Found",
        409 => "Conflict",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Timeout",
        520 => "Web server is returning an unknown error",
        521 => "Web server is down",
        522 => "Connection timed out",
        523 => "Origin is unreachable",
        524 => "A timeout occurred",
        525 => "SSL handshake failed",
        526 => "Invalid SSL certificate",
        530 => "Origin DNS error",
        _ => "Refused",
    }
}

/// Changes an answer as a rule says: its headers, places in it, its text.
pub(super) fn twist(reply: &mut Reply, trouble: &Trouble, left: Left) {
    if let Some(retry_after) = &trouble.retry_after {
        put(reply, "retry-after", None);
        match retry_after {
            RetryAfter::Text(text) => reply.headers.push(("retry-after".to_owned(), text.clone())),
            RetryAfter::Date(seconds) => date(reply, *seconds),
        }
    } else if reply.status == 429 && !left.refused {
        put(reply, "retry-after", None);
    }
    for (name, value) in &trouble.headers {
        put(reply, name, Some(value.as_str()));
    }
    for twist in &trouble.twists {
        change(&mut reply.body, twist);
    }
}

fn put(reply: &mut Reply, name: &str, value: Option<&str>) {
    reply.headers.retain(|(known, _)| known != name);
    reply.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
}

/// A date so many seconds after the answer's own, which is sent beside it.
#[expect(clippy::disallowed_methods, reason = "the emulator keeps its own time")]
fn date(reply: &mut Reply, seconds: i64) {
    let now = Timestamp::now();
    let then = now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
    let text = |at: Timestamp| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    put(reply, "date", Some(&text(now)));
    put(reply, "retry-after", Some(&text(then)));
}

fn change(body: &mut Body, twist: &Twist) {
    match (twist, &mut *body) {
        (Twist::Set(pointer, new), Body::Json(value)) => set(value, pointer, Some(new)),
        (Twist::Drop(pointer), Body::Json(value)) => set(value, pointer, None),
        (Twist::Swap(old, new), Body::Json(value)) => {
            *body = Body::Text(value.to_string().replace(old, new));
        }
        (Twist::Swap(old, new), Body::Text(text) | Body::Html(text)) => {
            *text = text.replace(old, new);
        }
        _ => {}
    }
}

/// Sets, adds or takes away what a pointer points at.
fn set(value: &mut Value, pointer: &str, new: Option<&Value>) {
    let (parent, last) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    match (value.pointer_mut(parent), new) {
        (Some(Value::Object(map)), Some(new)) => {
            map.insert(last.to_owned(), new.clone());
        }
        (Some(Value::Object(map)), None) => {
            map.remove(last);
        }
        (Some(Value::Array(items)), new) => match (last.parse::<usize>().ok(), new) {
            (Some(at), Some(new)) if at < items.len() => {
                if let Some(place) = items.get_mut(at) {
                    place.clone_from(new);
                }
            }
            (Some(at), None) if at < items.len() => {
                items.remove(at);
            }
            (_, Some(new)) => items.push(new.clone()),
            _ => {}
        },
        _ => {}
    }
}
