//! A person at a terminal: starts the program in a pseudo-terminal, presses keys, waits for what is to be seen, and
//! looks at what the terminal is left as.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::LocalModes;

use super::home::Home;

/// How long anything may take that is waited for. A busy machine needs it; a defect costs it once.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often it is looked again.
const LOOK: Duration = Duration::from_millis(50);
/// The header once all of the demo has been read.
pub const DEMO: &str = " · 240 members · 18 groups · just now";
/// What stands on the screen last, once all of the demo has been read and looked at.
pub const LOOKED_AT: &str = "Findings 15";
/// The header once all of the test's own server has been read.
pub const ACCOUNT: &str = " · just now";

/// A program that is about to be started.
pub struct Launch<'h> {
    home: &'h Home,
    program: String,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    size: (u16, u16),
}

impl<'h> Launch<'h> {
    pub fn new(home: &'h Home, arguments: &[&str]) -> Self {
        Self::of(home, env!("CARGO_BIN_EXE_cfiam"), arguments)
    }

    /// A shell that reads its commands from the terminal and looks after its jobs.
    pub fn shell(home: &'h Home) -> Self {
        Self::of(home, "sh", &["-i"]).env("PS1", "ready> ").env("ENV", "")
    }

    fn of(home: &'h Home, program: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(ToString::to_string).collect();
        let environment = home.environment();
        Self { home, program: program.to_owned(), arguments, environment, size: (80, 24) }
    }

    pub fn arg(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self
    }

    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// The same without a terminal, for what is refused.
    pub fn plain(&self) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::new(&self.program);
        command.args(&self.arguments).env_clear().envs(self.environment.iter().cloned());
        command.timeout(PATIENCE);
        command
    }

    pub fn start(self) -> Terminal {
        let pair = native_pty_system().openpty(pty_size(self.size)).unwrap();
        let mut command = CommandBuilder::new(&self.program);
        command.args(&self.arguments);
        command.cwd(self.home.path("home"));
        command.env_clear();
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        let modes = local_modes(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        let reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let (columns, rows) = self.size;
        let parser = vt100::Parser::new(nonzero(rows), nonzero(columns), 0);
        Terminal {
            master: Some(pair.master),
            writer: Some(writer),
            child,
            bytes: Some(read(reader)),
            parser,
            raw: Vec::new(),
            parsed: 0,
            modes,
        }
    }
}

/// Reads what the program writes, a piece at a time, and only when it is taken: who takes nothing is a terminal that
/// is stuck.
fn read(mut reader: Box<dyn Read + Send>) -> Receiver<Vec<u8>> {
    let (sender, bytes) = sync_channel(0);
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    bytes
}

/// How the program ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    Status(u32),
    /// Not by itself.
    Killed(String),
}

/// A terminal with a program in it.
pub struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    bytes: Option<Receiver<Vec<u8>>>,
    parser: vt100::Parser,
    /// Everything that the program has written.
    pub raw: Vec<u8>,
    /// How much of it the parser has taken.
    parsed: usize,
    /// The terminal's modes before the program came.
    modes: LocalModes,
}

impl Terminal {
    pub fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// What the terminal shows, line by line.
    pub fn text(&self) -> String {
        let (_, columns) = self.screen().size();
        let rows = self.screen().rows(0, columns.get());
        rows.map(|row| row.trim_end().to_owned() + "\n").collect()
    }

    /// Waits until the screen shows this.
    pub fn wait(&mut self, text: &str) -> &mut Self {
        self.wait_until(&format!("{text:?}"), |screen| screen.contains(text))
    }

    /// Waits until the screen no longer shows this.
    pub fn wait_gone(&mut self, text: &str) -> &mut Self {
        self.wait_until(&format!("no {text:?}"), |screen| !screen.contains(text))
    }

    /// Presses a key until it has shown this: what was sent just before may still take the key along.
    pub fn press_until(&mut self, key: &str, text: &str) -> &mut Self {
        let deadline = Instant::now() + PATIENCE;
        while !self.text().contains(text) && Instant::now() < deadline {
            self.keys(key).take_for(Duration::from_millis(500));
        }
        self.wait(text)
    }

    /// Waits for the shell's prompt.
    pub fn wait_for_shell(&mut self) -> &mut Self {
        self.wait_until("the prompt", |screen| screen.trim_end().ends_with("ready>"))
    }

    /// Adds the member under the cursor to the first group of the picker: staged as the change of this number.
    pub fn stage_add(&mut self, number: usize) -> &mut Self {
        // The header may say that what has been read is new before there is a row to be under the cursor.
        self.wait("@north").keys("a").wait("to groups");
        self.keys("enter").wait(&format!("Changes {number}")).wait_gone("to groups")
    }

    /// Takes the member of the list's third row out of the first of its groups (the second is the caller, whom a guard
    /// keeps): staged as the change of this number.
    pub fn stage_remove(&mut self, number: usize) -> &mut Self {
        self.keys("g j j x").wait("from groups");
        self.keys("enter").wait(&format!("Changes {number}")).wait_gone("from groups")
    }

    /// Applies what is staged.
    pub fn apply(&mut self) -> &mut Self {
        self.keys("P").wait("nothing is sent yet: ctrl-s");
        self.keys("ctrl-s").wait("Apply to").keys("y").wait_gone("Apply to")
    }

    /// Waits until the screen, line by line, is as wanted. Looks at whole frames only.
    pub fn wait_until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> &mut Self {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if !self.in_a_frame() && wanted(&self.text()) {
                return self;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            // Not only when something is painted: what is waited for may show elsewhere.
            match self.take(left.min(LOOK)) {
                Err(RecvTimeoutError::Timeout) if !left.is_zero() => {}
                Ok(()) => {}
                Err(how) => panic!("{what} never came ({how}):\n{}\n", self.text()),
            }
        }
    }

