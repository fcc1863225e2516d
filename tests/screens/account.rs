//! A company as its account's lists would bring it: people, groups, what they grant on which zones.

use std::sync::Arc;

use cfiam::domain::{
    Access, Account, AccountId, Caller, Collection, CredentialKind, Group, GroupId, Member,
    MemberId, MemberStatus, Membership, Opened, OrganizationMember, OrganizationMemberId, Page,
    PermissionGroup, PermissionGroupId, PermissionScope, Policy, ResourceGroup, ResourceGroupId,
    Scope, TwoFactor, UserId, Zone, ZoneId,
};
use serde_json::json;

pub const ACCOUNT: &str = "7d0f4c3e9b1a4f5e8c6d2b7a90e1f3c4";

pub fn account() -> AccountId {
    AccountId::parse(ACCOUNT).unwrap()
}

/// A tag like the service's, the same for the same kind and number.
fn tag(kind: u8, number: usize) -> String {
    let number = number as u64;
    let mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(kind) << 40;
    format!("{mixed:016x}{:016x}", mixed.rotate_left(17).wrapping_mul(0xd134_2543_de82_ef95))
}

pub fn member_id(name: &str) -> MemberId {
    let place = PEOPLE.iter().position(|(first, ..)| *first == name).expect("a person");
    MemberId::parse(&tag(1, place)).unwrap()
}

pub fn group_id(name: &str) -> GroupId {
    let place = GROUPS.iter().position(|(known, ..)| *known == name).expect("a group");
    GroupId::parse(&tag(2, place)).unwrap()
}

/// First name, family name, accepted or not, 2FA, what is granted directly.
type Person = (&'static str, &'static str, bool, bool, &'static [(&'static str, &'static str)]);

pub const PEOPLE: [Person; 26] = [
    ("Ana", "Marić", true, true, &[("Super Administrator - All Privileges", "account")]),
    ("Bo", "Lindqvist", true, true, &[("Administrator Read Only", "account")]),
    ("Chidi", "Eze", true, true, &[]),
    ("Dana", "Whitfield", true, false, &[("Super Administrator - All Privileges", "account")]),
    ("Elif", "Demir", true, true, &[]),
    ("Farid", "Haidari", true, true, &[("Billing", "account")]),
    ("Greta", "Olsen", false, false, &[("Minimal Account Access", "account")]),
    ("Hana", "Kobayashi", true, true, &[]),
    ("Ivo", "Petrov", true, true, &[("Analytics", "account")]),
    ("Jun", "Park", true, true, &[]),
    ("Kaya", "Thunderhorse", true, false, &[]),
    ("Leo", "Chen", true, true, &[("Cache Purge", "shop.example")]),
    ("Mia", "Okafor", true, false, &[]),
    ("Noor", "Haddad", true, true, &[]),
    ("Ole", "Berg", true, true, &[("Cache Purge", "shop.example")]),
    ("Pilar", "Navarro", true, true, &[]),
    ("Quinn", "O'Reilly", true, true, &[("Administrator", "account")]),
    ("Rosa", "Almeida", true, true, &[]),
    ("Sven", "Maximilian von Hohenfels-Rosenthal", true, true, &[]),
    ("Tariq", "Aziz", true, true, &[]),
    ("Uma", "Krishnan", true, true, &[]),
    ("Vera", "Sokolova", false, false, &[]),
    ("Wim", "de Vries", true, true, &[]),
    ("Xenia", "Papadopoulou", true, true, &[]),
    ("Yusuf", "Kaplan", true, true, &[]),
    ("Zoe", "Martin", true, true, &[]),
];

/// Name, members, policies (what, on what), the day it was last modified.
type Team =
    (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)], &'static str);

