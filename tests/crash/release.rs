//! What is there for tests alone is in no release: `CFIAM_RELEASE_BINARY` names the one that is looked through.

use std::path::Path;

use super::points::{APPLY, say};
use super::variant::GROUPS;
use super::world::World;

/// What stands in a program that has deaths, panics and shorter waits for tests in it.
const FOR_TESTS: [&str; 6] =
    ["CFIAM_CRASH", "CFIAM_TIMINGS", "CFIAM_PANIC", "power-cut", "answer-begun", "unsynced-"];

fn found(program: &Path) -> Vec<&'static str> {
    let bytes = std::fs::read(program).unwrap();
    let is_in = |text: &&str| bytes.windows(text.len()).any(|at| at == text.as_bytes());
    FOR_TESTS.into_iter().filter(is_in).collect()
}

#[test]
fn what_is_there_for_tests_alone_is_in_no_release() {
    let own = Path::new(env!("CARGO_BIN_EXE_cfiam"));
    assert_eq!(found(own), FOR_TESTS, "the look finds them where they are");
    let Some(release) = std::env::var_os("CFIAM_RELEASE_BINARY") else {
        return say("no release was looked through: CFIAM_RELEASE_BINARY names none");
    };
    assert_eq!(found(Path::new(&release)), Vec::<&str>::new(), "in {release:?}");
    let mut world = World::start();
    world.want_in(GROUPS[0], 1);
    world.settled();
    world.program = release.into();
    world.start_program(APPLY, Some("before-end")).ended().ok();
    assert_eq!(world.memberships(), world.after());
}
