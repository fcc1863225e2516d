//! What every answer is wrapped in.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::json::{Count, Soft, Text, items, part};
use crate::domain::ApiError;

/// The longest error text that is kept, in bytes.
const LONGEST_WORDS: usize = 2_000;
/// The most errors that are kept of one answer.
const MOST_ERRORS: usize = 20;

/// An answer, opened. Nothing in it is decided by `messages`: a success may carry the code of a failure there.
#[derive(Debug, Default, Deserialize)]
pub struct Envelope<'a> {
    /// Whether it says that it succeeded; `None` if it says nothing.
    #[serde(default)]
    success: Soft<bool>,
    #[serde(borrow, default)]
    errors: Option<&'a RawValue>,
    /// What was asked for; `None` where there is no such key, which is not the same as null.
    #[serde(borrow, default, deserialize_with = "even_null")]
    pub result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    result_info: Option<&'a RawValue>,
    #[serde(default)]
    code: Soft<i64>,
    #[serde(borrow, default)]
    message: Soft<Text<'a>>,
}

/// What a page says about its list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// How many items a page really holds at most.
    pub per_page: Option<u64>,
    /// How many items the list holds.
    pub total_count: Option<u64>,
    /// How many pages there are.
    pub total_pages: Option<u64>,
    /// How to ask for the next page, where pages have no numbers.
    pub next_token: Option<String>,
}

#[derive(Default, Deserialize)]
struct WireInfo<'a> {
    #[serde(default)]
    per_page: Count,
    #[serde(default)]
    total_count: Count,
    #[serde(default)]
    total_size: Count,
    #[serde(default)]
    total_pages: Count,
    #[serde(borrow, default)]
    next_page_token: Soft<Text<'a>>,
}

#[derive(Deserialize)]
struct WireError<'a> {
    #[serde(default)]
    code: Count,
    #[serde(borrow, default)]
    message: Soft<Text<'a>>,
    #[serde(borrow, default)]
    error_chain: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// Opens an answer.
    ///
    /// # Errors
    /// Where it can't be read any further, as a byte's place.
    pub fn open(text: &'a str) -> Result<Self, usize> {
        serde_json::from_str(text).map_err(|e| place(text, &e))
    }

    /// Whether it says that it succeeded; `None` if it doesn't say.
    pub fn success(&self) -> Option<bool> {
        self.success.0
    }

    /// The errors, outermost first, each one's chain after it. Whatever is there is taken: objects, texts, or a
    /// code and message beside the envelope's own keys.
    pub fn errors(&self) -> Vec<ApiError> {
        let mut out = Vec::new();
        collect(self.errors, &mut out, 0);
        if out.is_empty() && (self.code.0.is_some() || self.message.0.is_some()) {
            out.push(error(self.code.0, self.message.text()));
        }
        out.truncate(MOST_ERRORS);
        out
    }

    /// The items of the list that was asked for; none for null, as empty lists come so.
    ///
    /// # Errors
    /// What came in place of a list.
    pub fn list(&self) -> Result<Vec<&'a RawValue>, &'static str> {
        let raw = self.result.ok_or("a list was asked for and nothing came")?;
        items(Some(raw)).ok().ok_or("a list was asked for and something else came")
    }

    /// What it says about its list.
    pub fn info(&self) -> Info {
        let wire: WireInfo<'_> = part(self.result_info).ok().flatten().unwrap_or_default();
        let token = wire.next_page_token.text();
        Info {
            per_page: wire.per_page.0,
            total_count: wire.total_count.0.or(wire.total_size.0),
            total_pages: wire.total_pages.0,
            next_token: (!token.is_empty()).then(|| token.to_owned()),
        }
    }
}

fn even_null<'de: 'a, 'a, D: Deserializer<'de>>(raw: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(raw).map(Some)
}

fn place(text: &str, error: &serde_json::Error) -> usize {
    let before: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    (before + error.column()).min(text.len())
}

