//! A group's policies, edited: access, permission groups and resource groups from the account's catalogues.

use std::collections::BTreeSet;

use crate::access;
use crate::app::list::{ListState, Motion};
use crate::app::turn::Turn;
use crate::domain::{
    Access, Change, Directory, GroupId, GroupRef, PermissionScope, PolicyContent, PolicyDraft,
    PolicyEdit, ResourceKey,
};
use crate::keys::{Code, Key};
use crate::plan::{ChangeKey, Staging};
use crate::{rows, text};

use super::{Choice, Item, Pick, Picker};

/// What is being picked for a policy.
#[derive(Clone, Debug)]
pub enum Stage {
    /// Nothing: the policies are listed.
    List,
    /// Permission groups for the policy at this place (the number of policies: a new one).
    PermissionGroups(usize, Picker),
    /// Resource groups for it; the draft holds what was picked so far.
    ResourceGroups(usize, PolicyDraft, Picker),
}

/// The editor.
#[derive(Clone, Debug)]
pub struct PolicyEditor {
    /// The group.
    pub group: GroupId,
    /// The policies that it had when the editor was opened.
    pub base: Vec<PolicyContent>,
    /// The policies as edited.
    pub policies: Vec<PolicyEdit>,
    /// The cursor, by place; the last place stands for a new policy.
    pub rows: ListState<usize>,
    /// What is being picked.
    pub stage: Stage,
    /// Why the last key could not be followed.
    pub fault: Option<String>,
}

impl PolicyEditor {
    /// The editor over a group's policies: what is staged for them, else what they are.
    pub fn new(group: GroupId, directory: &Directory, staging: &Staging) -> Self {
        let there = directory.groups().get(&group).map_or(&[][..], |group| group.policies());
        let base: Vec<PolicyContent> = there.iter().map(|policy| policy.content()).collect();
        let mut editor = Self {
            policies: staged(&group, staging)
                .unwrap_or_else(|| base.iter().cloned().map(PolicyEdit::Keep).collect()),
            group,
            base,
            rows: ListState::default(),
            stage: Stage::List,
            fault: None,
        };
        editor.refill();
        editor
    }

    /// Takes a key. Enter stages the policies as they stand.
    pub fn key(&mut self, key: Key, directory: &Directory, page: u16) -> Turn {
        self.fault = None;
        match std::mem::replace(&mut self.stage, Stage::List) {
            Stage::List => return self.list_key(key, directory, page),
            Stage::PermissionGroups(at, mut picker) => match picker.key(key, page) {
                Pick::Open => self.stage = Stage::PermissionGroups(at, picker),
                Pick::Cancelled => {}
                Pick::Taken(choices) => self.pick_resources(at, &choices, directory),
            },
            Stage::ResourceGroups(at, draft, mut picker) => match picker.key(key, page) {
                Pick::Open => self.stage = Stage::ResourceGroups(at, draft, picker),
                Pick::Cancelled => {}
                Pick::Taken(choices) => self.put(at, draft, &choices),
            },
        }
        Turn::Stay
    }

    /// Takes pasted text as a piece of the picker's line.
    pub fn paste(&mut self, pasted: &str) {
        if let Stage::PermissionGroups(_, picker) | Stage::ResourceGroups(_, _, picker) =
            &mut self.stage
        {
            picker.paste(pasted);
        }
    }

    fn list_key(&mut self, key: Key, directory: &Directory, page: u16) -> Turn {
        let at = self.rows.cursor().unwrap_or(self.policies.len());
        match (key.code, key.ctrl) {
            (Code::Esc | Code::Char('q'), false) => return Turn::Close,
            (Code::Enter, _) => return self.stage_all(),
            (Code::Down | Code::Char('j'), false) => self.rows.go(Motion::Down, page),
            (Code::Up | Code::Char('k'), false) => self.rows.go(Motion::Up, page),
            (Code::Char('a'), false) => self.pick_permissions(self.policies.len(), directory),
            (Code::Char('e'), false) => self.pick_permissions(at, directory),
            (Code::Char('t'), false) => self.turn_access(at),
            (Code::Char('x'), false) if at < self.policies.len() => {
                self.policies.remove(at);
                self.refill();
            }
            _ => {}
        }
        Turn::Stay
    }

