//! `snapshot save`, `list` and `show`, and `diff`.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::program::Company;

fn save(company: &Company, name: &str) -> PathBuf {
    let path = company.home.path("home").join(name);
    let line = format!("snapshot save {}", path.display());
    let saved = company.ran(&line, "reader", "").ended(0, &["saved ", " members, 8 groups"]);
    assert_eq!(saved.out.trim_end(), path.display().to_string());
    path
}

fn diff(company: &Company, before: &Path, after: &str, status: i32) -> Value {
    let line = format!("diff {} {after} -o json", before.display());
    let ran = company.ran(&line, "reader", "").ended(status, &[]);
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn the_same_account_is_saved_as_the_same_bytes_but_for_when_and_over_nothing_unasked() {
    let company = Company::new();
    let (one, two) = (save(&company, "one.json"), save(&company, "two.json"));
    let body = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let is_the_account =
            |line: &&str| !line.starts_with("\"taken\"") && !line.starts_with("\"sha256\"");
        text.lines().filter(is_the_account).map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(body(&one), body(&two));
    assert_eq!(std::fs::metadata(&one).unwrap().permissions().mode() & 0o777, 0o600);
    let before = company.server.requests().len();
    let line = format!("snapshot save {}", one.display());
    company.ran(&line, "reader", "").ended(2, &["is there already", "--force"]);
    // Nothing is read for what can't be written.
    assert!(company.server.requests().len() <= before + 1);
    company.ran(&format!("{line} --force"), "reader", "").ended(0, &[]);
}

#[test]
fn a_snapshot_is_listed_and_shown_without_a_credential_or_a_request() {
    let company = Company::new();
    let saved = company.ran("snapshot save", "reader", "").ended(0, &["saved "]);
    let path = saved.out.trim_end().to_owned();
    assert!(path.ends_with(".json.zst"), "{path}");
    let before = company.server.requests().len();
    let listed = company.ran("snapshot list -o json", "nobody", "").ended(0, &[]);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(listed[0]["file"], path);
    let shown = company.ran(&format!("snapshot show {path} -o json"), "nobody", "").ended(0, &[]);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!((&shown["members"], &shown["groups"]), (&60.into(), &8.into()));
    assert_eq!(shown["missing"], Value::Array(vec![]));
    company.ran(&format!("snapshot show {path}"), "nobody", "").ended(0, &["account", "missing"]);
    assert_eq!(company.server.requests().len(), before);
}

#[test]
fn a_damaged_snapshot_is_told_and_so_is_one_of_a_later_program() {
    let company = Company::new();
    let path = save(&company, "one.json");
    let good = std::fs::read_to_string(&path).unwrap();
    let show = |text: &str| {
        std::fs::write(&path, text).unwrap();
        company.ran(&format!("snapshot show {}", path.display()), "nobody", "")
    };
    show(&good.replacen("accepted", "pending", 1)).ended(2, &["is damaged", "checksum"]);
    show(good.split_at(good.len() / 2).0).ended(2, &["is damaged"]);
    show(&good.replacen("{\"cfiam_snapshot\":1", "{\"cfiam_snapshot\":2", 1))
        .ended(2, &["was written by a later cfiam (version 2 of its form)"]);
    show("{}").ended(2, &["is no snapshot"]);
}

#[test]
fn what_is_missing_makes_no_snapshot_unless_that_is_allowed_and_then_it_is_kept_in_it() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let id = company.server.group_id(&group).unwrap();
    company.server.add_fault(
        format!("GET /accounts/*/iam/user_groups/{id}/members: 400 'message=broken'")
            .parse()
            .unwrap(),
    );
    let path = company.home.path("home/one.json");
    let line = format!("snapshot save {}", path.display());
    let said = format!("who is in {group}: broken");
    company.ran(&line, "reader", "").ended(6, &[&said]);
    assert!(!path.exists());
    company.ran(&format!("{line} --allow-partial"), "reader", "").ended(0, &[&said]);
    company.ran(&format!("snapshot show {}", path.display()), "nobody", "").ended(0, &[&said]);
    let line = format!("diff {0} {0}", path.display());
    company.ran(&line, "nobody", "").ended(6, &[&said]);
    company.ran(&format!("{line} --allow-partial"), "nobody", "").ended(0, &["nothing differs"]);
}

