//! Staged changes, one file an account.

use std::path::{Path, PathBuf};

use crate::domain::{AccountId, Change, Fault, FaultKind, StagedFor};

use super::Store;
use super::keep::{Found, newer, put_aside, read, write};
use super::private::remove;

impl Store {
    /// What is staged for an account. A file that can't be read is put aside, and the fault says where.
    pub fn staged(&mut self, account: &AccountId) -> Result<Vec<Change>, Fault> {
        let path = self.staged_file(account);
        let (changes, damaged) = on_disk(&path, account)?;
        self.seen.insert(account.clone(), changes.clone());
        damaged.map_or(Ok(changes), Err)
    }

    /// Keeps what is staged for an account, in place of what was kept. What another window has kept meanwhile and
    /// would be lost, or what can't be read, is put aside; then what is returned says where.
    ///
    /// # Errors
    /// What is given could not be kept.
    pub fn save_staged(&mut self, staged: &StagedFor) -> Result<Option<Fault>, Fault> {
        let _lock = self.lock()?;
        let path = self.staged_file(&staged.account);
        let seen = self.seen.get(&staged.account).map_or(&[][..], Vec::as_slice);
        let (others, damaged) = on_disk(&path, &staged.account)?;
        let lost =
            others.iter().any(|change| !seen.contains(change) && !staged.changes.contains(change));
        let aside = if lost { Some(put_aside(&path, "other")?) } else { None };
        if staged.changes.is_empty() {
            remove(&path).map_err(|error| super::private::fault("removing", &path, &error))?;
        } else {
            write(&path, staged)?;
        }
        #[cfg(debug_assertions)]
        crate::crash::at("staged");
        self.seen.insert(staged.account.clone(), staged.changes.clone());
        Ok(damaged.or(aside.map(|aside| another_window(&aside))))
    }

    fn staged_file(&self, account: &AccountId) -> PathBuf {
        self.folder.join("staged").join(format!("{account}.json"))
    }
}

/// What the file holds, or nothing and why: one that can't be read is put aside.
fn on_disk(path: &Path, account: &AccountId) -> Result<(Vec<Change>, Option<Fault>), Fault> {
    match read::<StagedFor>(path)? {
        Found::Nothing => Ok((Vec::new(), None)),
        Found::Read(staged) if staged.account == *account => Ok((staged.changes, None)),
        Found::Newer(version) => Err(newer(path, version)),
        Found::Read(_) | Found::Damaged => {
            let aside = put_aside(path, "damaged")?;
            let fault = Fault::new(
                FaultKind::Disk,
                format!("what was staged can't be read; it is kept as {}", aside.display()),
                "Nothing of it is staged now: stage it again",
            );
            Ok((Vec::new(), Some(fault)))
        }
    }
}

