//! Rules about groups, and about people who could be one.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::covered::covered;
use super::{Case, Told};
use crate::access::{Highest, Place, Reach, level_of};
use crate::domain::{Access, Collection, Group, GroupId, Policy, Slot};
use crate::findings::Subject;
use crate::findings::check::{Inputs, row};
use crate::findings::mend::Way;
use crate::findings::survey::{Granted, List, Survey, is_minimal};
use crate::findings::tell::{few, policy_words};
use crate::text;

pub(super) const EMPTY: Told = Told {
    one: |group| format!("the group {group} has no members"),
    many: |who| format!("{who} have no members"),
    detail: |_| String::new(),
};

pub(super) const SINGLE: Told = Told {
    one: |group| format!("the group {group} has a single member"),
    many: |who| format!("{who} have a single member each"),
    detail: |_| String::new(),
};

pub(super) const WITHOUT_POLICIES: Told = Told {
    one: |group| format!("the group {group} has no policies: it gives its members nothing"),
    many: |who| format!("{who} have no policies: they give their members nothing"),
    detail: |_| String::new(),
};

/// The groups whose whole member list is known, with it.
fn read<'d>(survey: &Survey<'d>) -> impl Iterator<Item = (&'d Group, &'d [Slot])> {
    let directory = survey.directory;
    let groups = survey.groups().filter(move |(_, group)| {
        directory.coverage(&Collection::GroupMembers(group.id.clone())).is_complete()
    });
    groups.map(move |(slot, group)| (group, directory.members_at(slot)))
}

pub(super) fn empty(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let empty = read(survey).filter(|(_, members)| members.is_empty());
    empty
        .map(|(group, _)| {
            let grants = group.policies().iter().map(|p| policy_words(survey.directory, p));
            let grants = few(&grants.collect::<Vec<_>>());
            let note = if grants.is_empty() { grants } else { format!("grants {grants}") };
            Case::row(subject(group), note.into()).mended(Way::Delete)
        })
        .collect()
}

pub(super) fn single_member(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let single = read(survey).filter_map(|(group, members)| match members {
        [only] => Some((group, survey.directory.members().at(*only)?)),
        _ => None,
    });
    let who = |member: &crate::domain::Member| {
        Subject::Member(member.id.clone()).words(survey.directory).into()
    };
    single.map(|(group, member)| Case::row(subject(group), who(member))).collect()
}

pub(super) fn without_policies(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let bare = survey
        .groups()
        .filter(|(_, group)| group.policies.as_ref().is_some_and(|policies| policies.is_empty()));
    bare.map(|(slot, group)| {
        let members = survey.directory.members_at(slot).len();
        Case::row(subject(group), text::plural(members, "member").into())
    })
    .collect()
}

/// Groups that grant the very same, however it is spread over policies.
pub(super) fn same_policies(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let mut by: BTreeMap<Vec<&Granted>, Vec<Slot>> = BTreeMap::new();
    for list in survey.lists.iter().filter(|list| !list.groups.is_empty()) {
        let all = list.all();
        if !all.is_empty() && all.iter().all(|granted| is_known(granted)) {
            by.entry(all.into_iter().collect()).or_default().extend(&list.groups);
        }
    }
    let several = by.into_values().filter(|groups| groups.len() > 1);
    several.filter_map(|groups| same(survey, &groups)).collect()
}

