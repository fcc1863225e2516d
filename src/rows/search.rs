//! What a filter leaves of a list, worked out in slices so that no frame waits for it.

use std::sync::Arc;

use nucleo_matcher::pattern::{Atom, AtomKind};

use crate::domain::{Directory, Slot};

use super::cells::{Person, person};
use super::column::ColumnId;
use super::field::Held;
use super::filter::{Field, Filter, Term, Test};
use super::list::List;
use super::phrases::status_words;
use super::scorer::{Scorer, folded};
use super::sort::places;

/// A filter going over the rows of a list.
#[derive(Clone, Debug)]
pub struct Search {
    list: List,
    filter: Filter,
    /// The rows in the list's order.
    rows: Arc<[Slot]>,
    /// The places in `rows` that are tried, by rising slot: rows lie so in memory, and to jump about in it takes
    /// longer than to match.
    tried: Vec<u32>,
    next: usize,
    hits: Vec<Hit>,
    /// The places of the hits, in the order of `tried`.
    left: Vec<u32>,
    scorer: Scorer,
}

impl Search {
    /// Begins to filter `rows`, which are in the list's order.
    pub fn new(list: List, filter: Filter, rows: Arc<[Slot]>) -> Self {
        let tried = places(&rows).into_iter().filter(|place| *place != u32::MAX).collect();
        Self {
            list,
            filter,
            rows,
            tried,
            next: 0,
            hits: Vec::new(),
            left: Vec::new(),
            scorer: Scorer::default(),
        }
    }

    /// Begins to filter with another filter; tries only what this one has left where the new one narrows it.
    #[must_use]
    pub fn refine(mut self, filter: Filter) -> Self {
        // The filter that lets everything through keeps no list of what it let through.
        if !self.filter.is_empty() && self.has_tried_all() && filter.narrows(&self.filter) {
            self.tried = std::mem::take(&mut self.left);
        } else if self.tried.len() < self.rows.len() {
            return Self { scorer: self.scorer, ..Self::new(self.list, filter, self.rows) };
        }
        self.hits.clear();
        self.left.clear();
        Self { filter, next: 0, ..self }
    }

    fn has_tried_all(&self) -> bool {
        self.next >= self.tried.len()
    }

    /// Tries more rows, so many that it takes about as long as `budget` rows with a filter of one word; the rows that match, best first, once all have been tried.
    pub fn step(&mut self, directory: &Directory, budget: usize) -> Option<Arc<[Slot]>> {
        if self.filter.is_empty() {
            self.next = self.tried.len();
            return Some(self.rows.clone());
        }
        if !self.has_tried_all() {
            self.try_rows(directory, budget.max(1));
            // Few hits are put in order at once; many are a slice of their own.
            if !self.has_tried_all() || self.hits.len() > budget {
                return None;
            }
        }
        self.hits.sort_unstable();
        let slots = self.hits.iter().filter_map(|hit| self.rows.get(hit.place() as usize).copied());
        Some(slots.collect())
    }

    fn try_rows(&mut self, directory: &Directory, budget: usize) {
        let Self { list, filter, rows, tried, next, hits, left, scorer } = self;
        let budget = (budget / filter.terms.len().max(1)).max(1);
        let mut tests: Vec<Prepared> =
            filter.terms.iter().map(|term| Prepared::new(directory, list, term)).collect();
        for place in tried.iter().skip(*next).take(budget) {
            let Some(slot) = rows.get(*place as usize).copied() else { continue };
            let Some(row) = Row::new(list, directory, slot) else { continue };
            if let Some(score) = score(&mut tests, &row, slot, scorer) {
                hits.push(Hit::new(likeness(&filter.phrase, &row), score, *place));
                left.push(*place);
            }
        }
        *next += budget;
    }
}

/// A row that matches, as one number, since many are put in order: how alike, then the score, then the place in the
/// list's order. The lower, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hit(u64);

/// How much of a row the plain words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Whole,
    Start,
    Within,
    Parts,
}

impl Hit {
    /// No sum of scores comes near this.
    const BEST: u32 = (1 << 30) - 1;

    fn new(likeness: Likeness, score: u32, place: u32) -> Self {
        let distance = Self::BEST - score.min(Self::BEST);
        Self((likeness as u64) << 62 | u64::from(distance) << 32 | u64::from(place))
    }

