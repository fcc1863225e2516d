//! The journal of a run: one file that is only ever appended to, a line a record. What is to be sent is on the disk
//! before it is sent, so that whatever happens to this program, the file says what may have been done.
//!
//! A journal that has once failed to write is never written to again: what a disk has lost is not known, and a second
//! try may call it kept. Its last lines go elsewhere then, and are put back into it by the next program.

mod entry;
mod line;
#[cfg(debug_assertions)]
mod mortal;
mod open;
mod read;
mod spare;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{By, Change, DraftId, Fault, FaultKind, GroupId, GroupRef, Now, Target};
use crate::plan::{Approval, Names, OpId, Override, Plan, Record, RequestId, RunId, StepId};

use super::lock::{Gate, Lock, held};
use super::private::{fault, private_folder, sync_folder};

pub use entry::{Entry, Header, Intent, Line, Overridden, Part, Stands, Touched, Want, Wanted};
pub use open::{For, Reopened};
pub use read::{Newer, Rest, Story, damage};
pub use spare::Unkept;

use entry::{bare_pause, bare_state, milliseconds};
use line::{Sum, VERSION};
use spare::{Spare, spare_folder};

/// A part of the plan's JSON is at most this long: escaped, it takes up to three times the room.
const PART: usize = 20 << 10;

/// The journal of a run that is on.
pub struct Journal {
    path: PathBuf,
    medium: Box<dyn Medium>,
    run: RunId,
    seq: u64,
    sum: Sum,
    steps: Vec<Aim>,
    changes: Vec<Change>,
    made: BTreeMap<DraftId, GroupId>,
    failed: Option<Fault>,
    /// Where its lines go after that; none before the run has begun, which is not begun then.
    spare: Option<Spare>,
    /// That no lock keeps others out.
    warning: Option<Fault>,
}

/// What a step writes to.
struct Aim {
    verb: &'static str,
    target: Target,
}

/// Where the lines go.
trait Medium: Send {
    /// Appends to what is there.
    fn append(&mut self, lines: &[u8]) -> io::Result<()>;
    /// Waits until what was appended is on the disk.
    fn sync(&mut self) -> io::Result<()>;
    /// Nothing more is appended.
    fn close(&mut self) -> io::Result<()>;
}

impl Medium for File {
    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        self.write_all(lines)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn close(&mut self) -> io::Result<()> {
        // Gives back what was reserved and not needed, and lets others go on with what it wrote to.
        let length = self.metadata()?.len();
        self.set_len(length)?;
        self.unlock()
    }
}

/// A file as what lines go to.
fn medium(file: File) -> Box<dyn Medium> {
    #[cfg(debug_assertions)]
    let file = mortal::Mortal::of(file);
    Box::new(file)
}

/// The file that a run's journal is in.
pub fn journal_file(folder: &Path, run: &RunId) -> PathBuf {
    folder.join("runs").join(format!("{run}.jsonl"))
}

impl Journal {
    /// Begins the journal of a run below the state folder. When this returns, what run it is, its whole plan and
    /// what was agreed to are on the disk.
    ///
    /// # Errors
    /// The file can't be made, or not be written to its end: the run must not begin.
    pub fn begin(
        folder: &Path,
        run: &RunId,
        plan: &Plan,
        approval: Approval,
        now: Now,
    ) -> Result<Self, Fault> {
        Self::begin_locked(folder, run, plan, approval, now, Lock::take)
    }

    fn begin_locked(
        folder: &Path,
        run: &RunId,
        plan: &Plan,
        approval: Approval,
        now: Now,
        lock: fn(&File) -> Lock,
    ) -> Result<Self, Fault> {
        let (path, runs) = (journal_file(folder, run), folder.join("runs"));
        let _gate = Gate::pass(&runs)?;
        if let Some(held) = held(&runs, run, plan) {
            return Err(held);
        }
        let file = made(&path, plan).map_err(|error| unwritten("beginning", &path, &error))?;
        let warning = lock(&file).warning(&runs);
        let mut journal = Self::new(medium(file), path.clone(), plan, warning);
        journal.run = run.clone();
        let begun = journal.head(plan, approval, now).and_then(|()| {
            let folders = sync_folder(&runs).and_then(|()| sync_folder(folder));
            folders.map_err(|error| unwritten("beginning", &path, &error))
        });
        if begun.is_err() {
            // Nothing was sent: a journal of it would only be taken for a run that was broken off.
            let _ = fs::remove_file(&path);
        }
        journal.spare = Some(Spare::of(&journal.path, &spare_folder()));
        begun.map(|()| journal)
    }

    /// A journal that holds nothing yet.
    fn new(medium: Box<dyn Medium>, path: PathBuf, plan: &Plan, warning: Option<Fault>) -> Self {
        let aim =
            |step: &crate::plan::Step| Aim { verb: step.method(), target: step.target.clone() };
        Self {
            path,
            medium,
            run: RunId::new(Timestamp::UNIX_EPOCH, 0),
            seq: 0,
            sum: Sum::default(),
            steps: plan.steps.iter().map(aim).collect(),
            changes: plan.ops().map(|op| op.change.clone()).collect(),
            made: BTreeMap::new(),
            failed: None,
            spare: None,
            warning,
        }
    }

