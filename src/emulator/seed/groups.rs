//! The groups of an account: who is in them and what they grant.

use super::super::world::dice::{Dice, derive};
use super::super::world::{
    Access, Account, Group, Id, Joined, Kind, Order, Policy, ResourceGroup, Scope, Status,
};
use super::names::{DUTIES, TEAMS};
use super::people::is_outside;
use super::{Plan, resource_group_id};

/// Whom a group takes in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Staff,
    Outside,
    Both,
}

/// What a group of the company grants, on what, and how many people of 1,000 are in it.
struct Draft {
    name: &'static str,
    /// Labels of permission groups on one scope, `;` between policies: `label+label@scope`.
    grants: &'static str,
    share: u64,
    from: From,
    /// Days since its creation; none where chance says.
    age: Option<u64>,
    kept_elsewhere: bool,
}

const fn draft(name: &'static str, grants: &'static str, share: u64) -> Draft {
    Draft { name, grants, share, from: From::Staff, age: None, kept_elsewhere: false }
}

/// In so many groups of the company one person is at most, the one that holds everybody left aside.
const MOST_GROUPS: u32 = 4;

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
    Draft {
        from: From::Outside,
        ..draft("contractors-emea", "admin@account;domain_dns@eu-shop.example", 85)
    },
    draft("billing", "billing@account", 30),
    draft("workers-dev", "workers_platform_admin+workers_kv_storage_write@account", 210),
    draft("release-managers", "workers_platform_admin+workers_kv_storage_write@account", 40),
    draft("waf-tuning", "domain_page_shield+domain_bot_management@production", 35),
    draft("zero-trust-admins", "teams_admin+teams_pii@account", 20),
    draft("r2-data", "r2_admin@account;d1_read+queues_read@account", 90),
    draft("analytics-viewers", "analytics+log_share_reader@account", 300),
    draft("support-tier2", "domain_admin_readonly@production;audit_logs_viewer@account", 160),
    Draft {
        from: From::Both,
        ..draft("marketing-sites", "domain_cache_purge+domain_dns@marketing", 75)
    },
    draft("cache-purge", "cache_purge@account", 110),
    Draft { age: Some(830), ..draft("sandbox-2024", "domain_admin@staging", 0) },
    Draft {
        kept_elsewhere: true,
        ..draft("okta-all-staff", "minimal_account_access@account", 900)
    },
];

/// What one group is made from.
struct Drawn {
    name: String,
    grants: String,
    size: u64,
    from: From,
    /// In how many groups its members may be already; none where that does not matter.
    most: Option<u32>,
    kept_elsewhere: bool,
    /// Seconds since its creation.
    age: u64,
}

/// Someone who can be in a group at all.
struct Candidate {
    id: Id,
    outside: bool,
    /// Seconds since the invitation to the account.
    since: u64,
    groups: u32,
}

const DAY: u64 = 24 * 3_600;

/// Fills the account with groups; past the company's own, teams are made up.
pub(super) fn fill(account: &mut Account, plan: Plan) {
    let mut people = candidates(account, plan);
    for n in 0..u64::from(plan.groups) {
        let mut dice = Dice::new(plan.seed, &format!("group {n}"));
        let drawn = draw(&mut dice, n, people.len() as u64, u64::from(plan.groups));
        let group = group(account, plan, n, &mut dice, &drawn);
        let id = group.id;
        account.groups.insert(id, group);
        let members = chosen(&mut dice, &mut people, &drawn, plan);
        account.fill(id, members);
    }
}

/// In a very large account a group stays one that people can still oversee, and people stay in a few groups.
fn draw(dice: &mut Dice, n: u64, people: u64, groups: u64) -> Drawn {
    let age = DAY * 40 + dice.below(DAY * 700);
    match usize::try_from(n).ok().and_then(|at| DRAFTS.get(at)) {
        Some(known) => Drawn {
            name: known.name.to_owned(),
            grants: known.grants.to_owned(),
            size: (people * known.share).div_ceil(1_000).min(4_000.max(people / 20)),
            from: known.from,
            most: (!known.kept_elsewhere).then_some(MOST_GROUPS),
            kept_elsewhere: known.kept_elsewhere,
            age: known.age.map_or(age, |days| DAY * days + age % DAY),
        },
        None => Drawn {
            name: made_up_name(n),
            grants: made_up_grants(dice),
            size: 2 + dice.below(4.max(people * 6 / groups)),
            from: From::Both,
            most: None,
            kept_elsewhere: false,
            age,
        },
    }
}

fn group(account: &mut Account, plan: Plan, n: u64, dice: &mut Dice, drawn: &Drawn) -> Group {
    let key = |policy: u64| format!("policy {policy} of group {n}");
    let policies = drawn
        .grants
        .split(';')
        .zip(0..)
        .filter_map(|(text, at)| policy(account, plan, &key(at), text))
        .collect();
    // Of two throws the later one: more was changed of late than long ago.
    let changed = dice.below(drawn.age).min(dice.below(drawn.age));
    Group {
        id: derive(plan.seed, "group", n),
        name: drawn.name.as_str().into(),
        created: plan.now.minus_seconds(drawn.age),
        modified: plan.now.minus_seconds(changed),
        kept_elsewhere: drawn.kept_elsewhere,
        policies,
        members: Vec::new(),
    }
}

/// Who can be in a group at all, in the order of joining the account.
fn candidates(account: &mut Account, plan: Plan) -> Vec<Candidate> {
    let ids = account.ordered(Order::Since);
    let members = ids.iter().filter_map(|id| account.member(*id));
    members
        .filter(|member| member.status == Status::Accepted && member.dsr)
        .map(|member| Candidate {
            id: member.id,
            outside: is_outside(&member.person),
            since: plan.now.seconds_since(member.since),
            groups: 0,
        })
        .collect()
}

/// Picks the members: walks through the people once, so that nobody is picked twice. Nobody joins before the
/// group or the own membership of the account is there.
fn chosen(dice: &mut Dice, people: &mut [Candidate], drawn: &Drawn, plan: Plan) -> Vec<Joined> {
    let fits = |candidate: &Candidate| {
        let origin = match drawn.from {
            From::Staff => !candidate.outside,
            From::Outside => candidate.outside,
            From::Both => true,
        };
        origin && drawn.most.is_none_or(|most| candidate.groups < most)
    };
    let mut left = people.iter().filter(|candidate| fits(candidate)).count() as u64;
    let mut wanted = drawn.size;
    let mut members = Vec::new();
    for candidate in people.iter_mut() {
        if !fits(candidate) {
            continue;
        }
        if dice.below(left) < wanted {
            wanted -= 1;
            candidate.groups += 1;
            let at = plan.now.minus_seconds(dice.below(drawn.age.min(candidate.since)));
            members.push(Joined { member: candidate.id, at });
        }
        left -= 1;
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
    // By id: two of them bear one name.
    match scope {
        "account" => account.whole().map(|group| group.id),
        "production" => Some(resource_group_id(plan.seed, 1)),
        "staging" => Some(resource_group_id(plan.seed, 2)),
        "marketing" => Some(resource_group_id(plan.seed, 3)),
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
