//! The organization and its members.

use serde_json::json;

use crate::support::start;

#[tokio::test]
async fn the_ids_of_organizations_and_their_members_are_no_hex() {
    let asked = start().await;
    let members = asked
        .at("")
        .replace(&asked.at(""), &format!("/organizations/{}/members", asked.organization));
    let told = asked.get(&members).await.good();
    for id in told.ids().into_iter().chain([&*asked.organization]) {
        assert_eq!(id.len(), 32);
        assert!(id.bytes().any(|b| b > b'f'), "{id}");
    }
}

#[tokio::test]
async fn members_are_paged_by_a_token_that_is_absent_at_the_end_and_bound_to_its_filters() {
    let asked = start().await;
    let path = format!("/organizations/{}/members", asked.organization);
    let first = asked.get(&path).await.good();
    assert_eq!(first.rows().len(), 10);
    let total = first.body["result_info"]["total_size"].as_u64().unwrap();
    let token = first.body["result_info"]["next_page_token"].as_str().unwrap().to_owned();
    let second = asked.get(&format!("{path}?page_token={token}")).await.good();
    assert_eq!(second.rows().len() as u64, total - 10);
    assert_eq!(second.body["result_info"].get("next_page_token"), None);
    assert!(second.ids().iter().all(|id| !first.ids().contains(id)));
    assert_eq!(asked.get(&format!("{path}?page_token={token}&status=active")).await.status, 400);
    let all = asked.get(&format!("{path}?page_size=1000")).await.good();
    assert_eq!(all.rows().len() as u64, total);
    assert_eq!(asked.get(&format!("{path}?page_size=1001")).await.status, 400);
}

#[tokio::test]
async fn members_are_found_by_status_and_by_mail() {
    let asked = start().await;
    let path = format!("/organizations/{}/members?page_size=1000", asked.organization);
    let both = asked.get(&format!("{path}&status=pending&status=canceled")).await.good();
    assert_eq!(both.rows().len(), 2);
    for (filter, wanted) in [
        ("user.email=alex.rivera%40northwind.example", 1),
        ("user.email.contains=RIVERA", 1),
        ("user.email.startsWith=alex.", 1),
        ("user.email.endsWith=%40partners.example", 1),
        ("user.email.endsWith=%40nowhere.example", 0),
    ] {
        assert_eq!(
            asked.get(&format!("{path}&{filter}")).await.good().rows().len(),
            wanted,
            "{filter}"
        );
    }
}

#[tokio::test]
async fn a_member_is_made_read_and_removed_with_204_and_no_body() {
    let asked = start().await;
    let path = format!("/organizations/{}/members", asked.organization);
    let body = json!({"member": {"user": {"email": "new@partners.example"}}});
    let made = asked.post(&path, body.clone()).await.good();
    let member = made.result();
    for key in ["id", "status", "create_time", "update_time", "meta", "user"] {
        assert!(member.get(key).is_some(), "{key}");
    }
    assert_eq!(asked.post(&path, body).await.status, 400);
    let own = format!("{path}/{}", member["id"].as_str().unwrap());
    assert_eq!(asked.get(&own).await.good().result(), member);
    let gone = asked.delete(&own).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    assert_eq!(asked.get(&own).await.status, 404);
    assert_eq!(asked.delete(&own).await.status, 404);
}

#[tokio::test]
async fn ten_members_at_most_are_made_at_once_and_all_or_none() {
    let asked = start().await;
    let path = format!("/organizations/{}/members", asked.organization);
    let batch = |from: u32, to: u32| {
        let members: Vec<_> = (from..to)
            .map(|n| json!({"user": {"email": format!("p{n}@partners.example")}}))
            .collect();
        json!({"members": members})
    };
    let many = format!("{path}:batchCreate");
    assert_eq!(asked.post(&many, batch(0, 10)).await.good().rows().len(), 10);
    assert_eq!(asked.post(&many, batch(20, 31)).await.status, 400);
    let last_is_there = json!({"members": [
        {"user": {"email": "p11@partners.example"}},
        {"user": {"email": "p9@partners.example"}},
    ]});
    assert_eq!(asked.post(&many, last_is_there).await.status, 400);
    let found = asked.get(&format!("{path}?user.email.startsWith=p1&page_size=100")).await.good();
    assert_eq!(found.rows().len(), 1, "p11 must not exist: the batch that held it was refused");
}

#[tokio::test]
async fn an_organization_that_is_not_ones_own_is_refused_without_a_code() {
    let asked = start().await;
    assert_eq!(asked.get("/organizations/x9/members").await.refusal(), (403, -1));
    let listed = asked.get("/organizations").await.good();
    assert_eq!(listed.ids(), [&asked.organization]);
    asked.get(&format!("/organizations/{}", asked.organization)).await.good();
    assert!(asked.get("/organizations?name.contains=zzz").await.good().rows().is_empty());
}