    fn pick_permissions(&mut self, at: usize, directory: &Directory) {
        let Some(draft) = self.draft(at) else { return };
        let mut items: Vec<Item> =
            directory.permission_groups().values().map(|group| permission_item(group)).collect();
        if items.is_empty() {
            self.fault = Some(
                "the catalogue of permission groups has not been read: r reads it again".into(),
            );
            return;
        }
        items.sort_by(|a, b| a.name.cmp(&b.name));
        let mut picker = Picker::new("Permission groups", true, items);
        let held: BTreeSet<_> = draft
            .permission_groups
            .iter()
            .cloned()
            .map(Choice::PermissionGroup)
            .map(key_of)
            .collect();
        picker.picked = places(&picker.items, &held);
        self.stage = Stage::PermissionGroups(at, picker);
    }

    fn pick_resources(&mut self, at: usize, choices: &[Choice], directory: &Directory) {
        let Some(mut draft) = self.draft(at) else { return };
        draft.permission_groups = choices
            .iter()
            .filter_map(|choice| {
                if let Choice::PermissionGroup(id) = choice { Some(id.clone()) } else { None }
            })
            .collect();
        draft.permission_groups.sort();
        let mut items: Vec<Item> = directory
            .resource_groups()
            .values()
            .filter_map(|group| resource_item(directory, group))
            .collect();
        if items.is_empty() {
            self.fault =
                Some("the catalogue of resource groups has not been read: r reads it again".into());
            return;
        }
        items.sort_by(|a, b| (a.detail != WHOLE, &a.name).cmp(&(b.detail != WHOLE, &b.name)));
        let mut picker = Picker::new("On which resource groups", true, items);
        let held: BTreeSet<_> =
            draft.resource_groups.iter().cloned().map(Choice::ResourceGroup).map(key_of).collect();
        picker.picked = places(&picker.items, &held);
        self.stage = Stage::ResourceGroups(at, draft, picker);
    }

    fn put(&mut self, at: usize, mut draft: PolicyDraft, choices: &[Choice]) {
        draft.resource_groups = choices
            .iter()
            .filter_map(|choice| {
                if let Choice::ResourceGroup(id) = choice { Some(id.clone()) } else { None }
            })
            .collect();
        draft.resource_groups.sort();
        let edit = self.as_it_was(draft);
        match self.policies.get_mut(at) {
            Some(place) => *place = edit,
            None => self.policies.push(edit),
        }
        self.refill();
        self.rows.go_to(&at);
    }

    /// A policy that was edited back to what it was goes back as it came.
    fn as_it_was(&self, draft: PolicyDraft) -> PolicyEdit {
        let content = PolicyContent {
            access: draft.access.clone(),
            permission_groups: draft.permission_groups.clone(),
            resource_groups: draft.resource_groups.iter().cloned().map(ResourceKey::Id).collect(),
        };
        if self.base.contains(&content) {
            PolicyEdit::Keep(content)
        } else {
            PolicyEdit::Write(draft)
        }
    }

    fn turn_access(&mut self, at: usize) {
        let Some(mut draft) = self.draft(at) else { return };
        draft.access = if draft.access == Access::Allow { Access::Deny } else { Access::Allow };
        let edit = self.as_it_was(draft);
        if let Some(place) = self.policies.get_mut(at) {
            *place = edit;
        }
    }

