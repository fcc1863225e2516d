//! Waiting for the turn of a write: nothing is written down and nothing is sent while it lasts.

use std::time::Duration;

use super::toy::Toy;
use super::{ms, plan, set_policies, world};
use crate::domain::{Change, Now};
use crate::plan::fixture::*;
use crate::plan::run::*;

fn at(since_start: Duration) -> Now {
    let wall = jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::try_from(since_start).unwrap();
    Now { wall, since_start }
}

/// A run whose first write waits for its turn, after a look at the given time.
fn waiting(change: &Change) -> (Run, TurnId) {
    let id = RunId::new(jiff::Timestamp::UNIX_EPOCH, 0);
    let mut run = Run::new(plan(std::slice::from_ref(change)), id, Timings::default());
    let wishes = run.on(Event::Begin, at(ms(0)));
    run.on(seen(&wishes), at(ms(100)));
    let wishes = run.on(Event::Guarded(None), at(ms(100)));
    assert!(!wishes.iter().any(is_sent), "{wishes:?}");
    let turn = turn(&wishes);
    (run, turn)
}

/// The answer to the look that is wished for: nobody has changed anything.
fn seen(wishes: &[Wish]) -> Event {
    let look = wishes.iter().find_map(|wish| match wish {
        Wish::Look(look) => Some(look.id),
        _ => None,
    });
    let group = Some(a_group(group(1), "g1", &[draft(1)]));
    let members = [(member(7), Presence::Out)].into();
    Event::Looked(look.expect("a look"), Seen::Group { group, members })
}

fn turn(wishes: &[Wish]) -> TurnId {
    let turn = wishes.iter().find_map(|wish| match wish {
        Wish::Turn(turn, _) => Some(*turn),
        _ => None,
    });
    turn.expect("it waits for its turn")
}

fn is_sent(wish: &Wish) -> bool {
    matches!(wish, Wish::Send(_) | Wish::Keep(Record::Intent { .. }))
}

fn end(wishes: &[Wish]) -> &Summary {
    let end = wishes.iter().find_map(|wish| match wish {
        Wish::Report(RunReport::Ended(summary)) => Some(summary),
        _ => None,
    });
    end.expect("the end")
}

#[test]
fn a_stop_ends_the_wait_for_a_turn_at_once_and_what_waited_was_never_sent() {
    let (mut run, turn) = waiting(&add(1, 7));
    let wishes = run.on(Event::Stop, at(ms(5_000)));
    assert!(wishes.contains(&Wish::NoTurn(turn)), "{wishes:?}");
    assert!(!wishes.iter().any(is_sent), "{wishes:?}");
    let Summary { end, tally, writes, may_land } = end(&wishes);
    assert_eq!((end, tally.skipped, *writes), (&End::Stopped, 1, 0));
    assert!(may_land.is_empty() && tally.changed_nothing());
    assert!(run.on(Event::Turn(turn), at(ms(15_000))).is_empty(), "it comes too late");
}

#[test]
fn a_turn_that_comes_when_the_last_look_has_become_too_old_is_used_only_after_another_look() {
    for (change, late, in_time) in [(add(1, 7), 10_101, 10_100), (set_policies(1, 6), 2_101, 2_100)]
    {
        let (mut run, first) = waiting(&change);
        assert!(run.on(Event::Turn(first), at(ms(in_time))).iter().any(is_sent));
        let (mut run, first) = waiting(&change);
        let wishes = run.on(Event::Turn(first), at(ms(late)));
        assert!(!wishes.iter().any(is_sent), "{wishes:?}");
        let wishes = run.on(seen(&wishes), at(ms(late + 80)));
        assert!(!wishes.iter().any(is_sent), "the turn was given back: {wishes:?}");
        let again = turn(&wishes);
        assert!(again != first);
        let wishes = run.on(Event::Turn(again), at(ms(late + 90)));
        assert_eq!(wishes.iter().filter(|wish| is_sent(wish)).count(), 2, "{wishes:?}");
    }
}

#[test]
fn a_machine_that_was_asleep_while_it_waited_for_a_turn_sends_nothing() {
    let (mut run, turn) = waiting(&add(1, 7));
    let late = Now { since_start: ms(200), ..at(Duration::from_hours(1)) };
    let wishes = run.on(Event::Turn(turn), late);
    assert!(!wishes.iter().any(is_sent), "{wishes:?}");
    assert!(matches!(end(&wishes).end, End::Paused(Pause::Slept(_))));
}

#[test]
fn i7_a_run_that_gets_no_turn_for_ten_minutes_pauses() {
    let (mut run, turn) = waiting(&add(1, 7));
    let minutes = |minutes: u64| at(ms(100) + Duration::from_mins(minutes));
    assert!(!run.on(Event::Woke, minutes(9)).contains(&Wish::End));
    let wishes = run.on(Event::Woke, minutes(10));
    assert!(wishes.contains(&Wish::NoTurn(turn)));
    let Summary { end: End::Paused(Pause::Throttled(_)), tally, .. } = end(&wishes) else {
        panic!("{wishes:?}")
    };
    assert_eq!(tally.skipped, 1);
}

#[test]
fn writes_that_are_each_held_up_for_a_minute_all_come_into_effect() {
    let changes = [remove(0, 1), remove(0, 2), add(1, 7), set_policies(1, 6)];
    let plan = plan(&changes);
    let mut toy = Toy::new(world());
    toy.holds = vec![Duration::from_mins(1); 4];
    let progress = toy.run(plan, Timings::default());
    assert!(progress.tally().is_whole(), "{:?}", progress.tally());
}
