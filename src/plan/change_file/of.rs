//! What is staged, as a change file.

use std::sync::Arc;

use super::policies::Catalogue;
use super::{ChangeFile, GroupPart, MemberPart, PolicyPart};
use crate::config::Given;
use crate::domain::{
    Change, Directory, Group, GroupRef, Member, MemberId, Policy, PolicyDraft, PolicyEdit, Target,
};
use crate::plan::{Known, Staging};

impl ChangeFile {
    /// What is staged, by names; by ids where a name says too little. Groups come in the order in which they were
    /// first touched.
    pub fn of(staging: &Staging, directory: &Directory) -> Self {
        let account = Given::new(staging.account().to_string(), "");
        let mut file = Self { account: Some(account), ..Self::default() };
        let naming = Naming { staging, directory, known: Known::of(directory) };
        for change in staging.changes() {
            match change.target() {
                Target::Group(group) => {
                    let name = Given::new(naming.group(&group), "");
                    let is = |part: &GroupPart| part.group == name;
                    naming.put(change, at(&mut file.groups, is, || GroupPart::of(name.clone())));
                }
                Target::Member(_) | Target::Invitation(_) => {
                    let name = naming.person(change);
                    let is = |part: &MemberPart| part.member == name;
                    let new = || MemberPart::of(name.clone());
                    naming.put_person(change, at(&mut file.members, is, new));
                }
            }
        }
        file
    }
}

/// The part that is meant, made where there is none.
fn at<P>(parts: &mut Vec<P>, is: impl Fn(&P) -> bool, new: impl Fn() -> P) -> Option<&mut P> {
    if !parts.iter().any(&is) {
        parts.push(new());
    }
    parts.iter_mut().find(|part| is(part))
}

struct Naming<'n> {
    staging: &'n Staging,
    directory: &'n Directory,
    known: Known<'n>,
}

impl Naming<'_> {
    fn put(&self, change: &Change, part: Option<&mut GroupPart>) {
        let Some(part) = part else { return };
        match change {
            Change::Create { policies, .. } => {
                part.create = true;
                part.policies = self.drafts(policies);
            }
            Change::Rename { to, .. } => part.rename = Some(Given::new(to.to_string(), "")),
            Change::SetPolicies { group, from: _, to } => {
                let there = self.directory.groups().get(group).map(Group::policies);
                part.policies = Some(self.edits(to, there.unwrap_or_default()));
            }
            Change::ReplaceMembers { to, .. } => {
                part.members = Some(to.iter().map(|member| self.member(member)).collect());
            }
            Change::Add { member, .. } => part.add.push(self.member(member)),
            Change::Remove { member, .. } => part.remove.push(self.member(member)),
            Change::Delete { .. } => part.delete = true,
            Change::Invite { .. }
            | Change::SetDirectPolicies { .. }
            | Change::RemoveMember { .. } => {}
        }
    }

    fn put_person(&self, change: &Change, part: Option<&mut MemberPart>) {
        let Some(part) = part else { return };
        match change {
            Change::Invite { policies, .. } => {
                part.invite = true;
                part.policies = self.drafts(policies);
            }
            Change::SetDirectPolicies { member, from: _, to } => {
                let there = self.directory.members().get(member).map(Member::direct_policies);
                part.policies = Some(self.edits(to, there.unwrap_or_default()));
            }
            Change::RemoveMember { .. } => part.remove = true,
            _ => {}
        }
    }

    fn drafts(&self, drafts: &[PolicyDraft]) -> Option<Vec<PolicyPart>> {
        let catalogue = Catalogue::beside(self.directory, &[]);
        let policies = drafts.iter().map(|draft| catalogue.of_draft(draft));
        (!drafts.is_empty()).then(|| policies.collect())
    }

    fn edits(&self, edits: &[PolicyEdit], there: &[Arc<Policy>]) -> Vec<PolicyPart> {
        let catalogue = Catalogue::beside(self.directory, there);
        let policies = edits.iter().filter_map(|edit| match edit {
            PolicyEdit::Keep(content) => catalogue.of_content(content),
            PolicyEdit::Write(draft) => Some(catalogue.of_draft(draft)),
        });
        policies.collect()
    }

    /// Whom a change is about that is not about a group.
    fn person(&self, change: &Change) -> Given<String> {
        match change {
            Change::Invite { email, .. } => Given::new(email.to_string(), ""),
            other => {
                other.member().map_or_else(|| Given::new(String::new(), ""), |it| self.member(it))
            }
        }
    }

    fn group(&self, group: &GroupRef) -> String {
        let id = match group {
            GroupRef::Draft(_) => {
                let name = self.staging.name_of(group, self.directory);
                return name.unwrap_or_default().to_string();
            }
            GroupRef::Existing(id) => id,
        };
        let name = self.directory.groups().get(id).map(|known| &*known.name);
        let alone = name.filter(|name| self.known.groups_called(name).len() == 1);
        alone.map_or_else(|| id.to_string(), ToOwned::to_owned)
    }

    fn member(&self, member: &MemberId) -> Given<String> {
        let email = self.directory.members().get(member).map(|known| &*known.email);
        let alone = email.filter(|email| self.known.members_called(email).len() == 1);
        Given::new(alone.map_or_else(|| member.to_string(), ToOwned::to_owned), "")
    }
}