pub const GROUPS: [Team; 9] = [
    ("analytics", &["Ivo", "Uma", "Wim", "Zoe"], &[("Analytics", "account")], "2026-02-11"),
    ("billing", &["Farid", "Pilar"], &[("Billing", "account")], "2025-12-02"),
    ("contractors", &[], &[("Minimal Account Access", "account")], "2025-09-30"),
    (
        "edge-ops",
        &["Hana", "Jun", "Kaya", "Ole"],
        &[("Cache Purge", "shop.example"), ("Load Balancer", "account")],
        "2026-03-01",
    ),
    ("eu-dns", &["Noor", "Xenia"], &[("DNS", "eu zones")], "2026-01-20"),
    (
        "on-call",
        &["Ana", "Leo", "Tariq"],
        &[("Firewall", "all zones"), ("Cache Purge", "all zones"), ("Logs", "account")],
        "2026-03-02",
    ),
    (
        "platform-read",
        &["Bo", "Chidi", "Elif", "Leo", "Noor", "Rosa", "Sven", "Yusuf"],
        &[("Administrator Read Only", "account")],
        "2026-01-12",
    ),
    (
        "prod-dns",
        &["Ana", "Leo", "Rosa"],
        &[("DNS", "all zones"), ("Zone Settings", "shop.example")],
        "2026-03-04",
    ),
    (
        "security",
        &["Ana", "Tariq"],
        &[("Firewall", "account"), ("Access: Apps and Policies", "account")],
        "2026-02-27",
    ),
];

const ZONES: [&str; 4] = ["shop.example", "api.shop.example", "blog.example", "kunden.example"];

pub fn whole() -> Opened {
    let id = account();
    let caller = Caller {
        kind: CredentialKind::UserToken,
        token: None,
        expires: None,
        user: None,
        email: "ana.maric@northwind.example".into(),
        member: Some(member_id("Ana")),
    };
    Opened {
        account: Ok(Account { id, name: "Northwind Trading".into(), parent: None }),
        caller: Ok(caller),
        organizations: Ok(Vec::new()),
    }
}

/// All rows of a list.
pub fn page(collection: &Collection) -> Page {
    match collection {
        Collection::Members => Page::Members((0..PEOPLE.len()).map(person).collect()),
        Collection::Groups => Page::Groups(GROUPS.iter().map(team).collect()),
        Collection::GroupMembers(group) => {
            let place = GROUPS.iter().position(|(name, ..)| group_id(name) == *group);
            let names = place.map_or(&[][..], |place| GROUPS[place].1);
            Page::GroupMembers(group.clone(), names.iter().map(|name| membership(name)).collect())
        }
        Collection::PermissionGroups => {
            Page::PermissionGroups(PERMISSIONS.iter().map(|(name, ..)| permission(name)).collect())
        }
        Collection::ResourceGroups => Page::ResourceGroups(
            ["account", "all zones", "eu zones", "shop.example"]
                .into_iter()
                .map(resource)
                .collect(),
        ),
        Collection::Zones => Page::Zones(
            ZONES.iter().map(|name| Zone { id: zone(name), name: (*name).into() }).collect(),
        ),
        Collection::OrganizationMembers => Page::OrganizationMembers(vec![organization_member()]),
    }
}

pub fn person(place: usize) -> Member {
    let (first, last, accepted, two_factor, policies) = PEOPLE[place];
    let family = last.split(' ').next().unwrap().to_lowercase().replace(['ć', '\''], "c");
    let email = format!("{}.{family}@northwind.example", first.to_lowercase());
    let mut member = Member::from_group(member_id(first), &email, MemberStatus::Accepted);
    if accepted {
        member.user = UserId::parse(&tag(3, place));
    } else {
        member.status = MemberStatus::Pending;
    }
    member.name = Member::name_of(first, last);
    member.two_factor = if two_factor { TwoFactor::On } else { TwoFactor::Off };
    member.policies = Some(policies.iter().map(|(what, on)| Arc::new(policy(what, on))).collect());
    member.listed = true;
    member
}

