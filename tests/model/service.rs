//! The service in virtual time: groups and who is in them, reads that lag, and other people who change the same
//! things. Beside the account as it is it keeps the account as it would be had the program done nothing.

pub mod people;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use cfiam::domain::{
    Access, AccountId, Change, Collection, Directory, Fault, FaultKind, Group, GroupId, GroupRef,
    Load, MemberId, MemberStatus, Membership, Now, Page, PermissionGroup, PermissionGroupId,
    PermissionScope, Policy, PolicyContent, PolicyDraft, PolicyEdit, ResourceGroup,
    ResourceGroupId, ResourceKey, Scope, WalkId,
};
use cfiam::plan::{
    Call, Class, Look, Made, OpId, Outcome, PolicySet, Presence, Progress, Request, RunId, Seen,
    Sight, Transfer, wanted,
};
use jiff::Timestamp;

use people::{Direct, People};

/// How many members the account has.
pub const MEMBERS: usize = 48;

/// What someone else does.
#[derive(Clone, Debug)]
pub enum Other {
    Add(usize, usize),
    Remove(usize, usize),
    /// Removes someone who is in, and adds them anew.
    AddAnew(usize, usize),
    Rename(usize),
    Policies(usize, usize),
    Delete(usize),
    /// Takes somebody out of the account.
    RemoveMember(usize),
    /// Gives somebody this policy and no other.
    DirectPolicies(usize, usize),
    /// An invitation is accepted.
    Accept(usize),
    /// The invitation of somebody who was not in the account at first is accepted.
    AcceptNew(usize),
    /// Invites somebody who was not in the account at first.
    Invite(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    pub name: Arc<str>,
    pub policies: Vec<PolicyContent>,
    pub members: BTreeMap<MemberId, Timestamp>,
    pub created: Timestamp,
}

/// The account at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub groups: BTreeMap<GroupId, Held>,
    pub people: People,
}

/// The account but for ids and dates: by name, what groups grant and who is in them; and what people hold directly.
pub type Shape = (BTreeMap<String, (BTreeSet<PolicyContent>, BTreeSet<MemberId>)>, Direct);

pub struct Service {
    pub now: Duration,
    pub lag: Duration,
    pub state: State,
    /// The account had the program done nothing.
    pub without_us: State,
    /// How it was, and since when.
    pub history: Vec<(Duration, State)>,
    /// When someone else has last changed something.
    pub others_at: Option<Duration>,
    /// When someone else has last changed a membership.
    pub memberships_by_others: BTreeMap<(GroupId, MemberId), Duration>,
    /// Operations that a write of ours has carried out.
    pub by_us: BTreeSet<(RunId, OpId)>,
    refused: BTreeSet<MemberId>,
    made: usize,
}

pub fn account() -> AccountId {
    AccountId::parse(&format!("{:032x}", 0xacc)).unwrap()
}

pub fn group(n: usize) -> GroupId {
    GroupId::parse(&format!("{:032x}", 0x6000 + n)).unwrap()
}

pub fn member(n: usize) -> MemberId {
    MemberId::parse(&format!("{:032x}", 0x3000 + n)).unwrap()
}

/// A policy by its number: on what has an id where that is even, else on a zone, which has none.
pub fn a_policy(n: usize) -> PolicyContent {
    let on = if n.is_multiple_of(2) {
        ResourceKey::Id(ResourceGroupId::parse(&format!("{:032x}", 0x8000)).unwrap())
    } else {
        let zone = format!("com.cloudflare.api.account.zone.{n}");
        let key = "com.cloudflare.api.account.1".into();
        ResourceKey::Scopes(vec![Scope { key, objects: vec![zone.into()] }])
    };
    PolicyContent {
        access: Access::Allow,
        permission_groups: vec![PermissionGroupId::parse(&format!("{:032x}", 0x9000 + n)).unwrap()],
        resource_groups: vec![on],
    }
}

fn read_policy(content: &PolicyContent) -> Arc<Policy> {
    let permission_group = |id: &PermissionGroupId| {
        Arc::new(PermissionGroup {
            id: id.clone(),
            name: "".into(),
            label: "".into(),
            description: "".into(),
            scope: PermissionScope::Unknown,
        })
    };
    let resource_group = |key: &ResourceKey| {
        let (id, scopes) = match key {
            ResourceKey::Id(id) => (Some(id.clone()), Vec::new()),
            ResourceKey::Scopes(scopes) => (None, scopes.clone()),
        };
        Arc::new(ResourceGroup { id, name: "".into(), scopes })
    };
    Arc::new(Policy {
        access: content.access.clone(),
        permission_groups: content.permission_groups.iter().map(permission_group).collect(),
        resource_groups: content.resource_groups.iter().map(resource_group).collect(),
    })
}

