//! Whether a row holds what a filter's field asks for: directly, or through a group.

use std::collections::HashMap;
use std::sync::Arc;

use nucleo_matcher::pattern::Atom;

use crate::access::{Place, is_account_wide, places};
use crate::domain::{Access, Directory, Policy, ResourceGroup, Role, Slot};

use super::filter::Field;
use super::list::{List, Of};
use super::scorer::Scorer;

/// One field of a filter against many rows: groups and policy sets that rows share are looked at once.
pub(super) struct Held<'d, 'f> {
    directory: &'d Directory,
    list: &'f List,
    field: Field,
    atom: &'f Atom,
    /// By the group's slot.
    groups: Vec<Option<bool>>,
    /// By the address of a policy list.
    lists: HashMap<usize, bool>,
}

impl<'d, 'f> Held<'d, 'f> {
    pub fn new(directory: &'d Directory, list: &'f List, field: Field, atom: &'f Atom) -> Self {
        let (groups, lists) = (Vec::new(), HashMap::new());
        Self { directory, list, field, atom, groups, lists }
    }

    /// Whether the row at a slot holds it.
    pub fn by(&mut self, slot: Slot, scorer: &mut Scorer) -> bool {
        match self.list.of() {
            Of::Groups => self.by_group(slot, scorer),
            Of::Organization => false,
            Of::Members => self.by_member(slot, scorer),
        }
    }

    fn by_member(&mut self, slot: Slot, scorer: &mut Scorer) -> bool {
        let directory = self.directory;
        let Some(member) = directory.members().at(slot) else { return false };
        let own = match &member.policies {
            _ if self.field == Field::Group => false,
            Some(list) if !list.is_empty() => self.by_list(list, scorer),
            _ => self.by_roles(&member.roles, scorer),
        };
        own || directory.groups_at(slot).iter().any(|group| self.by_group(*group, scorer))
    }

    fn by_group(&mut self, slot: Slot, scorer: &mut Scorer) -> bool {
        if let Some(Some(known)) = self.groups.get(slot.index()) {
            return *known;
        }
        let directory = self.directory;
        let holds = directory.groups().at(slot).is_some_and(|group| match self.field {
            Field::Group => self.says(&group.name, scorer),
            _ => self.by_policies(group.policies(), scorer),
        });
        if self.groups.len() <= slot.index() {
            self.groups.resize(slot.index() + 1, None);
        }
        if let Some(place) = self.groups.get_mut(slot.index()) {
            *place = Some(holds);
        }
        holds
    }

    fn by_list(&mut self, list: &'d Arc<[Arc<Policy>]>, scorer: &mut Scorer) -> bool {
        let address = list.as_ptr().addr();
        if let Some(known) = self.lists.get(&address) {
            return *known;
        }
        let holds = self.by_policies(list, scorer);
        self.lists.insert(address, holds);
        holds
    }

    fn by_roles(&mut self, roles: &[Role], scorer: &mut Scorer) -> bool {
        // Roles hold for the whole account and name no zone.
        self.field != Field::Zone && roles.iter().any(|role| self.says(&role.name, scorer))
    }

    fn by_policies(&mut self, policies: &[Arc<Policy>], scorer: &mut Scorer) -> bool {
        policies
            .iter()
            .filter(|policy| policy.access == Access::Allow)
            .any(|policy| self.by_policy(policy, scorer))
    }

    fn by_policy(&mut self, policy: &Policy, scorer: &mut Scorer) -> bool {
        let directory = self.directory;
        if self.field == Field::Zone {
            return policy.resource_groups.iter().any(|group| self.by_scope(group, scorer));
        }
        let reaches = self.field != Field::Role
            || policy.resource_groups.iter().any(|group| is_account_wide(directory, group));
        reaches
            && policy
                .permission_groups
                .iter()
                .any(|group| self.says(&group.name, scorer) || self.says(&group.label, scorer))
    }

    fn by_scope(&mut self, group: &ResourceGroup, scorer: &mut Scorer) -> bool {
        let directory = self.directory;
        places(directory, group).iter().any(|place| match place {
            Place::Account => false,
            Place::Zone(id) => match directory.zones().get(id) {
                Some(zone) => self.says(&zone.name, scorer),
                None => self.says(&id.to_string(), scorer),
            },
            Place::Other(key) => self.says(key, scorer),
        })
    }

    fn says(&self, text: &str, scorer: &mut Scorer) -> bool {
        scorer.score(self.atom, text).is_some()
    }
}
