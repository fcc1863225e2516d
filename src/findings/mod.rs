//! What a careful administrator would want to know about an account: a table of [`RULES`] over the
//! [`Directory`], the changes that would mend what they find, and the rules file in which a team says what it has
//! decided to live with. Never asks the service, a file or a clock: what has not been read is said not to be
//! checked, and never guessed.

mod check;
mod mend;
mod need;
mod rules;
mod rules_file;
mod survey;
mod tell;
#[cfg(test)]
mod tests;

pub use check::{Checked, Checking, Inputs, NotChecked, check};
pub use mend::{Effect, Mend, Way};
pub use rules::{RULES, Rule, rule};
pub use rules_file::{Off, RulesFile, Waiver};

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::{Directory, GroupId, MemberId};
use crate::text;

/// How much a finding matters, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is wrong by itself.
    Notice,
    /// Untidy: harder to oversee than need be.
    Low,
    /// Somebody may have more than is meant, or what they have can't be told.
    Medium,
    /// The whole account is at stake.
    High,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 4] = [Self::High, Self::Medium, Self::Low, Self::Notice];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a finding speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A member of the account.
    Member(MemberId),
    /// A group.
    Group(GroupId),
}

impl Subject {
    /// The e-mail or the group's name; the id where there is none. Foreign text: make it safe before showing it.
    pub fn name<'d>(&self, directory: &'d Directory) -> Option<&'d str> {
        let name = match self {
            Self::Member(id) => directory.members().get(id).map(|row| &*row.email),
            Self::Group(id) => directory.groups().get(id).map(|row| &*row.name),
        };
        name.filter(|name| !name.is_empty())
    }

    /// The id.
    pub fn id(&self) -> String {
        match self {
            Self::Member(id) => id.to_string(),
            Self::Group(id) => id.to_string(),
        }
    }

    /// The e-mail or the group's name, safe to show.
    pub fn words(&self, directory: &Directory) -> String {
        let id = || match self {
            Self::Member(id) => format!("member {id}"),
            Self::Group(id) => format!("group {id}"),
        };
        self.name(directory).map_or_else(id, |name| text::safe_capped(name).into_owned())
    }
}

/// One row of a finding: whom or what it is about, and what is to be said of it in particular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whom or what.
    pub subject: Subject,
    /// What is to be said of it, safe to show; empty where the finding says it all. Shared by rows that are alike.
    pub note: Arc<str>,
}

/// Why a finding is not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    /// Why somebody has decided to live with it.
    pub reason: Arc<str>,
    /// Who has.
    pub owner: Arc<str>,
    /// The last day on which that holds.
    pub expires: Date,
}

/// Something that a careful administrator would want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// The same as long as the same is found, in this run and the next: made of the rule's id and ids.
    pub key: String,
    /// Whom or what it is about, by name. A waiver of a team's own names none.
    pub rows: Vec<Row>,
    /// What is found, as one sentence without its full stop, safe to show.
    pub words: String,
    /// What there is to say besides; empty where there is nothing.
    pub detail: String,
    /// How it can be mended, where the program knows a way; see [`Mend::of`].
    pub way: Option<Way>,
    /// Why it is not counted, where it isn't.
    pub waived: Option<Waived>,
}

impl Finding {
    /// How much it matters.
    pub fn severity(&self) -> Severity {
        self.rule.severity
    }

    /// The members that it is about.
    pub fn members(&self) -> impl Iterator<Item = &MemberId> {
        self.rows.iter().filter_map(|row| match &row.subject {
            Subject::Member(id) => Some(id),
            Subject::Group(_) => None,
        })
    }

    /// The groups that it is about.
    pub fn groups(&self) -> impl Iterator<Item = &GroupId> {
        self.rows.iter().filter_map(|row| match &row.subject {
            Subject::Group(id) => Some(id),
            Subject::Member(_) => None,
        })
    }
}
