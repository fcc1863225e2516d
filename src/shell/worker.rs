//! Carries effects out in the background, and sends back what comes of them. The loop never waits for it.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use crate::api::{Client, Observer, Traffic};
use crate::app::{Answer, Effect, Request, TakeUp, Ticket};
use crate::domain::{Fault, FaultKind, RequestLine};
use crate::ops::Told;
use crate::plan::{Approval, Plan, RunId, Verdict};
use crate::store::journal::Unkept;

use super::console::{Event, Hands};
use super::disk::Disk;
use super::request::{failed, fulfil, look_up};
use super::run::{self, defect};
use super::{Clock, Copying, browser, copy, terminal};

/// Programs of the person's that take something.
pub(super) struct Programs {
    /// The one that opens addresses, if one is named.
    pub browser: Option<String>,
    /// How text is copied.
    pub copying: Copying,
}

/// What carries effects out: tasks on two threads, and one thread for the disk.
pub(super) struct Worker {
    runtime: Option<Runtime>,
    events: Sender<Event>,
    client: Option<Client>,
    disk: Disk,
    folder: PathBuf,
    programs: Programs,
    clock: Clock,
    asked: HashMap<Ticket, AbortHandle>,
    stops: HashMap<RunId, oneshot::Sender<()>>,
    verdicts: HashMap<RunId, mpsc::UnboundedSender<Verdict>>,
    unkept: Sender<Unkept>,
}

