//! Members and groups that a person has named as not to be changed without a second thought.

use super::{Collection, Directory, GroupId, MemberId};

/// What the config protects, as it was written there.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Protected {
    /// Members, by e-mail or id.
    pub members: Vec<String>,
    /// Groups, by name or id.
    pub groups: Vec<String>,
}

impl Protected {
    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty() && self.groups.is_empty()
    }

    /// Whether a member is, whose e-mail and id these are.
    pub fn has_member(&self, email: &str, id: &MemberId) -> bool {
        self.members.iter().any(|named| is_member(named, email, id))
    }

    /// Whether a group is, whose name and id these are.
    pub fn has_group(&self, name: &str, id: &GroupId) -> bool {
        self.groups.iter().any(|named| is_group(named, name, id))
    }

    /// What is named and is nowhere in the account, as far as its lists have been read to their end.
    pub fn not_there<'p>(&'p self, directory: &Directory) -> Vec<&'p str> {
        let read = |list| directory.coverage(&list).is_whole();
        let member = |named: &str| {
            directory.members().values().any(|row| is_member(named, &row.email, &row.id))
        };
        let group = |named: &str| {
            directory.groups().values().any(|row| is_group(named, &row.name, &row.id))
        };
        let members = self.members.iter().filter(|named| !member(named));
        let groups = self.groups.iter().filter(|named| !group(named));
        members
            .filter(|_| read(Collection::Members))
            .chain(groups.filter(|_| read(Collection::Groups)))
            .map(String::as_str)
            .collect()
    }
}

fn is_member(named: &str, email: &str, id: &MemberId) -> bool {
    named.to_lowercase() == email.to_lowercase() || *named == id.to_string()
}

fn is_group(named: &str, name: &str, id: &GroupId) -> bool {
    named == name || *named == id.to_string()
}
