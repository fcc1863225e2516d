//! What is kept on disk between sessions: staged changes by account, and for which accounts a profile was set to
//! read-write. Files are written whole and private. Never speaks to the service, and never loses what it can't read.

mod keep;
mod private;
mod staged;
mod writable;

pub use keep::Store;
pub use private::{private_folder, write_whole};
