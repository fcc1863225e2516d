//! What a plan costs: requests, their share of the request budget, about how long; and what can't be undone.

use std::time::Duration;

use crate::domain::Change;
use crate::text;

use super::build::{Calls, Plan};

/// The window in which requests are counted.
const WINDOW: Duration = Duration::from_mins(5);
/// About how long a request takes.
const REQUEST: Duration = Duration::from_millis(300);
/// How many reads go side by side.
const READS: usize = 8;
/// How many writes do.
const WRITES: usize = 2;

/// What a plan costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// How many requests, if nothing goes wrong.
    pub calls: Calls,
    /// How many requests may be sent in five minutes.
    pub budget: u32,
    /// About how long it takes.
    pub about: Duration,
    /// What can't be undone, and why, a line each. Foreign text: make it safe before showing it.
    pub lasting: Vec<String>,
}

impl Cost {
    /// What a plan costs where so many requests may be sent in five minutes.
    pub fn of(plan: &Plan, budget: u32) -> Self {
        let calls = plan.calls;
        let lasting = plan.ops().filter_map(|op| lasting(&op.change, plan)).collect();
        Self { calls, budget, about: about(plan, budget), lasting }
    }

    /// The share of the request budget of five minutes, in words.
    pub fn share(&self) -> String {
        let (total, budget) = (self.calls.total(), self.budget.max(1) as usize);
        match total * 1_000 / budget {
            0 => "under 0.1 % of the request budget".to_owned(),
            tenths @ ..100 => format!("{}.{} % of the request budget", tenths / 10, tenths % 10),
            tenths @ ..=1_000 => format!("{} % of the request budget", tenths / 10),
            _ => format!(
                "more than the {} requests of 5 min: it waits in between",
                text::count(budget)
            ),
        }
    }

    /// About how long it takes, in words.
    pub fn time(&self) -> String {
        text::about(self.about)
    }
}

/// Requests within the budget go as fast as they are answered; of more, the budget is the measure.
fn about(plan: &Plan, budget: u32) -> Duration {
    let Calls { preflight, writes, read_back } = plan.calls;
    let total = plan.calls.total();
    if total > budget as usize {
        let total = u32::try_from(total).unwrap_or(u32::MAX);
        return WINDOW.saturating_mul(total) / budget.max(1);
    }
    let groups: std::collections::BTreeSet<_> =
        plan.steps.iter().map(|step| &step.target).collect();
    let writing = writes.div_ceil(groups.len().clamp(1, WRITES));
    let rounds = preflight.div_ceil(READS) + writing + read_back.div_ceil(READS);
    REQUEST.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX))
}

/// Why a change can't be undone; `None` if it can.
fn lasting(change: &Change, plan: &Plan) -> Option<String> {
    match change {
        Change::Delete { group, name } if plan.base.get(group).is_none_or(|b| b.held.is_none()) => {
            Some(format!(
                "{name} is deleted: who is in it has not been read, so it is not made again"
            ))
        }
        Change::Delete { name, .. } => {
            Some(format!("{name} is deleted: made again, it has another id"))
        }
        Change::RemoveMember { email, pending: false, .. } => Some(format!(
            "{email} is removed: only a new invitation, once accepted, brings them back"
        )),
        Change::RemoveMember { email, pending: true, .. } => {
            Some(format!("the invitation of {email} is taken back: only another one can be sent"))
        }
        Change::Create { name, .. } if plan.undo_of.is_some() => {
            Some(format!("{name} is made again: it has another id then"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Load, Now, Page};
    use crate::plan::Staging;
    use crate::plan::fixture::*;

    fn cost(changes: &[Change], budget: u32) -> Cost {
        let directory = directory(6_000, &[(0..6_000).collect(), Vec::new()]);
        let mut staging = Staging::new(account());
        for change in changes {
            staging.stage(change.clone(), &directory);
        }
        Cost::of(&Plan::build(&staging, &directory, Now::default()), budget)
    }

    #[test]
    fn a_small_plan_takes_a_moment_and_a_small_share_of_the_budget() {
        let cost = cost(&[add(1, 1), add(1, 2)], 1_000);
        assert_eq!(cost.calls.writes, 1);
        assert_eq!(cost.time(), "about 1 s");
        assert_eq!(cost.share(), "0.6 % of the request budget");
        assert!(cost.lasting.is_empty());
    }

    #[test]
    fn five_thousand_removals_take_about_50_minutes_inside_the_budget_and_that_is_said() {
        let removals: Vec<Change> = (0..5_000).map(|number| remove(0, number)).collect();
        let cost = cost(&removals, 1_000);
        assert!((10_000..10_060).contains(&cost.calls.total()), "{:?}", cost.calls);
        assert!(["about 50 min", "about 51 min"].contains(&&*cost.time()), "{}", cost.time());
        let waits = "more than the 1,000 requests of 5 min: it waits in between";
        assert_eq!(cost.share(), waits);
    }

    #[test]
    fn an_account_that_was_given_more_requests_is_sooner_through() {
        let removals: Vec<Change> = (0..5_000).map(|number| remove(0, number)).collect();
        let cost = cost(&removals, 10_000);
        assert!(["about 5 min", "about 6 min"].contains(&&*cost.time()), "{}", cost.time());
    }

    #[test]
    fn what_can_t_be_undone_is_named_with_the_reason() {
        let cost = cost(&[delete(1), remove(0, 1)], 1_000);
        assert_eq!(cost.lasting, ["g1 is deleted: made again, it has another id"]);
    }

    #[test]
    fn the_walk_over_who_is_in_a_group_that_is_deleted_is_counted() {
        // The check, one read of the group and 12 pages, the deletion, and one look whether it is gone.
        assert_eq!(cost(&[delete(0)], 1_000).calls.total(), 1 + 1 + 12 + 1 + 1);
        let after_another = cost(&[delete(0), add(1, 1)], 1_000).calls;
        assert!(after_another.preflight >= 2 * 12, "it is looked at again: {after_another:?}");
    }

    #[test]
    fn a_group_whose_members_were_not_read_is_said_not_to_be_made_again() {
        let mut directory = directory(9, &[]);
        let row = a_group(group(0), "g0", &[draft(0)]);
        directory.absorb(Load::Rows(Page::Groups(vec![row])), Now::default());
        let mut staging = Staging::new(account());
        staging.stage(delete(0), &directory);
        let cost = Cost::of(&Plan::build(&staging, &directory, Now::default()), 1_000);
        assert!(cost.lasting[0].contains("has not been read"), "{:?}", cost.lasting);
    }
}
