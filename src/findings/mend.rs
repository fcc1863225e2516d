//! How what a finding tells can be mended: changes to be staged, with what they really do to people's access.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::rules::{covered, without_minimal};
use super::survey::{Seen, Survey, is_minimal};
use super::{Finding, Subject};
use crate::access::{Altered, Difference, held_words};
use crate::domain::{
    Change, Directory, DraftId, Group, GroupId, GroupRef, Member, MemberId, Policy, PolicyDraft,
    PolicyEdit, Slot,
};
use crate::text;

/// How many people whose access changes are named before the others are counted.
const NAMED: usize = 3;

/// A way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// The direct policies that a group covers are taken away.
    WithoutCovered,
    /// The groups are deleted.
    Delete,
    /// Everybody is added to one of the groups, and the others are deleted.
    Merge {
        /// The one that stays.
        into: GroupId,
    },
    /// The people are put into a group that grants what they hold directly, and hold that directly no longer.
    Gather {
        /// The group that grants it; `None` where one is to be made.
        into: Option<GroupId>,
    },
}

/// The changes that mend a finding, and what they do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// What is to be done, in a safe sentence without its full stop.
    pub words: String,
    /// The changes, in the order in which they are to be staged.
    pub changes: Vec<Change>,
    /// What becomes of people's access.
    pub effect: Effect,
}

/// What changes do to people's access, computed and not assumed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// How many people keep exactly what they have.
    pub same: usize,
    /// Who gains or loses something, and what.
    pub changed: Vec<(MemberId, Arc<Difference>)>,
    /// Of whom it can't be told: something that decides it has not been read, or a deny has a part in it.
    pub not_known: Vec<MemberId>,
}

impl Mend {
    /// What mends a finding on the account as it is; `None` where there is no way, or nothing left to be done. A group
    /// that is to be made gets the number `draft`.
    pub fn of(finding: &Finding, directory: &Directory, draft: DraftId) -> Option<Self> {
        let (words, changes) = match finding.way.as_ref()? {
            Way::WithoutCovered => without_covered(finding, directory),
            Way::Delete => delete(finding, directory),
            Way::Merge { into } => merge(finding, directory, into),
            Way::Gather { into } => gather(finding, directory, into.as_ref(), draft)?,
        };
        if changes.is_empty() {
            return None;
        }
        let effect = Effect::of(&changes, directory);
        Some(Self { words, changes, effect })
    }
}

fn without_covered(finding: &Finding, directory: &Directory) -> (String, Vec<Change>) {
    let seen = Seen::of(directory);
    let survey = Survey::of(directory, &seen);
    let mut pairs: HashMap<Slot, usize> = HashMap::new();
    for (place, pair) in survey.pairs.iter().enumerate() {
        pairs.extend(pair.members.iter().map(|slot| (*slot, place)));
    }
    let mut changes = Vec::new();
    let mut policies = 0;
    for (slot, member) in members(finding, directory) {
        let Some(pair) = pairs.get(&slot).and_then(|place| survey.pairs.get(*place)) else {
            continue;
        };
        let covered = covered(&survey, pair);
        if covered.is_empty() || member.policies_locked().is_some() {
            continue;
        }
        policies += covered.len();
        let own = member.direct_policies().iter().enumerate();
        let left = own.filter(|(place, _)| !covered.contains(place)).map(|(_, policy)| policy);
        changes.push(set_direct(member, left));
    }
    let words = format!(
        "take {} away that {} directly and through a group",
        text::plural(policies, "direct policy"),
        if changes.len() == 1 {
            "1 member holds".to_owned()
        } else {
            format!("{} hold", text::plural(changes.len(), "member"))
        }
    );
    (words, changes)
}

fn set_direct<'p>(member: &Member, left: impl Iterator<Item = &'p Arc<Policy>>) -> Change {
    Change::SetDirectPolicies {
        member: member.id.clone(),
        from: member.direct_policies().iter().map(|policy| policy.content()).collect(),
        to: left.map(|policy| PolicyEdit::Keep(policy.content())).collect(),
    }
}

