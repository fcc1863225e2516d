//! From the start of the program to an account that is read whole. Run with: `cargo bench --bench load`.
//!
//! The program itself in a pty, against the embedded server in another process (this one). It takes about a minute:
//! 100,000 members are over 2,000 requests, and never more than 150 leave in a second. One
//! bar that is missed makes the exit status 1. The resident set is read from `/proc`: Linux alone.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a bench, which reads a clock and prints"
)]

#[path = "support/company.rs"]
mod company;
#[path = "support/figure.rs"]
mod figure;
#[path = "support/pty.rs"]
mod pty;

use std::process::ExitCode;
use std::time::Duration;

use cfiam::emulator::Options;
use company::{Company, is_read, options};
use figure::{Figures, quantile};
use pty::Pty;

const LONG: Duration = Duration::from_mins(3);
const SECOND: Duration = Duration::from_secs(1);
const LATENCY: Duration = Duration::from_millis(50);

/// Whether there is a row of a person.
fn has_rows(screen: &str) -> bool {
    screen.lines().skip(3).any(|line| line.contains("example"))
}

fn demo(figures: &mut Figures) {
    let mut times: Vec<Duration> = (0..10)
        .map(|_| {
            let home = tempfile::tempdir().unwrap();
            let mut console = Pty::start(home.path(), &["--demo"], &[]);
            console.wait_for("the first table", LONG, has_rows)
        })
        .collect();
    println!("--demo, first table, 10 starts: {times:?}");
    figures.hold_time("--demo, first table, the slowest", quantile(&mut times, 1.0), SECOND);
}

fn full_load(figures: &mut Figures) {
    let company = Company::start(Options { latency: LATENCY, ..options(10_000, 500) });
    let mut console = company.console();
    let took = console.wait_for("the whole account", LONG, is_read);
    console.wait_until_quiet(SECOND, LONG);
    let requests = company.server.requests().len();
    let bar = LATENCY.mul_f64(requests as f64 / 8.0 * 1.2);
    println!("10,000 members and 500 groups: {requests} requests");
    figures.hold_time("full load, 10,000 members, 50 ms a request", took, bar);
}

/// The largest resident set that a process has had.
fn peak(console: &Pty) -> f64 {
    let pid = console.child.process_id().unwrap();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().unwrap();
    kib / 1_024.0
}

fn large(figures: &mut Figures) {
    let company = Company::start(options(100_000, 500));
    let mut console = company.allow(100_000).console();
    let rows = console.wait_for("the first rows", LONG, has_rows);
    figures.hold_time("first rows of 100,000 members", rows, SECOND);
    let whole = console.wait_for("the whole account", LONG, is_read);
    println!("100,000 members and 500 groups read after {whole:?}, {:.1} MiB", peak(&console));
    console.keys("/leo");
    console.wait_for("the filter", LONG, |screen| {
        screen.lines().skip(5).take(20).all(|line| line.to_lowercase().contains('l'))
    });
    console.read_for(SECOND);
    let peak = peak(&console);
    figures.hold("peak resident set, 100,000 members and a filter", peak, 64.0, "MiB");
}

fn main() -> ExitCode {
    let mut figures = Figures::default();
    demo(&mut figures);
    full_load(&mut figures);
    large(&mut figures);
    figures.exit()
}
