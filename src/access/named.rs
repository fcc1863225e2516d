//! What a person means by the words of a question: `DNS on shop.example`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::implied::zone_form;
use super::question::{Question, places_known};
use super::scope::Place;
use super::words::{permission_words, place_words};
use crate::domain::{Directory, Group, Member, PermissionGroup, PermissionGroupId, Policy, ZoneId};
use crate::text;

/// Stands between the permission group and the place.
const ON: &str = " on ";
/// So many names are offered in place of one that isn't known.
const OFFERED: usize = 5;

/// Words that name nothing, or several things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear(String);

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unclear {}

impl Question {
    /// Reads `PERMISSION on RESOURCE`, or `PERMISSION` for anywhere.
    ///
    /// # Errors
    /// What is not known or not clear, in safe words.
    pub fn read(directory: &Directory, words: &str) -> Result<Self, Unclear> {
        match words.rsplit_once(ON) {
            Some((permission, place)) => Self::of(directory, permission, Some(place)),
            None => Self::of(directory, words, None),
        }
    }

    /// Reads a permission group and a place.
    ///
    /// # Errors
    /// What is not known or not clear, in safe words.
    pub fn of(directory: &Directory, permission: &str, on: Option<&str>) -> Result<Self, Unclear> {
        let on = on.map(|on| place(directory, on)).transpose()?;
        let known = permissions_known(directory);
        let permission = permission_group(&known, permission)?;
        Ok(Self::about(&known, permission, on))
    }

    /// On a zone, what is asked of the account's permission group is asked of the zones' form of it, which the
    /// account's gives too.
    pub fn about(
        known: &[Arc<PermissionGroup>],
        permission: Arc<PermissionGroup>,
        on: Option<Place>,
    ) -> Self {
        let of_zones = match on {
            Some(Place::Zone(_)) => known.iter().find(|zone| zone_form(&permission, zone)),
            _ => None,
        };
        Self { permission: of_zones.cloned().unwrap_or(permission), on }
    }

    /// The question in safe words.
    pub fn words(&self, directory: &Directory) -> String {
        let what = permission_words(&self.permission);
        match &self.on {
            Some(place) => format!("{what}{ON}{}", place_words(directory, place)),
            None => format!("{what} anywhere"),
        }
    }
}

/// Every permission group that the account knows: those of the catalogue, and those that policies and roles speak of.
/// By name, each once.
pub fn permissions_known(directory: &Directory) -> Vec<Arc<PermissionGroup>> {
    let mut known: BTreeMap<PermissionGroupId, Arc<PermissionGroup>> = BTreeMap::new();
    let groups = directory.groups().values().flat_map(Group::policies);
    let members = directory.members().values();
    let policies = groups.chain(members.flat_map(Member::direct_policies));
    for group in policies.flat_map(|policy: &Arc<Policy>| &policy.permission_groups) {
        known.entry(group.id.clone()).or_insert_with(|| group.clone());
    }
    known.extend(directory.permission_groups().values().map(|it| (it.id.clone(), it.clone())));
    let mut known: Vec<Arc<PermissionGroup>> = known.into_values().collect();
    known.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    known
}

/// The permission group that is called so: by id, label or name; else the only one whose name holds the words.
fn permission_group(
    known: &[Arc<PermissionGroup>],
    words: &str,
) -> Result<Arc<PermissionGroup>, Unclear> {
    let wanted = words.trim().to_lowercase();
    let exact = known.iter().find(|it| {
        it.id.to_string() == wanted
            || it.name.to_lowercase() == wanted
            || (!it.label.is_empty() && it.label.to_lowercase() == wanted)
    });
    if let Some(exact) = exact {
        return Ok(exact.clone());
    }
    let near = text::nearest(words, known.iter().map(|it| &*it.name));
    // What only resembles a name is offered, and not taken for it.
    let holds = |name: &str| name.to_lowercase().contains(&wanted);
    match near.as_slice() {
        [only] if holds(only) => {
            let only = known.iter().find(|it| it.name.as_ref() == *only);
            only.cloned().ok_or_else(|| unclear("permission group", words, &near))
        }
        _ => Err(unclear("permission group", words, &near)),
    }
}

