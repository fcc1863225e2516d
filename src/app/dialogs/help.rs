//! What can be done here: searched as one types, and run with enter.

use crate::app::line::{Line, Typed};
use crate::app::list::ListState;
use crate::app::turn::Turn;
use crate::app::why_not::Reason;
use crate::keys::{Action, Code, Key};
use crate::rows::rank;

use super::table_picker::motion;

/// The help.
#[derive(Clone, Debug)]
pub struct Help {
    /// All actions that belong here, each with the reason why it can't be done now.
    pub actions: Vec<(Action, Option<Reason>)>,
    /// The actions that the line leaves.
    pub rows: ListState<Action>,
    /// The line that searches.
    pub line: Line,
}

impl Help {
    /// Help over the actions that belong here.
    pub fn new(actions: Vec<(Action, Option<Reason>)>) -> Self {
        let mut rows = ListState::default();
        rows.show(actions.iter().map(|(action, _)| *action).collect());
        Self { actions, rows, line: Line::default() }
    }

    /// Takes a key; enter does what is under the cursor, or says why not.
    pub fn key(&mut self, key: Key, page: u16) -> Turn {
        match (key.code, key.ctrl, key.alt) {
            (Code::F(1), ..) => return Turn::Close,
            (Code::Char('q' | '?'), false, false) | (Code::Esc, ..) if self.line.is_empty() => {
                return Turn::Close;
            }
            (Code::Esc, ..) => {
                self.line.clear();
                self.search();
            }
            (Code::Enter, ..) => {
                let action = self.rows.cursor();
                return action.map_or(Turn::Stay, |action| Turn::close_and(Turn::Do(action)));
            }
            (code, ctrl, false) if motion(code, ctrl).is_some() => {
                if let Some(motion) = motion(code, ctrl) {
                    self.rows.go(motion, page);
                }
            }
            _ => {
                if self.line.key(key) == Typed::Changed {
                    self.search();
                }
            }
        }
        Turn::Stay
    }

    /// Takes pasted text as a piece of the line.
    pub fn paste(&mut self, text: &str) {
        self.line.paste(text);
        self.search();
    }

    fn search(&mut self) {
        let texts: Vec<String> = self
            .actions
            .iter()
            .map(|(action, _)| format!("{} {}", action.row().name, action.row().words))
            .collect();
        let found = rank(self.line.text(), texts.iter().map(String::as_str));
        self.rows.show_best(
            found
                .into_iter()
                .filter_map(|at| self.actions.get(at))
                .map(|(action, _)| *action)
                .collect(),
        );
    }
}
