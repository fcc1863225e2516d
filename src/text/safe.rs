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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What was tried on terminals, and how it is shown.
    const HOSTILE: &[(&str, &str)] = &[
        ("a\x1b[31mb", "a^[[31mb"),
        ("\x1b]0;title\x07", "^[]0;title^G"),
        ("\x1b]52;c;cm0gLXJm\x1b\\", "^[]52;c;cm0gLXJm^[\\"),
        ("\x1bP+q\x1b\\", "^[P+q^[\\"),
        ("\u{9b}31m", "M-^[31m"),
        ("\u{80}\u{9f}", "M-^@M-^_"),
        ("a\rb", "a^Mb"),
        ("a\nb", "a^Jb"),
        ("a\tb", "a^Ib"),
        ("a\u{8}b", "a^Hb"),
        ("a\0b", "a^@b"),
        ("a\x7fb", "a^?b"),
        ("a\u{202E}b", "a⟨U+202E⟩b"),
        ("a\u{2066}b\u{2069}", "a⟨U+2066⟩b⟨U+2069⟩"),
        ("a\u{61C}\u{200E}\u{200F}", "a⟨U+061C⟩⟨U+200E⟩⟨U+200F⟩"),
        ("a\u{200B}b", "a⟨U+200B⟩b"),
        ("a\u{200D}b", "a⟨U+200D⟩b"),
        ("👩\u{200D}💻", "👩⟨U+200D⟩💻"),
        ("\u{FEFF}a", "⟨U+FEFF⟩a"),
        ("a\u{AD}b", "a⟨U+00AD⟩b"),
        ("a\u{3164}", "a⟨U+3164⟩"),
        ("a\u{115F}\u{1160}\u{FFA0}", "a⟨U+115F⟩⟨U+1160⟩⟨U+FFA0⟩"),
        ("a\u{34F}b", "a⟨U+034F⟩b"),
        ("a\u{2028}b\u{2029}", "a⟨U+2028⟩b⟨U+2029⟩"),
        ("a\u{E0041}\u{E007F}", "a⟨U+E0041⟩⟨U+E007F⟩"),
        ("a\u{E000}\u{F8FF}\u{10FFFD}", "a⟨U+E000⟩⟨U+F8FF⟩⟨U+10FFFD⟩"),
        ("a\u{378}\u{FFFF}\u{FDD0}", "a⟨U+0378⟩⟨U+FFFF⟩⟨U+FDD0⟩"),
        ("a\u{A0}b\u{3000}c\u{2003}", "a⟨U+00A0⟩b⟨U+3000⟩c⟨U+2003⟩"),
        ("a\u{2800}", "a⟨U+2800⟩"),
        ("a\u{FE0F}", "a⟨U+FE0F⟩"),
        ("1\u{FE0F}\u{20E3}", "1⟨U+FE0F⟩⟨U+20E3⟩"),
        ("👍\u{FE0F}", "👍⟨U+FE0F⟩"),
        ("☁\u{FE0E}", "☁⟨U+FE0E⟩"),
        ("☁\u{FE0F}\u{FE0F}", "☁\u{FE0F}⟨U+FE0F⟩"),
        ("a\u{E0100}", "a⟨U+E0100⟩"),
        ("\u{301}a", "⟨U+0301⟩a"),
        ("\x1b\u{301}", "^[⟨U+0301⟩"),
        ("a\u{600}", "a⟨U+0600⟩"),
    ];

    /// What is shown as it is.
    const CLEAN: &[&str] = &[
        "",
        "Ana Marić",
        "Ana Maric\u{301}",
        "山田太郎",
        "हिन्दी",
        "ภาษาไทย",
        "שלום",
        "عبد الله",
        "한국어",
        "☁\u{FE0F} 🚀 👍🏽 🇩🇪",
        "≥4 – … ⟨U+202E⟩ ^[ M-^[",
        "\u{FFFD}",
        "ﾊﾞﾝﾄﾞ",
    ];

    #[test]
    fn t4_t5_t6_hostile_text_is_shown_as_marks() {
        for (text, shown) in HOSTILE {
            assert_eq!(safe(text), *shown, "{text:?}");
        }
    }

    #[test]
    fn ordinary_text_of_any_language_is_borrowed() {
        for text in CLEAN {
            assert!(matches!(safe(text), Cow::Borrowed(same) if same == *text), "{text:?}");
            assert!(matches!(safe_capped(text), Cow::Borrowed(same) if same == *text), "{text:?}");
        }
    }

    #[test]
    fn a32_a_base_keeps_eight_marks_and_shows_the_others() {
        let eight = format!("a{}", "\u{301}".repeat(8));
        assert_eq!(safe(&eight), eight);
        let ten = format!("a{}b\u{301}", "\u{301}".repeat(10));
        assert_eq!(safe(&ten), format!("{eight}⟨U+0301⟩⟨U+0301⟩b\u{301}"));
        let fingers = format!("👍{}", "🏽".repeat(9));
        assert!(safe(&fingers).ends_with("⟨U+1F3FD⟩"));
    }

    #[test]
    fn a32_a_cell_shows_no_more_than_256_graphemes_however_long_the_text_is() {
        let long = "x".repeat(1 << 20);
        let shown = safe_capped(&long);
        assert_eq!(shown.graphemes(true).count(), LONGEST_SHOWN + 1);
        assert!(shown.ends_with('…'));
        assert_eq!(safe_capped(&"x".repeat(LONGEST_SHOWN)), "x".repeat(LONGEST_SHOWN));
        // One grapheme of any length, made of letters that join.
        let one = "क\u{94D}".repeat(5000);
        assert_eq!(safe_capped(&one), "…");
        let marks = format!("ab{}", "\u{301}".repeat(10_000));
        assert_eq!(safe_capped(&marks), "a…");
    }

    #[test]
    fn names_that_differ_in_a_space_at_an_end_look_different_in_a_cell() {
        assert_eq!(safe_capped("prod "), "prod⟨U+0020⟩");
        assert_eq!(safe_capped(" prod"), "⟨U+0020⟩prod");
        assert_eq!(safe_capped("  "), "⟨U+0020⟩⟨U+0020⟩");
        assert_eq!(safe_capped("prod dns"), "prod dns");
    }

    fn text() -> impl Strategy<Value = String> {
        let hostile =
            prop::sample::select(HOSTILE.iter().map(|(text, _)| *text).collect::<Vec<_>>());
        let clean = prop::sample::select(CLEAN.to_vec());
        let piece = prop_oneof![
            hostile.prop_map(str::to_owned),
            clean.prop_map(str::to_owned),
            any::<String>(),
            any::<char>().prop_map(String::from),
            prop::sample::select(vec!["^", "M-", "⟨U+", "⟩", "a", " ", "\u{301}"])
                .prop_map(str::to_owned),
        ];
        prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
    }

    /// Whether a shown text has a mark of ours in it.
    fn has_mark(shown: &str) -> bool {
        shown.contains('^') || shown.contains("⟨U+") || shown.ends_with('…')
    }

    /// What a terminal acts on, or shows as nothing.
    fn is_treacherous(c: char) -> bool {
        c != '\u{FE0F}' && c != ' ' && hides(c)
    }

    proptest! {
        #[test]
        fn nothing_treacherous_is_left(text in text()) {
            prop_assert!(!safe(&text).contains(is_treacherous));
            prop_assert!(!safe_capped(&text).contains(is_treacherous));
        }

        #[test]
        fn a_second_pass_changes_nothing(text in text()) {
            let once = safe(&text).into_owned();
            prop_assert!(matches!(safe(&once), Cow::Borrowed(_)));
            let once = safe_capped(&text).into_owned();
            prop_assert_eq!(safe(&once), once.as_str());
        }

        #[test]
        fn t5_two_texts_look_the_same_only_where_a_mark_is_seen(a in text(), b in text()) {
            if a != b && safe(&a) == safe(&b) {
                prop_assert!(has_mark(&safe(&a)));
            }
            if a != b && safe_capped(&a) == safe_capped(&b) {
                prop_assert!(has_mark(&safe_capped(&a)));
            }
        }

        #[test]
        fn t5_taking_a_sign_away_is_seen(text in text(), at in any::<prop::sample::Index>()) {
            let mut less: Vec<char> = text.chars().collect();
            prop_assume!(!less.is_empty());
            let gone = less.remove(at.index(less.len()));
            let less: String = less.into_iter().collect();
            if safe(&text) == safe(&less) {
                prop_assert!(has_mark(&safe(&text)), "{gone:?}");
            }
        }

        #[test]
        fn no_base_carries_more_than_eight_marks(text in text()) {
            let mut marks = 0;
            for c in safe(&text).chars() {
                marks = if !c.is_ascii() && combines(c) { marks + 1 } else { 0 };
                prop_assert!(marks <= MARKS_PER_BASE);
            }
        }
    }
}
