//! Taking runs back: what a run has done goes, what others have done stays.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::promises::a_change;
use super::toy::{Fate, Other, State, Toy};
use super::{ms, set_policies, world};
use crate::domain::{
    Change, Directory, Group, GroupId, Load, MemberId, MemberStatus, Membership, Page,
};
use crate::plan::fixture::*;
use crate::plan::run::*;
use crate::plan::{Cost, History, Impact, NotUndone, OpId, Plan, Recheck, Staging};

const LATE: Duration = Duration::from_mins(2);

/// The account as a console knows it that has just read everything, since when everyone is in what too.
fn known(state: &State) -> Directory {
    let mut directory = directory(100, &[]);
    let row = |(id, group): (&GroupId, &super::toy::ToyGroup)| Group {
        policies: Some(group.policies.clone().into()),
        ..a_group(id.clone(), &group.name, &[])
    };
    walk(&mut directory, 10, Page::Groups(state.iter().map(row).collect()));
    for (n, (id, group)) in (11..).zip(state) {
        let row = |member: &MemberId| Membership {
            member: member.clone(),
            email: format!("{member}@x.example").into(),
            status: MemberStatus::Accepted,
        };
        let page = Page::GroupMembers(id.clone(), group.members.keys().map(row).collect());
        walk(&mut directory, n, page);
        for (member, since) in &group.members {
            let (group, member, since) = (id.clone(), member.clone(), Some(*since));
            let load = Load::Membership { group, member, present: true, since };
            directory.absorb(load, crate::domain::Now::default());
        }
    }
    directory
}

/// A run, and what its journal says.
fn run(toy: &mut Toy, plan: Plan) -> History {
    let began = toy.time().wall;
    toy.run(plan.clone(), Timings::default());
    let seen = toy.begin_anew();
    assert_eq!(seen.broken, Vec::<String>::new());
    let events = seen.kept;
    let id = RunId::new(began, u32::try_from(plan.ops().count()).unwrap());
    History { id, began, plan, events }
}

fn plan(changes: &[Change], state: &State) -> Plan {
    let directory = known(state);
    let mut staging = Staging::new(account());
    for change in changes {
        staging.stage(change.clone(), &directory);
    }
    Plan::build(&staging, &directory, crate::domain::Now::default())
}

/// The plan that takes a run back, on the account as it is now.
fn undo(history: &History, toy: &Toy) -> Plan {
    history.undo(&known(&toy.state), LATE, toy.time())
}

fn applied(changes: &[Change], set_up: impl FnOnce(&mut Toy)) -> (Toy, History) {
    let mut toy = Toy::new(world());
    let plan = plan(changes, &toy.state);
    set_up(&mut toy);
    let history = run(&mut toy, plan);
    (toy, history)
}

fn reasons(plan: &Plan) -> Vec<&Recheck> {
    plan.left_out.iter().map(|left| &left.why).collect()
}

/// The account but for ids and dates, which no undoing brings back.
fn shape(state: &State) -> BTreeMap<String, (String, BTreeSet<MemberId>)> {
    let groups = state.values().map(|group| {
        let contents: Vec<_> = group.policies.iter().map(|policy| policy.content()).collect();
        let members = group.members.keys().cloned().collect();
        (group.name.to_string(), (format!("{contents:?}"), members))
    });
    groups.collect()
}

fn everything() -> Vec<Change> {
    vec![
        delete(2),
        remove(0, 1),
        add(1, 1),
        add(1, 2),
        set_policies(1, 6),
        rename(0, "g0", "zero"),
        create(0, "new"),
        add_to_draft(0, 3),
        add_to_draft(0, 4),
    ]
}

#[test]
fn i5_a_run_and_its_undoing_leave_the_account_as_it_was() {
    let (mut toy, history) = applied(&everything(), |_| {});
    assert_ne!(shape(&toy.state), shape(&world()));
    let back = undo(&history, &toy);
    assert_eq!(back.undo_of.as_ref(), Some(&history.id));
    assert!(back.left_out.is_empty(), "{:?}", back.left_out);
    let undone = run(&mut toy, back);
    assert!(undone.end().unwrap().1.tally.is_whole());
    assert_eq!(shape(&toy.state), shape(&world()));
}