/// The place that is called so: `account`, a zone by its name or id, or a key as policies write it.
fn place(directory: &Directory, words: &str) -> Result<Place, Unclear> {
    let wanted = words.trim().to_lowercase();
    if wanted == "account" || wanted == directory.account.id.to_string() {
        return Ok(Place::Account);
    }
    let zones = directory.zones();
    if let Some(zone) = zones.values().find(|zone| zone.name.to_lowercase() == wanted) {
        return Ok(Place::Zone(zone.id.clone()));
    }
    let known = places_known(directory);
    let keys = |place: &&Place| match place {
        Place::Other(key) => key.to_lowercase() == wanted,
        Place::Zone(id) => id.to_string() == wanted,
        Place::Account => false,
    };
    if let Some(place) = known.iter().find(keys) {
        return Ok(place.clone());
    }
    // Without Zone Read no zone has a name here; its id is as good.
    if let Some(zone) = ZoneId::parse(&wanted).filter(|_| zones.is_empty()) {
        return Ok(Place::Zone(zone));
    }
    let names: Vec<&str> = zones.values().map(|zone| &*zone.name).collect();
    let near = text::nearest(words, names.into_iter());
    Err(unclear("zone or resource", words, &near))
}

fn unclear(what: &str, words: &str, near: &[&str]) -> Unclear {
    let near: Vec<_> = near.iter().map(|name| text::safe_capped(name)).collect();
    let said = text::safe_capped(words.trim());
    let Some(first) = near.get(..near.len().min(OFFERED)).filter(|first| !first.is_empty()) else {
        return Unclear(format!("there is no {what} “{said}” here"));
    };
    let more = match near.len() - first.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Unclear(format!("“{said}” is no {what}; near it: {}{more}", first.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::{Account, allows, dns_on, member, permission, tag};
    use crate::domain::{Page, PermissionScope};

    fn account() -> Account {
        let known = [
            permission("DNS", "dns_admin", PermissionScope::Account),
            permission("Domain DNS", "", PermissionScope::Zone),
            permission("Zaraz Admin", "", PermissionScope::Account),
            permission("Zaraz Read", "", PermissionScope::Account),
        ];
        Account::new()
            .rows(Page::PermissionGroups(known.iter().map(|it| (**it).clone()).collect()))
            .zone(1, "shop.example")
            .zone(2, "shop-staging.example")
    }

    fn read(account: &Account, words: &str) -> Result<String, String> {
        let question = Question::read(&account.directory, words);
        question.map(|it| it.words(&account.directory)).map_err(|unclear| unclear.to_string())
    }

    #[test]
    fn a_question_names_a_permission_group_by_name_label_or_id_and_a_place_by_name_or_id() {
        let account = account();
        let id = permission("Zaraz Read", "", PermissionScope::Account).id.clone();
        for (words, meant) in [
            ("zaraz admin on account", "Zaraz Admin on account"),
            ("dns_admin on account", "DNS on account"),
            ("dns_admin", "DNS anywhere"),
            ("domain dns on Shop.Example", "Domain DNS on shop.example"),
            (&format!("{id} on {}", tag(2)), "Zaraz Read on shop-staging.example"),
        ] {
            assert_eq!(read(&account, words), Ok(meant.to_owned()), "{words}");
        }
    }

    #[test]
    fn on_a_zone_the_accounts_permission_group_means_the_zones_form_of_it() {
        assert_eq!(
            read(&account(), "dns on shop.example"),
            Ok("Domain DNS on shop.example".to_owned())
        );
    }

    #[test]
    fn what_is_not_known_is_said_with_what_is_near_and_several_are_never_guessed_from() {
        let account = account();
        for (words, said) in [
            ("zaraz", "“zaraz” is no permission group; near it: Zaraz Admin, Zaraz Read"),
            ("pages", "there is no permission group “pages” here"),
            ("zaraz raed", "“zaraz raed” is no permission group; near it: Zaraz Read"),
            ("", "there is no permission group “” here"),
            ("dns on blog.example", "there is no zone or resource “blog.example” here"),
            ("dns on shpo.example", "“shpo.example” is no zone or resource; near it: shop.example"),
            (
                "dns on shop",
                "“shop” is no zone or resource; near it: shop.example, shop-staging.example",
            ),
        ] {
            assert_eq!(read(&account, words), Err(said.to_owned()), "{words}");
        }
    }

    #[test]
    fn without_the_catalogue_what_policies_speak_of_is_known() {
        let account =
            Account::new().members(vec![member(10, "leo@x.io", &[dns_on(1), allows("Billing")])]);
        assert_eq!(read(&account, "billing"), Ok("Billing anywhere".to_owned()));
        let names = permissions_known(&account.directory);
        let names: Vec<_> = names.iter().map(|it| &*it.name).collect();
        assert_eq!(names, ["Billing", "Domain DNS"]);
        // The zone has no name where zones can't be read.
        assert!(read(&account, &format!("domain dns on {}", tag(1))).is_ok());
    }
}
