//! User groups.

use serde_json::{Value, json};

use crate::support::{documented, policy, start};

#[tokio::test]
async fn a_group_tells_its_policies_but_neither_its_members_nor_who_keeps_it() {
    let asked = start().await;
    let told = asked.get(&asked.at("/iam/user_groups?per_page=500")).await.good();
    for group in told.rows() {
        let mut keys: Vec<&str> = group.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["created_on", "id", "modified_on", "name", "policies"]);
    }
}

#[tokio::test]
async fn groups_are_listed_by_name_and_found_by_part_of_it_in_camel_case_only() {
    let asked = start().await;
    let all = asked.get(&asked.at("/iam/user_groups?per_page=500")).await.good();
    let names = |told: &crate::support::Told| -> Vec<String> {
        told.rows().iter().map(|g| g["name"].as_str().unwrap().to_owned()).collect()
    };
    let mut sorted = names(&all);
    sorted.sort_by_key(|name| name.to_lowercase());
    assert_eq!(names(&all), sorted);
    let down = asked.get(&asked.at("/iam/user_groups?per_page=500&direction=desc")).await.good();
    sorted.reverse();
    assert_eq!(names(&down), sorted);
    let part = asked.get(&asked.at("/iam/user_groups?fuzzyName=DNS")).await.good();
    assert_eq!(names(&part), ["prod-dns"]);
    let exact = asked.get(&asked.at("/iam/user_groups?name=prod-dns")).await.good();
    assert_eq!(names(&exact), ["prod-dns"]);
    let ignored = asked.get(&asked.at("/iam/user_groups?fuzzy_name=dns&per_page=500")).await.good();
    assert_eq!(ignored.rows().len(), all.rows().len());
}

#[tokio::test]
async fn a_rename_keeps_the_policies_and_a_policy_write_replaces_them_all_under_new_ids() {
    let asked = start().await;
    let path = asked.at(&format!("/iam/user_groups/{}", asked.group("prod-dns")));
    let before = asked.get(&path).await.good();
    let renamed = asked.put(&path, json!({"name": "prod-dns-2"})).await.good();
    assert_eq!(renamed.result()["name"], "prod-dns-2");
    assert_eq!(renamed.result()["policies"], before.result()["policies"]);

    let bodies = json!([asked.policy("analytics").await, asked.policy("billing").await]);
    let first = asked.put(&path, json!({"policies": bodies})).await.good();
    let second = asked.put(&path, json!({"policies": bodies})).await.good();
    let ids = |told: &Value| -> Vec<String> {
        told["policies"].as_array().unwrap().iter().map(|p| p["id"].to_string()).collect()
    };
    assert_eq!(ids(first.result()).len(), 2);
    assert!(ids(first.result()).iter().all(|id| !ids(second.result()).contains(id)));
    let emptied = asked.put(&path, json!({"policies": []})).await.good();
    assert_eq!(emptied.result()["policies"], json!([]));
}

