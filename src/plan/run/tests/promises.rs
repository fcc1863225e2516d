//! What must hold whatever goes wrong: no blind repeat (I2), no lies (I3), no collateral (I4), progress (I7).

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::toy::{Fate, Mutant, Other, State, Toy};
use super::{ms, plan, set_policies, world};
use crate::domain::{Change, GroupRef};
use crate::plan::fixture::*;
use crate::plan::run::*;

#[derive(Clone, Debug)]
pub(super) struct Scenario {
    pub(super) changes: Vec<Change>,
    fates: Vec<Fate>,
    unread: BTreeSet<usize>,
    lag: Duration,
    refused: BTreeSet<usize>,
    others: Vec<(Duration, Other)>,
    stop: Option<Duration>,
}

/// Changes that are staged together.
pub(super) fn a_change() -> impl Strategy<Value = Vec<Change>> {
    prop_oneof![
        6 => (0..2usize, 0..14usize).prop_map(|(g, m)| vec![add(g, m)]),
        6 => (0..3usize, 0..8usize).prop_map(|(g, m)| vec![remove(g, m)]),
        1 => (0..3usize).prop_map(|g| vec![rename(g, &format!("g{g}"), "x")]),
        1 => (0..3usize, 5..7usize).prop_map(|(g, n)| vec![set_policies(g, n)]),
        1 => (0..3usize).prop_map(|g| vec![delete(g)]),
        1 => (0..4usize).prop_map(|n| {
            let adds = (0..n).map(|m| add_to_draft(0, m));
            std::iter::once(create(0, "new")).chain(adds).collect()
        }),
        1 => (1..2usize, 20..70usize).prop_map(|(g, n)| (0..n).map(|m| add(g, m)).collect()),
    ]
}

fn a_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        8 => Just(Fate::Fine),
        2 => Just(Fate::NeverSent),
        1 => Just(Fate::Throttled),
        1 => Just(Fate::Forbidden),
        3 => Just(Fate::AppliedAndLost),
        3 => Just(Fate::LostAndNotApplied),
        3 => (1_000..100_000u64).prop_map(Fate::LostAndLate),
    ]
}

fn someone_else() -> impl Strategy<Value = (Duration, Other)> {
    let what = prop_oneof![
        4 => (0..2usize, 0..14usize).prop_map(|(g, m)| Other::Add(group(g), member(m))),
        4 => (0..3usize, 0..8usize).prop_map(|(g, m)| Other::Remove(group(g), member(m))),
        4 => (0..3usize, 0..8usize).prop_map(|(g, m)| Other::AddAnew(group(g), member(m))),
        1 => (0..3usize).prop_map(|g| Other::Rename(group(g), "theirs".into())),
        1 => (0..3usize).prop_map(|g| Other::Policies(group(g), draft(8))),
        1 => (0..3usize).prop_map(|g| Other::Delete(group(g))),
    ];
    let when = prop_oneof![0..500u64, 0..60_000u64];
    (when.prop_map(ms), what)
}

pub(super) fn a_scenario() -> impl Strategy<Value = Scenario> {
    (
        proptest::collection::vec(a_change(), 1..8),
        proptest::collection::vec(a_fate(), 0..14),
        proptest::collection::btree_set(0..97usize, 0..6),
        prop_oneof![3 => Just(0u64), 1 => Just(5_000), 1 => Just(1_000)],
        proptest::collection::btree_set(0..14usize, 0..3),
        proptest::collection::vec(someone_else(), 0..6),
        proptest::option::weighted(0.15, 0..30_000u64),
    )
        .prop_map(|(changes, fates, unread, lag, refused, others, stop)| Scenario {
            changes: changes.into_iter().flatten().collect(),
            fates,
            unread,
            lag: ms(lag),
            refused,
            others,
            stop: stop.map(ms),
        })
}

impl Scenario {
    /// Whether nothing but this run changes what is there, at the time at which it says so.
    pub(super) fn is_quiet(&self) -> bool {
        let late = |fate: &Fate| matches!(fate, Fate::LostAndLate(_));
        self.others.is_empty() && self.lag.is_zero() && !self.fates.iter().any(late)
    }

