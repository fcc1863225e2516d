//! What the directory promises to whoever reads from it.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::domain::DraftId;

fn directory() -> Directory {
    Directory::new(AccountId::parse("acc").unwrap())
}

fn member(id: &str) -> Member {
    let id = MemberId::parse(id).unwrap();
    let email = format!("{id}@x.example");
    Member::from_group(id, &email, MemberStatus::Accepted)
}

fn group(id: &str) -> Group {
    Group {
        id: GroupId::parse(id).unwrap(),
        name: id.into(),
        created_on: None,
        modified_on: None,
        policies: None,
    }
}

fn group_id(id: &str) -> GroupId {
    GroupId::parse(id).unwrap()
}

fn in_group(group: &str, members: &[&str]) -> Page {
    let row = |id: &&str| Membership {
        member: MemberId::parse(id).unwrap(),
        email: format!("{id}@x.example").into(),
        status: MemberStatus::Unknown,
    };
    Page::GroupMembers(group_id(group), members.iter().map(row).collect())
}

/// Reads a list: its pages in one walk, with what is wrong with them.
fn read(directory: &mut Directory, walk: u64, pages: Vec<Page>, gaps: &[Gap]) {
    let (walk, now) = (WalkId(walk), Now::default());
    let collection = pages[0].collection();
    directory.absorb(Load::Begun { collection: collection.clone(), walk }, now);
    for page in pages {
        directory.absorb(Load::Page { walk, page, of: None, set_aside: 0 }, now);
    }
    directory.absorb(Load::Ended { collection, walk, gaps: gaps.to_vec() }, now);
}

fn members(ids: &[&str]) -> Page {
    Page::Members(ids.iter().map(|id| member(id)).collect())
}

fn listed(directory: &Directory) -> Vec<String> {
    directory.members().values().filter(|m| m.listed).map(|m| m.id.to_string()).collect()
}

fn emails(directory: &Directory, group: &str) -> Vec<String> {
    let slots = directory.members_of(&group_id(group));
    slots.iter().map(|slot| directory.members().at(*slot).unwrap().id.to_string()).collect()
}

#[test]
fn what_a_whole_walk_did_not_bring_is_gone_and_what_it_brought_keeps_its_slot() {
    let mut directory = directory();
    read(&mut directory, 1, vec![members(&["a", "b"]), members(&["c"])], &[]);
    let slot = directory.members().slot(&MemberId::parse("c").unwrap());
    read(&mut directory, 2, vec![members(&["c", "d"])], &[]);
    assert_eq!(listed(&directory), ["c", "d"]);
    assert_eq!(directory.members().slot(&MemberId::parse("c").unwrap()), slot);
}

#[test]
fn a_walk_that_is_known_to_have_missed_rows_proves_no_absence_and_is_never_called_complete() {
    for gap in [Gap::Shifted, Gap::NoProgress, Gap::Capped] {
        let mut directory = directory();
        read(&mut directory, 1, vec![members(&["a", "b"])], &[]);
        read(&mut directory, 2, vec![members(&["b"])], std::slice::from_ref(&gap));
        assert_eq!(listed(&directory), ["a", "b"], "{gap:?}");
        assert_eq!(directory.coverage(&Collection::Members).standing, Standing::Partial(vec![gap]));
    }
}

#[test]
fn a_walk_that_fails_takes_nothing_away_and_keeps_the_age_of_the_last_whole_one() {
    let mut directory = directory();
    read(&mut directory, 1, vec![members(&["a"])], &[]);
    let fault = Fault::new(FaultKind::Unanswered, "no answer", "");
    let (collection, walk) = (Collection::Members, WalkId(2));
    directory.absorb(Load::Begun { collection: collection.clone(), walk }, Now::default());
    directory.absorb(Load::Failed { collection, walk, fault: fault.clone() }, Now::default());
    let coverage = directory.coverage(&Collection::Members);
    assert!(coverage.is_complete() && coverage.as_of.is_some());
    assert_eq!((coverage.failed.as_ref(), coverage.walk), (Some(&fault), None));
    assert_eq!(listed(&directory), ["a"]);
}

#[test]
fn a_list_that_is_refused_is_forbidden_and_not_empty() {
    let mut directory = directory();
    let fault = Fault::new(FaultKind::Permission("Account Settings Read".into()), "refused", "");
    let (collection, walk) = (Collection::Groups, WalkId(1));
    directory.absorb(Load::Begun { collection: collection.clone(), walk }, Now::default());
    directory.absorb(Load::Failed { collection, walk, fault: fault.clone() }, Now::default());
    assert_eq!(directory.coverage(&Collection::Groups).standing, Standing::Forbidden(fault));
}

