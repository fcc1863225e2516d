//! Trouble on demand, over real connections.
#![expect(clippy::disallowed_methods, reason = "over real connections time is real")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use cfiam::emulator::{self, Secret};
use serde_json::{Value, json};

use crate::support::{Asked, options, start, troubled};

/// What one connection really carries.
fn raw(asked: &Asked, path: &str) -> (Vec<u8>, Option<std::io::ErrorKind>) {
    let Some(Secret::Token(token)) = asked.server.secret("writer") else { panic!("a token") };
    let url = asked.server.base_url();
    let host = url.strip_prefix("http://").and_then(|rest| rest.split('/').next()).unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let request = format!(
        "GET /client/v4{path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let (mut bytes, mut block) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut block) {
            Ok(0) => return (bytes, None),
            Ok(n) => bytes.extend_from_slice(&block[..n]),
            Err(error) => return (bytes, Some(error.kind())),
        }
    }
}

async fn raw_of(rule: &str) -> (String, Option<std::io::ErrorKind>) {
    let asked = troubled(&[rule]).await;
    let (bytes, error) = tokio::task::spawn_blocking(move || raw(&asked, "/user")).await.unwrap();
    (String::from_utf8_lossy(&bytes).into_owned(), error)
}

fn body_of(text: &str) -> &str {
    text.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

#[tokio::test]
async fn a_rule_speaks_of_the_calls_that_it_names_and_of_no_other() {
    let asked = troubled(&["GET /accounts/*/members?page=2 2: 503 code=1 message=busy"]).await;
    let page = |n: u32| asked.at(&format!("/members?per_page=5&page={n}"));
    asked.get(&page(1)).await.good();
    asked.get(&page(2)).await.good();
    let told = asked.get(&page(2)).await;
    assert_eq!((told.refusal(), told.message()), ((503, 1), "busy"));
    asked.get(&page(2)).await.good();
    let every = troubled(&["GET /user every-3: 500"]).await;
    for n in 1..=6 {
        assert_eq!(every.get("/user").await.status, if n % 3 == 0 { 500 } else { 200 });
    }
}

#[tokio::test]
async fn a_refusal_is_not_carried_out_unless_the_rule_says_so() {
    let asked = troubled(&["WRITE ** 1: 504", "WRITE ** 2: 504 apply"]).await;
    let group = asked.group("prod-dns");
    let path = asked.at(&format!("/iam/user_groups/{group}"));
    let told = asked.put(&path, json!({"name": "first"})).await;
    assert_eq!((told.status, told.text.starts_with("<!DOCTYPE")), (504, true));
    assert_eq!(asked.server.group_id("first"), None);
    assert_eq!(asked.put(&path, json!({"name": "second"})).await.status, 504);
    assert_eq!(asked.server.group_id("second"), Some(group));
    let carried: Vec<bool> = asked.server.requests().iter().map(|r| r.carried_out).collect();
    assert_eq!(carried, [false, true]);
}

#[tokio::test]
async fn of_two_rules_the_first_that_speaks_to_a_point_is_heard() {
    let asked = troubled(&["** : 429", "** : 503 retry-after=5", "WRITE **: lose"]).await;
    let told = asked.get("/user").await;
    assert_eq!((told.refusal(), told.header("retry-after")), ((429, 971), "5"));
    let group = asked.group("prod-dns");
    let path = asked.at(&format!("/iam/user_groups/{group}"));
    assert_eq!(asked.put(&path, json!({"name": "x"})).await.refusal(), (429, 971));
    assert_eq!(asked.server.group_id("x"), None);
}

#[tokio::test]
async fn too_many_requests_come_with_seconds_a_date_or_nothing_to_wait_for() {
    let asked = troubled(&[
        "GET /user 1: 429 retry-after=3",
        "GET /user 2: 429 retry-after=date:90",
        "GET /user 3: 429",
        "GET /user 4: 429 retry-after=soon",
    ])
    .await;
    let first = asked.get("/user").await;
    assert_eq!((first.refusal(), first.header("retry-after")), ((429, 971), "3"));
    let second = asked.get("/user").await;
    let moment = |text: &str| jiff::fmt::rfc2822::parse(text).unwrap().timestamp();
    let wait = moment(second.header("retry-after")) - moment(second.header("date"));
    assert_eq!(wait.as_secs(), 90);
    assert_eq!(asked.get("/user").await.header("retry-after"), "");
    assert_eq!(asked.get("/user").await.header("retry-after"), "soon");
}

#[tokio::test]
async fn a_lost_answer_was_carried_out_and_a_reset_was_not() {
    let asked = troubled(&["POST ** 1: reset", "POST ** 2: lose"]).await;
    let group = asked.group("prod-dns");
    let people = asked.outsiders(&group);
    let path = asked.at(&format!("/iam/user_groups/{group}/members"));
    for (person, inside) in [(&people[0], false), (&people[1], true)] {
        let sent = asked.try_send("POST", &path, Some(json!([{"id": person}]))).await;
        assert!(sent.is_err());
        assert_eq!(asked.server.memberships(&group).contains(person), inside);
    }
    assert_eq!(asked.server.requests().iter().map(|r| r.status).collect::<Vec<_>>(), [None, None]);
}

#[tokio::test]
async fn a_late_write_lands_after_its_answer_was_lost() {
    let asked = troubled(&["POST **: late=3600000"]).await;
    let group = asked.group("prod-dns");
    let person = asked.outsiders(&group)[0].clone();
    let path = asked.at(&format!("/iam/user_groups/{group}/members"));
    assert!(asked.try_send("POST", &path, Some(json!([{"id": person}]))).await.is_err());
    assert!(!asked.server.memberships(&group).contains(&person));
    asked.server.advance(Duration::from_hours(5));
    assert!(asked.server.memberships(&group).contains(&person));
    // It bears the moment at which it landed, not that at which somebody looked.
    let told = asked.get(&format!("{path}/{person}")).await.good();
    let at = told.result()["created_at"].as_str().unwrap();
    assert!(at.starts_with("2026-11-24T01:00:"), "{at}");
}

#[tokio::test]
async fn a_hanging_call_is_never_answered() {
    let asked = troubled(&["GET /user 1: hang"]).await;
    let waited = tokio::time::timeout(Duration::from_millis(300), asked.get("/user")).await;
    assert!(waited.is_err());
    asked.get("/user").await.good();
}

#[tokio::test]
async fn delays_are_waited_for() {
    let asked = troubled(&["GET /user 1: delay=120", "GET /user 2: stall=120"]).await;
    for _ in 0..2 {
        let start = Instant::now();
        asked.get("/user").await.good();
        assert!(start.elapsed() >= Duration::from_millis(120));
    }
}

#[tokio::test]
async fn a_write_that_was_received_is_carried_out_though_its_client_has_gone() {
    let asked = troubled(&["POST **: delay=300"]).await;
    let group = asked.group("prod-dns");
    let person = asked.outsiders(&group)[0].clone();
    let path = asked.at(&format!("/iam/user_groups/{group}/members"));
    let sent = tokio::spawn(
        asked.request(reqwest::Method::POST, &path).json(&json!([{"id": person}])).send(),
    );
    let received = async {
        while asked.server.requests().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), received).await.expect("it was never received");
    sent.abort();
    let landed = async {
        while !asked.server.memberships(&group).contains(&person) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), landed).await.expect("it never landed");
}

