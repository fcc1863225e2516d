//! The accounts that the credential can open.

use crate::app::list::ListState;

/// The accounts on the screen, by their place among [`State::accounts`](crate::app::State).
#[derive(Clone, Debug, Default)]
pub struct AccountsScreen {
    /// The accounts and the cursor.
    pub rows: ListState<usize>,
}
