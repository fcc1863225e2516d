//! Answers in the documented shape hold to the published schemas: what is required is there, and what is there
//! is of the right kind. In the live shape they differ from the schemas only where the service was seen to.

use serde_json::Value;

use crate::support::{Asked, documented, start};

/// What a value may be.
#[derive(Clone, Copy)]
enum Kind {
    /// A text of at most so many characters.
    Text(usize),
    /// A text or null.
    Maybe(usize),
    /// 32 lower-case hex characters.
    Tag,
    Date,
    Truth,
    Map,
    List,
    OneOf(&'static [&'static str]),
}

use Kind::{Date, List, Map, Maybe, OneOf, Tag, Text, Truth};

/// A field, its kind, and whether the schema requires it.
type Field = (&'static str, Kind, bool);

const ACCOUNT: &[Field] = &[
    ("id", Tag, true),
    ("name", Text(100), true),
    ("type", OneOf(&["standard", "enterprise"]), true),
    ("created_on", Date, false),
    ("managed_by", Map, false),
    ("settings", Map, false),
];
const MEMBER: &[Field] = &[
    ("id", Tag, false),
    ("email", Text(90), false),
    ("status", OneOf(&["accepted", "pending"]), false),
    ("policies", List, false),
    ("roles", List, false),
    ("user", Map, false),
];
const MEMBER_USER: &[Field] = &[
    ("email", Text(90), true),
    ("first_name", Maybe(60), false),
    ("last_name", Maybe(60), false),
    ("two_factor_authentication_enabled", Truth, false),
];
const POLICY: &[Field] = &[
    ("id", Tag, false),
    ("access", OneOf(&["allow", "deny"]), false),
    ("permission_groups", List, false),
    ("resource_groups", List, false),
];
const PERMISSION_GROUP: &[Field] =
    &[("id", Tag, true), ("name", Text(200), false), ("meta", Map, false)];
const RESOURCE_GROUP: &[Field] =
    &[("id", Tag, true), ("scope", List, true), ("name", Text(200), false), ("meta", Map, false)];
const ROLE: &[Field] = &[
    ("id", Tag, true),
    ("name", Text(120), true),
    ("description", Text(500), true),
    ("permissions", Map, true),
];
const GROUP: &[Field] = &[
    ("id", Tag, true),
    ("name", Text(200), true),
    ("created_on", Date, true),
    ("modified_on", Date, true),
    ("policies", List, false),
];
const GROUP_MEMBER: &[Field] = &[
    ("id", Tag, true),
    ("email", Text(90), false),
    ("status", OneOf(&["accepted", "pending"]), false),
];
const GROUP_MEMBER_ALONE: &[Field] = &[
    ("id", Tag, true),
    ("email", Text(90), false),
    ("status", OneOf(&["accepted", "pending"]), false),
    ("created_at", Date, false),
    ("user", Map, false),
];
const ORGANIZATION_MEMBER: &[Field] = &[
    ("id", Text(32), true),
    ("status", OneOf(&["active", "pending", "rejected", "canceled"]), true),
    ("user", Map, true),
    ("meta", Map, true),
    ("create_time", Date, true),
    ("update_time", Date, true),
];
const ORGANIZATION_USER: &[Field] = &[
    ("id", Text(32), true),
    ("email", Text(90), true),
    ("name", Text(200), true),
    ("two_factor_authentication_enabled", Truth, true),
];
const USER: &[Field] = &[
    ("id", Tag, false),
    ("first_name", Maybe(60), false),
    ("last_name", Maybe(60), false),
    ("telephone", Maybe(20), false),
    ("country", Maybe(30), false),
    ("zipcode", Maybe(20), false),
    ("two_factor_authentication_enabled", Truth, false),
    ("two_factor_authentication_locked", Truth, false),
    ("suspended", Truth, false),
    ("betas", List, false),
    ("organizations", List, false),
];
const TOKEN: &[Field] =
    &[("id", Tag, true), ("status", OneOf(&["active", "disabled", "expired"]), true)];
const ZONE: &[Field] = &[
    ("id", Tag, true),
    ("name", Text(253), true),
    ("account", Map, true),
    ("created_on", Date, true),
    ("modified_on", Date, true),
    ("name_servers", List, true),
    ("owner", Map, true),
    ("plan", Map, true),
];

fn fits(value: &Value, kind: Kind) -> bool {
    let text = value.as_str();
    match kind {
        Text(most) => text.is_some_and(|text| text.chars().count() <= most),
        Maybe(most) => value.is_null() || text.is_some_and(|text| text.chars().count() <= most),
        Tag => text.is_some_and(|t| {
            t.len() == 32 && t.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        }),
        Date => {
            text.is_some_and(|text| text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok())
        }
        Truth => value.is_boolean(),
        Map => value.is_object(),
        List => value.is_array(),
        OneOf(words) => text.is_some_and(|text| words.contains(&text)),
    }
}

fn check(value: &Value, fields: &[Field]) {
    for (name, kind, required) in fields {
        match value.get(name) {
            Some(found) => assert!(fits(found, *kind), "{name} is {found}"),
            None => assert!(!required, "{name} is missing in {value}"),
        }
    }
}

fn check_policies(holder: &Value) {
    for policy in holder["policies"].as_array().unwrap() {
        check(policy, POLICY);
        for group in policy["permission_groups"].as_array().unwrap() {
            check(group, PERMISSION_GROUP);
        }
        for group in policy["resource_groups"].as_array().unwrap() {
            check(group, RESOURCE_GROUP);
        }
    }
}

async fn rows(asked: &Asked, path: &str) -> Vec<Value> {
    let told = asked.get(path).await.good();
    for part in ["errors", "messages"] {
        assert!(told.body[part].is_array(), "{path}");
    }
    if let Some(info) = told.body.get("result_info").filter(|_| !path.starts_with("/organizations"))
    {
        for part in ["page", "per_page", "count", "total_count"] {
            assert!(info[part].is_u64(), "{path}: {part}");
        }
        assert_eq!(info["count"].as_u64(), Some(told.rows().len() as u64), "{path}");
    }
    assert!(!told.rows().is_empty(), "{path}");
    told.rows().clone()
}

#[tokio::test]
async fn documented_lists_hold_to_the_schemas() {
    let asked = documented().await;
    for account in rows(&asked, "/accounts").await {
        check(&account, ACCOUNT);
    }
    for page in 1..=5 {
        for member in rows(&asked, &asked.at(&format!("/members?per_page=50&page={page}"))).await {
            check(&member, MEMBER);
            check(&member["user"], MEMBER_USER);
            check_policies(&member);
            member["roles"].as_array().unwrap().iter().for_each(|role| check(role, ROLE));
        }
    }
    for group in rows(&asked, &asked.at("/iam/user_groups?per_page=500")).await {
        check(&group, GROUP);
        check_policies(&group);
    }
    for (path, fields) in [
        ("/roles?per_page=50", ROLE),
        ("/iam/permission_groups?per_page=50", PERMISSION_GROUP),
        ("/iam/resource_groups", RESOURCE_GROUP),
    ] {
        for row in rows(&asked, &asked.at(path)).await {
            check(&row, fields);
        }
    }
    for zone in rows(&asked, "/zones?per_page=50").await {
        check(&zone, ZONE);
    }
}

#[tokio::test]
async fn documented_single_answers_hold_to_the_schemas() {
    let asked = documented().await;
    let group = asked.group("prod-dns");
    let path = asked.at(&format!("/iam/user_groups/{group}/members"));
    for member in rows(&asked, &path).await {
        check(&member, GROUP_MEMBER);
    }
    let member = asked.server.memberships(&group)[0].clone();
    let alone = asked.get(&format!("{path}/{member}")).await.good();
    check(alone.result(), GROUP_MEMBER_ALONE);
    check(asked.get("/user").await.good().result(), USER);
    check(asked.get("/user/tokens/verify").await.good().result(), TOKEN);
    check(asked.get(&asked.at("")).await.good().result(), ACCOUNT);
}

#[tokio::test]
async fn organization_members_hold_to_the_schema_in_both_shapes() {
    for asked in [start().await, documented().await] {
        for member in
            rows(&asked, &format!("/organizations/{}/members?page_size=100", asked.organization))
                .await
        {
            check(&member, ORGANIZATION_MEMBER);
            check(&member["user"], ORGANIZATION_USER);
        }
    }
}

#[tokio::test]
async fn a_refusal_is_an_envelope_with_a_list_of_messages() {
    let asked = start().await;
    for path in [
        "/accounts/xyz",
        &asked.at("/members?order=shoe-size"),
        &asked.at("/members?per_page=many"),
    ] {
        let told = asked.get(path).await;
        assert!((400..500).contains(&told.status));
        assert_eq!(told.body["success"], false);
        assert!(told.message().len() > 5 && told.body["messages"].is_array());
        assert_eq!(told.header("content-type"), "application/json");
    }
}
