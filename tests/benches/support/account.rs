//! A made-up account of any size, as its lists would bring it.

use std::sync::Arc;

use cfiam::domain::{
    Access, Account, AccountId, Caller, Collection, CredentialKind, Group, GroupId, Member,
    MemberId, MemberStatus, Membership, Opened, Page, PermissionGroup, PermissionGroupId,
    PermissionScope, Policy, ResourceGroup, ResourceGroupId, Scope, TwoFactor, UserId, Zone,
    ZoneId,
};

const ACCOUNT: &str = "7d0f4c3e9b1a4f5e8c6d2b7a90e1f3c4";
const FIRST: [&str; 24] = [
    "Adaeze",
    "Agnieszka",
    "Alice",
    "Bo",
    "Chidi",
    "Dana",
    "Elif",
    "Farid",
    "Greta",
    "Hana",
    "Ivo",
    "Jun",
    "Kaya",
    "Leo",
    "Mia",
    "Noor",
    "Ole",
    "Pilar",
    "Rosa",
    "Sven",
    "Tariq",
    "Uma",
    "Wim",
    "Zoë",
];
const LAST: [&str; 26] = [
    "Marić",
    "Lindqvist",
    "Eze",
    "Whitfield",
    "Demir",
    "Haidari",
    "Olsen",
    "Kobayashi",
    "Petrov",
    "Park",
    "Thunderhorse",
    "Chen",
    "Okafor",
    "Haddad",
    "Berg",
    "Navarro",
    "O'Reilly",
    "Almeida",
    "Hohenfels",
    "Aziz",
    "Krishnan",
    "Sokolova",
    "Vries",
    "Papadopoulou",
    "Kaplan",
    "Martin",
];
const PERMISSIONS: [&str; 12] = [
    "Access: Apps and Policies",
    "Administrator Read Only",
    "Analytics",
    "Billing",
    "Cache Purge",
    "DNS",
    "Firewall",
    "Load Balancer",
    "Logs",
    "Minimal Account Access",
    "Workers",
    "Zone Settings",
];
const ZONES: usize = 40;

/// How large an account is.
#[derive(Clone, Copy)]
pub struct Sized {
    pub members: usize,
    pub groups: usize,
    /// Members of one group.
    pub in_group: usize,
}

fn mixed(kind: u64, number: usize) -> u64 {
    let mut mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (kind << 40);
    mixed ^= mixed >> 29;
    mixed.wrapping_mul(0xd134_2543_de82_ef95)
}

fn tag(kind: u64, number: usize) -> String {
    let mixed = mixed(kind, number);
    format!("{mixed:016x}{:016x}", mixed.rotate_left(17).wrapping_mul(0x2545_f491_4f6c_dd1d))
}

pub fn account() -> Account {
    Account { id: AccountId::parse(ACCOUNT).unwrap(), name: "Northwind".into(), parent: None }
}

pub fn opened() -> Opened {
    let caller = Caller {
        kind: CredentialKind::UserToken,
        token: None,
        expires: None,
        user: None,
        email: "ana@northwind.example".into(),
        member: None,
    };
    Opened { account: Ok(account()), caller: Ok(caller), organizations: Ok(Vec::new()) }
}

impl Sized {
    /// All pages of a list.
    pub fn pages(self, collection: &Collection) -> Vec<Page> {
        let members = |from: usize| (from..self.members.min(from + 50)).map(member).collect();
        match collection {
            Collection::Members => {
                (0..self.members).step_by(50).map(|from| Page::Members(members(from))).collect()
            }
            Collection::Groups => vec![Page::Groups((0..self.groups).map(group).collect())],
            Collection::PermissionGroups => {
                vec![Page::PermissionGroups((0..PERMISSIONS.len()).map(permission).collect())]
            }
            Collection::ResourceGroups => vec![Page::ResourceGroups(vec![resource(0)])],
            Collection::Zones => vec![Page::Zones((0..ZONES).map(zone).collect())],
            Collection::GroupMembers(_) | Collection::OrganizationMembers => Vec::new(),
        }
    }

