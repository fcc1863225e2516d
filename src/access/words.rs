//! What a scope is called: zone names where they can be read, the keys as the service writes them otherwise.

use super::difference::{Held, Reach};
use super::scope::{Place, is_account_wide, places};
use crate::domain::{Access, Directory, PermissionGroup, ResourceGroup};
use crate::text;

/// A resource group in a few words: `account`, `shop.example`, `12 zones`, `eu zones (12 zones)`.
pub fn scope_words(directory: &Directory, group: &ResourceGroup) -> String {
    if is_account_wide(directory, group) {
        return "account".to_owned();
    }
    let named = !group.name.is_empty() && !group.name.starts_with("com.cloudflare.");
    let inside = places_words(directory, &places(directory, group));
    match (named, inside) {
        (true, Some(inside)) => format!("{} ({inside})", text::safe_capped(&group.name)),
        (true, None) => text::safe_capped(&group.name).into_owned(),
        (false, Some(inside)) => inside,
        (false, None) => match &group.id {
            Some(id) => format!("resource group {id}"),
            None if group.name.is_empty() => "an unknown scope".to_owned(),
            None => text::safe_capped(&group.name).into_owned(),
        },
    }
}

/// Places in a few safe words; `None` where there is nothing to name.
pub fn places_words(directory: &Directory, places: &[Place]) -> Option<String> {
    match places {
        [] => None,
        [only] => Some(place_words(directory, only)),
        [first, second] => {
            Some(format!("{}, {}", place_words(directory, first), place_words(directory, second)))
        }
        many => {
            let all_zones = many.iter().all(|place| matches!(place, Place::Zone(_)));
            Some(text::plural(many.len(), if all_zones { "zone" } else { "resource" }))
        }
    }
}

/// A place in a safe word.
pub fn place_words(directory: &Directory, place: &Place) -> String {
    match place {
        Place::Account => "account".to_owned(),
        Place::Zone(id) => {
            directory.zones().get(id).filter(|zone| !zone.name.is_empty()).map_or_else(
                || format!("com.cloudflare.api.account.zone.{id}"),
                |zone| text::safe_capped(&zone.name).into_owned(),
            )
        }
        Place::Other(key) => text::safe_capped(key).into_owned(),
    }
}

/// A permission group's name in safe words, or its id where it has none.
pub fn permission_words(permission: &PermissionGroup) -> String {
    match &*permission.name {
        "" => format!("permission group {}", permission.id),
        name => text::safe_capped(name).into_owned(),
    }
}

/// What is reached in a few safe words: `29 zones`, `shop.example, resource group 0123…`.
pub fn reaches_words(directory: &Directory, reaches: &[Reach]) -> String {
    let known = reaches.iter().filter_map(|on| match on {
        Reach::Place(place) => Some(place.clone()),
        Reach::Unknown(_) => None,
    });
    let known: Vec<Place> = known.collect();
    let unknown = reaches.iter().filter_map(|on| match on {
        Reach::Place(_) => None,
        Reach::Unknown(Some(id)) => Some(format!("resource group {id}")),
        Reach::Unknown(None) => Some("an unknown scope".to_owned()),
    });
    let on: Vec<String> = places_words(directory, &known).into_iter().chain(unknown).collect();
    on.join(", ")
}

/// What is held in a few words: `DNS on 29 zones`, `deny Billing on account`.
pub fn held_words(directory: &Directory, held: &Held) -> String {
    let what = permission_words(&held.permission_group);
    let on = reaches_words(directory, &held.on);
    match &held.access {
        Access::Allow => format!("{what} on {on}"),
        Access::Other(word) if word.is_empty() => format!("? {what} on {on}"),
        other => format!("{} {what} on {on}", text::safe_capped(other.as_wire())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::{Account, permission, tag};
    use crate::domain::PermissionScope;

    #[test]
    fn what_is_held_is_said_with_all_that_it_is_held_on_and_a_deny_by_its_name() {
        let directory = Account::new().zone(1, "shop.example").directory;
        let place = |n| Reach::Place(Place::Zone(crate::domain::ZoneId::parse(&tag(n)).unwrap()));
        let held = |access, on| Held {
            access,
            permission_group: permission("DNS", "", PermissionScope::Zone),
            on,
            by: vec![],
            unsettled: false,
        };
        let group = crate::domain::ResourceGroupId::parse(&tag(5));
        let deny = || Access::Deny;
        for (held, words) in [
            (held(Access::Allow, vec![place(1)]), "DNS on shop.example".to_owned()),
            (held(deny(), vec![place(1), place(2), place(3)]), "deny DNS on 3 zones".to_owned()),
            (
                held(Access::Allow, vec![place(1), Reach::Unknown(group)]),
                format!("DNS on shop.example, resource group {}", tag(5)),
            ),
            (held(deny(), vec![Reach::Unknown(None)]), "deny DNS on an unknown scope".to_owned()),
        ] {
            assert_eq!(held_words(&directory, &held), words);
        }
    }
}
