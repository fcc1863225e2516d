//! A run as it passes by: what is to be kept goes to its journal, the rest to the core. It has an end also where the
//! task that carries it out has none.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::Clock;
use crate::api::Client;
use crate::app::TakeUp;
use crate::domain::{Fault, FaultKind};
use crate::ops::{self, Told};
use crate::plan::{
    Approval, End, Event, OpId, OpState, Pause, Plan, Progress, Run, RunId, RunReport, SkipWhy,
    Summary, Timings, Undoing, Verdict, Witness, taken_back,
};
use crate::store::journal::{For, Reopened, Unkept};
use crate::store::{Journal, history};

/// A run that is to be begun.
pub struct Attempt {
    /// What it is called.
    pub run: RunId,
    /// What it carries out.
    pub plan: Arc<Plan>,
    /// Whose doing it is, and what was agreed to.
    pub approval: Approval,
}

/// Where a run is listened to, and answered.
pub struct Ears {
    /// What it tells goes here, its end last; [`Told::Guards`] is a question.
    pub told: UnboundedSender<Told>,
    /// The answers to its questions, in order.
    pub verdicts: UnboundedReceiver<Verdict>,
    /// And here what of its journal no disk has taken, to be printed once the program ends.
    pub unkept: Sender<Unkept>,
}

/// Carries out a plan and keeps its journal below the state folder. Console and command line both run plans by this.
/// When `stopped` is ready nothing more is sent, and what is in flight is
/// read back.
pub async fn carry_out(
    client: &Client,
    folder: &Path,
    attempt: Attempt,
    clock: Clock,
    stopped: impl Future<Output = ()> + Send,
    ears: Ears,
) {
    let Attempt { run: id, plan, approval } = attempt;
    // Before anything is asked: a run that can't be written down doesn't begin.
    let begin = || Journal::begin(folder, &id, &plan, approval, clock.now());
    let journal = match tokio::task::block_in_place(begin) {
        Ok(journal) => journal,
        Err(fault) => {
            return not_begun(&plan, fault).into_iter().for_each(|what| drop(ears.told.send(what)));
        }
    };
    warn(&journal, &ears.told);
    let desk = Desk { journal, clock, ears };
    let clock = || clock.now();
    ops::apply(client, plan, id, timings(), clock, stopped, desk).await;
}

/// A run that was taken up from its journal, and is not gone on with yet.
pub struct TakenUp {
    /// What it carries out.
    pub plan: Arc<Plan>,
    /// When its journal was last written to.
    pub last: Timestamp,
    journal: Journal,
    run: Run,
    how: Event,
}

impl TakenUp {
    /// Opens the journal of a run below the state folder, and restores the run from it.
    ///
    /// # Errors
    /// The journal can't be read or written on, or another program holds it or what the run writes to.
    pub fn open(
        folder: &Path,
        id: &RunId,
        how: TakeUp,
        approval: Approval,
        clock: Clock,
    ) -> Result<Self, Fault> {
        let (how, what_for) = match how {
            TakeUp::ReadBack => (Event::Begin, For::Reading),
            TakeUp::GoOn => (Event::Resume, For::GoingOn),
            TakeUp::Close => (Event::Close, For::Reading),
        };
        let Reopened { mut journal, story, plan, .. } = Journal::reopen(folder, id, what_for)?;
        let last = story.lines.last().map_or(Timestamp::UNIX_EPOCH, |line| line.t);
        let now = clock.now();
        if how == Event::Resume {
            not_taken_back(folder, id, &plan)?;
            journal.resume(approval, now)?;
        }
        let run = Run::restored(plan.clone(), id.clone(), timings(), story.kept(), now);
        Ok(Self { plan: Arc::new(plan), last, journal, run, how })
    }

    /// Does what it was taken up for, as [`carry_out`] does.
    pub async fn go(
        self,
        client: &Client,
        clock: Clock,
        stopped: impl Future<Output = ()> + Send,
        ears: Ears,
    ) {
        let Self { journal, run, how, .. } = self;
        warn(&journal, &ears.told);
        let desk = Desk { journal, clock, ears };
        ops::take_up(client, run, how, || clock.now(), stopped, desk).await;
    }
}

