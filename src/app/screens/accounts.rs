//! The accounts that the credential can open.

use crate::app::list::ListState;
use crate::domain::AccountId;

/// The accounts on the screen, by id.
#[derive(Clone, Debug, Default)]
pub struct AccountsScreen {
    /// The accounts and the cursor.
    pub rows: ListState<AccountId>,
}
