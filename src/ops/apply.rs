//! Carrying out a plan: the pure machine's wishes, with real requests and timers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::Sleep;

use super::load;
use super::look::{Came, Looked, look};
use super::send::{never_left, refused, send, unknown, write};
use crate::api::{Checked, Client, List, Turn};
use crate::domain::{Fault, FaultKind, Group, GroupId, Load, MemberId, Now, Page, Target, Urgency};
use crate::plan::{
    End, Event, Look, LookId, OpId, OpState, Outcome, Pause, Phase, Plan, Progress, Purpose,
    Record, Request, RequestId, Run, RunId, RunReport, Seen, Sight, Timings, TurnId, Verdict, Wish,
    Witness,
};

/// What a run tells while it goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// How it goes.
    Run(RunReport),
    /// Transitions, to be kept before the call returns: what follows from them happens after.
    Keep(Vec<Record>),
    /// What was read on the way, or again after the end.
    Load(Load),
    /// The guards are to be looked at again for these operations, which are about to be sent, with all that was told;
    /// these were read for it.
    Guards(Vec<OpId>, BTreeSet<Witness>),
}

/// Whom a run tells how it goes, and asks whether it may send.
pub trait Desk: Send {
    /// Takes in what a run tells. An `Err` for [`Told::Keep`] is the reason why the run ends: what there is to be kept
    /// after it is told all the same, as there may be another place for it. For anything else an `Err` says nothing.
    fn tell(&mut self, what: Told) -> Result<(), Fault>;

    /// Looks at the guards again for these operations, once these were read for it.
    fn guards(
        &mut self,
        ops: &[OpId],
        read: &BTreeSet<Witness>,
    ) -> impl Future<Output = Verdict> + Send;
}

/// One who listens, and knows no account that guards could be held against.
impl<F: FnMut(Told) -> Result<(), Fault> + Send> Desk for F {
    fn tell(&mut self, what: Told) -> Result<(), Fault> {
        self(what)
    }

    async fn guards(&mut self, _: &[OpId], _: &BTreeSet<Witness>) -> Verdict {
        Verdict::Clear
    }
}

/// Carries out a plan to its end. When `stop` is ready nothing more is sent, and what is in flight is read back.
/// The same where `desk` can't keep something, or says that a guard stands.
/// After [`RunReport::Ended`] the member lists that were changed are read again; then this returns.
pub async fn apply(
    client: &Client,
    plan: Arc<Plan>,
    id: RunId,
    timings: Timings,
    clock: impl Fn() -> Now + Send,
    stop: impl Future<Output = ()> + Send,
    desk: impl Desk,
) {
    let run = Run::new(Plan::clone(&plan), id, timings);
    take_up(client, run, Event::Begin, clock, stop, desk).await;
}

/// Takes a run up that was restored from its journal. Told to begin it is only read back; told to resume it is carried
/// on to its end as in [`apply`]; told to close it ends as it is, and nothing is asked.
pub async fn take_up(
    client: &Client,
    run: Run,
    how: Event,
    clock: impl Fn() -> Now + Send,
    stop: impl Future<Output = ()> + Send,
    desk: impl Desk,
) {
    let plan = Arc::new(run.plan().clone());
    let progress = Progress::new(&plan);
    let writes = how != Event::Close && (how != Event::Begin || !run.is_restored());
    let mut driver = Driver {
        client: client.clone(),
        plan,
        run,
        clock,
        desk,
        guarding: None,
        tasks: JoinSet::new(),
        doing: HashMap::new(),
        came: HashMap::new(),
        progress,
        made: BTreeSet::new(),
        turns: HashMap::new(),
        turn: None,
        unkept: None,
        ended: false,
    };
    driver.drive(how, stop).await;
    if writes {
        driver.read_again().await;
    }
}

