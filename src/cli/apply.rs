//! `cfiam apply`: a change file, planned afresh and applied.

use crate::plan::Plan;

use super::offer::{How, guards, offer, show};
use super::session::Session;
use super::wanted::{change_file, plan};
use super::{Refusal, Status};

/// Apply a change file
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The change file, or stdin where it is -
    file: String,
    /// Apply only the plan with this id, as `plan -f` has printed it
    #[arg(long, value_name = "PLAN_ID")]
    expect: Option<String>,
    #[command(flatten)]
    how: How,
}

impl Args {
    /// Plans afresh, and goes about it as wished.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        let file = change_file(&self.file)?;
        let plan = plan(session, &file, self.how.is_shown())?;
        match &self.expect {
            Some(expected) if *expected != plan.id.to_string() => {
                show(session, &plan, &guards(session, &plan));
                Err(differs(&plan, expected))
            }
            _ => offer(session, plan, &self.how),
        }
    }
}

/// Refuses a plan that is not the reviewed one, and says what it would do now.
fn differs(plan: &Plan, expected: &str) -> Refusal {
    let mut words =
        vec![format!("nothing was changed: the plan is {} now, and not {expected}", plan.id)];
    words.extend(plan.steps.iter().map(|step| format!("to be done now: {}", plan.words(step))));
    words.extend(plan.left_out.iter().map(|left| {
        format!("left out now: {}: {}", plan.names.words(&left.change), left.why.words())
    }));
    Refusal::new(Status::Stopped, words.join("\n"))
}
