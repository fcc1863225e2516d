//! What a careful administrator would want to know, for scripts and for people.

use serde_json::Value;

use super::program::{Company, Ran};
use cfiam::emulator::Options;

/// The company as the demo shows it.
fn demo() -> Company {
    Company::with(Options::new("2026-11-24T00:00:00Z".parse().unwrap()))
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).expect("a JSON object")
}

fn findings(company: &Company, line: &str) -> Vec<Value> {
    let ran = company.ran(&format!("findings -o json {line}"), "reader", "");
    json(&ran)["findings"].as_array().unwrap().clone()
}

fn of<'f>(findings: &'f [Value], rule: &str) -> &'f Value {
    findings.iter().find(|it| it["rule"] == rule).expect(rule)
}

#[test]
fn every_planted_problem_of_the_company_is_found() {
    let company = demo();
    let ran = company.ran("findings", "reader", "").ended(3, &["To mend it: ", "1 high"]);
    assert!(ran.out.starts_with("high "), "the worst first: {}", ran.out);
    assert!(ran.out.contains("before = after for all"), "{}", ran.out);
    let found = findings(&company, "");
    let names = |rule: &str| -> Vec<String> {
        let about = of(&found, rule)["about"].as_array().unwrap().clone();
        about.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    // Two Super Administrators are enough, and one of them has no second factor.
    assert_eq!(names("no-2fa-admin").len(), 1);
    assert!(found.iter().all(|it| it["rule"] != "few-super-admins"));
    assert_eq!(names("empty-group"), ["sandbox-2024"]);
    assert_eq!(names("same-policies"), ["release-managers", "workers-dev"]);
    assert_eq!(names("group-wide-and-narrow"), ["contractors-emea"]);
    assert!(!names("pending").is_empty());
    let covered = of(&found, "covered-grant")["about"].as_array().unwrap();
    let note = "Administrator Read Only on account, also through platform-read";
    assert!(covered.iter().any(|row| row["note"] == note), "{covered:?}");
}

#[test]
fn the_json_has_the_shape_that_the_readme_documents() {
    let company = demo();
    let ran = company.ran("findings -o json", "reader", "").ended(3, &[]);
    let all = json(&ran);
    let keys =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(keys(&all), ["account", "counts", "findings", "not_checked"]);
    assert_eq!(keys(&all["account"]), ["id", "name"]);
    assert_eq!(keys(&all["counts"]), ["high", "low", "medium", "notice"]);
    assert_eq!(all["not_checked"], Value::Array(vec![]));
    let findings = all["findings"].as_array().unwrap();
    let fields = ["about", "detail", "key", "mend", "rule", "severity", "waived", "why", "words"];
    for finding in findings {
        assert_eq!(keys(finding), fields);
        assert_eq!(keys(&finding["about"][0]), ["id", "kind", "name", "note"]);
        assert_eq!(finding["waived"], Value::Null);
    }
    let mend = &of(findings, "empty-group")["mend"];
    assert_eq!(keys(mend), ["change_file", "effect", "words"]);
    assert_eq!(keys(&mend["effect"]), ["changed", "not_known", "same", "words"]);
    let again = company.ran("findings -o json", "reader", "");
    assert_eq!(again.out, ran.out, "the same account gives the same bytes");
}

#[test]
fn spreadsheets_and_pages_get_one_row_for_each_that_is_meant() {
    let company = demo();
    let csv = company.ran("findings -o csv", "reader", "").ended(3, &[]).out;
    let row = |line: &&str| line.contains("low,empty-group,") && line.contains(",sandbox-2024,");
    assert_eq!(csv.lines().filter(row).count(), 1, "{csv}");
    assert!(csv.lines().filter(|line| line.contains(",no-2fa,")).count() > 5, "{csv}");
    let md = company.ran("findings -o md", "reader", "").ended(3, &[]).out;
    assert!(md.lines().any(|line| line.starts_with('|') && line.contains("sandbox-2024")), "{md}");
}

#[test]
fn the_clean_up_of_covered_grants_is_applied_and_the_finding_is_gone() {
    let company = demo();
    let mend = company.writer("findings --mend covered-grant");
    let mend = mend.ended(0, &["before = after for all"]);
    company.writer_given("apply - --yes", &mend.out).ended(0, &["applied: "]);
    assert!(findings(&company, "").iter().all(|it| it["rule"] != "covered-grant"));
    company.writer("findings --mend covered-grant").ended(2, &["nothing stands with the key"]);
    company
        .writer("findings --mend no-2fa")
        .ended(1, &["no change that cfiam could make mends it"]);
}

#[test]
fn what_stands_below_the_bar_fails_nothing() {
    let company = demo();
    company.ran("findings --fail-on high", "reader", "").ended(3, &[]);
    let off = "[off]\nno-2fa-admin = 'known'\nno-2fa = 'known'\ndeny = 'known'\ngroup-wide-and-narrow = 'known'\n";
    std::fs::write(company.home.path("rules.toml"), off).unwrap();
    let rules = format!("--rules '{}'", company.home.path("rules.toml").display());
    company.ran(&format!("findings --fail-on medium {rules}"), "reader", "").ended(0, &["low"]);
    company.ran(&format!("findings {rules}"), "reader", "").ended(3, &["low"]);
}

#[test]
fn the_rules_file_of_the_profile_waives_and_what_is_wrong_with_it_is_told_with_its_lines() {
    let company = demo();
    let path = company.home.path("rules.toml");
    company
        .home
        .config(&format!("profile = 'work'\n[profiles.work]\nrules = '{}'\n", path.display()));
    let waiver = "[[waivers]]\nrule = 'empty-group'\nabout = 'sandbox-2024'\nreason = 'kept for the fair'\nowner = 'platform'\nexpires = 2999-01-31\n";
    std::fs::write(&path, waiver).unwrap();
    company
        .ran("findings", "reader", "")
        .ended(3, &["Waived until 2999-01-31 by platform: kept for the fair", "1 waived"]);
    let waived = findings(&company, "");
    assert_eq!(of(&waived, "empty-group")["waived"]["owner"], "platform");
    std::fs::write(&path, "[off]\nnope = 'x'\n[[waivers]]\n").unwrap();
    company
        .ran("findings", "reader", "")
        .ended(2, &["rules.toml:2: there is no rule", "rules.toml:3: a waiver has rule"]);
    std::fs::remove_file(&path).unwrap();
    company
        .ran("findings", "reader", "")
        .ended(2, &["rules.toml can't be read: there is no such file"]);
}

#[test]
fn data_that_is_not_whole_ends_with_its_own_status_unless_that_is_allowed() {
    let company = demo();
    let ran = company.ran("findings", "no-zones", "");
    let ran =
        ran.ended(6, &["not checked: unseen-zone: the zones may not be read", "--allow-partial"]);
    assert!(ran.out.contains("no-2fa-admin"), "what was found is told all the same");
    company.ran("findings --allow-partial", "no-zones", "").ended(3, &["not checked: unseen-zone"]);
}

#[test]
fn the_rules_are_listed_without_an_account() {
    let company = Company::new();
    let requests = company.server.requests().len();
    let ran = company.ran("findings --list-rules", "reader", "").ended(0, &["covered-grant"]);
    assert!(ran.out.lines().count() > 15);
    let listed = json(&company.ran("findings --list-rules -o json", "reader", ""));
    assert!(listed[0]["why"].as_str().is_some());
    assert_eq!(company.server.requests().len(), requests);
}

#[test]
fn an_open_invitation_has_an_age_once_a_snapshot_of_ours_has_seen_it() {
    let company = demo();
    let notes = |company: &Company| -> Vec<String> {
        let found = findings(company, "");
        let about = of(&found, "pending")["about"].as_array().unwrap().clone();
        about.iter().map(|row| row["note"].as_str().unwrap().to_owned()).collect()
    };
    assert!(notes(&company).iter().all(|note| note == "age not known"));
    company.ran("snapshot save", "reader", "").ended(0, &[]);
    let known = notes(&company);
    assert!(known.iter().all(|note| note.ends_with("or earlier")), "{known:?}");
    // A file elsewhere is not the program's own.
    let company = demo();
    let path = company.home.path("home/mine.json");
    company.ran(&format!("snapshot save {}", path.display()), "reader", "").ended(0, &[]);
    assert!(notes(&company).iter().all(|note| note == "age not known"));
}
