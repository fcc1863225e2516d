//! P1 to P17: killed there, with a server that carries the write whose answer is lost out or not.

use std::collections::BTreeMap;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use cfiam::store::journal::Rest;

use super::oracle::{self, Found};
use super::staged;
use super::variant::{Changes, Variant, all};
use super::world::{Memberships, World};

pub const APPLY: &str = "apply FILE --yes";
/// What is accepted and not carried out.
const LIE: &str = r#"200 'body={"success":true,"errors":[],"messages":[],"result":null}'"#;

/// The points, and what the program was at.
const POINTS: [(usize, &str); 17] = [
    (1, "staged set saved"),
    (2, "plan computed, header not synced"),
    (3, "header synced, no intent"),
    (4, "half an intent written"),
    (5, "intent written, not synced"),
    (6, "intent synced, nothing sent"),
    (7, "half the request sent"),
    (8, "request sent, no answer"),
    (9, "headers of the answer read"),
    (10, "body read, outcome not written"),
    (11, "half an outcome written"),
    (12, "outcome synced"),
    (13, "while a lost write is read back"),
    (14, "while an accepted write is read back"),
    (15, "before the end is written"),
    (16, "a second time, in recovery"),
    (17, "while a run is taken back"),
];

impl Variant {
    /// The answer to this write is lost.
    fn loses(self, world: &World, write: usize) {
        let how = if self.applied { "lose" } else { "reset" };
        world.trouble(&format!("WRITE ** {write}: {how}"));
    }

    /// This write is answered, and carried out or not.
    fn answers(self, world: &World, write: usize) {
        if !self.applied {
            world.trouble(&format!("WRITE ** {write}: 503"));
        }
    }
}

/// Kills the program at a point, and gives what was found up to the end of what is taken up after it.
fn crash(point: usize, variant: Variant) -> Found {
    let mut world = variant.world();
    let amid = variant.amid();
    match point {
        1 => {
            variant.loses(&world, 1);
            staged::dies_and_is_applied(&world);
            return at_the_end(&world, &world.after());
        }
        17 => return crash_in_undo(&world, variant),
        7 => {
            variant.loses(&world, 1);
            world.killed_in_the_middle_of(APPLY, amid);
        }
        8 => {
            let how = if variant.applied { "apply hang" } else { "hang" };
            world.trouble(&format!("WRITE ** {amid}: {how}"));
            world.killed_at_write(APPLY, amid, variant.applied);
        }
        14 if !variant.applied => {
            world.trouble(&format!("WRITE ** {amid}: {LIE}"));
            world.dies(APPLY, verify(variant));
            return accepted_and_not_so(&world);
        }
        _ => dies_at(point, variant, &world),
    }
    taken_up(&world, APPLY, &world.after())
}

/// Dies at a point within the program.
fn dies_at(point: usize, variant: Variant, world: &World) {
    let amid = variant.amid();
    // The write whose answer is lost is the one at which it dies, or one before.
    match point {
        2..=6 => variant.loses(world, 1),
        13 | 15 => variant.loses(world, amid),
        _ => variant.answers(world, amid),
    }
    let at = match point {
        2 if variant.applied => "unsynced-header".to_owned(),
        2 => "half-plan".to_owned(),
        3 => "synced-header".to_owned(),
        4 => format!("half-intent:{amid}"),
        5 => format!("unsynced-intent:{amid}"),
        6 => format!("synced-intent:{amid}"),
        9 | 16 => format!("answer-begun:{amid}"),
        10 => format!("before-outcome:{amid}"),
        11 => format!("half-outcome:{amid}"),
        12 => format!("synced-outcome:{amid}"),
        13 => "resolve".to_owned(),
        14 => verify(variant).to_owned(),
        15 => "before-end".to_owned(),
        other => panic!("no such point: {other}"),
    };
    world.dies(APPLY, &at);
    if point == 16 {
        // While the outcome is written down as unknown, and while it is read back.
        let at = if variant.applied { "half-outcome" } else { "resolve:3" };
        world.dies("runs resume --dry-run", at);
        world.dies("runs resume --dry-run", "resolve");
        if !variant.applied {
            world.dies("runs resume --yes", "half-resume");
            world.dies("runs resume --yes", "synced-intent");
        }
    }
}

