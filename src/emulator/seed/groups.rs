//! The groups of an account: who is in them and what they grant.

use super::super::world::dice::{Dice, derive};
use super::super::world::{
    Access, Account, Group, Id, Joined, Kind, Order, Policy, ResourceGroup, Scope, Status,
};
use super::Plan;
use super::names::{DUTIES, TEAMS};

/// What a group of the company grants, on what, and how many people of 1,000 are in it.
struct Draft {
    name: &'static str,
    /// Labels of permission groups on one scope, `;` between policies: `label+label@scope`.
    grants: &'static str,
    share: u64,
    kept_elsewhere: bool,
}

const fn draft(name: &'static str, grants: &'static str, share: u64) -> Draft {
    Draft { name, grants, share, kept_elsewhere: false }
}

/// Scopes: `account`, `production`, `staging`, `marketing`, or the name of a zone.
const DRAFTS: &[Draft] = &[
    draft("prod-dns", "domain_dns@production", 45),
    draft(
        "edge-ops",
        "cache_purge+load_balancer@account;domain_cache_purge+domain_waiting_room@production",
        80,
    ),
    draft("platform-read", "admin_readonly@account", 260),
    draft("on-call", "firewall+dns+load_balancer@account;domain_admin@status.example", 70),
    draft(
        "security",
        "waf_admin+audit_logs_viewer+trust_and_safety@account;domain_bot_management@production",
        50,
    ),
    // Over-wide: people from outside may change nearly everything.
    draft("contractors-emea", "admin@account;domain_dns@eu-shop.example", 85),
    draft("billing", "billing@account", 30),
    draft("workers-dev", "workers_platform_admin+workers_kv_storage_write@account", 210),
    draft("release-managers", "workers_platform_admin+workers_kv_storage_write@account", 40),
    draft("waf-tuning", "domain_page_shield+domain_bot_management@production", 35),
    draft("zero-trust-admins", "teams_admin+teams_pii@account", 20),
    draft("r2-data", "r2_admin@account;r2_read@account", 90),
    draft("analytics-viewers", "analytics+log_share_reader@account", 300),
    draft("support-tier2", "domain_admin_readonly@production;audit_logs_viewer@account", 160),
    draft("marketing-sites", "domain_cache_purge+domain_dns@marketing", 75),
    draft("cache-purge", "cache_purge@account", 110),
    draft("sandbox-2024", "domain_admin@staging", 0),
    Draft {
        name: "okta-all-staff",
        grants: "minimal_account_access@account",
        share: 900,
        kept_elsewhere: true,
    },
];

/// Fills the account with groups; past the company's own, teams are made up.
pub(super) fn fill(account: &mut Account, plan: Plan) {
    let people = candidates(account);
    for n in 0..u64::from(plan.groups) {
        let mut dice = Dice::new(plan.seed, &format!("group {n}"));
        let known = usize::try_from(n).ok().and_then(|at| DRAFTS.get(at));
        let (name, grants, share, kept) = known.map_or_else(
            || (made_up_name(n), made_up_grants(&mut dice), 2 + dice.below(20), false),
            |d| (d.name.to_owned(), d.grants.to_owned(), d.share, d.kept_elsewhere),
        );
        let created = plan.now.minus_hours(24 * (40 + dice.below(700)));
        let modified = plan.now.minus_hours(dice.below(24 * 38));
        let policies = grants
            .split(';')
            .zip(0..)
            .filter_map(|(text, at)| policy(account, plan, &grants_seed(n, at), text))
            .collect();
        let id = derive(plan.seed, "group", n);
        let group = Group {
            id,
            name: name.into(),
            created,
            modified,
            kept_elsewhere: kept,
            policies,
            members: Vec::new(),
        };
        account.groups.insert(id, group);
        let members = chosen(&mut dice, &people, share, plan, created);
        account.fill(id, members);
    }
}

fn grants_seed(group: u64, policy: u64) -> String {
    format!("policy {policy} of group {group}")
}

