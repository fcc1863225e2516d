//! `plan` and `apply`: change files, planned afresh.

use super::program::{Company, Ran};

/// A file about a group that is there and one that is not.
fn file(company: &Company) -> (String, String, String) {
    let group = company.groups()[0].clone();
    let who = company.outsiders(&group, 1)[0].clone();
    let text = format!(
        "[groups.{group:?}]\nadd = [{who:?}]\n\n[groups.\"On call\"]\ncreate = true\nadd = [{who:?}]\n"
    );
    (text, group, who)
}

/// The id of the plan that was printed.
fn plan_id(ran: &Ran) -> String {
    let is_id = |word: &&str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
    ran.out.split_whitespace().find(is_id).expect("a plan id").to_owned()
}

#[test]
fn a_change_file_is_planned_and_applied_where_the_plan_is_the_reviewed_one() {
    let company = Company::new();
    let (text, group, who) = file(&company);
    let ran = company.ran("plan -f -", "reader", &text).ended(0, &["Create On call", "Add "]);
    assert_eq!(company.writes(), Vec::<String>::new());
    let line = format!("apply - --expect {} --yes", plan_id(&ran));
    company.writer_given(&line, &text).ended(0, &["applied: 3 done"]);
    assert!(company.in_group(&group).contains(&who) && company.in_group("On call").contains(&who));
    // What is so already is said, and not done again.
    let again = company.writer_given("apply - --yes", &text).ended(0, &["Nothing to change"]);
    assert!(again.out.contains("so already"), "{}", again.out);
}

#[test]
fn a_plan_that_differs_from_the_reviewed_one_is_refused_with_what_it_would_do_now() {
    let company = Company::new();
    let (text, group, who) = file(&company);
    let reviewed = plan_id(&company.ran("plan -f -", "reader", &text).ended(0, &[]));
    // A colleague does a part of it meanwhile.
    let (id, member) = (
        company.server.group_id(&group).expect("a group"),
        company.server.member_id(&who).expect("a member"),
    );
    assert!(company.server.grant(&id, &member));
    let line = format!("apply - --expect {reviewed} --yes");
    let added = format!("Add {who} to {group}");
    let told = company.writer_given(&line, &text).ended(
        3,
        &[
            "nothing was changed: the plan is ",
            &format!("no longer to be done: {added}"),
            &format!("left out now: {added}: so already"),
        ],
    );
    assert!(!told.err.contains("to be done now: Create"), "what is as reviewed is no difference");
    // Someone adds to the file after the review.
    let more = text.replace(
        "create = true",
        "create = true\npolicies = [{ permission_groups = [\"Billing\"], scopes = [\"account\"] }]",
    );
    let told = company
        .writer_given(&line, &more)
        .ended(3, &["to be done now: Create On call with 1 policy"]);
    assert!(
        told.err.contains("no longer to be done: Create On call, without policies"),
        "{}",
        told.err
    );
    // Where it was reviewed elsewhere, that is said, and the plan stands above it.
    let elsewhere = format!("apply - --expect {} --yes", "0".repeat(64));
    let told = company.writer_given(&elsewhere, &text);
    let told = told.ended(3, &["was not planned on this machine", "Create On call, without"]);
    assert!(!told.err.contains("to be done now"), "{}", told.err);
    assert_eq!(company.writes(), Vec::<String>::new());
}

#[test]
fn a_file_with_mistakes_is_refused_with_all_of_them_and_their_lines() {
    let company = Company::new();
    let path = company.home.path("bad.toml");
    std::fs::write(&path, "[groups.nowhere]\nadd = [\n  \"nobody@x.example\",\n]\n").unwrap();
    let shown = path.display().to_string();
    for command in ["plan -f", "apply --yes"] {
        company.writer(&format!("{command} {shown}")).ended(
            2,
            &[
                &format!("{shown}:1: no group is called \"nowhere\""),
                &format!("{shown}:3: no member has the e-mail nobody@x.example"),
            ],
        );
    }
    let (one, two) = (&company.groups()[0], &company.groups()[1]);
    let alike = format!("[groups.{one:?}]\nrename = \"NEW\"\n[groups.{two:?}]\nrename = \"NEW\"\n");
    for command in ["plan -f -", "apply - --yes"] {
        company.writer_given(command, &alike).ended(
            2,
            &[
                "stdin:2: another group is to be called \"NEW\" too, as line 4 says",
                "stdin:4: another group is to be called \"NEW\" too, as line 2 says",
            ],
        );
    }
    company.writer("apply /nowhere/at-all.toml --yes").ended(2, &["there is no such file"]);
    company.writer_given("apply - --yes", "x = [\n").ended(2, &["stdin:1:"]);
    assert_eq!(company.writes(), Vec::<String>::new());
}

#[test]
fn without_a_file_what_is_staged_is_planned() {
    let company = Company::new();
    company.ran("plan", "reader", "").ended(0, &["Nothing to change"]);
    let group = company.server.groups()[0].clone();
    let who = company.server.member_id(&company.outsiders(&group.1, 1)[0]).expect("a member");
    let account = company.server.account_id();
    let staged = format!(
        r#"{{"version":1,"account":"{account}","changes":[{{"Add":{{"group":{{"Existing":"{}"}},"member":"{who}"}}}}]}}"#,
        group.0
    );
    let folder = company.home.path("state/cfiam/staged");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{account}.json")), staged).unwrap();
    company.ran("plan", "reader", "").ended(0, &[&format!("to {}", group.1), "Plan "]);
}

#[test]
fn a_list_that_could_not_be_read_whole_proves_no_absence_and_is_status_6() {
    let company = Company::troubled(&["GET /accounts/*/members: set=/result/0/id=\"\""]);
    let (text, ..) = file(&company);
    let text = text + "remove = [\"nobody@x.example\"]\n";
    company
        .writer_given("apply - --yes", &text.replace("create = true\n", ""))
        .ended(6, &["nobody@x.example", "among those that could be read"]);
    assert_eq!(company.writes(), Vec::<String>::new());
}

#[test]
fn a_run_that_is_refused_in_part_is_status_5_and_says_what_was_not_done_and_why() {
    let company = Company::new();
    let (text, group, who) = file(&company);
    let rule = format!(
        "POST /accounts/*/iam/user_groups/{}/members: 400 'message=the group is kept elsewhere'",
        company.server.group_id(&group).expect("a group")
    );
    company.server.add_fault(rule.parse().unwrap());
    company.writer_given("apply - --yes", &text).ended(
        5,
        &[
            "applied in part: 2 done · 1 refused",
            &format!("Add {who} to {group}: refused"),
            "the group is kept elsewhere",
        ],
    );
    assert!(company.in_group("On call").contains(&who));
    assert!(!company.in_group(&group).contains(&who));
}

#[test]
fn a_plan_is_put_out_for_other_programs_too() {
    let company = Company::new();
    let (text, group, who) = file(&company);
    let ran = company.ran("plan -f - -o json", "reader", &text).ended(0, &[]);
    let plan: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let id = plan_id(&company.ran("plan -f -", "reader", &text));
    assert_eq!(plan["plan_id"], id.as_str());
    assert_eq!(plan["steps"][0]["words"], "Create On call, without policies");
    assert_eq!(plan["steps"][1]["method"], "POST");
    let all: Vec<&str> = plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["words"].as_str())
        .collect();
    assert!(all.contains(&format!("Add {who} to {group}").as_str()), "{all:?}");
    assert!(ran.err.is_empty(), "{}", ran.err);
}
