//! Which of a few things: a column to sort by, what to edit, permission groups, resource groups, an organization.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::access::Question;
use crate::app::copy::{Form, Which};
use crate::app::line::{Line, Typed};
use crate::app::list::{ListState, Motion};
use crate::app::msg::Effect;
use crate::app::place::Route;
use crate::app::screens::Side;
use crate::app::turn::Turn;
use crate::domain::{
    Change, GroupId, OrganizationId, PermissionGroup, PermissionGroupId, ResourceGroupId,
};
use crate::keys::{Code, Key};
use crate::plan::RunId;
use crate::rows::{ColumnId, rank};

use super::Holder;
use super::table_picker::motion;

/// One thing to pick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is called. Made safe already.
    pub name: String,
    /// What it is, in a few words. Made safe already.
    pub detail: String,
    /// What picking it means.
    pub choice: Choice,
}

/// What picking a thing means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Sort by this column.
    Column(ColumnId),
    /// Edit the group's name.
    Rename(GroupId),
    /// Edit the group's policies.
    Policies(GroupId),
    /// This permission group.
    PermissionGroup(PermissionGroupId),
    /// This resource group.
    ResourceGroup(ResourceGroupId),
    /// This organization.
    Organization(OrganizationId),
    /// Go on with this run.
    Resume(RunId),
    /// Take this run back.
    UndoRun(RunId),
    /// Close this run as it is.
    CloseRun(RunId),
    /// Look at this run.
    LookAtRun(RunId),
    /// This question.
    Ask(Question),
    /// A question about this permission group.
    AskOf(Arc<PermissionGroup>),
    /// Compare these.
    Compare(Side, Side),
    /// Stage these changes, and show what is staged as a plan.
    StageAndPlan(Vec<Change>),
    /// Copy these rows of the list on the screen in this form.
    Copy(Which, Form),
    /// Copy this text.
    CopyText(String),
    /// Nothing: the list is there to be read.
    Nothing,
}

/// What a key in a picker came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The picker goes on.
    Open,
    /// Nothing is picked, and the picker is to be closed.
    Cancelled,
    /// These were taken.
    Taken(Vec<Choice>),
}

/// The most things that are chosen from without a line.
const FEW: usize = 9;

/// The picker.
#[derive(Clone, Debug)]
pub struct Picker {
    /// What is asked.
    pub title: String,
    /// Whether several can be picked.
    pub several: bool,
    /// All things.
    pub items: Vec<Item>,
    /// The things that the line leaves, by their place.
    pub rows: ListState<usize>,
    /// The line that filters.
    pub line: Line,
    /// Whether the line has the letters. Where there are a few things to choose from, they move until it is asked for.
    pub typing: bool,
    /// The things that are picked, by their place.
    pub picked: BTreeSet<usize>,
    /// What is to be known of the list: that it is not all here, or why. Foreign text in it is made safe already.
    pub note: Option<String>,
    /// What is to be known before one of the things is taken. Made safe already.
    pub lines: Vec<String>,
}

impl Picker {
    /// A picker over some things, with nothing picked.
    pub fn new(title: impl Into<String>, several: bool, items: Vec<Item>) -> Self {
        let mut rows = ListState::default();
        rows.show((0..items.len()).collect());
        let typing = several || items.len() > FEW;
        Self {
            title: title.into(),
            several,
            items,
            rows,
            line: Line::default(),
            typing,
            picked: BTreeSet::new(),
            note: None,
            lines: Vec::new(),
        }
    }

    /// The same picker, which tells this first.
    #[must_use]
    pub fn telling(mut self, lines: Vec<String>) -> Self {
        self.lines = lines;
        self
    }

    /// Picks the things that mean one of these.
    pub fn pick_all(&mut self, choices: &[Choice]) {
        let held = |item: &Item| choices.contains(&item.choice);
        let places = self.items.iter().enumerate().filter(|(_, item)| held(item));
        self.picked = places.map(|(place, _)| place).collect();
    }

    /// What can be picked.
    pub fn offered(&self) -> Vec<Choice> {
        self.items.iter().map(|item| item.choice.clone()).collect()
    }

    /// Offers other things: what is picked stays so, and the cursor stays on its thing.
    pub fn offer(&mut self, items: Vec<Item>) {
        let picked = self.picked.iter().filter_map(|place| self.items.get(*place));
        let picked: Vec<Choice> = picked.map(|item| item.choice.clone()).collect();
        let at = self.rows.cursor().and_then(|place| self.items.get(place));
        let at = at.map(|item| item.choice.clone());
        self.items = items;
        self.pick_all(&picked);
        let texts = self.texts();
        self.rows.show(rank(self.line.text(), texts.iter().map(String::as_str)));
        if let Some(place) = self.items.iter().position(|item| Some(&item.choice) == at.as_ref()) {
            self.rows.go_to(&place);
        }
    }

