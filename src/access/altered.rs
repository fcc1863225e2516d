//! The account as it would be after changes, laid over the account as it is, so that of 100,000 members nothing
//! is copied; and what a member gains, loses and keeps by them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::difference::{Difference, Holdings};
use super::grant::{Path, direct_policies};
use crate::domain::{
    Change, Collection, Directory, Group, GroupId, GroupRef, MemberId, PermissionGroup,
    PermissionGroupId, PermissionScope, Policy, PolicyContent, PolicyDraft, PolicyEdit,
    ResourceGroup, ResourceKey,
};

/// What is to be known for an answer and isn't.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// Whom a change of this group touches: its member list has not been read to its end.
    Members(GroupId),
    /// What this group grants: its policies have not been read.
    Policies(GroupId),
    /// Whether a member is in so many groups that could grant the same: their member lists have not been read.
    Lists(usize),
    /// Whether there are other groups: their list has not been read to its end.
    Groups,
    /// What the member holds directly.
    Own,
    /// What a resource group covers: neither the policy nor the catalogue says it.
    Scopes,
}

/// Why a change touches a member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The member joins the group.
    Joins(GroupId),
    /// The member leaves the group.
    Leaves(GroupId),
    /// The group that the member is in is deleted.
    Deleted(GroupId),
    /// The policies of the group that the member is in change.
    Policies(GroupId),
}

impl Cause {
    /// The group by which the change touches the member.
    pub fn group(&self) -> &GroupId {
        match self {
            Self::Joins(group)
            | Self::Leaves(group)
            | Self::Deleted(group)
            | Self::Policies(group) => group,
        }
    }
}

/// What becomes of a group.
#[derive(Clone, Debug)]
enum Fate {
    Policies(Arc<[Arc<Policy>]>),
    Gone,
}

/// What changes do to an account, to be asked about one member after the other. Every question takes the same
/// directory that this was made of.
#[derive(Clone, Debug)]
pub struct Altered {
    fates: BTreeMap<GroupId, Fate>,
    joins: BTreeMap<MemberId, BTreeSet<GroupId>>,
    leaves: BTreeMap<MemberId, BTreeSet<GroupId>>,
    /// What is missing whoever is asked about.
    missing: BTreeSet<Missing>,
    /// What each group grants whose member list has not been read to its end, as far as it is known.
    unread: Vec<Option<Arc<[Arc<Policy>]>>>,
    /// Whether there may be groups that are not known at all.
    groups_unread: bool,
}

