//! Makes the company: the same seed, size and moment make the same bytes. Never reads a clock.

mod groups;
mod names;
mod people;
mod problems;

use std::sync::Arc;

use super::world::dice::{Dice, derive, mix};
use super::world::{
    Account, Catalogue, Id, Moment, OrgMember, Organization, Person, ResourceGroup, Scope, Status,
    World, Zone,
};

/// What the company is made from.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub members: u32,
    pub groups: u32,
    pub accounts: u32,
    pub seed: u64,
    pub now: Moment,
}

/// Makes the whole world.
pub(super) fn company(plan: Plan) -> World {
    let catalogue = Arc::new(Catalogue::new(plan.seed, plan.now));
    let owner = owner(plan.seed);
    let accounts: Vec<Account> = (0..plan.accounts.max(1))
        .map(|n| account(small_beside_the_first(plan, n), n, &owner, &catalogue))
        .collect();
    let organization = organization(plan, accounts.first(), &owner);
    World { accounts, organization, owner }
}

/// Further accounts exist to be picked from, and hold a few people only.
fn small_beside_the_first(plan: Plan, n: u32) -> Plan {
    if n == 0 {
        return plan;
    }
    Plan {
        members: plan.members.min(12),
        groups: plan.groups.min(3),
        seed: mix(plan.seed ^ u64::from(n)),
        ..plan
    }
}

fn owner(seed: u64) -> Person {
    Person {
        user: derive(seed, "owner", 0),
        email: "alex.rivera@northwind.example".into(),
        first: "Alex".into(),
        last: "Rivera".into(),
        two_factor: true,
    }
}

fn account(plan: Plan, n: u32, owner: &Person, catalogue: &Arc<Catalogue>) -> Account {
    let name = match n {
        0 => "Northwind Trading".to_owned(),
        1 => "Northwind Sandbox".to_owned(),
        n => format!("Northwind Subsidiary {n}"),
    };
    let id = derive(plan.seed, "account", u64::from(n));
    let mut account =
        Account::new(id, name, plan.now.minus_hours(24 * 2_190), Arc::clone(catalogue));
    zones(&mut account, plan);
    resource_groups(&mut account, plan.seed);
    people::fill(&mut account, plan, owner);
    groups::fill(&mut account, plan);
    problems::plant(&mut account, plan);
    account
}

fn zones(account: &mut Account, plan: Plan) {
    let wanted = names::ZONES.len().max(usize::try_from(plan.members / 400).unwrap_or(0).min(240));
    let mut dice = Dice::new(plan.seed, "zones");
    for n in 0..wanted {
        let name = names::ZONES
            .get(n)
            .map_or_else(|| format!("site-{n}.example"), |known| (*known).to_owned());
        let created = plan.now.minus_seconds(24 * 3_600 * 60 + dice.below(24 * 3_600 * 1_900));
        let id = derive(plan.seed, "zone", n as u64);
        account.zones.push(Zone { id, name: name.into(), created });
    }
}

/// The id of the `n`th of the resource groups that the company made itself.
fn resource_group_id(seed: u64, n: u64) -> Id {
    derive(seed, "resource group", n)
}

/// The account-wide group, four groups of domains (two bear one name, which the service permits).
fn resource_groups(account: &mut Account, seed: u64) {
    let id = account.id;
    let mut put = |n: u64, name: String, scope: Scope, built_in: bool| {
        let group = ResourceGroup {
            id: resource_group_id(seed, n),
            name: Some(name.into()),
            scope,
            built_in,
        };
        account.resource_groups.insert(group.id, group);
    };
    put(0, format!("com.cloudflare.api.account.{id}"), Scope::account(id), true);
    let zones: Vec<Id> = account.zones.iter().map(|zone| zone.id).collect();
    let part =
        |from: usize, to: usize| zones.get(from..to.min(zones.len())).unwrap_or_default().to_vec();
    put(1, "Production domains".to_owned(), Scope::zones(id, &part(0, 8)), false);
    put(2, "Staging and labs".to_owned(), Scope::zones(id, &part(11, 14)), false);
    put(3, "Marketing sites".to_owned(), Scope::zones(id, &part(8, 11)), false);
    put(4, "Marketing sites".to_owned(), Scope::zones(id, &part(5, 6)), false);
}

/// Members of the organization: the owner, some of the account's people, one who was canceled, one invited.
fn organization(plan: Plan, account: Option<&Account>, owner: &Person) -> Organization {
    let mut organization = Organization {
        id: derive(plan.seed, "organization", 0).letters(),
        name: "Northwind Group".to_owned(),
        created: plan.now.minus_hours(24 * 400),
        members: vec![org_member(plan, 0, owner, "active")],
    };
    let Some(account) = account else { return organization };
    let mut account = account.clone();
    let people = account.ordered(super::world::Order::Since);
    let accepted = people.iter().filter_map(|id| account.member(*id)).filter(|m| {
        m.status == Status::Accepted && m.person.two_factor && m.person.user != owner.user
    });
    for (n, member) in (1..).zip(accepted.take(13)) {
        let status = if n == 9 { "canceled" } else { "active" };
        organization.members.push(org_member(plan, n, &member.person, status));
    }
    let mut invited = owner.clone();
    invited.email = "quinn.abara@partners.example".into();
    let mut invited = org_member(plan, 99, &invited, "pending");
    (invited.user, invited.name, invited.two_factor) = (None, String::new(), false);
    organization.members.push(invited);
    organization
}

fn org_member(plan: Plan, n: u64, person: &Person, status: &'static str) -> OrgMember {
    let mut dice = Dice::new(plan.seed, &format!("organization member {n}"));
    let day = 24 * 3_600;
    let created = plan.now.minus_seconds(day * (380 - 3 * n.min(120)) + dice.below(day));
    let updated =
        if status == "canceled" { plan.now.minus_seconds(dice.below(day * 60)) } else { created };
    OrgMember {
        id: derive(plan.seed, "organization member", n).letters(),
        user: Some(person.user),
        email: person.email.to_string(),
        name: format!("{} {}", person.first, person.last),
        two_factor: person.two_factor,
        status,
        created,
        updated,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::super::world::Moment;
    use super::{Plan, company};

    #[test]
    fn nobody_joins_before_group_and_membership_are_there_and_all_are_in_a_few_groups() {
        for (members, groups) in [(1, 0), (7, 18), (240, 18), (3_000, 40)] {
            for seed in 1..4 {
                let now = Moment::of("2026-11-24T00:00:00Z".parse().unwrap_or_default());
                let world = company(Plan { members, groups, accounts: 1, seed, now });
                let account = &world.accounts[0];
                let (mut each, mut days, mut joined) = (BTreeMap::new(), BTreeSet::new(), 0);
                for group in account.groups.values() {
                    assert!(group.created <= group.modified && group.modified <= now);
                    for entry in &group.members {
                        let since = account.member(entry.member).map(|member| member.since);
                        assert!(since.is_some_and(|since| since <= entry.at), "{}", group.name);
                        assert!(group.created <= entry.at && entry.at <= now, "{}", group.name);
                        *each.entry(entry.member).or_insert(0) += 1;
                        days.insert(now.seconds_since(entry.at) / 86_400);
                        joined += 1;
                    }
                }
                if groups == 18 {
                    assert!(each.values().all(|groups| *groups <= 5));
                }
                assert!(joined < 100 || days.len() > 100, "dates of joining are spread");
            }
        }
    }
}
