//! The changes that are staged for one account, folded so that each thing is wanted once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::domain::{
    AccountId, Change, Collection, Directory, DraftId, Fault, GroupId, GroupRef, MemberId,
    StagedFor, Target,
};

use super::policies::{PolicySet, wanted};
use super::recheck::{Recheck, has_left};
use super::run::StepState;

/// What tells one staged change from another: there is at most one for each.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangeKey {
    /// The invitation of a person, by the e-mail in lower case.
    Invite(Arc<str>),
    /// The making of a group.
    Create(DraftId),
    /// A group's name.
    Rename(GroupId),
    /// A group's policies.
    Policies(GroupId),
    /// The policies that a member holds directly.
    DirectPolicies(MemberId),
    /// Whether a member is in a group.
    Membership(GroupRef, MemberId),
    /// All of a group's members at once.
    Members(GroupId),
    /// The deletion of a group.
    Delete(GroupId),
    /// The removal of a member from the account.
    RemoveMember(MemberId),
}

impl ChangeKey {
    /// The key of a change.
    pub fn of(change: &Change) -> Self {
        match change {
            Change::Invite { email, .. } => Self::Invite(email.to_lowercase().into()),
            Change::SetDirectPolicies { member, .. } => Self::DirectPolicies(member.clone()),
            Change::ReplaceMembers { group, .. } => Self::Members(group.clone()),
            Change::RemoveMember { member, .. } => Self::RemoveMember(member.clone()),
            Change::Create { group, .. } => Self::Create(*group),
            Change::Rename { group, .. } => Self::Rename(group.clone()),
            Change::SetPolicies { group, .. } => Self::Policies(group.clone()),
            Change::Add { group, member } => Self::Membership(group.clone(), member.clone()),
            Change::Remove { group, member } => {
                Self::Membership(group.clone().into(), member.clone())
            }
            Change::Delete { group, .. } => Self::Delete(group.clone()),
        }
    }

    /// What the change writes to.
    pub fn target(&self) -> Target {
        match self {
            Self::Invite(email) => Target::Invitation(email.clone()),
            Self::Create(draft) => GroupRef::Draft(*draft).into(),
            Self::Membership(group, _) => group.clone().into(),
            Self::Rename(group)
            | Self::Policies(group)
            | Self::Members(group)
            | Self::Delete(group) => group.clone().into(),
            Self::DirectPolicies(member) | Self::RemoveMember(member) => member.clone().into(),
        }
    }

    /// The member that the change is about, if it is about one.
    pub fn member(&self) -> Option<&MemberId> {
        match self {
            Self::Membership(_, member)
            | Self::DirectPolicies(member)
            | Self::RemoveMember(member) => Some(member),
            _ => None,
        }
    }
}

/// A staged change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What is wanted.
    pub change: Change,
    /// How the last run left it; `None` if none has tried.
    pub tried: Option<Tried>,
    /// For a deletion, and whatever else leaves nothing to do for its object: what was staged for it before. It comes
    /// back if this is taken out.
    pub set_aside: Vec<Change>,
}

/// How a run left a change that it did not carry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Where it stood at the end.
    pub state: StepState,
    /// Why it was not carried out.
    pub reason: Fault,
}

/// What staging a change came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Staged {
    /// It stands beside the others.
    Added,
    /// It takes back what was staged: these are gone, and nothing stands in their place.
    Folded(Vec<Change>),
    /// It stands in the place of these.
    Replaced(Vec<Change>),
    /// The same is staged already.
    Already,
    /// The account is so already: nothing to stage.
    AlreadySo,
    /// Its group is staged to be deleted: it would mean nothing.
    ToBeDeleted,
    /// Its member is staged to be removed from the account: it would mean nothing.
    ToBeRemoved,
    /// All members of its group are staged to be replaced at once: what is wanted of one is not clear.
    ToBeReplaced,
    /// Its group is neither there nor staged to be created.
    NoSuchDraft,
}

/// The changes that are staged for one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staging {
    account: AccountId,
    entries: BTreeMap<u64, Entry>,
    places: HashMap<ChangeKey, u64>,
    next_place: u64,
    next_draft: u32,
    takes_back: bool,
}

impl Staging {
    /// Nothing staged for an account.
    pub fn new(account: AccountId) -> Self {
        Self {
            account,
            entries: BTreeMap::new(),
            places: HashMap::new(),
            next_place: 0,
            next_draft: 0,
            takes_back: false,
        }
    }

    /// What was saved, as it was; [`Staging::recheck`] tells what has become of it since.
    pub fn restore(saved: StagedFor) -> Self {
        let mut staging = Self::new(saved.account);
        for change in saved.changes {
            if let Change::Create { group, .. } = &change {
                staging.next_draft = staging.next_draft.max(group.0.saturating_add(1));
            }
            staging.put(change);
        }
        staging
    }