    /// What a person should know of the file: that no lock keeps others out.
    pub fn warning(&self) -> Option<&Fault> {
        self.warning.as_ref()
    }

    fn head(&mut self, plan: &Plan, approval: Approval, now: Now) -> Result<(), Fault> {
        let Approval { by, overrides } = approval;
        let mut entries = vec![Entry::Header(header(plan, by))];
        entries.extend(Touched::of(plan).map(Entry::Group));
        entries.extend(self.parts(plan)?);
        entries.extend(decision(overrides));
        self.write(entries, now, true)
    }

    /// Keeps that the run goes on, whose doing that is and what was agreed to.
    ///
    /// # Errors
    /// It could not be written.
    pub fn resume(&mut self, approval: Approval, now: Now) -> Result<(), Fault> {
        let Approval { by, overrides } = approval;
        let mut entries = vec![self.entry(&Record::Resumed(by))];
        entries.extend(decision(overrides));
        self.write(entries, now, true)
    }

    /// Keeps records. When this returns they are on the disk, if any of them must be before the run goes on.
    ///
    /// # Errors
    /// They could not be written, or what was written before could not.
    pub fn keep(&mut self, records: &[Record], now: Now) -> Result<(), Fault> {
        let mut entries = Vec::with_capacity(records.len());
        for record in records {
            self.note(record);
            entries.push(self.entry(record));
        }
        let durable = records.iter().any(Record::must_be_durable);
        self.write(entries, now, durable)?;
        if records.iter().any(|record| matches!(record, Record::Ended(_))) {
            // All is written: what stays reserved costs room and nothing else.
            let _ = self.medium.close();
        }
        Ok(())
    }

    /// Notes what later lines speak of.
    fn note(&mut self, record: &Record) {
        if let Record::Made { draft, group } = record {
            self.made.insert(*draft, group.clone());
        }
    }

    fn write(&mut self, entries: Vec<Entry>, now: Now, durable: bool) -> Result<(), Fault> {
        let lines = match self.lines(entries, now) {
            Ok(lines) => lines,
            Err(fault) => {
                // What follows a line that has no form can't be told to follow it.
                self.spare = None;
                return Err(self.failed.get_or_insert(fault).clone());
            }
        };
        if self.failed.is_none() {
            let written = self.medium.append(&lines);
            let written = written.and_then(|()| if durable { self.medium.sync() } else { Ok(()) });
            let Err(error) = written else { return Ok(()) };
            self.failed = Some(unwritten("writing", &self.path, &error));
        }
        self.write_elsewhere(&lines)
    }