/// In the middle of what is read back after the answers: of many the first is alone, and is read back by itself.
fn verify(variant: Variant) -> &'static str {
    if variant.changes == Changes::One { "verify" } else { "verify:2" }
}

/// Takes a run back after it has ended, and dies in that; each variant at another point.
fn crash_in_undo(world: &World, variant: Variant) -> Found {
    world.run(APPLY).ok();
    let undo = undo(world);
    let amid = if variant.changes == Changes::One { 1 } else { 7 };
    let at = match (variant.changes, variant.applied) {
        (Changes::Fifty, true) => {
            variant.loses(world, 1);
            format!("half-intent:{amid}")
        }
        (Changes::Mixed, true) => {
            variant.loses(world, amid);
            "resolve".to_owned()
        }
        (Changes::One, true) => "before-outcome".to_owned(),
        (Changes::Fifty, false) => {
            variant.answers(world, amid);
            format!("answer-begun:{amid}")
        }
        (Changes::Mixed, false) => {
            variant.loses(world, amid);
            "before-end".to_owned()
        }
        (Changes::One, false) => {
            variant.loses(world, amid);
            "synced-outcome".to_owned()
        }
    };
    world.dies(&undo, &at);
    taken_up(world, &undo, &world.before)
}

/// The command that takes the last run back. Where it takes much away a guard asks for a text, and is given it.
fn undo(world: &World) -> String {
    let shown = world.run("undo --dry-run").ok();
    if !shown.out.contains("many-removals") {
        return "undo --yes".to_owned();
    }
    overriding("undo --yes", &world.run("undo --yes").status(3).err)
}

/// The service has accepted a write and never carried it out: that is found and said, not repeated; who wants it still
/// applies it again.
fn accepted_and_not_so(world: &World) -> Found {
    let mut found = Found::default();
    let writes = world.writes();
    found.misreported = oracle::said(world, &world.told());
    let dry = world.run("runs resume --dry-run");
    assert!(matches!(dry.status.code(), Some(0 | 5)), "{}{}", dry.out, dry.err);
    let told = world.told();
    found.misreported.extend(oracle::said(world, &told));
    if world.writes() != writes {
        found.unsafe_writes.push("reading back has written".to_owned());
    }
    if told["finished"] != true {
        world.run("runs resume --yes").status(5);
    }
    let told = world.told();
    found.misreported.extend(oracle::said(world, &told));
    if oracle::steps(&told).all(|change| change["state"] != "not in effect") {
        found.misreported.push("what is not in effect is not said to be".to_owned());
    }
    world.run(APPLY).ok();
    found.and(at_the_end(world, &world.after()))
}

/// Takes the run up that was broken off, and looks at everything that must hold on the way. Where not even its plan is
/// on the disk, it is made anew.
pub fn taken_up(world: &World, anew: &str, wanted: &Memberships) -> Found {
    let mut found = Found::default();
    let story = world.story().expect("a journal");
    assert!(story.rest != Rest::Corrupt && !story.is_ended(), "{:?}", story.rest);
    if story.plan().is_none() {
        world.run(anew).ok();
        return at_the_end(world, wanted);
    }
    let writes = world.writes();
    found.misreported = oracle::said(world, &world.told());
    world.run("runs resume --dry-run").ok();
    let told = world.told();
    found.misreported.extend(oracle::said(world, &told));
    if told["finished"] != true {
        // I11: read back once more, all is as it was.
        world.run("runs resume --dry-run").ok();
        if oracle::steps(&world.told()).ne(oracle::steps(&told)) {
            found.misreported.push(format!("read back twice, it differs from {told}"));
        }
    }
    if world.writes() != writes {
        found.unsafe_writes.push("reading back has written".to_owned());
    }
    if told["finished"] != true {
        resume(world);
    }
    found.and(at_the_end(world, wanted))
}

