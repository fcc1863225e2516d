//! What a filter leaves of a list, worked out in slices so that no frame waits for it.

use std::sync::Arc;

use nucleo_matcher::pattern::{Atom, AtomKind};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::domain::{Directory, Slot, TwoFactor};

use super::cells::{Person, person};
use super::column::ColumnId;
use super::field::Held;
use super::filter::{Field, Filter, Term, Test};
use super::list::List;
use super::phrases::status_words;
use super::sort::folded;

/// A filter going over the rows of a list.
#[derive(Clone, Debug)]
pub struct Search {
    list: List,
    filter: Filter,
    rows: Arc<[Slot]>,
    /// The places in `rows` that are tried; all of them if `None`.
    among: Option<Vec<u32>>,
    next: usize,
    hits: Vec<Hit>,
    matcher: Matcher,
    buffer: Vec<char>,
    name: String,
}

/// A row that matches: ordered as matches are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    likeness: Likeness,
    /// The higher the score, the lower.
    distance: u32,
    /// The place in the list's order.
    place: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Whole,
    Start,
    Parts,
}

impl Search {
    /// Begins to filter `rows`, which are in the list's order.
    pub fn new(list: List, filter: Filter, rows: Arc<[Slot]>) -> Self {
        Self {
            list,
            filter,
            rows,
            among: None,
            next: 0,
            hits: Vec::new(),
            matcher: Matcher::new(Config::DEFAULT),
            buffer: Vec::new(),
            name: String::new(),
        }
    }

    /// Begins to filter with another filter; tries only what this one has left where the new one narrows it.
    pub fn refine(self, filter: Filter) -> Self {
        // The filter that lets everything through keeps no list of what it let through.
        let narrows = self.is_done() && !self.filter.is_empty() && filter.narrows(&self.filter);
        let among = narrows.then(|| {
            let mut places: Vec<u32> = self.hits.iter().map(|hit| hit.place).collect();
            places.sort_unstable();
            places
        });
        Self { filter, among, next: 0, hits: Vec::new(), ..self }
    }

    /// Whether all rows have been tried.
    pub fn is_done(&self) -> bool {
        self.next >= self.tried()
    }

    fn tried(&self) -> usize {
        self.among.as_ref().map_or(self.rows.len(), Vec::len)
    }

    /// Tries at most `budget` more rows; the rows that match, best first, once all have been tried.
    pub fn step(&mut self, directory: &Directory, budget: usize) -> Option<Vec<Slot>> {
        if self.filter.is_empty() {
            self.next = self.tried();
            return Some(self.rows.to_vec());
        }
        let end = self.next.saturating_add(budget.max(1)).min(self.tried());
        let mut tests: Vec<Prepared> = self
            .filter
            .terms
            .iter()
            .map(|term| Prepared::new(directory, &self.list, term))
            .collect();
        for at in self.next..end {
            let place = match &self.among {
                Some(among) => among.get(at).map_or(0, |place| *place as usize),
                None => at,
            };
            let Some(slot) = self.rows.get(place) else { continue };
            let Some(row) = Row::new(&self.list, directory, *slot, &mut self.name) else {
                continue;
            };
            let mut tools = Tools { matcher: &mut self.matcher, buffer: &mut self.buffer };
            if let Some(score) = score(&mut tests, &row, *slot, &mut tools) {
                self.hits.push(Hit {
                    likeness: likeness(&self.filter.phrase, &row),
                    distance: u32::MAX - score,
                    place: u32::try_from(place).unwrap_or(u32::MAX),
                });
            }
        }
        self.next = end;
        if !self.is_done() {
            return None;
        }
        self.hits.sort_unstable();
        Some(
            self.hits.iter().filter_map(|hit| self.rows.get(hit.place as usize).copied()).collect(),
        )
    }
}

/// What a row is matched by, raw.
struct Row<'r> {
    email: &'r str,
    name: &'r str,
    person: Option<Person<'r>>,
}

impl<'r> Row<'r> {
    fn new(
        list: &List,
        directory: &'r Directory,
        slot: Slot,
        buffer: &'r mut String,
    ) -> Option<Self> {
        if let Some(person) = person(list, directory, slot) {
            buffer.clear();
            buffer.push_str(person.first_name);
            if !person.first_name.is_empty() && !person.last_name.is_empty() {
                buffer.push(' ');
            }
            buffer.push_str(person.last_name);
            return Some(Self { email: person.email, name: buffer, person: Some(person) });
        }
        let group = directory.groups().at(slot)?;
        Some(Self { email: "", name: &group.name, person: None })
    }
}

struct Tools<'t> {
    matcher: &'t mut Matcher,
    buffer: &'t mut Vec<char>,
}

