//! Runs are listed, shown step by step and taken back from the command line.

use super::program::Company;

/// The company after two people were added to a group; who they are.
fn added() -> (Company, Vec<String>) {
    let company = Company::new();
    // The credential's own member is not among them: a guard would stand against taking that back.
    let others = company.outsiders("edge-ops", 3).into_iter();
    let two: Vec<String> = others.filter(|who| !who.starts_with("alex.rivera")).take(2).collect();
    let line = format!("members add-to edge-ops {} {} --yes", two[0], two[1]);
    company.writer(&line).ended(0, &["applied: 2 done"]);
    (company, two)
}

fn only_run(company: &Company) -> serde_json::Value {
    let listed = company.writer("runs -o json").ended(0, &[]);
    let runs: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    runs[0].clone()
}

#[test]
fn runs_are_listed_with_when_where_and_how_they_ended() {
    let company = Company::new();
    company.writer("runs").ended(0, &["No run of Northwind Trading is known on this machine."]);
    let (company, _) = added();
    company.writer("runs").ended(0, &["RUN", "OUTCOME", "applied: 2 done"]);
    let run = only_run(&company);
    assert_eq!(run["counts"]["done"], 2, "{run}");
    assert_eq!((&run["finished"], &run["on"]), (&true.into(), &false.into()));
}

#[test]
fn a_run_is_shown_step_by_step_with_names_and_rays_by_the_beginning_of_its_id() {
    let (company, two) = added();
    let run = only_run(&company);
    let id = run["id"].as_str().unwrap();
    let named: Vec<&str> = two.iter().map(String::as_str).collect();
    let shown = company.writer(&format!("runs show {}", id.get(..13).unwrap())).ended(0, &named);
    assert!(shown.out.contains(": 200, ray "), "{}", shown.out);
    assert!(shown.out.contains("to edge-ops: ") && shown.out.contains(": done"), "{}", shown.out);
    let shown = company.writer(&format!("runs show {id} -o json")).ended(0, &[]);
    let shown: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    let write = &shown["steps"][0]["writes"][0];
    assert_eq!((&write["status"], &write["changes"]), (&200.into(), &2.into()), "{shown}");
    company.writer("runs show 99").ended(2, &["there is no run 99 in this account"]);
}

#[test]
fn s20_the_last_run_is_taken_back_then_done_again_and_a_second_undo_changes_nothing() {
    let (company, two) = added();
    let first = only_run(&company)["id"].as_str().unwrap().to_owned();
    let before = company.writes().len();
    company.writer("undo --dry-run").ended(0, &["Remove", &two[0], &two[1]]);
    assert_eq!(company.writes().len(), before, "a dry run writes nothing");
    company.writer("undo").ended(2, &["--yes"]);
    company.writer("undo --yes").ended(0, &["taken back: 2 done"]);
    assert!(!company.in_group("edge-ops").contains(&two[0]));
    company.writer(&format!("undo {first} --yes")).ended(0, &["Nothing to change", "so already"]);
    company.writer("undo --yes").ended(0, &["taken back: 2 done"]);
    assert!(company.in_group("edge-ops").contains(&two[0]));
}

#[test]
fn s19_what_someone_else_has_done_since_is_left_out_with_the_reason() {
    let (company, two) = added();
    let group = company.server.group_id("edge-ops").unwrap();
    let id = company.server.member_id(&two[0]).unwrap();
    company.server.advance(std::time::Duration::from_mins(5));
    assert!(company.server.revoke(&group, &id) && company.server.grant(&group, &id));
    let undone = company.writer("undo --yes");
    undone.ended(0, &["taken back: 1 done", "someone else added the member anew since"]);
    let now = company.in_group("edge-ops");
    assert!(now.contains(&two[0]) && !now.contains(&two[1]), "{now:?}");
}

#[test]
fn without_a_run_or_without_leave_to_write_nothing_is_taken_back() {
    let company = Company::new();
    company.writer("undo --yes").ended(1, &["there is no run yet in this account"]);
    let (company, _) = added();
    company.ran("--read-only undo --yes", "writer", "").ended(3, &["--read-only was given"]);
}

