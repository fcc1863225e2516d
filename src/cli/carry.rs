//! Carrying a plan out from the command line: by the same run as the console's, with its progress on a terminal, and
//! stopped by signals.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::sync::mpsc::channel;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::app::{Agreed, TakeUp, outcome};
use crate::domain::{Fault, Load, StagedFor};
use crate::ops::Told;
use crate::plan::{
    Approval, End, OpId, Pause, Plan, Progress, RunId, RunReport, Staging, Summary, Verdict,
    Witness,
};
use crate::shell::{self, Attempt, Ears, TakenUp, Watch};
use crate::store::journal::Unkept;
use crate::text;

use super::print::{out, passing, print_unkept, refused, safe_lines, told};
use super::session::Session;
use super::{Refusal, Status};

/// How many changes that have not come into effect for the same reason are named before the others are counted.
const NAMED: usize = 4;

/// Carries a plan out to its end, and says what came of it.
pub(super) fn carry_out(session: &mut Session, plan: Plan, approval: Approval) -> Status {
    let plan = Arc::new(plan);
    let run = RunId::new(session.clock.now().wall, std::process::id());
    let agreed = agreed(session, &approval);
    let attempt = Attempt { run, plan: Arc::clone(&plan), approval };
    let client = match session.service() {
        Ok(client) => client.clone(),
        Err(refusal) => return refused(&refusal),
    };
    let folder = session.places.state.clone();
    let clock = session.clock;
    let followed = follow(session, plan, agreed, |stop, ears| async move {
        shell::carry_out(&client, &folder, attempt, clock, stopped(stop), ears).await;
    });
    followed.end(session)
}

/// Takes a run up from its journal, and follows it to its end.
pub(super) fn take_up(
    session: &mut Session,
    run: &RunId,
    how: TakeUp,
    approval: Approval,
) -> Result<Followed, Refusal> {
    let (clock, agreed) = (session.clock, agreed(session, &approval));
    let taken_up = TakenUp::open(&session.places.state, run, how, approval, clock)?;
    let mut plan = taken_up.plan.clone();
    Arc::make_mut(&mut plan).name_missing(&session.directory);
    let client = session.service()?.clone();
    Ok(follow(session, plan, agreed, |stop, ears| async move {
        taken_up.go(&client, clock, stopped(stop), ears).await;
    }))
}

fn agreed(session: &Session, approval: &Approval) -> Agreed {
    Agreed { overrides: approval.overrides.clone(), at: session.clock.now().wall }
}

/// A run that was followed to its end, or until it was left.
pub(super) struct Followed {
    /// What it carries out.
    pub plan: Arc<Plan>,
    follower: Follower,
    signal: Option<u8>,
    unkept: Vec<Unkept>,
}

impl Followed {
    /// Where its operations stand.
    pub(super) fn progress(&self) -> &Progress {
        self.follower.watch.progress()
    }

    /// How it ended; `None` where it was left before.
    pub(super) fn summary(&self) -> Option<&Summary> {
        self.follower.summary.as_ref()
    }

    /// Says what came of it, and prints what of its journal no disk has taken.
    pub(super) fn end(self, session: &Session) -> Status {
        let drift = match self.summary() {
            Some(Summary { end: End::Drifted, .. }) => drift(session, &self.plan),
            _ => Vec::new(),
        };
        let status = self.follower.end(&self.plan, self.signal, drift);
        print_unkept(&self.unkept);
        status
    }
}

/// Starts what a run is carried out by, and follows it to its end.
fn follow<F: Future<Output = ()> + Send + 'static>(
    session: &mut Session,
    plan: Arc<Plan>,
    agreed: Agreed,
    go: impl FnOnce(oneshot::Receiver<()>, Ears) -> F,
) -> Followed {
    let (stop, stopped) = oneshot::channel();
    let ((told, reports), (answer, verdicts)) = (unbounded_channel(), unbounded_channel());
    let (not_kept, unkept) = channel();
    // A task of its own: should it end by a defect, this one tells what is known.
    let handle = session.handle().clone();
    handle.spawn(go(stopped, Ears { told, unkept: not_kept, verdicts }));
    let mut follower = Follower::of(&plan);
    let mut desk = Desk { session, plan: &plan, agreed, answer };
    let following = follower.follow(&mut desk, reports, stop);
    let signal = handle.block_on(following);
    Followed { plan, follower, signal, unkept: unkept.try_iter().collect() }
}

/// Ready when a run is to be stopped. Where nobody can stop it any more, it is not stopped.
async fn stopped(stop: oneshot::Receiver<()>) {
    if stop.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Who knows the account that the run is about.
struct Desk<'s> {
    session: &'s mut Session,
    plan: &'s Plan,
    agreed: Agreed,
    answer: UnboundedSender<Verdict>,
}

impl Desk<'_> {
    /// Takes in what the run has read.
    fn absorb(&mut self, load: Load) {
        let now = self.session.clock.now();
        self.session.directory.absorb(load, now);
    }

    /// Looks at the guards again for these operations, which are about to be sent.
    fn guards(&self, ops: &[OpId], read: &BTreeSet<Witness>) {
        let ops: BTreeSet<&OpId> = ops.iter().collect();
        let plan = self.plan.only(|op| ops.contains(&op));
        let Session { directory, rules, .. } = &*self.session;
        let Agreed { overrides, at } = &self.agreed;
        let verdict = Verdict::of(&plan, directory, rules, overrides, read, *at);
        let _ = self.answer.send(verdict);
    }
}

