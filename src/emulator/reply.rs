//! Answers: the envelope, its errors, and the bodies that are no envelope.

use serde_json::{Value, json};

/// What a body is.
#[derive(Clone)]
pub(super) enum Body {
    Json(Value),
    Html(String),
    /// Text that is sent as it is and claims to be JSON.
    Text(String),
    Empty,
}

/// An answer before it is put on the wire.
#[derive(Clone)]
pub(super) struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

/// An object from its fields. (`json!` copies every value that is put into it, which a page of members feels.)
pub(super) fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// What a route returns: a refusal goes the same way as an answer.
pub(super) type Answer = Result<Reply, Reply>;

impl Reply {
    fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(body) }
    }

    /// A success without a pager.
    pub fn ok(result: Value) -> Self {
        let body = [
            ("success", Value::Bool(true)),
            ("errors", Value::Array(Vec::new())),
            ("messages", Value::Array(Vec::new())),
            ("result", result),
        ];
        Self::json(200, object(body))
    }

    /// A success with `result_info`, where there is any.
    pub fn page(result: Value, info: Option<Value>) -> Self {
        let mut reply = Self::ok(result);
        if let (Body::Json(Value::Object(body)), Some(info)) = (&mut reply.body, info) {
            body.insert("result_info".to_owned(), info);
        }
        reply
    }

    /// 204, which has no body at all.
    pub const fn nothing() -> Self {
        Self { status: 204, headers: Vec::new(), body: Body::Empty }
    }

    /// A refusal with one code.
    pub fn refuse(status: u16, code: u32, message: &str) -> Self {
        Self::refuse_with(status, &json!([{"code": code, "message": message}]))
    }

    /// A refusal with errors of any shape: some of the service's have no code.
    pub fn refuse_with(status: u16, errors: &Value) -> Self {
        Self::json(
            status,
            json!({"success": false, "errors": errors, "messages": [], "result": null}),
        )
    }

    /// Bad credential or missing permission: the service tells neither from the other.
    pub fn unauthenticated(status: u16) -> Self {
        Self::refuse(status, 10_000, "Authentication error")
    }

    /// A malformed id or an unknown path.
    pub fn no_route(path: &str) -> Self {
        let first =
            format!("Could not route to {path}, perhaps your object identifier is invalid?");
        Self::refuse_with(
            404,
            &json!([{"code": 7003, "message": first}, {"code": 7000, "message": "No route for that URI"}]),
        )
    }

    /// A page for people, as the edge answers.
    pub fn html(status: u16, title: &str) -> Self {
        let body = format!(
            "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n<p>Cloudflare</p>\n</body>\n</html>\n"
        );
        Self { status, headers: Vec::new(), body: Body::Html(body) }
    }
}
