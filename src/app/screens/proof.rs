//! The proof of an answer about one member: every path, from the member to what is asked about.

use crate::access::{Asked, Path, Person, Proof, Question, Unseen};
use crate::app::list::ListState;
use crate::domain::{Directory, GroupId, MemberId};

/// A line of a proof. The first number is the place of the path, or of the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProofLine {
    /// A path: its place among the paths, and that of its first proof.
    Path(u16, u16),
    /// The group, on a path through one.
    Group(u16),
    /// The policy.
    Policy(u16),
    /// What it grants.
    PermissionGroup(u16),
    /// Why that is what is asked for, where it is not the thing itself.
    Rests(u16),
    /// What it is granted on, and what of that covers the place.
    Scope(u16),
    /// An empty row between two paths.
    Space(u16),
}

/// A proof on the screen.
#[derive(Clone, Debug)]
pub struct ProofScreen {
    /// What was asked.
    pub question: Question,
    /// The member.
    pub member: MemberId,
    /// What is told of the member; nothing if they can't.
    pub person: Option<Person>,
    /// Everything that gives it.
    pub proofs: Vec<Proof>,
    /// What it rests on and was not read.
    pub unseen: Unseen,
    /// Its lines and the cursor.
    pub lines: ListState<ProofLine>,
    version: Option<u64>,
}

impl ProofScreen {
    /// The proof for one member.
    pub fn new(question: Question, member: MemberId) -> Self {
        Self {
            question,
            member,
            person: None,
            proofs: Vec::new(),
            unseen: Unseen::default(),
            lines: ListState::default(),
            version: None,
        }
    }

    /// Brings the proof up to what is known.
    pub fn follow(&mut self, directory: &Directory) {
        if self.version == Some(directory.version()) {
            return;
        }
        let is_first = self.version.is_none();
        self.version = Some(directory.version());
        let mut asked = Asked::new(directory, &self.question);
        let slot = directory.members().slot(&self.member);
        self.person = slot.and_then(|slot| asked.can(slot));
        self.proofs = asked.proofs(&self.member);
        self.unseen = Unseen::of(directory);
        let lines = proof_lines(&self.proofs);
        if is_first {
            self.lines.show_best(lines);
        } else {
            self.lines.show(lines);
        }
    }

    /// The group that the line under the cursor is about.
    pub fn group(&self) -> Option<&GroupId> {
        let at = match self.lines.cursor()? {
            ProofLine::Path(_, at)
            | ProofLine::Group(at)
            | ProofLine::Policy(at)
            | ProofLine::PermissionGroup(at)
            | ProofLine::Rests(at)
            | ProofLine::Scope(at)
            | ProofLine::Space(at) => at,
        };
        match &self.proofs.get(usize::from(at))?.path {
            Path::Group(group) => Some(group),
            Path::Direct => None,
        }
    }
}

/// Proofs, line by line: a path with all policies that give it, then the next.
pub fn proof_lines(proofs: &[Proof]) -> Vec<ProofLine> {
    let mut lines = Vec::new();
    let mut paths = 0;
    let mut last: Option<&Path> = None;
    for (at, proof) in (0..).zip(proofs) {
        if last != Some(&proof.path) {
            if last.is_some() {
                lines.push(ProofLine::Space(at));
            }
            lines.push(ProofLine::Path(paths, at));
            paths += 1;
            if matches!(proof.path, Path::Group(_)) {
                lines.push(ProofLine::Group(at));
            }
            last = Some(&proof.path);
        }
        lines.extend([ProofLine::Policy(at), ProofLine::PermissionGroup(at)]);
        if proof.rests != crate::access::Rests::Itself {
            lines.push(ProofLine::Rests(at));
        }
        lines.push(ProofLine::Scope(at));
    }
    lines
}
