//! What changes do to an answer: who can then, and who can't any more; and questions worth asking of an account.

use std::sync::Arc;

use super::altered::Altered;
use super::grant::direct_policies;
use super::highest::is_super_administrator;
use super::question::{Asked, Question};
use super::scope::{Place, places};
use crate::domain::{
    Access, Change, Directory, Group, GroupId, Member, MemberId, PermissionScope, Policy, Slot,
};

/// Whom changes bring into an answer, and whom they take out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    /// Who can then and can't now.
    pub comes: Vec<Slot>,
    /// Who can now and can't then.
    pub goes: Vec<Slot>,
}

impl Shift {
    /// What changes do to the answer to a question. Who is only invited has no row to come into it.
    pub fn of<'c>(
        directory: &Directory,
        question: &Question,
        changes: impl Iterator<Item = &'c Change>,
    ) -> Self {
        let altered = Altered::of(directory, changes);
        let mut shift = Self::default();
        for member in altered.touched(directory) {
            let Some(slot) = directory.members().slot(&member) else { continue };
            match holds(directory, question, &altered, &member) {
                (false, true) => shift.comes.push(slot),
                (true, false) => shift.goes.push(slot),
                _ => {}
            }
        }
        shift
    }
}

/// Whether a member can before and after.
fn holds(
    directory: &Directory,
    question: &Question,
    altered: &Altered,
    member: &MemberId,
) -> (bool, bool) {
    let asked = Asked::new(directory, question);
    let gives = |list: &[Arc<Policy>]| list.iter().any(|policy| asked.allows(policy));
    let before = |group: &GroupId| {
        let row = directory.groups().get(group);
        row.map(Group::policies).is_some_and(gives)
    };
    let after = |group: &GroupId| altered.after(directory, group).is_some_and(gives);
    let (was, is) = altered.groups(directory, member);
    let row = directory.members().get(member);
    let own = row.map(|row| direct_policies(directory, row)).unwrap_or_default();
    let own_after = altered.own(member).unwrap_or(&own);
    (was.iter().any(before) || gives(&own), is.iter().any(after) || gives(own_after))
}

/// A few questions that the account can answer with somebody, each of another kind: about a zone that has a name, about
/// the whole account, about those who may do everything.
pub fn examples(directory: &Directory) -> Vec<Question> {
    let groups = directory.groups().values().flat_map(Group::policies);
    let members = directory.members().values().flat_map(Member::direct_policies);
    let mut kinds: [Option<Question>; 3] = [None, None, None];
    for policy in groups.chain(members).filter(|policy| policy.access == Access::Allow) {
        look_for_examples(directory, policy, &mut kinds);
        if kinds.iter().all(Option::is_some) {
            break;
        }
    }
    kinds.into_iter().flatten().collect()
}

fn look_for_examples(directory: &Directory, policy: &Policy, kinds: &mut [Option<Question>; 3]) {
    let on: Vec<Place> =
        policy.resource_groups.iter().flat_map(|group| places(directory, group)).collect();
    let named = |place: &&Place| match place {
        Place::Zone(id) => directory.zones().get(id).is_some_and(|zone| !zone.name.is_empty()),
        _ => false,
    };
    let zone = on.iter().find(named);
    let account = on.iter().find(|place| **place == Place::Account);
    let [on_zone, on_account, everything] = kinds;
    for permission in policy.permission_groups.iter().filter(|group| !group.name.is_empty()) {
        let all = is_super_administrator(permission);
        let of_zones = permission.scope == PermissionScope::Zone;
        let (kind, place) = match (zone, account) {
            (_, Some(place)) if all => (&mut *everything, place),
            (Some(place), _) if of_zones => (&mut *on_zone, place),
            (_, Some(place)) if !of_zones => (&mut *on_account, place),
            _ => continue,
        };
        kind.get_or_insert_with(|| Question {
            permission: permission.clone(),
            on: Some(place.clone()),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::{
        Account, allows, dns_on, group, group_id, member, member_id, permission, tag,
    };
    use crate::domain::{GroupRef, ZoneId};

    fn dns() -> Question {
        Question {
            permission: permission("Domain DNS", "domain_dns", PermissionScope::Zone),
            on: Some(Place::Zone(ZoneId::parse(&tag(1)).unwrap())),
        }
    }

    fn account() -> Account {
        Account::new()
            .members(vec![
                member(10, "in@x.io", &[]),
                member(11, "out@x.io", &[]),
                member(12, "both@x.io", &[dns_on(1)]),
            ])
            .groups(vec![group(50, "dns", &[dns_on(1)])])
            .inside(50, &[10, 12])
            .zone(1, "shop.example")
    }

    #[test]
    fn who_joins_comes_who_leaves_goes_and_who_has_another_path_stays() {
        let directory = account().directory;
        let slot = |number| directory.members().slot(&member_id(number)).unwrap();
        let add = Change::Add { group: GroupRef::Existing(group_id(50)), member: member_id(11) };
        let leaves = |number| Change::Remove { group: group_id(50), member: member_id(number) };
        let changes = [add, leaves(10), leaves(12)];
        let shift = Shift::of(&directory, &dns(), changes.iter());
        assert_eq!(shift, Shift { comes: vec![slot(11)], goes: vec![slot(10)] });
        let gone = [Change::Delete { group: group_id(50), name: "dns".into() }];
        let shift = Shift::of(&directory, &dns(), gone.iter());
        assert_eq!(shift, Shift { comes: vec![], goes: vec![slot(10)] });
    }

    #[test]
    fn examples_are_of_this_account_and_each_of_another_kind() {
        let account = account().groups(vec![group(51, "bills", &[allows("Billing")])]);
        let examples = examples(&account.directory);
        let words: Vec<_> = examples.iter().map(|it| it.words(&account.directory)).collect();
        assert_eq!(words, ["Domain DNS on shop.example", "Billing on account"]);
        assert!(super::examples(&Account::new().directory).is_empty());
    }
}
