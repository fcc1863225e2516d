//! Panics that tests ask for, in builds with debug assertions and in no other: `CFIAM_PANIC` names where.

use crate::app::Msg;
use crate::keys::{Code, Key};

/// The key that sets the panic off.
const TRIGGER: Key = Key::plain(Code::F(12));

/// Panics in the loop, or in a task, when the key comes and the environment asks for it.
#[expect(clippy::disallowed_methods, reason = "no setting: it exists for tests alone")]
#[expect(clippy::panic, reason = "this is what the tests ask for")]
pub(super) fn before(msg: &Msg) {
    if *msg != Msg::Key(TRIGGER) {
        return;
    }
    match std::env::var("CFIAM_PANIC").as_deref() {
        Ok("loop") => panic!("planted, with {}", secret()),
        Ok("thread") => {
            let _ = std::thread::spawn(|| panic!("planted in a thread, with {}", secret())).join();
        }
        Ok("both") => {
            let _ = std::thread::spawn(|| panic!("planted in a thread, with {}", secret())).join();
            panic!("planted, with {}", secret());
        }
        _ => {}
    }
}

/// What a careless message might hold.
#[expect(clippy::disallowed_methods, reason = "no setting: it exists for tests alone")]
fn secret() -> String {
    std::env::var("CLOUDFLARE_API_TOKEN").unwrap_or_default()
}
