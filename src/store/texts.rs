//! Text files of the person's own, where the person has said.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::domain::{Fault, FaultKind};

use super::private::fault;

/// The longest file that is read, in bytes.
const LONGEST: u64 = 4 << 20;

/// Writes a text whole or not at all, in the place of a file that is there only if it may. Others may read it as far
/// as the person lets them read any new file.
///
/// # Errors
/// It can't be written, or a file is there that is to stay.
pub fn write_text(path: &Path, text: &str, over: bool) -> Result<(), Fault> {
    let written = write(path, text, over);
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Fault::new(FaultKind::Refused, format!("{} is there already", path.display()), "")
        }
        _ => fault("writing", path, &error),
    })
}

fn write(path: &Path, text: &str, over: bool) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut draft = tempfile::Builder::new()
        .prefix(".cfiam-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder.unwrap_or(Path::new(".")))?;
    draft.write_all(text.as_bytes())?;
    draft.as_file().sync_all()?;
    let kept = if over { draft.persist(path) } else { draft.persist_noclobber(path) };
    kept.map(drop).map_err(|failed| failed.error)
}

/// Reads a text.
///
/// # Errors
/// It is no file that can be read, no text, or much longer than any that is meant.
pub fn read_text(path: &Path) -> Result<String, Fault> {
    let refused = |why: &str| {
        Fault::new(FaultKind::Refused, format!("{} can't be read: {why}", path.display()), "")
    };
    let found = fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => refused("there is no such file"),
        _ => fault("reading", path, &error),
    })?;
    // What is no file might never end.
    if !found.is_file() {
        return Err(refused("it is no file"));
    }
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
    match read {
        Ok(length) if length as u64 > LONGEST => Err(refused("it is longer than 4 MB")),
        Ok(_) => Ok(text),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(refused("it is not UTF-8 text"))
        }
        Err(error) => Err(fault("reading", path, &error)),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test makes the files that are read")]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_stays_unless_it_may_be_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("changes.toml");
        write_text(&path, "one", false).unwrap();
        let told = write_text(&path, "two", false).unwrap_err();
        assert!(told.what.contains("is there already"), "{told}");
        assert_eq!(read_text(&path).unwrap(), "one");
        write_text(&path, "two", true).unwrap();
        assert_eq!(read_text(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_text_file_is_told_and_a_folder_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let mode = || fs::metadata(folder.path()).unwrap().permissions().mode();
        let before = mode();
        let told = |path: &Path| read_text(path).unwrap_err().what;
        assert!(told(folder.path()).contains("it is no file"));
        assert!(told(&folder.path().join("none")).contains("there is no such file"));
        let path = folder.path().join("bytes");
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(told(&path).contains("not UTF-8"));
        write_text(&folder.path().join("new"), "x", false).unwrap();
        assert_eq!(mode(), before);
        let told = write_text(&folder.path().join("none/new"), "x", false).unwrap_err();
        assert_eq!(told.kind, FaultKind::Disk);
    }
}