/// Who can be in a group at all, in the order of joining the account.
fn candidates(account: &mut Account) -> Vec<Id> {
    let ids = account.ordered(Order::Since);
    let fit =
        |id: &&Id| account.member(**id).is_some_and(|m| m.status == Status::Accepted && m.dsr);
    ids.iter().filter(fit).copied().collect()
}

fn chosen(
    dice: &mut Dice,
    people: &[Id],
    share: u64,
    plan: Plan,
    created: super::Moment,
) -> Vec<Joined> {
    // In a very large account a group stays one that people can still oversee.
    let most = 4_000_u64.max(people.len() as u64 / 20);
    let wanted = (people.len() as u64 * share).div_ceil(1_000).min(most);
    let everyone = share >= 900 && wanted < most;
    let mut members = Vec::new();
    let mut join = |dice: &mut Dice, member: Id| {
        let at = plan.now.minus_hours(dice.below(24 * 39)).max(created);
        members.push(Joined { member, at });
    };
    if everyone {
        for member in people {
            if dice.chance(share) {
                join(dice, *member);
            }
        }
    } else {
        for _ in 0..wanted {
            let member =
                usize::try_from(dice.below(people.len() as u64)).ok().and_then(|at| people.get(at));
            if let Some(member) = member {
                join(dice, *member);
            }
        }
    }
    members
}

fn made_up_name(n: u64) -> String {
    let pick = |of: &[&'static str], at: u64| {
        usize::try_from(at % of.len() as u64)
            .ok()
            .and_then(|at| of.get(at))
            .copied()
            .unwrap_or("team")
    };
    let round = n / (TEAMS.len() as u64 * DUTIES.len() as u64);
    let (team, duty) = (pick(TEAMS, n), pick(DUTIES, n / TEAMS.len() as u64));
    if round == 0 { format!("{team}-{duty}") } else { format!("{team}-{duty}-{}", round + 1) }
}

fn made_up_grants(dice: &mut Dice) -> String {
    let account = [
        "analytics",
        "workers_editor",
        "r2_read",
        "cache_purge",
        "api_gateway_read",
        "turnstile",
        "zaraz_read",
    ];
    let domain = [
        "domain_dns",
        "domain_admin_readonly",
        "domain_cache_purge",
        "domain_page_shield_read",
        "zone_versioning_read",
    ];
    if dice.chance(500) {
        format!("{}@account", dice.pick(&account))
    } else {
        format!(
            "{}@{}",
            dice.pick(&domain),
            dice.pick(&["production", "staging", "marketing", "shop.example", "docs.example"])
        )
    }
}

/// Reads `label+label@scope`.
fn policy(account: &mut Account, plan: Plan, key: &str, text: &str) -> Option<Policy> {
    let (labels, scope) = text.split_once('@')?;
    let permission_groups: Box<[Id]> =
        labels.split('+').filter_map(|label| account.catalogue.labelled(label)).collect();
    let id = derive(plan.seed, key, 0);
    let resource_group = scope_named(account, plan, key, scope)?;
    debug_assert_eq!(permission_groups.len(), labels.split('+').count(), "unknown label in {text}");
    Some(Policy {
        id,
        access: Access::Allow,
        permission_groups,
        resource_groups: Box::new([resource_group]),
        extra: None,
    })
}

fn scope_named(account: &mut Account, plan: Plan, key: &str, scope: &str) -> Option<Id> {
    let by_name = |name: &str| {
        account.resource_groups.values().find(|g| g.name.as_deref() == Some(name)).map(|g| g.id)
    };
    match scope {
        "account" => account.whole().map(|group| group.id),
        "production" => by_name("Production domains"),
        "staging" => by_name("Staging and labs"),
        "marketing" => by_name("Marketing sites"),
        zone => {
            let zone = account.zones.iter().find(|known| &*known.name == zone)?.id;
            let scope = Scope::zones(account.id, &[zone]);
            debug_assert_eq!(scope.kind(), Kind::Zone);
            let id = derive(plan.seed, key, 1);
            account
                .resource_groups
                .insert(id, ResourceGroup { id, name: None, scope, built_in: false });
            Some(id)
        }
    }
}
