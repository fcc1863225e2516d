//! Policies, scopes and states in a few safe words.

use std::borrow::Cow;
use std::sync::Arc;

use crate::access::{
    Person, Place, Sure, is_account_wide, permission_words, place_words, places, places_words,
    scope_words,
};
use crate::domain::{Access, Directory, Gap, MemberStatus, Policy, ResourceGroup, TwoFactor};
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

/// Everything that a resource group names, one safe line each: zone names where they can be read, the keys
/// as the service writes them otherwise.
pub fn scope_names(directory: &Directory, group: &ResourceGroup) -> Vec<String> {
    places(directory, group).iter().map(|place| place_words(directory, place)).collect()
}

/// What rests an answer about a member: the grant itself, or what stands above it; with what is doubtful about it.
pub fn rests_words(person: &Person) -> Cow<'static, str> {
    let rests = match (person.sure, person.itself) {
        (Sure::Perhaps, _) => "perhaps",
        (Sure::Yes, true) => "the grant itself",
        (Sure::Yes, false) => "implied",
    };
    if person.denied { Cow::Owned(format!("{rests}, a deny too")) } else { Cow::Borrowed(rests) }
}

/// Where an invitation stands, in a safe word: `accepted`, `pending`, `other(suspended)`.
pub fn status_words(status: &MemberStatus) -> Cow<'static, str> {
    match status {
        MemberStatus::Accepted => Cow::Borrowed("accepted"),
        MemberStatus::Active => Cow::Borrowed("active"),
        MemberStatus::Pending => Cow::Borrowed("pending"),
        MemberStatus::Rejected => Cow::Borrowed("rejected"),
        MemberStatus::Canceled => Cow::Borrowed("canceled"),
        MemberStatus::Other(word) => Cow::Owned(format!("other({})", text::safe_capped(word))),
        MemberStatus::Unknown => Cow::Borrowed(NOTHING),
    }
}

/// Two-factor authentication in a word.
pub fn two_factor_words(two_factor: TwoFactor) -> &'static str {
    match two_factor {
        TwoFactor::On => "on",
        TwoFactor::Off => "off",
        TwoFactor::Unknown => "?",
    }
}

/// Why a list is not whole; `row` is what one of its rows is called.
pub fn gap_words(gap: &Gap, row: &str) -> String {
    match gap {
        Gap::SetAside(number) => {
            format!("{} could not be read", text::plural(*number as usize, row))
        }
        Gap::Shifted => "the list changed while it was read".to_owned(),
        Gap::NoProgress => "the service sent the same page again and again".to_owned(),
        Gap::Capped => "the list is longer than is read at once".to_owned(),
    }
}

fn granted_words(policy: &Policy) -> String {
    let name = |at: usize| policy.permission_groups.get(at).map(|group| permission_words(group));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::{
        Account, account_key, dns_on, permission, policy, resource_group, tag, whole_account, zones,
    };
    use crate::domain::{PermissionScope, Scope};

    #[test]
    fn a_scope_is_said_in_zone_names_where_they_can_be_read_and_in_keys_otherwise() {
        let directory = Account::new().zone(1, "shop.example").zone(2, "blog.example").directory;
        let key = format!("com.cloudflare.api.account.zone.{}", tag(9));
        let worker = Scope { key: account_key().into(), objects: vec!["com.x.worker.w".into()] };
        for (group, words) in [
            (whole_account(), "account".to_owned()),
            (zones(None, "", &[1]), "shop.example".to_owned()),
            (zones(None, "", &[2, 1]), "blog.example, shop.example".to_owned()),
            (zones(None, "", &[1, 2, 3]), "3 zones".to_owned()),
            (zones(None, "", &[9]), key.clone()),
            (zones(Some(5), "eu zones", &[1, 2, 3]), "eu zones (3 zones)".to_owned()),
            (zones(Some(5), "com.cloudflare.api.account.zone.x", &[1]), "shop.example".to_owned()),
            (resource_group(None, "", vec![worker]), "com.x.worker.w".to_owned()),
            (resource_group(Some(5), "", vec![]), format!("resource group {}", tag(5))),
            (resource_group(None, "", vec![]), "an unknown scope".to_owned()),
            (resource_group(Some(5), "old zones", vec![]), "old zones".to_owned()),
        ] {
            assert_eq!(scope_words(&directory, &group), words);
        }
        assert_eq!(
            scope_names(&directory, &zones(None, "", &[1, 9])),
            ["shop.example".to_owned(), key]
        );
    }

    #[test]
    fn a_policy_is_said_in_a_few_words() {
        let directory = Account::new().zone(1, "shop.example").directory;
        let of = |name| permission(name, "", PermissionScope::Account);
        let (dns, waf, billing) = (of("DNS"), of("WAF"), of("Billing"));
        let (wide, shop, two) =
            (whole_account(), zones(None, "", &[1]), zones(None, "", &[1, 2, 3]));
        for (policy, words) in [
            (dns_on(1), "Domain DNS on shop.example"),
            (policy(Access::Allow, &[&dns, &waf], &[&two]), "DNS and WAF on 3 zones"),
            (policy(Access::Allow, &[&dns, &waf, &billing], &[&wide]), "DNS and 2 more on account"),
            (policy(Access::Deny, &[&dns], &[&shop, &two]), "deny DNS on 3 zones"),
            (policy(Access::Allow, &[&dns], &[&shop, &wide]), "DNS on account"),
            (policy(Access::Other("audit".into()), &[&dns], &[&wide]), "audit DNS on account"),
            (policy(Access::Other("".into()), &[&dns], &[&wide]), "? DNS on account"),
            (policy(Access::Allow, &[], &[]), "nothing on nothing"),
        ] {
            assert_eq!(policy_words(&directory, &policy), words);
        }
        assert_eq!(policies_words(&directory, &[]), "none");
        assert_eq!(policies_words(&directory, &[dns_on(1)]), "Domain DNS on shop.example");
        let three = [dns_on(1), dns_on(2), dns_on(3)];
        assert_eq!(policies_words(&directory, &three), "Domain DNS on shop.example, and 2 more");
    }
}
