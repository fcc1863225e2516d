//! The made-up company: the same from the same seed, as large as wanted, with the problems that are planted.

use std::collections::{BTreeMap, BTreeSet};

use cfiam::emulator::Options;
use serde_json::Value;

use crate::support::{Asked, options, start, start_with};

/// Everything that can be read, as text.
async fn everything(asked: &Asked) -> String {
    let mut text = String::new();
    for path in [
        "/accounts".to_owned(),
        asked.at("/members?per_page=50"),
        asked.at("/members?per_page=50&page=2&order=user.email"),
        asked.at("/iam/user_groups?per_page=500"),
        asked.at("/iam/resource_groups"),
        asked.at("/iam/permission_groups?per_page=50"),
        asked.at(&format!("/iam/user_groups/{}/members", asked.group("prod-dns"))),
        asked.at(&format!(
            "/iam/user_groups/{}/members/{}",
            asked.group("prod-dns"),
            asked.server.memberships(&asked.group("prod-dns"))[0]
        )),
        format!("/organizations/{}/members?page_size=100", asked.organization),
        "/zones?per_page=50".to_owned(),
        "/user".to_owned(),
    ] {
        let told = asked.get(&path).await.good();
        text += &told.text;
        text += told.header("cf-ray");
    }
    text
}

async fn all_members(asked: &Asked) -> Vec<Value> {
    let mut members = Vec::new();
    loop {
        let page = members.len() / 50 + 1;
        let told = asked
            .get(&asked.at(&format!("/members?per_page=50&order=user.email&page={page}")))
            .await
            .good();
        members.extend(told.rows().iter().cloned());
        if told.rows().len() < 50 {
            return members;
        }
    }
}

#[tokio::test]
async fn the_same_seed_size_and_moment_give_the_same_bytes_and_another_seed_does_not() {
    let (one, two) = (start().await, start().await);
    assert_eq!(everything(&one).await, everything(&two).await);
    assert_eq!(
        one.server.credentials().iter().map(|c| c.secret.clone()).collect::<Vec<_>>(),
        two.server.credentials().iter().map(|c| c.secret.clone()).collect::<Vec<_>>()
    );
    let other = start_with(Options { seed: 2, ..options() }).await;
    assert_ne!(one.account, other.account);
    let later = start_with(Options::new("2026-11-25T00:00:00Z".parse().unwrap())).await;
    let date =
        |told: &crate::support::Told| told.result()[0]["created_on"].as_str().unwrap().to_owned();
    let path = one.at("/iam/user_groups?name=prod-dns");
    assert_ne!(date(&one.get(&path).await), date(&later.get(&path).await));
}

#[tokio::test]
async fn writes_of_the_same_course_give_the_same_ids() {
    let (one, two) = (start().await, start().await);
    let body = serde_json::json!({"name": "night-shift", "policies": [one.policy("dns").await]});
    let first = one.post(&one.at("/iam/user_groups"), body.clone()).await.good();
    let second = two.post(&two.at("/iam/user_groups"), body).await.good();
    assert_eq!(first.result()["id"], second.result()["id"]);
}

#[tokio::test]
async fn the_company_has_people_from_everywhere_with_plain_addresses() {
    let asked = start().await;
    let members = all_members(&asked).await;
    assert_eq!(members.len(), 240);
    let mut names = String::new();
    for member in &members {
        let mail = member["user"]["email"].as_str().unwrap();
        assert!(mail.is_ascii() && mail.ends_with(".example"), "{mail}");
        names += member["user"]["first_name"].as_str().unwrap_or_default();
        names += member["user"]["last_name"].as_str().unwrap_or_default();
    }
    for (what, range) in [
        ("accents", '\u{e0}'..='\u{ff}'),
        ("CJK", '\u{4e00}'..='\u{9fff}'),
        ("Hangul", '\u{ac00}'..='\u{d7a3}'),
    ] {
        assert!(names.chars().any(|c| range.contains(&c)), "nobody has {what} in the name");
    }
    let mails: BTreeSet<_> = members.iter().map(|m| m["user"]["email"].to_string()).collect();
    assert_eq!(mails.len(), 240);
    let numbered = mails.iter().filter(|mail| mail.chars().any(|c| c.is_ascii_digit())).count();
    assert!(numbered < 3, "{numbered} of 240 share a name");
}

#[tokio::test]
async fn there_are_two_super_administrators_and_one_has_no_second_factor() {
    let asked = start().await;
    let members = all_members(&asked).await;
    let supers: Vec<&Value> = members
        .iter()
        .filter(|m| {
            m["roles"]
                .as_array()
                .unwrap()
                .iter()
                .any(|r| r["name"].as_str().unwrap().starts_with("Super"))
        })
        .collect();
    let factors: BTreeSet<String> =
        supers.iter().map(|m| m["user"]["two_factor_authentication_enabled"].to_string()).collect();
    assert_eq!((supers.len(), factors.len()), (2, 2));
    assert!(members.iter().any(|m| m["status"] == "pending"));
}

