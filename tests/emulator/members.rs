//! Members of an account.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Told, documented, start};

const SUPER_ADMINISTRATOR: &str = "33666b9c79b9a5273fc7344ff42f953d";
const ADMINISTRATOR: &str = "05784afa30c1afe1440e79d9351c7430";

fn emails(told: &Told) -> Vec<String> {
    told.rows().iter().map(|m| m["user"]["email"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn members_come_in_the_order_and_of_the_status_that_was_asked_for() {
    let asked = start().await;
    let path = asked.at("/members?per_page=50&order=user.email");
    let up = emails(&asked.get(&path).await.good());
    let mut sorted = up.clone();
    sorted.sort();
    assert_eq!(up, sorted);
    let down = emails(&asked.get(&format!("{path}&direction=desc&page=1")).await.good());
    assert!(down[0] > up[0]);
    for status in ["pending", "accepted"] {
        let told = asked.get(&format!("{path}&status={status}")).await.good();
        assert!(!told.rows().is_empty());
        assert!(told.rows().iter().all(|m| m["status"] == status));
    }
    assert!(asked.get(&format!("{path}&status=rejected")).await.good().rows().is_empty());
    let last = asked.get(&asked.at("/members?order=user.last_name&status=accepted")).await.good();
    let names: Vec<String> = last
        .rows()
        .iter()
        .map(|m| m["user"]["last_name"].as_str().unwrap().to_lowercase())
        .collect();
    assert!(names.is_sorted());
}

#[tokio::test]
async fn of_a_pending_member_only_the_mail_is_known() {
    let asked = start().await;
    let told = asked.get(&asked.at("/members?status=pending")).await.good();
    for member in told.rows() {
        assert_eq!(member["user"]["id"], "");
        assert_eq!(member["user"]["first_name"], Value::Null);
        assert_eq!(member["user"]["two_factor_authentication_enabled"], false);
        assert!(member["user"]["email"].as_str().unwrap().contains('@'));
    }
}

#[tokio::test]
async fn member_and_user_are_not_one_id() {
    let asked = start().await;
    let told = asked.get(&asked.at("/members?status=accepted")).await.good();
    assert!(told.rows().iter().all(|m| m["id"] != m["user"]["id"]));
}

#[tokio::test]
async fn an_invitation_takes_role_ids_as_strings_and_its_answer_leaves_the_roles_out() {
    let asked = start().await;
    let path = asked.at("/members");
    let told = asked
        .post(&path, json!({"email": "new.hire@northwind.example", "roles": [ADMINISTRATOR]}))
        .await
        .good();
    let member = told.result();
    assert_eq!((&member["status"], member.get("roles")), (&json!("pending"), None));
    assert_eq!(member["user"]["id"], "");
    let later = asked.get(&format!("{path}/{}", member["id"].as_str().unwrap())).await.good();
    assert_eq!(later.result()["roles"][0]["id"], ADMINISTRATOR);
    assert_eq!(later.result()["policies"][0]["permission_groups"][0]["meta"]["label"], "admin");
    let objects = json!({"email": "other@northwind.example", "roles": [{"id": ADMINISTRATOR}]});
    assert_eq!(asked.post(&path, objects).await.refusal(), (400, 1001));
}

#[tokio::test]
async fn nobody_becomes_a_member_unasked_twice_or_with_unknown_roles() {
    let asked = start().await;
    let path = asked.at("/members");
    let accepted = asked
        .post(
            &path,
            json!({"email": "a@northwind.example", "roles": [ADMINISTRATOR], "status": "accepted"}),
        )
        .await;
    assert_eq!(accepted.refusal(), (400, 1001));
    assert!(accepted.message().contains("automatic verification"));
    assert_eq!(accepted.result(), &json!([]));
    let twice = json!({"email": "Alex.Rivera@northwind.example", "roles": [ADMINISTRATOR]});
    let told = asked.post(&path, twice.clone()).await;
    assert_eq!(told.refusal(), (400, 1008));
    assert!(told.message().contains("already exists"));
    assert_eq!(documented().await.post(&path, twice).await.refusal(), (400, 1004));
    let unknown =
        json!({"email": "b@northwind.example", "roles": ["0123456789abcdef0123456789abcdef"]});
    let told = asked.post(&path, unknown).await;
    assert_eq!((told.refusal(), told.message()), ((400, 1001), "Invalid role assignments found"));
    for empty in [
        json!({"email": "", "roles": [ADMINISTRATOR]}),
        json!({"email": "c@northwind.example", "roles": []}),
    ] {
        assert_eq!(asked.post(&path, empty).await.refusal(), (400, 1001));
    }
}

#[tokio::test]
async fn an_invitation_vanishes_after_four_days() {
    let asked = start().await;
    let before = asked.get(&asked.at("/members?status=pending")).await.good();
    assert!(!before.rows().is_empty());
    let total =
        asked.get(&asked.at("/members")).await.body["result_info"]["total_count"].as_u64().unwrap();
    asked.server.advance(Duration::from_hours(4 * 24 + 1));
    assert!(asked.get(&asked.at("/members?status=pending")).await.good().rows().is_empty());
    let after =
        asked.get(&asked.at("/members")).await.body["result_info"]["total_count"].as_u64().unwrap();
    assert_eq!(after, total - before.rows().len() as u64);
}

#[tokio::test]
async fn roles_and_policies_are_two_views_and_policies_win() {
    let asked = start().await;
    let (id, _) = asked.server.people()[3].clone();
    let path = asked.at(&format!("/members/{id}"));
    let by_role = asked
        .put(&path, json!({"status": "accepted", "roles": [{"id": ADMINISTRATOR}]}))
        .await
        .good();
    assert_eq!(by_role.result()["policies"].as_array().unwrap().len(), 1);
    assert_eq!(by_role.result()["policies"][0]["permission_groups"][0]["meta"]["label"], "admin");
    let both = json!({"status": "accepted", "roles": [{"id": ADMINISTRATOR}], "policies": [asked.policy("billing").await]});
    let told = asked.put(&path, both).await.good();
    let roles: Vec<&str> = told.result()["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["name"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["Billing"]);
    let strings = json!({"status": "accepted", "roles": [ADMINISTRATOR]});
    assert_eq!(asked.put(&path, strings).await.status, 400);
}

#[tokio::test]
async fn a_change_whose_status_is_not_the_members_own_is_answered_with_200_and_ignored() {
    let asked = start().await;
    let (id, _) = asked.server.people()[3].clone();
    let path = asked.at(&format!("/members/{id}"));
    let before = asked.get(&path).await.good();
    let policies = json!([asked.policy("billing").await]);
    for body in [json!({"policies": policies}), json!({"policies": policies, "status": "pending"})]
    {
        asked.put(&path, body).await.good();
        assert_eq!(asked.get(&path).await.result(), before.result());
    }
    let older = documented().await;
    let told = older.put(&path, json!({"policies": policies})).await.good();
    let own = told.result()["roles"].as_array().unwrap();
    assert_eq!(own[0]["name"], "Billing");
}

#[tokio::test]
async fn what_comes_through_groups_shows_on_the_member_in_documents_only() {
    let count = |told: &Told| told.result()["policies"].as_array().unwrap().len();
    let (live, older) = (start().await, documented().await);
    let member = live.server.memberships(&live.group("prod-dns"))[0].clone();
    let path = live.at(&format!("/members/{member}"));
    assert!(count(&older.get(&path).await.good()) > count(&live.get(&path).await.good()));
}

#[tokio::test]
async fn the_last_super_administrator_may_be_removed() {
    let asked = start().await;
    let mut supers = Vec::new();
    for page in 1..=5 {
        let told = asked.get(&asked.at(&format!("/members?per_page=50&page={page}"))).await.good();
        for member in told.rows() {
            if member["roles"]
                .as_array()
                .unwrap()
                .iter()
                .any(|role| role["id"] == SUPER_ADMINISTRATOR)
            {
                supers.push(member["id"].as_str().unwrap().to_owned());
            }
        }
    }
    assert_eq!(supers.len(), 2);
    for id in supers {
        let path = asked.at(&format!("/members/{id}"));
        assert_eq!(asked.delete(&path).await.good().result(), &json!({"id": id}));
        assert_eq!(asked.get(&path).await.refusal(), (404, 1003));
        assert_eq!(asked.delete(&path).await.refusal(), (404, 1003));
    }
}

#[tokio::test]
async fn removing_a_member_takes_them_out_of_every_group() {
    let asked = start().await;
    let group = asked.group("prod-dns");
    let member = asked.server.memberships(&group)[0].clone();
    asked.delete(&asked.at(&format!("/members/{member}"))).await.good();
    assert!(!asked.server.memberships(&group).contains(&member));
}
