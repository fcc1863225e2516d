//! Lists whose pages shift, repeat, lie about their length, or hold things that can't be read.

use std::ops::Range;

use cfiam::api::List;
use cfiam::domain::{FaultKind, Gap, MemberStatus};

use crate::server::{Server, Steps, ok, page};
use crate::support::{
    a_member, account, client, group_members, groups, id, member, members, organization,
    some_members, walk,
};

/// A page of members, in a list that says that it holds `total`.
fn counted(members: Range<u64>, total: u64) -> Steps {
    page(&some_members(members), &format!(r#"{{"per_page":50,"total_count":{total}}}"#))
}

#[tokio::test]
async fn a21_a_member_without_an_id_is_set_aside_and_the_list_is_not_complete() {
    let list = format!(r#"[{},{{"email":"nobody@example.com"}},{}]"#, a_member(1), a_member(2));
    let server = Server::start(move |_, _| page(&list, r#"{"per_page":50,"total_count":3}"#)).await;
    let walked = members(&client(&server)).await;
    assert_eq!(walked.members().len(), 2);
    assert_eq!((walked.gaps, walked.walks), (vec![Gap::SetAside(1)], 1), "once more won't help");
}

#[tokio::test]
async fn a22_one_item_of_wrong_types_never_loses_its_page() {
    let odd = [
        // Set aside: nobody could be meant by it.
        r#"{"id":5}"#,
        r#"{"id":null}"#,
        r#"{"id":["a"]}"#,
        r#"{"id":"../../tokens"}"#,
        r#"{"id":""}"#,
        "7",
        r#""text""#,
        "null",
        "[]",
    ];
    let kept = [
        format!(r#"{{"id":"{}","email":7,"status":[],"user":"x","policies":null}}"#, id(11)),
        format!(
            r#"{{"id":"{}","user":{{"id":9,"first_name":{{}},"email":"u@x.example"}}}}"#,
            id(12)
        ),
    ];
    let halves = [
        format!(r#"{{"id":"{}","roles":{{"a":1}}}}"#, id(13)),
        format!(r#"{{"id":"{}","policies":"all"}}"#, id(14)),
        format!(r#"{{"id":"{}","policies":[{{"permission_groups":7}}]}}"#, id(15)),
    ];
    let items: Vec<&str> =
        odd.into_iter().chain(kept.iter().chain(&halves).map(String::as_str)).collect();
    let info = format!(r#"{{"per_page":"50","total_count":"{}","page":{{}}}}"#, items.len());
    let list = format!("[{},{}]", items.join(","), a_member(1));
    let server = Server::start(move |_, _| page(&list, &info)).await;
    let walked = members(&client(&server)).await;
    let emails: Vec<&str> = walked.members().iter().map(|member| &*member.email).collect();
    assert_eq!(emails, ["", "u@x.example", "", "", "", "m0001@example.com"]);
    assert_eq!(walked.members()[0].status, MemberStatus::Unknown);
    let aside = u32::try_from(odd.len() + halves.len()).unwrap();
    assert!(walked.gaps.contains(&Gap::SetAside(aside)), "{:?}", walked.gaps);
}

#[tokio::test]
async fn a24_members_that_come_twice_have_the_list_walked_again_and_then_called_shifted() {
    let server = Server::start(|asked, _| match asked.page() {
        1 => counted(0..50, 60),
        _ => counted(49..59, 60),
    })
    .await;
    let walked = members(&client(&server)).await;
    assert_eq!((walked.walks, walked.gaps), (2, vec![Gap::Shifted]));
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn a25_a_list_that_shifts_while_it_is_read_is_read_again_in_a_stable_order() {
    let server = Server::start(|asked, n| match (n, asked.page()) {
        (0, _) => counted(0..50, 61),
        // The first of page 1 has gone: all others have moved up by one, and one is missed.
        (1, _) => counted(51..61, 60),
        (_, 1) => counted(1..51, 60),
        _ => counted(51..61, 60),
    })
    .await;
    let walked = members(&client(&server)).await;
    assert!(walked.is_complete() && walked.walks == 2, "{walked:?}");
    assert_eq!(walked.members().len(), 60);
    for asked in server.seen() {
        assert_eq!(
            (asked.query("order"), asked.query("direction")),
            (Some("user.email"), Some("asc"))
        );
    }
}

#[tokio::test]
async fn a26_a_wrong_count_ends_no_list_early_and_none_late_and_is_noticed() {
    // What the pages of a list of 60 say about its length, and whether that can be right.
    let table = [
        (["60", "60"], true),
        (["\"60\"", "60"], true),
        (["null", "null"], true),
        (["-60", "[]"], true),
        (["59", "59"], false),
        (["1", "1"], false),
        (["0", "0"], false),
        (["61", "61"], false),
        (["1000000000000", "1000000000000"], false),
        (["18446744073709551615", "18446744073709551615"], false),
        (["60", "61"], false),
    ];
    for (counts, right) in table {
        let server = Server::start(move |asked, _| {
            let page_number = asked.page();
            let info = |count: &str| format!(r#"{{"per_page":50,"total_count":{count}}}"#);
            match page_number {
                1 => page(&some_members(0..50), &info(counts[0])),
                2 => page(&some_members(50..60), &info(counts[1])),
                _ => page("null", &info(counts[1])),
            }
        })
        .await;
        let walked = members(&client(&server)).await;
        assert_eq!(walked.members().len(), 60, "{counts:?}");
        assert_eq!(walked.is_complete(), right, "{counts:?}: {:?}", walked.gaps);
        let most = if right { 2 } else { 24 };
        assert!(server.count() <= most, "{counts:?}: {} requests", server.count());
    }
}

#[tokio::test]
async fn a27_a_service_that_sends_page_1_for_ever_is_asked_three_times_at_most() {
    for info in [r#"{"total_count":100000,"per_page":50}"#, r#"{"total_pages":2000}"#, "{}", "null"]
    {
        let server = Server::start(move |_, _| page(&some_members(0..50), info)).await;
        let walked = members(&client(&server)).await;
        assert_eq!(walked.gaps, [Gap::NoProgress], "{info}");
        assert_eq!(walked.members().len(), 50, "{info}");
        assert!(server.count() <= 3, "{info}: {} requests", server.count());
    }
}

#[tokio::test]
async fn a28_smaller_pages_than_asked_for_leave_no_gap() {
    let server = Server::start(|asked, _| {
        let from = (asked.page() - 1) * 20;
        let info = r#"{"per_page":20,"total_count":45}"#;
        page(&some_members(from..(from + 20).min(45)), info)
    })
    .await;
    let walked = members(&client(&server)).await;
    assert!(walked.is_complete(), "{walked:?}");
    assert_eq!((walked.members().len(), server.count()), (45, 3));
    assert!(server.seen().iter().all(|asked| asked.query("per_page") == Some("50")));
}

#[tokio::test]
async fn a29_a_last_page_that_is_full_is_followed_by_an_empty_one_of_either_kind() {
    for empty in ["[]", "null"] {
        let server = Server::start(move |asked, _| match asked.page() {
            1 => ok(&some_members(0..50)),
            _ => ok(empty),
        })
        .await;
        let walked = members(&client(&server)).await;
        assert!(walked.is_complete(), "{empty}: {walked:?}");
        assert_eq!((walked.members().len(), server.count()), (50, 2), "{empty}");
    }
}

/// A success whose list is followed by so much that nobody asked for.
fn padded(list: &str, bytes: usize) -> Steps {
    crate::server::json(
        200,
        &format!(r#"{{"success":true,"result":{list},"padding":"{}"}}"#, "x".repeat(bytes)),
    )
}

#[tokio::test]
async fn a31_a_page_of_ten_megabytes_is_taken_and_one_beyond_the_cap_is_said() {
    let server = Server::start(|_, _| padded(&some_members(0..40), 10 << 20)).await;
    let walked = members(&client(&server)).await;
    assert!(walked.is_complete(), "{:?}", walked.failed);
    assert_eq!(walked.members().len(), 40);

    let server = Server::start(|_, _| padded(&some_members(0..40), 16 << 20)).await;
    let walked = members(&client(&server)).await;
    let fault = walked.failed.unwrap();
    assert_eq!(fault.kind, FaultKind::Unreadable);
    assert!(fault.what.contains("longer than 16 MiB"), "{fault}");
    assert!(walked.pages.is_empty());
}

fn deep(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

#[tokio::test]
async fn a33_json_of_any_depth_costs_at_most_the_item_that_it_is_in() {
    let deep = deep(10_000);
    let items = [
        format!(r#"{{"id":"{}","extra":{deep}}}"#, id(1)),
        format!(r#"{{"id":"{}","policies":{deep}}}"#, id(2)),
        format!(r#"{{"id":"{}","user":{{"email":{deep}}}}}"#, id(3)),
        deep.clone(),
        a_member(4),
    ];
    let list = format!("[{}]", items.join(","));
    let server = Server::start(move |_, _| ok(&list)).await;
    let walked = members(&client(&server)).await;
    assert_eq!(walked.members().last().unwrap().id, member(4));
    assert_eq!(walked.members().len(), 4, "the fourth is no member at all");

    let list = format!(
        r#"[{{"id":"deep","status":"active","meta":{deep}}},{{"id":"flat","status":"active","meta":{{}}}}]"#
    );
    let server = Server::start(move |_, _| ok(&list)).await;
    let walked = walk(&client(&server), &List::organization_members(organization())).await;
    assert_eq!(walked.gaps, [Gap::SetAside(1)]);

    let errors = "[{\"error_chain\":".repeat(10_000) + "null" + &"}]".repeat(10_000);
    let body = format!(r#"{{"success":false,"errors":{errors}}}"#);
    let server = Server::start(move |_, _| crate::server::json(400, &body)).await;
    assert_eq!(members(&client(&server)).await.failed.unwrap().kind, FaultKind::Refused);
}

#[tokio::test]
async fn a33_an_item_that_tells_a_key_twice_is_set_aside_and_an_answer_that_does_is_not_believed() {
    let twice = [
        format!(r#"{{"id":"{}","id":"{}"}}"#, id(7), id(8)),
        format!(r#"{{"id":"{}","status":"accepted","status":"pending"}}"#, id(9)),
        format!(r#"{{"id":"{}","user":{{"email":"a@x.example","email":"b@x.example"}}}}"#, id(10)),
    ];
    let list = format!("[{},{}]", twice.join(","), a_member(1));
    let server = Server::start(move |_, _| ok(&list)).await;
    let walked = members(&client(&server)).await;
    assert_eq!(walked.gaps, [Gap::SetAside(3)]);
    assert_eq!(walked.members().len(), 1);

    let body = r#"{"success":true,"result":[],"success":false}"#;
    let server = Server::start(|_, _| crate::server::json(200, body)).await;
    assert_eq!(members(&client(&server)).await.failed.unwrap().kind, FaultKind::Unreadable);
}

#[tokio::test]
async fn a17_null_is_an_empty_list_only_where_nothing_else_is_counted() {
    for info in ["{}", r#"{"total_count":0}"#, r#"{"per_page":50,"total_count":0,"total_pages":0}"#]
    {
        let server = Server::start(move |_, _| page("null", info)).await;
        let walked = members(&client(&server)).await;
        assert!(walked.is_complete() && walked.members().is_empty(), "{info}: {walked:?}");
    }
    // Of 60 none came, or of the second page none: that is not called the whole list.
    let nothing = Server::start(|_, _| page("null", r#"{"per_page":50,"total_count":60}"#)).await;
    let half = Server::start(|asked, _| match asked.page() {
        1 => counted(0..50, 60),
        _ => page("null", r#"{"per_page":50,"total_count":60}"#),
    })
    .await;
    for (server, rows) in [(nothing, 0), (half, 50)] {
        let walked = members(&client(&server)).await;
        assert_eq!((walked.members().len(), walked.gaps), (rows, vec![Gap::Shifted]));
    }
}

#[tokio::test]
async fn an_answer_without_a_result_is_no_empty_list() {
    for body in [r#"{"success":true}"#, r#"{"success":true,"result":{}}"#, "{}"] {
        let server = Server::start(move |_, _| crate::server::json(200, body)).await;
        let client = client(&server);
        for walked in [members(&client).await, groups(&client).await, group_members(&client).await]
        {
            assert_eq!(walked.failed.unwrap().kind, FaultKind::Unreadable, "{body}");
        }
        let zones = List::Zones { account: account() };
        assert!(walk(&client, &zones).await.failed.is_some());
    }
}
