//! A plan from the command line: shown, asked about, and applied.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::plan::{Plan, Recheck};
use crate::text;

use super::carry::carry_out;
use super::print::{out, safe_lines};
use super::session::Session;
use super::{Refusal, Status};

/// How a plan is to be gone about.
#[derive(clap::Args, Clone, Debug)]
pub struct How {
    /// Show the plan and change nothing
    #[arg(long, conflicts_with = "yes")]
    pub dry_run: bool,
    /// Apply the plan without asking; this overrides no guard
    #[arg(long)]
    pub yes: bool,
}

/// Shows a plan and applies it, if that is what is wanted.
pub(super) fn offer(session: &Session, plan: Plan, how: &How) -> Result<Status, Refusal> {
    let shown = show(&plan);
    whole(&plan)?;
    if plan.is_empty() || how.dry_run {
        return Ok(Status::Done);
    }
    session.may_write()?;
    if !how.yes {
        ask(&plan, shown)?;
    }
    Ok(carry_out(session, plan))
}

/// Refuses a plan that leaves out what was asked for, but for what is so already.
fn whole(plan: &Plan) -> Result<(), Refusal> {
    let left = plan.left_out.iter().filter(|left| left.why != Recheck::AlreadySo).count();
    if left == 0 {
        return Ok(());
    }
    let words = format!(
        "nothing was changed: {} can't be carried out, as the plan says",
        text::plural(left, "change")
    );
    Err(Refusal::new(Status::Stopped, words))
}

/// Asks on the terminal. Only a typed `y` is a yes.
fn ask(plan: &Plan, shown: bool) -> Result<(), Refusal> {
    if !io::stdin().is_terminal() {
        return Err(Refusal::usage(
            "nothing was changed: there is no terminal to ask on; --yes applies the plan without asking",
        ));
    }
    let not_wanted = || Refusal::new(Status::Failed, "nothing was changed");
    // Nothing is written unseen.
    if !shown {
        return Err(not_wanted());
    }
    let account = text::safe_capped(&plan.account_name);
    let account = if account.is_empty() { plan.account.to_string().into() } else { account };
    let _asked = write!(io::stderr(), "Apply this to {account}? y applies it: ");
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    if read.is_ok() && line.trim() == "y" { Ok(()) } else { Err(not_wanted()) }
}

/// Prints a plan; whether somebody reads it.
pub(super) fn show(plan: &Plan) -> bool {
    out(&text_of(plan))
}

/// A plan as text.
fn text_of(plan: &Plan) -> String {
    let mut lines = Vec::new();
    if plan.is_empty() {
        lines.push("Nothing to change.".to_owned());
    } else {
        let account = if plan.account_name.is_empty() {
            plan.account.to_string()
        } else {
            format!("{} ({})", plan.account_name, plan.account)
        };
        lines.push(format!("Plan {} for {account}", plan.id));
        for (number, step) in (1..).zip(&plan.steps) {
            lines.push(format!("{number:>4}. {}", plan.words(step)));
            lines.extend(plan.lines(step).iter().map(|line| format!("        {line}")));
        }
    }
    for left in &plan.left_out {
        let words = plan.names.words(&left.change);
        lines.push(format!("   –  {words}: {}", left.why.words()));
    }
    safe_lines(&lines.join("\n")) + "\n"
}
