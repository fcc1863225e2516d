//! The policies of a group, of a member, or of an invitation, edited: access, permission groups and resource groups from the account's catalogues.

use std::sync::Arc;

use crate::app::list::{ListState, Motion};
use crate::app::state::Tone;
use crate::app::turn::Turn;
use crate::domain::{
    Access, Change, Collection, Directory, Group, GroupId, Member, MemberId, Policy, PolicyContent,
    PolicyDraft, PolicyEdit, ResourceKey,
};
use crate::keys::{Code, Key};
use crate::plan::{ChangeKey, PolicySet, Recheck, Staging, wanted};
use crate::text;

use super::catalogue;
use super::{Choice, Pick, Picker};

/// Whose policies are edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A group's; also of one that is staged to be created.
    Group(GroupId),
    /// Those that a member holds directly.
    Member(MemberId),
    /// Those that an invitation to this address is to give.
    Invited(Arc<str>),
}

impl Holder {
    /// What is staged for these policies stands under this.
    pub fn key(&self) -> ChangeKey {
        match self {
            Self::Group(group) => match group.as_draft() {
                None => ChangeKey::Policies(group.clone()),
                Some(draft) => ChangeKey::Create(draft),
            },
            Self::Member(member) => ChangeKey::DirectPolicies(member.clone()),
            Self::Invited(email) => ChangeKey::Invite(email.to_lowercase().into()),
        }
    }

    /// The policies that are there; none of what is only staged.
    pub fn policies<'d>(&self, directory: &'d Directory) -> &'d [Arc<Policy>] {
        match self {
            Self::Group(group) if group.as_draft().is_some() => &[],
            Self::Group(group) => {
                directory.groups().get(group).map(Group::policies).unwrap_or_default()
            }
            Self::Member(member) => {
                directory.members().get(member).map(Member::direct_policies).unwrap_or_default()
            }
            Self::Invited(_) => &[],
        }
    }
}

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
    /// Whose policies.
    pub of: Holder,
    /// The policies that were there when the editor was opened; what is only staged has none.
    pub base: Vec<PolicyContent>,
    /// The policies as edited.
    pub policies: Vec<PolicyEdit>,
    /// The policies as they were staged when the editor was opened, else the base; `None` where someone else has
    /// changed them since they were staged, so that they are to be staged anew as they stand.
    before: Option<Vec<PolicyEdit>>,
    /// The cursor, by place; the last place stands for a new policy.
    pub rows: ListState<usize>,
    /// What is being picked.
    pub stage: Stage,
    /// Why the last key could not be followed, or what else is to be known.
    pub fault: Option<String>,
}

impl PolicyEditor {
    /// The editor over policies: what is staged for them, else what they are.
    pub fn new(of: Holder, directory: &Directory, staging: &Staging) -> Self {
        let there = of.policies(directory).iter();
        let base: Vec<PolicyContent> = there.map(|policy| policy.content()).collect();
        let (policies, before, dropped) = start(&of, &base, staging);
        let fault = (dropped > 0).then(|| {
            let policies = text::plural(dropped, "policy");
            format!("{policies} that was to stay is no longer there: left out")
        });
        let (rows, stage) = (ListState::default(), Stage::List);
        let mut editor = Self { of, base, policies, before, rows, stage, fault };
        editor.refill();
        editor
    }

