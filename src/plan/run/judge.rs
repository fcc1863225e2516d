//! What a look says about an operation, before it is sent and after.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Change, Group, Member, MemberId, Policy, PolicyContent, PolicyEdit};
use crate::plan::policies::{PolicySet, all_drafted, wanted};
use crate::plan::{Held, Span};

use super::event::{Made, Presence, Seen};
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
    /// In effect; what was made, if something was.
    Holds(Option<Made>),
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
    /// When a write of it may have been carried out, on the service's clock; none where that clock isn't known.
    pub(super) landed: Option<Span>,
    /// Of a group that is to be deleted what it held, as the person has seen it.
    pub(super) held: Option<&'a Held>,
}

/// How a value that is set whole stands to what it was planned on and to what it is to be.
enum Stands {
    AsWanted,
    AsBefore,
    Otherwise(Conflict),
}

impl Known<'_> {
    /// Judges a look before the write; `None` where the look doesn't answer the question.
    pub(super) fn before(&self, seen: &Seen) -> Option<Before> {
        Some(match self.look(seen)? {
            At::Gone(_) if self.ends_it() => Before::AlreadySo,
            At::Gone(gone) => Before::Gone(gone),
            At::Named([]) | At::WithEmail([]) => Before::Ready,
            At::Named(_) => Before::Conflict(Conflict::NameTaken),
            At::WithEmail(people) => match self.invited(people) {
                Some(_) => Before::AlreadySo,
                None => Before::Conflict(Conflict::MemberThere),
            },
            At::Member(presence) => self.member_before(presence),
            other => match self.stands(&other) {
                Some(Stands::AsWanted) => Before::AlreadySo,
                Some(Stands::Otherwise(conflict)) => Before::Conflict(conflict),
                Some(Stands::AsBefore) | None => Before::Ready,
            },
        })
    }

    /// Judges a look after the write; `None` where the look doesn't answer the question.
    pub(super) fn after(&self, seen: &Seen) -> Option<After> {
        Some(match self.look(seen)? {
            At::Gone(_) if self.ends_it() => After::Holds(None),
            At::Gone(gone) => After::Gone(gone),
            At::Named(groups) => self.named_after(groups),
            At::WithEmail([]) => After::NotYet,
            At::WithEmail(people) => match self.invited(people) {
                Some(person) => After::Holds(Some(Made::Member(person.id.clone()))),
                None => After::Conflict(Conflict::MemberThere),
            },
            At::Member(presence) => self.member_after(presence),
            At::Group(_) | At::Whole(..) | At::Account(_) if self.ends_it() => After::NotYet,
            At::Group(group) if matches!(self.change, Change::Create { .. }) => {
                After::Holds(Some(Made::Group(group.id.clone())))
            }
            other => match self.stands(&other) {
                Some(Stands::AsWanted) => After::Holds(None),
                Some(Stands::Otherwise(conflict)) => After::Conflict(conflict),
                Some(Stands::AsBefore) | None => After::NotYet,
            },
        })
    }

    fn look<'s>(&self, seen: &'s Seen) -> Option<At<'s>> {
        match (seen, self.change) {
            (Seen::GroupGone, _) => Some(At::Gone(Gone::Group)),
            (Seen::Named(groups), Change::Create { .. }) => Some(At::Named(groups)),
            (Seen::WithEmail(people), Change::Invite { .. }) => Some(At::WithEmail(people)),
            // One who was just invited may be missing from reads for a while.
            (Seen::Member(None), Change::Invite { .. }) => Some(At::WithEmail(&[])),
            (Seen::Member(Some(member)), Change::Invite { .. }) => {
                Some(At::WithEmail(std::slice::from_ref(member)))
            }
            (Seen::Member(None), _) => Some(At::Gone(Gone::Member)),
            (Seen::Member(Some(member)), _) => Some(At::Account(member)),
            (Seen::Members { members, .. }, Change::ReplaceMembers { .. }) => {
                Some(At::Members(members))
            }
            (Seen::Members { group, members }, Change::Delete { .. }) => {
                Some(At::Whole(group, members))
            }
            (Seen::Failed(_) | Seen::Named(_) | Seen::WithEmail(_), _) => None,
            (Seen::Group { members, .. }, Change::Add { member, .. })
            | (Seen::Group { members, .. }, Change::Remove { member, .. }) => {
                members.get(member).copied().map(At::Member)
            }
            (Seen::Group { group, .. }, _) => group.as_ref().map(At::Group),
            (Seen::Members { group, .. }, _) => Some(At::Group(group)),
        }
    }

    /// Whether it is what this operation wants that its object is gone.
    fn ends_it(&self) -> bool {
        matches!(self.change, Change::Delete { .. } | Change::RemoveMember { .. })
    }

    /// How what was seen stands to what the plan was made on; `None` where only its being there counts.
    fn stands(&self, at: &At<'_>) -> Option<Stands> {
        Some(match (self.change, at) {
            (Change::Rename { from, to, .. }, At::Group(group)) => match &group.name {
                now if now == to => Stands::AsWanted,
                now if now == from => Stands::AsBefore,
                now => Stands::Otherwise(Conflict::Renamed(now.clone())),
            },
            (Change::Delete { name, .. }, At::Group(group) | At::Whole(group, _))
                if group.name != *name =>
            {
                Stands::Otherwise(Conflict::Renamed(group.name.clone()))
            }
            (Change::Delete { .. }, At::Whole(group, members)) => {
                Stands::Otherwise(self.holds_others(group, members)?)
            }
            (Change::SetPolicies { from, to, .. }, At::Group(group)) => {
                policies_stand(from, to, group.policies())
            }
            // Roles without policies are nothing that policies can be compared with.
            (Change::SetDirectPolicies { .. }, At::Account(member)) if only_roles(member) => {
                Stands::Otherwise(Conflict::PoliciesChanged)
            }
            (Change::SetDirectPolicies { from, to, .. }, At::Account(member)) => {
                policies_stand(from, to, member.direct_policies())
            }
            (Change::RemoveMember { pending: true, .. }, At::Account(member))
                if member.status.is_full() =>
            {
                Stands::Otherwise(Conflict::Accepted)
            }
            (Change::ReplaceMembers { from, to, .. }, At::Members(now)) => {
                let is = |members: &[MemberId]| now.iter().eq(members);
                match (is(to), is(from)) {
                    (true, _) => Stands::AsWanted,
                    (_, true) => Stands::AsBefore,
                    _ => Stands::Otherwise(members_changed(from, now)),
                }
            }
            _ => return None,
        })
    }

    /// What a group that is to be deleted holds beside or without what the person has seen in it.
    fn holds_others(&self, group: &Group, members: &BTreeSet<MemberId>) -> Option<Conflict> {
        let held = self.held?;
        if !PolicySet::of(&held.policies).matches(group.policies()) {
            return Some(Conflict::PoliciesChanged);
        }
        let same = held.members.iter().collect::<BTreeSet<_>>() == members.iter().collect();
        (!same).then(|| members_changed(&held.members, members))
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
        // Others may make a group like it, and what is then added to that one would be theirs.
        let in_time = |group: &Group| {
            self.landed.zip(group.created_on).is_some_and(|(landed, at)| landed.holds(at))
        };
        let ours =
            |group: &&Group| all_drafted(policies).matches(group.policies()) && in_time(group);
        match groups.iter().find(ours) {
            Some(group) => After::Holds(Some(Made::Group(group.id.clone()))),
            None if groups.is_empty() => After::NotYet,
            None => After::Conflict(Conflict::NameTaken),
        }
    }

    /// The one of these who holds what the invitation gives.
    fn invited<'s>(&self, people: &'s [Member]) -> Option<&'s Member> {
        let Change::Invite { policies, .. } = self.change else { return None };
        people.iter().find(|person| all_drafted(policies).matches(person.direct_policies()))
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

