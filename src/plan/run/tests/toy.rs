//! A toy of the service in virtual time: faults on writes and reads, reads that lag, a second writer.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{
    Change, Fault, FaultKind, Group, GroupId, MemberId, Now, Policy, PolicyDraft, PolicyEdit,
};
use crate::plan::fixture::policy;
use crate::plan::run::*;
use crate::plan::{OpId, Plan};

/// What becomes of a write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fate {
    Fine,
    NeverSent,
    Throttled,
    Forbidden,
    AppliedAndLost,
    LostAndNotApplied,
    /// The answer is lost at once, and the write lands this much later.
    LostAndLate(u64),
}

/// What someone else does.
#[derive(Clone, Debug)]
pub(super) enum Other {
    Add(GroupId, MemberId),
    Remove(GroupId, MemberId),
    /// Removes someone who is in, and adds them anew.
    AddAnew(GroupId, MemberId),
    Rename(GroupId, Arc<str>),
    Policies(GroupId, PolicyDraft),
    Delete(GroupId),
    /// Makes a group, with this policy.
    Create(Arc<str>, PolicyDraft),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct ToyGroup {
    pub(super) name: Arc<str>,
    pub(super) policies: Vec<Arc<Policy>>,
    pub(super) members: BTreeMap<MemberId, Timestamp>,
    pub(super) created: Option<Timestamp>,
}

pub(super) type State = BTreeMap<GroupId, ToyGroup>;

/// What a run did, as the service saw it.
#[derive(Default)]
pub(super) struct Observed {
    pub(super) states: Vec<(Duration, State)>,
    /// Operations that a write of ours has carried out.
    pub(super) by_us: BTreeSet<OpId>,
    /// Broken promises, in words.
    pub(super) broken: Vec<String>,
    pub(super) writes: usize,
    pub(super) reads: usize,
    /// Requests that the reads take.
    pub(super) read_calls: usize,
    /// When reads were asked for, and for what.
    pub(super) looks: Vec<(Duration, Purpose)>,
    /// When what was sent.
    pub(super) sends: Vec<(Duration, Call)>,
    pub(super) most_at_once: usize,
    pub(super) records: Vec<Record>,
    /// The same with the time at which each was kept.
    pub(super) kept: Vec<(Timestamp, Record)>,
    pub(super) reports: Vec<RunReport>,
    pub(super) ended: Option<Duration>,
}

/// How the run is lied to, to see whether the promises catch it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mutant {
    None,
    /// A lost answer is taken for a write that never left, and so is sent again.
    ReplaysEverything,
    /// The time since when someone is in a group is not compared.
    IgnoresSince,
    /// What someone else has done to the policies is not seen.
    OverwritesPolicies,
}

pub(super) struct Toy {
    pub(super) state: State,
    pub(super) fates: Vec<Fate>,
    pub(super) unread: BTreeSet<usize>,
    pub(super) lag: Duration,
    pub(super) refused: BTreeSet<MemberId>,
    /// Members who have left the account.
    pub(super) left: BTreeSet<MemberId>,
    pub(super) others: Vec<(Duration, Other)>,
    pub(super) stop: Option<Duration>,
    /// What is said when guards are to be looked at again.
    pub(super) guard: Option<Pause>,
    /// The program is killed when it has kept this many records.
    pub(super) dies_after: Option<usize>,
    /// How long a group that was just made is missing, from reads and from the paths below it.
    pub(super) appears: Duration,
    /// How long the next turns are waited for; the others come at once.
    pub(super) holds: Vec<Duration>,
    pub(super) mutant: Mutant,
    /// Whether the check of the credential tells the service's clock.
    pub(super) tells_time: bool,
    /// How far the service's clock is ahead of the program's.
    pub(super) ahead: SignedDuration,
    pub(super) seen: Observed,
    now: Duration,
    queue: BinaryHeap<Reverse<(Duration, u64, Item)>>,
    seq: u64,
    waking: u64,
    in_flight: BTreeMap<RequestId, Call>,
    /// Operations that were sent, and not read back since; and the group that they were sent to.
    unseen: BTreeMap<OpId, (Option<GroupId>, Change)>,
    /// The policies of a group as the run was last told.
    told_policies: BTreeMap<GroupId, Vec<Arc<Policy>>>,
    /// Since when a member was in a group, as the run was first told and as it was last told.
    told: BTreeMap<(GroupId, MemberId), (Option<Timestamp>, Option<Timestamp>)>,
    made: u32,
    made_at: BTreeMap<GroupId, Duration>,
}

