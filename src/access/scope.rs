//! Resource groups, read: the whole account, a zone, or something else.

use std::sync::Arc;

use crate::domain::{Directory, ResourceGroup, Scope, ZoneId};

/// How Cloudflare's API reference writes the key of an account.
const ACCOUNT: &str = "com.cloudflare.api.account.";
/// How it writes the key of a zone.
const ZONE: &str = "com.cloudflare.api.account.zone.";
/// Stands for everything in a container.
const ALL: &str = "*";

/// One thing that a policy's scope names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The whole account.
    Account,
    /// A zone.
    Zone(ZoneId),
    /// Another key, as it came.
    Other(Arc<str>),
}

/// The scopes of a resource group: its own, or those of the catalogue where it came with its id alone.
pub fn scopes_of<'d>(directory: &'d Directory, group: &'d ResourceGroup) -> &'d [Scope] {
    if !group.scopes.is_empty() {
        return &group.scopes;
    }
    group
        .id
        .as_ref()
        .and_then(|id| directory.resource_groups().get(id))
        .map_or(&[], |known| known.scopes.as_slice())
}

/// Everything that a resource group names, in the order of its scopes; empty where nothing is known of it.
pub fn places(directory: &Directory, group: &ResourceGroup) -> Vec<Place> {
    let scopes = scopes_of(directory, group);
    if scopes.is_empty() && is_account_key(&group.name) {
        return vec![Place::Account];
    }
    scopes
        .iter()
        .flat_map(|scope| scope.objects.iter().map(move |object| place(&scope.key, object)))
        .collect()
}

/// Whether a resource group is the whole account.
pub fn is_account_wide(directory: &Directory, group: &ResourceGroup) -> bool {
    let scopes = scopes_of(directory, group);
    if scopes.is_empty() {
        // The built-in group of the whole account is named by the account's key.
        return is_account_key(&group.name);
    }
    scopes
        .iter()
        .any(|scope| is_account_key(&scope.key) && scope.objects.iter().any(|o| **o == *ALL))
}

fn place(container: &Arc<str>, object: &Arc<str>) -> Place {
    let key = if **object == *ALL { container } else { object };
    if **object == *ALL && is_account_key(container) {
        return Place::Account;
    }
    match key.strip_prefix(ZONE).and_then(ZoneId::parse) {
        Some(zone) => Place::Zone(zone),
        None => Place::Other(key.clone()),
    }
}

/// Whether a key names an account, and not something in it.
fn is_account_key(key: &str) -> bool {
    key.strip_prefix(ACCOUNT).is_some_and(|id| !id.is_empty() && !id.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::{Account, account_key, resource_group, tag};

    fn scope(key: &str, objects: &[&str]) -> Scope {
        Scope { key: key.into(), objects: objects.iter().map(|o| (*o).into()).collect() }
    }

    #[test]
    fn the_whole_account_a_zone_and_anything_else_are_told_apart() {
        let directory = Account::new().directory;
        let zone = ZoneId::parse(&tag(5)).unwrap();
        let zone_key = format!("com.cloudflare.api.account.zone.{}", tag(5));
        let worker = "com.cloudflare.api.account.worker.w1";
        for (scopes, place) in [
            (vec![scope(&account_key(), &["*"])], Place::Account),
            (vec![scope(&account_key(), &[&zone_key])], Place::Zone(zone.clone())),
            (vec![scope(&zone_key, &["*"])], Place::Zone(zone.clone())),
            (vec![scope(&account_key(), &[worker])], Place::Other(worker.into())),
            (
                vec![scope("com.cloudflare.edge.x", &["*"])],
                Place::Other("com.cloudflare.edge.x".into()),
            ),
        ] {
            let group = resource_group(None, "", scopes);
            assert_eq!(is_account_wide(&directory, &group), place == Place::Account);
            assert_eq!(places(&directory, &group), [place]);
        }
    }

    #[test]
    fn a_group_that_came_without_scopes_is_known_by_the_accounts_key_or_not_at_all() {
        let directory = Account::new().directory;
        assert!(is_account_wide(&directory, &resource_group(None, &account_key(), vec![])));
        assert!(!is_account_wide(&directory, &resource_group(None, "eu zones", vec![])));
        assert_eq!(places(&directory, &resource_group(None, "eu zones", vec![])), []);
    }
}
