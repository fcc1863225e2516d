//! What holds of guards whatever is planned.

use proptest::prelude::*;

use super::*;
use crate::plan::fixture::{add, add_to_draft, create, delete, directory, group, remove, rename};

const MEMBERS: usize = 12;

fn change() -> impl Strategy<Value = Change> {
    let (groups, members) = (0..3_usize, 0..MEMBERS);
    prop_oneof![
        3 => (groups.clone(), members.clone()).prop_map(|(g, m)| remove(g, m)),
        3 => (groups.clone(), members.clone()).prop_map(|(g, m)| add(g, m)),
        1 => groups.clone().prop_map(delete),
        1 => groups.prop_map(|g| rename(g, &format!("g{g}"), &format!("new{g}"))),
        1 => Just(create(0, "made")),
        1 => members.prop_map(|m| add_to_draft(0, m)),
    ]
}

fn only_gives(change: &Change) -> bool {
    matches!(change, Change::Add { .. } | Change::Create { .. } | Change::Rename { .. })
}

fn account() -> impl Strategy<Value = Directory> {
    let inside = proptest::collection::btree_set(0..MEMBERS, 0..MEMBERS);
    proptest::collection::vec(inside, 3).prop_map(|groups| {
        let groups: Vec<Vec<usize>> =
            groups.into_iter().map(|inside| inside.into_iter().collect()).collect();
        directory(MEMBERS, &groups)
    })
}

proptest! {
    #[test]
    fn no_guard_stands_against_a_plan_of_nothing(directory in account()) {
        let rules = Rules { refused: [group(0)].into(), protected: Protected { members: Vec::new(), groups: vec!["g1".into()] } };
        prop_assert!(Guards::of(&plan(&directory, &[]), &directory, &rules).is_empty());
    }

    #[test]
    fn a_plan_that_only_gives_meets_no_guard_but_those_of_a_list(
        directory in account(),
        changes in proptest::collection::vec(change(), 0..12),
    ) {
        let gives: Vec<Change> = changes.iter().filter(|change| only_gives(change)).cloned().collect();
        prop_assert_eq!(names(&guards(&directory, &gives)), []);
    }

    #[test]
    fn each_guard_stands_once_with_rows_and_a_text_that_any_keyboard_types(
        directory in account(),
        changes in proptest::collection::vec(change(), 0..12),
    ) {
        let found = guards(&directory, &changes);
        let mut names = names(&found);
        names.dedup();
        prop_assert_eq!(names.len(), found.len());
        for guard in found.iter() {
            prop_assert!(!guard.rows.is_empty() && crate::text::can_be_typed(&guard.asks.text));
        }
        let typed: Vec<crate::plan::Override> = found
            .iter()
            .map(|guard| crate::plan::Override::new(guard.name, guard.asks.text.clone()))
            .collect();
        prop_assert_eq!(found.approve(crate::domain::By::default(), &typed).unwrap().overrides.len(), found.len());
    }
}
