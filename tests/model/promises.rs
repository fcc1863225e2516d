//! What must hold whatever is done and whatever goes wrong: I1 to I8 of the write protocol, and I11.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cfiam::domain::{Change, GroupId, GroupRef, MemberId};
use cfiam::plan::{
    Call, ChangeKey, Class, End, Event, Look, Op, OpId, OpState, Phase, Plan, PolicySet, Presence,
    Request, RequestId, RunId, Seen, Sight, Tally, Timings,
};
use cfiam::store::Story;
use cfiam::store::journal::{Intent, Rest, journal_file};
use jiff::Timestamp;

use super::service::people::with_email;
use super::service::{State, holds};
use super::world::{Ended, World};

/// The budget's window, and how many requests may fall into it.
const WINDOW: Duration = Duration::from_mins(5);
const CEILING: usize = 1_000;
/// How exactly the service's clock is known.
const EXACT: Duration = Duration::from_secs(3);

/// A membership as a run has to do with it.
type Removal = (RunId, GroupId, MemberId);

/// What the program has been shown, as far as promises hang on it.
#[derive(Default)]
pub struct Sightings {
    /// Operations that were sent and not read back since, and the group that they were sent to.
    unseen: BTreeMap<(RunId, OpId), (Option<GroupId>, Change)>,
    /// Operations that a run has sent at all.
    sent: BTreeSet<(RunId, OpId)>,
    in_flight: BTreeMap<RequestId, Vec<OpId>>,
    /// Since when a member was in a group, as the run was first told and as it was last told.
    told: BTreeMap<Removal, (Timestamp, Timestamp)>,
    /// A group's policies as the run was last told.
    policies: BTreeMap<(RunId, GroupId), PolicySet>,
    /// The same of who is in the account, with what they hold directly and whether they have accepted.
    people: BTreeMap<(RunId, MemberId), (PolicySet, bool)>,
    /// The memberships whose removal was sent.
    removals: BTreeSet<Removal>,
    /// What was planned in a run that has begun.
    planned: BTreeSet<ChangeKey>,
    /// What was looked at of late, and when it was asked for at the latest.
    looks: Vec<(Duration, RunId, Look, Seen)>,
    /// When how many requests went out.
    calls: Vec<(Duration, usize)>,
}

impl Sightings {
    pub fn begin(&mut self, plan: &Plan) {
        self.planned.extend(plan.ops().map(|op| ChangeKey::of(&op.change)));
    }

    pub fn asked(&mut self, now: Duration, look: &Look) {
        let mut calls = 1;
        match &look.sight {
            Sight::Group { present, since, by_list, .. } => {
                calls += since.len() + if *by_list { 1 } else { present.len() };
            }
            Sight::Members { twice, .. } => calls += 1 + usize::from(*twice),
            _ => {}
        }
        self.calls.push((now, calls));
    }

    pub fn looked(&mut self, now: Duration, run: &RunId, look: &Look, seen: &Seen) {
        if matches!(seen, Seen::Failed(_)) {
            return;
        }
        self.looks.retain(|(at, ..)| now.saturating_sub(*at) <= Timings::default().fresh);
        self.looks.push((now, run.clone(), look.clone(), seen.clone()));
        self.unseen.retain(|_, (group, change)| !covers(look, seen, group.as_ref(), change));
        if let Seen::Group { group: Some(group), .. } | Seen::Members { group, .. } = seen {
            let policies = PolicySet::read(group.policies());
            self.policies.insert((run.clone(), group.id.clone()), policies);
        }
        if let Seen::Member(Some(member)) = seen {
            let told = (PolicySet::read(member.direct_policies()), member.status.is_full());
            self.people.insert((run.clone(), member.id.clone()), told);
        }
        let (Sight::Group { group, .. }, Seen::Group { members, .. }) = (&look.sight, seen) else {
            return;
        };
        for (member, presence) in members {
            if let Presence::In { since: Some(since) } = presence {
                let key = (run.clone(), group.clone(), member.clone());
                self.told.entry(key).or_insert((*since, *since)).1 = *since;
            }
        }
    }

    /// What is certain not to have arrived needs no reading back.
    pub fn told(&mut self, run: &RunId, event: &Event) {
        let Event::Written(id, outcome) = event else { return };
        let ops = self.in_flight.remove(id).unwrap_or_default();
        if matches!(outcome.class, Class::NotSent | Class::Throttled) {
            for op in ops {
                self.unseen.remove(&(run.clone(), op));
            }
        }
    }

