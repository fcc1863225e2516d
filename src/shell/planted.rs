//! Panics that tests ask for, in builds with debug assertions and in no other: `CFIAM_PANIC` names where.

use crate::app::Msg;
use crate::domain::Fault;
use crate::keys::{Code, Key};
use crate::ops::Told;
use crate::plan::{OpId, OpState, RunReport};

/// The key that sets a panic of the loop off.
const TRIGGER: Key = Key::plain(Code::F(12));

/// Panics in the loop, or in a thread, when the key comes and the environment asks for it.
#[expect(clippy::panic, reason = "this is what the tests ask for")]
pub(super) fn before(msg: &Msg) {
    if *msg != Msg::Key(TRIGGER) {
        return;
    }
    match wanted().as_str() {
        "loop" => panic!("planted, with {}", secret()),
        "thread" => drop(std::thread::spawn(in_a_thread).join()),
        "both" => {
            drop(std::thread::spawn(in_a_thread).join());
            panic!("planted, with {}", secret());
        }
        "twice" => {
            let _falls_on_the_way_out = Falls;
            panic!("planted, with {}", secret());
        }
        _ => {}
    }
}

/// Panics in a task that reads, if the environment asks for it.
pub(super) fn in_task() {
    assert!(wanted() != "ask", "planted in a task, with {}", secret());
}

/// Panics in a run once something of it is in flight, if the environment asks for it; `tell` passes on what the run
/// tells.
pub(super) fn in_run(
    what: Told,
    mut tell: impl FnMut(Told) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let sends = |moved: &[(OpId, OpState)]| moved.iter().any(|(_, op)| *op == OpState::Running);
    let in_flight = matches!(&what, Told::Run(RunReport::Moved(moved)) if sends(moved));
    let told = tell(what);
    assert!(!(in_flight && wanted() == "run"), "planted in a run, with {}", secret());
    told
}

#[expect(clippy::panic, reason = "this is what the tests ask for")]
fn in_a_thread() {
    panic!("planted in a thread, with {}", secret());
}

/// Panics while a panic unwinds.
struct Falls;

impl Drop for Falls {
    #[expect(clippy::panic, reason = "this is what the tests ask for")]
    fn drop(&mut self) {
        panic!("planted on the way out");
    }
}

#[expect(clippy::disallowed_methods, reason = "no setting: it exists for tests alone")]
fn wanted() -> String {
    std::env::var("CFIAM_PANIC").unwrap_or_default()
}

/// What a careless message might hold.
#[expect(clippy::disallowed_methods, reason = "no setting: it exists for tests alone")]
fn secret() -> String {
    std::env::var("CLOUDFLARE_API_TOKEN").unwrap_or_default()
}
