//! What differs between an account at two moments: people, groups, who is in which, policies, and what it comes to in
//! people's access. Rows are the same by their ids, and no order counts. What one side doesn't know whole proves no
//! absence, and nothing is told gone or new by it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compare::{Holding, compare};
use super::difference::{Held, Reach, reaches};
use super::grant::{Grant, Path, grants, no_access_yet};
use crate::domain::{
    Collection, Directory, Group, GroupId, Member, MemberId, Policy, PolicyContent, Role, Table,
};

/// What became of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// It is there now and was not.
    Came,
    /// It was there and is no longer.
    Went,
    /// It is another.
    Altered,
}

/// One thing about a member or a group that is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The name.
    Name,
    /// The e-mail.
    Email,
    /// Where the invitation stands.
    Status,
    /// Two-factor authentication.
    TwoFactor,
    /// The roles.
    Roles,
    /// Policies: those that came, and those that went.
    Policies(Vec<Arc<Policy>>, Vec<Arc<Policy>>),
}

/// A row that came, went or is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<I> {
    /// Which one.
    pub id: I,
    /// What became of it.
    pub sign: Sign,
    /// What of it is another.
    pub parts: Vec<Part>,
}

/// Why a member holds something that they didn't, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The invitation was accepted, or the membership is full no longer.
    Status,
    /// The member came into the account, or left it.
    Member,
    /// By policies or roles of their own.
    Own,
    /// The member joined the group, or left it.
    Membership(GroupId),
    /// The group came, or was deleted.
    Group(GroupId),
    /// What the group gives is another.
    Policies(GroupId),
}

/// What a member holds and didn't, or no longer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessChange {
    /// The member.
    pub member: MemberId,
    /// Whether it came or went.
    pub sign: Sign,
    /// What.
    pub held: Held,
    /// Why.
    pub why: Vec<Reason>,
}

/// What differs between an account at two moments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// The members, by id.
    pub members: Vec<Row<MemberId>>,
    /// The groups, by id.
    pub groups: Vec<Row<GroupId>>,
    /// Who came into which group or went from it, by ids.
    pub memberships: Vec<(Sign, GroupId, MemberId)>,
    /// What people hold.
    pub access: Vec<AccessChange>,
}

impl Changed {
    /// Whether nothing differs.
    pub fn is_none(&self) -> bool {
        self.members.is_empty()
            && self.groups.is_empty()
            && self.memberships.is_empty()
            && self.access.is_empty()
    }
}

/// What differs.
pub fn changed(before: &Directory, after: &Directory) -> Changed {
    let both = Both { before, after };
    let groups = both.groups();
    let memberships = both.memberships();
    let access = both.access(&groups);
    Changed { members: both.members(), groups, memberships, access }
}

struct Both<'d> {
    before: &'d Directory,
    after: &'d Directory,
}

