//! A request as the routes see it.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use serde_json::Value;

use super::reply::Reply;

/// The path below which everything is served.
pub(super) const BASE: &str = "/client/v4";

#[derive(Clone)]
pub(super) struct Request {
    pub method: Method,
    /// As sent, without the base.
    pub path: String,
    /// As sent, without the question mark.
    pub raw_query: String,
    /// Decoded, in the order sent, repeats kept.
    pub query: Vec<(String, String)>,
    /// The path's parts, decoded. An empty one is a missing id.
    pub segments: Vec<String>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Request {
    /// None: the path is not below [`BASE`].
    pub fn new(
        method: Method,
        path: &str,
        query: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Option<Self> {
        let below = path.strip_prefix(BASE)?;
        let segments = below
            .strip_prefix('/')?
            .split('/')
            .map(|part| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let query_pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Some(Self {
            method,
            path: below.to_owned(),
            raw_query: query.to_owned(),
            query: query_pairs,
            segments,
            headers,
            body,
        })
    }

    pub fn writes(&self) -> bool {
        self.method != Method::GET && self.method != Method::HEAD
    }

    /// The last value of a parameter. A name spelt otherwise is ignored, as the service does.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    /// All values of a parameter that may be repeated.
    pub fn params<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(key, _)| key == name).map(|(_, value)| &**value)
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON.
    pub fn json(&self, code: u32) -> Result<Value, Reply> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Reply::refuse(400, code, &format!("Could not parse the request body: {error}"))
        })
    }

    /// True where a list is asked for in descending order.
    pub fn descending(&self) -> bool {
        self.param("direction").is_some_and(|direction| direction.eq_ignore_ascii_case("desc"))
    }
}
