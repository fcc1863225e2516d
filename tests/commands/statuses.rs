//! Each exit status, and that nothing was changed where it says so.

use super::program::Company;

/// A group, and someone who could be added to it.
fn somebody(company: &Company) -> (String, String) {
    let group = company.groups()[0].clone();
    let who = company.outsiders(&group, 1)[0].clone();
    (group, who)
}

#[test]
fn a_plan_that_is_only_to_be_shown_is_shown_and_is_status_0_also_where_nothing_may_be_changed() {
    let company = Company::new();
    let (group, who) = somebody(&company);
    let line = format!("members add-to '{group}' {who} --dry-run");
    for who in ["writer", "reader"] {
        company.ran(&format!("--read-only {line}"), who, "").ended(0, &["Plan ", "Add "]);
    }
    assert_eq!(company.writes(), Vec::<String>::new());
}

#[test]
fn a_closed_pipe_is_status_0() {
    let company = Company::new();
    let (group, who) = somebody(&company);
    let plan = format!("members add-to '{group}' {who} --dry-run");
    for line in [plan.as_str(), "members list", "members list -o csv", "groups list -o json"] {
        assert_eq!(unread(&company, line), Some(0), "{line}");
    }
}

/// The status of the program where nobody reads what it answers.
fn unread(company: &Company, line: &str) -> Option<i32> {
    let mut child = {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("cfiam"));
        let made = company.command(line, "writer");
        command.env_clear().args(made.get_args());
        for (name, value) in made.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    drop(child.stdout.take());
    child.wait_with_output().unwrap().status.code()
}

#[test]
fn a_service_that_can_t_be_reached_is_status_1_and_so_is_a_refusal_of_everything() {
    let company = Company::new();
    let (group, who) = somebody(&company);
    let line = format!("--write --account abc members add-to '{group}' {who} --yes");
    let mut nowhere = company.command(&line, "writer");
    let nowhere = nowhere.env("CLOUDFLARE_BASE_URL", "http://127.0.0.1:1/client/v4").output();
    let nowhere = nowhere.unwrap();
    let said = String::from_utf8_lossy(&nowhere.stderr);
    assert_eq!(nowhere.status.code(), Some(1), "{said}");

    company.server.add_fault(
        "POST /accounts/*/iam/user_groups/*/members: 400 'message=the group is kept elsewhere'"
            .parse()
            .unwrap(),
    );
    let line = format!("members add-to '{group}' {who} --yes");
    company.writer(&line).ended(1, &["refused", "the group is kept elsewhere"]);
    assert!(!company.in_group(&group).contains(&who));
}

#[test]
fn without_a_terminal_nothing_is_applied_unasked_and_that_is_status_2() {
    let company = Company::new();
    let (group, who) = somebody(&company);
    let line = format!("members add-to '{group}' {who}");
    company.writer(&line).ended(2, &["Add ", "nothing was changed", "--yes"]);
    company.writer_given(&line, "y\n").ended(2, &["nothing was changed"]);
    assert_eq!(company.writes(), Vec::<String>::new());
}

#[test]
fn a_profile_that_is_read_only_or_was_never_set_otherwise_is_status_3() {
    let company = Company::new();
    let (group, who) = somebody(&company);
    let line = format!("members add-to '{group}' {who} --yes");
    company.ran(&line, "writer", "").ended(3, &["nothing was changed", "--write"]);
    company.ran(&format!("--read-only {line}"), "writer", "").ended(3, &["--read-only was given"]);
    company.home.config("profile = \"work\"\n[profiles.work]\nmode = \"read-only\"\n");
    company.ran(&line, "writer", "").ended(3, &["the profile is read-only"]);
    assert_eq!(company.writes(), Vec::<String>::new());
    company.home.config("profile = \"work\"\n[profiles.work]\nmode = \"read-write\"\n");
    company.ran(&line, "writer", "").ended(0, &["applied"]);
}

#[test]
fn a_credential_that_is_missing_or_not_accepted_or_may_not_write_is_status_4() {
    let company = Company::new();
    let (group, who) = somebody(&company);
    let line = format!("--write members add-to '{group}' {who} --yes");
    company.ran(&line, "nobody", "").ended(4, &["there is no credential", "CLOUDFLARE_API_TOKEN"]);
    company.ran(&line, "revoked", "").ended(4, &["the token is not accepted"]);
    let told = company.ran(&line, "reader", "").ended(4, &["Account Settings Write"]);
    assert!(!told.err.contains("cfut_"), "{}", told.err);
    assert!(!company.in_group(&group).contains(&who));
}

#[test]
fn a_guard_is_status_3_and_yes_does_not_override_it_but_the_text_that_it_asks_for_does() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let all = company.in_group(&group);
    let line = format!("members remove-from '{group}' {} --yes", all.join(" "));
    let told = company.writer(&line).ended(3, &["nothing was changed", "--override 'last-member="]);
    assert_eq!(company.in_group(&group), all);
    let wrong = format!("{line} --override last-member=yes");
    company.writer(&wrong).ended(3, &["nothing was changed"]);
    company.writer(&format!("{line} --override nonsense=x")).ended(2, &["no guard \"nonsense\""]);
    // What the refusal says to add is what a shell takes.
    let given = told.err.lines().filter_map(|line| line.split_once("--override "));
    let given: Vec<String> = given.map(|(_, given)| format!("--override {given}")).collect();
    company.writer(&format!("{line} {}", given.join(" "))).ended(0, &["applied"]);
    assert!(company.in_group(&group).is_empty());
}

#[test]
fn changes_that_are_refused_for_one_reason_are_named_up_to_a_few_and_then_counted() {
    let company = Company::troubled(&[
        "POST /accounts/*/iam/user_groups/*/members: 400 'message=the group is kept elsewhere'",
    ]);
    let group = company.groups()[0].clone();
    let who = company.outsiders(&group, 7);
    let line = format!("members add-to '{group}' {} --yes", who.join(" "));
    let told = company.writer(&line).ended(1, &["3 more changes: refused"]);
    let named = who.iter().filter(|who| told.err.contains(&format!("Add {who} to"))).count();
    assert_eq!(named, 4, "{}", told.err);
    // What was being done and that it was refused is said once.
    let line = told.err.lines().find(|line| line.contains("Add ")).unwrap();
    assert_eq!(line.matches("refused").count(), 1, "{line}");
}

#[test]
fn an_answer_that_the_disk_does_not_take_is_status_1_and_says_so() {
    let company = Company::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    // Only Linux has a file that is always full.
    let Ok(full) = full else { return };
    let made = company.command("runs", "reader");
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("cfiam"));
    command.env_clear().args(made.get_args());
    for (name, value) in made.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command.stdout(full).stderr(std::process::Stdio::piped());
    let ended = command.spawn().unwrap().wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("the answer can't be written"), "{said}");
}

#[test]
fn what_says_whether_changes_are_allowed_may_stand_behind_the_command_too() {
    let company = Company::new();
    let (group, who) = somebody(&company);
    let line = format!("members add-to '{group}' {who} --yes --write");
    company.ran(&line, "writer", "").ended(0, &["1 done"]);
}
