//! Guards that go by a list: what the config protects, and groups that have refused edits.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::access::Cause;
use crate::domain::{Change, GroupId, MemberId};

use super::sight::{Sight, capped};
use super::{Asks, Guard, GuardName};

/// Stands where the plan changes something of a protected group, or of a protected member: also where it only adds, and
/// where it takes something from the member through a group.
pub(super) fn protected(sight: &Sight<'_>) -> Option<Guard> {
    if sight.rules.protected.is_empty() {
        return None;
    }
    let (members, groups) = (protected_members(sight), protected_groups(sight));
    let asks = match (members.as_slice(), groups.as_slice()) {
        ([], groups) => Asks::name_or_count(groups, "protected group"),
        ([only], []) if crate::text::can_be_typed(&only.1) => {
            Asks { text: only.1.to_string(), who: Some(only.0.clone()) }
        }
        (members, []) => Asks::name_or_count(&vec!["".into(); members.len()], "protected member"),
        (members, groups) => Asks::text(format!("{} protected", members.len() + groups.len())),
    };
    let names = members.iter().map(|(_, email)| email).chain(&groups);
    let rows: Vec<String> =
        names.map(|name| format!("{name} is protected by the config")).collect();
    (!rows.is_empty()).then(|| Guard {
        name: GuardName::Protected,
        words: "changes what the config protects".to_owned(),
        rows: capped(rows),
        asks,
    })
}

fn protected_members(sight: &Sight<'_>) -> Vec<(MemberId, Arc<str>)> {
    let named: BTreeSet<&MemberId> = sight.plan.ops().filter_map(|op| op.change.member()).collect();
    let touched = sight.touched.iter().chain(named.iter().copied());
    let touched: BTreeSet<&MemberId> = touched.collect();
    let mut members = Vec::new();
    for id in touched {
        let email = sight.email(id);
        let changed = || named.contains(id) || loses(sight, id) || joins(sight, id);
        if sight.rules.protected.has_member(&email, id) && changed() {
            members.push((id.clone(), email));
        }
    }
    members
}

fn loses(sight: &Sight<'_>, member: &MemberId) -> bool {
    !sight.altered.difference(sight.directory, member).losses.is_empty()
}

fn joins(sight: &Sight<'_>, member: &MemberId) -> bool {
    let causes = sight.altered.causes(sight.directory, member);
    causes.iter().any(|cause| matches!(cause, Cause::Joins(_)))
}

fn protected_groups(sight: &Sight<'_>) -> Vec<Arc<str>> {
    let groups = sight.plan.groups().map(|id| (id, sight.group(id)));
    groups
        .filter(|(id, name)| sight.rules.protected.has_group(name, id))
        .map(|(_, name)| name)
        .collect()
}

/// Stands where the plan changes members, name or being of a group that has refused such an edit in this session. An
/// identity provider that keeps a group leaves its policies to us.
pub(super) fn refused_before(sight: &Sight<'_>) -> Option<Guard> {
    let edited: BTreeSet<GroupId> = sight
        .plan
        .ops()
        .filter(|op| !matches!(op.change, Change::SetPolicies { .. }))
        .filter_map(|op| op.change.target().existing_group().cloned())
        .collect();
    let names: Vec<Arc<str>> =
        edited.intersection(&sight.rules.refused).map(|group| sight.group(group)).collect();
    let row =
        |name: &Arc<str>| format!("{name}: if an identity provider keeps it, change it there");
    (!names.is_empty()).then(|| Guard {
        name: GuardName::RefusedBefore,
        words: "edits a group that has refused edits before".to_owned(),
        rows: capped(names.iter().map(row).collect()),
        asks: Asks::name_or_count(&names, "group"),
    })
}
