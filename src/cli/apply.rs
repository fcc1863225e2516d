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

/// Refuses a plan that is not the reviewed one, and says what is different, where the reviewed one is known here.
fn differs(session: &Session, plan: &Plan, expected: &str) -> Refusal {
    let mut words =
        vec![format!("nothing was changed: the plan is {} now, and not {expected}", plan.id)];
    match session.store().kept_plan(expected) {
        Some(reviewed) => words.extend(differences(session, plan, &reviewed)),
        None => words.push(format!(
            "{expected} was not planned on this machine, or too long ago: what is different can't be told; the plan \
             above is what would be done now"
        )),
    }
    Refusal::new(Status::Stopped, words.join("\n"))
}

/// What a plan does that the reviewed one did not, and the other way round.
fn differences(session: &Session, plan: &Plan, reviewed: &[Change]) -> Vec<String> {
    let now: Vec<&Change> = plan.ops().map(|op| &op.change).collect();
    let mut names = Names::default();
    for change in reviewed {
        names.learn(change, &session.directory);
    }
    let new = now.iter().filter(|change| !reviewed.contains(change));
    let new = new.map(|change| format!("to be done now: {}", plan.names.words(change)));
    let gone = reviewed.iter().filter(|change| !now.contains(change));
    let gone = gone.map(|change| format!("no longer to be done: {}", names.words(change)));
    let left = plan.left_out.iter().map(|left| {
        format!("left out now: {}: {}", plan.names.words(&left.change), left.why.words())
    });
    new.chain(gone).chain(left).collect()
}
