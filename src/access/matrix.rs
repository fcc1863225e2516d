//! What a member may do where, as a table: permission groups down, places across. Places where all is the same share
//! a column, so that forty zones are a few columns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::difference::{Reach, reaches};
use super::grant::{Path, grants};
use super::scope::Place;
use super::words::place_words;
use crate::domain::{Access, Directory, MemberId, PermissionGroup, PermissionGroupId};

/// What is held, told apart from an effect of another kind on the same.
type What = (Access, PermissionGroupId);
type Paths = BTreeSet<Path>;
/// What is held on a place, by which paths.
type There = BTreeMap<What, Paths>;

/// A row: one permission group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The effect.
    pub access: Access,
    /// What is granted.
    pub permission_group: Arc<PermissionGroup>,
}

/// What stands where a row and a column meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is granted there.
    Empty,
    /// It is granted there by these paths: directly first.
    Held(Vec<Path>),
    /// It is granted on the whole account, of which this is a part.
    Covered,
}

/// What a member holds, what by where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrix {
    /// The permission groups, by name.
    pub rows: Vec<Row>,
    /// The places, those where all is the same in one column: the account first, then where most is held.
    pub columns: Vec<Vec<Reach>>,
    cells: Vec<Vec<Cell>>,
}

impl Matrix {
    /// Of a member.
    pub fn of(directory: &Directory, member: &MemberId) -> Self {
        let mut names: BTreeMap<What, Arc<PermissionGroup>> = BTreeMap::new();
        let mut held: BTreeMap<Reach, There> = BTreeMap::new();
        for grant in grants(directory, member) {
            let what = (grant.access.clone(), grant.permission_group.id.clone());
            names.entry(what.clone()).or_insert_with(|| grant.permission_group.clone());
            for reach in reaches(directory, &grant.resource_group) {
                let paths = held.entry(reach).or_default().entry(what.clone()).or_default();
                paths.extend(grant.paths.iter().cloned());
            }
        }
        let account = held.get(&Reach::Place(Place::Account)).cloned().unwrap_or_default();
        let columns = columns(directory, held);
        let mut whats: Vec<(What, Arc<PermissionGroup>)> = names.into_iter().collect();
        whats.sort_by(|(a, x), (b, y)| (&x.name, a).cmp(&(&y.name, b)));
        let cells = whats.iter().map(|(what, _)| {
            let of = |(on, held): &(Vec<Reach>, There)| match held.get(what) {
                Some(paths) => Cell::Held(paths.iter().cloned().collect()),
                None if account.contains_key(what) && !is_account(on) => Cell::Covered,
                None => Cell::Empty,
            };
            columns.iter().map(of).collect()
        });
        Self {
            cells: cells.collect(),
            rows: whats
                .into_iter()
                .map(|((access, _), permission_group)| Row { access, permission_group })
                .collect(),
            columns: columns.into_iter().map(|(on, _)| on).collect(),
        }
    }

    /// What stands where a row and a column meet.
    pub fn cell(&self, row: usize, column: usize) -> &Cell {
        self.cells.get(row).and_then(|row| row.get(column)).unwrap_or(&Cell::Empty)
    }
}

fn is_account(on: &[Reach]) -> bool {
    matches!(on, [Reach::Place(Place::Account)])
}

/// Places that hold the same by the same paths, together.
fn columns(directory: &Directory, held: BTreeMap<Reach, There>) -> Vec<(Vec<Reach>, There)> {
    let mut alike: BTreeMap<There, Vec<Reach>> = BTreeMap::new();
    let mut columns = Vec::new();
    for (reach, what) in held {
        match reach {
            // The account, and what isn't known, are like nothing else.
            Reach::Place(Place::Account) | Reach::Unknown(_) => columns.push((vec![reach], what)),
            Reach::Place(_) => alike.entry(what).or_default().push(reach),
        }
    }
    columns.extend(alike.into_iter().map(|(what, on)| (on, what)));
    for (on, _) in &mut columns {
        on.sort_by_key(|reach| words(directory, reach));
    }
    columns.sort_by_key(|(on, what)| {
        let first = on.first().map(|reach| words(directory, reach));
        (!is_account(on), std::cmp::Reverse(what.len()), first)
    });
    columns
}

fn words(directory: &Directory, reach: &Reach) -> String {
    match reach {
        Reach::Place(place) => place_words(directory, place),
        // What isn't known stands behind all that is.
        Reach::Unknown(_) => "\u{10ffff}".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::{
        Account, allows, dns_on, group, group_id, member, member_id, permission, policy, zones,
    };
    use crate::domain::PermissionScope;

    #[test]
    fn forty_zones_that_are_all_the_same_are_one_column_beside_the_account() {
        let dns = permission("Domain DNS", "domain_dns", PermissionScope::Zone);
        let all: Vec<u128> = (1..=40).collect();
        let wide = policy(Access::Allow, &[&dns], &[&zones(None, "", &all)]);
        let account = Account::new()
            .members(vec![member(10, "leo@x.io", &[allows("Billing"), wide])])
            .groups(vec![group(50, "one", &[dns_on(7)])])
            .inside(50, &[10]);
        let matrix = Matrix::of(&account.directory, &member_id(10));
        let sizes: Vec<usize> = matrix.columns.iter().map(Vec::len).collect();
        assert_eq!(sizes, [1, 39, 1], "the zone that a group gives too stands by itself");
        let names: Vec<_> = matrix.rows.iter().map(|row| &*row.permission_group.name).collect();
        assert_eq!(names, ["Billing", "Domain DNS"]);
        assert_eq!(matrix.cell(0, 0), &Cell::Held(vec![Path::Direct]));
        assert_eq!(matrix.cell(0, 1), &Cell::Covered, "a part of the account");
        assert_eq!(matrix.cell(1, 0), &Cell::Empty);
        let both = vec![Path::Direct, Path::Group(group_id(50))];
        assert_eq!(matrix.cell(1, 1), &Cell::Held(vec![Path::Direct]));
        assert_eq!(matrix.cell(1, 2), &Cell::Held(both));
    }

    #[test]
    fn a_deny_is_a_row_of_its_own_and_who_holds_nothing_has_none() {
        let dns = permission("Domain DNS", "domain_dns", PermissionScope::Zone);
        let deny = policy(Access::Deny, &[&dns], &[&zones(None, "", &[1])]);
        let account = Account::new()
            .members(vec![member(10, "leo@x.io", &[dns_on(1), deny]), member(11, "b@x.io", &[])]);
        let matrix = Matrix::of(&account.directory, &member_id(10));
        let effects: Vec<_> = matrix.rows.iter().map(|row| row.access.clone()).collect();
        assert_eq!(effects, [Access::Allow, Access::Deny]);
        assert_eq!(Matrix::of(&account.directory, &member_id(11)), Matrix::default());
    }
}
