//! Copying: the text that other programs are to have, and what came of it.

use std::collections::BTreeSet;

use crate::domain::{Fault, Slot};
use crate::plan::Impact;
use crate::rows::{Sheet, sheet};
use crate::text;

use super::as_command::{cfiam, curl};
use super::context::table;
use super::dialogs::{Choice, Dialog, Item, Picker};
use super::list::ListState;
use super::msg::{Effect, Means};
use super::router::open;
use super::screens::Screen;
use super::state::{State, Tone};
use super::why_not::Reason;
use super::{findings, say};

/// Which rows of the list on the screen are copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that are marked, else the one under the cursor.
    Chosen,
    /// All that the filter leaves, in their order.
    Shown,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A table in plain text.
    Text,
    /// For a spreadsheet.
    Csv,
    /// For other programs.
    Json,
    /// For a page.
    Markdown,
}

impl Form {
    const ALL: [Self; 4] = [Self::Text, Self::Csv, Self::Json, Self::Markdown];

    fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Markdown => "Markdown",
        }
    }

    fn of(self, sheet: &Sheet) -> String {
        match self {
            Self::Text => sheet.table(),
            Self::Csv => sheet.csv(),
            Self::Json => format!("{:#}\n", sheet.json()),
            Self::Markdown => sheet.markdown(),
        }
    }
}

/// Why there is nothing to copy here.
pub fn nothing_to_copy(state: &State) -> Option<Reason> {
    match state.place.above.last() {
        Some(Screen::Plan(screen)) if !screen.plan.is_empty() => None,
        Some(Screen::Plan(_)) => Some(Reason("there is nothing to carry out".into())),
        _ if items(state).is_empty() => Some(Reason("there is nothing to copy here".into())),
        _ => None,
    }
}

/// Copies the plan on the screen, or asks what of the screen is to be copied and in which form.
pub fn ask(state: &mut State) -> Vec<Effect> {
    if matches!(state.place.above.last(), Some(Screen::Plan(_))) {
        return plan(state);
    }
    let picker = Picker::new("Copy", false, items(state));
    open(state, Dialog::Pick(picker))
}

fn items(state: &State) -> Vec<Item> {
    let item = |name: String, detail: String, choice| Item { name, detail, choice };
    let mut items = Vec::new();
    for (which, words) in scopes(state) {
        for form in Form::ALL {
            let name = format!("{words} as {}", form.words());
            items.push(item(name, String::new(), Choice::Copy(which, form)));
        }
    }
    for (name, command) in [("cfiam command", cfiam(state)), ("curl command", curl(state))] {
        if let Some(command) = command {
            items.push(item(name.to_owned(), command.clone(), Choice::CopyText(command)));
        }
    }
    items
}

/// What of the screen can be copied, in words: the same rows are offered once.
fn scopes(state: &State) -> Vec<(Which, String)> {
    let (chosen, marked, shown) = match (table(state), findings::count(state)) {
        (Some(table), _) => {
            (table.rows.chosen().len(), table.rows.marks().len(), table.rows.rows().len())
        }
        (None, Some((chosen, shown))) => (chosen, 0, shown),
        (None, None) => return Vec::new(),
    };
    let mut scopes = Vec::new();
    if chosen > 0 {
        let words = match marked {
            0 => "this row".to_owned(),
            1 => "the marked row".to_owned(),
            marked => format!("the {} marked rows", text::count(marked)),
        };
        scopes.push((Which::Chosen, words));
    }
    if shown > 1 {
        scopes.push((Which::Shown, format!("all {} rows shown", text::count(shown))));
    }
    scopes
}

/// Copies rows of the list on the screen.
pub fn rows(state: &State, which: Which, form: Form) -> Vec<Effect> {
    let sheet = match table(state) {
        Some(table) => {
            let slots = match which {
                Which::Shown => table.rows.rows().to_vec(),
                // In the order in which they stand; what the filter hides comes last.
                Which::Chosen => in_order(&table.rows),
            };
            sheet(table.list(), &state.directory, &slots)
        }
        None => findings::copied(state, which == Which::Shown),
    };
    vec![Effect::Copy(form.of(&sheet))]
}

fn in_order(rows: &ListState<Slot>) -> Vec<Slot> {
    let chosen = rows.chosen();
    let shown = rows.rows().iter().filter(|row| chosen.binary_search(row).is_ok()).copied();
    let mut all: Vec<Slot> = shown.collect();
    let seen: BTreeSet<Slot> = all.iter().copied().collect();
    all.extend(chosen.iter().filter(|row| !seen.contains(row)));
    all
}

/// Copies the plan on the screen as text for a ticket.
fn plan(state: &State) -> Vec<Effect> {
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
