//! When requests were sent, in a file that all processes of one credential share.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::private::private_folder;

/// More than this is not ours.
const LONGEST: u64 = 4 << 20;

/// Moments in a file, 8 bytes each. Nothing depends on it but the pace of requests: what can't be read counts as
/// nothing, and it is not waited until it is on the disk.
#[derive(Clone, Debug)]
pub struct Moments {
    path: PathBuf,
}

/// Whether a file of moments could be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    /// It was read, and written where it was changed.
    Ours,
    /// Another process has it.
    Theirs,
}

impl Moments {
    /// The moments of that name below the folder. Nothing is read or written yet.
    pub fn at(folder: &Path, name: &str) -> Self {
        Self { path: folder.join(format!("requests-{name}")) }
    }

    /// Lets the moments be changed while no other process has them. Waits for nobody.
    ///
    /// # Errors
    /// The file can't be read, locked or written.
    pub fn change(&self, change: &mut dyn FnMut(&mut Vec<u64>)) -> io::Result<Locked> {
        let mut file = self.open()?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Locked::Theirs),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut bytes = Vec::new();
        (&mut file).take(LONGEST).read_to_end(&mut bytes)?;
        let (known, _) = bytes.as_chunks();
        let known: Vec<u64> = known.iter().map(|moment| u64::from_le_bytes(*moment)).collect();
        let mut moments = known.clone();
        change(&mut moments);
        if moments != known {
            write(&mut file, &moments)?;
        }
        Ok(Locked::Ours)
    }

    fn open(&self) -> io::Result<File> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        private_folder(folder)?;
        if fs::symlink_metadata(&self.path).is_ok_and(|found| found.is_symlink()) {
            let why = "a symbolic link stands in its place";
            return Err(io::Error::new(ErrorKind::InvalidInput, why));
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600).open(&self.path)
    }
}

fn write(file: &mut File, moments: &[u64]) -> io::Result<()> {
    let bytes: Vec<u8> = moments.iter().flat_map(|moment| moment.to_le_bytes()).collect();
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&bytes)?;
    file.set_len(bytes.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(moments: &Moments) -> Vec<u64> {
        let mut seen = Vec::new();
        assert_eq!(moments.change(&mut |found| seen.clone_from(found)).unwrap(), Locked::Ours);
        seen
    }

    #[test]
    fn what_one_has_noted_the_other_reads_and_another_credential_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = [(); 2].map(|()| Moments::at(folder.path(), "a"));
        one.change(&mut |moments| moments.extend([1, 2, 3])).unwrap();
        other.change(&mut |moments| moments.retain(|moment| *moment > 1)).unwrap();
        assert_eq!(read(&one), [2, 3]);
        assert!(read(&Moments::at(folder.path(), "b")).is_empty());
    }

    #[test]
    fn while_one_has_them_another_is_told_so_and_does_not_wait() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = [(); 2].map(|()| Moments::at(folder.path(), "a"));
        let inside = |_: &mut Vec<u64>| {
            let never = &mut |_: &mut Vec<u64>| panic!("both have them");
            assert_eq!(other.change(never).unwrap(), Locked::Theirs);
        };
        one.change(&mut { inside }).unwrap();
        assert!(read(&other).is_empty());
    }

    #[test]
    fn a_torn_or_foreign_file_is_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let moments = Moments::at(folder.path(), "a");
        moments.change(&mut |moments| moments.push(7)).unwrap();
        let mut file = OpenOptions::new().append(true).open(&moments.path).unwrap();
        file.write_all(b"xyz").unwrap();
        assert_eq!(read(&moments), [7]);
    }

    #[test]
    fn d7_it_is_the_person_s_alone_and_no_link_is_followed() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let moments = Moments::at(folder.path(), "a");
        moments.change(&mut |moments| moments.push(7)).unwrap();
        assert_eq!(fs::metadata(&moments.path).unwrap().permissions().mode() & 0o777, 0o600);
        let linked = Moments::at(folder.path(), "b");
        symlink(&moments.path, &linked.path).unwrap();
        assert!(linked.change(&mut |_| panic!("it is read")).is_err());
    }
}