#[test]
fn pages_of_a_walk_that_another_has_replaced_are_dropped() {
    let mut directory = directory();
    let (collection, now) = (Collection::Members, Now::default());
    directory.absorb(Load::Begun { collection: collection.clone(), walk: WalkId(1) }, now);
    directory.absorb(Load::Begun { collection: collection.clone(), walk: WalkId(2) }, now);
    let late = Load::Page { walk: WalkId(1), page: members(&["late"]), of: None, set_aside: 0 };
    directory.absorb(late, now);
    directory.absorb(Load::Ended { collection, walk: WalkId(1), gaps: Vec::new() }, now);
    assert!(directory.members().is_empty());
    assert!(!directory.coverage(&Collection::Members).is_whole());
}

#[test]
fn memberships_are_seen_from_both_sides() {
    let mut directory = directory();
    read(&mut directory, 1, vec![Page::Groups(vec![group("g"), group("h")])], &[]);
    read(&mut directory, 2, vec![in_group("g", &["a", "b"])], &[]);
    read(&mut directory, 3, vec![in_group("h", &["b"])], &[]);
    assert_eq!(directory.groups_of(&MemberId::parse("b").unwrap()).len(), 2);
    read(&mut directory, 4, vec![in_group("g", &["a"])], &[]);
    assert_eq!(emails(&directory, "g"), ["a"]);
    assert_eq!(directory.groups_of(&MemberId::parse("b").unwrap()).len(), 1);
    assert!(directory.knows_all_groups());
}

#[test]
fn a_member_whom_only_a_group_names_is_shown_there_and_not_in_the_accounts_list() {
    let mut directory = directory();
    read(&mut directory, 1, vec![Page::Groups(vec![group("g")])], &[]);
    read(&mut directory, 2, vec![in_group("g", &["ghost"])], &[]);
    assert_eq!((emails(&directory, "g"), listed(&directory)), (vec!["ghost".to_owned()], vec![]));
    read(&mut directory, 3, vec![members(&["ghost"])], &[]);
    assert_eq!(listed(&directory), ["ghost"]);
}

#[test]
fn a_group_that_is_gone_leaves_its_members_and_its_knowledge_goes_with_it() {
    let mut directory = directory();
    read(&mut directory, 1, vec![Page::Groups(vec![group("g")])], &[]);
    read(&mut directory, 2, vec![in_group("g", &["a"])], &[]);
    directory.absorb(Load::GroupGone(group_id("g")), Now::default());
    assert!(directory.groups_of(&MemberId::parse("a").unwrap()).is_empty());
    assert_eq!(
        directory.coverage(&Collection::GroupMembers(group_id("g"))).standing,
        Standing::Unread
    );
}

#[test]
fn a_member_who_is_gone_is_in_no_list_any_more() {
    let mut directory = directory();
    read(&mut directory, 1, vec![members(&["a", "b"])], &[]);
    read(&mut directory, 2, vec![Page::Groups(vec![group("g")])], &[]);
    read(&mut directory, 3, vec![in_group("g", &["a", "b"])], &[]);
    directory.absorb(Load::MemberGone(MemberId::parse("a").unwrap()), Now::default());
    assert_eq!((listed(&directory), directory.members_listed()), (vec!["b".to_owned()], 1));
    assert_eq!(emails(&directory, "g"), ["b"]);
    directory.absorb(Load::MemberGone(MemberId::parse("a").unwrap()), Now::default());
    assert_eq!(directory.members_listed(), 1, "it is gone only once");
}

#[test]
fn drafts_are_shown_beside_groups_and_outlive_a_walk_that_cannot_know_them() {
    let mut directory = directory();
    let draft = Group { id: GroupId::draft(DraftId(1)), ..group("new") };
    directory.set_drafts(vec![draft.clone()]);
    read(&mut directory, 1, vec![Page::Groups(vec![group("g")])], &[]);
    assert_eq!(directory.groups().len(), 2);
    assert_eq!(directory.group_members_read(), (0, 1));
    directory.set_drafts(Vec::new());
    assert_eq!(directory.groups().len(), 1);
}

#[test]
fn equal_policies_of_many_members_are_kept_once() {
    let mut directory = directory();
    let policy = || Policy {
        access: Access::Allow,
        permission_groups: vec![Arc::new(PermissionGroup {
            id: PermissionGroupId::parse("p").unwrap(),
            name: "DNS".into(),
            label: "dns_admin".into(),
            description: "".into(),
            scope: PermissionScope::Account,
        })],
        resource_groups: Vec::new(),
    };
    let with = |id: &str| Member { policies: Some(Arc::from([Arc::new(policy())])), ..member(id) };
    read(&mut directory, 1, vec![Page::Members(vec![with("a"), with("b")])], &[]);
    let lists: Vec<_> = directory.members().values().map(|m| m.policies.clone().unwrap()).collect();
    assert!(Arc::ptr_eq(&lists[0], &lists[1]));
}