impl Altered {
    /// The account after these changes.
    pub fn of<'c>(directory: &Directory, changes: impl Iterator<Item = &'c Change>) -> Self {
        let mut altered = Self {
            fates: BTreeMap::new(),
            joins: BTreeMap::new(),
            leaves: BTreeMap::new(),
            missing: BTreeSet::new(),
            unread: Vec::new(),
            groups_unread: false,
        };
        for change in changes {
            altered.learn(directory, change);
        }
        altered.look_for_gaps(directory);
        altered
    }

    fn learn(&mut self, directory: &Directory, change: &Change) {
        let group = group_id(&change.group());
        match change {
            Change::Create { policies, .. } => {
                let policies = policies.iter().map(|draft| Arc::new(policy_of(draft, directory)));
                self.fates.insert(group, Fate::Policies(policies.collect()));
            }
            Change::SetPolicies { to, .. } => {
                let had = directory.groups().get(&group).map(Group::policies).unwrap_or_default();
                let policies = to.iter().map(|edit| edited(edit, had, directory));
                self.fates.insert(group, Fate::Policies(policies.collect()));
            }
            Change::Delete { .. } => {
                self.fates.insert(group, Fate::Gone);
            }
            Change::Add { member, .. } => {
                self.joins.entry(member.clone()).or_default().insert(group);
            }
            Change::Remove { member, .. } => {
                self.leaves.entry(member.clone()).or_default().insert(group);
            }
            Change::Rename { .. } => {}
        }
    }

    /// Looks for what is missing: whom a whole group's change touches, what groups grant, and which groups' members
    /// are not known, since such a group could be another path to what changes.
    fn look_for_gaps(&mut self, directory: &Directory) {
        let mut involved: BTreeSet<&GroupId> = self.fates.keys().collect();
        involved.extend(self.joins.values().chain(self.leaves.values()).flatten());
        let mut changing = BTreeSet::new();
        let mut all_known = true;
        for group in involved {
            let is_new = group.as_draft().is_some();
            if self.fates.contains_key(group) && !is_new && !is_read(directory, group) {
                self.missing.insert(Missing::Members(group.clone()));
            }
            match (before(directory, group), self.after(directory, group)) {
                (None, _) if !is_new => {
                    self.missing.insert(Missing::Policies(group.clone()));
                    all_known = false;
                }
                (before, after) => {
                    let policies = before.iter().chain(&after).flat_map(|list| list.iter());
                    let what = policies.flat_map(|policy| &policy.permission_groups);
                    changing.extend(what.map(|what| what.id.clone()));
                }
            }
        }
        if all_known && changing.is_empty() {
            return;
        }
        self.unread = directory
            .groups()
            .values()
            .filter(|group| group.id.as_draft().is_none() && !is_read(directory, &group.id))
            .map(|group| group.policies.clone())
            .collect();
        self.groups_unread = !directory.coverage(&Collection::Groups).is_complete();
    }

    /// What is missing of the changes themselves, whoever is asked about.
    pub fn missing(&self) -> impl Iterator<Item = &Missing> {
        self.missing.iter()
    }

    /// Everybody whom the changes touch, as far as it is known.
    pub fn touched(&self, directory: &Directory) -> BTreeSet<MemberId> {
        let inside = self.fates.keys().flat_map(|group| directory.members_of(group));
        let inside = inside.filter_map(|slot| directory.members().at(*slot));
        let mut touched: BTreeSet<MemberId> = inside.map(|member| member.id.clone()).collect();
        touched.extend(self.joins.keys().chain(self.leaves.keys()).cloned());
        touched
    }

    /// Why the changes touch a member.
    pub fn causes(&self, directory: &Directory, member: &MemberId) -> Vec<Cause> {
        let (was, is) = self.groups(directory, member);
        let mut causes: Vec<Cause> = is.difference(&was).cloned().map(Cause::Joins).collect();
        for group in &was {
            causes.extend(match self.fates.get(group) {
                Some(Fate::Gone) => Some(Cause::Deleted(group.clone())),
                _ if !is.contains(group) => Some(Cause::Leaves(group.clone())),
                Some(Fate::Policies(_)) => Some(Cause::Policies(group.clone())),
                None => None,
            });
        }
        causes
    }

    /// The groups that a member is in before and after. Who is to be removed is taken to be in.
    pub fn groups(
        &self,
        directory: &Directory,
        member: &MemberId,
    ) -> (BTreeSet<GroupId>, BTreeSet<GroupId>) {
        let known = directory.groups_of(member).iter();
        let known = known.filter_map(|slot| directory.groups().at(*slot));
        let leaves = self.leaves.get(member);
        let mut was: BTreeSet<GroupId> = known.map(|group| group.id.clone()).collect();
        was.extend(leaves.into_iter().flatten().cloned());
        let mut is = was.clone();
        is.extend(self.joins.get(member).into_iter().flatten().cloned());
        is.retain(|group| {
            !matches!(self.fates.get(group), Some(Fate::Gone))
                && !leaves.is_some_and(|left| left.contains(group))
        });
        (was, is)
    }

    /// What a member gains, loses and keeps.
    pub fn difference(&self, directory: &Directory, member: &MemberId) -> Difference {
        let (was, is) = self.groups(directory, member);
        let own = directory.members().get(member).map(|row| direct_policies(directory, row));
        let mut holdings = Holdings::new(directory);
        for group in was.union(&is) {
            let path = Path::Group(group.clone());
            let before = before(directory, group).filter(|_| was.contains(group));
            let after = self.after(directory, group).filter(|_| is.contains(group));
            if was.contains(group) == is.contains(group) && !self.fates.contains_key(group) {
                holdings.stays(&path, before.unwrap_or_default());
            } else {
                holdings.changes(&path, before.unwrap_or_default(), after.unwrap_or_default());
            }
        }
        holdings.stays(&Path::Direct, own.as_deref().unwrap_or_default());
        holdings.difference()
    }

    /// What is missing for a sure answer about a member whose difference this is.
    pub fn doubts(
        &self,
        directory: &Directory,
        member: &MemberId,
        difference: &Difference,
    ) -> Vec<Missing> {
        let (was, is) = self.groups(directory, member);
        let mut doubts = BTreeSet::new();
        let changed: BTreeSet<&PermissionGroupId> = difference.changed().collect();
        let unread = self.unread.iter().filter(|grants| may_grant(grants.as_deref(), &changed));
        match unread.count() {
            0 => {}
            number => doubts.extend([Missing::Lists(number)]),
        }
        if self.groups_unread {
            doubts.insert(Missing::Groups);
        }
        let row = directory.members().get(member);
        if row.is_none_or(|row| row.policies.is_none() && row.roles.is_empty()) {
            doubts.insert(Missing::Own);
        }
        for group in was.union(&is) {
            let unread = was.contains(group) && before(directory, group).is_none();
            if unread || is.contains(group) && self.after(directory, group).is_none() {
                doubts.insert(Missing::Policies(group.clone()));
            }
        }
        doubts.into_iter().collect()
    }

    pub(super) fn after<'a>(
        &'a self,
        directory: &'a Directory,
        group: &GroupId,
    ) -> Option<&'a [Arc<Policy>]> {
        match self.fates.get(group) {
            Some(Fate::Policies(policies)) => Some(policies),
            Some(Fate::Gone) => Some(&[]),
            None => before(directory, group),
        }
    }
}

