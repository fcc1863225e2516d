//! P1: the console dies when what was staged has been saved.

use std::time::Duration;

use super::driver::{Ended, Launch, Terminal};
use super::world::World;

fn console(world: &World, crash: Option<&str>) -> Terminal {
    let launch = Launch::new(&world.home, &["--write"]).size(120, 30);
    let launch = world
        .environment(crash)
        .into_iter()
        .fold(launch, |launch, (name, value)| launch.env(&name, &value));
    let mut terminal = launch.start();
    terminal.wait(" · just now");
    terminal
}

/// Stages the change file in the console, which dies once that is saved, and applies what the next one finds.
pub fn dies_and_is_applied(world: &World) {
    let number = world.wanted.len();
    let mut first = console(world, Some("staged"));
    let file = world.home.path("changes.toml").display().to_string();
    let open = |terminal: &mut Terminal| {
        terminal.keys(":").wait("Go or do").send(&format!("open {file}\r"));
        terminal.take_for(Duration::from_millis(500));
    };
    open(&mut first);
    while first.text().contains("still being read") {
        first.wait_gone("still being read");
        open(&mut first);
    }
    assert!(matches!(first.ended(), Ended::Killed(_)), "{}", first.text());
    assert_eq!((world.writes(), world.story()), (0, None), "staging sends nothing");
    let mut next = console(world, None);
    let changes = if number == 1 { "change" } else { "changes" };
    next.wait(&format!("Keep {number} staged {changes}")).wait("Checked against the account");
    next.keys("n").wait_gone("Keep ");
    next.wait(&format!("Changes {number}")).apply();
    next.wait(&format!("{number} done")).keys("ctrl-c");
    assert_eq!(next.ended(), Ended::Status(0));
}
