//! Change files in the console: what is staged saved to one, one staged, and all that is staged edited as one.

use crate::config::Mistake;
use crate::domain::{Collection, Fault};
use crate::plan::{ChangeFile, ChangeKey};
use crate::text;

use super::dialogs::{Asked, Confirm, Dialog};
use super::msg::{ChangeText, Effect};
use super::router::open as ask;
use super::staged::{self, Beside};
use super::state::{State, Tone};
use super::why_not::{read_only, snapshot_of};
use super::{runs, say};

/// How many mistakes the question names before it counts the others.
const NAMED: usize = 12;

/// What stands above all that is staged in the editor.
const HEAD: &str =
    "# All that is staged, as a change file. What is taken out here is no longer staged.\n";
/// What stands there where nothing is.
const EXAMPLE: &str = concat!(
    "# Nothing is staged. For example:\n",
    "#\n",
    "# [groups.NAME]\n",
    "# add = [\"someone@example.com\"]\n",
);

/// Writes what is staged to a file.
pub fn save(state: &mut State, path: String, over: bool) -> Vec<Effect> {
    if state.staging.is_empty() {
        return say(state, Tone::Refused, "nothing is staged".to_owned());
    }
    let text = ChangeFile::of(&state.staging, &state.directory).to_text();
    vec![Effect::WriteFile { path, text, over }]
}

/// A file was written, or not.
pub fn saved(state: &mut State, path: &str, outcome: Result<(), Fault>) -> Vec<Effect> {
    match outcome {
        Ok(()) => {
            let staged = text::plural(state.staging.len(), "staged change");
            say(state, Tone::Done, format!("{staged} saved to {path}"))
        }
        Err(fault) => say(state, Tone::Fault, fault.to_string()),
    }
}

/// Stages what a file says, beside what is staged; of the same thing the file's word counts. Also where no changes are
/// allowed: its plan can be looked at, and is not applied.
pub fn open(state: &mut State, path: String) -> Vec<Effect> {
    let snapshot = read_only(state).filter(|_| snapshot_of(state).is_some());
    match snapshot.map(|reason| reason.0).or_else(|| still_read(state)) {
        Some(words) => say(state, Tone::Refused, words),
        None => vec![Effect::ReadFile(path)],
    }
}

/// A file was read, or not.
pub fn opened(state: &mut State, path: &str, read: Result<String, Fault>) -> Vec<Effect> {
    match read {
        Ok(text) => take(state, path, &ChangeText { text, whole: false }, false),
        Err(fault) => say(state, Tone::Fault, fault.to_string()),
    }
}

/// Opens all that is staged in the person's own editor, or what was written there last and could not be staged.
pub fn edit(state: &mut State) -> Vec<Effect> {
    let text = state.unfinished.take().unwrap_or_else(|| {
        let staged = ChangeFile::of(&state.staging, &state.directory);
        let head = if state.staging.is_empty() { EXAMPLE } else { HEAD };
        ChangeText { text: format!("{head}{}", staged.to_text()), whole: true }
    });
    vec![Effect::Edit(text)]
}

/// The editor has ended.
pub fn edited(state: &mut State, before: ChangeText, after: Result<String, Fault>) -> Vec<Effect> {
    match after {
        Err(fault) => {
            state.unfinished = Some(before).filter(|text| has_notes(&text.text));
            say(state, Tone::Fault, fault.to_string())
        }
        Ok(after) if after == before.text && !has_notes(&after) => {
            say(state, Tone::Done, "nothing was changed".to_owned())
        }
        Ok(after) => {
            let text = ChangeText { text: ChangeFile::without_notes(&after), ..before };
            take(state, "the editor", &text, true)
        }
    }
}

fn has_notes(text: &str) -> bool {
    ChangeFile::without_notes(text) != *text
}

/// Edits again what had mistakes, or keeps it for the next time.
pub fn edit_again(state: &mut State, text: ChangeText, written: bool, yes: bool) -> Vec<Effect> {
    if yes {
        return vec![Effect::Edit(text)];
    }
    if !written {
        return Vec::new();
    }
    state.unfinished = Some(text);
    let key = state.keymap.key_name(crate::keys::Action::EditChanges);
    let words = format!("what was staged still is; {key} in Changes opens again what you wrote");
    say(state, Tone::Refused, words)
}

/// Stages what a text says, or says what is wrong with it. `name` is what mistakes call it.
fn take(state: &mut State, name: &str, text: &ChangeText, written: bool) -> Vec<Effect> {
    let State { staging, directory, .. } = state;
    let changes = match ChangeFile::read(name, &text.text).bind(staging, directory) {
        Ok(changes) => changes,
        Err(mistakes) => return ask_again(state, name, text, &mistakes, written),
    };
    if text.whole {
        let in_hand = runs::in_hand(state);
        let wanted: Vec<ChangeKey> = changes.iter().map(ChangeKey::of).collect();
        state.staging.keep_only(|key| wanted.contains(key) || in_hand.contains_key(key));
    }
    let (_, mut effects) = staged::stage(state, changes, Beside::default());
    if text.whole {
        let words = format!("{} now", text::plural(state.staging.len(), "staged change"));
        effects.extend(say(state, Tone::Done, words));
    }
    effects
}

fn ask_again(
    state: &mut State,
    name: &str,
    text: &ChangeText,
    mistakes: &[Mistake],
    written: bool,
) -> Vec<Effect> {
    let number = text::plural(mistakes.len(), "mistake");
    let title = if written {
        format!("{number} in what you wrote")
    } else {
        format!("{number} in {}", text::safe_capped(name))
    };
    let named = mistakes.iter().take(NAMED);
    let mut lines: Vec<String> =
        named.map(|told| format!("line {}: {}", told.line(), text::safe(&told.words))).collect();
    if mistakes.len() > NAMED {
        lines.push(format!("and {} more", text::count(mistakes.len() - NAMED)));
    }
    lines.push("Nothing of it is staged.".to_owned());
    if is_reading(state) {
        lines.push("The account is still being read: what is not found may come yet.".to_owned());
    }
    let noted = ChangeFile::with_notes(&text.text, mistakes);
    let text = ChangeText { text: noted, whole: text.whole };
    let asked = Asked::EditAgain { text, written };
    let yes = if written { "edit it again" } else { "edit a copy" };
    ask(
        state,
        Dialog::Confirm(Confirm::new(asked, title, lines).words(yes, "leave it").enter_says_no()),
    )
}

/// Why what is staged can't be edited as a file; `None` if it can.
pub fn cannot_edit(state: &State) -> Option<String> {
    read_only(state).map(|reason| reason.0).or_else(|| still_read(state))
}

fn still_read(state: &State) -> Option<String> {
    let unread = [Collection::Members, Collection::Groups].iter().any(|list| {
        state.directory.coverage(list).walk.is_some() && !state.directory.coverage(list).is_whole()
    });
    unread.then(|| "members and groups are still being read".to_owned())
}

fn is_reading(state: &State) -> bool {
    let lists = [
        Collection::Members,
        Collection::Groups,
        Collection::PermissionGroups,
        Collection::ResourceGroups,
    ];
    let groups = state.directory.groups().values();
    let inside = groups.map(|group| Collection::GroupMembers(group.id.clone()));
    lists.into_iter().chain(inside).any(|list| state.directory.coverage(&list).walk.is_some())
}
