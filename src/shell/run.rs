//! A run as it passes by: what is to be kept goes to its journal, the rest to the core. It has an end also where the
//! task that carries it out has none.

use tokio::sync::mpsc::UnboundedSender;

use super::Clock;
use crate::app::Answer;
use crate::domain::Fault;
use crate::ops::Told;
use crate::plan::{End, OpId, OpState, Pause, Plan, Progress, RunId, RunReport, SkipWhy, Summary};
use crate::store::Journal;

/// Takes what a run tells: keeps in its journal what is to be kept, and passes on the rest.
pub(super) fn sink(
    mut journal: Journal,
    clock: Clock,
    told: UnboundedSender<Told>,
) -> impl FnMut(Told) -> Result<(), Fault> {
    move |what| match what {
        // The other tasks of this thread don't wait for the disk.
        Told::Keep(records) => tokio::task::block_in_place(|| journal.keep(&records, clock.now())),
        what => {
            let _ = told.send(what);
            Ok(())
        }
    }
}

/// What a run tells that could not be begun.
pub(super) fn not_begun(plan: &Plan, fault: Fault) -> [Told; 2] {
    let skipped = plan.ops().map(|op| (op.id, OpState::Skipped(SkipWhy::Paused))).collect();
    let summary = Summary::not_begun(plan, Pause::Disk(fault));
    [RunReport::Moved(skipped), RunReport::Ended(summary)].map(Told::Run)
}

/// What a run has told so far.
pub(super) struct Watch {
    id: RunId,
    ops: Vec<OpId>,
    progress: Progress,
    ended: bool,
}

impl Watch {
    pub(super) fn of(id: RunId, plan: &Plan) -> Self {
        let ops = plan.ops().map(|op| op.id).collect();
        Self { id, ops, progress: Progress::new(plan), ended: false }
    }

    /// What the core is told.
    pub(super) fn pass_on(&mut self, told: Told) -> Option<Answer> {
        match told {
            Told::Run(report) => {
                self.progress.absorb(&report);
                self.ended |= matches!(report, RunReport::Ended(_));
                Some(Answer::Run(self.id.clone(), report))
            }
            Told::Load(load) => Some(Answer::Reread(load)),
            Told::Keep(_) => None,
        }
    }

    /// The run tells no more. Where it has not told its end, what was in flight is unknown, and the run is paused
    /// for the defect that ended it.
    pub(super) fn over(mut self, defect: Fault) -> Vec<Answer> {
        if self.ended {
            return Vec::new();
        }
        let in_flight =
            |op: &OpId| matches!(self.progress.op(*op), OpState::Running | OpState::Accepted);
        let ops = self.ops.iter().copied().filter(in_flight);
        let lost = RunReport::Moved(ops.map(|op| (op, OpState::Unknown)).collect());
        self.progress.absorb(&lost);
        let summary = Summary {
            end: End::Paused(Pause::Network(defect)),
            tally: self.progress.tally(),
            writes: 0,
            may_land: Vec::new(),
        };
        [lost, RunReport::Ended(summary)].map(|report| Answer::Run(self.id.clone(), report)).into()
    }
}
