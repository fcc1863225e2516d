//! `cfiam runs resume`, as a person meets it.

use super::program::Ran;
use super::variant::GROUPS;
use super::world::World;

/// Two additions in a run that died when their answer had come and was not written down yet.
fn broken_off() -> World {
    let mut world = World::start();
    world.want_in(GROUPS[0], 2);
    world.settled();
    world.dies("apply FILE --yes", "before-outcome");
    world
}

#[track_caller]
fn said(ran: &Ran, words: &[&str]) {
    let all = format!("{}{}", ran.out, ran.err);
    for words in words {
        assert!(all.contains(words), "«{words}» was not said:\n{all}");
    }
}

#[test]
fn a_run_that_was_broken_off_is_read_back_by_reads_alone_and_where_all_was_done_that_is_its_end() {
    let world = broken_off();
    said(&world.run("runs").ok(), &["not finished: 2 without an answer"]);
    said(&world.run("runs resume --dry-run").ok(), &["taking up run ", "applied: 2 done"]);
    assert_eq!(world.writes(), 1);
    said(&world.run("runs").ok(), &["applied: 2 done"]);
    said(&world.run("runs resume --yes").status(1), &["every run of this account", "is finished"]);
    let id = world.told()["id"].as_str().unwrap().to_owned();
    let again = world.run(&format!("runs resume {id} --yes")).status(1);
    said(&again, &["nothing was changed: the run is finished"]);
    assert_eq!(world.writes(), 1);
}

#[test]
fn what_a_broken_off_run_has_left_is_told_and_sent_only_where_that_is_said() {
    let world = broken_off();
    // As if the service had taken one of the two alone.
    assert!(world.server.revoke(&world.wanted[1].group, &world.wanted[1].member));
    let left = [
        "1 done · 1 not in effect",
        "2 had no answer: 1 is done, 1 is not done",
        "left: ",
        GROUPS[0],
    ];
    said(&world.run("runs resume --dry-run").ok(), &left);
    said(&world.run("runs resume").status(2), &["nothing was changed", "--yes"]);
    let refused = world.start_with("--read-only", "runs resume --yes", None).ended();
    said(&refused.status(3), &["--read-only was given"]);
    assert_eq!(world.writes(), 1, "nothing is sent before it is said");
    said(&world.run("runs resume --yes").ok(), &["applied: 2 done"]);
    assert_eq!((world.memberships(), world.writes()), (world.after(), 2));
}
