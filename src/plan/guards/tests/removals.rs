//! The guards about groups that lose members.

use super::*;
use crate::domain::{Collection, Load, Now, Page, WalkId};
use crate::plan::fixture::{a_group, add, delete, directory, group, member, remove, rename, walk};

fn removals(group: usize, members: impl Iterator<Item = usize>) -> Vec<Change> {
    members.map(|number| remove(group, number)).collect()
}

#[test]
fn s12_more_than_a_quarter_of_a_group_and_more_than_three_people_are_many() {
    let directory = directory(40, &[(0..16).collect(), (0..12).collect()]);
    let many = |changes: &[Change]| told(&guards(&directory, changes), GuardName::ManyRemovals);
    let row = "g0: 5 of 16 members".to_owned();
    assert_eq!(many(&removals(0, 0..5)), Some((vec![row], "5 removals".to_owned())));
    assert_eq!(many(&removals(0, 0..4)), None, "a quarter is not more than a quarter");
    assert_eq!(many(&removals(1, 0..3)), None, "three people are few");
    assert!(many(&removals(1, 0..4)).is_some());
    let adds: Vec<Change> = (16..40).map(|number| add(0, number)).collect();
    assert_eq!(many(&adds), None);
}

#[test]
fn s12_more_than_500_people_are_many_however_large_their_groups_are() {
    let directory = directory(3000, &[(0..3000).collect(), (0..3000).collect()]);
    let many = |changes: &[Change]| told(&guards(&directory, changes), GuardName::ManyRemovals);
    assert_eq!(many(&removals(0, 0..500)), None);
    let rows = vec!["g0: 501 of 3,000 members".to_owned()];
    assert_eq!(many(&removals(0, 0..501)), Some((rows, "501 removals".to_owned())));
    let both = [removals(0, 0..300), removals(1, 0..201)].concat();
    assert_eq!(many(&both).unwrap().1, "501 removals");
}

#[test]
fn deleting_a_group_takes_its_members_out_of_it_and_asks_for_what_the_deletion_asks_for() {
    let directory = directory(9, &[(0..4).collect(), (0..3).collect()]);
    let found = guards(&directory, &[delete(0)]);
    let row = "g0: all 4 members, as it is deleted".to_owned();
    assert_eq!(told(&found, GuardName::ManyRemovals), Some((vec![row], "g0".to_owned())));
    assert_eq!(told(&found, GuardName::LastMember), None, "there is no group to be empty");
    assert!(told(&guards(&directory, &[delete(1)]), GuardName::ManyRemovals).is_none());
}

#[test]
fn s12_a_group_is_not_left_without_members_unasked() {
    let directory = directory(9, &[vec![0, 1], vec![2], Vec::new()]);
    let last = |changes: &[Change]| told(&guards(&directory, changes), GuardName::LastMember);
    let row = "g0: nobody is left".to_owned();
    assert_eq!(last(&removals(0, 0..2)), Some((vec![row], "g0".to_owned())));
    assert_eq!(last(&removals(0, 0..1)), None);
    let both = [removals(0, 0..2), removals(1, 2..3)].concat();
    assert_eq!(last(&both).unwrap().1, "2 groups");
    let another = [removals(0, 0..2), vec![add(0, 5)]].concat();
    assert_eq!(last(&another), None, "someone else is in it then");
    assert_eq!(last(&[rename(2, "g2", "empty")]), None, "nobody was in it before");
}

#[test]
fn a_group_whose_members_have_not_all_been_read_may_be_left_empty_and_that_is_said() {
    let mut directory = directory(9, &[]);
    walk(&mut directory, 2, Page::Groups(vec![a_group(group(0), "g0", &[])]));
    let collection = Collection::GroupMembers(group(0));
    directory.absorb(Load::Begun { collection, walk: WalkId(7) }, Now::default());
    let found = guards(&directory, &removals(0, 0..4));
    let unread = "g0: its members have not all been read".to_owned();
    assert_eq!(told(&found, GuardName::LastMember), Some((vec![unread], "g0".to_owned())));
    let (rows, asks) = told(&found, GuardName::ManyRemovals).unwrap();
    assert_eq!(rows, ["g0: 4 members; how many it has has not been read"]);
    assert_eq!(asks, "4 removals");
}

#[test]
fn who_leaves_the_account_leaves_its_groups_and_more_than_500_are_many_without_any() {
    let directory = directory(600, &[(0..4).collect()]);
    let leave = |number: usize| Change::RemoveMember {
        member: member(number),
        email: format!("m{number}@x.example").into(),
        pending: false,
    };
    let four: Vec<Change> = (0..4).map(leave).collect();
    let found = guards(&directory, &four);
    let row = "g0: 4 of 4 members".to_owned();
    assert_eq!(told(&found, GuardName::ManyRemovals), Some((vec![row], "4 removals".to_owned())));
    assert_eq!(told(&found, GuardName::LastMember).unwrap().1, "g0");
    let many: Vec<Change> = (10..511).map(leave).collect();
    let (rows, asks) = told(&guards(&directory, &many), GuardName::ManyRemovals).unwrap();
    assert_eq!(
        (rows, asks.as_str()),
        (vec!["the account: 501 members".to_owned()], "501 removals")
    );
    assert_eq!(told(&guards(&directory, &many[1..]), GuardName::ManyRemovals), None);
}

#[test]
fn a_group_made_exactly_a_list_loses_whom_the_list_does_not_name() {
    let directory = directory(9, &[(0..6).collect()]);
    let from: Vec<_> = (0..6).map(member).collect();
    let replace = |to: Vec<_>| Change::ReplaceMembers { group: group(0), from: from.clone(), to };
    let found = guards(&directory, &[replace(vec![member(0), member(7)])]);
    let row = "g0: 5 of 6 members".to_owned();
    assert_eq!(told(&found, GuardName::ManyRemovals), Some((vec![row], "5 removals".to_owned())));
    let found = guards(&directory, &[replace(Vec::new())]);
    assert_eq!(told(&found, GuardName::LastMember).unwrap().1, "g0");
}
