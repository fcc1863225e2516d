//! For which accounts a profile was set to read-write.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::domain::{AccountId, Fault};

use super::Store;
use super::keep::{Found, newer, put_aside, read, write};

/// The accounts of each profile; the empty name is the default one's.
#[derive(Default, Serialize, Deserialize)]
struct Writable {
    profiles: BTreeMap<String, BTreeSet<AccountId>>,
}

impl Store {
    /// The accounts for which a profile was set to read-write. One that can't be read counts as none: read-only
    /// is the safe side, and setting it again is one key.
    pub fn writable(&self, profile: &str) -> Vec<AccountId> {
        match read::<Writable>(&self.writable_file()) {
            Ok(Found::Read(writable)) => {
                writable.profiles.get(profile).into_iter().flatten().cloned().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Sets a profile to read-write for an account, or back.
    pub fn set_writable(
        &mut self,
        profile: &str,
        account: &AccountId,
        allowed: bool,
    ) -> Result<(), Fault> {
        let _lock = self.lock()?;
        let path = self.writable_file();
        let mut writable = match read::<Writable>(&path)? {
            Found::Read(writable) => writable,
            Found::Nothing => Writable::default(),
            Found::Newer(version) => return Err(newer(&path, version)),
            Found::Damaged => {
                put_aside(&path, "damaged")?;
                Writable::default()
            }
        };
        let accounts = writable.profiles.entry(profile.to_owned()).or_default();
        if allowed {
            accounts.insert(account.clone());
        } else {
            accounts.remove(account);
        }
        write(&path, &writable)
    }

    fn writable_file(&self) -> PathBuf {
        self.folder.join("writable.json")
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test damages files on purpose")]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_profile_set_to_read_write_stays_so_for_that_account_until_it_is_set_back() {
        let folder = tempfile::tempdir().unwrap();
        let id = |text| AccountId::parse(text).unwrap();
        let mut store = Store::at(folder.path());
        store.set_writable("work", &id("a"), true).unwrap();
        store.set_writable("work", &id("b"), true).unwrap();
        store.set_writable("work", &id("a"), false).unwrap();
        assert_eq!(Store::at(folder.path()).writable("work"), [id("b")]);
        assert_eq!(store.writable(""), []);
    }

    #[test]
    fn a_damaged_file_allows_nothing_and_is_put_aside_at_the_next_choice() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("writable.json"), "{").unwrap();
        let mut store = Store::at(folder.path());
        assert_eq!(store.writable(""), []);
        store.set_writable("", &AccountId::parse("a").unwrap(), true).unwrap();
        assert!(folder.path().join("writable.json.damaged-1").exists());
    }
}
