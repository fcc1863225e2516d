//! A snapshot in place of an account: looked at like one, and nothing is asked, staged or written.

use std::sync::Arc;

use cfiam::app::{Effect, Mode, Setup, WhyReadOnly};
use cfiam::domain::Snapshot;

use crate::driver::{Console, setup};

fn opened() -> Console {
    let directory = Console::open().state.directory.clone();
    let taken = "2026-11-24T09:30:00Z".parse().unwrap();
    let mode = Mode::ReadOnly(WhyReadOnly::Snapshot(taken));
    let snapshot = Some(Arc::new(Snapshot { directory, taken }));
    Console::start(Setup { snapshot, mode, ..setup() })
}

fn said(console: &Console) -> String {
    console.state.toast.as_ref().map(|toast| toast.words.clone()).unwrap_or_default()
}

fn touches(effect: &Effect) -> bool {
    !matches!(effect, Effect::After(..) | Effect::Slice)
}

#[test]
fn a_snapshot_is_looked_at_without_asking_for_anything() {
    let mut console = opened();
    let directory = &console.state.directory;
    assert!(directory.members_listed() > 0 && directory.groups_there() > 0);
    console.keys("j enter tab j esc 2 enter tab esc 1 / x esc s esc p");
    console.later(3_600);
    console.keys("1 j enter");
    assert!(!console.effects.iter().any(touches), "{:?}", console.effects);
}

#[test]
fn what_would_write_or_read_again_says_why_it_does_not() {
    let mut console = opened();
    for (keys, why) in [
        ("r", "nothing is read again"),
        ("R", "nothing is read again"),
        ("W", "nothing is changed in it"),
        ("a", "nothing is changed in it"),
        ("D", "nothing is changed in it"),
        ("c", "nothing is changed in it"),
        ("P", "nothing is staged or run in it"),
        ("z", "nothing is staged or run in it"),
        ("6", "nothing is staged or run in it"),
    ] {
        console.keys(keys);
        let said = said(&console);
        assert!(said.contains("a snapshot: "), "{keys}: {said}");
        assert!(said.contains(why), "{keys}: {said}");
        assert!(console.state.dialogs.is_empty(), "{keys}");
    }
    console.keys(":").types("account 0123456789abcdef0123456789abcdef").keys("enter");
    assert!(said(&console).contains("a snapshot: "), "{}", said(&console));
    console.keys("esc :").types("open changes.toml").keys("enter");
    assert!(said(&console).contains("a snapshot: "), "{}", said(&console));
    assert!(!console.effects.iter().any(touches), "{:?}", console.effects);
    assert!(console.state.staging.is_empty());
}
