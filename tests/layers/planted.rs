//! The test, tried: what is planted must be found, and what is allowed must not be.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::judge::violations;
use crate::source::Crate;
use crate::{ROOMS, Room};

/// A crate of empty rooms, with these files besides.
fn planted(files: &[(&str, &str)]) -> Vec<String> {
    let mut all: BTreeMap<PathBuf, String> = BTreeMap::new();
    let rooms: Vec<String> = ROOMS.iter().map(|room| format!("pub mod {};", room.name)).collect();
    all.insert("lib.rs".into(), rooms.join("\n"));
    all.insert("main.rs".into(), "fn main() { cfiam::cli::main() }".to_owned());
    for room in ROOMS {
        all.insert(PathBuf::from(room.name).join("mod.rs"), String::new());
    }
    for (path, text) in files {
        all.insert((*path).into(), (*text).to_owned());
    }
    violations(&Crate::of(all), ROOMS)
}

fn in_room(room: &Room, text: &str) -> Vec<String> {
    planted(&[(&format!("{}/mod.rs", room.name), text)])
}

fn rows(text: &str) -> Vec<String> {
    planted(&[("rows/mod.rs", text)])
}

#[test]
fn empty_rooms_are_in_order() {
    assert_eq!(planted(&[]), Vec::<String>::new());
}

#[test]
fn each_planted_violation_of_each_column_is_found() {
    for room in ROOMS {
        for ban in room.never {
            for path in ban.paths {
                for text in [
                    format!("use {path};"),
                    format!("use {path} as other;"),
                    format!("fn f() {{ {path}::thing() }}"),
                    format!("struct S {{ field: Vec<{path}::Thing> }}"),
                    format!("fn f() {{ print!(\"{{}}\", {path}::thing()) }}"),
                ] {
                    let found = in_room(room, &text);
                    let says = format!("{} must never name {}", room.name, ban.what);
                    assert!(found.iter().any(|line| line.contains(&says)), "{text}: {found:?}");
                    let in_tests = format!("#[cfg(test)] mod tests {{ {text} }}");
                    let found = in_room(room, &in_tests);
                    assert!(!found.iter().any(|l| l.contains(&says)), "{in_tests}: {found:?}");
                }
            }
        }
    }
}

#[test]
fn each_import_of_the_same_floor_or_one_above_is_found_and_no_other() {
    for room in ROOMS {
        for other in ROOMS.iter().filter(|other| other.name != room.name) {
            let text = format!("use crate::{}::Thing;", other.name);
            let wrong = other.floor >= room.floor;
            let banned = room.never.iter().any(|ban| ban.what == other.name);
            assert_eq!(in_room(room, &text).len(), usize::from(wrong || banned), "{text}");
            let in_tests = format!("#[cfg(test)] mod tests {{ {text} }}");
            assert_eq!(in_room(room, &in_tests).len(), usize::from(wrong), "{in_tests}");
        }
    }
}

#[test]
fn a_failure_says_where_what_and_why() {
    let found = rows("\n\nuse crate::domain::Slot;\nuse crate::app::State;\n");
    assert_eq!(
        found,
        ["src/rows/mod.rs:4: `crate::app::State`: rows is on floor 2, below app on floor 3"]
    );
    let found = rows("fn f() {\n    std::fs::read(\"x\");\n}");
    assert_eq!(found, ["src/rows/mod.rs:2: `std::fs::read`: rows must never name the file system"]);
    let found = rows("use crate::plan::Step;");
    assert!(found[0].contains("rooms on one floor don't know one another"), "{found:?}");
}