    fn place(self) -> u32 {
        u32::try_from(self.0 & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    }
}

/// What a row is matched by, raw.
struct Row<'r> {
    email: &'r str,
    name: &'r str,
    person: Option<Person<'r>>,
}

impl<'r> Row<'r> {
    fn new(list: &List, directory: &'r Directory, slot: Slot) -> Option<Self> {
        if let Some(person) = person(list, directory, slot) {
            return Some(Self { email: person.email, name: person.name, person: Some(person) });
        }
        let group = directory.groups().at(slot)?;
        Some(Self { email: "", name: &group.name, person: None })
    }
}

/// A term with what it has found out so far.
struct Prepared<'d, 'f> {
    directory: &'d Directory,
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
        Self { directory, term, held }
    }

    fn score(&mut self, row: &Row<'_>, slot: Slot, scorer: &mut Scorer) -> Option<u32> {
        match &self.term.test {
            Test::Word(atom) => scorer.score(atom, row.email).max(scorer.score(atom, row.name)),
            Test::Field(Field::Email, atom) => scorer.score(atom, row.email),
            Test::Field(Field::Name, atom) => scorer.score(atom, row.name),
            Test::Field(..) => {
                self.held.as_mut().is_some_and(|held| held.by(slot, scorer)).then_some(0)
            }
            Test::Member(test) => {
                let directory = self.directory;
                let members = directory.members_at(slot).iter();
                let mut members = members.filter_map(|slot| directory.members().at(*slot));
                members.any(|member| Person::from(member).is(test)).then_some(0)
            }
            test => row.person.as_ref().is_some_and(|person| person.is(test)).then_some(0),
        }
    }
}

impl Person<'_> {
    /// Whether a test of what only people have holds for this one.
    fn is(&self, test: &Test) -> bool {
        match test {
            Test::Status(word) => self.has_status(word),
            Test::TwoFactor(wanted) => self.two_factor == *wanted,
            Test::Word(_) | Test::Field(..) | Test::Member(_) => false,
        }
    }

    fn has_status(&self, word: &str) -> bool {
        let words = status_words(self.status);
        let is = |status: &str| status.to_lowercase().starts_with(word);
        match self.status {
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
    scorer: &mut Scorer,
) -> Option<u32> {
    let mut sum = 0u32;
    for test in tests {
        match (test.score(row, slot, scorer), test.term.negative) {
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
        None if has_within(phrase, row.email) || has_within(phrase, row.name) => Likeness::Within,
        None => Likeness::Parts,
    }
}

/// Whether `phrase` stands somewhere in `text` as it is, without case.
fn has_within(phrase: &str, text: &str) -> bool {
    let mut windows = text.as_bytes().windows(phrase.len());
    windows.any(|window| window.eq_ignore_ascii_case(phrase.as_bytes()))
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

impl Term {
    /// The word that is looked for in a column's texts.
    fn atom_for(&self, column: ColumnId) -> Option<&Atom> {
        match (&self.test, column) {
            (Test::Word(atom), ColumnId::Email | ColumnId::Name)
            | (Test::Field(Field::Email, atom), ColumnId::Email)
            | (Test::Field(Field::Name, atom), ColumnId::Name) => Some(atom),
            _ => None,
        }
    }
}

/// Finds what a filter has matched in the texts that are shown.
#[derive(Clone, Debug)]
pub struct Highlighter {
    terms: Vec<Term>,
    scorer: Scorer,
    found: Vec<u32>,
}

impl Highlighter {
    /// For one filter.
    pub fn new(filter: &Filter) -> Self {
        let terms = filter.terms.iter().filter(|term| !term.negative).cloned().collect();
        Self { terms, scorer: Scorer::default(), found: Vec::new() }
    }

    /// The graphemes of a cell's text, as it is painted, that the filter matched: counted from 0, rising.
    pub fn graphemes(&mut self, column: ColumnId, shown: &str) -> &[u32] {
        self.found.clear();
        for term in &self.terms {
            let Some(atom) = term.atom_for(column) else { continue };
            // The end that `end$` asks for is not there where the text was cut.
            if matches!(atom.kind, AtomKind::Postfix | AtomKind::Exact) && shown.ends_with('…') {
                continue;
            }
            self.scorer.graphemes(atom, shown, &mut self.found);
        }
        self.found.sort_unstable();
        self.found.dedup();
        &self.found
    }
}

#[cfg(test)]
mod tests;