#[tokio::test]
async fn an_answer_ends_after_so_many_bytes_cleanly_or_with_a_reset() {
    let (text, error) = raw_of("GET /user: cut=10").await;
    assert_eq!((body_of(&text).len(), error), (10, None));
    assert!(text.contains("content-length: ") && !text.contains("content-length: 10\r"));
    let (text, error) = raw_of("GET /user: rst=0").await;
    assert_eq!((body_of(&text), error), ("", Some(std::io::ErrorKind::ConnectionReset)));
    let (text, error) = raw_of("GET /user: reset").await;
    assert_eq!((text.as_str(), error), ("", Some(std::io::ErrorKind::ConnectionReset)));
}

#[tokio::test]
async fn an_answer_trickles_whole_or_after_its_head() {
    let start = Instant::now();
    let (text, _) = raw_of("GET /user: drip-body=200/30").await;
    let pieces = u32::try_from(body_of(&text).len().div_ceil(200)).unwrap();
    assert!(pieces > 2 && start.elapsed() >= Duration::from_millis(30) * (pieces - 1));
    assert!(serde_json::from_str::<Value>(body_of(&text)).is_ok());
    let (text, _) = raw_of("GET /user: drip=150/5").await;
    assert!(serde_json::from_str::<Value>(body_of(&text)).is_ok());
}

