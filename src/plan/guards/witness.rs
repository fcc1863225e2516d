//! The guards once more, just before anything is sent: what they rest on beside what the plan itself touches, and what
//! they come to once that has been read again. Of many who would prove that no guard stands as few are read as do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::access::{
    Cause, Highest, Levels, allowed_by, allowed_directly, group_grants, holds_directly,
    is_super_administrator,
};
use crate::domain::{
    Collection, Directory, Fault, FaultKind, Group, GroupId, Member, MemberId, PermissionGroup,
    PermissionGroupId,
};
use crate::plan::{Override, Plan, build};

use super::sight::Sight;
use super::{Guard, Guards, Rules, paths, people, removals};

/// Something that a guard rests on, and that others may have changed since it was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Witness {
    /// A member's status, second factor and direct policies.
    Member(MemberId),
    /// That a member is in a group, and what the group grants.
    Membership(GroupId, MemberId),
    /// Who is in a group.
    List(GroupId),
}

/// What the guards come to just before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// None stands that was not overridden.
    Clear,
    /// These are to be read first.
    Read(BTreeSet<Witness>),
    /// One stands that was not overridden: nothing may be sent.
    Stands(Fault),
}

impl Verdict {
    /// The verdict on a plan that these guards were overridden for, on the account as it is known now. `read` is what
    /// has been read for it so far, and `since` is when the run was confirmed: lists that were read later are as good.
    pub fn of(
        plan: &Plan,
        directory: &Directory,
        rules: &Rules,
        overrides: &[Override],
        read: &BTreeSet<Witness>,
        since: Timestamp,
    ) -> Self {
        let guards = Guards::of(plan, directory, rules);
        if let Some(guard) = guards.unanswered(overrides).first() {
            return Self::Stands(stands(guard));
        }
        let sight = Sight::new(plan, directory, rules);
        let mut wanted = witnesses(&sight, read);
        wanted.retain(|witness| !read.contains(witness) && !is_fresh(directory, witness, since));
        if wanted.is_empty() { Self::Clear } else { Self::Read(wanted) }
    }
}

/// How many reads it takes to look at the guards once more, where nothing has changed since.
pub(in crate::plan) fn reads(plan: &Plan, directory: &Directory) -> usize {
    if plan.is_empty() {
        return 0;
    }
    let rules = Rules::default();
    let wanted = witnesses(&Sight::new(plan, directory, &rules), &BTreeSet::new());
    // A group that the plan touches is read by the run itself.
    let groups: BTreeSet<&GroupId> = wanted
        .iter()
        .filter_map(|witness| match witness {
            Witness::Membership(group, _) => Some(group),
            _ => None,
        })
        .filter(|group| !plan.base.contains_key(*group))
        .collect();
    let each = wanted.iter().map(|witness| match witness {
        Witness::Member(_) | Witness::Membership(..) => 1,
        Witness::List(group) if build::is_walked_first(plan, group) => 0,
        Witness::List(group) => build::pages(plan.base.get(group)),
    });
    groups.len() + each.sum::<usize>()
}

fn stands(guard: &Guard) -> Fault {
    let what = format!("a guard stands that was not confirmed: the plan {}", guard.words);
    Fault::new(FaultKind::Guard, what, "look at the plan again: the guard can be overridden there")
}

fn is_fresh(directory: &Directory, witness: &Witness, since: Timestamp) -> bool {
    let Witness::List(group) = witness else { return false };
    let list = directory.coverage(&Collection::GroupMembers(group.clone()));
    list.is_whole() && list.as_of.is_some_and(|read| read.wall >= since)
}

fn witnesses(sight: &Sight<'_>, read: &BTreeSet<Witness>) -> BTreeSet<Witness> {
    let mut wanted = BTreeSet::new();
    let taken = taken(sight);
    wanted.extend(super_administrators(sight, &taken));
    wanted.extend(own_access(sight));
    wanted.extend(groups_left(sight, read));
    wanted.extend(last_paths(sight, &taken));
    wanted
}

/// What the plan takes a path to away from somebody, who may have it by another.
type Taken = BTreeMap<PermissionGroupId, Arc<PermissionGroup>>;

fn taken(sight: &Sight<'_>) -> Taken {
    let Sight { directory, altered, .. } = sight;
    let group = |id: &GroupId| directory.groups().get(id).map(allowed_by).unwrap_or_default();
    let own = |id| sight.member(id).map(|row| allowed_directly(directory, row)).unwrap_or_default();
    let mut taken = Taken::new();
    for id in &sight.touched {
        for cause in altered.causes(directory, id) {
            let lists = match cause {
                Cause::Leaves(of) | Cause::Deleted(of) | Cause::Policies(of) => vec![group(&of)],
                Cause::Own => vec![own(id)],
                Cause::Removed => {
                    let was = altered.groups(directory, id).0;
                    was.iter().map(group).chain([own(id)]).collect()
                }
                Cause::Joins(_) | Cause::Invited => Vec::new(),
            };
            taken.extend(lists.into_iter().flatten().map(|what| (what.id.clone(), what)));
        }
    }
    taken
}

