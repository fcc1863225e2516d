//! Rules about single policies, of members and of groups alike.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::{Case, Told};
use crate::access::permission_words;
use crate::access::{
    Highest, Place, Reach, gives, level_of, place_words, places, reaches, scope_words, scopes_of,
};
use crate::domain::{Access, Directory, PermissionGroup, Policy, ResourceGroup, Slot};
use crate::findings::Subject;
use crate::findings::check::Inputs;
use crate::findings::survey::{List, Survey};
use crate::findings::tell::{few, policy_words};

fn nothing(_: &Inputs<'_>) -> String {
    String::new()
}

pub(super) const WIDE_GROUP: Told = Told {
    one: |group| {
        format!("the group {group} grants on the whole account what it also grants on single zones")
    },
    many: |who| format!("{who} grant on the whole account what they also grant on single zones"),
    detail: nothing,
};
pub(super) const WIDE_MEMBER: Told = Told {
    one: |who| format!("{who} holds on the whole account what they also hold on single zones"),
    many: |who| format!("{who} hold on the whole account what they also hold on single zones"),
    detail: nothing,
};
pub(super) const DENY: Told = Told {
    one: |who| format!("{who} has a policy that denies"),
    many: |who| format!("{who} have policies that deny"),
    detail: nothing,
};
pub(super) const UNKNOWN_PERMISSION: Told = Told {
    one: |who| format!("{who} has a policy with a permission group that the account doesn't have"),
    many: |who| {
        format!("{who} have policies with a permission group that the account doesn't have")
    },
    detail: nothing,
};
pub(super) const UNKNOWN_SCOPE: Told = Told {
    one: |who| format!("{who} has a policy of which it can't be told where it holds"),
    many: |who| format!("{who} have policies of which it can't be told where they hold"),
    detail: nothing,
};
pub(super) const EMPTY_SCOPE: Told = Told {
    one: |who| format!("{who} has a policy that holds on nothing"),
    many: |who| format!("{who} have policies that hold on nothing"),
    detail: nothing,
};
pub(super) const UNSEEN_ZONE: Told = Told {
    one: |who| format!("{who} has a policy on a zone that can't be found"),
    many: |who| format!("{who} have policies on zones that can't be found"),
    detail: |_| "a credential that may see some zones only does not find the others".to_owned(),
};

/// A row for everybody and every group that holds a list of which there is something to say.
fn by_list(survey: &Survey<'_>, say: impl Fn(&List) -> Option<String>) -> Vec<Case> {
    let mut cases = Vec::new();
    for list in &survey.lists {
        if let Some(note) = say(list) {
            let note: Arc<str> = note.into();
            cases.extend(groups(survey, list, &note));
            cases.extend(members(survey, &list.members, &note));
        }
    }
    cases
}

fn groups<'s>(
    survey: &'s Survey<'_>,
    list: &'s List,
    note: &'s Arc<str>,
) -> impl Iterator<Item = Case> + 's {
    let groups = list.groups.iter().filter_map(|slot| survey.directory.groups().at(*slot));
    groups.map(|group| Case::row(Subject::Group(group.id.clone()), note.clone()))
}

fn members<'s>(
    survey: &'s Survey<'_>,
    slots: &'s [Slot],
    note: &'s Arc<str>,
) -> impl Iterator<Item = Case> + 's {
    let members = slots.iter().filter_map(|slot| survey.directory.members().at(*slot));
    members.map(|member| Case::row(Subject::Member(member.id.clone()), note.clone()))
}

/// Those policies of a list of which something is to be said, in words.
fn policies_where(
    directory: &Directory,
    list: &List,
    is_meant: impl Fn(&Policy) -> bool,
) -> Option<String> {
    let meant = list.policies.iter().filter(|policy| is_meant(policy));
    let words: Vec<String> = meant.map(|policy| policy_words(directory, policy)).collect();
    (!words.is_empty()).then(|| few(&words))
}

