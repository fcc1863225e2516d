//! What has become of staged changes since they were staged.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::{
    Change, Collection, Directory, GroupId, GroupRef, Member, MemberId, PolicyContent, PolicyDraft,
    PolicyEdit,
};

use super::policies::{PolicySet, all_drafted, wanted};
use super::set_members::{NotSet, REPLACED_AT_MOST};
use super::staging::{ChangeKey, Staging, known_in};
use super::undo::NotUndone;

/// How a staged change stands to the account as it is known now. Absence counts only where the list was read
/// to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recheck {
    /// It can be carried out.
    Fine,
    /// The account is so already.
    AlreadySo,
    /// The group is gone.
    GroupGone,
    /// The group is to be made by the same plan, and is not.
    GroupNotMade,
    /// The member has left the account.
    MemberGone,
    /// Someone gave the group this name since.
    Renamed(Arc<str>),
    /// Someone changed the policies since.
    PoliciesChanged,
    /// Someone changed the group's members since.
    MembersChanged,
    /// The group has, or is to have, more members than are replaced by one call.
    TooMany,
    /// Another group has the name, here or among what is staged.
    NameTaken,
    /// A person with this e-mail is in the account already, or invited to it.
    MemberThere,
    /// The invitation that was to be taken back has been accepted since.
    Accepted,
    /// The member would hold nothing directly, and no group would give access.
    NoAccess,
    /// The member would hold nothing directly, and whether a group gives access has not been read.
    AccessNotKnown,
    /// It would take back what an earlier run has done, and is not done, or can't be.
    NotUndone(NotUndone),
}

impl Recheck {
    /// In words; none where it can be carried out. Names in them are foreign text.
    pub fn words(&self) -> String {
        match self {
            Self::Fine => String::new(),
            Self::AlreadySo => "so already".to_owned(),
            Self::GroupGone => "the group is gone".to_owned(),
            Self::GroupNotMade => "its group is not made".to_owned(),
            Self::MemberGone => "the member has left the account".to_owned(),
            Self::Renamed(now) => format!("the group is called {now} now"),
            Self::PoliciesChanged => "someone changed the policies since".to_owned(),
            Self::MembersChanged => "someone changed the members since".to_owned(),
            Self::TooMany => NotSet::TooMany.words(),
            Self::NameTaken => "another group has the name".to_owned(),
            Self::MemberThere => "the address is in the account already".to_owned(),
            Self::Accepted => "the invitation has been accepted".to_owned(),
            Self::NoAccess => {
                "no group would give them access: keep a policy, or remove the member".to_owned()
            }
            Self::AccessNotKnown => {
                "whether a group gives them access has not been read".to_owned()
            }
            Self::NotUndone(why) => why.words(),
        }
    }

    /// The same where there is little room: without what is to be done about it.
    pub fn in_short(&self) -> String {
        match self {
            Self::NoAccess => "no group would give them access".to_owned(),
            other => other.words(),
        }
    }
}

impl Staging {
    /// How every staged change stands to the account, in the order of [`Staging::entries`].
    pub fn recheck(&self, directory: &Directory) -> Vec<Recheck> {
        self.changes().map(|change| self.check(change, directory)).collect()
    }

    /// Whether another group has this name, or is staged to have it. A name that a staged rename or deletion
    /// is to free still counts: creations come first, and deletions last.
    pub fn name_taken(
        &self,
        name: &str,
        by_other_than: Option<&GroupRef>,
        directory: &Directory,
    ) -> bool {
        let mine = by_other_than.and_then(GroupRef::existing);
        // Staged creations may stand in the directory too; they are counted below.
        let there = directory.groups().values().any(|group| {
            &*group.name == name && mine != Some(&group.id) && group.id.as_draft().is_none()
        });
        there
            || self.changes().any(|change| match change {
                Change::Create { name: other, .. } | Change::Rename { to: other, .. } => {
                    &**other == name && change.group().as_ref() != by_other_than
                }
                _ => false,
            })
    }