#[tokio::test]
async fn the_order_of_policies_and_of_what_is_in_them_is_not_kept() {
    let asked = start().await;
    let path = asked.at(&format!("/iam/user_groups/{}", asked.group("prod-dns")));
    let whole = asked.whole().await;
    let labels = ["analytics", "billing", "cache_purge", "dns", "firewall", "stream"];
    let mut groups = Vec::new();
    for label in labels {
        groups.push(json!({"id": asked.permission(label).await}));
    }
    let sent: Vec<&str> = groups.iter().map(|g| g["id"].as_str().unwrap()).collect();
    let mut orders = std::collections::BTreeSet::new();
    for _ in 0..4 {
        let body = json!({"policies": [{"access": "allow", "permission_groups": groups, "resource_groups": [{"id": whole}]}]});
        let told = asked.put(&path, body).await.good();
        let got: Vec<String> = told.result()["policies"][0]["permission_groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|g| g["id"].as_str().unwrap().to_owned())
            .collect();
        let (mut a, mut b) =
            (got.clone(), sent.iter().map(ToString::to_string).collect::<Vec<_>>());
        a.sort();
        b.sort();
        assert_eq!(a, b);
        orders.insert(got);
    }
    assert!(orders.len() > 1, "six things stood in one order over four writes");
}

#[tokio::test]
async fn the_order_of_policies_is_not_kept_and_not_the_same_in_a_list_and_alone() {
    let asked = start().await;
    let id = asked.group("prod-dns");
    let path = asked.at(&format!("/iam/user_groups/{id}"));
    let labels = ["analytics", "billing", "cache_purge", "dns", "firewall", "stream"];
    let mut policies = Vec::new();
    for label in labels {
        policies.push(asked.policy(label).await);
    }
    let order = |group: &Value| -> Vec<String> {
        let policies = group["policies"].as_array().unwrap();
        policies.iter().map(|p| p["permission_groups"][0]["meta"]["label"].to_string()).collect()
    };
    let mut orders = std::collections::BTreeSet::new();
    for _ in 0..3 {
        asked.put(&path, json!({"policies": policies})).await.good();
        orders.insert(order(asked.get(&path).await.good().result()));
        let listed = asked.get(&asked.at("/iam/user_groups?name=prod-dns")).await.good();
        orders.insert(order(&listed.result()[0]));
    }
    assert!(orders.len() > 3, "{orders:?}");
}

#[tokio::test]
async fn policy_ids_deny_and_a_role_on_the_wrong_kind_of_scope_are_refused() {
    let asked = start().await;
    let path = asked.at(&format!("/iam/user_groups/{}", asked.group("prod-dns")));
    let (dns, domain_dns) = (asked.permission("dns").await, asked.permission("domain_dns").await);
    let (whole, domains) = (asked.whole().await, asked.resource("Production domains").await);
    let mut reused = policy("allow", &dns, &whole);
    reused["id"] = json!("0123456789abcdef0123456789abcdef");
    let told = asked.put(&path, json!({"policies": [reused]})).await;
    assert_eq!((told.refusal(), told.message()), ((400, 400), "Cannot re-use policy IDs"));
    for bad in [
        policy("deny", &dns, &whole),
        policy("allow", &domain_dns, &whole),
        policy("allow", &dns, &domains),
        policy("allow", "0123456789abcdef0123456789abcdef", &whole),
        policy("allow", &dns, "0123456789abcdef0123456789abcdef"),
        policy("maybe", &dns, &whole),
        json!({"access": "allow", "permission_groups": [], "resource_groups": [{"id": whole}]}),
    ] {
        let told = asked.put(&path, json!({"policies": [bad]})).await;
        assert_eq!(
            (told.refusal(), told.message()),
            ((400, 400), "Policy validation failed"),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn a_scope_that_is_written_out_comes_back_without_id_or_name() {
    let asked = start().await;
    let path = asked.at(&format!("/iam/user_groups/{}", asked.group("prod-dns")));
    let zone =
        asked.get("/zones?name=shop.example").await.result()[0]["id"].as_str().unwrap().to_owned();
    let key = format!("com.cloudflare.api.account.{}", asked.account);
    let scope = json!({"key": key, "objects": [{"key": format!("com.cloudflare.api.account.zone.{zone}")}]});
    let body = json!({"policies": [{
        "access": "allow",
        "permission_groups": [{"id": asked.permission("domain_dns").await}],
        "resource_groups": [{"scope": scope}],
    }]});
    let told = asked.put(&path, body).await.good();
    assert_eq!(told.result()["policies"][0]["resource_groups"], json!([{"scope": scope}]));
    let listed = asked.get(&asked.at("/iam/resource_groups")).await.good();
    assert!(listed.rows().iter().all(|group| group["name"].is_string()));
}

#[tokio::test]
async fn a_key_without_meaning_stays_with_a_policy_that_is_sent_back_with_it() {
    let asked = start().await;
    let id = asked.group("billing");
    let path = asked.at(&format!("/iam/user_groups/{id}"));
    assert!(asked.server.mark_policies(&id, "expires_on", &json!("2027-01-01T00:00:00Z")));
    let mut policy = asked.get(&path).await.result()["policies"][0].clone();
    assert_eq!(policy["expires_on"], "2027-01-01T00:00:00Z");
    policy.as_object_mut().unwrap().remove("id");
    let kept = asked.put(&path, json!({"policies": [policy]})).await.good();
    assert_eq!(kept.result()["policies"][0]["expires_on"], "2027-01-01T00:00:00Z");
    policy.as_object_mut().unwrap().remove("expires_on");
    let lost = asked.put(&path, json!({"policies": [policy]})).await.good();
    assert_eq!(lost.result()["policies"][0].get("expires_on"), None);
}

#[tokio::test]
async fn a_group_is_made_with_a_name_that_is_free_and_policies_may_wait() {
    let asked = start().await;
    let groups = asked.at("/iam/user_groups");
    let made = asked.post(&groups, json!({"name": "night-shift"})).await.good();
    assert_eq!(made.result()["policies"], json!([]));
    let again = asked.post(&groups, json!({"name": "night-shift"})).await;
    assert_eq!(again.refusal(), (400, 400));
    assert!(again.message().contains("already in use"));
    let path = format!("{groups}/{}", made.result()["id"].as_str().unwrap());
    let taken = asked.put(&path, json!({"name": "prod-dns"})).await;
    assert!(taken.message().contains("already in use"), "{}", taken.text);
    assert_eq!(asked.post(&groups, json!({"name": ""})).await.status, 400);
    assert_eq!(asked.post(&groups, json!({"policies": []})).await.status, 400);
}

#[tokio::test]
async fn deleting_a_group_answers_null_and_leaves_its_people_in_the_account() {
    let asked = start().await;
    let id = asked.group("prod-dns");
    let member = asked.server.memberships(&id)[0].clone();
    let path = asked.at(&format!("/iam/user_groups/{id}"));
    let told = asked.delete(&path).await.good();
    assert_eq!(told.result(), &Value::Null);
    assert_eq!(asked.get(&path).await.refusal(), (404, 404));
    assert_eq!(asked.delete(&path).await.refusal(), (404, 404));
    asked.get(&asked.at(&format!("/members/{member}"))).await.good();
    let documented = documented().await;
    let id = documented.group("prod-dns");
    let told = documented.delete(&documented.at(&format!("/iam/user_groups/{id}"))).await.good();
    assert_eq!(told.result(), &json!({"id": id}));
}

#[tokio::test]
async fn a_group_of_the_identity_provider_refuses_every_edit_but_that_of_its_policies() {
    let asked = start().await;
    let id = asked.group("okta-all-staff");
    let path = asked.at(&format!("/iam/user_groups/{id}"));
    let member = asked.server.memberships(&id)[0].clone();
    for refused in [
        asked.put(&path, json!({"name": "mine now"})).await,
        asked.post(&format!("{path}/members"), json!([{"id": member}])).await,
        asked.put(&format!("{path}/members"), json!([])).await,
        asked.delete(&format!("{path}/members/{member}")).await,
        asked.delete(&path).await,
    ] {
        assert_eq!(refused.refusal(), (400, 400));
        assert!(refused.message().contains("SCIM"), "{}", refused.text);
    }
    asked
        .put(
            &path,
            json!({"name": "okta-all-staff", "policies": [asked.policy("analytics").await]}),
        )
        .await
        .good();
    assert!(asked.server.memberships(&id).contains(&member));
}

#[tokio::test]
async fn dates_have_six_digits_of_a_second_live_and_four_in_documents() {
    for (asked, digits) in [(start().await, "000000Z"), (documented().await, "0000Z")] {
        let told = asked.get(&asked.at("/iam/user_groups?per_page=1")).await.good();
        let created = told.result()[0]["created_on"].as_str().unwrap();
        assert_eq!(created.split_once('.').map(|(_, rest)| rest), Some(digits));
    }
}
