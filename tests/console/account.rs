//! A small account, made by hand: who is in which group is plain to see.

use std::sync::Arc;

use cfiam::domain::{
    Access, AccountId, Group, GroupId, Member, MemberId, MemberStatus, Membership, Page,
    PermissionGroup, PermissionGroupId, PermissionScope, Policy, ResourceGroup, ResourceGroupId,
    Scope, TwoFactor,
};

pub fn account() -> AccountId {
    AccountId::parse("acc0").unwrap()
}

pub fn member(name: &str) -> MemberId {
    MemberId::parse(&format!("m-{name}")).unwrap()
}

pub fn group(name: &str) -> GroupId {
    GroupId::parse(&format!("g-{name}")).unwrap()
}

/// The people, by name; each has the e-mail `name@northwind.example`.
pub const PEOPLE: [&str; 6] = ["ana", "leo", "mia", "noor", "ole", "zoe"];

/// The groups, and who is in them.
pub const GROUPS: [(&str, &[&str]); 4] = [
    ("prod-dns", &["ana", "leo"]),
    ("edge-ops", &["ole", "mia", "noor"]),
    ("platform-read", &[]),
    ("on-call", &["ana"]),
];

pub fn members_page(names: &[&str]) -> Page {
    Page::Members(names.iter().map(|name| row(name)).collect())
}

pub fn row(name: &str) -> Member {
    let mut member = Member::from_group(
        member(name),
        &format!("{name}@northwind.example"),
        MemberStatus::Accepted,
    );
    member.name = name.into();
    member.two_factor = TwoFactor::On;
    member.policies = Some(Arc::from([]));
    member
}

pub fn group_row(name: &str) -> Group {
    let policies: Arc<[Arc<Policy>]> = Arc::from([Arc::new(dns_policy())]);
    Group {
        id: group(name),
        name: name.into(),
        created_on: None,
        modified_on: None,
        policies: Some(policies),
    }
}

pub fn memberships(name: &str, people: &[&str]) -> Page {
    let rows = people.iter().map(|who| Membership {
        member: member(who),
        email: format!("{who}@northwind.example").into(),
        status: MemberStatus::Unknown,
    });
    Page::GroupMembers(group(name), rows.collect())
}

pub fn permission_group(name: &str) -> PermissionGroup {
    PermissionGroup {
        id: PermissionGroupId::parse(&format!("p-{}", name.replace(' ', "-"))).unwrap(),
        name: name.into(),
        label: name.to_lowercase().into(),
        description: "".into(),
        scope: PermissionScope::Account,
    }
}

pub fn whole_account() -> ResourceGroup {
    ResourceGroup {
        id: ResourceGroupId::parse("r-whole"),
        name: "com.cloudflare.api.account.acc0".into(),
        scopes: vec![Scope {
            key: "com.cloudflare.api.account.acc0".into(),
            objects: vec!["*".into()],
        }],
    }
}

pub fn dns_policy() -> Policy {
    Policy {
        access: Access::Allow,
        permission_groups: vec![Arc::new(permission_group("DNS"))],
        resource_groups: vec![Arc::new(whole_account())],
    }
}
