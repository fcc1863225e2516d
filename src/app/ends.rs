//! What a plan ends for good: groups that it deletes, members whom it removes from the account. Applying it asks for a
//! text that says so.

use std::sync::Arc;

use crate::domain::Change;
use crate::plan::Plan;
use crate::text;

/// What a plan ends for good.
#[derive(Default)]
struct Ends {
    groups: Vec<Arc<str>>,
    members: Vec<Arc<str>>,
    /// Of those, whose invitation has not been accepted.
    pending: usize,
}

/// What is to be said of what a plan ends for good, and what has to be typed for it; `None` where it ends nothing.
pub fn ends(plan: &Plan) -> Option<(Vec<String>, String)> {
    let mut ends = Ends::default();
    for op in plan.ops() {
        match &op.change {
            Change::Delete { .. } => ends.groups.push(plan.names.target(&op.change.target())),
            Change::RemoveMember { pending, .. } => {
                ends.members.push(plan.names.target(&op.change.target()));
                ends.pending += usize::from(*pending);
            }
            _ => {}
        }
    }
    if ends.groups.is_empty() && ends.members.is_empty() {
        return None;
    }
    Some((ends.lines(), ends.typed()))
}

impl Ends {
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let named = |names: &[Arc<str>]| {
            names.iter().map(|name| text::safe_capped(name)).collect::<Vec<_>>().join(", ")
        };
        match self.groups.as_slice() {
            [] => {}
            [only] => {
                let only = text::safe_capped(only);
                lines.push(format!("It deletes {only}: a new group of that name has another id."));
            }
            several => lines.push(format!(
                "It deletes {}: {}.",
                text::plural(several.len(), "group"),
                named(several)
            )),
        }
        let whom = match self.members.as_slice() {
            [] => return lines,
            [only] => text::safe_capped(only).into_owned(),
            several => {
                format!("{}: {}", text::plural(several.len(), "member"), named(several))
            }
        };
        lines.push(if self.pending == self.members.len() {
            format!("It takes back the invitation of {whom}.")
        } else {
            format!("It removes from the account {whom}.")
        });
        lines.push("That can't be undone: only a new invitation brings them back.".to_owned());
        lines
    }

    /// The name of the only thing that ends, where any keyboard types it; else how many there are of each.
    fn typed(&self) -> String {
        match (self.groups.as_slice(), self.members.as_slice()) {
            ([only], []) | ([], [only]) if text::can_be_typed(only) => only.to_string(),
            (groups, members) => {
                let count = |what: &str, names: &[Arc<str>], noun| {
                    let counted = || format!("{what} {}", text::plural(names.len(), noun));
                    (!names.is_empty()).then(counted)
                };
                let parts = [count("delete", groups, "group"), count("remove", members, "member")];
                parts.into_iter().flatten().collect::<Vec<_>>().join(" and ")
            }
        }
    }
}
