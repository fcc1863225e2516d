//! A small account for tests, spelled out in a few words.

use std::sync::Arc;

use crate::domain::{
    Access, AccountId, Directory, Group, GroupId, Load, Member, MemberId, MemberStatus, Membership,
    Now, Page, PermissionGroup, PermissionGroupId, PermissionScope, Policy, ResourceGroup,
    ResourceGroupId, Role, Scope, Slot, TwoFactor, WalkId, Zone, ZoneId,
};

/// A tag of one number: 32 hex digits.
pub fn tag(number: u128) -> String {
    format!("{number:032x}")
}

pub fn member_id(number: u128) -> MemberId {
    MemberId::parse(&tag(number)).unwrap()
}

pub fn group_id(number: u128) -> GroupId {
    GroupId::parse(&tag(number)).unwrap()
}

/// A permission group for the whole account, told apart by its name.
pub fn permission(name: &str, label: &str, scope: PermissionScope) -> Arc<PermissionGroup> {
    let id = match name {
        "Super Administrator - All Privileges" => PermissionGroupId::SUPER_ADMINISTRATOR.to_owned(),
        "Administrator" => PermissionGroupId::ADMINISTRATOR.to_owned(),
        name => tag(name.bytes().fold(7, |sum: u128, b| sum.wrapping_mul(31) + u128::from(b))),
    };
    Arc::new(PermissionGroup {
        id: PermissionGroupId::parse(&id).unwrap(),
        name: name.into(),
        label: label.into(),
        description: "".into(),
        scope,
    })
}

pub fn account_key() -> String {
    format!("com.cloudflare.api.account.{}", tag(1))
}

/// The resource group of the whole account.
pub fn whole_account() -> Arc<ResourceGroup> {
    let scope = Scope { key: account_key().into(), objects: vec!["*".into()] };
    resource_group(Some(900), &account_key(), vec![scope])
}

/// A resource group of zones by their numbers.
pub fn zones(id: Option<u128>, name: &str, numbers: &[u128]) -> Arc<ResourceGroup> {
    let objects = numbers
        .iter()
        .map(|n| format!("com.cloudflare.api.account.zone.{}", tag(*n)).into())
        .collect();
    resource_group(id, name, vec![Scope { key: account_key().into(), objects }])
}

pub fn resource_group(id: Option<u128>, name: &str, scopes: Vec<Scope>) -> Arc<ResourceGroup> {
    let id = id.map(|id| ResourceGroupId::parse(&tag(id)).unwrap());
    Arc::new(ResourceGroup { id, name: name.into(), scopes })
}

pub fn policy(
    access: Access,
    permissions: &[&Arc<PermissionGroup>],
    on: &[&Arc<ResourceGroup>],
) -> Arc<Policy> {
    Arc::new(Policy {
        access,
        permission_groups: permissions.iter().map(|p| (*p).clone()).collect(),
        resource_groups: on.iter().map(|r| (*r).clone()).collect(),
    })
}

/// A policy that allows one account-wide permission group, by its name.
pub fn allows(name: &str) -> Arc<Policy> {
    let permission = permission(name, "", PermissionScope::Account);
    policy(Access::Allow, &[&permission], &[&whole_account()])
}

/// A policy that allows DNS on one zone.
pub fn dns_on(zone: u128) -> Arc<Policy> {
    let dns = permission("Domain DNS", "domain_dns", PermissionScope::Zone);
    policy(Access::Allow, &[&dns], &[&zones(None, "", &[zone])])
}

pub fn role(name: &str) -> Role {
    let known = permission(name, "", PermissionScope::Account);
    Role { id: known.id.clone(), name: name.into() }
}

/// A member with an accepted invitation and a name made of the e-mail's.
pub fn member(number: u128, email: &str, policies: &[Arc<Policy>]) -> Member {
    let name = email.split('@').next().unwrap_or_default();
    let (first, last) = name.split_once('.').unwrap_or((name, ""));
    Member {
        status: MemberStatus::Accepted,
        two_factor: TwoFactor::On,
        name: Member::name_of(&capital(first), &capital(last)),
        policies: Some(policies.into()),
        listed: true,
        ..Member::from_group(member_id(number), email, MemberStatus::Accepted)
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

pub fn group(number: u128, name: &str, policies: &[Arc<Policy>]) -> Group {
    Group {
        id: group_id(number),
        name: name.into(),
        created_on: None,
        modified_on: None,
        policies: Some(policies.into()),
    }
}

/// An account that is filled as a walk over each list fills it.
pub struct Account {
    pub directory: Directory,
    walks: u64,
}

impl Account {
    pub fn new() -> Self {
        let directory = Directory::new(AccountId::parse(&tag(1)).unwrap());
        Self { directory, walks: 0 }
    }

    /// Puts rows in that belong to no walk.
    pub fn rows(mut self, page: Page) -> Self {
        self.directory.absorb(Load::Rows(page), Now::default());
        self
    }

    /// Walks a whole list that has just this page.
    pub fn walked(mut self, page: Page) -> Self {
        self.walks += 1;
        let (walk, collection) = (WalkId(self.walks), page.collection());
        let now = Now::default();
        self.directory.absorb(Load::Begun { collection: collection.clone(), walk }, now);
        self.directory.absorb(Load::Page { walk, page, of: None, set_aside: 0 }, now);
        self.directory.absorb(Load::Ended { collection, walk, gaps: vec![] }, now);
        self
    }

    pub fn members(self, members: Vec<Member>) -> Self {
        self.walked(Page::Members(members))
    }

    pub fn groups(self, groups: Vec<Group>) -> Self {
        self.walked(Page::Groups(groups))
    }

    /// A group's whole member list.
    pub fn inside(self, group: u128, members: &[u128]) -> Self {
        let rows = members
            .iter()
            .map(|n| Membership {
                member: member_id(*n),
                email: format!("member{n}@northwind.example").into(),
                status: MemberStatus::Unknown,
            })
            .collect();
        self.walked(Page::GroupMembers(group_id(group), rows))
    }

    pub fn zone(self, number: u128, name: &str) -> Self {
        let id = ZoneId::parse(&tag(number)).unwrap();
        self.rows(Page::Zones(vec![Zone { id, name: name.into() }]))
    }

    pub fn slot(&self, number: u128) -> Slot {
        self.directory.members().slot(&member_id(number)).unwrap()
    }
}
