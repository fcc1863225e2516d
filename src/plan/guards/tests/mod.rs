//! The guards as sentences: when each stands, and that none does where nothing gets worse.

mod lists;
mod people;
mod property;
mod removals;
mod witness;

use super::*;
use crate::domain::{Change, Directory};
use crate::plan::{Plan, Staging};

fn plan(directory: &Directory, changes: &[Change]) -> Plan {
    let mut staging = Staging::new(directory.account.id.clone());
    for change in changes {
        staging.stage(change.clone(), directory);
    }
    Plan::build(&staging, directory, crate::domain::Now::default())
}

fn guards(directory: &Directory, changes: &[Change]) -> Guards {
    Guards::of(&plan(directory, changes), directory, &Rules::default())
}

/// The rows of a guard and what it asks for; `None` where it doesn't stand.
fn told(guards: &Guards, name: GuardName) -> Option<(Vec<String>, String)> {
    let guard = guards.iter().find(|guard| guard.name == name)?;
    Some((guard.rows.clone(), guard.asks.text.clone()))
}

fn names(guards: &Guards) -> Vec<GuardName> {
    guards.iter().map(|guard| guard.name).collect()
}