impl Both<'_> {
    /// Whether a row of this list that one side lacks has come or gone.
    fn proves(&self, sign: Sign, list: &Collection) -> bool {
        let lacking = if sign == Sign::Came { self.before } else { self.after };
        lacking.coverage(list).is_complete()
    }

    fn members(&self) -> Vec<Row<MemberId>> {
        let ids = ids(self.before.members(), self.after.members(), |member: &Member| &member.id);
        let listed = |directory: &Directory, id: &MemberId| {
            directory.members().get(id).filter(|member| member.listed).cloned()
        };
        let row = |id: MemberId| {
            let (sign, parts) = match (listed(self.before, &id), listed(self.after, &id)) {
                (None, Some(_)) => (Sign::Came, Vec::new()),
                (Some(_), None) => (Sign::Went, Vec::new()),
                (Some(before), Some(after)) => (Sign::Altered, member_parts(&before, &after)),
                (None, None) => return None,
            };
            self.told(id, sign, parts, &Collection::Members)
        };
        ids.into_iter().filter_map(row).collect()
    }

    fn groups(&self) -> Vec<Row<GroupId>> {
        let ids = ids(self.before.groups(), self.after.groups(), |group: &Group| &group.id);
        let row = |id: GroupId| {
            let (before, after) = (self.before.groups().get(&id), self.after.groups().get(&id));
            let (sign, parts) = match (before, after) {
                (None, Some(_)) => (Sign::Came, Vec::new()),
                (Some(_), None) => (Sign::Went, Vec::new()),
                (Some(before), Some(after)) => (Sign::Altered, group_parts(before, after)),
                (None, None) => return None,
            };
            self.told(id, sign, parts, &Collection::Groups)
        };
        ids.into_iter().filter_map(row).collect()
    }

    fn told<I>(&self, id: I, sign: Sign, parts: Vec<Part>, list: &Collection) -> Option<Row<I>> {
        let is_told = match sign {
            Sign::Altered => !parts.is_empty(),
            sign => self.proves(sign, list),
        };
        is_told.then_some(Row { id, sign, parts })
    }

    fn memberships(&self) -> Vec<(Sign, GroupId, MemberId)> {
        let mut told = Vec::new();
        for id in ids(self.before.groups(), self.after.groups(), |group: &Group| &group.id) {
            let (before, after) = (inside(self.before, &id), inside(self.after, &id));
            let (came, went) = (after.difference(&before), before.difference(&after));
            for (sign, members) in
                [(Sign::Came, came.collect::<Vec<_>>()), (Sign::Went, went.collect())]
            {
                if !members.is_empty() && self.proves_membership(sign, &id) {
                    told.extend(members.into_iter().map(|one| (sign, id.clone(), one.clone())));
                }
            }
        }
        told
    }

    /// A group that is known not to be there has no members.
    fn proves_membership(&self, sign: Sign, group: &GroupId) -> bool {
        let lacking = if sign == Sign::Came { self.before } else { self.after };
        if lacking.groups().get(group).is_none() {
            return self.proves(sign, &Collection::Groups);
        }
        self.proves(sign, &Collection::GroupMembers(group.clone()))
    }

    fn access(&self, groups: &[Row<GroupId>]) -> Vec<AccessChange> {
        let altered: BTreeSet<&GroupId> = groups.iter().map(|row| &row.id).collect();
        let scopes = self.scopes_differ();
        let mut told = Vec::new();
        for id in ids(self.before.members(), self.after.members(), |member: &Member| &member.id) {
            if scopes || self.may_differ(&id, &altered) {
                self.access_of(&id, &mut told);
            }
        }
        told
    }

    /// Whether some resource group covers something else: then anybody's access may be another.
    fn scopes_differ(&self) -> bool {
        let scopes = |directory: &Directory| {
            let known = directory.resource_groups().values();
            let known = known.map(|group| (group.id.clone(), group.scopes.clone()));
            known.collect::<BTreeMap<_, _>>()
        };
        scopes(self.before) != scopes(self.after)
    }

    fn may_differ(&self, id: &MemberId, altered: &BTreeSet<&GroupId>) -> bool {
        let (before, after) = (self.before.members().get(id), self.after.members().get(id));
        let (Some(before), Some(after)) = (before, after) else { return true };
        let own = before.status == after.status
            && before.listed == after.listed
            && (before.policies == after.policies
                || contents(before.direct_policies()) == contents(after.direct_policies()))
            && roles(before) == roles(after);
        let (one, other) = (groups_of(self.before, id), groups_of(self.after, id));
        !own || one != other || one.iter().any(|group| altered.contains(group))
    }

    fn access_of(&self, id: &MemberId, told: &mut Vec<AccessChange>) {
        let compared = compare(&held(self.before, id), &held(self.after, id));
        for (sign, all) in [(Sign::Came, compared.only_there), (Sign::Went, compared.only_here)] {
            // Somebody who isn't known to be gone, or to be new, keeps what they hold.
            let (with, without) = self.sides(sign);
            if without.members().get(id).is_none() && !self.proves(sign, &Collection::Members) {
                continue;
            }
            let grants = if all.is_empty() { Vec::new() } else { grants(with, id) };
            for held in all {
                let why = self.why(sign, id, &held, &grants);
                told.push(AccessChange { member: id.clone(), sign, held, why });
            }
        }
    }

    /// The side that has what came or went, and the one that has not.
    fn sides(&self, sign: Sign) -> (&Directory, &Directory) {
        if sign == Sign::Came { (self.after, self.before) } else { (self.before, self.after) }
    }

    fn why(&self, sign: Sign, id: &MemberId, held: &Held, grants: &[Grant]) -> Vec<Reason> {
        let (with, without) = self.sides(sign);
        match without.members().get(id) {
            None => return vec![Reason::Member],
            Some(member) if !member.listed => return vec![Reason::Member],
            Some(member) if no_access_yet(member) => return vec![Reason::Status],
            Some(_) => {}
        }
        let on: BTreeSet<&Reach> = held.on.iter().collect();
        let gives = |grant: &&Grant| {
            grant.access == held.access
                && grant.permission_group.id == held.permission_group.id
                && reaches(with, &grant.resource_group).iter().any(|reach| on.contains(reach))
        };
        let paths = grants.iter().filter(gives).flat_map(|grant| &grant.paths);
        let reasons = paths.map(|path| match path {
            Path::Direct => Reason::Own,
            Path::Group(group) if without.groups().get(group).is_none() => {
                Reason::Group(group.clone())
            }
            Path::Group(group) if !without.is_in(group, id) => Reason::Membership(group.clone()),
            Path::Group(group) => Reason::Policies(group.clone()),
        });
        reasons.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// What a member can really do: nothing before the invitation is accepted.
fn held(directory: &Directory, id: &MemberId) -> Holding {
    let member = directory.members().get(id).filter(|member| member.listed);
    match member {
        Some(member) if !no_access_yet(member) => Holding::of(directory, id),
        _ => Holding::default(),
    }
}

fn ids<I: Clone + Ord + std::hash::Hash, R: crate::domain::HasId<I>>(
    before: &Table<I, R>,
    after: &Table<I, R>,
    id: impl Fn(&R) -> &I,
) -> BTreeSet<I> {
    before.values().chain(after.values()).map(|row| id(row).clone()).collect()
}

fn inside(directory: &Directory, group: &GroupId) -> BTreeSet<MemberId> {
    let slots = directory.members_of(group).iter();
    slots.filter_map(|slot| directory.members().at(*slot)).map(|one| one.id.clone()).collect()
}

fn groups_of<'d>(directory: &'d Directory, member: &MemberId) -> BTreeSet<&'d GroupId> {
    let slots = directory.groups_of(member).iter();
    slots.filter_map(|slot| directory.groups().at(*slot)).map(|group| &group.id).collect()
}