#[test]
fn every_way_of_writing_a_path_is_understood() {
    for text in [
        "use crate::{domain::Slot, app::{self, State}};",
        "use crate::app;",
        "use crate::app as a;",
        "pub use crate::app::*;",
        "use super::app::State;",
        "use super::{app, domain};",
        "use cfiam::app::State;",
        "use ::cfiam::app::State;",
        "use crate::r#app::State;",
        "use crate as root; fn f() { root::app::go() }",
        "use crate::{self as root}; fn f() { root::app::go() }",
        "extern crate self as me; fn f() { me::app::go() }",
        "use crate::*; fn f() { app::go() }",
        "use super::*; fn f() { app::go() }",
        "mod inner { use super::super::app; }",
        "mod inner { fn f() { super::super::app::go() } }",
        "mod inner { use super::super::*; mod deeper { use super::*; fn f() { app::go() } } }",
        "fn f() { use crate::app::State; }",
        "fn f() -> crate::app::State { todo!() }",
        "fn f() { if let crate::app::State { .. } = x {} }",
        "impl From<crate::app::State> for S {}",
        "impl crate::app::Screen for S {}",
        "fn f() { <crate::app::State as Default>::default(); }",
        "fn f() { let x = vec![1, g(crate::app::go())]; }",
        "macro_rules! m { () => { $crate::app::go() } }",
        "#[derive(crate::app::Derived)] struct S;",
        "#[serde(with = \"crate::app::wire\")] struct S { x: u8 }",
        "struct S { #[serde(with = \"crate::app::wire\")] x: u8 }",
        "const C: usize = { crate::app::COUNT };",
        "type T = Box<dyn Fn(&crate::app::State)>;",
        "mod a { pub use crate::domain::Slot as B; pub use super::super::app as c; } fn f() { a::c::go() }",
    ] {
        let found = rows(text);
        assert!(found.iter().any(|line| line.contains("below app")), "{text}: {found:?}");
    }
}

#[test]
fn what_another_room_passes_on_counts_as_its_own_and_as_what_it_is() {
    let found = planted(&[
        ("api/mod.rs", "mod wire; pub use wire::*; pub use self::wire::Sent as Posted;"),
        ("api/wire.rs", "pub struct Member; pub struct Sent;"),
        (
            "shell/mod.rs",
            "use crate::api::Member;\nuse crate::api::Posted;\nuse crate::api::Client;",
        ),
    ]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("src/shell/mod.rs:1"), "{found:?}");
    assert!(found[1].contains("which is `crate::api::wire::Sent`: shell must never name wire"));
}

#[test]
fn a_clock_is_found_behind_an_import_and_its_type_without_the_clock_is_not() {
    assert_eq!(rows("use jiff::Timestamp; fn f(t: Timestamp) {}").len(), 0);
    assert_eq!(rows("use jiff::Timestamp; fn f() { Timestamp::now(); }").len(), 1);
    assert_eq!(rows("use jiff::Timestamp as T; fn f() { T::now(); }").len(), 1);
    assert_eq!(rows("use std::time::*; fn f() { Instant::now(); }").len(), 1);
    assert_eq!(rows("use std::time::Duration; fn f() { Duration::from_secs(1); }").len(), 0);
}

#[test]
fn names_that_only_look_like_a_room_are_no_violation() {
    for text in [
        "mod app { pub fn go() {} } fn f() { app::go() }",
        "mod fs { pub fn read() {} } use fs::read;",
        "fn f() { let app = 1; app.go(); println!(\"crate::app::State\") }",
        "/// See [`crate::app::State`].\nstruct S;",
        "use other::app::State;",
    ] {
        assert_eq!(rows(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn tests_may_name_what_their_room_may_not_but_no_room_above() {
    for (text, count) in [
        ("#[cfg(test)] mod tests { use std::fs; use crate::app; }", 1),
        ("#[cfg(all(test, unix))] mod tests { use std::fs; }", 0),
        ("#[test] fn t() { std::fs::read(\"x\"); }", 0),
        ("#[cfg(any(test, unix))] mod tests { use std::fs; }", 1),
        ("#[cfg(not(test))] mod tests { use std::fs; }", 1),
    ] {
        assert_eq!(rows(text).len(), count, "{text}");
    }
    let files = [("rows/mod.rs", "#[cfg(test)] mod tests;"), ("rows/tests.rs", "use std::fs;")];
    assert_eq!(planted(&files), Vec::<String>::new());
}

#[test]
fn source_that_would_not_be_judged_is_found() {
    let lost = planted(&[("rows/lost.rs", "use crate::app;")]);
    assert!(lost[0].contains("no module declares it"), "{lost:?}");
    let moved = planted(&[("rows/mod.rs", "#[path = \"../app/x.rs\"] mod x;"), ("rows/x.rs", "")]);
    assert!(moved[0].contains("hides the room"), "{moved:?}");
    let included = rows("include!(\"x.rs\");");
    assert!(included[0].contains("hides source"), "{included:?}");
}
