//! Requests that no honest client sends: each is refused, nothing is changed by it, and the server goes on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use cfiam::emulator::Secret;
use serde_json::json;

use crate::support::{Asked, start, troubled};

/// All groups, and who is in one of them.
async fn world(asked: &Asked, group: &str) -> (String, Vec<String>, String) {
    let groups = asked.get(&asked.at("/iam/user_groups?per_page=500")).await.good().text;
    let members = asked.get(&asked.at("/members?per_page=50")).await.good().text;
    (groups, asked.server.memberships(group), members)
}

#[tokio::test]
async fn bodies_that_mean_nothing_are_refused_and_change_nothing() {
    let asked = start().await;
    let group = asked.group("prod-dns");
    let member = asked.server.memberships(&group)[0].clone();
    let before = world(&asked, &group).await;
    let one = format!("/iam/user_groups/{group}");
    let deep = "[".repeat(10_000);
    let mixed = json!([{"id": asked.outsiders(&group)[0]}, {"id": "0".repeat(32)}]).to_string();
    let mut tried = Vec::new();
    for body in ["", "{", "null", "5", "\"a\"", &deep, "{\"name\":\"\\ud800\"}", "\u{feff}{}"] {
        for (method, path) in [
            ("POST", "/iam/user_groups"),
            ("PUT", &*one),
            ("POST", &*format!("{one}/members")),
            ("PUT", &*format!("{one}/members")),
            ("POST", "/members"),
            ("PUT", &*format!("/members/{member}")),
            ("POST", "/iam/resource_groups"),
        ] {
            tried.push((method.to_owned(), path.to_owned(), body.to_owned()));
        }
    }
    for (method, path, body) in [
        ("POST", "/iam/user_groups", r#"{"name":" "}"#),
        ("POST", "/iam/user_groups", r#"{"name":["a"]}"#),
        ("POST", "/iam/user_groups", r#"{"name":"a","policies":{}}"#),
        ("POST", "/iam/user_groups", r#"{"name":"a","policies":[null]}"#),
        ("PUT", &*one, r#"{"policies":null}"#),
        ("PUT", &*one, r#"{"policies":[{"access":"allow"}]}"#),
        ("POST", &*format!("{one}/members"), r#"{"members":[]}"#),
        ("POST", &*format!("{one}/members"), r#"[{"id":5}]"#),
        ("POST", &*format!("{one}/members"), r#"[{"id":"../.."}]"#),
        ("POST", &*format!("{one}/members"), &*mixed),
        ("PUT", &*format!("{one}/members"), &*mixed),
        ("POST", "/members", r#"{"email":"a@b.example","policies":[]}"#),
        ("POST", "/members", r#"{"email":"a@b.example","roles":[]}"#),
        (
            "POST",
            "/members",
            r#"{"email":["a@b.example"],"roles":["05784afa30c1afe1440e79d9351c7430"]}"#,
        ),
        ("POST", "/iam/resource_groups", r#"{"name":"a","scope":{"key":"x","objects":[]}}"#),
    ] {
        tried.push((method.to_owned(), path.to_owned(), body.to_owned()));
    }
    for (method, path, body) in tried {
        let request = asked.request(method.parse().unwrap(), &asked.at(&path)).body(body.clone());
        let told = crate::support::told(request.send().await.unwrap()).await.unwrap();
        let shown: String = body.chars().take(60).collect();
        assert_eq!(told.status, 400, "{method} {path} {shown}: {}", told.text);
        assert_eq!(told.body["success"], false, "{method} {path} {shown}");
        assert!(told.message().len() > 5, "{method} {path} {shown}");
    }
    assert_eq!(world(&asked, &group).await, before);
}

#[tokio::test]
async fn odd_paths_queries_and_verbs_are_refused_with_an_envelope() {
    let asked = start().await;
    for (method, path, status) in [
        ("GET", &*asked.at("/members/%2F"), 404),
        ("GET", &*asked.at(&format!("/members/{}", "A".repeat(32))), 404),
        ("GET", &*asked.at("/iam/user_groups/%00"), 404),
        ("GET", &*asked.at("/iam/user_groups/%ff"), 404),
        ("GET", "/", 404),
        ("GET", &*asked.at("/members?page=99999999999999999999999"), 400),
        ("GET", &*asked.at("/members?per_page=%00"), 400),
        ("GET", &*asked.at("/iam/user_groups?page=1.5"), 400),
        (
            "GET",
            &*format!("/organizations/{}/members?page_token=%F0%9F%98%80.1", asked.organization),
            400,
        ),
        ("PATCH", &*asked.at("/members"), 405),
        ("OPTIONS", "/accounts", 405),
        ("FETCH", &*asked.at("/iam/user_groups"), 405),
    ] {
        let told = asked.try_send(method, path, None).await.unwrap();
        assert_eq!(
            (told.status, &told.body["success"]),
            (status, &json!(false)),
            "{method} {path}"
        );
    }
    let far = asked.get(&asked.at("/members?page=18446744073709551615&per_page=50")).await.good();
    assert!(far.rows().is_empty());
}

#[tokio::test]
async fn a_body_beyond_all_measure_is_refused() {
    let asked = start().await;
    let body = "x".repeat(16 * 1024 * 1024 + 1);
    let request = asked.request(reqwest::Method::POST, &asked.at("/iam/user_groups")).body(body);
    let told = crate::support::told(request.send().await.unwrap()).await.unwrap();
    assert_eq!(told.refusal(), (413, 1001));
}

/// What comes back for these bytes until the server closes the connection.
fn raw(base_url: &str, bytes: &[u8]) -> String {
    let host = base_url.split('/').nth(2).unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut told = Vec::new();
    stream.read_to_end(&mut told).unwrap();
    String::from_utf8(told).unwrap()
}

/// The bytes of a GET with a good credential.
fn line(asked: &Asked, path: &str, more: &str) -> String {
    let Some(Secret::Token(token)) = asked.server.secret("writer") else { panic!("no token") };
    format!(
        "GET /client/v4{path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n{more}\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_request_end_their_own_connection_alone() {
    let asked = start().await;
    let url = asked.server.base_url();
    let refused = raw(&url, b"\x16\x03\x01\x02\x00 is a TLS greeting\r\n\r\n");
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
    let two = line(&asked, "/user", "") + &line(&asked, "/accounts", "connection: close\r\n");
    let told = raw(&url, two.as_bytes());
    assert_eq!(
        told.matches("HTTP/1.1 200 OK").count(),
        2,
        "requests sent at once are both answered"
    );
    asked.get("/user").await.good();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_says_204_sends_no_byte_of_a_body() {
    // Closed by the server after its answer, so that everything it sent is seen.
    let asked = troubled(&["GET /user: 204 drop"]).await;
    let told = raw(&asked.server.base_url(), line(&asked, "/user", "").as_bytes());
    assert!(told.starts_with("HTTP/1.1 204 ") && told.ends_with("\r\n\r\n"), "{told}");
}
