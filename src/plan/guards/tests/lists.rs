//! The guards that go by a list.

use super::*;
use crate::plan::fixture::{add, create, delete, directory, group, member, remove, rename};

fn protect(members: &[&str], groups: &[&str]) -> Rules {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let protected = Protected { members: owned(members), groups: owned(groups) };
    Rules { protected, ..Rules::default() }
}

fn with(rules: &Rules, changes: &[Change]) -> Guards {
    let directory = directory(9, &[(0..6).collect(), (0..6).collect()]);
    Guards::of(&plan(&directory, changes), &directory, rules)
}

#[test]
fn a_protected_group_is_not_changed_unasked_by_name_or_id_not_even_by_an_add() {
    for named in ["g0".to_owned(), group(0).to_string()] {
        let rules = protect(&[], &[&named]);
        for change in [add(0, 7), remove(0, 1), rename(0, "g0", "new"), delete(0)] {
            let found = told(&with(&rules, &[change]), GuardName::Protected);
            let row = "g0 is protected by the config".to_owned();
            assert_eq!(found, Some((vec![row], "g0".to_owned())));
        }
        assert_eq!(told(&with(&rules, &[add(1, 7), create(0, "g0")]), GuardName::Protected), None);
    }
}

#[test]
fn a_protected_member_is_not_changed_unasked_by_e_mail_or_id_also_through_a_group() {
    for named in ["M1@X.example".to_owned(), member(1).to_string()] {
        let rules = protect(&[&named], &[]);
        let protected = |changes: &[Change]| told(&with(&rules, changes), GuardName::Protected);
        let row = "m1@x.example is protected by the config".to_owned();
        assert_eq!(protected(&[remove(0, 1)]), Some((vec![row], "m1@x.example".to_owned())));
        assert!(protected(&[delete(0)]).is_some(), "the group's grants go");
        assert_eq!(protected(&[remove(0, 2)]), None);
    }
    let both = protect(&["m1@x.example", "m2@x.example"], &["g1"]);
    let found = with(&both, &[remove(0, 1), remove(0, 2), add(1, 7)]);
    assert_eq!(told(&found, GuardName::Protected).unwrap().1, "3 protected");
    let found = with(&both, &[remove(0, 1), remove(0, 2)]);
    assert_eq!(told(&found, GuardName::Protected).unwrap().1, "2 protected members");
    let found = with(&both, &[remove(0, 1)]);
    assert_eq!(found.iter().last().unwrap().asks.who, Some(member(1)), "it is not written down");
}

#[test]
fn s17_a_group_that_has_refused_an_edit_is_asked_about_and_the_identity_provider_suggested() {
    let rules = Rules { refused: [group(0)].into(), ..Rules::default() };
    let refused = |changes: &[Change]| told(&with(&rules, changes), GuardName::RefusedBefore);
    let (rows, asks) = refused(&[add(0, 7)]).unwrap();
    assert!(rows[0].contains("identity provider"), "{rows:?}");
    assert_eq!(asks, "g0");
    for change in [remove(0, 1), rename(0, "g0", "new"), delete(0)] {
        assert!(refused(&[change]).is_some());
    }
    assert_eq!(refused(&[add(1, 7)]), None);
    let policies = Change::SetPolicies {
        group: group(0),
        from: vec![crate::plan::fixture::policy(&crate::plan::fixture::draft(0)).content()],
        to: Vec::new(),
    };
    assert_eq!(refused(&[policies]), None, "its policies are ours to set");
}
