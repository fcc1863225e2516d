//! A journal's file in a program that dies at one of its lines, where a test asks for that.

use std::fs::File;
use std::io;

use crate::crash;

use super::Medium;

/// The file, and what of it is known to be on the disk.
pub(super) struct Mortal {
    file: File,
    synced: u64,
    /// The kinds of the lines that are not synced yet.
    unsynced: Vec<String>,
}

impl Mortal {
    /// A file all of which is on the disk.
    pub(super) fn of(file: File) -> Self {
        let synced = file.metadata().map_or(0, |found| found.len());
        Self { file, synced, unsynced: Vec::new() }
    }
}

impl Medium for Mortal {
    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let mut before = 0;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let kind = kind(line);
            crash::at(&format!("before-{kind}"));
            if crash::is_due(&format!("half-{kind}")) {
                let half = lines.get(..before + line.len() / 2).unwrap_or_default();
                self.file.append(half)?;
                crash::die();
            }
            before += line.len();
            self.unsynced.push(kind);
        }
        self.file.append(lines)?;
        for kind in &self.unsynced {
            crash::at(&format!("unsynced-{kind}"));
        }
        if crash::is_due("power-cut") {
            self.file.set_len(self.synced)?;
            crash::die();
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync()?;
        self.synced = self.file.metadata()?.len();
        for kind in std::mem::take(&mut self.unsynced) {
            crash::at(&format!("synced-{kind}"));
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        self.file.close()
    }
}

/// What kind of line it is: `intent`, `outcome`.
fn kind(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let kind = text.split_once(r#""k":""#).and_then(|(_, rest)| rest.split_once('"'));
    kind.map(|(kind, _)| kind.to_owned()).unwrap_or_default()
}
