//! Answers that come late, come as pages for people, lead elsewhere, or blow up.

use std::io::Write;
use std::time::Duration;

use cfiam::api::{Class, Client, Credential, Settings};
use cfiam::domain::FaultKind;

use crate::server::{RAY, Server, Step, Steps, bytes, headed, html, json, ok};
use crate::support::{
    TOKEN, a_member, client, client_with, member, members, read, some_members, turn, watched,
    within, write,
};

const MOMENT: Duration = Duration::from_millis(20);

/// A client that waits this long for whole answers, and as long as ever for anything else.
fn with_total(server: &Server, total: Duration) -> Client {
    client_with(server, |settings| {
        settings.timings.read_total = total;
        settings.timings.write_total = total;
    })
}

fn good() -> Vec<u8> {
    let body = format!(r#"{{"success":true,"errors":[],"result":{}}}"#, a_member(1));
    bytes(200, "content-type: application/json\r\n", body.as_bytes())
}

#[tokio::test]
async fn n6_headers_that_never_come_end_at_the_total_deadline() {
    let server = Server::start(|_, _| vec![Step::Hang]).await;
    let (client, lines) = watched(&server.base_url(), |settings| {
        settings.timings.read_total = 15 * MOMENT;
        settings.timings.write_total = 15 * MOMENT;
    });
    let fault = read(&client).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unanswered);
    assert!(fault.what.contains("no whole answer in 300 ms"), "{fault}");
    assert_eq!(lines.all().len(), 5, "a read is tried again");
    let written = write(&client).await;
    assert_eq!((written.class, lines.all().len()), (Class::Unknown, 6), "a write is not");
}

#[tokio::test]
async fn n7_headers_that_drip_end_at_the_total_deadline_too() {
    let server = Server::start(|_, _| vec![Step::Drip(good(), MOMENT)]).await;
    let client = with_total(&server, 15 * MOMENT);
    let fault = read(&client).await.unwrap_err();
    assert!(fault.what.contains("no whole answer in 300 ms"), "{fault}");
    assert_eq!(write(&client).await.class, Class::Unknown);
}

#[tokio::test]
async fn n8_a_body_that_stands_still_ends_by_itself_and_one_that_drips_at_the_total_deadline() {
    let head = good().len() - 20;
    let still = move |_: &_, _| vec![Step::Send(good()[..head].to_vec()), Step::Hang];
    let server = Server::start(still).await;
    let client = client_with(&server, |settings| settings.timings.idle = 10 * MOMENT);
    let fault = read(&client).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unanswered);
    assert!(fault.what.contains("the answer stood still for 200 ms"), "{fault}");

    let drips = |_: &_, _| {
        let good = good();
        let (head, body) = good.split_at(good.len() - 90);
        vec![Step::Send(head.to_vec()), Step::Drip(body.to_vec(), MOMENT)]
    };
    let server = Server::start(drips).await;
    let fault = read(&with_total(&server, 15 * MOMENT)).await.unwrap_err();
    assert!(fault.what.contains("no whole answer in 300 ms"), "{fault}");
}

#[tokio::test]
async fn n14_json_that_ends_too_soon_is_asked_for_once_more_and_then_said_with_its_place() {
    let cut = |_: &_, _| json(200, r#"{"success":true,"result":{"id":"#);
    let server = Server::start(cut).await;
    let fault = read(&client(&server)).await.unwrap_err();
    assert_eq!((fault.kind.clone(), server.count()), (FaultKind::Unreadable, 2));
    assert!(fault.what.contains("broken at byte 31"), "{fault}");
    assert_eq!(fault.ray.as_deref(), Some(RAY));
    let written = write(&client(&server)).await;
    assert_eq!((written.class, server.count()), (Class::Unknown, 3));
}

#[tokio::test]
async fn n15_a_login_page_in_place_of_an_answer_is_called_one_and_never_shown() {
    let as_json = b"  <html>SECRET-OF-THE-PAGE</html>";
    let as_json = bytes(200, "content-type: application/json\r\n", as_json);
    for page in [html(200), vec![Step::Send(as_json)]] {
        let server = Server::start(move |_, _| page.clone()).await;
        let fault = read(&client(&server)).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unreadable);
        assert!(fault.what.contains("a login page answered instead of Cloudflare"), "{fault}");
        assert!(fault.remedy.contains("log in to the network"), "{fault}");
        assert!(!fault.to_string().contains("SECRET"), "{fault}");
        assert_eq!(server.count(), 1, "the same page would come again");
        let written = write(&client(&server)).await;
        assert_eq!((written.class, server.count()), (Class::Unknown, 2));
    }
}

#[tokio::test]
async fn n16_pages_of_the_edge_are_told_by_status_and_ray_and_never_shown() {
    for status in [502, 520, 521, 522, 523, 524, 525, 526, 527, 530] {
        let server = Server::start(move |_, _| html(status)).await;
        let fault = read(&client(&server)).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Server);
        assert!(fault.what.contains(&format!("status {status}")), "{fault}");
        assert_eq!((fault.status, fault.ray.as_deref()), (Some(status), Some(RAY)));
        let shown = fault.to_string();
        assert!(
            shown.contains(RAY) && !shown.contains("SECRET") && !shown.contains('<'),
            "{shown}"
        );
        assert_eq!(server.count(), 5, "a read is tried again");
        let written = write(&client(&server)).await;
        assert_eq!((written.class, server.count()), (Class::Unknown, 6), "a write is not");
        assert_eq!(written.ray.as_deref(), Some(RAY));
    }
}

