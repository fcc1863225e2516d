//! What a refusal means: a bad credential, a missing permission, another account, or a feature that isn't there.

use cfiam::api::Credential;
use cfiam::domain::{Fault, FaultKind, Urgency};

use crate::server::{Asked, Server, Steps, json, ok, refusal};
use crate::support::{
    a_member, account, client, client_with, group_members, groups, id, member, members, read,
    some_members, within, write,
};

/// A service that knows the token, and refuses what `refuse` does.
async fn service(refuse: impl Fn(&Asked) -> Option<Steps> + Send + Sync + 'static) -> Server {
    Server::start(move |asked, _| {
        refuse(asked).unwrap_or_else(|| match asked.path() {
            path if path.ends_with("/tokens/verify") => {
                ok(&format!(r#"{{"id":"{}","status":"active"}}"#, id(0x70)))
            }
            "/accounts" => ok(&format!(r#"[{{"id":"{}","name":"Ours"}}]"#, account())),
            "/user" => ok(&format!(r#"{{"id":"{}","email":"me@example.com"}}"#, id(0x75))),
            "/memberships" => ok("[]"),
            path if path.ends_with("/members") => ok(&some_members([1, 2])),
            _ => ok(&a_member(1)),
        })
    })
    .await
}

#[tokio::test]
async fn a38_a_family_of_addresses_that_is_not_there_is_a_feature_that_is_not_enabled() {
    let ways = [
        json(404, r#"{"success":false,"errors":[{"code":404,"message":"not found"}]}"#),
        json(404, ""),
        json(410, r#"{"success":false,"errors":[]}"#),
        json(403, r#"{"success":false,"errors":[]}"#),
        refusal(403, 1_234, "user groups need another plan"),
    ];
    for way in ways {
        let refused =
            move |asked: &Asked| asked.path().contains("user_groups").then(|| way.clone());
        let server = service(refused).await;
        let client = client(&server);
        let fault = groups(&client).await.failed.unwrap();
        assert_eq!(fault.kind, FaultKind::NotEnabled, "{fault}");
        assert!(fault.what.starts_with("reading the groups: "), "{fault}");
        assert!(fault.remedy.contains("plan"), "{fault}");
        assert!(members(&client).await.is_complete(), "the rest works");
    }
}

#[tokio::test]
async fn a38_an_operation_that_the_service_has_given_up_is_called_so() {
    let server = service(|asked| (asked.method == "POST").then(|| json(410, "{}"))).await;
    let fault = write(&client(&server)).await.fault.unwrap();
    assert_eq!(fault.kind, FaultKind::NotEnabled);
    assert!(fault.what.contains("no longer offers this"), "{fault}");
}

/// What opening an account says where the token's check brings this.
async fn checked(state: &'static str) -> Result<(), Fault> {
    let server =
        service(move |asked| asked.path().ends_with("/tokens/verify").then(|| ok(state))).await;
    within(client(&server).caller(&account())).await.map(|_| ())
}

#[tokio::test]
async fn a39_a_token_that_is_disabled_expired_or_not_valid_yet_is_said_before_any_work() {
    let table = [
        (r#"{"id":"t","status":"disabled"}"#, "the token is disabled"),
        (r#"{"id":"t","status":"expired"}"#, "the token has expired"),
        (r#"{"id":"t","status":"frozen"}"#, "the token is not active"),
    ];
    for (state, words) in table {
        let fault = checked(state).await.unwrap_err();
        assert_eq!((fault.kind.clone(), &*fault.what), (FaultKind::Credential, words));
        assert!(fault.remedy.contains("make a new one"), "{fault}");
    }
    assert_eq!(checked(r#"{"id":"t","status":"active"}"#).await, Ok(()));
}

#[tokio::test]
async fn a39_a_tokens_times_are_held_against_the_servers_clock() {
    let table = [
        (r#""expires_on":"2019-12-31T23:59:59Z""#, Some("the token has expired")),
        (
            r#""not_before":"2020-01-02T00:00:00Z""#,
            Some("the token is not valid before 2020-01-02T00:00:00Z"),
        ),
        (r#""not_before":"2019-01-01T00:00:00Z","expires_on":"2020-01-02T00:00:00Z""#, None),
    ];
    for (times, words) in table {
        let server = service(move |asked| {
            let body =
                format!(r#"{{"success":true,"result":{{"id":"t","status":"active",{times}}}}}"#);
            let headers = "date: Wed, 01 Jan 2020 00:00:00 GMT\r\n";
            let bytes = crate::server::bytes(200, headers, body.as_bytes());
            let steps = vec![crate::server::Step::Send(bytes)];
            asked.path().ends_with("/tokens/verify").then_some(steps)
        })
        .await;
        let said = within(client(&server).caller(&account())).await.map_err(|fault| fault.what);
        assert_eq!(said.err().as_deref(), words);
    }
}

#[tokio::test]
async fn a40_a_token_for_another_account_is_said_so_and_nothing_is_asked_for_ever() {
    let others = format!(r#"[{{"id":"{}","name":"Theirs"}}]"#, id(0xbad));
    let server = service(move |asked| match asked.path() {
        "/accounts" => Some(ok(&others)),
        path if path.starts_with(&format!("/accounts/{}/", account()))
            && !path.ends_with("/tokens/verify") =>
        {
            Some(refusal(403, 10_000, "Authentication error"))
        }
        _ => None,
    })
    .await;
    let client = client(&server);
    for fault in [members(&client).await.failed.unwrap(), read(&client).await.unwrap_err()] {
        let words = format!("the credential does not reach the account {}", account());
        assert!(fault.what.ends_with(&words), "{fault}");
        assert!(matches!(fault.kind, FaultKind::Permission(_)));
        assert!(fault.remedy.contains("choose one of the accounts"), "{fault}");
        assert_eq!(fault.codes().collect::<Vec<_>>(), [10_000]);
    }
    assert_eq!(server.count(), 4, "two refusals, and one look at the credential for both");
}

#[tokio::test]
async fn code_10000_is_a_bad_token_where_the_token_is_bad() {
    let refused = |asked: &Asked| {
        Some(match asked.path() {
            path if path.ends_with("/tokens/verify") => refusal(401, 1_000, "Invalid API Token"),
            _ => refusal(403, 10_000, "Authentication error"),
        })
    };
    let server = service(refused).await;
    let fault = members(&client(&server)).await.failed.unwrap();
    assert_eq!(fault.kind, FaultKind::Credential);
    assert_eq!(fault.what, "reading the members: the token is not accepted");
    let verified: Vec<String> =
        server.seen().iter().skip(1).map(|asked| asked.path().to_owned()).collect();
    let ours = format!("/accounts/{}/tokens/verify", account());
    assert_eq!(verified, ["/user/tokens/verify", &ours], "a token of an account is one too");
}

#[tokio::test]
async fn code_10000_names_the_missing_permission_where_the_token_is_good() {
    let refused = |asked: &Asked| {
        let about = asked.path().contains("/members") || asked.path() == "/zones";
        about.then(|| refusal(403, 10_000, "Authentication error"))
    };
    let server = service(refused).await;
    let client = client(&server);
    let fault = members(&client).await.failed.unwrap();
    assert_eq!(fault.kind, FaultKind::Permission("Account Settings Read".to_owned()));
    assert!(fault.what.ends_with("the credential lacks Account Settings Read"), "{fault}");
    let fault = write(&client).await.fault.unwrap();
    assert_eq!(fault.kind, FaultKind::Permission("Account Settings Write".to_owned()));
    assert!(fault.remedy.contains("Edit in the dashboard"), "{fault}");
    assert!(fault.remedy.contains("Super Administrator"), "{fault}");
    let zones = cfiam::api::List::Zones { account: account() };
    let fault = crate::support::walk(&client, &zones).await.failed.unwrap();
    assert_eq!(fault.kind, FaultKind::Permission("Zone Read".to_owned()));
    let looked = server.seen().iter().filter(|a| a.path().ends_with("/tokens/verify")).count();
    assert_eq!(looked, 1, "the token is looked at once for all of them");
}

#[tokio::test]
async fn a_key_that_is_refused_is_told_from_a_key_that_lacks_a_permission() {
    let key = |settings: &mut cfiam::api::Settings| {
        settings.credential = Credential::key("me@example.com", "k").unwrap();
    };
    let refused = |_: &Asked| Some(refusal(403, 10_000, "Authentication error"));
    let server = service(refused).await;
    let fault = members(&client_with(&server, key)).await.failed.unwrap();
    assert_eq!(fault.kind, FaultKind::Credential);
    assert!(fault.what.ends_with("the API key is not accepted"), "{fault}");

    let refused =
        |asked: &Asked| asked.path().contains("members").then(|| refusal(403, 10_000, "no"));
    let server = service(refused).await;
    let fault = members(&client_with(&server, key)).await.failed.unwrap();
    assert!(matches!(fault.kind, FaultKind::Permission(_)), "{fault}");
    assert!(server.seen().iter().all(|asked| !asked.path().ends_with("/tokens/verify")));
}

#[tokio::test]
async fn a_refusal_is_told_with_the_whole_chain_of_its_causes_and_its_ray() {
    let chain = r#"{"success":false,"result":[],"messages":null,"errors":[{"code":6003,"message":"Invalid request headers","error_chain":[{"code":6111,"message":"Invalid format for Authorization header"}]}]}"#;
    let server = service(move |_| Some(json(400, chain))).await;
    let fault = group_members(&client(&server)).await.failed.unwrap();
    assert_eq!(fault.kind, FaultKind::Credential);
    assert_eq!(fault.codes().collect::<Vec<_>>(), [6_003, 6_111]);
    let shown = fault.to_string();
    for part in [
        "reading the members of a group",
        "6111 Invalid format",
        crate::server::RAY,
        "CLOUDFLARE_API_TOKEN",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[tokio::test]
async fn an_answer_about_somebody_else_is_not_taken() {
    let server = service(|_| Some(ok(&a_member(2)))).await;
    let client = client(&server);
    let fault = read(&client).await.unwrap_err();
    assert!(fault.what.contains("speaks of something else"), "{fault}");
    let (account, group, urgency) = (account(), crate::support::group(), Urgency::Screen);
    let there = within(client.membership(&account, &group, &member(1), urgency)).await;
    assert_eq!(there.unwrap_err().kind, FaultKind::Unreadable);
}
