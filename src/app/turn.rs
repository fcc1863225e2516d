//! What a screen or a dialog asks of the router. Carries names and ids, never state.

use std::sync::Arc;

use crate::access::Question;
use crate::domain::{AccountId, Change, Collection, GroupId, OrganizationId, PermissionGroup};
use crate::keys::Action;
use crate::plan::{ChangeKey, RunId};
use crate::rows::ColumnId;

use super::copy::{Form, Which};
use super::dialogs::{Asked, Dialog, Holder};
use super::msg::Effect;
use super::place::Route;
use super::state::Tone;

/// What a screen or a dialog asks of the router.
#[expect(clippy::large_enum_variant, reason = "a turn is made for one key and taken apart at once")]
#[derive(Clone, Debug)]
pub enum Turn {
    /// Copy rows of the list on the screen.
    Copy(Which, Form),
    /// Nothing more.
    Stay,
    /// Have this done.
    Run(Vec<Effect>),
    /// Stage these changes.
    Stage(Vec<Change>),
    /// Stage these changes; so many more removals were asked for of who is not in.
    StageBut(Vec<Change>, usize),
    /// Take these out of what is staged.
    Unstage(Vec<ChangeKey>),
    /// Stage the making of a group with this name, and open it.
    Create(String),
    /// Stage another name for a group, or give another one to a group that is staged to be made.
    Rename(GroupId, String),
    /// Show a screen.
    Go(Route),
    /// Ask a question.
    Open(Dialog),
    /// Do what an action does.
    Do(Action),
    /// Close the dialog on top.
    Close,
    /// Back to where the person came from.
    Back,
    /// Say something in passing.
    Say(Tone, String),
    /// A question was answered with yes (`true`) or no.
    Answered(Asked, bool),
    /// Sort the list by a column.
    Sort(ColumnId),
    /// Ask for policies to be edited.
    EditPolicies(Holder),
    /// Ask for a pasted list that a group is to be made exactly.
    SetMembers(GroupId),
    /// Ask for a group's name to be edited.
    EditName(GroupId),
    /// Ask for a run to be gone on with.
    Resume(RunId),
    /// Show the plan that takes a run back.
    UndoRun(RunId),
    /// Close a run that is not finished.
    CloseRun(RunId),
    /// Open another account.
    Account(AccountId),
    /// Write what is staged to a change file, in the place of one that is there only where that is so wished.
    SaveFile(String, bool),
    /// Stage a change file.
    OpenFile(String),
    /// Read a list again.
    Read(Collection),
    /// Show this organization.
    Organization(OrganizationId),
    /// Show a tab's list, filtered by this text.
    Filtered(super::place::Tab, String),
    /// Show the answer to a question.
    Ask(Question),
    /// Ask on what this permission group is asked about.
    AskOf(Arc<PermissionGroup>),
    /// One after another.
    All(Vec<Self>),
}

impl Turn {
    /// Closes the dialog on top, then goes on.
    pub fn close_and(then: Self) -> Self {
        Self::All(vec![Self::Close, then])
    }

    /// Says why something can't be done.
    pub fn refuse(words: impl Into<String>) -> Self {
        Self::Say(Tone::Refused, words.into())
    }
}
