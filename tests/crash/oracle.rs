//! What must hold, whatever happens to the program.

use std::collections::BTreeMap;

use serde_json::Value;

use super::world::{Memberships, World};

/// One membership that is wanted, or not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Op {
    pub group: String,
    pub member: String,
    pub present: bool,
}

impl Op {
    fn holds(&self, now: &Memberships) -> bool {
        now[&self.group].contains(&self.member) == self.present
    }
}

/// What was found against the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Memberships that are not as planned at the end, or that nobody planned.
    pub lost: Vec<String>,
    /// What was said or written down and is not so.
    pub misreported: Vec<String>,
    /// Writes that were sent without a word of them on the disk, or again without a look, or unasked.
    pub unsafe_writes: Vec<String>,
}

impl Found {
    pub fn and(mut self, other: Self) -> Self {
        self.lost.extend(other.lost);
        self.misreported.extend(other.misreported);
        self.unsafe_writes.extend(other.unsafe_writes);
        self
    }
}

/// I3: whether what the program says of its newest run is so now.
pub fn said(world: &World, told: &Value) -> Vec<String> {
    let emails: BTreeMap<String, String> =
        world.server.people().into_iter().map(|(id, email)| (email, id)).collect();
    let groups: BTreeMap<String, String> =
        world.server.groups().into_iter().map(|(id, name)| (name, id)).collect();
    let now = world.memberships();
    let mut wrong = Vec::new();
    for change in steps(told) {
        let (words, state) = (change["words"].as_str().unwrap(), change["state"].as_str().unwrap());
        let op = op_of(words, &emails, &groups);
        let holds = op.holds(&now);
        let so = match state {
            "done" | "already so" => holds,
            // Nothing is claimed of what is not known yet.
            "unknown" | "running" | "accepted, not seen yet" => true,
            "waiting" | "skipped" | "refused" | "not in effect" => !holds,
            other => panic!("what is said of {words} is not understood: {other}"),
        };
        if !so {
            wrong.push(format!("{words}: said to be {state}"));
        }
    }
    wrong
}

/// The changes of a run as it is told.
pub fn steps(told: &Value) -> impl Iterator<Item = &Value> {
    let steps = told["steps"].as_array().expect("steps").iter();
    steps.flat_map(|step| step["changes"].as_array().unwrap())
}

/// `Add ana@… to edge-ops`, `Remove leo@… from edge-ops`.
fn op_of(words: &str, emails: &BTreeMap<String, String>, groups: &BTreeMap<String, String>) -> Op {
    let parts: Vec<&str> = words.split(' ').collect();
    let [verb, who, _, group] = parts.as_slice() else { panic!("{words}") };
    let (member, group) = (emails[*who].clone(), groups[*group].clone());
    Op { group, member, present: *verb == "Add" }
}

/// I4: who is where, against who is to be.
pub fn differences(now: &Memberships, wanted: &Memberships) -> Vec<String> {
    let mut lost = Vec::new();
    for (group, inside) in wanted {
        let missing =
            inside.difference(&now[group]).map(|member| format!("{member} is not in {group}"));
        let extra = now[group].difference(inside).map(|member| format!("{member} is in {group}"));
        lost.extend(missing.chain(extra));
    }
    lost
}
