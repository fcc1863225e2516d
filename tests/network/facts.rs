//! The fifteen facts about the real service that are most likely to break a naive client, a test for each.

use std::time::{Duration, Instant};

use cfiam::api::{Class, Credential, List};
use cfiam::domain::{
    Access, CredentialKind, FaultKind, Gap, Member, MemberStatus, Page, PermissionScope, Policy,
    Urgency,
};

use crate::operations::a_policy;
use crate::server::{Asked, Server, Steps, bytes, html, json, ok, page, refusal};
use crate::support::{
    Walked, a_member, account, client, client_with, group, group_members, groups, id, member,
    members, some_members, turn, walk, within,
};

/// A list of one group with these policies.
fn a_group(policies: &str) -> String {
    format!(r#"[{{"id":"{}","name":"edge","policies":{policies}}}]"#, group())
}

/// The policies of the only group that a service lists.
async fn policies_of(policies: String) -> Vec<Policy> {
    let server = Server::start(move |_, _| ok(&a_group(&policies))).await;
    let walked = groups(&client(&server)).await;
    assert!(walked.is_complete(), "{walked:?}");
    walked.groups()[0].policies().iter().map(|policy| Policy::clone(policy)).collect()
}

fn policy_with(id_of_policy: &str, scope: &str) -> String {
    format!(
        r#"{{"id":"{id_of_policy}","access":"allow","permission_groups":[{{"id":"{}"}},{{"id":"{}"}}],"resource_groups":[{{"scope":{scope}}}]}}"#,
        id(1),
        id(2)
    )
}

#[tokio::test]
async fn fact_1_a_scope_is_read_whether_it_is_one_or_a_list() {
    let one = r#"{"key":"com.cloudflare.api.account.x","objects":[{"key":"b"},{"key":"a"}]}"#;
    let lone = policies_of(format!("[{}]", policy_with("p", one))).await;
    let listed = policies_of(format!("[{}]", policy_with("p", &format!("[{one}]")))).await;
    assert_eq!(lone, listed);
    let scopes = &lone[0].resource_groups[0].scopes;
    assert_eq!((scopes.len(), scopes[0].objects.len()), (1, 2));
    for scope in [one.to_owned(), format!("[{one}]")] {
        let list = format!(r#"[{{"id":"{}","name":"zones","scope":{scope}}}]"#, id(9));
        let server = Server::start(move |_, _| ok(&list)).await;
        let walked = walk(&client(&server), &List::ResourceGroups { account: account() }).await;
        let [Page::ResourceGroups(rows)] = &walked.pages[..] else { panic!("{walked:?}") };
        assert_eq!(rows[0].scopes, *scopes);
    }
}

#[tokio::test]
async fn fact_2_null_is_an_empty_list() {
    let server = Server::start(|_, _| ok("null")).await;
    let client = client(&server);
    let lists = [
        List::group_members(account(), group()),
        List::ResourceGroups { account: account() },
        List::members(account()),
        List::groups(account()),
    ];
    for list in lists {
        let walked = walk(&client, &list).await;
        assert!(walked.is_complete() && walked.walks == 1, "{list:?}: {walked:?}");
    }
    // It is none where rows were promised.
    let server = Server::start(|_, _| page("null", r#"{"total_count":7}"#)).await;
    assert_eq!(group_members(&crate::support::client(&server)).await.gaps, [Gap::Shifted]);
}

#[tokio::test]
async fn fact_3_policies_are_compared_by_what_they_say_and_written_without_their_ids() {
    let scope = r#"{"key":"k","objects":[{"key":"*"}]}"#;
    let (a, b) = (policy_with("one-id", scope), policy_with("another-id", scope));
    assert!(
        policies_of(format!("[{a}]")).await[0].same_as(&policies_of(format!("[{b}]")).await[0])
    );
    let server = Server::start(move |asked, _| match asked.method.as_str() {
        "GET" => ok(&format!(r#"{{"id":"{}","name":"edge","policies":[{a}]}}"#, group())),
        _ => ok("{}"),
    })
    .await;
    let client = client(&server);
    let read = client.group(&account(), &group(), Urgency::Screen).await.unwrap().unwrap();
    let body = read.raw.policies()[0].sendable().unwrap();
    let written = within(turn(&client).await.set_policies(&account(), &group(), &[body])).await;
    assert_eq!(written.class, Class::Applied);
    let sent = server.seen().pop().unwrap().body;
    assert!(!sent.contains("one-id") && sent.contains(&id(1)), "{sent}");
}

#[tokio::test]
async fn fact_4_members_are_added_as_a_bare_array_and_any_shape_of_answer_is_a_success() {
    let shapes = [
        a_member(1),
        some_members(1..=3),
        "[]".to_owned(),
        "null".to_owned(),
        r#""done""#.to_owned(),
    ];
    for shape in shapes {
        let server = Server::start(move |_, _| ok(&shape)).await;
        let written =
            within(turn(&client(&server)).await.add_members(&account(), &group(), &[member(1)]))
                .await;
        assert_eq!((written.class, written.fault), (Class::Applied, None));
        assert_eq!(server.seen()[0].body, format!(r#"[{{"id":"{}"}}]"#, id(1)));
    }
}

#[tokio::test]
async fn fact_5_filters_are_spelled_as_on_the_wire_and_applied_again_where_they_are_ignored() {
    let all = format!(
        r#"[{{"id":"{}","name":"Edge Ops"}},{{"id":"{}","name":"billing"}}]"#,
        id(1),
        id(2)
    );
    let server = Server::start(move |asked, _| match asked.path() {
        path if path.ends_with("/members") => ok(&some_members(1..=3)),
        _ => ok(&all),
    })
    .await;
    let client = client(&server);
    let mut list = List::groups(account());
    if let List::Groups { fuzzy_name, .. } = &mut list {
        *fuzzy_name = Some("edge".to_owned());
    }
    let walked = walk(&client, &list).await;
    assert_eq!(walked.groups().iter().map(|g| &*g.name).collect::<Vec<_>>(), ["Edge Ops"]);
    let mut list = List::group_members(account(), group());
    if let List::GroupMembers { fuzzy_email, .. } = &mut list {
        *fuzzy_email = Some("M0002".to_owned());
    }
    let walked = walk(&client, &list).await;
    assert_eq!(walked.group_members().iter().map(|m| &m.member).collect::<Vec<_>>(), [&member(2)]);
    let (first, second) = (&server.seen()[0], &server.seen()[1]);
    assert_eq!((first.query("fuzzyName"), first.query("fuzzy_name")), (Some("edge"), None));
    assert_eq!((second.query("fuzzyEmail"), second.query("fuzzy_email")), (Some("M0002"), None));
}

#[tokio::test]
async fn fact_6_every_page_is_asked_for_with_a_size_that_its_endpoint_allows() {
    let server = Server::start(|_, _| ok("null")).await;
    let client = client(&server);
    client.accounts().await.unwrap();
    client.groups_named(&account(), "x", Urgency::Screen).await.unwrap();
    members(&client).await;
    groups(&client).await;
    group_members(&client).await;
    walk(&client, &List::PermissionGroups { account: account() }).await;
    walk(&client, &List::Zones { account: account() }).await;
    for asked in server.seen() {
        let per_page: u64 = asked.query("per_page").expect("it is always said").parse().unwrap();
        let most = if asked.path().contains("user_groups") { 500 } else { 50 };
        assert_eq!(per_page, most, "{}", asked.target);
    }
}

#[tokio::test]
async fn fact_7_a_list_that_ignores_the_page_or_has_none_is_not_asked_for_ever() {
    let fifty: Vec<String> =
        (0..50).map(|n| format!(r#"{{"id":"{}","name":"x","scope":[]}}"#, id(n))).collect();
    let list = format!("[{}]", fifty.join(","));
    let server = Server::start(move |_, _| ok(&list)).await;
    let client = client(&server);
    assert_eq!(client.accounts().await.unwrap().len(), 50, "the same page again adds nothing");
    assert_eq!(server.count(), 2);
    assert_eq!(groups(&client).await.groups().len(), 50);
    let before = server.count();
    let walked = walk(&client, &List::ResourceGroups { account: account() }).await;
    assert!(walked.is_complete());
    assert_eq!(server.count(), before + 1, "a list without pages is asked for once");
}

#[tokio::test]
async fn fact_8_what_a_page_says_about_its_list_may_be_missing_partial_or_text() {
    let infos = [
        None,
        Some("null"),
        Some("{}"),
        Some(r#"{"page":1,"per_page":50,"count":10}"#),
        Some(r#"{"total_count":"60","count":"50"}"#),
        Some(r#"{"total_pages":2}"#),
        Some(r#"{"per_page":50,"total_count":60,"total_pages":2}"#),
    ];
    for info in infos {
        let server = Server::start(move |asked, _| {
            let rows = some_members(if asked.page() == 1 { 0..50 } else { 50..60 });
            info.map_or_else(|| ok(&rows), |info| page(&rows, info))
        })
        .await;
        let walked = members(&client(&server)).await;
        assert!(walked.is_complete(), "{info:?}: {walked:?}");
        assert_eq!((walked.members().len(), server.count()), (60, 2), "{info:?}");
    }
}

#[tokio::test]
async fn fact_9_the_meta_of_a_permission_group_is_an_open_map_and_resource_groups_may_be_nameless()
{
    let list = format!(
        r#"[{{"id":"{}","name":"DNS","status":"V","created_on":"2024-03-01T12:21:02.123456Z","permissions":[{{"id":"x","key":"y","attributes":{{"legacy_name":"z"}}}}],"meta":{{"label":"dns_admin","description":"Can edit DNS.","editable":"false","scopes":"com.cloudflare.api.account.zone","new":{{"a":1}}}}}},{{"id":"{}","meta":{{"key":"k","value":"v"}}}},{{"id":"{}","meta":null}}]"#,
        id(1),
        id(2),
        id(3)
    );
    let server = Server::start(move |_, _| ok(&list)).await;
    let walked = walk(&client(&server), &List::PermissionGroups { account: account() }).await;
    assert!(walked.is_complete(), "{walked:?}");
    let [Page::PermissionGroups(rows)] = &walked.pages[..] else { panic!("{walked:?}") };
    let dns = &rows[0];
    assert_eq!((&*dns.name, &*dns.label, &*dns.description), ("DNS", "dns_admin", "Can edit DNS."));
    assert_eq!(dns.scope, PermissionScope::Zone);
    assert_eq!((rows.len(), &*rows[1].label), (3, ""));

    let scope = r#"{"key":"k","objects":[{"key":"*"}]}"#;
    let nameless = &policies_of(format!("[{}]", policy_with("p", scope))).await[0];
    assert_eq!((&nameless.resource_groups[0].id, &*nameless.resource_groups[0].name), (&None, ""));
    assert_eq!(nameless.unsendable(), None, "its scope says what it is");
}

#[tokio::test]
async fn fact_10_codes_mean_different_things_in_different_places() {
    // A success may carry the code of a failure in its messages.
    let verified = |_: &Asked, _| {
        json(
            200,
            r#"{"success":true,"errors":[],"messages":[{"code":10000,"message":"This API Token is valid and active"}],"result":{"id":"t","status":"active"}}"#,
        )
    };
    let server = Server::start(verified).await;
    let caller = within(client(&server).caller(&account())).await.unwrap();
    assert_eq!(caller.kind, CredentialKind::UserToken);
    // IAM tells 400 and 404 as codes, or none at all; the words are what is shown.
    let table = [
        (400, r#"[{"code":400,"message":"Policy validation failed"}]"#, FaultKind::Refused),
        (400, r#"[{"message":"no code"}]"#, FaultKind::Refused),
        (400, r#"[{"code":1004,"message":"Account member already exists"}]"#, FaultKind::Refused),
        (400, r#"[{"code":1008,"message":"Account member already exists"}]"#, FaultKind::Refused),
        (400, r#"[{"code":1001,"message":"Invalid role assignments found"}]"#, FaultKind::Refused),
        (404, r#"[{"code":404,"message":"not found in user group"}]"#, FaultKind::NotFound),
        (
            404,
            r#"[{"code":7003,"message":"Could not route"},{"code":7000,"message":"No route"}]"#,
            FaultKind::NotFound,
        ),
        (
            400,
            r#"[{"code":6003,"message":"x","error_chain":[{"code":6103,"message":"y"}]}]"#,
            FaultKind::Credential,
        ),
    ];
    for (status, errors, kind) in table {
        let server = Server::start(move |_, _| {
            json(status, &format!(r#"{{"success":false,"errors":{errors},"result":[]}}"#))
        })
        .await;
        let client = client(&server);
        let written = within(turn(&client).await.invite(&account(), "a@example.com", &[])).await;
        let fault = written.fault.unwrap();
        assert_eq!((written.class, &fault.kind), (Class::Rejected, &kind), "{errors}");
        assert!(!fault.errors.is_empty(), "{errors}");
        assert_eq!(server.count(), 1, "nothing is repeated: {errors}");
    }
}

#[tokio::test]
async fn fact_11_a_token_of_an_account_is_good_although_it_has_no_user() {
    let server = Server::start(|asked, _| match asked.path() {
        "/user/tokens/verify" => refusal(401, 1_000, "Invalid API Token"),
        "/user" => refusal(403, 9_109, "Invalid access token"),
        "/memberships" => refusal(400, 9_106, "Missing credentials"),
        "/accounts" => refusal(400, 1_001, "This endpoint does not support account owned tokens"),
        path if path.ends_with("/tokens/verify") => ok(r#"{"id":"t","status":"active"}"#),
        _ => ok(&some_members([1])),
    })
    .await;
    let caller = within(client(&server).caller(&account())).await.unwrap();
    assert_eq!(
        (caller.kind, caller.user, caller.member),
        (CredentialKind::AccountToken, None, None)
    );
    assert!(members(&client(&server)).await.is_complete());
    let by_form = client_with(&server, |settings| {
        settings.credential = Credential::token("cfat_0123456789").unwrap();
    });
    let before = server.count();
    within(by_form.caller(&account())).await.unwrap();
    assert_eq!(server.count(), before + 1, "its form says what it is: only its account is asked");
    let fault = within(by_form.accounts()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused, "no reason to call the token bad: {fault}");
}

async fn the_member(json: String) -> Member {
    let server = Server::start(move |_, _| ok(&json)).await;
    let read = within(client(&server).member(&account(), &member(1), Urgency::Screen)).await;
    read.unwrap().unwrap().member
}

#[tokio::test]
async fn fact_12_policies_alone_are_written_with_the_status_as_it_was_read_and_no_answer_is_the_truth()
 {
    let (policy, json) = a_policy();
    // The answer to an invitation has no roles; a change may be ignored with a success.
    let server = Server::start(|_, _| ok(&a_member(1))).await;
    let client = client(&server);
    let invited = within(turn(&client).await.invite(
        &account(),
        "a@example.com",
        std::slice::from_ref(&policy),
    ))
    .await;
    assert_eq!(invited.value.unwrap().roles.len(), 0);
    let status = MemberStatus::Other("dormant".into());
    let (account, member, policies) = (account(), member(1), [policy]);
    let set = turn(&client).await.set_member_policies(&account, &member, &status, &policies);
    assert_eq!(within(set).await.class, Class::Applied);
    let bodies: Vec<String> = server.seen().into_iter().map(|asked| asked.body).collect();
    let expected = [
        format!(r#"{{"email":"a@example.com","policies":[{json}]}}"#),
        format!(r#"{{"status":"dormant","policies":[{json}]}}"#),
    ];
    assert_eq!(bodies, expected);
    // Roles and policies come as two views of one thing; a role's second verb is an open word.
    let both = format!(
        r#"{{"id":"{}","roles":[{{"id":"{}","name":"Super Administrator - All Privileges","permissions":{{"dns":{{"read":true,"edit":true}}}}}}],"policies":[{json}]}}"#,
        id(1),
        id(7)
    );
    let read = the_member(both).await;
    assert_eq!((read.roles.len(), read.policies.as_deref().map(<[_]>::len)), (1, Some(1)));
}

#[tokio::test]
async fn fact_13_a_member_who_was_only_invited_has_neither_user_nor_name() {
    let shapes = [
        r#""user":{"id":"","email":"new@example.com","first_name":null,"last_name":null}"#,
        r#""user":{"email":"new@example.com"}"#,
        r#""email":"new@example.com","user":null"#,
        r#""email":"new@example.com""#,
    ];
    for user in shapes {
        let read = the_member(format!(r#"{{"id":"{}","status":"pending",{user}}}"#, id(1))).await;
        assert_eq!((read.user.clone(), &*read.email), (None, "new@example.com"), "{user}");
        assert_eq!(&*read.name, "", "{user}");
        assert_eq!(read.status, MemberStatus::Pending);
        assert_eq!(read.policies, None, "what is not told is not none");
    }
}

#[tokio::test]
async fn fact_14_a_429_holds_everything_back_and_pages_for_people_are_no_answers() {
    let throttled = |asked: &Asked, n: usize| -> Steps {
        let body = br#"{"success":false,"errors":[{"code":971,"message":"slow down"}]}"#;
        match n {
            0 => {
                vec![crate::server::Step::Send(bytes(429, "retry-after: 60\r\n", body))]
            }
            _ if asked.path().ends_with("/members") => ok(&some_members([1])),
            _ => ok("null"),
        }
    };
    let server = Server::start(throttled).await;
    // A minute of the service is 200 ms here.
    let client = client_with(&server, |settings| {
        settings.timings = cfiam::api::Timings::default().scaled(1.0 / 300.0);
        settings.timings.read_total = Duration::from_secs(30);
        settings.timings.connect = Duration::from_secs(30);
    });
    let began = Instant::now();
    assert!(members(&client).await.is_complete());
    assert!(groups(&client).await.is_complete());
    assert!(began.elapsed() >= Duration::from_millis(200), "{:?}", began.elapsed());
    assert_eq!(server.count(), 3);

    for steps in [html(429), html(403), html(404)] {
        let server = Server::start(move |_, _| steps.clone()).await;
        let client = client_with(&server, |settings| {
            settings.timings = cfiam::api::Timings::default().scaled(1.0 / 10_000.0);
            settings.timings.read_total = Duration::from_secs(30);
            settings.timings.connect = Duration::from_secs(30);
        });
        let Walked { failed: Some(fault), .. } = members(&client).await else { panic!("a list?") };
        assert!(matches!(fault.kind, FaultKind::Throttled | FaultKind::Unreadable), "{fault}");
        assert!(!fault.to_string().contains("SECRET"), "{fault}");
    }
}

#[tokio::test]
async fn fact_15_writes_replace_no_more_than_they_name_and_refusals_come_in_the_services_words() {
    let server = Server::start(|asked, _| match asked.method.as_str() {
        "DELETE" => vec![crate::server::Step::Send(crate::server::headed(204, "", b""))],
        "POST" => refusal(400, 400, "member x does not have DSR enabled"),
        "PUT" if asked.body.contains("name") => {
            refusal(400, 400, "this group is managed by your identity provider")
        }
        "PUT" => refusal(400, 400, "Policy validation failed: deny is not supported"),
        _ => ok(&a_group(r#"[{"access":"deny","permission_groups":[],"resource_groups":[]}]"#)),
    })
    .await;
    let client = client(&server);
    let (account, group) = (account(), group());
    // Success without a body.
    let removed = within(turn(&client).await.remove_member(&account, &group, &member(1))).await;
    assert_eq!((removed.class, removed.status), (Class::Applied, Some(204)));
    let added = within(turn(&client).await.add_members(&account, &group, &[member(1)])).await;
    assert!(added.fault.unwrap().says("DSR"));
    // A new name doesn't touch the policies, nor policies the name.
    let set = within(turn(&client).await.set_policies(&account, &group, &[a_policy().0])).await;
    assert!(set.fault.unwrap().says("deny is not supported"));
    assert!(!server.seen().pop().unwrap().body.contains("name\""));
    let renamed = within(turn(&client).await.rename_group(&account, &group, "x")).await;
    assert_eq!(renamed.class, Class::Rejected);
    assert!(renamed.fault.unwrap().says("identity provider"));
    let puts: Vec<Asked> =
        server.seen().into_iter().filter(|asked| asked.method == "PUT").collect();
    assert_eq!(puts[1].body, r#"{"name":"x"}"#);
    // What is denied is kept apart from what is allowed.
    let walked = groups(&client).await;
    assert_eq!(walked.groups()[0].policies()[0].access, Access::Deny);
}
