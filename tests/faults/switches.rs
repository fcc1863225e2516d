//! A row of the catalogue of faults counts as tried only if its test fails once the behaviour is taken out of the
//! program. `tests/switches.toml` says how each is taken out; that the list fits the source is held here, and
//! `tests/switches.sh` tries it.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    switch: Vec<Switch>,
    #[serde(default)]
    without: Vec<Without>,
}

/// How a behaviour of a row is taken out, and the test that fails then.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    row: String,
    file: String,
    /// Stands once in the file.
    find: String,
    replace: String,
    /// `TARGET::path::of::the_test`; the target is `lib`, or the name of a folder or file here.
    test: String,
}

/// A row that has no switch, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Without {
    row: String,
    why: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn list() -> List {
    toml::from_str(&fs::read_to_string(root().join("tests/switches.toml")).unwrap()).unwrap()
}

/// The rows that must be tried: all of writing, and of what writing rests on.
fn wanted() -> BTreeSet<String> {
    let rows = [
        ('S', (1..=22).collect::<Vec<_>>()),
        ('A', (1..=18).chain(35..=37).collect()),
        ('D', (1..=4).chain(6..=11).chain([13]).collect()),
    ];
    rows.into_iter()
        .flat_map(|(kind, rows)| rows.into_iter().map(move |n| format!("{kind}{n}")))
        .collect()
}

impl Switch {
    fn target(&self) -> (&str, &str) {
        self.test.split_once("::").unwrap()
    }

    /// The name of the test itself, without its modules.
    fn name(&self) -> &str {
        self.test.rsplit("::").next().unwrap()
    }

    /// The file that the test is in.
    fn has_test(&self) -> bool {
        let (target, path) = self.target();
        let folder =
            if target == "lib" { root().join("src") } else { root().join("tests").join(target) };
        let modules: Vec<&str> = path.split("::").collect();
        let function = format!("fn {}()", self.name());
        (0..modules.len()).any(|depth| {
            let module = modules.iter().take(depth).copied().collect::<Vec<_>>().join("/");
            let files = [format!("{module}.rs"), format!("{module}/mod.rs")];
            let texts = files.iter().filter_map(|file| fs::read_to_string(folder.join(file)).ok());
            texts.into_iter().any(|text| text.contains(&function))
        })
    }

    /// Takes the behaviour out of a text.
    fn taken_out(&self, text: &str) -> String {
        let Self { row, file, find, .. } = self;
        let times = text.matches(find.as_str()).count();
        assert_eq!(times, 1, "tests/switches.toml, {row}: this is to stand once in {file}: {find}");
        text.replacen(&self.find, &self.replace, 1)
    }
}

#[test]
fn every_row_has_a_switch_or_a_reason_and_every_switch_fits_the_source_and_has_its_test() {
    let List { switch, without } = list();
    for switch in &switch {
        let text = fs::read_to_string(root().join(&switch.file)).unwrap();
        assert_ne!(switch.taken_out(&text), text, "{}: nothing is taken out", switch.row);
        assert!(switch.has_test(), "{}: there is no test {}", switch.row, switch.test);
        let named = switch.name().split('_').any(|part| part.to_uppercase() == switch.row);
        assert!(named, "{} is not named by {}", switch.row, switch.name());
    }
    let have: BTreeSet<String> = switch.into_iter().map(|switch| switch.row).collect();
    let have_none: BTreeSet<String> = without.iter().map(|without| without.row.clone()).collect();
    assert!(without.iter().all(|without| without.why.len() > 20), "a reason is a sentence");
    assert!(have.is_disjoint(&have_none), "both: {have:?} {have_none:?}");
    assert_eq!(have.union(&have_none).cloned().collect::<BTreeSet<_>>(), wanted());
}

/// What a test made of a program without the behaviour.
enum Verdict {
    Noticed(&'static str),
    Survived,
    NotTried(String),
}

/// A copy of the sources with a target folder of its own.
struct Copy {
    source: PathBuf,
    build: PathBuf,
}

/// How long a test may take that waits for what no longer comes.
const PATIENCE: Duration = Duration::from_mins(4);

impl Copy {
    fn new() -> Self {
        let folder = root().join("target/switches");
        let copy = Self { source: folder.join("source"), build: folder.join("build") };
        follow(root(), &copy.source);
        copy
    }