fn team((name, _, policies, modified): &Team) -> Group {
    Group {
        id: group_id(name),
        name: (*name).into(),
        created_on: Some("2025-06-01T09:00:00Z".parse().unwrap()),
        modified_on: Some(format!("{modified}T10:00:00Z").parse().unwrap()),
        policies: Some(policies.iter().map(|(what, on)| Arc::new(policy(what, on))).collect()),
    }
}

pub fn membership(name: &str) -> Membership {
    let place = PEOPLE.iter().position(|(first, ..)| *first == name).unwrap();
    let person = person(place);
    Membership { member: person.id, email: person.email, status: MemberStatus::Unknown }
}

pub fn policy(what: &str, on: &str) -> Policy {
    Policy {
        access: Access::Allow,
        permission_groups: vec![Arc::new(permission(what))],
        resource_groups: vec![Arc::new(resource(on))],
    }
}

/// Name, label, whether it works on zones.
const PERMISSIONS: [(&str, &str, bool); 12] = [
    ("Access: Apps and Policies", "access_apps", false),
    ("Administrator", "admin", false),
    ("Administrator Read Only", "admin_read_only", false),
    ("Analytics", "analytics", false),
    ("Billing", "billing", false),
    ("Cache Purge", "cache_purge", true),
    ("DNS", "dns", true),
    ("Firewall", "fw_services", true),
    ("Load Balancer", "lb", false),
    ("Logs", "logs", false),
    ("Minimal Account Access", "minimal_account", false),
    ("Zone Settings", "zone_settings", true),
];

fn permission(name: &str) -> PermissionGroup {
    let id = match name {
        "Super Administrator - All Privileges" => PermissionGroupId::SUPER_ADMINISTRATOR.to_owned(),
        "Administrator" => PermissionGroupId::ADMINISTRATOR.to_owned(),
        other => tag(4, PERMISSIONS.iter().position(|(known, ..)| *known == other).unwrap()),
    };
    let known = PERMISSIONS.iter().find(|(known, ..)| *known == name);
    let zones = known.is_some_and(|(.., zones)| *zones);
    PermissionGroup {
        id: PermissionGroupId::parse(&id).unwrap(),
        name: name.into(),
        label: known.map_or("super_admin", |(_, label, _)| *label).into(),
        description: "".into(),
        scope: if zones { PermissionScope::Zone } else { PermissionScope::Account },
    }
}

pub fn zone(name: &str) -> ZoneId {
    ZoneId::parse(&tag(5, ZONES.iter().position(|known| *known == name).unwrap())).unwrap()
}

fn resource(name: &str) -> ResourceGroup {
    let key: Arc<str> = format!("com.cloudflare.api.account.{ACCOUNT}").into();
    let in_zone =
        |name: &&str| Arc::from(format!("com.cloudflare.api.account.zone.{}", zone(name)));
    let (title, objects): (&str, Vec<Arc<str>>) = match name {
        "account" => (&key, vec!["*".into()]),
        "all zones" => ("", ZONES.iter().map(in_zone).collect()),
        "eu zones" => {
            ("eu zones", ["blog.example", "kunden.example"].iter().map(in_zone).collect())
        }
        other => ("", vec![in_zone(&other)]),
    };
    ResourceGroup {
        id: ResourceGroupId::parse(&tag(6, name.len())),
        name: title.into(),
        scopes: vec![Scope { key: key.clone(), objects }],
    }
}

pub fn organization_member() -> OrganizationMember {
    OrganizationMember {
        id: OrganizationMemberId::parse("om_8Kd2-q").unwrap(),
        user: UserId::parse(&tag(3, 0)),
        email: "ana.maric@northwind.example".into(),
        name: "Ana Marić".into(),
        status: MemberStatus::Accepted,
        two_factor: TwoFactor::On,
        since: Some("2025-03-04T10:00:00Z".parse().unwrap()),
        updated: Some("2026-02-04T10:00:00Z".parse().unwrap()),
        meta: json!({"scim": false, "invited_by": "founder@northwind.example", "labels": ["board", "finance"]}),
    }
}