    /// Every group with the pages of its members.
    pub fn memberships(self) -> impl Iterator<Item = (GroupId, Vec<Page>)> {
        (0..self.groups).map(move |at| {
            let rows: Vec<Membership> = (0..self.in_group)
                .map(|nth| membership((mixed(9, at * 7_919 + nth) as usize) % self.members))
                .collect();
            let pages =
                rows.chunks(500).map(|rows| Page::GroupMembers(group_id(at), rows.to_vec()));
            (group_id(at), pages.collect())
        })
    }
}

fn group_id(at: usize) -> GroupId {
    GroupId::parse(&tag(2, at)).unwrap()
}

fn email(at: usize) -> String {
    let (first, last) = (FIRST[at % FIRST.len()], LAST[at / FIRST.len() % LAST.len()]);
    let plain = |name: &str| name.to_lowercase().replace(['ć', '\'', 'ë'], "e");
    format!("{}.{}{}@northwind.example", plain(first), plain(last), at / (FIRST.len() * LAST.len()))
}

fn member(at: usize) -> Member {
    let id = MemberId::parse(&tag(1, at)).unwrap();
    let mut member = Member::from_group(id, &email(at), MemberStatus::Accepted);
    member.user = UserId::parse(&tag(3, at));
    member.name = Member::name_of(FIRST[at % FIRST.len()], LAST[at / FIRST.len() % LAST.len()]);
    member.two_factor = if at.is_multiple_of(9) { TwoFactor::Off } else { TwoFactor::On };
    member.policies = Some((0..=at % 3).map(|nth| Arc::new(policy(at % 97 + nth))).collect());
    member.listed = true;
    member
}

fn membership(at: usize) -> Membership {
    let member = MemberId::parse(&tag(1, at)).unwrap();
    Membership { member, email: email(at).into(), status: MemberStatus::Unknown }
}

fn group(at: usize) -> Group {
    Group {
        id: group_id(at),
        name: format!(
            "{}-{}-{at}",
            LAST[at % LAST.len()].to_lowercase(),
            ["ops", "read", "dns"][at % 3]
        )
        .into(),
        created_on: Some("2025-06-01T09:00:00Z".parse().unwrap()),
        modified_on: Some("2026-03-01T09:00:00Z".parse().unwrap()),
        policies: Some((0..=at % 2).map(|nth| Arc::new(policy(at + nth))).collect()),
    }
}

fn policy(at: usize) -> Policy {
    Policy {
        access: Access::Allow,
        permission_groups: vec![Arc::new(permission(at % PERMISSIONS.len()))],
        resource_groups: vec![Arc::new(resource(at % (ZONES + 1)))],
    }
}

fn permission(at: usize) -> PermissionGroup {
    PermissionGroup {
        id: PermissionGroupId::parse(&tag(4, at)).unwrap(),
        name: PERMISSIONS[at].into(),
        label: PERMISSIONS[at].to_lowercase().replace(' ', "_").into(),
        description: "".into(),
        scope: PermissionScope::Account,
    }
}

fn zone(at: usize) -> Zone {
    Zone { id: ZoneId::parse(&tag(5, at)).unwrap(), name: format!("shop-{at}.example").into() }
}

/// The whole account, or a zone.
fn resource(at: usize) -> ResourceGroup {
    let key: Arc<str> = format!("com.cloudflare.api.account.{ACCOUNT}").into();
    let object = match at {
        0 => "*".to_owned(),
        at => format!("com.cloudflare.api.account.zone.{}", tag(5, at - 1)),
    };
    ResourceGroup {
        id: ResourceGroupId::parse(&tag(6, at)),
        name: if at == 0 { key.clone() } else { "".into() },
        scopes: vec![Scope { key, objects: vec![object.into()] }],
    }
}