/// As many of the Super Administrators who are left as are enough.
fn super_administrators(sight: &Sight<'_>, taken: &Taken) -> Vec<Witness> {
    if !taken.values().any(|what| is_super_administrator(what)) {
        return Vec::new();
    }
    let Sight { directory, altered, touched, .. } = sight;
    let mut levels = Levels::new(directory);
    let is_one = |(slot, row): &(_, &Member)| {
        people::counts(row)
            && if touched.contains(&row.id) {
                altered.super_administrator(directory, &row.id).after
            } else {
                levels.at_least(*slot) == Highest::SuperAdministrator
            }
    };
    let left = directory.members().iter().filter(is_one).take(people::ENOUGH);
    left.flat_map(|(_, row)| proof(sight, row, is_super_administrator)).collect()
}

/// All by which the person who applies the plan keeps what it would otherwise take away.
fn own_access(sight: &Sight<'_>) -> Vec<Witness> {
    let takes = |id: &&MemberId| {
        let causes = sight.altered.causes(sight.directory, id);
        causes.iter().any(|cause| !matches!(cause, Cause::Joins(_) | Cause::Removed))
    };
    let mine = people::own_members(sight);
    let mine = mine.iter().filter(|id| sight.touched.contains(*id)).filter(takes);
    let mut wanted = Vec::new();
    for id in mine {
        wanted.push(Witness::Member(id.clone()));
        let (was, is) = sight.altered.groups(sight.directory, id);
        let stays = was.intersection(&is);
        wanted.extend(stays.map(|group| Witness::Membership(group.clone(), id.clone())));
    }
    wanted
}

/// Who is in a group that many leave or that loses policies, and one who stays in each of the others.
fn groups_left(sight: &Sight<'_>, read: &BTreeSet<Witness>) -> Vec<Witness> {
    let emptied = removals::Emptied::of(sight);
    let stay = |group: &GroupId| {
        let gone = |it: &Witness| matches!(it, Witness::Membership(of, who) if of == group && !sight.directory.is_in(group, who));
        if emptied.may_be_many(group) || read.iter().any(gone) {
            return Some(Witness::List(group.clone()));
        }
        let stays = staying(sight, group)?;
        Some(Witness::Membership(group.clone(), stays.id.clone()))
    };
    // Whom the loss of a group's policies touches is whoever is in it.
    let all = sight.taking.iter().filter(|group| !people::only_leaves(sight, group));
    let all = all.map(|group| Witness::List(group.clone()));
    emptied.groups().filter_map(stay).chain(all).collect()
}

/// The first member of a group who stays in it.
fn staying<'s>(sight: &Sight<'s>, group: &GroupId) -> Option<&'s Member> {
    let members = sight.directory.members_of(group).iter();
    let mut members = members.filter_map(|slot| sight.directory.members().at(*slot));
    members.find(|row| {
        !sight.touched.contains(&row.id)
            || sight.altered.groups(sight.directory, &row.id).1.contains(group)
    })
}

/// For each role that a path to is taken away one who still has it, from the group itself where that is possible.
fn last_paths(sight: &Sight<'_>, taken: &Taken) -> Vec<Witness> {
    let mut wanted = Vec::new();
    for what in taken.keys() {
        let is_it = |group: &PermissionGroup| group.id == *what;
        let near = sight.taking.iter().filter_map(|group| staying(sight, group));
        let near = near.filter(|row| row.status.is_full());
        let holder = near.into_iter().find(|row| paths::holds(sight, row, what));
        let holder = holder.or_else(|| paths::holder(sight, what));
        wanted.extend(holder.into_iter().flat_map(|row| proof(sight, row, is_it)));
    }
    wanted
}

/// What proves that a member holds something after the plan: the member, and the group by which it is.
fn proof(
    sight: &Sight<'_>,
    row: &Member,
    wanted: impl Fn(&PermissionGroup) -> bool,
) -> Vec<Witness> {
    let mut proof = vec![Witness::Member(row.id.clone())];
    // What is held directly now proves nothing where that is what changes.
    if !sight.altered.changes_own(&row.id) && holds_directly(sight.directory, row, &wanted) {
        return proof;
    }
    let (was, is) = sight.altered.groups(sight.directory, &row.id);
    let groups = was.intersection(&is).filter_map(|id| sight.directory.groups().get(id));
    let mut groups: Vec<&Group> = groups.filter(|group| group_grants(group, &wanted)).collect();
    // What the plan touches was read just now.
    groups.sort_by_key(|group| !sight.plan.base.contains_key(&group.id));
    let through = groups.first();
    proof.extend(through.map(|group| Witness::Membership(group.id.clone(), row.id.clone())));
    proof
}
