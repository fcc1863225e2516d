//! Killed at moments that chance chooses, several times in a row: `CFIAM_KILLS=10000` for a night.

use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::oracle::Found;
use super::points::{APPLY, at_the_end, say, side_by_side, taken_up};
use super::variant::{Variant, all};
use super::world::World;

const USUAL: usize = 30;
/// How often a world's programs are killed at most before one may come to its end.
const IN_A_ROW: usize = 3;

/// Numbers that follow from a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// What a killed program has left to be done by the next.
fn next(world: &World) -> Option<&'static str> {
    match world.story() {
        Some(story) if story.is_ended() => None,
        Some(story) if story.plan().is_some() => Some("runs resume --yes"),
        _ => Some(APPLY),
    }
}

/// Kills programs at random moments of about this long a run, then lets one come to its end. How many were killed.
fn kill(variant: Variant, took: Duration, seed: u64) -> (usize, Found) {
    let (world, mut chance, mut kills) = (variant.world(), Chance(seed | 1), 0);
    let micros = u64::try_from(took.as_micros()).unwrap();
    let trouble = ["lose", "reset", "503", "delay=3"][usize::try_from(chance.below(4)).unwrap()];
    world.trouble(&format!("WRITE ** {}: {trouble}", 1 + chance.below(3)));
    for _ in 0..=chance.below(IN_A_ROW as u64) {
        let Some(line) = next(&world) else { break };
        let program = world.start_program(line, None);
        std::thread::sleep(Duration::from_micros(chance.below(micros)));
        program.kill();
        kills += usize::from(program.ended().died());
    }
    let found = match next(&world) {
        None => at_the_end(&world, &world.after()),
        Some(APPLY) if world.story().is_none() => {
            world.run(APPLY).ok();
            at_the_end(&world, &world.after())
        }
        Some(_) => taken_up(&world, APPLY, &world.after()),
    };
    (kills, found)
}

/// How long a run takes that nobody kills.
fn undisturbed(variant: Variant) -> Duration {
    let world = variant.world();
    let began = Instant::now();
    world.run(APPLY).ok();
    began.elapsed()
}

#[test]
fn d11_killed_at_any_moment_nothing_is_lost_and_nothing_is_misreported() {
    let number = std::env::var("CFIAM_KILLS").map_or(USUAL, |number| number.parse().unwrap());
    let took = all().map(|variant| (variant, undisturbed(variant)));
    let seed = RandomState::new().hash_one(0);
    let worlds: Vec<usize> = (0..number).collect();
    let results = side_by_side(&worlds, |world| {
        let (variant, took) = took[world % took.len()];
        let seed = seed.wrapping_add((*world as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let result = catch_unwind(AssertUnwindSafe(|| kill(variant, took, seed)));
        (variant, result.ok())
    });
    let is_bad = |result: &Option<(usize, Found)>| {
        result.as_ref().is_none_or(|(_, found)| *found != Found::default())
    };
    let bad: Vec<_> = results.iter().filter(|(_, result)| is_bad(result)).collect();
    let kills: usize = results.iter().filter_map(|(_, result)| Some(result.as_ref()?.0)).sum();
    say(&format!(
        "{kills} kills at random moments of {number} worlds: {} of them not as they should be",
        bad.len()
    ));
    assert!(bad.is_empty(), "seed {seed}: {bad:#?}");
    assert!(kills > 0);
}