    /// Takes a key: what edits a line filters, tab picks, enter takes what is picked, or the row under the cursor.
    pub fn key(&mut self, key: Key, page: u16) -> Pick {
        match (key.code, key.ctrl, key.alt) {
            (Code::Esc, ..) if self.line.is_empty() => return Pick::Cancelled,
            (Code::Esc, ..) => {
                self.line.clear();
                self.filter();
            }
            (Code::Enter, ..) => return self.take(),
            (Code::Tab, false, false) if self.several => self.pick(page),
            (code, ctrl, false) if motion(code, ctrl).is_some() => {
                if let Some(motion) = motion(code, ctrl) {
                    self.rows.go(motion, page);
                }
            }
            _ if !self.typing => return self.letter(key, page),
            _ => {
                if self.line.key(key) == Typed::Changed {
                    self.filter();
                }
            }
        }
        Pick::Open
    }

    /// A key where no line has the letters.
    fn letter(&mut self, key: Key, page: u16) -> Pick {
        match key.typed() {
            Some('/') => self.typing = true,
            Some('j') => self.rows.go(Motion::Down, page),
            Some('k') => self.rows.go(Motion::Up, page),
            Some('g') => self.rows.go(Motion::Top, page),
            Some('G') => self.rows.go(Motion::Bottom, page),
            Some('q') => return Pick::Cancelled,
            _ => {}
        }
        Pick::Open
    }

    /// Takes pasted text as a piece of the line, if that has the letters.
    pub fn paste(&mut self, text: &str) {
        if !self.typing {
            return;
        }
        self.line.paste(text);
        self.filter();
    }

    /// What this picker's choice asks of the router, where it stands by itself.
    pub fn turn(pick: Pick) -> Turn {
        match pick {
            Pick::Open => Turn::Stay,
            Pick::Cancelled => Turn::Close,
            Pick::Taken(choices) => Turn::close_and(match choices.into_iter().next() {
                Some(Choice::Column(column)) => Turn::Sort(column),
                Some(Choice::Rename(group)) => Turn::EditName(group),
                Some(Choice::Policies(group)) => Turn::EditPolicies(Holder::Group(group)),
                Some(Choice::Organization(organization)) => Turn::Organization(organization),
                Some(Choice::Resume(run)) => Turn::Resume(run),
                Some(Choice::UndoRun(run)) => Turn::UndoRun(run),
                Some(Choice::CloseRun(run)) => Turn::CloseRun(run),
                Some(Choice::Ask(question)) => Turn::Ask(question),
                Some(Choice::AskOf(permission)) => Turn::AskOf(permission),
                Some(Choice::Compare(here, there)) => Turn::Go(Route::Compare(here, there)),
                Some(Choice::StageAndPlan(changes)) => {
                    Turn::All(vec![Turn::Stage(changes), Turn::Go(Route::Plan)])
                }
                Some(Choice::Copy(which, form)) => Turn::Copy(which, form),
                Some(Choice::CopyText(text)) => Turn::Run(vec![Effect::Copy(text)]),
                Some(Choice::LookAtRun(run)) => Turn::Go(Route::Run(run)),
                _ => Turn::Stay,
            }),
        }
    }

    fn filter(&mut self) {
        let texts = self.texts();
        self.rows.show_best(rank(self.line.text(), texts.iter().map(String::as_str)));
    }

    fn texts(&self) -> Vec<String> {
        self.items.iter().map(|item| format!("{} {}", item.name, item.detail)).collect()
    }

    fn pick(&mut self, page: u16) {
        let Some(row) = self.rows.cursor() else { return };
        if !self.picked.remove(&row) {
            self.picked.insert(row);
        }
        self.rows.go(Motion::Down, page);
    }

    fn take(&self) -> Pick {
        let rows: Vec<usize> = if self.picked.is_empty() {
            self.rows.cursor().into_iter().collect()
        } else {
            self.picked.iter().copied().collect()
        };
        let choices: Vec<Choice> = rows
            .into_iter()
            .filter_map(|row| self.items.get(row))
            .map(|item| item.choice.clone())
            .collect();
        if choices.is_empty() { Pick::Open } else { Pick::Taken(choices) }
    }
}
