//! The request budget.

use std::time::Duration;

use cfiam::emulator::Options;

use crate::support::{options, start_with};

#[tokio::test]
async fn every_answer_tells_what_is_left_refusals_too() {
    let asked = start_with(Options { budget: 100, ..options() }).await;
    let good = asked.get("/accounts").await.good();
    assert!(good.header("ratelimit").starts_with("\"default\";r=99;t="), "{:?}", good.headers);
    assert_eq!(good.header("ratelimit-policy"), "\"default\";q=100;w=300");
    let refused = asked.get("/accounts/xyz").await;
    assert!(refused.header("ratelimit").starts_with("\"default\";r=98;t="));
    let page = asked.delete("/accounts//x").await;
    assert!(page.header("ratelimit").starts_with("\"default\";r=97;t="));
}

#[tokio::test]
async fn over_the_budget_every_call_of_the_person_is_refused_for_five_minutes() {
    let mut asked = start_with(Options { budget: 3, ..options() }).await;
    for _ in 0..3 {
        asked.get("/accounts").await.good();
    }
    let over = asked.get("/accounts").await;
    assert_eq!(over.refusal(), (429, 971));
    let wait: u64 = over.header("retry-after").parse().unwrap();
    assert!((299..=300).contains(&wait));
    for other in ["reader", "key"] {
        assert_eq!(
            asked.become_(other).get("/accounts").await.refusal(),
            (429, 971),
            "{other} is the same person"
        );
    }
    asked.become_("account").get("/accounts").await.good();
    asked.server.advance(Duration::from_secs(200));
    assert_eq!(asked.become_("writer").get("/accounts").await.refusal(), (429, 971));
    asked.server.advance(Duration::from_secs(101));
    asked.get("/accounts").await.good();
}

#[tokio::test]
async fn a_window_that_ended_is_counted_no_more() {
    let asked = start_with(Options { budget: 3, ..options() }).await;
    for _ in 0..3 {
        asked.get("/accounts").await.good();
    }
    asked.server.advance(Duration::from_secs(301));
    assert!(
        asked.get("/accounts").await.good().header("ratelimit").starts_with("\"default\";r=2;")
    );
}

#[tokio::test]
async fn the_block_lasts_its_five_minutes_though_the_window_ends_sooner() {
    let asked = start_with(Options { budget: 3, ..options() }).await;
    asked.get("/accounts").await.good();
    asked.server.advance(Duration::from_secs(290));
    for _ in 0..2 {
        asked.get("/accounts").await.good();
    }
    assert_eq!(asked.get("/accounts").await.refusal(), (429, 971));
    asked.server.advance(Duration::from_mins(1));
    assert_eq!(asked.get("/accounts").await.refusal(), (429, 971));
    asked.server.advance(Duration::from_secs(241));
    asked.get("/accounts").await.good();
}
