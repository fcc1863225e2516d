//! The guards once more just before anything is sent, beside somebody who has changed the account since the plan.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::access::fixture::{Account, allows, dns_on, group, group_id, member, member_id};
use crate::domain::{
    Caller, CredentialKind, Load, MemberStatus, Membership, Now, Page, PolicyEdit, TwoFactor,
};
use crate::plan::{Override, Verdict, Witness};

const SUPER: &str = "Super Administrator - All Privileges";
const MEMBERS: u128 = 6;
const GROUPS: [u128; 3] = [50, 51, 52];

/// Members 0 to 5, some of them Super Administrators by themselves; a group of Super Administrators, one that may do
/// DNS, and one that may do both. Member 0 is calling.
fn account(supers: u8, inside: &[Vec<u128>]) -> Directory {
    let own = |n: u128| if supers >> n & 1 == 1 { vec![allows(SUPER)] } else { Vec::new() };
    let people = (0..MEMBERS).map(|n| member(n, &format!("m{n}@x.io"), &own(n)));
    let mut account = Account::new().members(people.collect()).groups(vec![
        group(50, "admins", &[allows(SUPER)]),
        group(51, "dns", &[dns_on(1)]),
        group(52, "both", &[allows(SUPER), dns_on(1)]),
    ]);
    for (id, inside) in GROUPS.iter().zip(inside) {
        account = account.inside(*id, inside);
    }
    account.directory.caller = Some(Caller {
        kind: CredentialKind::UserToken,
        token: None,
        expires: None,
        user: None,
        email: "m0@x.io".into(),
        member: None,
    });
    account.directory
}

fn membership(directory: &mut Directory, group: u128, who: u128, present: bool) {
    let (group, member) = (group_id(group), member_id(who));
    let load = Load::Membership { group, member, present, since: None };
    directory.absorb(load, Now::default());
}

/// What somebody else does.
#[derive(Clone, Debug)]
enum Other {
    Puts(u128, u128, bool),
    LosesSecondFactor(u128),
    LosesOwn(u128),
    Leaves(u128),
}

fn do_other(world: &mut Directory, other: &Other) {
    let row = |who: &u128| world.members().get(&member_id(*who)).cloned();
    let load = match other {
        Other::Puts(group, who, present) => return membership(world, *group, *who, *present),
        Other::Leaves(who) => Some(Load::MemberGone(member_id(*who))),
        Other::LosesSecondFactor(who) => row(who).map(|mut row| {
            row.two_factor = TwoFactor::Off;
            Load::Rows(Page::Members(vec![row]))
        }),
        Other::LosesOwn(who) => row(who).map(|mut row| {
            row.policies = Some([].into());
            Load::Rows(Page::Members(vec![row]))
        }),
    };
    if let Some(load) = load {
        world.absorb(load, Now::default());
    }
}

/// Reads of the world what a guard rests on.
fn read(known: &mut Directory, world: &Directory, witness: &Witness, walk: u64) {
    let now = Now::default();
    match witness {
        Witness::Member(id) => known.absorb(
            match world.members().get(id) {
                Some(row) => Load::Rows(Page::Members(vec![row.clone()])),
                None => Load::MemberGone(id.clone()),
            },
            now,
        ),
        Witness::Membership(group, member) => {
            let (present, since) = (world.is_in(group, member), None);
            let (group, member) = (group.clone(), member.clone());
            known.absorb(Load::Membership { group, member, present, since }, now);
        }
        Witness::List(group) => {
            let slots = world.members_of(group).iter();
            let rows = slots.filter_map(|slot| world.members().at(*slot)).map(|row| Membership {
                member: row.id.clone(),
                email: row.email.clone(),
                status: MemberStatus::Unknown,
            });
            let page = Page::GroupMembers(group.clone(), rows.collect());
            crate::plan::fixture::walk(known, walk, page);
        }
    }
}

