//! User groups.

use std::sync::Arc;

use jiff::Timestamp;

use super::{GroupId, Policy};

/// An IAM user group. Nothing in the API says how many members it has or whether an identity provider keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name, unique in the account.
    pub name: Arc<str>,
    /// When it was made; `None` if the answer had no readable time.
    pub created_on: Option<Timestamp>,
    /// When it was last modified; `None` if the answer had no readable time.
    pub modified_on: Option<Timestamp>,
    /// Its policies; `None` where the answer had no such field.
    pub policies: Option<Arc<[Arc<Policy>]>>,
}

impl Group {
    /// The policies, none if the answer had no such field.
    pub fn policies(&self) -> &[Arc<Policy>] {
        self.policies.as_deref().unwrap_or(&[])
    }

    /// Why the policies can't be edited; `None` if they can.
    pub fn policies_locked(&self) -> Option<&'static str> {
        self.policies().iter().find_map(|p| p.unsendable())
    }
}
