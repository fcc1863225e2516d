//! What a member may do, and how they come by it: directly, or through a group. Computed from the
//! [`Directory`](crate::domain::Directory) alone; never asks the service, a file or a clock.

mod altered;
mod changed;
mod common;
mod compare;
mod difference;
#[cfg(test)]
pub(crate) mod fixture;
mod grant;
mod highest;
mod hold;
mod implied;
mod matrix;
mod named;
mod nearest;
mod question;
mod scope;
mod shift;
mod words;

pub use altered::{Altered, Cause, Missing, policy_of};
pub use changed::{AccessChange, Changed, Part, Reason, Row, Sign, changed};
pub use compare::{Compared, Holding, compare};
pub use difference::{Difference, Held, Reach, covers, reaches};
pub use grant::{Grant, Path, grants, no_access_yet};
pub use highest::{Highest, Levels, highest, is_super_administrator, level_of};
pub use hold::{
    Holds, allowed_by, allowed_directly, group_grants, holds_directly, holds_now,
    may_make_super_administrators,
};
pub use implied::{Rests, gives};
pub use matrix::{Cell, Matrix, Row as MatrixRow};
pub use named::{Unclear, permissions_known};
pub use nearest::{WhyNot, WouldGive, why_not};
pub use question::{
    Asked, Person, Proof, Question, Sure, Unseen, WhoCan, explained, groups_that_give, places_known,
};
pub use scope::{Place, is_account_wide, places, scopes_of};
pub use shift::{Shift, examples};
pub use words::{
    held_words, permission_words, place_words, places_words, reaches_words, scope_words,
};