pub fn wall(now: Duration) -> Timestamp {
    Timestamp::UNIX_EPOCH + jiff::SignedDuration::try_from(now).unwrap()
}

impl Service {
    /// `g0` has `m0…m5`, `g1` nobody, `g2` has `m0…m29`. Nobody whose number is in `refused` can be added.
    pub fn new(lag: Duration, refused: &BTreeSet<usize>) -> Self {
        let since = Timestamp::UNIX_EPOCH - jiff::SignedDuration::from_hours(24);
        let held = |n: usize, members: usize| {
            let members = (0..members).map(|m| (member(m), since)).collect();
            let policies = vec![a_policy(n)];
            (group(n), Held { name: format!("g{n}").into(), policies, members, created: since })
        };
        let groups = [held(0, 6), held(1, 0), held(2, 30)].into();
        let state = State { groups, people: people::at_first() };
        Self {
            now: Duration::ZERO,
            lag,
            without_us: state.clone(),
            history: vec![(Duration::ZERO, state.clone())],
            state,
            others_at: None,
            memberships_by_others: BTreeMap::new(),
            by_us: BTreeSet::new(),
            refused: refused.iter().map(|m| member(*m)).collect(),
            made: 0,
        }
    }

    /// Carries a write of a run out, or refuses it.
    pub fn receive(&mut self, run: &RunId, request: &Request) -> Outcome {
        let outcome = self.apply(&request.call);
        if outcome.class == Class::Applied {
            self.by_us.extend(request.ops.iter().map(|op| (run.clone(), *op)));
        }
        self.note();
        outcome
    }

    fn note(&mut self) {
        if self.history.last().is_none_or(|(_, last)| *last != self.state) {
            self.history.push((self.now, self.state.clone()));
        }
    }

    fn apply(&mut self, call: &Call) -> Outcome {
        if let Some(outcome) = self.apply_to_people(call) {
            return outcome;
        }
        let stamp = wall(self.now);
        let taken = |name: &Arc<str>| self.state.groups.values().any(|group| group.name == *name);
        match call {
            Call::Create { name, policies } => {
                if taken(name) {
                    return outcome(Class::Rejected, Some(400));
                }
                self.made += 1;
                let id = group(1000 + self.made);
                let policies = policies.iter().map(PolicyDraft::content).collect();
                let (name, members) = (name.clone(), BTreeMap::new());
                let held = Held { name, policies, members, created: stamp };
                self.state.groups.insert(id.clone(), held);
                let made = Some(Made::Group(id));
                return Outcome { made, ..outcome(Class::Applied, Some(200)) };
            }
            Call::Rename { to, .. } if taken(to) => return outcome(Class::Rejected, Some(400)),
            Call::Delete { group } if self.state.groups.remove(group).is_some() => {
                return outcome(Class::Applied, Some(200));
            }
            _ => {}
        }
        let there = match call {
            Call::Rename { group, .. }
            | Call::SetPolicies { group, .. }
            | Call::Add { group, .. }
            | Call::Remove { group, .. } => self.state.groups.get_mut(group),
            _ => None,
        };
        let Some(held) = there else { return outcome(Class::Rejected, Some(404)) };
        match call {
            Call::Rename { to, .. } => held.name = to.clone(),
            Call::SetPolicies { to, .. } => held.policies = to.iter().map(content).collect(),
            Call::Add { members, .. }
                if members
                    .iter()
                    .any(|m| self.refused.contains(m) || !self.state.people.contains_key(m)) =>
            {
                return outcome(Class::Rejected, Some(400));
            }
            Call::Add { members, .. } => {
                for member in members {
                    held.members.entry(member.clone()).or_insert(stamp);
                }
            }
            Call::Remove { member, .. } if held.members.remove(member).is_none() => {
                return outcome(Class::Rejected, Some(404));
            }
            _ => {}
        }
        outcome(Class::Applied, Some(200))
    }

