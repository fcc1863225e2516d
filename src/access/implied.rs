//! Which permission groups stand above others: by what they are called, since no list of it is published.

use std::sync::LazyLock;

use serde::Deserialize;

use super::highest::reads_only;
use crate::domain::{PermissionGroup, PermissionGroupId, PermissionScope};

/// The table, with what it is based on.
const TABLE: &str = include_str!("../../assets/implied.toml");

/// Why one permission group gives what another does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rests {
    /// It is the one that is asked for.
    Itself,
    /// By a line of the table of what stands above what, in its words.
    Table(&'static str),
}

/// The table as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    above: Vec<Above>,
    endings: Endings,
    zones: Zones,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Above {
    label: String,
    name: String,
    over: Over,
    #[serde(default)]
    but: Vec<String>,
    words: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Over {
    Everything,
    Reads,
    Zones,
    #[serde(rename = "zone reads")]
    ZoneReads,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Endings {
    changes: Vec<String>,
    reads: Vec<String>,
    words: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Zones {
    prefix: String,
    suffixes: Vec<String>,
    words: String,
}

/// The table, read once. It is a part of the program: a test reads it.
static KNOWN: LazyLock<Option<Table>> = LazyLock::new(|| toml::from_str(TABLE).ok());

/// Why who holds `has` may do what `wanted` says, on what `has` is granted on; `None` where nothing says so.
pub fn gives(has: &PermissionGroup, wanted: &PermissionGroup) -> Option<Rests> {
    if has.id == wanted.id {
        return Some(Rests::Itself);
    }
    let table = KNOWN.as_ref()?;
    above(table, has, wanted)
        .or_else(|| same_kind(has, wanted).then(|| by_ending(table, has, wanted)).flatten())
        .or_else(|| on_zones(table, has, wanted))
        .map(Rests::Table)
}

/// Whether the second is what the first is on a zone.
pub(super) fn zone_form(account: &PermissionGroup, zone: &PermissionGroup) -> bool {
    KNOWN.as_ref().is_some_and(|table| on_zones(table, account, zone).is_some())
}

fn above(
    table: &'static Table,
    has: &PermissionGroup,
    wanted: &PermissionGroup,
) -> Option<&'static str> {
    let row = table.above.iter().find(|row| row.is(has))?;
    let left_out = row.but.iter().any(|name| wanted.name.starts_with(name.as_str()));
    let in_kind = match row.over {
        Over::Everything => true,
        Over::Reads => reads_only(&wanted.label, &wanted.name),
        Over::Zones => of_zones(wanted),
        Over::ZoneReads => of_zones(wanted) && reads_only(&wanted.label, &wanted.name),
    };
    // Of two that stand above everything, the one that is left out of the other's kind is the higher.
    (in_kind && !left_out).then_some(row.words.as_str())
}

impl Above {
    fn is(&self, group: &PermissionGroup) -> bool {
        let id = group.id.to_string();
        match self.label.as_str() {
            "all_privileges" if id == PermissionGroupId::SUPER_ADMINISTRATOR => true,
            "admin" if id == PermissionGroupId::ADMINISTRATOR => true,
            label if !group.label.is_empty() => *group.label == *label,
            _ => *group.name == *self.name,
        }
    }
}

fn of_zones(group: &PermissionGroup) -> bool {
    group.scope == PermissionScope::Zone
}

fn same_kind(one: &PermissionGroup, other: &PermissionGroup) -> bool {
    let unknown = |group: &PermissionGroup| group.scope == PermissionScope::Unknown;
    one.scope == other.scope || unknown(one) || unknown(other)
}

/// Of two names that begin alike, whether the first is the one that changes, or both are one name.
fn by_ending(
    table: &'static Table,
    has: &PermissionGroup,
    wanted: &PermissionGroup,
) -> Option<&'static str> {
    if has.name.is_empty() {
        return None;
    }
    if has.name == wanted.name {
        return Some("it has the same name");
    }
    let changes = |name: &str| -> Vec<String> { begins(name, &table.endings.changes) };
    let reads = begins(&wanted.name, &table.endings.reads);
    let changes = changes(&has.name);
    changes.iter().any(|name| reads.contains(name)).then_some(table.endings.words.as_str())
}

/// What a name begins with before each of these endings.
fn begins(name: &str, endings: &[String]) -> Vec<String> {
    let before = |ending: &String| {
        if ending.is_empty() {
            return Some(name.to_owned());
        }
        let begin = name.strip_suffix(ending.as_str())?.strip_suffix(' ')?;
        (!begin.is_empty()).then(|| begin.to_owned())
    };
    endings.iter().filter_map(before).collect()
}

/// Whether the first is the account's form of the second, which is of zones.
fn on_zones(
    table: &'static Table,
    has: &PermissionGroup,
    wanted: &PermissionGroup,
) -> Option<&'static str> {
    let zones = &table.zones;
    if has.scope != PermissionScope::Account || !of_zones(wanted) || has.name.is_empty() {
        return None;
    }
    let own = zones.suffixes.iter().find_map(|suffix| has.name.strip_suffix(suffix.as_str()));
    let own = own.unwrap_or(&has.name).trim_end();
    let zone = wanted.name.strip_prefix(zones.prefix.as_str()).unwrap_or(&wanted.name);
    (own == zone).then_some(zones.words.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::permission;

    fn rests(has: Named, wanted: Named) -> bool {
        let named = |(name, label, scope): Named| permission(name, label, scope.clone());
        let (has, wanted) = (named(has), named(wanted));
        gives(&has, &wanted).is_some()
    }

    type Named<'n> = (&'n str, &'n str, &'n PermissionScope);

    const ACCOUNT: &PermissionScope = &PermissionScope::Account;
    const ZONE: &PermissionScope = &PermissionScope::Zone;

    #[test]
    fn the_table_can_be_read() {
        let read: Result<Table, _> = toml::from_str(TABLE);
        assert!(read.is_ok(), "{}", read.err().unwrap());
    }

    #[test]
    fn what_is_asked_for_rests_on_itself_and_all_else_on_the_tables_words() {
        let dns = permission("DNS", "dns_admin", PermissionScope::Account);
        let admin = permission("Administrator", "admin", PermissionScope::Account);
        assert_eq!(gives(&dns, &dns), Some(Rests::Itself));
        let Some(Rests::Table(words)) = gives(&admin, &dns) else { panic!() };
        assert!(words.contains("members and billing"), "{words}");
    }

    #[test]
    fn administrators_stand_above_all_but_members_and_billing_and_super_administrators_above_them()
    {
        let (admin, over_all) = (
            ("Administrator", "admin", ACCOUNT),
            ("Super Administrator - All Privileges", "all_privileges", ACCOUNT),
        );
        for (wanted, by_admin) in
            [("DNS", true), ("Domain WAF", true), ("Billing", false), ("Memberships Write", false)]
        {
            assert_eq!(rests(admin, (wanted, "", ACCOUNT)), by_admin, "{wanted}");
            assert!(rests(over_all, (wanted, "", ACCOUNT)), "{wanted}");
        }
        assert!(rests(over_all, admin));
        assert!(!rests(admin, over_all));
    }

    #[test]
    fn who_changes_may_read_and_not_the_other_way_round() {
        for (changes, reads) in [
            ("Zaraz Admin", "Zaraz Read"),
            ("Hyperdrive Admin", "Hyperdrive Read"),
            ("Page Shield", "Page Shield Read"),
            ("Log Share", "Log Share Reader"),
            ("Cloudflare Zero Trust", "Cloudflare Zero Trust Read Only"),
            ("Workers KV Storage Write", "Workers KV Storage Read"),
            ("Cloudchamber Admin", "Cloudchamber Admin Read Only"),
            ("Vectorize Admin", "Vectorize Read only"),
        ] {
            assert!(rests((changes, "", ACCOUNT), (reads, "", ACCOUNT)), "{changes}");
            assert!(!rests((reads, "", ACCOUNT), (changes, "", ACCOUNT)), "{reads}");
        }
        assert!(!rests(("Zaraz Admin", "", ACCOUNT), ("Turnstile Read", "", ACCOUNT)));
        assert!(!rests(("Page Shield", "", ACCOUNT), ("Domain Page Shield Read", "", ZONE)));
    }

    #[test]
    fn the_accounts_permission_group_holds_on_a_zone_and_the_zones_own_not_on_the_account() {
        let (dns, domain) = (("DNS", "dns_admin", ACCOUNT), ("Domain DNS", "", ZONE));
        assert!(rests(dns, domain));
        assert!(!rests(domain, dns));
        assert!(rests(
            ("Zone Versioning (Account-Wide)", "", ACCOUNT),
            ("Zone Versioning", "", ZONE)
        ));
        assert!(rests(("Domain Administrator", "", ZONE), domain));
        assert!(!rests(("Domain Administrator Read Only", "", ZONE), domain));
        assert!(rests(
            ("Domain Administrator Read Only", "", ZONE),
            ("Domain API Gateway Read", "", ZONE)
        ));
    }

    #[test]
    fn a_look_alike_of_an_administrator_stands_above_nothing() {
        for name in ["Workers Admin", "Administrators", "administrator", "Bot Administrator"] {
            assert!(!rests((name, "", ACCOUNT), ("DNS", "", ACCOUNT)), "{name}");
        }
        // The label decides where there is one.
        assert!(!rests(
            ("Administrator Read Only", "waf_admin", ACCOUNT),
            ("Zaraz Read", "", ACCOUNT)
        ));
    }
}
