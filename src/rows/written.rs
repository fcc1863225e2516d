//! A list's rows as a sheet that can be written: the columns that the screen shows, with what each cell is beside
//! how it is said.

use serde_json::{Value, json};

use super::cells::{Cells, person};
use super::column::{Column, ColumnId};
use super::export::{Cell, Head, SeenBy, Sheet};
use super::list::{List, RowId};
use super::phrases::rests_words;
use super::sort::{Order, Sort, Sorting};
use crate::access::Highest;
use crate::domain::{Directory, Policy, Slot, TwoFactor};

/// All rows of a list, sorted as the screen first shows them.
pub fn in_order(list: &List, directory: &Directory) -> Vec<Slot> {
    let mut sorting = Sorting::new(list.clone(), Sort::of(list), directory);
    let order: Order = loop {
        if let Some(order) = sorting.step(directory, usize::MAX) {
            break order;
        }
    };
    order.rows.to_vec()
}

/// These rows of a list, ready to be written. The last column is the row's id.
pub fn sheet(list: &List, directory: &Directory, rows: &[Slot]) -> Sheet {
    let columns = list.columns();
    let heads = columns.iter().map(head).chain([Head::id("id")]);
    let mut sheet = Sheet::new(heads.collect::<Vec<_>>());
    let mut cells = Cells::new(list, directory);
    for slot in rows {
        let mut row: Vec<Cell> = Vec::with_capacity(columns.len() + 1);
        for column in columns {
            let words = cells.text(*slot, column.id).into_owned();
            row.push(Cell::new(words, cells.value(*slot, column.id)));
        }
        row.push(list.id(directory, *slot).map_or_else(Cell::nothing, |id| id_cell(&id)));
        sheet.push(row);
    }
    sheet
}

/// A policy as programs read it.
pub fn policy_value(policy: &Policy) -> Value {
    let named = |id: Option<String>, name: &str| json!({ "id": id, "name": name });
    let permission_groups =
        policy.permission_groups.iter().map(|group| named(Some(group.id.to_string()), &group.name));
    let resource_groups = policy.resource_groups.iter().map(|group| {
        let scopes = group.scopes.iter();
        let scopes = scopes.map(|scope| json!({ "key": scope.key, "objects": scope.objects }));
        let mut value = named(group.id.as_ref().map(ToString::to_string), &group.name);
        if let Value::Object(object) = &mut value {
            object.insert("scopes".to_owned(), scopes.collect());
        }
        value
    });
    json!({
        "access": policy.access.as_wire(),
        "permission_groups": permission_groups.collect::<Vec<_>>(),
        "resource_groups": resource_groups.collect::<Vec<_>>(),
    })
}

fn id_cell(id: &RowId) -> Cell {
    Cell::text(match id {
        RowId::Member(id) => id.to_string(),
        RowId::Group(id) => id.to_string(),
        RowId::OrganizationMember(id) => id.to_string(),
    })
}

fn head(column: &Column) -> Head {
    Head { key: key(column.id), title: column.title, align: column.align, seen_by: SeenBy::All }
}

fn key(column: ColumnId) -> &'static str {
    match column {
        ColumnId::Email => "email",
        ColumnId::Name => "name",
        ColumnId::Status => "status",
        ColumnId::TwoFactor => "two_factor",
        ColumnId::Groups => "groups",
        ColumnId::Highest => "highest_access",
        ColumnId::Members => "members",
        ColumnId::Policies => "policies",
        ColumnId::Modified => "modified",
        ColumnId::Since => "since",
        ColumnId::Paths => "paths",
        ColumnId::Rests => "rests_on",
    }
}

