//! Foreign text with everything that could draw itself, hide or reorder shown as a mark instead.

use std::borrow::Cow;
use std::fmt::Write as _;

use icu_properties::props::{
    DefaultIgnorableCodePoint, Emoji, EmojiModifier, EmojiPresentation, GeneralCategory,
    GraphemeExtend,
};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// How many graphemes of one text a cell shows at most; the rest is behind a `…`.
pub const LONGEST_SHOWN: usize = 256;

/// How many scalars of one text a cell shows at most: a single grapheme can be of any length.
const MOST_SCALARS: usize = 1024;

/// How many combining marks a base keeps; more are shown one by one, for they would paint over other rows.
const MARKS_PER_BASE: usize = 8;

/// The text with each scalar that could draw itself, hide or reorder replaced by a visible mark: C0 controls
/// as `^[`, DEL as `^?`, C1 controls as `M-^[`, anything else that is invisible, unassigned, private or a
/// space other than the plain one as `⟨U+202E⟩`, and so the ninth and later combining marks of a base.
///
/// Clean text is borrowed. Marks are clean text, so a second pass changes nothing; hence two different texts
/// can come out the same only where the outcome shows a mark.
pub fn safe(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut judge = Judge::default();
    let Some(first) = text.char_indices().find(|(_, c)| !judge.passes(*c)).map(|(at, _)| at) else {
        return Cow::Borrowed(text);
    };
    let (clean, rest) = text.split_at_checked(first).unwrap_or(("", text));
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(clean);
    let mut judge = Judge::after(clean);
    for c in rest.chars() {
        if judge.passes(c) { out.push(c) } else { spell(c, &mut out) }
    }
    Cow::Owned(out)
}

/// As [`safe`], for one cell: at most [`LONGEST_SHOWN`] graphemes, the rest behind a `…`, and a space at
/// either end shown as a mark, because `prod` and `prod ` would look the same.
pub fn safe_capped(text: &str) -> Cow<'_, str> {
    let head = head(text);
    let whole = head.len() == text.len();
    let inner = head.trim_start_matches(' ');
    let leading = head.len() - inner.len();
    let inner = if whole { inner.trim_end_matches(' ') } else { inner };
    let trailing = head.len() - leading - inner.len();
    let shown = safe(inner);
    if whole && leading == 0 && trailing == 0 {
        return shown;
    }
    let mut out = "⟨U+0020⟩".repeat(leading);
    out.push_str(&shown);
    out.push_str(&"⟨U+0020⟩".repeat(trailing));
    if !whole {
        out.push('…');
    }
    Cow::Owned(out)
}

/// The part of a text that a cell shows: whole graphemes only.
fn head(text: &str) -> &str {
    if text.len() <= LONGEST_SHOWN {
        return text;
    }
    let mut scalars = 0;
    let end = text
        .grapheme_indices(true)
        .enumerate()
        .find_map(|(count, (at, grapheme))| {
            scalars += grapheme.chars().count();
            (count == LONGEST_SHOWN || scalars > MOST_SCALARS).then_some(at)
        })
        .unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

/// Decides scalar by scalar; remembers what came before, because a mark needs a base.
#[derive(Default)]
struct Judge {
    before: Before,
    marks: usize,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Before {
    /// The start, or a scalar that is shown as a mark of ours: nothing that may be combined with.
    #[default]
    Nothing,
    /// A base.
    Base,
    /// A base that a variation selector may turn into an emoji.
    PlainEmoji,
}

impl Judge {
    /// As one that has passed all of `clean`.
    fn after(clean: &str) -> Self {
        let mut judge = Self::default();
        for c in clean.chars() {
            judge.passes(c);
        }
        judge
    }

    fn passes(&mut self, c: char) -> bool {
        let passes = match c {
            ' '..='~' => true,
            '\u{FE0F}' => self.before == Before::PlainEmoji,
            _ if hides(c) => false,
            _ if combines(c) => self.before != Before::Nothing && self.marks < MARKS_PER_BASE,
            _ => true,
        };
        self.remember(c, passes);
        passes
    }

    fn remember(&mut self, c: char, passes: bool) {
        if !passes {
            // Marks past the limit are still on the same base, and the base is hidden behind what is spelled.
            self.before = Before::Nothing;
        } else if c == '\u{FE0F}' || (!c.is_ascii() && combines(c)) {
            self.marks += 1;
            self.before = Before::Base;
        } else {
            self.marks = 0;
            self.before = if is_plain_emoji(c) { Before::PlainEmoji } else { Before::Base };
        }
    }
}

/// Whether a scalar is never shown as it is.
fn hides(c: char) -> bool {
    use GeneralCategory as G;
    // The braille blank has a symbol's category and looks like a space.
    c == '\u{2800}'
        || matches!(
            CodePointMapData::<GeneralCategory>::new().get(c),
            G::Control
                | G::Format
                | G::LineSeparator
                | G::ParagraphSeparator
                | G::SpaceSeparator
                | G::PrivateUse
                | G::Surrogate
                | G::Unassigned
        )
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Whether a scalar is drawn onto the one before it.
fn combines(c: char) -> bool {
    use GeneralCategory as G;
    matches!(
        CodePointMapData::<GeneralCategory>::new().get(c),
        G::NonspacingMark | G::SpacingMark | G::EnclosingMark
    ) || CodePointSetData::new::<GraphemeExtend>().contains(c)
        || CodePointSetData::new::<EmojiModifier>().contains(c)
        || c.width() == Some(0)
}

/// Whether a scalar is text by itself and an emoji with U+FE0F behind it.
fn is_plain_emoji(c: char) -> bool {
    !c.is_ascii()
        && CodePointSetData::new::<Emoji>().contains(c)
        && !CodePointSetData::new::<EmojiPresentation>().contains(c)
}

/// The mark that stands for a scalar.
fn spell(c: char, out: &mut String) {
    let code = u32::from(c);
    match code {
        0..=0x1F => out.extend(['^', caret(code)]),
        0x7F => out.push_str("^?"),
        0x80..=0x9F => out.extend(['M', '-', '^', caret(code - 0x80)]),
        // Writing to a String can't fail.
        _ => drop(write!(out, "⟨U+{code:04X}⟩")),
    }
}

/// The letter that stands for a C0 control: `@` for NUL, `[` for ESC.
fn caret(code: u32) -> char {
    char::from_u32(code + 0x40).unwrap_or('?')
}