    /// Makes a group's members exactly these, as a PUT of the set does.
    pub fn replace(&mut self, run: &RunId, request: &Request, set: &BTreeSet<MemberId>) -> Outcome {
        let stamp = wall(self.now);
        let (Call::Add { group, .. } | Call::Remove { group, .. }) = &request.call else {
            return self.receive(run, request);
        };
        let Some(held) = self.state.groups.get_mut(group) else {
            return outcome(Class::Rejected, Some(404));
        };
        held.members.retain(|member, _| set.contains(member));
        for member in set {
            held.members.entry(member.clone()).or_insert(stamp);
        }
        self.by_us.extend(request.ops.iter().map(|op| (run.clone(), *op)));
        self.note();
        outcome(Class::Applied, Some(200))
    }

    /// Someone else changes something.
    pub fn other(&mut self, other: &Other) {
        let stamp = wall(self.now);
        let before = self.state.clone();
        for state in [&mut self.state, &mut self.without_us] {
            people::meddle(state, other);
            meddle(state, other, stamp);
        }
        if let Other::Invite(n) = other {
            self.invited_by_others(*n);
        }
        if before == self.state {
            return;
        }
        self.others_at = Some(self.now);
        if let Other::RemoveMember(m) = other {
            let out = member(*m);
            let left = before.groups.iter().filter(|(_, held)| held.members.contains_key(&out));
            let left = left.map(|(id, _)| ((id.clone(), out.clone()), self.now));
            self.memberships_by_others.extend(left);
        }
        if let Other::Add(g, m) | Other::Remove(g, m) | Other::AddAnew(g, m) = other {
            self.memberships_by_others.insert((group(*g), member(*m)), self.now);
        }
        self.note();
    }

    /// What a read sees, which may lag.
    fn then(&self) -> &State {
        let at = self.now.saturating_sub(self.lag);
        let known = self.history.iter().rev().find(|(since, _)| *since <= at);
        known.or(self.history.first()).map_or(&self.state, |(_, state)| state)
    }

    pub fn answer(&self, look: &Look) -> Seen {
        let state = self.then();
        if let Sight::Named(name) = &look.sight {
            let named = state.groups.iter().filter(|(_, group)| group.name == *name);
            return Seen::Named(named.map(|(id, held)| row(id, held)).collect());
        }
        if let Sight::Members { group, .. } = &look.sight {
            let held = state.groups.get(group);
            return held.map_or(Seen::GroupGone, |held| Seen::Members {
                group: row(group, held),
                members: held.members.keys().cloned().collect(),
            });
        }
        if let Sight::Member(id) = &look.sight {
            return Seen::Member(state.people.get(id).map(|person| people::row(id, person)));
        }
        if let Sight::WithEmail { email, everyone } = &look.sight {
            let found = people::with_email(&state.people, email);
            let found = found.filter(|(_, person)| person.pending || *everyone);
            let rows = found.into_iter().map(|(id, person)| people::row(id, person));
            return Seen::WithEmail(rows.collect());
        }
        let Sight::Group { group: id, present, since, by_list, .. } = &look.sight else {
            panic!("nothing is staged that asks for this: {look:?}")
        };
        let Some(held) = state.groups.get(id) else { return Seen::GroupGone };
        // Only a single read tells who has left the account.
        let presence = |member: &MemberId, tells: bool| match held.members.get(member) {
            None if !state.people.contains_key(member) && (tells || !by_list) => Presence::Left,
            None => Presence::Out,
            Some(at) => Presence::In { since: tells.then_some(*at) },
        };
        let list = present.iter().map(|m| (m.clone(), presence(m, false)));
        let single = since.iter().map(|m| (m.clone(), presence(m, true)));
        Seen::Group { group: Some(row(id, held)), members: list.chain(single).collect() }
    }

    /// The account as a console knows it that has just read everything.
    pub fn read(&self) -> Directory {
        let mut directory = Directory::new(account());
        let state = self.then();
        let people = state.people.iter().map(|(id, person)| people::row(id, person));
        walk(&mut directory, 1, Page::Members(people.collect()));
        let rows = state.groups.iter().map(|(id, held)| row(id, held)).collect();
        walk(&mut directory, 2, Page::Groups(rows));
        for (n, (id, held)) in (3..).zip(&state.groups) {
            let row = |member: &MemberId| Membership {
                member: member.clone(),
                email: "".into(),
                status: MemberStatus::Accepted,
            };
            let rows = held.members.keys().map(row).collect();
            walk(&mut directory, n, Page::GroupMembers(id.clone(), rows));
            for (member, since) in &held.members {
                let (group, member, since) = (id.clone(), member.clone(), Some(*since));
                let load = Load::Membership { group, member, present: true, since };
                directory.absorb(load, Now::default());
            }
        }
        directory
    }

