//! What the ids of a plan are called.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::build::LeftOut;
use crate::access;
use crate::domain::{
    Change, Directory, DraftId, Group, GroupId, GroupRef, Member, MemberId, PermissionGroupId,
    Policy, PolicyDraft, PolicyEdit, ResourceGroup, ResourceGroupId, Scope, Target,
};

/// What the ids of a plan are called. Foreign text: make it safe before showing it.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Names {
    /// Members' e-mails.
    pub members: BTreeMap<MemberId, Arc<str>>,
    /// Groups that are there.
    pub groups: BTreeMap<GroupId, Arc<str>>,
    /// Groups that are to be made.
    pub drafts: BTreeMap<DraftId, Arc<str>>,
    /// Permission groups.
    pub permission_groups: BTreeMap<PermissionGroupId, Arc<str>>,
    /// Resource groups.
    pub resource_groups: BTreeMap<ResourceGroupId, Arc<str>>,
    /// Scopes that have no id of their own.
    pub scopes: Vec<(Vec<Scope>, Arc<str>)>,
}

impl Names {
    /// A group's name; its id where it has none here.
    pub fn group(&self, group: &GroupRef) -> Arc<str> {
        let known = match group {
            GroupRef::Existing(id) => self.groups.get(id).filter(|name| !name.is_empty()).cloned(),
            GroupRef::Draft(draft) => self.drafts.get(draft).cloned(),
        };
        known.unwrap_or_else(|| match group {
            GroupRef::Existing(id) => id.to_string().into(),
            GroupRef::Draft(draft) => format!("new group {}", draft.0).into(),
        })
    }

    /// A member's e-mail; the id where there is none here.
    pub fn member(&self, member: &MemberId) -> Arc<str> {
        let known = self.members.get(member).filter(|email| !email.is_empty()).cloned();
        known.unwrap_or_else(|| member.to_string().into())
    }

    /// What a call writes to: a group by its name, a person by the e-mail.
    pub fn target(&self, target: &Target) -> Arc<str> {
        match target {
            Target::Group(group) => self.group(group),
            Target::Member(member) => self.member(member),
            Target::Invitation(email) => email.clone(),
        }
    }

    /// Takes over the names of an earlier plan for what has none here.
    pub(super) fn fill(&mut self, earlier: &Self) {
        fn fill<K: Clone + Ord>(
            names: &mut BTreeMap<K, Arc<str>>,
            earlier: &BTreeMap<K, Arc<str>>,
        ) {
            for (id, name) in earlier {
                let known = names.entry(id.clone()).or_default();
                if known.is_empty() {
                    known.clone_from(name);
                }
            }
        }
        fill(&mut self.members, &earlier.members);
        fill(&mut self.groups, &earlier.groups);
        fill(&mut self.permission_groups, &earlier.permission_groups);
        fill(&mut self.resource_groups, &earlier.resource_groups);
        for (scopes, words) in &earlier.scopes {
            match self.scopes.iter_mut().find(|(known, _)| known == scopes) {
                // Where the names of zones are not read, their keys stand for them.
                Some((_, known)) if known.starts_with("com.") => known.clone_from(words),
                Some(_) => {}
                None => self.scopes.push((scopes.clone(), words.clone())),
            }
        }
    }

    pub(super) fn of(changes: &[Change], left_out: &[LeftOut], directory: &Directory) -> Self {
        let mut names = Self::default();
        for change in changes.iter().chain(left_out.iter().map(|left| &left.change)) {
            names.learn(change, directory);
        }
        names
    }

