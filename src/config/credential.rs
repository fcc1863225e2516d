//! Where the credential comes from. It is never an argument, and never kept in a file of ours.

use std::fmt;
use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use secrecy::SecretString;

use crate::domain::{Fault, FaultKind};

use super::{CREDENTIAL_VARIABLES, Environment};

/// How long a `token_command` may take: a keyring may ask for its password meanwhile.
pub(super) const COMMAND_LIMIT: Duration = Duration::from_secs(10);

/// No token is as long; a program that prints more printed something else.
const LONGEST_OUTPUT: u64 = 64 * 1024;

/// What the service is asked with, as it was found: white space and quotes are still in it.
#[derive(Clone)]
pub enum Credential {
    /// A token.
    Token(SecretString),
    /// E-mail and global key.
    Key {
        /// The e-mail.
        email: SecretString,
        /// The key.
        key: SecretString,
    },
}

impl fmt::Debug for Credential {
    /// Which kind it is, and nothing of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token",
            Self::Key { .. } => "Key",
        })
    }
}

/// Where the credential is to be taken from. There is one: where it fails, no other is used in its place.
#[derive(Debug)]
pub enum Source {
    /// It is here.
    Found(Credential),
    /// A program prints the token.
    Command(Vec<String>),
    /// There is none; says what is missing.
    Missing(Fault),
}

impl Source {
    /// What the environment holds: a token, else e-mail and key.
    pub(super) fn of_environment(environment: &Environment) -> Self {
        let secret = |name| environment.text(name).map(SecretString::from);
        let token = secret("CLOUDFLARE_API_TOKEN");
        let (email, key) = (secret("CLOUDFLARE_EMAIL"), secret("CLOUDFLARE_API_KEY"));
        let alone = match (token, email, key) {
            (Some(token), ..) => return Self::Found(Credential::Token(token)),
            (None, Some(email), Some(key)) => return Self::Found(Credential::Key { email, key }),
            (None, Some(_), None) => "CLOUDFLARE_EMAIL is set, but CLOUDFLARE_API_KEY is not",
            (None, None, Some(_)) => "CLOUDFLARE_API_KEY is set, but CLOUDFLARE_EMAIL is not",
            (None, None, None) => "there is no credential",
        };
        Self::Missing(Fault::new(
            FaultKind::Credential,
            alone,
            "Set CLOUDFLARE_API_TOKEN, or name a token_command in the config file",
        ))
    }

    /// The credential itself. Runs the command, if it comes from one, and waits for it.
    pub fn take(&self) -> Result<Credential, Fault> {
        match self {
            Self::Found(credential) => Ok(credential.clone()),
            Self::Command(argv) => run(argv, COMMAND_LIMIT).map(Credential::Token),
            Self::Missing(fault) => Err(fault.clone()),
        }
    }
}

/// Runs a `token_command` without a shell and without the credentials of the environment. What it printed is
/// never shown, not even where it failed: it may be the secret.
fn run(argv: &[String], limit: Duration) -> Result<SecretString, Fault> {
    let [program, arguments @ ..] = argv else {
        return Err(failed("", "names no program"));
    };
    let child = command(program, arguments)
        .spawn()
        .map_err(|error| failed(program, &format!("can't be started: {}", error.kind())))?;
    let pid = Pid::from_child(&child);
    let (sender, ended) = mpsc::channel();
    // A thread, because a pipe can't be read with a limit. It ends with the program.
    thread::spawn(move || sender.send(outcome(child)));
    match ended.recv_timeout(limit) {
        Ok(Ok((status, text))) if status.success() => one_line(program, &text),
        Ok(Ok((status, _))) => Err(failed(program, &format!("ended with {status}"))),
        Ok(Err(error)) => Err(failed(program, &format!("can't be read: {}", error.kind()))),
        Err(_) => {
            // The thread still waits for the program, so the id is still the program's.
            let _ = kill_process(pid, Signal::KILL);
            Err(failed(program, &format!("gave no answer in {} s", limit.as_secs())))
        }
    }
}

fn command(program: &str, arguments: &[String]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    for name in CREDENTIAL_VARIABLES {
        command.env_remove(name);
    }
    command
}

