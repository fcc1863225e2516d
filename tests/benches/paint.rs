//! From a key to its frame, with every request hanging. Run with: `cargo bench --bench paint`.
//!
//! The loop of the program with its real screen, on a writer that takes frames: the clock runs from when a key's
//! bytes enter the loop until the frame's bytes have left it. One bar that is missed makes the exit status 1; where
//! the best run of each key meets it and all runs together don't, other programs had the machine.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a bench, which reads a clock and prints"
)]

#[path = "support/account.rs"]
mod account;
#[path = "support/figure.rs"]
mod figure;

use std::cell::Cell;
use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use account::Sized;
use cfiam::app::{Answer, Effect, Facts, Mode, Request, Setup, Size, State, Ticket, context};
use cfiam::domain::{Budget, Collection, Load, Page, WalkId};
use cfiam::keys::Keymap;
use cfiam::shell::{Clock, Console, Event, Hands, Next, Screen};
use cfiam::ui::{Theme, paint};
use figure::{Figures, ms, quantile};
use ratatui::Frame;

const SIZE: Size = Size { columns: 160, rows: 45 };
const BAR: Duration = Duration::from_millis(16);
const SLICE: Duration = Duration::from_millis(4);
const WHOLE: Duration = Duration::from_millis(100);

/// Counts what goes to the terminal.
#[derive(Clone, Default)]
struct Sink(Rc<Cell<usize>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Notes what is asked for, and never answers.
struct Hanging(Sender<(Ticket, Request)>);

impl Hands for Hanging {
    fn carry_out(&mut self, effect: Effect) {
        if let Effect::Ask(ticket, request) = effect {
            drop(self.0.send((ticket, request)));
        }
    }
}

type Painter = Box<dyn FnMut(&mut Frame<'_>, &State) -> Facts>;

struct Bench {
    console: Console<Sink, Hanging, Painter>,
    events: Sender<Event>,
    asked: Receiver<(Ticket, Request)>,
    /// When painting began last.
    painting: Rc<Cell<Instant>>,
    walks: u64,
}

/// What a key took.
#[derive(Clone, Copy)]
struct Took {
    /// Until the frame with the key in it was out.
    shown: Duration,
    /// Until everything that follows from it was on the screen.
    whole: Duration,
    /// The longest slice of work on the way, without painting.
    slice: Duration,
    slices: usize,
}

impl Bench {
    fn start(sized: Sized) -> Self {
        let clock = Clock::start();
        let setup = Setup {
            profile: String::new(),
            badge: None,
            host: "api.cloudflare.com".into(),
            dashboard: true,
            unconnected: None,
            mode: Mode::ReadWrite,
            writable: Vec::new(),
            snapshot: None,
            account: None,
            organization: None,
            protected: cfiam::domain::Protected::default(),
            decided: std::sync::Arc::default(),
            requests_per_5_min: 1_000,
            keymap: Keymap::default(),
            size: SIZE,
            now: clock.now(),
        };
        let (events, inbox) = channel();
        let (ask, asked) = channel();
        let painting = Rc::new(Cell::new(Instant::now()));
        let (began, theme) = (painting.clone(), Theme::default());
        let painter: Painter = Box::new(move |frame, state| {
            began.set(Instant::now());
            paint(frame, state, &theme)
        });
        let size = ratatui::layout::Size::new(SIZE.columns, SIZE.rows);
        let screen = Screen::new(Sink::default(), size).unwrap();
        let console = Console::new(setup, clock, inbox, screen, painter, Hanging(ask));
        let mut bench = Self { console, events, asked, painting, walks: 0 };
        bench.load(sized);
        bench
    }

    /// Opens the account and answers everything; then asks for it all again, which hangs.
    fn load(&mut self, sized: Sized) {
        loop {
            let asked: Vec<_> = self.asked.try_iter().collect();
            if asked.is_empty() {
                break;
            }
            for (ticket, request) in asked {
                self.answer(sized, ticket, request);
            }
            self.settle();
        }
        self.key("R");
        // Every list is being read, and has brought its first rows.
        for (ticket, request) in self.asked.try_iter().collect::<Vec<_>>() {
            if let Request::List { collection, .. } = request {
                self.walks += 1;
                let walk = WalkId(self.walks);
                self.tell(Answer::Loaded(ticket, Load::Begun { collection, walk }));
            }
        }
        self.settle();
    }

    fn answer(&mut self, sized: Sized, ticket: Ticket, request: Request) {
        match request {
            Request::Accounts => self.tell(Answer::Accounts(ticket, Ok(vec![account::account()]))),
            Request::Account { .. } => {
                self.tell(Answer::Account(ticket, Box::new(account::opened())));
            }
            Request::Staged(_) => self.tell(Answer::Staged(ticket, Ok(Vec::new()))),
            Request::List { collection, .. } => {
                let pages = sized.pages(&collection);
                self.walk(ticket, collection, pages);
                self.tell(Answer::Done(ticket, Ok(())));
            }
            Request::AllGroupMembers { .. } => {
                for (group, pages) in sized.memberships() {
                    self.walk(ticket, Collection::GroupMembers(group), pages);
                }
                self.tell(Answer::Done(ticket, Ok(())));
            }
            _ => {}
        }
    }

    fn walk(&mut self, ticket: Ticket, collection: Collection, pages: Vec<Page>) {
        self.walks += 1;
        let walk = WalkId(self.walks);
        self.tell(Answer::Loaded(ticket, Load::Begun { collection: collection.clone(), walk }));
        for page in pages {
            self.tell(Answer::Loaded(ticket, Load::Page { walk, page, of: None, set_aside: 0 }));
        }
        self.tell(Answer::Loaded(ticket, Load::Ended { collection, walk, gaps: Vec::new() }));
    }

    fn tell(&self, answer: Answer) {
        self.events.send(Event::Answer(Box::new(answer))).unwrap();
    }

    fn round(&mut self) {
        assert_eq!(self.console.round(), Next::Round);
    }

    /// Goes on until everything that was told has been taken in and worked through.
    fn settle(&mut self) {
        self.walks += 1;
        let spent = u32::try_from(self.walks).unwrap();
        self.tell(Answer::Budget(Budget { spent, ..Budget::default() }));
        while self.console.state().budget.spent != spent || self.console.state().slicing {
            self.round();
        }
    }

    /// Presses a key, as the bytes that a terminal sends for it.
    fn key(&mut self, bytes: &str) -> Took {
        self.events.send(Event::Bytes(bytes.as_bytes().to_vec())).unwrap();
        let began = Instant::now();
        self.round();
        let shown = began.elapsed();
        let mut took = Took { shown, whole: shown, slice: Duration::ZERO, slices: 0 };
        while self.console.state().slicing {
            let slice = Instant::now();
            self.round();
            took.slice = took.slice.max(self.painting.get().saturating_duration_since(slice));
            took.slices += 1;
        }
        took.whole = began.elapsed();
        took
    }
}

const DOWN: &str = "\x1b[B";
const PAGE: &str = "\x1b[6~";
const ENTER: &str = "\r";
const ESC: &str = "\x1b[27u";

/// An hour's work in short, key by key.
fn session() -> Vec<&'static str> {
    let mut keys = Vec::new();
    let mut press = |more: &[&'static str]| keys.extend_from_slice(more);
    press(&["1", "g"]);
    for _ in 0..20 {
        press(&["j", DOWN]);
    }
    press(&[PAGE, PAGE, PAGE, "G", "k", "k", "g", "\x04", "\x15"]);
    press(&["/", "r", "o", "s", "a", " ", "a", "l", "m", ENTER, "j", "\t", "j", ESC, ESC]);
    press(&[" ", " ", " ", "v", "j", "j", "v", "*", ESC]);
    press(&["/", "2", "f", "a", ":", "o", "f", "f", DOWN, "j", "j", ESC]);
    press(&["s", DOWN, ENTER, "s", DOWN, DOWN, ENTER, "s", ENTER]);
    press(&[
        "2", "j", "j", "G", "g", ENTER, "j", PAGE, "\t", "j", "\t", "/", "l", "e", "o", ESC, ESC,
    ]);
    press(&["a", "l", "e", "o", " ", "b", DOWN, DOWN, ESC, ESC, ESC, ESC]);
    press(&["1", "a", "o", "p", "s", DOWN, ESC, ESC]);
    press(&[
        "6", "1", "p", "p", "?", "m", "a", ESC, ":", "m", "e", "m", "b", ESC, ESC, "@", ESC, "-",
        "-",
    ]);
    keys
}

/// The same keys some times over. What other programs take from the machine is in some runs of a key and not in
/// others; what the key itself takes is in all of them.
struct Runs(Vec<Vec<Took>>);

impl Runs {
    fn of(bench: &mut Bench, runs: usize, press: impl Fn(&mut Bench) -> Vec<Took>) -> Self {
        Self((0..runs).map(|_| press(bench)).collect())
    }

    /// The shortest time of each key.
    fn best(&self, time: fn(&Took) -> Duration) -> Vec<Duration> {
        let keys = self.0.iter().map(Vec::len).min().unwrap_or(0);
        let best = |key: usize| self.0.iter().filter_map(|run| run.get(key)).map(time).min();
        (0..keys).filter_map(best).collect()
    }

    fn all(&self, time: fn(&Took) -> Duration) -> Vec<Duration> {
        self.0.iter().flatten().map(time).collect()
    }

    /// Prints a time, and holds a share of it to its bar: in all runs, and in the best of each key.
    fn hold(
        &self,
        figures: &mut Figures,
        what: &str,
        share: f64,
        time: fn(&Took) -> Duration,
        bar: Duration,
    ) {
        let (mut all, mut best) = (self.all(time), self.best(time));
        println!(
            "{what}: {} keys, p50 {:.2} ms, p99 {:.2} ms, slowest {:.2} ms",
            all.len(),
            ms(quantile(&mut all, 0.5)),
            ms(quantile(&mut all, 0.99)),
            ms(quantile(&mut all, 1.0)),
        );
        let share_words = if share < 1.0 { "p99" } else { "slowest" };
        figures.hold_time(&format!("{what}, {share_words}"), quantile(&mut all, share), bar);
        let words = format!("{what}, {share_words}, best run of each key");
        figures.hold_time(&words, quantile(&mut best, share), bar);
    }
}

fn keys(figures: &mut Figures) {
    let mut bench = Bench::start(Sized { members: 10_000, groups: 500, in_group: 100 });
    let seen = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let runs = Runs::of(&mut bench, 20, |bench| {
        let press = |key| {
            let took = bench.key(key);
            let state = bench.console.state();
            let place = (context(state), state.dialogs.is_empty());
            seen.borrow_mut().insert(format!("{place:?}"));
            took
        };
        session().into_iter().map(press).collect()
    });
    let seen = seen.into_inner();
    assert!(seen.len() >= 10, "the keys don't lead where they should: {seen:?}");
    runs.hold(figures, "key to paint, 10,000 members", 0.99, |took| took.shown, BAR);
}

/// Letters typed into the filter, and taken away again.
fn typed(bench: &mut Bench) -> Vec<Took> {
    let mut took = Vec::new();
    for word in ["rosa almeida", "o", "zz", "'berg", "!leo kap", "2fa:off mar", "group:dns-1", "e"]
    {
        took.push(bench.key("/"));
        for c in word.chars() {
            took.push(bench.key(c.encode_utf8(&mut [0; 4])));
        }
        for _ in word.chars() {
            took.push(bench.key("\x7f"));
        }
        took.push(bench.key(ESC));
    }
    took
}

fn filter(members: usize) -> Runs {
    let mut bench = Bench::start(Sized { members, groups: 500, in_group: 800 });
    bench.key("1");
    Runs::of(&mut bench, 8, typed)
}

fn main() -> ExitCode {
    let mut figures = Figures::default();
    keys(&mut figures);
    let runs = filter(10_000);
    runs.hold(&mut figures, "typed character, 10,000 members", 0.99, |took| took.shown, BAR);
    let frames = runs.0.iter().flatten().map(|took| took.slices).max().unwrap_or(0);
    figures.hold(
        "frames until the filtered rows, 10,000 members",
        (frames + 1) as f64,
        1.0,
        "frames",
    );
    let runs = filter(100_000);
    runs.hold(&mut figures, "typed character, 100,000 members", 0.99, |took| took.shown, BAR);
    // This bar is about how work is cut: another program's turn in the midst of a slice is no part of it.
    let slice = quantile(&mut runs.best(|took| took.slice), 0.99);
    figures.hold_time(
        "longest slice of a key, 100,000 members, p99, best run of each key",
        slice,
        SLICE,
    );
    runs.hold(&mut figures, "filter whole, 100,000 members", 1.0, |took| took.whole, WHOLE);
    figures.exit()
}
