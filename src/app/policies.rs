//! The policies of a member or a group as lines: each opens in place. Lines are known by what they show, so that
//! the cursor stays where it is when others open or close.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::access;
use crate::domain::{Directory, GroupId, MemberId, Policy, Slot};

use super::list::ListState;

/// Whose policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A member's: direct ones, those of its groups, and what they come to.
    Member(MemberId),
    /// A group's own.
    Group(GroupId),
}

/// A part of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The group's policies.
    Own,
    /// The member's direct policies, or its roles where it has no policies.
    Direct,
    /// Policies that the member has through groups.
    ThroughGroups,
    /// The union of both, without repeats.
    Effective,
}

/// Names a policy by who holds it and by its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyKey {
    /// The group that holds it; `None` for the member's own.
    pub group: Option<Slot>,
    /// Its place among the holder's policies.
    pub place: u16,
}

/// A line of the pane. Kept small and ordered: it is what the cursor holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicyLine {
    /// A part's title, with the number of its lines.
    Title(Part, u16),
    /// A part that has nothing in it.
    Nothing(Part),
    /// A policy.
    Policy(PolicyKey),
    /// One of an open policy's permission groups.
    PermissionGroup(PolicyKey, u16),
    /// One of an open policy's resource groups.
    ResourceGroup(PolicyKey, u16),
    /// One object of a scope of an open policy's resource group: the resource group's place, then the object's
    /// place among all of its scopes.
    Object(PolicyKey, u16, u16),
    /// A role of a member that has no policies.
    Role(u16),
    /// An effective grant, by its place among [`access::grants`].
    Grant(u16),
    /// One of an open grant's paths.
    Path(u16, u16),
}

/// The pane's state.
#[derive(Clone, Debug)]
pub struct PolicyPane {
    /// Whose policies.
    pub subject: Subject,
    /// The lines and the cursor.
    pub lines: ListState<PolicyLine>,
    /// Which policies and grants are open.
    pub open: BTreeSet<PolicyLine>,
}

impl PolicyPane {
    /// A pane with nothing open.
    pub fn new(subject: Subject) -> Self {
        Self { subject, lines: ListState::default(), open: BTreeSet::new() }
    }

    /// Makes the lines anew from what is known now.
    pub fn refill(&mut self, directory: &Directory) {
        let lines = match &self.subject {
            Subject::Member(member) => self.member_lines(directory, member),
            Subject::Group(group) => self.group_lines(directory, group),
        };
        let untouched = self.lines.cursor().is_none()
            || matches!(self.lines.cursor(), Some(PolicyLine::Title(..)));
        let first = lines.iter().find(|line| !matches!(line, PolicyLine::Title(..))).copied();
        self.lines.show(lines);
        if let (true, 0 | 1, Some(first)) = (untouched, self.lines.at(), first) {
            self.lines.go_to(&first);
        }
    }

    /// Opens what is under the cursor, or closes it; whether there was something to open.
    pub fn toggle(&mut self, directory: &Directory) -> bool {
        let line = match self.lines.cursor() {
            Some(line @ (PolicyLine::Policy(_) | PolicyLine::Grant(_))) => line,
            Some(
                PolicyLine::PermissionGroup(key, _)
                | PolicyLine::ResourceGroup(key, _)
                | PolicyLine::Object(key, ..),
            ) => PolicyLine::Policy(key),
            Some(PolicyLine::Path(grant, _)) => PolicyLine::Grant(grant),
            _ => return false,
        };
        if !self.open.remove(&line) {
            self.open.insert(line);
        }
        self.refill(directory);
        self.lines.go_to(&line);
        true
    }

