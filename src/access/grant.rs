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

/// What a member holds directly, as policies: the roles of one who has no policies each as one for the account.
pub(super) fn direct_policies(directory: &Directory, member: &Member) -> Arc<[Arc<Policy>]> {
    if let Some(policies) = member.policies.as_ref().filter(|policies| !policies.is_empty()) {
        return policies.clone();
    }
    let account = whole_account(directory);
    let policy = |role| {
        Arc::new(Policy {
            access: Access::Allow,
            permission_groups: vec![role_as_permission_group(directory, role)],
            resource_groups: vec![account.clone()],
        })
    };
    member.roles.iter().map(policy).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::{
        Account, allows, dns_on, group, group_id, member, member_id, permission, policy, role,
        whole_account, zones,
    };
    use crate::domain::Page;

    fn told(account: &Account, number: u128) -> Vec<(String, Vec<Path>)> {
        grants(&account.directory, &member_id(number))
            .into_iter()
            .map(|grant| (grant.permission_group.name.to_string(), grant.paths))
            .collect()
    }

    #[test]
    fn the_same_grant_by_two_ways_is_one_grant_with_two_paths() {
        // The service gives a scope that was written inline a resource group of its own.
        let dns = permission("Domain DNS", "domain_dns", PermissionScope::Zone);
        let through = policy(Access::Allow, &[&dns], &[&zones(Some(77), "", &[1])]);
        let account = Account::new()
            .members(vec![member(10, "leo@x.io", &[dns_on(1)])])
            .groups(vec![
                group(51, "web", std::slice::from_ref(&through)),
                group(50, "dns", &[through.clone(), allows("Billing")]),
            ])
            .inside(50, &[10])
            .inside(51, &[10]);
        let paths = vec![Path::Direct, Path::Group(group_id(50)), Path::Group(group_id(51))];
        let billing = vec![Path::Group(group_id(50))];
        assert_eq!(
            told(&account, 10),
            [("Billing".to_owned(), billing), ("Domain DNS".to_owned(), paths)]
        );
    }

    #[test]
    fn two_policies_of_one_person_that_say_the_same_are_one_grant_by_one_path() {
        let billing = permission("Billing", "", PermissionScope::Account);
        let twice = policy(Access::Allow, &[&billing, &billing], &[&whole_account()]);
        let policies = [twice, allows("Billing")];
        let account = Account::new().members(vec![member(10, "leo@x.io", &policies)]);
        assert_eq!(told(&account, 10), [("Billing".to_owned(), vec![Path::Direct])]);
    }

    #[test]
    fn a_policy_grants_each_permission_on_each_scope_and_a_deny_is_kept_apart() {
        let (dns, waf) = (
            permission("Domain DNS", "", PermissionScope::Zone),
            permission("Domain WAF", "", PermissionScope::Zone),
        );
        let (one, two) = (zones(None, "", &[1]), zones(None, "", &[2]));
        let policies = [
            policy(Access::Allow, &[&dns, &waf], &[&one, &two]),
            policy(Access::Deny, &[&dns], &[&one]),
        ];
        let account = Account::new().members(vec![member(10, "leo@x.io", &policies)]);
        let grants = grants(&account.directory, &member_id(10));
        assert_eq!(grants.len(), 5);
        let denied: Vec<_> = grants.iter().filter(|g| g.access == Access::Deny).collect();
        assert_eq!(denied.len(), 1);
        assert_eq!(denied[0].resource_group, one);
    }

    #[test]
    fn roles_alone_hold_for_the_whole_account_and_beside_policies_they_are_not_counted_again() {
        let mut only_roles = member(10, "a@x.io", &[]);
        only_roles.roles = [role("Billing")].into();
        let mut both = member(11, "b@x.io", &[allows("DNS")]);
        both.roles = [role("DNS"), role("Billing")].into();
        let account = Account::new().members(vec![only_roles, both]);
        let [billing] = &grants(&account.directory, &member_id(10))[..] else { panic!() };
        assert_eq!(&*billing.permission_group.name, "Billing");
        assert!(crate::access::is_account_wide(&account.directory, &billing.resource_group));
        assert_eq!(told(&account, 11), [("DNS".to_owned(), vec![Path::Direct])]);
    }

    #[test]
    fn the_catalogue_names_what_a_role_is_and_where_it_holds() {
        let known = permission("Billing", "billing", PermissionScope::Account);
        let mut row = member(10, "a@x.io", &[]);
        row.roles = [role("Billing")].into();
        let account = Account::new()
            .rows(Page::PermissionGroups(vec![(*known).clone()]))
            .rows(Page::ResourceGroups(vec![(*whole_account()).clone()]))
            .members(vec![row]);
        let grants = grants(&account.directory, &member_id(10));
        assert_eq!(&*grants[0].permission_group.label, "billing");
        assert_eq!(grants[0].resource_group, whole_account());
    }

    #[test]
    fn someone_invited_holds_grants_and_has_no_access_yet() {
        let mut row = member(10, "a@x.io", &[allows("DNS")]);
        row.status = MemberStatus::Pending;
        assert!(no_access_yet(&row));
        let account = Account::new().members(vec![row, member(11, "b@x.io", &[])]);
        assert_eq!(told(&account, 10).len(), 1);
        assert!(!no_access_yet(account.directory.members().get(&member_id(11)).unwrap()));
    }

    #[test]
    fn a_member_who_is_not_known_holds_nothing() {
        assert_eq!(grants(&Account::new().directory, &member_id(10)), []);
    }
}
