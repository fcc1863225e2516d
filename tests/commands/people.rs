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

#[test]
fn taking_an_invitation_back_raises_no_guard_that_it_does_not_make_worse() {
    let company = Company::new();
    let file = "[[policies]]\npermission_groups = [\"Billing\"]\nscopes = [\"account\"]\n";
    let who = "new.person@northwind.example";
    company.writer_given(&format!("members invite {who} -f - --yes"), file).ended(0, &["1 done"]);
    company.writer("undo --yes").ended(0, &["taken back: 1 done"]);
    assert_eq!(company.server.member_id(who), None);
}

#[test]
fn a_removal_can_t_be_taken_back_and_an_undo_that_does_nothing_is_status_1() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let who = company.outsiders(&group, 1)[0].clone();
    let removed = format!("members remove {who} --yes");
    company.writer(&removed).ended(0, &["1 done"]);
    company.writer("undo --yes").ended(1, &["nothing of the run can be taken back"]);
}

#[test]
fn what_is_no_e_mail_is_not_invited_and_what_can_t_be_seen_is_no_group_s_name() {
    let company = Company::new();
    let file = "[[policies]]\npermission_groups = [\"Billing\"]\nscopes = [\"account\"]\n";
    company
        .writer_given("members invite notanemail -f - --yes", file)
        .ended(2, &["E-MAIL", "is not an e-mail"]);
    company.writer("groups create ' ' --yes").ended(2, &["a group needs a name"]);
    company.writer("groups create 'a\u{202e}b' --yes").ended(2, &["what can't be seen"]);
    assert_eq!(company.writes(), Vec::<String>::new());
}

#[test]
fn someone_is_not_removed_from_the_account_and_added_to_a_group_at_once() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let who = company.outsiders(&group, 1)[0].clone();
    let file =
        format!("[groups.\"{group}\"]\nadd = [\"{who}\"]\n\n[members.\"{who}\"]\nremove = true\n");
    company.writer_given("apply - --yes", &file).ended(2, &["at once", "stdin:4"]);
}

#[test]
fn the_last_direct_policy_of_someone_in_no_group_is_not_taken_and_nothing_is_sent() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let who = company.outsiders(&group, 1)[0].clone();
    let id = company.server.member_id(&who).unwrap();
    let file = "[[policies]]\npermission_groups = [\"Billing\"]\nscopes = [\"account\"]\n";
    let set = format!("members set-policies {who} -f - --yes");
    company.writer_given(&set, file).ended(0, &["1 done"]);
    for (group, _) in company.server.groups() {
        company.server.revoke(&group, &id);
    }
    let sent = company.writes();
    let why = ["no group would give them access: keep a policy, or remove the member"];
    company.writer_given(&set, "policies = []\n").ended(3, &why);
    let bare = format!("[members.\"{who}\"]\npolicies = []\n");
    company.writer_given("apply - --yes", &bare).ended(3, &why);
    assert_eq!(company.writes(), sent);
    let joins = format!("{bare}\n[groups.\"{group}\"]\nadd = [\"{who}\"]\n");
    company.writer_given("apply - --yes", &joins).ended(0, &["2 done"]);
}
