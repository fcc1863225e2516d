//! What is staged, as a change file.

use super::policies::Catalogue;
use super::{ChangeFile, GroupPart};
use crate::config::Given;
use crate::domain::{Change, Directory, Group, GroupRef, MemberId, PolicyEdit};
use crate::plan::{Known, Staging};

impl ChangeFile {
    /// What is staged, by names; by ids where a name says too little. Groups come in the order in which they were
    /// first touched.
    pub fn of(staging: &Staging, directory: &Directory) -> Self {
        let account = Given::new(staging.account().to_string(), "");
        let mut file = Self { account: Some(account), groups: Vec::new() };
        let naming = Naming { staging, directory, known: Known::of(directory) };
        for change in staging.changes() {
            let name = naming.group(&change.group());
            let place = file.groups.iter().position(|part| part.group.value == name);
            let place = place.unwrap_or_else(|| {
                file.groups.push(GroupPart::of(Given::new(name, "")));
                file.groups.len() - 1
            });
            if let Some(part) = file.groups.get_mut(place) {
                naming.put(change, part);
            }
        }
        file
    }
}

struct Naming<'n> {
    staging: &'n Staging,
    directory: &'n Directory,
    known: Known<'n>,
}

impl Naming<'_> {
    fn put(&self, change: &Change, part: &mut GroupPart) {
        match change {
            Change::Create { policies, .. } => {
                part.create = true;
                let catalogue = Catalogue::beside(self.directory, &[]);
                let policies = policies.iter().map(|draft| catalogue.of_draft(draft)).collect();
                part.policies = Some(policies).filter(|policies: &Vec<_>| !policies.is_empty());
            }
            Change::Rename { to, .. } => part.rename = Some(Given::new(to.to_string(), "")),
            Change::SetPolicies { group, from: _, to } => {
                let there = self.directory.groups().get(group).map(Group::policies);
                let catalogue = Catalogue::beside(self.directory, there.unwrap_or_default());
                let policies = to.iter().filter_map(|edit| match edit {
                    PolicyEdit::Keep(content) => catalogue.of_content(content),
                    PolicyEdit::Write(draft) => Some(catalogue.of_draft(draft)),
                });
                part.policies = Some(policies.collect());
            }
            Change::Add { member, .. } => part.add.push(self.member(member)),
            Change::Remove { member, .. } => part.remove.push(self.member(member)),
            Change::Delete { .. } => part.delete = true,
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
