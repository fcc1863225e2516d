//! Policies, scopes and states in a few safe words.

use std::borrow::Cow;
use std::sync::Arc;

use crate::access::{Place, is_account_wide, places};
use crate::domain::{Access, Directory, MemberStatus, Policy, ResourceGroup, TwoFactor};
use crate::text;

/// What stands where the service said nothing.
pub(super) const NOTHING: &str = "—";

/// A policy in a few words: `Domain DNS on 12 zones`, `deny Billing on account`.
pub fn policy_words(directory: &Directory, policy: &Policy) -> String {
    let what = granted_words(policy);
    let on = on_words(directory, &policy.resource_groups);
    match &policy.access {
        Access::Allow => format!("{what} on {on}"),
        Access::Deny => format!("deny {what} on {on}"),
        Access::Other(word) if word.is_empty() => format!("? {what} on {on}"),
        Access::Other(word) => format!("{} {what} on {on}", text::safe_capped(word)),
    }
}

/// Several policies in a few words: `Domain DNS on 12 zones, and 2 more`; `none` where there are none.
pub fn policies_words(directory: &Directory, policies: &[Arc<Policy>]) -> String {
    match policies {
        [] => "none".to_owned(),
        [only] => policy_words(directory, only),
        [first, rest @ ..] => {
            format!("{}, and {} more", policy_words(directory, first), text::count(rest.len()))
        }
    }
}

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

/// Everything that a resource group names, one safe line each: zone names where they can be read, the keys
/// as the service writes them otherwise.
pub fn scope_names(directory: &Directory, group: &ResourceGroup) -> Vec<String> {
    places(directory, group).iter().map(|place| place_words(directory, place)).collect()
}

/// Where an invitation stands, in a safe word: `accepted`, `pending`, `other(suspended)`.
pub fn status_words(status: &MemberStatus) -> Cow<'static, str> {
    match status {
        MemberStatus::Accepted => Cow::Borrowed("accepted"),
        MemberStatus::Pending => Cow::Borrowed("pending"),
        MemberStatus::Other(word) => Cow::Owned(format!("other({})", text::safe_capped(word))),
        MemberStatus::Unknown => Cow::Borrowed(NOTHING),
    }
}

/// Two-factor authentication in a word.
pub(super) fn two_factor_words(two_factor: TwoFactor) -> &'static str {
    match two_factor {
        TwoFactor::On => "on",
        TwoFactor::Off => "off",
        TwoFactor::Unknown => "?",
    }
}

fn granted_words(policy: &Policy) -> String {
    let name = |at: usize| {
        policy.permission_groups.get(at).map(|group| {
            if group.name.is_empty() {
                format!("permission group {}", group.id)
            } else {
                text::safe_capped(&group.name).into_owned()
            }
        })
    };
    match (name(0), name(1), policy.permission_groups.len()) {
        (None, ..) => "nothing".to_owned(),
        (Some(first), Some(second), 2) => format!("{first} and {second}"),
        (Some(first), _, 1) => first,
        (Some(first), _, all) => format!("{first} and {} more", text::count(all - 1)),
    }
}

fn on_words(directory: &Directory, groups: &[Arc<ResourceGroup>]) -> String {
    match groups {
        [] => "nothing".to_owned(),
        [only] => scope_words(directory, only),
        several if several.iter().any(|group| is_account_wide(directory, group)) => {
            "account".to_owned()
        }
        several => {
            let mut all: Vec<Place> =
                several.iter().flat_map(|group| places(directory, group)).collect();
            all.sort();
            all.dedup();
            places_words(directory, &all)
                .unwrap_or_else(|| text::plural(several.len(), "resource group"))
        }
    }
}

/// `None` where there is nothing to name.
fn places_words(directory: &Directory, places: &[Place]) -> Option<String> {
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

fn place_words(directory: &Directory, place: &Place) -> String {
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
