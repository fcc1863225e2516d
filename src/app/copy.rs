//! Copying: the text that other programs are to have, and what came of it.

use crate::domain::Fault;
use crate::plan::Impact;
use crate::text;

use super::msg::{Effect, Means};
use super::say;
use super::screens::Screen;
use super::state::{State, Tone};
use super::why_not::Reason;

/// Why there is nothing to copy here.
pub fn nothing_to_copy(state: &State) -> Option<Reason> {
    match state.place.above.last() {
        Some(Screen::Plan(screen)) if !screen.plan.is_empty() => None,
        Some(Screen::Plan(_)) => Some(Reason("there is nothing to carry out".into())),
        _ => Some(Reason("there is nothing to copy here".into())),
    }
}

/// Copies the plan on the screen as text for a ticket.
pub fn plan(state: &mut State) -> Vec<Effect> {
    let Some(Screen::Plan(screen)) = state.place.above.last() else { return Vec::new() };
    let (Some(guards), Some(cost)) = (&screen.cost.guards, &screen.cost.cost) else {
        return Vec::new();
    };
    let impact = Impact::of(&screen.plan, &state.directory);
    vec![Effect::Copy(screen.plan.text(&state.directory, Some(&impact), guards, cost))]
}

/// Says what came of copying.
pub fn copied(state: &mut State, lines: usize, copied: Result<Means, Fault>) -> Vec<Effect> {
    let lines = text::plural(lines, "line");
    match copied {
        Ok(Means::Command(program)) => {
            let program = text::safe_capped(&program).into_owned();
            say(state, Tone::Done, format!("copied {lines} by {program}"))
        }
        Ok(Means::Terminal) => {
            let words = format!(
                "copied {lines} by the terminal, if it lets programs copy · else set copy_command, or cfiam plan"
            );
            say(state, Tone::Done, words)
        }
        Err(fault) => say(state, Tone::Fault, format!("not copied: {fault}")),
    }
}