    /// The program is killed: what it was told is gone, but for what it wrote down before it sent something.
    pub fn forget(&mut self) {
        self.in_flight.clear();
        let Self { told, removals, policies, people, .. } = self;
        policies.clear();
        people.clear();
        told.retain(|key, _| removals.contains(key));
    }
}

/// Whether a look has read an operation back.
fn covers(look: &Look, seen: &Seen, group: Option<&GroupId>, change: &Change) -> bool {
    match (&look.sight, change) {
        (Sight::Named(name), Change::Create { name: made, .. }) => name == made,
        (Sight::WithEmail { email, .. }, Change::Invite { email: invited, .. }) => email == invited,
        // Only one who has come of the invitation is looked at so.
        (Sight::Member(_), Change::Invite { .. }) => true,
        (Sight::Member(at), change) => change.member() == Some(at),
        (Sight::Members { group: at, .. }, _)
        | (Sight::Group { group: at, .. }, Change::Create { .. }) => group == Some(at),
        (Sight::Group { group: at, present, since, group_too, .. }, change) => {
            let named = change.member().is_some_and(|m| present.contains(m) || since.contains(m));
            let whole = change.member().is_none() && *group_too;
            group == Some(at) && (named || whole || *seen == Seen::GroupGone)
        }
        _ => false,
    }
}

impl World {
    fn breaks(&mut self, promise: &str, how: impl std::fmt::Display) {
        let at = self.service.now;
        self.broken.push(format!("{promise}: {how} (at {at:?})"));
    }

    /// What must hold whenever something is sent.
    pub fn check_sending(&mut self, request: &Request) {
        let Some(on) = &self.on else { return };
        let (run, stopping, recovering) = (on.id.clone(), on.stopping, on.recovering);
        let ops: Vec<_> =
            on.plan.ops().filter(|op| request.ops.contains(&op.id)).cloned().collect();
        if stopping {
            self.breaks("I8", "something is sent after the stop");
        }
        if recovering {
            self.breaks("I11", "something is sent that nobody has asked for");
        }
        for op in &ops {
            let key = (run.clone(), op.id);
            if self.sight.unseen.contains_key(&key) {
                self.breaks("I2", format!("{:?} is sent again unread", op.change));
            }
            let sent = (request.call.group().cloned(), op.change.clone());
            self.sight.unseen.insert(key.clone(), sent);
            self.sight.sent.insert(key);
        }
        self.check_fresh(&run, request, &ops);
        self.check_named(request, &ops.iter().filter_map(|op| op.change.member()).collect());
        for op in &ops {
            if let Change::SetPolicies { group, from, .. } = &op.change
                && self.sight.policies.get(&(run.clone(), group.clone()))
                    != Some(&PolicySet::of(from))
            {
                self.breaks("I4", format!("others' policies of {group} are overwritten"));
            }
        }
        for op in &ops {
            self.check_person(&run, &op.change);
        }
        if let Call::Remove { group, member } = &request.call {
            let key = (run.clone(), group.clone(), member.clone());
            if self.sight.told.get(&key).is_some_and(|(first, last)| first != last) {
                self.breaks("I4", format!("{member} was granted anew, and is removed"));
            }
            self.sight.removals.insert(key);
        }
        self.sight.in_flight.insert(request.id, request.ops.clone());
        if self.sight.in_flight.len() > 2 {
            self.breaks("I6", "more than two writes at once");
        }
        self.sight.calls.push((self.service.now, 1));
    }

    /// What is done to a person is done to the person who was looked at.
    fn check_person(&mut self, run: &RunId, change: &Change) {
        let told = |member: &MemberId| self.sight.people.get(&(run.clone(), member.clone()));
        match change {
            Change::SetDirectPolicies { member, from, .. }
                if told(member).is_none_or(|(told, _)| *told != PolicySet::of(from)) =>
            {
                self.breaks("I4", format!("others' policies of {member} are overwritten"));
            }
            Change::RemoveMember { member, pending: true, .. }
                if told(member).is_none_or(|(_, accepted)| *accepted) =>
            {
                self.breaks("I4", format!("{member} has accepted, and is removed"));
            }
            _ => {}
        }
    }

