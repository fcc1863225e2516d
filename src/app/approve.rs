//! From the plan on the screen to its run: the questions before it. Each guard asks for its text in turn, a deletion
//! for its own, and what is left for `y`. Nothing of it is begun but by the last answer.

use std::sync::Arc;

use crate::domain::Urgency;
use crate::plan::{Ends, Guard, Guards, Override, Plan, PlanId};
use crate::text;

use super::dialogs::{Asked, Confirm, Dialog};
use super::msg::Effect;
use super::place::Route;
use super::router::{go, open};
use super::screens::Screen;
use super::state::{State, Tone};
use super::{load, runs, say, staged};

/// How many calls, or rows of a guard, a question names before it counts the others.
const NAMED: usize = 4;

/// Asks for the plan on the screen to be applied, if it is the one that was seen there.
pub fn ask_to_apply(state: &mut State) -> Vec<Effect> {
    if staged::replan(state) {
        return say(state, Tone::Refused, staged::PLAN_CHANGED.to_owned());
    }
    if !staged::plan_is_seen(state) {
        return say(state, Tone::Refused, "look at the plan first".to_owned());
    }
    if is_stale(state) {
        return read_again(state);
    }
    ask_next(state, Vec::new())
}

fn is_stale(state: &State) -> bool {
    matches!(state.place.above.last(), Some(Screen::Plan(screen)) if screen.is_stale(&state.directory, state.now))
}

/// Reads again what the plan touches. What has changed meanwhile makes it another plan, which is to be seen first.
fn read_again(state: &mut State) -> Vec<Effect> {
    let Some(Screen::Plan(screen)) = state.place.above.last() else { return Vec::new() };
    let (groups, lists) = (screen.plan.groups().cloned().collect::<Vec<_>>(), screen.rests_on());
    let mut effects = Vec::new();
    for group in &groups {
        effects.extend(load::ask_group(state, group));
    }
    for list in lists {
        effects.extend(load::read(state, list, Urgency::Screen));
    }
    let words = "the plan is stale: what it touches is read again first, then ask again";
    effects.extend(say(state, Tone::Refused, words.to_owned()));
    effects
}

/// Asks what is still to be asked after these guards were overridden, or begins the run.
fn ask_next(state: &mut State, given: Vec<Override>) -> Vec<Effect> {
    let Some(Screen::Plan(screen)) = state.place.above.last() else { return Vec::new() };
    let Some(guards) = screen.cost.guards.clone() else { return Vec::new() };
    let plan = Arc::clone(&screen.plan);
    let unanswered = guards.unanswered(&given);
    // What ends for good has its own text, which a guard may have asked for already.
    let end = Ends::of(&plan).map(|ends| ends.asks().text);
    let end = end.filter(|text| !given.iter().any(|one| one.typed == *text));
    let confirm = match (unanswered.as_slice(), end) {
        ([guard, rest @ ..], end) => {
            let is_last = rest.is_empty() && end.is_none_or(|text| guard.asks.text == text);
            let asked = |given| Asked::Override(plan.id.clone(), given);
            let yes = if is_last { "apply" } else { "go on" };
            guard_question(&title(&plan), &guards, guard, given, asked).words(yes, "no")
        }
        ([], Some(text)) => question(&plan, given).typed(text),
        ([], None) if guards.is_empty() => question(&plan, given),
        ([], None) => return apply(state, &plan.id, &given),
    };
    open(state, Dialog::Confirm(confirm))
}

/// A guard was overridden, after these and by the last of them.
pub fn overridden(state: &mut State, id: &PlanId, given: Vec<Override>) -> Vec<Effect> {
    match plan_here(state) {
        Some(plan) if plan.id == *id => ask_next(state, given),
        _ => say(state, Tone::Refused, staged::PLAN_CHANGED.to_owned()),
    }
}

/// Applies the plan that was confirmed. If it is no longer the one on the screen, it is shown again instead.
pub fn apply(state: &mut State, id: &PlanId, given: &[Override]) -> Vec<Effect> {
    let differs = staged::replan(state);
    let plan = plan_here(state).filter(|plan| !differs && plan.id == *id);
    let guards = match state.place.above.last() {
        Some(Screen::Plan(screen)) => screen.cost.guards.clone().unwrap_or_default(),
        _ => Arc::default(),
    };
    let by = state.directory.caller.as_ref().map(Into::into).unwrap_or_default();
    let (Some(plan), Ok(approval)) = (plan, guards.approve(by, given)) else {
        return say(state, Tone::Refused, staged::PLAN_CHANGED.to_owned());
    };
    let (run, mut effects) = runs::begin(state, &plan, approval);
    // The plan has been used up: the run's page stands in its place.
    state.place.above.pop();
    effects.extend(go(state, Route::Run(run)));
    effects
}

fn plan_here(state: &State) -> Option<Arc<Plan>> {
    match state.place.above.last() {
        Some(Screen::Plan(screen)) => Some(Arc::clone(&screen.plan)),
        _ => None,
    }
}

fn title(plan: &Plan) -> String {
    let account = match &*plan.account_name {
        "" => plan.account.to_string(),
        name => text::safe_capped(name).into_owned(),
    };
    format!("Apply to {account}?")
}

/// The last question of a plan that no guard stands against, or whose guards have been overridden.
fn question(plan: &Plan, given: Vec<Override>) -> Confirm {
    let safe = |words: String| text::safe(&words).into_owned();
    let mut lines: Vec<String> =
        capped(plan.steps.iter().map(|step| safe(plan.words(step))).collect(), "call");
    lines.push(format!(
        "{}, {} to check before and after.",
        text::plural(plan.calls.writes, "write"),
        text::plural(plan.calls.preflight + plan.calls.read_back, "read"),
    ));
    if !plan.left_out.is_empty() {
        let noun = if plan.undo_of.is_some() { "change" } else { "staged change" };
        let left = text::plural(plan.left_out.len(), noun);
        lines.push(format!("{left} left out: the plan says why."));
    }
    lines.extend(Ends::of(plan).iter().flat_map(Ends::lines));
    Confirm::new(Asked::Apply(plan.id.clone(), given), title(plan), lines).words("apply", "no")
}

/// The question of a guard: what it is about, and its text instead of `y`.
pub fn guard_question(
    title: &str,
    guards: &Guards,
    guard: &Guard,
    mut given: Vec<Override>,
    asked: impl FnOnce(Vec<Override>) -> Asked,
) -> Confirm {
    let place = given.len() + 1;
    given.push(Override::new(guard.name, guard.asks.text.clone()));
    let title = match guards.len() {
        1 => format!("{title} A guard stands"),
        all => format!("{title} Guard {place} of {all}"),
    };
    let safe = |words: &String| format!("· {}", text::safe(words));
    let mut lines = vec![format!("The plan {}:", text::safe(&guard.words))];
    lines.extend(capped(guard.rows.iter().map(safe).collect(), "row"));
    Confirm::new(asked(given), title, lines).words("go on", "no").typed(guard.asks.text.clone())
}

/// Lines, the last of which counts those for which there is no room.
fn capped(mut lines: Vec<String>, noun: &str) -> Vec<String> {
    if let Some(more) = lines.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.truncate(NAMED);
        lines.push(format!("and {} more", text::plural(more, noun)));
    }
    lines
}