/// What tells the process to end, as the numbers of signals.
struct Signals([Option<Signal>; 3]);

impl Signals {
    /// Listens from now on: the process is no longer ended by them.
    fn listen() -> Self {
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        Self(kinds.map(|kind| signal(kind).ok()))
    }

    async fn next(&mut self) -> u8 {
        let Self([interrupt, terminate, hang_up]) = self;
        tokio::select! {
            () = came(interrupt) => 2,
            () = came(terminate) => 15,
            () = came(hang_up) => 1,
        }
    }
}

async fn came(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// Follows a run, and shows how far it is where somebody watches.
struct Follower {
    watch: Watch,
    of: usize,
    /// How it ended; `None` where it was left before.
    summary: Option<Summary>,
}

impl Follower {
    fn of(plan: &Plan) -> Self {
        Self { watch: Watch::of(plan), of: plan.ops().count(), summary: None }
    }

    /// Follows the run to its end, or until a second signal; gives the first one.
    async fn follow(
        &mut self,
        desk: &mut Desk<'_>,
        mut reports: UnboundedReceiver<Told>,
        stop: oneshot::Sender<()>,
    ) -> Option<u8> {
        let (mut signals, mut stop, mut first) = (Signals::listen(), Some(stop), None);
        loop {
            tokio::select! {
                what = reports.recv() => match what {
                    Some(Told::Run(report)) => {
                        self.see(report);
                        // What follows is for who goes on looking.
                        if first.is_some() && self.summary.is_some() {
                            break;
                        }
                    }
                    Some(Told::Load(load)) => desk.absorb(load),
                    Some(Told::Guards(ops, read)) => desk.guards(&ops, &read),
                    Some(Told::Keep(_)) => {}
                    None => break,
                },
                number = signals.next() => match stop.take() {
                    Some(stop) => {
                        first = Some(number);
                        let _ = stop.send(());
                        told("stopping: nothing more is sent, what is in flight is read back; once more leaves at once");
                    }
                    None => return first,
                },
            }
        }
        for report in self.watch.over() {
            self.see(report);
        }
        first
    }

    fn see(&mut self, report: RunReport) {
        self.watch.see(&report);
        match report {
            RunReport::Waits(wait, fault) => {
                passing(&format!("waiting {} s: {}", wait.as_secs().max(1), fault.in_short()));
            }
            RunReport::Ended(summary) => {
                self.summary = Some(summary);
            }
            RunReport::Moved(_) => {
                let tally = self.watch.progress().tally();
                let (settled, of) = (text::count(tally.settled()), text::count(self.of));
                let accepted = match tally.accepted {
                    0 => String::new(),
                    number => format!(", {} more accepted", text::count(number)),
                };
                passing(&format!("{settled} of {of}{accepted}"));
            }
            _ => {}
        }
    }

    /// Says what came of it, and what did not come into effect and why.
    fn end(&self, plan: &Plan, signal: Option<u8>, drift: Vec<String>) -> Status {
        let Some(summary) = &self.summary else {
            told(
                "left with a run on: what was in flight may have been carried out; look at the account",
            );
            return signal.map_or(Status::Partly, Status::Signal);
        };
        out(&format!("{}\n", safe_lines(&outcome(summary, plan.undo_of.is_some()).1)));
        if let End::Paused(pause) = &summary.end
            && !pause.fault().remedy.is_empty()
        {
            told(&pause.fault().what_to_do());
        }
        let lines = Some(drift).filter(|drift| !drift.is_empty());
        for line in lines.unwrap_or_else(|| not_in_effect(plan, self.watch.progress())) {
            told(&line);
        }
        status(summary, signal)
    }
}

/// What the plan rested on and what that is now, as the run has read it.
fn drift(session: &Session, plan: &Plan) -> Vec<String> {
    let changes = plan.ops().map(|op| op.change.clone()).collect();
    let staging = Staging::restore(StagedFor { account: plan.account.clone(), changes });
    let now = Plan::build(&staging, &session.directory, session.clock.now());
    plan.drift(&now, &session.directory)
}

/// What has not come into effect, by what has become of it and why: the first few, and how many more there are.
fn not_in_effect(plan: &Plan, progress: &Progress) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut alike: BTreeMap<String, usize> = BTreeMap::new();
    for op in plan.ops() {
        let Some(reason) = progress.reason(op.id) else { continue };
        let word = progress.op(op.id).word();
        let why = Fault::new(reason.kind.clone(), reason.what.clone(), "").of_one_that_is(word);
        let number = alike.entry(why).or_default();
        *number += 1;
        if *number <= NAMED {
            let words = plan.names.words(&op.change);
            lines.push(format!("{words}: {}", reason.of_one_that_is(word)));
        }
    }
    for (why, number) in alike {
        if let Some(others) = number.checked_sub(NAMED).filter(|others| *others > 0) {
            let others = text::plural(others, "more change");
            lines.push(format!("{others}: {why}; cfiam runs show lists all"));
        }
    }
    lines
}

/// The exit status of a run that was brought to its end.
fn status(summary: &Summary, signal: Option<u8>) -> Status {
    if summary.tally.is_whole() {
        return Status::Done;
    }
    if summary.tally.touched() {
        return Status::Partly;
    }
    match (&summary.end, signal) {
        (End::Stopped, Some(number)) => Status::Signal(number),
        (End::Drifted | End::Paused(Pause::Held(_) | Pause::Guard(_)), _) => Status::Stopped,
        (End::Paused(Pause::Credential(_) | Pause::Permission(_)), _) => Status::Credentials,
        _ => Status::Failed,
    }
}