    /// The journal's disk takes no more: its lines find another place. Gives why, and where that is.
    fn write_elsewhere(&mut self, lines: &[u8]) -> Result<(), Fault> {
        if let Some(spare) = &mut self.spare {
            spare.take(lines);
            if let Some(failed) = &mut self.failed {
                failed.remedy = put_back_later(spare);
            }
        }
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// Lines that no disk has taken, each once: to be shown to the person before the program ends.
    pub fn unkept(&mut self) -> Option<Unkept> {
        self.spare.as_mut()?.unkept()
    }

    fn lines(&mut self, entries: Vec<Entry>, now: Now) -> Result<Vec<u8>, Fault> {
        let t = Timestamp::from_millisecond(now.wall.as_millisecond()).unwrap_or(now.wall);
        let m = milliseconds(now.since_start);
        let mut out = Vec::new();
        for entry in entries {
            self.seq += 1;
            let line = Line { v: VERSION, seq: self.seq, t, m, run: self.run.clone(), entry };
            self.sum.seal(&line, &mut out).map_err(|why| self.unwritable(&why))?;
        }
        Ok(out)
    }

    fn unwritable(&self, why: &str) -> Fault {
        Fault::new(FaultKind::Internal, format!("writing {}: {why}", self.path.display()), "")
    }

    fn parts(&self, plan: &Plan) -> Result<Vec<Entry>, Fault> {
        let text = serde_json::to_string(&without_people(plan));
        let text = text.map_err(|error| self.unwritable(&error.to_string()))?;
        let texts = pieces(&text);
        let of = texts.len();
        let part = |(part, text): (usize, &str)| Entry::Plan(Part { part, of, text: text.into() });
        Ok((1..).zip(texts).map(part).collect())
    }

    fn entry(&self, record: &Record) -> Entry {
        match record {
            Record::Before { op, presence, state } => {
                Entry::Preop { op: *op, presence: *presence, state: bare_state(state) }
            }
            Record::Intent { request, step, ops, attempt, deadline } => {
                Entry::Intent(self.intent(*request, *step, ops, *attempt, *deadline))
            }
            Record::Outcome { request, class, status, codes, ray, date, transfer } => {
                Entry::Outcome {
                    req: *request,
                    class: *class,
                    status: *status,
                    codes: codes.clone(),
                    ray: ray.clone(),
                    date: *date,
                    bytes: transfer.bytes,
                    ms: milliseconds(transfer.took),
                }
            }
            Record::Moved { op, state } => Entry::moved(*op, state),
            Record::Made { draft, group } => Entry::Made { draft: *draft, group: group.clone() },
            Record::Invited { op, member } => Entry::Invited { op: *op, member: member.clone() },
            Record::Paused(pause) => Entry::Pause { why: bare_pause(pause) },
            Record::Stopped => Entry::Cancel,
            Record::Checked { expires, date } => Entry::Check { expires: *expires, date: *date },
            Record::Resumed(by) => {
                Entry::Resume { by: by.clone(), host: host(), pid: std::process::id() }
            }
            Record::Ended(summary) => Entry::end(summary),
        }
    }

    fn intent(
        &self,
        req: RequestId,
        step: StepId,
        ops: &[OpId],
        attempt: u32,
        deadline: Duration,
    ) -> Intent {
        let aim = self.steps.get(step.0 as usize);
        let group = match aim.and_then(|aim| aim.target.group()) {
            Some(GroupRef::Existing(group)) => Some(group.clone()),
            Some(GroupRef::Draft(draft)) => self.made.get(draft).cloned(),
            None => None,
        };
        let wanted = |id: &OpId| {
            let change = self.changes.get(id.0 as usize)?;
            Some(Wanted { id: *id, member: change.member().cloned(), want: Want::of(change) })
        };
        let ops = ops.iter().filter_map(wanted).collect();
        let verb = aim.map(|aim| aim.verb).unwrap_or_default().to_owned();
        Intent { req, step, verb, group, ops, attempt, deadline_ms: milliseconds(deadline) }
    }
}

fn decision(overrides: Vec<Override>) -> Option<Entry> {
    let overrides: Vec<Overridden> = overrides.into_iter().map(Overridden::from).collect();
    (!overrides.is_empty()).then_some(Entry::Decision { overrides })
}

/// Makes the file, which nothing may be in the place of, with room for all that the run is going to write.
fn made(path: &Path, plan: &Plan) -> io::Result<File> {
    private_folder(path.parent().unwrap_or(Path::new(".")))?;
    let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)?;
    if let Err(error) = reserve(&file, room(plan)) {
        let _ = fs::remove_file(path);
        return Err(error);
    }
    Ok(file)
}

/// How many bytes a run of a plan writes, twice over.
fn room(plan: &Plan) -> u64 {
    let plan_alone = serde_json::to_vec(plan).map_or(0, |text| text.len());
    let each = plan.ops().count() * 1_000;
    u64::try_from(2 * (plan_alone + each + 4_096)).unwrap_or(u64::MAX)
}

/// Sees to it that a file can grow by this much, where the file system can promise that.
#[cfg(target_os = "linux")]
fn reserve(file: &File, bytes: u64) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    match fallocate(file, FallocateFlags::KEEP_SIZE, 0, bytes) {
        Err(error @ (rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT)) => Err(error.into()),
        // It can't: then a full disk is met when it is met.
        _ => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn reserve(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}

fn header(plan: &Plan, by: By) -> Header {
    Header {
        tool: concat!("cfiam ", env!("CARGO_PKG_VERSION")).to_owned(),
        account: plan.account.clone(),
        plan: plan.id.clone(),
        undo_of: plan.undo_of.clone(),
        leaves_out: plan.leaves_out(),
        ops: plan.ops().count(),
        groups: plan.groups().count(),
        by,
        host: host(),
        pid: std::process::id(),
    }
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Why a journal can't go on. Nothing is sent then, and nothing tries again by itself.
fn unwritten(doing: &str, path: &Path, error: &io::Error) -> Fault {
    // Of the path the folder: it is what the person can do something about, and there is little room.
    let folder = path.parent().unwrap_or(path);
    let mut fault = fault(&format!("{doing} the journal in"), folder, error);
    if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
        "Make room on the disk, and apply again".clone_into(&mut fault.remedy);
    }
    fault
}

/// What a person is to do about a journal that could not be written to its end.
fn put_back_later(spare: &Spare) -> String {
    match spare.file() {
        Some(file) => format!(
            "Its last lines are in {}: make room on the disk, and start cfiam again, which puts them back",
            file.display()
        ),
        None => format!(
            "Its last lines are printed when cfiam ends: make room on the disk, and save them as {}",
            spare.beside().display()
        ),
    }
}

/// A plan without the e-mails of members that it names by their ids, and without what isn't part of it. An account is often called by its owner's e-mail.
fn without_people(plan: &Plan) -> Plan {
    let names = Names { members: BTreeMap::new(), ..plan.names.clone() };
    Plan { account_name: "".into(), names, left_out: Vec::new(), ..plan.clone() }
}

/// A text in pieces that fit into a line.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PART));
        pieces.push(piece);
        rest = after;
    }
    pieces
}
