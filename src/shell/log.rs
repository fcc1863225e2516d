//! The log: a private file in the state folder, never the screen. It holds no body, no credential and no e-mail;
//! should a credential ever come this far, it is taken out here by its value.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::store::private_folder;

/// How many lines may wait for the disk; room for the usual number would be 4 MB that nothing else could have.
const LINES: usize = 8_192;

/// The log and the one before it are each as long as this at most, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;
/// What is shorter stands in ordinary text.
const SHORTEST_SECRET: usize = 6;

/// Takes credentials out of text, by their values.
#[derive(Default)]
pub struct Redactor(Vec<SecretString>);

impl Redactor {
    /// Takes these values out: word by word, because they may have been pasted with quotes, white space or a
    /// leading `Bearer`, and are used without.
    pub fn of(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        let mut words = Vec::new();
        for secret in secrets {
            let apart = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`');
            let long = secret.expose_secret().split(apart).filter(|word| {
                word.len() >= SHORTEST_SECRET && !word.eq_ignore_ascii_case("bearer")
            });
            words.extend(long.map(SecretString::from));
        }
        Self(words)
    }

    /// The text without them.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for secret in &self.0 {
            if text.contains(secret.expose_secret()) {
                text = Cow::Owned(text.replace(secret.expose_secret(), "[redacted]"));
            }
        }
        text
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor of {}", self.0.len())
    }
}

/// Begins the log. What is returned keeps it, and writes the rest when it is dropped.
pub fn begin(path: &Path, level: LevelFilter, redactor: Arc<Redactor>) -> io::Result<WorkerGuard> {
    let file = LogFile::open(path)?;
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(LINES)
        .finish(Redacted { file, redactor });
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer);
    // One log a process: where there is one already, it goes on.
    let _ = tracing_subscriber::registry().with(lines.with_filter(targets(level))).try_init();
    Ok(guard)
}

/// Libraries tell at most what they tell everybody: below that they print headers and addresses.
fn targets(level: LevelFilter) -> Targets {
    Targets::new().with_default(level.min(LevelFilter::INFO)).with_target("cfiam", level)
}

/// The last line of defence: one line at a time, as the formatter writes them.
struct Redacted {
    file: LogFile,
    redactor: Arc<Redactor>,
}

impl Write for Redacted {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        self.file.append(self.redactor.redact(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.file.flush()
    }
}

/// A private file that begins anew when it has become long.
struct LogFile {
    path: PathBuf,
    file: File,
    length: u64,
}

impl LogFile {
    fn open(path: &Path) -> io::Result<Self> {
        private_folder(path.parent().unwrap_or(Path::new(".")))?;
        if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
            return Err(io::Error::other("a symbolic link stands in the log's place"));
        }
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        let length = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, length })
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if self.length >= LONGEST {
            fs::rename(&self.path, self.path.with_extension("log.1"))?;
            *self = Self::open(&self.path)?;
        }
        self.file.write_all(line)?;
        self.length += u64::try_from(line.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn redactor() -> Arc<Redactor> {
        Arc::new(Redactor::of(["sesame-1", "sesame-2", "ab"].map(SecretString::from)))
    }

    #[test]
    fn k1_a_credential_that_comes_as_far_as_the_log_is_taken_out_by_its_value() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/cfiam.log");
        let file = LogFile::open(&path).unwrap();
        let mut log = Redacted { file, redactor: redactor() };
        log.write_all(b"x-auth-key: sesame-2, bearer sesame-1, about\n").unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "x-auth-key: [redacted], bearer [redacted], about\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn k1_a_token_that_was_pasted_with_more_around_it_is_taken_out_as_it_is_used() {
        let redactor = Redactor::of([SecretString::from(" \"Bearer sesame-3\" ")]);
        assert_eq!(redactor.redact("sent sesame-3 as Bearer"), "sent [redacted] as Bearer");
    }

    #[test]
    fn a_log_that_has_become_long_begins_anew_and_one_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cfiam.log");
        let mut log = LogFile::open(&path).unwrap();
        log.length = LONGEST;
        log.append(b"one\n").unwrap();
        log.length = LONGEST;
        log.append(b"two\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two\n");
        assert_eq!(fs::read_to_string(folder.path().join("cfiam.log.1")).unwrap(), "one\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn k13_libraries_are_capped_at_info_however_much_is_asked_for() {
        let targets = targets(LevelFilter::TRACE);
        for library in ["hyper::client", "h2::frame", "rustls", "reqwest::connect"] {
            assert!(!targets.would_enable(library, &tracing::Level::DEBUG), "{library}");
        }
        assert!(targets.would_enable("cfiam::shell", &tracing::Level::TRACE));
    }
}
