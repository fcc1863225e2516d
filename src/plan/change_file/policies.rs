//! Policies of a change file: permission groups and scopes by what people call them, and back.

use std::fmt::Display;
use std::sync::Arc;

use super::PolicyPart;
use crate::access;
use crate::config::{Given, Mistake};
use crate::domain::{
    Directory, PermissionGroup, PermissionGroupId, Policy, PolicyContent, PolicyDraft, PolicyEdit,
    ResourceGroup, ResourceGroupId,
};
use crate::text;

/// What a policy may name: the account's catalogue, and what the policies that are there hold besides.
pub(super) struct Catalogue<'d> {
    directory: &'d Directory,
    there: &'d [Arc<Policy>],
    permission_groups: Vec<&'d Arc<PermissionGroup>>,
    scopes: Vec<&'d Arc<ResourceGroup>>,
}

impl<'d> Catalogue<'d> {
    /// With the policies that are there.
    pub(super) fn beside(directory: &'d Directory, there: &'d [Arc<Policy>]) -> Self {
        let (permissions, scopes) = (directory.permission_groups(), directory.resource_groups());
        let held = there.iter().flat_map(|policy| &policy.permission_groups);
        let held = held.filter(|held| permissions.get(&held.id).is_none());
        let permission_groups = permissions.values().chain(held).collect();
        let held = there.iter().flat_map(|policy| &policy.resource_groups);
        let held = held.filter(|held| held.id.as_ref().is_some_and(|id| scopes.get(id).is_none()));
        let scopes = scopes.values().chain(held).collect();
        Self { directory, there, permission_groups, scopes }
    }

    /// What a policy comes to: one that is there stays as it is, any other is written.
    ///
    /// # Errors
    /// What none or several are called.
    pub(super) fn edit(&self, part: &PolicyPart) -> Result<PolicyEdit, Vec<Mistake>> {
        let kept = self.there.iter().find(|policy| self.says(part, policy));
        kept.map_or_else(
            || self.draft(part).map(PolicyEdit::Write),
            |kept| Ok(PolicyEdit::Keep(kept.content())),
        )
    }

