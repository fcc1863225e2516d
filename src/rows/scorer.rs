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
    /// How well a text matches; `None` if it doesn't. A fuzzy word is looked for in what stands before an `@` and, as
    /// it is, in the whole: letters picked from a name and its domain together spell nobody.
    pub fn score(&mut self, atom: &Atom, text: &str) -> Option<u32> {
        let own = own_part(atom, text);
        if own.len() < text.len() {
            let needle = plain_needle(atom)?;
            if let Some(score) = self.whole_score(atom, own) {
                return Some(score);
            }
            // Before the `@` alone it would have been found.
            let rest = text.as_bytes().get((own.len() + 1).saturating_sub(needle.len())..)?;
            return holds(rest, needle).then_some(0);
        }
        self.whole_score(atom, text)
    }

    fn whole_score(&mut self, atom: &Atom, text: &str) -> Option<u32> {
        let haystack = if text.is_ascii() {
            Utf32Str::Ascii(text.as_bytes())
        } else if is_plain(atom) && fold_plain(text, &mut self.plain) {
            Utf32Str::Ascii(&self.plain)
        } else {
            spread(text, atom, &mut self.buffer)
        };
        let score = atom.score(haystack, &mut self.matcher).map(u32::from)?;
        match (haystack, plain_needle(atom)) {
            (Utf32Str::Ascii(plain), Some(needle)) if atom.kind == AtomKind::Fuzzy => {
                is_close(plain, needle).then_some(score)
            }
            _ => Some(score),
        }
    }

    /// Adds the graphemes of a text that match; none where the text doesn't.
    pub fn graphemes(&mut self, atom: &Atom, text: &str, found: &mut Vec<u32>) {
        let own = own_part(atom, text);
        if own.len() < text.len() {
            if self.whole_score(atom, own).is_some() {
                return self.graphemes(atom, own, found);
            }
            let Some(needle) = plain_needle(atom) else { return };
            if let Some(first) = place(text.as_bytes(), needle) {
                found.extend((first..first + needle.len()).filter_map(|at| u32::try_from(at).ok()));
            }
            return;
        }
        // The matcher by itself finds letters that lie too far apart.
        if self.whole_score(atom, text).is_none() {
            return;
        }
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
    plain_needle(atom).is_some()
}

/// The letters of a word, in lower case, if they are all ASCII.
fn plain_needle(atom: &Atom) -> Option<&[u8]> {
    match atom.needle_text() {
        Utf32Str::Ascii(needle) => Some(needle),
        Utf32Str::Unicode(_) => None,
    }
}

/// The part of a text in which a fuzzy word's letters may lie apart: of an address what stands before the `@`.
fn own_part<'t>(atom: &Atom, text: &'t str) -> &'t str {
    if atom.kind != AtomKind::Fuzzy || !is_plain(atom) {
        return text;
    }
    let at = text.bytes().position(|byte| byte == b'@');
    let own = at.and_then(|at| text.get(..at)).unwrap_or(text);
    if text.is_ascii() { own } else { text }
}

/// Where a word, in lower case, stands in a text without a letter between.
fn place(text: &[u8], needle: &[u8]) -> Option<usize> {
    let (first, rest) = needle.split_first()?;
    let is_here = |window: &[u8]| match window.split_first() {
        Some((byte, after)) => {
            byte.to_ascii_lowercase() == *first && after.eq_ignore_ascii_case(rest)
        }
        None => false,
    };
    text.windows(needle.len()).position(is_here)
}

fn holds(text: &[u8], needle: &[u8]) -> bool {
    place(text, needle).is_some()
}

/// How many letters may lie between two that match, where the second begins no word.
const APART: u32 = 3;