/// Whether the plan may be sent, on the world as it is, by what is read of it; and how many things are read.
fn goes(
    plan: &Plan,
    known: &mut Directory,
    world: &Directory,
    overrides: &[Override],
) -> (bool, BTreeSet<Witness>) {
    // What the run itself has looked at.
    for op in plan.ops() {
        if let (Some(group), Some(member)) =
            (op.change.target().existing_group(), op.change.member())
        {
            read(known, world, &Witness::Membership(group.clone(), member.clone()), 0);
        } else if let Some(member) = op.change.member() {
            read(known, world, &Witness::Member(member.clone()), 0);
        }
    }
    let mut seen = BTreeSet::new();
    for walk in 100.. {
        match Verdict::of(plan, known, &Rules::default(), overrides, &seen, Timestamp::MAX) {
            Verdict::Clear => return (true, seen),
            Verdict::Stands(_) => return (false, seen),
            Verdict::Read(wanted) => {
                assert!(!wanted.is_empty() && wanted.is_disjoint(&seen), "{wanted:?} {seen:?}");
                for witness in &wanted {
                    read(known, world, witness, walk);
                }
                seen.extend(wanted);
            }
        }
    }
    panic!("it asks for more and more")
}

fn given(guards: &Guards) -> Vec<Override> {
    guards.iter().map(|guard| Override::new(guard.name, guard.asks.text.clone())).collect()
}

fn remove(from: u128, who: u128) -> Change {
    Change::Remove { group: group_id(from), member: member_id(who) }
}

#[test]
fn s12_a_super_administrator_who_went_after_the_confirmation_is_missed_before_anything_is_sent() {
    let known = account(0b10, &[vec![2, 3], Vec::new(), Vec::new()]);
    let plan = plan(&known, &[remove(50, 2)]);
    assert!(Guards::of(&plan, &known, &Rules::default()).is_empty());
    let (may, _) = goes(&plan, &mut known.clone(), &known, &[]);
    assert!(may);
    for other in [Other::Leaves(1), Other::LosesOwn(1), Other::LosesSecondFactor(3)] {
        let mut world = known.clone();
        do_other(&mut world, &other);
        let (may, read) = goes(&plan, &mut known.clone(), &world, &[]);
        assert!(!may, "{other:?}: {read:?}");
    }
}

#[test]
fn where_many_would_prove_that_no_guard_stands_two_are_asked() {
    let known = account(0b11_1110, &[vec![1, 2], vec![5], Vec::new()]);
    let plan = plan(
        &known,
        &[Change::SetDirectPolicies {
            member: member_id(5),
            from: vec![allows(SUPER).content()],
            to: Vec::<PolicyEdit>::new(),
        }],
    );
    let (may, read) = goes(&plan, &mut known.clone(), &known, &[]);
    assert!(may);
    assert_eq!(read, [1, 2].map(|n| Witness::Member(member_id(n))).into());
    let gives =
        super::plan(&known, &[Change::Add { group: group_id(51).into(), member: member_id(3) }]);
    assert_eq!(goes(&gives, &mut known.clone(), &known, &[]), (true, BTreeSet::new()));
}

#[test]
fn who_keeps_by_a_group_what_is_taken_directly_is_asked_for_in_the_group() {
    let known = account(0b10_0000, &[Vec::new(), Vec::new(), vec![5, 4]]);
    let plan = plan(
        &known,
        &[Change::SetDirectPolicies {
            member: member_id(5),
            from: vec![allows(SUPER).content()],
            to: Vec::<PolicyEdit>::new(),
        }],
    );
    assert!(goes(&plan, &mut known.clone(), &known, &[]).0);
    let mut world = known.clone();
    do_other(&mut world, &Other::Puts(52, 5, false));
    assert!(!goes(&plan, &mut known.clone(), &world, &[]).0, "one would be left");
}

#[test]
fn a_guard_that_was_overridden_is_no_reason_until_it_asks_for_something_else() {
    let known = account(0b10, &[vec![2], Vec::new(), Vec::new()]);
    let plan = plan(&known, &[remove(50, 2)]);
    let overrides = given(&Guards::of(&plan, &known, &Rules::default()));
    assert!(goes(&plan, &mut known.clone(), &known, &overrides).0);
    let mut world = known.clone();
    do_other(&mut world, &Other::Leaves(1));
    assert!(!goes(&plan, &mut known.clone(), &world, &overrides).0, "none would be left");
}