fn outcome(mut child: Child) -> io::Result<(ExitStatus, Vec<u8>)> {
    let mut text = Vec::new();
    if let Some(pipe) = child.stdout.take() {
        pipe.take(LONGEST_OUTPUT).read_to_end(&mut text)?;
    }
    Ok((child.wait()?, text))
}

fn one_line(program: &str, text: &[u8]) -> Result<SecretString, Fault> {
    let text = std::str::from_utf8(text).map(str::trim);
    match text {
        Ok("") => Err(failed(program, "printed nothing")),
        Ok(token) if token.lines().count() == 1 => Ok(SecretString::from(token)),
        Ok(_) => Err(failed(program, "printed more than one line")),
        Err(_) => Err(failed(program, "printed something that is not text")),
    }
}

fn failed(program: &str, how: &str) -> Fault {
    Fault::new(
        FaultKind::Credential,
        format!("token_command {program:?} {how}"),
        "Run it by hand to see why; no other credential is used in its place",
    )
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<String, Fault> {
        let argv = ["sh", "-c", script].map(String::from);
        run(&argv, limit).map(|token| token.expose_secret().to_owned())
    }

    fn long() -> Duration {
        COMMAND_LIMIT
    }

    #[test]
    fn a_token_command_s_line_is_the_token() {
        assert_eq!(shell("echo sesame", long()).unwrap(), "sesame");
    }

    #[test]
    fn k10_a_failing_token_command_is_told_by_name_and_status_and_never_by_its_output() {
        for script in ["echo sesame; exit 3", "echo sesame >&2; exit 3"] {
            let fault = shell(script, long()).unwrap_err();
            assert_eq!(fault.kind, FaultKind::Credential);
            assert!(
                fault.what.contains("\"sh\"") && fault.what.contains("exit status: 3"),
                "{fault}"
            );
            assert!(!fault.to_string().contains("sesame"));
        }
    }

    #[test]
    fn k10_a_hanging_token_command_is_ended_at_the_limit() {
        for script in ["sleep 60", "exec >&-; sleep 60"] {
            let fault = shell(script, Duration::from_millis(50)).unwrap_err();
            assert!(fault.what.contains("no answer"), "{fault}");
        }
    }

    #[test]
    fn k10_rubbish_from_a_token_command_is_no_token() {
        for (script, words) in [
            ("true", "printed nothing"),
            ("echo; echo", "printed nothing"),
            ("echo one; echo two", "more than one line"),
            ("printf '\\377\\376'", "not text"),
        ] {
            let fault = shell(script, long()).unwrap_err();
            assert!(fault.what.contains(words), "{script}: {fault}");
        }
        let absent = run(&["/nowhere/at-all".into()], long()).unwrap_err();
        assert!(absent.what.contains("can't be started"), "{absent}");
    }

    #[test]
    fn k5_a_token_command_does_not_inherit_the_credentials() {
        let command = command("true", &[]);
        for name in CREDENTIAL_VARIABLES {
            assert!(command.get_envs().any(|variable| variable == (name.as_ref(), None)), "{name}");
        }
    }

    #[test]
    fn a_token_goes_before_e_mail_and_key_and_half_a_pair_is_told() {
        let both = Environment::of([
            ("CLOUDFLARE_API_TOKEN", "t"),
            ("CLOUDFLARE_EMAIL", "e"),
            ("CLOUDFLARE_API_KEY", "k"),
        ]);
        assert!(matches!(Source::of_environment(&both), Source::Found(Credential::Token(_))));
        let half = Environment::of([("CLOUDFLARE_API_KEY", "sesame")]);
        let Source::Missing(fault) = Source::of_environment(&half) else { panic!("half a pair") };
        assert!(fault.what.contains("CLOUDFLARE_EMAIL is not"));
        assert!(!fault.to_string().contains("sesame"));
    }

    #[test]
    fn k2_printing_a_credential_shows_nothing_of_it() {
        let source = Source::Found(Credential::Token(SecretString::from("sesame")));
        assert_eq!(format!("{source:?}"), "Found(Token)");
    }
}