/// Sends what is left. Where guards ask for texts, they are given them.
pub fn resume(world: &World) {
    const LINE: &str = "runs resume --yes";
    let ran = world.run(LINE);
    if ran.err.contains("--override ") {
        world.run(&overriding(LINE, &ran.status(3).err)).ok();
    } else {
        ran.ok();
    }
}

/// A command with all the overrides that its refusal has asked for.
pub fn overriding(line: &str, refusal: &str) -> String {
    let asked = refusal.lines().filter_map(|line| line.split_once("--override "));
    asked.fold(line.to_owned(), |line, (_, asked)| format!("{line} --override {asked}"))
}

/// What is found once all is done.
pub fn at_the_end(world: &World, wanted: &Memberships) -> Found {
    let told = world.told();
    let mut misreported = oracle::said(world, &told);
    if told["finished"] != true || !world.story().is_some_and(|story| story.is_ended()) {
        misreported.push("the run is not said to be finished".to_owned());
    }
    let lost = oracle::differences(&world.memberships(), wanted);
    Found { lost, misreported, unsafe_writes: world.witness.found() }
}

/// Works a list off on a few threads, each piece by itself.
pub fn side_by_side<T: Sync, R: Send>(list: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(piece) = list.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = work(piece);
                    results.lock().unwrap().push(result);
                }
            });
        }
    });
    results.into_inner().unwrap()
}

/// Says something past the harness, which shows the output of tests that fail alone.
pub fn say(words: &str) {
    std::io::stderr().write_all(format!("{words}\n").as_bytes()).unwrap();
}

/// Which points are tried: all, or those that are named, as `CFIAM_POINTS=4,9`.
fn points() -> Vec<usize> {
    let named = std::env::var("CFIAM_POINTS").ok();
    let named: Option<Vec<usize>> =
        named.map(|named| named.split(',').map(|point| point.parse().unwrap()).collect());
    let wanted = |point: &usize| named.as_ref().is_none_or(|named| named.contains(point));
    POINTS.into_iter().map(|(point, _)| point).filter(wanted).collect()
}

#[test]
fn d11_killed_at_any_point_nothing_is_lost_and_nothing_is_misreported() {
    let points = points();
    let runs: Vec<(usize, Variant)> =
        points.iter().flat_map(|point| all().map(|variant| (*point, variant))).collect();
    let results = side_by_side(&runs, |(point, variant)| {
        let result = catch_unwind(AssertUnwindSafe(|| crash(*point, *variant)));
        (*point, *variant, result.ok())
    });
    let mut of_point: BTreeMap<usize, usize> = BTreeMap::new();
    let (mut lost, mut misreported, mut unsafe_writes, mut stuck) = (0, 0, 0, 0);
    for (point, variant, result) in &results {
        match result {
            Some(found) if *found == Found::default() => *of_point.entry(*point).or_default() += 1,
            Some(found) => {
                say(&format!("P{point}, {}: {found:#?}", variant.words()));
                lost += usize::from(!found.lost.is_empty());
                misreported += usize::from(!found.misreported.is_empty());
                unsafe_writes += usize::from(!found.unsafe_writes.is_empty());
            }
            None => {
                say(&format!("P{point}, {}: the test could not go on", variant.words()));
                stuck += 1;
            }
        }
    }
    let number = results.len();
    say(&format!(
        "{number} crash runs: {lost} lost, {misreported} misreported, {unsafe_writes} with an unsafe write, \
         {stuck} that could not be taken to their end; good ones by point:"
    ));
    for (point, what) in POINTS.into_iter().filter(|(point, _)| points.contains(point)) {
        say(&format!("  P{point:<2} {what}: {}", of_point.get(&point).unwrap_or(&0)));
    }
    assert_eq!((lost, misreported, unsafe_writes, stuck), (0, 0, 0, 0), "of {number}");
}
