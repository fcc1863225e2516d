//! A line of text that is typed.

use tui_input::{Input, InputRequest};

use crate::keys::{Code, Key};

/// A line of text that is typed, with its cursor.
#[derive(Clone, Debug, Default)]
pub struct Line(Input);

impl Line {
    /// The most characters that a line takes: a longer paste is cut.
    pub const LONGEST: usize = 1_000;

    /// A line that holds `text`, the cursor behind it.
    pub fn of(text: &str) -> Self {
        Self(Input::new(text.to_owned()))
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        self.0.value()
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// The cursor's place, in characters.
    pub fn cursor(&self) -> usize {
        self.0.cursor()
    }

    /// The text before the cursor.
    pub fn before_cursor(&self) -> String {
        self.text().chars().take(self.cursor()).collect()
    }

    /// Takes a key that edits a line; whether it was one, and changed the text.
    pub fn key(&mut self, key: Key) -> Typed {
        let Some(request) = request(key) else { return Typed::NotMine };
        if matches!(request, InputRequest::InsertChar(_)) && self.text().len() >= Self::LONGEST {
            return Typed::Moved;
        }
        match self.0.handle(request) {
            Some(change) if change.value => Typed::Changed,
            _ => Typed::Moved,
        }
    }

    /// Takes pasted text as one line: what ends or tabs a line becomes a space.
    pub fn paste(&mut self, text: &str) {
        for c in text.trim().chars().take(Self::LONGEST.saturating_sub(self.text().len())) {
            self.0.handle(InputRequest::InsertChar(if c.is_control() { ' ' } else { c }));
        }
    }

    /// Empties the line.
    pub fn clear(&mut self) {
        self.0.reset();
    }
}

/// What a key did to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The key doesn't edit lines.
    NotMine,
    /// The cursor moved, or there was nothing to do.
    Moved,
    /// The text is another.
    Changed,
}

fn request(key: Key) -> Option<InputRequest> {
    if let Some(c) = key.typed() {
        return Some(InputRequest::InsertChar(c));
    }
    match (key.code, key.ctrl, key.alt) {
        (Code::Backspace, false, false) | (Code::Char('h'), true, false) => {
            Some(InputRequest::DeletePrevChar)
        }
        (Code::Delete, false, false) => Some(InputRequest::DeleteNextChar),
        (Code::Left, false, false) | (Code::Char('b'), true, false) => {
            Some(InputRequest::GoToPrevChar)
        }
        (Code::Right, false, false) | (Code::Char('f'), true, false) => {
            Some(InputRequest::GoToNextChar)
        }
        (Code::Home, false, false) | (Code::Char('a'), true, false) => {
            Some(InputRequest::GoToStart)
        }
        (Code::End, false, false) | (Code::Char('e'), true, false) => Some(InputRequest::GoToEnd),
        (Code::Char('w'), true, false) | (Code::Backspace, _, true) => {
            Some(InputRequest::DeletePrevWord)
        }
        (Code::Char('u'), true, false) => Some(InputRequest::DeleteFromStart),
        (Code::Char('k'), true, false) => Some(InputRequest::DeleteTillEnd),
        (Code::Left, true, false) | (Code::Char('b'), false, true) => {
            Some(InputRequest::GoToPrevWord)
        }
        (Code::Right, true, false) | (Code::Char('f'), false, true) => {
            Some(InputRequest::GoToNextWord)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_keys_of_a_shell_edit_the_line() {
        let mut line = Line::of("prod dns");
        assert_eq!(line.key(Key::ctrl('w')), Typed::Changed);
        assert_eq!(line.text(), "prod ");
        line.key(Key::ctrl('u'));
        assert!(line.is_empty());
        assert_eq!(line.key(Key::ctrl('d')), Typed::NotMine);
    }

    #[test]
    fn t16_pasted_lines_become_one_line_and_no_longer_than_a_line_may_be() {
        let mut line = Line::default();
        line.paste("ana\nleo\x1b[2J");
        assert_eq!(line.text(), "ana leo [2J");
        line.paste(&"x".repeat(1_000_000));
        assert_eq!(line.text().len(), Line::LONGEST);
    }
}