#[tokio::test]
async fn framing_can_be_wrong_in_every_way_that_is_known() {
    let (text, _) = raw_of("GET /user: length=5,7").await;
    assert!(text.contains("content-length: 5\r\ncontent-length: 7\r\n"));
    let (text, _) = raw_of("GET /user: length=-1").await;
    assert!(text.contains("content-length: -1\r\n"));
    let (text, _) = raw_of("GET /user: chunk=bad").await;
    assert!(text.contains("transfer-encoding: chunked") && body_of(&text).starts_with("zz\r\n"));
    let (text, _) = raw_of("GET /user: chunk=huge").await;
    assert!(body_of(&text).starts_with("fffffffffffffff\r\n"));
    let (text, _) = raw_of("GET /user: chunk=open").await;
    assert!(!text.ends_with("0\r\n\r\n") && text.ends_with("\r\n"));
    let (text, _) = raw_of("GET /user: gzip=corrupt").await;
    assert!(text.contains("content-encoding: gzip"));
    let (text, error) = raw_of("GET /user: drop").await;
    assert!(!text.contains("connection: close") && error.is_none());
    assert!(serde_json::from_str::<Value>(body_of(&text)).is_ok());
}

#[tokio::test]
async fn a_small_answer_can_unpack_to_a_large_one() {
    let asked = troubled(&["GET /user: bomb=3000000"]).await;
    let (bytes, _) = {
        let base = asked;
        tokio::task::spawn_blocking(move || raw(&base, "/user")).await.unwrap()
    };
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    assert!(bytes.len() - at < 10_000);
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&bytes[at..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked.len(), 3_000_000);
}

#[tokio::test]
async fn an_answer_can_be_a_page_a_redirect_or_any_text() {
    let asked = troubled(&[
        "GET /user 1: html",
        "GET /user 2: 307 location=http://127.0.0.1:1/elsewhere",
        "GET /user 3: 'body={\"success\":true,\"result\":{\"id\":\"\\ud800\"}}'",
        "GET /user 4: 403 html header=cf-mitigated:challenge header=cf-ray:",
    ])
    .await;
    let page = asked.get("/user").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=UTF-8"));
    let moved = asked.get("/user").await;
    assert_eq!(
        (moved.status, moved.header("location"), moved.text.as_str()),
        (307, "http://127.0.0.1:1/elsewhere", "")
    );
    let odd = asked.get("/user").await;
    assert_eq!(
        (odd.status, odd.header("content-type"), odd.text.contains("\\ud800")),
        (200, "application/json", true)
    );
    let challenge = asked.get("/user").await;
    assert_eq!((challenge.status, challenge.header("cf-mitigated")), (403, "challenge"));
}

#[tokio::test]
async fn places_in_an_answer_can_be_set_dropped_and_swapped() {
    let asked = troubled(&[
        "GET /accounts/*/members 1: set=/result/0/status=\"suspended\" set=/result_info/total_count=\"12\" drop=/result/1/id",
        "GET /accounts/*/members 2: 'swap=\"success\":true=>\"success\": false'",
        "GET /accounts/*/members 3: drop=/result/0 set=/result/-=7",
    ])
    .await;
    let path = asked.at("/members?per_page=5");
    let told = asked.get(&path).await;
    assert_eq!(told.result()[0]["status"], "suspended");
    assert_eq!(told.body["result_info"]["total_count"], "12");
    assert_eq!(told.result()[1].get("id"), None);
    assert_eq!(asked.get(&path).await.body["success"], false);
    let told = asked.get(&path).await;
    assert_eq!((told.rows().len(), &told.result()[4]), (5, &json!(7)));
}

#[tokio::test]
async fn a_list_can_be_page_one_for_ever() {
    let asked = troubled(&["GET /accounts/*/members: page1"]).await;
    let first = asked.get(&asked.at("/members?per_page=5&page=1")).await;
    let ninth = asked.get(&asked.at("/members?per_page=5&page=9")).await;
    assert_eq!(first.ids(), ninth.ids());
}