/// Whether a guard says something worse than what was agreed to.
fn is_worse(guard: &Guard, given: &Override) -> bool {
    let left = |text: &str| text.split(' ').nth(1).and_then(|n| n.parse::<u32>().ok());
    guard.name == GuardName::SuperAdministrators && left(&guard.asks.text) < left(&given.typed)
}

fn change() -> impl Strategy<Value = Change> {
    let (groups, who) = (prop::sample::select(&GROUPS[..]), 0..MEMBERS);
    prop_oneof![
        4 => (groups.clone(), who.clone()).prop_map(|(g, m)| remove(g, m)),
        1 => (groups.clone(), who.clone()).prop_map(|(g, m)| Change::Add { group: group_id(g).into(), member: member_id(m) }),
        1 => Just(Change::Delete { group: group_id(51), name: "dns".into() }),
        1 => who.clone().prop_map(|m| Change::RemoveMember { member: member_id(m), email: format!("m{m}@x.io").into(), pending: false }),
        1 => who.prop_map(|m| Change::SetDirectPolicies { member: member_id(m), from: vec![allows(SUPER).content()], to: Vec::new() }),
    ]
}

fn other() -> impl Strategy<Value = Other> {
    let (groups, who) = (prop::sample::select(&GROUPS[..]), 0..MEMBERS);
    prop_oneof![
        3 => (groups, who.clone(), any::<bool>()).prop_map(|(g, m, present)| Other::Puts(g, m, present)),
        1 => who.clone().prop_map(Other::LosesSecondFactor),
        1 => who.clone().prop_map(Other::LosesOwn),
        1 => who.prop_map(Other::Leaves),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    /// What is read is little, and yet enough: whatever others have done since, where the run may send no guard stands
    /// against the plan but those that were overridden.
    #[test]
    fn what_is_read_again_is_enough_to_know_that_no_guard_stands(
        supers in any::<u8>(),
        inside in proptest::collection::vec(proptest::collection::btree_set(0..MEMBERS, 0..6), 3),
        changes in proptest::collection::vec(change(), 1..5),
        others in proptest::collection::vec(other(), 0..6),
    ) {
        let inside: Vec<Vec<u128>> = inside.into_iter().map(|set| set.into_iter().collect()).collect();
        let known = account(supers, &inside);
        let plan = plan(&known, &changes);
        let overrides = given(&Guards::of(&plan, &known, &Rules::default()));
        let mut world = known.clone();
        // In which groups someone is, only all groups would tell: whoever is removed from the account is taken to be
        // in no others than before.
        let removed = |who: u128| changes.iter().any(|change| matches!(change, Change::RemoveMember { member, .. } if *member == member_id(who)));
        let others: Vec<Other> = others.into_iter().filter(|other| !matches!(other, Other::Puts(_, who, true) if removed(*who))).collect();
        for other in &others {
            do_other(&mut world, other);
        }
        // What is so already is not sent.
        let so = |op: &crate::plan::Op| match &op.change {
            Change::Remove { group, member } => !world.is_in(group, member),
            change => change.member().is_some_and(|member| world.members().get(member).is_none()),
        };
        let waiting: BTreeSet<_> = plan.ops().filter(|op| !so(op)).map(|op| op.id).collect();
        let plan = plan.only(|op| waiting.contains(&op));
        let (may, read) = goes(&plan, &mut known.clone(), &world, &overrides);
        let really = Guards::of(&plan, &world, &Rules::default());
        let mut left: Vec<&Guard> = really.unanswered(&overrides);
        // What has become less bad than what was agreed to is none the worse for not being seen.
        left.retain(|guard| overrides.iter().all(|given| given.guard != guard.name || is_worse(guard, given)));
        prop_assert!(!may || left.is_empty(), "{left:?} stand, having read {read:?}");
    }
}