#[test]
fn what_is_done_to_the_account_is_what_differs_and_undone_it_differs_no_more() {
    let company = Company::new();
    let before = save(&company, "before.json.zst");
    let same = diff(&company, &before, "live", 0);
    assert_eq!((&same["differs"], &same["changes"]), (&false.into(), &Value::Array(vec![])));

    let group = company.groups()[0].clone();
    let who = company.outsiders(&group, 1)[0].clone();
    company.writer(&format!("members add-to '{group}' {who} --yes")).ended(0, &[]);
    let line = format!("diff {} live", before.display());
    company
        .ran(&line, "reader", "")
        .ended(3, &[&format!("+ {who} joined {group}"), &format!("(joined {group})")]);
    let after = save(&company, "after.json");
    let told = diff(&company, &before, &after.display().to_string(), 3);
    let membership = &told["changes"][0];
    assert_eq!(
        (&membership["change"], &membership["kind"]),
        (&"added".into(), &"membership".into())
    );
    assert_eq!((&membership["name"], &membership["group"]["name"]), (&who.into(), &group.into()));

    company.writer("undo --yes").ended(0, &[]);
    let back = diff(&company, &before, "live", 0);
    assert_eq!(back["changes"], Value::Array(vec![]), "{back:#}");
}

#[test]
fn two_accounts_have_no_difference() {
    let company = Company::new();
    let path = save(&company, "one.json");
    let line = format!("--account 0123456789abcdef0123456789abcdef diff {} live", path.display());
    company.ran(&line, "reader", "").ended(2, &["is of account"]);
}

/// An answer in which no order counts: a snapshot keeps policies as sets. The account's name is not read for an answer,
/// and stands in a snapshot.
fn as_sets(answer: Value) -> Value {
    match answer {
        Value::Array(rows) => {
            let mut rows: Vec<Value> = rows.into_iter().map(as_sets).collect();
            rows.sort_by_key(ToString::to_string);
            Value::Array(rows)
        }
        Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(key, _)| key != "account");
            fields.map(|(key, value)| (key, as_sets(value))).collect()
        }
        other => other,
    }
}

#[test]
fn whatever_only_reads_answers_from_a_snapshot_as_it_did_from_the_account_and_asks_nobody() {
    let company = Company::new();
    let path = save(&company, "one.json.zst");
    let group = company.groups()[0].clone();
    let inside = company.in_group(&group);
    let lines = [
        "members list".to_owned(),
        "groups list".to_owned(),
        "organization list".to_owned(),
        format!("groups show '{group}'"),
        "who-can dns".to_owned(),
        format!("explain {}", inside[0]),
        format!("explain {} --permission billing", inside[0]),
        format!("compare {} 'group:{group}'", inside[0]),
        "findings".to_owned(),
    ];
    let live: Vec<_> =
        lines.iter().map(|line| company.ran(&format!("{line} -o json"), "reader", "")).collect();
    let before = company.server.requests().len();
    for (line, live) in lines.iter().zip(live) {
        let offline = format!("--snapshot {} {line} -o json", path.display());
        let ran =
            company.ran(&offline, "nobody", "").ended(live.status, &["this is how it was at "]);
        let sets = |text: &str| as_sets(serde_json::from_str(text).unwrap());
        assert!(sets(&live.out) == sets(&ran.out), "{line}:\n{}\n{}", live.out, ran.out);
    }
    assert_eq!(company.server.requests().len(), before);
}

#[test]
fn a_snapshot_answers_from_stdin_and_refuses_what_only_the_service_can_do() {
    let company = Company::new();
    let path = save(&company, "one.json");
    let text = std::fs::read_to_string(&path).unwrap();
    company.ran("--snapshot - who-can dns", "nobody", &text).ended(0, &["this is how it was at "]);
    company.ran("--snapshot - who-can dns", "nobody", "{}").ended(2, &["stdin is no snapshot"]);
    let file = path.display();
    let group = company.groups()[0].clone();
    let who = company.outsiders(&group, 1)[0].clone();
    for (line, said) in [
        (format!("members add-to '{group}' {who} --yes"), "a snapshot opens in the console"),
        ("snapshot save".to_owned(), "a snapshot opens in the console"),
        ("members list --status pending".to_owned(), "asks the service, and a snapshot is none"),
        ("--account 0123456789abcdef0123456789abcdef members list".to_owned(), "is of account"),
    ] {
        company.ran(&format!("--write --snapshot {file} {line}"), "writer", "").ended(2, &[said]);
    }
    assert!(company.writes().is_empty());
}

#[test]
fn what_is_missing_in_a_snapshot_is_missing_in_its_answers() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let id = company.server.group_id(&group).unwrap();
    let broken = format!("GET /accounts/*/iam/user_groups/{id}/members: 400 'message=broken'");
    company.server.add_fault(broken.parse().unwrap());
    let path = company.home.path("home/one.json");
    let save = format!("snapshot save {} --allow-partial", path.display());
    let said = format!("who is in {group}: broken");
    company.ran(&save, "reader", "").ended(0, &[&said]);
    let line = format!("--snapshot {} members list", path.display());
    assert_eq!(company.ran(&line, "nobody", "").ended(6, &[&said]).out, "");
    company.ran(&format!("{line} --allow-partial"), "nobody", "").ended(0, &[&said]);
}
