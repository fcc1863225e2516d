//! `members invite`, `remove` and `set-policies`.

use super::program::Company;

#[test]
fn a_person_is_invited_with_policies_given_others_and_removed() {
    let company = Company::new();
    let file = "[[policies]]\npermission_groups = [\"Billing\"]\nscopes = [\"account\"]\n";
    let who = "new.person@northwind.example";
    let line = format!("members invite {who} -f - --yes");
    company.writer_given(&line, file).ended(0, &["new.person@northwind.example", "1 done"]);
    assert!(company.server.member_id(who).is_some());
    company.writer_given(&line, file).ended(2, &["is in the account already, or invited to it"]);
    let line = format!("members remove {who} --yes");
    company.writer(&line).ended(0, &["1 done"]);
    assert_eq!(company.server.member_id(who), None);
}

#[test]
fn a_member_s_own_policies_become_exactly_those_of_a_list() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let who = company.in_group(&group)[0].clone();
    let file = "[[policies]]\npermission_groups = [\"Billing\"]\nscopes = [\"account\"]\n";
    let line = format!("members set-policies {who} -f - --yes");
    company.writer_given(&line, file).ended(0, &["1 done"]);
    company.writer_given(&line, file).ended(0, &["Nothing to change"]);
}