    /// The account but for ids and dates, which no undoing brings back.
    pub fn shape(&self) -> Shape {
        let shape = |held: &Held| {
            let policies = held.policies.iter().cloned().collect();
            (held.name.to_string(), (policies, held.members.keys().cloned().collect()))
        };
        (self.state.groups.values().map(shape).collect(), self.state.direct())
    }
}

fn content(edit: &PolicyEdit) -> PolicyContent {
    match edit {
        PolicyEdit::Keep(content) => content.clone(),
        PolicyEdit::Write(draft) => draft.content(),
    }
}

fn meddle(state: &mut State, other: &Other, stamp: Timestamp) {
    let (Other::Add(g, _)
    | Other::Remove(g, _)
    | Other::AddAnew(g, _)
    | Other::Rename(g)
    | Other::Policies(g, _)
    | Other::Delete(g)) = other
    else {
        return;
    };
    let id = group(*g);
    let is_there = |m: &usize| state.people.contains_key(&member(*m));
    if matches!(other, Other::Add(_, m) if !is_there(m)) {
        return;
    }
    let Some(held) = state.groups.get_mut(&id) else { return };
    match other {
        Other::Add(_, m) => {
            held.members.entry(member(*m)).or_insert(stamp);
        }
        Other::Remove(_, m) => {
            held.members.remove(&member(*m));
        }
        Other::AddAnew(_, m) => {
            if let Some(since) = held.members.get_mut(&member(*m)) {
                *since = stamp;
            }
        }
        Other::Rename(_) => held.name = format!("theirs{g}").into(),
        Other::Policies(_, n) => held.policies = vec![a_policy(*n)],
        Other::Delete(_) => {
            state.groups.remove(&id);
        }
        _ => {}
    }
}

/// Whether the account is as a change wants it.
pub fn holds(change: &Change, progress: &Progress, there: &State) -> bool {
    if let Some(holds) = people::holds(change, &there.people) {
        return holds;
    }
    let there = &there.groups;
    let id = |group: &GroupRef| match group {
        GroupRef::Existing(id) => Some(id.clone()),
        GroupRef::Draft(draft) => progress.made(*draft).cloned(),
    };
    match change {
        Change::Create { name, .. } => there.values().any(|held| held.name == *name),
        Change::Rename { group, to, .. } => there.get(group).is_some_and(|g| g.name == *to),
        Change::SetPolicies { group, to, .. } => {
            there.get(group).is_some_and(|held| wanted(to) == PolicySet::of(&held.policies))
        }
        Change::Add { group, member } => id(group)
            .and_then(|id| there.get(&id))
            .is_some_and(|held| held.members.contains_key(member)),
        Change::Remove { group, member } => {
            there.get(group).is_none_or(|held| !held.members.contains_key(member))
        }
        Change::Delete { group, .. } => !there.contains_key(group),
        other => panic!("not staged here: {other:?}"),
    }
}

fn row(id: &GroupId, held: &Held) -> Group {
    Group {
        id: id.clone(),
        name: held.name.clone(),
        created_on: Some(held.created),
        modified_on: None,
        policies: Some(held.policies.iter().map(read_policy).collect()),
    }
}

fn walk(directory: &mut Directory, walk: u64, page: Page) {
    let (walk, collection): (WalkId, Collection) = (WalkId(walk), page.collection());
    let now = Now::default();
    directory.absorb(Load::Begun { collection: collection.clone(), walk }, now);
    directory.absorb(Load::Page { walk, page, of: None, set_aside: 0 }, now);
    directory.absorb(Load::Ended { collection, walk, gaps: Vec::new() }, now);
}

/// How a write ended, in the words that the client would find for it.
pub fn outcome(class: Class, status: Option<u16>) -> Outcome {
    let kind = match (class, status) {
        (_, Some(403)) => FaultKind::Permission("Account Settings Write".into()),
        (_, Some(404)) => FaultKind::NotFound,
        (Class::NotSent, _) => FaultKind::NotSent,
        (Class::Throttled, _) => FaultKind::Throttled,
        (Class::Unknown, Some(_)) => FaultKind::Server,
        (Class::Unknown, None) => FaultKind::Unanswered,
        _ => FaultKind::Refused,
    };
    let fault = (class != Class::Applied).then(|| Fault::new(kind, "changing the account", ""));
    Outcome {
        class,
        fault,
        status,
        ray: None,
        date: None,
        transfer: Transfer::default(),
        made: None,
    }
}
