//! What a plan ends for good, or does to whoever isn't named: groups that it deletes, member lists that it replaces by one
//! call, members whom it removes from the account. Applying it asks for a text that says so.

use std::sync::Arc;

use super::{Asks, Plan};
use crate::domain::Change;
use crate::text;

/// What a plan ends for good, by names.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Ends {
    deleted: Vec<Arc<str>>,
    replaced: Vec<Arc<str>>,
    removed: Vec<Arc<str>>,
    /// Of those who are removed, whose invitation has not been accepted.
    pending: usize,
}

impl Ends {
    /// What a plan ends for good; `None` where it ends nothing.
    pub fn of(plan: &Plan) -> Option<Self> {
        let mut ends = Self::default();
        for op in plan.ops() {
            let name = || plan.names.target(&op.change.target());
            match &op.change {
                Change::Delete { .. } => ends.deleted.push(name()),
                Change::ReplaceMembers { .. } => ends.replaced.push(name()),
                Change::RemoveMember { pending, .. } => {
                    ends.removed.push(name());
                    ends.pending += usize::from(*pending);
                }
                _ => {}
            }
        }
        (ends != Self::default()).then_some(ends)
    }

    /// What is to be known before it is wanted, made safe.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let named = |names: &[Arc<str>]| {
            names.iter().map(|name| text::safe_capped(name)).collect::<Vec<_>>().join(", ")
        };
        match self.deleted.as_slice() {
            [] => {}
            [only] => {
                let only = text::safe_capped(only);
                lines.push(format!("It deletes {only}: a new group of that name has another id."));
            }
            several => lines.push(format!(
                "It deletes {}: {}.",
                text::plural(several.len(), "group"),
                named(several)
            )),
        }
        if !self.replaced.is_empty() {
            lines.push(format!(
                "It replaces all members of {}: whoever isn't named is removed.",
                named(&self.replaced)
            ));
        }
        let number = text::plural(self.removed.len(), "member");
        match self.removed.as_slice() {
            [] => {}
            [only] if self.pending == 1 => {
                let only = text::safe_capped(only);
                lines.push(format!("It cancels the invitation of {only}: there is no way back."));
            }
            [only] => lines.push(format!(
                "It removes {} from the account: only a new invitation brings them back.",
                text::safe_capped(only)
            )),
            several => lines.push(format!(
                "It removes {number} from the account: {}. Only new invitations bring them back.",
                named(several)
            )),
        }
        lines
    }

    /// What has to be typed: the name of the only thing that ends, where any keyboard types it; else how many there are.
    pub fn asks(&self) -> Asks {
        let Self { deleted, replaced, removed, .. } = self;
        let mut all = deleted.iter().chain(replaced).chain(removed);
        if let (Some(only), None) = (all.next(), all.next())
            && text::can_be_typed(only)
        {
            return Asks::text(only.to_string());
        }
        let count = |what: &str, names: &[Arc<str>], noun| {
            let counted = || format!("{what} {}", text::plural(names.len(), noun));
            (!names.is_empty()).then(counted)
        };
        let parts = [
            count("delete", deleted, "group"),
            count("replace", replaced, "group"),
            count("remove", removed, "member"),
        ];
        Asks::text(parts.into_iter().flatten().collect::<Vec<_>>().join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Load, Member, MemberStatus, Now, Page};
    use crate::plan::Staging;
    use crate::plan::fixture::*;

    fn ends(changes: &[Change]) -> Option<Ends> {
        let mut directory = directory(6, &[vec![0, 1], vec![2]]);
        let row = a_member(member(5), "m5@x.example", &[]);
        let invited = Member { status: MemberStatus::Pending, ..row };
        directory.absorb(Load::Rows(Page::Members(vec![invited])), Now::default());
        let mut staging = Staging::new(account());
        for change in changes {
            staging.stage(change.clone(), &directory);
        }
        Ends::of(&Plan::build(&staging, &directory, Now::default()))
    }

    #[test]
    fn what_ends_alone_is_typed_by_its_name_and_of_several_how_many() {
        let typed = |changes: &[Change]| ends(changes).unwrap().asks().text;
        assert_eq!(ends(&[add(1, 0), remove(0, 1)]), None);
        assert_eq!(typed(&[delete(0)]), "g0");
        assert_eq!(typed(&[remove_member(3, false)]), "m3@x.example");
        assert_eq!(typed(&[replace(0, &[0, 1], &[1])]), "g0");
        assert_eq!(typed(&[delete(0), delete(1)]), "delete 2 groups");
        assert_eq!(
            typed(&[delete(0), replace(1, &[2], &[3]), remove_member(5, true)]),
            "delete 1 group and replace 1 group and remove 1 member"
        );
    }

    #[test]
    fn what_it_means_is_said_of_each() {
        let said = |changes: &[Change]| ends(changes).unwrap().lines().join(" ");
        assert!(said(&[remove_member(3, false)]).contains("only a new invitation"));
        assert!(said(&[remove_member(5, true)]).contains("cancels the invitation of m5@x.example"));
        assert!(said(&[replace(0, &[0, 1], &[1])]).contains("whoever isn't named is removed"));
        let two = said(&[remove_member(3, false), remove_member(4, false)]);
        assert!(two.contains("2 members") && two.contains("m3@x.example, m4@x.example"), "{two}");
    }
}
