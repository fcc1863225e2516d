//! Pages with anything in the place of one item, or of any part of it.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::domain::{AccountId, GroupId, OrganizationId};

fn id(n: u64) -> String {
    format!("{n:032x}")
}

/// An item that is good in every list.
fn item(n: u64) -> Value {
    let scope = json!({"key": "k", "objects": [{"key": "*"}]});
    json!({
        "id": id(n),
        "name": format!("name {n}"),
        "email": format!("m{n}@example.com"),
        "status": "accepted",
        "created_on": "2024-03-01T12:21:02.0000Z",
        "create_time": "2024-03-01T12:21:02Z",
        "meta": {"label": "dns_admin", "scopes": "com.cloudflare.api.account"},
        "scope": scope,
        "user": {"id": id(n + 100), "email": format!("m{n}@example.com"), "first_name": "A"},
        "roles": [{"id": id(1), "name": "DNS"}],
        "policies": [{
            "id": id(2),
            "access": "allow",
            "permission_groups": [{"id": id(3), "name": "DNS"}],
            "resource_groups": [{"id": id(4), "name": "all", "scope": [scope]}],
        }],
    })
}

fn lists() -> [List; 7] {
    let account = AccountId::parse(&id(900)).unwrap();
    let group = GroupId::parse(&id(901)).unwrap();
    [
        List::members(account.clone()),
        List::groups(account.clone()),
        List::group_members(account.clone(), group),
        List::PermissionGroups { account: account.clone() },
        List::ResourceGroups { account: account.clone() },
        List::Zones { account },
        List::organization_members(OrganizationId::parse("org").unwrap()),
    ]
}

fn count(page: &Page) -> usize {
    match page {
        Page::Members(rows) => rows.len(),
        Page::Groups(rows) => rows.len(),
        Page::GroupMembers(_, rows) => rows.len(),
        Page::PermissionGroups(rows) => rows.len(),
        Page::ResourceGroups(rows) => rows.len(),
        Page::Zones(rows) => rows.len(),
        Page::OrganizationMembers(rows) => rows.len(),
    }
}

/// How many rows a page of these items brings, and how many items or parts are set aside.
fn page(list: &List, items: &[Value]) -> (usize, u32) {
    let text = json!({"success": true, "result": items}).to_string();
    let (page, sheet) = list.page(&Envelope::open(&text).unwrap()).unwrap();
    assert_eq!(sheet.keys.len(), items.len(), "each item counts as seen");
    (count(&page), sheet.set_aside)
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("../../tokens")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// The places of a value at which something else can be put.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                places(item, &format!("{at}/{n}"), out);
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                places(value, &format!("{at}/{key}"), out);
            }
        }
        _ => {}
    }
}

#[test]
fn an_item_that_is_good_in_every_list_is_whole_in_every_list() {
    for list in lists() {
        assert_eq!(page(&list, &[item(10), item(11)]), (2, 0), "{list:?}");
    }
}

proptest! {
    #[test]
    fn a22_whatever_stands_in_the_place_of_one_item_the_others_come(odd in anything()) {
        for list in lists() {
            let (rows, aside) = page(&list, &[item(10), odd.clone(), item(11)]);
            prop_assert!(rows >= 2, "{:?}", list);
            prop_assert!(rows == 3 || aside > 0, "{:?}: what is left out is counted", list);
        }
    }

    #[test]
    fn a20_a22_whatever_stands_in_the_place_of_one_part_no_other_item_is_lost(
        which in any::<prop::sample::Index>(), odd in prop::option::of(anything()),
    ) {
        let mut broken = item(10);
        let mut all = Vec::new();
        places(&broken, "", &mut all);
        let place = &all[1 + which.index(all.len() - 1)];
        if let Some(odd) = odd {
            *broken.pointer_mut(place).unwrap() = odd;
        } else {
            let (above, key) = place.rsplit_once('/').unwrap();
            match broken.pointer_mut(above).unwrap() {
                Value::Object(fields) => drop(fields.remove(key)),
                Value::Array(items) => items.clear(),
                _ => {}
            }
        }
        let id_is_gone = broken["id"] != item(10)["id"];
        for list in lists() {
            let (rows, aside) = page(&list, &[item(11), broken.clone(), item(12)]);
            prop_assert!(rows >= 2, "{:?} without {}", list, place);
            prop_assert!(rows == 3 || aside > 0, "{:?} without {}", list, place);
            let members = matches!(list, List::Members { .. } | List::Groups { .. });
            prop_assert!(!members || rows == 3 || id_is_gone, "{:?}: {} is not needed", list, place);
        }
    }
}
