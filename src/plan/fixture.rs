//! A small account for tests.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    Access, AccountId, Change, Collection, Directory, Group, GroupId, GroupRef, Load, Member,
    MemberId, MemberStatus, Membership, Now, Page, PermissionGroup, PermissionGroupId,
    PermissionScope, Policy, PolicyDraft, ResourceGroup, ResourceGroupId, WalkId,
};

pub(crate) fn account() -> AccountId {
    AccountId::parse(&format!("{:032x}", 0xacc)).unwrap()
}

pub(crate) fn group(n: usize) -> GroupId {
    GroupId::parse(&format!("{:032x}", 0x6000 + n)).unwrap()
}

pub(crate) fn member(n: usize) -> MemberId {
    MemberId::parse(&format!("{:032x}", 0x3000 + n)).unwrap()
}

pub(crate) fn permission(n: usize) -> PermissionGroupId {
    PermissionGroupId::parse(&format!("{:032x}", 0x9000 + n)).unwrap()
}

pub(crate) fn resource(n: usize) -> ResourceGroupId {
    ResourceGroupId::parse(&format!("{:032x}", 0x8000 + n)).unwrap()
}

pub(crate) fn draft(n: usize) -> PolicyDraft {
    PolicyDraft {
        access: Access::Allow,
        permission_groups: vec![permission(n)],
        resource_groups: vec![resource(0)],
        scopes: Vec::new(),
    }
}

/// The policy that the service makes of a draft.
pub(crate) fn policy(draft: &PolicyDraft) -> Arc<Policy> {
    let permission = |id: &PermissionGroupId| {
        Arc::new(PermissionGroup {
            id: id.clone(),
            name: "".into(),
            label: "".into(),
            description: "".into(),
            scope: PermissionScope::Unknown,
        })
    };
    let resource = |id: &ResourceGroupId| {
        Arc::new(ResourceGroup { id: Some(id.clone()), name: "".into(), scopes: Vec::new() })
    };
    Arc::new(Policy {
        access: draft.access.clone(),
        permission_groups: draft.permission_groups.iter().map(permission).collect(),
        resource_groups: draft.resource_groups.iter().map(resource).collect(),
    })
}

pub(crate) fn a_group(id: GroupId, name: &str, policies: &[PolicyDraft]) -> Group {
    Group {
        id,
        name: name.into(),
        created_on: Some(Timestamp::UNIX_EPOCH),
        modified_on: None,
        policies: Some(policies.iter().map(policy).collect()),
    }
}

/// An account whose lists have all been read: members `m0…`, and groups `g0…`, each with the members named.
pub(crate) fn directory(members: usize, groups: &[Vec<usize>]) -> Directory {
    let mut directory = Directory::new(account());
    let people = (0..members).map(|n| {
        let mut row =
            Member::from_group(member(n), &format!("m{n}@x.example"), MemberStatus::Accepted);
        row.listed = true;
        row
    });
    walk(&mut directory, 1, Page::Members(people.collect()));
    let rows = (0..groups.len()).map(|n| a_group(group(n), &format!("g{n}"), &[draft(n)]));
    walk(&mut directory, 2, Page::Groups(rows.collect()));
    for (n, in_it) in groups.iter().enumerate() {
        let rows = in_it.iter().map(|n| Membership {
            member: member(*n),
            email: format!("m{n}@x.example").into(),
            status: MemberStatus::Accepted,
        });
        let page = Page::GroupMembers(group(n), rows.collect());
        walk(&mut directory, 3 + n as u64, page);
    }
    directory
}

/// Absorbs a list read to its end in one page.
pub(crate) fn walk(directory: &mut Directory, walk: u64, page: Page) {
    let (walk, collection): (WalkId, Collection) = (WalkId(walk), page.collection());
    let now = Now::default();
    directory.absorb(Load::Begun { collection: collection.clone(), walk }, now);
    directory.absorb(Load::Page { walk, page, of: None, set_aside: 0 }, now);
    directory.absorb(Load::Ended { collection, walk, gaps: Vec::new() }, now);
}

pub(crate) fn add(g: usize, m: usize) -> Change {
    Change::Add { group: group(g).into(), member: member(m) }
}

pub(crate) fn remove(g: usize, m: usize) -> Change {
    Change::Remove { group: group(g), member: member(m) }
}

pub(crate) fn rename(g: usize, from: &str, to: &str) -> Change {
    Change::Rename { group: group(g), from: from.into(), to: to.into() }
}

pub(crate) fn delete(g: usize) -> Change {
    Change::Delete { group: group(g), name: format!("g{g}").into() }
}

pub(crate) fn create(n: u32, name: &str) -> Change {
    let policies = vec![draft(7)];
    Change::Create { group: crate::domain::DraftId(n), name: name.into(), policies }
}

pub(crate) fn add_to_draft(n: u32, m: usize) -> Change {
    Change::Add { group: GroupRef::Draft(crate::domain::DraftId(n)), member: member(m) }
}

pub(crate) fn invite(email: &str) -> Change {
    Change::Invite { email: email.into(), policies: vec![draft(7)] }
}

pub(crate) fn set_direct_policies(m: usize, from: &[usize], to: &[usize]) -> Change {
    let edit = |n: &usize| crate::domain::PolicyEdit::Write(draft(*n));
    Change::SetDirectPolicies {
        member: member(m),
        from: from.iter().map(|n| policy(&draft(*n)).content()).collect(),
        to: to.iter().map(edit).collect(),
    }
}

pub(crate) fn remove_member(m: usize, pending: bool) -> Change {
    Change::RemoveMember { member: member(m), email: format!("m{m}@x.example").into(), pending }
}

pub(crate) fn replace(g: usize, from: &[usize], to: &[usize]) -> Change {
    let members = |these: &[usize]| these.iter().map(|n| member(*n)).collect();
    Change::ReplaceMembers { group: group(g), from: members(from), to: members(to) }
}

/// A member of the account who holds these policies directly.
pub(crate) fn a_member(id: MemberId, email: &str, policies: &[PolicyDraft]) -> Member {
    let mut row = Member::from_group(id, email, MemberStatus::Accepted);
    row.listed = true;
    row.policies = Some(policies.iter().map(policy).collect());
    row
}