/// Refuses to go on with a run that was taken back, also by another window: what its journal says is done is not so.
fn not_taken_back(folder: &Path, id: &RunId, plan: &Plan) -> Result<(), Fault> {
    let (runs, _) = history::runs(folder, &plan.account)?;
    match taken_back(runs.iter().filter_map(Undoing::past)).get(id) {
        Some(back) => Err(Fault::new(FaultKind::Refused, back.reason(), "")),
        None => Ok(()),
    }
}

/// All waits of a run.
pub fn timings() -> Timings {
    let usual = Timings::default();
    #[cfg(debug_assertions)]
    let usual = usual.scaled(crate::crash::waits());
    usual
}

/// Tells what a person should know of a journal.
fn warn(journal: &Journal, told: &UnboundedSender<Told>) {
    if let Some(warning) = journal.warning() {
        let _ = told.send(Told::Run(RunReport::Warned(warning.clone())));
    }
}

/// Takes what a run tells: keeps in its journal what is to be kept, and passes on the rest.
struct Desk {
    journal: Journal,
    clock: Clock,
    ears: Ears,
}

impl Desk {
    fn take(&mut self, what: Told) -> Result<(), Fault> {
        match what {
            Told::Keep(records) => {
                // The other tasks of this thread don't wait for the disk.
                let keep = || self.journal.keep(&records, self.clock.now());
                let kept = tokio::task::block_in_place(keep);
                if let Some(unkept) = self.journal.unkept() {
                    let _ = self.ears.unkept.send(unkept);
                }
                kept
            }
            what => {
                let _ = self.ears.told.send(what);
                Ok(())
            }
        }
    }
}

impl ops::Desk for Desk {
    #[cfg(debug_assertions)]
    fn tell(&mut self, what: Told) -> Result<(), Fault> {
        super::planted::in_run(what, &mut |what| self.take(what))
    }

    #[cfg(not(debug_assertions))]
    fn tell(&mut self, what: Told) -> Result<(), Fault> {
        self.take(what)
    }

    async fn guards(&mut self, ops: &[OpId], read: &BTreeSet<Witness>) -> Verdict {
        let _ = self.ears.told.send(Told::Guards(ops.to_vec(), read.clone()));
        // Where nobody answers any more, nobody knows what stands.
        self.ears.verdicts.recv().await.unwrap_or_else(|| Verdict::Stands(defect()))
    }
}

/// What a run tells that could not be begun.
fn not_begun(plan: &Plan, fault: Fault) -> [Told; 2] {
    let skipped = plan.ops().map(|op| (op.id, OpState::Skipped(SkipWhy::Paused))).collect();
    let pause = if fault.kind == FaultKind::Held { Pause::Held(fault) } else { Pause::Disk(fault) };
    let summary = Summary::not_begun(plan, pause);
    [RunReport::Moved(skipped), RunReport::Ended(summary)].map(Told::Run)
}

/// What a run has told so far.
pub struct Watch {
    ops: Vec<OpId>,
    progress: Progress,
    ended: bool,
}

impl Watch {
    /// A run of a plan that has told nothing yet.
    pub fn of(plan: &Plan) -> Self {
        let ops = plan.ops().map(|op| op.id).collect();
        Self { ops, progress: Progress::new(plan), ended: false }
    }

    /// Where its operations stand.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Takes in what the run tells.
    pub fn see(&mut self, report: &RunReport) {
        self.progress.absorb(report);
        self.ended |= matches!(report, RunReport::Ended(_));
    }

    /// The run tells no more. Where it has not told its end, what was in flight is unknown, and the run is paused
    /// for the defect that ended it: what it would have told.
    pub fn over(&self) -> Vec<RunReport> {
        if self.ended {
            return Vec::new();
        }
        let in_flight =
            |op: &OpId| matches!(self.progress.op(*op), OpState::Running | OpState::Accepted);
        let ops = self.ops.iter().copied().filter(in_flight);
        let lost = RunReport::Moved(ops.map(|op| (op, OpState::Unknown)).collect());
        let mut progress = self.progress.clone();
        progress.absorb(&lost);
        let summary = Summary {
            end: End::Paused(Pause::Network(defect())),
            tally: progress.tally(),
            writes: 0,
            may_land: Vec::new(),
        };
        vec![lost, RunReport::Ended(summary)]
    }
}

/// A task has ended that should not have.
pub(super) fn defect() -> Fault {
    Fault::new(
        FaultKind::Internal,
        "a task of cfiam has ended by a defect; the rest goes on",
        "The log says where; refresh to try again",
    )
}