impl Cells<'_> {
    /// What a cell is, as the service says it: `null` where that is not known whole. Foreign text is as it came.
    fn value(&mut self, slot: Slot, column: ColumnId) -> Value {
        let (list, directory) = (self.list, self.directory);
        if let Some(person) = person(list, directory, slot) {
            match column {
                ColumnId::Email => return person.email.into(),
                ColumnId::Name => return person.name.into(),
                ColumnId::Status => return person.status.as_wire().into(),
                ColumnId::TwoFactor => {
                    return match person.two_factor {
                        TwoFactor::On => true.into(),
                        TwoFactor::Off => false.into(),
                        TwoFactor::Unknown => Value::Null,
                    };
                }
                _ => {}
            }
        }
        match column {
            ColumnId::Groups if !directory.knows_all_groups() => Value::Null,
            ColumnId::Groups | ColumnId::Members | ColumnId::Paths => {
                self.number(slot, column).into()
            }
            ColumnId::Highest => self.highest_value(slot),
            ColumnId::Rests => self.answer(slot).map(rests_words).into(),
            ColumnId::Modified | ColumnId::Since => {
                self.moment(slot, column).map(|at| at.to_string()).into()
            }
            ColumnId::Name => self.group(slot).map(|group| &*group.name).into(),
            ColumnId::Policies => {
                match self.group(slot).and_then(|group| group.policies.as_ref()) {
                    Some(policies) => policies.iter().map(|policy| policy_value(policy)).collect(),
                    None => Value::Null,
                }
            }
            ColumnId::Email | ColumnId::Status | ColumnId::TwoFactor => Value::Null,
        }
    }

    fn highest_value(&mut self, slot: Slot) -> Value {
        if self.is_invited(slot) {
            return Highest::None.words().into();
        }
        match self.levels.highest(slot) {
            Highest::NotKnown => Value::Null,
            known => known.words().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::{Account, allows, group, member};
    use crate::domain::MemberStatus;

    fn account() -> Account {
        let mut invited = member(11, "new@x.io", &[]);
        invited.status = MemberStatus::Pending;
        (invited.name, invited.two_factor) = ("".into(), TwoFactor::Unknown);
        Account::new()
            .members(vec![member(10, "leo@x.io", &[allows("Billing")]), invited])
            .groups(vec![group(50, "=ops", &[allows("Zaraz")])])
            .inside(50, &[10])
    }

    fn of(list: &List, account: &Account) -> Sheet {
        sheet(list, &account.directory, &in_order(list, &account.directory))
    }

    #[test]
    fn members_are_written_as_the_screen_shows_them_and_as_the_service_says_it() {
        let account = account();
        let sheet = of(&List::Members, &account);
        let table = sheet.table();
        assert!(table.starts_with("E-MAIL"), "{table}");
        assert!(table.lines().nth(2).unwrap().contains("none yet"), "{table}");
        assert!(!table.contains("00000000"), "{table}");
        assert_eq!(
            sheet.json()[1],
            json!({
                "email": "new@x.io", "name": "", "status": "pending", "two_factor": null,
                "groups": 0, "highest_access": "none", "id": format!("{:032x}", 11),
            })
        );
    }

    #[test]
    fn k14_a_group_that_is_named_like_a_formula_is_text_in_csv() {
        let account = account();
        let csv = of(&List::Groups, &account).csv();
        assert_eq!(csv.lines().next(), Some("name,members,policies,modified,id"));
        let row = csv.lines().nth(1).unwrap();
        assert!(row.starts_with("'=ops,1,Zaraz on account,"), "{csv}");
    }

    #[test]
    fn a_groups_policies_are_whole_in_json() {
        let account = account();
        let json = of(&List::Groups, &account).json();
        let policy = &json[0]["policies"][0];
        assert_eq!(policy["access"], "allow");
        assert_eq!(policy["permission_groups"][0]["name"], "Zaraz");
        assert_eq!(policy["resource_groups"][0]["scopes"][0]["objects"], json!(["*"]));
    }

    #[test]
    fn what_is_not_known_whole_is_null_and_not_a_guess() {
        let account = Account::new().members(vec![member(10, "a@x.io", &[])]);
        let json = of(&List::Members, &account).json();
        assert_eq!((&json[0]["groups"], &json[0]["highest_access"]), (&Value::Null, &Value::Null));
    }
}