    fn cargo(&self, target: &str) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(&self.source).args(["test", "--quiet", "--locked"]);
        cargo.env("CARGO_TARGET_DIR", &self.build).env("CARGO_INCREMENTAL", "1");
        match target {
            "lib" => cargo.arg("--lib"),
            target => cargo.args(["--test", target]),
        };
        cargo
    }

    /// Runs the test of a switch on the program as it now stands in the copy.
    fn tried(&self, switch: &Switch) -> Verdict {
        let (target, path) = switch.target();
        let built = self.cargo(target).arg("--no-run").output().unwrap();
        if !built.status.success() {
            return Verdict::NotTried(String::from_utf8_lossy(&built.stderr).into_owned());
        }
        let mut cargo = self.cargo(target);
        cargo.args([path, "--", "--exact"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut test = cargo.process_group(0).spawn().unwrap();
        let group = Pid::from_raw(i32::try_from(test.id()).unwrap()).unwrap();
        let begun = Instant::now();
        while test.try_wait().unwrap().is_none() {
            if begun.elapsed() > PATIENCE {
                kill_process_group(group, Signal::KILL).unwrap();
                test.wait().unwrap();
                return Verdict::Noticed("it never ends");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let output = test.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        match output.status.success() {
            true if said.contains("1 passed") => Verdict::Survived,
            true => Verdict::NotTried("there is no such test".to_owned()),
            false => Verdict::Noticed("it fails"),
        }
    }
}

/// Makes a folder the same as another. What is the same already is left alone, so that it is not built again.
fn follow(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let mut there = BTreeSet::new();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = (entry.as_ref().unwrap().path(), entry.unwrap().file_name());
        if ["target", ".git", "node_modules"].iter().any(|skipped| name == *skipped) {
            continue;
        }
        let copy = to.join(&name);
        if path.is_dir() {
            follow(&path, &copy);
        } else {
            let text = fs::read(&path).unwrap();
            if fs::read(&copy).ok().as_ref() != Some(&text) {
                fs::write(&copy, text).unwrap();
            }
        }
        there.insert(name);
    }
    for entry in fs::read_dir(to).unwrap() {
        let entry = entry.unwrap();
        if !there.contains(&entry.file_name()) && entry.path().is_file() {
            fs::remove_file(entry.path()).unwrap();
        }
    }
}

fn tell(words: &str) {
    // Past the harness, as it comes.
    std::io::stderr().write_all(format!("{words}\n").as_bytes()).unwrap();
}

#[test]
#[ignore = "builds the program once for each switch: tests/switches.sh"]
fn every_behaviour_that_is_taken_out_is_noticed_by_its_test() {
    let rows = std::env::var("CFIAM_SWITCHES").unwrap_or_default().to_uppercase();
    let rows: Vec<&str> = rows.split_whitespace().collect();
    let mut switches = list().switch;
    switches.retain(|switch| rows.is_empty() || rows.contains(&switch.row.as_str()));
    // One target after another: what they share is built once.
    switches.sort_by_key(|switch| switch.target().0.to_owned());
    let copy = Copy::new();
    let mut unnoticed = 0;
    for switch in &switches {
        let file = copy.source.join(&switch.file);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, switch.taken_out(&text)).unwrap();
        let verdict = copy.tried(switch);
        fs::write(&file, &text).unwrap();
        let words = match &verdict {
            Verdict::Noticed(how) => format!("noticed ({how})"),
            Verdict::Survived => "SURVIVES".to_owned(),
            Verdict::NotTried(why) => format!("NOT TRIED: {why}"),
        };
        unnoticed += usize::from(!matches!(verdict, Verdict::Noticed(_)));
        let find = switch.find.trim().lines().next().unwrap_or_default();
        tell(&format!("{:4} {words}: {} without «{find}»", switch.row, switch.test));
    }
    assert_eq!(unnoticed, 0, "of {} switches", switches.len());
}
