//! Policies as sets. The service keeps neither their ids nor their order, and gives an id to a resource group
//! that was sent by its scopes alone; so they are compared by content, a resource group by id or by scopes.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::{Policy, PolicyContent, PolicyDraft, PolicyEdit, ResourceGroup, ResourceKey};

/// A set of policies, by content.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PolicySet(BTreeSet<PolicyContent>);

impl PolicySet {
    /// These policies as a set.
    pub fn of(policies: &[PolicyContent]) -> Self {
        Self(policies.iter().cloned().map(sorted).collect())
    }

    /// The policies of a group as it was read.
    pub fn read(policies: &[Arc<Policy>]) -> Self {
        Self(policies.iter().map(|policy| policy.content()).collect())
    }

    /// Whether a group that was read holds exactly these.
    pub fn matches(&self, policies: &[Arc<Policy>]) -> bool {
        let have: BTreeSet<&Arc<Policy>> = policies.iter().collect();
        let found = |want: &PolicyContent| have.iter().any(|policy| says(policy, want));
        self.0.iter().all(found)
            && have.iter().all(|policy| self.0.iter().any(|want| says(policy, want)))
    }
}

/// The policies that an edit asks for.
pub fn wanted(edits: &[PolicyEdit]) -> PolicySet {
    PolicySet(
        edits
            .iter()
            .map(|edit| match edit {
                PolicyEdit::Keep(content) => sorted(content.clone()),
                PolicyEdit::Write(draft) => draft.content(),
            })
            .collect(),
    )
}

/// The policies that a new group is to have.
pub(super) fn all_drafted(drafts: &[PolicyDraft]) -> PolicySet {
    PolicySet(drafts.iter().map(PolicyDraft::content).collect())
}

fn sorted(mut content: PolicyContent) -> PolicyContent {
    content.permission_groups.sort();
    content.permission_groups.dedup();
    content.resource_groups.sort();
    content.resource_groups.dedup();
    content
}

fn says(policy: &Policy, want: &PolicyContent) -> bool {
    let have = policy.content();
    have.access == want.access
        && have.permission_groups == want.permission_groups
        && want.resource_groups.iter().all(|k| policy.resource_groups.iter().any(|r| is(r, k)))
        && policy.resource_groups.iter().all(|r| want.resource_groups.iter().any(|k| is(r, k)))
}

fn is(group: &ResourceGroup, key: &ResourceKey) -> bool {
    match key {
        ResourceKey::Id(id) => group.id.as_ref() == Some(id),
        ResourceKey::Scopes(scopes) => group.scopes == *scopes,
    }
}

#[cfg(test)]
mod tests;
