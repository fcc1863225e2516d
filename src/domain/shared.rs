//! What many rows have in common, kept once.

use std::collections::HashSet;
use std::sync::Arc;

use super::{PermissionGroup, Policy, ResourceGroup, Role};

/// What many rows have in common is kept once: in a large account most members carry one of a few policy sets.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    permission_groups: HashSet<Arc<PermissionGroup>>,
    resource_groups: HashSet<Arc<ResourceGroup>>,
    policies: HashSet<Arc<Policy>>,
    lists: HashSet<Arc<[Arc<Policy>]>>,
    roles: HashSet<Arc<[Role]>>,
}

impl Shared {
    pub(super) fn policies(&mut self, list: &[Arc<Policy>]) -> Arc<[Arc<Policy>]> {
        if let Some(known) = self.lists.get(list) {
            return known.clone();
        }
        let list: Arc<[Arc<Policy>]> = list.iter().map(|policy| self.policy(policy)).collect();
        self.lists.insert(list.clone());
        list
    }

    fn policy(&mut self, policy: &Arc<Policy>) -> Arc<Policy> {
        if let Some(known) = self.policies.get(policy) {
            return known.clone();
        }
        let policy = Arc::new(Policy {
            access: policy.access.clone(),
            permission_groups: policy
                .permission_groups
                .iter()
                .map(|p| one(&mut self.permission_groups, p))
                .collect(),
            resource_groups: policy
                .resource_groups
                .iter()
                .map(|r| one(&mut self.resource_groups, r))
                .collect(),
        });
        self.policies.insert(policy.clone());
        policy
    }

    pub(super) fn roles(&mut self, roles: Arc<[Role]>) -> Arc<[Role]> {
        if let Some(known) = self.roles.get(&roles) {
            return known.clone();
        }
        self.roles.insert(roles.clone());
        roles
    }
}

fn one<T: Eq + std::hash::Hash>(known: &mut HashSet<Arc<T>>, value: &Arc<T>) -> Arc<T> {
    if let Some(value) = known.get(value) {
        return value.clone();
    }
    known.insert(value.clone());
    value.clone()
}
