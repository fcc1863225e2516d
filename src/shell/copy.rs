//! Copying text out: to the program that the config names, else through the terminal, which says nothing of whether it
//! has taken it.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use crossterm::Command as _;
use crossterm::clipboard::CopyToClipboard;

use crate::app::Means;
use crate::config::CREDENTIAL_VARIABLES;
use crate::domain::{Fault, FaultKind};

/// The most that is handed to a terminal: many take no sequence that is longer than this makes it.
const MOST: usize = 56_000;

/// How text leaves the program.
#[derive(Clone, Debug, Default)]
pub struct Copying {
    /// The program that takes it on its input, and its arguments; empty where none is named.
    pub command: Vec<String>,
    /// Whether tmux stands between this program and the terminal.
    pub in_tmux: bool,
}

impl Copying {
    /// The sequence by which a terminal takes text. Tmux takes it for itself where it is set to, and passes on what is
    /// wrapped for it.
    ///
    /// # Errors
    /// The text is longer than terminals take.
    pub fn sequence(&self, text: &str) -> Result<Vec<u8>, Fault> {
        if text.len() > MOST {
            return Err(Fault::new(
                FaultKind::Refused,
                format!("a terminal takes at most {MOST} bytes, and this is {}", text.len()),
                "name a copy_command in the config file, or print it with `cfiam plan`",
            ));
        }
        let mut plain = String::new();
        if CopyToClipboard::to_clipboard_from(text).write_ansi(&mut plain).is_err() {
            return Err(Fault::new(FaultKind::Internal, "the text could not be put", ""));
        }
        if self.in_tmux {
            let wrapped =
                format!("\u{1b}Ptmux;{}\u{1b}\\", plain.replace('\u{1b}', "\u{1b}\u{1b}"));
            plain.push_str(&wrapped);
        }
        Ok(plain.into_bytes())
    }
}

/// Hands text to a program on its input, and waits until it has taken it. No shell reads its words, and it inherits no
/// credential.
pub(super) fn to_program(argv: &[String], text: &str) -> Result<Means, Fault> {
    let [program, arguments @ ..] = argv else {
        return Err(Fault::new(FaultKind::Config, "copy_command names no program", ""));
    };
    let failed = |how: &str| {
        let remedy = "look at copy_command in the config file";
        Fault::new(FaultKind::Config, format!("copy_command {program:?} {how}"), remedy)
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    for name in CREDENTIAL_VARIABLES {
        command.env_remove(name);
    }
    let mut hand = || -> io::Result<bool> {
        let mut child = command.spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(text.as_bytes())?;
        }
        Ok(child.wait()?.success())
    };
    match hand() {
        Ok(true) => Ok(Means::Command(program.clone())),
        Ok(false) => Err(failed("has failed")),
        Err(error) => Err(failed(&format!("can't be used: {}", error.kind()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequence(in_tmux: bool, text: &str) -> Result<String, Fault> {
        let copying = Copying { command: Vec::new(), in_tmux };
        copying.sequence(text).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn t20_a_terminal_gets_the_text_as_base64_and_nothing_that_it_would_obey() {
        let found = sequence(false, "Plan\n\u{1b}]0;x\u{7}").unwrap();
        assert_eq!(found, "\u{1b}]52;c;UGxhbgobXTA7eAc=\u{1b}\\");
    }

    #[test]
    fn in_tmux_the_terminal_behind_it_gets_the_text_as_well() {
        let found = sequence(true, "Plan").unwrap();
        assert_eq!(
            found,
            "\u{1b}]52;c;UGxhbg==\u{1b}\\\u{1b}Ptmux;\u{1b}\u{1b}]52;c;UGxhbg==\u{1b}\u{1b}\\\u{1b}\\"
        );
    }

    #[test]
    fn what_is_longer_than_terminals_take_is_refused_with_another_way() {
        assert!(sequence(false, &"x".repeat(MOST)).is_ok());
        let fault = sequence(false, &"x".repeat(MOST + 1)).unwrap_err();
        assert!(fault.remedy.contains("copy_command"), "{fault}");
    }

    #[test]
    fn a_program_takes_the_text_on_its_input_without_a_shell_or_credentials() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copied $HOME");
        let tee = ["tee".to_owned(), file.display().to_string()];
        assert_eq!(to_program(&tee, "Plan 1\n"), Ok(Means::Command("tee".to_owned())));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "Plan 1\n");
        for argv in [vec![], vec!["false".to_owned()], vec!["/no/such/program".to_owned()]] {
            let fault = to_program(&argv, "Plan").unwrap_err();
            assert!(fault.to_string().contains("copy_command"), "{fault}");
        }
    }
}
