//! Who can do what was asked: the answer as a list of people, kept up to date with what is known and staged; and
//! examples where nothing was asked yet.

use crate::access::{Asked, Person, Question, Shift, Sure, Unseen, examples};
use crate::app::list::ListState;
use crate::app::table::Table;
use crate::domain::{Change, Directory};
use crate::plan::Staging;
use crate::rows;

/// The answer on the screen.
#[derive(Clone, Debug)]
pub struct AccessScreen {
    /// What was asked; nothing yet.
    pub question: Option<Question>,
    /// The people of the answer.
    pub people: Table,
    /// How many there are of which kind.
    pub totals: Totals,
    /// What the answer rests on and was not read.
    pub unseen: Unseen,
    /// What is staged does this to it.
    pub shift: Shift,
    /// What could be asked, where nothing was yet.
    pub examples: Vec<Question>,
    /// The examples as rows, by their place.
    pub offers: ListState<usize>,
    /// The version of the directory that all this is of.
    version: Option<u64>,
    /// The changes that it is of.
    staged: Vec<Change>,
}

/// How many people an answer holds, by what it says of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// All of them, whatever is said of each.
    pub people: usize,
    /// Who can, and one path grants the very thing.
    pub itself: usize,
    /// Who can, only by what stands above it.
    pub implied: usize,
    /// Who has no access before the invitation is accepted.
    pub pending: usize,
    /// For whom a deny stands too.
    pub denied: usize,
    /// Of whom it isn't known whether what they hold covers the place.
    pub perhaps: usize,
}

impl Totals {
    fn of(people: &[Person]) -> Self {
        let mut totals = Self { people: people.len(), ..Self::default() };
        for person in people {
            // Everybody counts once, by what is doubtful about them first.
            let number = match person {
                Person { pending: true, .. } => &mut totals.pending,
                Person { denied: true, .. } => &mut totals.denied,
                Person { sure: Sure::Perhaps, .. } => &mut totals.perhaps,
                Person { itself: true, .. } => &mut totals.itself,
                _ => &mut totals.implied,
            };
            *number += 1;
        }
        totals
    }

    /// Who can, without any doubt.
    pub fn can(self) -> usize {
        self.itself + self.implied
    }
}

impl Default for AccessScreen {
    fn default() -> Self {
        Self {
            question: None,
            people: Table::new(rows::List::WhoCan([].into())),
            totals: Totals::default(),
            unseen: Unseen::default(),
            shift: Shift::default(),
            examples: Vec::new(),
            offers: ListState::default(),
            version: None,
            staged: Vec::new(),
        }
    }
}

impl AccessScreen {
    /// Asks something else: the list, its filter and its marks begin anew.
    pub fn ask(&mut self, question: Question) {
        *self = Self { question: Some(question), ..Self::default() };
    }

    /// The example under the cursor, where nothing was asked yet.
    pub fn example(&self) -> Option<&Question> {
        self.examples.get(self.offers.cursor()?)
    }

    /// Brings the answer up to what is known and staged, and its list up to the answer; whether there is more to do.
    pub fn follow(&mut self, directory: &Directory, staging: &Staging) -> bool {
        let is_other =
            self.version != Some(directory.version()) || !staging.changes().eq(self.staged.iter());
        // While its rows are put in order another answer waits its turn, so that one is shown at all.
        if is_other && self.people.is_settled() {
            self.version = Some(directory.version());
            self.staged = staging.changes().cloned().collect();
            self.answer(directory);
        }
        if self.question.is_none() {
            return false;
        }
        self.people.follow(directory, self.shift.comes.clone())
    }

    fn answer(&mut self, directory: &Directory) {
        let Some(question) = &self.question else {
            self.examples = examples(directory);
            self.offers.show((0..self.examples.len()).collect());
            return;
        };
        let answer = Asked::new(directory, question).who_can();
        self.totals = Totals::of(&answer.people);
        self.unseen = answer.unseen;
        self.shift = Shift::of(directory, question, self.staged.iter());
        self.people.list_anew(rows::List::WhoCan(answer.people.into()));
    }
}
