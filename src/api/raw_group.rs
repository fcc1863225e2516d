//! A group read for editing: its policies as they came, so that what the person didn't touch goes back unchanged.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::domain::{Fault, FaultKind, PolicyContent, PolicyDraft};

/// A group's policies as JSON text, as they came.
#[derive(Clone, Debug)]
pub struct RawGroup {
    policies: Vec<RawPolicy>,
}

/// One policy as it came.
#[derive(Clone, Debug)]
pub struct RawPolicy {
    /// What it says, to find it by; `None` where that can't be read.
    pub content: Option<PolicyContent>,
    text: Box<RawValue>,
}

/// One policy in the form in which it is written: without an id.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct PolicyBody {
    text: Box<RawValue>,
}

impl RawGroup {
    /// The policies in the order in which they came.
    pub fn policies(&self) -> &[RawPolicy] {
        &self.policies
    }
}

impl RawPolicy {
    /// The policy in the form in which it is written: without its id and without what only readers are told;
    /// every other key stays as it came, byte for byte.
    ///
    /// # Errors
    /// A [`FaultKind::Refused`] that says why it can't be sent back.
    pub fn sendable(&self) -> Result<PolicyBody, Fault> {
        let _ = &self.text;
        Err(Fault::new(FaultKind::Internal, "not built yet", ""))
    }
}

/// A policy that the person wrote.
pub fn policy_body(draft: &PolicyDraft) -> PolicyBody {
    let _ = draft;
    PolicyBody { text: RawValue::NULL.to_owned() }
}
