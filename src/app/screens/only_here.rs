//! Who has what only through a group, or only through one of its policies: what taking it away would really take.

use std::sync::Arc;

use crate::app::screens::ImpactView;
use crate::domain::{Change, Directory, GroupId, Now, PolicyContent, PolicyEdit};
use crate::plan::{Plan, Staging};

/// The page. Nothing of it is staged: it looks at what would be.
#[derive(Clone, Debug)]
pub struct OnlyHereScreen {
    /// The group.
    pub group: GroupId,
    /// The one policy of it, if it is not about all.
    pub policy: Option<PolicyContent>,
    /// What would become of people.
    pub impact: ImpactView,
    number: u64,
    plan: Arc<Plan>,
    version: Option<u64>,
}

impl OnlyHereScreen {
    /// What would be without a group, or without one of its policies.
    pub fn new(
        group: GroupId,
        policy: Option<PolicyContent>,
        directory: &Directory,
        now: Now,
    ) -> Self {
        Self {
            plan: Arc::new(without(&group, policy.as_ref(), directory, now)),
            group,
            policy,
            impact: ImpactView::default(),
            number: 0,
            version: Some(directory.version()),
        }
    }

    /// Goes on with what it takes; whether there is more to do.
    pub fn follow(&mut self, directory: &Directory, now: Now) -> bool {
        if self.version != Some(directory.version()) {
            self.version = Some(directory.version());
            let plan = without(&self.group, self.policy.as_ref(), directory, now);
            if !plan.says_the_same(&self.plan) {
                self.plan = Arc::new(plan);
                self.number += 1;
            }
        }
        self.impact.follow(self.number, &self.plan, directory)
    }
}

/// The plan that would take it away. It is never shown, staged or sent.
fn without(
    group: &GroupId,
    policy: Option<&PolicyContent>,
    directory: &Directory,
    now: Now,
) -> Plan {
    let mut staging = Staging::new(directory.account.id.clone());
    if let Some(row) = directory.groups().get(group) {
        let change = match policy {
            None => Change::Delete { group: group.clone(), name: row.name.clone() },
            Some(policy) => {
                let from: Vec<PolicyContent> =
                    row.policies().iter().map(|one| one.content()).collect();
                let stays = from.iter().filter(|content| *content != policy);
                let to = stays.cloned().map(PolicyEdit::Keep).collect();
                Change::SetPolicies { group: group.clone(), from, to }
            }
        };
        staging.stage(change, directory);
    }
    Plan::build(&staging, directory, now)
}
