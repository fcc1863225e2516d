//! The highest access that a member has, in one word.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::scope::is_account_wide;
use crate::domain::{
    Access, Directory, Member, PermissionGroup, PermissionGroupId, PermissionScope, Policy, Role,
    Slot,
};

/// The highest access that a member has, through groups too; in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Highest {
    /// Not everything that decides it has been read.
    NotKnown,
    /// Nothing.
    None,
    /// To be a member, and no more.
    Minimal,
    /// Some zones or resources.
    Some,
    /// To read something in the whole account.
    AccountRead,
    /// To change something in the whole account.
    AccountWrite,
    /// Administrator: everything but memberships.
    Administrator,
    /// Super Administrator.
    SuperAdministrator,
}

impl Highest {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotKnown => "not known",
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Some => "some zones or resources",
            Self::AccountRead => "account-wide read",
            Self::AccountWrite => "account-wide write",
            Self::Administrator => "Administrator",
            Self::SuperAdministrator => "Super Administrator",
        }
    }
}

impl fmt::Display for Highest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// The highest access of the member at a slot. For many rows make one [`Levels`] and ask it.
pub fn highest(directory: &Directory, member: Slot) -> Highest {
    Levels::new(directory).highest(member)
}

/// The highest access of many members: what policy sets have in common is looked at once.
#[derive(Debug)]
pub struct Levels<'d> {
    directory: &'d Directory,
    knows_all_groups: bool,
    /// By the address of a policy list: a large account shares a few among its members.
    of_list: HashMap<usize, Highest>,
    /// By the address of a permission group: a catalogue has a few hundred.
    of_permission: HashMap<usize, Highest>,
    /// By the group's slot.
    of_group: Vec<Option<Highest>>,
}

impl<'d> Levels<'d> {
    /// Over one account.
    pub fn new(directory: &'d Directory) -> Self {
        let knows_all_groups = directory.knows_all_groups();
        Self {
            directory,
            knows_all_groups,
            of_list: HashMap::new(),
            of_permission: HashMap::new(),
            of_group: Vec::new(),
        }
    }

    /// Whether every group's member list has been read, so that a member's groups are all known.
    pub fn knows_all_groups(&self) -> bool {
        self.knows_all_groups
    }

    /// The highest access of the member at a slot; not known while something that could raise it is unread.
    pub fn highest(&mut self, member: Slot) -> Highest {
        let Some(row) = self.directory.members().at(member) else { return Highest::NotKnown };
        let known = self.at_least(member);
        // Nothing that is unread could raise it.
        if known == Highest::SuperAdministrator {
            return known;
        }
        let groups_read =
            self.knows_all_groups && self.groups(member).all(|group| group.policies.is_some());
        if groups_read && is_own_access_known(row) { known } else { Highest::NotKnown }
    }

    /// The highest access that is certain from what has been read: the member has this or more.
    pub fn at_least(&mut self, member: Slot) -> Highest {
        let directory = self.directory;
        let Some(row) = directory.members().at(member) else { return Highest::None };
        let own = match &row.policies {
            Some(list) if !list.is_empty() => self.of_list(list),
            _ => row.roles.iter().map(|r| role_level(directory, r)).max().unwrap_or(Highest::None),
        };
        directory.groups_at(member).iter().map(|slot| self.of_group(*slot)).fold(own, Highest::max)
    }

