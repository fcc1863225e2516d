//! Answers as JSON, for other programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::domain::Directory;
use crate::plan::{Guards, Impact, Plan};
use crate::text;

use super::print::out;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// For people
    Table,
    /// For other programs
    Json,
}

/// Prints a value; whether somebody reads it.
pub(super) fn print(value: &Value) -> bool {
    out(&shown(value))
}

/// A plan as one JSON object.
pub(super) fn plan(plan: &Plan, directory: &Directory, guards: &Guards) -> Value {
    let impact = Impact::of(plan, directory);
    let totals = impact.totals;
    let missing = impact.missing.iter();
    let missing: Vec<String> =
        missing.map(|missing| impact.missing_words(missing, directory)).collect();
    json!({
        "plan_id": plan.id.to_string(),
        "account": { "id": plan.account.to_string(), "name": plan.account_name },
        "steps": plan.steps.iter().map(|step| json!({
            "method": step.method(),
            "path": step.path(&plan.account),
            "words": plan.words(step),
            "changes": step.ops.iter().map(|op| plan.names.words(&op.change)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "left_out": plan.left_out.iter().map(|left| json!({
            "change": plan.names.words(&left.change),
            "why": left.why.words(),
        })).collect::<Vec<_>>(),
        "impact": {
            "gain": totals.gain,
            "gain_and_lose": totals.change,
            "lose": totals.lose,
            "keep": totals.keep,
            "once_accepted": totals.once_accepted,
            "invited_to_nothing": totals.to_nothing,
            "not_known": totals.not_known,
            "missing": missing,
        },
        "guards": guards.iter().map(|guard| json!({
            "guard": guard.name.to_string(),
            "words": guard.words,
            "rows": guard.rows,
            "override": guard.asks.text,
        })).collect::<Vec<_>>(),
        "calls": { "writes": plan.calls.writes, "reads": plan.calls.preflight + plan.calls.read_back },
    })
}

/// JSON in which no foreign text can draw itself: what is not plainly visible is escaped.
fn shown(object: &Value) -> String {
    let mut out = String::new();
    for c in format!("{object:#}\n").chars() {
        // Only within texts there are others than these.
        if c == '\n'
            || matches!(text::safe(c.encode_utf8(&mut [0; 4])), std::borrow::Cow::Borrowed(_))
        {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t20_text_that_a_terminal_would_obey_is_escaped_and_reads_back_as_it_is() {
        let object = json!({ "name": "a\u{202e}b\u{1b}[2J\u{7f}\u{e0001}é" });
        let text = shown(&object);
        assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{7f}', '\u{e0001}']), "{text}");
        assert!(text.contains('é'), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), object);
    }
}