#[test]
fn s20_the_undoing_of_an_undoing_does_it_again_and_a_second_undoing_finds_nothing_to_do() {
    let (mut toy, history) = applied(&everything(), |_| {});
    let after = shape(&toy.state);
    let undone = undo(&history, &toy);
    let undone = run(&mut toy, undone);
    let again = undo(&history, &toy);
    assert!(again.is_empty(), "{:?}", again.steps);
    let so = |why: &Recheck| {
        matches!(why, Recheck::AlreadySo | Recheck::NameTaken | Recheck::GroupNotMade)
    };
    assert!(reasons(&again).into_iter().all(so), "{:?}", again.left_out);
    let redo = undo(&undone, &toy);
    assert_eq!(redo.undo_of.as_ref(), Some(&undone.id));
    run(&mut toy, redo);
    assert_eq!(shape(&toy.state), after);
}

#[test]
fn s20_of_a_run_that_was_applied_in_part_only_what_was_done_is_taken_back() {
    let adds: Vec<Change> = (0..60).map(|m| add(1, m)).collect();
    let (mut toy, history) = applied(&adds, |toy| {
        toy.refused = [7, 8].map(member).into();
        toy.stop = Some(ms(900));
    });
    let done = toy.state[&group(1)].members.len();
    assert!(0 < done && done < 58, "{done}");
    let back = undo(&history, &toy);
    assert_eq!(back.ops().count(), done);
    assert!(back.left_out.is_empty(), "of what was not done nothing is said: {:?}", back.left_out);
    run(&mut toy, back);
    assert_eq!(shape(&toy.state), shape(&world()));
}

#[test]
fn s4_an_add_of_who_was_in_already_is_not_taken_back() {
    let (mut toy, history) = applied(&[add(1, 1), add(1, 2)], |toy| {
        toy.others = vec![(ms(0), Other::Add(group(1), member(1)))];
    });
    let back = undo(&history, &toy);
    let taken: Vec<&Change> = back.ops().map(|op| &op.change).collect();
    assert_eq!(taken, [&remove(1, 2)]);
    assert!(back.left_out.is_empty());
    run(&mut toy, back);
    assert!(toy.state[&group(1)].members.contains_key(&member(1)));
}

#[test]
fn s5_a_removal_of_who_was_out_already_is_not_taken_back() {
    let (toy, history) = applied(&[remove(0, 1), remove(0, 2)], |toy| {
        toy.others = vec![(ms(0), Other::Remove(group(0), member(1)))];
    });
    let back = undo(&history, &toy);
    let taken: Vec<&Change> = back.ops().map(|op| &op.change).collect();
    assert_eq!(taken, [&add(0, 2)]);
}

#[test]
fn s19_what_others_have_changed_since_is_left_out_with_the_reason_and_stays() {
    let changes =
        [add(1, 1), add(1, 2), rename(0, "g0", "zero"), set_policies(1, 6), rename(2, "g2", "two")];
    let (mut toy, history) = applied(&changes, |_| {});
    toy.later(
        ms(30_000),
        [
            Other::AddAnew(group(1), member(1)),
            Other::Rename(group(0), "theirs".into()),
            Other::Policies(group(1), draft(8)),
        ],
    );
    let anew = toy.time().wall;
    let back = undo(&history, &toy);
    let taken: Vec<&Change> = back.ops().map(|op| &op.change).collect();
    assert_eq!(taken, [&rename(2, "two", "g2"), &remove(1, 2)]);
    let reasons: BTreeSet<String> = reasons(&back).iter().map(|why| format!("{why:?}")).collect();
    let expected = [
        Recheck::NotUndone(NotUndone::GrantedAnew(anew)),
        Recheck::Renamed("theirs".into()),
        Recheck::PoliciesChanged,
    ];
    assert_eq!(reasons, expected.iter().map(|why| format!("{why:?}")).collect());
    run(&mut toy, back);
    assert_eq!(toy.state[&group(1)].members.get(&member(1)), Some(&anew));
    assert_eq!(&*toy.state[&group(0)].name, "theirs");
    assert_eq!(toy.state[&group(1)].policies, [policy(&draft(8))]);
}

