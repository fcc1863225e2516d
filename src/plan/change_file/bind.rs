//! A change file bound to the account as it is: names become ids, and what none or several are called is told.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::policies::Catalogue;
use super::{ChangeFile, GroupPart, MemberPart, PolicyPart};
use crate::config::{Given, Mistake};
use crate::domain::{
    Change, Directory, DraftId, GroupRef, MemberId, MemberStatus, Policy, PolicyDraft, PolicyEdit,
};
use crate::plan::policies::wanted;
use crate::plan::{Known, NotSet, SetMembers, Staging, replace_members};
use crate::text;

impl ChangeFile {
    /// The changes that it comes to on the account as it is known, beside what is staged: they are to be staged in
    /// this order. What is so already is left out where that is known.
    ///
    /// # Errors
    /// Everything that can't be bound, in the file's order.
    pub fn bind(
        &self,
        staging: &mut Staging,
        directory: &Directory,
    ) -> Result<Vec<Change>, Vec<Mistake>> {
        if let Some(other) =
            self.account.as_ref().filter(|id| id.value != directory.account.id.to_string())
        {
            let words =
                "the file is for another account: take the line out if it is meant for this one";
            return Err(vec![Mistake::new(&*other.at, words)]);
        }
        let known = Known::of(directory);
        let mut binding = Binding {
            directory,
            known,
            staging,
            changes: Vec::new(),
            mistakes: Vec::new(),
            named: Vec::new(),
        };
        for part in &self.groups {
            binding.group(part);
        }
        binding.named_alike();
        for part in &self.members {
            if let Err(mistakes) = binding.person(part) {
                binding.mistakes.extend(mistakes);
            }
        }
        let Binding { changes, mut mistakes, .. } = binding;
        if mistakes.is_empty() {
            return Ok(changes);
        }
        mistakes.sort_by_key(Mistake::line);
        Err(mistakes)
    }
}

struct Binding<'b> {
    directory: &'b Directory,
    known: Known<'b>,
    staging: &'b mut Staging,
    changes: Vec<Change>,
    mistakes: Vec<Mistake>,
    /// The groups that get a name, each with the name.
    named: Vec<(GroupRef, &'b Given<String>)>,
}

impl<'b> Binding<'b> {
    fn group(&mut self, part: &'b GroupPart) {
        let target = if part.create { self.create(part) } else { self.there(part) };
        // Who can't be found is told also where the group can't.
        let target = target.map_err(|mistakes| self.mistakes.extend(mistakes)).ok();
        self.people(part, target.as_ref());
    }

    /// A group that is to be made: a new one, the one that is staged with this name already, or the one that is there
    /// just so.
    fn create(&mut self, part: &'b GroupPart) -> Result<GroupRef, Vec<Mistake>> {
        let name = &part.group;
        nameable(name)?;
        let policies = part.policies.as_deref().unwrap_or_default();
        if let [there] = self.known.groups_called(&name.value) {
            let edits = self.edits(there.policies(), policies)?;
            if there.policies.is_some() && wanted(&edits).matches(there.policies()) {
                return Ok(GroupRef::Existing(there.id.clone()));
            }
            return Err(vec![taken(name)]);
        }
        let draft = self.staged(&name.value).unwrap_or_else(|| self.staging.new_draft());
        self.named.push((GroupRef::Draft(draft), name));
        let policies = self.drafts(policies)?;
        let name = name.value.as_str().into();
        self.changes.push(Change::Create { group: draft, name, policies });
        Ok(GroupRef::Draft(draft))
    }

