//! A home of its own for each test, and nothing of the person's environment.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The folders that the program knows of, all below one that goes with the test.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        for folder in ["home", "config/cfiam", "state", "cache", "tmp"] {
            fs::create_dir_all(home.path(folder)).unwrap();
        }
        home
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// Writes the config file.
    pub fn config(&self, text: &str) {
        fs::write(self.path("config/cfiam/config.toml"), text).unwrap();
    }

    /// What the log holds; empty where there is none.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("state/cfiam/cfiam.log")).unwrap_or_default()
    }

    /// The file of changes staged for an account; empty where there is none.
    pub fn staged(&self, account: &str) -> String {
        let path = self.path("state/cfiam/staged").join(format!("{account}.json"));
        fs::read_to_string(path).unwrap_or_default()
    }

    /// The journals of runs, in the order in which the runs began.
    pub fn journals(&self) -> Vec<PathBuf> {
        let runs = fs::read_dir(self.path("state/cfiam/runs"));
        let files = runs.into_iter().flatten().map(|entry| entry.unwrap().path());
        let journals = files.filter(|path| path.extension().is_some_and(|it| it == "jsonl"));
        let mut files: Vec<PathBuf> = journals.collect();
        files.sort();
        files
    }

    /// Every file below, with what it holds.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        walk(self.0.path(), &mut found);
        found
    }

    /// The environment of a program that is at home here: nothing else is in it.
    pub fn environment(&self) -> Vec<(String, String)> {
        let place = |name: &str| self.path(name).display().to_string();
        [
            ("HOME", place("home")),
            ("XDG_CONFIG_HOME", place("config")),
            ("XDG_STATE_HOME", place("state")),
            ("XDG_CACHE_HOME", place("cache")),
            ("TMPDIR", place("tmp")),
            ("TERM", "xterm-256color".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}

fn walk(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push((path.clone(), fs::read(&path).unwrap_or_default()));
        }
    }
}
