//! What a look says about an operation, before it is sent and after.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Change, Group, GroupId, MemberId};
use crate::plan::Span;
use crate::plan::policies::{PolicySet, all_drafted, wanted};

use super::event::{Presence, Seen};
use super::state::{Conflict, Gone};

/// What a look before the write says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// As it was planned on: it can be sent.
    Ready,
    /// So already.
    AlreadySo,
    /// Someone else has changed the same thing.
    Conflict(Conflict),
    /// What it is about is gone.
    Gone(Gone),
}

/// What a look after the write says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// In effect; the group that was made, if one was.
    Holds(Option<GroupId>),
    /// As before the write.
    NotYet,
    /// Neither as before nor as wanted: someone else has changed the same thing.
    Conflict(Conflict),
    /// What it is about is gone.
    Gone(Gone),
}

/// What is known of an operation when a look is judged.
pub(super) struct Known<'a> {
    pub(super) change: &'a Change,
    /// Since when the member was in the group when it was last looked at, or when the person saw it.
    pub(super) since: Option<Timestamp>,
    /// For the undoing of an add: when the member was added by the run that is taken back.
    pub(super) ours: Option<Span>,
    /// Whether since when the member is in the group was asked.
    pub(super) asked: bool,
}

impl Known<'_> {
    /// Judges a look before the write; `None` where the look doesn't answer the question.
    pub(super) fn before(&self, seen: &Seen) -> Option<Before> {
        Some(match self.look(seen)? {
            At::Gone => match self.change {
                Change::Delete { .. } => Before::AlreadySo,
                _ => Before::Gone(Gone::Group),
            },
            At::Named([]) => Before::Ready,
            At::Named(_) => Before::Conflict(Conflict::NameTaken),
            At::Group(group) => self.group_before(group),
            At::Member(presence) => self.member_before(presence),
        })
    }

    /// Judges a look after the write; `None` where the look doesn't answer the question.
    pub(super) fn after(&self, seen: &Seen) -> Option<After> {
        Some(match self.look(seen)? {
            At::Gone => match self.change {
                Change::Delete { .. } => After::Holds(None),
                _ => After::Gone(Gone::Group),
            },
            At::Named(groups) => self.named_after(groups),
            At::Group(group) => self.group_after(group),
            At::Member(presence) => self.member_after(presence),
        })
    }

    fn look<'s>(&self, seen: &'s Seen) -> Option<At<'s>> {
        match (seen, self.change) {
            (Seen::GroupGone, _) => Some(At::Gone),
            (Seen::Named(groups), Change::Create { .. }) => Some(At::Named(groups)),
            (Seen::Failed(_) | Seen::Named(_), _) => None,
            (Seen::Group { members, .. }, Change::Add { member, .. })
            | (Seen::Group { members, .. }, Change::Remove { member, .. }) => {
                members.get(member).copied().map(At::Member)
            }
            (Seen::Group { group, .. }, _) => group.as_ref().map(At::Group),
        }
    }

    fn group_before(&self, group: &Group) -> Before {
        match self.change {
            Change::Rename { from, to, .. } => match &group.name {
                now if now == to => Before::AlreadySo,
                now if now == from => Before::Ready,
                now => Before::Conflict(Conflict::Renamed(now.clone())),
            },
            Change::SetPolicies { from, to, .. } => {
                if wanted(to).matches(group.policies()) {
                    Before::AlreadySo
                } else if PolicySet::of(from).matches(group.policies()) {
                    Before::Ready
                } else {
                    Before::Conflict(Conflict::PoliciesChanged)
                }
            }
            Change::Delete { name, .. } if group.name != *name => {
                Before::Conflict(Conflict::Renamed(group.name.clone()))
            }
            _ => Before::Ready,
        }
    }

    fn member_before(&self, presence: Presence) -> Before {
        match (self.change, presence) {
            (Change::Add { .. }, Presence::In { .. })
            | (Change::Remove { .. }, Presence::Out | Presence::Left) => Before::AlreadySo,
            (Change::Add { .. }, Presence::Left) => Before::Gone(Gone::Member),
            (Change::Remove { .. }, Presence::In { since })
                if self.is_newer(since) || self.is_not_ours(since) =>
            {
                Before::Conflict(Conflict::GrantedAnew(since))
            }
            _ => Before::Ready,
        }
    }

    fn named_after(&self, groups: &[Group]) -> After {
        let Change::Create { policies, .. } = self.change else { return After::NotYet };
        // The name was free right before, and names are unique in an account.
        let ours = |group: &&Group| all_drafted(policies).matches(group.policies());
        match groups.iter().find(ours) {
            Some(group) => After::Holds(Some(group.id.clone())),
            None if groups.is_empty() => After::NotYet,
            None => After::Conflict(Conflict::NameTaken),
        }
    }

    fn group_after(&self, group: &Group) -> After {
        match self.change {
            Change::Rename { from, to, .. } => match &group.name {
                now if now == to => After::Holds(None),
                now if now == from => After::NotYet,
                now => After::Conflict(Conflict::Renamed(now.clone())),
            },
            Change::SetPolicies { from, to, .. } => {
                if wanted(to).matches(group.policies()) {
                    After::Holds(None)
                } else if PolicySet::of(from).matches(group.policies()) {
                    After::NotYet
                } else {
                    After::Conflict(Conflict::PoliciesChanged)
                }
            }
            Change::Create { .. } => After::Holds(Some(group.id.clone())),
            _ => After::NotYet,
        }
    }

    fn member_after(&self, presence: Presence) -> After {
        match (self.change, presence) {
            (Change::Add { .. }, Presence::In { .. })
            | (Change::Remove { .. }, Presence::Out | Presence::Left) => After::Holds(None),
            (Change::Add { .. }, Presence::Left) => After::Gone(Gone::Member),
            (Change::Remove { .. }, Presence::In { since }) if self.is_newer(since) => {
                After::Conflict(Conflict::GrantedAnew(since))
            }
            _ => After::NotYet,
        }
    }

    /// Whether a membership is not, or not for certain, the one that an earlier run has made and that is taken back.
    fn is_not_ours(&self, since: Option<Timestamp>) -> bool {
        match (self.ours, since) {
            (None, _) => false,
            (Some(ours), Some(since)) => !ours.holds(since),
            (Some(_), None) => self.asked,
        }
    }

    /// Whether a membership is another one than the one that was to be removed.
    fn is_newer(&self, since: Option<Timestamp>) -> bool {
        matches!((self.since, since), (Some(before), Some(now)) if before != now)
    }
}

enum At<'a> {
    Gone,
    Named(&'a [Group]),
    Group(&'a Group),
    Member(Presence),
}

/// What a look says about a member.
pub(super) fn presence_of(seen: &Seen, member: Option<&MemberId>) -> Option<Presence> {
    match seen {
        Seen::Group { members, .. } => member.and_then(|member| members.get(member)).copied(),
        _ => None,
    }
}

/// The name that the group had at a look, where the look says it.
pub(super) fn name_of(seen: &Seen) -> Option<&Arc<str>> {
    match seen {
        Seen::Group { group: Some(group), .. } => Some(&group.name),
        _ => None,
    }
}
