use proptest::prelude::*;

use super::*;
use crate::domain::{DraftId, Load, Page, PermissionGroup, Policy, PolicyEdit, WalkId};
use crate::plan::fixture::*;

fn stage(changes: &[Change], directory: &Directory) -> Staging {
    let mut staging = Staging::new(account());
    for change in changes {
        staging.stage(change.clone(), directory);
    }
    staging
}

fn plan(changes: &[Change]) -> Plan {
    let directory = directory(130, &[vec![0, 1, 2], Vec::new()]);
    Plan::build(&stage(changes, &directory), &directory, Now::default())
}

fn many(n: usize) -> Vec<Change> {
    (0..n).map(|m| add(1, m)).collect()
}

#[test]
fn steps_come_in_the_order_create_rename_policies_add_remove_delete() {
    let plan = plan(&[
        remove(0, 1),
        add(1, 1),
        rename(0, "g0", "zero"),
        create(0, "new"),
        add_to_draft(0, 5),
        delete(1),
    ]);
    let phases: Vec<Phase> = plan.steps.iter().map(|step| step.phase).collect();
    assert_eq!(phases, [Phase::Create, Phase::Rename, Phase::Add, Phase::Remove, Phase::Delete]);
    let ids: Vec<u32> = plan.ops().map(|op| op.id.0).collect();
    assert_eq!(ids, [0, 1, 2, 3, 4], "operations are counted through");
}

#[test]
fn adds_go_fifty_at_a_time_after_the_first_has_gone_alone() {
    let sizes = |n| plan(&many(n)).steps.iter().map(|s| s.ops.len()).collect::<Vec<_>>();
    assert_eq!(sizes(20), [20]);
    assert_eq!(sizes(21), [1, 20]);
    assert_eq!(sizes(120), [1, 50, 50, 19]);
}

#[test]
fn removals_go_one_by_one() {
    let plan = plan(&[remove(0, 0), remove(0, 1), remove(0, 2)]);
    assert_eq!(plan.steps.len(), 3);
    assert!(plan.steps.iter().all(|step| step.method() == "DELETE"));
}

#[test]
fn a_plan_speaks_in_names() {
    let plan = plan(&[
        add(1, 0),
        add(1, 1),
        add(1, 2),
        add(1, 3),
        remove(0, 2),
        rename(0, "g0", "zero"),
        create(0, "new"),
    ]);
    let words: Vec<String> = plan.steps.iter().map(|step| plan.words(step)).collect();
    assert_eq!(
        words,
        [
            "Create new with 1 policy",
            "Rename g0 to zero",
            "Add 4 members to g1: m0@x.example, m1@x.example, m2@x.example and 1 more",
            "Remove m2@x.example from g0",
        ]
    );
    assert_eq!(plan.lines(&plan.steps[2]).len(), 4);
    let path = plan.steps[3].path(&plan.account);
    assert!(path.ends_with(&format!("/iam/user_groups/{}/members/{}", group(0), member(2))));
}

#[test]
fn what_is_so_already_or_gone_is_left_out_with_its_reason() {
    let before = directory(4, &[vec![0], Vec::new()]);
    let staging = stage(&[add(1, 2), remove(0, 0), add(1, 3), rename(0, "g0", "x")], &before);
    let mut now = directory(3, &[Vec::new(), vec![2]]);
    now.absorb(Load::Rows(Page::Groups(vec![a_group(group(0), "theirs", &[])])), Now::default());
    let plan = Plan::build(&staging, &now, Now::default());
    let why: Vec<_> = plan.left_out.iter().map(|left| left.why.clone()).collect();
    assert_eq!(
        why,
        [
            Recheck::AlreadySo,
            Recheck::AlreadySo,
            Recheck::MemberGone,
            Recheck::Renamed("theirs".into())
        ]
    );
    assert!(plan.is_empty());
}

#[test]
fn a_member_is_not_called_gone_while_the_list_is_still_being_read() {
    let mut now = directory(3, &[Vec::new()]);
    let members = Page::Members(Vec::new()).collection();
    let staging = stage(&[add(0, 9)], &now);
    assert_eq!(staging.recheck(&now), [Recheck::MemberGone]);
    now = Directory::new(account());
    now.absorb(Load::Begun { collection: members, walk: WalkId(1) }, Now::default());
    assert_eq!(staging.recheck(&now), [Recheck::Fine]);
}