/// What a group grants as it is; `None` where that isn't known.
pub(super) fn before<'d>(directory: &'d Directory, group: &GroupId) -> Option<&'d [Arc<Policy>]> {
    directory.groups().get(group)?.policies.as_deref()
}

fn is_read(directory: &Directory, group: &GroupId) -> bool {
    directory.coverage(&Collection::GroupMembers(group.clone())).is_complete()
}

/// Whether policies, which may not be known, grant any of these.
fn may_grant(policies: Option<&[Arc<Policy>]>, what: &BTreeSet<&PermissionGroupId>) -> bool {
    let Some(policies) = policies else { return true };
    policies.iter().flat_map(|policy| &policy.permission_groups).any(|has| what.contains(&has.id))
}

fn group_id(group: &GroupRef) -> GroupId {
    match group {
        GroupRef::Existing(id) => id.clone(),
        GroupRef::Draft(draft) => GroupId::draft(*draft),
    }
}

/// One of the policies that a group is to have. One that is kept is the group's own.
fn edited(edit: &PolicyEdit, had: &[Arc<Policy>], directory: &Directory) -> Arc<Policy> {
    match edit {
        PolicyEdit::Write(draft) => Arc::new(policy_of(draft, directory)),
        PolicyEdit::Keep(content) => had
            .iter()
            .find(|policy| policy.content() == *content)
            .cloned()
            .unwrap_or_else(|| Arc::new(kept(content, directory))),
    }
}

/// A policy of which only the content is at hand.
fn kept(content: &PolicyContent, directory: &Directory) -> Policy {
    let resource_groups = content.resource_groups.iter().map(|key| match key {
        ResourceKey::Id(id) => resource_group(id, directory),
        ResourceKey::Scopes(scopes) => {
            Arc::new(ResourceGroup { id: None, name: "".into(), scopes: scopes.clone() })
        }
    });
    Policy {
        access: content.access.clone(),
        permission_groups: permission_groups(&content.permission_groups, directory),
        resource_groups: resource_groups.collect(),
    }
}

/// A written policy as it will look, by the account's catalogues.
pub fn policy_of(draft: &PolicyDraft, directory: &Directory) -> Policy {
    Policy {
        access: draft.access.clone(),
        permission_groups: permission_groups(&draft.permission_groups, directory),
        resource_groups: draft
            .resource_groups
            .iter()
            .map(|id| resource_group(id, directory))
            .collect(),
    }
}

fn permission_groups(
    ids: &[PermissionGroupId],
    directory: &Directory,
) -> Vec<Arc<PermissionGroup>> {
    let known = |id: &PermissionGroupId| directory.permission_groups().get(id).cloned();
    let named_by_id = |id: &PermissionGroupId| {
        Arc::new(PermissionGroup {
            id: id.clone(),
            name: "".into(),
            label: "".into(),
            description: "".into(),
            scope: PermissionScope::Unknown,
        })
    };
    ids.iter().map(|id| known(id).unwrap_or_else(|| named_by_id(id))).collect()
}

fn resource_group(
    id: &crate::domain::ResourceGroupId,
    directory: &Directory,
) -> Arc<ResourceGroup> {
    directory.resource_groups().get(id).cloned().unwrap_or_else(|| {
        Arc::new(ResourceGroup { id: Some(id.clone()), name: "".into(), scopes: Vec::new() })
    })
}

#[cfg(test)]
mod tests;
