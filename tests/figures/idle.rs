//! What goes to the terminal while nothing happens.

use std::time::Duration;

use super::company::{Company, is_read, options};

const LONG: Duration = Duration::from_mins(1);

#[test]
fn nothing_is_written_to_the_terminal_while_nothing_happens() {
    let company = Company::start(options(240, 18));
    let mut console = company.console();
    console.wait_for("the whole account", LONG, is_read);
    console.wait_until_quiet(Duration::from_secs(2), LONG);
    let mut written = console.read_for(Duration::from_secs(10));
    if written > 0 {
        println!("{written} bytes: an age has turned, or it is not nothing");
        assert!(written < 200, "an age writes its cells alone");
        // Ages turn once a minute: not in these ten seconds too.
        written = console.read_for(Duration::from_secs(10));
    }
    println!("figure: bytes to the terminal in 10 s of nothing: {written} (bar 0)");
    assert_eq!(written, 0);
}

#[test]
fn a_key_that_changes_nothing_writes_nothing() {
    let company = Company::start(options(240, 18));
    let mut console = company.console();
    console.wait_for("the whole account", LONG, is_read);
    console.wait_until_quiet(Duration::from_secs(2), LONG);
    console.keys("g");
    console.wait_until_quiet(Duration::from_secs(1), LONG);
    // The cursor is on the first row already.
    console.keys("kkk");
    let written = console.read_for(Duration::from_secs(1));
    println!("figure: bytes to the terminal for keys that change nothing: {written} (bar 0)");
    assert!(written < 200, "an age may have turned: {written}");
}
