//! Runs of the program: begun, taken up from their journals, ended.

use std::collections::BTreeSet;

use cfiam::domain::{GroupId, MemberId};
use cfiam::plan::{Approval, Event, Plan, Progress, Run, RunId, Summary, Timings};
use cfiam::store::Journal;
use cfiam::store::journal::For;
use jiff::Timestamp;

use crate::service::wall;

use super::{Begun, Ended, On, World};

impl World {
    /// Begins a run of a plan.
    pub fn begin(&mut self, plan: Plan) {
        self.runs += 1;
        let id = RunId::new(self.now().wall, self.runs);
        let run = Run::new(plan.clone(), id.clone(), Timings::default());
        let begun = Journal::begin(self.folder.path(), &id, &plan, Approval::default(), self.now());
        let journal = begun.unwrap();
        let begun = Begun {
            at: self.service.now,
            shape: self.service.shape(),
            after: self.ended.len(),
            in_part: !plan.left_out.is_empty(),
        };
        self.begun.insert(id.clone(), begun);
        self.sight.begin(&plan);
        self.switch_on(id, plan, run, journal);
        self.check_credential();
        self.tell(Event::Begin);
    }

    /// Before anything is sent the credential is checked, which tells the service's clock: whole seconds.
    fn check_credential(&mut self) {
        let date = Timestamp::from_second(wall(self.service.now).as_second()).ok();
        self.tell(Event::Checked { expires: None, date });
    }

    /// Takes a run up that was broken off, from its journal: to read it back, to go on with it, or to close it.
    pub fn take_up(&mut self, id: &RunId, event: Event) {
        let what_for = if event == Event::Resume { For::GoingOn } else { For::Reading };
        let reopened = Journal::reopen(self.folder.path(), id, what_for).unwrap();
        let kept = reopened.story.kept();
        let (plan, timings) = (reopened.plan.clone(), Timings::default());
        let run = Run::restored(plan, id.clone(), timings, kept, self.now());
        let on = self.switch_on(id.clone(), reopened.plan, run, reopened.journal);
        on.recovering = event == Event::Begin;
        if event == Event::Resume {
            self.check_credential();
        }
        self.tell(event);
    }

    fn switch_on(&mut self, id: RunId, plan: Plan, run: Run, journal: Journal) -> &mut On {
        self.epoch += 1;
        self.waiting.clear();
        let set_then = plan.groups().map(|id| (id.clone(), self.known_in(id))).collect();
        self.on.insert(On {
            begun: self.begun[&id].clone(),
            recovering: false,
            progress: Progress::new(&plan),
            id,
            plan,
            run,
            journal,
            stopping: false,
            set_then,
            waking: 0,
            events: 0,
        })
    }

    /// Reads back the next run that was broken off.
    pub fn recover_next(&mut self) {
        while self.on.is_none()
            && !self.dead
            && let Some(id) = self.to_recover.pop_front()
        {
            self.meet("recovered");
            self.take_up(&id, Event::Begin);
        }
    }

    /// The person has everything read.
    pub fn read(&mut self) {
        self.directory = self.service.read();
    }

    fn known_in(&self, group: &GroupId) -> BTreeSet<MemberId> {
        let slots = self.directory.members_of(group).iter();
        slots
            .filter_map(|slot| self.directory.members().at(*slot))
            .map(|member| member.id.clone())
            .collect()
    }

    pub(super) fn end(&mut self, summary: Summary) {
        let Some(on) = self.on.take() else { return };
        self.meet(&summary.end);
        on.progress.settle(&on.plan, &mut self.staging);
        // What a run has changed is read again at its end.
        self.read();
        let quiet = self.is_quiet(&on.id, &on.begun);
        let ended = Ended {
            id: on.id,
            plan: on.plan,
            progress: on.progress,
            begun: on.begun,
            at: self.service.now,
            summary,
            quiet,
        };
        for op in ended.plan.ops() {
            self.meet(ended.progress.op(op.id));
        }
        self.check_end(&ended);
        self.ended.retain(|other| other.id != ended.id);
        self.ended.push(ended);
    }

    /// Whether since then nothing but one run has changed what is there, at the time at which it said so.
    fn is_quiet(&self, run: &RunId, begun: &Begun) -> bool {
        let others = self.sends.iter().filter(|(id, _)| *id != run);
        let ours = others.map(|(_, at)| *at).max();
        let alone = ours.max(self.service.others_at).is_none_or(|at| at < begun.at);
        let late = self.lands_until > begun.at;
        alone && !late && self.service.lag.is_zero()
    }
}
