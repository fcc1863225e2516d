use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::domain::{Now, PolicyEdit};
use crate::plan::Recheck;
use crate::plan::fixture::*;

fn staged(changes: &[Change]) -> (Staging, Directory) {
    let directory = directory(4, &[vec![0, 1], vec![]]);
    let mut staging = Staging::new(account());
    for change in changes {
        staging.stage(change.clone(), &directory);
    }
    (staging, directory)
}

fn changes(staging: &Staging) -> Vec<Change> {
    staging.changes().cloned().collect()
}

#[test]
fn adding_and_then_removing_someone_is_nothing() {
    assert_eq!(changes(&staged(&[add(1, 2), remove(1, 2)]).0), []);
    assert_eq!(changes(&staged(&[remove(0, 1), add(0, 1)]).0), []);
}

#[test]
fn someone_whom_another_added_meanwhile_is_removed_and_not_folded_away() {
    let (mut staging, _) = staged(&[add(1, 2)]);
    let later = directory(4, &[vec![0, 1], vec![2]]);
    assert_eq!(staging.stage(remove(1, 2), &later), Staged::Replaced(vec![add(1, 2)]));
    assert_eq!(changes(&staging), [remove(1, 2)]);
}

#[test]
fn where_the_members_are_not_known_the_opposite_takes_back() {
    let unread = Directory::new(account());
    let mut staging = Staging::new(account());
    assert_eq!(staging.stage(remove(0, 1), &unread), Staged::Added);
    assert_eq!(staging.stage(remove(0, 1), &unread), Staged::Already);
    assert_eq!(staging.stage(add(0, 1), &unread), Staged::Folded(vec![remove(0, 1)]));
    assert!(staging.is_empty());
}

#[test]
fn adding_someone_who_is_in_stages_nothing() {
    let (mut staging, directory) = staged(&[]);
    assert_eq!(staging.stage(add(0, 1), &directory), Staged::AlreadySo);
    assert_eq!(staging.stage(remove(0, 3), &directory), Staged::AlreadySo);
    assert!(staging.is_empty());
}

#[test]
fn who_is_removed_from_the_account_takes_along_what_is_staged_about_them_and_gives_it_back() {
    let (mut staging, directory) =
        staged(&[add(1, 2), remove(0, 1), set_direct_policies(1, &[], &[3])]);
    let swallowed = vec![remove(0, 1), set_direct_policies(1, &[], &[3])];
    assert_eq!(
        staging.stage(remove_member(1, false), &directory),
        Staged::Replaced(swallowed.clone())
    );
    assert_eq!(changes(&staging), [add(1, 2), remove_member(1, false)]);
    assert_eq!(staging.stage(add(1, 1), &directory), Staged::ToBeRemoved);
    assert_eq!(staging.stage(set_direct_policies(1, &[], &[4]), &directory), Staged::ToBeRemoved);
    assert_eq!(staging.stage(remove_member(1, false), &directory), Staged::Already);
    // The invitation has been accepted since it was staged to be cancelled: what was set aside stays with it.
    assert_eq!(staging.stage(remove_member(1, true), &directory), Staged::Replaced(Vec::new()));
    staging.unstage(&ChangeKey::RemoveMember(member(1)));
    let mut back = changes(&staging);
    back.retain(|change| *change != add(1, 2));
    assert_eq!(back, swallowed);
}

#[test]
fn of_direct_policies_one_wish_stands_and_what_is_held_already_is_none() {
    let mut directory = directory(4, &[]);
    let rows = vec![a_member(member(1), "m1@x.example", &[draft(1)])];
    directory.absorb(crate::domain::Load::Rows(crate::domain::Page::Members(rows)), Now::default());
    let mut staging = Staging::new(account());
    assert_eq!(staging.stage(set_direct_policies(1, &[1], &[2]), &directory), Staged::Added);
    let again = staging.stage(set_direct_policies(1, &[2], &[3]), &directory);
    assert!(matches!(again, Staged::Replaced(_)), "{again:?}");
    assert_eq!(changes(&staging), [set_direct_policies(1, &[1], &[3])], "what it had stays known");
    let back = staging.stage(set_direct_policies(1, &[3], &[1]), &directory);
    assert!(matches!(back, Staged::Folded(_)), "{back:?}");
    assert!(staging.is_empty());
    assert_eq!(staging.stage(set_direct_policies(1, &[1], &[1]), &directory), Staged::AlreadySo);
}

