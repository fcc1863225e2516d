//! The floors of `lib.rs`, held against every path in the source: a room imports only rooms of floors below its
//! own, and names nothing that its column forbids. The source is parsed, not matched; the test is itself tried
//! on planted violations.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "support code beside the tests may fail where a test may"
)]

#[path = "layers/judge.rs"]
mod judge;
#[path = "layers/planted.rs"]
mod planted;
#[path = "layers/source.rs"]
mod source;

use std::path::Path;

use judge::violations;
use source::Crate;

/// A room, the floor it is on, and what it must never name outside its tests.
pub struct Room {
    name: &'static str,
    floor: u8,
    never: &'static [Ban],
}

/// Something that a room must never name.
#[derive(Clone, Copy)]
pub struct Ban {
    /// What it is, in a word.
    what: &'static str,
    /// The paths that are it; `crate::` begins one of ours.
    paths: &'static [&'static str],
}

const TOKIO: Ban = Ban { what: "tokio", paths: &["tokio"] };
const REQWEST: Ban = Ban { what: "reqwest", paths: &["reqwest"] };
const RATATUI: Ban = Ban { what: "ratatui", paths: &["ratatui"] };
const CROSSTERM: Ban = Ban { what: "crossterm", paths: &["crossterm", "ratatui::crossterm"] };
const FS: Ban = Ban { what: "the file system", paths: &["std::fs", "tokio::fs"] };
const CLOCK: Ban = Ban {
    what: "a clock",
    paths: &[
        "std::time::Instant",
        "std::time::SystemTime",
        "tokio::time",
        "jiff::Timestamp::now",
        "jiff::ZonedDateTime::now",
        "jiff::tz::TimeZone::system",
    ],
};
const OUTSIDE: Ban =
    Ban { what: "the process's surroundings", paths: &["std::env", "std::net", "std::process"] };
const DOMAIN: Ban = Ban { what: "domain", paths: &["crate::domain"] };
const KEYS: Ban = Ban { what: "keys", paths: &["crate::keys"] };
const API: Ban = Ban { what: "api", paths: &["crate::api"] };
const WIRE: Ban = Ban { what: "wire types", paths: &["crate::api::wire"] };
const APP: Ban = Ban { what: "app", paths: &["crate::app"] };
const STORE: Ban = Ban { what: "store", paths: &["crate::store"] };
const OPS: Ban = Ban { what: "ops", paths: &["crate::ops"] };
const UI: Ban = Ban { what: "ui", paths: &["crate::ui"] };

/// Rooms that compute and do nothing else.
const PURE: &[Ban] = &[TOKIO, REQWEST, RATATUI, FS, CLOCK, OUTSIDE];

const ROOMS: &[Room] = &[
    Room { name: "domain", floor: 0, never: PURE },
    Room { name: "text", floor: 0, never: PURE },
    Room { name: "crash", floor: 0, never: &[TOKIO, REQWEST, RATATUI, CROSSTERM, FS, CLOCK] },
    Room {
        name: "keys",
        floor: 0,
        never: &[TOKIO, REQWEST, RATATUI, CROSSTERM, FS, CLOCK, OUTSIDE],
    },
    Room { name: "access", floor: 1, never: PURE },
    Room { name: "api", floor: 1, never: &[APP, UI, FS] },
    Room { name: "config", floor: 1, never: &[UI, API] },
    Room { name: "emulator", floor: 1, never: &[DOMAIN, KEYS] },
    Room { name: "plan", floor: 2, never: PURE },
    Room { name: "rows", floor: 2, never: PURE },
    Room {
        name: "app",
        floor: 3,
        never: &[RATATUI, CROSSTERM, TOKIO, REQWEST, FS, CLOCK, OUTSIDE, API, STORE],
    },
    Room { name: "store", floor: 3, never: &[API, APP] },
    Room { name: "ops", floor: 4, never: &[APP, UI] },
    Room { name: "ui", floor: 4, never: &[API, OPS, STORE, TOKIO] },
    Room { name: "shell", floor: 5, never: &[WIRE] },
    Room { name: "cli", floor: 6, never: &[RATATUI] },
];

/// The floor of `main.rs` and of `lib.rs` itself, above all rooms.
const ROOF: u8 = 7;

fn src() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))
}

#[test]
fn no_path_in_the_source_leads_upward_or_to_what_its_room_must_never_name() {
    let krate = Crate::read(src());
    let found = violations(&krate, ROOMS);
    assert!(krate.modules.len() > ROOMS.len(), "the source was not found");
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_room_is_in_the_table_and_on_the_map_of_lib_rs() {
    let lib = std::fs::read_to_string(src().join("lib.rs")).unwrap();
    let mut rooms: Vec<String> = std::fs::read_dir(src())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "lib.rs" && name != "main.rs")
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .collect();
    rooms.sort();
    let mut known: Vec<&str> = ROOMS.iter().map(|room| room.name).collect();
    known.sort_unstable();
    assert_eq!(rooms, known, "the rooms of src and the rooms of the table");
    for room in ROOMS {
        let floor = format!("//! floor {}", room.floor);
        let on_map = lib
            .lines()
            .filter(|line| line.starts_with(&floor))
            .any(|line| line.split_whitespace().any(|word| word == room.name));
        assert!(on_map, "lib.rs does not show {} on floor {}", room.name, room.floor);
    }
}
