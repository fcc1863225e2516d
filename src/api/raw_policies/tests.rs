//! Policies that go back as they came.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::domain::Access;

const P: &str = "49ce85367bae433b9f0717ed4fea5c74";
const R: &str = "a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4";

fn group(policies: &str) -> RawPolicies {
    RawPolicies::read(
        format!(r#"{{"success":true,"result":{{"id":"{R}","policies":{policies}}}}}"#).as_bytes(),
    )
}

fn sent(policy: &str) -> Result<String, String> {
    let group = group(&format!("[{policy}]"));
    group.policies()[0].sendable().map(|body| body.text().to_owned()).map_err(|fault| fault.what)
}

#[test]
fn fact_3_an_untouched_policy_goes_back_without_ids_of_its_own_and_without_what_readers_are_told() {
    let policy = json!({
        "id": "11112222333344445555666677778888",
        "access": "allow",
        "permission_groups": [{"id": P, "name": "DNS", "meta": {"label": "dns_admin"}}],
        "resource_groups": [{"id": R, "name": "x", "scope": {"key": "k", "objects": [{"key": "*"}]}}],
    });
    let sent: Value = serde_json::from_str(&sent(&policy.to_string()).unwrap()).unwrap();
    let expected = json!({"access": "allow", "permission_groups": [{"id": P}], "resource_groups": [{"id": R}]});
    assert_eq!(sent, expected);
}

#[test]
fn an_anonymous_resource_group_goes_back_by_its_scope_as_an_object() {
    for scope in
        [r#"{"key":"k","objects":[{"key":"*"}]}"#, r#"[{"key":"k","objects":[{"key":"*"}]}]"#]
    {
        let policy = format!(
            r#"{{"access":"allow","permission_groups":[],"resource_groups":[{{"scope":{scope}}}]}}"#
        );
        let expected = r#"{"access":"allow","permission_groups":[],"resource_groups":[{"scope":{"key":"k","objects":[{"key":"*"}]}}]}"#;
        assert_eq!(sent(&policy).unwrap(), expected);
    }
}

#[test]
fn a_policy_that_cannot_go_back_says_why() {
    let table = [
        (r#"{"resource_groups":[{"name":"x"}]}"#, "neither an id nor a scope"),
        (r#"{"resource_groups":[{"id":null,"scope":[]}]}"#, "neither an id nor a scope"),
        (r#"{"resource_groups":[{"id":"../x","scope":{"key":"k"}}]}"#, "an id that is none"),
        (r#"{"permission_groups":[{"name":"x"}]}"#, "without an id"),
        (r#"{"permission_groups":"x"}"#, "can't be read"),
        (r#"{"access":"allow","access":"deny"}"#, "a key twice"),
        ("5", "can't be read"),
    ];
    for (policy, why) in table {
        let refusal = sent(policy).unwrap_err();
        assert!(refusal.contains(why), "{policy}: {refusal}");
    }
}

#[test]
fn a_policy_is_found_by_what_it_says_and_keeps_its_mangled_text() {
    let policy =
        format!(r#"{{"access":"allow","permission_groups":[{{"id":"{P}"}}],"note":"a\ud800b"}}"#);
    let group = group(&format!("[{policy},5]"));
    let [first, second] = group.policies() else { panic!("two were sent") };
    let content = first.content.clone().unwrap();
    assert_eq!((content.access, content.permission_groups.len()), (Access::Allow, 1));
    assert!(first.sendable().unwrap().text().contains(r#""note":"a\ud800b""#));
    assert_eq!(second.content, None);
}

#[test]
fn a_policy_of_the_person_names_ids_alone() {
    let draft = PolicyDraft {
        access: Access::Allow,
        permission_groups: vec![PermissionGroupId::parse(P).unwrap()],
        resource_groups: vec![ResourceGroupId::parse(R).unwrap()],
        scopes: Vec::new(),
    };
    let expected = format!(
        r#"{{"access":"allow","permission_groups":[{{"id":"{P}"}}],"resource_groups":[{{"id":"{R}"}}]}}"#
    );
    assert_eq!(serde_json::to_string(&policy_body(&draft)).unwrap(), expected);
}

#[test]
fn one_policy_that_cannot_go_back_locks_all_policies_of_its_group_with_the_reason() {
    let good = format!(r#"{{"access":"allow","permission_groups":[{{"id":"{P}"}}]}}"#);
    let lock = |policies: &str| group(policies).locked().map(|fault| fault.what);
    for free in ["[]", "null", &format!("[{good}]"), &format!("[{good},{good}]")] {
        assert_eq!(lock(free), None, "{free}");
    }
    let table = [
        (
            format!(r#"[{good},{{"resource_groups":[{{"name":"x"}}]}}]"#),
            "neither an id nor a scope",
        ),
        // It could go back, but nobody knows what it says.
        (format!(r#"[{{"resource_groups":[{{"id":"{R}","scope":5}}]}},{good}]"#), "can't be read"),
        (format!("[5,{good}]"), "can't be read"),
        (r#"{"a":1}"#.to_owned(), "can't be read"),
    ];
    for (policies, why) in table {
        let locked = lock(&policies).unwrap_or_default();
        assert!(locked.contains(why), "{policies}: {locked}");
    }
    assert!(RawPolicies::read(b"<html>").locked().is_some());
}

/// JSON texts that lose something when they are read as values and written again.
fn delicate() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("1.10".to_owned()),
        Just("123456789012345678901234567890".to_owned()),
        Just("1E400".to_owned()),
        Just("-0.0".to_owned()),
        Just(r#""\u0041\/""#.to_owned()),
        Just(r#"{"b":1,"a":{"z":null,"y":[ ]}}"#.to_owned()),
        Just("[1,  2]".to_owned()),
        "[a-z]{0,8}".prop_map(|word| format!("\"{word}\"")),
    ]
}

fn extras() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::btree_map("x_[a-z]{1,6}", delicate(), 0..4)
        .prop_map(|m| m.into_iter().collect())
}

fn with(known: &str, extras: &[(String, String)]) -> String {
    let mut fields = vec![known.to_owned()];
    fields.extend(extras.iter().map(|(key, value)| format!("\"{key}\":{value}")));
    format!("{{{}}}", fields.join(","))
}

proptest! {
    #[test]
    fn a34_keys_that_are_not_known_go_back_byte_for_byte(
        policy in extras(), permission in extras(), resource in extras(),
    ) {
        let permission_group = |known: &str| with(&format!("\"id\":\"{P}\"{known}"), &permission);
        let resource_group = |known: &str| with(&format!("\"id\":\"{R}\"{known}"), &resource);
        let whole = |id: &str, p: String, r: String| {
            with(&format!("{id}\"access\":\"allow\",\"permission_groups\":[{p}],\"resource_groups\":[{r}]"), &policy)
        };
        let came = whole("\"id\":\"x\",", permission_group(",\"name\":\"n\",\"meta\":{}"), resource_group(",\"scope\":[]"));
        let goes = whole("", permission_group(""), resource_group(""));
        let body = group(&format!("[{came}]")).policies()[0].sendable().unwrap();
        prop_assert_eq!(body.text(), goes);
        let keys = policy.len() + permission.len() + resource.len();
        prop_assert_eq!(body.unknown().len(), keys);
    }

    #[test]
    fn no_text_makes_reading_a_group_fail(text in ".{0,80}") {
        let _ = RawPolicies::read(text.as_bytes());
        let mut map = Map::new();
        map.insert(text.clone(), json!(text));
        let _ = group(&Value::Array(vec![Value::Object(map)]).to_string()).policies()[0].sendable();
    }
}
