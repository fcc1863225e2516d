//! A plan in words and names. Names are foreign text: make the sentences safe before showing them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::{
    Access, Change, Directory, GroupId, GroupRef, MemberId, PermissionGroupId, PolicyContent,
    PolicyDraft, PolicyEdit, ResourceGroupId, ResourceKey, Scope,
};

use crate::text;

use super::build::Plan;
use super::names::Names;
use super::staging::Staging;
use super::step::{Phase, Step};

/// What follows of a removal from the account.
const NO_WAY_BACK: &str = "can't be undone: only a new invitation, once accepted, brings them back";

/// How many members a sentence names before it counts the others.
const NAMED: usize = 3;

impl Plan {
    /// A step as one sentence without its full stop: `Add 3 members to prod-dns: ana@…, leo@…, mia@…`.
    pub fn words(&self, step: &Step) -> String {
        match (step.phase, step.ops.as_slice()) {
            (Phase::Add, ops) if ops.len() > 1 => {
                let emails: Vec<Arc<str>> = ops
                    .iter()
                    .filter_map(|op| op.change.member())
                    .map(|member| self.names.member(member))
                    .collect();
                let group = self.names.target(&step.target);
                format!("Add {} members to {group}: {}", ops.len(), some_of(&emails))
            }
            (_, ops) => {
                ops.iter().map(|op| self.names.words(&op.change)).collect::<Vec<_>>().join("; ")
            }
        }
    }

    /// What it writes to, in a few words: the names of groups, and how many members of the account.
    pub fn about(&self) -> String {
        let (mut groups, mut people) = (Vec::new(), BTreeSet::new());
        for step in &self.steps {
            match step.target.group() {
                Some(group) => {
                    let name = self.names.group(group);
                    if !groups.contains(&name) {
                        groups.push(name);
                    }
                }
                None => drop(people.insert(&step.target)),
            }
        }
        let people = match people.len() {
            0 => None,
            1 => Some("1 member".to_owned()),
            several => Some(format!("{several} members")),
        };
        let groups = (!groups.is_empty()).then(|| some_of(&groups));
        groups.into_iter().chain(people).collect::<Vec<_>>().join("; ")
    }

    /// What a step does, line by line: one line a member or a policy; none where [`Plan::words`] says it all.
    pub fn lines(&self, step: &Step) -> Vec<String> {
        let mut lines = Vec::new();
        for op in &step.ops {
            match &op.change {
                Change::Add { member, .. } if step.ops.len() > 1 => {
                    lines.push(self.names.member(member).to_string());
                }
                Change::Create { policies, .. } | Change::Invite { policies, .. } => {
                    lines.extend(policies.iter().map(|policy| self.names.policy(policy)));
                }
                Change::SetPolicies { from, to, .. }
                | Change::SetDirectPolicies { from, to, .. } => {
                    lines.extend(self.names.difference(from, to));
                }
                Change::ReplaceMembers { from, to, .. } => {
                    let said = |sign: &str, member| format!("{sign} {}", self.names.member(member));
                    lines.extend(not_in(to, from).map(|member| said("+", member)));
                    lines.extend(not_in(from, to).map(|member| said("-", member)));
                }
                Change::RemoveMember { .. } => lines.push(NO_WAY_BACK.to_owned()),
                Change::Delete { group, .. } => lines.extend(self.taken_along(group)),
                Change::Rename { .. } | Change::Add { .. } | Change::Remove { .. } => {}
            }
        }
        lines
    }

    /// What goes with a group that is deleted.
    fn taken_along(&self, group: &GroupId) -> Vec<String> {
        let Some(held) = self.base.get(group).and_then(|base| base.held.as_ref()) else {
            return Vec::new();
        };
        let policies = held.policies.iter();
        let policies = policies.map(|content| format!("- {}", self.names.content(content)));
        let members = format!("- {}", text::plural(held.members.len(), "member"));
        policies.chain([members]).collect()
    }
}

impl Staging {
    /// A staged change as a sentence without its full stop, groups that are only staged by their names too. Foreign
    /// text: make it safe before showing it.
    pub fn words(&self, change: &Change, directory: &Directory) -> String {
        let mut names = Names::default();
        names.learn(change, directory);
        if let Some(GroupRef::Draft(draft)) = change.group()
            && let Some(name) = self.name_of(&GroupRef::Draft(draft), directory)
        {
            names.drafts.insert(draft, name);
        }
        names.words(change)
    }
}