fn error(code: Option<i64>, message: &str) -> ApiError {
    let mut end = message.len().min(LONGEST_WORDS);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    let mut words = message.get(..end).unwrap_or("").to_owned();
    if end < message.len() {
        words.push('…');
    }
    ApiError { code, message: words }
}

fn collect(raw: Option<&RawValue>, out: &mut Vec<ApiError>, depth: u8) {
    let Some(raw) = raw else { return };
    // A lone object or text where an array is due is taken as its only item.
    let list = items(Some(raw)).unwrap_or_else(|_| vec![raw]);
    for item in list.into_iter().take(MOST_ERRORS) {
        let text = item.get();
        if let Ok(Some(wire)) = part::<WireError<'_>>(Some(item)) {
            let code = wire.code.0.and_then(|c| i64::try_from(c).ok());
            if code.is_some() || wire.message.0.is_some() {
                out.push(error(code, wire.message.text()));
            }
            if depth < 3 {
                collect(wire.error_chain, out, depth + 1);
            }
        } else if let Ok(words) = serde_json::from_str::<Text<'_>>(text) {
            out.push(error(None, &words.0));
        } else if let Ok(code) = text.parse::<i64>() {
            out.push(error(Some(code), ""));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(json: &str) -> Vec<(Option<i64>, String)> {
        let envelope = Envelope::open(json).unwrap();
        envelope.errors().into_iter().map(|e| (e.code, e.message)).collect()
    }

    #[test]
    fn a16_errors_are_taken_in_whatever_shape_they_come() {
        assert_eq!(errors(r#"{"errors":null}"#), []);
        assert_eq!(errors("{}"), []);
        assert_eq!(errors(r#"{"errors":[null,[],true]}"#), []);
        assert_eq!(errors(r#"{"errors":["no"]}"#), [(None, "no".into())]);
        assert_eq!(errors(r#"{"errors":"no"}"#), [(None, "no".into())]);
        assert_eq!(errors(r#"{"errors":{"code":7,"message":"x"}}"#), [(Some(7), "x".into())]);
        assert_eq!(
            errors(r#"{"errors":[{"code":"7003","message":null}]}"#),
            [(Some(7003), String::new())]
        );
        assert_eq!(errors(r#"{"errors":[{"message":"x"}]}"#), [(None, "x".into())]);
        assert_eq!(errors(r#"{"code":971,"message":"slow"}"#), [(Some(971), "slow".into())]);
    }

    #[test]
    fn the_chain_of_an_error_follows_its_head() {
        let json = r#"{"errors":[{"code":6003,"message":"a","error_chain":[{"code":6111,"message":"b"}]}]}"#;
        assert_eq!(errors(json), [(Some(6003), "a".into()), (Some(6111), "b".into())]);
    }

    #[test]
    fn a_long_error_is_cut_at_a_character() {
        let json = format!(r#"{{"errors":["{}"]}}"#, "é".repeat(5_000));
        let long = errors(&json).remove(0).1;
        assert!(long.len() <= LONGEST_WORDS + 3 && long.ends_with('…'));
    }

    #[test]
    fn counts_are_read_as_numbers_or_text_and_nonsense_counts_as_absent() {
        let info = |json: &str| {
            Envelope::open(&format!(r#"{{"result_info":{json}}}"#)).map(|e| e.info()).unwrap()
        };
        assert_eq!(info(r#"{"total_count":"12","per_page":50}"#).total_count, Some(12));
        assert_eq!(info(r#"{"total_count":-1}"#).total_count, None);
        assert_eq!(info(r#"{"total_count":[1]}"#).total_count, None);
        assert_eq!(info(r#"{"next_page_token":""}"#).next_token, None);
        assert_eq!(info(r#"{"next_page_token":"x"}"#).next_token.as_deref(), Some("x"));
        assert_eq!(info("null"), Info::default());
        assert_eq!(info("[]"), Info::default());
    }

    #[test]
    fn n14_a_cut_answer_names_the_byte_where_it_ends() {
        assert_eq!(Envelope::open("{\"success\":true,\n\"result\":[").unwrap_err(), 27);
    }
}
