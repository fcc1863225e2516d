//! What a scope is called: zone names where they can be read, the keys as the service writes them otherwise.

use super::scope::{Place, is_account_wide, places};
use crate::domain::{Directory, ResourceGroup};
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
