//! `cfiam undo`: taking a run back.

use crate::domain::{Change, Collection, GroupId, MemberId};
use crate::plan::{History, NotUndone, Past, Plan, Recheck};
use crate::shell;

use super::offer::{How, guards, offer, show};
use super::print::told;
use super::runs::{all, meant_or, read};
use super::session::Session;
use super::{Refusal, Status};

/// Take a run back: what it has done and what is still as it left it
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The run: its id, or as much of its beginning as tells it from the others; the last one that changed something if none is named
    run: Option<String>,
    #[command(flatten)]
    how: How,
}

impl Args {
    /// Makes the plan that takes the run back, and goes about it as wished.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        let runs = all(session)?;
        let past = meant_or(&runs, self.run.as_deref(), last)?;
        if past.is_on {
            let words = "nothing was changed: the run is on in another window";
            return Err(Refusal::new(Status::Stopped, words));
        }
        let (past, history) = read(session, &past.id)?;
        told(&format!("taking back run {} of {}", past.id, past.began.strftime("%F %T UTC")));
        read_for(session, &history)?;
        let plan = plan(session, &history);
        read_for_inverse(session, &plan, self.how.is_shown())?;
        let plan = self::plan(session, &history);
        let open = may_land(&plan);
        if open > 0 {
            told("what may still land is left out: take the run back once more when that is over");
            if plan.is_empty() {
                return Err(Refusal::new(Status::Stopped, "nothing was changed"));
            }
        }
        if plan.is_empty() && plan.left_out.iter().any(|left| left.why != Recheck::AlreadySo) {
            show(session, &plan, &guards(session, &plan));
            return Err(Refusal::new(
                Status::Failed,
                "nothing was changed: nothing of the run can be taken back",
            ));
        }
        offer(session, plan, &self.how)
    }
}

/// The last run that has changed something, or may have.
fn last(runs: &[Past]) -> Result<&Past, Refusal> {
    let none = if runs.is_empty() {
        "there is no run yet in this account"
    } else {
        "no run of this account has changed anything"
    };
    let touched = |past: &&Past| past.is_on || past.tally.touched();
    runs.iter().find(touched).ok_or_else(|| Refusal::new(Status::Failed, none))
}

fn plan(session: &Session, history: &History) -> Plan {
    history.undo(&session.directory, shell::timings().late, session.clock.now())
}

fn may_land(plan: &Plan) -> usize {
    let may = |why: &Recheck| matches!(why, Recheck::NotUndone(NotUndone::MayLand(_)));
    plan.left_out.iter().filter(|left| may(&left.why)).count()
}

/// Reads what the run has written to, as it is now: also who is in the groups that it has made.
fn read_for(session: &mut Session, history: &History) -> Result<(), Refusal> {
    let changes: Vec<Change> = history.plan.ops().map(|op| op.change.clone()).collect();
    session.read_for(&changes)?;
    session.read([Collection::PermissionGroups, Collection::ResourceGroups])?;
    let progress = history.progress();
    let made = changes.iter().filter_map(|change| match change {
        Change::Create { group, .. } => progress.made(*group).cloned(),
        _ => None,
    });
    let there = |id: &GroupId| session.directory.groups().get(id).is_some();
    let made: Vec<GroupId> = made.filter(there).collect();
    session.read_members_of(&made)
}

/// Reads what guards and, where somebody looks, the impact look at; and since when the members are in their groups
/// whom the plan removes: who was added anew since stays.
fn read_for_inverse(session: &mut Session, plan: &Plan, shown: bool) -> Result<(), Refusal> {
    let changes: Vec<Change> = plan.ops().map(|op| op.change.clone()).collect();
    session.read_for(&changes)?;
    if shown && !changes.is_empty() {
        session.read_for_impact()?;
    }
    let pairs = plan.ops().filter_map(|op| match &op.change {
        Change::Remove { group, member } => Some((group.clone(), member.clone())),
        _ => None,
    });
    let pairs: Vec<(GroupId, MemberId)> = pairs.collect();
    session.read_dates(&pairs)
}
