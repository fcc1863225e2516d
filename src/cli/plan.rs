//! `cfiam plan`: what would be done, and the plan's id.

use crate::domain::StagedFor;
use crate::plan::Plan;

use super::json::{self, Form};
use super::offer::{guards, show};
use super::print::answered;
use super::session::Session;
use super::wanted::{change_file, plan, plan_of};
use super::{Refusal, Status};

/// Show a plan and its id: of a change file, or of what is staged
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The change file, or stdin where it is -; without it, what is staged for the account
    #[arg(short = 'f', long, value_name = "FILE")]
    file: Option<String>,
    /// How the answer is written
    #[arg(short, long, value_enum, default_value_t = Form::Table)]
    output: Form,
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
            session.read_for_impact()?;
            plan_of(session, changes)
        };
        keep(session, &plan);
        let guards = guards(session, &plan);
        match self.output {
            Form::Table => show(session, &plan, &guards),
            Form::Json => json::print(&json::plan(&plan, &session.directory, &guards)),
        };
        Ok(answered())
    }
}

/// Keeps what the plan does, for whoever applies it later. Where that fails the plan is as good.
fn keep(session: &Session, plan: &Plan) {
    let changes = plan.ops().map(|op| op.change.clone()).collect();
    let changes = StagedFor { account: session.account().clone(), changes };
    if let Err(fault) = session.store().keep_plan(&plan.id, &changes) {
        tracing::warn!(kind = ?fault.kind, "the plan is not kept");
    }
}