impl Tools<'_> {
    fn score(&mut self, atom: &Atom, text: &str) -> Option<u32> {
        atom.score(Utf32Str::new(text, self.buffer), self.matcher).map(u32::from)
    }
}

/// A term with what it has found out so far.
struct Prepared<'d, 'f> {
    term: &'f Term,
    held: Option<Held<'d, 'f>>,
}

impl<'d, 'f> Prepared<'d, 'f> {
    fn new(directory: &'d Directory, list: &'f List, term: &'f Term) -> Self {
        let held = match &term.test {
            Test::Field(
                field @ (Field::Group | Field::Role | Field::Permission | Field::Zone),
                atom,
            ) => Some(Held::new(directory, list, *field, atom)),
            _ => None,
        };
        Self { term, held }
    }

    fn score(&mut self, row: &Row<'_>, slot: Slot, tools: &mut Tools<'_>) -> Option<u32> {
        match &self.term.test {
            Test::Word(atom) => tools.score(atom, row.email).max(tools.score(atom, row.name)),
            Test::Field(Field::Email, atom) => tools.score(atom, row.email),
            Test::Field(Field::Name, atom) => tools.score(atom, row.name),
            Test::Field(..) => {
                self.held.as_mut().is_some_and(|held| held.by(slot, tools.matcher)).then_some(0)
            }
            Test::Status(word) => row.has_status(word).then_some(0),
            Test::TwoFactor(wanted) => {
                let has = row.person.as_ref().map_or(TwoFactor::Unknown, |p| p.two_factor);
                (has == *wanted).then_some(0)
            }
        }
    }
}

impl Row<'_> {
    fn has_status(&self, word: &str) -> bool {
        let Some(person) = &self.person else { return false };
        let words = status_words(person.status);
        let is = |status: &str| status.to_lowercase().starts_with(word);
        match person.status {
            crate::domain::MemberStatus::Unknown => is("unknown"),
            crate::domain::MemberStatus::Other(other) => is(other) || is(&words),
            _ => is(&words),
        }
    }
}

/// How well a row matches; `None` where a term doesn't.
fn score(
    tests: &mut [Prepared<'_, '_>],
    row: &Row<'_>,
    slot: Slot,
    tools: &mut Tools<'_>,
) -> Option<u32> {
    let mut sum = 0u32;
    for test in tests {
        match (test.score(row, slot, tools), test.term.negative) {
            (Some(score), false) => sum = sum.saturating_add(score),
            (None, true) => {}
            (Some(_), true) | (None, false) => return None,
        }
    }
    Some(sum)
}

fn likeness(phrase: &str, row: &Row<'_>) -> Likeness {
    if phrase.is_empty() {
        return Likeness::Parts;
    }
    match start_of(phrase, row.email).max(start_of(phrase, row.name)) {
        Some(true) => Likeness::Whole,
        Some(false) => Likeness::Start,
        None => Likeness::Parts,
    }
}

/// `Some(true)` if `phrase` is all of `text`, `Some(false)` if it is its start, without case and accents.
fn start_of(phrase: &str, text: &str) -> Option<bool> {
    let mut rest = folded(text);
    for c in folded(phrase) {
        if rest.next() != Some(c) {
            return None;
        }
    }
    Some(rest.next().is_none())
}

/// Finds what a filter has matched in the texts that are shown.
#[derive(Clone, Debug)]
pub struct Highlighter {
    terms: Vec<Term>,
    matcher: Matcher,
    buffer: Vec<char>,
    found: Vec<u32>,
}

impl Highlighter {
    /// For one filter.
    pub fn new(filter: &Filter) -> Self {
        let terms = filter.terms.iter().filter(|term| !term.negative).cloned().collect();
        Self {
            terms,
            matcher: Matcher::new(Config::DEFAULT),
            buffer: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The graphemes of a cell's text, as it is painted, that the filter matched: counted from 0, rising.
    pub fn graphemes(&mut self, column: ColumnId, shown: &str) -> &[u32] {
        self.found.clear();
        for term in &self.terms {
            let atom = match (&term.test, column) {
                (Test::Word(atom), ColumnId::Email | ColumnId::Name)
                | (Test::Field(Field::Email, atom), ColumnId::Email)
                | (Test::Field(Field::Name, atom), ColumnId::Name) => atom,
                _ => continue,
            };
            // The end that `end$` asks for is not there where the text was cut.
            if matches!(atom.kind, AtomKind::Postfix | AtomKind::Exact) && shown.ends_with('…') {
                continue;
            }
            atom.indices(
                Utf32Str::new(shown, &mut self.buffer),
                &mut self.matcher,
                &mut self.found,
            );
        }
        self.found.sort_unstable();
        self.found.dedup();
        &self.found
    }
}
