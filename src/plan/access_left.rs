//! Whether a member who holds nothing directly still has access through a group.

use std::collections::BTreeSet;

use crate::domain::{Change, Directory, GroupId, GroupRef, MemberId};

use super::recheck::Recheck;
use super::staging::{ChangeKey, Staging};

impl Staging {
    /// How it stands to the account that a member is to hold nothing directly: it is carried out only where a group
    /// gives access once all that is staged is so.
    pub fn check_bare(&self, member: &MemberId, directory: &Directory) -> Recheck {
        // Who has had nothing before a run is left so when the run is taken back.
        if self.takes_back() {
            return Recheck::Fine;
        }
        match self.group_gives_access(member, directory) {
            Some(true) => Recheck::Fine,
            Some(false) => Recheck::NoAccess,
            None => Recheck::AccessNotKnown,
        }
    }

    /// Whether a group gives the member access once all that is staged is so; `None` where that isn't known.
    fn group_gives_access(&self, member: &MemberId, directory: &Directory) -> Option<bool> {
        let groups = self.groups_then(member, directory);
        let mut unknown = !directory.knows_all_groups();
        for group in &groups {
            match self.grants(group, directory) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => unknown = true,
            }
        }
        (!unknown).then_some(false)
    }

    /// The groups that a member is known to be in once all that is staged is so.
    fn groups_then(&self, member: &MemberId, directory: &Directory) -> BTreeSet<GroupRef> {
        let there = directory.groups_of(member).iter();
        let there = there.filter_map(|slot| directory.groups().at(*slot));
        let mut groups: BTreeSet<GroupRef> = there.map(|group| group.id.clone().into()).collect();
        for change in self.changes() {
            match change {
                Change::Add { group, member: who }
                    if who == member && self.comes_to_be(change, directory) =>
                {
                    groups.insert(group.clone());
                }
                Change::Remove { group, member: who } if who == member => {
                    groups.remove(&group.clone().into());
                }
                Change::ReplaceMembers { group, to, .. } => {
                    if !to.contains(member) {
                        groups.remove(&group.clone().into());
                    } else if self.comes_to_be(change, directory) {
                        groups.insert(group.clone().into());
                    }
                }
                _ => {}
            }
        }
        groups.retain(|group| !self.deletes(group));
        groups
    }

    /// Whether a group grants anything once all that is staged is so; `None` where that isn't known.
    fn grants(&self, group: &GroupRef, directory: &Directory) -> Option<bool> {
        match group {
            GroupRef::Draft(draft) => {
                let create = self.get(&ChangeKey::Create(*draft)).map(|entry| &entry.change);
                Some(create.is_some_and(|change| {
                    let grants =
                        matches!(change, Change::Create { policies, .. } if !policies.is_empty());
                    grants && self.comes_to_be(change, directory)
                }))
            }
            GroupRef::Existing(id) => self.grants_there(id, directory),
        }
    }

    fn grants_there(&self, group: &GroupId, directory: &Directory) -> Option<bool> {
        let staged = self.get(&ChangeKey::Policies(group.clone())).map(|entry| &entry.change);
        if let Some(change @ Change::SetPolicies { to, .. }) = staged
            && self.comes_to_be(change, directory)
        {
            return Some(!to.is_empty());
        }
        let policies = directory.groups().get(group)?.policies.as_ref()?;
        Some(!policies.is_empty())
    }

    fn comes_to_be(&self, change: &Change, directory: &Directory) -> bool {
        matches!(self.check(change, directory), Recheck::Fine | Recheck::AlreadySo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Collection, Load, Now, Page, WalkId};
    use crate::plan::Plan;
    use crate::plan::fixture::*;

    /// `m0` holds a policy directly, is in `g0`, and not in `g1`; `m1` holds one too and is in no group.
    fn known() -> Directory {
        let mut known = directory(2, &[vec![0], Vec::new()]);
        let rows = [0, 1].map(|n| a_member(member(n), &format!("m{n}@x.example"), &[draft(3)]));
        known.absorb(Load::Rows(Page::Members(rows.to_vec())), Now::default());
        known
    }

    /// Why the change is left out that takes the last direct policy; [`Recheck::Fine`] where it is not.
    fn stands(directory: &Directory, m: usize, beside: &[Change]) -> Recheck {
        let mut staging = Staging::new(account());
        let bare = set_direct_policies(m, &[3], &[]);
        for change in beside.iter().chain([&bare]) {
            staging.stage(change.clone(), directory);
        }
        let plan = Plan::build(&staging, directory, Now::default());
        let left = plan.left_out.into_iter().find(|left| left.change == bare);
        left.map_or(Recheck::Fine, |left| left.why)
    }

    #[test]
    fn the_last_direct_policy_goes_only_where_a_group_gives_access() {
        let known = known();
        assert_eq!(stands(&known, 0, &[]), Recheck::Fine);
        assert_eq!(stands(&known, 1, &[]), Recheck::NoAccess);
    }

    #[test]
    fn groups_count_as_the_same_plan_leaves_them() {
        let known = known();
        let nothing = Change::SetPolicies {
            group: group(0),
            from: vec![policy(&draft(0)).content()],
            to: Vec::new(),
        };
        for takes in [remove(0, 0), delete(0), replace(0, &[0], &[1]), nothing] {
            assert_eq!(
                stands(&known, 0, std::slice::from_ref(&takes)),
                Recheck::NoAccess,
                "{takes:?}"
            );
        }
        let gives: [&[Change]; 3] =
            [&[add(1, 1)], &[replace(0, &[0], &[0, 1])], &[create(0, "new"), add_to_draft(0, 1)]];
        for gives in gives {
            assert_eq!(stands(&known, 1, gives), Recheck::Fine, "{gives:?}");
        }
        let not_made = [create(0, "g0"), add_to_draft(0, 1)];
        assert_eq!(stands(&known, 1, &not_made), Recheck::NoAccess, "the name is taken");
    }

    #[test]
    fn where_the_lists_have_not_been_read_it_is_said_that_it_is_not_known() {
        let mut known = known();
        let rows = vec![a_group(group(9), "unread", &[draft(1)])];
        known.absorb(Load::Rows(Page::Groups(rows)), Now::default());
        assert_eq!(stands(&known, 0, &[]), Recheck::Fine, "one that is known is enough");
        assert_eq!(stands(&known, 1, &[]), Recheck::AccessNotKnown);
        let collection = Collection::GroupMembers(group(9));
        let (walk, now) = (WalkId(90), Now::default());
        known.absorb(Load::Begun { collection: collection.clone(), walk }, now);
        known.absorb(Load::Ended { collection, walk, gaps: Vec::new() }, now);
        assert_eq!(stands(&known, 1, &[]), Recheck::NoAccess);
    }

    #[test]
    fn taking_a_run_back_restores_that_somebody_had_nothing() {
        let known = known();
        let bare = set_direct_policies(1, &[3], &[]);
        let of = crate::domain::StagedFor { account: account(), changes: vec![bare] };
        let staging = Staging::restore(of).taking_back();
        assert_eq!(staging.recheck(&known), [Recheck::Fine]);
    }
}
