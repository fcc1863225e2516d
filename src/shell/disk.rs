//! What is kept on disk, written by one thread in the order in which it was asked for.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::Timestamp;

use crate::app::{Answer, Saved, Ticket};
use crate::domain::{AccountId, Fault, FaultKind};
use crate::store::{Store, history, read_text, write_text};

use super::console::Event;

/// How long leaving waits for what is still to be written.
const LAST: Duration = Duration::from_secs(3);

enum Job {
    Save(Saved),
    Staged(Ticket, AccountId),
    WriteFile(String, String, bool),
    ReadFile(String),
}

/// The thread that owns what is kept.
pub(super) struct Disk {
    jobs: Option<Sender<Job>>,
    ended: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Disk {
    pub(super) fn start(
        folder: &Path,
        profile: &str,
        keep_runs: u32,
        now: Timestamp,
        events: Sender<Event>,
    ) -> Self {
        let (jobs, asked) = channel();
        let (end, ended) = channel();
        let (mut store, profile) = (Store::at(folder), profile.to_owned());
        let folder = folder.to_owned();
        let work = move || {
            let _end = end;
            history::tidy(&folder, now, keep_runs);
            for job in asked {
                for answer in done(&mut store, &profile, job) {
                    let _ = events.send(Event::Answer(Box::new(answer)));
                }
            }
        };
        let thread = thread::Builder::new().name("disk".into()).spawn(work).ok();
        Self { jobs: Some(jobs), ended, thread }
    }

    pub(super) fn save(&self, what: Saved) -> Option<Answer> {
        self.give(Job::Save(what)).then_some(Answer::Saved(Err(gone())))
    }

    pub(super) fn staged(&self, ticket: Ticket, account: AccountId) -> Option<Answer> {
        self.give(Job::Staged(ticket, account)).then_some(Answer::Staged(ticket, Err(gone())))
    }

    pub(super) fn write_file(&self, path: String, text: String, over: bool) -> Option<Answer> {
        let gone = self.give(Job::WriteFile(path.clone(), text, over));
        gone.then(|| Answer::Written(path, Err(self::gone())))
    }

    pub(super) fn read_file(&self, path: String) -> Option<Answer> {
        let gone = self.give(Job::ReadFile(path.clone()));
        gone.then(|| Answer::Read(path, Err(self::gone())))
    }

    /// Whether there is nobody to give it to.
    fn give(&self, job: Job) -> bool {
        self.jobs.as_ref().is_none_or(|jobs| jobs.send(job).is_err())
    }
}

impl Drop for Disk {
    /// Waits until everything is written, but not for ever: the disk may hang.
    fn drop(&mut self) {
        self.jobs = None;
        let _ = self.ended.recv_timeout(LAST);
        if let Some(thread) = self.thread.take().filter(JoinHandle::is_finished) {
            let _ = thread.join();
        }
    }
}

fn done(store: &mut Store, profile: &str, job: Job) -> Vec<Answer> {
    match job {
        Job::Staged(ticket, account) => vec![Answer::Staged(ticket, store.staged(&account))],
        Job::WriteFile(path, text, over) => {
            let written = write_text(&meant(&path), &text, over);
            let written = written.map_err(|fault| match fault.kind {
                FaultKind::Refused => {
                    Fault { remedy: format!("`save! {path}` takes its place"), ..fault }
                }
                _ => fault,
            });
            vec![Answer::Written(path, written)]
        }
        Job::ReadFile(path) => {
            let read = read_text(&meant(&path));
            vec![Answer::Read(path, read)]
        }
        Job::Save(Saved::Staged(staged)) => match store.save_staged(&staged) {
            Ok(told) => [Answer::Saved(Ok(()))].into_iter().chain(told.map(Answer::Told)).collect(),
            Err(fault) => vec![Answer::Saved(Err(fault))],
        },
        Job::Save(Saved::Writable(account, allowed)) => {
            let kept = store.set_writable(profile, &account, allowed);
            kept.err().map(Answer::Told).into_iter().collect()
        }
    }
}

/// The file that a person means, who writes the home folder as in a shell.
fn meant(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(below), Ok(home)) => home.join(below),
        _ => PathBuf::from(path),
    }
}

fn gone() -> Fault {
    Fault::new(FaultKind::Internal, "nothing can be kept: the thread that writes is gone", "")
}
