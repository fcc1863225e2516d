//! Taking a run back: the inverse of what it has changed, as a plan of its own.
//!
//! Only what the run is known to have brought about is taken back, and only where the account is still as the run has
//! left it: what others have done since stays, and is shown with the reason.

mod history;
mod taken;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::policies::{all_drafted, wanted};
use super::recheck::{has_left, member_with};
use super::run::{OpState, Progress, Proof};
use super::staging::{Staging, known_in};
use super::{LeftOut, Op, OpId, Plan, Recheck, Span};
use crate::domain::{
    Change, Collection, Directory, DraftId, GroupId, GroupRef, MemberId, Now, PolicyContent,
    PolicyDraft, PolicyEdit, StagedFor,
};

use history::Clockwork;
pub use history::{Answered, Ending, History, Past};
pub use taken::{TakenBack, Undoing, taken_back};

/// Why something that a run has done is not taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotUndone {
    /// The member was added anew by someone else.
    GrantedAnew(Timestamp),
    /// It was sent without an answer and may still land, until then.
    MayLand(Timestamp),
    /// No answer has told the server's time: whether the membership is the one that the run has made can't be told.
    NoClock,
    /// The service refused it, and yet it was so: whose doing that was is not known.
    NotOurs,
    /// The group that the run has made is no longer as the run has left it: so many members are others'.
    Joined(usize),
    /// The group that the run has made has other policies now.
    OtherPolicies,
    /// Who is in the group that the run has made has not been read.
    NotRead,
    /// What the group held was not known when it was deleted.
    NotKept,
    /// The person is no longer in the account: only a new invitation brings them back.
    OnlyInvited,
}

impl NotUndone {
    /// Why, in words.
    pub fn words(&self) -> String {
        match self {
            Self::GrantedAnew(_) => "someone else added the member anew since".to_owned(),
            Self::MayLand(until) => {
                format!("its answer was lost; it may still land until {}", until.strftime("%T UTC"))
            }
            Self::NoClock => {
                "no answer told the server's time: it can't be told from one granted anew"
                    .to_owned()
            }
            Self::NotOurs => "it was refused, and yet it was so: not known by whom".to_owned(),
            Self::Joined(1) => "someone else has added a member to it since".to_owned(),
            Self::Joined(others) => format!("others have added {others} members to it since"),
            Self::OtherPolicies => "someone changed its policies since".to_owned(),
            Self::NotRead => "who is in it has not been read".to_owned(),
            Self::NotKept => "what it held was not known when it was deleted".to_owned(),
            Self::OnlyInvited => "only a new invitation brings the person back".to_owned(),
        }
    }
}

impl History {
    /// The plan that takes back what the run has done, on the account as it is known now. Writes whose answers were
    /// lost may land for `late`.
    pub fn undo(&self, directory: &Directory, late: Duration, now: Now) -> Plan {
        let mut undo = Undo {
            history: self,
            directory,
            clockwork: Clockwork::of(self, late),
            progress: self.progress(),
            made: self.made(),
            now: now.wall,
            changes: Vec::new(),
            left_out: Vec::new(),
            ours: BTreeMap::new(),
            deleted: BTreeSet::new(),
            drafts: DRAFTS,
        };
        // A group that is deleted again takes its members along.
        let (creates, others): (Vec<&Op>, Vec<&Op>) =
            self.plan.ops().partition(|op| matches!(op.change, Change::Create { .. }));
        for op in creates.into_iter().chain(others) {
            undo.take_back(op);
        }
        undo.plan(now)
    }
}

/// Where the numbers of groups begin that an undoing makes again: none is one that is staged.
const DRAFTS: u32 = 1 << 31;

struct Undo<'a> {
    history: &'a History,
    directory: &'a Directory,
    clockwork: Clockwork,
    progress: Progress,
    made: BTreeMap<DraftId, GroupId>,
    now: Timestamp,
    changes: Vec<Change>,
    left_out: Vec<LeftOut>,
    /// When the run has added a member.
    ours: BTreeMap<(GroupId, MemberId), Span>,
    /// The groups that it has made and that are deleted again.
    deleted: BTreeSet<GroupId>,
    drafts: u32,
}

