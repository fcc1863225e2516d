//! Mistakes written into a change file, each above its line, for the person who mends it there.

use super::ChangeFile;
use crate::config::Mistake;
use crate::text;

/// What begins a line that is a note of ours.
const NOTE: &str = "#! ";

impl ChangeFile {
    /// A file's text with what is wrong with it above the lines that it is about.
    pub fn with_notes(text: &str, mistakes: &[Mistake]) -> String {
        let note = |told: &Mistake| format!("{NOTE}{}\n", text::safe(&told.words));
        let notes =
            |at: usize| mistakes.iter().filter(move |told| told.line().max(1) == at).map(note);
        let last = text.lines().count();
        let lines = (1..)
            .zip(text.lines())
            .flat_map(|(number, line)| notes(number).chain([format!("{line}\n")]));
        let behind = mistakes.iter().filter(|told| told.line().max(1) > last).map(note);
        lines.chain(behind).collect()
    }

    /// A file's text without these notes.
    pub fn without_notes(text: &str) -> String {
        let lines = text.lines().filter(|line| !line.starts_with(NOTE));
        lines.fold(String::new(), |out, line| out + line + "\n")
    }
}
