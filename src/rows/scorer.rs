//! One text against one word: the matcher, and what it works in.

use std::sync::LazyLock;

use nucleo_matcher::pattern::Atom;
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
            Utf32Str::new(text, &mut self.buffer)
        };
        atom.score(haystack, &mut self.matcher).map(u32::from)
    }

    /// Adds the graphemes of a text that match.
    pub fn graphemes(&mut self, atom: &Atom, text: &str, found: &mut Vec<u32>) {
        atom.indices(Utf32Str::new(text, &mut self.buffer), &mut self.matcher, found);
    }
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
