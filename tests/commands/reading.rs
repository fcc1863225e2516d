//! `list` and `show` of members, groups and the organization's members: what they ask the server, in which forms they
//! answer, and that what is not complete is never passed off as complete.

use serde_json::Value;

use super::program::{Company, Ran};

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap()
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The queries with which a path of this end was asked.
fn asked(company: &Company, end: &str) -> Vec<String> {
    let requests = company.server.requests();
    let fits = requests.into_iter().filter(|seen| seen.path.ends_with(end));
    fits.map(|seen| seen.query).collect()
}

#[test]
fn members_are_listed_in_four_forms_that_tell_the_same() {
    let company = Company::new();
    // Those who were invited too.
    let all = 60;
    let list =
        |form: &str| company.ran(&format!("members list -o {form}"), "reader", "").ended(0, &[]);
    let table = list("table");
    assert!(table.out.starts_with("E-MAIL"), "{}", table.out);
    assert_eq!(table.out.lines().count(), all + 1);
    assert_eq!(list("md").out.lines().count(), all + 2);
    let csv = list("csv").out;
    assert_eq!(csv.lines().next(), Some("email,name,status,two_factor,groups,highest_access,id"));
    let rows = json(&list("json"));
    assert_eq!(rows.as_array().unwrap().len(), all);
    let wanted = ["email", "groups", "highest_access", "id", "name", "status", "two_factor"];
    assert_eq!(keys(&rows[0]), wanted);
    assert!(rows[0]["groups"].is_u64(), "{}", rows[0]);
    assert_eq!(table.err, "");
}

#[test]
fn what_is_to_be_left_out_is_left_out_by_the_server() {
    let company = Company::new();
    let pending = json(&company.ran("members list --status pending -o json", "reader", ""));
    let pending = pending.as_array().unwrap();
    assert!(!pending.is_empty() && pending.iter().all(|member| member["status"] == "pending"));
    assert!(asked(&company, "/members").iter().any(|query| query.contains("status=pending")));

    let name = company.groups()[0].clone();
    let one = json(&company.ran(&format!("groups list --name '{name}' -o json"), "reader", ""));
    assert_eq!((one.as_array().unwrap().len(), &one[0]["name"]), (1, &Value::from(name)));
    assert!(one[0]["members"].is_u64(), "{one}");
    company.ran("groups list --contains zzz", "reader", "").ended(0, &["NAME"]);
    assert!(asked(&company, "/user_groups").iter().any(|query| query.contains("fuzzyName=zzz")));
}

#[test]
fn a_member_is_shown_with_each_group_and_grant_and_how_they_come_by_it() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let who = company.in_group(&group)[0].clone();
    company.ran(&format!("members show {who}"), "reader", "").ended(0, &[&who, &group, "THROUGH"]);
    let shown = json(&company.ran(&format!("members show {who} -o json"), "reader", ""));
    let groups = shown["groups"].as_array().unwrap();
    let row = groups.iter().find(|row| row["name"] == group.as_str()).unwrap();
    assert!(row["since"].is_string(), "{row}");
    let grants = shown["grants"].as_array().unwrap();
    let through =
        |grant: &Value| grant["through"].as_array().unwrap().contains(&group.as_str().into());
    assert!(grants.iter().any(through), "{shown:#}");
    // By id it is the same.
    let id = shown["id"].as_str().unwrap();
    assert_eq!(json(&company.ran(&format!("members show {id} -o json"), "reader", "")), shown);
    company.ran("members show nobody@x.io", "reader", "").ended(2, &["there is no member"]);
}

#[test]
fn a_group_is_shown_with_its_members_and_policies() {
    let company = Company::new();
    let group = company.groups()[0].clone();
    let shown = json(&company.ran(&format!("groups show '{group}' -o json"), "reader", ""));
    let members = shown["members"].as_array().unwrap();
    assert_eq!(members.len(), company.in_group(&group).len());
    assert!(shown["policies"][0]["permission_groups"][0]["name"].is_string(), "{shown:#}");
    let csv = company.ran(&format!("groups show '{group}' -o csv"), "reader", "").ended(0, &[]);
    assert_eq!(csv.out.lines().count(), members.len() + 1);
}

#[test]
fn the_organization_s_members_are_listed_and_shown_with_all_that_they_hold() {
    let company = Company::new();
    let all = json(&company.ran("organization list -o json", "reader", ""));
    let email = all[0]["email"].as_str().unwrap();
    let some = company.ran(&format!("organization list --contains {email} -o json"), "reader", "");
    assert_eq!(json(&some).as_array().unwrap().len(), 1);
    let shown = json(&company.ran(&format!("organization show {email} -o json"), "reader", ""));
    assert_eq!(shown["email"], email);
    assert!(shown.as_object().unwrap().contains_key("meta"), "{shown:#}");
}

#[test]
fn what_is_not_complete_is_no_answer_unless_that_is_allowed() {
    let group = Company::new().groups()[0].clone();
    let company = Company::new();
    let id = company.server.group_id(&group).unwrap();
    let rule = format!(
        "GET /accounts/*/iam/user_groups/{id}/members: 400 'message=Policy validation failed'"
    );
    company.server.add_fault(rule.parse().unwrap());
    let said = [format!("who is in {group}"), "Policy validation failed".to_owned()];
    let said = [said[0].as_str(), said[1].as_str()];
    let refused = company.ran("members list", "reader", "").ended(6, &said);
    assert_eq!(refused.out, "");
    let given = company.ran("members list --allow-partial -o json", "reader", "").ended(0, &said);
    // Nothing is guessed: how many groups somebody is in isn't known now.
    assert_eq!(json(&given)[0]["groups"], Value::Null);
}

#[test]
fn a_list_that_the_credential_may_not_read_is_status_4() {
    let company = Company::new();
    company.server.add_fault(
        "GET /accounts/*/members: 403 code=10000 'message=Authentication error'".parse().unwrap(),
    );
    let refused = company.ran("members list", "reader", "").ended(4, &[]);
    assert_eq!(refused.out, "");
}
