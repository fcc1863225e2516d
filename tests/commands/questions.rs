//! `who-can`, `explain` and `compare`: the answer, its proof in documented JSON, what is read for it, and what is said
//! where nothing is called so or not everything could be read.

use cfiam::emulator::Options;
use serde_json::Value;

use super::program::{Company, Ran};

/// The company as the demo shows it.
fn demo() -> Company {
    Company::with(Options::new("2026-11-24T00:00:00Z".parse().unwrap()))
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).expect("a JSON object")
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn who_can(company: &Company, line: &str) -> Value {
    json(&company.ran(&format!("who-can {line} -o json"), "reader", "").ended(0, &[]))
}

fn row<'a>(answer: &'a Value, email: &str) -> Option<&'a Value> {
    let people = answer["people"].as_array().unwrap();
    people.iter().find(|row| row["member"]["email"] == email)
}

const ON_ZONE: &str = "dns --on shop.example";
const NOT_SEEN: &str = "administrators of the organization and API tokens are not seen here";

#[test]
fn everybody_who_may_edit_dns_on_a_zone_is_named_with_the_whole_proof() {
    let company = demo();
    let answer = who_can(&company, ON_ZONE);
    assert_eq!(answer["question"]["words"], "Domain DNS on shop.example");
    let inside = company.in_group("prod-dns");
    assert!(!inside.is_empty());
    let zone = &answer["question"]["on"]["id"];
    for email in &inside {
        let row = row(&answer, email).expect(email);
        let proofs = row["proofs"].as_array().unwrap();
        let through = |proof: &&Value| proof["through"]["name"] == "prod-dns";
        let proof = proofs.iter().find(through).expect("a proof through prod-dns");
        assert_eq!(proof["permission_group"]["name"], "Domain DNS");
        assert_eq!(proof["resource_group"]["words"], "Production domains (8 zones)");
        assert_eq!((&proof["covers"]["id"], &proof["sure"]), (zone, &true.into()));
        assert_eq!(proof["rests_on"], Value::Null);
    }
    // Some may because of what stands above it, and the words of the table say so.
    let people = answer["people"].as_array().unwrap();
    let by_table = people.iter().flat_map(|row| row["proofs"].as_array().unwrap());
    let mut by_table = by_table.filter_map(|proof| proof["rests_on"].as_str());
    assert!(by_table.any(|words| words.contains("everything")), "{answer:#}");
    // Nobody of the other zones' people is among them.
    let elsewhere = |email: &&String| !inside.contains(email);
    let others = company.in_group("marketing-sites");
    let others = others.iter().filter(elsewhere).filter(|email| row(&answer, email).is_none());
    assert!(others.count() > 3);
}