    /// A group that is there, or that is staged to be made and gets members.
    fn there(&mut self, part: &'b GroupPart) -> Result<GroupRef, Vec<Mistake>> {
        let group = match self.known.group(&part.group) {
            Ok(group) => group,
            Err(mistake) => {
                let adds_alone = !part.delete && part.rename.is_none() && part.policies.is_none();
                let staged = self.staged(&part.group.value).filter(|_| adds_alone);
                return staged.map(GroupRef::Draft).ok_or_else(|| vec![mistake]);
            }
        };
        let (id, name) = (group.id.clone(), group.name.clone());
        if part.delete {
            self.changes.push(Change::Delete { group: id.clone(), name: name.clone() });
        }
        let mut mistakes = Vec::new();
        if let Some(policies) = &part.policies {
            match self.edits(group.policies(), policies) {
                Ok(to) if group.policies.is_some() => {
                    let from = group.policies().iter().map(|policy| policy.content()).collect();
                    self.changes.push(Change::SetPolicies { group: id.clone(), from, to });
                }
                Ok(_) => mistakes.push(Mistake::new(
                    &*part.group.at,
                    "the group's policies could not be read: they can't be set",
                )),
                Err(told) => mistakes.extend(told),
            }
        }
        if let Some(to) = &part.rename {
            mistakes.extend(nameable(to).err().into_iter().flatten());
            if *to.value != *name && !self.known.groups_called(&to.value).is_empty() {
                mistakes.push(taken(to));
            } else {
                self.named.push((GroupRef::Existing(id.clone()), to));
            }
            let to = to.value.as_str().into();
            self.changes.push(Change::Rename { group: id.clone(), from: name, to });
        }
        if mistakes.is_empty() { Ok(GroupRef::Existing(id)) } else { Err(mistakes) }
    }

    /// Tells of groups that are to have one name, at each of them.
    fn named_alike(&mut self) {
        for (group, name) in &self.named {
            let alike = |(other, to): &&(GroupRef, &Given<String>)| {
                other != group && to.value == name.value
            };
            let Some((_, other)) = self.named.iter().find(alike) else { continue };
            let shown = text::safe_capped(&name.value);
            let line = Mistake::new(&*other.at, "").line();
            let words = format!("another group is to be called {shown:?} too, as line {line} says");
            self.mistakes.push(Mistake::new(&*name.at, words));
        }
    }

    /// The group with this name that is staged to be made.
    fn staged(&self, wanted: &str) -> Option<DraftId> {
        self.staging.changes().chain(&self.changes).find_map(|change| match change {
            Change::Create { group, name, .. } if **name == *wanted => Some(*group),
            _ => None,
        })
    }

    fn edits(
        &self,
        there: &[Arc<Policy>],
        policies: &[PolicyPart],
    ) -> Result<Vec<PolicyEdit>, Vec<Mistake>> {
        let catalogue = Catalogue::beside(self.directory, there);
        all(policies, |part| catalogue.edit(part))
    }

    fn drafts(&self, policies: &[PolicyPart]) -> Result<Vec<PolicyDraft>, Vec<Mistake>> {
        let catalogue = Catalogue::beside(self.directory, &[]);
        all(policies, |part| catalogue.draft(part))
    }

    /// A person to be invited, removed from the account, or given other policies.
    fn person(&mut self, part: &MemberPart) -> Result<(), Vec<Mistake>> {
        let policies = part.policies.as_deref().unwrap_or_default();
        if part.invite {
            if !text::is_email(&part.member.value) {
                let shown = text::safe_capped(&part.member.value);
                let words = format!("{shown:?} is not an e-mail, such as ana@example.com");
                return Err(vec![Mistake::new(&*part.member.at, words)]);
            }
            if !self.known.members_called(&part.member.value).is_empty() {
                let words = "a person with this e-mail is in the account already, or invited to it";
                return Err(vec![Mistake::new(&*part.member.at, words)]);
            }
            let policies = self.drafts(policies)?;
            let email = part.member.value.as_str().into();
            self.changes.push(Change::Invite { email, policies });
            return Ok(());
        }
        let id = self.known.member(&part.member).map_err(|mistake| vec![mistake])?;
        let Some(member) = self.directory.members().get(id) else { return Ok(()) };
        let id = id.clone();
        if part.remove {
            let joins =
                |change: &Change| matches!(change, Change::Add { member, .. } if *member == id);
            if self.changes.iter().any(joins) {
                let words =
                    "this person is to be removed from the account and added to a group at once";
                return Err(vec![Mistake::new(&*part.member.at, words)]);
            }
            let (email, pending) =
                (Arc::from(&*member.email), member.status == MemberStatus::Pending);
            self.changes.push(Change::RemoveMember { member: id, email, pending });
        } else if part.policies.is_some() {
            let to = self.edits(member.direct_policies(), policies)?;
            let from = member.direct_policies().iter().map(|policy| policy.content()).collect();
            self.changes.push(Change::SetDirectPolicies { member: id, from, to });
        }
        Ok(())
    }

