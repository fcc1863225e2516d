//! The terminal's modes: set on the way in, and put back on every way out.

use std::fs::File;
use std::io::{self, Write};
use std::thread;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::style::ResetColor;
use crossterm::terminal::{
    Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::termios::tcgetwinsize;
use signal_hook::consts::SIGTSTP;
use signal_hook::low_level::emulate_default_handler;

use crate::app::Size;

use super::panics;

/// What is taken where the terminal doesn't know its size.
const USUAL: Size = Size { columns: 80, rows: 24 };

/// The terminal while it is ours. Dropping it puts everything back, also when a panic unwinds through it; then the
/// panic is told on the screen that was there before.
#[derive(Debug)]
pub struct Terminal {
    entered: bool,
}

impl Terminal {
    /// Takes the terminal: raw mode, the alternate screen, bracketed paste, no cursor.
    pub fn enter() -> io::Result<Self> {
        let mut terminal = Self { entered: false };
        terminal.take()?;
        Ok(terminal)
    }

    fn take(&mut self) -> io::Result<()> {
        self.entered = true;
        enable_raw_mode()?;
        let mut bytes = Vec::new();
        // Where there is no alternate screen, what stands there is not to show through.
        let clear = Clear(ClearType::All);
        queue!(bytes, EnterAlternateScreen, clear, EnableBracketedPaste, Hide)?;
        writer()?.write_all(&bytes)
    }

    /// Puts everything back. Goes on where a part of it fails: the terminal may be gone.
    fn put_back(&mut self) {
        if !std::mem::take(&mut self.entered) {
            return;
        }
        put_back_modes();
    }

    /// Leaves the terminal as it was to another program while something is done.
    pub fn lent<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        self.put_back();
        let done = work();
        self.take()?;
        Ok(done)
    }

    /// Stops the process as a job, with the terminal as it was, until the shell lets it go on.
    pub fn suspend(&mut self) -> io::Result<()> {
        self.put_back();
        // Not by the signal itself, which is caught: it would come round again.
        emulate_default_handler(SIGTSTP)?;
        self.take()
    }
}

/// Puts the terminal's modes back, as far as it can be done.
pub(super) fn put_back_modes() {
    let mut bytes = Vec::new();
    let sequences = queue!(
        bytes,
        EndSynchronizedUpdate,
        DisableBracketedPaste,
        ResetColor,
        LeaveAlternateScreen,
        Show
    );
    if sequences.is_ok()
        && let Ok(mut writer) = writer()
    {
        let _ = writer.write_all(&bytes);
    }
    let _ = disable_raw_mode();
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.put_back();
        if thread::panicking() {
            panics::tell();
        }
    }
}

/// The terminal, to write to: not through the standard library's own buffer, whose lock a panic may hold.
#[derive(Debug)]
pub struct Tty(File);

/// The terminal, to write to.
pub fn writer() -> io::Result<Tty> {
    Ok(Tty(File::from(rustix::stdio::stdout().try_clone_to_owned()?)))
}

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                // The program that ran here before may have left the terminal so that it doesn't wait.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None)?;
                }
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The terminal's size.
pub fn size() -> Size {
    match tcgetwinsize(rustix::stdio::stdout()) {
        Ok(found) if found.ws_col > 0 && found.ws_row > 0 => {
            Size { columns: found.ws_col, rows: found.ws_row }
        }
        _ => USUAL,
    }
}

/// Whether there is a shell that waits for its jobs and can wake one. It gives each job a process group of its
/// own; a program that shares the group of its terminal's first process would stay asleep for ever.
pub fn can_suspend() -> bool {
    rustix::process::getsid(None).is_ok_and(|first| first != rustix::process::getpgrp())
}
