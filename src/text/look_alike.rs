//! T7: names that are written to be taken for another.

/// Why a text may be taken for another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookAlike {
    /// One word mixes scripts that are not written together; names them: `Latin and Cyrillic`.
    Mixed(String),
    /// Made of foreign letters that look like these plain ones.
    Like(String),
    /// A domain in punycode, decoded.
    Encoded(String),
}

/// Whether a text may be taken for another one; `None` for ordinary text of any language.
pub fn look_alike(text: &str) -> Option<LookAlike> {
    let _ = text;
    None
}