fn policies_stand(from: &[PolicyContent], to: &[PolicyEdit], now: &[Arc<Policy>]) -> Stands {
    if wanted(to).matches(now) {
        Stands::AsWanted
    } else if PolicySet::of(from).matches(now) {
        Stands::AsBefore
    } else {
        Stands::Otherwise(Conflict::PoliciesChanged)
    }
}

fn members_changed(were: &[MemberId], are: &BTreeSet<MemberId>) -> Conflict {
    let were: BTreeSet<&MemberId> = were.iter().collect();
    let joined = are.iter().filter(|member| !were.contains(member)).count();
    let left = were.iter().filter(|member| !are.contains(**member)).count();
    Conflict::MembersChanged { joined, left }
}

fn only_roles(member: &Member) -> bool {
    member.direct_policies().is_empty() && !member.roles.is_empty()
}

enum At<'a> {
    Gone(Gone),
    Named(&'a [Group]),
    Group(&'a Group),
    /// A member of the group.
    Member(Presence),
    /// A member of the account.
    Account(&'a Member),
    WithEmail(&'a [Member]),
    Members(&'a BTreeSet<MemberId>),
    /// A group and everyone in it.
    Whole(&'a Group, &'a BTreeSet<MemberId>),
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
        Seen::Group { group: Some(group), .. } | Seen::Members { group, .. } => Some(&group.name),
        _ => None,
    }
}