fn another_window(aside: &Path) -> Fault {
    Fault::new(
        FaultKind::Disk,
        "another window has staged changes for this account meanwhile",
        format!("Yours are saved; the other's are kept as {}", aside.display()),
    )
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test damages files on purpose")]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use crate::domain::{DraftId, GroupId, MemberId};

    use super::*;

    fn account() -> AccountId {
        AccountId::parse("abc").unwrap()
    }

    fn add(member: &str) -> Change {
        let group = GroupId::parse("g1").unwrap().into();
        Change::Add { group, member: MemberId::parse(member).unwrap() }
    }

    fn staged(changes: &[Change]) -> StagedFor {
        StagedFor { account: account(), changes: changes.to_vec() }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder.join("staged")).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_was_staged_is_there_at_the_next_start_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let create = Change::Create { group: DraftId(1), name: "new".into(), policies: Vec::new() };
        let changes = [add("b"), create, add("a")];
        Store::at(folder.path()).save_staged(&staged(&changes)).unwrap();
        assert_eq!(Store::at(folder.path()).staged(&account()).unwrap(), changes);
        let other = AccountId::parse("other").unwrap();
        assert_eq!(Store::at(folder.path()).staged(&other).unwrap(), []);
    }

    #[test]
    fn nothing_staged_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::at(folder.path());
        store.save_staged(&staged(&[add("a")])).unwrap();
        store.save_staged(&staged(&[])).unwrap();
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_damaged_file_is_put_aside_with_a_word_and_what_is_saved_next_is_saved() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::at(folder.path());
        store.save_staged(&staged(&[add("a")])).unwrap();
        let file = folder.path().join("staged/abc.json");
        let whole = fs::read(&file).unwrap();
        for cut in 1..whole.len() {
            fs::write(&file, &whole[..cut]).unwrap();
            let fault = store.staged(&account()).unwrap_err();
            assert!(fault.what.contains(".damaged-"), "{fault}");
        }
        fs::write(&file, "{").unwrap();
        let fault = store.save_staged(&staged(&[add("b")])).unwrap().unwrap();
        assert!(fault.what.contains(".damaged-"), "{fault}");
        assert_eq!(names(folder.path()).len(), whole.len() + 1);
        assert_eq!(store.staged(&account()).unwrap(), [add("b")]);
    }

    #[test]
    fn changes_of_another_account_are_never_offered() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::at(folder.path());
        store.save_staged(&staged(&[add("a")])).unwrap();
        fs::copy(folder.path().join("staged/abc.json"), folder.path().join("staged/other.json"))
            .unwrap();
        assert!(store.staged(&AccountId::parse("other").unwrap()).is_err());
    }

    #[test]
    fn d13_a_later_version_s_file_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("staged")).unwrap();
        let file = folder.path().join("staged/abc.json");
        fs::write(&file, r#"{"version": 2, "something": "else"}"#).unwrap();
        let mut store = Store::at(folder.path());
        assert!(store.staged(&account()).unwrap_err().what.contains("a later cfiam"));
        assert!(store.save_staged(&staged(&[add("a")])).is_err());
        assert!(fs::read_to_string(&file).unwrap().contains("something"));
    }

    #[test]
    fn what_another_window_has_staged_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, mut two) = (Store::at(folder.path()), Store::at(folder.path()));
        one.save_staged(&staged(&[add("a")])).unwrap();
        let fault = two.save_staged(&staged(&[add("b")])).unwrap().unwrap();
        assert!(fault.remedy.contains("abc.json.other-1"), "{fault}");
        assert_eq!(two.staged(&account()).unwrap(), [add("b")]);
        let aside = fs::read_to_string(folder.path().join("staged/abc.json.other-1")).unwrap();
        assert!(aside.contains("\"a\""));
    }

    #[test]
    fn taking_back_one_s_own_changes_puts_nothing_aside() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::at(folder.path());
        store.save_staged(&staged(&[add("a"), add("b")])).unwrap();
        assert_eq!(store.save_staged(&staged(&[add("b")])).unwrap(), None);
        let mut next = Store::at(folder.path());
        assert_eq!(next.staged(&account()).unwrap(), [add("b")]);
        assert_eq!(next.save_staged(&staged(&[add("c")])).unwrap(), None);
        assert_eq!(names(folder.path()), ["abc.json"]);
    }

    #[test]
    fn d8_of_many_windows_saving_at_once_each_finds_a_whole_file_and_nothing_of_any_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let path = folder.path();
                scope.spawn(move || {
                    for turn in 0..25 {
                        // A window that knows of nothing, so that all that it finds is another's.
                        let mine = staged(&[add(&format!("m{writer}-{turn}"))]);
                        let told = Store::at(path).save_staged(&mine).unwrap();
                        assert!(told.is_none_or(|told| told.what.contains("another window")));
                    }
                });
            }
        });
        assert_eq!(Store::at(folder.path()).staged(&account()).unwrap().len(), 1);
        let files = fs::read_dir(folder.path().join("staged")).unwrap();
        let texts: Vec<String> =
            files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
        assert_eq!(texts.len(), 8 * 25, "the last one's in its place, all others' beside it");
        for (writer, turn) in (0..8).flat_map(|writer| (0..25).map(move |turn| (writer, turn))) {
            let name = format!("\"m{writer}-{turn}\"");
            assert_eq!(texts.iter().filter(|text| text.contains(&name)).count(), 1, "{name}");
        }
    }

    #[test]
    fn d3_a_folder_that_can_t_be_written_is_told_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("file");
        fs::write(&blocked, "").unwrap();
        let fault =
            Store::at(&blocked.join("state")).save_staged(&staged(&[add("a")])).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Disk);
        if !rustix::process::geteuid().is_root() {
            let closed = folder.path().join("closed");
            fs::create_dir(&closed).unwrap();
            fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
            let fault = Store::at(&closed.join("state")).save_staged(&staged(&[add("a")]));
            assert!(fault.unwrap_err().remedy.contains("XDG_STATE_HOME"));
        }
    }
}