fn members<'d>(
    finding: &'d Finding,
    directory: &'d Directory,
) -> impl Iterator<Item = (Slot, &'d Member)> {
    finding.members().filter_map(|id| {
        let slot = directory.members().slot(id)?;
        Some((slot, directory.members().at(slot)?))
    })
}

fn groups<'d>(finding: &'d Finding, directory: &'d Directory) -> impl Iterator<Item = &'d Group> {
    finding.groups().filter_map(|id| directory.groups().get(id))
}

fn deletion(group: &Group) -> Change {
    Change::Delete { group: group.id.clone(), name: group.name.clone() }
}

fn named(group: &Group) -> String {
    text::safe_capped(&group.name).into_owned()
}

fn delete(finding: &Finding, directory: &Directory) -> (String, Vec<Change>) {
    // Whoever was added since would lose it.
    let empty = groups(finding, directory).filter(|g| directory.members_of(&g.id).is_empty());
    let empty: Vec<&Group> = empty.collect();
    let words = match empty.as_slice() {
        [only] => format!("delete the group {}", named(only)),
        many => format!("delete {}", text::plural(many.len(), "group")),
    };
    (words, empty.into_iter().map(deletion).collect())
}

fn merge(finding: &Finding, directory: &Directory, into: &GroupId) -> (String, Vec<Change>) {
    let others: Vec<&Group> = groups(finding, directory).filter(|g| g.id != *into).collect();
    let mut joining: BTreeSet<&MemberId> = BTreeSet::new();
    for group in &others {
        let inside = directory.members_of(&group.id).iter();
        let inside = inside.filter_map(|slot| directory.members().at(*slot));
        joining.extend(inside.map(|member| &member.id).filter(|id| !directory.is_in(into, id)));
    }
    let adds = joining.into_iter().map(|member| Change::Add {
        group: GroupRef::Existing(into.clone()),
        member: member.clone(),
    });
    let adds: Vec<Change> = adds.collect();
    let Some(keep) = directory.groups().get(into) else { return (String::new(), Vec::new()) };
    let gone: Vec<String> = others.iter().map(|group| named(group)).collect();
    let words = format!(
        "add {} to {} and delete {}",
        text::people(adds.len()),
        named(keep),
        super::tell::few(&gone)
    );
    let deletions = others.into_iter().map(deletion);
    (words, adds.into_iter().chain(deletions).collect())
}

fn gather(
    finding: &Finding,
    directory: &Directory,
    into: Option<&GroupId>,
    draft: DraftId,
) -> Option<(String, Vec<Change>)> {
    let people: Vec<&Member> = members(finding, directory)
        .map(|(_, member)| member)
        .filter(|member| member.policies_locked().is_none())
        .collect();
    let model: Vec<&Arc<Policy>> = without_minimal(people.first()?.direct_policies()).collect();
    let mut changes = Vec::new();
    let (group, name) = if let Some(id) = into {
        (GroupRef::Existing(id.clone()), directory.groups().get(id)?.name.clone())
    } else {
        let name = new_name(directory, &model);
        let policies = model.iter().map(|policy| drafted(policy)).collect::<Option<_>>()?;
        changes.push(Change::Create { group: draft, name: name.clone(), policies });
        (GroupRef::Draft(draft), name)
    };
    let adds =
        people.iter().filter(|member| !into.is_some_and(|id| directory.is_in(id, &member.id)));
    changes
        .extend(adds.map(|member| Change::Add { group: group.clone(), member: member.id.clone() }));
    changes.extend(people.iter().map(|member| {
        let left = member.direct_policies().iter().filter(|policy| is_minimal(policy));
        set_direct(member, left)
    }));
    let name = text::safe_capped(&name);
    let who = text::people(people.len());
    let words = match into {
        Some(_) => format!("add {who} to the group {name}, and take their direct policies away"),
        None => format!(
            "create the group {name} with these policies, add {who} to it, and take their direct policies away"
        ),
    };
    Some((words, changes))
}

