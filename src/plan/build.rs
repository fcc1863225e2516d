//! Making a plan of what is staged.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::{
    AccountId, Change, Collection, Directory, Group, GroupId, GroupRef, MemberId, Now,
    PolicyContent, Target,
};

use super::digest::{PlanId, digest_of};
use super::names::Names;
use super::policies::PolicySet;
use super::recheck::Recheck;
use super::run::RunId;
use super::staging::Staging;
use super::step::{BATCH, Op, OpId, Phase, Step, StepId};

/// A plan of more operations than this begins with a call that carries one alone, and goes on when that one
/// is seen to have worked.
const WITHOUT_CANARY: usize = 20;

/// For how long a plan is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);

/// How many memberships a page of a group's member list holds at most, as Cloudflare's API reference says.
pub(super) const PAGE: usize = 500;

/// Staged changes bound to ids, in the order in which they are to be carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What tells this plan from another: account and operations, not times.
    pub id: PlanId,
    /// The account that it changes.
    pub account: AccountId,
    /// The account's name; empty if it isn't known.
    pub account_name: Arc<str>,
    /// The calls, in order.
    pub steps: Vec<Step>,
    /// Changes that are staged and not part of the plan, each with the reason.
    pub left_out: Vec<LeftOut>,
    /// How many requests it is going to need.
    pub calls: Calls,
    /// When it was made, on the wall clock.
    pub made_at: Timestamp,
    /// What the ids are called.
    pub names: Names,
    /// The groups that it touches, as they were when it was made.
    pub base: BTreeMap<GroupId, Base>,
    /// Whether the first call carries one operation alone, and the others wait until it is seen to have worked.
    pub canary: bool,
    /// The run that it takes back, if it is the undoing of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_of: Option<RunId>,
}

/// A staged change that is not part of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The change.
    pub change: Change,
    /// Why: anything but [`Recheck::Fine`].
    pub why: Recheck,
}

/// How many requests a plan is going to need if nothing goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Calls {
    /// Reads before anything is written.
    pub preflight: usize,
    /// Writes.
    pub writes: usize,
    /// Reads that see whether the writes have worked.
    pub read_back: usize,
}

impl Calls {
    /// All of them.
    pub fn total(&self) -> usize {
        self.preflight + self.writes + self.read_back
    }
}

/// A group as it was when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// Its name.
    pub name: Arc<str>,
    /// When it was last modified.
    pub modified_on: Option<Timestamp>,
    /// How many members it had; `None` where its list had not been read to its end.
    pub members: Option<usize>,
    /// The SHA-256 of its members' ids, in order, where all of them were known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Of a group that is to be deleted what it held, so that it can be made again; `None` where that was not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// What a group held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its policies.
    pub policies: Vec<PolicyContent>,
    /// Its members.
    pub members: Vec<MemberId>,
}

impl Plan {
    /// Makes a plan of what is staged, as far as it can be carried out on the account as it is known now.
    pub fn build(staging: &Staging, directory: &Directory, now: Now) -> Self {
        let mut changes = Vec::new();
        let mut left_out = Vec::new();
        for (change, why) in staging.changes().zip(staging.recheck(directory)) {
            match why {
                Recheck::Fine => changes.push(change.clone()),
                why => left_out.push(LeftOut { change: change.clone(), why }),
            }
        }
        leave_out_orphans(&mut changes, &mut left_out);
        let names = Names::of(&changes, &left_out, directory);
        changes.sort_by(|a, b| order(a, b, &names));
        let canary = changes.len() > WITHOUT_CANARY;
        let base = bases(&changes, directory);
        let id = PlanId::of(staging.account(), changes.iter());
        let steps = steps(changes, canary, directory);
        Self {
            id,
            account: staging.account().clone(),
            account_name: directory.account.name.clone(),
            calls: calls(&steps, &base),
            steps,
            left_out,
            made_at: now.wall,
            names,
            base,
            canary,
            undo_of: None,
        }
    }