    /// What is sent was looked at just before, however long it has waited for its turn.
    fn check_fresh(&mut self, run: &RunId, request: &Request, ops: &[Op]) {
        let (now, timings) = (self.service.now, Timings::default());
        for op in ops {
            let phase = Phase::of(&op.change);
            let limit = if phase.overwrites() { timings.fresh_to_overwrite } else { timings.fresh };
            let new = matches!(
                op.change,
                Change::Add { group: GroupRef::Draft(_), .. } | Change::Invite { .. }
            );
            let fresh = self.sight.looks.iter().any(|(at, by, look, seen)| {
                let fits = covers(look, seen, request.call.group(), &op.change);
                by == run && fits && now.saturating_sub(*at) <= limit
            });
            if !new && !fresh {
                self.breaks("fresh", format!("{:?} is sent on an old look", op.change));
            }
        }
    }

    fn check_named(&mut self, request: &Request, named: &BTreeSet<&MemberId>) {
        let sent: BTreeSet<&MemberId> = match &request.call {
            Call::Add { members, .. } => members.iter().collect(),
            Call::Remove { member, .. } => [member].into(),
            _ => return,
        };
        if *named != sent {
            self.breaks("I4", format!("a call for {named:?} names {sent:?}"));
        }
    }

    /// When a write arrives, a valid intent that names its operations is on the disk, and nothing has closed it.
    pub fn check_arrival(&mut self, run: &RunId, request: &Request) {
        let story = Story::read(&journal_file(self.folder.path(), run)).unwrap();
        let fits = |intent: &&Intent| {
            intent.ops.iter().map(|wanted| wanted.id).eq(request.ops.iter().copied())
        };
        let open = story.open_intents().into_iter().filter(fits).count();
        if story.rest != Rest::Nothing || open != 1 {
            self.breaks("I1", format!("{open} intents, {:?} for {request:?}", story.rest));
        }
    }

    /// What must hold at any time.
    pub fn check(&mut self) {
        self.check_collateral();
        let from = self.service.now.saturating_sub(WINDOW);
        self.sight.calls.retain(|(at, _)| *at >= from);
        let calls: usize = self.sight.calls.iter().map(|(_, calls)| calls).sum();
        if calls > CEILING {
            self.breaks("I6", format!("{calls} requests in five minutes"));
        }
    }

    /// What no plan was about is as others have left it.
    fn check_collateral(&mut self) {
        let planned = |key: ChangeKey| self.sight.planned.contains(&key);
        let mut broken = Vec::new();
        for (id, without) in &self.service.without_us.groups {
            let Some(held) = self.service.state.groups.get(id) else {
                if !planned(ChangeKey::Delete(id.clone())) {
                    broken.push(format!("{} is gone", without.name));
                }
                continue;
            };
            if held.name != without.name && !planned(ChangeKey::Rename(id.clone())) {
                broken.push(format!("{} is called {}", without.name, held.name));
            }
            let differs = PolicySet::of(&held.policies) != PolicySet::of(&without.policies);
            if differs && !planned(ChangeKey::Policies(id.clone())) {
                broken.push(format!("the policies of {}", held.name));
            }
            let all: BTreeSet<&MemberId> =
                held.members.keys().chain(without.members.keys()).collect();
            for member in all {
                let key = ChangeKey::Membership(id.clone().into(), member.clone());
                if planned(ChangeKey::RemoveMember(member.clone())) {
                    continue;
                }
                let differs =
                    held.members.contains_key(member) != without.members.contains_key(member);
                if differs && !planned(key) {
                    broken.push(format!("{member} in {}", held.name));
                }
            }
        }
        broken.extend(self.other_people());
        for what in broken {
            self.breaks("I4", what);
        }
    }

    /// Who is not as others have left them, though no plan was about them.
    fn other_people(&self) -> Vec<String> {
        let (with, without) = (&self.service.state.people, &self.service.without_us.people);
        let planned = |key: ChangeKey| self.sight.planned.contains(&key);
        let emails: BTreeSet<&String> =
            with.values().chain(without.values()).map(|person| &person.email).collect();
        let differs = |email: &&&String| {
            let [with, without] = [with, without].map(|people| with_email(people, email));
            let id = with.or(without).map(|(id, _)| id.clone());
            let is_planned =
                |key: fn(MemberId) -> ChangeKey| id.clone().is_some_and(|id| planned(key(id)));
            if planned(ChangeKey::Invite(email.as_str().into())) {
                return false;
            }
            match (with, without) {
                (Some((_, with)), Some((_, without))) => {
                    let same = PolicySet::of(&with.policies) == PolicySet::of(&without.policies);
                    !same && !is_planned(ChangeKey::DirectPolicies)
                }
                _ => !is_planned(ChangeKey::RemoveMember),
            }
        };
        emails.iter().filter(differs).map(|email| format!("{email} in the account")).collect()
    }