    pub(super) fn toy(&self, mutant: Mutant) -> Toy {
        let mut toy = Toy::new(world());
        toy.fates.clone_from(&self.fates);
        toy.unread.clone_from(&self.unread);
        toy.lag = self.lag;
        toy.refused = self.refused.iter().map(|m| member(*m)).collect();
        toy.others.clone_from(&self.others);
        toy.stop = self.stop;
        toy.mutant = mutant;
        toy.ahead = jiff::SignedDuration::from_hours(3);
        toy
    }
}

/// Runs a scenario, and says which promises were broken.
fn broken(scenario: &Scenario, mutant: Mutant) -> Vec<String> {
    let plan = plan(&scenario.changes);
    let mut toy = scenario.toy(mutant);
    let progress = toy.run(plan.clone(), Timings::default());
    judged(scenario, &plan, &mut toy, &progress)
}

/// Which promises were broken in a run that has come to its end.
pub(super) fn judged(
    scenario: &Scenario,
    plan: &crate::plan::Plan,
    toy: &mut Toy,
    progress: &Progress,
) -> Vec<String> {
    let mut broken = std::mem::take(&mut toy.seen.broken);
    if toy.seen.most_at_once > 2 {
        broken.push(format!("{} writes at once", toy.seen.most_at_once));
    }
    broken.extend(lies(scenario, plan, toy, progress));
    for op in plan.ops() {
        if matches!(progress.op(op.id), OpState::Waiting | OpState::Running) {
            broken.push(format!("I7: left {:?}: {:?}", progress.op(op.id), op.change));
        }
    }
    broken.extend(collateral(scenario, plan, &toy.state));
    broken
}

/// What is told of operations that is not so.
pub(super) fn lies(
    scenario: &Scenario,
    plan: &crate::plan::Plan,
    toy: &Toy,
    progress: &Progress,
) -> Vec<String> {
    let mut broken = Vec::new();
    let undisturbed = scenario.is_quiet();
    for op in plan.ops() {
        let state = progress.op(op.id);
        let by_us = toy.seen.by_us.contains(&op.id);
        let ever = toy.seen.states.iter().any(|(_, there)| holds(&op.change, there));
        match state {
            OpState::Done(_) | OpState::AlreadySo if !ever => {
                broken.push(format!("I3: {state:?}, and never so: {:?}", op.change));
            }
            OpState::Refused(_) | OpState::Skipped(_) | OpState::AlreadySo | OpState::Waiting
                if by_us =>
            {
                broken.push(format!("I3: {state:?}, and done by us: {:?}", op.change));
            }
            OpState::Unknown | OpState::Accepted => {}
            state if undisturbed && state.holds() != holds(&op.change, &toy.state) => {
                broken.push(format!("I3: alone, and told {state:?}: {:?}", op.change));
            }
            _ => {}
        }
    }
    broken
}

fn holds(change: &Change, there: &State) -> bool {
    let at = |group: &GroupRef| group.existing().and_then(|id| there.get(id));
    match change {
        Change::Create { name, policies, .. } => there.values().any(|group| {
            group.name == *name && group.policies == policies.iter().map(policy).collect::<Vec<_>>()
        }),
        Change::Rename { group, to, .. } => there.get(group).is_some_and(|g| g.name == *to),
        Change::SetPolicies { group, to, .. } => {
            there.get(group).is_some_and(|g| crate::plan::wanted(to).matches(&g.policies))
        }
        Change::Add { group: GroupRef::Draft(_), member } => {
            there.values().any(|g| &*g.name == "new" && g.members.contains_key(member))
        }
        Change::Add { group, member } => at(group).is_some_and(|g| g.members.contains_key(member)),
        Change::Remove { group, member } => {
            there.get(group).is_none_or(|g| !g.members.contains_key(member))
        }
        Change::Delete { group, .. } => !there.contains_key(group),
        Change::ReplaceMembers { group, to, .. } => {
            there.get(group).is_some_and(|g| g.members.keys().eq(to))
        }
        other => panic!("the scenarios have no {other:?}"),
    }
}

