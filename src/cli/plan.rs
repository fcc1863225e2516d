//! `cfiam plan`: what would be done, and the plan's id.

use crate::domain::StagedFor;
use crate::plan::{Plan, Staging};

use super::offer::show;
use super::session::Session;
use super::{Refusal, Status};

/// Prints what is staged for the account as a plan.
pub(super) fn run(session: &mut Session) -> Result<Status, Refusal> {
    let account = session.account().clone();
    let changes = session.store().staged(&account)?;
    session.read_for(&changes)?;
    let staging = Staging::restore(StagedFor { account, changes });
    let plan = Plan::build(&staging, &session.directory, session.clock.now());
    show(&plan);
    Ok(Status::Done)
}
