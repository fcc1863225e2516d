//! What a person has agreed to when a run is begun: whose doing it is, and which guards were overridden by typing
//! what they ask for. Console and command line give the same, and it goes to the journal.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::{By, MemberId};

use super::guards::{Guard, GuardName, Guards};

/// A guard that was overridden, or is to be: its name, and what was typed for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The guard.
    pub guard: GuardName,
    /// What was typed. It may be somebody's e-mail: see `who`.
    pub typed: String,
    /// The member whose e-mail was typed, once the guard has taken it: where e-mails must not be kept, this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<MemberId>,
}

impl Override {
    /// A text for a guard, not held against it yet.
    pub fn new(guard: GuardName, typed: impl Into<String>) -> Self {
        Self { guard, typed: typed.into(), who: None }
    }
}

/// Why a text is no override: in words for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoOverride(pub String);

impl fmt::Display for NoOverride {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoOverride {}

impl FromStr for Override {
    type Err = NoOverride;

    /// Reads `GUARD=TEXT`.
    fn from_str(text: &str) -> Result<Self, NoOverride> {
        let (name, typed) = text
            .split_once('=')
            .ok_or_else(|| NoOverride("an override is GUARD=TEXT".to_owned()))?;
        let guard = GuardName::named(name.trim()).ok_or_else(|| {
            let known = GuardName::ALL.map(GuardName::as_str).join(", ");
            NoOverride(format!("there is no guard {name:?}; the guards are {known}"))
        })?;
        Ok(Self::new(guard, typed.trim()))
    }
}

/// What a run is begun with.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Approval {
    /// Whose doing it is.
    pub by: By,
    /// The guards that stood and were overridden.
    pub overrides: Vec<Override>,
}

impl From<By> for Approval {
    /// The approval of a plan that no guard stands against.
    fn from(by: By) -> Self {
        Self { by, overrides: Vec::new() }
    }
}

impl Guards {
    /// The guards that stand and that none of these overrides answers, in order. A text answers if it is what the
    /// guard asks for, but for blanks around it.
    pub fn unanswered<'g>(&'g self, overrides: &[Override]) -> Vec<&'g Guard> {
        let answered = |guard: &&Guard| overrides.iter().any(|given| guard.is_answered(given));
        self.iter().filter(|guard| !answered(guard)).collect()
    }

    /// The approval of a plan that these guards stand against. Overrides of guards that don't stand are dropped: they
    /// were not needed.
    ///
    /// # Errors
    /// These guards still stand.
    pub fn approve(&self, by: By, overrides: &[Override]) -> Result<Approval, Vec<&Guard>> {
        let unanswered = self.unanswered(overrides);
        if !unanswered.is_empty() {
            return Err(unanswered);
        }
        let taken = self.iter().map(|guard| Override {
            guard: guard.name,
            typed: guard.asks.text.clone(),
            who: guard.asks.who.clone(),
        });
        Ok(Approval { by, overrides: taken.collect() })
    }
}

impl Guard {
    fn is_answered(&self, given: &Override) -> bool {
        given.guard == self.name && self.asks.takes(&given.typed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::guards::Asks;

    fn guards() -> Guards {
        let guard = |name, text: &str| Guard {
            name,
            words: String::new(),
            rows: Vec::new(),
            asks: Asks { text: text.to_owned(), who: None },
        };
        Guards::from_iter([
            guard(GuardName::ManyRemovals, "120 removals"),
            guard(GuardName::Protected, "prod-dns"),
        ])
    }

    fn names(guards: &[&Guard]) -> Vec<GuardName> {
        guards.iter().map(|guard| guard.name).collect()
    }

    #[test]
    fn each_guard_takes_its_own_text_and_no_other_guard_s() {
        let guards = guards();
        let removals: Override = "many-removals=120 removals".parse().unwrap();
        let wrong: Override = "protected=prod-waf".parse().unwrap();
        let others: Override = "last-member=prod-dns".parse().unwrap();
        assert_eq!(names(&guards.unanswered(&[])).len(), 2);
        let left = [removals.clone(), wrong, others];
        assert_eq!(names(&guards.unanswered(&left)), [GuardName::Protected]);
        assert!(guards.approve(By::default(), &left).is_err());
        let right: Override = "protected = prod-dns ".parse().unwrap();
        let approval = guards.approve(By::default(), &[right.clone(), removals.clone()]).unwrap();
        assert_eq!(approval.overrides, [removals, right]);
    }

    #[test]
    fn an_override_of_a_guard_that_does_not_stand_is_not_written_down() {
        let needless: Override = "own-access=ana@x.example".parse().unwrap();
        let none = Guards::default();
        assert_eq!(none.approve(By::default(), &[needless]).unwrap(), Approval::default());
    }

    #[test]
    fn a_name_that_no_guard_has_is_told_with_those_that_there_are() {
        let told = "removals=3".parse::<Override>().unwrap_err().to_string();
        assert!(told.contains("\"removals\"") && told.contains("many-removals"), "{told}");
        assert!("many-removals".parse::<Override>().is_err());
        for guard in GuardName::ALL {
            assert_eq!(GuardName::named(guard.as_str()), Some(guard));
            let json = serde_json::to_string(&guard).unwrap();
            assert_eq!(json, format!("\"{guard}\""), "the journal calls it the same");
        }
    }
}
