//! Reading a journal: the longest beginning that is as it was written, and what follows it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::domain::{Fault, FaultKind};
use crate::plan::{Plan, Record, RequestId};
use crate::store::keep::newer;
use crate::store::private::fault;

use super::entry::{Entry, Header, Intent, Line, Part};
use super::line::{Sum, VERSION, version};
use super::spare::joined;

/// A journal as far as it can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its lines, in order.
    pub lines: Vec<Line>,
    /// How many bytes they are.
    pub bytes: usize,
    /// What follows them.
    pub rest: Rest,
    /// The sum that the next line goes on from.
    pub(super) sum: Sum,
}

/// What follows the lines that can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nothing.
    Nothing,
    /// The beginning of a line, which was not written to its end.
    Torn,
    /// A whole line that is not as it was written: someone or something has changed it, or one before it.
    Corrupt,
}

/// A journal that a later version of this program has written: its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newer(pub u32);

/// A journal and its bytes.
pub(super) struct Whole {
    pub(super) bytes: Vec<u8>,
    pub(super) story: Story,
    /// The file that its last lines were found in, if its own disk has not taken them.
    pub(super) rest: Option<PathBuf>,
}

impl Whole {
    /// See [`Story::read`].
    pub(super) fn read(path: &Path) -> Result<Self, Fault> {
        let bytes = fs::read(path).map_err(|error| fault("reading", path, &error))?;
        let story = |bytes: &[u8]| Story::of(bytes).map_err(|Newer(version)| newer(path, version));
        let whole = Self { story: story(&bytes)?, bytes, rest: None };
        let more = if whole.story.is_ended() { None } else { joined(path, &whole.bytes) };
        Ok(match more {
            Some((bytes, rest)) => Self { story: story(&bytes)?, bytes, rest: Some(rest) },
            None => whole,
        })
    }
}

impl Story {
    /// Reads a journal, with the lines that its disk has not taken, where they are found.
    ///
    /// # Errors
    /// The file can't be read, or a later version of this program has written it.
    pub fn read(path: &Path) -> Result<Self, Fault> {
        Ok(Whole::read(path)?.story)
    }

    /// Reads the bytes of a journal.
    ///
    /// # Errors
    /// A later version of this program has written it.
    pub fn of(bytes: &[u8]) -> Result<Self, Newer> {
        let (lines, rest) = (Vec::new(), Rest::Nothing);
        let mut story = Self { lines, bytes: 0, rest, sum: Sum::default() };
        let mut sum = Sum::default();
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (text, after) = rest.split_at(end);
            let Some(line) = story.next(text, &mut sum)? else {
                story.rest = Rest::Corrupt;
                return Ok(story);
            };
            story.lines.push(line);
            story.sum = sum.clone();
            story.bytes += end + 1;
            rest = after.get(1..).unwrap_or_default();
        }
        if !rest.is_empty() {
            story.rest = Rest::Torn;
        }
        Ok(story)
    }

    /// The line that this text is, if it is the next one.
    fn next(&self, text: &[u8], sum: &mut Sum) -> Result<Option<Line>, Newer> {
        let Some(body) = sum.open(text) else { return Ok(None) };
        match version(&body) {
            Some(version) if version > VERSION => return Err(Newer(version)),
            _ => {}
        }
        let line: Option<Line> = serde_json::from_slice(&body).ok();
        Ok(line.filter(|line| self.goes_on_with(line)))
    }

    fn goes_on_with(&self, line: &Line) -> bool {
        let is_header = matches!(line.entry, Entry::Header(_));
        match self.lines.last() {
            None => is_header && line.seq == 1,
            Some(last) => !is_header && line.seq == last.seq + 1 && line.run == last.run,
        }
    }

    /// What run it is; `None` where not even that was written to its end.
    pub fn header(&self) -> Option<&Header> {
        match &self.lines.first()?.entry {
            Entry::Header(header) => Some(header),
            _ => None,
        }
    }

    /// The plan; `None` where it was not written to its end, so that nothing of it was sent.
    pub fn plan(&self) -> Option<Plan> {
        let parts = self.lines.iter().filter_map(|line| match &line.entry {
            Entry::Plan(part) => Some(part),
            _ => None,
        });
        let parts: Vec<&Part> = parts.collect();
        let whole = parts.first().is_some_and(|first| first.of == parts.len())
            && parts.iter().zip(1..).all(|(part, place)| part.part == place);
        let text: String = parts.iter().map(|part| part.text.as_str()).collect();
        whole.then(|| serde_json::from_str(&text).ok()).flatten()
    }

    /// Whether the run has come to its end: if not, it was broken off.
    pub fn is_ended(&self) -> bool {
        self.rest == Rest::Nothing
            && self.lines.last().is_some_and(|line| matches!(line.entry, Entry::End { .. }))
    }

    /// What was kept of the run, in order, each with the time at which it was.
    pub fn kept(&self) -> impl Iterator<Item = (Timestamp, Record)> {
        self.lines.iter().filter_map(|line| Some((line.t, line.entry.record()?)))
    }

    /// The writes of which no outcome is known here.
    pub fn open_intents(&self) -> Vec<&Intent> {
        let entries = || self.lines.iter().map(|line| &line.entry);
        let answered: BTreeSet<RequestId> = entries()
            .filter_map(|entry| match entry {
                Entry::Outcome { req, .. } => Some(*req),
                _ => None,
            })
            .collect();
        let intents = entries().filter_map(|entry| match entry {
            Entry::Intent(intent) => Some(intent),
            _ => None,
        });
        intents.filter(|intent| !answered.contains(&intent.req)).collect()
    }
}

/// The fault of a journal that can't be believed to its end; `None` where it can.
pub fn damage(path: &Path, story: &Story) -> Option<Fault> {
    let (lines, path) = (story.lines.len(), path.display());
    let words = match story.rest {
        Rest::Nothing => return None,
        Rest::Torn => format!("{path} breaks off in line {}", lines + 1),
        Rest::Corrupt => {
            format!("{path} was changed after it was written, from line {}", lines + 1)
        }
    };
    let remedy = format!("What stands in the {lines} lines before is as it was written");
    Some(Fault::new(FaultKind::Disk, words, remedy))
}