#[tokio::test]
async fn rows_can_shift_between_two_pages() {
    for (path, rule) in [
        ("/members?order=user.email", "GET /accounts/*/members?page=2: shift="),
        ("/iam/user_groups?x=y", "GET /accounts/*/iam/user_groups?page=2: shift="),
        ("", "GET /accounts/*/iam/user_groups/*/members?page=2: shift="),
    ] {
        for (kind, repeats) in [("insert", true), ("delete", false)] {
            let asked = troubled(&[&format!("{rule}{kind}")]).await;
            let below = if path.is_empty() {
                format!("/iam/user_groups/{}/members?x=y", asked.group("platform-read"))
            } else {
                path.to_owned()
            };
            let page = |n: u32| asked.at(&format!("{below}&per_page=5&page={n}"));
            let first = asked.get(&page(1)).await.good();
            let second = asked.get(&page(2)).await.good();
            let repeated = second.ids().iter().any(|id| first.ids().contains(id));
            assert_eq!(repeated, repeats, "{below} {kind}");
            let (before, after) = (
                &first.body["result_info"]["total_count"],
                &second.body["result_info"]["total_count"],
            );
            assert_ne!(before, after);
        }
    }
}

#[tokio::test]
async fn a_batch_can_be_taken_in_part() {
    let asked = troubled(&["POST **: part=1"]).await;
    let group = asked.group("prod-dns");
    let people = asked.outsiders(&group);
    let path = asked.at(&format!("/iam/user_groups/{group}/members"));
    asked.post(&path, json!([{"id": people[0]}, {"id": people[1]}])).await.good();
    let inside = asked.server.memberships(&group);
    assert!(inside.contains(&people[0]) && !inside.contains(&people[1]));
}

#[tokio::test]
async fn trouble_can_begin_and_end_while_the_server_runs() {
    let asked = start().await;
    asked.get("/user").await.good();
    asked.server.add_fault("GET /user: 500".parse().unwrap());
    assert_eq!(asked.get("/user").await.status, 500);
    asked.server.clear_faults();
    asked.get("/user").await.good();
}

#[tokio::test]
async fn the_observer_hears_of_a_write_before_it_is_carried_out_and_of_no_read() {
    let (ears, heard) = mpsc::channel();
    let observer: emulator::Observer = Arc::new(move |write: &emulator::WriteReceived| {
        ears.send((write.method.clone(), write.path.clone(), write.body.to_vec())).unwrap();
    });
    let mut options = options();
    options.faults = vec!["DELETE **: reset".parse().unwrap()];
    let server = emulator::start(options, Some(observer)).await.unwrap();
    let Some(Secret::Token(token)) = server.secret("writer") else { panic!("a token") };
    let group = server.group_id("prod-dns").unwrap();
    let url =
        format!("{}/accounts/{}/iam/user_groups/{group}", server.base_url(), server.account_id());
    let http = crate::support::http();
    http.get(&url).bearer_auth(token).send().await.unwrap();
    assert!(http.delete(&url).bearer_auth(token).send().await.is_err());
    http.put(&url).bearer_auth(token).json(&json!({"name": "x"})).send().await.unwrap();
    let heard: Vec<(String, String, Vec<u8>)> = heard.try_iter().collect();
    let told: Vec<(&str, &[u8])> =
        heard.iter().map(|(method, _, body)| (&**method, &**body)).collect();
    assert_eq!(told, [("DELETE", b"".as_slice()), ("PUT", b"{\"name\":\"x\"}")]);
    assert!(heard.iter().all(|(_, path, _)| path.ends_with(&group)));
}

#[tokio::test]
async fn the_log_holds_every_request_with_its_answer_and_no_secret() {
    let asked = start().await;
    asked.get(&asked.at("/members?per_page=5")).await.good();
    asked.get("/accounts/xyz").await;
    let rows = asked.server.requests();
    assert_eq!(rows[0].path, asked.at("/members"));
    assert_eq!(
        (&*rows[0].query, rows[0].status, rows[0].credential),
        ("per_page=5", Some(200), Some("writer"))
    );
    assert_eq!((rows[1].status, rows[1].writes()), (Some(404), false));
    let Some(Secret::Token(token)) = asked.server.secret("writer") else { panic!("a token") };
    assert!(!format!("{rows:?} {:?}", asked.server.credentials()).contains(token));
}

#[tokio::test]
async fn a_server_that_stopped_takes_no_more_connections() {
    let mut asked = start().await;
    asked.get("/user").await.good();
    let url = asked.server.base_url();
    let host =
        url.strip_prefix("http://").and_then(|rest| rest.split('/').next()).unwrap().to_owned();
    asked.server.stop();
    let closed = async {
        while TcpStream::connect(&host).is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), closed).await.expect("it still listens");
}