fn same(survey: &Survey<'_>, slots: &[Slot]) -> Option<Case> {
    let directory = survey.directory;
    let mut groups: Vec<(usize, &Group)> = slots
        .iter()
        .filter_map(|slot| Some((directory.members_at(*slot).len(), directory.groups().at(*slot)?)))
        .collect();
    groups.sort_by(|(_, a), (_, b)| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    // The largest stays: fewest people are moved.
    let (_, keep) = groups.iter().rev().max_by_key(|(members, _)| *members)?;
    let names = groups.iter().map(|(_, group)| text::safe_capped(&group.name).into_owned());
    let names: Vec<String> = names.collect();
    let mut ids: Vec<String> = groups.iter().map(|(_, group)| group.id.to_string()).collect();
    ids.sort();
    let (_, first) = groups.first()?;
    let grants: Vec<String> =
        first.policies().iter().map(|policy| policy_words(directory, policy)).collect();
    let rows = groups.iter().map(|(members, group)| crate::findings::Row {
        subject: subject(group),
        note: text::plural(*members, "member").into(),
    });
    Some(Case {
        key: ids.join("+"),
        rows: rows.collect(),
        words: format!("the groups {} have the same policies", few(&names)),
        detail: format!("each grants {}", few(&grants)),
        way: Some(Way::Merge { into: keep.id.clone() }),
    })
}

/// Policies without those that give no more than to be a member.
pub(in crate::findings) fn without_minimal(
    policies: &[Arc<Policy>],
) -> impl Iterator<Item = &Arc<Policy>> {
    policies.iter().filter(|policy| !is_minimal(policy))
}

/// What of a direct list a group could grant as well; `None` where it could not, or better should not: a group that
/// makes Super Administrators makes one of whoever may change its members.
fn of_people(list: &List) -> Option<Vec<&Granted>> {
    let of_group = |policy: &Arc<Policy>| {
        policy.access == Access::Allow
            && policy.unsendable().is_none()
            && policy
                .permission_groups
                .iter()
                .all(|what| level_of(what) != Highest::SuperAdministrator)
    };
    if !without_minimal(&list.policies).all(of_group) {
        return None;
    }
    let own = list.policies.iter().zip(&list.granted).filter(|(policy, _)| !is_minimal(policy));
    let all: BTreeSet<&Granted> = own.flat_map(|(_, granted)| granted).collect();
    let fit = !all.is_empty() && all.iter().all(|granted| is_known(granted));
    fit.then(|| all.into_iter().collect())
}

/// Whether it is known where something is granted.
fn is_known(granted: &Granted) -> bool {
    !matches!(granted.2, Reach::Unknown(_))
}

pub(super) fn in_waiting(survey: &Survey<'_>, inputs: &Inputs<'_>) -> Vec<Case> {
    let covered = covered_whole(survey);
    let mut by: BTreeMap<Vec<&Granted>, (usize, Vec<Slot>)> = BTreeMap::new();
    for (place, list) in survey.lists.iter().enumerate().filter(|(_, l)| !l.members.is_empty()) {
        let Some(granted) = of_people(list) else { continue };
        let people = list.members.iter().filter(|slot| {
            let member = survey.directory.members().at(**slot);
            member.is_some_and(|member| member.listed && member.status.is_full())
                && !covered.contains(slot)
        });
        by.entry(granted).or_insert((place, Vec::new())).1.extend(people);
    }
    let from = inputs.rules.group_in_waiting_from;
    let enough = by.into_iter().filter(|(_, (_, people))| people.len() >= from);
    enough
        .filter_map(|(granted, (place, people))| waiting(survey, &granted, place, &people))
        .collect()
}

/// Who holds nothing directly that a group doesn't give as well: that is told as covered.
fn covered_whole(survey: &Survey<'_>) -> HashSet<Slot> {
    let whole = survey.pairs.iter().filter(|pair| {
        let own = survey.list(pair.list).map(|list| without_minimal(&list.policies).count());
        own.is_some_and(|own| own > 0 && covered(survey, pair).len() == own)
    });
    whole.flat_map(|pair| pair.members.iter().copied()).collect()
}

fn waiting(
    survey: &Survey<'_>,
    granted: &[&Granted],
    place: usize,
    people: &[Slot],
) -> Option<Case> {
    let directory = survey.directory;
    let list = survey.list(place)?;
    let grants = without_minimal(&list.policies).map(|policy| policy_words(directory, policy));
    let into = group_that_grants(survey, granted);
    let can_be_made = without_minimal(&list.policies)
        .flat_map(|policy| &policy.resource_groups)
        .all(|on| on.id.is_some());
    let detail = match &into {
        Some((_, name)) => format!("the group {} grants just that", text::safe_capped(name)),
        None if can_be_made => "no group grants just that".to_owned(),
        None => "no group grants just that, and a new one needs a resource group for it, which \
                 there is none of yet: make it in the dashboard"
            .to_owned(),
    };
    let can_be_mended = into.is_some() || can_be_made;
    let members = people.iter().filter_map(|slot| directory.members().at(*slot));
    Some(Case {
        key: key(granted),
        rows: members.map(|member| row(Subject::Member(member.id.clone()))).collect(),
        words: format!(
            "{} hold {} directly",
            text::people(people.len()),
            few(&grants.collect::<Vec<_>>())
        ),
        detail,
        way: can_be_mended.then(|| Way::Gather { into: into.map(|(id, _)| id) }),
    })
}

/// The group that grants just this: the first by name, where several do.
fn group_that_grants(survey: &Survey<'_>, granted: &[&Granted]) -> Option<(GroupId, Arc<str>)> {
    let same = survey.lists.iter().filter(|list| !list.groups.is_empty());
    let same = same.filter(|list| list.all().iter().eq(granted.iter()));
    let groups = same.flat_map(|list| &list.groups);
    let groups = groups.filter_map(|slot| survey.directory.groups().at(*slot));
    groups.map(|group| (group.name.clone(), group.id.clone())).min().map(|(name, id)| (id, name))
}

/// A short text made of the ids of what is granted, the same in every run.
fn key(granted: &[&Granted]) -> String {
    let mut hash = Sha256::new();
    for (access, what, on) in granted {
        let on = match on {
            Reach::Place(Place::Account) => "account".to_owned(),
            Reach::Place(Place::Zone(zone)) => zone.to_string(),
            Reach::Place(Place::Other(key)) => key.to_string(),
            Reach::Unknown(_) => String::new(),
        };
        hash.update(format!("{}\n{what}\n{on}\n", access.as_wire()));
    }
    hash.finalize().iter().take(8).fold(String::new(), |mut text, byte| {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn subject(group: &Group) -> Subject {
    Subject::Group(group.id.clone())
}
