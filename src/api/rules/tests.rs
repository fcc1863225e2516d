//! The rules of a walk, page by page.

use proptest::prelude::*;

use super::*;

fn sheet(keys: std::ops::Range<u64>, info: Info) -> Sheet {
    Sheet { keys: keys.collect(), set_aside: 0, info }
}

fn total(total_count: u64) -> Info {
    Info { total_count: Some(total_count), ..Info::default() }
}

fn pages(total_pages: u64) -> Info {
    Info { total_pages: Some(total_pages), ..Info::default() }
}

/// Takes pages until the rules stop; how they did, and why the list is not complete.
fn walk(pager: Pager, asked: u32, sheets: &[Sheet]) -> (Next, Vec<Gap>, u64) {
    let mut rules = Rules::new(pager, asked);
    for sheet in sheets {
        let next = rules.take(sheet);
        if next != Next::More {
            return (next, rules.gaps(next), rules.page);
        }
    }
    panic!("the rules asked for more than there was");
}

#[test]
fn a_short_page_is_the_last() {
    let sheets = [sheet(0..10, Info::default()), sheet(10..13, Info::default())];
    assert_eq!(walk(Pager::Numbers, 10, &sheets), (Next::End, vec![], 2));
}

#[test]
fn a29_a_last_page_that_is_full_is_followed_by_an_empty_one_and_all_is_complete() {
    let sheets = [sheet(0..10, total(20)), sheet(10..20, total(20)), sheet(0..0, total(20))];
    assert_eq!(walk(Pager::Numbers, 10, &sheets), (Next::End, vec![], 3));
    let sheets = [sheet(0..10, Info::default()), sheet(0..0, Info::default())];
    assert_eq!(walk(Pager::Numbers, 10, &sheets), (Next::End, vec![], 2));
}

#[test]
fn a29_the_number_of_pages_spares_the_empty_one() {
    let sheets = [sheet(0..10, pages(2)), sheet(10..20, pages(2))];
    assert_eq!(walk(Pager::Numbers, 10, &sheets), (Next::End, vec![], 2));
}

#[test]
fn an_empty_list_is_complete_and_one_that_promised_rows_is_not() {
    assert_eq!(walk(Pager::Numbers, 10, &[sheet(0..0, total(0))]), (Next::End, vec![], 1));
    assert_eq!(walk(Pager::Numbers, 10, &[sheet(0..0, Info::default())]), (Next::End, vec![], 1));
    let promised = walk(Pager::Numbers, 10, &[sheet(0..0, total(7))]);
    assert_eq!(promised, (Next::End, vec![Gap::Shifted], 1));
}

#[test]
fn a27_the_same_page_again_stops_the_walk() {
    let sheets = [sheet(0..10, total(1_000)), sheet(0..10, total(1_000))];
    assert_eq!(walk(Pager::Numbers, 10, &sheets).0, Next::NoProgress);
    let sheets = [sheet(0..10, pages(99)), sheet(3..8, pages(99))];
    assert_eq!(walk(Pager::Numbers, 10, &sheets).1, [Gap::NoProgress]);
}

#[test]
fn a27_a_list_that_never_ends_is_cut_two_pages_after_its_count() {
    let sheets: Vec<_> = (0..9).map(|n| sheet(n * 10..n * 10 + 10, total(25))).collect();
    assert_eq!(walk(Pager::Numbers, 10, &sheets), (Next::Capped, vec![Gap::Capped], 5));
}

#[test]
fn a28_a_smaller_page_than_asked_for_is_full_where_the_service_says_so() {
    let clamped = || Info { per_page: Some(20), ..Info::default() };
    let sheets = [sheet(0..20, clamped()), sheet(20..40, clamped()), sheet(40..41, clamped())];
    assert_eq!(walk(Pager::Numbers, 100, &sheets), (Next::End, vec![], 3));
    let rules = Rules::new(Pager::Numbers, 100);
    assert_eq!(rules.promised(&Info { total_count: Some(41), ..clamped() }), 3);
}

#[test]
fn a24_an_id_that_comes_twice_makes_the_list_shifted() {
    let sheets = [sheet(0..10, total(15)), sheet(9..15, total(15))];
    assert_eq!(walk(Pager::Numbers, 10, &sheets), (Next::End, vec![Gap::Shifted], 2));
}

#[test]
fn a26_a_count_that_is_wrong_or_changes_makes_the_list_shifted() {
    for (first, second) in [(14, 14), (16, 16), (15, 16), (16, 15)] {
        let sheets = [sheet(0..10, total(first)), sheet(10..15, total(second))];
        assert_eq!(walk(Pager::Numbers, 10, &sheets).1, [Gap::Shifted], "{first} {second}");
    }
}