fn member_parts(before: &Member, after: &Member) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut look = |is_same: bool, part: Part| parts.extend((!is_same).then_some(part));
    look(before.email == after.email, Part::Email);
    look(before.name == after.name, Part::Name);
    look(before.status == after.status, Part::Status);
    look(before.two_factor == after.two_factor, Part::TwoFactor);
    look(roles(before) == roles(after), Part::Roles);
    parts.extend(policies(before.policies.as_deref(), after.policies.as_deref()));
    parts
}

fn group_parts(before: &Group, after: &Group) -> Vec<Part> {
    let renamed = (before.name != after.name).then_some(Part::Name);
    let policies = policies(before.policies.as_deref(), after.policies.as_deref());
    renamed.into_iter().chain(policies).collect()
}

/// The policies that came and went; nothing where one side doesn't know them.
fn policies(before: Option<&[Arc<Policy>]>, after: Option<&[Arc<Policy>]>) -> Option<Part> {
    let (before, after) = (before?, after?);
    let (came, went) = (without(after, before), without(before, after));
    (!came.is_empty() || !went.is_empty()).then_some(Part::Policies(came, went))
}

/// The policies of one list that the other has not, or not as often.
fn without(these: &[Arc<Policy>], others: &[Arc<Policy>]) -> Vec<Arc<Policy>> {
    let mut others = contents(others);
    let mut left = Vec::new();
    for policy in these {
        match others.iter().position(|other| *other == policy.content()) {
            Some(at) => drop(others.swap_remove(at)),
            None => left.push(policy.clone()),
        }
    }
    left
}

fn contents(policies: &[Arc<Policy>]) -> Vec<PolicyContent> {
    let mut contents: Vec<PolicyContent> = policies.iter().map(|policy| policy.content()).collect();
    contents.sort();
    contents
}

/// The roles that count: beside policies they are the same thing told twice.
fn roles(member: &Member) -> BTreeSet<&Role> {
    let counts = member.direct_policies().is_empty();
    member.roles.iter().filter(|_| counts).collect()
}

#[cfg(test)]
mod tests;
