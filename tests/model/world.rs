//! The program and the service in virtual time, one command at a time. The program is the real staging, the real plan,
//! the real run machine and a real journal on a disk; what stands between it and the service is played.

mod runs;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use std::time::Duration;

use cfiam::domain::{Directory, GroupId, MemberId, Now};
use cfiam::plan::{
    Call, Class, Event, Look, Outcome, Plan, Progress, Record, Request, Run, RunId, RunReport,
    Seen, Staging, Summary, TurnId, Wish,
};
use cfiam::store::Journal;
use cfiam::store::journal::journal_file;
use tempfile::TempDir;

use super::command::Fate;
use super::mutants::Mutant;
use super::service::{Service, Shape, account, outcome, wall};

const LATENCY: Duration = Duration::from_millis(80);
/// How long nothing may leave after a 429.
const THROTTLED: Duration = Duration::from_secs(15);

pub struct World {
    pub service: Service,
    pub mutant: Mutant,
    pub folder: TempDir,
    /// Promises that were broken, in words.
    pub broken: Vec<String>,
    /// Runs that have come to an end, in order; also those that were broken off and read back since.
    pub ended: Vec<Ended>,
    /// What was there when each run began.
    pub begun: BTreeMap<RunId, Begun>,
    /// When which run has last sent something.
    pub sends: BTreeMap<RunId, Duration>,
    /// Runs that were broken off and are to be read back, one after the other.
    pub to_recover: VecDeque<RunId>,
    /// What a person knows and wants; gone with the program, but for what is staged.
    pub directory: Directory,
    pub staging: Staging,
    pub plan: Option<Plan>,
    pub on: Option<On>,
    pub fates: VecDeque<Fate>,
    /// Until when no write may leave.
    pub held_until: Duration,
    /// The turns that are waited for.
    pub waiting: BTreeSet<TurnId>,
    /// So many reads fail next.
    pub unread: u32,
    /// The program is killed when it has kept so many records more.
    pub dies_in: Option<usize>,
    /// How much of what was written and not synced is lost when it is killed.
    pub torn: u8,
    pub dead: bool,
    /// How many seconds the program's wall clock is ahead of the service's.
    pub clock: i64,
    /// Until when a write that was lost lands.
    pub lands_until: Duration,
    /// What happened how often.
    pub met: BTreeMap<String, usize>,
    pub sight: super::promises::Sightings,
    queue: BinaryHeap<Reverse<(Duration, u64, Item)>>,
    seq: u64,
    epoch: u32,
    runs: u32,
}

/// A run that is on.
pub struct On {
    pub id: RunId,
    pub plan: Plan,
    pub run: Run,
    pub journal: Journal,
    pub progress: Progress,
    pub begun: Begun,
    pub stopping: bool,
    /// It was broken off, and is only read back.
    pub recovering: bool,
    /// Who is in what, as the plan was made on.
    pub set_then: BTreeMap<GroupId, BTreeSet<MemberId>>,
    waking: u64,
    events: u32,
}

/// What was there when a run began.
#[derive(Clone)]
pub struct Begun {
    pub at: Duration,
    pub shape: Shape,
    /// How many runs had ended before.
    pub after: usize,
    /// Whether something was left out of the plan.
    pub in_part: bool,
}

pub struct Ended {
    pub id: RunId,
    pub plan: Plan,
    pub progress: Progress,
    pub begun: Begun,
    pub at: Duration,
    pub summary: Summary,
    /// Whether nobody and nothing else can have changed what it has told of.
    pub quiet: bool,
}

#[derive(Clone, Debug)]
enum Item {
    Tell(u32, Event),
    Answer(u32, Look),
    Wake(u32, u64),
    /// A write may leave, unless it is held up (again).
    Turn(u32, TurnId),
    /// A write arrives: what becomes of it, and who waits for the answer.
    Arrive(u32, RunId, Request, Fate),
    Land(RunId, Request),
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

impl World {
    pub fn new(service: Service, mutant: Mutant) -> Self {
        Self {
            directory: service.read(),
            service,
            mutant,
            folder: super::memory_folder(),
            broken: Vec::new(),
            ended: Vec::new(),
            begun: BTreeMap::new(),
            sends: BTreeMap::new(),
            to_recover: VecDeque::new(),
            staging: Staging::new(account()),
            plan: None,
            on: None,
            fates: VecDeque::new(),
            held_until: Duration::ZERO,
            waiting: BTreeSet::new(),
            unread: 0,
            dies_in: None,
            torn: 0,
            dead: false,
            clock: 0,
            lands_until: Duration::ZERO,
            met: BTreeMap::new(),
            sight: super::promises::Sightings::default(),
            queue: BinaryHeap::new(),
            seq: 0,
            epoch: 0,
            runs: 0,
        }
    }

