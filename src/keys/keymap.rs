//! Which key does what: the table's keys, and what a person has changed.

use std::collections::BTreeMap;

use super::{Action, Context, Key, TABLE};

/// One line of a person's keymap: the action named `action` gets `keys` in place of the table's, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebind {
    /// The action's name.
    pub action: String,
    /// The keys' names.
    pub keys: Vec<String>,
    /// The line of the file that says so, from 1.
    pub line: usize,
}

/// Something wrong with a keymap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeymapFault {
    /// The line of the file, from 1.
    pub line: usize,
    /// What is wrong, as a sentence without its full stop.
    pub words: String,
}

/// Which key does what, in each context.
#[derive(Clone, Debug)]
pub struct Keymap {
    keys: BTreeMap<Action, Vec<Key>>,
    actions: BTreeMap<Key, Vec<Action>>,
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = TABLE
            .iter()
            .map(|row| (row.action, row.keys.iter().filter_map(|k| k.parse().ok()).collect()));
        Self::of(keys.collect())
    }
}

impl Keymap {
    /// The table's keys with a person's changes. All that is wrong is told at once.
    pub fn with(rebinds: &[Rebind]) -> Result<Self, Vec<KeymapFault>> {
        let mut keys = Self::default().keys;
        let mut lines: BTreeMap<Action, usize> = BTreeMap::new();
        let mut faults = Vec::new();
        for rebind in rebinds {
            let line = rebind.line;
            let Some(action) = Action::named(&rebind.action) else {
                faults.push(KeymapFault {
                    line,
                    words: format!("there is no action {:?}", rebind.action),
                });
                continue;
            };
            if let Some(before) = lines.insert(action, line) {
                faults.push(KeymapFault {
                    line,
                    words: format!("{:?} has keys on line {before} already", rebind.action),
                });
            }
            let mut parsed = Vec::new();
            for key in &rebind.keys {
                match key.parse() {
                    Ok(key) => parsed.push(key),
                    Err(words) => faults.push(KeymapFault { line, words }),
                }
            }
            keys.insert(action, parsed);
        }
        let keymap = Self::of(keys);
        faults.extend(keymap.conflicts(&lines));
        faults.extend(keymap.unreachable(&lines));
        faults.sort_by_key(|fault| fault.line);
        if faults.is_empty() { Ok(keymap) } else { Err(faults) }
    }

    fn of(keys: BTreeMap<Action, Vec<Key>>) -> Self {
        let mut actions: BTreeMap<Key, Vec<Action>> = BTreeMap::new();
        for (action, keys) in &keys {
            for key in keys {
                let list = actions.entry(*key).or_default();
                if !list.contains(action) {
                    list.push(*action);
                }
            }
        }
        Self { keys, actions }
    }

    /// Two actions on one key, in a context that both have.
    fn conflicts(&self, lines: &BTreeMap<Action, usize>) -> Vec<KeymapFault> {
        let mut faults = Vec::new();
        for (key, actions) in &self.actions {
            for (at, one) in actions.iter().enumerate() {
                for other in actions.iter().skip(at + 1).filter(|other| meet(*one, **other)) {
                    let line = lines.get(other).or_else(|| lines.get(one)).copied().unwrap_or(0);
                    let (one, other) = (one.row().name, other.row().name);
                    faults.push(KeymapFault {
                        line,
                        words: format!("{key} is both {one:?} and {other:?}"),
                    });
                }
            }
        }
        faults
    }

    /// Without a key to quit or to ask for help a person would be locked in.
    fn unreachable(&self, lines: &BTreeMap<Action, usize>) -> Vec<KeymapFault> {
        let needed = [Action::Quit, Action::Help, Action::Close];
        let missing = needed.into_iter().filter(|action| self.keys_of(*action).is_empty());
        missing
            .map(|action| KeymapFault {
                line: lines.get(&action).copied().unwrap_or(0),
                words: format!("{:?} must keep a key", action.row().name),
            })
            .collect()
    }

    /// What a key does in a context.
    pub fn action(&self, key: Key, context: Context) -> Option<Action> {
        self.actions.get(&key)?.iter().copied().find(|action| action.works_in(context))
    }

    /// What a key does in other contexts than the one that it was pressed in. Moving is not among it: where nothing
    /// moves, that is seen.
    pub fn elsewhere(&self, key: Key) -> Option<Action> {
        let moves = |action: &Action| {
            action.moves() || matches!(action, Action::NextMatch | Action::PreviousMatch)
        };
        self.actions.get(&key)?.iter().copied().find(|action| !moves(action))
    }

    /// The keys of an action, the first of which is shown.
    pub fn keys_of(&self, action: Action) -> &[Key] {
        self.keys.get(&action).map_or(&[], Vec::as_slice)
    }

    /// The name of an action's first key; empty if it has none.
    pub fn key_name(&self, action: Action) -> String {
        self.keys_of(action).first().map(ToString::to_string).unwrap_or_default()
    }
}

fn meet(one: Action, other: Action) -> bool {
    let (a, b) = (one.row().contexts, other.row().contexts);
    a.is_empty() || b.is_empty() || a.iter().any(|context| b.contains(context))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rebind(line: usize, action: &str, keys: &[&str]) -> Rebind {
        Rebind { action: action.into(), keys: keys.iter().map(ToString::to_string).collect(), line }
    }

    #[test]
    fn the_tables_own_keys_are_keys_and_don_t_conflict() {
        for row in TABLE {
            assert_eq!(Keymap::default().keys_of(row.action).len(), row.keys.len(), "{}", row.name);
        }
        assert!(Keymap::with(&[]).is_ok());
    }

    #[test]
    fn an_action_can_be_given_another_key_or_none() {
        let keymap =
            Keymap::with(&[rebind(1, "filter", &["f", "ctrl-f"]), rebind(2, "mark-all", &[])])
                .unwrap();
        assert_eq!(keymap.action(Key::char('f'), Context::Members), Some(Action::Filter));
        assert_eq!(keymap.action(Key::char('/'), Context::Members), None);
        assert_eq!(keymap.action(Key::char('*'), Context::Members), None);
        assert_eq!(keymap.key_name(Action::Filter), "f");
    }

    #[test]
    fn the_same_key_may_do_different_things_in_different_places() {
        let keymap = Keymap::default();
        assert_eq!(keymap.action(Key::char('x'), Context::Members), Some(Action::RemoveFrom));
        assert_eq!(keymap.action(Key::char('x'), Context::Changes), Some(Action::Unstage));
    }

    #[test]
    fn everything_wrong_with_a_keymap_is_told_at_once_with_its_line() {
        let faults = Keymap::with(&[
            rebind(4, "fliter", &["f"]),
            rebind(5, "sort", &["ctlr-s"]),
            rebind(6, "preview", &["j"]),
            rebind(7, "quit", &[]),
        ])
        .unwrap_err();
        let told: Vec<_> = faults.iter().map(|f| (f.line, f.words.as_str())).collect();
        assert_eq!(told.len(), 4, "{told:?}");
        assert_eq!(told[0], (4, "there is no action \"fliter\""));
        assert!(told[1].1.contains("\"ctlr-s\" is no key"));
        assert_eq!(told[2], (6, "j is both \"down\" and \"preview\""));
        assert_eq!(told[3], (7, "\"quit\" must keep a key"));
    }
}