struct Driver<C, D> {
    client: Client,
    plan: Arc<Plan>,
    run: Run,
    clock: C,
    desk: D,
    /// The operations that the guards are to be looked at for, before anything else is done.
    guarding: Option<Vec<OpId>>,
    tasks: JoinSet<Done>,
    /// What each task does, for when it dies.
    doing: HashMap<Id, Doing>,
    /// What groups and members hold, as it came with the last look.
    came: HashMap<Target, Came>,
    progress: Progress,
    made: BTreeSet<GroupId>,
    /// What waits for its turn.
    turns: HashMap<TurnId, AbortHandle>,
    /// The turn that has just come, until the run has said whether it is used.
    turn: Option<Turn>,
    /// Why nothing can be kept any more.
    unkept: Option<Fault>,
    ended: bool,
}

#[derive(Clone, Copy)]
enum Doing {
    Look(LookId),
    Turn(TurnId),
    Send(RequestId),
}

enum Done {
    Looked(LookId, Box<Looked>),
    Turn(TurnId, Turn),
    Sent(RequestId, Box<(Outcome, Option<Group>)>),
}

impl<C: Fn() -> Now + Send, D: Desk> Driver<C, D> {
    async fn drive(&mut self, how: Event, stop: impl Future<Output = ()> + Send) {
        let mut stop = Box::pin(stop);
        let mut stopped = false;
        let sends = how == Event::Resume || (how == Event::Begin && !self.run.is_restored());
        let mut alarm = Box::pin(tokio::time::sleep(Duration::MAX));
        let how = if sends && !self.plan.is_empty() {
            tokio::select! {
                refused = self.check(&mut alarm) => refused.map_or(how, Event::Refused),
                () = &mut stop => {
                    stopped = true;
                    how
                }
            }
        } else {
            how
        };
        self.tell(how, &mut alarm);
        if stopped {
            self.tell(Event::Stop, &mut alarm);
        }
        while !self.ended {
            if let Some(ops) = self.guarding.take() {
                let event = tokio::select! {
                    why = self.guard(&ops) => Event::Guarded(why),
                    () = &mut stop, if !stopped => {
                        stopped = true;
                        Event::Stop
                    }
                };
                self.tell(event, &mut alarm);
                continue;
            }
            tokio::select! {
                Some(done) = self.tasks.join_next_with_id() => self.done(done, &mut alarm),
                () = &mut alarm => {
                    alarm.set(tokio::time::sleep(Duration::MAX));
                    self.tell(Event::Woke, &mut alarm);
                }
                () = &mut stop, if !stopped => {
                    stopped = true;
                    self.tell(Event::Stop, &mut alarm);
                }
            }
        }
    }

    /// Checks the credential before anything is written, and the clock that dates are held against. Gives why nothing
    /// may be sent.
    async fn check(&mut self, alarm: &mut std::pin::Pin<Box<Sleep>>) -> Option<Pause> {
        let checked = match self.client.check(&self.plan.account).await {
            Ok(checked) => checked,
            // That it may not be checked says nothing of what it may write.
            Err(fault) if matches!(fault.kind, FaultKind::Permission(_) | FaultKind::Refused) => {
                return None;
            }
            Err(fault) => return Some(Pause::after(fault)),
        };
        let Checked { expires, date } = checked;
        let now = (self.clock)().wall;
        let warnings =
            [expires_early(expires, now, self.plan.calls.total()), clock_is_off(date, now)];
        for warning in warnings.into_iter().flatten() {
            self.report(RunReport::Warned(warning));
        }
        let wishes = self.run.on(Event::Checked { expires, date }, (self.clock)());
        match self.grant_all(wishes, alarm) {
            Some(Event::NotKept(fault, _)) => Some(Pause::Disk(fault)),
            _ => None,
        }
    }

    /// Has the guards looked at again before anything is sent. Gives why nothing may be sent.
    async fn guard(&mut self, ops: &[OpId]) -> Option<Pause> {
        let mut read = BTreeSet::new();
        loop {
            let wanted = match self.desk.guards(ops, &read).await {
                Verdict::Clear => return None,
                Verdict::Stands(fault) => return Some(Pause::Guard(fault)),
                Verdict::Read(wanted) => wanted,
            };
            if let Err(fault) = self.read_for_guards(&wanted).await {
                return Some(Pause::after(fault));
            }
            read.extend(wanted);
        }
    }