    /// The same as what takes a run back.
    #[must_use]
    pub(super) fn taking_back(mut self) -> Self {
        self.takes_back = true;
        self
    }

    /// Whether it takes a run back.
    pub(super) fn takes_back(&self) -> bool {
        self.takes_back
    }

    /// What is to be saved.
    pub fn saved(&self) -> StagedFor {
        StagedFor { account: self.account.clone(), changes: self.changes().cloned().collect() }
    }

    /// The account that the changes belong to.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// How many changes are staged.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is staged.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is staged, in the order in which it was.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The staged changes, in the order in which they were staged.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.entries.values().map(|entry| &entry.change)
    }

    /// The staged change with this key.
    pub fn get(&self, key: &ChangeKey) -> Option<&Entry> {
        self.places.get(key).and_then(|place| self.entries.get(place))
    }

    /// Whether a member is staged to be in a group (`true`), out of it (`false`), or neither.
    pub fn wants(&self, group: &GroupRef, member: &MemberId) -> Option<bool> {
        let key = ChangeKey::Membership(group.clone(), member.clone());
        self.get(&key).map(|entry| matches!(entry.change, Change::Add { .. }))
    }

    /// Whether the group is staged to be deleted.
    pub fn deletes(&self, group: &GroupRef) -> bool {
        group.existing().is_some_and(|id| self.places.contains_key(&ChangeKey::Delete(id.clone())))
    }

    /// Whether the member is staged to be removed from the account.
    pub fn removes(&self, member: &MemberId) -> bool {
        self.places.contains_key(&ChangeKey::RemoveMember(member.clone()))
    }

    /// The name that a group is to have: the staged one, else the one it has.
    pub fn name_of(&self, group: &GroupRef, directory: &Directory) -> Option<Arc<str>> {
        let staged = match group {
            GroupRef::Draft(draft) => self.get(&ChangeKey::Create(*draft)),
            GroupRef::Existing(id) => self.get(&ChangeKey::Rename(id.clone())),
        };
        match (staged.map(|entry| &entry.change), group) {
            (Some(Change::Create { name, .. } | Change::Rename { to: name, .. }), _) => {
                Some(name.clone())
            }
            (_, GroupRef::Existing(id)) => directory.groups().get(id).map(|g| g.name.clone()),
            _ => None,
        }
    }

    /// A number for a group that is to be created; never given twice.
    pub fn new_draft(&mut self) -> DraftId {
        let draft = DraftId(self.next_draft);
        self.next_draft = self.next_draft.saturating_add(1);
        draft
    }

    /// Stages a change, folded with what is staged already. The directory tells what is so already; where it
    /// doesn't know, an opposite change takes the staged one back. Staging a draft's `Create` again gives it
    /// another name and other policies.
    pub fn stage(&mut self, change: Change, directory: &Directory) -> Staged {
        if let Some(nothing) = self.means_nothing(&change) {
            return nothing;
        }
        match change {
            Change::Delete { .. } => self.stage_delete(change, directory),
            Change::RemoveMember { .. } => self.stage_removal(change, directory),
            Change::ReplaceMembers { .. } => self.stage_replace(change, directory),
            Change::Add { .. } | Change::Remove { .. } => self.stage_membership(change, directory),
            Change::Rename { group, from, to } => self.stage_rename(group, from, to, directory),
            Change::SetPolicies { .. } => self.stage_policies(change, directory),
            Change::SetDirectPolicies { .. } => self.stage_direct_policies(change, directory),
            Change::Invite { .. } => {
                let so_already = self.check(&change, directory) == Recheck::AlreadySo;
                self.settle_at(change, so_already)
            }
            Change::Create { group: draft, .. } => {
                self.next_draft = self.next_draft.max(draft.0.saturating_add(1));
                self.settle_at(change, false)
            }
        }
    }

    /// What staging a change comes to that something staged leaves without a meaning.
    fn means_nothing(&self, change: &Change) -> Option<Staged> {
        let deleted = change.group().is_some_and(|group| self.deletes(&group));
        if deleted && !matches!(change, Change::Delete { .. }) {
            return Some(Staged::ToBeDeleted);
        }
        let removed = change.member().is_some_and(|member| self.removes(member));
        if removed && !matches!(change, Change::RemoveMember { .. }) {
            return Some(Staged::ToBeRemoved);
        }
        let (Change::Add { .. } | Change::Remove { .. }) = change else { return None };
        let group = change.target().existing_group().cloned()?;
        self.places.contains_key(&ChangeKey::Members(group)).then_some(Staged::ToBeReplaced)
    }

    /// Gives a group that is staged to be created another name.
    pub fn rename_draft(&mut self, draft: DraftId, to: Arc<str>) -> Staged {
        match self.get(&ChangeKey::Create(draft)).map(|entry| entry.change.clone()) {
            Some(Change::Create { group, policies, .. }) => {
                self.settle_at(Change::Create { group, name: to, policies }, false)
            }
            _ => Staged::NoSuchDraft,
        }
    }

    /// What goes along if the change with this key is taken out: the adds to a group that would not be made.
    pub fn leans_on(&self, key: &ChangeKey) -> Vec<&Change> {
        let ChangeKey::Create(draft) = key else { return Vec::new() };
        let group = GroupRef::Draft(*draft);
        let leans =
            |c: &&Change| matches!(c, Change::Add { .. }) && c.target().group() == Some(&group);
        self.changes().filter(leans).collect()
    }

    /// Takes a change out, with what leans on it; what a deletion had set aside comes back. What went is given back,
    /// the change itself first.
    pub fn unstage(&mut self, key: &ChangeKey) -> Vec<Change> {
        let leaning: Vec<ChangeKey> = self.leans_on(key).into_iter().map(ChangeKey::of).collect();
        let set_aside = self.get(key).map(|entry| entry.set_aside.clone()).unwrap_or_default();
        let gone = std::iter::once(key).chain(&leaning).filter_map(|key| self.take(key)).collect();
        for change in set_aside {
            self.put(change);
        }
        gone
    }

    /// Takes everything out but the changes with these keys.
    pub fn keep_only(&mut self, keep: impl Fn(&ChangeKey) -> bool) {
        let Self { places, entries, .. } = self;
        places.retain(|key, place| {
            let keeps = keep(key);
            if !keeps {
                entries.remove(place);
            }
            keeps
        });
    }

    /// Keeps beside a change how a run left it, if it is still staged as it was.
    pub fn keep_tried(&mut self, change: &Change, tried: Tried) {
        let Some(place) = self.places.get(&ChangeKey::of(change)) else { return };
        if let Some(entry) = self.entries.get_mut(place).filter(|e| e.change == *change) {
            entry.tried = Some(tried);
        }
    }

    /// Takes a change out that has been carried out, if it is still staged as it was; whether it was.
    pub fn carried_out(&mut self, change: &Change) -> bool {
        let key = ChangeKey::of(change);
        let as_it_was = self.get(&key).is_some_and(|entry| entry.change == *change);
        as_it_was && self.take(&key).is_some()
    }

    /// A staged group has been made as this says: what is still staged for it is meant for the group that is there
    /// now. A group that is staged otherwise by now is another one; whether it was the same.
    pub fn made(&mut self, create: &Change, group: &GroupId) -> bool {
        let Change::Create { group: draft, .. } = create else { return false };
        let draft = *draft;
        if !self.carried_out(create) {
            return false;
        }
        let adds: Vec<ChangeKey> =
            self.leans_on(&ChangeKey::Create(draft)).into_iter().map(ChangeKey::of).collect();
        for key in adds {
            let Some(place) = self.places.remove(&key) else { continue };
            let Some(entry) = self.entries.get_mut(&place) else { continue };
            if let Change::Add { group: of, .. } = &mut entry.change {
                *of = group.clone().into();
            }
            self.places.insert(ChangeKey::of(&entry.change), place);
        }
        true
    }

    fn stage_delete(&mut self, change: Change, directory: &Directory) -> Staged {
        let target = change.target();
        let known = target.existing_group().is_some_and(|id| directory.groups().get(id).is_some());
        if !known && directory.coverage(&Collection::Groups).is_whole() {
            return Staged::AlreadySo;
        }
        self.swallow(change, |other| other.target() == target)
    }

    fn stage_removal(&mut self, change: Change, directory: &Directory) -> Staged {
        if change.member().is_some_and(|member| has_left(member, directory)) {
            return Staged::AlreadySo;
        }
        let member = change.member().cloned();
        self.swallow(change, |other| other.member() == member.as_ref())
    }

    fn stage_replace(&mut self, change: Change, directory: &Directory) -> Staged {
        if self.check(&change, directory) == Recheck::AlreadySo {
            return self.settle_at(change, true);
        }
        let target = change.target();
        self.swallow(change, |other| {
            matches!(other, Change::Add { .. } | Change::Remove { .. }) && other.target() == target
        })
    }

    /// Puts a change in the place of all that it leaves without a meaning, which is set aside.
    fn swallow(&mut self, change: Change, swallows: impl Fn(&Change) -> bool) -> Staged {
        let key = ChangeKey::of(&change);
        if let Some(entry) = self.places.get(&key).and_then(|place| self.entries.get_mut(place)) {
            if entry.change == change {
                return Staged::Already;
            }
            // What it has set aside already stays with it.
            (entry.change, entry.tried) = (change, None);
            return Staged::Replaced(Vec::new());
        }
        let absorbed: Vec<ChangeKey> =
            self.changes().filter(|other| swallows(other)).map(ChangeKey::of).collect();
        let gone: Vec<Change> = absorbed.iter().filter_map(|key| self.take(key)).collect();
        self.put(change);
        if let Some(entry) = self.places.get(&key).and_then(|place| self.entries.get_mut(place)) {
            entry.set_aside.clone_from(&gone);
        }
        if gone.is_empty() { Staged::Added } else { Staged::Replaced(gone) }
    }

    fn stage_membership(&mut self, change: Change, directory: &Directory) -> Staged {
        let Some(group) = change.group() else { return Staged::Already };
        if let GroupRef::Draft(draft) = group
            && self.get(&ChangeKey::Create(draft)).is_none()
        {
            return Staged::NoSuchDraft;
        }
        let wants_in = matches!(change, Change::Add { .. });
        let is_in = change.member().and_then(|member| known_in(directory, &group, member));
        let so_already = match is_in {
            Some(is_in) => is_in == wants_in,
            // Where it isn't known who is in the group, the opposite of what is staged takes it back.
            None => self.get(&ChangeKey::of(&change)).is_some_and(|e| e.change != change),
        };
        self.settle_at(change, so_already)
    }

    fn stage_rename(
        &mut self,
        group: GroupId,
        from: Arc<str>,
        to: Arc<str>,
        directory: &Directory,
    ) -> Staged {
        let from = match self.get(&ChangeKey::Rename(group.clone())).map(|e| &e.change) {
            Some(Change::Rename { from: first, to: staged, .. }) if *staged == from => {
                first.clone()
            }
            _ => from,
        };
        let so_already =
            directory.groups().get(&group).map_or(from == to, |known| known.name == to);
        self.settle_at(Change::Rename { group, from, to }, so_already)
    }

    fn stage_policies(&mut self, change: Change, directory: &Directory) -> Staged {
        let Change::SetPolicies { group, from, to } = change else { return Staged::Already };
        let from = match self.get(&ChangeKey::Policies(group.clone())).map(|e| &e.change) {
            Some(Change::SetPolicies { from: first, to: staged, .. })
                if wanted(staged) == PolicySet::of(&from) =>
            {
                first.clone()
            }
            _ => from,
        };
        let so_already = match directory.groups().get(&group) {
            Some(known) => wanted(&to).matches(known.policies()),
            None => wanted(&to) == PolicySet::of(&from),
        };
        self.settle_at(Change::SetPolicies { group, from, to }, so_already)
    }

    fn stage_direct_policies(&mut self, change: Change, directory: &Directory) -> Staged {
        let Change::SetDirectPolicies { member, from, to } = change else { return Staged::Already };
        let staged = self.get(&ChangeKey::DirectPolicies(member.clone())).map(|e| &e.change);
        let from = match staged {
            Some(Change::SetDirectPolicies { from: first, to: staged, .. })
                if wanted(staged) == PolicySet::of(&from) =>
            {
                first.clone()
            }
            _ => from,
        };
        let held = directory.members().get(&member).and_then(|known| known.policies.as_deref());
        let so_already = match held {
            Some(held) => wanted(&to).matches(held),
            None => wanted(&to) == PolicySet::of(&from),
        };
        self.settle_at(Change::SetDirectPolicies { member, from, to }, so_already)
    }

    /// Puts a change in the place of the one with its key, or takes both out where the account is so already.
    fn settle_at(&mut self, change: Change, so_already: bool) -> Staged {
        let key = ChangeKey::of(&change);
        let staged = self.get(&key).map(|entry| entry.change.clone());
        match (staged, so_already) {
            (None, true) => Staged::AlreadySo,
            (Some(_), true) => Staged::Folded(self.take(&key).into_iter().collect()),
            (Some(before), false) if before == change => Staged::Already,
            (Some(before), false) => {
                self.put(change);
                Staged::Replaced(vec![before])
            }
            (None, false) => {
                self.put(change);
                Staged::Added
            }
        }
    }

    fn put(&mut self, change: Change) {
        let next = self.next_place;
        let place = *self.places.entry(ChangeKey::of(&change)).or_insert(next);
        self.next_place += u64::from(place == next);
        self.entries.insert(place, Entry { change, tried: None, set_aside: Vec::new() });
    }

    fn take(&mut self, key: &ChangeKey) -> Option<Change> {
        let place = self.places.remove(key)?;
        self.entries.remove(&place).map(|entry| entry.change)
    }
}

/// Whether the member is in the group; `None` where that isn't known.
pub(super) fn known_in(directory: &Directory, group: &GroupRef, member: &MemberId) -> Option<bool> {
    let Some(group) = group.existing() else { return Some(false) };
    let whole = directory.coverage(&Collection::GroupMembers(group.clone())).is_whole();
    let is_in = directory.is_in(group, member);
    (is_in || whole).then_some(is_in)
}

#[cfg(test)]
mod tests;