#[tokio::test]
async fn n10_a_reset_after_a_write_was_taken_leaves_open_what_it_did_and_nothing_is_sent_again() {
    let server = Server::start(|_, _| vec![Step::Reset]).await;
    let client = client(&server);
    let written = write(&client).await;
    assert_eq!(written.class, Class::Unknown);
    assert_eq!(written.fault.unwrap().kind, FaultKind::Unanswered);
    let removed = within(turn(&client).await.remove_member(
        &crate::support::account(),
        &crate::support::group(),
        &member(1),
    ))
    .await;
    assert_eq!((removed.class, server.count()), (Class::Unknown, 2));
}

fn moved(status: u16, to: &str) -> Steps {
    vec![Step::Send(headed(status, &format!("location: {to}\r\ncontent-length: 0\r\n"), b""))]
}

#[tokio::test]
async fn n19_no_redirect_is_followed_and_only_its_host_is_named() {
    let elsewhere = Server::start(|_, _| ok(&a_member(1))).await;
    for status in [300, 301, 302, 303, 305, 307, 308] {
        let to = format!("http://{}/stolen?key=x", elsewhere.address);
        let server = Server::start(move |_, _| moved(status, &to)).await;
        let fault = read(&client(&server)).await.unwrap_err();
        assert_eq!((fault.kind.clone(), server.count()), (FaultKind::Unreadable, 1));
        assert!(fault.what.ends_with("unexpected redirect to 127.0.0.1"), "{fault}");
        assert!(!fault.to_string().contains("stolen"), "{fault}");
        let written = write(&client(&server)).await;
        assert_eq!((written.class, server.count()), (Class::Unknown, 2), "{status}");
    }
    assert_eq!(elsewhere.count(), 0);
}

#[tokio::test]
async fn k8_no_credential_reaches_another_host_by_a_redirect() {
    let thief = Server::start(|_, _| ok(&a_member(1))).await;
    let to = format!("{}/accounts/x/members", thief.base_url());
    let server = Server::start(move |_, n| moved([301, 302, 303, 307, 308][n % 5], &to)).await;
    let key = |settings: &mut Settings| {
        settings.credential = Credential::key("sentinel@example.com", "seNtinelkey").unwrap();
    };
    for client in [client(&server), client_with(&server, key)] {
        for _ in 0..5 {
            assert!(read(&client).await.is_err());
            assert!(write(&client).await.fault.is_some());
        }
    }
    assert_eq!((server.count(), thief.count()), (20, 0));
    for asked in server.seen() {
        assert_eq!(asked.header("referer"), None);
        let (token, key) = (asked.header("authorization"), asked.header("x-auth-key"));
        assert!(token.is_some() != key.is_some(), "one scheme at a time: {asked:?}");
        assert!(token.is_none_or(|token| token == format!("Bearer {TOKEN}")));
    }
}

#[tokio::test]
async fn n22_a_body_that_unpacks_without_end_is_given_up_at_the_cap() {
    // Each piece is a whole block of zeros; a stream of them never ends.
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&vec![b' '; 8 << 20]).unwrap();
    packed.flush().unwrap();
    let start = packed.get_ref().clone();
    packed.write_all(&vec![b' '; 1 << 20]).unwrap();
    packed.flush().unwrap();
    let more = packed.get_ref()[start.len()..].to_vec();
    let head = headed(200, "content-type: application/json\r\ncontent-encoding: gzip\r\n", &start);
    let server =
        Server::start(move |_, _| vec![Step::Send(head.clone()), Step::Endless(more.clone())])
            .await;
    let fault = read(&client(&server)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreadable);
    assert!(fault.what.contains("longer than 16 MiB"), "{fault}");
    assert_eq!(write(&client(&server)).await.class, Class::Unknown);
}

#[tokio::test]
async fn n22_a_body_that_does_not_unpack_is_a_broken_answer() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(some_members(1..=50).as_bytes()).unwrap();
    let mut packed = packed.finish().unwrap();
    for byte in &mut packed[12..40] {
        *byte = !*byte;
    }
    let headers = "content-type: application/json\r\ncontent-encoding: gzip\r\n";
    let server = Server::start(move |_, _| vec![Step::Send(bytes(200, headers, &packed))]).await;
    let client = client(&server);
    let walked = members(&client).await;
    assert!(walked.pages.is_empty());
    assert_eq!(walked.failed.unwrap().kind, FaultKind::Unanswered);
    assert_eq!(write(&client).await.class, Class::Unknown);
}

#[tokio::test]
async fn an_answer_that_is_packed_is_unpacked() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let body = format!(r#"{{"success":true,"result":{}}}"#, some_members(1..=50));
    packed.write_all(body.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let headers = "content-type: application/json\r\ncontent-encoding: gzip\r\n";
    let server = Server::start(move |asked, _| match asked.header("accept-encoding") {
        Some(wanted) if wanted.contains("gzip") && asked.target.contains("page=1&") => {
            vec![Step::Send(bytes(200, headers, &packed))]
        }
        _ => ok("null"),
    })
    .await;
    let walked = members(&client(&server)).await;
    assert!(walked.is_complete());
    assert_eq!(walked.members().len(), 50);
}