    /// Whether both say the same to a person: what is done to whom, by what names, and what is left out. How many
    /// reads it takes and when it was made don't count; what a group holds that is to be deleted does.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let said = |plan: &'_ Self| (plan.account.clone(), plan.account_name.clone(), plan.canary);
        let calls = |plan: &Self| -> Vec<Step> {
            let mut steps = plan.steps.clone();
            // Since when someone is in a group may be learnt while the plan lies open.
            steps.iter_mut().flat_map(|step| &mut step.ops).for_each(|op| op.seen_since = None);
            steps
        };
        said(self) == said(other)
            && calls(self) == calls(other)
            && self.left_out == other.left_out
            && self.names == other.names
            && self.takes_along_the_same(other)
    }

    /// Whether groups that are to be deleted hold the same in both. What they hold may be learnt while the plan lies
    /// open.
    fn takes_along_the_same(&self, other: &Self) -> bool {
        let same = |one: &Held, two: &Held| {
            let members = |held: &Held| held.members.iter().cloned().collect::<BTreeSet<_>>();
            PolicySet::of(&one.policies) == PolicySet::of(&two.policies)
                && members(one) == members(two)
        };
        self.base.iter().all(|(group, base)| {
            let theirs = other.base.get(group).and_then(|base| base.held.as_ref());
            base.held.as_ref().zip(theirs).is_none_or(|(one, two)| same(one, two))
        })
    }

    /// Whether what members are called is not known of all whom it names.
    pub fn misses_names(&self) -> bool {
        let misses = |id: &MemberId| self.names.members.get(id).is_none_or(|name| name.is_empty());
        self.ops().filter_map(|op| op.change.member()).any(misses)
    }

    /// Names what has no name here as it is called now.
    pub fn name_missing(&mut self, directory: &Directory) {
        let mut now = Names::default();
        self.ops().for_each(|op| now.learn(&op.change, directory));
        self.names.fill(&now);
    }

    /// Whether it was made too long ago to be applied without being made anew.
    pub fn is_old(&self, now: Now) -> bool {
        now.wall.duration_since(self.made_at) > GOOD_FOR
    }

    /// The plan of these of its operations alone, by their ids. It carries out what is left of this one.
    #[must_use]
    pub fn only(&self, wanted: impl Fn(OpId) -> bool) -> Self {
        let mut plan = self.clone();
        plan.steps.iter_mut().for_each(|step| step.ops.retain(|op| wanted(op.id)));
        plan.steps.retain(|step| !step.ops.is_empty());
        let left: BTreeSet<GroupId> =
            plan.ops().filter_map(|op| op.change.target().existing_group().cloned()).collect();
        plan.base.retain(|group, _| left.contains(group));
        plan
    }

    /// Whether there is nothing to carry out.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// All operations, in order.
    pub fn ops(&self) -> impl Iterator<Item = &Op> {
        self.steps.iter().flat_map(|step| &step.ops)
    }

    /// The step at a place.
    pub fn step(&self, id: StepId) -> Option<&Step> {
        self.steps.get(id.0 as usize)
    }

    /// The groups that are there and that it touches.
    pub fn groups(&self) -> impl Iterator<Item = &GroupId> {
        self.base.keys()
    }
}

/// Adds to a group that the plan doesn't make can't be carried out.
fn leave_out_orphans(changes: &mut Vec<Change>, left_out: &mut Vec<LeftOut>) {
    let made: BTreeSet<Target> = changes
        .iter()
        .filter(|change| matches!(change, Change::Create { .. }))
        .map(Change::target)
        .collect();
    let orphan = |change: &Change| {
        let target = change.target();
        matches!(target, Target::Group(GroupRef::Draft(_))) && !made.contains(&target)
    };
    let orphans = changes.extract_if(.., |change| orphan(change));
    left_out.extend(orphans.map(|change| LeftOut { change, why: Recheck::GroupNotMade }));
}

fn order(a: &Change, b: &Change, names: &Names) -> Ordering {
    let place = |change: &Change| {
        let target = change.target();
        (Phase::of(change), names.target(&target), target)
    };
    let email = |change: &Change| change.member().map(|member| names.member(member));
    place(a)
        .cmp(&place(b))
        .then_with(|| email(a).cmp(&email(b)))
        .then_with(|| a.member().cmp(&b.member()))
}

fn bases(changes: &[Change], directory: &Directory) -> BTreeMap<GroupId, Base> {
    let mut deletes: BTreeMap<GroupId, bool> = BTreeMap::new();
    for change in changes {
        let Some(id) = change.target().existing_group().cloned() else { continue };
        *deletes.entry(id).or_default() |= matches!(change, Change::Delete { .. });
    }
    // Once a group, as large ones take their time.
    let base = |(id, deletes)| {
        let base = base(&id, deletes, directory);
        (id, base)
    };
    deletes.into_iter().map(base).collect()
}

