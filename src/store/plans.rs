//! Plans that were looked at, so that it can be told what of a later one was not in them.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::domain::{Change, Fault, StagedFor};
use crate::plan::PlanId;

use super::Store;
use super::keep::{Found, read, write};

/// How many are kept.
const KEPT: usize = 20;

impl Store {
    /// Keeps the changes of a plan that is looked at; the oldest go.
    ///
    /// # Errors
    /// They could not be kept.
    pub fn keep_plan(&self, id: &PlanId, changes: &StagedFor) -> Result<(), Fault> {
        let _lock = self.lock()?;
        write(&self.plans().join(format!("{id}.json")), changes)?;
        let age = |path: &PathBuf| {
            fs::metadata(path).and_then(|found| found.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
        };
        let entries = fs::read_dir(self.plans()).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.sort_by_key(age);
        let old = files.len().saturating_sub(KEPT);
        for path in files.iter().take(old) {
            // One that stays is only one too many.
            let _ = fs::remove_file(path);
        }
        Ok(())
    }

    /// The changes of a plan that was looked at here; `None` where it is not known.
    pub fn kept_plan(&self, id: &str) -> Option<Vec<Change>> {
        if !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        match read::<StagedFor>(&self.plans().join(format!("{id}.json"))) {
            Ok(Found::Read(kept)) => Some(kept.changes),
            _ => None,
        }
    }

    fn plans(&self) -> PathBuf {
        self.folder.join("plans")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountId, DraftId};

    fn kept(number: usize) -> (PlanId, StagedFor) {
        let name = format!("group {number}").into();
        let create = Change::Create { group: DraftId(0), name, policies: Vec::new() };
        let account = AccountId::parse("abc").unwrap();
        let id = PlanId::of(&account, std::iter::once(&create));
        (id, StagedFor { account, changes: vec![create] })
    }

    #[test]
    fn a_plan_that_was_looked_at_is_known_until_many_others_were() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path());
        let (first, changes) = kept(0);
        store.keep_plan(&first, &changes).unwrap();
        assert_eq!(store.kept_plan(&first.to_string()), Some(changes.changes));
        for number in 1..=KEPT {
            let (id, changes) = kept(number);
            store.keep_plan(&id, &changes).unwrap();
        }
        let files = fs::read_dir(folder.path().join("plans")).unwrap();
        assert_eq!(files.count(), KEPT);
        for unknown in ["", "../staged/abc", "0123"] {
            assert_eq!(store.kept_plan(unknown), None, "{unknown}");
        }
    }
}
