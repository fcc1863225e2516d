//! A change file's text, read whole: every mistake is told with its line.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::DeTable;

use super::{ChangeFile, GroupPart, MemberPart, PolicyPart};
use crate::config::{Given, Mistake, Reading, Value};
use crate::domain::Access;

const KNOWN: [&str; 3] = ["account", "groups", "members"];
const OF_GROUP: [&str; 7] = ["create", "delete", "rename", "policies", "members", "add", "remove"];
/// Why members aren't replaced by a file, which others may have written.
const REPLACE: &str = "a change file replaces no members in one call: members = […] adds and removes them one by one, \
                       and cfiam groups set-members GROUP -f FILE --replace replaces them";
const OF_MEMBER: [&str; 3] = ["invite", "remove", "policies"];
const OF_POLICY: [&str; 3] = ["access", "permission_groups", "scopes"];

impl ChangeFile {
    /// Reads a file's text, as far as it can be read; `name` is what mistakes call it. Of what is not TOML nothing but
    /// the mistakes is kept: what it names isn't certain.
    pub fn read(name: &str, text: &str) -> Self {
        let mut reading = Reading::of(name, text);
        let mut file = Self::default();
        let table = reading.parse();
        let is_toml = reading.mistakes.is_empty();
        for (key, value) in &table {
            let doubtful = &mut file.doubtful;
            match key.get_ref().as_ref() {
                "account" => file.account = reading.text("account", value),
                "groups" => {
                    file.groups = parts(&mut reading, doubtful, "groups", value, group_part);
                }
                "members" => {
                    file.members = parts(&mut reading, doubtful, "members", value, member_part);
                }
                _ => reading.not_known(key, "", &KNOWN),
            }
        }
        let kept = if is_toml { file } else { Self::default() };
        let mistakes = reading.end(()).err().unwrap_or_default();
        Self { mistakes, ..kept }
    }

    /// Reads a file's text that is to be without mistakes of its own.
    ///
    /// # Errors
    /// Everything that is wrong with it by itself.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Mistake>> {
        let file = Self::read(name, text);
        if file.mistakes.is_empty() { Ok(file) } else { Err(file.mistakes) }
    }
}

impl PolicyPart {
    /// Reads a list of policies from a file's text: `policies` as in a change file, and nothing else.
    ///
    /// # Errors
    /// Everything that is wrong with it by itself.
    pub fn parse_list(name: &str, text: &str) -> Result<Vec<Self>, Vec<Mistake>> {
        let mut reading = Reading::of(name, text);
        let mut list = None;
        let table = reading.parse();
        for (key, value) in &table {
            match key.get_ref().as_ref() {
                "policies" => list = policies(&mut reading, value),
                _ => reading.not_known(key, "", &["policies"]),
            }
        }
        if list.is_none() && reading.mistakes.is_empty() {
            let words = "there are no policies; `policies = []` says that there are to be none";
            reading.wrong(&(0..0), words);
        }
        reading.end(list.unwrap_or_default())
    }
}

/// One part for each table of a table, each by its name; where those begin that have mistakes is noted.
fn parts<P>(
    reading: &mut Reading<'_>,
    doubtful: &mut BTreeSet<String>,
    key: &str,
    value: &Value<'_>,
    part: fn(&mut Reading<'_>, Given<String>, &Range<usize>, &DeTable<'_>) -> P,
) -> Vec<P> {
    let Some(table) = reading.table(key, value) else { return Vec::new() };
    let mut parts = Vec::new();
    for (name, value) in table {
        let Some(table) = reading.table(name.get_ref(), value) else { continue };
        let place = name.span();
        let given = Given::new(name.get_ref().clone().into_owned(), reading.at(&place));
        let before = reading.mistakes.len();
        parts.push((place.start, part(reading, given, &place, table)));
        if reading.mistakes.len() > before {
            doubtful.insert(reading.at(&place));
        }
    }
    // The table is sorted by name; people read and write a file from its top.
    parts.sort_by_key(|(place, _)| *place);
    parts.into_iter().map(|(_, part)| part).collect()
}

