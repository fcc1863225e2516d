//! One request budget for all processes of one credential.

use std::path::Path;
use std::sync::Arc;

use crate::api::{Closed, Ledger, Settings};
use crate::store::{Locked, Moments};

#[derive(Debug)]
struct Shared(Moments);

impl Ledger for Shared {
    fn change(&self, change: &mut dyn FnMut(&mut Vec<u64>)) -> Result<(), Closed> {
        match self.0.change(change) {
            Ok(Locked::Ours) => Ok(()),
            Ok(Locked::Theirs) => Err(Closed::Busy),
            Err(error) => {
                tracing::debug!(kind = ?error.kind(), "requests of other processes are not known");
                Err(Closed::Broken)
            }
        }
    }
}

/// Lets a client keep the request budget together with all other processes that have the same credential and the
/// same state folder. Where the folder can't be written, each counts its own.
pub fn share_budget(settings: &mut Settings, state_folder: &Path) {
    let moments = Moments::at(state_folder, &settings.credential.fingerprint());
    settings.ledger = Some(Arc::new(Shared(moments)));
}
