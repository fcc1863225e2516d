//! A plan's id: the same operations on the same account have the same id, whenever and wherever they are planned.

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::{AccountId, Change, DraftId, GroupRef, MemberId};

/// The SHA-256 of the account and the operations in one canonical form; names for show and times don't count.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanId(String);

impl PlanId {
    /// The id of these operations, in whatever order they come.
    pub fn of<'a>(account: &AccountId, changes: impl Iterator<Item = &'a Change>) -> Self {
        let mut changes: Vec<Change> = changes.cloned().collect();
        number_drafts_by_name(&mut changes);
        changes.iter_mut().for_each(sort_inside);
        changes.sort();
        // A change is made of texts, numbers and lists: it always has a JSON form.
        let canonical = serde_json::to_vec(&(account, &changes)).unwrap_or_default();
        Self(hex(&Sha256::digest(canonical)))
    }

    /// The first four digits, as they stand in titles.
    pub fn short(&self) -> &str {
        self.0.get(..4).unwrap_or(&self.0)
    }
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The SHA-256 of ids, a line each, in order.
pub(super) fn digest_of<'m>(members: impl Iterator<Item = &'m MemberId>) -> String {
    let mut ids: Vec<&MemberId> = members.collect();
    ids.sort_unstable();
    let lines = |digest: Sha256, id: &MemberId| digest.chain_update(format!("{id}\n"));
    hex(&ids.into_iter().fold(Sha256::new(), lines).finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A draft's number tells when it was staged; what it stands for is its name, which is unique in an account.
fn number_drafts_by_name(changes: &mut [Change]) {
    let mut drafts: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Create { group, name, .. } => Some((name.clone(), *group)),
            _ => None,
        })
        .collect();
    drafts.sort();
    let numbers: HashMap<DraftId, DraftId> =
        (0..).zip(drafts).map(|(number, (_, draft))| (draft, DraftId(number))).collect();
    let renumber = |draft: &mut DraftId| {
        if let Some(number) = numbers.get(draft) {
            *draft = *number;
        }
    };
    for change in changes {
        match change {
            Change::Create { group, .. } | Change::Add { group: GroupRef::Draft(group), .. } => {
                renumber(group);
            }
            _ => {}
        }
    }
}

fn sort_inside(change: &mut Change) {
    match change {
        Change::Create { policies, .. } => policies.sort(),
        Change::Invite { email, policies } => {
            *email = email.to_lowercase().into();
            policies.sort();
        }
        Change::SetPolicies { from, to, .. } | Change::SetDirectPolicies { from, to, .. } => {
            from.sort();
            to.sort();
        }
        Change::ReplaceMembers { from, to, .. } => {
            from.sort();
            to.sort();
        }
        // Its id says who it is; the e-mail is for show.
        Change::RemoveMember { email, .. } => *email = "".into(),
        Change::Rename { .. }
        | Change::Add { .. }
        | Change::Remove { .. }
        | Change::Delete { .. } => {}
    }
}
