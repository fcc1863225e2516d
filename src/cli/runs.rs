//! `cfiam runs`: what was done to the account from here, run by run.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::app::{counts, know_members, outcome, who};
use crate::domain::{AccountId, Collection};
use crate::plan::{
    Answered, Ending, History, Past, Plan, Progress, RunId, Step, StepState, TakenBack, Undoing,
    taken_back,
};
use crate::rows::{Cell, Head, Sheet};
use crate::store::history;
use crate::text;

use super::json::{self, Form};
use super::print::{answered, out, safe_lines, told};
use super::session::Session;
use super::{Refusal, Status, resume};

/// List what was done to the account from here, run by run; take up what is not finished
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// How the answer is written
    #[arg(short, long, value_enum, default_value_t = Form::Table)]
    output: Form,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    /// List them, the newest first
    List {
        /// How the answer is written
        #[arg(short, long, value_enum, default_value_t = Form::Table)]
        output: Form,
    },
    /// Show a run step by step, each with Cloudflare's codes and ray ids
    Show {
        /// The run: its id, or as much of its beginning as tells it from the others
        #[arg(value_name = "RUN")]
        run: String,
        /// How the answer is written
        #[arg(short, long, value_enum, default_value_t = Form::Table)]
        output: Form,
    },
    Resume(resume::Args),
}

impl Args {
    /// Prints what is asked for.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        match &self.what {
            None => list(session, self.output),
            Some(What::List { output }) => list(session, *output),
            Some(What::Show { run, output }) => show(session, run, *output),
            Some(What::Resume(args)) => args.run(session),
        }
    }
}

/// The runs of the account, the newest first. What can't be read is said beside.
pub(super) fn all(session: &Session) -> Result<Vec<Past>, Refusal> {
    let (runs, unread) = history::runs(&session.places.state, session.account())?;
    for fault in &unread {
        told(&format!("a run can't be read: {fault}"));
    }
    Ok(runs)
}

/// Those of them that were taken back since.
pub(super) fn back(runs: &[Past]) -> BTreeMap<RunId, TakenBack> {
    taken_back(runs.iter().filter_map(Undoing::past))
}

/// The run that is meant by its id or by the beginning of it.
fn meant<'r>(runs: &'r [Past], named: &str) -> Result<&'r Past, Refusal> {
    let found: Vec<&Past> =
        runs.iter().filter(|past| past.id.to_string().starts_with(named)).collect();
    match found.as_slice() {
        [only] => Ok(only),
        [] => {
            Err(Refusal::usage(format!("there is no run {named} in this account: see cfiam runs")))
        }
        several => {
            let ids: Vec<String> = several.iter().map(|past| past.id.to_string()).collect();
            Err(Refusal::usage(format!("several runs begin with {named}: {}", ids.join(", "))))
        }
    }
}

/// The run that is named, else the one that is meant where none is.
pub(super) fn meant_or<'r>(
    runs: &'r [Past],
    named: Option<&str>,
    unnamed: impl FnOnce(&'r [Past]) -> Result<&'r Past, Refusal>,
) -> Result<&'r Past, Refusal> {
    named.map_or_else(|| unnamed(runs), |named| meant(runs, named))
}

/// A run, whole.
pub(super) fn read(session: &Session, run: &RunId) -> Result<(Past, History), Refusal> {
    let account: &AccountId = session.account();
    Ok(history::run(&session.places.state, account, run)?)
}

/// Says that there is none: also that there is no such account, where the service says so.
fn none(session: &mut Session) -> Result<Status, Refusal> {
    session.is_there()?;
    let account = match &*session.directory.account.name {
        "" => session.account().to_string(),
        name => name.to_owned(),
    };
    out(&safe_lines(&format!("No run of {account} is known on this machine.\n")));
    Ok(answered())
}

fn list(session: &mut Session, form: Form) -> Result<Status, Refusal> {
    let mut runs = all(session)?;
    let back = back(&runs);
    let short = |past: &Past| in_short(past, back.get(&past.id));
    match form {
        Form::Json => drop(json::print(&Value::Array(runs.iter().map(short).collect()))),
        Form::Table => {
            if runs.is_empty() {
                return none(session);
            }
            session.read_who(runs.iter().map(|past| past.by.clone()));
            know_members(&mut runs, &session.directory);
            let titles = [
                Head::text("id", "RUN"),
                Head::text("begun", "BEGUN"),
                Head::text("who", "WHO"),
                Head::text("host", "HOST"),
                Head::text("about", "ABOUT"),
                Head::text("outcome", "OUTCOME"),
            ];
            let mut sheet = Sheet::new(titles);
            for past in &runs {
                let (id, begun) = (past.id.to_string(), clock(past.began));
                let who = who(&session.directory, &past.by);
                let how = how(past, back.get(&past.id));
                let row = [id, begun, who, past.host.clone(), past.about.clone(), how];
                sheet.push(row.map(Cell::text));
            }
            out(&sheet.table());
        }
    }
    Ok(answered())
}