#[test]
fn a_name_that_is_taken_leaves_a_new_group_and_its_members_out() {
    let plan = plan(&[create(0, "g1"), add_to_draft(0, 1)]);
    let why: Vec<_> = plan.left_out.iter().map(|left| left.why.clone()).collect();
    assert_eq!(why, [Recheck::NameTaken, Recheck::GroupNotMade]);
}

#[test]
fn a_staged_group_that_is_shown_among_the_groups_does_not_take_its_own_name() {
    let mut known = directory(3, &[vec![0]]);
    let staging = stage(&[create(0, "new"), add_to_draft(0, 1)], &known);
    known.set_drafts(vec![a_group(GroupId::draft(DraftId(0)), "new", &[])]);
    let plan = Plan::build(&staging, &known, Now::default());
    assert_eq!((plan.ops().count(), plan.left_out.len()), (2, 0));
}

#[test]
fn a_removal_carries_since_when_the_person_saw_the_member_in() {
    let mut known = directory(3, &[vec![0]]);
    let since = Some(Timestamp::UNIX_EPOCH);
    let (group, member) = (group(0), member(0));
    known.absorb(Load::Membership { group, member, present: true, since }, Now::default());
    let plan = Plan::build(&stage(&[remove(0, 0)], &known), &known, Now::default());
    assert_eq!(plan.ops().next().unwrap().seen_since, since);
}

#[test]
fn a_plan_survives_being_written_down() {
    let plan = plan(&[create(0, "new"), add_to_draft(0, 5), remove(0, 1)]);
    let text = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
}

#[test]
fn another_operation_or_another_account_is_another_plan() {
    let one = plan(&[add(1, 1)]).id;
    assert_ne!(one, plan(&[add(1, 2)]).id);
    assert_ne!(one, plan(&[add(1, 1), remove(0, 1)]).id);
    let other = AccountId::parse("0000000000000000000000000000beef").unwrap();
    assert_ne!(one, PlanId::of(&other, [add(1, 1)].iter()));
    assert_eq!(one.to_string().len(), 64);
}

proptest! {
    #[test]
    fn the_same_operations_are_the_same_plan_in_any_order_and_at_any_time(
        places in Just((0..8usize).collect::<Vec<_>>()).prop_shuffle(), drafts in (0..9u32, 10..19u32), at in 0..9_i64
    ) {
        let directory = directory(9, &[vec![0, 1, 2], Vec::new()]);
        let changes = |one: u32, two: u32| [
            create(one, "a"), create(two, "b"), add_to_draft(one, 3), add_to_draft(two, 4),
            add(1, 1), remove(0, 1), rename(0, "g0", "z"), add(1, 5),
        ];
        let straight = Plan::build(&stage(&changes(0, 1), &directory), &directory, Now::default());
        let mut saved = stage(&[], &directory).saved();
        let staged = changes(drafts.1, drafts.0);
        saved.changes = places.iter().map(|place| staged[*place].clone()).collect();
        let now = Now { wall: Timestamp::from_second(at).unwrap(), ..Now::default() };
        let shuffled = Plan::build(&Staging::restore(saved), &directory, now);
        prop_assert_eq!(straight.id, shuffled.id);
        prop_assert_eq!(straight.steps.len(), shuffled.steps.len());
    }
}

#[test]
fn a_change_of_policies_tells_what_comes_what_goes_and_how_much_stays() {
    let mut known = directory(3, &[vec![0]]);
    let had = [draft(0), draft(1)];
    let mut group = a_group(group(0), "g0", &had);
    let mut named = Policy::clone(&policy(&draft(1)));
    named.permission_groups = vec![Arc::new(PermissionGroup {
        name: "DNS".into(),
        ..(*named.permission_groups[0]).clone()
    })];
    group.policies = Some([policy(&draft(0)), Arc::new(named)].into());
    known.absorb(Load::Rows(Page::Groups(vec![group.clone()])), Now::default());
    let from: Vec<_> = had.iter().map(|draft| policy(draft).content()).collect();
    let to = vec![PolicyEdit::Keep(from[0].clone()), PolicyEdit::Write(draft(5))];
    let staging = stage(&[Change::SetPolicies { group: group.id, from, to }], &known);
    let plan = Plan::build(&staging, &known, Now::default());
    let on = format!("resource group {}", resource(0));
    assert_eq!(
        plan.lines(&plan.steps[0]),
        [
            format!("+ allow {} on {on}", permission(5)),
            format!("- allow DNS on {on}"),
            "= 1 policy stays as it is".to_owned(),
        ]
    );
}