    pub fn now(&self) -> Now {
        let wall = wall(self.service.now) + jiff::SignedDuration::from_secs(self.clock);
        Now { wall, since_start: self.service.now }
    }

    /// Counts what has happened, by the first words of it.
    pub fn meet(&mut self, what: impl std::fmt::Debug) {
        let text = format!("{what:?}");
        let kind = text.trim_matches('"').split(" {").next().unwrap_or_default();
        let words: Vec<&str> = kind.splitn(3, '(').take(2).collect();
        let words = words.join("(").replace(|c: char| c.is_ascii_digit(), "");
        *self.met.entry(words).or_default() += 1;
    }

    fn at(&mut self, after: Duration, item: Item) {
        self.seq += 1;
        self.queue.push(Reverse((self.service.now + after, self.seq, item)));
    }

    /// Lets time pass, and what falls into it happen.
    pub fn pass(&mut self, time: Duration) {
        let until = self.service.now + time;
        while self.queue.peek().is_some_and(|Reverse((at, ..))| *at <= until) {
            self.next();
        }
        self.service.now = until;
    }

    /// Lets things happen until no run is on, for so long at most.
    pub fn pass_until_ended(&mut self, at_most: Duration) {
        let until = self.service.now + at_most;
        while self.on.is_some() && self.service.now <= until && self.next() {}
        if self.on.is_some() {
            self.broken.push(format!("I7: no end after {at_most:?}"));
            self.die();
        }
    }

    fn next(&mut self) -> bool {
        let Some(Reverse((at, _, item))) = self.queue.pop() else { return false };
        self.service.now = self.service.now.max(at);
        match item {
            Item::Tell(epoch, event) if epoch == self.epoch => self.tell(event),
            Item::Answer(epoch, look) if epoch == self.epoch => {
                let seen = self.look(&look);
                if let Some(on) = &self.on {
                    self.sight.looked(self.service.now, &on.id, &look, &seen);
                }
                let Some(on) = &self.on else { return true };
                let seen = self.mutant.of_look(on, seen);
                self.tell(Event::Looked(look.id, seen));
            }
            Item::Wake(epoch, n) if epoch == self.epoch => {
                if self.on.as_ref().is_some_and(|on| on.waking == n) {
                    self.tell(Event::Woke);
                }
            }
            Item::Turn(epoch, turn) if epoch == self.epoch => self.give_turn(turn),
            Item::Arrive(epoch, run, request, fate) => self.arrive(epoch, run, &request, fate),
            Item::Land(run, request) => drop(self.carry_out(&run, &request)),
            Item::Tell(..) | Item::Answer(..) | Item::Wake(..) | Item::Turn(..) => {}
        }
        self.recover_next();
        true
    }

    fn look(&mut self, look: &Look) -> Seen {
        if self.unread > 0 {
            self.unread -= 1;
            let kind = cfiam::domain::FaultKind::Unanswered;
            return Seen::Failed(cfiam::domain::Fault::new(kind, "reading: no answer", ""));
        }
        self.service.answer(look)
    }

    /// A write arrives at the service: what has to be on the disk by now is, and it meets its fate.
    fn arrive(&mut self, epoch: u32, run: RunId, request: &Request, fate: Fate) {
        if epoch == self.epoch {
            self.check_arrival(&run, request);
        }
        let ended = match fate {
            Fate::Ignored if matches!(request.call, Call::SetDirectPolicies { .. }) => {
                outcome(Class::Applied, Some(200))
            }
            Fate::Fine | Fate::Ignored => self.carry_out(&run, request),
            Fate::Throttled => {
                self.hold(THROTTLED);
                outcome(Class::Throttled, Some(429))
            }
            Fate::Forbidden => outcome(Class::Rejected, Some(403)),
            Fate::AppliedAndLost => {
                let _lost = self.carry_out(&run, request);
                outcome(Class::Unknown, None)
            }
            Fate::LostAndNotApplied => outcome(Class::Unknown, Some(502)),
            Fate::LostAndLate(ms) => {
                let after = Duration::from_millis(ms);
                self.lands_until = self.lands_until.max(self.service.now + after);
                self.at(after, Item::Land(run, request.clone()));
                outcome(Class::Unknown, None)
            }
            Fate::NeverSent => outcome(Class::NotSent, None),
        };
        let date = ended.status.map(|_| wall(self.service.now));
        let event = Event::Written(request.id, Outcome { date, ..ended });
        self.at(LATENCY / 2, Item::Tell(epoch, event));
    }

