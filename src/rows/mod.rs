//! The rows of every list: their columns, their order, and what a filter leaves of them. Screens and exports
//! read the same columns. Everything that the service wrote is made safe here, where cells are built; nothing
//! raw leaves this room. Never reads a clock, a file or a socket.

mod cells;
mod column;
mod export;
mod field;
mod filter;
mod list;
mod listing;
mod phrases;
mod rank;
mod scorer;
mod search;
mod sort;
mod sort_key;
mod written;

pub use crate::access::scope_words;
pub use cells::{Cells, FAILED};
pub use column::{Align, Column, ColumnId, Cut, Placed, fit};
pub use export::{Cell, Head, SeenBy, Sheet};
pub use filter::{BadFilter, Field, Filter};
pub use list::{List, RowId};
pub use listing::{Listing, SLICE};
pub use phrases::{
    gap_words, policies_words, policy_words, rests_words, scope_names, status_words,
    two_factor_words,
};
pub use rank::rank;
pub use search::{Highlighter, Search};
pub use sort::{Direction, Order, Sort, Sorting};
pub use written::{in_order, policy_value, sheet};