/// A policy as it can be written into a new group: a resource group that was made for a single policy stays with it.
fn drafted(policy: &Policy) -> Option<PolicyDraft> {
    let on = policy.resource_groups.iter().map(|group| group.id.clone());
    Some(PolicyDraft {
        access: policy.access.clone(),
        permission_groups: policy.permission_groups.iter().map(|what| what.id.clone()).collect(),
        resource_groups: on.collect::<Option<_>>()?,
        scopes: Vec::new(),
    })
}

/// A name for a new group that no other has: what it grants.
fn new_name(directory: &Directory, policies: &[&Arc<Policy>]) -> Arc<str> {
    let what = policies.first().and_then(|policy| policy.permission_groups.first());
    let name = what
        .map_or("new group", |what| if what.name.is_empty() { "new group" } else { &what.name });
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
    let taken = |name: &str| directory.groups().values().any(|group| *group.name == *name);
    let numbered = (2..).map(|n| format!("{name}-{n}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or(name).into()
}

/// By what two people are the same to changes that leave their own policies alone: those, their roles, and their groups
/// before and after.
type Alike = (usize, usize, BTreeSet<GroupId>, BTreeSet<GroupId>);

impl Effect {
    /// What changes do to everybody whom they touch.
    pub fn of(changes: &[Change], directory: &Directory) -> Self {
        let altered = Altered::of(directory, changes.iter());
        let mut effect = Self::default();
        let mut known: HashMap<Alike, Arc<Difference>> = HashMap::new();
        for id in altered.touched(directory) {
            let Some(row) = directory.members().get(&id) else { continue };
            let anew = || Arc::new(altered.difference(directory, &id));
            let difference = if altered.changes_own(&id) {
                anew()
            } else {
                let own = row.policies.as_ref().map_or(0, |list| list.as_ptr().addr());
                let (was, is) = altered.groups(directory, &id);
                known.entry((own, row.roles.as_ptr().addr(), was, is)).or_insert_with(anew).clone()
            };
            let doubts = altered.doubts(directory, &id, &difference);
            if difference.is_none() && doubts.is_empty() {
                effect.same += 1;
            } else if !doubts.is_empty()
                || difference.is_unsettled()
                || difference.has_unknown_reach()
            {
                effect.not_known.push(id);
            } else {
                effect.changed.push((id, difference));
            }
        }
        effect
    }

    /// Whether nobody gains or loses anything, so far as it can be told.
    pub fn is_none(&self) -> bool {
        self.changed.is_empty() && self.not_known.is_empty()
    }

    /// In one safe sentence without its full stop.
    pub fn words(&self, directory: &Directory) -> String {
        let all = self.same + self.changed.len() + self.not_known.len();
        if all == 0 {
            return "nobody's access changes: there is nobody in it".to_owned();
        }
        if all == self.same {
            return match all {
                1 => "effective access before = after for the 1 person".to_owned(),
                all => format!("effective access before = after for all {}", text::people(all)),
            };
        }
        let mut parts: Vec<String> = self
            .changed
            .iter()
            .take(NAMED)
            .map(|(id, difference)| difference_words(directory, id, difference))
            .collect();
        let more = self.changed.len().saturating_sub(NAMED);
        if more > 0 {
            parts.push(format!("the access of {} more changes", text::people(more)));
        }
        if !self.not_known.is_empty() {
            parts.push(format!("of {} it can't be told", text::people(self.not_known.len())));
        }
        if self.same > 0 {
            parts.push(format!("before = after for {}", text::people(self.same)));
        }
        parts.join("; ")
    }
}

/// `ana@x.example gains DNS on account and loses Billing on account`.
fn difference_words(directory: &Directory, id: &MemberId, difference: &Difference) -> String {
    let list = |held: &[crate::access::Held]| {
        let held: Vec<String> = held.iter().map(|held| held_words(directory, held)).collect();
        super::tell::few(&held)
    };
    let who = Subject::Member(id.clone()).words(directory);
    let parts = [("gains", &difference.gains), ("loses", &difference.losses)];
    let parts = parts.iter().filter(|(_, held)| !held.is_empty());
    let parts: Vec<String> = parts.map(|(word, held)| format!("{word} {}", list(held))).collect();
    format!("{who} {}", parts.join(" and "))
}