    async fn read_for_guards(&mut self, wanted: &BTreeSet<Witness>) -> Result<(), Fault> {
        let lists = wanted.iter().filter_map(|witness| match witness {
            Witness::List(group) => Some(group.clone()),
            _ => None,
        });
        for group in lists {
            let list = List::group_members(self.plan.account.clone(), group);
            let desk = &mut self.desk;
            let tell = |load| drop(desk.tell(Told::Load(load)));
            load::walk(&self.client, &list, Urgency::Preflight, tell).await?;
        }
        for sight in sights(wanted, &self.plan) {
            let (client, account) = (self.client.clone(), self.plan.account.clone());
            // It is not one of the run's own looks, which are told apart by their numbers.
            let wanted = Look { id: LookId(u32::MAX), purpose: Purpose::Preflight, sight };
            let looked = look(client, account, wanted).await;
            looked.loads.into_iter().for_each(|load| self.load(load));
            if let Seen::Failed(fault) = looked.seen {
                return Err(fault);
            }
        }
        Ok(())
    }

    fn done(&mut self, done: Result<(Id, Done), JoinError>, alarm: &mut std::pin::Pin<Box<Sleep>>) {
        let event = match done {
            Ok((id, done)) => {
                // An end that nobody waits for any more is that of a turn that was given up as it came.
                let Some(_) = self.doing.remove(&id) else { return };
                match done {
                    Done::Looked(look, looked) => self.looked(look, *looked),
                    Done::Turn(id, turn) => {
                        self.turns.remove(&id);
                        self.turn = Some(turn);
                        Event::Turn(id)
                    }
                    Done::Sent(request, sent) => {
                        let (outcome, group) = *sent;
                        if let Some(group) = group {
                            self.load(Load::Rows(Page::Groups(vec![group])));
                        }
                        Event::Written(request, outcome)
                    }
                }
            }
            Err(died) => match self.doing.remove(&died.id()) {
                Some(Doing::Look(look)) => Event::Looked(look, Seen::Failed(died_looking())),
                // What is then sent finds no turn, and never leaves.
                Some(Doing::Turn(turn)) => Event::Turn(turn),
                Some(Doing::Send(request)) => Event::Written(request, unknown()),
                None => return,
            },
        };
        self.tell(event, alarm);
        // One that was not used is given back.
        self.turn = None;
    }

    fn looked(&mut self, look: LookId, looked: Looked) -> Event {
        for load in looked.loads {
            // A group that was just made may be missing from reads for a while.
            match load {
                Load::GroupGone(group) if self.made.contains(&group) => {}
                load => self.load(load),
            }
        }
        if let Some((of, came)) = looked.came {
            self.came.insert(of, came);
        }
        Event::Looked(look, looked.seen)
    }

    fn tell(&mut self, event: Event, alarm: &mut std::pin::Pin<Box<Sleep>>) {
        let now = (self.clock)();
        let wishes = self.run.on(event, now);
        if let Some(not_kept) = self.grant_all(wishes, alarm) {
            let now = (self.clock)();
            // What is not kept any more can't fail to be kept.
            for wish in self.run.on(not_kept, now) {
                self.grant(wish, alarm);
            }
        }
    }

    /// Grants wishes in order, records that follow one another together. Where they can't be kept, the writes that
    /// follow are not sent; gives what the run is then to be told.
    fn grant_all(
        &mut self,
        wishes: Vec<Wish>,
        alarm: &mut std::pin::Pin<Box<Sleep>>,
    ) -> Option<Event> {
        let (mut not_kept, mut unsent) = (None, Vec::new());
        let mut records = Vec::new();
        for wish in wishes {
            match wish {
                Wish::Keep(record) => records.push(record),
                wish => {
                    not_kept = self.keep(std::mem::take(&mut records)).or(not_kept);
                    match wish {
                        Wish::Send(request) if self.unkept.is_some() => unsent.push(request.id),
                        wish => self.grant(wish, alarm),
                    }
                }
            }
        }
        let not_kept = self.keep(records).or(not_kept);
        not_kept.map(|fault| Event::NotKept(fault, unsent))
    }