pub(super) fn denies(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    // An effect that isn't known may be one.
    by_list(survey, |list| {
        policies_where(survey.directory, list, |policy| policy.access != Access::Allow)
    })
}

pub(super) fn unknown_permissions(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let catalogue = survey.directory.permission_groups();
    by_list(survey, |list| {
        let all = list.policies.iter().flat_map(|policy| &policy.permission_groups);
        let unknown: BTreeSet<String> = all
            .filter(|what| catalogue.get(&what.id).is_none())
            .map(|what| permission_words(what))
            .collect();
        (!unknown.is_empty()).then(|| few(&unknown.into_iter().collect::<Vec<_>>()))
    })
}

/// What is to be thought of a resource group that covers nothing known.
#[derive(PartialEq, Eq)]
enum Blank {
    /// It is known to cover nothing.
    Empty,
    /// Nothing tells what it covers.
    Unknown,
}

fn blank(directory: &Directory, group: &ResourceGroup) -> Option<Blank> {
    if !places(directory, group).is_empty() {
        return None;
    }
    let known = group.id.as_ref().is_some_and(|id| directory.resource_groups().get(id).is_some());
    // One that was written for a single policy is in no catalogue, and says itself what it covers.
    let tells = known || !scopes_of(directory, group).is_empty();
    Some(if tells { Blank::Empty } else { Blank::Unknown })
}

pub(super) fn unknown_scopes(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let directory = survey.directory;
    by_list(survey, |list| {
        policies_where(directory, list, |policy| {
            policy.resource_groups.iter().any(|on| blank(directory, on) == Some(Blank::Unknown))
        })
    })
}

pub(super) fn empty_scopes(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let directory = survey.directory;
    by_list(survey, |list| {
        policies_where(directory, list, |policy| {
            policy.resource_groups.iter().all(|on| blank(directory, on) == Some(Blank::Empty))
        })
    })
}

pub(super) fn unseen_zones(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let directory = survey.directory;
    by_list(survey, |list| {
        let all = list.granted.iter().flatten().map(|(_, _, on)| on);
        let unseen: BTreeSet<String> = all
            .filter_map(|on| match on {
                Reach::Place(place @ Place::Zone(id)) if directory.zones().get(id).is_none() => {
                    Some(place_words(directory, place))
                }
                _ => None,
            })
            .collect();
        (!unseen.is_empty()).then(|| few(&unseen.into_iter().collect::<Vec<_>>()))
    })
}

/// What a list grants on the whole account, and what on single zones.
#[derive(Default)]
struct Spread<'l> {
    wide: Vec<&'l Arc<PermissionGroup>>,
    narrow: Vec<(&'l Arc<PermissionGroup>, &'l Arc<ResourceGroup>)>,
}

impl<'l> Spread<'l> {
    fn of(directory: &Directory, list: &'l List) -> Self {
        let mut spread = Self::default();
        for policy in list.policies.iter().filter(|policy| policy.access == Access::Allow) {
            let account = |on: &Reach| *on == Reach::Place(Place::Account);
            let zone = |on: &Reach| matches!(on, Reach::Place(Place::Zone(_)));
            let any = |is: fn(&Reach) -> bool| {
                policy.resource_groups.iter().find(|on| reaches(directory, on).iter().any(is))
            };
            if any(account).is_some() {
                spread.wide.extend(&policy.permission_groups);
            }
            if let Some(on) = any(zone) {
                spread.narrow.extend(policy.permission_groups.iter().map(|what| (what, on)));
            }
        }
        spread
    }
}

/// Which permission group gives which, each two of them asked once.
#[derive(Default)]
struct Gives(HashMap<(usize, usize), bool>);

