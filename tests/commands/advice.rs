//! `doctor`, `paths`, `completions` and `man`: what the program says of itself, its surroundings and its commands.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::program::{Company, Ran};

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).expect("JSON")
}

fn row<'r>(rows: &'r Value, what: &str) -> &'r Value {
    let found = rows.as_array().unwrap().iter().find(|row| row["what"] == what);
    found.expect(what)
}

#[test]
fn the_doctor_says_what_works_and_how_that_is_known_and_writes_nothing() {
    let company = Company::new();
    let rows = json(&company.ran("doctor -o json", "reader", "").ended(0, &[]));
    for row in rows.as_array().unwrap() {
        let keys: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["answer", "known_by", "state", "what"]);
    }
    let says = |what: &str| {
        let row = row(&rows, what);
        (row["state"].as_str(), row["answer"].as_str().unwrap().to_owned())
    };
    assert_eq!(says("credential"), (None, "a token".to_owned()));
    assert_eq!(row(&rows, "credential")["known_by"], "CLOUDFLARE_API_TOKEN");
    assert_eq!(says("credential is taken").0, Some("good"));
    assert!(says("endpoint").1.contains("127.0.0.1"), "{rows:#}");
    assert_eq!(row(&rows, "endpoint")["known_by"], "CLOUDFLARE_BASE_URL");
    for list in ["members", "groups", "permission groups", "resource groups", "zones"] {
        assert_eq!(says(&format!("may read {list}")), (Some("good"), "yes".to_owned()));
    }
    assert_eq!(says("may change things").0, Some("not known"));
    assert!(says("changes from here").1.contains("--write"), "{rows:#}");
    assert_eq!(says("terminal").1, "input is no terminal, output is no terminal");
    assert!(company.writes().is_empty());
    // One page of each list, and no list of a group.
    let requests = company.server.requests();
    assert!(requests.len() < 15, "{}", requests.len());
}

#[test]
fn the_doctor_tells_a_bad_credential_a_wrong_config_and_a_service_that_is_not_there() {
    let company = Company::new();
    let nobody = company.ran("doctor", "nobody", "").ended(4, &["credential", "bad", "program"]);
    assert!(nobody.out.contains("kind of terminal"), "{}", nobody.out);
    assert!(company.server.requests().is_empty());

    let mut bad = company.command("doctor -o json", "reader");
    let bad = bad.env("CLOUDFLARE_API_TOKEN", "wrong-wrong-wrong-wrong-wrong-wrong-wrong").output();
    let bad = bad.unwrap();
    let out = String::from_utf8_lossy(&bad.stdout);
    assert_eq!(bad.status.code(), Some(4), "{out}");
    assert!(!out.contains("wrong-wrong"), "{out}");

    let mut nowhere =
        company.command("--account 0123456789abcdef0123456789abcdef doctor", "reader");
    let nowhere = nowhere.env("CLOUDFLARE_BASE_URL", "http://127.0.0.1:1/client/v4").output();
    assert_eq!(nowhere.unwrap().status.code(), Some(1));

    company.home.config("thema = 'night'\n");
    company.ran("doctor", "reader", "").ended(2, &["config", "thema", "kind of terminal"]);
}

#[test]
fn the_doctor_names_the_permission_that_a_list_needs() {
    let company = Company::new();
    let forbidden = "GET /accounts/*/members: 403 code=10000 'message=Authentication error'";
    company.server.add_fault(forbidden.parse().unwrap());
    let ran = company.ran("doctor -o json", "reader", "").ended(4, &[]);
    let rows = json(&ran);
    let row = row(&rows, "may read members");
    assert_eq!(row["state"], "bad");
    assert!(row["answer"].as_str().unwrap().contains("Account Settings Read"), "{row}");
    // The others are looked at all the same.
    assert!(ran.out.contains("may read groups"), "{}", ran.out);
}

#[test]
fn paths_are_told_with_their_modes_and_without_an_account_or_a_config_that_can_be_read() {
    let company = Company::new();
    company.ran("snapshot save", "reader", "").ended(0, &[]);
    company.home.config("thema = 'night'\n");
    let before = company.server.requests().len();
    let rows = json(&company.ran("paths -o json", "nobody", "").ended(0, &[]));
    let state = row(&rows, "state");
    assert_eq!(state["mode"], "0700");
    assert!(std::path::Path::new(state["path"].as_str().unwrap()).is_dir());
    assert_eq!(row(&rows, "cache")["mode"], Value::Null);
    let folder = state["path"].as_str().unwrap();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let doctor = json(&company.ran("doctor -o json", "nobody", ""));
    let state = row(&doctor, "state");
    assert_eq!(state["state"], "bad");
    assert!(state["answer"].as_str().unwrap().contains("others than you"), "{state}");
    assert_eq!(company.server.requests().len(), before);
}

#[test]
fn completions_and_manual_pages_are_printed_for_every_shell_and_command() {
    let company = Company::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = company.ran(&format!("completions {shell}"), "nobody", "").ended(0, &["who-can"]);
        assert_eq!(ran.err, "");
    }
    let page = company.ran("man", "nobody", "").ended(0, &[".TH cfiam", "findings", "snapshot"]);
    assert!(page.out.lines().any(|line| line.starts_with(".SH")), "{}", page.out);
    company.ran("man who-can", "nobody", "").ended(0, &[".TH cfiam-who-can", "allow"]);
    company.ran("man members list", "nobody", "").ended(0, &[".TH cfiam-members-list"]);
    company.ran("man nothing", "nobody", "").ended(2, &["there is no command \"nothing\""]);
    assert!(company.server.requests().is_empty());
}
