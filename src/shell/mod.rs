//! The loop, the terminal, input, the worker and the log: everything that waits, reads a clock or touches the world.
//! Never decides: what happens is decided by the core, and only carried out here.

mod input;
mod screen;
mod sequence;

pub use input::{Decoder, Input, LONGEST_PASTE};
pub use screen::Screen;
