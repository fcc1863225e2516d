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

/// An e-mail in at most `columns` columns. Its domain gives way first, cut in its middle: an account's people
/// mostly share one, and what stands before the `@` tells them apart. Where that alone has no room, all of it is
/// cut in the middle.
pub fn cut_email(email: &str, columns: usize) -> Cow<'_, str> {
    /// The fewest columns in which a cut domain is still of use: its first letter, the cut, its end.
    const LEAST_DOMAIN: usize = 5;
    if fits(email, columns) {
        return Cow::Borrowed(email);
    }
    let Some((local, domain)) = email.rsplit_once('@') else { return cut_middle(email, columns) };
    match columns.checked_sub(width(local) + 1) {
        Some(room) if room >= LEAST_DOMAIN => {
            Cow::Owned(format!("{local}@{}", cut_middle(domain, room)))
        }
        _ => cut_middle(email, columns),
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::safe;

    #[test]
    fn an_email_loses_its_domain_before_it_loses_whose_it_is() {
        let email = "adaeze.adebayo@northwind.example";
        assert_eq!(cut_email(email, 32), email);
        assert_eq!(cut_email(email, 24), "adaeze.adebayo@nort…mple");
        assert_eq!(cut_email(email, 20), "adaeze.adebayo@no…le");
        assert_eq!(cut_email(email, 16), "adaeze.a…example");
        assert_eq!(cut_email("a@b@northwind.example", 12), "a@b@nort…ple");
        assert_eq!(cut_email("no address at all", 9), "no a… all");
        for columns in 0..40 {
            assert!(width(&cut_email(email, columns)) <= columns);
        }
    }

    #[test]
    fn t3_wide_emoji_flags_and_marks_have_the_width_that_the_screens_buffer_gives_them() {
        for (text, columns) in [
            ("", 0),
            ("Ana", 3),
            ("山田", 4),
            ("e\u{301}", 1),
            ("👍🏽", 2),
            ("🇩🇪", 2),
            ("☁\u{FE0F}", 2),
            ("☁", 1),
            ("한국", 4),
        ] {
            assert_eq!(width(text), columns, "{text:?}");
        }
    }

    #[test]
    fn t3_a_cut_never_splits_what_is_one_sign() {
        assert_eq!(cut("山田太郎", 5), "山田…");
        assert_eq!(cut("山田太郎", 4), "山…");
        assert_eq!(cut("ae\u{301}b", 2), "a…");
        assert_eq!(cut("🇩🇪🇫🇷", 3), "🇩🇪…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abc", 1), "…");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn a_long_email_keeps_both_ends() {
        assert_eq!(cut_middle("noor.haddad@northwind.example", 16), "noor.had…example");
        assert_eq!(cut_middle("short@x.io", 10), "short@x.io");
        assert_eq!(cut_middle("山田太郎", 4), "山…");
        assert_eq!(cut_middle("山田太郎", 6), "山…郎");
        assert_eq!(cut_middle("abc", 2), "a…");
    }

    #[test]
    fn a_padded_text_has_exactly_the_width() {
        assert_eq!(pad("山田", 5), "山田 ");
        assert_eq!(pad("山田太", 4), "山… ");
        assert_eq!(pad_left("1,312", 7), "  1,312");
        assert_eq!(pad_left("1,312", 3), "1,…");
    }

    /// Text of any kind, foreign and hostile signs more often than chance would have them.
    fn text() -> impl Strategy<Value = String> {
        proptest::string::string_regex(
            "([a-z@. ]|[\u{300}-\u{305}]|[山👍🏽🇩☁\u{FE0F}\u{200D}한]|\\PC|.){0,40}",
        )
        .unwrap()
    }

    proptest! {
        #[test]
        fn no_cut_is_wider_than_asked_for(text in text(), columns in 0usize..40) {
            prop_assert!(width(&cut(&text, columns)) <= columns);
            prop_assert!(width(&cut_middle(&text, columns)) <= columns);
            let safe = safe(&text);
            prop_assert_eq!(width(&pad(&safe, columns)), columns);
            prop_assert_eq!(width(&pad_left(&safe, columns)), columns);
        }

        #[test]
        fn a_cut_is_made_of_whole_graphemes_and_says_so(text in text(), columns in 1usize..40) {
            let whole: Vec<&str> = text.graphemes(true).collect();
            let shown = cut(&text, columns);
            match shown.strip_suffix('…') {
                Some(kept) if *shown != text => {
                    let kept: Vec<&str> = kept.graphemes(true).collect();
                    prop_assert_eq!(&kept[..], &whole[..kept.len()]);
                }
                _ => prop_assert_eq!(&*shown, text.as_str()),
            }
        }

        #[test]
        fn what_fits_is_borrowed(text in text()) {
            let columns = width(&text);
            prop_assert!(matches!(cut(&text, columns), Cow::Borrowed(_)));
            prop_assert!(matches!(cut_middle(&text, columns), Cow::Borrowed(_)));
        }
    }
}
