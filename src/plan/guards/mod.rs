//! Guards: what a plan would make worse so that one does not want it by mistake. Each that stands has its rows, and is
//! overridden by typing what it asks for; there are no others than those of [`GuardName`]. Pure over the plan and the
//! account as it is known: what could not be seen is said, never taken for harmless.

mod listed;
mod paths;
mod people;
mod removals;
mod sight;
mod witness;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::{Directory, GroupId, MemberId, Protected};
use crate::text;

use super::build::Plan;
use sight::Sight;

pub(super) use witness::reads;
pub use witness::{Verdict, Witness};

/// The guards, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuardName {
    /// Fewer than two accepted Super Administrators with 2FA would be left, or still fewer.
    SuperAdministrators,
    /// My own access, or my right to go on, would go; or it isn't known who "me" is.
    OwnAccess,
    /// Many members would be removed from a group.
    ManyRemovals,
    /// A group would be left without members.
    LastMember,
    /// A role or permission group would be reached by nobody any more.
    LastPath,
    /// A member or group that the config protects.
    Protected,
    /// A group that has refused edits before.
    RefusedBefore,
}

impl GuardName {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::SuperAdministrators,
        Self::OwnAccess,
        Self::ManyRemovals,
        Self::LastMember,
        Self::LastPath,
        Self::Protected,
        Self::RefusedBefore,
    ];

    /// What it is called in `--override NAME=TEXT`, and in the journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SuperAdministrators => "super-administrators",
            Self::OwnAccess => "own-access",
            Self::ManyRemovals => "many-removals",
            Self::LastMember => "last-member",
            Self::LastPath => "last-path",
            Self::Protected => "protected",
            Self::RefusedBefore => "refused-before",
        }
    }

    /// The guard that is called so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|guard| guard.as_str() == name)
    }
}

impl fmt::Display for GuardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A guard that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Which.
    pub name: GuardName,
    /// What the plan would do, as a sentence without its full stop. Foreign text: make it safe before showing it.
    pub words: String,
    /// Who and what, a line each; also what could not be seen. Foreign text as well.
    pub rows: Vec<String>,
    /// What overrides it.
    pub asks: Asks,
}

/// What is to be typed to override a guard: it names what is at stake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asks {
    /// The text. Any keyboard has its letters.
    pub text: String,
    /// The member whose e-mail it is, if it is one.
    pub who: Option<MemberId>,
}

impl Asks {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), who: None }
    }

    /// What the deletion of groups asks for, whether a guard stands against it or not.
    pub fn deletion(names: &[Arc<str>]) -> Self {
        match names {
            [only] if text::can_be_typed(only) => Self::text(&**only),
            several => Self::text(format!("delete {}", text::plural(several.len(), "group"))),
        }
    }

    /// The name of the only one that is at stake, if any keyboard types it; else their number: `2 groups`.
    fn name_or_count(names: &[Arc<str>], noun: &str) -> Self {
        match names {
            [only] if text::can_be_typed(only) => Self::text(&**only),
            several => Self::text(text::plural(several.len(), noun)),
        }
    }

    /// Whether what was typed is it. Blanks around it come with pasting.
    pub fn takes(&self, typed: &str) -> bool {
        typed.trim() == self.text
    }
}

/// What guards go by beside the plan and the account.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Rules {
    /// What the config protects.
    pub protected: Protected,
    /// Groups that have refused edits in this session.
    pub refused: BTreeSet<GroupId>,
}

/// The guards that stand against a plan.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Guards {
    standing: Vec<Guard>,
    notes: Vec<String>,
}

impl Guards {
    /// The guards that stand against a plan on the account as it is known now.
    pub fn of(plan: &Plan, directory: &Directory, rules: &Rules) -> Self {
        let sight = Sight::new(plan, directory, rules);
        let emptied = removals::Emptied::of(&sight);
        let standing = [
            people::super_administrators(&sight),
            people::own_access(&sight),
            emptied.many_removals(),
            emptied.last_member(),
            paths::last_path(&sight),
            listed::protected(&sight),
            listed::refused_before(&sight),
        ];
        let standing = standing.into_iter().flatten().collect();
        let unprotected = rules.protected.not_there(directory).into_iter();
        let unprotected =
            unprotected.map(|name| format!("{name} is protected, but not in this account"));
        let notes = people::own_note(&sight).into_iter().chain(unprotected).collect();
        Self { standing, notes }
    }

    /// What is to be known of guards that don't stand: that there is no "me" to guard, and what
    /// the config protects in vain.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whether both ask for the same: the same guards stand, each with the same text.
    pub fn ask_the_same(&self, other: &Self) -> bool {
        let asked = |guards: &Self| -> Vec<_> {
            guards.iter().map(|guard| (guard.name, guard.asks.clone())).collect()
        };
        asked(self) == asked(other)
    }

    /// Those that stand, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Guard> {
        self.standing.iter()
    }

    /// How many stand.
    pub fn len(&self) -> usize {
        self.standing.len()
    }

    /// Whether none stands.
    pub fn is_empty(&self) -> bool {
        self.standing.is_empty()
    }
}

impl FromIterator<Guard> for Guards {
    fn from_iter<I: IntoIterator<Item = Guard>>(guards: I) -> Self {
        Self { standing: guards.into_iter().collect(), notes: Vec::new() }
    }
}

#[cfg(test)]
mod tests;
