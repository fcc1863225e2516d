//! The members of a user group.

use serde_json::{Value, json};

use crate::support::{documented, start};

fn body(ids: &[String]) -> Value {
    ids.iter().map(|id| json!({"id": id})).collect()
}

#[tokio::test]
async fn an_empty_group_answers_null_live_and_an_empty_list_in_documents() {
    let live = start().await;
    let path = live.at(&format!("/iam/user_groups/{}/members", live.group("sandbox-2024")));
    let told = live.get(&path).await.good();
    assert_eq!((told.result(), told.body.get("result_info")), (&Value::Null, None));
    assert_eq!(live.put(&path, json!([])).await.good().result(), &Value::Null);
    let documented = documented().await;
    let path =
        documented.at(&format!("/iam/user_groups/{}/members", documented.group("sandbox-2024")));
    assert_eq!(documented.get(&path).await.good().result(), &json!([]));
}

#[tokio::test]
async fn lists_tell_the_status_in_documents_only() {
    let live = start().await;
    let documented = documented().await;
    for (asked, status) in [(&live, None), (&documented, Some("accepted"))] {
        let told = asked
            .get(&asked.at(&format!("/iam/user_groups/{}/members", asked.group("prod-dns"))))
            .await
            .good();
        let rows = told.rows();
        assert!(!rows.is_empty());
        for row in rows {
            assert_eq!(row.get("status").and_then(Value::as_str), status);
            assert!(row["email"].as_str().unwrap().contains('@'));
        }
    }
}

#[tokio::test]
async fn members_are_listed_by_mail_and_found_by_part_of_it_in_camel_case_only() {
    let asked = start().await;
    let path = asked.at(&format!("/iam/user_groups/{}/members", asked.group("platform-read")));
    let mails = |told: &crate::support::Told| -> Vec<String> {
        told.rows().iter().map(|m| m["email"].as_str().unwrap().to_owned()).collect()
    };
    let up = mails(&asked.get(&path).await.good());
    let mut sorted = up.clone();
    sorted.sort();
    assert_eq!(up, sorted);
    let mut down = mails(&asked.get(&format!("{path}?direction=desc")).await.good());
    down.reverse();
    assert_eq!(down, up);
    let part: String = up[0].chars().take(5).collect::<String>().to_uppercase();
    let found = mails(&asked.get(&format!("{path}?fuzzyEmail={part}")).await.good());
    assert!(found.contains(&up[0]) && found.len() < up.len());
    assert_eq!(mails(&asked.get(&format!("{path}?fuzzy_email={part}")).await.good()), up);
    let older = documented().await;
    let path = older.at(&format!("/iam/user_groups/{}/members", older.group("platform-read")));
    assert_eq!(
        mails(
            &older
                .get(&format!("{path}?per_page=500&fuzzyEmail={part}&direction=desc"))
                .await
                .good()
        ),
        up
    );
}