impl Worker {
    pub(super) fn start(
        events: Sender<Event>,
        client: Option<Client>,
        disk: Disk,
        folder: PathBuf,
        programs: Programs,
        clock: Clock,
        unkept: Sender<Unkept>,
    ) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("worker")
            .enable_all()
            .build()?;
        let (asked, stops, verdicts) = (HashMap::new(), HashMap::new(), HashMap::new());
        Ok(Self {
            runtime: Some(runtime),
            events,
            client,
            disk,
            folder,
            programs,
            clock,
            asked,
            stops,
            verdicts,
            unkept,
        })
    }

    /// Starts a task. Should it end in a panic, what `died` makes of it is sent, and that it did.
    fn start_task(
        &self,
        task: impl Future<Output = ()> + Send + 'static,
        died: impl FnOnce(Fault) -> Vec<Answer> + Send + 'static,
    ) -> Option<AbortHandle> {
        let runtime = self.runtime.as_ref()?;
        let task = runtime.spawn(task);
        let abort = task.abort_handle();
        let events = self.events.clone();
        runtime.spawn(async move {
            if task.await.is_err_and(|ended| ended.is_panic()) {
                for answer in died(defect()).into_iter().chain([Answer::Panicked(defect())]) {
                    tell(&events, answer);
                }
            }
        });
        Some(abort)
    }

    fn ask(&mut self, ticket: Ticket, request: Request) {
        if let Request::Staged(account) = request {
            self.tell(self.disk.staged(ticket, account));
            return;
        }
        if matches!(request, Request::Runs(_) | Request::Run(..)) {
            return self.look_up(ticket, request);
        }
        let Some(client) = self.client.clone() else {
            return self.tell(Some(failed(ticket, &request, &unconnected())));
        };
        let (events, asked) = (self.events.clone(), request.clone());
        let task = async move {
            #[cfg(debug_assertions)]
            super::planted::in_task();
            fulfil(&client, ticket, request, |answer| tell(&events, answer)).await;
        };
        let abort = self.start_task(task, move |fault| vec![failed(ticket, &asked, &fault)]);
        self.asked.retain(|_, task| !task.is_finished());
        self.asked.extend(abort.map(|abort| (ticket, abort)));
    }

    /// Reads journals. They are many and may be large: what is staged doesn't wait behind them.
    fn look_up(&self, ticket: Ticket, request: Request) {
        let (events, folder, asked) = (self.events.clone(), self.folder.clone(), request.clone());
        let task = async move {
            let read = || look_up(&folder, ticket, &request);
            if let Some(answer) = tokio::task::block_in_place(read) {
                tell(&events, answer);
            }
        };
        self.start_task(task, move |fault| vec![failed(ticket, &asked, &fault)]);
    }

    fn apply(&mut self, id: RunId, plan: &Arc<Plan>, approval: Approval) {
        let Some(client) = self.client.clone() else {
            return self.tell(Some(Answer::Panicked(unconnected())));
        };
        let stopped = self.stop_of(&id);
        let (ears, reports) = self.ears(&id);
        let (clock, folder) = (self.clock, self.folder.clone());
        let attempt = run::Attempt { run: id.clone(), plan: Arc::clone(plan), approval };
        let task = async move {
            run::carry_out(&client, &folder, attempt, clock, stopped, ears).await;
        };
        self.start_task(task, |_| Vec::new());
        let watch = run::Watch::of(plan);
        self.start_task(pass_on(id, watch, reports, self.events.clone()), |_| Vec::new());
    }

    /// Takes a run up from its journal.
    fn take_up(&mut self, id: RunId, how: TakeUp, approval: Approval) {
        let Some(client) = self.client.clone() else {
            return self.tell(Some(Answer::Panicked(unconnected())));
        };
        let stopped = self.stop_of(&id);
        let (clock, folder, events) = (self.clock, self.folder.clone(), self.events.clone());
        let (ears, reports) = self.ears(&id);
        let (opened, plan) = oneshot::channel::<Arc<Plan>>();
        let run = id.clone();
        let task = async move {
            let open = || run::TakenUp::open(&folder, &run, how, approval, clock);
            let taken_up = match tokio::task::block_in_place(open) {
                Ok(taken_up) => taken_up,
                Err(fault) => return tell(&events, Answer::TakenUp(run, how, Err(fault))),
            };
            let plan = Arc::clone(&taken_up.plan);
            let _ = opened.send(Arc::clone(&plan));
            tell(&events, Answer::TakenUp(run, how, Ok((plan, taken_up.last))));
            taken_up.go(&client, clock, stopped, ears).await;
        };
        self.start_task(task, |_| Vec::new());
        let events = self.events.clone();
        let passing_on = async move {
            let Ok(plan) = plan.await else { return };
            pass_on(id, run::Watch::of(&plan), reports, events).await;
        };
        self.start_task(passing_on, |_| Vec::new());
    }

    /// Where a run is listened to and answered, and where what it tells arrives.
    fn ears(&mut self, id: &RunId) -> (run::Ears, mpsc::UnboundedReceiver<Told>) {
        let (told, reports) = mpsc::unbounded_channel();
        let (answer, verdicts) = mpsc::unbounded_channel();
        self.verdicts.insert(id.clone(), answer);
        (run::Ears { told, verdicts, unkept: self.unkept.clone() }, reports)
    }

    /// Ready when a run is to be stopped. Where nobody can stop it any more, it is not stopped.
    fn stop_of(&mut self, id: &RunId) -> impl Future<Output = ()> + Send + use<> {
        let (stop, stopped) = oneshot::channel();
        self.stops.insert(id.clone(), stop);
        async move {
            if stopped.await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    fn open(&self, address: String) {
        let (events, browser) = (self.events.clone(), self.programs.browser.clone());
        // A thread of its own: the system's opener may take as long as the browser runs.
        let work =
            move || tell(&events, Answer::Browser(browser::open(&address, browser.as_deref())));
        if std::thread::Builder::new().name("browser".into()).spawn(work).is_err() {
            self.tell(Some(Answer::Panicked(defect())));
        }
    }

    fn copy(&self, text: String) {
        let (events, argv) = (self.events.clone(), self.programs.copying.command.clone());
        // A thread of its own: the program takes what time it wants.
        let work = move || {
            let copied = copy::to_program(&argv, &text);
            tell(&events, Answer::Copied(text.lines().count(), copied));
        };
        if std::thread::Builder::new().name("copy".into()).spawn(work).is_err() {
            self.tell(Some(Answer::Panicked(defect())));
        }
    }

    fn suspend(&self) {
        if !terminal::can_suspend() {
            let words = "there is no shell to come back from";
            return self.tell(Some(Answer::Told(Fault::new(FaultKind::Refused, words, ""))));
        }
        // The whole job, as the terminal's own key does it: also who started us is to stop.
        let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
    }

    fn tell(&self, answer: Option<Answer>) {
        if let Some(answer) = answer {
            tell(&self.events, answer);
        }
    }
}

impl Hands for Worker {
    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Ask(ticket, request) => self.ask(ticket, request),
            Effect::Cancel(ticket) => {
                if let Some(task) = self.asked.remove(&ticket) {
                    task.abort();
                }
            }
            Effect::Apply(id, plan, approval) => self.apply(id, &plan, approval),
            Effect::TakeUp(id, how, approval) => self.take_up(id, how, approval),
            Effect::Verdict(id, verdict) => {
                if let Some(verdicts) = self.verdicts.get(&id) {
                    let _ = verdicts.send(verdict);
                }
            }
            Effect::Stop(id) => {
                if let Some(stop) = self.stops.remove(&id) {
                    let _ = stop.send(());
                }
            }
            Effect::Save(what) => self.tell(self.disk.save(what)),
            Effect::WriteFile { path, text, over } => {
                self.tell(self.disk.write_file(path, text, over));
            }
            Effect::ReadFile(path) => self.tell(self.disk.read_file(path)),
            Effect::Open(address) => self.open(address),
            Effect::Copy(text) => self.copy(text),
            Effect::Suspend => self.suspend(),
            // The loop's own.
            Effect::After(..) | Effect::Slice | Effect::Edit(_) | Effect::Quit(_) => {}
        }
    }

    fn for_terminal(&self, text: &str) -> Option<Result<Vec<u8>, Fault>> {
        let copying = &self.programs.copying;
        copying.command.is_empty().then(|| copying.sequence(text))
    }
}

