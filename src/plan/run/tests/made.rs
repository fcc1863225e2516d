//! Whether a group that has the name that a run wanted to give is the run's own, where the answer was lost.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::toy::{Fate, Other, Toy};
use super::{ms, plan, world};
use crate::domain::GroupId;
use crate::plan::Plan;
use crate::plan::fixture::*;
use crate::plan::run::*;

/// A group, with a member.
fn a_group_with_a_member() -> Plan {
    plan(&[create(0, "new"), add_to_draft(0, 1)])
}

/// A service whose clock is three hours ahead.
fn toy(fates: &[Fate]) -> Toy {
    let mut toy = Toy::new(world());
    toy.ahead = SignedDuration::from_hours(3);
    toy.fates = fates.to_vec();
    toy
}

/// Somebody makes a group of the same name, with the same policy.
fn twin() -> Other {
    Other::Create("new".into(), draft(7))
}

fn words(plan: &Plan, progress: &Progress) -> Vec<&'static str> {
    plan.ops().map(|op| progress.op(op.id).word()).collect()
}

fn named_new(toy: &Toy) -> Vec<GroupId> {
    let named = toy.state.iter().filter(|(_, group)| &*group.name == "new");
    named.map(|(id, _)| id.clone()).collect()
}

fn members(toy: &Toy, group: &GroupId) -> usize {
    toy.state[group].members.len()
}

/// A run that is killed as the answer to its first write is lost, and comes back after so long.
fn killed_and_gone_for(plan: &Plan, toy: &mut Toy, gap: Duration) {
    // The check, what was there, the intent, the outcome.
    toy.dies_after = Some(4);
    toy.run(plan.clone(), Timings::default());
    assert!(matches!(toy.seen.records.last(), Some(Record::Outcome { .. })));
    toy.wait(gap);
    toy.dies_after = None;
}

fn taken_up(plan: &Plan, toy: &mut Toy, how: Event) -> Progress {
    let (id, kept) = (RunId::new(Timestamp::UNIX_EPOCH, 1), toy.seen.kept.clone());
    let run = Run::restored(plan.clone(), id, Timings::default(), kept, toy.clock());
    toy.go(run, how)
}

#[test]
fn s7_a_group_that_somebody_made_before_ours_was_sent_is_not_ours() {
    let (plan, mut toy) = (a_group_with_a_member(), toy(&[Fate::LostAndNotApplied]));
    // The name was free at the last look; then the write waits for its turn.
    toy.others = vec![(ms(200), twin())];
    toy.holds = vec![ms(5_000)];
    let progress = toy.run(plan.clone(), Timings::default());
    assert_eq!(words(&plan, &progress), ["conflict", "not made"]);
    let theirs = named_new(&toy);
    assert_eq!((theirs.len(), members(&toy, &theirs[0])), (1, 0));
}

#[test]
fn s7_a_group_that_somebody_made_when_ours_could_no_longer_land_is_not_ours() {
    let (plan, mut toy) = (a_group_with_a_member(), toy(&[Fate::LostAndNotApplied]));
    toy.others = vec![(ms(400_000), twin())];
    killed_and_gone_for(&plan, &mut toy, ms(600_000));
    let read = taken_up(&plan, &mut toy, Event::Begin);
    assert_eq!(words(&plan, &read), ["conflict", "not made"]);
    let resumed = taken_up(&plan, &mut toy, Event::Resume);
    assert_eq!(words(&plan, &resumed), ["conflict", "not made"]);
    let theirs = named_new(&toy);
    assert_eq!((theirs.len(), members(&toy, &theirs[0])), (1, 0));
}

#[test]
fn s3_a_group_of_ours_that_has_landed_late_is_found_also_by_another_program_and_filled() {
    for late in [1_000, 60_000, 100_000] {
        let (plan, mut toy) = (a_group_with_a_member(), toy(&[Fate::LostAndLate(late)]));
        killed_and_gone_for(&plan, &mut toy, ms(600_000));
        let read = taken_up(&plan, &mut toy, Event::Begin);
        assert_eq!(words(&plan, &read), ["done", "waiting"], "{late}");
        let resumed = taken_up(&plan, &mut toy, Event::Resume);
        assert_eq!(words(&plan, &resumed), ["done", "done"], "{late}");
        let ours = named_new(&toy);
        assert_eq!((ours.len(), members(&toy, &ours[0])), (1, 1));
    }
}

#[test]
fn s3_a_group_of_ours_that_lands_while_the_run_is_put_off_is_taken_up_with_it() {
    let (plan, mut toy) = (a_group_with_a_member(), toy(&[Fate::LostAndLate(100_000)]));
    killed_and_gone_for(&plan, &mut toy, ms(10_000));
    let read = taken_up(&plan, &mut toy, Event::Begin);
    assert_eq!(words(&plan, &read), ["not in effect", "waiting"]);
    toy.wait(ms(600_000));
    let resumed = taken_up(&plan, &mut toy, Event::Resume);
    assert_eq!(words(&plan, &resumed), ["done", "done"]);
    let ours = named_new(&toy);
    assert_eq!((ours.len(), members(&toy, &ours[0])), (1, 1));
}

#[test]
fn a_group_is_not_called_ours_where_nobody_has_told_the_time_of_the_service() {
    let (plan, mut toy) = (a_group_with_a_member(), toy(&[Fate::AppliedAndLost]));
    toy.tells_time = false;
    let progress = toy.run(plan.clone(), Timings::default());
    assert_eq!(words(&plan, &progress), ["conflict", "not made"]);
    // A refusal that doesn't tell what has become of it tells the time.
    let (plan, mut toy) = (a_group_with_a_member(), self::toy(&[Fate::LostAndNotApplied]));
    toy.tells_time = false;
    let progress = toy.run(plan.clone(), Timings::default());
    assert_eq!(words(&plan, &progress), ["done", "done"]);
}
