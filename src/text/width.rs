//! Columns on the screen: how wide a text is, and how it is cut to fit.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Stands for what was cut away. One column wide.
const ELLIPSIS: char = '…';

/// How many columns a text takes: the sum over its graphemes, as the screen's buffer places them one by one.
pub fn width(text: &str) -> usize {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.len();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The text in at most `columns` columns; what doesn't fit is cut from the end and stands behind a `…`.
/// A grapheme is never split.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if fits(text, columns) {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let mut out = String::from(head(text, room).0);
    out.push(ELLIPSIS);
    Cow::Owned(out)
}

/// The text in at most `columns` columns; what doesn't fit is cut from the middle, because both ends of an
/// e-mail tell people apart. A grapheme is never split.
pub fn cut_middle(text: &str, columns: usize) -> Cow<'_, str> {
    if fits(text, columns) {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let (left, used) = head(text, room.div_ceil(2));
    let right = tail(text, room - used);
    let mut out = String::with_capacity(left.len() + right.len() + ELLIPSIS.len_utf8());
    out.push_str(left);
    out.push(ELLIPSIS);
    out.push_str(right);
    Cow::Owned(out)
}

/// The text in exactly `columns` columns: cut at the end, or filled with spaces behind it.
pub fn pad(text: &str, columns: usize) -> String {
    let mut out = cut(text, columns).into_owned();
    let blank = columns.saturating_sub(width(&out));
    out.extend(std::iter::repeat_n(' ', blank));
    out
}

/// The text in exactly `columns` columns: cut at the end, or filled with spaces before it.
pub fn pad_left(text: &str, columns: usize) -> String {
    let shown = cut(text, columns);
    let mut out = " ".repeat(columns.saturating_sub(width(&shown)));
    out.push_str(&shown);
    out
}

fn fits(text: &str, columns: usize) -> bool {
    // No text is wider than it has bytes, and most fit.
    text.len() <= columns || width(text) <= columns
}

/// The most graphemes from the start that fit into `room`, and how many columns they take.
fn head(text: &str, room: usize) -> (&str, usize) {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let wide = grapheme.width();
        if used + wide > room {
            return (text.get(..at).unwrap_or_default(), used);
        }
        used += wide;
    }
    (text, used)
}

/// The most graphemes from the end that fit into `room`.
fn tail(text: &str, room: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += grapheme.width();
        if used > room {
            return text.get(at + grapheme.len()..).unwrap_or_default();
        }
    }
    text
}