#[test]
fn an_address_is_invited_once_in_whatever_case_it_is_written() {
    let (mut staging, directory) = staged(&[invite("New@x.example")]);
    let again = staging.stage(invite("new@X.example"), &directory);
    assert_eq!(again, Staged::Replaced(vec![invite("New@x.example")]));
    assert_eq!(changes(&staging), [invite("new@X.example")]);
    staging.stage(invite("M1@x.example"), &directory);
    assert_eq!(staging.recheck(&directory), [Recheck::Fine, Recheck::MemberThere]);
}

#[test]
fn a_replaced_member_list_swallows_what_is_staged_of_its_members_and_nothing_else() {
    let (mut staging, directory) = staged(&[add(0, 2), rename(0, "g0", "x"), add(1, 2)]);
    let replace = replace(0, &[0, 1], &[2, 3]);
    assert_eq!(staging.stage(replace.clone(), &directory), Staged::Replaced(vec![add(0, 2)]));
    assert_eq!(staging.stage(add(0, 3), &directory), Staged::ToBeReplaced);
    assert_eq!(changes(&staging), [rename(0, "g0", "x"), add(1, 2), replace]);
    let later = directory_of(&[2, 3]);
    let stale = directory_of(&[0, 1, 2]);
    assert_eq!(staging.recheck(&later).last(), Some(&Recheck::AlreadySo));
    assert_eq!(staging.recheck(&stale).last(), Some(&Recheck::MembersChanged));
}

#[test]
fn more_members_than_are_replaced_by_one_call_are_left_out_of_a_plan() {
    let many: Vec<usize> = (0..5_001).collect();
    let (staging, directory) = staged(&[replace(0, &[0, 1], &many)]);
    assert_eq!(staging.recheck(&directory), [Recheck::TooMany]);
}

fn directory_of(in_g0: &[usize]) -> Directory {
    directory(4, &[in_g0.to_vec(), vec![]])
}

#[test]
fn what_has_become_of_a_member_is_seen_in_what_is_staged() {
    let (staging, _) = staged(&[set_direct_policies(1, &[], &[2]), remove_member(2, true)]);
    let mut later = directory(4, &[]);
    let changed = vec![a_member(member(1), "m1@x.example", &[draft(5)])];
    later.absorb(crate::domain::Load::Rows(crate::domain::Page::Members(changed)), Now::default());
    assert_eq!(staging.recheck(&later), [Recheck::PoliciesChanged, Recheck::Accepted]);
    for gone in [1, 2] {
        later.absorb(crate::domain::Load::MemberGone(member(gone)), Now::default());
    }
    assert_eq!(staging.recheck(&later), [Recheck::MemberGone, Recheck::AlreadySo]);
}

#[test]
fn a_chain_of_renames_is_one_and_renaming_back_is_none() {
    let (mut staging, directory) = staged(&[rename(0, "g0", "a"), rename(0, "a", "b")]);
    assert_eq!(changes(&staging), [rename(0, "g0", "b")]);
    assert_eq!(
        staging.stage(rename(0, "b", "g0"), &directory),
        Staged::Folded(vec![rename(0, "g0", "b")])
    );
}

#[test]
fn policies_set_twice_are_set_once_and_set_back_are_not_set() {
    let set = |from: usize, to: usize| Change::SetPolicies {
        group: group(0),
        from: vec![policy(&draft(from)).content()],
        to: vec![PolicyEdit::Write(draft(to))],
    };
    let (mut staging, directory) = staged(&[set(0, 5), set(5, 6)]);
    assert_eq!(changes(&staging), [set(0, 6)]);
    assert_eq!(staging.stage(set(6, 0), &directory), Staged::Folded(vec![set(0, 6)]));
}

#[test]
fn a_deletion_takes_in_what_was_staged_for_its_group_and_nothing_can_be_added_to_it() {
    let (mut staging, directory) =
        staged(&[add(0, 3), rename(0, "g0", "a"), remove(0, 1), add(1, 3), delete(0)]);
    assert_eq!(changes(&staging), [add(1, 3), delete(0)]);
    assert_eq!(staging.stage(add(0, 2), &directory), Staged::ToBeDeleted);
    assert_eq!(staging.stage(rename(0, "g0", "z"), &directory), Staged::ToBeDeleted);
    assert_eq!(staging.unstage(&ChangeKey::of(&delete(0))), [delete(0)]);
    assert_eq!(staging.stage(add(0, 2), &directory), Staged::Added);
}

