//! The catalogue of faults that this program is held to: each row is named by a test (`n6_…`, `a23_…`), or stands in
//! `tests/uncovered.md` with the reason. A row that is in neither fails here, and so does one that is in both.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod switches;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

/// How many rows the catalogue has of each kind: network, API, semantics, terminal, disk, secrets; 137 in all.
const CATALOGUE: [(char, u32); 6] =
    [('n', 25), ('a', 40), ('s', 22), ('t', 21), ('d', 15), ('k', 14)];

fn wanted() -> BTreeSet<String> {
    let rows = |(letter, last): (char, u32)| (1..=last).map(move |n| format!("{letter}{n}"));
    CATALOGUE.into_iter().flat_map(rows).collect()
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().unwrap() != "node_modules" {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The rows in the names of tests: `fn a20_a21_a_member_without…` names two.
fn named() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    sources(&root.join("src"), &mut texts);
    sources(&root.join("tests"), &mut texts);
    let functions = texts.iter().flat_map(|text| text.split("fn ").skip(1));
    let names = functions.map(|rest| rest.split(['(', '<', ' ']).next().unwrap_or_default());
    names
        .flat_map(|name| name.split('_').take_while(|part| is_row(part)).map(str::to_owned))
        .collect()
}

fn is_row(part: &str) -> bool {
    let mut chars = part.chars();
    let letter = chars.next().is_some_and(|c| "nastdk".contains(c));
    letter && part.len() > 1 && chars.all(|c| c.is_ascii_digit())
}

fn excused() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/uncovered.md");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("- ")?.split_once(':'));
    rows.map(|(row, reason)| {
        assert!(reason.trim().len() > 20, "{row} has no reason");
        row.to_lowercase()
    })
    .collect()
}

#[test]
fn every_row_of_the_catalogue_is_tested_or_excused() {
    let (wanted, named, excused) = (wanted(), named(), excused());
    let open: Vec<&String> =
        wanted.iter().filter(|row| !named.contains(*row) && !excused.contains(*row)).collect();
    let (covered, all) = (wanted.intersection(&named).count(), wanted.len());
    // Past the harness, which shows the output of tests that fail alone.
    let words = format!("{covered} of the catalogue's {all} rows of faults are named by tests\n");
    std::io::stderr().write_all(words.as_bytes()).unwrap();
    let unknown: Vec<&String> = excused.difference(&wanted).collect();
    assert!(unknown.is_empty(), "the catalogue has no such rows: {unknown:?}");
    assert!(
        open.is_empty(),
        "no test names these rows, and tests/uncovered.md doesn't either: {open:?}"
    );
    let both: Vec<&String> = named.intersection(&excused).collect();
    assert!(both.is_empty(), "tested and excused: {both:?}");
}