impl Gives {
    fn ask(&mut self, wide: &Arc<PermissionGroup>, narrow: &Arc<PermissionGroup>) -> bool {
        let key = (Arc::as_ptr(wide).addr(), Arc::as_ptr(narrow).addr());
        *self.0.entry(key).or_insert_with(|| gives(wide, narrow).is_some())
    }

    /// What is held on zones beside something wide that gives it on every zone.
    fn overlap(
        &mut self,
        directory: &Directory,
        wide: &Spread<'_>,
        narrow: &Spread<'_>,
        counts: impl Fn(&PermissionGroup, &PermissionGroup) -> bool,
    ) -> Vec<String> {
        let mut found = BTreeSet::new();
        for (what, on) in &narrow.narrow {
            let above = wide.wide.iter().find(|wide| counts(wide, what) && self.ask(wide, what));
            found.extend(above.map(|above| {
                format!(
                    "{} on account beside {} on {}",
                    permission_words(above),
                    permission_words(what),
                    scope_words(directory, on)
                )
            }));
        }
        found.into_iter().collect()
    }
}

pub(super) fn wide_groups(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let mut gives = Gives::default();
    let mut cases = Vec::new();
    for list in survey.lists.iter().filter(|list| !list.groups.is_empty()) {
        let spread = Spread::of(survey.directory, list);
        let found = gives.overlap(survey.directory, &spread, &spread, |_, _| true);
        if !found.is_empty() {
            cases.extend(groups(survey, list, &few(&found).into()));
        }
    }
    cases
}

/// What a member holds directly, by itself and beside what the groups give. Two groups of one person are not held
/// against each other: each has its own purpose, and other members.
pub(super) fn wide_members(survey: &Survey<'_>, _: &Inputs<'_>) -> Vec<Case> {
    let directory = survey.directory;
    let spreads: Vec<Spread<'_>> =
        survey.lists.iter().map(|list| Spread::of(directory, list)).collect();
    let mut gives = Gives::default();
    let mut found: HashMap<Slot, Vec<Arc<str>>> = HashMap::new();
    // By the places of the two lists: many members have both.
    let mut beside: HashMap<(usize, usize), Vec<Arc<str>>> = HashMap::new();
    for (list, spread) in survey.lists.iter().zip(&spreads) {
        let words = gives.overlap(directory, spread, spread, |_, _| true);
        let words: Vec<Arc<str>> = words.into_iter().map(Arc::from).collect();
        if !words.is_empty() {
            found.extend(list.members.iter().map(|slot| (*slot, words.clone())));
        }
    }
    for pair in &survey.pairs {
        let Some(own) = spreads.get(pair.list) else { continue };
        let mut words: Vec<Arc<str>> = Vec::new();
        for group in &pair.groups {
            let Some(place) = survey.place_of_group(*group) else { continue };
            let Some(through) = spreads.get(place) else { continue };
            let both = beside.entry((pair.list, place)).or_insert_with(|| {
                // Of the very same permission group it is told as covered.
                let mut both =
                    gives.overlap(directory, through, own, |wide, what| wide.id != what.id);
                // Administrators hold everything on every zone, and are in groups like all others.
                let counts = |wide: &PermissionGroup, _: &PermissionGroup| {
                    level_of(wide) < Highest::Administrator
                };
                both.extend(gives.overlap(directory, own, through, counts));
                both.into_iter().map(Arc::from).collect::<Vec<Arc<str>>>()
            });
            words.extend(both.iter().cloned());
        }
        if !words.is_empty() {
            for slot in &pair.members {
                found.entry(*slot).or_default().extend(words.iter().cloned());
            }
        }
    }
    let rows = found.into_iter().filter_map(|(slot, words)| {
        let words: BTreeSet<Arc<str>> = words.into_iter().collect();
        let member = directory.members().at(slot)?;
        let note: Arc<str> = few(&words.iter().map(ToString::to_string).collect::<Vec<_>>()).into();
        Some(Case::row(Subject::Member(member.id.clone()), note))
    });
    rows.collect()
}