    /// What must hold when a run has come to its end.
    pub fn check_end(&mut self, ended: &Ended) {
        let states = ended.plan.ops().map(|op| ended.progress.op(op.id));
        if Tally::of(states) != ended.summary.tally {
            self.breaks("I3", format!("it adds up to {:?}", ended.summary.tally));
        }
        for op in ended.plan.ops() {
            let state = ended.progress.op(op.id);
            let kind = format!("{:?}", op.change);
            self.meet(format!("{}: {}", kind.split(' ').next().unwrap(), state.word()));
            let left = match state {
                OpState::Waiting => ended.summary.end != End::BrokenOff,
                state => *state == OpState::Running,
            };
            if left {
                self.breaks("I7", format!("left {state:?}: {:?}", op.change));
            }
            if state.holds() && !self.was_so(ended, &op.change) {
                self.breaks("I3", format!("{state:?}, and never so: {:?}", op.change));
            }
            let is_so = holds(&op.change, &ended.progress, &self.service.state);
            let lies = match state {
                state if state.holds() => !is_so,
                OpState::Refused(_) | OpState::NotInEffect(_) => is_so,
                _ => false,
            };
            if ended.quiet && lies {
                self.breaks("I3", format!("alone, and told {state:?}: {:?}", op.change));
            }
        }
        self.check_never_sent(ended);
        self.check_undoing(ended);
    }

    /// A run that takes another one back leaves, alone, what was there before both; and what others have granted
    /// since stays in any case.
    fn check_undoing(&mut self, undoing: &Ended) {
        let Some(id) = &undoing.plan.undo_of else { return };
        let Some(place) = self.ended.iter().position(|ended| ended.id == *id) else { return };
        let undone = &self.ended[place];
        let follows = place + 1 == undoing.begun.after;
        let whole = undone.summary.tally.is_whole() && undoing.summary.tally.is_whole();
        let taken = !undoing.begun.in_part && undone.quiet && undoing.quiet;
        let is_alone = self.service.others_at.is_none_or(|at| at < undone.begun.at);
        let exact = follows && whole && taken && is_alone;
        let before = undone.begun.shape.clone();
        let from = undone.at + Timings::default().late + EXACT;
        if exact {
            self.meet("undone exactly");
            if self.service.shape() != before {
                self.breaks("I5", "a run and its undoing leave something behind");
            }
        }
        let to = undoing.begun.at.saturating_sub(self.service.lag);
        let mut lost = Vec::new();
        for ((group, member), at) in &self.service.memberships_by_others {
            let is_in = |state: &State| {
                state.groups.get(group).is_some_and(|held| held.members.contains_key(member))
            };
            let then = self.service.history.iter().rev().find(|(at, _)| *at <= to);
            let was_in = then.is_some_and(|(_, state)| is_in(state));
            let there = self.service.state.groups.contains_key(group);
            if from < *at && *at < to && was_in && there && !is_in(&self.service.state) {
                lost.push(member.clone());
            }
        }
        for member in lost {
            self.breaks("I5", format!("{member}, whom someone else has added since, is out"));
        }
    }

    /// What is told to be without effect of ours has none: also later, when what was lost may have landed.
    pub fn check_never_sent(&mut self, ended: &Ended) {
        for op in ended.plan.ops() {
            let state = ended.progress.op(op.id);
            let without = matches!(
                state,
                OpState::Refused(_) | OpState::Skipped(_) | OpState::AlreadySo | OpState::Waiting
            );
            let by_us = self.service.by_us.contains(&(ended.id.clone(), op.id));
            if without && by_us {
                self.breaks("I3", format!("{state:?}, and done by us: {:?}", op.change));
            }
        }
    }

    /// Whether the account was as a change wants it at some time since a run began, as reads could show it.
    fn was_so(&self, ended: &Ended, change: &Change) -> bool {
        let from = ended.begun.at.saturating_sub(self.service.lag);
        let later = self.service.history.iter().rev();
        let mut before = false;
        let states = later.take_while(|(at, _)| {
            let is_in = !before;
            before = *at <= from;
            is_in
        });
        let mut states = states.map(|(_, state)| state);
        states.any(|state| holds(change, &ended.progress, state))
    }
}