/// Whether a word's letters stand close in a text that has them all in order: all together; or from the beginning of a
/// word on, each soon behind the one before or at the beginning of another word. What is close to a word is close to
/// its beginning too: a filter that grows only tries what it has left.
fn is_close(text: &[u8], needle: &[u8]) -> bool {
    // Longer texts than there are bits are rare, and then every hit is taken.
    if needle.len() < 2 || text.len() > 128 || holds(text, needle) {
        return true;
    }
    let places = |letter: u8| {
        let is = |(at, byte): (usize, &u8)| u128::from(byte.eq_ignore_ascii_case(&letter)) << at;
        text.iter().enumerate().map(is).fold(0, |all, one| all | one)
    };
    let starts = word_starts(text);
    let mut reached = u128::MAX;
    for (at, letter) in needle.iter().enumerate() {
        let near = (1..=APART + 1).fold(0, |all, by| all | reached.checked_shl(by).unwrap_or(0));
        // Everything behind the first place that the letters so far can end at.
        let behind = u128::MAX.checked_shl(reached.trailing_zeros() + 1).unwrap_or(0);
        let may = if at == 0 { starts } else { near | starts & behind };
        reached = places(*letter) & may;
        if reached == 0 {
            return false;
        }
    }
    true
}

/// The places in a text where a word begins: behind what is no letter or digit, and a capital behind a small letter.
fn word_starts(text: &[u8]) -> u128 {
    let mut before = b' ';
    text.iter().enumerate().fold(0, |starts, (at, byte)| {
        let begins = byte.is_ascii_alphanumeric()
            && (!before.is_ascii_alphanumeric()
                || before.is_ascii_lowercase() && byte.is_ascii_uppercase()
                || before.is_ascii_digit() != byte.is_ascii_digit());
        before = *byte;
        starts | u128::from(begins) << at
    })
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

    #[test]
    fn what_does_not_match_has_no_letters_marked() {
        let (mut scorer, mut found) = (Scorer::default(), Vec::new());
        for (needle, text) in [("\\l", "\\0L"), ("dns", "zero-trust-admins")] {
            let atom = atom(needle, AtomKind::Fuzzy);
            assert_eq!(scorer.score(&atom, text), None, "{needle} {text}");
            scorer.graphemes(&atom, text, &mut found);
            assert!(found.is_empty(), "{needle} {text}");
        }
    }

    #[test]
    fn fuzzy_letters_stand_together_or_run_on_from_where_words_begin() {
        let mut scorer = Scorer::default();
        let mut finds =
            |needle: &str, text: &str| scorer.score(&atom(needle, AtomKind::Fuzzy), text).is_some();
        for (needle, text) in [
            ("quin", "joaquin.garcia@northwind.example"),
            ("lech", "leo.chen@northwind.example"),
            ("lc", "leo.chen"),
            ("proddns", "prod-dns"),
            ("pltfrm", "platform-read"),
            ("prdns", "prod-dns"),
            ("northwind", "ana@northwind.example"),
            ("ana@north", "ana@northwind.example"),
            ("ad", "DomainAdministrator"),
            ("maric", "Ana Mari\u{107}"),
        ] {
            assert!(finds(needle, text), "{needle} in {text}");
        }
        for (needle, text) in [
            ("quinn", "joaquin.garcia@northwind.example"),
            ("dns", "zero-trust-admins"),
            ("ne", "ana@northwind.example"),
            ("ano", "ana.x@northwind.example"),
            ("dns", "Domain Administrator"),
        ] {
            assert!(!finds(needle, text), "{needle} in {text}");
        }
    }

    #[test]
    fn what_matched_of_an_address_is_before_the_at_or_one_piece_of_it() {
        let mut scorer = Scorer::default();
        let mut at = |needle: &str| {
            let mut found = Vec::new();
            scorer.graphemes(&atom(needle, AtomKind::Fuzzy), "lea.ono@nord.io", &mut found);
            found
        };
        assert_eq!(at("no"), [5, 6]);
        assert_eq!(at("nor"), [8, 9, 10]);
        assert_eq!(at("lo"), [0, 4]);
    }

    proptest! {
        #[test]
        fn what_is_close_to_a_word_is_close_to_its_beginning(
            text in "[ab.-]{0,20}[abAB]{0,8}",
            needle in "[ab]{2,6}",
        ) {
            if is_close(text.as_bytes(), needle.as_bytes()) {
                for end in 1..needle.len() {
                    prop_assert!(is_close(text.as_bytes(), &needle.as_bytes()[..end]));
                }
            }
        }

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
