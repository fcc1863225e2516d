//! Reading the bodies of writes.

use serde_json::Value;

use super::super::reply::Reply;
use super::super::world::Id;

/// Codes below 1,000 are what the IAM endpoints really answer with.
pub(super) fn bad(message: &str) -> Reply {
    Reply::refuse(400, 400, message)
}

/// An older endpoint's refusal of a body.
pub(super) fn invalid(message: &str) -> Reply {
    Reply::refuse(400, 1001, message)
}

/// A field that must be a text, where it is there.
pub(super) fn text<'a>(body: &'a Value, field: &str) -> Result<Option<&'a str>, Reply> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(bad(&format!("{field} must be a string"))),
    }
}

/// The id of `{"id": …}`.
pub(super) fn id_of(item: &Value) -> Option<Id> {
    item.get("id").and_then(Value::as_str).and_then(Id::parse)
}
