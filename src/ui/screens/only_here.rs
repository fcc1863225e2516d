//! Who has what only through a group, or only through one of its policies.

use ratatui::layout::Rect;

use super::super::Rows;
use super::super::canvas::{Canvas, below, inset, row, span};
use super::impact::{self, Nobody};
use crate::app::{OnlyHereScreen, State};
use crate::domain::Group;
use crate::keys::Action;
use crate::{rows, text};

/// What is said where nobody would lose anything.
const NOBODY: Nobody =
    Nobody { touched: "nobody is in it", hidden: "who keep all that they have", causes: false };

/// Paints the page.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &OnlyHereScreen, area: Rect) -> Rows {
    let used = head(canvas, state, screen, inset(area, 1));
    let fits = impact::lines(canvas, state, &screen.impact, &NOBODY, below(area, used));
    Rows { list: fits, other: 0 }
}

fn head(canvas: &mut Canvas<'_>, state: &State, screen: &OnlyHereScreen, area: Rect) -> u16 {
    let theme = *canvas.theme;
    let Some(group) = state.directory.groups().get(&screen.group) else { return 0 };
    let name = text::safe_capped(&group.name).into_owned();
    let mut what = vec![span("without  ", theme.dim)];
    if let Some(words) = policy_words(state, group, screen) {
        what.push(span(words, theme.name));
        what.push(span(format!("  of {name}"), theme.text));
    } else {
        what.push(span(name, theme.name));
    }
    canvas.spans(row(area, 0), &what);
    let key = state.keymap.key_name(Action::OnlyReal);
    let switch = if screen.impact.only_real { "show all" } else { "only who loses" };
    let words = screen.impact.impact.as_ref().map_or_else(String::new, |impact| {
        let totals = &impact.totals;
        let lose = text::people(totals.lose + totals.change);
        let mut words = format!("{lose} would lose access");
        if totals.keep > 0 {
            words = format!("{words} · {} keep all that they have", text::count(totals.keep));
        }
        if totals.once_accepted > 0 {
            let later = text::count(totals.once_accepted);
            words = format!("{words} · {later} invited, no access yet");
        }
        if totals.not_known > 0 {
            words = format!("{words} · {} not known", text::count(totals.not_known));
        }
        words
    });
    canvas.both(
        row(area, 1),
        &[span(words, theme.text)],
        &[span(key, theme.accent), span(format!(" {switch}"), theme.dim)],
    );
    canvas.spans(row(area, 2), &[span("Nothing of this is staged: it only looks", theme.dim)]);
    4
}

fn policy_words(state: &State, group: &Group, screen: &OnlyHereScreen) -> Option<String> {
    let wanted = screen.policy.as_ref()?;
    let policy = group.policies().iter().find(|policy| policy.content() == *wanted);
    Some(policy.map_or_else(
        || "a policy that is gone".to_owned(),
        |policy| rows::policy_words(&state.directory, policy),
    ))
}
