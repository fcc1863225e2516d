//! Page sizes, and lists that don't page.

use serde_json::json;

use crate::support::{documented, options, start, start_with};

#[tokio::test]
async fn a_page_size_out_of_range_is_clamped_and_told_live_and_refused_in_documents() {
    let (live, older) = (start().await, documented().await);
    for (path, asked, used) in [
        ("/members", 100, 50),
        ("/members", 1, 5),
        ("/roles", 1_000, 50),
        ("/iam/user_groups", 1_000, 500),
        ("/iam/user_groups", 0, 1),
    ] {
        let path = live.at(&format!("{path}?per_page={asked}"));
        assert_eq!(
            live.get(&path).await.good().body["result_info"]["per_page"],
            json!(used),
            "{path}"
        );
        assert_eq!(older.get(&path).await.refusal(), (400, 1001), "{path}");
    }
}

#[tokio::test]
async fn a_page_size_that_is_left_out_is_not_the_same_in_documents() {
    let (live, older) = (start().await, documented().await);
    let path = live.at(&format!("/iam/user_groups/{}/members", live.group("platform-read")));
    for (path, now, then) in
        [(live.at("/members"), 20, 20), (live.at("/iam/user_groups"), 100, 20), (path, 100, 20)]
    {
        for (asked, size) in [(&live, now), (&older, then)] {
            let told = asked.get(&path).await.good();
            assert_eq!(told.body["result_info"]["per_page"], json!(size), "{path}");
            assert!(told.rows().len() <= size);
        }
    }
}

#[tokio::test]
async fn lists_tell_how_many_pages_there_are_live_and_not_in_documents() {
    let (live, older) = (start().await, documented().await);
    let info = live.get(&live.at("/members?per_page=50")).await.good().body["result_info"].clone();
    assert_eq!(
        info,
        json!({"page": 1, "per_page": 50, "count": 50, "total_count": 240, "total_pages": 5})
    );
    let info =
        older.get(&older.at("/members?per_page=50")).await.good().body["result_info"].clone();
    assert_eq!(info, json!({"page": 1, "per_page": 50, "count": 50, "total_count": 240}));
}

#[tokio::test]
async fn the_pages_of_a_list_hold_everyone_once_and_then_nobody() {
    let asked = start().await;
    let mut ids = std::collections::BTreeSet::new();
    for page in 1..=5 {
        let told = asked
            .get(&asked.at(&format!("/members?order=user.email&per_page=50&page={page}")))
            .await
            .good();
        assert!(told.ids().iter().all(|id| ids.insert((*id).to_owned())));
    }
    assert_eq!(ids.len(), 240);
    assert_eq!(
        asked.get(&asked.at("/members?per_page=50&page=6")).await.good().result(),
        &json!([])
    );
}

#[tokio::test]
async fn with_an_account_owned_token_the_list_of_accounts_is_the_same_page_for_ever() {
    let mut asked = start_with(cfiam::emulator::Options { accounts: 3, ..options() }).await;
    assert_eq!(asked.get("/accounts").await.good().rows().len(), 3);
    asked.become_("account");
    for page in 1..4 {
        let told = asked.get(&format!("/accounts?page={page}")).await.good();
        assert_eq!(told.ids(), [&asked.account]);
        assert_eq!(told.body["result_info"]["total_pages"], 1);
    }
    let mut older = documented().await;
    older.become_("account");
    assert_eq!(older.get("/accounts").await.refusal(), (400, 1001));
}