impl Undo<'_> {
    fn plan(self, now: Now) -> Plan {
        let account = self.history.plan.account.clone();
        let staging = Staging::restore(StagedFor { account, changes: self.changes }).taking_back();
        let mut plan = Plan::build(&staging, self.directory, now);
        for op in plan.steps.iter_mut().flat_map(|step| &mut step.ops) {
            if let Change::Remove { group, member } = &op.change {
                op.ours = self.ours.get(&(group.clone(), member.clone())).copied();
            }
        }
        for left in &self.left_out {
            plan.names.learn(&left.change, self.directory);
        }
        plan.left_out.extend(self.left_out);
        plan.names.fill(&self.history.plan.names);
        plan.undo_of = Some(self.history.id.clone());
        plan
    }

    fn leave(&mut self, change: Change, why: NotUndone) {
        self.left_out.push(LeftOut { change, why: Recheck::NotUndone(why) });
    }

    fn take_back(&mut self, op: &Op) {
        let Some(state) = self.state(op) else { return };
        let change = self.progress.as_staged(&op.change);
        if let Some(group) = change.target().existing_group()
            && self.deleted.contains(group)
        {
            return;
        }
        let may_land = self.clockwork.may_land_until(op.id, &state);
        let inverse = self.inverse(op.id, &change, &state);
        match (inverse, may_land.filter(|until| *until > self.now)) {
            (Ok(inverse), Some(until)) => {
                inverse
                    .into_iter()
                    .take(1)
                    .for_each(|one| self.leave(one, NotUndone::MayLand(until)));
            }
            (Ok(inverse), None) => self.changes.extend(inverse),
            (Err((change, why)), _) => self.leave(change, why),
        }
    }

    /// Where an operation stood that the run has brought about, or may have; `None` where it has not.
    fn state(&self, op: &Op) -> Option<OpState> {
        let state = self.progress.op(op.id).clone();
        let open = match &state {
            OpState::Done(_) => return Some(state),
            OpState::NotInEffect(_) | OpState::Unknown | OpState::Accepted | OpState::Running => {
                true
            }
            _ => false,
        };
        // What was open at the end counts where it is so now, or may come to be.
        let late = || self.clockwork.may_land_until(op.id, &state).is_some_and(|at| at > self.now);
        let counts = open && self.clockwork.was_sent(op.id) && (self.is_so(&op.change) || late());
        counts.then_some(state)
    }

    fn is_so(&self, change: &Change) -> bool {
        let directory = self.directory;
        match &self.progress.as_staged(change) {
            Change::Create { group, .. } => {
                self.made.get(group).is_some_and(|id| directory.groups().get(id).is_some())
            }
            Change::Rename { group, to, .. } => {
                directory.groups().get(group).is_some_and(|known| known.name == *to)
            }
            Change::SetPolicies { group, to, .. } => {
                let known = directory.groups().get(group);
                known.is_some_and(|known| wanted(to).matches(known.policies()))
            }
            Change::Invite { email, policies } => member_with(email, directory)
                .is_some_and(|known| all_drafted(policies).matches(known.direct_policies())),
            Change::SetDirectPolicies { member, to, .. } => {
                let known = directory.members().get(member);
                known.is_some_and(|known| wanted(to).matches(known.direct_policies()))
            }
            Change::ReplaceMembers { .. } => {
                Staging::new(directory.account.id.clone()).check(change, directory)
                    == Recheck::AlreadySo
            }
            Change::RemoveMember { member, .. } => has_left(member, directory),
            Change::Add { group, member } => known_in(directory, group, member) == Some(true),
            Change::Remove { group, member } => {
                known_in(directory, &group.clone().into(), member) == Some(false)
            }
            Change::Delete { group, .. } => {
                directory.groups().get(group).is_none()
                    && directory.coverage(&Collection::Groups).is_whole()
            }
        }
    }

    /// The changes that take one back, or the one that is left out and why.
    fn inverse(
        &mut self,
        op: OpId,
        change: &Change,
        state: &OpState,
    ) -> Result<Vec<Change>, (Change, NotUndone)> {
        let inverse = match change.clone() {
            Change::Add { group: GroupRef::Existing(group), member } => {
                return self.add_back(op, (group, member), state).map(|change| vec![change]);
            }
            // Its group was not made.
            Change::Add { group: GroupRef::Draft(_), .. } => return Ok(Vec::new()),
            Change::Create { group, name, policies } => {
                return self
                    .create_back(group, &name, &policies)
                    .map(|one| one.into_iter().collect());
            }
            Change::Delete { group, name } => return self.delete_back(&group, &name),
            Change::Remove { group, member } => Change::Add { group: group.into(), member },
            Change::Rename { group, from, to } => Change::Rename { group, from: to, to: from },
            Change::SetPolicies { group, from, to } => {
                let set: Vec<PolicyContent> = to.iter().map(content).collect();
                let to = from.iter().map(|was| edit(was, &set)).collect();
                Change::SetPolicies { group, from: set, to }
            }
            Change::SetDirectPolicies { member, from, to } => {
                let set: Vec<PolicyContent> = to.iter().map(content).collect();
                let to = from.iter().map(|was| edit(was, &set)).collect();
                Change::SetDirectPolicies { member, from: set, to }
            }
            Change::Invite { email, policies } => {
                return self
                    .invite_back(op, &email, &policies)
                    .map(|one| one.into_iter().collect());
            }
            Change::ReplaceMembers { group, from, to } => {
                return Ok(self.replace_back(op, state, &group, &from, &to));
            }
            Change::RemoveMember { .. } => return Err((change.clone(), NotUndone::OnlyInvited)),
        };
        if *state == OpState::Done(Proof::DespiteRefusal) {
            return Err((inverse, NotUndone::NotOurs));
        }
        Ok(vec![inverse])
    }

    /// An invitation is taken back while it has not been accepted and gives what the run has given.
    fn invite_back(
        &mut self,
        op: OpId,
        email: &Arc<str>,
        policies: &[PolicyDraft],
    ) -> Result<Option<Change>, (Change, NotUndone)> {
        let known = match self.progress.invited(op) {
            Some(member) => self.directory.members().get(member),
            None => member_with(email, self.directory),
        };
        let Some(known) = known else { return Ok(None) };
        let change =
            Change::RemoveMember { member: known.id.clone(), email: email.clone(), pending: true };
        if !all_drafted(policies).matches(known.direct_policies()) {
            return Err((change, NotUndone::OtherPolicies));
        }
        if known.status.is_full() {
            self.left_out.push(LeftOut { change, why: Recheck::Accepted });
            return Ok(None);
        }
        Ok(Some(change))
    }

    /// What a replaced member list has changed is taken back member by member.
    fn replace_back(
        &mut self,
        op: OpId,
        state: &OpState,
        group: &GroupId,
        from: &[MemberId],
        to: &[MemberId],
    ) -> Vec<Change> {
        let not_in = |these: &[MemberId], others: &[MemberId]| -> Vec<MemberId> {
            these.iter().filter(|member| !others.contains(member)).cloned().collect()
        };
        let add = |member| Change::Add { group: group.clone().into(), member };
        let mut back: Vec<Change> = not_in(from, to).into_iter().map(add).collect();
        for member in not_in(to, from) {
            match self.add_back(op, (group.clone(), member), state) {
                Ok(change) => back.push(change),
                Err((change, why)) => self.leave(change, why),
            }
        }
        back
    }

    /// An add is taken back only if the membership is the one that the run has made.
    fn add_back(
        &mut self,
        op: OpId,
        (group, member): (GroupId, MemberId),
        state: &OpState,
    ) -> Result<Change, (Change, NotUndone)> {
        let key = (group.clone(), member.clone());
        let since = self.directory.since(&group, &member);
        let change = Change::Remove { group, member };
        let Some(span) = self.clockwork.span(op, state) else {
            return Err((change, NotUndone::NoClock));
        };
        if let Some(since) = since.filter(|since| !span.holds(*since)) {
            return Err((change, NotUndone::GrantedAnew(since)));
        }
        self.ours.insert(key, span);
        Ok(change)
    }

    /// A group that the run has made is deleted only while it is as the run has made it, with nobody in it but those
    /// whom the run has added.
    fn create_back(
        &mut self,
        draft: DraftId,
        name: &Arc<str>,
        policies: &[PolicyDraft],
    ) -> Result<Option<Change>, (Change, NotUndone)> {
        let Some(group) = self.made.get(&draft).cloned() else { return Ok(None) };
        let change = Change::Delete { group: group.clone(), name: name.clone() };
        if let Some(known) = self.directory.groups().get(&group) {
            if known.name != *name {
                self.left_out.push(LeftOut { change, why: Recheck::Renamed(known.name.clone()) });
                return Ok(None);
            }
            if !all_drafted(policies).matches(known.policies()) {
                return Err((change, NotUndone::OtherPolicies));
            }
            if !self.directory.coverage(&Collection::GroupMembers(group.clone())).is_whole() {
                return Err((change, NotUndone::NotRead));
            }
            match self.others_in(&group) {
                0 => {}
                others => return Err((change, NotUndone::Joined(others))),
            }
        }
        self.deleted.insert(group);
        Ok(Some(change))
    }

    /// How many of a group's members the run has not added.
    fn others_in(&self, group: &GroupId) -> usize {
        let ours: BTreeMap<MemberId, Option<Span>> = self
            .history
            .plan
            .ops()
            .filter_map(|op| {
                let change = self.progress.as_staged(&op.change);
                let state = self.progress.op(op.id);
                let is_ours = change.target().existing_group() == Some(group)
                    && self.clockwork.was_sent(op.id);
                let member = change.member().filter(|_| is_ours)?.clone();
                Some((member, self.clockwork.span(op.id, state)))
            })
            .collect();
        let slots = self.directory.members_of(group).iter();
        let members = slots.filter_map(|slot| self.directory.members().at(*slot));
        let is_other =
            |member: &MemberId| match (ours.get(member), self.directory.since(group, member)) {
                (None, _) => true,
                (Some(Some(span)), Some(since)) => !span.holds(since),
                _ => false,
            };
        members.filter(|member| is_other(&member.id)).count()
    }

    /// A group that was deleted is made again, with the policies and the members that it had.
    fn delete_back(
        &mut self,
        group: &GroupId,
        name: &Arc<str>,
    ) -> Result<Vec<Change>, (Change, NotUndone)> {
        let draft = DraftId(self.drafts);
        let create = |policies| Change::Create { group: draft, name: name.clone(), policies };
        let held = self.history.plan.base.get(group).and_then(|base| base.held.as_ref());
        let Some(held) = held else { return Err((create(Vec::new()), NotUndone::NotKept)) };
        let policies = held.policies.iter().map(PolicyDraft::again).collect();
        self.drafts += 1;
        let add = |member: &MemberId| Change::Add {
            group: GroupRef::Draft(draft),
            member: member.clone(),
        };
        Ok(std::iter::once(create(policies)).chain(held.members.iter().map(add)).collect())
    }
}

/// What an edit makes of a policy.
fn content(edit: &PolicyEdit) -> PolicyContent {
    match edit {
        PolicyEdit::Keep(content) => content.clone(),
        PolicyEdit::Write(draft) => draft.content(),
    }
}

/// The edit that makes a policy what it was: it stays where it still is, else it is written anew.
fn edit(was: &PolicyContent, is: &[PolicyContent]) -> PolicyEdit {
    if is.contains(was) {
        return PolicyEdit::Keep(was.clone());
    }
    PolicyEdit::Write(PolicyDraft::again(was))
}
