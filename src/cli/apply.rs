//! `cfiam apply`: a change file, planned afresh and applied.

use crate::domain::Change;
use crate::plan::{Names, Plan};

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
                Err(differs(session, &plan, expected))
            }
            _ => offer(session, plan, &self.how),
        }
    }
}

/// Refuses a plan that is not the reviewed one, and says what is different; where the reviewed one is not known here,
/// what there is to be done now.
fn differs(session: &Session, plan: &Plan, expected: &str) -> Refusal {
    let mut words =
        vec![format!("nothing was changed: the plan is {} now, and not {expected}", plan.id)];
    let (new, gone) = match session.store().kept_plan(expected) {
        Some(reviewed) => {
            let now: Vec<&Change> = plan.ops().map(|op| &op.change).collect();
            let new = now.iter().filter(|change| !reviewed.contains(change));
            let new = new.map(|change| plan.names.words(change)).collect();
            let mut names = Names::default();
            for change in &reviewed {
                names.learn(change, &session.directory);
            }
            let gone = reviewed.iter().filter(|change| !now.contains(change));
            (new, gone.map(|change| names.words(change)).collect())
        }
        None => (plan.ops().map(|op| plan.names.words(&op.change)).collect(), Vec::new()),
    };
    let (new, gone): (Vec<String>, Vec<String>) = (new, gone);
    words.extend(new.iter().map(|change| format!("to be done now: {change}")));
    words.extend(gone.iter().map(|change| format!("no longer to be done: {change}")));
    words.extend(plan.left_out.iter().map(|left| {
        format!("left out now: {}: {}", plan.names.words(&left.change), left.why.words())
    }));
    Refusal::new(Status::Stopped, words.join("\n"))
}