    /// Has records kept, and gives why that has failed for the first time. After that nothing counts as kept: what a
    /// disk has once lost can't be made good by writing on.
    fn keep(&mut self, records: Vec<Record>) -> Option<Fault> {
        if records.is_empty() {
            return None;
        }
        let fault = self.desk.tell(Told::Keep(records)).err()?;
        let first = self.unkept.is_none();
        self.unkept = Some(fault.clone());
        first.then_some(fault)
    }

    fn report(&mut self, mut report: RunReport) {
        if let (RunReport::Ended(summary), Some(fault)) = (&mut report, &self.unkept) {
            // Also where all that could not be kept is the end itself: it counts as open.
            summary.end = End::Paused(Pause::Disk(fault.clone()));
        }
        self.progress.absorb(&report);
        if let RunReport::Made(_, group) = &report {
            self.made.insert(group.clone());
        }
        let _told = self.desk.tell(Told::Run(report));
    }

    fn grant(&mut self, wish: Wish, alarm: &mut std::pin::Pin<Box<Sleep>>) {
        match wish {
            Wish::Keep(record) => drop(self.keep(vec![record])),
            Wish::Report(report) => self.report(report),
            Wish::Wake(after) => alarm.set(tokio::time::sleep(after)),
            Wish::End => self.ended = true,
            Wish::Look(wanted) => self.look(wanted),
            Wish::Turn(id, target) => self.wait_for_turn(id, target),
            Wish::NoTurn(id) => {
                if let Some(waiting) = self.turns.remove(&id) {
                    self.doing.remove(&waiting.id());
                    waiting.abort();
                }
            }
            Wish::Send(request) => self.send(request),
            Wish::Guards(ops) => self.guarding = Some(ops),
        }
    }

    fn wait_for_turn(&mut self, id: TurnId, target: Target) {
        let client = self.client.clone();
        let waiting = self.tasks.spawn(async move { Done::Turn(id, client.turn(target).await) });
        self.doing.insert(waiting.id(), Doing::Turn(id));
        self.turns.insert(id, waiting);
    }

    fn look(&mut self, wanted: Look) {
        let (client, account) = (self.client.clone(), self.plan.account.clone());
        let id = wanted.id;
        let looking =
            async move { Done::Looked(id, Box::new(look(client, account, wanted).await)) };
        let task = self.tasks.spawn(looking).id();
        self.doing.insert(task, Doing::Look(id));
    }

    fn send(&mut self, request: Request) {
        let (turn, account) = (self.turn.take(), self.plan.account.clone());
        let (id, write) = (request.id, write(request.call, &self.came));
        let sending = async move {
            let sent = match (write, turn) {
                (Err(fault), _) => (refused(fault), None),
                (Ok(_), None) => (never_left(), None),
                (Ok(write), Some(turn)) => send(turn, account, write).await,
            };
            Done::Sent(id, Box::new(sent))
        };
        let task = self.tasks.spawn(sending).id();
        self.doing.insert(task, Doing::Send(id));
    }

    fn load(&mut self, load: Load) {
        let _told = self.desk.tell(Told::Load(load));
    }

    /// Reads the member lists again that the run has changed, or may have. Groups themselves were read when what
    /// was done to them was seen.
    async fn read_again(&mut self) {
        let mut groups = self.made.clone();
        for step in &self.plan.steps {
            let lists = matches!(step.phase, Phase::Add | Phase::Remove | Phase::ReplaceMembers);
            let touched = lists && step.ops.iter().any(|op| is_touched(self.progress.op(op.id)));
            groups.extend(step.target.existing_group().filter(|_| touched).cloned());
        }
        for group in groups {
            let list = List::group_members(self.plan.account.clone(), group);
            let desk = &mut self.desk;
            // A failure is told with the list; it changes nothing of what was done.
            let tell = |load| drop(desk.tell(Told::Load(load)));
            let _ = load::walk(&self.client, &list, Urgency::Screen, tell).await;
        }
    }
}

