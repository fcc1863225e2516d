//! Permission groups, roles, resource groups, zones, accounts.

use serde_json::{Value, json};

use crate::support::{documented, options, start, start_with};

#[tokio::test]
async fn permission_groups_have_an_open_map_and_no_pager_live() {
    let asked = start().await;
    let told = asked.get(&asked.at("/iam/permission_groups?label=dns_admin")).await.good();
    assert_eq!(told.body.get("result_info"), None);
    let group = &told.result()[0];
    assert_eq!(
        (&group["id"], &group["name"]),
        (&json!("49ce85367bae433b9f0717ed4fea5c74"), &json!("DNS"))
    );
    assert_eq!(group["meta"]["editable"], "false");
    assert_eq!(group["meta"]["scopes"], "com.cloudflare.api.account");
    assert_eq!(group["status"], "V");
    let older = documented().await;
    let told = older.get(&older.at("/iam/permission_groups?label=dns_admin")).await.good();
    assert_eq!(told.result()[0]["meta"], json!({"key": "label", "value": "dns_admin"}));
    assert!(told.body["result_info"]["total_count"].is_u64());
    let one = asked
        .get(&asked.at("/iam/permission_groups/49ce85367bae433b9f0717ed4fea5c74"))
        .await
        .good();
    assert_eq!(one.result()["name"], "DNS");
}

#[tokio::test]
async fn the_catalogue_holds_every_kind_of_scope_and_ends_with_a_short_page() {
    let asked = start().await;
    let mut scopes = std::collections::BTreeSet::new();
    let mut ids = std::collections::BTreeSet::new();
    for page in 1.. {
        let told = asked
            .get(&asked.at(&format!("/iam/permission_groups?per_page=50&page={page}")))
            .await
            .good();
        for group in told.rows() {
            scopes.insert(group["meta"]["scopes"].as_str().unwrap().to_owned());
            assert!(ids.insert(group["id"].as_str().unwrap().to_owned()), "an id appears twice");
        }
        if told.rows().len() < 50 {
            break;
        }
    }
    assert!(ids.len() > 150);
    assert!(scopes.contains("com.cloudflare.api.account.zone") && scopes.len() > 4);
}

#[tokio::test]
async fn the_list_of_roles_leaves_super_administrator_out_and_says_edit() {
    let asked = start().await;
    let mut names = Vec::new();
    for page in 1..=3 {
        let told = asked.get(&asked.at(&format!("/roles?per_page=50&page={page}"))).await.good();
        names.extend(told.rows().iter().map(|role| role["name"].as_str().unwrap().to_owned()));
    }
    assert!(names.len() > 30 && names.contains(&"Administrator".to_owned()));
    assert!(!names.iter().any(|name| name.starts_with("Super")));
    let one = asked.get(&asked.at("/roles/33666b9c79b9a5273fc7344ff42f953d")).await.good();
    assert_eq!(one.result()["permissions"]["billing"], json!({"read": true, "edit": true}));
    let older = documented().await;
    let one = older.get(&older.at("/roles/05784afa30c1afe1440e79d9351c7430")).await.good();
    assert_eq!(one.result()["permissions"]["zone"], json!({"read": true, "write": true}));
}

#[tokio::test]
async fn resource_groups_come_all_at_once_whatever_page_is_asked_for() {
    let asked = start().await;
    let first = asked.get(&asked.at("/iam/resource_groups")).await.good();
    let fifth = asked.get(&asked.at("/iam/resource_groups?page=5&per_page=1")).await.good();
    assert_eq!(first.result(), fifth.result());
    assert_eq!(first.body.get("result_info"), None);
    let none = asked.get(&asked.at("/iam/resource_groups?name=nothing")).await.good();
    assert_eq!(none.result(), &Value::Null);
    let older = documented().await;
    assert_eq!(
        older.get(&older.at("/iam/resource_groups?name=nothing")).await.good().result(),
        &json!([])
    );
}

#[tokio::test]
async fn a_scope_is_one_object_live_and_a_list_in_documents() {
    let asked = start().await;
    let whole =
        asked.get(&asked.at(&format!("/iam/resource_groups/{}", asked.whole().await))).await.good();
    assert_eq!(whole.result()["scope"]["objects"], json!([{"key": "*"}]));
    let older = documented().await;
    let whole =
        older.get(&older.at(&format!("/iam/resource_groups/{}", older.whole().await))).await.good();
    assert_eq!(whole.result()["scope"][0]["objects"], json!([{"key": "*"}]));
    let group = older.get(&older.at("/iam/user_groups?name=prod-dns")).await.good();
    assert!(group.result()[0]["policies"][0]["resource_groups"][0]["scope"].is_array());
}

#[tokio::test]
async fn resource_groups_can_share_a_name_and_the_built_in_one_can_not_be_touched() {
    let asked = start().await;
    let path = asked.at("/iam/resource_groups");
    let zone =
        asked.get("/zones?name=shop.example").await.result()[0]["id"].as_str().unwrap().to_owned();
    let scope = json!({"key": format!("com.cloudflare.api.account.{}", asked.account), "objects": [{"key": format!("com.cloudflare.api.account.zone.{zone}")}]});
    let made =
        asked.post(&path, json!({"name": "Production domains", "scope": scope})).await.good();
    let own = format!("{path}/{}", made.result()["id"].as_str().unwrap());
    assert_eq!(
        asked.put(&own, json!({"name": "One zone"})).await.good().result()["name"],
        "One zone"
    );
    assert_eq!(asked.delete(&own).await.good().result(), &Value::Null);
    assert_eq!(asked.get(&own).await.refusal(), (404, 404));
    let empty =
        json!({"name": "x", "scope": {"key": "com.cloudflare.api.account.1", "objects": []}});
    assert_eq!(asked.post(&path, empty).await.status, 400);
    let built_in = format!("{path}/{}", asked.whole().await);
    for refused in
        [asked.delete(&built_in).await, asked.put(&built_in, json!({"name": "mine"})).await]
    {
        assert_eq!(refused.refusal(), (422, -1));
        assert!(refused.message().contains("non-editable"));
    }
}

#[tokio::test]
async fn zones_have_names_and_need_a_permission_of_their_own() {
    let mut asked = start_with(cfiam::emulator::Options { accounts: 2, ..options() }).await;
    let all = asked.get("/zones?per_page=50").await.good();
    let own = asked.get(&format!("/zones?per_page=50&account.id={}", asked.account)).await.good();
    assert!(own.rows().len() < all.rows().len());
    assert!(own.rows().iter().all(|zone| zone["account"]["id"] == json!(asked.account)));
    assert!(own.rows().iter().any(|zone| zone["name"] == "shop.example"));
    asked.become_("no-zones");
    assert_eq!(asked.get("/zones").await.refusal(), (403, 10_000));
    asked.get(&asked.at("/members")).await.good();
}

#[tokio::test]
async fn an_account_tells_its_organization_and_nulls_where_settings_are_unset() {
    let asked = start().await;
    let told = asked.get(&asked.at("")).await.good();
    assert_eq!(told.result()["managed_by"]["parent_org_id"], json!(asked.organization));
    assert_eq!(told.result()["settings"]["abuse_contact_email"], Value::Null);
    assert_eq!(asked.get("/accounts?name=northwind").await.good().rows().len(), 1);
    assert_eq!(asked.get("/accounts?name=nobody").await.good().rows().len(), 0);
}