/// What a policy says, apart from its id and its order.
fn content(policies: &Value) -> BTreeSet<String> {
    let sorted = |list: &Value, key: &str| -> BTreeSet<String> {
        list.as_array().unwrap().iter().map(|item| item[key].to_string()).collect()
    };
    let say = |p: &Value| {
        format!(
            "{} {:?} {:?}",
            p["access"],
            sorted(&p["permission_groups"], "id"),
            sorted(&p["resource_groups"], "scope")
        )
    };
    policies.as_array().unwrap().iter().map(say).collect()
}

#[tokio::test]
async fn the_groups_hold_the_planted_problems() {
    let asked = start().await;
    let told = asked.get(&asked.at("/iam/user_groups?per_page=500")).await.good();
    assert_eq!(told.rows().len(), 18);
    let sizes: BTreeMap<&str, usize> = told
        .rows()
        .iter()
        .map(|g| {
            (g["name"].as_str().unwrap(), asked.server.memberships(g["id"].as_str().unwrap()).len())
        })
        .collect();
    assert_eq!(
        sizes.iter().filter(|(_, size)| **size == 0).map(|(name, _)| *name).collect::<Vec<_>>(),
        ["sandbox-2024"]
    );
    let outside = |email: &str| !email.ends_with("@northwind.example");
    let people: BTreeMap<String, bool> =
        asked.server.people().into_iter().map(|(id, email)| (id, outside(&email))).collect();
    let contractors = asked.server.memberships(&asked.group("contractors-emea"));
    assert!(contractors.len() > 10 && contractors.iter().all(|id| people[id]));
    assert!(asked.server.memberships(&asked.group("prod-dns")).iter().all(|id| !people[id]));
    let by_content =
        |name: &str| content(&told.rows().iter().find(|g| g["name"] == name).unwrap()["policies"]);
    assert_eq!(by_content("workers-dev"), by_content("release-managers"));
    let wide = by_content("contractors-emea");
    let admin = asked.permission("admin").await;
    let whole = format!("com.cloudflare.api.account.{}", asked.account);
    assert!(
        wide.iter().any(|policy| {
            policy.contains(&admin) && policy.contains(&whole) && policy.contains(r#"\"*\""#)
        }),
        "{wide:?}"
    );
}

#[tokio::test]
async fn the_domains_of_a_group_are_those_of_its_name() {
    let asked = start().await;
    let zones: BTreeMap<String, String> = asked
        .get("/zones?per_page=50")
        .await
        .good()
        .rows()
        .iter()
        .map(|z| (z["id"].as_str().unwrap().to_owned(), z["name"].as_str().unwrap().to_owned()))
        .collect();
    for (group, first, names) in [
        ("marketing-sites", "Marketing sites", "careers.example partners.example press.example"),
        ("sandbox-2024", "Staging and labs", "labs.example legacy.example staging-shop.example"),
    ] {
        let told = asked.get(&asked.at(&format!("/iam/user_groups?name={group}"))).await.good();
        let scope = &told.rows()[0]["policies"][0]["resource_groups"][0];
        let objects = scope["scope"]["objects"].as_array().unwrap();
        let found: BTreeSet<&str> = objects
            .iter()
            .map(|o| &*zones[o["key"].as_str().unwrap().rsplit('.').next().unwrap()])
            .collect();
        assert_eq!(scope["name"], first);
        assert_eq!(found.into_iter().collect::<Vec<_>>().join(" "), names);
    }
}

#[tokio::test]
async fn someone_holds_directly_what_a_group_gives_already() {
    let asked = start().await;
    let group = asked.group("platform-read");
    let given = content(
        &asked.get(&asked.at(&format!("/iam/user_groups/{group}"))).await.result()["policies"],
    );
    let inside = asked.server.memberships(&group);
    let covered = all_members(&asked).await.into_iter().filter(|member| {
        inside.contains(&member["id"].as_str().unwrap().to_owned())
            && content(&member["policies"]).intersection(&given).next().is_some()
    });
    assert!(covered.count() >= 1);
}

#[tokio::test]
async fn a_company_can_be_as_small_as_one_and_of_any_number_of_groups() {
    let one = start_with(Options { members: 1, groups: 0, ..options() }).await;
    assert_eq!(all_members(&one).await.len(), 1);
    assert!(one.get(&one.at("/iam/user_groups")).await.good().rows().is_empty());
    let some = start_with(Options { members: 7, groups: 300, ..options() }).await;
    let groups = some.get(&some.at("/iam/user_groups?per_page=500")).await.good();
    let names: BTreeSet<&str> = groups.rows().iter().map(|g| g["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 300);
}

#[tokio::test]
async fn every_policy_of_the_company_could_be_written_as_it_is() {
    let asked = start().await;
    let told = asked.get(&asked.at("/iam/user_groups?per_page=500")).await.good();
    for group in told.rows() {
        let mut policies = group["policies"].clone();
        for policy in policies.as_array_mut().unwrap() {
            policy.as_object_mut().unwrap().remove("id");
        }
        let path = asked.at(&format!("/iam/user_groups/{}", group["id"].as_str().unwrap()));
        let again = asked.put(&path, serde_json::json!({"policies": policies})).await.good();
        assert_eq!(
            content(&again.result()["policies"]),
            content(&group["policies"]),
            "{}",
            group["name"]
        );
    }
}