fn group_part(
    reading: &mut Reading<'_>,
    group: Given<String>,
    place: &Range<usize>,
    table: &DeTable<'_>,
) -> GroupPart {
    let mut part = GroupPart::of(group);
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        match name {
            "create" => part.create = reading.flag(name, value).unwrap_or_default(),
            "delete" => part.delete = reading.flag(name, value).unwrap_or_default(),
            "rename" => part.rename = reading.text(name, value),
            "policies" => part.policies = policies(reading, value),
            "members" => part.members = reading.list(name, value),
            "replace" => reading.wrong(&key.span(), REPLACE),
            "add" => part.add = reading.list(name, value).unwrap_or_default(),
            "remove" => part.remove = reading.list(name, value).unwrap_or_default(),
            _ => reading.not_known(key, " in a group", &OF_GROUP),
        }
    }
    let says = |key: &str| table.iter().any(|(known, _)| known.get_ref() == key);
    if let Some(words) = contradiction(&part, &says) {
        reading.wrong(place, words);
    }
    part
}

/// What a group's table says and takes back at once.
fn contradiction(part: &GroupPart, says: &impl Fn(&str) -> bool) -> Option<&'static str> {
    let edits = ["create", "rename", "policies", "members", "add", "remove"];
    if part.delete && edits.iter().any(|key| says(key)) {
        return Some("a group that is deleted can't be changed besides");
    }
    if part.create && (says("rename") || says("remove")) {
        return Some("a group that is created has its name and has nobody to be removed");
    }
    if says("members") && (says("add") || says("remove")) {
        return Some(
            "members says who is to be in the group: add and remove have no place beside it",
        );
    }
    None
}

fn member_part(
    reading: &mut Reading<'_>,
    member: Given<String>,
    place: &Range<usize>,
    table: &DeTable<'_>,
) -> MemberPart {
    let mut part = MemberPart::of(member);
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        match name {
            "invite" => part.invite = reading.flag(name, value).unwrap_or_default(),
            "remove" => part.remove = reading.flag(name, value).unwrap_or_default(),
            "policies" => part.policies = policies(reading, value),
            _ => reading.not_known(key, " in a member", &OF_MEMBER),
        }
    }
    if part.remove && (part.invite || part.policies.is_some()) {
        reading.wrong(place, "a member who is removed can't be changed besides");
    }
    part
}

fn policies(reading: &mut Reading<'_>, value: &Value<'_>) -> Option<Vec<PolicyPart>> {
    let tables = reading.tables("policies", value)?;
    let mut parts = Vec::new();
    for (place, table) in tables {
        parts.push(policy(reading, &place, table));
    }
    Some(parts)
}

fn policy(reading: &mut Reading<'_>, place: &Range<usize>, table: &DeTable<'_>) -> PolicyPart {
    let mut part = PolicyPart {
        at: reading.at(place),
        access: Access::Allow,
        permission_groups: Vec::new(),
        scopes: Vec::new(),
    };
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        match name {
            "access" => {
                let word = reading.text(name, value);
                part.access = word.map_or(Access::Allow, |word| Access::from_wire(&word.value));
            }
            "permission_groups" => {
                part.permission_groups = reading.list(name, value).unwrap_or_default();
            }
            "scopes" => part.scopes = reading.list(name, value).unwrap_or_default(),
            _ => reading.not_known(key, " in a policy", &OF_POLICY),
        }
    }
    for key in ["permission_groups", "scopes"] {
        let found = table.iter().find(|(known, _)| known.get_ref() == key);
        let empty = found.is_none_or(|(_, value)| {
            value.get_ref().as_array().is_some_and(|list| list.is_empty())
        });
        if empty {
            reading.wrong(place, format!("a policy names its {key}: there is none"));
        }
    }
    part
}