#[test]
fn s19_a_membership_that_is_granted_anew_after_the_plan_was_shown_is_not_removed() {
    let (mut toy, history) = applied(&[add(1, 1)], |_| {});
    // The console does not know since when the member is in: the run asks before it removes.
    let mut unaware = directory(100, &super::groups());
    unaware.absorb(
        Load::Membership { group: group(1), member: member(1), present: true, since: None },
        crate::domain::Now::default(),
    );
    let back = history.undo(&unaware, LATE, toy.time());
    assert_eq!(back.ops().count(), 1);
    toy.later(ms(30_000), [Other::AddAnew(group(1), member(1))]);
    let undone = run(&mut toy, back);
    assert_eq!(undone.end().unwrap().1.end, End::Drifted);
    assert!(toy.state[&group(1)].members.contains_key(&member(1)));
}

#[test]
fn s3_what_may_still_land_waits_for_that_moment_and_the_rest_does_not() {
    let (mut toy, history) = applied(&[add(1, 1), remove(0, 1)], |toy| {
        toy.fates = vec![Fate::LostAndNotApplied];
        // The person doesn't wait for the run's last look.
        toy.stop = Some(ms(20_000));
    });
    assert_eq!(history.progress().op(OpId(0)), &OpState::Done(Proof::Seen), "at the second try");
    let back = undo(&history, &toy);
    assert_eq!(back.ops().map(|op| &op.change).collect::<Vec<_>>(), [&add(0, 1)]);
    let lost = history.writes()[0].ended.as_ref().unwrap().at;
    let until = lost + jiff::SignedDuration::try_from(LATE).unwrap();
    assert_eq!(reasons(&back), [&Recheck::NotUndone(NotUndone::MayLand(until))]);
    toy.later(LATE, []);
    assert_eq!(undo(&history, &toy).ops().count(), 2);
}

#[test]
fn s3_what_has_landed_after_the_run_had_ended_is_taken_back_too() {
    let (mut toy, history) = applied(&[add(1, 1)], |toy| {
        toy.fates = [Fate::LostAndLate(90_000), Fate::NeverSent, Fate::NeverSent].to_vec();
        toy.stop = Some(ms(300));
        toy.tells_time = false;
    });
    assert!(!history.progress().op(OpId(0)).holds());
    assert!(toy.state[&group(1)].members.contains_key(&member(1)), "it has landed");
    toy.later(LATE, []);
    let back = undo(&history, &toy);
    assert!(back.is_empty(), "no answer told the server's time");
    assert_eq!(reasons(&back), [&Recheck::NotUndone(NotUndone::NoClock)]);
    let (mut toy, history) = applied(&[rename(2, "g2", "two"), add(1, 1)], |toy| {
        toy.fates = vec![Fate::Fine, Fate::LostAndLate(90_000)];
        toy.stop = Some(ms(1_000));
    });
    assert!(!history.progress().op(OpId(1)).holds(), "{:?}", history.progress());
    toy.later(LATE, []);
    let back = undo(&history, &toy);
    assert_eq!(back.ops().count(), 2);
    run(&mut toy, back);
    assert_eq!(shape(&toy.state), shape(&world()));
}

#[test]
fn a_group_that_the_run_has_made_is_deleted_only_with_nobody_in_it_but_those_it_has_added() {
    let (mut toy, history) = applied(&[create(0, "new"), add_to_draft(0, 3)], |_| {});
    let made = group(1001);
    toy.later(ms(30_000), [Other::Add(made.clone(), member(9))]);
    let back = undo(&history, &toy);
    assert_eq!(reasons(&back), [&Recheck::NotUndone(NotUndone::Joined(1))]);
    run(&mut toy, back);
    let left: Vec<&MemberId> = toy.state[&made].members.keys().collect();
    assert_eq!(left, [&member(9)], "who was added by the run goes, who was not stays");
}

#[test]
fn a_deleted_group_whose_members_were_not_known_is_not_made_again_without_them() {
    let mut toy = Toy::new(world());
    let mut plan = plan(&[delete(2)], &toy.state);
    plan.base.get_mut(&group(2)).unwrap().held = None;
    let history = run(&mut toy, plan);
    let back = undo(&history, &toy);
    assert_eq!(reasons(&back), [&Recheck::NotUndone(NotUndone::NotKept)]);
    assert!(back.is_empty());
}

