//! The loop, the terminal, input, the worker and the log: everything that waits, reads a clock or touches the world.
//! Never decides: what happens is decided by the core, and only carried out here.

mod alarms;
mod browser;
mod clock;
mod console;
mod contain;
mod copy;
mod disk;
mod editor;
mod input;
mod log;
mod panics;
#[cfg(debug_assertions)]
mod planted;
mod reader;
mod request;
mod run;
mod screen;
mod sequence;
mod signals;
mod start;
mod terminal;
mod worker;

pub use clock::Clock;
pub use console::{Console, Event, Hands, Next};
pub use copy::Copying;
pub use input::{Decoder, Input, LONGEST_PASTE};
pub use log::{Redactor, begin as begin_log};
pub use request::{fulfil, look_up};
pub use run::{Attempt, Ears, TakenUp, Watch, carry_out, timings};
pub use screen::Screen;
pub use start::{Left, Start, run};
pub use terminal::{can_suspend, size};
