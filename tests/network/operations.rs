//! What is sent for each operation: the verb, the path, exactly these parameters and this body, and no other header
//! than it takes.

use cfiam::api::{Class, Credential, Direction, List, MemberOrder, PolicyBody, policy_body};
use cfiam::domain::{
    Access, MemberStatus, OrganizationMemberId, PermissionGroupId, PolicyDraft, ResourceGroupId,
    Urgency, UserId,
};

use crate::server::{Asked, Server, Steps, ok, refusal};
use crate::support::{
    TOKEN, account, client, client_with, group, id, member, organization, turn, walk, within,
};

/// Answers with what was asked for: the thing whose id is the path's last part, or an empty list.
fn obliging(asked: &Asked) -> Steps {
    let last = asked.path().rsplit('/').next().unwrap();
    match last {
        "verify" => ok(r#"{"id":"t","status":"active"}"#),
        "user" => ok(&format!(r#"{{"id":"{}","email":"me@example.com"}}"#, id(0x75))),
        "memberships" => {
            ok(&format!(r#"[{{"id":"{}","account":{{"id":"{}"}}}}]"#, id(5), account()))
        }
        "members" | "accounts" | "organizations" | "zones" | "user_groups"
        | "permission_groups" | "resource_groups" => ok("null"),
        _ => ok(&format!(r#"{{"id":"{last}","name":"x","user":{{"id":"{}"}}}}"#, id(0x75))),
    }
}

async fn obliging_server() -> Server {
    Server::start(|asked, _| obliging(asked)).await
}

/// The requests so far: verb and target, and the body after a space where there is one.
fn lines(server: &Server) -> Vec<String> {
    let line = |asked: Asked| {
        let body = if asked.body.is_empty() { String::new() } else { format!(" {}", asked.body) };
        format!("{} {}{body}", asked.method, asked.target)
    };
    server.seen().into_iter().map(line).collect()
}

fn in_account(below: &str) -> String {
    format!("/accounts/{}{below}", account())
}

fn in_groups(below: &str) -> String {
    in_account(&format!("/iam/user_groups{below}"))
}

#[tokio::test]
async fn lists_are_asked_for_with_exactly_their_parameters() {
    let order = |order| List::Members { account: account(), status: None, order };
    let table = [
        (
            List::members(account()),
            in_account("/members?order=user.email&direction=asc&page=1&per_page=50"),
        ),
        (
            order(MemberOrder::EmailDescending),
            in_account("/members?order=user.email&direction=desc&page=1&per_page=50"),
        ),
        (
            order(MemberOrder::FirstName),
            in_account("/members?order=user.first_name&direction=asc&page=1&per_page=50"),
        ),
        (
            order(MemberOrder::LastName),
            in_account("/members?order=user.last_name&direction=asc&page=1&per_page=50"),
        ),
        (
            order(MemberOrder::Status),
            in_account("/members?order=status&direction=asc&page=1&per_page=50"),
        ),
        (
            List::Members {
                account: account(),
                status: Some("pending".to_owned()),
                order: MemberOrder::Email,
            },
            in_account("/members?order=user.email&direction=asc&status=pending&page=1&per_page=50"),
        ),
        (List::groups(account()), in_groups("?direction=asc&page=1&per_page=500")),
        (
            List::Groups {
                account: account(),
                fuzzy_name: Some("on call".to_owned()),
                name: Some("on call & more".to_owned()),
                id: Some(group()),
                direction: Direction::Descending,
            },
            in_groups(&format!(
                "?direction=desc&fuzzyName=on+call&name=on+call+%26+more&id={}&page=1&per_page=500",
                group()
            )),
        ),
        (
            List::group_members(account(), group()),
            in_groups(&format!("/{}/members?direction=asc&page=1&per_page=500", group())),
        ),
        (
            List::GroupMembers {
                account: account(),
                group: group(),
                fuzzy_email: Some("a+b@x".to_owned()),
                direction: Direction::Descending,
            },
            in_groups(&format!(
                "/{}/members?direction=desc&fuzzyEmail=a%2Bb%40x&page=1&per_page=500",
                group()
            )),
        ),
        (
            List::PermissionGroups { account: account() },
            in_account("/iam/permission_groups?page=1&per_page=50"),
        ),
        (List::ResourceGroups { account: account() }, in_account("/iam/resource_groups")),
        (
            List::Zones { account: account() },
            format!("/zones?account.id={}&order=name&direction=asc&page=1&per_page=50", account()),
        ),
        (
            List::organization_members(organization()),
            format!("/organizations/{}/members?page_size=1000", organization()),
        ),
        (
            List::OrganizationMembers {
                organization: organization(),
                status: vec!["active".to_owned(), "canceled".to_owned()],
                email_contains: Some("@x".to_owned()),
            },
            format!(
                "/organizations/{}/members?status=active&status=canceled&user.email.contains=%40x&page_size=1000",
                organization()
            ),
        ),
    ];
    for (list, expected) in table {
        let server = obliging_server().await;
        let walked = walk(&client(&server), &list).await;
        assert!(walked.is_complete(), "{list:?}: {walked:?}");
        assert_eq!(lines(&server), [format!("GET {expected}")]);
    }
}

#[tokio::test]
async fn single_things_are_asked_for_by_their_paths_alone() {
    let server = obliging_server().await;
    let client = client(&server);
    let (account, group, organization) = (account(), group(), organization());
    let person = OrganizationMemberId::parse("orgMember").unwrap();
    let at_once = Urgency::Screen;
    assert_eq!(client.accounts().await.unwrap(), []);
    assert!(client.account(&account).await.unwrap().is_some());
    assert!(client.member(&account, &member(5), at_once).await.unwrap().is_some());
    assert!(client.group(&account, &group, at_once).await.unwrap().is_some());
    assert!(client.membership(&account, &group, &member(5), at_once).await.unwrap().is_some());
    assert_eq!(client.groups_named(&account, "x y", at_once).await.unwrap(), []);
    assert_eq!(client.organizations().await.unwrap(), []);
    assert!(client.organization(&organization).await.unwrap().is_some());
    assert!(client.organization_member(&organization, &person).await.unwrap().is_some());
    let caller = within(client.caller(&account)).await.unwrap();
    assert_eq!((caller.user, caller.member), (UserId::parse(&id(0x75)), None));
    let one = format!("/members/{}", id(5));
    let expected = [
        "/accounts?page=1&per_page=50".to_owned(),
        in_account(""),
        in_account(&one),
        in_groups(&format!("/{group}")),
        in_groups(&format!("/{group}{one}")),
        in_groups("?direction=asc&name=x+y&page=1&per_page=500"),
        "/organizations?page_size=100".to_owned(),
        format!("/organizations/{organization}"),
        format!("/organizations/{organization}/members/orgMember"),
        "/user/tokens/verify".to_owned(),
        "/user".to_owned(),
    ];
    assert_eq!(lines(&server), expected.map(|target| format!("GET {target}")));
}

#[tokio::test]
async fn the_own_memberships_tell_who_is_calling_where_the_user_cannot_be_read() {
    let server = Server::start(|asked, _| match asked.path() {
        "/user" => refusal(403, 9_109, "Unauthorized to access requested resource"),
        _ => obliging(asked),
    })
    .await;
    let caller = within(client(&server).caller(&account())).await.unwrap();
    assert_eq!((caller.user, caller.member), (None, Some(member(5))));
    let expected = ["/user/tokens/verify", "/user", "/memberships?page=1&per_page=50"];
    assert_eq!(lines(&server), expected.map(|target| format!("GET {target}")));
}

/// A policy in the form in which it is written, and its JSON.
pub fn a_policy() -> (PolicyBody, String) {
    let draft = PolicyDraft {
        access: Access::Allow,
        permission_groups: vec![PermissionGroupId::parse(&id(0xa)).unwrap()],
        resource_groups: vec![ResourceGroupId::parse(&id(0xb)).unwrap()],
        scopes: Vec::new(),
    };
    let json = format!(
        r#"{{"access":"allow","permission_groups":[{{"id":"{}"}}],"resource_groups":[{{"id":"{}"}}]}}"#,
        id(0xa),
        id(0xb)
    );
    (policy_body(&draft), json)
}

#[tokio::test]
async fn writes_send_exactly_their_bodies() {
    let server = obliging_server().await;
    let client = client(&server);
    let (account, group, one) = (account(), group(), member(1));
    let (policy, json) = a_policy();
    let policies = [policy];
    let mut classes = vec![
        turn(&client).await.add_members(&account, &group, &[member(1), member(2)]).await.class,
        turn(&client).await.remove_member(&account, &group, &one).await.class,
        turn(&client).await.replace_members(&account, &group, &[]).await.class,
        turn(&client).await.create_group(&account, "night \"shift\"", &policies).await.class,
        turn(&client).await.rename_group(&account, &group, "day").await.class,
        turn(&client).await.set_policies(&account, &group, &policies).await.class,
        turn(&client).await.delete_group(&account, &group).await.class,
        turn(&client).await.invite(&account, "new@example.com", &policies).await.class,
        turn(&client).await.remove_account_member(&account, &one).await.class,
    ];
    for status in [MemberStatus::Pending, MemberStatus::Unknown] {
        let set = turn(&client).await.set_member_policies(&account, &one, &status, &policies);
        classes.push(within(set).await.class);
    }
    assert_eq!(classes, [Class::Applied; 11]);
    let (in_group, of_group) =
        (in_groups(&format!("/{group}")), in_groups(&format!("/{group}/members")));
    let of_account = in_account(&format!("/members/{one}"));
    let expected = [
        format!(r#"POST {of_group} [{{"id":"{}"}},{{"id":"{}"}}]"#, id(1), id(2)),
        format!("DELETE {of_group}/{one}"),
        format!("PUT {of_group} []"),
        format!(r#"POST {} {{"name":"night \"shift\"","policies":[{json}]}}"#, in_groups("")),
        format!(r#"PUT {in_group} {{"name":"day"}}"#),
        format!(r#"PUT {in_group} {{"policies":[{json}]}}"#),
        format!("DELETE {in_group}"),
        format!(
            r#"POST {} {{"email":"new@example.com","policies":[{json}]}}"#,
            in_account("/members")
        ),
        format!("DELETE {of_account}"),
        format!(r#"PUT {of_account} {{"status":"pending","policies":[{json}]}}"#),
        format!(r#"PUT {of_account} {{"policies":[{json}]}}"#),
    ];
    assert_eq!(lines(&server), expected);
}

#[tokio::test]
async fn headers_are_those_of_one_scheme_and_of_json_and_no_others() {
    let server = obliging_server().await;
    let key = |settings: &mut cfiam::api::Settings| {
        settings.credential = Credential::key("me@example.com", "k").unwrap();
    };
    for client in [client(&server), client_with(&server, key)] {
        client.account(&account()).await.unwrap();
        turn(&client).await.delete_group(&account(), &group()).await;
        turn(&client).await.replace_members(&account(), &group(), &[]).await;
    }
    let names = |asked: &Asked| {
        let mut names: Vec<String> = asked.headers.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        names.join(" ")
    };
    let seen = server.seen();
    let expected = [
        "accept accept-encoding authorization host user-agent",
        "accept accept-encoding authorization host user-agent",
        "accept accept-encoding authorization content-length content-type host user-agent",
        "accept accept-encoding host user-agent x-auth-email x-auth-key",
        "accept accept-encoding host user-agent x-auth-email x-auth-key",
        "accept accept-encoding content-length content-type host user-agent x-auth-email x-auth-key",
    ];
    assert_eq!(seen.iter().map(names).collect::<Vec<_>>(), expected);
    assert_eq!(seen[0].header("authorization").unwrap(), format!("Bearer {TOKEN}"));
    assert_eq!(seen[3].header("x-auth-email"), Some("me@example.com"));
    assert_eq!(seen[2].header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_refusal_of_policies_names_the_keys_that_went_back_unknown() {
    let policy = format!(
        r#"{{"id":"p","access":"allow","until":"2030-01-01","permission_groups":[{{"id":"{}","name":"x","level":1.50}}]}}"#,
        id(0xa)
    );
    let came = format!(r#"{{"id":"{}","name":"edge","policies":[{policy}]}}"#, group());
    let server = Server::start(move |asked, _| match asked.method.as_str() {
        "GET" => ok(&came),
        _ => crate::server::refusal(400, 400, "Policy validation failed"),
    })
    .await;
    let client = client(&server);
    let read = client.group(&account(), &group(), Urgency::Screen).await.unwrap().unwrap();
    let body = read.raw.policies()[0].sendable().unwrap();
    let written = within(turn(&client).await.set_policies(&account(), &group(), &[body])).await;
    let fault = written.fault.unwrap();
    assert!(fault.says("Policy validation failed"), "{fault}");
    assert!(
        fault.remedy.contains("until") && fault.remedy.contains("permission_groups.level"),
        "{fault}"
    );
    let sent = server.seen().pop().unwrap().body;
    let expected = format!(
        r#"{{"policies":[{{"access":"allow","until":"2030-01-01","permission_groups":[{{"id":"{}","level":1.50}}]}}]}}"#,
        id(0xa)
    );
    assert_eq!(sent, expected);
}