    fn take(&mut self, wait: Duration) -> Result<(), RecvTimeoutError> {
        let bytes = self.bytes.as_ref().ok_or(RecvTimeoutError::Disconnected)?;
        let piece = bytes.recv_timeout(wait)?;
        self.raw.extend(piece);
        // Whole signs only: given a half one, the parser loses the sign behind it.
        let fresh = &self.raw[self.parsed..];
        let half = fresh.utf8_chunks().last().map_or(0, |last| last.invalid().len());
        let whole = &fresh[..fresh.len() - half];
        self.parser.process(whole);
        self.parsed += whole.len();
        Ok(())
    }

    fn in_a_frame(&self) -> bool {
        let last = |bytes: &[u8]| self.raw.windows(bytes.len()).rposition(|at| at == bytes);
        last(b"\x1b[?2026h") > last(b"\x1b[?2026l")
    }

    /// Takes what comes for a while, and says how many bytes came.
    pub fn take_for(&mut self, time: Duration) -> usize {
        let (deadline, before) = (Instant::now() + time, self.raw.len());
        while self.take(deadline.saturating_duration_since(Instant::now())).is_ok() {}
        self.raw.len() - before
    }

    /// Presses keys: names between spaces, else one character each.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.send(match key {
                "enter" => "\r",
                "esc" => "\x1b",
                "space" => " ",
                "tab" => "\t",
                "down" => "\x1b[B",
                "ctrl-c" => "\x03",
                "ctrl-s" => "\x13",
                "ctrl-z" => "\x1a",
                "f12" => "\x1b[24~",
                letter => letter,
            });
        }
        self
    }

    /// Types text, or whatever else comes from a terminal.
    pub fn send(&mut self, text: &str) -> &mut Self {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        writer.flush().unwrap();
        self
    }

    pub fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.parser.set_size(nonzero(rows), nonzero(columns));
        self.master.as_ref().unwrap().resize(pty_size((columns, rows))).unwrap();
        self
    }

    pub fn signal(&mut self, signal: Signal) -> &mut Self {
        let id = i32::try_from(self.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
        self
    }

    /// Closes the terminal under the program.
    pub fn close(&mut self) {
        // The thread that reads has the terminal open until it sees that nobody takes any more.
        self.bytes = None;
        self.keys("j");
        self.writer = None;
        self.master = None;
    }

    /// Waits for the program's end, and takes the rest of what it wrote.
    pub fn ended(&mut self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "it doesn't end:\n{}\n", self.text());
            let over = self.take(left.min(LOOK));
            if let Some(status) = self.child.try_wait().unwrap()
                && over == Err(RecvTimeoutError::Disconnected)
            {
                return match status.signal() {
                    Some(signal) => Ended::Killed(signal.to_owned()),
                    None => Ended::Status(status.exit_code()),
                };
            }
        }
    }

    /// Waits for the program's end without taking anything of what it writes.
    pub fn ended_unread(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::sleep(LOOK);
        }
        false
    }

    /// Whether the terminal is the program's own now: raw, on the other screen.
    pub fn is_taken(&self) -> bool {
        let modes = local_modes(&**self.master.as_ref().unwrap());
        let raw = !modes.intersects(LocalModes::ECHO | LocalModes::ICANON);
        raw && self.screen().alternate_screen() && self.screen().bracketed_paste()
    }

    /// Asserts that the terminal is as it was before the program came.
    pub fn assert_restored(&self) {
        self.assert_no_mode_is_left(&[]);
        let modes = local_modes(&**self.master.as_ref().unwrap());
        assert!(modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG));
        assert_eq!(modes, self.modes);
    }

    /// The same where a shell has come back, which sets modes of its own while its line is edited.
    pub fn assert_restored_but_for_the_shell(&self) {
        self.assert_no_mode_is_left(&["2004h"]);
    }

    fn assert_no_mode_is_left(&self, but: &[&str]) {
        let mut left = private_modes(&self.raw);
        left.retain(|mode| !but.contains(&mode.as_str()));
        assert_eq!(left, Vec::<String>::new(), "left on");
        let screen = self.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor());
        assert!(!screen.application_cursor() && !screen.application_keypad());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(screen.fgcolor(), vt100::Color::Default);
    }

    /// How often this sequence was sent.
    pub fn sent(&self, sequence: &str) -> usize {
        self.raw.windows(sequence.len()).filter(|at| *at == sequence.as_bytes()).count()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// The private modes that are on at the end of what was sent, beside the shown cursor, which is on from the start;
/// and that one where it is off.
fn private_modes(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let mut on = std::collections::BTreeMap::new();
    for piece in text.split("\x1b[").skip(1) {
        let Some(end) = piece.find(|c: char| !c.is_ascii_digit() && !"?;>=<u".contains(c)) else {
            continue;
        };
        let (parameters, last) = piece.split_at(end);
        if let Some(modes) = parameters.strip_prefix('?') {
            for mode in modes.split(';') {
                match last.chars().next() {
                    Some('h') => on.insert(mode.to_owned(), true),
                    Some('l') => on.insert(mode.to_owned(), false),
                    _ => None,
                };
            }
        }
    }
    let left = on.into_iter().filter(|(mode, on)| *on != (mode == "25"));
    left.map(|(mode, on)| format!("{mode}{}", if on { 'h' } else { 'l' })).collect()
}

fn local_modes(master: &dyn MasterPty) -> LocalModes {
    LocalModes::from_bits_retain(master.get_termios().unwrap().local_flags.bits())
}

fn pty_size((columns, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn nonzero(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}