#[derive(Clone, Debug)]
enum Item {
    Tell(Event),
    Answer(Look),
    Land(Request),
    Other(Other),
    Wake(u64),
}

impl PartialEq for Item {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Item {}
impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Item {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

const LATENCY: Duration = Duration::from_millis(80);
const LONGEST: Duration = Duration::from_hours(3);

impl Toy {
    pub(super) fn new(state: State) -> Self {
        Self {
            state,
            fates: Vec::new(),
            unread: BTreeSet::new(),
            lag: Duration::ZERO,
            refused: BTreeSet::new(),
            left: BTreeSet::new(),
            others: Vec::new(),
            stop: None,
            guard: None,
            dies_after: None,
            appears: Duration::ZERO,
            holds: Vec::new(),
            made_at: BTreeMap::new(),
            mutant: Mutant::None,
            tells_time: true,
            ahead: SignedDuration::ZERO,
            seen: Observed::default(),
            now: Duration::ZERO,
            queue: BinaryHeap::new(),
            seq: 0,
            waking: 0,
            in_flight: BTreeMap::new(),
            unseen: BTreeMap::new(),
            told_policies: BTreeMap::new(),
            told: BTreeMap::new(),
            made: 0,
        }
    }

    fn at(&mut self, at: Duration, item: Item) {
        self.seq += 1;
        self.queue.push(Reverse((at, self.seq, item)));
    }

    pub(super) fn clock(&self) -> Now {
        let wall = Timestamp::UNIX_EPOCH + SignedDuration::try_from(self.now).unwrap();
        Now { wall, since_start: self.now }
    }

    /// The time on the service's clock.
    fn stamp(&self) -> Timestamp {
        self.clock().wall + self.ahead
    }

    /// What the service says its clock shows: whole seconds.
    fn date(&self) -> Timestamp {
        Timestamp::from_second(self.stamp().as_second()).unwrap()
    }

    /// Time goes by, and someone else does something.
    pub(super) fn later(&mut self, by: Duration, others: impl IntoIterator<Item = Other>) {
        self.now += by;
        others.into_iter().for_each(|other| self.other(other));
    }

    pub(super) fn time(&self) -> Now {
        self.clock()
    }

    /// Another run begins: what was seen of the one before is told.
    pub(super) fn begin_anew(&mut self) -> Observed {
        self.unseen.clear();
        self.told.clear();
        self.told_policies.clear();
        self.in_flight.clear();
        self.fates.clear();
        self.stop = None;
        self.others.clear();
        std::mem::take(&mut self.seen)
    }

    /// Carries a plan out to its end, and the late landings after it.
    pub(super) fn run(&mut self, plan: Plan, timings: Timings) -> Progress {
        let start = self.now;
        self.seen.states.push((start, self.state.clone()));
        for (at, other) in self.others.clone() {
            self.at(start + at, Item::Other(other));
        }
        if let Some(stop) = self.stop {
            self.at(start + stop, Item::Tell(Event::Stop));
        }
        let run = Run::new(plan, RunId::new(Timestamp::UNIX_EPOCH, 1), timings);
        let progress = self.go(run, Event::Begin);
        if self.seen.ended.is_none() && !self.is_dead() {
            self.seen.broken.push("I7: the run never ended".to_owned());
        }
        progress
    }

    /// Whether the program has been killed.
    pub(super) fn is_dead(&self) -> bool {
        self.dies_after.is_some_and(|records| self.seen.kept.len() >= records)
    }

    /// Time in which no program runs: what was sent still lands, and others go on.
    pub(super) fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(Reverse((at, _, _))) = self.queue.peek()
            && *at <= until
            && let Some(Reverse((at, _, item))) = self.queue.pop()
        {
            self.now = at;
            match item {
                Item::Land(request) => drop(self.carry_out(&request)),
                Item::Other(other) => self.other(other),
                Item::Tell(_) | Item::Answer(_) | Item::Wake(_) => {}
            }
        }
        self.now = until;
    }

    /// Tells a run this, and everything that follows, until nothing more does or the program is killed.
    pub(super) fn go(&mut self, mut run: Run, first: Event) -> Progress {
        let mut progress = Progress::new(run.plan());
        let began = self.now;
        self.seen.ended = None;
        self.in_flight.clear();
        if first == Event::Resume || !run.is_restored() {
            let checked =
                Event::Checked { expires: None, date: self.tells_time.then(|| self.date()) };
            self.at(self.now, Item::Tell(checked));
        }
        self.at(self.now, Item::Tell(first));
        let mut events = 0;
        while !self.is_dead()
            && let Some(Reverse((at, _, item))) = self.queue.pop()
        {
            // What was set for a run that has ended since takes no time.
            if self.seen.ended.is_some() && !matches!(item, Item::Land(_) | Item::Other(_)) {
                continue;
            }
            self.now = self.now.max(at);
            events += 1;
            if events > 20_000 || at > began + LONGEST {
                self.seen.broken.push(format!("I7: no end after {events} events, {at:?}"));
                break;
            }
            let event = match item {
                Item::Tell(event) => event,
                Item::Answer(look) => Event::Looked(look.id, self.answer(&look)),
                Item::Land(request) => {
                    self.carry_out(&request);
                    continue;
                }
                Item::Other(other) => {
                    self.other(other);
                    continue;
                }
                Item::Wake(n) if n == self.waking => Event::Woke,
                Item::Wake(_) => continue,
            };
            if let Event::Written(id, _) = &event {
                self.in_flight.remove(id);
            }
            for wish in run.on(self.lie(event), self.clock()) {
                if !self.is_dead() {
                    self.wish(wish, &mut progress, &run);
                }
            }
        }
        if self.is_dead() {
            self.forget(run.plan());
        }
        progress
    }

    /// What was on its way to the program is lost, and what it was told and has not kept.
    fn forget(&mut self, plan: &Plan) {
        self.queue.retain(|Reverse((_, _, item))| matches!(item, Item::Land(_) | Item::Other(_)));
        let kept = |record: &Record| match record {
            Record::Before { op, presence: Some(Presence::In { since: Some(_) }), .. } => Some(*op),
            _ => None,
        };
        let kept: BTreeSet<OpId> = self.seen.records.iter().filter_map(kept).collect();
        let changes = plan.ops().filter(|op| kept.contains(&op.id)).map(|op| &op.change);
        let known: BTreeSet<_> = changes
            .filter_map(|change| {
                Some((change.target().existing_group()?.clone(), change.member()?.clone()))
            })
            .collect();
        self.told.retain(|told, _| known.contains(told));
    }

    fn wish(&mut self, wish: Wish, progress: &mut Progress, run: &Run) {
        match wish {
            Wish::Look(look) => {
                self.seen.reads += 1;
                self.seen.looks.push((self.now, look.purpose));
                self.at(self.now + LATENCY, Item::Answer(look));
            }
            Wish::Turn(turn, _) => {
                let held = self.holds.pop().unwrap_or_default();
                self.at(self.now + held, Item::Tell(Event::Turn(turn)));
            }
            Wish::NoTurn(_) => {}
            Wish::Send(request) => self.send(&request, run),
            Wish::Wake(after) => {
                self.waking += 1;
                self.at(self.now + after, Item::Wake(self.waking));
            }
            Wish::Keep(record) => {
                self.seen.kept.push((self.clock().wall, record.clone()));
                self.seen.records.push(record);
            }
            Wish::Report(report) => {
                progress.absorb(&report);
                self.seen.reports.push(report);
            }
            Wish::Guards(_) => {
                let answer = self.guard.clone();
                self.at(self.now, Item::Tell(Event::Guarded(answer)));
            }
            Wish::End => self.seen.ended = Some(self.now),
        }
    }

    fn send(&mut self, request: &Request, run: &Run) {
        self.check_sending(request, run);
        let fate = self.fates.get(self.seen.writes).copied().unwrap_or(Fate::Fine);
        self.seen.writes += 1;
        self.seen.sends.push((self.now, request.call.clone()));
        self.in_flight.insert(request.id, request.call.clone());
        self.seen.most_at_once = self.seen.most_at_once.max(self.in_flight.len());
        let (half, whole) = (self.now + LATENCY / 2, self.now + LATENCY);
        let id = request.id;
        let outcome = match fate {
            Fate::Fine => {
                let outcome = self.carry_out(request);
                self.at(whole, Item::Tell(Event::Written(id, self.dated(outcome))));
                return self.note_sent(request, true, run);
            }
            Fate::NeverSent => a_outcome(Class::NotSent, None),
            Fate::Throttled => a_outcome(Class::Throttled, Some(429)),
            Fate::Forbidden => a_outcome(Class::Rejected, Some(403)),
            Fate::AppliedAndLost => {
                self.at(half, Item::Land(request.clone()));
                a_outcome(Class::Unknown, None)
            }
            Fate::LostAndNotApplied => a_outcome(Class::Unknown, Some(502)),
            Fate::LostAndLate(ms) => {
                self.at(self.now + Duration::from_millis(ms), Item::Land(request.clone()));
                a_outcome(Class::Unknown, None)
            }
        };
        let certain = matches!(outcome.class, Class::NotSent | Class::Throttled);
        let outcome = self.dated(outcome);
        self.at(whole, Item::Tell(Event::Written(id, outcome)));
        self.note_sent(request, !certain, run);
    }

    /// An answer says the server's clock, to the second; where none came, nothing does.
    fn dated(&self, outcome: Outcome) -> Outcome {
        let date = outcome.status.map(|_| self.date());
        Outcome { date, ..outcome }
    }

    fn note_sent(&mut self, request: &Request, arrived: bool, run: &Run) {
        for op in run.plan().ops().filter(|op| arrived && request.ops.contains(&op.id)) {
            self.unseen.insert(op.id, (request.call.group().cloned(), op.change.clone()));
        }
    }

    /// What must hold whenever something is sent.
    fn check_sending(&mut self, request: &Request, run: &Run) {
        for op in &request.ops {
            if self.unseen.contains_key(op) {
                self.seen.broken.push(format!("I2: {op:?} sent again without reading back"));
            }
        }
        if let Call::Remove { group, member } = &request.call
            && let Some((first, last)) = self.told.get(&(group.clone(), member.clone()))
            && first.is_some()
            && last.is_some()
            && first != last
        {
            self.seen
                .broken
                .push(format!("{member} was granted anew, and is removed all the same"));
        }
        let change = run.plan().ops().find(|op| request.ops.contains(&op.id)).map(|op| &op.change);
        if let Some(Change::SetPolicies { group, from, .. }) = change
            && !crate::plan::PolicySet::of(from).matches(&self.told_policies[group])
        {
            self.seen.broken.push("someone else's policies are overwritten".to_owned());
        }
        let mut ours = BTreeMap::new();
        for op in run.plan().ops().filter(|op| request.ops.contains(&op.id)) {
            ours.insert(op.id, op.change.clone());
        }
        let named: BTreeSet<_> = ours.values().filter_map(|c| c.member().cloned()).collect();
        let sent: BTreeSet<_> = match &request.call {
            Call::Add { members, .. } => members.iter().cloned().collect(),
            Call::Remove { member, .. } => [member.clone()].into(),
            _ => BTreeSet::new(),
        };
        if named != sent {
            self.seen.broken.push("I4: a call names others than its operations".to_owned());
        }
    }

    fn is_hidden(&self, group: &GroupId) -> bool {
        self.made_at.get(group).is_some_and(|at| self.now < *at + self.appears)
    }

    fn carry_out(&mut self, request: &Request) -> Outcome {
        let stamp = self.stamp();
        let before = self.state.clone();
        let outcome = self.apply(&request.call, stamp);
        if outcome.class == Class::Applied {
            self.seen.by_us.extend(&request.ops);
        }
        if before != self.state {
            self.seen.states.push((self.now, self.state.clone()));
        }
        outcome
    }

    fn apply(&mut self, call: &Call, stamp: Timestamp) -> Outcome {
        let taken =
            |state: &State, name: &Arc<str>| state.values().any(|group| group.name == *name);
        if let Call::Create { name, policies } = call {
            if taken(&self.state, name) {
                return a_outcome(Class::Rejected, Some(400));
            }
            let id = self.make(name.clone(), policies.iter().map(policy).collect());
            self.made_at.insert(id.clone(), self.now);
            return Outcome { made: Some(Made::Group(id)), ..a_outcome(Class::Applied, Some(200)) };
        }
        if let Call::Rename { to, .. } = call
            && taken(&self.state, to)
        {
            return a_outcome(Class::Rejected, Some(400));
        }
        if call.group().is_some_and(|id| self.is_hidden(id)) {
            return a_outcome(Class::Rejected, Some(404));
        }
        let Some(group) = call.group().and_then(|id| self.state.get_mut(id)) else {
            return a_outcome(Class::Rejected, Some(404));
        };
        match call {
            Call::Rename { to, .. } => group.name = to.clone(),
            Call::SetPolicies { to, .. } => {
                group.policies = to
                    .iter()
                    .map(|edit| match edit {
                        PolicyEdit::Write(draft) => policy(draft),
                        PolicyEdit::Keep(_) => panic!("the toy writes all policies anew"),
                    })
                    .collect();
            }
            Call::Add { members, .. } => {
                if members.iter().any(|m| self.refused.contains(m) || self.left.contains(m)) {
                    return a_outcome(Class::Rejected, Some(400));
                }
                for member in members {
                    group.members.entry(member.clone()).or_insert(stamp);
                }
            }
            Call::Remove { member, .. } => {
                if group.members.remove(member).is_none() {
                    return a_outcome(Class::Rejected, Some(404));
                }
            }
            Call::ReplaceMembers { members, .. } => {
                let was = std::mem::take(&mut group.members);
                let since = |member: &MemberId| was.get(member).copied().unwrap_or(stamp);
                group.members = members.iter().map(|m| (m.clone(), since(m))).collect();
            }
            Call::Delete { group } => {
                self.state.remove(group);
            }
            other => panic!("the toy has no people: {other:?}"),
        }
        a_outcome(Class::Applied, Some(200))
    }

    fn make(&mut self, name: Arc<str>, policies: Vec<Arc<Policy>>) -> GroupId {
        self.made += 1;
        let id = crate::plan::fixture::group(1000 + self.made as usize);
        let created = Some(self.stamp());
        let group = ToyGroup { name, policies, members: BTreeMap::new(), created };
        self.state.insert(id.clone(), group);
        id
    }

    fn other(&mut self, other: Other) {
        let stamp = self.stamp();
        let state = &mut self.state;
        match other {
            Other::Create(name, draft) => drop(self.make(name, vec![policy(&draft)])),
            Other::Add(group, member) => {
                if let Some(group) = state.get_mut(&group) {
                    group.members.entry(member).or_insert(stamp);
                }
            }
            Other::Remove(group, member) => {
                if let Some(group) = state.get_mut(&group) {
                    group.members.remove(&member);
                }
            }
            Other::AddAnew(group, member) => {
                if let Some(since) = state.get_mut(&group).and_then(|g| g.members.get_mut(&member))
                {
                    *since = stamp;
                }
            }
            Other::Rename(group, name) => {
                if let Some(group) = state.get_mut(&group) {
                    group.name = name;
                }
            }
            Other::Policies(group, draft) => {
                if let Some(group) = state.get_mut(&group) {
                    group.policies = vec![policy(&draft)];
                }
            }
            Other::Delete(group) => {
                state.remove(&group);
            }
        }
        self.seen.states.push((self.now, self.state.clone()));
    }

    /// What a read sees, which may lag.
    fn then(&self) -> &State {
        let at = self.now.saturating_sub(self.lag);
        let known = self.seen.states.iter().rev().find(|(since, _)| *since <= at);
        known.or(self.seen.states.first()).map_or(&self.state, |(_, state)| state)
    }

    fn answer(&mut self, look: &Look) -> Seen {
        let number = self.seen.reads;
        if self.unread.contains(&(number % 97)) {
            return Seen::Failed(Fault::new(FaultKind::Unanswered, "reading: no answer", ""));
        }
        let state = self.then();
        let seen = match &look.sight {
            Sight::Named(name) => Seen::Named(
                state
                    .iter()
                    .filter(|(_, group)| group.name == *name)
                    .map(|(id, group)| a_read(id, group))
                    .collect(),
            ),
            Sight::Group { group: id, .. } if self.is_hidden(id) => Seen::GroupGone,
            Sight::Group { group: id, present, since, .. } => match state.get(id) {
                None => Seen::GroupGone,
                Some(group) => {
                    let list = present.iter().map(|m| (m, false));
                    let single = since.iter().map(|m| (m, true));
                    let members = list
                        .chain(single)
                        .map(|(member, with_since)| {
                            let presence = match group.members.get(member) {
                                None if self.left.contains(member) => Presence::Left,
                                None => Presence::Out,
                                Some(at) => Presence::In { since: with_since.then_some(*at) },
                            };
                            (member.clone(), presence)
                        })
                        .collect();
                    Seen::Group { group: Some(a_read(id, group)), members }
                }
            },
            Sight::Members { group: id, .. } => match state.get(id) {
                None => Seen::GroupGone,
                Some(group) => {
                    let members = group.members.keys().cloned().collect();
                    Seen::Members { group: a_read(id, group), members }
                }
            },
            other => panic!("the toy has no people: {other:?}"),
        };
        self.note_told(look, &seen);
        self.seen.read_calls += cost(look, &seen);
        seen
    }

    fn note_told(&mut self, look: &Look, seen: &Seen) {
        self.unseen.retain(|_, (group, change)| !covers(look, seen, group.as_ref(), change));
        if let Seen::Group { group: Some(group), .. } = seen {
            self.told_policies.insert(group.id.clone(), group.policies().to_vec());
        }
        let (Sight::Group { group, .. }, Seen::Group { members, .. }) = (&look.sight, seen) else {
            return;
        };
        for (member, presence) in members {
            if let Presence::In { since: Some(since) } = presence {
                let told = self
                    .told
                    .entry((group.clone(), member.clone()))
                    .or_insert((Some(*since), None));
                told.1 = Some(*since);
            }
        }
    }

    fn lie(&self, event: Event) -> Event {
        match (self.mutant, event) {
            (Mutant::ReplaysEverything, Event::Written(id, outcome))
                if outcome.class == Class::Unknown =>
            {
                Event::Written(id, Outcome { class: Class::NotSent, ..outcome })
            }
            (Mutant::IgnoresSince, Event::Looked(id, Seen::Group { group, mut members })) => {
                for presence in members.values_mut() {
                    if let Presence::In { since: Some(since) } = presence {
                        *since = Timestamp::UNIX_EPOCH;
                    }
                }
                Event::Looked(id, Seen::Group { group, members })
            }
            (Mutant::OverwritesPolicies, Event::Looked(id, Seen::Group { group, members })) => {
                let first = &self.seen.states[0].1;
                let group = group.map(|mut group| {
                    if let Some(then) = first.get(&group.id) {
                        group.policies = Some(then.policies.clone().into());
                    }
                    group
                });
                Event::Looked(id, Seen::Group { group, members })
            }
            (_, event) => event,
        }
    }
}

/// How many requests a look takes.
fn cost(look: &Look, seen: &Seen) -> usize {
    let Sight::Group { present, since, by_list, group_too, .. } = &look.sight else { return 1 };
    let members = match seen {
        Seen::Group { members, .. } => members.clone(),
        _ => BTreeMap::new(),
    };
    let missing = members.values().any(|presence| *presence == Presence::Out);
    let list = if *by_list { 1 } else { present.len() };
    list + since.len() + usize::from(*group_too || missing)
}

/// Whether a look has read an operation back.
fn covers(look: &Look, seen: &Seen, group: Option<&GroupId>, change: &Change) -> bool {
    match (&look.sight, change) {
        (Sight::Named(name), Change::Create { name: made, .. }) => name == made,
        (Sight::Named(_) | Sight::Member(_) | Sight::WithEmail { .. }, _) => false,
        (Sight::Members { group: at, .. }, _)
        | (Sight::Group { group: at, .. }, Change::Create { .. }) => group == Some(at),
        (Sight::Group { group: at, present, since, group_too, .. }, change) => {
            let named = change.member().is_some_and(|m| present.contains(m) || since.contains(m));
            let whole = change.member().is_none() && *group_too;
            group == Some(at) && (named || whole || *seen == Seen::GroupGone)
        }
    }
}

fn a_read(id: &GroupId, group: &ToyGroup) -> Group {
    Group {
        id: id.clone(),
        name: group.name.clone(),
        created_on: group.created,
        modified_on: None,
        policies: Some(group.policies.clone().into()),
    }
}

fn a_outcome(class: Class, status: Option<u16>) -> Outcome {
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