    /// The policy at a place as one that can be written; a new one beyond the last.
    fn draft(&mut self, at: usize) -> Option<PolicyDraft> {
        let content = match self.policies.get(at) {
            None => {
                return Some(PolicyDraft {
                    access: Access::Allow,
                    permission_groups: vec![],
                    resource_groups: vec![],
                });
            }
            Some(PolicyEdit::Write(draft)) => return Some(draft.clone()),
            Some(PolicyEdit::Keep(content)) => content,
        };
        let resource_groups = content.resource_groups.iter().map(|key| match key {
            ResourceKey::Id(id) => Some(id.clone()),
            ResourceKey::Scopes(_) => None,
        });
        let Some(resource_groups) = resource_groups.collect() else {
            self.fault = Some("its scope is no resource group of the catalogue: it can be kept or removed, not edited".into());
            return None;
        };
        Some(PolicyDraft {
            access: content.access.clone(),
            permission_groups: content.permission_groups.clone(),
            resource_groups,
        })
    }

    fn stage_all(&self) -> Turn {
        if let Some(draft) = self.group.as_draft() {
            let policies = self.policies.iter().filter_map(|edit| match edit {
                PolicyEdit::Write(draft) => Some(draft.clone()),
                PolicyEdit::Keep(_) => None,
            });
            // The name is put in by the router, which knows what is staged for the draft.
            let change =
                Change::Create { group: draft, name: "".into(), policies: policies.collect() };
            return Turn::close_and(Turn::Stage(vec![change]));
        }
        let unchanged = self.policies.len() == self.base.len()
            && self.policies.iter().all(
                |edit| matches!(edit, PolicyEdit::Keep(content) if self.base.contains(content)),
            );
        if unchanged {
            return Turn::close_and(Turn::Unstage(vec![ChangeKey::Policies(self.group.clone())]));
        }
        let change = Change::SetPolicies {
            group: self.group.clone(),
            from: self.base.clone(),
            to: self.policies.clone(),
        };
        Turn::close_and(Turn::Stage(vec![change]))
    }

    fn refill(&mut self) {
        self.rows.show((0..=self.policies.len()).collect());
    }
}

const WHOLE: &str = "the whole account";

fn staged(group: &GroupId, staging: &Staging) -> Option<Vec<PolicyEdit>> {
    let key = match GroupRef::from(group.clone()) {
        GroupRef::Existing(group) => ChangeKey::Policies(group),
        GroupRef::Draft(draft) => ChangeKey::Create(draft),
    };
    match &staging.get(&key)?.change {
        Change::SetPolicies { to, .. } => Some(to.clone()),
        Change::Create { policies, .. } => {
            Some(policies.iter().cloned().map(PolicyEdit::Write).collect())
        }
        _ => None,
    }
}

fn permission_item(group: &crate::domain::PermissionGroup) -> Item {
    let works_on = match &group.scope {
        PermissionScope::Account => "account",
        PermissionScope::Zone => "zones",
        PermissionScope::Resource(_) => "single resources",
        PermissionScope::Unknown => "",
    };
    Item {
        name: text::safe_capped(&group.name).into_owned(),
        detail: works_on.to_owned(),
        choice: Choice::PermissionGroup(group.id.clone()),
    }
}

fn resource_item(directory: &Directory, group: &crate::domain::ResourceGroup) -> Option<Item> {
    let id = group.id.clone()?;
    let whole = access::is_account_wide(directory, group);
    let words = rows::scope_words(directory, group);
    let name = if whole || group.name.is_empty() {
        words.clone()
    } else {
        text::safe_capped(&group.name).into_owned()
    };
    let detail = if whole { WHOLE.to_owned() } else { words };
    Some(Item { name, detail, choice: Choice::ResourceGroup(id) })
}

fn key_of(choice: Choice) -> String {
    match choice {
        Choice::PermissionGroup(id) => id.to_string(),
        Choice::ResourceGroup(id) => id.to_string(),
        _ => String::new(),
    }
}

fn places(items: &[Item], held: &BTreeSet<String>) -> BTreeSet<usize> {
    let held =
        items.iter().enumerate().filter(|(_, item)| held.contains(&key_of(item.choice.clone())));
    held.map(|(place, _)| place).collect()
}