/// What to look at for what guards rest on, but for whole lists: of a group all that is wanted of it at once. A group that the plan touches
/// was read just now.
fn sights(wanted: &BTreeSet<Witness>, plan: &Plan) -> Vec<Sight> {
    let mut groups: BTreeMap<&GroupId, Vec<MemberId>> = BTreeMap::new();
    let mut sights = Vec::new();
    for witness in wanted {
        match witness {
            Witness::Member(member) => sights.push(Sight::Member(member.clone())),
            Witness::Membership(group, member) => {
                groups.entry(group).or_default().push(member.clone());
            }
            Witness::List(_) => {}
        }
    }
    let group = |(group, present): (&GroupId, Vec<MemberId>)| Sight::Group {
        group: group.clone(),
        present,
        since: Vec::new(),
        by_list: false,
        group_too: !plan.base.contains_key(group),
    };
    sights.extend(groups.into_iter().map(group));
    sights
}

/// About how long a request takes, with what waits around it.
const A_CALL: SignedDuration = SignedDuration::from_millis(500);
/// How long a run is allowed for at least.
const A_RUN: SignedDuration = SignedDuration::from_mins(10);
/// How far clocks may differ before that is told.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

fn expires_early(expires: Option<Timestamp>, now: Timestamp, calls: usize) -> Option<Fault> {
    let calls = i32::try_from(calls).unwrap_or(i32::MAX);
    let needed = A_CALL.saturating_mul(calls).max(A_RUN);
    let expires = expires.filter(|at| at.duration_since(now) < needed)?;
    let words = format!(
        "the token expires at {}, perhaps before the run has ended",
        expires.strftime("%H:%M:%S UTC")
    );
    Some(Fault::new(FaultKind::Credential, words, "Stop the run, and use one that lasts"))
}

fn clock_is_off(date: Option<Timestamp>, now: Timestamp) -> Option<Fault> {
    let skew = now.duration_since(date?);
    let (by, where_to) = if skew.is_negative() { (-skew, "behind") } else { (skew, "ahead of") };
    let minutes = by.as_mins();
    (by > SKEW).then(|| {
        let words = format!("this machine's clock is {minutes} min {where_to} the service's");
        Fault::new(FaultKind::Config, words, "Set the clock: times of runs are told by it")
    })
}

fn is_touched(state: &OpState) -> bool {
    !matches!(state, OpState::Waiting | OpState::Skipped(_) | OpState::Gone(_))
}

fn died_looking() -> Fault {
    Fault::new(FaultKind::Internal, "reading before or after a change: a task of ours has died", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    #[test]
    fn a39_a_token_that_expires_before_the_run_may_have_ended_is_told() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(expires_early(None, now, 3), None);
        assert_eq!(expires_early(at(601), now, 3), None, "ten minutes are enough for a few calls");
        let warning = expires_early(at(599), now, 3).unwrap();
        assert!(warning.what.contains("expires at 00:09:59 UTC"), "{warning}");
        assert!(expires_early(at(3_599), now, 7_200).is_some(), "an hour is not, for so many");
        assert_eq!(expires_early(at(3_601), now, 7_200), None);
    }

    #[test]
    fn a_clock_that_is_off_by_more_than_five_minutes_is_told_and_which_way() {
        let now = Timestamp::UNIX_EPOCH;
        for right in [None, at(300), at(-300)] {
            assert_eq!(clock_is_off(right, now), None);
        }
        let what = |date| clock_is_off(date, now).unwrap().what;
        assert_eq!(what(at(361)), "this machine's clock is 6 min behind the service's");
        assert_eq!(what(at(-361)), "this machine's clock is 6 min ahead of the service's");
    }
}