    fn groups(&self, member: Slot) -> impl Iterator<Item = &'d crate::domain::Group> {
        let directory = self.directory;
        directory.groups_at(member).iter().filter_map(|slot| directory.groups().at(*slot))
    }

    fn of_group(&mut self, slot: Slot) -> Highest {
        if self.of_group.len() <= slot.index() {
            self.of_group.resize(slot.index() + 1, None);
        }
        if let Some(Some(known)) = self.of_group.get(slot.index()) {
            return *known;
        }
        let group = self.directory.groups().at(slot);
        let level = match group.and_then(|group| group.policies.as_ref()) {
            Some(list) => self.of_list(list),
            None => Highest::None,
        };
        if let Some(place) = self.of_group.get_mut(slot.index()) {
            *place = Some(level);
        }
        level
    }

    fn of_list(&mut self, list: &'d Arc<[Arc<Policy>]>) -> Highest {
        let address = list.as_ptr().addr();
        if let Some(known) = self.of_list.get(&address) {
            return *known;
        }
        let level = list
            .iter()
            // How deny and allow combine is not documented; that a deny gives nothing is sure.
            .filter(|policy| policy.access == Access::Allow)
            .map(|policy| self.of_policy(policy))
            .fold(Highest::None, Highest::max);
        self.of_list.insert(address, level);
        level
    }

    fn of_policy(&mut self, policy: &'d Policy) -> Highest {
        let groups = &policy.resource_groups;
        if groups.is_empty() {
            return Highest::None;
        }
        let account_wide = groups.iter().any(|group| is_account_wide(self.directory, group));
        policy
            .permission_groups
            .iter()
            .map(|group| reaching(self.of_permission(group), group, account_wide))
            .fold(Highest::None, Highest::max)
    }

    fn of_permission(&mut self, group: &'d Arc<PermissionGroup>) -> Highest {
        *self
            .of_permission
            .entry(Arc::as_ptr(group).addr())
            .or_insert_with(|| level(&group.id, &group.label, &group.name))
    }
}

/// Whether a permission group makes a Super Administrator of whoever holds it.
pub fn is_super_administrator(group: &PermissionGroup) -> bool {
    level(&group.id, &group.label, &group.name) == Highest::SuperAdministrator
}

/// Whether a member's own policies or roles have been read. A group's member list tells neither.
fn is_own_access_known(member: &Member) -> bool {
    member.policies.is_some() || !member.roles.is_empty()
}

fn role_level(directory: &Directory, role: &Role) -> Highest {
    match directory.permission_groups().get(&role.id) {
        Some(group) => reaching(level(&group.id, &group.label, &group.name), group, true),
        None => level(&role.id, "", &role.name),
    }
}

/// What is left of a permission group's level on what it is granted on: one for zones or resources reaches no
/// further on the whole account, nor one for the account on a zone.
fn reaching(level: Highest, group: &PermissionGroup, account_wide: bool) -> Highest {
    let in_account = matches!(group.scope, PermissionScope::Account | PermissionScope::Unknown);
    match level {
        Highest::AccountRead | Highest::AccountWrite if !(account_wide && in_account) => {
            Highest::Some
        }
        level => level,
    }
}

/// What a permission group's id, label or name says of itself; to write, if it says nothing. Names differ from
/// account to account and ids between environments, but for two.
fn level(id: &PermissionGroupId, label: &str, name: &str) -> Highest {
    let id = id.to_string();
    if id == PermissionGroupId::SUPER_ADMINISTRATOR
        || label == "all_privileges"
        || name.starts_with("Super Administrator")
    {
        return Highest::SuperAdministrator;
    }
    if id == PermissionGroupId::ADMINISTRATOR || label == "admin" || name == "Administrator" {
        return Highest::Administrator;
    }
    if name == "Minimal Account Access" || label == "minimal_account_access" {
        return Highest::Minimal;
    }
    if reads_only(label, name) { Highest::AccountRead } else { Highest::AccountWrite }
}

/// Whether a label or a name says that nothing can be changed with it.
fn reads_only(label: &str, name: &str) -> bool {
    let label = label.to_ascii_lowercase();
    if label.ends_with("_read") || label.contains("readonly") || label.contains("read_only") {
        return true;
    }
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> =
        name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.contains(&"readonly") || words.windows(2).any(|pair| pair == ["read", "only"]) {
        return true;
    }
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    has(&["read", "reader", "reporter", "reporting", "viewer"])
        && !has(&["admin", "edit", "editor", "write"])
}

#[cfg(test)]
mod tests;