    fn carry_out(&mut self, run: &RunId, request: &Request) -> Outcome {
        let on = self.on.as_ref().filter(|on| on.id == *run);
        match on.and_then(|on| self.mutant.set(on, request)) {
            Some(set) => self.service.replace(run, request, &set),
            None => self.service.receive(run, request),
        }
    }

    /// Tells the run something, and grants its wishes in order.
    pub fn tell(&mut self, event: Event) {
        let now = self.now();
        let Some(on) = &mut self.on else { return };
        on.events += 1;
        if on.events > 20_000 {
            self.broken.push("I7: 20,000 events and no end".to_owned());
            return self.die();
        }
        if event == Event::Stop {
            on.stopping = true;
            if !self.waiting.is_empty() {
                *self.met.entry("stopped while held up".to_owned()).or_default() += 1;
            }
        }
        self.sight.told(&on.id, &event);
        let event = self.mutant.of_event(event);
        let mut records = Vec::new();
        for wish in on.run.on(event, now) {
            match wish {
                Wish::Keep(record) => records.push(record),
                wish => {
                    self.keep(&std::mem::take(&mut records));
                    if self.dead {
                        return;
                    }
                    self.grant(wish);
                }
            }
        }
        self.keep(&records);
    }

    /// Keeps records, or is killed while it does.
    fn keep(&mut self, records: &[Record]) {
        let now = self.now();
        let Some(on) = self.on.as_mut().filter(|_| !records.is_empty()) else { return };
        match self.dies_in {
            Some(left) if left <= records.len() => {
                let path = journal_file(self.folder.path(), &on.id);
                let synced = std::fs::metadata(&path).unwrap().len();
                on.journal.keep(&records[..left], now).unwrap();
                // What was not synced when it was killed may be on the disk, in part, or not.
                let written = std::fs::metadata(&path).unwrap().len();
                let kept = synced + (written - synced) * u64::from(self.torn) / 255;
                let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
                file.set_len(kept).unwrap();
                self.die();
            }
            left => {
                on.journal.keep(records, now).unwrap();
                self.dies_in = left.map(|left| left - records.len());
            }
        }
    }

    /// The program is killed. What it has sent still arrives.
    pub fn die(&mut self) {
        self.dead = true;
        self.dies_in = None;
        self.plan = None;
        self.to_recover.clear();
        self.epoch += 1;
        self.on = None;
        self.waiting.clear();
        self.sight.forget();
        self.meet("killed");
    }

    fn grant(&mut self, wish: Wish) {
        let Some(on) = &mut self.on else { return };
        match wish {
            Wish::Look(look) => {
                self.sight.asked(self.service.now, &look);
                self.at(LATENCY, Item::Answer(self.epoch, look));
            }
            Wish::Turn(turn, _) => {
                self.waiting.insert(turn);
                self.at(Duration::ZERO, Item::Turn(self.epoch, turn));
            }
            Wish::NoTurn(turn) => drop(self.waiting.remove(&turn)),
            Wish::Send(request) => self.send(request),
            Wish::Wake(after) => {
                on.waking += 1;
                let wake = Item::Wake(self.epoch, on.waking);
                self.at(after, wake);
            }
            Wish::Report(RunReport::Ended(summary)) => self.end(summary),
            Wish::Report(report) => on.progress.absorb(&report),
            Wish::Guards(_) => {
                let clear = Item::Tell(self.epoch, Event::Guarded(None));
                self.at(Duration::ZERO, clear);
            }
            Wish::Keep(_) | Wish::End => {}
        }
    }

    /// From now on no write leaves for so long.
    pub fn hold(&mut self, time: Duration) {
        self.held_until = self.held_until.max(self.service.now + time);
    }

    /// A turn that is still waited for comes, once nothing holds it up.
    fn give_turn(&mut self, turn: TurnId) {
        let wait = self.held_until.saturating_sub(self.service.now);
        if !wait.is_zero() {
            self.meet("held up");
            self.at(wait, Item::Turn(self.epoch, turn));
        } else if self.waiting.remove(&turn) {
            self.tell(Event::Turn(turn));
        }
    }

    fn send(&mut self, request: Request) {
        self.check_sending(&request);
        let fate = self.fates.pop_front().unwrap_or(Fate::Fine);
        self.meet(fate);
        let Some(on) = &self.on else { return };
        let (epoch, run) = (self.epoch, on.id.clone());
        self.sends.insert(run.clone(), self.service.now);
        if fate == Fate::NeverSent {
            let event = Event::Written(request.id, outcome(Class::NotSent, None));
            return self.at(LATENCY, Item::Tell(epoch, event));
        }
        self.at(LATENCY / 2, Item::Arrive(epoch, run, request, fate));
    }
}
