//! What must hold, whatever happens to the program.

use std::collections::{BTreeMap, BTreeSet};

use cfiam::emulator::WriteReceived;
use cfiam::store::Story;
use cfiam::store::journal::{Intent, Rest};
use serde_json::Value;

use super::home::Home;
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

/// I1. What is wrong with the newest journal when this write is received; nothing if what can be believed of it ends
/// in an intent that names the write, and that no outcome has closed.
pub fn at_receipt(home: &Home, write: &WriteReceived) -> Option<String> {
    let Some(path) = home.journals().pop() else {
        return Some(format!("{} {} without a journal", write.method, write.path));
    };
    let story = Story::read(&path).unwrap();
    if story.rest == Rest::Corrupt {
        return Some(format!("{} {} with a corrupt journal", write.method, write.path));
    }
    let body = String::from_utf8_lossy(&write.body).into_owned();
    let account = story.header().map(|header| header.account.to_string());
    let sent: BTreeSet<String> =
        ids(&write.path).chain(ids(&body)).filter(|id| Some(id) != account.as_ref()).collect();
    let fits = |intent: &&Intent| {
        let members = intent.ops.iter().filter_map(|op| op.member.as_ref());
        let group = intent.group.iter().map(ToString::to_string);
        let named: BTreeSet<String> = members.map(ToString::to_string).chain(group).collect();
        intent.verb == write.method && named == sent
    };
    let fit = story.open_intents().into_iter().filter(fits).count();
    (fit != 1).then(|| format!("{fit} open intents fit {} {}", write.method, write.path))
}

fn ids(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_ascii_hexdigit());
    words.filter(|word| word.len() == 32).map(str::to_owned)
}

/// The operations that a write carries, as group, member and verb.
fn carried(write: &WriteReceived) -> (String, Vec<String>) {
    let parts: Vec<&str> = write.path.split('/').collect();
    let place = parts.iter().position(|part| *part == "user_groups").expect("a group's path");
    let group = parts[place + 1].to_owned();
    let members = match parts.get(place + 3) {
        Some(member) => vec![(*member).to_owned()],
        None => ids(&String::from_utf8_lossy(&write.body)).collect(),
    };
    (group, members)
}

/// I1 and I2: each write was foreseen by the journal, and none was sent again before its group was read.
pub fn writes(world: &World) -> Vec<String> {
    let received = world.received.lock().unwrap();
    let mut wrong = received.unforeseen.clone();
    // Of one group only one write is on its way at a time: by path they have come in the log's order.
    let mut by_path: BTreeMap<&str, Vec<&WriteReceived>> = BTreeMap::new();
    for write in &received.writes {
        by_path.entry(&write.path).or_default().push(write);
    }
    for queue in by_path.values_mut() {
        queue.reverse();
    }
    let mut sent: BTreeMap<(String, String, String), bool> = BTreeMap::new();
    for request in world.server.requests() {
        if !request.writes() {
            for ((_, group, _), read) in &mut sent {
                *read |= request.path.contains(&**group);
            }
            continue;
        }
        let Some(write) = by_path.get_mut(&*request.path).and_then(Vec::pop) else { continue };
        let (group, members) = carried(write);
        for member in members {
            let key = (write.method.clone(), group.clone(), member);
            if sent.get(&key) == Some(&false) {
                wrong.push(format!("{} {} again without a look", key.0, write.path));
            }
            sent.insert(key, false);
        }
    }
    wrong
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
