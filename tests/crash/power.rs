//! The power goes: of the journal only what was synced is left, cut at each of its writes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cfiam::store::journal::Entry;

use super::oracle::Found;
use super::points::{APPLY, say, side_by_side, taken_up};
use super::variant::GROUPS;
use super::world::World;

/// More than a run of these worlds writes to its journal.
const WRITES: usize = 24;

/// Three are added and two removed, in two groups.
fn world() -> World {
    let mut world = World::start();
    world.fill(GROUPS[0], 12);
    world.want_in(GROUPS[0], 3);
    world.want_out(GROUPS[0], 2);
    world.want_in(GROUPS[1], 2);
    world.settled();
    world
}

/// Lets the power go at a write to the journal, if the program comes so far; what is found then, and at the end.
fn cut(world: &World, line: &str, write: usize) -> Option<Found> {
    let ran = world.start_program(line, Some(&format!("power-cut:{write}"))).ended();
    if !ran.died() {
        ran.ok();
        return None;
    }
    let mut found = Found::default();
    let story = world.story().expect("a journal");
    let is_intent = |entry: &Entry| matches!(entry, Entry::Intent(_));
    let intents = story.lines.iter().filter(|line| is_intent(&line.entry)).count();
    if intents < world.writes() {
        let words = format!("{} writes were sent, {intents} intents are left", world.writes());
        found.unsafe_writes.push(words);
    }
    Some(found.and(taken_up(world, APPLY, &world.after())))
}

/// At each write to the journal, by what brings the program there; how many there were.
fn at_each(how: impl Fn(usize) -> Option<Found> + Sync) -> usize {
    let writes: Vec<usize> = (1..=WRITES).collect();
    let results = side_by_side(&writes, |write| {
        (*write, catch_unwind(AssertUnwindSafe(|| how(*write))).ok())
    });
    let bad: Vec<_> = results
        .iter()
        .filter(|(_, found)| !matches!(found, Some(None)) && *found != Some(Some(Found::default())))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
    let reached = |found: &Option<Option<Found>>| matches!(found, Some(Some(_)));
    let last = results.iter().find(|(write, _)| *write == WRITES);
    assert!(last.is_some_and(|(_, found)| !reached(found)), "there are more writes");
    results.iter().filter(|(_, found)| reached(found)).count()
}

#[test]
fn d12_where_the_power_goes_at_any_write_to_the_journal_each_write_that_was_sent_is_found_in_it() {
    let number = at_each(|write| cut(&world(), APPLY, write));
    say(&format!("the power went at each of a run's {number} writes to its journal"));
    assert!(number > 8, "{number}");
}

#[test]
fn d12_where_the_power_goes_while_a_run_is_taken_up_it_can_be_taken_up_again() {
    let number = at_each(|write| {
        let world = world();
        world.trouble("WRITE ** 2: reset");
        world.dies(APPLY, "resolve");
        cut(&world, "runs resume --yes", write)
    });
    say(&format!("and at each of {number} while it was taken up"));
    assert!(number > 6, "{number}");
}
