//! The real program as a process of its own, which may die.

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::home::Home;

/// How long a program may take. A busy machine needs it; a defect costs it once.
const PATIENCE: Duration = Duration::from_mins(2);

/// Every wait is this many times as long as in earnest.
pub const WAITS: &str = "0.005";

/// A program that is running, and the files that its words go to.
pub struct Program {
    child: Child,
    out: std::path::PathBuf,
    err: std::path::PathBuf,
}

/// How a program has ended, and what it has said.
#[derive(Debug)]
pub struct Ran {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl Program {
    /// Starts the program at home there.
    pub fn start(
        program: &Path,
        home: &Home,
        arguments: &[String],
        environment: &[(String, String)],
    ) -> Self {
        let (out, err) = (home.path("out.txt"), home.path("err.txt"));
        let mut command = Command::new(program);
        command.env_clear().envs(home.environment()).envs(environment.iter().cloned());
        command.args(arguments).stdin(Stdio::null());
        command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
        Self { child: command.spawn().unwrap(), out, err }
    }

    pub fn kill(&self) {
        let id = i32::try_from(self.child.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::KILL).unwrap();
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for its end.
    pub fn ended(mut self) -> Ran {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > deadline {
                self.kill();
                self.child.wait().unwrap();
                let said = std::fs::read_to_string(&self.err).unwrap();
                panic!("the program does not end:\n{said}");
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let read = |path| std::fs::read_to_string(path).unwrap();
        Ran { status, out: read(&self.out), err: read(&self.err) }
    }
}

impl Ran {
    /// Killed, and not ended by itself.
    pub fn died(&self) -> bool {
        self.status.signal() == Some(Signal::KILL.as_raw())
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        self.status(0)
    }

    #[track_caller]
    pub fn status(self, wanted: i32) -> Self {
        assert_eq!(self.status.code(), Some(wanted), "{}{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }
}