#[test]
fn a_date_is_kept_for_its_membership_and_goes_with_it() {
    let mut directory = directory();
    read(&mut directory, 1, vec![Page::Groups(vec![group("g")])], &[]);
    read(&mut directory, 2, vec![in_group("g", &["a"])], &[]);
    let (group, member) = (group_id("g"), MemberId::parse("a").unwrap());
    let since = Some(jiff::Timestamp::UNIX_EPOCH);
    let load =
        |present| Load::Membership { group: group.clone(), member: member.clone(), present, since };
    directory.absorb(load(true), Now::default());
    assert_eq!(directory.since(&group, &member), since);
    directory.absorb(load(false), Now::default());
    assert_eq!((directory.since(&group, &member), directory.is_in(&group, &member)), (None, false));
}

/// Something that reading or staging brings, in an account of three members and three groups.
#[derive(Clone, Debug)]
enum Happening {
    Members(Vec<usize>, bool),
    Groups(Vec<usize>, bool),
    Inside(usize, Vec<usize>),
    Refused(usize),
    Gone(usize),
    Fresh(usize),
    Drafts(u32),
}

fn happening() -> impl Strategy<Value = Happening> {
    let some = || prop::sample::subsequence(vec![0, 1, 2], 0..=3);
    prop_oneof![
        (some(), any::<bool>()).prop_map(|(rows, whole)| Happening::Members(rows, whole)),
        (some(), any::<bool>()).prop_map(|(rows, whole)| Happening::Groups(rows, whole)),
        (0..3_usize, some()).prop_map(|(group, rows)| Happening::Inside(group, rows)),
        (0..3_usize).prop_map(Happening::Refused),
        (0..3_usize).prop_map(Happening::Gone),
        (0..3_usize).prop_map(Happening::Fresh),
        (0..3_u32).prop_map(Happening::Drafts),
    ]
}

const MEMBERS: [&str; 3] = ["m1", "m2", "m3"];
const GROUPS: [&str; 3] = ["g1", "g2", "g3"];

fn happen(directory: &mut Directory, walk: u64, happening: Happening) {
    let gaps = |whole: bool| if whole { vec![] } else { vec![Gap::Shifted] };
    let named = |names: [&'static str; 3], rows: Vec<usize>| -> Vec<&str> {
        rows.into_iter().map(|at| names[at]).collect()
    };
    match happening {
        Happening::Members(rows, whole) => {
            read(directory, walk, vec![members(&named(MEMBERS, rows))], &gaps(whole));
        }
        Happening::Groups(rows, whole) => {
            let rows = named(GROUPS, rows).into_iter().map(group).collect();
            read(directory, walk, vec![Page::Groups(rows)], &gaps(whole));
        }
        Happening::Inside(at, rows) => {
            read(directory, walk, vec![in_group(GROUPS[at], &named(MEMBERS, rows))], &[]);
        }
        Happening::Refused(at) => {
            let collection = Collection::GroupMembers(group_id(GROUPS[at]));
            let (walk, now) = (WalkId(walk), Now::default());
            let fault = Fault::new(FaultKind::NotEnabled, "no", "");
            directory.absorb(Load::Begun { collection: collection.clone(), walk }, now);
            directory.absorb(Load::Failed { collection, walk, fault }, now);
        }
        Happening::Gone(at) => {
            directory.absorb(Load::GroupGone(group_id(GROUPS[at])), Now::default());
        }
        Happening::Fresh(at) => {
            directory.absorb(Load::Rows(Page::Groups(vec![group(GROUPS[at])])), Now::default());
        }
        Happening::Drafts(count) => {
            let draft = |n| Group { id: GroupId::draft(DraftId(n)), ..group("g9") };
            directory.set_drafts((0..count).map(draft).collect());
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_the_counts_are_what_counting_gives(
        happenings in prop::collection::vec(happening(), 0..30),
    ) {
        let mut directory = directory();
        for (walk, happening) in (1..).zip(happenings) {
            happen(&mut directory, walk, happening);
            let there = || directory.groups().values().filter(|g| g.id.as_draft().is_none());
            let whole = |group: &&Group| {
                directory.coverage(&Collection::GroupMembers(group.id.clone())).is_whole()
            };
            let counted = (there().filter(whole).count(), there().count());
            prop_assert_eq!(directory.group_members_read(), counted);
            prop_assert_eq!(directory.members_listed(), listed(&directory).len());
        }
    }
}
