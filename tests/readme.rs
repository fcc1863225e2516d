//! README and the program say the same. `CFIAM_PAINT=1 cargo test` writes what belongs to the program anew.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fmt::Write;

use cfiam::keys::TABLE;

const BEGIN: &str =
    "<!-- keys: written by the test that holds README and the action table together -->\n";
const END: &str = "<!-- end of keys -->";

fn table() -> String {
    let mut table = String::from("\n| keys | what |\n|---|---|\n");
    for row in TABLE.iter().filter(|row| !row.keys.is_empty()) {
        let keys: Vec<String> = row.keys.iter().map(|key| format!("`{key}`")).collect();
        writeln!(table, "| {} | {} |", keys.join(" "), row.words).unwrap();
    }
    table.push('\n');
    table
}

#[test]
fn the_readme_lists_the_keys_of_the_action_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (keys, after) = rest.split_once(END).unwrap();
    if std::env::var_os("CFIAM_PAINT").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
        return;
    }
    assert_eq!(keys, table(), "CFIAM_PAINT=1 cargo test writes it anew");
}

#[test]
fn the_readme_gives_the_two_commands_in_its_first_screenful() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let first: String = readme.lines().take(24).collect::<Vec<_>>().join("\n");
    for wanted in ["cargo run --release -- --demo", "cargo test", "unofficial", "](assets/"] {
        assert!(first.contains(wanted), "{wanted}");
    }
    for (_, rest) in
        readme.match_indices("](assets/").map(|(at, found)| readme.split_at(at + found.len()))
    {
        let name = rest.split(')').next().unwrap();
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
        assert!(path.is_file(), "assets/{name} is not there");
    }
}

#[test]
fn the_readmes_config_file_can_be_used_as_it_stands() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let uncommented = example.replace("# ca_file", "ca_file");
    for text in [example, &uncommented] {
        let file = cfiam::config::File::parse("README.md", text).unwrap();
        let theme = file.theme.unwrap().value;
        assert!(cfiam::ui::Theme::named(&theme).is_some());
        for name in cfiam::ui::Theme::names() {
            assert!(example.contains(name), "the theme {name} is not named");
        }
    }
}

#[test]
fn the_readmes_change_file_can_be_used_as_it_stands_and_says_all_that_a_change_file_can_say() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, rest) = readme.split_once("```toml\n[groups.prod-dns]").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let example = format!("[groups.prod-dns]{example}");
    let file = cfiam::plan::ChangeFile::parse("README.md", &example).unwrap();
    let [group, exactly, new, old] = file.groups.as_slice() else { panic!("{file:?}") };
    assert!(group.rename.is_some() && !group.add.is_empty() && !group.remove.is_empty());
    assert!(exactly.members.is_some() && new.create && new.policies.is_some() && old.delete);
    assert!(file.members[0].invite && file.members[1].remove);
}