#[test]
fn the_json_of_who_can_has_the_shape_that_the_readme_documents() {
    let company = demo();
    let answer = who_can(&company, ON_ZONE);
    assert_eq!(keys(&answer), ["account", "counts", "not_seen", "people", "question"]);
    assert_eq!(keys(&answer["question"]), ["on", "permission_group", "words"]);
    assert_eq!(keys(&answer["question"]["on"]), ["id", "kind", "name"]);
    assert_eq!(keys(&answer["counts"]), ["not settled", "once accepted", "perhaps", "yes"]);
    assert_eq!(answer["not_seen"], Value::from(vec![NOT_SEEN]));
    let people = answer["people"].as_array().unwrap();
    for row in people {
        assert_eq!(keys(row), ["can", "member", "paths", "proofs"]);
        assert_eq!(keys(&row["member"]), ["email", "id", "name", "pending", "status"]);
        let proof = &row["proofs"][0];
        let wanted = [
            "covers",
            "permission_group",
            "policy",
            "resource_group",
            "rests_on",
            "sure",
            "through",
        ];
        assert_eq!(keys(proof), wanted);
        assert_eq!(keys(&proof["policy"]), ["access", "permission_groups", "resource_groups"]);
        assert_eq!(keys(&proof["resource_group"]), ["id", "name", "words"]);
    }
    let all: u64 = answer["counts"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(usize::try_from(all).unwrap(), people.len());
    assert_eq!(who_can(&company, "dns"), who_can(&company, "dns"), "the same each time");
    assert_eq!(who_can(&company, "dns")["question"]["on"], Value::Null);
}

#[test]
fn who_is_invited_is_told_apart_in_every_form() {
    let company = demo();
    let answer = who_can(&company, "'minimal account access'");
    let invited = answer["people"].as_array().unwrap();
    let invited: Vec<_> = invited.iter().filter(|row| row["can"] == "once accepted").collect();
    assert_eq!(answer["counts"]["once accepted"], invited.len());
    let email = invited[0]["member"]["email"].as_str().unwrap();
    assert_eq!(invited[0]["member"]["pending"], true);
    let table = company.ran("who-can 'minimal account access'", "reader", "");
    let table = table.ended(0, &["once the invitation is accepted", NOT_SEEN]);
    let line = table.out.lines().find(|line| line.starts_with(email)).unwrap();
    assert!(line.contains("invited: no access before the invitation is accepted"), "{line}");
    assert!(!table.out.contains(NOT_SEEN), "beside the answer, not in it");
}

#[test]
fn only_the_member_lists_of_groups_that_matter_are_read() {
    let company = demo();
    who_can(&company, "billing");
    let requests = company.server.requests();
    let lists = requests
        .iter()
        .filter(|seen| seen.path.contains("/user_groups/") && seen.path.ends_with("/members"));
    let mut lists: Vec<_> = lists.map(|seen| seen.path.clone()).collect();
    lists.dedup();
    let billing = company.server.group_id("billing").unwrap();
    assert!(lists.iter().any(|path| path.contains(&billing)), "{lists:?}");
    assert!(lists.len() <= 3, "{lists:?}");
    // What nobody can mean is refused before any list of a group is read.
    let before = company.server.requests().len();
    company.ran("who-can nothing-of-this-name", "reader", "").ended(2, &["no permission group"]);
    let after = company.server.requests().split_off(before);
    assert!(after.iter().all(|seen| !seen.path.contains("/user_groups/")), "{after:?}");
}

#[test]
fn what_is_called_otherwise_is_status_2_with_the_names_that_are_near() {
    let company = demo();
    for (line, near) in [
        ("who-can dsn", "near it: DNS"),
        ("who-can dns --on shpo.example", "near it: shop.example"),
        ("explain alex.rivera@nothwind.example", "near it: alex.rivera@northwind.example"),
        ("explain alex.rivera@northwind.example --permission biling", "near it: Billing"),
        ("compare alex.rivera@northwind.example group:prod-dsn", "near it: prod-dns"),
        ("explain alex.rivera@northwind.example --on account", "needs --permission"),
    ] {
        let ran = company.ran(line, "reader", "").ended(2, &[near]);
        assert_eq!(ran.out, "", "{line}");
    }
}

#[test]
fn everything_that_somebody_may_do_is_explained_path_by_path() {
    let company = demo();
    let who = company.in_group("prod-dns")[0].clone();
    let answer = json(&company.ran(&format!("explain {who} -o json"), "reader", "").ended(0, &[]));
    assert_eq!(keys(&answer), ["account", "grants", "highest_access", "member", "not_seen"]);
    let grants = answer["grants"].as_array().unwrap();
    for grant in grants {
        assert_eq!(keys(grant), ["access", "on", "paths", "permission_group", "scope"]);
        let paths = grant["paths"].as_array().unwrap();
        assert!(!paths.is_empty(), "{grant:#}");
        assert_eq!(keys(&paths[0]), ["policy", "resource_group", "through"]);
    }
    let dns = grants.iter().find(|grant| grant["permission_group"]["name"] == "Domain DNS");
    let dns = dns.unwrap();
    assert_eq!(dns["on"].as_array().unwrap().len(), 8);
    assert!(
        dns["paths"].as_array().unwrap().iter().any(|path| path["through"]["name"] == "prod-dns")
    );
    let table = company.ran(&format!("explain {who}"), "reader", "");
    table.ended(0, &["highest access", "BY THE POLICY", "prod-dns", NOT_SEEN]);
}

#[test]
fn why_somebody_may_and_why_not_is_told_with_the_groups_that_would_give_it() {
    let company = demo();
    let inside = company.in_group("prod-dns");
    let outside = who_can(&company, ON_ZONE);
    let others = company.in_group("marketing-sites");
    let other = others.iter().find(|email| row(&outside, email).is_none()).unwrap();
    let line = |who: &str, form: &str| {
        format!("explain {who} --permission dns --on shop.example -o {form}")
    };
    let may = json(&company.ran(&line(&inside[0], "json"), "reader", "").ended(0, &[]));
    let wanted = ["account", "can", "member", "nearest", "not_seen", "proofs", "question"];
    assert_eq!(keys(&may), wanted);
    assert_eq!((&may["can"], &may["nearest"]), (&"yes".into(), &Value::Null));
    assert_eq!(may["proofs"][0]["through"]["name"], "prod-dns");
    let not = json(&company.ran(&line(other, "json"), "reader", "").ended(0, &[]));
    assert_eq!((&not["can"], &not["proofs"]), (&"no".into(), &Value::Array(vec![])));
    assert_eq!(keys(&not["nearest"]), ["elsewhere", "groups", "less"]);
    let elsewhere = &not["nearest"]["elsewhere"][0];
    assert_eq!(keys(elsewhere), ["access", "on", "permission_group", "words"]);
    assert_eq!(elsewhere["permission_group"]["name"], "Domain DNS");
    let groups = not["nearest"]["groups"].as_array().unwrap();
    assert_eq!(keys(&groups[0]), ["beside", "id", "name"]);
    assert!(groups.iter().any(|group| group["name"] == "prod-dns"), "{groups:?}");
    let said = ["the same elsewhere", "prod-dns", "would give it"];
    company.ran(&line(other, "table"), "reader", "").ended(0, &said);
    // With that group they may.
    company.writer(&format!("members add-to prod-dns {other} --yes")).ended(0, &[]);
    let may = json(&company.ran(&line(other, "json"), "reader", "").ended(0, &[]));
    assert_eq!(may["can"], "yes");
}

#[test]
fn two_people_and_what_a_group_has_in_common_are_compared() {
    let company = demo();
    let inside = company.in_group("prod-dns");
    let line = format!("compare {} {}", inside[0], inside[1]);
    let same = json(&company.ran(&format!("{line} -o json"), "reader", "").ended(0, &[]));
    let wanted = ["account", "here", "not_seen", "only_here", "only_there", "same", "there"];
    assert_eq!(keys(&same), wanted);
    assert_eq!(keys(&same["here"]), ["group", "kind", "member"]);
    let words = |side: &Value| -> Vec<String> {
        let held = side.as_array().unwrap().iter();
        held.map(|held| held["words"].as_str().unwrap().to_owned()).collect()
    };
    assert!(words(&same["same"]).contains(&"Domain DNS on 8 zones".to_owned()), "{same:#}");
    company.ran(&line, "reader", "").ended(0, &["both hold", "only A", "WHO"]);

    let outsider = company.outsiders("prod-dns", 1)[0].clone();
    let line = format!("compare {outsider} group:prod-dns -o json");
    let group = json(&company.ran(&line, "reader", "").ended(0, &[]));
    assert_eq!(
        (&group["there"]["kind"], &group["there"]["group"]["name"]),
        (&"group".into(), &"prod-dns".into())
    );
    // What the group gives is what all of its members have in common, at least.
    let common = [words(&group["same"]), words(&group["only_there"])].concat();
    assert!(common.contains(&"Domain DNS on 8 zones".to_owned()), "{common:?}");
}

#[test]
fn k14_a_group_that_is_named_like_a_formula_is_text_in_the_csv_of_every_answer() {
    let company = demo();
    company.writer("groups rename prod-dns '=1+2' --yes").ended(0, &[]);
    let who = company.in_group("=1+2")[0].clone();
    for line in [
        "who-can dns --on shop.example".to_owned(),
        format!("explain {who}"),
        format!("explain {who} --permission dns --on shop.example"),
    ] {
        let csv = company.ran(&format!("{line} -o csv"), "reader", "").ended(0, &[]).out;
        let mut records = csv::Reader::from_reader(csv.as_bytes());
        let cells: Vec<String> = records
            .records()
            .flat_map(|record| record.unwrap().iter().map(ToOwned::to_owned).collect::<Vec<_>>())
            .collect();
        assert!(cells.iter().any(|cell| cell.starts_with("'=1+2")), "{line}: {csv}");
        assert!(!cells.iter().any(|cell| cell.starts_with('=')), "{line}: {csv}");
    }
}

#[test]
fn an_answer_that_misses_something_is_none_unless_that_is_allowed_and_then_says_so() {
    let company = demo();
    let id = company.server.group_id("prod-dns").unwrap();
    company.server.add_fault(
        format!("GET /accounts/*/iam/user_groups/{id}/members: 400 'message=broken'")
            .parse()
            .unwrap(),
    );
    let said = "who is in prod-dns: broken";
    let who = "alex.rivera@northwind.example";
    for line in [
        "who-can dns --on shop.example".to_owned(),
        format!("explain {who}"),
        format!("compare {who} group:prod-dns"),
    ] {
        let ran = company.ran(&line, "reader", "").ended(6, &[said]);
        assert_eq!(ran.out, "", "{line}");
        let partial = company.ran(&format!("{line} --allow-partial -o json"), "reader", "");
        let not_seen = json(&partial.ended(0, &[said]))["not_seen"].clone();
        assert_eq!(not_seen[0], said, "{line}");
    }
    // A group that has no part in the answer is not missed.
    company.ran("who-can billing", "reader", "").ended(0, &[]);
}