fn show(session: &mut Session, named: &str, form: Form) -> Result<Status, Refusal> {
    let runs = all(session)?;
    let (past, mut history) = read(session, &meant(&runs, named)?.id)?;
    let back = back(&runs).remove(&past.id);
    // Journals keep no e-mails.
    session.read([Collection::Members, Collection::Groups])?;
    history.plan.name_missing(&session.directory);
    let progress = history.progress();
    match form {
        Form::Json => {
            let mut value = in_short(&past, back.as_ref());
            let steps = history.plan.steps.iter().map(|step| of_step(step, &history, &progress));
            if let Value::Object(fields) = &mut value {
                fields.insert("steps".to_owned(), steps.collect());
            }
            json::print(&value);
        }
        Form::Table => {
            let how = how(&past, back.as_ref());
            out(&safe_lines(&in_lines(&past, &how, &history, &progress)));
        }
    }
    Ok(answered())
}

/// How a run ended, or that it has not; and that it was taken back since.
fn how(past: &Past, back: Option<&TakenBack>) -> String {
    let since = |words: String| match back {
        Some(back) => format!("{words}; {}", back.words(past.undo_of.is_some())),
        None => words,
    };
    match (&past.damage, past.is_on, &past.end) {
        (Some(_), ..) => format!("its journal is damaged: {}", counts(&past.tally)),
        (None, true, _) => format!("on: {}", counts(&past.tally)),
        (None, false, Some(summary)) => since(outcome(summary, past.undo_of.is_some()).1),
        (None, false, None) if back.is_some() => {
            since(format!("broken off: {}", counts(&past.tally)))
        }
        (None, false, None) => format!("not finished: {}", counts(&past.tally)),
    }
}

fn in_short(past: &Past, back: Option<&TakenBack>) -> Value {
    let tally = serde_json::to_value(past.tally).unwrap_or_default();
    json!({
        "id": past.id.to_string(),
        "begun": past.began.to_string(),
        "last_written": past.last.to_string(),
        "by": serde_json::to_value(&past.by).unwrap_or_default(),
        "host": past.host,
        "plan": past.plan.to_string(),
        "undo_of": past.undo_of.as_ref().map(ToString::to_string),
        "taken_back": back.map(|back| json!({ "by": back.by.to_string(), "whole": back.whole })),
        "changes": past.ops,
        "about": past.about,
        "counts": tally,
        "finished": past.end.is_some() || back.is_some(),
        "on": past.is_on,
        "outcome": how(past, back),
        "damage": past.damage.as_ref().map(ToString::to_string),
    })
}

fn of_step(step: &Step, history: &History, progress: &Progress) -> Value {
    let plan = &history.plan;
    let changes = step.ops.iter().map(|op| {
        let state = progress.op(op.id);
        json!({
            "words": plan.names.words(&op.change),
            "state": state.word(),
            "reason": progress.reason(op.id).map(|fault| fault.to_string()),
        })
    });
    let writes = history.writes_of(step.id);
    let writes = writes.iter().map(|write| {
        let end = write.ended.as_ref();
        json!({
            "sent": write.sent.to_string(),
            "attempt": write.attempt,
            "changes": write.ops.len(),
            "answered": end.map(|end| end.at.to_string()),
            "status": end.and_then(|end| end.status),
            "codes": end.map(|end| end.codes.clone()),
            "ray": end.and_then(|end| end.ray.clone()),
        })
    });
    json!({
        "words": plan.words(step),
        "method": step.method(),
        "path": step.path(&plan.account),
        "changes": changes.collect::<Vec<_>>(),
        "writes": writes.collect::<Vec<_>>(),
    })
}

fn in_lines(past: &Past, how: &str, history: &History, progress: &Progress) -> String {
    let mut lines = vec![format!("Run {} of {}: {how}", past.id, clock(past.began))];
    if let Some(of) = &past.undo_of {
        lines.push(format!("It takes back run {of}"));
    }
    if let Some(damage) = &past.damage {
        lines.push(format!("!  {damage}"));
    }
    for (number, step) in (1..).zip(&history.plan.steps) {
        lines.push(format!("{number:>4}. {}", step_words(&history.plan, step, progress)));
        for op in &step.ops {
            if let Some(reason) = progress.reason(op.id) {
                let words = history.plan.names.words(&op.change);
                let why = reason.of_one_that_is(progress.op(op.id).word());
                lines.push(format!("        {words}: {why}"));
            }
        }
        lines.extend(
            history.writes_of(step.id).iter().map(|write| format!("        {}", sent(write))),
        );
    }
    lines.push(String::new());
    lines.join("\n")
}

fn step_words(plan: &Plan, step: &Step, progress: &Progress) -> String {
    let tally = progress.tally_of(step);
    let state = match (progress.step(step), tally.parts().len()) {
        (StepState::Waiting, _) => "not sent".to_owned(),
        (state, ..=1) => state.word().to_owned(),
        _ => counts(&tally),
    };
    format!("{}: {state}", plan.words(step))
}

fn sent(write: &Answered) -> String {
    let answer =
        write.ended.as_ref().map_or_else(|| "no answer is known".to_owned(), Ending::words);
    format!("sent {} with {}: {answer}", clock(write.sent), text::plural(write.ops.len(), "change"))
}

fn clock(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