    /// Takes a key. Enter stages the policies as they stand; on the row for a new policy it begins one.
    pub fn key(&mut self, key: Key, directory: &Directory, staging: &Staging, page: u16) -> Turn {
        self.fault = None;
        match std::mem::replace(&mut self.stage, Stage::List) {
            Stage::List => return self.list_key(key, directory, staging, page),
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

    /// Offers what has come of a catalogue since it was opened.
    pub fn follow(&mut self, directory: &Directory) {
        match &mut self.stage {
            Stage::List => {}
            Stage::PermissionGroups(_, picker) => {
                let offered = picker.offered();
                picker.offer(catalogue::permission_groups(
                    directory,
                    self.of.policies(directory),
                    &offered,
                ));
                picker.note = catalogue::note(directory, &Collection::PermissionGroups);
            }
            Stage::ResourceGroups(_, _, picker) => {
                let offered = picker.offered();
                picker.offer(catalogue::resource_groups(
                    directory,
                    self.of.policies(directory),
                    &offered,
                ));
                picker.note = catalogue::note(directory, &Collection::ResourceGroups);
            }
        }
    }

    /// Whether enter stages the policies here; on the row for a new policy it begins one, unless the last policy was
    /// just taken away.
    pub fn enter_stages(&self) -> bool {
        let on_policy = self.rows.cursor().is_some_and(|at| at < self.policies.len());
        on_policy || (self.policies.is_empty() && self.is_changed() && !self.invites())
    }

    /// Whether the policies are those of an invitation, which is none without any.
    fn invites(&self) -> bool {
        matches!(self.of, Holder::Invited(_))
    }

    /// Whether the policies are others than when the editor was opened. The service keeps neither their order nor
    /// repeats: what is the same as a set is the same.
    fn is_changed(&self) -> bool {
        self.before.as_ref().is_none_or(|before| wanted(before) != wanted(&self.policies))
    }

    fn list_key(&mut self, key: Key, directory: &Directory, staging: &Staging, page: u16) -> Turn {
        let at = self.rows.cursor().unwrap_or(self.policies.len());
        match (key.code, key.ctrl) {
            (Code::Esc | Code::Char('q'), false) if self.is_changed() => {
                return Turn::close_and(Turn::refuse("the policies stay as they were"));
            }
            (Code::Esc | Code::Char('q'), false) => return Turn::Close,
            (Code::Enter, _) if self.enter_stages() => return self.stage_all(directory, staging),
            (Code::Down | Code::Char('j'), false) => self.rows.go(Motion::Down, page),
            (Code::Up | Code::Char('k'), false) => self.rows.go(Motion::Up, page),
            (Code::Enter, _) | (Code::Char('a'), false) => {
                self.pick_permissions(self.policies.len(), directory);
            }
            (Code::Char('e'), false) => self.pick_permissions(at, directory),
            (Code::Char('t'), false) => self.turn_access(at),
            (Code::Char('r'), false) => {
                let lists = [Collection::PermissionGroups, Collection::ResourceGroups];
                let words = "the catalogues are read again".to_owned();
                let say = Turn::Say(Tone::Done, words);
                return Turn::All(lists.map(Turn::Read).into_iter().chain([say]).collect());
            }
            (Code::Char('x'), false) if at < self.policies.len() => {
                self.policies.remove(at);
                self.refill();
                // On what is left, not on the row for a new one: enter after it stages.
                let last = self.policies.len().saturating_sub(1);
                self.rows.go_to(&at.min(last));
            }
            _ => {}
        }
        Turn::Stay
    }

    fn pick_permissions(&mut self, at: usize, directory: &Directory) {
        let Some(draft) = self.draft(at) else { return };
        let held: Vec<Choice> =
            draft.permission_groups.into_iter().map(Choice::PermissionGroup).collect();
        let items = catalogue::permission_groups(directory, self.of.policies(directory), &held);
        let list = Collection::PermissionGroups;
        let note = catalogue::note(directory, &list);
        if items.is_empty() {
            self.fault = Some(not_read("permission groups", note));
            return;
        }
        let mut picker = Picker::new("Permission groups", true, items);
        picker.pick_all(&held);
        picker.note = note;
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
        let held: Vec<Choice> =
            draft.resource_groups.iter().cloned().map(Choice::ResourceGroup).collect();
        let items = catalogue::resource_groups(directory, self.of.policies(directory), &held);
        let note = catalogue::note(directory, &Collection::ResourceGroups);
        if items.is_empty() {
            self.fault = Some(not_read("resource groups", note));
            return;
        }
        let mut picker = Picker::new("On which resource groups", true, items);
        picker.pick_all(&held);
        picker.note = note;
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
        let content = draft.content();
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
                    scopes: vec![],
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
            scopes: vec![],
        })
    }