/// Memberships outside the plan that are not as others have left them.
fn collateral(scenario: &Scenario, plan: &crate::plan::Plan, end: &State) -> Vec<String> {
    let mut alone = Toy::new(world());
    alone.others.clone_from(&scenario.others);
    alone.run(super::plan(&[]), Timings::default());
    let mut broken = Vec::new();
    for (id, group) in end {
        let Some(expected) = alone.state.get(id) else { continue };
        let touched: BTreeSet<_> = plan
            .ops()
            .filter(|op| op.change.target() == id.clone().into())
            .filter_map(|op| op.change.member())
            .collect();
        for n in (0..100).filter(|n| !touched.contains(&member(*n))) {
            let who = member(n);
            if group.members.contains_key(&who) != expected.members.contains_key(&who) {
                broken.push(format!("I4: m{n} in {}", group.name));
            }
        }
    }
    broken
}

/// So many cases, or as many as `PROPTEST_CASES` asks for.
pub(super) fn cases(cases: u32) -> Config {
    let cases = cases.max(Config::default().cases);
    Config { cases, failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(cases(400))]
    #[test]
    fn i2_i3_i4_i7_hold_whatever_goes_wrong(scenario in a_scenario()) {
        prop_assert_eq!(broken(&scenario, Mutant::None), Vec::<String>::new());
    }
}

/// Whether some scenario shows that a machine that is lied to breaks a promise.
fn is_caught(mutant: Mutant) -> bool {
    let mut runner = TestRunner::new(Config { max_shrink_iters: 0, ..cases(4000) });
    runner
        .run(&a_scenario(), |scenario| match &broken(&scenario, mutant)[..] {
            [] => Ok(()),
            _ => Err(TestCaseError::fail("caught")),
        })
        .is_err()
}

#[test]
fn a_machine_that_replays_lost_writes_is_caught() {
    assert!(is_caught(Mutant::ReplaysEverything));
}

#[test]
fn a_machine_that_ignores_since_when_someone_is_in_is_caught() {
    assert!(is_caught(Mutant::IgnoresSince));
}

#[test]
fn a_machine_that_does_not_see_what_others_did_to_policies_is_caught() {
    assert!(is_caught(Mutant::OverwritesPolicies));
}

/// The promises say nothing if nothing happens: every way for an operation and for a run to end is met.
#[test]
fn the_scenarios_meet_every_end() {
    let mut met = std::collections::BTreeMap::<String, usize>::new();
    let mut runner = TestRunner::new_with_rng(
        cases(1),
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    for _ in 0..800 {
        let scenario = a_scenario().new_tree(&mut runner).unwrap().current();
        let plan = plan(&scenario.changes);
        let mut toy = scenario.toy(Mutant::None);
        let progress = toy.run(plan.clone(), Timings::default());
        for op in plan.ops() {
            let state = format!("{:?}", progress.op(op.id));
            let word = state.split("Fault").next().unwrap_or_default().to_owned();
            *met.entry(word).or_default() += 1;
        }
        if let Some(RunReport::Ended(summary)) = toy.seen.reports.last() {
            let end = format!("{:?}", summary.end);
            *met.entry(end.split("Fault").next().unwrap_or_default().to_owned()).or_default() += 1;
        }
    }
    println!("{met:#?}");
    for end in [
        "Done(Seen)",
        "Done(ReadBack)",
        "AlreadySo",
        "Refused(",
        "NotInEffect(None)",
        "NotInEffect(Some(",
        "Conflict(PoliciesChanged)",
        "Conflict(GrantedAnew",
        "Gone(Group)",
        "Gone(NeverMade)",
        "Skipped(Stopped)",
        "Skipped(Paused)",
        "Skipped(Drifted)",
        "Unknown",
        "Finished",
        "Drifted",
        "Stopped",
        "Paused(Permission(",
        "Paused(Network(",
        "Paused(Unanswered(",
    ] {
        assert!(met.keys().any(|key| key.starts_with(end)), "never met: {end}");
    }
}
