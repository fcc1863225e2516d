//! What is kept on disk between sessions: staged changes by account, for which accounts a profile was set to
//! read-write, when requests were sent, the journal of each run, and snapshots. Files are written whole and private. Never speaks to the service, and never loses what it can't read.

pub mod history;
pub mod journal;
mod keep;
mod lock;
mod moments;
mod plans;
mod private;
pub mod snapshot;
mod staged;
mod texts;
mod writable;

pub use journal::{Journal, Story};
pub use keep::Store;
pub use moments::{Locked, Moments};
pub use private::{private_folder, write_whole};
pub use texts::{read_text, write_text};
