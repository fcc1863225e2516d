//! Questions over a screen. A dialog is offered each key before the screen is; what it comes to it returns as a
//! [`Turn`](super::Turn). It holds ids: a refresh beneath it changes nothing of what it is about.

mod catalogue;
mod confirm;
mod help;
mod name;
mod paste;
mod picker;
mod policy_editor;
mod prompt;
mod table_picker;

pub(super) use catalogue::note;
pub use confirm::{Asked, Confirm, Consent};
pub use help::Help;
pub use name::{NameOf, Naming};
pub use paste::Pasted;
pub use picker::{Choice, Item, Pick, Picker};
pub use policy_editor::{Holder, PolicyEditor, Stage};
pub use prompt::{Completion, Known, Prompt};
pub use table_picker::{Holding, TablePicker, Toward, add, collect, is_in, remove};

/// A question over a screen.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// Which groups, or which members.
    Table(Box<TablePicker>),
    /// Which of a few things.
    Pick(Picker),
    /// What can be done here.
    Help(Help),
    /// An action, a screen, a member or a group by name.
    Prompt(Prompt),
    /// Yes or no, or a text that must be typed.
    Confirm(Confirm),
    /// A name.
    Name(Naming),
    /// The policies of a group, a member or an invitation.
    Policies(Box<PolicyEditor>),
}
