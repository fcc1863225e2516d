//! What a member may do where: a table with a cursor on one of its cells, which opens to its proof.

use crate::access::{Cell, Matrix, Question, Reach, Unseen};
use crate::app::list::ListState;
use crate::domain::{Directory, MemberId};

/// The table on the screen.
#[derive(Clone, Debug)]
pub struct EffectiveScreen {
    /// The member.
    pub member: MemberId,
    /// What is held where.
    pub matrix: Matrix,
    /// What it rests on and was not read.
    pub unseen: Unseen,
    /// The rows, by their place in the table.
    pub rows: ListState<u16>,
    /// The column under the cursor, by its place in the table.
    pub column: usize,
    version: Option<u64>,
}

impl EffectiveScreen {
    /// The table of a member.
    pub fn new(member: MemberId) -> Self {
        Self {
            member,
            matrix: Matrix::default(),
            unseen: Unseen::default(),
            rows: ListState::default(),
            column: 0,
            version: None,
        }
    }

    /// Brings the table up to what is known.
    pub fn follow(&mut self, directory: &Directory) {
        if self.version == Some(directory.version()) {
            return;
        }
        self.version = Some(directory.version());
        let (row, column) = (self.row(), self.matrix.columns.get(self.column).cloned());
        self.matrix = Matrix::of(directory, &self.member);
        self.unseen = Unseen::of(directory);
        self.rows.show((0..).take(self.matrix.rows.len()).collect());
        // The cursor stays on what and where it was.
        let place = row.and_then(|row| self.matrix.rows.iter().position(|now| *now == row));
        if let Some(place) = place.and_then(|place| u16::try_from(place).ok()) {
            self.rows.go_to(&place);
        }
        let place = self.matrix.columns.iter().position(|now| Some(now) == column.as_ref());
        self.column = place.unwrap_or(0);
    }

    fn row(&self) -> Option<crate::access::MatrixRow> {
        self.matrix.rows.get(usize::from(self.rows.cursor()?)).cloned()
    }

    /// To the next column; behind the last comes the first.
    pub fn next_column(&mut self) {
        self.column = if self.column + 1 < self.matrix.columns.len() { self.column + 1 } else { 0 };
    }

    /// What the cell under the cursor holds.
    pub fn cell(&self) -> &Cell {
        let row = self.rows.cursor().map_or(usize::MAX, usize::from);
        self.matrix.cell(row, self.column)
    }

    /// The question that the cell under the cursor answers; nothing where it has no place that could be asked about.
    pub fn question(&self) -> Option<Question> {
        let permission = self.row()?.permission_group;
        let on = match self.matrix.columns.get(self.column)?.first()? {
            Reach::Place(place) => Some(place.clone()),
            Reach::Unknown(_) => None,
        };
        Some(Question { permission, on })
    }
}
