//! Who asks, and what each may do.

use cfiam::emulator::{Options, Secret};
use serde_json::json;

use crate::support::{Asked, Told, options, start, start_with, told};

async fn with_headers(asked: &Asked, path: &str, headers: &[(&str, &str)]) -> Told {
    let mut request = crate::support::http().get(format!("{}{path}", asked.server.base_url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    told(request.send().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_malformed_credential_has_its_reason_in_the_chain() {
    let asked = start().await;
    for bad in ["Bearer ", "Bearer \"quoted\"", "Token abc", "Bearer two words"] {
        let told = with_headers(&asked, "/accounts", &[("authorization", bad)]).await;
        assert_eq!(told.refusal(), (400, 6003), "{bad}");
        assert_eq!(told.body["errors"][0]["error_chain"][0]["code"], 6111);
    }
    let told = with_headers(
        &asked,
        "/accounts",
        &[("x-auth-email", "a@b.example"), ("x-auth-key", "short")],
    )
    .await;
    assert_eq!(
        (told.refusal(), &told.body["errors"][0]["error_chain"][0]["code"]),
        ((400, 6003), &json!(6103))
    );
    let unknown = "0123456789abcdef0123456789abcdef01234";
    let told = with_headers(
        &asked,
        "/accounts",
        &[("x-auth-email", "a@b.example"), ("x-auth-key", unknown)],
    )
    .await;
    assert_eq!(told.refusal(), (400, 9103));
    assert_eq!(with_headers(&asked, "/accounts", &[]).await.refusal(), (400, 9106));
}

#[tokio::test]
async fn a_revoked_token_and_one_that_lacks_a_permission_get_the_same_code() {
    let mut asked = start().await;
    asked.become_("revoked");
    assert_eq!(asked.get(&asked.at("/members")).await.refusal(), (401, 10_000));
    assert_eq!(asked.get("/user/tokens/verify").await.refusal(), (401, 1000));
    asked.become_("reader");
    asked.get(&asked.at("/members")).await.good();
    let group = asked.group("prod-dns");
    let path = asked.at(&format!("/iam/user_groups/{group}"));
    assert_eq!(asked.put(&path, json!({"name": "x"})).await.refusal(), (403, 10_000));
    assert_eq!(asked.delete(&path).await.refusal(), (403, 10_000));
    assert_eq!(asked.post(&format!("{path}/members"), json!([])).await.refusal(), (403, 10_000));
    let verified = asked.get("/user/tokens/verify").await.good();
    assert_eq!(verified.result()["status"], "active");
    assert_eq!(
        verified.body["messages"][0]["code"], 10_000,
        "the number of the authentication error, on a success"
    );
}

#[tokio::test]
async fn verify_tells_expired_disabled_and_not_yet_which_work_nowhere_else() {
    let mut asked = start().await;
    for (name, status) in [("expired", "expired"), ("disabled", "disabled"), ("future", "active")] {
        asked.become_(name);
        assert_eq!(asked.get("/user/tokens/verify").await.good().result()["status"], status);
        assert_eq!(asked.get(&asked.at("/members")).await.refusal(), (401, 10_000), "{name}");
    }
    assert!(asked.get("/user/tokens/verify").await.result()["not_before"].is_string());
}

#[tokio::test]
async fn an_account_owned_token_works_in_the_account_and_not_where_a_user_is_needed() {
    let mut asked = start().await;
    asked.become_("account");
    asked.get(&asked.at("/members")).await.good();
    asked.get(&asked.at("/tokens/verify")).await.good();
    assert_eq!(asked.get("/user").await.refusal(), (403, 9109));
    assert_eq!(asked.get("/memberships").await.refusal(), (400, 9106));
    assert_eq!(asked.get("/user/tokens/verify").await.refusal(), (401, 1000));
    assert_eq!(asked.get("/organizations").await.refusal(), (403, -1));
    let group = asked.group("prod-dns");
    asked.put(&asked.at(&format!("/iam/user_groups/{group}")), json!({"name": "x"})).await.good();
    asked.become_("writer");
    assert_eq!(asked.get(&asked.at("/tokens/verify")).await.refusal(), (401, 1000));
}

#[tokio::test]
async fn mail_and_key_do_all_but_verify() {
    let mut asked = start().await;
    asked.become_("key");
    assert!(matches!(asked.server.secret("key"), Some(Secret::Key { .. })));
    assert_eq!(
        asked.get("/user").await.good().result()["betas"],
        json!(["zone_level_access_beta"])
    );
    asked.get(&asked.at("/members")).await.good();
    assert_eq!(asked.get("/user/tokens/verify").await.refusal(), (401, 1001));
}

#[tokio::test]
async fn a_narrow_token_finds_no_account_and_may_not_look_into_one() {
    let mut asked = start().await;
    asked.become_("zones-only");
    assert_eq!(asked.get("/accounts").await.good().result(), &json!([]));
    assert_eq!(asked.get(&asked.at("/members")).await.refusal(), (403, 10_000));
    asked.get("/zones").await.good();
    asked.become_("no-user");
    assert_eq!(asked.get("/user").await.refusal(), (403, 10_000));
    asked.get(&asked.at("/members")).await.good();
}

#[tokio::test]
async fn a_token_that_was_just_made_is_refused_for_a_while() {
    let lag = std::time::Duration::from_hours(1);
    let mut asked = start_with(Options { lag, ..options() }).await;
    asked.become_("fresh");
    assert_eq!(asked.get(&asked.at("/members")).await.refusal(), (403, 10_000));
    asked.server.advance(lag);
    asked.get(&asked.at("/members")).await.good();
}

#[tokio::test]
async fn malformed_ids_unknown_accounts_and_empty_ids_are_three_different_refusals() {
    let asked = start().await;
    for path in [
        "/accounts/xyz/members",
        "/accounts/0123/members",
        &asked.at("/members/ABC"),
        "/nothing/here",
    ] {
        let told = asked.get(path).await;
        assert_eq!(told.refusal(), (404, 7003), "{path}");
        assert_eq!(told.body["errors"][1]["code"], 7000);
    }
    let upper = asked.account.to_uppercase();
    assert_eq!(asked.get(&format!("/accounts/{upper}/members")).await.refusal(), (404, 7003));
    let foreign = "/accounts/0123456789abcdef0123456789abcdef/members";
    assert_eq!(asked.get(foreign).await.refusal(), (403, 10_000));
    let group = asked.group("prod-dns");
    let empty = asked.delete(&asked.at(&format!("/iam/user_groups/{group}/members/"))).await;
    assert_eq!((empty.status, empty.text.starts_with("<!DOCTYPE")), (404, true));
    let listed = asked.get(&asked.at(&format!("/iam/user_groups/{group}/members/"))).await.good();
    assert!(listed.result().is_array(), "a GET with an empty id reads the list above");
    assert!(asked.get("/accounts//members").await.text.starts_with("<!DOCTYPE"));
    assert_eq!(asked.delete("/accounts").await.refusal(), (405, 10_405));
}

#[tokio::test]
async fn memberships_name_the_roles_and_say_edit() {
    let asked = start().await;
    let told = asked.get("/memberships").await.good();
    let own = &told.result()[0];
    assert_eq!(own["roles"], json!(["Super Administrator - All Privileges"]));
    assert_eq!(own["permissions"]["billing"], json!({"read": true, "edit": true}));
    assert_eq!(own.get("policies"), None);
    let one = asked.get(&format!("/memberships/{}", own["id"].as_str().unwrap())).await.good();
    assert_eq!(one.result()["account"]["id"], json!(asked.account));
}
