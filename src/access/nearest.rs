//! Why somebody can't do something, by what comes nearest to it.

use std::collections::BTreeSet;

use super::difference::{Held, Reach, covers, reaches};
use super::grant::{Grant, grants};
use super::implied::gives;
use super::question::{Asked, Person, Question, groups_that_give};
use crate::domain::{Access, Directory, Group, GroupId, MemberId, PermissionGroupId};

/// A group that would give what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WouldGive {
    /// The group.
    pub group: GroupId,
    /// How many grants it would give beside that are not held yet.
    pub beside: usize,
}

/// What comes nearest to what somebody can't do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyNot {
    /// They can, after all.
    pub can: Option<Person>,
    /// The same permission, held on other places.
    pub elsewhere: Vec<Held>,
    /// Less than it, such as reading it, held on the place.
    pub less: Vec<Held>,
    /// The groups that would give it: the one that gives least beside it first.
    pub groups: Vec<WouldGive>,
}

/// Looks for what comes nearest. `None` where the member isn't known.
pub fn why_not(directory: &Directory, member: &MemberId, question: &Question) -> Option<WhyNot> {
    let slot = directory.members().slot(member)?;
    let can = Asked::new(directory, question).can(slot);
    let on = question.on.clone().map(Reach::Place);
    let is_here =
        |held: &Held| on.as_ref().is_none_or(|on| held.on.iter().any(|reach| covers(reach, on)));
    let held: Vec<Held> =
        grants(directory, member).into_iter().map(|g| whole(directory, g)).collect();
    let allowed = || held.iter().filter(|held| held.access == Access::Allow);
    let elsewhere = allowed().filter(|held| {
        !is_here(held) && gives(&held.permission_group, &question.permission).is_some()
    });
    let less = allowed().filter(|held| {
        is_here(held)
            && gives(&held.permission_group, &question.permission).is_none()
            && gives(&question.permission, &held.permission_group).is_some()
    });
    Some(WhyNot {
        can,
        elsewhere: elsewhere.cloned().collect(),
        less: less.cloned().collect(),
        groups: groups(directory, member, question, &held),
    })
}

fn whole(directory: &Directory, grant: Grant) -> Held {
    Held {
        unsettled: grant.access != Access::Allow,
        on: reaches(directory, &grant.resource_group),
        access: grant.access,
        permission_group: grant.permission_group,
        by: grant.paths,
    }
}

/// The groups that the member isn't in and that would give it.
fn groups(
    directory: &Directory,
    member: &MemberId,
    question: &Question,
    held: &[Held],
) -> Vec<WouldGive> {
    let groups = groups_that_give(directory, question).into_iter();
    let others = groups.filter(|group| !directory.is_in(&group.id, member));
    let mut would: Vec<(usize, &Group)> =
        others.map(|group| (beside(directory, group, held), group)).collect();
    would.sort_by_key(|(beside, group)| (*beside, group.name.clone(), group.id.clone()));
    let told = |(beside, group): (usize, &Group)| WouldGive { group: group.id.clone(), beside };
    would.into_iter().map(told).collect()
}

/// How many grants a group would give that are not held, beside the one that is asked for.
fn beside(directory: &Directory, group: &Group, held: &[Held]) -> usize {
    let is_held = |what: &PermissionGroupId, on: &Reach| {
        let same = held.iter().filter(|held| held.permission_group.id == *what);
        same.flat_map(|held| &held.on).any(|wide| covers(wide, on))
    };
    let mut new = BTreeSet::new();
    for policy in group.policies() {
        for on in policy.resource_groups.iter().flat_map(|on| reaches(directory, on)) {
            let what = policy.permission_groups.iter().map(|what| &what.id);
            new.extend(what.filter(|what| !is_held(what, &on)).map(|what| (what, on.clone())));
        }
    }
    new.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::{
        Account, allows, dns_on, group, group_id, member, member_id, permission, tag,
    };
    use crate::access::{Place, held_words};
    use crate::domain::{PermissionScope, ZoneId};

    fn dns_on_zone(number: u128) -> Question {
        Question {
            permission: permission("Domain DNS", "domain_dns", PermissionScope::Zone),
            on: Some(Place::Zone(ZoneId::parse(&tag(number)).unwrap())),
        }
    }

    #[test]
    fn the_nearest_is_the_group_that_gives_least_beside_and_the_same_on_another_zone() {
        let account = Account::new()
            .members(vec![member(10, "leo@x.io", &[dns_on(2), allows("Billing")])])
            .groups(vec![
                group(50, "all", &[dns_on(1), allows("Billing"), allows("Zaraz"), allows("R2")]),
                group(51, "dns", &[dns_on(1)]),
                group(52, "other", &[dns_on(3)]),
            ])
            .inside(50, &[])
            .inside(51, &[])
            .inside(52, &[])
            .zone(2, "blog.example");
        let near = why_not(&account.directory, &member_id(10), &dns_on_zone(1)).unwrap();
        assert_eq!(near.can, None);
        let elsewhere: Vec<String> =
            near.elsewhere.iter().map(|held| held_words(&account.directory, held)).collect();
        assert_eq!(elsewhere, ["Domain DNS on blog.example"]);
        let groups: Vec<(GroupId, usize)> =
            near.groups.into_iter().map(|would| (would.group, would.beside)).collect();
        assert_eq!(groups, [(group_id(51), 0), (group_id(50), 2)]);
    }

    #[test]
    fn who_can_after_all_is_told_so_and_who_is_not_known_has_no_answer() {
        let account = Account::new().members(vec![member(10, "leo@x.io", &[dns_on(1)])]);
        let near = why_not(&account.directory, &member_id(10), &dns_on_zone(1)).unwrap();
        assert_eq!(near.can.map(|person| person.paths), Some(1));
        assert_eq!(why_not(&account.directory, &member_id(99), &dns_on_zone(1)), None);
    }

    #[test]
    fn less_than_what_is_asked_for_on_the_place_is_near() {
        let account = Account::new().members(vec![member(10, "leo@x.io", &[allows("Zaraz Read")])]);
        let question = Question {
            permission: permission("Zaraz Admin", "", PermissionScope::Account),
            on: Some(Place::Account),
        };
        let near = why_not(&account.directory, &member_id(10), &question).unwrap();
        let less: Vec<_> = near.less.iter().map(|held| &*held.permission_group.name).collect();
        assert_eq!(less, ["Zaraz Read"]);
    }
}