#[test]
fn a_group_to_be_made_is_renamed_and_taken_out_with_its_members() {
    let (mut staging, directory) =
        staged(&[create(0, "new"), add_to_draft(0, 1), add_to_draft(0, 2), add(1, 1)]);
    staging.rename_draft(DraftId(0), "newer".into());
    assert!(matches!(changes(&staging).first(),
        Some(Change::Create { name, .. }) if &**name == "newer"));
    let key = ChangeKey::Create(DraftId(0));
    assert_eq!(staging.leans_on(&key), [&add_to_draft(0, 1), &add_to_draft(0, 2)]);
    assert_eq!(staging.unstage(&key).len(), 3);
    assert_eq!(changes(&staging), [add(1, 1)]);
    assert_eq!(staging.stage(add_to_draft(0, 1), &directory), Staged::NoSuchDraft);
    assert_ne!(staging.new_draft(), DraftId(0));
}

#[test]
fn what_is_saved_comes_back_and_no_number_is_given_twice() {
    let (staging, _) = staged(&[create(4, "new"), add_to_draft(4, 1), remove(0, 1)]);
    let mut back = Staging::restore(staging.saved());
    assert_eq!(changes(&back), changes(&staging));
    assert_eq!(back.new_draft(), DraftId(5));
}

#[test]
fn a_group_that_was_made_keeps_the_members_that_are_still_to_be_added() {
    let (mut staging, _) = staged(&[create(0, "new"), add_to_draft(0, 1)]);
    assert!(staging.made(&create(0, "new"), &group(9)));
    assert_eq!(changes(&staging), [add(9, 1)]);
    assert_eq!(staging.wants(&group(9).into(), &member(1)), Some(true));
}

#[test]
fn a_group_that_is_staged_under_another_name_by_now_is_not_the_one_that_was_made() {
    let (mut staging, _) = staged(&[create(0, "new"), add_to_draft(0, 1)]);
    staging.rename_draft(DraftId(0), "newer".into());
    let before = changes(&staging);
    assert!(!staging.made(&create(0, "new"), &group(9)));
    assert_eq!(changes(&staging), before);
}

#[test]
fn staging_anew_forgets_why_it_was_refused() {
    let (mut staging, directory) = staged(&[rename(0, "g0", "a")]);
    let reason = Fault::new(crate::domain::FaultKind::Refused, "in use", "");
    let tried = Tried { state: StepState::Refused, reason };
    staging.keep_tried(&rename(0, "g0", "a"), tried);
    assert!(staging.entries().all(|entry| entry.tried.is_some()));
    staging.stage(rename(0, "a", "b"), &directory);
    assert!(staging.entries().all(|entry| entry.tried.is_none()));
}

/// What the staged changes come to, told by carrying every one out in turn on plain sets.
#[derive(Clone, Debug, PartialEq)]
struct World {
    names: BTreeMap<usize, String>,
    members: BTreeSet<(usize, usize)>,
    policies: BTreeMap<usize, usize>,
}

#[derive(Clone, Debug)]
enum Do {
    Member(usize, usize, bool),
    Rename(usize, usize),
    Policies(usize, usize),
    Delete(usize),
    Undo(Key),
}

#[derive(Clone, Debug)]
enum Key {
    Member(usize, usize),
    Name(usize),
    Policies(usize),
    Delete(usize),
}

/// Everything done in turn, with each group as it was before it was deleted.
struct InTurn {
    world: World,
    before: BTreeMap<usize, World>,
}

fn base() -> World {
    World {
        names: [(0, "g0".into()), (1, "g1".into())].into(),
        members: [(0, 0), (0, 1)].into(),
        policies: [(0, 0), (1, 1)].into(),
    }
}

impl World {
    fn carry_out(&mut self, change: &Change) {
        let at = |id: &GroupId| usize::from(*id == group(1));
        let who = |id: &MemberId| (0..4).find(|n| member(*n) == *id).unwrap();
        match change {
            Change::Add { group: GroupRef::Existing(g), member } => {
                self.members.insert((at(g), who(member)));
            }
            Change::Remove { group, member } => {
                self.members.remove(&(at(group), who(member)));
            }
            Change::Rename { group, to, .. } => {
                self.names.insert(at(group), to.to_string());
            }
            Change::SetPolicies { group, to, .. } => {
                let PolicyEdit::Write(written) = &to[0] else { panic!() };
                let n = (0..4).find(|n| draft(*n) == *written).unwrap();
                self.policies.insert(at(group), n);
            }
            Change::Delete { group, .. } => self.forget(at(group)),
            _ => panic!(),
        }
    }

