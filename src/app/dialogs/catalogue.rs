//! The account's catalogues as things to pick: permission groups and resource groups. What a policy holds already is
//! offered also where the catalogue lacks it, so that nothing is dropped by looking at it.

use std::sync::Arc;

use crate::access;
use crate::domain::{
    Collection, Directory, Gap, PermissionGroup, PermissionScope, Policy, ResourceGroup, Standing,
};
use crate::{rows, text};

use super::{Choice, Item};

/// Stands beside what is held and not in the catalogue.
const ELSEWHERE: &str = "not in the catalogue";
const WHOLE: &str = "the whole account";

/// The permission groups that can be picked, and those that are held.
pub(super) fn permission_groups(
    directory: &Directory,
    there: &[Arc<Policy>],
    held: &[Choice],
) -> Vec<Item> {
    let known = directory.permission_groups();
    let mut items: Vec<Item> = known.values().map(|group| permission_item(group)).collect();
    for choice in held {
        let Choice::PermissionGroup(id) = choice else { continue };
        if known.get(id).is_none() {
            let there = there.iter().flat_map(|policy| &policy.permission_groups);
            let name = there.into_iter().find(|there| there.id == *id).map(|there| &*there.name);
            items.push(held_item(name, &id.to_string(), choice));
        }
    }
    items.sort_by(|a, b| a.name.cmp(&b.name));
    tell_apart(&mut items);
    items
}

/// Puts the id beside things of one name and one detail.
fn tell_apart(items: &mut [Item]) {
    let same = |a: &Item, b: &Item| (&a.name, &a.detail) == (&b.name, &b.detail);
    let alike: Vec<bool> = (0..items.len())
        .map(|at| {
            let neighbours = [at.checked_sub(1), Some(at + 1)];
            let item = items.get(at);
            neighbours
                .into_iter()
                .flatten()
                .any(|near| item.zip(items.get(near)).is_some_and(|(item, near)| same(item, near)))
        })
        .collect();
    for (item, _) in items.iter_mut().zip(alike).filter(|(_, alike)| *alike) {
        if let Choice::PermissionGroup(id) = &item.choice {
            item.detail = format!("{} {id}", item.detail);
        }
    }
}

/// The resource groups that can be picked, and those that are held.
pub(super) fn resource_groups(
    directory: &Directory,
    there: &[Arc<Policy>],
    held: &[Choice],
) -> Vec<Item> {
    let known = directory.resource_groups();
    let offered = known.values().filter_map(|group| resource_item(directory, group));
    let mut items: Vec<Item> = offered.collect();
    for choice in held {
        let Choice::ResourceGroup(id) = choice else { continue };
        if known.get(id).is_none() {
            let mut there = there.iter().flat_map(|policy| &policy.resource_groups);
            let there = there.find(|there| there.id.as_ref() == Some(id));
            let words = there.map(|there| rows::scope_words(directory, there));
            items.push(held_item(words.as_deref(), &id.to_string(), choice));
        }
    }
    items.sort_by(|a, b| (a.detail != WHOLE, &a.name).cmp(&(b.detail != WHOLE, &b.name)));
    items
}

/// What is to be known of a catalogue before something is picked from it; `None` where all of it is here.
pub fn note(directory: &Directory, collection: &Collection) -> Option<String> {
    let coverage = directory.coverage(collection);
    if let Some(walk) = coverage.walk.filter(|_| !coverage.is_whole()) {
        let rows = text::count(walk.rows as usize);
        return Some(match walk.of {
            Some(of) => format!("loading: {rows} of {}", text::count(of as usize)),
            None => format!("loading: {rows} so far"),
        });
    }
    match &coverage.standing {
        Standing::Forbidden(fault) => Some(format!("forbidden: {}", text::safe(&fault.in_short()))),
        Standing::Complete => None,
        Standing::Partial(gaps) => Some(match gaps.as_slice() {
            [Gap::SetAside(number)] => {
                format!("partial: {} could not be read", text::count(*number as usize))
            }
            _ => "partial: not everything is here".to_owned(),
        }),
        Standing::Unread | Standing::Begun => Some(match &coverage.failed {
            Some(fault) => format!("failed, not all are here: {}", text::safe(&fault.in_short())),
            None => "not read yet".to_owned(),
        }),
    }
}

fn held_item(name: Option<&str>, id: &str, choice: &Choice) -> Item {
    let name = name.filter(|name| !name.is_empty()).unwrap_or(id);
    Item {
        name: text::safe_capped(name).into_owned(),
        detail: ELSEWHERE.to_owned(),
        choice: choice.clone(),
    }
}

fn permission_item(group: &PermissionGroup) -> Item {
    let works_on = match &group.scope {
        PermissionScope::Account => "account",
        PermissionScope::Zone => "zones",
        PermissionScope::Resource(_) => "single resources",
        PermissionScope::Unknown => "",
    };
    Item {
        name: text::safe_capped(&group.name).into_owned(),
        detail: works_on.to_owned(),
        choice: Choice::PermissionGroup(group.id.clone()),
    }
}

fn resource_item(directory: &Directory, group: &ResourceGroup) -> Option<Item> {
    let id = group.id.clone()?;
    let whole = access::is_account_wide(directory, group);
    let words = rows::scope_words(directory, group);
    let name = if whole || group.name.is_empty() {
        words.clone()
    } else {
        text::safe_capped(&group.name).into_owned()
    };
    let detail = if whole { WHOLE.to_owned() } else { words };
    Some(Item { name, detail, choice: Choice::ResourceGroup(id) })
}
