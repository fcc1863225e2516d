//! Keys by name, THE action table, and the keymap that a person may change. Never reads a terminal: the shell
//! turns what the terminal sends into a [`Key`].

mod action;
mod key;
mod keymap;

pub use action::{Action, Context, Danger, TABLE, Words};
pub use key::{Code, Key};
pub use keymap::{Keymap, KeymapFault, Rebind};
