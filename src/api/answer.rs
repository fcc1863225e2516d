//! What came back, and what its headers say.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Response;
use reqwest::header::{self, HeaderMap, HeaderName};

use super::pace::{Seen, Word, retry_after};
use super::timings::Timings;
use super::wire::http_date;

/// The headers of an answer, as far as they are used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    /// `cf-ray`.
    pub ray: Option<String>,
    /// `Date`: the server's clock.
    pub date: Option<Timestamp>,
    /// What it says about pacing.
    pub seen: Seen,
    /// Whether it calls itself HTML.
    pub html: bool,
    /// Where a redirect points: its host alone.
    pub redirect: Option<String>,
    /// From sending to the last byte.
    pub took: Duration,
    /// Bytes of the body, decompressed.
    pub bytes: u64,
}

/// A whole answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Its headers.
    pub head: Head,
    /// Its body, decompressed.
    pub body: Vec<u8>,
}

impl Head {
    /// Reads the headers.
    pub fn of(response: &Response, timings: &Timings) -> Self {
        let headers = response.headers();
        let status = response.status().as_u16();
        let date = text(headers, &header::DATE).and_then(http_date);
        let wait = text(headers, &header::RETRY_AFTER).and_then(|text| retry_after(text, date));
        let word = Word::read(
            &all(headers, &HeaderName::from_static("ratelimit")),
            &all(headers, &HeaderName::from_static("ratelimit-policy")),
        );
        let seen = Seen {
            throttled: status == 429,
            retry_after: wait.map(|wait| timings.named(wait)),
            word: word.map(|word| Word { reset: timings.named(word.reset), ..word }),
        };
        let kind = text(headers, &header::CONTENT_TYPE).unwrap_or("");
        Self {
            status,
            ray: text(headers, &HeaderName::from_static("cf-ray")).and_then(ray),
            date,
            seen,
            html: kind.to_ascii_lowercase().contains("html"),
            redirect: (300..400).contains(&status).then(|| redirect(response)),
            took: Duration::ZERO,
            bytes: 0,
        }
    }

    /// Whether the status says that it succeeded.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn all(headers: &HeaderMap, name: &HeaderName) -> String {
    let values: Vec<_> = headers.get_all(name).iter().filter_map(|v| v.to_str().ok()).collect();
    values.join(", ")
}

/// A ray id is letters, digits and `-`; anything else is not shown.
fn ray(text: &str) -> Option<String> {
    let sound = (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    sound.then(|| text.to_owned())
}

fn redirect(response: &Response) -> String {
    let host = text(response.headers(), &header::LOCATION)
        .and_then(|to| response.url().join(to).ok())
        .and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| "an unknown host".to_owned())
}