    fn forget(&mut self, g: usize) {
        self.names.remove(&g);
        self.policies.remove(&g);
        self.members.retain(|(of, _)| *of != g);
    }

    fn undo(&mut self, key: &Key, before: &BTreeMap<usize, Self>) {
        let base = base();
        match key {
            Key::Member(g, m) if self.names.contains_key(g) => {
                self.members.remove(&(*g, *m));
                self.members.extend(base.members.get(&(*g, *m)));
            }
            Key::Name(g) if self.names.contains_key(g) => {
                self.names.insert(*g, base.names[g].clone());
            }
            Key::Policies(g) if self.names.contains_key(g) => {
                self.policies.insert(*g, base.policies[g]);
            }
            Key::Delete(g) if !self.names.contains_key(g) => {
                let before = &before[g];
                self.names.insert(*g, before.names[g].clone());
                self.policies.insert(*g, before.policies[g]);
                self.members.extend(before.members.iter().filter(|(of, _)| of == g));
            }
            _ => {}
        }
    }
}

fn a_key() -> impl Strategy<Value = Key> {
    prop_oneof![
        (0..2usize, 0..4usize).prop_map(|(g, m)| Key::Member(g, m)),
        (0..2usize).prop_map(Key::Name),
        (0..2usize).prop_map(Key::Policies),
        (0..2usize).prop_map(Key::Delete),
    ]
}

fn a_deed() -> impl Strategy<Value = Do> {
    prop_oneof![
        6 => (0..2usize, 0..4usize, any::<bool>()).prop_map(|(g, m, i)| Do::Member(g, m, i)),
        2 => (0..2usize, 0..3usize).prop_map(|(g, n)| Do::Rename(g, n)),
        2 => (0..2usize, 0..4usize).prop_map(|(g, n)| Do::Policies(g, n)),
        1 => (0..2usize).prop_map(Do::Delete),
        3 => a_key().prop_map(Do::Undo),
    ]
}

fn change_for(deed: &Do, world: &World) -> Option<Change> {
    let names = ["g0", "g1", "x"];
    Some(match deed {
        Do::Member(g, m, true) => add(*g, *m),
        Do::Member(g, m, false) => remove(*g, *m),
        Do::Rename(g, n) => rename(*g, world.names.get(g)?, names[*n]),
        Do::Policies(g, n) => Change::SetPolicies {
            group: group(*g),
            from: vec![policy(&draft(*world.policies.get(g)?)).content()],
            to: vec![PolicyEdit::Write(draft(*n))],
        },
        Do::Delete(g) => delete(*g),
        Do::Undo(_) => return None,
    })
}

proptest! {
    #[test]
    fn what_is_staged_comes_to_the_same_as_doing_everything_in_turn(
        deeds in proptest::collection::vec(a_deed(), 0..24)
    ) {
        let directory = directory(4, &[vec![0, 1], vec![]]);
        let mut staging = Staging::new(account());
        let mut in_turn = InTurn { world: base(), before: BTreeMap::new() };
        for deed in &deeds {
            if let Do::Undo(key) = deed {
                in_turn.world.undo(key, &in_turn.before);
                staging.unstage(&match key {
                    Key::Member(g, m) => {
                        ChangeKey::Membership(group(*g).into(), member(*m))
                    }
                    Key::Name(g) => ChangeKey::Rename(group(*g)),
                    Key::Policies(g) => ChangeKey::Policies(group(*g)),
                    Key::Delete(g) => ChangeKey::Delete(group(*g)),
                });
            } else if let Some(change) = change_for(deed, &in_turn.world) {
                let g = usize::from(change.target() == group(1).into());
                if in_turn.world.names.contains_key(&g) {
                    in_turn.before.insert(g, in_turn.world.clone());
                    in_turn.world.carry_out(&change);
                }
                staging.stage(change, &directory);
            }
        }
        let mut folded = base();
        for (change, now) in staging.changes().zip(staging.recheck(&directory)) {
            folded.carry_out(change);
            prop_assert_ne!(now, Recheck::AlreadySo, "{:?} would change nothing", change);
        }
        prop_assert_eq!(folded, in_turn.world);
    }
}
