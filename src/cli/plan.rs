//! `cfiam plan`: what would be done, and the plan's id.

use super::offer::{guards, show};
use super::session::Session;
use super::wanted::{change_file, plan, plan_of};
use super::{Refusal, Status};

/// Show a plan and its id: of a change file, or of what is staged
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The change file, or stdin where it is -; without it, what is staged for the account
    #[arg(short = 'f', long, value_name = "FILE")]
    file: Option<String>,
}

impl Args {
    /// Prints the plan.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        let plan = if let Some(file) = &self.file {
            plan(session, &change_file(file)?, true)?
        } else {
            let account = session.account().clone();
            let changes = session.store().staged(&account)?;
            session.read_for(&changes)?;
            plan_of(session, changes)
        };
        show(session, &plan, &guards(session, &plan));
        Ok(Status::Done)
    }
}
