//! Carrying out a plan: the pure machine's wishes, with real requests and timers.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Sleep;

use super::load;
use super::look::{Looked, look};
use super::send::{refused, send, unknown, write};
use crate::api::{Client, List, RawGroup};
use crate::domain::{Fault, FaultKind, Group, GroupId, Load, Now, Page, Urgency};
use crate::plan::{
    Event, Look, LookId, OpState, Outcome, Phase, Plan, Progress, Record, Request, RequestId, Run,
    RunId, RunReport, Seen, Timings, Wish,
};

/// What a run tells while it goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// How it goes.
    Run(RunReport),
    /// A transition, to be kept before the call returns: what follows from it happens after.
    Keep(Record),
    /// What was read on the way, or again after the end.
    Load(Load),
}

/// Carries out a plan to its end. When `stop` is ready nothing more is sent, and what is in flight is read back.
/// After [`RunReport::Ended`] the member lists that were changed are read again; then this returns.
pub async fn apply(
    client: &Client,
    plan: Arc<Plan>,
    id: RunId,
    timings: Timings,
    clock: impl Fn() -> Now + Send,
    stop: impl Future<Output = ()> + Send,
    sink: impl FnMut(Told) + Send,
) {
    let run = Run::new(Plan::clone(&plan), id, timings);
    let progress = Progress::new(&plan);
    let mut driver = Driver {
        client: client.clone(),
        plan,
        run,
        clock,
        sink,
        tasks: JoinSet::new(),
        doing: HashMap::new(),
        raw: HashMap::new(),
        progress,
        made: BTreeSet::new(),
        ended: false,
    };
    driver.drive(stop).await;
    driver.read_again().await;
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
    /// Policies as they came with the last look.
    raw: HashMap<GroupId, RawGroup>,
    progress: Progress,
    made: BTreeSet<GroupId>,
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

impl<C: Fn() -> Now + Send, S: FnMut(Told) + Send> Driver<C, S> {
    async fn drive(&mut self, stop: impl Future<Output = ()> + Send) {
        let mut stop = Box::pin(stop);
        let mut stopped = false;
        let mut alarm = Box::pin(tokio::time::sleep(Duration::MAX));
        self.tell(Event::Begin, &mut alarm);
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
        if let Some((group, raw)) = looked.raw {
            self.raw.insert(group, raw);
        }
        Event::Looked(look, looked.seen)
    }

    fn tell(&mut self, event: Event, alarm: &mut std::pin::Pin<Box<Sleep>>) {
        let now = (self.clock)();
        for wish in self.run.on(event, now) {
            self.grant(wish, alarm);
        }
    }

    fn grant(&mut self, wish: Wish, alarm: &mut std::pin::Pin<Box<Sleep>>) {
        match wish {
            Wish::Keep(record) => (self.sink)(Told::Keep(record)),
            Wish::Report(report) => {
                self.progress.absorb(&report);
                if let RunReport::Made(_, group) = &report {
                    self.made.insert(group.clone());
                }
                (self.sink)(Told::Run(report));
            }
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
        let (id, write) = (request.id, write(request.call, &self.raw));
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
        (self.sink)(Told::Load(load));
    }

    /// Reads the member lists again that the run has changed, or may have. Groups themselves were read when what
    /// was done to them was seen.
    async fn read_again(&mut self) {
        let mut groups = self.made.clone();
        for step in &self.plan.steps {
            let touched = matches!(step.phase, Phase::Add | Phase::Remove)
                && step.ops.iter().any(|op| is_touched(self.progress.op(op.id)));
            groups.extend(step.group.existing().filter(|_| touched).cloned());
        }
        for group in groups {
            let list = List::group_members(self.plan.account.clone(), group);
            let sink = &mut self.sink;
            // A failure is told with the list; it changes nothing of what was done.
            let _ = load::walk(&self.client, &list, Urgency::Screen, |load| sink(Told::Load(load)))
                .await;
        }
    }
}

fn is_touched(state: &OpState) -> bool {
    !matches!(state, OpState::Waiting | OpState::Skipped(_) | OpState::Gone(_))
}

fn died_looking() -> Fault {
    Fault::new(FaultKind::Internal, "reading before or after a change: a task of ours has died", "")
}
