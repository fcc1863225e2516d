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
mod tests {
    use super::*;
    use crate::access::fixture::{
        Account, allows, dns_on, group, member, member_id, permission, policy, role, whole_account,
        zones,
    };
    use crate::domain::Page;

    /// The highest access of a member with these direct policies in an account without groups.
    fn of(policies: &[Arc<Policy>]) -> Highest {
        let account = Account::new().members(vec![member(10, "leo@x.io", policies)]).groups(vec![]);
        highest(&account.directory, account.slot(10))
    }

    #[test]
    fn each_word_is_said_of_what_it_means() {
        assert_eq!(
            of(&[allows("Super Administrator - All Privileges")]),
            Highest::SuperAdministrator
        );
        assert_eq!(of(&[allows("Administrator")]), Highest::Administrator);
        assert_eq!(of(&[allows("DNS")]), Highest::AccountWrite);
        assert_eq!(of(&[allows("Administrator Read Only")]), Highest::AccountRead);
        assert_eq!(of(&[dns_on(1)]), Highest::Some);
        assert_eq!(of(&[allows("Minimal Account Access")]), Highest::Minimal);
        assert_eq!(of(&[]), Highest::None);
        assert_eq!(of(&[allows("Minimal Account Access"), dns_on(1)]), Highest::Some);
    }

    #[test]
    fn what_only_reads_is_told_by_its_label_or_its_name() {
        for (name, label) in [
            ("Administrator Read Only", ""),
            ("Cloudflare Zero Trust Read Only", ""),
            ("Workers Platform (Read-only)", ""),
            ("Magic Network Monitoring Read-Only", ""),
            ("Vectorize Read only", ""),
            ("Cloudchamber Admin Read Only", ""),
            ("Turnstile Read", ""),
            ("Zone Versioning Read (Account-Wide)", ""),
            ("Network Services Read (Magic)", ""),
            ("Audit Logs Viewer", ""),
            ("Log Share Reader", ""),
            ("", "teams_read"),
            ("Whatever", "admin_readonly"),
        ] {
            assert!(reads_only(label, name), "{name} {label}");
        }
        for (name, label) in [
            ("DNS", "dns_admin"),
            ("Cloudflare R2 Admin", ""),
            ("Spreadsheets", ""),
            ("Thread Admin", "thread"),
            ("Read and Write", ""),
            ("Network Services Write (Magic)", ""),
            ("", ""),
        ] {
            assert!(!reads_only(label, name), "{name} {label}");
        }
    }

    #[test]
    fn the_two_that_rule_are_known_by_label_where_the_environment_has_other_ids() {
        let wide = whole_account();
        for (label, level) in
            [("all_privileges", Highest::SuperAdministrator), ("admin", Highest::Administrator)]
        {
            let permission = permission("Somebody", label, PermissionScope::Account);
            assert_eq!(of(&[policy(Access::Allow, &[&permission], &[&wide])]), level);
        }
    }

    #[test]
    fn a_permission_for_zones_reaches_no_further_on_the_whole_account() {
        let dns = permission("Domain DNS", "", PermissionScope::Zone);
        assert_eq!(of(&[policy(Access::Allow, &[&dns], &[&whole_account()])]), Highest::Some);
        let billing = permission("Billing", "", PermissionScope::Account);
        assert_eq!(
            of(&[policy(Access::Allow, &[&billing], &[&zones(None, "", &[1])])]),
            Highest::Some
        );
    }

    #[test]
    fn a_deny_is_no_access() {
        let dns = permission("DNS", "", PermissionScope::Account);
        let other = Access::Other("audit".into());
        for access in [Access::Deny, other] {
            assert_eq!(of(&[policy(access, &[&dns], &[&whole_account()])]), Highest::None);
        }
    }

    #[test]
    fn what_a_group_gives_counts() {
        let account = Account::new()
            .members(vec![member(10, "leo@x.io", &[dns_on(1)])])
            .groups(vec![group(50, "ops", &[allows("Administrator")])])
            .inside(50, &[10]);
        assert_eq!(highest(&account.directory, account.slot(10)), Highest::Administrator);
    }

    #[test]
    fn roles_count_where_there_are_no_policies_and_only_there() {
        let mut only_roles = member(10, "a@x.io", &[]);
        only_roles.policies = None;
        only_roles.roles = [role("Administrator")].into();
        let mut both = member(11, "b@x.io", &[dns_on(1)]);
        both.roles = [role("Administrator")].into();
        let account = Account::new().members(vec![only_roles, both]).groups(vec![]);
        assert_eq!(highest(&account.directory, account.slot(10)), Highest::Administrator);
        assert_eq!(highest(&account.directory, account.slot(11)), Highest::Some);
    }

    #[test]
    fn nothing_is_said_while_a_groups_members_are_not_read() {
        let account = Account::new()
            .members(vec![
                member(10, "a@x.io", &[dns_on(1)]),
                member(11, "b@x.io", &[allows("Super Administrator - All Privileges")]),
            ])
            .groups(vec![group(50, "ops", &[allows("Administrator")])]);
        let mut levels = Levels::new(&account.directory);
        assert_eq!(levels.highest(account.slot(10)), Highest::NotKnown);
        assert_eq!(levels.at_least(account.slot(10)), Highest::Some);
        assert_eq!(levels.highest(account.slot(11)), Highest::SuperAdministrator, "can't be more");
        let read = account.inside(50, &[]);
        assert_eq!(highest(&read.directory, read.slot(10)), Highest::Some);
    }

    #[test]
    fn nothing_is_said_of_someone_of_whom_only_a_group_speaks_or_whose_group_hides_its_policies() {
        let mut silent = group(50, "ops", &[]);
        silent.policies = None;
        let account = Account::new()
            .members(vec![member(10, "a@x.io", &[dns_on(1)])])
            .groups(vec![silent, group(51, "all", &[])])
            .inside(50, &[10])
            .inside(51, &[99]);
        assert_eq!(highest(&account.directory, account.slot(10)), Highest::NotKnown);
        assert_eq!(highest(&account.directory, account.slot(99)), Highest::NotKnown);
    }

    #[test]
    fn a_resource_group_that_came_with_its_id_alone_is_looked_up() {
        let known = whole_account();
        let bare = Arc::new(crate::domain::ResourceGroup {
            id: known.id.clone(),
            name: "".into(),
            scopes: vec![],
        });
        let billing = permission("Billing", "", PermissionScope::Account);
        let policies = [policy(Access::Allow, &[&billing], &[&bare])];
        let account = Account::new()
            .rows(Page::ResourceGroups(vec![(*known).clone()]))
            .members(vec![member(10, "a@x.io", &policies)])
            .groups(vec![]);
        assert_eq!(highest(&account.directory, account.slot(10)), Highest::AccountWrite);
    }

    #[test]
    fn a_member_who_is_gone_is_not_known() {
        let account = Account::new().members(vec![member(10, "a@x.io", &[])]);
        let slot = account.slot(10);
        let account = account.members(vec![]);
        assert_eq!(account.directory.members().get(&member_id(10)), None);
        assert_eq!(highest(&account.directory, slot), Highest::NotKnown);
    }
}
