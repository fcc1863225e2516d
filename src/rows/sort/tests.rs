use proptest::prelude::*;

use super::*;
use crate::access::fixture::{Account, allows, dns_on, group, group_id, member};
use crate::domain::{Load, MemberStatus, Now, TwoFactor};

fn sorted(list: List, sort: Sort, directory: &Directory, budget: usize) -> Vec<Slot> {
    let mut sorting = Sorting::new(list, sort, directory);
    loop {
        if let Some(order) = sorting.step(directory, budget) {
            return order.rows.to_vec();
        }
    }
}

/// The members' e-mails in an order.
fn emails(account: &Account, column: ColumnId, direction: Direction) -> Vec<String> {
    let directory = &account.directory;
    sorted(List::Members, Sort { column, direction }, directory, 2)
        .into_iter()
        .map(|slot| directory.members().at(slot).unwrap().email.to_string())
        .collect()
}

#[test]
fn case_and_accents_do_not_part_what_belongs_together() {
    let people = ["zoe@x", "Ana@x", "\u{c4}nne@x", "anb@x", "bo@x"];
    let members = (0..).zip(people).map(|(n, email)| member(n, email, &[])).collect();
    let account = Account::new().members(members);
    let order = ["Ana@x", "anb@x", "\u{c4}nne@x", "bo@x", "zoe@x"];
    assert_eq!(emails(&account, ColumnId::Email, Direction::Ascending), order);
}

#[test]
fn what_is_not_known_comes_last_both_ways() {
    let mut nameless = member(1, "a@x", &[]);
    nameless.name = "".into();
    nameless.two_factor = TwoFactor::Unknown;
    nameless.status = MemberStatus::Unknown;
    let mut off = member(2, "b@x", &[]);
    off.two_factor = TwoFactor::Off;
    let account = Account::new().members(vec![nameless, off, member(3, "c@x", &[])]);
    for column in [ColumnId::Name, ColumnId::TwoFactor, ColumnId::Status, ColumnId::Groups] {
        for direction in [Direction::Ascending, Direction::Descending] {
            let order = emails(&account, column, direction);
            let last = if column == ColumnId::Groups { "c@x" } else { "a@x" };
            assert_eq!(order[2], last, "{column:?} {direction:?}");
        }
    }
    assert_eq!(emails(&account, ColumnId::TwoFactor, Direction::Ascending)[0], "b@x");
    assert_eq!(emails(&account, ColumnId::TwoFactor, Direction::Descending)[0], "c@x");
}

#[test]
fn someone_without_an_email_comes_after_all_who_have_one() {
    let account = Account::new().members(vec![
        member(1, "", &[]),
        member(2, "z@x", &[]),
        member(3, "a@x", &[]),
    ]);
    assert_eq!(emails(&account, ColumnId::Email, Direction::Ascending), ["a@x", "z@x", ""]);
    assert_eq!(emails(&account, ColumnId::Email, Direction::Descending), ["z@x", "a@x", ""]);
}

#[test]
fn the_highest_access_is_sorted_by_rank_and_ties_by_email() {
    let account = Account::new()
        .members(vec![
            member(1, "c@x", &[allows("DNS")]),
            member(2, "b@x", &[dns_on(1)]),
            member(3, "a@x", &[allows("DNS")]),
            member(4, "d@x", &[allows("Administrator")]),
        ])
        .groups(vec![]);
    let order = emails(&account, ColumnId::Highest, Direction::Descending);
    assert_eq!(order, ["d@x", "a@x", "c@x", "b@x"]);
}

#[test]
fn groups_are_sorted_by_size_once_it_is_known() {
    let account = Account::new()
        .members(vec![member(1, "a@x", &[]), member(2, "b@x", &[])])
        .groups(vec![group(50, "c", &[]), group(51, "b", &[]), group(52, "a", &[])])
        .inside(50, &[1, 2])
        .inside(51, &[1]);
    let sort = Sort { column: ColumnId::Members, direction: Direction::Descending };
    let names: Vec<_> = sorted(List::Groups, sort, &account.directory, 1)
        .into_iter()
        .map(|slot| account.directory.groups().at(slot).unwrap().name.to_string())
        .collect();
    assert_eq!(names, ["c", "b", "a"]);
}