    /// What a policy comes to that is written.
    ///
    /// # Errors
    /// What none or several are called.
    pub(super) fn draft(&self, part: &PolicyPart) -> Result<PolicyDraft, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut permission_groups: Vec<PermissionGroupId> = Vec::new();
        for name in &part.permission_groups {
            let called = |known: &&&Arc<PermissionGroup>| is_permission(known, &name.value);
            let found = self.permission_groups.iter().filter(called).map(|known| &known.id);
            match only(name, "permission group", found.collect()) {
                Ok(id) => permission_groups.push(id.clone()),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        let mut resource_groups: Vec<ResourceGroupId> = Vec::new();
        for name in &part.scopes {
            let called = |known: &&&Arc<ResourceGroup>| self.is_scope(known, &name.value);
            let found = self.scopes.iter().filter(called).filter_map(|known| known.id.as_ref());
            match only(name, "scope", found.collect()) {
                Ok(id) => resource_groups.push(id.clone()),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        permission_groups.sort();
        permission_groups.dedup();
        resource_groups.sort();
        resource_groups.dedup();
        let access = part.access.clone();
        let draft = PolicyDraft { access, permission_groups, resource_groups, scopes: Vec::new() };
        if mistakes.is_empty() { Ok(draft) } else { Err(mistakes) }
    }

    /// Whether a policy that is there is what the file says.
    fn says(&self, part: &PolicyPart, policy: &Policy) -> bool {
        let (permissions, scopes) = (&policy.permission_groups, &policy.resource_groups);
        part.access == policy.access
            && pairs(&part.permission_groups, permissions, |known, name| is_permission(known, name))
            && pairs(&part.scopes, scopes, |known, name| self.is_scope(known, name))
    }

    fn is_scope(&self, group: &ResourceGroup, name: &str) -> bool {
        group.id.as_ref().is_some_and(|id| id.to_string() == name)
            || *group.name == *name
            || access::scope_words(self.directory, group) == name
    }

    /// A policy that is there, in names.
    pub(super) fn of_content(&self, content: &PolicyContent) -> Option<PolicyPart> {
        let policy = self.there.iter().find(|policy| policy.content() == *content)?;
        let permissions = policy.permission_groups.iter();
        let scopes = policy.resource_groups.iter();
        Some(part(
            policy.access.clone(),
            permissions.map(|known| self.permission_name(&known.id)).collect(),
            scopes.map(|group| self.scope_name(group)).collect(),
        ))
    }

    /// A policy that is to be written, in names.
    pub(super) fn of_draft(&self, draft: &PolicyDraft) -> PolicyPart {
        let scope = |id: &ResourceGroupId| {
            let known = self.scopes.iter().find(|known| known.id.as_ref() == Some(id));
            known.map_or_else(|| id.to_string(), |known| self.scope_name(known))
        };
        let unnamed = draft.scopes.iter().map(|scopes| {
            let group = ResourceGroup { id: None, name: "".into(), scopes: scopes.clone() };
            access::scope_words(self.directory, &group)
        });
        part(
            draft.access.clone(),
            draft.permission_groups.iter().map(|id| self.permission_name(id)).collect(),
            // What has no id has no name that a file could be read by again: reading it says so, with its line.
            draft.resource_groups.iter().map(scope).chain(unnamed).collect(),
        )
    }

    /// The name, where no other has it; else the id.
    fn permission_name(&self, id: &PermissionGroupId) -> String {
        let known = self.permission_groups.iter().find(|known| known.id == *id);
        let name = known.map(|known| &*known.name).filter(|name| !name.is_empty());
        let alone = |name: &&str| {
            self.permission_groups.iter().filter(|known| is_permission(known, name)).count() == 1
        };
        name.filter(alone).map_or_else(|| id.to_string(), ToOwned::to_owned)
    }

    /// The first of its names that no other has; else the id.
    fn scope_name(&self, group: &ResourceGroup) -> String {
        let own = Some(&*group.name).filter(|name| !name.is_empty() && !name.starts_with("com."));
        let words = access::scope_words(self.directory, group);
        let wide = access::is_account_wide(self.directory, group);
        let names = [Some(&*words).filter(|_| wide), own, Some(&*words)].into_iter().flatten();
        let others = |name: &str| {
            let others = self.scopes.iter().filter(|known| known.id != group.id);
            others.filter(|known| self.is_scope(known, name)).count()
        };
        let mut alone = names.filter(|name| others(name) == 0);
        let id = group.id.as_ref().map(ToString::to_string);
        alone.next().map(ToOwned::to_owned).or(id).unwrap_or_else(|| words.clone())
    }
}

fn part(
    access: crate::domain::Access,
    permission_groups: Vec<String>,
    scopes: Vec<String>,
) -> PolicyPart {
    let given = |names: Vec<String>| names.into_iter().map(|name| Given::new(name, "")).collect();
    PolicyPart {
        at: String::new(),
        access,
        permission_groups: given(permission_groups),
        scopes: given(scopes),
    }
}

fn is_permission(group: &PermissionGroup, name: &str) -> bool {
    *group.name == *name || group.id.to_string() == name
}

/// Whether these names call exactly these things, each at least once.
fn pairs<T>(names: &[Given<String>], things: &[T], called: impl Fn(&T, &str) -> bool) -> bool {
    names.iter().all(|name| things.iter().any(|thing| called(thing, &name.value)))
        && things.iter().all(|thing| names.iter().any(|name| called(thing, &name.value)))
}

/// The only one that is called so.
fn only<'i, I: Display + PartialEq>(
    name: &Given<String>,
    what: &str,
    mut found: Vec<&'i I>,
) -> Result<&'i I, Mistake> {
    found.dedup();
    let shown = text::safe_capped(&name.value);
    match found.as_slice() {
        [only] => Ok(only),
        [] => Err(Mistake::new(&*name.at, format!("no {what} is called {shown:?}"))),
        several => {
            let ids: Vec<String> = several.iter().take(4).map(ToString::to_string).collect();
            let number = several.len();
            let words = format!(
                "{number} {what}s are called {shown:?}: name the one by its id, such as {}",
                ids.join(", ")
            );
            Err(Mistake::new(&*name.at, words))
        }
    }
}
