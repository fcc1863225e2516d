//! What the console is started with.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{AccountId, Fault, Now, OrganizationId, Protected, Snapshot};
use crate::findings::RulesFile;
use crate::keys::Keymap;

use super::Size;

/// What the console is started with. Everything that configuration, environment and arguments decide.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The profile's name; empty for the default one.
    pub profile: String,
    /// Shown in place of `READ-WRITE` where the account is not a real one (`DEMO`).
    pub badge: Option<&'static str>,
    /// The host that is talked to, as shown in errors.
    pub host: String,
    /// Whether that host is Cloudflare's own, so that its dashboard shows the same accounts.
    pub dashboard: bool,
    /// Why nothing can be asked: no credential, or one that can't be used. The start screen shows it.
    pub unconnected: Option<Fault>,
    /// Whether changes are allowed, and why not.
    pub mode: Mode,
    /// Accounts for which the person has set this profile to read-write.
    pub writable: Vec<AccountId>,
    /// What is shown in place of an account: nothing is asked for then.
    pub snapshot: Option<Arc<Snapshot>>,
    /// The account to open, if one was named.
    pub account: Option<AccountId>,
    /// The organization to show, if one was named.
    pub organization: Option<OrganizationId>,
    /// Members and groups that are not changed without their name being typed.
    pub protected: Protected,
    /// What the team has decided about findings.
    pub decided: Arc<RulesFile>,
    /// How many requests may be sent in five minutes.
    pub requests_per_5_min: u32,
    /// Which key does what.
    pub keymap: Keymap,
    /// The terminal's size.
    pub size: Size,
    /// The time.
    pub now: Now,
}

impl Setup {
    /// Whether changes are allowed in an account when it is opened for the first time. What the person chose there
    /// in an earlier session counts where neither an argument nor the profile speaks.
    pub fn mode_of(&self, account: &AccountId) -> Mode {
        match &self.mode {
            Mode::ReadOnly(WhyReadOnly::FirstConnection) if self.writable.contains(account) => {
                Mode::ReadWrite
            }
            mode => mode.clone(),
        }
    }

    /// Whether what the person chooses for an account is kept for the next session: a profile that says read-only
    /// says so again then.
    pub fn keeps_choice(&self) -> bool {
        self.mode != Mode::ReadOnly(WhyReadOnly::Profile)
    }

    /// Whether the account is still there in the next session.
    pub fn is_lasting(&self) -> bool {
        self.badge.is_none()
    }
}

/// Whether changes are allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They are.
    ReadWrite,
    /// They are not.
    ReadOnly(WhyReadOnly),
}

/// Why changes are not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyReadOnly {
    /// `--read-only`: for this session, whatever else says.
    Flag,
    /// The profile says so.
    Profile,
    /// The first connection of a profile to a real account.
    FirstConnection,
    /// The person chose it with the key that also ends it.
    Chosen,
    /// A write was refused: the credential lacks a permission.
    Refused(Fault),
    /// It is a snapshot of that moment.
    Snapshot(Timestamp),
}