    /// Learns the names that a change speaks of.
    pub fn learn(&mut self, change: &Change, directory: &Directory) {
        if let Some(member) = change.member() {
            self.learn_member(member, directory);
        }
        if let Some(group) = change.target().existing_group() {
            let there = directory.groups().get(group).map(|known| known.name.clone());
            let told = match change {
                Change::Rename { from: name, .. } | Change::Delete { name, .. } => Some(name),
                _ => None,
            };
            if let Some(name) = there.or_else(|| told.cloned()) {
                self.groups.insert(group.clone(), name);
            }
        }
        match change {
            Change::Create { group, name, policies } => {
                self.drafts.insert(*group, name.clone());
                self.learn_drafts(policies, directory);
            }
            Change::Invite { policies, .. } => self.learn_drafts(policies, directory),
            Change::SetPolicies { group, to, .. } => {
                self.learn_edits(to, directory);
                let group = directory.groups().get(group);
                self.learn_policies(group.map(Group::policies).unwrap_or_default(), directory);
            }
            Change::SetDirectPolicies { member, to, .. } => {
                self.learn_edits(to, directory);
                let member = directory.members().get(member);
                let held = member.map(Member::direct_policies).unwrap_or_default();
                self.learn_policies(held, directory);
            }
            Change::ReplaceMembers { from, to, .. } => {
                for member in from.iter().chain(to) {
                    self.learn_member(member, directory);
                }
            }
            Change::RemoveMember { member, email, .. } => {
                let known = self.members.entry(member.clone()).or_default();
                if known.is_empty() {
                    *known = email.clone();
                }
            }
            Change::Delete { group, .. } => {
                let group = directory.groups().get(group);
                self.learn_policies(group.map(Group::policies).unwrap_or_default(), directory);
            }
            Change::Rename { .. } | Change::Add { .. } | Change::Remove { .. } => {}
        }
    }

    fn learn_member(&mut self, member: &MemberId, directory: &Directory) {
        let email = directory.members().get(member).map(|m| Arc::from(&*m.email));
        self.members.insert(member.clone(), email.unwrap_or_default());
    }

    fn learn_edits(&mut self, edits: &[PolicyEdit], directory: &Directory) {
        for edit in edits {
            if let PolicyEdit::Write(draft) = edit {
                self.learn_draft(draft, directory);
            }
        }
    }

    fn learn_drafts(&mut self, drafts: &[PolicyDraft], directory: &Directory) {
        for draft in drafts {
            self.learn_draft(draft, directory);
        }
    }

    fn learn_draft(&mut self, draft: &PolicyDraft, directory: &Directory) {
        for id in &draft.permission_groups {
            if let Some(known) = directory.permission_groups().get(id) {
                self.permission_groups.insert(id.clone(), known.name.clone());
            }
        }
        for id in &draft.resource_groups {
            if let Some(known) = directory.resource_groups().get(id) {
                self.resource_groups.insert(id.clone(), scope_name(known, directory));
            }
        }
        for scopes in &draft.scopes {
            self.learn_scopes(scopes, directory);
        }
    }

    fn learn_scopes(&mut self, scopes: &[Scope], directory: &Directory) {
        if !self.scopes.iter().any(|(known, _)| known == scopes) {
            let group = ResourceGroup { id: None, name: "".into(), scopes: scopes.to_vec() };
            self.scopes.push((scopes.to_vec(), scope_name(&group, directory)));
        }
    }

    /// Policies that are there bring their names along.
    fn learn_policies(&mut self, policies: &[Arc<Policy>], directory: &Directory) {
        for policy in policies {
            for known in policy.permission_groups.iter().filter(|known| !known.name.is_empty()) {
                self.permission_groups.insert(known.id.clone(), known.name.clone());
            }
            for known in &policy.resource_groups {
                let words = scope_name(known, directory);
                match &known.id {
                    Some(id) => drop(self.resource_groups.insert(id.clone(), words)),
                    None => self.learn_scopes(&known.scopes, directory),
                }
            }
        }
    }
}

/// A resource group as it is called everywhere, but that a plan spells the whole account out.
fn scope_name(group: &ResourceGroup, directory: &Directory) -> Arc<str> {
    if access::is_account_wide(directory, group) {
        return "the whole account".into();
    }
    access::scope_words(directory, group).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_plan_tells_the_names_of_zones_that_are_not_read_now() {
        let scopes = |n: u8| {
            let zone = format!("com.cloudflare.api.account.zone.{n}").into();
            vec![Scope { key: "com.cloudflare.api.account.1".into(), objects: vec![zone] }]
        };
        let named = |all: &[(u8, &str)]| Names {
            scopes: all.iter().map(|(n, name)| (scopes(*n), Arc::from(*name))).collect(),
            ..Names::default()
        };
        let mut names = named(&[(1, "com.cloudflare.api.account.zone.1"), (2, "now.example")]);
        names.fill(&named(&[(1, "one.example"), (2, "then.example"), (3, "three.example")]));
        let expected = named(&[(1, "one.example"), (2, "now.example"), (3, "three.example")]);
        assert_eq!(names, expected);
    }
}
