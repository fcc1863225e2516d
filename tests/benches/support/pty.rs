//! The program in a real terminal: a pty, whose bytes are counted and whose screen is read.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

pub const COLUMNS: u16 = 120;
pub const ROWS: u16 = 40;

/// A program in a terminal. Ends with it.
pub struct Pty {
    pub child: Box<dyn Child + Send + Sync>,
    /// The terminal goes when this does.
    _master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    began: Instant,
}

impl Pty {
    /// Starts the program with these arguments, in these surroundings alone, with its files below `home`.
    pub fn start(home: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let in_cells = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(in_cells).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_cfiam"));
        command.args(arguments);
        command.env_clear();
        command.cwd(home);
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        for (name, value) in environment {
            command.env(name, value);
        }
        let began = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut bytes = vec![0; 65_536];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let size = |cells| std::num::NonZero::new(cells).unwrap();
        let screen = vt100::Parser::new(size(ROWS), size(COLUMNS), 0);
        Self { child, _master: pair.master, writer, output, screen, began }
    }

    /// Sends keys.
    pub fn keys(&mut self, bytes: &str) {
        self.writer.write_all(bytes.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// The screen's text, as of what has been read.
    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Reads what comes until a deadline; how many bytes it was.
    pub fn read_for(&mut self, time: Duration) -> usize {
        let (until, mut count) = (Instant::now() + time, 0);
        while let Some(bytes) = self.next(until) {
            count += bytes;
        }
        count
    }

    /// Reads until the screen is so; how long after the start that was.
    pub fn wait_for(&mut self, what: &str, most: Duration, is: impl Fn(&str) -> bool) -> Duration {
        let until = Instant::now() + most;
        while !is(&self.text()) {
            let came = self.next(until).is_some();
            assert!(came, "{what} did not come:\n{}", self.text());
        }
        self.began.elapsed()
    }

    /// Reads until nothing has come for a while.
    pub fn wait_until_quiet(&mut self, quiet: Duration, most: Duration) {
        let until = Instant::now() + most;
        while self.next(Instant::now() + quiet).is_some() {
            assert!(Instant::now() < until, "it is never quiet:\n{}", self.text());
        }
    }

    /// Takes in one piece of output; nothing if none comes in time.
    fn next(&mut self, until: Instant) -> Option<usize> {
        match self.output.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(bytes) => {
                self.screen.process(&bytes);
                Some(bytes.len())
            }
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("it has ended:\n{}", self.text()),
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
