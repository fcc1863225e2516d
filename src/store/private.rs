//! Files that only the person can read, written whole or not at all.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::domain::{Fault, FaultKind};

const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// Makes a folder that only the person can enter, and those above it. One that is there and open to others is
/// closed to them; a symbolic link in its place is refused: it could lead where others read.
pub fn private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)?;
    let found = fs::symlink_metadata(path)?;
    if found.is_symlink() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "a symbolic link stands in its place"));
    }
    if found.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(FOLDER_MODE))?;
    }
    Ok(())
}

/// Writes a file whole: whoever reads it, and whatever happens meanwhile, finds the old text or the new one. When
/// it returns, the new one is on the disk. A symbolic link in the file's place is refused.
pub fn write_whole(path: &Path, text: &[u8]) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "a symbolic link stands in its place"));
    }
    let mut draft = draft_beside(path)?;
    draft.write_all(text)?;
    draft.as_file().sync_all()?;
    draft.persist(path).map_err(|failed| failed.error)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// A file that is to take the place of another: made anew beside it (never opened: a name that is taken is passed
/// over), and gone if writing fails.
pub(super) fn draft_beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    private_folder(folder)?;
    tempfile::Builder::new()
        .prefix(".cfiam-")
        .permissions(Permissions::from_mode(FILE_MODE))
        .tempfile_in(folder)
}

/// Copies a file to a free name beside its own that says why, and gives that name.
pub(super) fn copy_aside(path: &Path, why: &str) -> io::Result<PathBuf> {
    let aside = name_beside(path, why);
    write_whole(&aside, &fs::read(path)?)?;
    Ok(aside)
}

/// The so-many-th name beside a file's own: `FILE.WHY-1` and so on.
pub(super) fn name_of_aside(path: &Path, why: &str, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{why}-{number}"));
    PathBuf::from(name)
}

/// The first of these names that is free.
pub(super) fn name_beside(path: &Path, why: &str) -> PathBuf {
    let name = |number: u32| name_of_aside(path, why, number);
    let free = (1..=u32::MAX).map(name).find(|aside| fs::symlink_metadata(aside).is_err());
    free.unwrap_or_else(|| name(0))
}

/// Takes a file away for good.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Ok(()) => sync_folder(path.parent().unwrap_or(Path::new("."))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Without this a rename can be undone by a power cut.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Says what could not be done with a file, and why.
pub(super) fn fault(doing: &str, path: &Path, error: &io::Error) -> Fault {
    let remedy = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "Make room on the disk; it is tried again at the next change"
        }
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
            "Make the folder writable, or set XDG_STATE_HOME to one that is"
        }
        _ => "",
    };
    Fault::new(FaultKind::Disk, format!("{doing} {}: {error}", path.display()), remedy)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn d7_files_and_folders_are_the_person_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a/b/file");
        write_whole(&file, b"one").unwrap();
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(&folder.path().join("a")), 0o700);
        assert_eq!(mode(&folder.path().join("a/b")), 0o700);
    }

    #[test]
    fn a_folder_that_is_open_to_others_is_closed_to_them() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        write_whole(&folder.path().join("file"), b"one").unwrap();
        assert_eq!(mode(folder.path()), 0o700);
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write_whole(&file, b"a longer text").unwrap();
        write_whole(&file, b"two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn d7_a_symbolic_link_in_the_place_of_a_file_or_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = folder.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, folder.path().join("linked")).unwrap();
        assert!(write_whole(&folder.path().join("linked/file"), b"x").is_err());
        symlink(elsewhere.join("target"), folder.path().join("file")).unwrap();
        assert!(write_whole(&folder.path().join("file"), b"x").is_err());
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    }
}
