//! Answers whose bytes end in the wrong place.

use cfiam::api::Class;
use cfiam::domain::{FaultKind, Urgency};

use crate::server::{RAY, Server, Step, Steps, bytes, headed};
use crate::support::{
    a_member, account, client, group, member, members, read, some_members, within, write,
};

fn envelope(result: &str) -> String {
    format!(r#"{{"success":true,"errors":[],"result":{result}}}"#)
}

const JSON: &str = "content-type: application/json\r\n";

/// Every offset of an answer: the connection ends there, and the answer to the second try is whole.
async fn ends_at_every_offset(how: &'static str) {
    let whole = bytes(200, JSON, envelope(&some_members([1, 2])).as_bytes());
    let length = whole.len();
    assert!(length > 200);
    let server = Server::start(move |_, n| {
        let mut steps = vec![Step::Send(whole[..if n % 2 == 0 { n / 2 } else { length }].to_vec())];
        if n % 2 == 0 && how == "reset" {
            steps.push(Step::Reset);
        }
        steps
    })
    .await;
    for offset in 0..length {
        let walked = members(&client(&server)).await;
        assert!(walked.is_complete(), "{how} at {offset}: {walked:?}");
        assert_eq!(walked.pages.len(), 1, "no part of a page comes in");
        assert_eq!(walked.members().len(), 2, "{how} at {offset}");
        assert_eq!(server.count(), 2 * (offset + 1), "{how} at {offset}");
    }
}

#[tokio::test]
async fn n9_a_reset_at_any_byte_of_a_page_has_the_page_read_again_from_its_start() {
    ends_at_every_offset("reset").await;
}

#[tokio::test]
async fn n11_a_page_that_ends_before_its_length_at_any_byte_is_read_again_from_its_start() {
    ends_at_every_offset("end").await;
}

#[tokio::test]
async fn n11_a_write_whose_answer_ends_before_its_length_leaves_open_what_it_did() {
    let whole = bytes(200, JSON, envelope("null").as_bytes());
    for offset in [0, 1, 20, whole.len() - 1] {
        let cut = whole[..offset].to_vec();
        let server = Server::start(move |_, _| vec![Step::Send(cut.clone())]).await;
        let written = write(&client(&server)).await;
        assert_eq!((written.class, server.count()), (Class::Unknown, 1), "{offset}");
        assert_eq!(written.status, None, "no whole answer came");
        // What did come of it finds the call in Cloudflare's logs.
        let begun = offset == whole.len() - 1;
        assert_eq!(written.ray.as_deref(), begun.then_some(RAY), "{offset}");
    }
}

/// How a read and a write end whose answer has these headers in place of a length.
async fn framed(headers: &str, body: &[u8]) -> (Result<bool, FaultKind>, Class) {
    let steps: Steps = vec![Step::Send(headed(200, &format!("{JSON}{headers}"), body))];
    let server = Server::start(move |_, _| steps.clone()).await;
    let read = read(&client(&server)).await.map(|member| member.is_some()).map_err(|f| f.kind);
    let before = server.count();
    let written = write(&client(&server)).await;
    assert_eq!(server.count(), before + 1, "a write goes once: {headers:?}");
    (read, written.class)
}

#[tokio::test]
async fn n12_no_wrong_length_makes_a_read_hang_or_an_answer_out_of_what_is_none() {
    use FaultKind::{Unanswered, Unreadable};
    let body = envelope(&a_member(1));
    let (short, long) = (body.len() - 5, body.len() + 5);
    let table = [
        (format!("content-length: {short}\r\n"), Unreadable),
        (format!("content-length: {long}\r\n"), Unanswered),
        ("content-length: -1\r\n".to_owned(), Unanswered),
        (format!("content-length: {short}\r\ncontent-length: {long}\r\n"), Unanswered),
        ("content-length: 9223372036854775809\r\n".to_owned(), Unanswered),
        ("content-length: 99999999999999999999999\r\n".to_owned(), Unanswered),
        ("content-length: many\r\n".to_owned(), Unanswered),
        ("content-length: 0x40\r\n".to_owned(), Unanswered),
        ("content-length: 0\r\n".to_owned(), Unreadable),
    ];
    for (headers, expected) in table {
        let (read, class) = framed(&headers, body.as_bytes()).await;
        assert_eq!((read, class), (Err(expected), Class::Unknown), "{headers:?}");
    }
}

#[tokio::test]
async fn n13_garbage_in_place_of_chunks_is_a_broken_answer_and_sound_chunks_are_read() {
    let body = envelope(&a_member(1));
    let size = body.len();
    let table = [
        (format!("zz\r\n{body}\r\n0\r\n\r\n"), false),
        (format!("ffffffffffffffffff\r\n{body}\r\n0\r\n\r\n"), false),
        (format!("ffffffffffffff\r\n{body}"), false),
        (format!("{size:x}\r\n{body}\r\n"), false),
        (format!("{size:x}\r\n{body}0\r\n\r\n"), false),
        (format!("-5\r\n{body}\r\n0\r\n\r\n"), false),
        (format!("{size:x}\r\n{body}\r\n0\r\n\r\n"), true),
        (format!("{size:x};note=x\r\n{body}\r\n0\r\nx-trailer: 1\r\n\r\n"), true),
    ];
    for (chunks, sound) in table {
        let (read, class) = framed("transfer-encoding: chunked\r\n", chunks.as_bytes()).await;
        let expected = if sound {
            (Ok(true), Class::Applied)
        } else {
            (Err(FaultKind::Unanswered), Class::Unknown)
        };
        assert_eq!((read, class), expected, "{chunks:?}");
    }
}

/// An answer after which the connection stays.
fn kept_open(result: &str) -> Vec<u8> {
    let body = envelope(result);
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\n{JSON}content-length: {length}\r\n\r\n{body}").into_bytes()
}

#[tokio::test]
async fn n25_an_answer_about_somebody_else_is_no_answer() {
    let server = Server::start(|_, _| crate::server::ok(&a_member(2))).await;
    let client = client(&server);
    assert_eq!(read(&client).await.unwrap_err().kind, FaultKind::Unreadable);
    let one = within(client.membership(&account(), &group(), &member(1), Urgency::Resolve)).await;
    assert_eq!(one.unwrap_err().kind, FaultKind::Unreadable);
    let two = within(client.membership(&account(), &group(), &member(2), Urgency::Resolve)).await;
    assert!(two.unwrap().is_some(), "who was asked about");
    let other = within(client.group(&account(), &group(), Urgency::Screen)).await;
    assert_eq!(other.unwrap_err().kind, FaultKind::Unreadable);
}

#[tokio::test]
async fn n25_an_answer_that_nobody_has_asked_for_is_not_taken_for_the_next_one() {
    let named = |n: usize| a_member(1).replace("m0001@", &format!("answer-{n}@"));
    let server = Server::start(move |_, n| {
        // The answer, and one more that may be taken for the answer to what is asked next.
        vec![Step::Send([kept_open(&named(n)), kept_open(&named(99))].concat()), Step::Hang]
    })
    .await;
    let client = client(&server);
    for n in 0..5 {
        let member = read(&client).await.unwrap().unwrap();
        assert_eq!(&*member.email, format!("answer-{n}@example.com"));
        assert_eq!(server.count(), n + 1);
    }
}
