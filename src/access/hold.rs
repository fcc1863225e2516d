//! Who holds a permission group before changes and after them, on whatever it is granted.

use std::sync::Arc;

use super::altered::{Altered, before};
use super::grant::direct_policies;
use super::highest::is_super_administrator;
use crate::domain::{Access, Directory, Group, Member, MemberId, PermissionGroup, Policy};

/// Whether something is held before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Holds {
    /// Before.
    pub before: bool,
    /// After.
    pub after: bool,
}

impl Altered {
    /// Whether a member holds a permission group that `wanted` picks. What isn't known is not held, and what is denied
    /// neither: how deny and allow combine is not documented.
    pub fn holds(
        &self,
        directory: &Directory,
        member: &MemberId,
        wanted: impl Fn(&PermissionGroup) -> bool,
    ) -> Holds {
        let (was, is) = self.groups(directory, member);
        let row = directory.members().get(member);
        let own = row.map(|row| direct_policies(directory, row)).unwrap_or_default();
        let before = was.iter().filter_map(|group| before(directory, group));
        let after = is.iter().filter_map(|group| self.after(directory, group));
        Holds {
            before: before.chain([&*own]).any(|list| grants_any(list, &wanted)),
            after: after
                .chain([self.own(member).unwrap_or(&own)])
                .any(|list| grants_any(list, &wanted)),
        }
    }

    /// Whether a member is a Super Administrator.
    pub fn super_administrator(&self, directory: &Directory, member: &MemberId) -> Holds {
        self.holds(directory, member, is_super_administrator)
    }
}

/// Whether an untouched member holds, directly or through a group, what `wanted` picks.
pub fn holds_now(
    directory: &Directory,
    member: &Member,
    wanted: impl Fn(&PermissionGroup) -> bool,
) -> bool {
    let groups = directory.groups_of(&member.id).iter();
    let mut groups = groups.filter_map(|slot| directory.groups().at(*slot)).map(Group::policies);
    grants_any(&direct_policies(directory, member), &wanted)
        || groups.any(|list| grants_any(list, &wanted))
}

/// Whether a member holds directly what `wanted` picks.
pub fn holds_directly(
    directory: &Directory,
    member: &Member,
    wanted: impl Fn(&PermissionGroup) -> bool,
) -> bool {
    grants_any(&direct_policies(directory, member), &wanted)
}

/// What a member is allowed directly.
pub fn allowed_directly(directory: &Directory, member: &Member) -> Vec<Arc<PermissionGroup>> {
    allowed(&direct_policies(directory, member)).cloned().collect()
}

/// What a group allows.
pub fn allowed_by(group: &Group) -> Vec<Arc<PermissionGroup>> {
    allowed(group.policies()).cloned().collect()
}

/// Whether a group grants what `wanted` picks.
pub fn group_grants(group: &Group, wanted: impl Fn(&PermissionGroup) -> bool) -> bool {
    grants_any(group.policies(), &wanted)
}

/// Whether a group may make Super Administrators: it does, or what it grants has not been read.
pub fn may_make_super_administrators(group: Option<&Group>) -> bool {
    let policies = group.and_then(|group| group.policies.as_ref());
    policies.is_none_or(|list| grants_any(list, &is_super_administrator))
}

fn grants_any(policies: &[Arc<Policy>], wanted: &impl Fn(&PermissionGroup) -> bool) -> bool {
    allowed(policies).any(|group| wanted(group))
}

fn allowed(policies: &[Arc<Policy>]) -> impl Iterator<Item = &Arc<PermissionGroup>> {
    let allows = policies
        .iter()
        .filter(|policy| policy.access == Access::Allow && !policy.resource_groups.is_empty());
    allows.flat_map(|policy| &policy.permission_groups)
}
