//! Requests as they happened, the newest first.

use std::collections::VecDeque;

use crate::app::line::{Line, Typed};
use crate::app::list::ListState;
use crate::domain::RequestLine;
use crate::keys::{Code, Key};

/// The requests on the screen; the lines themselves are in [`State`](crate::app::State).
#[derive(Clone, Debug, Default)]
pub struct RequestsScreen {
    /// The requests by their number.
    pub lines: ListState<u64>,
    /// What is searched for.
    pub search: Line,
    /// Whether the search line has the keys.
    pub typing: bool,
}

impl RequestsScreen {
    /// Shows the requests that are kept. A cursor on the newest stays on the newest.
    pub fn refill(&mut self, requests: &VecDeque<(u64, RequestLine)>) {
        let follows = self.lines.at() == 0;
        let numbers = requests.iter().rev().map(|(number, _)| *number).collect();
        if follows { self.lines.show_best(numbers) } else { self.lines.show(numbers) }
    }

    /// Offers a key to the search line; whether the line has used it.
    pub fn search_key(&mut self, key: Key, requests: &VecDeque<(u64, RequestLine)>) -> bool {
        if !self.typing {
            return false;
        }
        match key.code {
            Code::Enter | Code::Down | Code::Tab => self.typing = false,
            Code::Esc => {
                self.typing = false;
                self.search.clear();
            }
            _ => match self.search.key(key) {
                Typed::NotMine => return false,
                Typed::Moved => {}
                Typed::Changed => self.find(requests, 0, true),
            },
        }
        true
    }

    /// Goes on to the next match, or back to the one before.
    pub fn next_match(&mut self, requests: &VecDeque<(u64, RequestLine)>, forward: bool) {
        self.find(requests, 1, forward);
    }

    fn find(&mut self, requests: &VecDeque<(u64, RequestLine)>, skip: usize, forward: bool) {
        let wanted = self.search.text().to_lowercase();
        if wanted.is_empty() {
            return;
        }
        let matches = |number: &u64| {
            let line = requests.iter().find(|(known, _)| known == number).map(|(_, line)| line);
            line.is_some_and(|line| words(line).to_lowercase().contains(&wanted))
        };
        let rows = self.lines.rows();
        let at = self.lines.at();
        let found = if forward {
            rows.iter()
                .skip(at + skip)
                .chain(rows.iter().take(at))
                .find(|row| matches(row))
                .copied()
        } else {
            rows.iter()
                .take(at)
                .rev()
                .chain(rows.iter().skip(at).rev())
                .find(|row| matches(row))
                .copied()
        };
        if let Some(found) = found {
            self.lines.go_to(&found);
        }
    }
}

/// A request in one line, as it is searched.
pub fn words(line: &RequestLine) -> String {
    let status = line
        .status
        .map_or_else(|| line.trouble.clone().unwrap_or_default(), |status| status.to_string());
    let codes: Vec<String> = line.codes.iter().map(ToString::to_string).collect();
    format!(
        "{} {} {status} {} {}",
        line.method,
        line.path,
        codes.join(" "),
        line.ray.as_deref().unwrap_or_default()
    )
}