    /// Who joins and who leaves.
    fn people(&mut self, part: &GroupPart, group: Option<&GroupRef>) {
        let add = self.members(&part.add);
        let remove = self.members(&part.remove);
        let exactly = part.members.as_ref().map(|members| self.members(members));
        let twice = part.remove.iter().filter(|out| {
            part.add.iter().any(|into| into.value.to_lowercase() == out.value.to_lowercase())
        });
        let twice = twice.map(|who| {
            let shown = text::safe_capped(&who.value);
            Mistake::new(&*who.at, format!("{shown} is to be added and removed at once"))
        });
        self.mistakes.extend(twice);
        let Some(group) = group else { return };
        if let Some(wanted) = exactly {
            match self.exactly(part, group, &wanted.into_iter().collect::<Vec<_>>()) {
                Ok(changes) => self.changes.extend(changes),
                Err(why) => self.mistakes.push(Mistake::new(&*part.group.at, why.words())),
            }
            return;
        }
        let adds = add.into_iter().map(|member| Change::Add { group: group.clone(), member });
        self.changes.extend(adds);
        if let GroupRef::Existing(group) = group {
            let removals = remove.into_iter();
            let removals = removals.map(|member| Change::Remove { group: group.clone(), member });
            self.changes.extend(removals);
        } else if let Some(who) = part.remove.first() {
            let words = "the group is yet to be created: there is nobody to be removed";
            self.mistakes.push(Mistake::new(&*who.at, words));
        }
    }

    fn members(&mut self, people: &[Given<String>]) -> BTreeSet<MemberId> {
        let mut found = BTreeSet::new();
        for who in people {
            match self.known.member(who) {
                Ok(member) => drop(found.insert(member.clone())),
                Err(mistake) => self.mistakes.push(mistake),
            }
        }
        found
    }

    /// What makes a group exactly these members.
    fn exactly(
        &self,
        part: &GroupPart,
        group: &GroupRef,
        wanted: &[MemberId],
    ) -> Result<Vec<Change>, NotSet> {
        match group.existing() {
            Some(id) if part.replace => {
                replace_members(self.directory, id, wanted).map(|change| vec![change])
            }
            _ => SetMembers::of(self.directory, group, wanted).map(SetMembers::into_changes),
        }
    }
}

/// A name that a group can be given so that it is seen for what it is.
fn nameable(name: &Given<String>) -> Result<(), Vec<Mistake>> {
    let words = if name.value.trim().is_empty() {
        "a group needs a name"
    } else if name.value.trim() != name.value || text::safe(&name.value) != name.value {
        "a group's name can't begin or end with a blank, or hold what can't be seen"
    } else {
        return Ok(());
    };
    Err(vec![Mistake::new(&*name.at, words)])
}

fn taken(name: &Given<String>) -> Mistake {
    let shown = text::safe_capped(&name.value);
    Mistake::new(&*name.at, format!("there is a group called {shown:?} already"))
}

fn all<T>(
    parts: &[PolicyPart],
    each: impl Fn(&PolicyPart) -> Result<T, Vec<Mistake>>,
) -> Result<Vec<T>, Vec<Mistake>> {
    let (mut done, mut mistakes) = (Vec::new(), Vec::new());
    for part in parts {
        match each(part) {
            Ok(one) => done.push(one),
            Err(told) => mistakes.extend(told),
        }
    }
    if mistakes.is_empty() { Ok(done) } else { Err(mistakes) }
}