#[test]
fn a_journal_that_was_changed_is_told() {
    let (company, _) = added();
    let journal = company.home.journals().remove(0);
    let mut text = std::fs::read_to_string(&journal).unwrap();
    let last = text.trim_end().rfind('\n').unwrap();
    text.replace_range(last + 1..last + 2, "[");
    std::fs::write(&journal, text).unwrap();
    company.writer("runs").ended(0, &["its journal is damaged"]);
}

/// Five people are in a group, and a run is to take two of them out: the credential is refused at the second.
fn refused_halfway() -> Company {
    let company = Company::troubled(&["DELETE /accounts/*/iam/user_groups/*/members/* 2: 401"]);
    company.writer("groups create 'On call' --yes").ended(0, &[]);
    let who = company.outsiders("On call", 5);
    company
        .writer_given("members add-to 'On call' --from - --yes", &who.join("\n"))
        .ended(0, &["5 done"]);
    let line = format!("members remove-from 'On call' {} {} --yes", who[0], who[1]);
    company.writer(&line).ended(5, &["could not go on", "1 refused"]);
    company
}

#[test]
fn s13_a_run_whose_token_was_revoked_goes_on_with_another_one_which_is_told() {
    let company = refused_halfway();
    let sent = company.writes().len();
    let own = company.ran("--write runs resume --dry-run", "writer", "").ended(0, &["left: "]);
    assert!(!own.err.contains("Another token"), "{}", own.err);
    let asked = company.ran("--write runs resume", "no-zones", "").ended(2, &[]);
    assert!(asked.err.contains("Another token has begun it"), "{}", asked.err);
    assert_eq!(company.writes().len(), sent, "nothing is sent before a yes");
    company.ran("--write runs resume --yes", "no-zones", "").ended(0, &["2 done"]);
    assert_eq!(company.in_group("On call").len(), 3);
}

#[test]
fn an_account_that_is_not_there_is_not_one_without_runs() {
    let company = Company::new();
    let nobody = "0123456789abcdef0123456789abcdef";
    let ran = company.writer(&format!("--account {nobody} runs"));
    assert!(ran.status != 0 && ran.out.is_empty(), "{}: {}{}", ran.status, ran.out, ran.err);
    assert!(ran.err.contains(nobody), "{}", ran.err);
}

#[test]
fn runs_say_who_began_them() {
    let (company, _) = added();
    company.writer("runs").ended(0, &["WHO", "  you  "]);
    company.ran("runs", "account", "").ended(0, &["alex.rivera@northwind.example"]);
}

/// Takes the end of the last run's journal away: its program died before it.
fn break_off(company: &Company) {
    let journal = company.home.journals().into_iter().max().unwrap();
    let text = std::fs::read_to_string(&journal).unwrap();
    let (kept, _end) = text.trim_end().rsplit_once('\n').unwrap();
    std::fs::write(&journal, format!("{kept}\n")).unwrap();
}

#[test]
fn whoever_changes_something_beside_a_run_that_was_broken_off_is_told_of_it() {
    let (company, _) = added();
    let line = "groups create 'On call' --yes";
    let id = only_run(&company)["id"].as_str().unwrap().to_owned();
    break_off(&company);
    let told = format!("run {id} of ");
    let ran = company.writer(line).ended(0, &["applied: 1 done"]);
    assert!(ran.err.contains(&told) && ran.err.contains("cfiam runs resume"), "{}", ran.err);
    company.writer("runs resume --yes").ended(0, &[]);
    let ran = company.writer("groups create 'On call 2' --yes").ended(0, &["applied: 1 done"]);
    assert!(!ran.err.contains(&told), "{}", ran.err);
}