fn base(id: &GroupId, deletes: bool, directory: &Directory) -> Base {
    let known = directory.groups().get(id);
    let whole = directory.coverage(&Collection::GroupMembers(id.clone())).is_whole();
    Base {
        name: known.map(|group| group.name.clone()).unwrap_or_default(),
        modified_on: known.and_then(|group| group.modified_on),
        members: whole.then(|| directory.members_of(id).len()),
        digest: whole.then(|| digest_of(members_of(id, directory))),
        held: known.filter(|_| deletes && whole).and_then(|group| held(group, directory)),
    }
}

fn held(group: &Group, directory: &Directory) -> Option<Held> {
    let policies = group.policies.as_ref()?.iter().map(|policy| policy.content()).collect();
    let members = members_of(&group.id, directory).cloned().collect();
    Some(Held { policies, members })
}

fn members_of<'d>(
    group: &GroupId,
    directory: &'d Directory,
) -> impl Iterator<Item = &'d MemberId> + use<'d> {
    let slots = directory.members_of(group).iter();
    slots.filter_map(|slot| Some(&directory.members().at(*slot)?.id))
}

fn steps(changes: Vec<Change>, canary: bool, directory: &Directory) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (place, change) in changes.into_iter().enumerate() {
        let seen_since = seen_since(&change, directory);
        let op = Op { id: OpId(number(place)), seen_since, ours: None, change };
        let (phase, target) = (Phase::of(&op.change), op.change.target());
        // Only adds travel together; the canary travels alone.
        let joins = phase == Phase::Add && !(canary && place == 1);
        match steps.last_mut() {
            Some(last)
                if joins
                    && last.phase == phase
                    && last.target == target
                    && last.ops.len() < BATCH =>
            {
                last.ops.push(op);
            }
            _ => steps.push(Step { id: StepId(number(steps.len())), phase, target, ops: vec![op] }),
        }
    }
    steps
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn seen_since(change: &Change, directory: &Directory) -> Option<Timestamp> {
    match change {
        Change::Remove { group, member } => directory.since(group, member),
        _ => None,
    }
}

/// Per group one read of the group and the cheaper of single and list reads of its members, before and after;
/// a removal is looked up by itself before it is sent; a member of the account is read before and after, and one who
/// is invited after. A list that replaces another is read twice before, that of a group that is deleted once.
fn calls(steps: &[Step], base: &BTreeMap<GroupId, Base>) -> Calls {
    let mut calls = Calls { writes: steps.len(), ..Calls::default() };
    let mut touched: BTreeMap<&Target, usize> = BTreeMap::new();
    let mut removed: BTreeMap<&Target, usize> = BTreeMap::new();
    let base_of = |target: &Target| target.existing_group().and_then(|id| base.get(id));
    for step in steps {
        match step.phase {
            Phase::Add => *touched.entry(&step.target).or_default() += step.ops.len(),
            Phase::Remove => *removed.entry(&step.target).or_default() += step.ops.len(),
            Phase::Create | Phase::SetDirectPolicies | Phase::RemoveMember => calls.preflight += 1,
            Phase::ReplaceMembers => {
                let pages = pages(base_of(&step.target));
                calls.preflight += 2 * pages;
                calls.read_back += pages;
            }
            Phase::Delete if base_of(&step.target).is_some_and(|base| base.held.is_some()) => {
                // Once more just before it is sent, where others go before it.
                calls.preflight +=
                    pages(base_of(&step.target)) * (1 + usize::from(steps.len() > 1));
            }
            Phase::Invite | Phase::Rename | Phase::SetPolicies | Phase::Delete => {}
        }
        calls.read_back += usize::from(!matches!(step.phase, Phase::Add | Phase::Remove));
    }
    calls.preflight += base.len() + removed.values().sum::<usize>();
    for (target, count) in &touched {
        let reads = reads(*count, base_of(target));
        calls.preflight += if target.existing_group().is_some() { reads } else { 0 };
        calls.read_back += reads;
    }
    for (target, count) in &removed {
        calls.read_back += 1 + reads(*count, base_of(target));
    }
    calls
}

/// How many reads a walk over the whole list takes.
fn pages(base: Option<&Base>) -> usize {
    base.and_then(|base| base.members).unwrap_or_default().div_ceil(PAGE).max(1)
}

/// The cheaper of one read per member and a walk over the whole list.
fn reads(members: usize, base: Option<&Base>) -> usize {
    match base.and_then(|base| base.members) {
        Some(in_all) => members.min((in_all + members).div_ceil(PAGE)),
        None => members.min(1),
    }
}

#[cfg(test)]
mod tests;
