//! What two members hold in common, and what one of them holds alone; and what all members of a group hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::difference::{Held, Reach, covers, reaches};
use super::grant::grants;
use crate::domain::{Access, Directory, MemberId, PermissionGroup, PermissionGroupId};

type What = (Access, PermissionGroupId);

/// What somebody holds, permission group by permission group, wherever it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding(BTreeMap<What, (Arc<PermissionGroup>, BTreeSet<Reach>)>);

impl Holding {
    /// Of a member.
    pub fn of(directory: &Directory, member: &MemberId) -> Self {
        let mut holding = Self::default();
        for grant in grants(directory, member) {
            let what = (grant.access, grant.permission_group.id.clone());
            let (_, on) =
                holding.0.entry(what).or_insert_with(|| (grant.permission_group, BTreeSet::new()));
            on.extend(reaches(directory, &grant.resource_group));
        }
        holding
    }

    /// Takes in that something is held on something.
    pub(super) fn add(&mut self, what: What, group: Arc<PermissionGroup>, on: Reach) {
        self.0.entry(what).or_insert_with(|| (group, BTreeSet::new())).1.insert(on);
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn holds(&self, what: &What, on: &Reach) -> bool {
        self.0.get(what).is_some_and(|(_, all)| all.iter().any(|wide| covers(wide, on)))
    }

    fn picked(&self, picks: impl Fn(&What, &Reach) -> bool) -> Self {
        let left = self.0.iter().filter_map(|(what, (group, on))| {
            let on: BTreeSet<Reach> = on.iter().filter(|on| picks(what, on)).cloned().collect();
            (!on.is_empty()).then(|| (what.clone(), (group.clone(), on)))
        });
        Self(left.collect())
    }

    /// What both hold. Of an account and a zone in it that is the zone.
    fn shared(&self, other: &Self) -> Self {
        let mut shared = self.picked(|what, on| other.holds(what, on));
        for (what, (group, on)) in other.picked(|what, on| self.holds(what, on)).0 {
            shared.0.entry(what).or_insert_with(|| (group, BTreeSet::new())).1.extend(on);
        }
        shared
    }

    fn without(&self, other: &Self) -> Self {
        self.picked(|what, on| !other.holds(what, on))
    }

    /// One after the other, by the permission groups' names. By which path each is held is another question.
    pub fn told(self) -> Vec<Held> {
        let held = self.0.into_iter().map(|((access, _), (permission_group, on))| Held {
            unsettled: access != Access::Allow,
            access,
            permission_group,
            on: on.into_iter().collect(),
            by: Vec::new(),
        });
        let mut held: Vec<Held> = held.collect();
        held.sort_by(|a, b| {
            (&a.permission_group.name, &a.access).cmp(&(&b.permission_group.name, &b.access))
        });
        held
    }
}

/// Two holdings side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// What both hold.
    pub same: Vec<Held>,
    /// What the first holds and the second doesn't.
    pub only_here: Vec<Held>,
    /// What the second holds and the first doesn't.
    pub only_there: Vec<Held>,
}

/// Compares what two hold.
pub fn compare(here: &Holding, there: &Holding) -> Compared {
    Compared {
        same: here.shared(there).told(),
        only_here: here.without(there).told(),
        only_there: there.without(here).told(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::{
        Account, allows, dns_on, group, group_id, member, member_id, permission, policy, role,
        whole_account,
    };
    use crate::access::held_words;
    use crate::domain::{MemberStatus, PermissionScope};

    fn words(account: &Account, held: &[Held]) -> Vec<String> {
        held.iter().map(|held| held_words(&account.directory, held)).collect()
    }

    fn compared(account: &Account, here: u128, there: u128) -> Compared {
        let of = |number| Holding::of(&account.directory, &member_id(number));
        compare(&of(here), &of(there))
    }

    #[test]
    fn the_same_by_another_path_is_the_same() {
        let account = Account::new()
            .members(vec![
                member(10, "a@x.io", &[dns_on(1), allows("Billing")]),
                member(11, "b@x.io", &[dns_on(2)]),
            ])
            .groups(vec![group(50, "dns", &[dns_on(1)])])
            .inside(50, &[11])
            .zone(1, "shop.example")
            .zone(2, "blog.example");
        let compared = compared(&account, 10, 11);
        assert_eq!(words(&account, &compared.same), ["Domain DNS on shop.example"]);
        assert_eq!(words(&account, &compared.only_here), ["Billing on account"]);
        assert_eq!(words(&account, &compared.only_there), ["Domain DNS on blog.example"]);
    }

    #[test]
    fn a_zone_is_the_same_as_that_zone_in_the_whole_account_and_the_rest_is_not() {
        let dns = permission("Domain DNS", "domain_dns", PermissionScope::Zone);
        let wide = policy(Access::Allow, &[&dns], &[&whole_account()]);
        let account = Account::new()
            .members(vec![member(10, "a@x.io", &[dns_on(1)]), member(11, "b@x.io", &[wide])])
            .zone(1, "shop.example");
        let compared = compared(&account, 10, 11);
        assert_eq!(words(&account, &compared.same), ["Domain DNS on shop.example"]);
        assert_eq!(words(&account, &compared.only_there), ["Domain DNS on account"]);
        assert!(compared.only_here.is_empty());
    }

    #[test]
    fn what_a_group_has_in_common_is_what_each_accepted_member_holds_through_it_or_not() {
        let mut invited = member(12, "new@x.io", &[]);
        invited.status = MemberStatus::Pending;
        let account = Account::new()
            .members(vec![
                member(10, "a@x.io", &[allows("Billing"), allows("Zaraz")]),
                member(11, "b@x.io", &[allows("Billing")]),
                invited,
            ])
            .groups(vec![group(50, "dns", &[dns_on(1)])])
            .inside(50, &[10, 11, 12])
            .zone(1, "shop.example");
        let common = Holding::common(&account.directory, &group_id(50)).told();
        let expected = ["Billing on account", "Domain DNS on shop.example"];
        assert_eq!(words(&account, &common), expected);
        assert!(Holding::common(&account.directory, &group_id(99)).is_empty());
    }

    #[test]
    fn of_an_account_and_a_zone_in_it_the_zone_is_common_and_roles_alone_count() {
        let dns = permission("Domain DNS", "domain_dns", PermissionScope::Zone);
        let wide = policy(Access::Allow, &[&dns], &[&whole_account()]);
        let mut by_role = member(12, "c@x.io", &[]);
        by_role.roles = [role("Billing")].into();
        let account = Account::new()
            .members(vec![
                member(10, "a@x.io", &[wide, allows("Billing")]),
                member(11, "b@x.io", &[dns_on(1), dns_on(2), allows("Billing")]),
                by_role,
            ])
            .groups(vec![group(50, "dns", &[]), group(51, "more", &[dns_on(1)])])
            .inside(50, &[10, 11, 12])
            .inside(51, &[12])
            .zone(1, "shop.example");
        let common = Holding::common(&account.directory, &group_id(50));
        let expected = ["Billing on account", "Domain DNS on shop.example"];
        assert_eq!(words(&account, &common.clone().told()), expected);
        // The same as what is left after one after the other.
        let of = |number| Holding::of(&account.directory, &member_id(number));
        assert_eq!(of(10).shared(&of(11)).shared(&of(12)), common);
    }
}