impl Names {
    /// A change as a sentence without its full stop.
    pub fn words(&self, change: &Change) -> String {
        let target = self.target(&change.target());
        match change {
            Change::Invite { email, policies } => {
                format!("Invite {email}{}", with_policies(policies.len()))
            }
            Change::Create { name, policies, .. } => {
                format!("Create {name}{}", with_policies(policies.len()))
            }
            Change::Rename { from, to, .. } => format!("Rename {from} to {to}"),
            Change::SetPolicies { to, .. } if to.is_empty() => {
                format!("Remove all policies of {target}")
            }
            Change::SetPolicies { from, to, .. } => {
                format!("Set the policies of {target}: {}", counts(from, to))
            }
            Change::SetDirectPolicies { to, .. } if to.is_empty() => {
                format!("Remove all direct policies of {target}")
            }
            Change::SetDirectPolicies { from, to, .. } => {
                format!("Set the direct policies of {target}: {}", counts(from, to))
            }
            Change::Add { member, .. } => format!("Add {} to {target}", self.member(member)),
            Change::Remove { member, .. } => {
                format!("Remove {} from {target}", self.member(member))
            }
            Change::ReplaceMembers { from, to, .. } => {
                let (new, gone) = (not_in(to, from).count(), not_in(from, to).count());
                format!("Replace the members of {target}: +{new} -{gone}, {} in all", to.len())
            }
            Change::Delete { name, .. } => format!("Delete {name}"),
            Change::RemoveMember { pending: true, .. } => {
                format!("Cancel the invitation of {target}")
            }
            Change::RemoveMember { .. } => format!("Remove {target} from the account"),
        }
    }

    /// What is written anew, what is taken away, and how much stays.
    fn difference(&self, from: &[PolicyContent], to: &[PolicyEdit]) -> Vec<String> {
        let kept = |content: &&PolicyContent| {
            to.iter().any(|edit| matches!(edit, PolicyEdit::Keep(keep) if keep == *content))
        };
        let mut lines: Vec<String> = to
            .iter()
            .filter_map(|edit| match edit {
                PolicyEdit::Write(draft) => Some(format!("+ {}", self.policy(draft))),
                PolicyEdit::Keep(_) => None,
            })
            .collect();
        let gone = from.iter().filter(|content| !kept(content));
        lines.extend(gone.map(|content| format!("- {}", self.content(content))));
        match from.iter().filter(kept).count() {
            0 => {}
            1 => lines.push("= 1 policy stays as it is".to_owned()),
            n => lines.push(format!("= {n} policies stay as they are")),
        }
        lines
    }

    fn policy(&self, draft: &PolicyDraft) -> String {
        self.content(&draft.content())
    }

    fn content(&self, content: &PolicyContent) -> String {
        let scopes = content.resource_groups.iter().map(|key| match key {
            ResourceKey::Id(id) => self.resource(id),
            ResourceKey::Scopes(scopes) => self.scope(scopes).unwrap_or_else(|| {
                let keys: Vec<&str> = scopes.iter().map(|scope| &*scope.key).collect();
                keys.join(" + ").into()
            }),
        });
        self.grants(&content.access, &content.permission_groups, scopes)
    }

    fn grants(
        &self,
        access: &Access,
        permission_groups: &[PermissionGroupId],
        scopes: impl Iterator<Item = Arc<str>>,
    ) -> String {
        let named = |id: &PermissionGroupId| {
            self.permission_groups.get(id).cloned().unwrap_or_else(|| id.to_string().into())
        };
        let grants: Vec<Arc<str>> = permission_groups.iter().map(named).collect();
        let scopes: Vec<Arc<str>> = scopes.collect();
        format!("{} {} on {}", access.as_wire(), some_of(&grants), some_of(&scopes))
    }

    fn scope(&self, scopes: &[Scope]) -> Option<Arc<str>> {
        let known = self.scopes.iter().find(|(known, _)| known == scopes);
        known.map(|(_, words)| Arc::clone(words))
    }

    fn resource(&self, id: &ResourceGroupId) -> Arc<str> {
        self.resource_groups.get(id).cloned().unwrap_or_else(|| id.to_string().into())
    }
}

fn with_policies(number: usize) -> String {
    match number {
        0 => ", without policies".to_owned(),
        1 => " with 1 policy".to_owned(),
        n => format!(" with {n} policies"),
    }
}

fn counts(from: &[PolicyContent], to: &[PolicyEdit]) -> String {
    let kept = to.iter().filter(|edit| matches!(edit, PolicyEdit::Keep(_))).count();
    let (new, gone) = (to.len() - kept, from.len().saturating_sub(kept));
    format!("+{new} -{gone}, {} in all", to.len())
}

/// Those of a sorted list that are not in another.
fn not_in<'a>(these: &'a [MemberId], others: &'a [MemberId]) -> impl Iterator<Item = &'a MemberId> {
    these.iter().filter(|member| others.binary_search(member).is_err())
}

fn some_of(names: &[Arc<str>]) -> String {
    let shown = names.get(..NAMED).unwrap_or(names).join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