#[test]
fn a_page_before_the_last_that_is_not_full_is_a_gap_where_nothing_is_counted() {
    let sheets = [sheet(0..7, pages(2)), sheet(10..15, pages(2))];
    assert_eq!(walk(Pager::Numbers, 10, &sheets).1, [Gap::Shifted]);
}

#[test]
fn a21_an_item_set_aside_leaves_a_gap_and_is_counted_as_seen() {
    let mut first = sheet(0..10, total(12));
    first.set_aside = 2;
    let sheets = [first, sheet(10..12, total(12))];
    assert_eq!(walk(Pager::Numbers, 10, &sheets), (Next::End, vec![Gap::SetAside(2)], 2));
}

#[test]
fn a_list_without_pages_ends_with_its_first() {
    assert_eq!(walk(Pager::Whole, 10, &[sheet(0..99, Info::default())]), (Next::End, vec![], 1));
}

#[test]
fn a_list_by_tokens_ends_where_no_token_comes_and_stops_where_one_comes_again() {
    let token = |t: &str| Info { next_token: Some(t.into()), ..Info::default() };
    let sheets = [sheet(0..5, token("a")), sheet(0..0, token("b")), sheet(5..6, Info::default())];
    assert_eq!(walk(Pager::Tokens, 10, &sheets), (Next::End, vec![], 3));
    let sheets = [sheet(0..5, token("a")), sheet(5..9, token("a"))];
    assert_eq!(walk(Pager::Tokens, 10, &sheets).0, Next::NoProgress);
}

#[derive(Clone, Debug)]
enum Edit {
    Insert(usize),
    Delete(usize),
}

fn edit() -> impl Strategy<Value = Option<Edit>> {
    prop_oneof![
        3 => Just(None),
        1 => (0usize..80).prop_map(|n| Some(Edit::Insert(n))),
        1 => (0usize..80).prop_map(|n| Some(Edit::Delete(n))),
    ]
}

proptest! {
    #[test]
    fn a25_a_list_that_is_called_complete_holds_what_was_there_all_along(
        size in 0u64..60, per in 1usize..12, edits in prop::collection::vec(edit(), 0..30),
        numbered in any::<bool>(),
    ) {
        let mut list: Vec<u64> = (0..size).collect();
        let always: HashSet<u64> = list.iter().copied().collect();
        let mut gone = HashSet::new();
        let mut fresh = 1_000;
        let mut rules = Rules::new(Pager::Numbers, u32::try_from(per).unwrap());
        let mut got = HashSet::new();
        let mut edits = edits.into_iter();
        let mut page = 0;
        let end = loop {
            let keys: Vec<u64> = list.iter().skip(page * per).take(per).copied().collect();
            got.extend(keys.iter().copied());
            let info = Info {
                per_page: Some(per as u64),
                total_count: Some(list.len() as u64),
                total_pages: numbered.then(|| (list.len() as u64).div_ceil(per as u64)),
                next_token: None,
            };
            let next = rules.take(&Sheet { keys, set_aside: 0, info });
            if next != Next::More {
                break next;
            }
            page += 1;
            match edits.next().flatten() {
                Some(Edit::Insert(at)) => {
                    list.insert(at.min(list.len()), fresh);
                    fresh += 1;
                }
                Some(Edit::Delete(at)) if !list.is_empty() => {
                    gone.insert(list.remove(at.min(list.len() - 1)));
                }
                _ => {}
            }
        };
        if rules.gaps(end).is_empty() {
            let missed: Vec<_> = always.difference(&got).filter(|k| !gone.contains(k)).collect();
            prop_assert!(missed.is_empty(), "called complete without {missed:?}");
        }
    }

    #[test]
    fn a27_no_answers_make_a_walk_go_on_for_ever(
        sheets in prop::collection::vec((0u64..30, 0u64..30, any::<Option<u8>>()), 1..20),
    ) {
        // A service that answers the same few pages in turn.
        let mut rules = Rules::new(Pager::Numbers, 10);
        let mut taken = 0;
        for (from, count, total) in sheets.iter().cycle().take(500) {
            taken += 1;
            let info = Info { total_count: total.map(u64::from), ..Info::default() };
            if rules.take(&sheet(*from..from + count, info)) != Next::More {
                break;
            }
        }
        prop_assert!(taken <= sheets.len() + 1);
    }
}