#[test]
fn a_deleted_group_that_is_made_again_goes_by_its_name_and_its_other_id_is_told() {
    let (toy, history) = applied(&[delete(2)], |_| {});
    let back = undo(&history, &toy);
    assert_eq!(Cost::of(&back, 1_000).lasting, ["g2 is made again: it has another id then"]);
    let directory = known(&toy.state);
    let impact = Impact::of(&back, &directory);
    let causes = impact.people.iter().flat_map(|touched| &touched.causes);
    let groups: BTreeSet<String> = causes
        .filter_map(|cause| cause.group())
        .map(|group| impact.group(group, &directory).to_string())
        .collect();
    assert_eq!(groups, BTreeSet::from(["g2".to_owned()]));
}

fn a_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        8 => Just(Fate::Fine),
        2 => Just(Fate::NeverSent),
        2 => Just(Fate::AppliedAndLost),
        2 => Just(Fate::LostAndNotApplied),
        2 => (1_000..100_000u64).prop_map(Fate::LostAndLate),
    ]
}

fn someone_else() -> impl Strategy<Value = Other> {
    prop_oneof![
        4 => (0..2usize, 0..14usize).prop_map(|(g, m)| Other::Add(group(g), member(m))),
        4 => (0..3usize, 0..8usize).prop_map(|(g, m)| Other::Remove(group(g), member(m))),
        4 => (0..2usize, 0..14usize).prop_map(|(g, m)| Other::AddAnew(group(g), member(m))),
        1 => (0..3usize).prop_map(|g| Other::Rename(group(g), "theirs".into())),
        1 => (0..3usize).prop_map(|g| Other::Policies(group(g), draft(8))),
    ]
}

type Memberships = BTreeMap<(GroupId, MemberId), Timestamp>;

fn memberships(state: &State) -> Memberships {
    let of = |(id, group): (&GroupId, &super::toy::ToyGroup)| {
        let id = id.clone();
        group.members.clone().into_iter().map(move |(member, since)| ((id.clone(), member), since))
    };
    state.iter().flat_map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300.max(ProptestConfig::default().cases), ..ProptestConfig::default() })]

    /// With everything answered, the account is as it was; with answers lost, at most less was taken back.
    #[test]
    fn i5_whatever_the_run_does_its_undoing_takes_back(
        changes in proptest::collection::vec(a_change(), 1..8),
        fates in proptest::collection::vec(a_fate(), 0..10),
    ) {
        let lost = fates.iter().any(|fate| !matches!(fate, Fate::Fine | Fate::NeverSent));
        let (mut toy, history) = applied(&changes.concat(), |toy| toy.fates = fates);
        toy.later(LATE * 2, []);
        let after = toy.state.clone();
        let back = undo(&history, &toy);
        if !lost {
            prop_assert!(back.left_out.is_empty(), "{:?}", back.left_out);
        }
        let undone = run(&mut toy, back);
        prop_assert!(undone.end().unwrap().1.tally.is_whole());
        if !lost {
            prop_assert_eq!(shape(&toy.state), shape(&world()));
        }
        // Nothing becomes what it neither was before the run nor after it.
        let (before, after, end) = (memberships(&world()), memberships(&after), memberships(&toy.state));
        for (key, _) in end.iter().filter(|(key, _)| toy.state.contains_key(&key.0) && world().contains_key(&key.0)) {
            prop_assert!(before.contains_key(key) || after.contains_key(key), "{:?}", key);
        }
    }

    #[test]
    fn i5_s19_what_others_have_done_since_survives_an_undoing(
        changes in proptest::collection::vec(a_change(), 1..8),
        fates in proptest::collection::vec(a_fate(), 0..10),
        others in proptest::collection::vec(someone_else(), 1..8),
    ) {
        let (mut toy, history) = applied(&changes.concat(), |toy| toy.fates = fates);
        toy.later(LATE * 2, []);
        let left = toy.state.clone();
        toy.later(ms(30_000), others);
        let theirs = toy.state.clone();
        let back = undo(&history, &toy);
        run(&mut toy, back);
        let (left_in, their_in, end) = (memberships(&left), memberships(&theirs), memberships(&toy.state));
        for (key, since) in &their_in {
            if left_in.get(key) != Some(since) && toy.state.contains_key(&key.0) {
                prop_assert_eq!(end.get(key), Some(since), "their grant");
            }
        }
        for (id, group) in &theirs {
            let Some(before) = left.get(id) else { continue };
            let end = toy.state.get(id);
            if before.name != group.name {
                prop_assert_eq!(&end.unwrap().name, &group.name);
            }
            if before.policies != group.policies {
                prop_assert_eq!(&end.unwrap().policies, &group.policies);
            }
        }
    }
}
