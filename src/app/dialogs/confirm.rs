//! Yes or no. The focus is on No, where enter does nothing; the worst things want a text typed instead of `y`.

use crate::app::line::Line;
use crate::app::msg::ChangeText;
use crate::app::turn::Turn;
use crate::domain::{AccountId, Change};
use crate::keys::{Code, Key};
use crate::plan::{Override, PlanId, RunId};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To apply the plan with this id, after these guards were overridden.
    Apply(PlanId, Vec<Override>),
    /// To override the last of these guards, which stand against the plan with this id.
    Override(PlanId, Vec<Override>),
    /// To allow changes in this account.
    ReadWrite(AccountId),
    /// To throw away these, which were staged in an earlier session and are staged again.
    ThrowAway(Vec<Change>),
    /// To take out all that is staged.
    UnstageAll,
    /// To go on with this run, after these guards were overridden.
    Resume(RunId, Vec<Override>),
    /// To override the last of these guards, which stand against going on with this run.
    OverrideFor(RunId, Vec<Override>),
    /// To edit a change file that has mistakes; `written` in the editor, and not in a file of the person's.
    EditAgain {
        /// The text, with notes of the mistakes.
        text: ChangeText,
        /// Whether it was written in the editor.
        written: bool,
    },
    /// To leave while a run is on.
    LeaveRun,
    /// To open this account although what is staged in the one that is open is lost.
    LeaveAccount(AccountId),
}

/// What it takes to say yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    /// The key `y`.
    Yes,
    /// This text, exactly.
    Type(String),
}

/// A question with its lines.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// What is asked.
    pub asked: Asked,
    /// The question. Made safe already.
    pub title: String,
    /// What is to be known before answering. Made safe already.
    pub lines: Vec<String>,
    /// What it takes.
    pub consent: Consent,
    /// What was typed.
    pub line: Line,
    /// What saying yes does, in a word or two.
    pub yes: &'static str,
    /// What saying no does, in a word or two.
    pub no: &'static str,
    /// Whether the last enter came with another text than the one that is asked for.
    pub wrong: bool,
    /// Whether enter says no: only where no leaves everything as it is.
    pub enter_is_no: bool,
}

impl Confirm {
    /// A question that `y` answers.
    pub fn new(asked: Asked, title: impl Into<String>, lines: Vec<String>) -> Self {
        let (title, line) = (title.into(), Line::default());
        Self {
            asked,
            title,
            lines,
            consent: Consent::Yes,
            line,
            yes: "yes",
            no: "no",
            wrong: false,
            enter_is_no: false,
        }
    }

    /// The same question, answered by typing a text.
    #[must_use]
    pub fn typed(mut self, text: String) -> Self {
        self.consent = Consent::Type(text);
        self
    }

    /// The same question with words for yes and no.
    #[must_use]
    pub fn words(mut self, yes: &'static str, no: &'static str) -> Self {
        (self.yes, self.no) = (yes, no);
        self
    }

    /// The same question, where enter says no.
    #[must_use]
    pub fn enter_says_no(mut self) -> Self {
        self.enter_is_no = true;
        self
    }

    /// Takes a key. Enter never says yes: it sends a text that is typed to its end, or says no where that is harmless.
    pub fn key(&mut self, key: Key) -> Turn {
        if key == Key::plain(Code::Esc) {
            return self.answer(false);
        }
        match &self.consent {
            Consent::Yes if self.enter_is_no && key == Key::plain(Code::Enter) => {
                self.answer(false)
            }
            Consent::Yes => match key.typed() {
                Some('y') => self.answer(true),
                Some('n' | 'q') => self.answer(false),
                _ => Turn::Stay,
            },
            Consent::Type(text) if key == Key::plain(Code::Enter) => {
                // Blanks around a text come with pasting it.
                if self.line.text().trim() == text {
                    self.answer(true)
                } else {
                    self.wrong = true;
                    Turn::Stay
                }
            }
            Consent::Type(_) => {
                self.wrong = false;
                self.line.key(key);
                Turn::Stay
            }
        }
    }

    /// Takes pasted text, where a text is wanted.
    pub fn paste(&mut self, text: &str) {
        if matches!(self.consent, Consent::Type(_)) {
            self.wrong = false;
            self.line.paste(text);
        }
    }

    fn answer(&self, yes: bool) -> Turn {
        Turn::close_and(Turn::Answered(self.asked.clone(), yes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(turn: &Turn) -> Option<bool> {
        match turn {
            Turn::All(turns) => turns.iter().find_map(answered),
            Turn::Answered(_, yes) => Some(*yes),
            _ => None,
        }
    }

    #[test]
    fn enter_says_neither_yes_nor_no() {
        let mut confirm = Confirm::new(Asked::UnstageAll, "Take all out?", vec![]);
        assert_eq!(answered(&confirm.key(Key::plain(Code::Enter))), None);
        assert_eq!(answered(&confirm.key(Key::char('Y'))), None);
        assert_eq!(answered(&confirm.key(Key::char('n'))), Some(false));
        assert_eq!(answered(&confirm.key(Key::char('y'))), Some(true));
    }

    #[test]
    fn a_text_must_be_typed_to_its_end_and_y_is_only_a_letter_of_it() {
        let mut confirm =
            Confirm::new(Asked::UnstageAll, "Delete?", vec![]).typed("yes-dns".into());
        for c in "yes-dn".chars() {
            assert_eq!(answered(&confirm.key(Key::char(c))), None);
        }
        assert_eq!(answered(&confirm.key(Key::plain(Code::Enter))), None);
        confirm.key(Key::char('s'));
        assert_eq!(answered(&confirm.key(Key::plain(Code::Enter))), Some(true));
    }
}