#[test]
fn the_groups_of_a_member_are_sorted_by_when_they_were_joined() {
    let mut account = Account::new().members(vec![member(1, "a@x", &[])]).groups(vec![
        group(50, "a", &[]),
        group(51, "b", &[]),
        group(52, "c", &[]),
    ]);
    let me = crate::access::fixture::member_id(1);
    for (number, since) in [(50, Some(20)), (51, None), (52, Some(10))] {
        let since = since.map(|second| jiff::Timestamp::from_second(second).unwrap());
        let (group, member) = (group_id(number), me.clone());
        let load = Load::Membership { group, member, present: true, since };
        account.directory.absorb(load, Now::default());
    }
    let list = List::MemberGroups(me);
    for (direction, names) in
        [(Direction::Ascending, ["c", "a", "b"]), (Direction::Descending, ["a", "c", "b"])]
    {
        let sort = Sort { column: ColumnId::Since, direction };
        let order: Vec<_> = sorted(list.clone(), sort, &account.directory, 1)
            .into_iter()
            .map(|slot| account.directory.groups().at(slot).unwrap().name.to_string())
            .collect();
        assert_eq!(order, names);
    }
}

proptest! {
    /// Long e-mails that begin alike, the same e-mail twice, any slice: always the order of the whole texts.
    #[test]
    fn slices_and_shortened_keys_do_not_change_the_order(
        people in prop::collection::vec(("a{31}[ab]{0,4}|[abÄé]{0,4}", 0u8..3), 0..60),
        budget in 1usize..70,
        descending in any::<bool>(),
    ) {
        let members = (0..).zip(&people).map(|(n, (email, two_factor))| {
            let mut row = member(n, email, &[]);
            row.two_factor = [TwoFactor::On, TwoFactor::Off, TwoFactor::Unknown][usize::from(*two_factor)];
            row
        });
        let account = Account::new().members(members.collect());
        let directory = &account.directory;
        let direction = if descending { Direction::Descending } else { Direction::Ascending };
        for column in [ColumnId::Email, ColumnId::TwoFactor] {
            let mut expected = List::Members.slots(directory);
            expected.sort_by_cached_key(|slot| {
                let row = directory.members().at(*slot).unwrap();
                let email: String = crate::rows::scorer::folded(&row.email).collect();
                (row.email.is_empty(), email, row.id.clone())
            });
            expected.sort_by(|a, b| {
                let key = |slot: &Slot| {
                    let row = directory.members().at(*slot).unwrap();
                    let email: String = crate::rows::scorer::folded(&row.email).collect();
                    match column {
                        ColumnId::Email => (row.email.is_empty(), email, 0),
                        _ => (row.two_factor == TwoFactor::Unknown, String::new(), u8::from(row.two_factor == TwoFactor::On)),
                    }
                };
                let (a, b) = (key(a), key(b));
                let order = (&a.1, a.2).cmp(&(&b.1, b.2));
                a.0.cmp(&b.0).then(if descending { order.reverse() } else { order })
            });
            let sort = Sort { column, direction };
            prop_assert_eq!(sorted(List::Members, sort, directory, budget), expected);
        }
    }
}

#[test]
fn a_number_of_groups_that_is_not_known_comes_after_all_that_are() {
    let account = Account::new()
        .members(vec![member(1, "a@x", &[]), member(2, "b@x", &[])])
        .groups(vec![group(50, "read", &[]), group(51, "unread", &[])])
        .inside(50, &[2]);
    assert_eq!(emails(&account, ColumnId::Groups, Direction::Ascending), ["b@x", "a@x"]);
    let account = account.inside(51, &[]);
    assert_eq!(emails(&account, ColumnId::Groups, Direction::Ascending), ["a@x", "b@x"]);
}

#[test]
fn a_slice_takes_no_more_rows_than_its_budget() {
    let members = (0..20).map(|n| member(n, &format!("m{n}@x"), &[])).collect();
    let account = Account::new().members(members);
    let mut sorting = Sorting::new(List::Members, Sort::of(&List::Members), &account.directory);
    let steps = (1..100).find(|_| sorting.step(&account.directory, 5).is_some()).unwrap();
    assert!(steps > 4, "{steps}");
}
