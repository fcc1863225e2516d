//! One text against one word: the matcher, and what it works in.

use std::sync::LazyLock;

use nucleo_matcher::pattern::{Atom, AtomKind};
use nucleo_matcher::{Config, Matcher, Utf32Str, chars};

/// The matcher and what it works in, used again for each text.
#[derive(Clone, Debug)]
pub(super) struct Scorer {
    matcher: Matcher,
    buffer: Vec<char>,
    plain: Vec<u8>,
}

impl Default for Scorer {
    fn default() -> Self {
        let (buffer, plain) = (Vec::new(), Vec::new());
        Self { matcher: Matcher::new(Config::DEFAULT), buffer, plain }
    }
}

impl Scorer {
    /// How well a text matches; `None` if it doesn't.
    pub fn score(&mut self, atom: &Atom, text: &str) -> Option<u32> {
        let haystack = if text.is_ascii() {
            Utf32Str::Ascii(text.as_bytes())
        } else if is_plain(atom) && fold_plain(text, &mut self.plain) {
            Utf32Str::Ascii(&self.plain)
        } else {
            spread(text, atom, &mut self.buffer)
        };
        atom.score(haystack, &mut self.matcher).map(u32::from)
    }

    /// Adds the graphemes of a text that match.
    pub fn graphemes(&mut self, atom: &Atom, text: &str, found: &mut Vec<u32>) {
        let haystack = if text.is_ascii() {
            Utf32Str::Ascii(text.as_bytes())
        } else {
            spread(text, atom, &mut self.buffer)
        };
        atom.indices(haystack, &mut self.matcher, found);
    }
}

/// A text as one scalar for each grapheme, which is how the matcher takes what is not ASCII. Its own way to make
/// this counts bytes where plain letters carry marks, and its search for a part of the text never looks at the
/// text's very end: hence the scalar behind it, which no one types.
fn spread<'t>(text: &str, atom: &Atom, buffer: &'t mut Vec<char>) -> Utf32Str<'t> {
    buffer.clear();
    buffer.extend(chars::graphemes(text));
    if atom.kind == AtomKind::Substring {
        buffer.push('\0');
    }
    Utf32Str::Unicode(buffer)
}

fn is_plain(atom: &Atom) -> bool {
    matches!(atom.needle_text(), Utf32Str::Ascii(_))
}

/// Writes a text of Latin letters with accents as the plain letters that they match; `false` for other texts. The
/// matcher does the same letter by letter, which takes ten times as long.
fn fold_plain(text: &str, plain: &mut Vec<u8>) -> bool {
    plain.clear();
    for c in text.chars() {
        let folded = if c.is_ascii() { c } else { PLAIN.get(c as usize).copied().unwrap_or('\0') };
        match u8::try_from(folded) {
            Ok(byte @ 1..=0x7F) => plain.push(byte),
            _ => return false,
        }
    }
    true
}

/// What the letters before U+0300, where marks that combine begin, are folded to.
static PLAIN: LazyLock<Vec<char>> = LazyLock::new(|| ('\0'..'\u{300}').map(fold).collect());

/// A text as it is compared: without case, Latin letters without their accents.
pub(super) fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(fold)
}

fn fold(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { chars::to_lower_case(chars::normalize(c)) }
}

#[cfg(test)]
mod tests {
    use nucleo_matcher::pattern::{CaseMatching, Normalization};
    use proptest::prelude::*;

    use super::*;

    fn atom(needle: &str, kind: AtomKind) -> Atom {
        Atom::new(needle, CaseMatching::Ignore, Normalization::Smart, kind, false)
    }

    proptest! {
        /// Letters of which none is another's accented or capital form in more than one way.
        #[test]
        fn a_part_of_a_text_is_found_wherever_it_is(
            text in "[aábßжЖ山 ]{0,9}",
            needle in "[aábжЖ山]{1,3}",
            begins in any::<bool>(),
        ) {
            // An accent that was typed is meant; without one all are.
            let fold_to = |text: &str, accents: bool| -> String {
                if accents { text.to_lowercase() } else { folded(text).collect() }
            };
            let accents = needle.contains('á');
            let (text_, needle_) = (fold_to(&text, accents), fold_to(&needle, accents));
            let (kind, expected) = if begins {
                (AtomKind::Prefix, text_.trim_start().starts_with(&needle_))
            } else {
                (AtomKind::Substring, text_.contains(&needle_))
            };
            let found = Scorer::default().score(&atom(&needle, kind), &text).is_some();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn no_text_however_odd_brings_the_matcher_down(text in any::<String>(), needle in "\\PC{1,4}") {
            let mut scorer = Scorer::default();
            let mut found = Vec::new();
            for kind in [
                AtomKind::Fuzzy,
                AtomKind::Substring,
                AtomKind::Prefix,
                AtomKind::Postfix,
                AtomKind::Exact,
            ] {
                let atom = atom(&needle, kind);
                let score = scorer.score(&atom, &text);
                found.clear();
                scorer.graphemes(&atom, &text, &mut found);
                prop_assert!(score.is_some() || found.is_empty());
                for at in &found {
                    prop_assert!((*at as usize) < chars::graphemes(&text).count().max(1));
                }
            }
        }
    }
}
