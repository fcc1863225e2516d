//! What an answer means: the HTTP status first, then `success`, then whether there is a result. Pure.

use super::answer::{Answer, Head};
use super::retry::Failing;
use super::transport::{Broken, Trouble};
use super::wire::{Envelope, readable};
use super::write::Class;
use crate::domain::ApiError;

/// Why a request did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sort {
    /// It never arrived.
    NotSent {
        /// In a few words.
        why: String,
        /// What to do.
        remedy: &'static str,
        /// Whether trying again may help.
        passing: bool,
    },
    /// No whole answer came, in a few words.
    Lost(String),
    /// 429.
    Throttled,
    /// Refused with a reason.
    Refused,
    /// The server's own failure, or one that says nothing about what was carried out.
    Server,
    /// Sent elsewhere: to this host.
    Redirect(String),
    /// A web page in place of an answer.
    Page,
    /// The answer can't be read, in a few words.
    Garbled(String),
}

/// A request that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub sort: Sort,
    /// Cloudflare's errors.
    pub errors: Vec<ApiError>,
    /// The answer's headers, if there was one.
    pub head: Head,
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        let sort = match broken.trouble {
            Trouble::NotSent { why, remedy, passing } => Sort::NotSent { why, remedy, passing },
            Trouble::Lost { why } => Sort::Lost(why),
            Trouble::TooLong => Sort::Garbled("it is longer than 16 MiB".to_owned()),
        };
        // Its status says nothing about an answer of which the rest is missing.
        let head = Head { status: 0, ..broken.head.unwrap_or_default() };
        Self { sort, errors: Vec::new(), head }
    }
}

impl Failure {
    /// What a write that ended so may have done.
    pub fn class(&self) -> Class {
        match self.sort {
            Sort::NotSent { .. } => Class::NotSent,
            Sort::Throttled => Class::Throttled,
            Sort::Refused => Class::Rejected,
            _ => Class::Unknown,
        }
    }

    /// Whether a read that ended so is worth another try.
    pub fn failing(&self) -> Failing {
        match &self.sort {
            Sort::NotSent { passing: true, .. } | Sort::Lost(_) | Sort::Server => Failing::Passing,
            Sort::Throttled => Failing::Throttled,
            Sort::Garbled(_) => Failing::Garbled,
            Sort::NotSent { .. } | Sort::Refused | Sort::Redirect(_) | Sort::Page => Failing::Final,
        }
    }

    /// Whether any of Cloudflare's errors has one of these codes.
    pub fn has_code(&self, codes: &[i64]) -> bool {
        self.errors.iter().filter_map(|e| e.code).any(|code| codes.contains(&code))
    }
}

/// Whether an answer is a success. A success without a body (204) is one too.
pub fn judge(answer: &Answer) -> Result<(), Failure> {
    let head = &answer.head;
    if head.is_success() && answer.body.is_empty() && head.status == 204 {
        return Ok(());
    }
    let text = readable(&answer.body);
    let page = looks_like_html(head, &text);
    let envelope = if page { None } else { Some(Envelope::open(&text)) };
    let errors = match &envelope {
        Some(Ok(envelope)) => envelope.errors(),
        Some(Err(_)) => plain_error(&text),
        None => Vec::new(),
    };
    let fail = |sort| Err(Failure { sort, errors: errors.clone(), head: head.clone() });
    match head.status {
        429 => fail(Sort::Throttled),
        300..400 => fail(Sort::Redirect(head.redirect.clone().unwrap_or_default())),
        408 | 409 | 500.. => fail(Sort::Server),
        _ if page => fail(Sort::Page),
        400..500 => fail(Sort::Refused),
        200..300 => match envelope {
            Some(Ok(envelope)) => match envelope.success() {
                Some(true) => Ok(()),
                Some(false) => fail(Sort::Refused),
                None => fail(Sort::Garbled("it doesn't say whether it succeeded".to_owned())),
            },
            Some(Err(place)) => fail(Sort::Garbled(format!("it is broken at byte {place}"))),
            None => fail(Sort::Page),
        },
        status => fail(Sort::Garbled(format!("status {status} means nothing here"))),
    }
}

fn looks_like_html(head: &Head, text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    start.starts_with('<') || (head.html && !start.starts_with('{'))
}

/// `error code: 1015`, as the edge writes it in plain text. No other text of a body is ever taken over.
fn plain_error(text: &str) -> Vec<ApiError> {
    let code = text.trim().strip_prefix("error code:").and_then(|code| code.trim().parse().ok());
    code.map(|code| ApiError { code: Some(code), message: "error code".to_owned() })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        let head = Head { status, ..Head::default() };
        Answer { head, body: body.as_bytes().to_vec() }
    }

    fn class(status: u16, body: &str) -> Class {
        judge(&answer(status, body)).map_or_else(|f| f.class(), |()| Class::Applied)
    }

    #[test]
    fn a_write_is_believed_to_have_done_nothing_only_where_the_answer_says_so() {
        let (yes, no) = (r#"{"success":true,"result":null}"#, r#"{"success":false,"errors":[]}"#);
        let table = [
            (200, yes, Class::Applied),
            (201, yes, Class::Applied),
            (204, "", Class::Applied),
            (200, no, Class::Rejected),
            (400, no, Class::Rejected),
            (401, no, Class::Rejected),
            (403, no, Class::Rejected),
            (404, "", Class::Rejected),
            (405, no, Class::Rejected),
            (410, no, Class::Rejected),
            (413, "", Class::Rejected),
            (415, no, Class::Rejected),
            (422, no, Class::Rejected),
            (429, "", Class::Throttled),
            (429, "<html>", Class::Throttled),
            (200, "", Class::Unknown),
            (200, "{}", Class::Unknown),
            (200, "[]", Class::Unknown),
            (200, r#"{"success":"yes"}"#, Class::Unknown),
            (200, r#"{"success":true,"res"#, Class::Unknown),
            (200, "<!DOCTYPE html>", Class::Unknown),
            (403, " <html>", Class::Unknown),
            (408, no, Class::Unknown),
            (409, no, Class::Unknown),
            (302, "", Class::Unknown),
            (500, no, Class::Unknown),
            (502, "<html>", Class::Unknown),
            (524, "error code: 524", Class::Unknown),
            (530, "", Class::Unknown),
            (100, yes, Class::Unknown),
        ];
        for (status, body, expected) in table {
            assert_eq!(class(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn a_plain_error_code_is_taken_over_and_no_other_text() {
        let codes = |text: &str| -> Vec<_> { plain_error(text).iter().map(|e| e.code).collect() };
        assert_eq!(codes("error code: 1015\n"), [Some(1_015)]);
        assert_eq!(codes("secret text of a page"), []);
    }

    #[test]
    fn fact_10_a_success_is_not_made_a_failure_by_its_messages() {
        let body = r#"{"success":true,"errors":[],"messages":[{"code":10000,"message":"valid"}]}"#;
        assert_eq!(judge(&answer(200, body)), Ok(()));
    }
}
