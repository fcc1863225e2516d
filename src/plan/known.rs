//! What people call things, looked up in the account: groups by exact name, members by e-mail, either by id where a
//! name says too little.

use std::collections::HashMap;

use crate::config::Given;
use crate::config::Mistake;
use crate::domain::{Collection, Directory, Group, GroupId, MemberId};
use crate::text;

/// How many of several are named before the others are counted.
const NAMED: usize = 4;

/// The account's groups and members by what people call them.
pub struct Known<'d> {
    directory: &'d Directory,
    groups: HashMap<&'d str, Vec<&'d Group>>,
    members: HashMap<String, Vec<&'d MemberId>>,
}

impl<'d> Known<'d> {
    /// Of what has been read. Groups that are staged to be created are not in it.
    pub fn of(directory: &'d Directory) -> Self {
        let mut groups: HashMap<&str, Vec<&Group>> = HashMap::new();
        for group in directory.groups().values().filter(|group| group.id.as_draft().is_none()) {
            groups.entry(&group.name).or_default().push(group);
        }
        let mut members: HashMap<String, Vec<&MemberId>> = HashMap::new();
        for member in directory.members().values().filter(|member| !member.email.is_empty()) {
            members.entry(member.email.to_lowercase()).or_default().push(&member.id);
        }
        Self { directory, groups, members }
    }

    /// The group with exactly this name; where there is none, the one with this id.
    ///
    /// # Errors
    /// None or several are called so.
    pub fn group(&self, name: &Given<String>) -> Result<&'d Group, Mistake> {
        match self.groups_called(&name.value) {
            [only] => Ok(only),
            [] => GroupId::parse(&name.value)
                .and_then(|id| self.directory.groups().get(&id))
                .ok_or_else(|| self.no_group(name)),
            several => {
                let ids = several.iter().map(|group| group.id.to_string());
                Err(ambiguous(name, "groups are called", ids))
            }
        }
    }

    /// All groups with exactly this name.
    pub fn groups_called(&self, name: &str) -> &[&'d Group] {
        self.groups.get(name).map_or(&[], Vec::as_slice)
    }

    /// The member with this e-mail, in whatever case it is written; where there is none, the one with this id.
    ///
    /// # Errors
    /// None or several have it.
    pub fn member(&self, email: &Given<String>) -> Result<&'d MemberId, Mistake> {
        match self.members_called(&email.value) {
            [only] => Ok(only),
            [] => {
                let by_id = MemberId::parse(&email.value)
                    .and_then(|id| self.directory.members().get(&id))
                    .map(|member| &member.id);
                by_id.ok_or_else(|| self.no_member(email))
            }
            several => {
                let ids = several.iter().map(ToString::to_string);
                Err(ambiguous(email, "members have the e-mail", ids))
            }
        }
    }

    /// All members with this e-mail.
    pub fn members_called(&self, email: &str) -> &[&'d MemberId] {
        self.members.get(&email.to_lowercase()).map_or(&[], Vec::as_slice)
    }

    fn no_group(&self, name: &Given<String>) -> Mistake {
        let shown = text::safe_capped(&name.value);
        let lower = name.value.to_lowercase();
        let near = self.groups.keys().find(|known| known.to_lowercase() == lower);
        let hint = near.map(|near| format!("; there is {:?}", text::safe_capped(near)));
        let not_all = self.unless_whole(&Collection::Groups);
        let words = format!("no group is called {shown:?}{}{not_all}", hint.unwrap_or_default());
        Mistake::new(&*name.at, words)
    }

    fn no_member(&self, email: &Given<String>) -> Mistake {
        let shown = text::safe_capped(&email.value);
        let not_all = self.unless_whole(&Collection::Members);
        Mistake::new(&*email.at, format!("no member has the e-mail {shown}{not_all}"))
    }

    /// An absence proves nothing where not everything has come.
    fn unless_whole(&self, list: &Collection) -> &'static str {
        if self.directory.coverage(list).is_complete() {
            ""
        } else {
            ", among those that could be read"
        }
    }
}

fn ambiguous(
    name: &Given<String>,
    what: &str,
    ids: impl ExactSizeIterator<Item = String>,
) -> Mistake {
    let number = ids.len();
    let named: Vec<String> = ids.take(NAMED).collect();
    let more = match number.saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = text::safe_capped(&name.value);
    let ids = named.join(", ");
    let words = format!("{number} {what} {shown:?}: name the one by its id: {ids}{more}");
    Mistake::new(&*name.at, words)
}
