//! Reads that lag behind writes.

use std::time::Duration;

use cfiam::emulator::Options;
use serde_json::json;

use crate::support::{Asked, options, start_with};

const LAG: Duration = Duration::from_hours(1);

async fn behind() -> Asked {
    start_with(Options { lag: LAG, ..options() }).await
}

#[tokio::test]
async fn a_new_group_and_its_members_are_not_found_for_a_while() {
    let asked = behind().await;
    let made =
        asked.post(&asked.at("/iam/user_groups"), json!({"name": "night-shift"})).await.good();
    let path = asked.at(&format!("/iam/user_groups/{}", made.result()["id"].as_str().unwrap()));
    assert_eq!(asked.get(&path).await.refusal(), (404, 404));
    assert_eq!(asked.get(&format!("{path}/members")).await.refusal(), (404, 404));
    assert_eq!(asked.post(&format!("{path}/members"), json!([])).await.refusal(), (404, 404));
    asked.server.advance(LAG);
    asked.get(&path).await.good();
    asked.get(&format!("{path}/members")).await.good();
    asked.post(&format!("{path}/members"), json!([])).await.good();
}

#[tokio::test]
async fn an_added_member_is_there_at_once_and_seen_later() {
    let asked = behind().await;
    let group = asked.group("prod-dns");
    let member = asked.outsiders(&group)[0].clone();
    let path = asked.at(&format!("/iam/user_groups/{group}/members"));
    let told = asked.post(&path, json!([{"id": member}])).await.good();
    assert!(told.ids().contains(&&*member), "the answer to the write tells the truth");
    assert!(asked.server.memberships(&group).contains(&member));
    assert_eq!(asked.get(&format!("{path}/{member}")).await.refusal(), (404, 404));
    assert!(!asked.get(&path).await.good().ids().contains(&&*member));
    asked.server.advance(LAG);
    asked.get(&format!("{path}/{member}")).await.good();
}

#[tokio::test]
async fn a_removed_member_stays_visible_for_a_while_and_a_second_removal_finds_nobody() {
    let asked = behind().await;
    let group = asked.group("prod-dns");
    let member = asked.server.memberships(&group)[0].clone();
    let path = asked.at(&format!("/iam/user_groups/{group}/members/{member}"));
    asked.delete(&path).await.good();
    asked.get(&path).await.good();
    assert_eq!(asked.delete(&path).await.refusal(), (404, 404));
    asked.server.advance(LAG);
    assert_eq!(asked.get(&path).await.refusal(), (404, 404));
}
