//! `groups create`, `rename`, `delete`, `set-policies` and `set-members`.

use super::program::Company;

const READ_ONLY: &str = r#"
    [[policies]]
    permission_groups = ["Administrator Read Only"]
    scopes = ["account"]
"#;

#[test]
fn a_group_is_created_with_policies_and_renamed_and_deleted() {
    let company = Company::new();
    let line = "groups create 'On call' -f - --yes";
    company.writer_given(line, READ_ONLY).ended(0, &["Create On call with 1 policy", "1 done"]);
    assert!(company.groups().contains(&"On call".to_owned()));
    // The same group made again is so already; with other policies it is a mistake.
    company.writer_given(line, READ_ONLY).ended(0, &["Nothing to change"]);
    company
        .writer("groups create 'On call' --yes")
        .ended(2, &["a group called \"On call\" already"]);
    company.writer("groups rename 'On call' pager --yes").ended(0, &["Rename On call to pager"]);
    assert!(company.groups().contains(&"pager".to_owned()));
    company.writer("groups delete pager --yes").ended(0, &["Delete pager", "1 done"]);
    assert!(!company.groups().contains(&"pager".to_owned()));
}

#[test]
fn a_group_s_policies_are_set_from_a_list_and_what_is_there_already_stays_as_it_is() {
    let company = Company::new();
    company.writer_given("groups create readers -f - --yes", READ_ONLY).ended(0, &[]);
    let more = format!(
        "{READ_ONLY}[[policies]]\npermission_groups = [\"Domain DNS\"]\nscopes = [\"Production domains\"]\n"
    );
    let line = "groups set-policies readers -f - --yes";
    company
        .writer_given(line, &more)
        .ended(0, &["+1 -0, 2 in all", "+ allow Domain DNS on", "1 done"]);
    company.writer_given(line, &more).ended(0, &["Nothing to change"]);
    let twice = "[[policies]]\npermission_groups = [\"DNS\"]\nscopes = [\"Marketing sites\"]\n";
    company.writer_given(line, twice).ended(
        2,
        &[
            "stdin:2: 2 permission groups are called \"DNS\": name the one by its id",
            "stdin:3: 2 scopes are called \"Marketing sites\"",
        ],
    );
    company.writer_given(line, "").ended(2, &["there are no policies"]);
    company.writer_given(line, "policies = []").ended(0, &["Remove all policies of readers"]);
}

#[test]
fn a_group_s_members_become_exactly_those_of_a_list() {
    let company = Company::new();
    company.writer("groups create 'On call' --yes").ended(0, &[]);
    let who = company.outsiders("On call", 6);
    let line = "groups set-members 'On call' -f - --yes";
    company.writer_given(line, &who[..5].join("\n")).ended(0, &["Add 5 members to On call"]);
    company.writer_given(line, &who[1..].join(", ")).ended(0, &["Add ", "Remove ", "2 done"]);
    let mut inside = company.in_group("On call");
    inside.sort();
    let mut wanted = who[1..].to_vec();
    wanted.sort();
    assert_eq!(inside, wanted);
}

#[test]
fn members_that_are_replaced_go_in_one_call_and_the_plan_says_so() {
    let company = Company::new();
    company.writer("groups create 'On call' --yes").ended(0, &[]);
    let who = company.outsiders("On call", 6);
    let line = "groups set-members 'On call' -f - --yes";
    company.writer_given(line, &who[..5].join("\n")).ended(0, &[]);
    let before = company.writes().len();
    let line = "groups set-members 'On call' -f - --replace --yes";
    company.writer_given(line, &who[1..].join("\n")).ended(0, &["Replace", "1 done"]);
    let writes = company.writes();
    assert_eq!(writes.len(), before + 1);
    assert!(writes[before].starts_with("PUT "), "{writes:?}");
    let mut inside = company.in_group("On call");
    inside.sort();
    let mut wanted = who[1..].to_vec();
    wanted.sort();
    assert_eq!(inside, wanted);
}
