//! What is kept on disk between sessions: staged changes by account, for which accounts a profile was set to
//! read-write, and when requests were sent. Files are written whole and private. Never speaks to the service, and never loses what it can't read.

mod keep;
mod moments;
mod private;
mod staged;
mod writable;

pub use keep::Store;
pub use moments::{Locked, Moments};
pub use private::{private_folder, write_whole};
