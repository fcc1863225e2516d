//! Foreign text made safe to show, measured, cut and counted. Every name, e-mail and error text that others
//! chose passes [`safe()`] before it reaches a screen, a log or a table. Never reads a clock or the environment.

mod addresses;
mod look_alike;
mod near;
mod safe;
mod typed;
mod width;
mod words;

pub use addresses::{Entry, entries, is_email};
pub use look_alike::{LookAlike, LookAlikeKind, look_alike};
pub use near::nearest;
pub use safe::{LONGEST_SHOWN, safe, safe_capped};
pub use typed::can_be_typed;
pub use width::{cut, cut_email, cut_middle, pad, pad_left, width};
pub use words::{about, age, clock, count, date, moment, people, plural};

/// A sentence that begins as one: with a capital, unless it begins with an address or a domain, which stays as it is
/// written.
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter();
    // A name stays as it is written.
    let is_name = words.split(' ').next().is_some_and(|word| word.contains(['@', '.']));
    if is_name {
        words.to_owned()
    } else {
        first.flat_map(char::to_uppercase).chain(letters).collect()
    }
}
