//! Two members side by side, or a member and what all of a group hold: the same, only here, only there.

use crate::access::{Compared, Held, Holding, Question, Reach, Unseen, compare};
use crate::app::list::ListState;
use crate::domain::{Directory, GroupId, MemberId};

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// What a member holds.
    Member(MemberId),
    /// What every accepted member of a group holds.
    Common(GroupId),
}

impl Side {
    fn holding(&self, directory: &Directory) -> Holding {
        match self {
            Self::Member(member) => Holding::of(directory, member),
            Self::Common(group) => Holding::common(directory, group),
        }
    }
}

/// A part of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    /// What the first holds alone.
    OnlyHere,
    /// What the second holds alone.
    OnlyThere,
    /// What both hold.
    Same,
}

/// A line of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompareLine {
    /// A part's title.
    Head(Share),
    /// A part that has nothing in it.
    Nothing(Share),
    /// Something that is held, by its place in its part.
    Held(Share, u16),
    /// An empty row before a part.
    Space(Share),
}

/// A comparison on the screen.
#[derive(Clone, Debug)]
pub struct CompareScreen {
    /// The first side.
    pub here: Side,
    /// The second side.
    pub there: Side,
    /// What they hold.
    pub compared: Compared,
    /// What it rests on and was not read.
    pub unseen: Unseen,
    /// Its lines and the cursor.
    pub lines: ListState<CompareLine>,
    version: Option<u64>,
}

impl CompareScreen {
    /// Two sides.
    pub fn new(here: Side, there: Side) -> Self {
        let nothing = Vec::new;
        Self {
            here,
            there,
            compared: Compared { same: nothing(), only_here: nothing(), only_there: nothing() },
            unseen: Unseen::default(),
            lines: ListState::default(),
            version: None,
        }
    }

    /// Brings the comparison up to what is known.
    pub fn follow(&mut self, directory: &Directory) {
        if self.version == Some(directory.version()) {
            return;
        }
        let is_first = self.version.is_none();
        self.version = Some(directory.version());
        self.compared = compare(&self.here.holding(directory), &self.there.holding(directory));
        self.unseen = Unseen::of(directory);
        let mut lines = Vec::new();
        for share in [Share::OnlyHere, Share::OnlyThere, Share::Same] {
            if share != Share::OnlyHere {
                lines.push(CompareLine::Space(share));
            }
            lines.push(CompareLine::Head(share));
            let held = (0..).zip(self.held(share)).map(|(at, _)| CompareLine::Held(share, at));
            let held: Vec<CompareLine> = held.collect();
            if held.is_empty() {
                lines.push(CompareLine::Nothing(share));
            }
            lines.extend(held);
        }
        let first = lines.iter().find(|line| matches!(line, CompareLine::Held(..))).copied();
        self.lines.show(lines);
        if let (true, Some(first)) = (is_first, first) {
            self.lines.go_to(&first);
        }
    }

    /// What is held of a part.
    pub fn held(&self, share: Share) -> &[Held] {
        match share {
            Share::OnlyHere => &self.compared.only_here,
            Share::OnlyThere => &self.compared.only_there,
            Share::Same => &self.compared.same,
        }
    }

    /// Whose proof the line under the cursor opens to, and of what; nothing where no member holds it.
    pub fn proof(&self) -> Option<(Question, MemberId)> {
        let CompareLine::Held(share, at) = self.lines.cursor()? else { return None };
        let held = self.held(share).get(usize::from(at))?;
        let sides = match share {
            Share::OnlyHere => [Some(&self.here), None],
            Share::OnlyThere => [Some(&self.there), None],
            Share::Same => [Some(&self.here), Some(&self.there)],
        };
        let member = sides.into_iter().flatten().find_map(|side| match side {
            Side::Member(member) => Some(member.clone()),
            Side::Common(_) => None,
        })?;
        let on = held.on.iter().find_map(|reach| match reach {
            Reach::Place(place) => Some(place.clone()),
            Reach::Unknown(_) => None,
        });
        Some((Question { permission: held.permission_group.clone(), on }, member))
    }
}
