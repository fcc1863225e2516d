//! Carrying out a plan: the pure machine's wishes, with real requests and timers.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Sleep;

use super::load;
use super::look::{Came, Looked, look};
use super::send::{refused, send, unknown, write};
use crate::api::{Checked, Client, List};
use crate::domain::{Fault, FaultKind, Group, GroupId, Load, Now, Page, Target, Urgency};
use crate::plan::{
    End, Event, Look, LookId, OpState, Outcome, Pause, Phase, Plan, Progress, Record, Request,
    RequestId, Run, RunId, RunReport, Seen, Timings, Wish,
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
}

/// Carries out a plan to its end. When `stop` is ready nothing more is sent, and what is in flight is read back.
/// The same where `sink` can't keep something: an `Err` for [`Told::Keep`] is the reason why the run ends. What there is
/// to be kept after it is handed to `sink` all the same, which may know another place for it. An `Err` for anything
/// else says nothing.
/// After [`RunReport::Ended`] the member lists that were changed are read again; then this returns.
pub async fn apply(
    client: &Client,
    plan: Arc<Plan>,
    id: RunId,
    timings: Timings,
    clock: impl Fn() -> Now + Send,
    stop: impl Future<Output = ()> + Send,
    sink: impl FnMut(Told) -> Result<(), Fault> + Send,
) {
    let run = Run::new(Plan::clone(&plan), id, timings);
    go(client, run, Event::Begin, clock, stop, sink).await;
}

/// Takes a run up that was restored from its journal. Told to begin it is only read back; told to resume it is carried
/// on to its end as in [`apply`]; told to close it ends as it is, and nothing is asked.
pub async fn take_up(
    client: &Client,
    run: Run,
    how: Event,
    clock: impl Fn() -> Now + Send,
    stop: impl Future<Output = ()> + Send,
    sink: impl FnMut(Told) -> Result<(), Fault> + Send,
) {
    go(client, run, how, clock, stop, sink).await;
}

async fn go(
    client: &Client,
    run: Run,
    how: Event,
    clock: impl Fn() -> Now + Send,
    stop: impl Future<Output = ()> + Send,
    sink: impl FnMut(Told) -> Result<(), Fault> + Send,
) {
    let plan = Arc::new(run.plan().clone());
    let progress = Progress::new(&plan);
    let writes = how != Event::Close && (how != Event::Begin || !run.is_restored());
    let mut driver = Driver {
        client: client.clone(),
        plan,
        run,
        clock,
        sink,
        tasks: JoinSet::new(),
        doing: HashMap::new(),
        came: HashMap::new(),
        progress,
        made: BTreeSet::new(),
        unkept: None,
        ended: false,
    };
    driver.drive(how, stop).await;
    if writes {
        driver.read_again().await;
    }
}

struct Driver<C, S> {
    client: Client,
    plan: Arc<Plan>,
    run: Run,
    clock: C,
    sink: S,
    tasks: JoinSet<Done>,
    /// What each task does, for when it dies.
    doing: HashMap<Id, Doing>,
    /// What groups and members hold, as it came with the last look.
    came: HashMap<Target, Came>,
    progress: Progress,
    made: BTreeSet<GroupId>,
    /// Why nothing can be kept any more.
    unkept: Option<Fault>,
    ended: bool,
}

#[derive(Clone, Copy)]
enum Doing {
    Look(LookId),
    Send(RequestId),
}

enum Done {
    Looked(LookId, Box<Looked>),
    Sent(RequestId, Box<(Outcome, Option<Group>)>),
}

impl<C: Fn() -> Now + Send, S: FnMut(Told) -> Result<(), Fault> + Send> Driver<C, S> {
    async fn drive(&mut self, how: Event, stop: impl Future<Output = ()> + Send) {
        let mut stop = Box::pin(stop);
        let mut stopped = false;
        let sends = how == Event::Resume || (how == Event::Begin && !self.run.is_restored());
        let how = if sends && !self.plan.is_empty() {
            tokio::select! {
                refused = self.check() => refused.map_or(how, Event::Refused),
                () = &mut stop => {
                    stopped = true;
                    how
                }
            }
        } else {
            how
        };
        let mut alarm = Box::pin(tokio::time::sleep(Duration::MAX));
        self.tell(how, &mut alarm);
        if stopped {
            self.tell(Event::Stop, &mut alarm);
        }
        while !self.ended {
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
    async fn check(&mut self) -> Option<Pause> {
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
        self.keep(vec![Record::Checked { expires, date }]).map(Pause::Disk)
    }

    fn done(&mut self, done: Result<(Id, Done), JoinError>, alarm: &mut std::pin::Pin<Box<Sleep>>) {
        let event = match done {
            Ok((id, done)) => {
                self.doing.remove(&id);
                match done {
                    Done::Looked(look, looked) => self.looked(look, *looked),
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
                Some(Doing::Send(request)) => Event::Written(request, unknown()),
                None => return,
            },
        };
        self.tell(event, alarm);
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
        let fault = (self.sink)(Told::Keep(records)).err()?;
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
        let _told = (self.sink)(Told::Run(report));
    }

    fn grant(&mut self, wish: Wish, alarm: &mut std::pin::Pin<Box<Sleep>>) {
        match wish {
            Wish::Keep(record) => drop(self.keep(vec![record])),
            Wish::Report(report) => self.report(report),
            Wish::Wake(after) => alarm.set(tokio::time::sleep(after)),
            Wish::End => self.ended = true,
            Wish::Look(wanted) => self.look(wanted),
            Wish::Send(request) => self.send(request),
        }
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
        let (client, account) = (self.client.clone(), self.plan.account.clone());
        let (id, write) = (request.id, write(request.call, &self.came));
        let sending = async move {
            let sent = match write {
                Err(fault) => (refused(fault), None),
                Ok(write) => send(client, account, write).await,
            };
            Done::Sent(id, Box::new(sent))
        };
        let task = self.tasks.spawn(sending).id();
        self.doing.insert(task, Doing::Send(id));
    }

    fn load(&mut self, load: Load) {
        let _told = (self.sink)(Told::Load(load));
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
            let sink = &mut self.sink;
            // A failure is told with the list; it changes nothing of what was done.
            let tell = |load| drop(sink(Told::Load(load)));
            let _ = load::walk(&self.client, &list, Urgency::Screen, tell).await;
        }
    }
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