#[test]
fn a_run_that_was_broken_off_and_taken_back_is_finished_until_the_undoing_is_taken_back() {
    let company = refused_halfway();
    break_off(&company);
    company.writer("runs resume --dry-run").ended(0, &["1 done"]);
    let id = only_run(&company)["id"].as_str().unwrap().to_owned();
    company.writer("runs").ended(0, &["not finished: 1 done"]);
    company.writer(&format!("undo {id} --yes")).ended(0, &["taken back: 1 done"]);
    let ran = company.writer("runs").ended(0, &["broken off: 1 done", "; taken back since"]);
    assert!(!ran.out.contains("not finished"), "{}", ran.out);
    let shown = company.writer(&format!("runs show {id} -o json")).ended(0, &[]);
    let shown: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!((&shown["taken_back"]["whole"], &shown["finished"]), (&true.into(), &true.into()));
    let sent = company.writes().len();
    let resume = format!("runs resume {id} --yes");
    company.writer(&resume).ended(1, &["nothing was changed: it was taken back by the run of"]);
    company.writer("runs resume --yes").ended(1, &["every run", "is finished"]);
    assert_eq!(company.writes().len(), sent, "nothing is sent");
    let ran = company.writer("groups create 'On call 2' --yes").ended(0, &["applied: 1 done"]);
    assert!(!ran.err.contains("broken off"), "{}", ran.err);
    // Taking the undoing back makes the run what it was.
    let undoing = company.writer("runs").out;
    let undoing = undoing.lines().nth(2).and_then(|line| line.split_whitespace().next()).unwrap();
    company.writer(&format!("undo {undoing} --yes")).ended(0, &["taken back: 1 done"]);
    company.writer("runs").ended(0, &["not finished: 1 done", "; done again since"]);
    company.writer(&resume).ended(0, &["2 done"]);
    assert_eq!(company.in_group("On call").len(), 3);
}

#[test]
fn of_a_run_that_was_taken_back_in_part_the_rest_is_a_new_plan() {
    let (company, two) = added();
    break_off(&company);
    let id = only_run(&company)["id"].as_str().unwrap().to_owned();
    let group = company.server.group_id("edge-ops").unwrap();
    let member = company.server.member_id(&two[0]).unwrap();
    company.server.advance(std::time::Duration::from_mins(5));
    assert!(company.server.revoke(&group, &member) && company.server.grant(&group, &member));
    company.writer(&format!("undo {id} --yes")).ended(0, &["taken back: 1 done"]);
    company.writer("runs").ended(0, &["broken off: 2 done; taken back in part since"]);
    let resume = format!("runs resume {id} --yes");
    company.writer(&resume).ended(1, &["it was taken back in part by the run of"]);
}

#[test]
fn of_what_was_refused_together_when_the_program_died_it_is_not_said_that_no_answer_came() {
    let company = Company::troubled(&["POST /accounts/*/iam/user_groups/*/members 1: 400"]);
    let others = company.outsiders("edge-ops", 2);
    let line = format!("members add-to edge-ops {} {} --yes", others[0], others[1]);
    company.writer(&line).ended(0, &["applied: 2 done"]);
    // The program died once the refusal of both was written down.
    let journal = company.home.journals().remove(0);
    let text = std::fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|line| line.contains("\"state\":\"Unknown\"")).unwrap();
    std::fs::write(&journal, format!("{}\n", lines[..=last].join("\n"))).unwrap();
    let shown = company.writer("runs show 1").ended(0, &["refused together with others", "400"]);
    assert!(!shown.out.contains("no answer came"), "{}", shown.out);
    // It has changed nothing: what the run has done after it is taken away.
    for who in &others {
        let group = company.server.group_id("edge-ops").unwrap();
        assert!(company.server.revoke(&group, &company.server.member_id(who).unwrap()));
    }
    let left = company.writer("runs resume --dry-run").ended(0, &["2 were refused together"]);
    assert!(!left.out.contains("had no answer"), "{}", left.out);
}

#[test]
fn the_plan_that_takes_a_run_back_names_the_run_with_its_time_and_what_it_was_about() {
    let (company, _) = added();
    let run = only_run(&company);
    let id = run["id"].as_str().unwrap();
    let shown = company.writer("undo --dry-run").ended(0, &[]);
    let head = shown.out.lines().find(|line| line.starts_with("Takes back")).unwrap();
    assert!(head.starts_with(&format!("Takes back run {id}, begun 20")), "{head}");
    assert!(head.ends_with("of edge-ops"), "{head}");
}

#[test]
fn s16_what_has_changed_since_the_plan_is_told_as_it_was_and_as_it_is() {
    let renamed = "GET /accounts/*/iam/user_groups/*: set=/result/name=\"theirs\"";
    let company = Company::troubled(&[renamed]);
    let who = company.outsiders("edge-ops", 1)[0].clone();
    let ran = company.writer(&format!("members add-to edge-ops {who} --yes"));
    let ran = ran.ended(3, &["nothing was sent: the account has changed since the plan was made"]);
    assert!(ran.err.contains("edge-ops: the group was called so, is called theirs"), "{}", ran.err);
    assert!(!ran.err.contains("conflict"), "{}", ran.err);
}