    fn group_lines(&self, directory: &Directory, group: &GroupId) -> Vec<PolicyLine> {
        let mut lines = Vec::new();
        let Some(group) =
            directory.groups().slot(group).and_then(|s| directory.groups().at(s).map(|g| (s, g)))
        else {
            return lines;
        };
        let policies: Vec<_> = (0_u16..).zip(group.1.policies()).collect();
        lines.push(PolicyLine::Title(Part::Own, count(policies.len())));
        if policies.is_empty() {
            lines.push(PolicyLine::Nothing(Part::Own));
        }
        for (place, policy) in policies {
            self.policy_lines(PolicyKey { group: Some(group.0), place }, policy, &mut lines);
        }
        lines
    }

    fn member_lines(&self, directory: &Directory, member: &MemberId) -> Vec<PolicyLine> {
        let mut lines = Vec::new();
        let Some(row) = directory.members().get(member) else { return lines };
        let direct = row.direct_policies();
        let roles = if direct.is_empty() { row.roles.len() } else { 0 };
        lines.push(PolicyLine::Title(Part::Direct, count(direct.len() + roles)));
        for (place, policy) in (0..).zip(direct) {
            self.policy_lines(PolicyKey { group: None, place }, policy, &mut lines);
        }
        lines.extend((0..count(roles)).map(PolicyLine::Role));
        if direct.is_empty() && roles == 0 {
            lines.push(PolicyLine::Nothing(Part::Direct));
        }
        self.through_groups(directory, member, &mut lines);
        self.effective(directory, member, &mut lines);
        lines
    }

    fn through_groups(
        &self,
        directory: &Directory,
        member: &MemberId,
        lines: &mut Vec<PolicyLine>,
    ) {
        let title = lines.len();
        let mut number = 0;
        for slot in directory.groups_of(member) {
            let Some(group) = directory.groups().at(*slot) else { continue };
            for (place, policy) in (0..).zip(group.policies()) {
                number += 1;
                self.policy_lines(PolicyKey { group: Some(*slot), place }, policy, lines);
            }
        }
        if number == 0 {
            lines.push(PolicyLine::Nothing(Part::ThroughGroups));
        }
        lines.insert(title, PolicyLine::Title(Part::ThroughGroups, number));
    }

    fn effective(&self, directory: &Directory, member: &MemberId, lines: &mut Vec<PolicyLine>) {
        let grants = access::grants(directory, member);
        lines.push(PolicyLine::Title(Part::Effective, count(grants.len())));
        if grants.is_empty() {
            lines.push(PolicyLine::Nothing(Part::Effective));
        }
        for (place, grant) in (0..).zip(&grants) {
            lines.push(PolicyLine::Grant(place));
            if self.open.contains(&PolicyLine::Grant(place)) {
                lines.extend(
                    (0..count(grant.paths.len())).map(|path| PolicyLine::Path(place, path)),
                );
            }
        }
    }

    fn policy_lines(&self, key: PolicyKey, policy: &Arc<Policy>, lines: &mut Vec<PolicyLine>) {
        lines.push(PolicyLine::Policy(key));
        if !self.open.contains(&PolicyLine::Policy(key)) {
            return;
        }
        lines.extend(
            (0..count(policy.permission_groups.len()))
                .map(|at| PolicyLine::PermissionGroup(key, at)),
        );
        for (at, group) in (0..).zip(&policy.resource_groups) {
            lines.push(PolicyLine::ResourceGroup(key, at));
            let objects: usize = group.scopes.iter().map(|scope| scope.objects.len().max(1)).sum();
            lines.extend((0..count(objects)).map(|object| PolicyLine::Object(key, at, object)));
        }
    }
}

/// The policy that a key names, as it is known now.
pub fn policy_at<'d>(
    directory: &'d Directory,
    subject: &Subject,
    key: PolicyKey,
) -> Option<&'d Arc<Policy>> {
    let policies = match (key.group, subject) {
        (Some(group), _) => directory.groups().at(group)?.policies(),
        (None, Subject::Member(member)) => directory.members().get(member)?.direct_policies(),
        (None, Subject::Group(_)) => return None,
    };
    policies.get(usize::from(key.place))
}

fn count(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
