//! Where things are kept on disk.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use etcetera::base_strategy::Xdg;

use crate::domain::{Fault, FaultKind};

/// Where things are kept on disk: the XDG base directories, on every system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The config file.
    pub config_file: PathBuf,
    /// Staged changes, the log, what each profile may write.
    pub state: PathBuf,
    /// What can be fetched again.
    pub cache: PathBuf,
}

impl Places {
    /// The person's own places, by `XDG_CONFIG_HOME`, `XDG_STATE_HOME`, `XDG_CACHE_HOME` and the home folder.
    pub fn of_person() -> Result<Self, Fault> {
        let Ok(xdg) = Xdg::new() else {
            return Err(Fault::new(
                FaultKind::Config,
                "there is no home folder",
                "Set HOME, or XDG_CONFIG_HOME, XDG_STATE_HOME and XDG_CACHE_HOME",
            ));
        };
        let state = xdg.state_dir().unwrap_or_else(|| xdg.home_dir().join(".local/state"));
        Ok(Self {
            config_file: xdg.config_dir().join("cfiam/config.toml"),
            state: state.join("cfiam"),
            cache: xdg.cache_dir().join("cfiam"),
        })
    }

    /// Places below one folder, for an account that is not a real one.
    pub fn under(folder: &Path) -> Self {
        Self {
            config_file: folder.join("config/cfiam/config.toml"),
            state: folder.join("state/cfiam"),
            cache: folder.join("cache/cfiam"),
        }
    }

    /// The log, in the state folder.
    pub fn log_file(&self) -> PathBuf {
        self.state.join("cfiam.log")
    }
}
