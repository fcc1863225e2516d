//! The proof of an answer about one member: every path, from the member to what is asked about; for who can't, what
//! comes nearest to it.

use crate::access::{Asked, Path, Person, Proof, Question, Unseen, WhyNot, why_not};
use crate::app::list::ListState;
use crate::domain::{Collection, Directory, GroupId, MemberId};

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
    /// For who can't: the title of what comes near.
    Near(Near),
    /// The same on another place, or less of it on this one, by its place there.
    Held(Near, u16),
    /// A group that would give it.
    Would(u16),
}

/// What comes near to what somebody can't do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Near {
    /// The same, on other places.
    Elsewhere,
    /// Less than it, on the place.
    Less,
    /// Groups that would give it.
    Groups,
    /// Nothing does.
    Nothing,
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
    /// What comes nearest, where they can't.
    pub near: Option<WhyNot>,
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
            near: None,
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
        let unread = |group: &GroupId| {
            let list = Collection::GroupMembers(group.clone());
            !directory.coverage(&list).is_complete()
        };
        let lists = asked.groups_that_matter().iter().filter(|group| unread(group)).count();
        self.unseen = Unseen { lists, ..Unseen::of(directory) };
        self.near = match self.person {
            None => why_not(directory, &self.member, &self.question),
            Some(_) => None,
        };
        let mut lines = proof_lines(&self.proofs);
        lines.extend(self.near.iter().flat_map(near_lines));
        if is_first {
            self.lines.show_best(lines);
        } else {
            self.lines.show(lines);
        }
    }

    /// The group that the line under the cursor is about.
    pub fn group(&self) -> Option<&GroupId> {
        let at = match self.lines.cursor()? {
            ProofLine::Would(at) => {
                let groups = &self.near.as_ref()?.groups;
                return groups.get(usize::from(at)).map(|would| &would.group);
            }
            ProofLine::Near(_) | ProofLine::Held(..) => return None,
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

/// What comes nearest, line by line: what is held already, then the groups.
fn near_lines(near: &WhyNot) -> Vec<ProofLine> {
    let mut lines = Vec::new();
    for (kind, held) in [(Near::Elsewhere, &near.elsewhere), (Near::Less, &near.less)] {
        if !held.is_empty() {
            lines.push(ProofLine::Near(kind));
            lines.extend((0..).zip(held).map(|(at, _)| ProofLine::Held(kind, at)));
        }
    }
    if !near.groups.is_empty() {
        lines.push(ProofLine::Near(Near::Groups));
        lines.extend((0..).zip(&near.groups).map(|(at, _)| ProofLine::Would(at)));
    }
    if lines.is_empty() {
        lines.push(ProofLine::Near(Near::Nothing));
    }
    lines
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