#[tokio::test]
async fn only_a_single_read_tells_since_when_someone_is_in() {
    let asked = start().await;
    let id = asked.group("prod-dns");
    let member = asked.server.memberships(&id)[0].clone();
    let path = asked.at(&format!("/iam/user_groups/{id}/members"));
    let told = asked.get(&format!("{path}/{member}")).await.good();
    let row = told.result();
    assert_eq!((&row["id"], &row["status"]), (&json!(member), &json!("accepted")));
    assert!(row["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(row["user"]["email"], row["email"]);
    let listed = asked.get(&path).await.good();
    assert!(listed.rows().iter().all(|row| row.get("created_at").is_none()));
}

#[tokio::test]
async fn adding_is_additive_and_repeatable_and_answers_with_the_whole_group() {
    let asked = start().await;
    let id = asked.group("prod-dns");
    let path = asked.at(&format!("/iam/user_groups/{id}/members"));
    let before = asked.server.memberships(&id);
    let new: Vec<String> = asked.outsiders(&id).into_iter().take(3).collect();
    let told = asked.post(&path, body(&new)).await.good();
    assert_eq!(told.rows().len(), before.len() + 3);
    let since = asked.get(&format!("{path}/{}", new[0])).await.result()["created_at"].clone();
    let again = asked.post(&path, body(&new)).await.good();
    assert_eq!(again.rows().len(), before.len() + 3);
    assert_eq!(asked.get(&format!("{path}/{}", new[0])).await.result()["created_at"], since);
}

#[tokio::test]
async fn adding_answers_with_one_member_in_documents() {
    let asked = documented().await;
    let id = asked.group("prod-dns");
    let new = asked.outsiders(&id)[0].clone();
    let path = asked.at(&format!("/iam/user_groups/{id}/members"));
    let told = asked.post(&path, json!([{"id": new}])).await.good();
    assert_eq!(told.result()["id"], json!(new));
}

#[tokio::test]
async fn replacing_makes_it_exactly_this_and_those_who_stay_keep_their_date() {
    let asked = start().await;
    let id = asked.group("prod-dns");
    let path = asked.at(&format!("/iam/user_groups/{id}/members"));
    let stays = asked.server.memberships(&id)[0].clone();
    let since = asked.get(&format!("{path}/{stays}")).await.result()["created_at"].clone();
    let comes = asked.outsiders(&id)[0].clone();
    let told = asked.put(&path, json!([{"id": stays}, {"id": comes}])).await.good();
    assert_eq!(told.rows().len(), 2);
    assert_eq!(asked.get(&format!("{path}/{stays}")).await.result()["created_at"], since);
    asked.put(&path, json!([])).await.good();
    assert!(asked.server.memberships(&id).is_empty());
}

#[tokio::test]
async fn the_body_is_a_bare_list() {
    let asked = start().await;
    let id = asked.group("prod-dns");
    let member = asked.outsiders(&id)[0].clone();
    let path = asked.at(&format!("/iam/user_groups/{id}/members"));
    for wrong in
        [json!({"members": [{"id": member}]}), json!([member]), json!([{"email": "a@b.example"}])]
    {
        assert_eq!(asked.post(&path, wrong).await.refusal(), (400, 400));
    }
    assert!(!asked.server.memberships(&id).contains(&member));
}

#[tokio::test]
async fn removing_tells_not_in_the_group_from_not_in_the_account() {
    let asked = start().await;
    let id = asked.group("prod-dns");
    let path = asked.at(&format!("/iam/user_groups/{id}/members"));
    let member = asked.server.memberships(&id)[0].clone();
    let removed = asked.delete(&format!("{path}/{member}")).await.good();
    assert_eq!(removed.result()["id"], json!(member));
    let again = asked.delete(&format!("{path}/{member}")).await;
    assert_eq!(again.refusal(), (404, 404));
    assert!(again.message().contains("not found in user group"));
    assert_eq!(asked.get(&format!("{path}/{member}")).await.refusal(), (404, 404));
    let stranger = "0123456789abcdef0123456789abcdef";
    assert_eq!(asked.delete(&format!("{path}/{stranger}")).await.refusal(), (400, 400));
    let gone = asked.at("/iam/user_groups/0123456789abcdef0123456789abcdef/members");
    assert_eq!(asked.get(&gone).await.refusal(), (404, 404));
    assert_eq!(asked.delete(&format!("{gone}/{member}")).await.refusal(), (404, 404));
}

#[tokio::test]
async fn strangers_the_invited_and_people_without_the_feature_are_refused_and_nobody_is_added_then()
{
    let asked = crate::support::start_with(cfiam::emulator::Options {
        members: 2_000,
        ..crate::support::options()
    })
    .await;
    let id = asked.group("prod-dns");
    let path = asked.at(&format!("/iam/user_groups/{id}/members"));
    let good = asked.outsiders(&id)[0].clone();
    let pending = asked.get(&asked.at("/members?status=pending")).await.ids()[0].to_owned();
    let all: Vec<String> = {
        let mut ids = Vec::new();
        for page in 1..=40 {
            ids.extend(
                asked
                    .get(&asked.at(&format!("/members?status=accepted&per_page=50&page={page}")))
                    .await
                    .ids()
                    .iter()
                    .map(ToString::to_string),
            );
        }
        ids
    };
    let able: std::collections::BTreeSet<String> =
        asked.server.people().into_iter().map(|(id, _)| id).collect();
    let unable =
        all.iter().find(|id| !able.contains(*id)).expect("someone lacks the feature").clone();
    for (id, words) in [
        (pending, "not accepted"),
        (unable, "do not have DSR enabled"),
        ("0123456789abcdef0123456789abcdef".to_owned(), "Invalid member"),
    ] {
        let told = asked.post(&path, json!([{"id": good}, {"id": id}])).await;
        assert_eq!(told.refusal(), (400, 400));
        assert!(told.message().contains(words), "{}", told.text);
    }
    assert!(!asked.server.memberships(&id).contains(&good));
}

#[tokio::test]
async fn a_group_of_more_than_five_hundred_is_read_in_pages() {
    let asked = crate::support::start_with(cfiam::emulator::Options {
        members: 3_000,
        ..crate::support::options()
    })
    .await;
    let id = asked.group("analytics-viewers");
    let truth = asked.server.memberships(&id);
    assert!(truth.len() > 500);
    let path = asked.at(&format!("/iam/user_groups/{id}/members"));
    let mut seen = Vec::new();
    for page in 1..=truth.len().div_ceil(500) {
        let told = asked.get(&format!("{path}?per_page=500&page={page}")).await.good();
        assert_eq!(told.body["result_info"]["total_count"], json!(truth.len()));
        assert_eq!(told.body["result_info"].get("total_pages"), None);
        seen.extend(told.ids().iter().map(ToString::to_string));
    }
    assert_eq!(seen, truth);
}
