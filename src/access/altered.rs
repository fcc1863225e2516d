//! The account as it would be after changes, laid over the account as it is, so that of 100,000 members nothing
//! is copied; and what a member gains, loses and keeps by them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::difference::{Difference, Holdings};
use super::grant::{Path, direct_policies};
use crate::domain::{
    Change, Collection, Directory, Group, GroupId, GroupRef, Member, MemberId, PermissionGroup,
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
    /// What the member holds directly changes.
    Own,
    /// The member is removed from the account.
    Removed,
    /// The person is invited to the account.
    Invited,
}

impl Cause {
    /// The group by which the change touches the member, if it is by one.
    pub fn group(&self) -> Option<&GroupId> {
        match self {
            Self::Joins(group)
            | Self::Leaves(group)
            | Self::Deleted(group)
            | Self::Policies(group) => Some(group),
            Self::Own | Self::Removed | Self::Invited => None,
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
    /// What members are to hold directly.
    own: BTreeMap<MemberId, Arc<[Arc<Policy>]>>,
    /// Who is removed from the account.
    removed: BTreeSet<MemberId>,
    /// Who is invited, by what stands for them while they have no id, and their e-mails.
    invited: BTreeMap<MemberId, Arc<str>>,
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
            own: BTreeMap::new(),
            removed: BTreeSet::new(),
            invited: BTreeMap::new(),
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
        match change {
            Change::Create { group, policies, .. } => {
                let policies = policies.iter().map(|draft| Arc::new(policy_of(draft, directory)));
                self.fates.insert(GroupId::draft(*group), Fate::Policies(policies.collect()));
            }
            Change::SetPolicies { group, to, .. } => {
                let had = directory.groups().get(group).map(Group::policies).unwrap_or_default();
                let policies = to.iter().map(|edit| edited(edit, had, directory));
                self.fates.insert(group.clone(), Fate::Policies(policies.collect()));
            }
            Change::SetDirectPolicies { member, to, .. } => {
                let row = directory.members().get(member);
                let had = row.map(Member::direct_policies).unwrap_or_default();
                let policies = to.iter().map(|edit| edited(edit, had, directory));
                self.own.insert(member.clone(), policies.collect());
            }
            Change::Delete { group, .. } => {
                self.fates.insert(group.clone(), Fate::Gone);
            }
            Change::Add { group, member } => self.joins(member, group_id(group)),
            Change::Remove { group, member } => self.leaves(member, group.clone()),
            Change::ReplaceMembers { group, from, to } => {
                let (from, to): (BTreeSet<_>, BTreeSet<_>) =
                    (from.iter().collect(), to.iter().collect());
                to.difference(&from).for_each(|member| self.joins(member, group.clone()));
                from.difference(&to).for_each(|member| self.leaves(member, group.clone()));
            }
            Change::RemoveMember { member, .. } => {
                self.own.insert(member.clone(), Arc::from([]));
                self.removed.insert(member.clone());
            }
            Change::Invite { email, policies } => {
                let place = u32::try_from(self.invited.len()).unwrap_or(u32::MAX);
                let person = MemberId::invited(place);
                let policies = policies.iter().map(|draft| Arc::new(policy_of(draft, directory)));
                self.own.insert(person.clone(), policies.collect());
                self.invited.insert(person, email.clone());
            }
            // A name grants nothing.
            Change::Rename { .. } => {}
        }
    }

    fn joins(&mut self, member: &MemberId, group: GroupId) {
        self.joins.entry(member.clone()).or_default().insert(group);
    }

    fn leaves(&mut self, member: &MemberId, group: GroupId) {
        self.leaves.entry(member.clone()).or_default().insert(group);
    }

    /// Looks for what is missing: whom a whole group's change touches, what groups grant, and which groups' members
    /// are not known, since such a group could be another path to what changes.
    fn look_for_gaps(&mut self, directory: &Directory) {
        let mut involved: BTreeSet<&GroupId> = self.fates.keys().collect();
        involved.extend(self.joins.values().chain(self.leaves.values()).flatten());
        let mut changing = BTreeSet::new();
        let mut all_known = self.removed.is_empty();
        for (member, after) in &self.own {
            // Who is only invited is in no group that could give the same.
            if self.invited.contains_key(member) {
                continue;
            }
            let row = directory.members().get(member);
            let before = row.map(|row| direct_policies(directory, row));
            let policies = before.iter().flat_map(|list| list.iter()).chain(after.iter());
            let what = policies.flat_map(|policy| &policy.permission_groups);
            changing.extend(what.map(|what| what.id.clone()));
        }
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
        touched.extend(self.joins.keys().chain(self.leaves.keys()).chain(self.own.keys()).cloned());
        touched
    }

    /// What a member is to hold directly; `None` where that stays as it is.
    pub(super) fn own(&self, member: &MemberId) -> Option<&[Arc<Policy>]> {
        self.own.get(member).map(|policies| &**policies)
    }

    /// The e-mail of a person who is only to be invited; `None` of a member.
    pub fn invited(&self, member: &MemberId) -> Option<&Arc<str>> {
        self.invited.get(member)
    }

    /// Whether what a member holds directly changes.
    pub fn changes_own(&self, member: &MemberId) -> bool {
        self.own.contains_key(member)
    }

    /// Why the changes touch a member.
    pub fn causes(&self, directory: &Directory, member: &MemberId) -> Vec<Cause> {
        if self.removed.contains(member) {
            return vec![Cause::Removed];
        }
        if self.invited.contains_key(member) {
            return vec![Cause::Invited];
        }
        let (was, is) = self.groups(directory, member);
        let mut causes: Vec<Cause> = is.difference(&was).cloned().map(Cause::Joins).collect();
        causes.extend(self.changes_own(member).then_some(Cause::Own));
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
        if self.removed.contains(member) {
            is.clear();
        }
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
        let own = own.as_deref().unwrap_or_default();
        match self.own.get(member) {
            Some(after) => holdings.changes(&Path::Direct, own, after),
            None => holdings.stays(&Path::Direct, own),
        }
        holdings.difference()
    }

    /// What is missing for a sure answer about a member whose difference this is.
    pub fn doubts(
        &self,
        directory: &Directory,
        member: &MemberId,
        difference: &Difference,
    ) -> Vec<Missing> {
        if self.invited.contains_key(member) {
            return Vec::new();
        }
        let (was, is) = self.groups(directory, member);
        let mut doubts = BTreeSet::new();
        let changed: BTreeSet<&PermissionGroupId> = difference.changed().collect();
        // Who is removed loses whatever it is that such a group gives.
        let loses_all = self.removed.contains(member);
        let unread =
            self.unread.iter().filter(|grants| loses_all || may_grant(grants.as_deref(), &changed));
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

/// One of the policies that a group or a member is to have. One that is kept is the holder's own.
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
    kept(&draft.content(), directory)
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