impl Drop for Worker {
    /// Leaves at once: what is in flight is let go. The disk finishes what it was given.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Tells the loop what the client does; where the loop has ended, nobody listens.
pub(super) fn observer(events: Sender<Event>) -> Observer {
    Arc::new(move |traffic| match traffic {
        Traffic::Request(line) => {
            log(&line);
            tell(&events, Answer::Sent(line));
        }
        Traffic::Budget(budget) => tell(&events, Answer::Budget(budget)),
    })
}

fn log(line: &RequestLine) {
    tracing::debug!(
        method = line.method,
        path = line.path,
        status = line.status,
        codes = ?line.codes,
        ray = line.ray,
        took = ?line.took,
        bytes = line.bytes,
        attempt = line.attempt,
        trouble = line.trouble,
        "request"
    );
}

/// Tells the loop what a run tells, to its end.
async fn pass_on(
    id: RunId,
    mut watch: run::Watch,
    mut reports: mpsc::UnboundedReceiver<Told>,
    events: Sender<Event>,
) {
    while let Some(what) = reports.recv().await {
        match what {
            Told::Run(report) => {
                watch.see(&report);
                tell(&events, Answer::Run(id.clone(), report));
            }
            Told::Load(load) => tell(&events, Answer::Reread(load)),
            Told::Guards(ops, read) => tell(&events, Answer::Guards(id.clone(), ops, read)),
            Told::Keep(_) => {}
        }
    }
    // The run is over, one way or another.
    for report in watch.over() {
        tell(&events, Answer::Run(id.clone(), report));
    }
}

fn tell(events: &Sender<Event>, answer: Answer) {
    let _ = events.send(Event::Answer(Box::new(answer)));
}

fn unconnected() -> Fault {
    Fault::new(FaultKind::Credential, "there is no credential", "")
}
