//! T7: names that may be taken for another: letters of several scripts in one word, letters that look like plain
//! ones, and domains in punycode.

use unicode_script::{Script, UnicodeScript};
use unicode_security::mixed_script::AugmentedScriptSet;
use unicode_security::skeleton;

use super::safe_capped;

/// What makes a text a look-alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookAlikeKind {
    /// One word mixes scripts that are not written together. No honest name does.
    Mixed,
    /// A word has foreign letters, all of which look like plain ones. Names of people are honestly like this.
    Foreign,
    /// A domain in punycode.
    Encoded,
}

/// A text that may be taken for another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookAlike {
    /// What makes it one.
    pub kind: LookAlikeKind,
    /// Why, in safe words: `Cyrillic and Latin in one word; looks like paypal`.
    pub words: String,
}

/// Whether a text may be taken for another one; `None` for ordinary text of any language. Of a person's name
/// only [`LookAlikeKind::Mixed`] is worth a word; of an address or of a group's name everything.
pub fn look_alike(text: &str) -> Option<LookAlike> {
    if let Some(decoded) = decoded(text) {
        let more = foreign_or_mixed(&decoded).map(|found| format!("; {}", found.words));
        let words = format!("in full {}{}", safe_capped(&decoded), more.unwrap_or_default());
        return Some(LookAlike { kind: LookAlikeKind::Encoded, words });
    }
    foreign_or_mixed(text)
}

fn foreign_or_mixed(text: &str) -> Option<LookAlike> {
    if text.is_ascii() {
        return None;
    }
    let plain: String = text.chars().map(|c| plain(c).unwrap_or(c)).collect();
    let words = || words(text).zip(words(&plain)).filter(|(word, _)| !word.is_ascii());
    let like = words()
        .any(|(_, plain)| plain.is_ascii())
        .then(|| format!("looks like {}", safe_capped(&plain)));
    if let Some(scripts) = words().find_map(|(word, _)| mixed(word)) {
        let more = like.map(|like| format!("; {like}")).unwrap_or_default();
        let words = format!("{scripts} in one word{more}");
        return Some(LookAlike { kind: LookAlikeKind::Mixed, words });
    }
    like.map(|words| LookAlike { kind: LookAlikeKind::Foreign, words })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || (c.is_ascii() && !c.is_ascii_alphanumeric()))
}

/// The scripts of a word that mixes what is not written together. Latin is written together with the scripts of
/// Chinese, Japanese and Korean (Unicode Technical Standard 39 calls this "highly restrictive").
fn mixed(word: &str) -> Option<String> {
    let mut all = AugmentedScriptSet::default();
    let mut but_latin = AugmentedScriptSet::default();
    for c in word.chars() {
        all.intersect_with(c.into());
        if c.script() != Script::Latin {
            but_latin.intersect_with(c.into());
        }
    }
    if !all.is_empty() || but_latin.hanb || but_latin.jpan || but_latin.kore {
        return None;
    }
    let mut names: Vec<&str> = word
        .chars()
        .map(|c| c.script())
        .filter(|script| !matches!(script, Script::Common | Script::Inherited))
        .map(Script::full_name)
        .collect();
    names.sort_unstable();
    names.dedup();
    Some(names.join(" and "))
}

/// The plain letter that a foreign one looks like.
fn plain(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    let mut buffer = [0; 4];
    let mut like = skeleton(c.encode_utf8(&mut buffer));
    let (first, second) = (like.next()?, like.next());
    (first.is_ascii() && second.is_none()).then_some(first)
}

/// The text with its punycode labels decoded; `None` if it has none.
fn decoded(text: &str) -> Option<String> {
    let mut found = false;
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(['.', '@', ' ']) {
        let label = piece.trim_end_matches(['.', '@', ' ']);
        let (encoded, rest) = match label.split_at_checked(4) {
            Some((prefix, encoded)) if prefix.eq_ignore_ascii_case("xn--") => {
                (encoded, piece.get(label.len()..).unwrap_or_default())
            }
            _ => {
                out.push_str(piece);
                continue;
            }
        };
        found = true;
        match idna::punycode::decode_to_string(encoded) {
            Some(decoded) => out.push_str(&decoded),
            None => out.push_str(label),
        }
        out.push_str(rest);
    }
    found.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Option<(LookAlikeKind, String)> {
        look_alike(text).map(|found| (found.kind, found.words))
    }

    #[test]
    fn t7_ordinary_names_of_any_language_are_no_look_alikes() {
        for text in [
            "ana.maric@northwind.example",
            "Ana Marić",
            "Noor Haddād",
            "Владимир Петров",
            "山田 太郎",
            "やまだ太郎",
            "김 Minsu",
            "東京Tower",
            "محمد",
            "Ελένη",
            "Team ☁\u{FE0F} 🚀",
            "münchen.example",
            "Kjærgård",
            "",
        ] {
            assert_eq!(judged(text), None, "{text}");
        }
    }

    #[test]
    fn t7_one_word_of_two_scripts_is_told_with_what_it_looks_like() {
        let (kind, words) = judged("\u{430}dmin@shop.example").unwrap();
        assert_eq!(kind, LookAlikeKind::Mixed);
        assert_eq!(words, "Cyrillic and Latin in one word; looks like admin@shop.example");
        let (kind, words) = judged("pro\u{434}").unwrap();
        assert_eq!(
            (kind, words.as_str()),
            (LookAlikeKind::Mixed, "Cyrillic and Latin in one word")
        );
    }

    #[test]
    fn t7_a_word_made_of_foreign_letters_only_is_told_too() {
        for text in ["\u{43E}\u{440}\u{455}", "\u{251}dmin", "ｏｐｓ"] {
            let (kind, words) = judged(text).unwrap();
            assert_eq!(kind, LookAlikeKind::Foreign, "{text}");
            assert!(words.starts_with("looks like "), "{words}");
        }
        assert_eq!(judged("\u{43E}\u{440}\u{455}").unwrap().1, "looks like ops");
    }

    #[test]
    fn t7_a_punycode_domain_is_shown_decoded() {
        let (kind, words) = judged("leo@xn--mnchen-3ya.example").unwrap();
        assert_eq!((kind, words.as_str()), (LookAlikeKind::Encoded, "in full leo@münchen.example"));
        // `аррӏе`, all Cyrillic.
        let (_, words) = judged("leo@xn--80ak6aa92e.example").unwrap();
        assert!(words.ends_with("; looks like leo@apple.example"), "{words}");
        let (_, words) = judged("leo@xn--\u{7f}.example").unwrap();
        assert_eq!(words, "in full leo@xn--^?.example");
    }
}
