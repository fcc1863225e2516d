//! `members add-to` and `members remove-from`.

use super::program::Company;

#[test]
fn people_are_added_to_a_group_and_removed_from_it_and_the_plan_is_shown_first() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let who = company.outsiders(&group, 2);
    let line = format!("members add-to '{group}' {} {} --yes", who[0], who[1].to_uppercase());
    let ran = company.writer(&line).ended(0, &["Plan ", "Add 2 members to", "applied: 2 done"]);
    assert!(ran.err.is_empty(), "{}", ran.err);
    assert!(who.iter().all(|who| company.in_group(&group).contains(who)));
    let line = format!("members remove-from '{group}' {} --yes", who[0]);
    company.writer(&line).ended(0, &["Remove ", "applied: 1 done"]);
    assert!(!company.in_group(&group).contains(&who[0]));
    assert!(company.in_group(&group).contains(&who[1]));
}

#[test]
fn people_come_from_a_file_or_from_stdin_as_they_were_copied() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let who = company.outsiders(&group, 3);
    let list = format!("# on call\r\nSomebody <{}>, {}\r\n\r\n{}\n", who[0], who[1], who[2]);
    let file = company.home.path("people.txt");
    std::fs::write(&file, &list).unwrap();
    let line = format!("members add-to '{group}' --from {} --yes", file.display());
    company.writer(&line).ended(0, &["applied: 3 done"]);
    let line = format!("members remove-from '{group}' --from - --yes");
    company.writer_given(&line, &list).ended(0, &["applied: 3 done"]);
    assert!(who.iter().all(|who| !company.in_group(&group).contains(who)));
}

#[test]
fn what_is_so_already_is_nothing_to_change_and_nothing_is_sent() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let who = company.in_group(&group)[0].clone();
    let line = format!("members add-to '{group}' {who} --yes");
    company.writer(&line).ended(0, &["Nothing to change"]);
    assert_eq!(company.writes(), Vec::<String>::new());
}

#[test]
fn names_that_nobody_has_are_all_told_at_once_with_their_lines_and_nothing_is_sent() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let who = company.outsiders(&group, 1)[0].clone();
    let list = format!("{who}\nnobody@x.example\n\nno one\n");
    let line = format!("members add-to '{}' --from - --yes", group.to_uppercase());
    company.writer_given(&line, &list).ended(
        2,
        &[
            &format!("no group is called {:?}; there is {group:?}", group.to_uppercase()),
            "stdin:2: no member has the e-mail nobody@x.example",
            "stdin:4: no member has the e-mail no one",
        ],
    );
    assert_eq!(company.writes(), Vec::<String>::new());
}

/// What a plan's text says of its impact.
fn impact(text: &str) -> &str {
    let (_, rest) = text.split_once("\nImpact\n").expect("an impact");
    rest.split("\n\n").next().unwrap()
}

#[test]
fn one_plan_has_one_impact_whether_it_is_shown_first_or_applied_at_once() {
    let company = Company::new();
    let who = company.outsiders("edge-ops", 1)[0].clone();
    let adds = format!("members add-to edge-ops {who}");
    let shown = company.writer(&format!("{adds} --dry-run")).ended(0, &[]);
    assert!(impact(&shown.out).contains(&who), "{}", shown.out);
    let applied = company.writer(&format!("{adds} --yes")).ended(0, &[]);
    assert!(impact(&applied.out).contains("not looked at"), "{}", applied.out);
    // Where somebody may lose something all is read, for the guards.
    let removes = format!("members remove-from edge-ops {who}");
    let shown = company.writer(&format!("{removes} --dry-run")).ended(0, &[]);
    let applied = company.writer(&format!("{removes} --yes")).ended(0, &[]);
    assert_eq!(impact(&applied.out), impact(&shown.out));
}

#[test]
fn of_very_many_mistakes_the_first_are_told_and_the_others_counted() {
    let company = Company::new();
    let list: Vec<String> = (0..5_000).map(|at| format!("nobody{at}@x.example")).collect();
    let ran = company.writer_given("members add-to edge-ops --from - --yes", &list.join("\n"));
    let ran = ran.ended(2, &["stdin:20: no member", "and 4,980 more mistakes"]);
    assert_eq!(ran.err.lines().count(), 21, "{}", ran.err);
}
