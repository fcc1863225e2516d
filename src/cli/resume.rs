//! `cfiam runs resume`: taking up a run that is not finished.

use std::io::{self, IsTerminal};

use crate::app::{self, TakeUp, another_credential, counts, is_finished, is_left, left_to_send};
use crate::domain::Collection;
use crate::plan::{End, Guards, OpId, OpState, Override, Past, TakenBack};

use super::carry::{Followed, take_up};
use super::offer::{answer, ask_guards, guards, stopped};
use super::print::{out, safe_lines, told};
use super::runs::{all, back, meant_or, read};
use super::session::Session;
use super::{Refusal, Status};

/// Take up a run that was broken off, stopped or could not go on
///
/// What had no answer is read back first; then what is left is told, and sent where that is wanted.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The run: its id, or as much of its beginning as tells it from the others; the last one that is not finished if none is named
    run: Option<String>,
    /// Read back and tell what is left, and send nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Send what is left without asking; this overrides no guard
    #[arg(long)]
    yes: bool,
    /// Override a guard that stands against what is left by the text that it asks for
    #[arg(long = "override", value_name = "GUARD=TEXT")]
    overrides: Vec<Override>,
}

impl Args {
    /// Reads the run back, tells where it stands, and goes on with it as wished.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        let runs = all(session)?;
        let past = meant_or(&runs, self.run.as_deref(), last)?;
        can_be_taken_up(past, back(&runs).get(&past.id))?;
        if !self.dry_run {
            session.may_write()?;
        }
        session.identify()?;
        // Journals keep no e-mails.
        session.read([Collection::Members, Collection::Groups])?;
        told(&format!("taking up run {} of {}", past.id, past.began.strftime("%F %T UTC")));
        let doubtful = doubtful(session, past)?;
        let found = take_up(session, &past.id, TakeUp::ReadBack, session.by().into())?;
        match found.summary().map(|summary| &summary.end) {
            Some(End::BrokenOff) => {}
            // Nothing was left but to read back; or it was left before that was done.
            Some(_) | None => return Ok(found.end(session)),
        }
        let shown = out(&safe_lines(&stands(&found, &doubtful)));
        if self.dry_run {
            return Ok(Status::Done);
        }
        if let Some(words) = another_credential(&past.by, &session.by()) {
            told(&words);
        }
        let left = found.plan.only(|op| is_left(found.progress().op(op)));
        // What guards look at.
        session.read_for(&left.ops().map(|op| op.change.clone()).collect::<Vec<_>>())?;
        let guards = guards(session, &left);
        let mut overrides = self.overrides.clone();
        if !self.yes {
            ask(session, shown, &guards, &mut overrides)?;
        }
        let approval = guards.approve(session.by(), &overrides).map_err(|left| stopped(&left))?;
        let followed = take_up(session, &past.id, TakeUp::GoOn, approval)?;
        Ok(followed.end(session))
    }
}

/// The last run that is not finished.
fn last(runs: &[Past]) -> Result<&Past, Refusal> {
    let back = back(runs);
    let open = |past: &&Past| {
        let is_over = is_finished(past.end.as_ref(), &past.tally) || back.contains_key(&past.id);
        past.damage.is_none() && !is_over
    };
    runs.iter().find(open).ok_or_else(|| {
        Refusal::new(Status::Failed, "every run of this account that is known here is finished")
    })
}

fn can_be_taken_up(past: &Past, back: Option<&TakenBack>) -> Result<(), Refusal> {
    let stopped = |words: String| Err(Refusal::new(Status::Stopped, words));
    if past.is_on {
        return stopped("nothing was changed: the run is on in another window".to_owned());
    }
    if let Some(damage) = &past.damage {
        return stopped(format!("nothing was changed: the run's journal is damaged: {damage}"));
    }
    if is_finished(past.end.as_ref(), &past.tally) {
        return Err(Refusal::new(Status::Failed, "nothing was changed: the run is finished"));
    }
    if let Some(back) = back {
        let words = format!("nothing was changed: {}", back.reason());
        return Err(Refusal::new(Status::Failed, words));
    }
    Ok(())
}

/// What was sent and had no answer when the run was last written to.
fn doubtful(session: &Session, past: &Past) -> Result<Vec<OpId>, Refusal> {
    let (_, history) = read(session, &past.id)?;
    let progress = history.progress();
    let open = |op: &OpId| matches!(progress.op(*op), OpState::Running | OpState::Unknown);
    Ok(history.plan.ops().map(|op| op.id).filter(open).collect())
}

/// Where the run stands now, and what is left of it.
fn stands(found: &Followed, doubtful: &[OpId]) -> String {
    let progress = found.progress();
    let mut lines = vec![counts(&progress.tally())];
    if !doubtful.is_empty() {
        lines.push(app::found(progress, doubtful));
    }
    let left = left_to_send(&found.plan, progress);
    lines.extend(left.iter().map(|step| format!("left: {step}")));
    lines.push(String::new());
    lines.join("\n")
}

/// Asks on the terminal; only a typed `y` is a yes.
fn ask(
    session: &Session,
    shown: bool,
    guards: &Guards,
    overrides: &mut Vec<Override>,
) -> Result<(), Refusal> {
    if !io::stdin().is_terminal() {
        return Err(Refusal::usage(
            "nothing was changed: there is no terminal to ask on; --yes sends what is left without asking",
        ));
    }
    let name = session.directory.account.name.clone();
    if shown {
        ask_guards(guards, overrides);
    }
    if shown && answer(&format!("Send this in {name}? y sends it: ")) == "y" {
        return Ok(());
    }
    Err(Refusal::new(Status::Failed, "nothing was changed"))
}