    /// How one staged change stands to the account.
    pub fn check(&self, change: &Change, directory: &Directory) -> Recheck {
        match change {
            Change::Create { group, name, .. } => {
                let taken = self.name_taken(name, Some(&GroupRef::Draft(*group)), directory);
                if taken { Recheck::NameTaken } else { Recheck::Fine }
            }
            Change::Add { group: GroupRef::Draft(draft), .. }
                if self.get(&ChangeKey::Create(*draft)).is_none() =>
            {
                Recheck::GroupNotMade
            }
            Change::Add { group, member } => check_add(group, member, directory),
            Change::Remove { group, member } => {
                let group = GroupRef::Existing(group.clone());
                match known_in(directory, &group, member) {
                    Some(false) => Recheck::AlreadySo,
                    _ if is_gone(&group, directory) => Recheck::GroupGone,
                    _ => Recheck::Fine,
                }
            }
            Change::Rename { group, from, to } => self.check_rename(group, from, to, directory),
            Change::Invite { email, policies } => check_invite(email, policies, directory),
            Change::SetDirectPolicies { member, from, to } => {
                match check_direct(member, from, to, directory) {
                    Recheck::Fine if to.is_empty() => self.check_bare(member, directory),
                    other => other,
                }
            }
            Change::ReplaceMembers { group, from, to } => check_replace(group, from, to, directory),
            Change::RemoveMember { member, pending, .. } => match directory.members().get(member) {
                _ if has_left(member, directory) => Recheck::AlreadySo,
                Some(known) if *pending && known.status.is_full() => Recheck::Accepted,
                _ => Recheck::Fine,
            },
            Change::SetPolicies { group, from, to } => match directory.groups().get(group) {
                None => gone_or_fine(group, directory),
                Some(known) if wanted(to).matches(known.policies()) => Recheck::AlreadySo,
                Some(known) if PolicySet::of(from).matches(known.policies()) => Recheck::Fine,
                Some(_) => Recheck::PoliciesChanged,
            },
            Change::Delete { group, name } => match directory.groups().get(group) {
                None if is_gone(&group.clone().into(), directory) => Recheck::AlreadySo,
                Some(known) if known.name != *name => Recheck::Renamed(known.name.clone()),
                _ => Recheck::Fine,
            },
        }
    }

    fn check_rename(
        &self,
        group: &GroupId,
        from: &Arc<str>,
        to: &Arc<str>,
        directory: &Directory,
    ) -> Recheck {
        match directory.groups().get(group) {
            None => gone_or_fine(group, directory),
            Some(known) if known.name == *to => Recheck::AlreadySo,
            Some(known) if known.name != *from => Recheck::Renamed(known.name.clone()),
            Some(_) if self.name_taken(to, Some(&group.clone().into()), directory) => {
                Recheck::NameTaken
            }
            Some(_) => Recheck::Fine,
        }
    }
}

fn check_add(group: &GroupRef, member: &MemberId, directory: &Directory) -> Recheck {
    if is_gone(group, directory) {
        return Recheck::GroupGone;
    }
    if known_in(directory, group, member) == Some(true) {
        return Recheck::AlreadySo;
    }
    if has_left(member, directory) { Recheck::MemberGone } else { Recheck::Fine }
}

fn check_invite(email: &str, policies: &[PolicyDraft], directory: &Directory) -> Recheck {
    let Some(there) = member_with(email, directory) else { return Recheck::Fine };
    if all_drafted(policies).matches(there.direct_policies()) {
        Recheck::AlreadySo
    } else {
        Recheck::MemberThere
    }
}

fn check_direct(
    member: &MemberId,
    from: &[PolicyContent],
    to: &[PolicyEdit],
    directory: &Directory,
) -> Recheck {
    let known = directory.members().get(member);
    match known.and_then(|known| known.policies.as_deref()) {
        _ if has_left(member, directory) => Recheck::MemberGone,
        None => Recheck::Fine,
        Some(held) if wanted(to).matches(held) => Recheck::AlreadySo,
        Some(held) if PolicySet::of(from).matches(held) => Recheck::Fine,
        Some(_) => Recheck::PoliciesChanged,
    }
}

fn check_replace(
    group: &GroupId,
    from: &[MemberId],
    to: &[MemberId],
    directory: &Directory,
) -> Recheck {
    if is_gone(&group.clone().into(), directory) {
        return Recheck::GroupGone;
    }
    if from.len().max(to.len()) > REPLACED_AT_MOST {
        return Recheck::TooMany;
    }
    if !directory.coverage(&Collection::GroupMembers(group.clone())).is_whole() {
        return Recheck::Fine;
    }
    let slots = directory.members_of(group).iter();
    let now: BTreeSet<&MemberId> =
        slots.filter_map(|slot| directory.members().at(*slot)).map(|m| &m.id).collect();
    let is = |members: &[MemberId]| now == members.iter().collect();
    match (is(to), is(from)) {
        (true, _) => Recheck::AlreadySo,
        (_, true) => Recheck::Fine,
        _ => Recheck::MembersChanged,
    }
}

/// The member of the account, or the invited, with this e-mail.
pub(super) fn member_with<'d>(email: &str, directory: &'d Directory) -> Option<&'d Member> {
    let wanted = email.to_lowercase();
    directory.members().values().find(|m| m.listed && m.email.to_lowercase() == wanted)
}

/// Whether a member is known to be in the account no longer.
pub(super) fn has_left(member: &MemberId, directory: &Directory) -> bool {
    let listed = directory.members().get(member).is_some_and(|m| m.listed);
    !listed && directory.coverage(&Collection::Members).is_whole()
}

fn gone_or_fine(group: &GroupId, directory: &Directory) -> Recheck {
    if is_gone(&group.clone().into(), directory) { Recheck::GroupGone } else { Recheck::Fine }
}

fn is_gone(group: &GroupRef, directory: &Directory) -> bool {
    group.existing().is_some_and(|id| {
        directory.groups().get(id).is_none() && directory.coverage(&Collection::Groups).is_whole()
    })
}
