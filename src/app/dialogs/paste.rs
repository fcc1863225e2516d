//! A pasted list of members.

/// What a pasted list came to: every line of it is in one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// How many entries were pasted.
    pub entries: usize,
    /// How many were found and picked.
    pub picked: usize,
    /// How many were named more than once.
    pub repeated: usize,
    /// Those that are in already.
    pub already: Vec<String>,
    /// Those that no member answers to.
    pub unknown: Vec<String>,
    /// Those that several members answer to.
    pub ambiguous: Vec<String>,
    /// Whether the paste was longer than 1 MB and was cut there.
    pub cut: bool,
}