    fn stage_all(&mut self, directory: &Directory, staging: &Staging) -> Turn {
        let to = without_repeats(&self.policies);
        if !self.is_changed() {
            return Turn::close_and(Turn::refuse("nothing has changed"));
        }
        let from = self.base.clone();
        let is_base = wanted(&to) == PolicySet::of(&from);
        let change = match self.of.clone() {
            Holder::Group(group) => match group.as_draft() {
                // The name is put in by the router, which knows what is staged for the draft.
                Some(group) => Change::Create { group, name: "".into(), policies: written(to) },
                None if is_base => return Turn::close_and(Turn::Unstage(vec![self.of.key()])),
                None => Change::SetPolicies { group, from, to },
            },
            Holder::Member(_) if is_base => {
                return Turn::close_and(Turn::Unstage(vec![self.of.key()]));
            }
            Holder::Member(member) if to.is_empty() => {
                let stands = staging.check_bare(&member, directory);
                if stands != Recheck::Fine {
                    self.fault = Some(stands.words());
                    return Turn::Stay;
                }
                Change::SetDirectPolicies { member, from, to }
            }
            Holder::Member(member) => Change::SetDirectPolicies { member, from, to },
            Holder::Invited(email) => Change::Invite { email, policies: written(to) },
        };
        Turn::close_and(Turn::Stage(vec![change]))
    }

    fn refill(&mut self) {
        self.rows.show((0..=self.policies.len()).collect());
    }
}

fn not_read(what: &str, note: Option<String>) -> String {
    let why = note.map_or_else(String::new, |note| format!(" ({note})"));
    format!("the catalogue of {what} has not been read{why}: r reads it again")
}

/// The policies to begin with, those that count as unchanged, and how many were staged to be kept and are no longer
/// there. What someone else has added since it was staged is kept.
fn start(
    of: &Holder,
    base: &[PolicyContent],
    staging: &Staging,
) -> (Vec<PolicyEdit>, Option<Vec<PolicyEdit>>, usize) {
    let policies: Vec<PolicyEdit> = match staging.get(&of.key()).map(|entry| &entry.change) {
        Some(Change::SetPolicies { from, to, .. } | Change::SetDirectPolicies { from, to, .. })
            if PolicySet::of(from) != PolicySet::of(base) =>
        {
            let there = |edit: &&PolicyEdit| match edit {
                PolicyEdit::Keep(content) => base.contains(content),
                PolicyEdit::Write(_) => true,
            };
            let mut policies: Vec<PolicyEdit> = to.iter().filter(there).cloned().collect();
            let dropped = to.len() - policies.len();
            let since = base.iter().filter(|content| !from.contains(content));
            policies.extend(since.cloned().map(PolicyEdit::Keep));
            return (policies, None, dropped);
        }
        Some(Change::SetPolicies { to, .. } | Change::SetDirectPolicies { to, .. }) => to.clone(),
        Some(Change::Create { policies, .. } | Change::Invite { policies, .. }) => {
            policies.iter().cloned().map(PolicyEdit::Write).collect()
        }
        _ => base.iter().cloned().map(PolicyEdit::Keep).collect(),
    };
    (policies.clone(), Some(policies), 0)
}

/// Policies of what is not there yet, where nothing could be kept.
fn written(edits: Vec<PolicyEdit>) -> Vec<PolicyDraft> {
    let written = edits.into_iter().filter_map(|edit| match edit {
        PolicyEdit::Write(draft) => Some(draft),
        PolicyEdit::Keep(_) => None,
    });
    written.collect()
}

fn without_repeats(policies: &[PolicyEdit]) -> Vec<PolicyEdit> {
    let mut once: Vec<PolicyEdit> = Vec::new();
    for edit in policies {
        if !once.contains(edit) {
            once.push(edit.clone());
        }
    }
    once
}
