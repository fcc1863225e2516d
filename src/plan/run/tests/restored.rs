//! Runs that are killed, restored from what they had kept, read back, and gone on with.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::promises::{Scenario, a_scenario, cases, judged, lies};
use super::toy::{Fate, Mutant, Toy};
use super::{ms, plan, world};
use crate::plan::Plan;
use crate::plan::fixture::*;
use crate::plan::run::*;

/// What was kept, a line a record.
fn told(toy: &Toy) -> String {
    let kept = toy.seen.kept.iter();
    kept.map(|(at, record)| format!("{at} {record:?}")).collect::<Vec<_>>().join("\n")
}

fn restored(plan: &Plan, toy: &Toy) -> Run {
    let id = RunId::new(Timestamp::UNIX_EPOCH, 1);
    Run::restored(plan.clone(), id, Timings::default(), toy.seen.kept.clone(), toy.clock())
}

/// The program begins anew, and only reads what has become of the run.
fn recover(plan: &Plan, toy: &mut Toy) -> Progress {
    let run = restored(plan, toy);
    toy.go(run, Event::Begin)
}

/// Kills the program when it has kept so many records; whether it came to that.
fn killed(plan: &Plan, toy: &mut Toy, records: usize) -> bool {
    toy.dies_after = Some(records);
    toy.run(plan.clone(), Timings::default());
    toy.is_dead()
}

/// Which promises are broken by a run that is killed, restored and gone on with.
fn broken(scenario: &Scenario, dies: (usize, Option<usize>), gap: Duration) -> Vec<String> {
    let plan = plan(&scenario.changes);
    let mut toy = scenario.toy(Mutant::None);
    if !killed(&plan, &mut toy, dies.0) {
        return Vec::new();
    }
    toy.wait(gap);
    let sent = toy.seen.sends.len();
    // Killed once more while it reads.
    if let Some(records) = dies.1 {
        toy.dies_after = Some(toy.seen.kept.len() + records);
        recover(&plan, &mut toy);
    }
    toy.dies_after = None;
    let first = recover(&plan, &mut toy);
    let mut broken = lies(scenario, &plan, &toy, &first);
    if toy.seen.ended.is_none() {
        broken.push("I7: the recovery never ended".to_owned());
    }
    let second = recover(&plan, &mut toy);
    let readable = |progress: &Progress| progress.tally().unknown == 0;
    if scenario.is_quiet() && readable(&first) && first != second {
        broken.push(format!("I11: {first:?} and then {second:?}"));
    }
    if toy.seen.sends.len() != sent {
        broken.push("something is sent without being asked".to_owned());
    }
    let run = restored(&plan, &toy);
    let resumed = toy.go(run, Event::Resume);
    broken.extend(judged(scenario, &plan, &mut toy, &resumed));
    if !broken.is_empty() {
        broken.push(told(&toy));
    }
    broken
}

proptest! {
    #![proptest_config(cases(300))]
    #[test]
    fn i2_i3_i4_i7_i11_hold_for_a_run_that_is_killed_read_back_and_gone_on_with(
        scenario in a_scenario(),
        records in 1..60usize,
        again in proptest::option::weighted(0.3, 1..6usize),
        gap in prop_oneof![0..20_000u64, 0..400_000u64],
    ) {
        let broken = broken(&scenario, (records, again), ms(gap));
        prop_assert!(broken.is_empty(), "{}", broken.join("\n"));
    }
}

#[test]
fn killed_after_any_record_it_is_restored_read_back_and_comes_to_its_end() {
    let changes = [
        create(0, "new"),
        add_to_draft(0, 3),
        rename(0, "g0", "zero"),
        add(1, 1),
        add(1, 2),
        remove(0, 1),
        remove(0, 2),
        delete(2),
    ];
    let plan = plan(&changes);
    for fate in [Fate::Fine, Fate::AppliedAndLost, Fate::LostAndNotApplied] {
        for records in 1.. {
            let mut toy = Toy::new(world());
            toy.fates = vec![fate, Fate::Fine, fate];
            if !killed(&plan, &mut toy, records) {
                assert!(records > 25, "{records} {fate:?}");
                break;
            }
            toy.dies_after = None;
            toy.wait(ms(600_000));
            let progress = recover(&plan, &mut toy);
            assert_eq!(
                progress.tally().unknown + progress.tally().running,
                0,
                "{records} {fate:?}"
            );
            let run = restored(&plan, &toy);
            let progress = toy.go(run, Event::Resume);
            assert_eq!(toy.seen.broken, Vec::<String>::new(), "{records} {fate:?}");
            let tally = progress.tally();
            // A name that was lost on the way is not sent again by itself, and a group only once.
            let left = tally.not_in_effect.min(1) + tally.not_made;
            let left = if fate == Fate::LostAndNotApplied { left } else { 0 };
            let done = tally.done + tally.already_so;
            assert_eq!(done + left, changes.len(), "{records} {fate:?}: {tally:?}\n{}", told(&toy));
        }
    }
}
