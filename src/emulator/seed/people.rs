//! The members of an account and what they were granted directly.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::world::dice::{Dice, derive};
use super::super::world::{
    Access, Account, Id, Member, Moment, Person, Policy, ResourceGroup, Scope, Status,
};
use super::Plan;
use super::names::{CULTURES, split};

/// How many people out of 1,000 are pending, lack 2FA, or lack the feature that groups need.
const PENDING: u64 = 18;
const NO_TWO_FACTOR: u64 = 60;
const NO_DSR: u64 = 12;

/// The company's own addresses, and those of the people who work for it from outside.
const OWN_HOST: &str = "northwind.example";
const OTHER_HOSTS: [&str; 2] = ["brightloom.example", "haldenworks.example"];

/// True for someone who is not of the company itself.
pub(super) fn is_outside(person: &Person) -> bool {
    !person.email.ends_with(&format!("@{OWN_HOST}"))
}

/// One in twelve is from outside.
fn host(n: u64) -> &'static str {
    let [one, other] = OTHER_HOSTS;
    match n % 24 {
        6 => one,
        18 => other,
        _ => OWN_HOST,
    }
}

/// Fills the account: the owner first, then everyone else.
pub(super) fn fill(account: &mut Account, plan: Plan, owner: &Person) {
    let mut dice = Dice::new(plan.seed, "people");
    let mut addresses = HashMap::new();
    let own = owner.email.split('@').next().unwrap_or_default();
    addresses.insert(own.to_owned(), 1);
    let whole = account.whole().map(|group| group.id);
    for n in 0..u64::from(plan.members.max(1)) {
        let mut member =
            if n == 0 { founder(plan, owner) } else { someone(&mut dice, plan, n, &mut addresses) };
        direct(account, &mut dice, plan, n, &mut member, whole);
        account.put_member(Arc::new(member));
    }
}

fn founder(plan: Plan, owner: &Person) -> Member {
    Member {
        id: derive(plan.seed, "member", 0),
        person: owner.clone(),
        status: Status::Accepted,
        since: plan.now.minus_hours(24 * 2_180),
        dsr: true,
        roles: Box::default(),
        policies: Vec::new(),
    }
}

fn someone(dice: &mut Dice, plan: Plan, n: u64, addresses: &mut HashMap<String, u32>) -> Member {
    let (first, last, address) = new_name(dice, addresses);
    // By chance, and some for certain, so that a company of any size has open invitations.
    let pending = n > 4 && (n % 80 == 7 || dice.chance(PENDING));
    let since = since(dice, plan, n, pending);
    let person = Person {
        user: derive(plan.seed, "user", n),
        email: format!("{}@{}", unique(&address, addresses), host(n)).into(),
        first: if pending { "" } else { first }.into(),
        last: if pending { "" } else { last }.into(),
        two_factor: !pending && !dice.chance(NO_TWO_FACTOR),
    };
    Member {
        id: derive(plan.seed, "member", n),
        person,
        status: if pending { Status::Pending } else { Status::Accepted },
        since,
        dsr: !dice.chance(NO_DSR),
        roles: Box::default(),
        policies: Vec::new(),
    }
}

/// When someone was invited: an open invitation is young enough to stand for another day.
fn since(dice: &mut Dice, plan: Plan, n: u64, pending: bool) -> Moment {
    let hours = if pending { 2 + dice.below(62) } else { 24 * 6 + dice.below(24 * 1_800) };
    let beyond = Dice::new(plan.seed, &format!("invited {n}")).below(3_600);
    plan.now.minus_seconds(hours * 3_600 + beyond)
}

/// A name that nobody bears yet, as long as some are easily found.
fn new_name(
    dice: &mut Dice,
    addresses: &HashMap<String, u32>,
) -> (&'static str, &'static str, String) {
    let mut found = name(dice);
    for _ in 0..8 {
        if !addresses.contains_key(&found.2) {
            break;
        }
        found = name(dice);
    }
    found
}

fn name(dice: &mut Dice) -> (&'static str, &'static str, String) {
    let mut throw = dice.below(100);
    let mut culture = CULTURES.first();
    for candidate in CULTURES {
        culture = Some(candidate);
        if throw < candidate.share {
            break;
        }
        throw -= candidate.share;
    }
    let (first, last) = culture.map_or(("", ""), |c| (dice.pick(c.first), dice.pick(c.last)));
    let ((first, first_plain), (last, last_plain)) = (split(first), split(last));
    (first, last, format!("{first_plain}.{last_plain}"))
}

/// What stands before the @, with a number where someone else has it already.
fn unique(name: &str, addresses: &mut HashMap<String, u32>) -> String {
    let taken = addresses.entry(name.to_owned()).or_insert(0);
    *taken += 1;
    if *taken == 1 { name.to_owned() } else { format!("{name}{taken}") }
}

/// Everyone may enter the account; a few hold something of their own.
fn direct(
    account: &mut Account,
    dice: &mut Dice,
    plan: Plan,
    n: u64,
    member: &mut Member,
    whole: Option<Id>,
) {
    let throw = dice.below(1_000);
    let label = match (n, throw) {
        (0, _) => "all_privileges",
        (2 | 3, _) | (_, ..6) => "admin",
        (_, 6..40) => "admin_readonly",
        (_, 40..60) => "billing",
        (_, 60..80) => "audit_logs_viewer",
        _ => "minimal_account_access",
    };
    if let (Some(group), Some(whole)) = (account.catalogue.labelled(label), whole) {
        grant(
            account,
            member,
            derive(plan.seed, "member policy", 3 * n),
            Access::Allow,
            group,
            whole,
        );
    }
    if (80..130).contains(&throw) {
        one_zone(account, dice, plan, n, member, Access::Allow, "domain_dns");
    }
    if (130..135).contains(&throw) {
        one_zone(account, dice, plan, n, member, Access::Deny, "domain_admin");
    }
}

/// A grant on a single zone through a resource group without a name; old ones have a container of their own.
fn one_zone(
    account: &mut Account,
    dice: &mut Dice,
    plan: Plan,
    n: u64,
    member: &mut Member,
    access: Access,
    label: &str,
) {
    let zones: Vec<Id> = account.zones.iter().map(|zone| zone.id).collect();
    if zones.is_empty() {
        return;
    }
    let at = usize::try_from(dice.below(zones.len() as u64)).unwrap_or_default();
    let Some(zone) = zones.get(at).copied() else { return };
    let scope =
        if dice.chance(300) { Scope::old_zone(zone) } else { Scope::zones(account.id, &[zone]) };
    let id = derive(plan.seed, "anonymous", n);
    account.resource_groups.insert(id, ResourceGroup { id, name: None, scope, built_in: false });
    if let Some(group) = account.catalogue.labelled(label) {
        grant(account, member, derive(plan.seed, "member policy", 3 * n + 1), access, group, id);
    }
}

/// Adds a policy to a member and keeps the roles, which say the same, in step.
pub(super) fn grant(
    account: &Account,
    member: &mut Member,
    id: Id,
    access: Access,
    permission_group: Id,
    resource_group: Id,
) {
    member.policies.push(Policy {
        id,
        access,
        permission_groups: Box::new([permission_group]),
        resource_groups: Box::new([resource_group]),
        extra: None,
    });
    member.roles = account.roles_of(&member.policies);
}
