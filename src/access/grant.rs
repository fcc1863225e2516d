//! What a member holds: each grant once, with every path by which they come by it.

use std::collections::HashMap;
use std::sync::Arc;

use super::scope::scopes_of;
use crate::domain::{
    Access, Directory, GroupId, Member, MemberId, MemberStatus, PermissionGroup, PermissionGroupId,
    PermissionScope, Policy, ResourceGroup, ResourceGroupId, Role, Scope,
};

/// How a member comes by a grant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Path {
    /// Through a policy or role of their own.
    Direct,
    /// Through a group's policy.
    Group(GroupId),
}

/// One permission group on one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The policy's effect.
    pub access: Access,
    /// What is granted.
    pub permission_group: Arc<PermissionGroup>,
    /// What it is granted on.
    pub resource_group: Arc<ResourceGroup>,
    /// Every path to it: directly first, then groups by name.
    pub paths: Vec<Path>,
}

/// Whether a member's grants give no access yet, because the invitation has not been accepted.
pub fn no_access_yet(member: &Member) -> bool {
    member.status == MemberStatus::Pending
}

/// Everything a member holds, each grant once, ordered by the names of permission group and resource group.
/// Where a member comes with policies, the roles are the same thing told twice and are not counted again;
/// roles alone hold for the whole account.
pub fn grants(directory: &Directory, member: &MemberId) -> Vec<Grant> {
    let Some(row) = directory.members().get(member) else { return Vec::new() };
    let mut union = Union { directory, places: HashMap::new(), grants: Vec::new() };
    match &row.policies {
        Some(policies) if !policies.is_empty() => union.add_all(policies, &Path::Direct),
        _ => union.add_roles(&row.roles),
    }
    let mut groups: Vec<_> = directory
        .groups_of(member)
        .iter()
        .filter_map(|slot| directory.groups().at(*slot))
        .collect();
    groups.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    for group in groups {
        union.add_all(group.policies(), &Path::Group(group.id.clone()));
    }
    union.grants.sort_by(|a, b| order(a).cmp(&order(b)));
    union.grants
}

fn order(grant: &Grant) -> (&Access, &str, &str, &PermissionGroupId) {
    let permission = &grant.permission_group;
    (&grant.access, &permission.name, &grant.resource_group.name, &permission.id)
}

/// What a grant is told apart by: what it reaches rather than which resource group says so, because the
/// service makes a new resource group for each scope that is written inline.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    access: Access,
    permission_group: PermissionGroupId,
    reach: Reach,
}

#[derive(PartialEq, Eq, Hash)]
enum Reach {
    Scopes(Vec<Scope>),
    Id(Option<ResourceGroupId>),
}

struct Union<'d> {
    directory: &'d Directory,
    places: HashMap<Key, usize>,
    grants: Vec<Grant>,
}

impl Union<'_> {
    fn add_all(&mut self, policies: &[Arc<Policy>], path: &Path) {
        for policy in policies {
            for permission_group in &policy.permission_groups {
                for resource_group in &policy.resource_groups {
                    self.add(&policy.access, permission_group, resource_group, path);
                }
            }
        }
    }

    fn add_roles(&mut self, roles: &[Role]) {
        if roles.is_empty() {
            return;
        }
        let account = whole_account(self.directory);
        for role in roles {
            let permission_group = role_as_permission_group(self.directory, role);
            self.add(&Access::Allow, &permission_group, &account, &Path::Direct);
        }
    }

    fn add(
        &mut self,
        access: &Access,
        permission_group: &Arc<PermissionGroup>,
        resource_group: &Arc<ResourceGroup>,
        path: &Path,
    ) {
        let scopes = scopes_of(self.directory, resource_group);
        let reach = if scopes.is_empty() {
            Reach::Id(resource_group.id.clone())
        } else {
            Reach::Scopes(scopes.to_vec())
        };
        let key =
            Key { access: access.clone(), permission_group: permission_group.id.clone(), reach };
        let next = self.grants.len();
        let place = *self.places.entry(key).or_insert(next);
        match self.grants.get_mut(place) {
            Some(grant) if grant.paths.contains(path) => {}
            Some(grant) => grant.paths.push(path.clone()),
            None => self.grants.push(Grant {
                access: access.clone(),
                permission_group: permission_group.clone(),
                resource_group: resource_group.clone(),
                paths: vec![path.clone()],
            }),
        }
    }
}

/// The resource group of the whole account: the catalogue's, or one of the same content.
fn whole_account(directory: &Directory) -> Arc<ResourceGroup> {
    let key: Arc<str> = format!("com.cloudflare.api.account.{}", directory.account.id).into();
    if let Some(known) = directory.resource_groups().values().find(|group| group.name == key) {
        return known.clone();
    }
    let scope = Scope { key: key.clone(), objects: vec!["*".into()] };
    Arc::new(ResourceGroup { id: None, name: key, scopes: vec![scope] })
}

/// The permission group that a role is: the catalogue's, or one of the same id and name.
fn role_as_permission_group(directory: &Directory, role: &Role) -> Arc<PermissionGroup> {
    if let Some(known) = directory.permission_groups().get(&role.id) {
        return known.clone();
    }
    Arc::new(PermissionGroup {
        id: role.id.clone(),
        name: role.name.clone(),
        label: "".into(),
        description: "".into(),
        scope: PermissionScope::Account,
    })
}
