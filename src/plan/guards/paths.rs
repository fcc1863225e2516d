//! The guard about roles that nobody would hold any more.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::{Difference, holds_now};
use crate::domain::{Access, Collection, Member, PermissionGroup, PermissionGroupId};

use super::sight::{Sight, capped};
use super::{Asks, Guard, GuardName};

/// Stands where the plan takes away the last path by which any accepted member holds a permission group, on whatever
/// it is granted: nobody could do that work any more, but for who may do everything. That a group's own members lose
/// a role which others still hold is what taking a policy away is for, and no guard: the impact tells it.
pub(super) fn last_path(sight: &Sight<'_>) -> Option<Guard> {
    let lost = lost(sight);
    let gone: Vec<&Arc<PermissionGroup>> =
        lost.values().filter(|what| holder(sight, &what.id).is_none()).collect();
    if gone.is_empty() {
        return None;
    }
    let names: Vec<Arc<str>> = gone.iter().map(|what| name(what)).collect();
    let mut rows: Vec<String> =
        names.iter().map(|name| format!("nobody has {name} any more")).collect();
    if !sight.directory.knows_all_groups()
        || !sight.directory.coverage(&Collection::Members).is_complete()
    {
        rows.push("others may: not all members and groups have been read".to_owned());
    }
    Some(Guard {
        name: GuardName::LastPath,
        words: "takes away the last path to a role".to_owned(),
        rows: capped(rows),
        asks: Asks::name_or_count(&names, "role"),
    })
}

/// What accepted members lose entirely.
fn lost(sight: &Sight<'_>) -> BTreeMap<PermissionGroupId, Arc<PermissionGroup>> {
    let accepted = |row: &&Member| row.status.is_full();
    let mut lost = BTreeMap::new();
    for row in sight.touched.iter().filter_map(|id| sight.member(id)).filter(accepted) {
        let Difference { losses, .. } = sight.altered.difference(sight.directory, &row.id);
        for held in losses.into_iter().filter(|held| held.access == Access::Allow) {
            lost.insert(held.permission_group.id.clone(), held.permission_group);
        }
    }
    lost
}

/// The first accepted member who holds a permission group after the plan.
pub(super) fn holder<'s>(sight: &Sight<'s>, what: &PermissionGroupId) -> Option<&'s Member> {
    let mut accepted = sight.directory.members().values().filter(|row| row.status.is_full());
    accepted.find(|row| holds(sight, row, what))
}

/// Whether a member holds a permission group after the plan.
pub(super) fn holds(sight: &Sight<'_>, row: &Member, what: &PermissionGroupId) -> bool {
    let wanted = |group: &PermissionGroup| group.id == *what;
    if sight.touched.contains(&row.id) {
        sight.altered.holds(sight.directory, &row.id, wanted).after
    } else {
        holds_now(sight.directory, row, wanted)
    }
}

fn name(what: &PermissionGroup) -> Arc<str> {
    if what.name.is_empty() { what.id.to_string().into() } else { what.name.clone() }
}
