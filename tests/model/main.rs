//! The write protocol against a model of the service, in virtual time: whatever a person stages, plans, applies, stops
//! and takes back, whatever others change meanwhile, whatever the network does, and wherever the program is killed,
//! what was promised holds. `CFIAM_CASES=20000` plays as many stories as one likes, each time others.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests, which read how many stories are wanted from the environment"
)]

mod command;
mod mutants;
mod promises;
mod service;
mod world;

use std::collections::BTreeMap;

use proptest::prop_assert_eq;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tempfile::TempDir;

use command::{Command, Story, a_story, play};
use mutants::Mutant;

/// A folder that costs no waiting for a disk, where there is one.
fn memory_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// The same stories each time, or as many others as the environment asks for.
fn runner(stories: u32) -> TestRunner {
    let asked = std::env::var("CFIAM_CASES").ok().and_then(|text| text.parse().ok());
    let config = Config {
        cases: asked.unwrap_or(stories),
        failure_persistence: None,
        max_shrink_iters: 3_000,
        ..Config::default()
    };
    if asked.is_some() {
        return TestRunner::new(config);
    }
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
}

fn failed(broken: &[String]) -> Result<(), TestCaseError> {
    match broken {
        [] => Ok(()),
        broken => Err(TestCaseError::fail(broken.join("\n"))),
    }
}

#[test]
fn i1_to_i8_and_i11_hold_whatever_is_done_and_whatever_goes_wrong() {
    let mut met = BTreeMap::<String, usize>::new();
    let seen = std::cell::Cell::new(BTreeMap::new());
    let result = runner(300).run(&a_story(), |story| {
        let world = play(&story, Mutant::None);
        let mut all = seen.take();
        for (what, times) in &world.met {
            *all.entry(what.clone()).or_insert(0) += times;
        }
        seen.set(all);
        failed(&world.broken)
    });
    met.append(&mut seen.take());
    println!("{met:#?}");
    match result {
        Err(TestError::Fail(_, story)) => panic!("{:#?}", shortened(story, Mutant::None)),
        result => result.unwrap(),
    }
    for what in [
        "killed",
        "restarted",
        "recovered again",
        "Resume",
        "held up",
        "stopped while held up",
        "BrokenOff",
        "undone",
        "undone exactly",
        "Finished",
        "Stopped",
        "Drifted",
        "Paused(Unanswered",
        "Done(ReadBack)",
        "NotInEffect(Some",
        "Conflict(GrantedAnew",
        "Ignored",
        "Invite: done",
        "Invite: conflict",
        "SetDirectPolicies: done",
        "SetDirectPolicies: conflict",
        "SetDirectPolicies: not in effect",
        "RemoveMember: done",
        "RemoveMember: conflict",
    ] {
        assert!(met.keys().any(|key| key.starts_with(what)), "never met: {what}");
    }
}

/// A short story in which a mutant breaks a promise, and which.
fn caught(mutant: Mutant) -> (Story, String) {
    let result = runner(2_000).run(&a_story(), |story| failed(&play(&story, mutant).broken));
    match result {
        Err(TestError::Fail(_, story)) => shortened(story, mutant),
        other => panic!("{mutant:?} breaks nothing: {other:?}"),
    }
}

/// Leaves out whatever a failing story does without: parts of stories are shortened as wholes.
fn shortened(mut story: Story, mutant: Mutant) -> (Story, String) {
    for place in (0..story.commands.len()).rev() {
        let mut shorter = story.clone();
        shorter.commands.remove(place);
        if !play(&shorter, mutant).broken.is_empty() {
            story = shorter;
        }
    }
    let broken = play(&story, mutant).broken.join("\n");
    (story, broken)
}

#[test]
fn replaying_every_verb_is_caught_by_i2_in_a_story_that_a_person_can_read() {
    let (story, why) = caught(Mutant::ReplaysEveryVerb);
    assert!(why.contains("I2"), "{why}");
    assert!(story.commands.len() <= 9, "{story:#?}");
}

#[test]
fn reading_back_without_since_when_is_caught_by_i4() {
    let (story, why) = caught(Mutant::IgnoresSince);
    assert!(why.contains("I4") && why.contains("granted anew"), "{why}");
    assert!(story.commands.len() <= 8, "{story:#?}");
}

#[test]
fn replacing_the_set_of_members_is_caught_by_i4() {
    let (story, why) = caught(Mutant::ReplacesByPut);
    assert!(why.contains("I4"), "{why}");
    assert!(story.commands.len() <= 7, "{story:#?}");
}

#[test]
fn s15_a_wall_clock_that_is_set_back_again_and_again_changes_nothing_of_a_run() {
    let told = |story: &Story| {
        let world = play(story, Mutant::None);
        assert_eq!(world.broken, Vec::<String>::new());
        let states = world
            .ended
            .iter()
            .map(|run| run.plan.ops().map(|op| run.progress.op(op.id).clone()).collect::<Vec<_>>());
        (states.collect::<Vec<_>>(), world.service.shape())
    };
    let runs = std::cell::Cell::new(0);
    runner(60)
        .run(&a_story(), |story| {
            // What others take back, and what is found after a crash, has its own times.
            let alike = |command: &Command| {
                !matches!(command, Command::Undo(_) | Command::Kill(..) | Command::Clock(_))
            };
            let commands: Vec<Command> =
                story.commands.iter().filter(|command| alike(command)).cloned().collect();
            // Forward it would be a machine that was asleep.
            let steps = commands.iter().cloned().zip((1..).map(|turn| -3_600 * turn));
            let stepping = steps.flat_map(|(command, to)| [command, Command::Clock(to)]).collect();
            let even = told(&Story { commands, ..story.clone() });
            runs.set(runs.get() + even.0.len());
            prop_assert_eq!(even, told(&Story { commands: stepping, ..story }));
            Ok(())
        })
        .unwrap();
    assert!(runs.get() > 60, "{runs:?}");
}
