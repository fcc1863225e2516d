//! Bytes of an answer made into JSON text that can be read.

use std::borrow::Cow;

/// The text of a body. Bytes that are no UTF-8 and halves of surrogate pairs that stand alone become U+FFFD, so
/// that one mangled name doesn't lose its page.
pub fn readable(body: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(body);
    if !has_surrogate(text.as_bytes()) {
        return text;
    }
    Cow::Owned(replace_lone(&text))
}

fn has_surrogate(text: &[u8]) -> bool {
    text.windows(3).any(|w| matches!(w, [b'\\', b'u', b'd' | b'D']))
}

fn replace_lone(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        out.push_str(before);
        out.push('\\');
        let pair = high(escape).and_then(|tail| low(tail.strip_prefix('\\')?));
        if let Some(tail) = pair {
            push_until(&mut out, escape, tail);
            rest = tail;
        } else if let Some(tail) = high(escape).or_else(|| low(escape)) {
            out.push_str("ufffd");
            rest = tail;
        } else {
            // What follows the backslash is taken along: it may be a backslash itself.
            let mut chars = escape.chars();
            out.extend(chars.next());
            rest = chars.as_str();
        }
    }
    out.push_str(rest);
    out
}

fn push_until(out: &mut String, whole: &str, tail: &str) {
    let taken = whole.len().saturating_sub(tail.len());
    out.extend(whole.get(..taken));
}

/// What follows an escape of the first half of a pair, which begins after its backslash.
fn high(escape: &str) -> Option<&str> {
    half(escape, 0xd800..=0xdbff)
}

fn low(escape: &str) -> Option<&str> {
    half(escape, 0xdc00..=0xdfff)
}

fn half(escape: &str, range: std::ops::RangeInclusive<u16>) -> Option<&str> {
    let digits = escape.strip_prefix('u')?;
    let code = u16::from_str_radix(digits.get(..4)?, 16).ok()?;
    if range.contains(&code) { digits.get(4..) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> String {
        serde_json::from_str(&readable(json.as_bytes())).unwrap()
    }

    #[test]
    fn a32_half_a_surrogate_pair_becomes_a_replacement_and_a_whole_one_stays() {
        assert_eq!(read(r#""a\ud800b""#), "a\u{fffd}b");
        assert_eq!(read(r#""a\uDC00b""#), "a\u{fffd}b");
        assert_eq!(read(r#""\ud83d\ude00 \ud83d""#), "😀 \u{fffd}");
        assert_eq!(read(r#""\ud800\ud83d\ude00""#), "\u{fffd}😀");
        assert_eq!(read(r#""\ud800\u0041""#), "\u{fffd}A");
    }

    #[test]
    fn an_escaped_backslash_before_a_u_is_no_surrogate() {
        assert_eq!(read(r#""\\ud800""#), r"\ud800");
        assert_eq!(read(r#""\\\ud800""#), "\\\u{fffd}");
    }

    #[test]
    fn bytes_that_are_no_text_become_replacements() {
        assert_eq!(readable(b"\"a\xffb\""), "\"a\u{fffd}b\"");
    }
}
