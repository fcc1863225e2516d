//! A plan from the command line: shown, asked about, and applied.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::domain::Change;
use crate::plan::{Cost, Ends, Guard, Guards, Impact, Override, Past, Plan, Recheck};
use crate::store::history;
use crate::text;

use super::carry::carry_out;
use super::print::{answered, out, safe_lines, told};
use super::runs::back;
use super::session::Session;
use super::{Refusal, Status};

/// How a plan is to be gone about.
#[derive(clap::Args, Clone, Debug)]
pub struct How {
    /// Show the plan and change nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Apply the plan without asking, also where a name is to be typed; this overrides no guard
    #[arg(long)]
    yes: bool,
    /// Override a guard by the text that it asks for
    #[arg(long = "override", value_name = "GUARD=TEXT")]
    overrides: Vec<Override>,
}

impl How {
    /// Whether somebody is to look at the plan before anything is done.
    pub(super) fn is_shown(&self) -> bool {
        !self.yes
    }
}

/// Shows a plan with the guards that stand against it, and applies it if that is what is wanted.
pub(super) fn offer(session: &mut Session, plan: Plan, how: &How) -> Result<Status, Refusal> {
    let guards = guards(session, &plan);
    let shown = show(session, &plan, &guards);
    whole(&plan)?;
    say_unfinished(session, &plan);
    if plan.is_empty() || how.dry_run {
        return Ok(answered());
    }
    session.may_write()?;
    let mut overrides = how.overrides.clone();
    if !how.yes {
        ask(&plan, &guards, shown, &mut overrides)?;
    }
    if plan.is_old(session.clock.now()) {
        let words = "nothing was changed: the plan is more than ten minutes old";
        return Err(Refusal::new(Status::Stopped, words));
    }
    let approval = guards.approve(session.by(), &overrides).map_err(|left| stopped(&left))?;
    Ok(carry_out(session, plan, approval))
}

/// Says that a run of this account was broken off, whoever changes something beside it.
fn say_unfinished(session: &Session, plan: &Plan) {
    let runs = history::runs(&session.places.state, session.account());
    let broken = |past: &&Past| past.end.is_none() && !past.is_on && past.damage.is_none();
    let runs = runs.map(|(runs, _)| runs).unwrap_or_default();
    let back = back(&runs);
    let open = |past: &&Past| broken(past) && !back.contains_key(&past.id);
    if let Some(past) = runs.iter().find(open).filter(|past| plan.undo_of != Some(past.id.clone()))
    {
        told(&format!(
            "run {} of {} was broken off and is not finished: cfiam runs show {} tells how it stands, cfiam runs resume \
             takes it up",
            past.id,
            past.began.strftime("%F %T UTC"),
            past.id
        ));
    }
}

/// Refuses a plan that leaves out what was asked for. What is so already was not needed, and what others have changed
/// since is not taken back by an undo.
fn whole(plan: &Plan) -> Result<(), Refusal> {
    let left = plan.left_out.iter().filter(|left| left.why != Recheck::AlreadySo).count();
    if left == 0 || plan.undo_of.is_some() {
        return Ok(());
    }
    let words = format!(
        "nothing was changed: {} can't be carried out, as the plan says",
        text::plural(left, "change")
    );
    Err(Refusal::new(Status::Stopped, words))
}

/// Refuses what guards stand against, and says what overrides them.
pub(super) fn stopped(guards: &[&Guard]) -> Refusal {
    let words = guards.iter().map(|guard| {
        format!("{}: to go on all the same, --override {}", guard.words, given(guard))
    });
    let lines: Vec<String> =
        std::iter::once("nothing was changed: guards stand against the plan".to_owned())
            .chain(words)
            .collect();
    Refusal::new(Status::Stopped, lines.join("\n"))
}

/// The argument that overrides a guard, as a shell takes it.
fn given(guard: &Guard) -> String {
    format!("'{}={}'", guard.name, guard.asks.text.replace('\'', r"'\''"))
}

/// Asks on the terminal: each guard for its text, else only a typed `y` is a yes.
fn ask(
    plan: &Plan,
    guards: &Guards,
    shown: bool,
    overrides: &mut Vec<Override>,
) -> Result<(), Refusal> {
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
    let yes = if ask_guards(guards, overrides) {
        guards.unanswered(overrides).is_empty()
    } else {
        let account = called(plan);
        match Ends::of(plan).map(|ends| ends.asks()) {
            Some(asks) => {
                asks.takes(&answer(&format!("Type {} to apply this to {account}: ", asks.text)))
            }
            None => answer(&format!("Apply this to {account}? y applies it: ")) == "y",
        }
    };
    if yes { Ok(()) } else { Err(not_wanted()) }
}

/// Asks each guard that is not overridden yet for its text; whether there were any.
pub(super) fn ask_guards(guards: &Guards, overrides: &mut Vec<Override>) -> bool {
    let unanswered = guards.unanswered(overrides);
    for guard in &unanswered {
        let typed = answer(&format!("{}. Type {} to override it: ", guard.words, guard.asks.text));
        overrides.push(Override::new(guard.name, typed));
    }
    !unanswered.is_empty()
}

fn called(plan: &Plan) -> String {
    match &*plan.account_name {
        "" => plan.account.to_string(),
        name => format!("{name} ({})", plan.account),
    }
}

/// Asks on the terminal, and gives what was typed.
pub(super) fn answer(question: &str) -> String {
    let mut err = io::stderr();
    let _asked = write!(err, "{}", text::safe(question)).and_then(|()| err.flush());
    let mut line = String::new();
    let _nothing = io::stdin().lock().read_line(&mut line);
    line.trim().to_owned()
}

/// The guards that stand against a plan.
pub(super) fn guards(session: &Session, plan: &Plan) -> Guards {
    Guards::of(plan, &session.directory, &session.rules)
}

/// Prints a plan with its impact, its guards and its cost; whether somebody reads it. The impact is told where all has
/// been read that tells it: on less it could say something else of the same plan.
pub(super) fn show(session: &Session, plan: &Plan, guards: &Guards) -> bool {
    if plan.is_empty() {
        let left = plan.left_out.iter();
        let left = left
            .map(|left| format!("  {}: {}\n", plan.names.words(&left.change), left.why.words()));
        return out(&safe_lines(&format!("Nothing to change.\n{}", left.collect::<String>())));
    }
    let directory = &session.directory;
    let cost = Cost::of(plan, session.budget);
    let gives = |change: &Change| !matches!(change, Change::Create { .. } | Change::Rename { .. });
    let is_told = session.can_tell_impact() || !plan.ops().any(|op| gives(&op.change));
    let impact = is_told.then(|| Impact::of(plan, directory));
    out(&plan.text(directory, impact.as_ref(), guards, &cost))
}
