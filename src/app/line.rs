//! A line of text that is typed.

use tui_input::{Input, InputRequest};

use crate::keys::{Code, Key};

/// A line of text that is typed, with its cursor.
#[derive(Clone, Debug, Default)]
pub struct Line {
    input: Input,
    /// Whether all of it is selected: what is typed next takes its place.
    selected: bool,
}

impl Line {
    /// The most characters that a line takes: a longer paste is cut.
    pub const LONGEST: usize = 1_000;

    /// A line that holds `text`, the cursor behind it.
    pub fn of(text: &str) -> Self {
        Self { input: Input::new(text.to_owned()), selected: false }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// The cursor's place, in characters.
    pub fn cursor(&self) -> usize {
        self.input.cursor()
    }

    /// The text before the cursor.
    pub fn before_cursor(&self) -> String {
        self.text().chars().take(self.cursor()).collect()
    }

    /// Whether all of it is selected.
    pub fn is_selected(&self) -> bool {
        self.selected && !self.is_empty()
    }

    /// Selects all of it: what is typed next takes its place, and a key that only moves or deletes starts from it.
    pub fn select(&mut self) {
        self.selected = true;
        self.input.handle(InputRequest::GoToEnd);
    }

    /// Takes a key that edits a line; whether it was one, and changed the text.
    pub fn key(&mut self, key: Key) -> Typed {
        let Some(request) = request(key) else { return Typed::NotMine };
        let replaces = matches!(
            request,
            InputRequest::InsertChar(_)
                | InputRequest::DeletePrevChar
                | InputRequest::DeleteNextChar
        );
        if std::mem::take(&mut self.selected) && replaces && !self.is_empty() {
            self.clear();
            if !matches!(request, InputRequest::InsertChar(_)) {
                return Typed::Changed;
            }
        }
        if matches!(request, InputRequest::InsertChar(_)) && self.text().len() >= Self::LONGEST {
            return Typed::Moved;
        }
        match self.input.handle(request) {
            Some(change) if change.value => Typed::Changed,
            _ => Typed::Moved,
        }
    }

    /// Takes pasted text as one line: what ends or tabs a line becomes a space.
    pub fn paste(&mut self, text: &str) {
        if std::mem::take(&mut self.selected) {
            self.clear();
        }
        for c in text.trim().chars().take(Self::LONGEST.saturating_sub(self.text().len())) {
            self.input.handle(InputRequest::InsertChar(if c.is_control() { ' ' } else { c }));
        }
    }

    /// Empties the line.
    pub fn clear(&mut self) {
        self.selected = false;
        self.input.reset();
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
    fn what_is_typed_takes_the_place_of_a_selected_line_and_what_moves_keeps_it() {
        let selected = |key: Key| {
            let mut line = Line::of("leo");
            line.select();
            line.key(key);
            line.text().to_owned()
        };
        assert_eq!(selected(Key::char('m')), "m");
        assert_eq!(selected(Key { code: Code::Backspace, ctrl: false, alt: false }), "");
        assert_eq!(selected(Key::ctrl('w')), "");
        let mut line = Line::of("leo");
        line.select();
        line.key(Key::ctrl('a'));
        line.key(Key::char('c'));
        assert_eq!(line.text(), "cleo");
        line.select();
        line.paste("mia");
        assert_eq!(line.text(), "mia");
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
