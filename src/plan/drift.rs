//! What has become of a plan since a person saw it: what it rested on then, and what that is now.

use jiff::Timestamp;

use crate::domain::{Change, Directory, GroupId};

use super::build::{Base, Plan};
use super::recheck::Recheck;

impl Plan {
    /// Whether a group that both touch was modified in between, as far as that is known of both.
    pub fn is_moved(&self, now: &Self) -> bool {
        let moved = |(was, is): (&Base, &Base)| modified(was, is).is_some();
        self.base.iter().filter_map(|(id, was)| Some((was, now.base.get(id)?))).any(moved)
    }

    /// What differs in the plan that was made in this one's place: a line each, what was and what is. Foreign text:
    /// make it safe before showing it.
    pub fn drift(&self, now: &Self, directory: &Directory) -> Vec<String> {
        let groups = self.base.iter().flat_map(|(id, was)| of_group(id, was, now, directory));
        let groups: Vec<String> = groups.collect();
        let planned = |plan: &Self, change: &Change| plan.ops().any(|op| op.change == *change);
        let gone = self.ops().filter(|op| !planned(now, &op.change)).filter_map(|op| {
            let left = now.left_out.iter().find(|left| left.change == op.change)?;
            let words = self.names.words(&op.change);
            Some(match left.why {
                Recheck::AlreadySo => format!("{words}: was to be done, is so already"),
                ref why => format!("{words}: was to be done, is left out: {}", why.words()),
            })
        });
        let come = now.ops().filter(|op| !planned(self, &op.change)).filter_map(|op| {
            let left = self.left_out.iter().find(|left| left.change == op.change)?;
            let words = now.names.words(&op.change);
            Some(format!("{words}: was left out ({}), is to be done", left.why.words()))
        });
        groups.into_iter().chain(gone).chain(come).collect()
    }
}

fn of_group(id: &GroupId, was: &Base, now: &Plan, directory: &Directory) -> Vec<String> {
    let Some(is) = now.base.get(id) else { return made_anew(id, was, directory) };
    let mut lines = Vec::new();
    if was.name != is.name && !was.name.is_empty() {
        lines.push(format!("{}: the group was called so, is called {}", was.name, is.name));
    }
    if let (Some(had), Some(has)) = (was.members, is.members)
        && had != has
    {
        lines.push(format!("{}: had {had} members, has {has}", is.name));
    }
    if let Some((before, after)) = modified(was, is) {
        let clock = |at: Timestamp| at.strftime("%F %T UTC").to_string();
        let (before, after) = (clock(before), clock(after));
        lines.push(format!("{}: was last modified {before}, is {after}", is.name));
    }
    lines
}

/// A group that the plan no longer touches may be gone, and another have its name.
fn made_anew(id: &GroupId, was: &Base, directory: &Directory) -> Vec<String> {
    let there = directory.groups().values();
    let same = |other: &GroupId, name: &str| other != id && *name == *was.name;
    let anew = directory.groups().get(id).is_none()
        && there.into_iter().any(|group| same(&group.id, &group.name));
    let words = || format!("{}: the group was this one, is another one of the same name", was.name);
    anew.then(words).into_iter().collect()
}

/// When a group was last modified before, and now, where that differs.
fn modified(was: &Base, is: &Base) -> Option<(Timestamp, Timestamp)> {
    let (before, after) = (was.modified_on?, is.modified_on?);
    (before != after).then_some((before, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Load, Now, Page};
    use crate::plan::Staging;
    use crate::plan::fixture::*;

    fn plan(directory: &Directory, changes: &[Change]) -> Plan {
        let mut staging = Staging::new(account());
        for change in changes {
            staging
                .stage(change.clone(), &crate::plan::fixture::directory(9, &[vec![1, 2], vec![]]));
        }
        Plan::build(&staging, directory, Now::default())
    }

    #[test]
    fn s16_what_a_plan_rests_on_is_told_as_it_was_and_as_it_is() {
        let before = directory(9, &[vec![1, 2], vec![]]);
        let changes = [remove(0, 1), remove(0, 2), add(1, 7)];
        let seen = plan(&before, &changes);
        assert_eq!(seen.drift(&plan(&before, &changes), &before), Vec::<String>::new());
        let mut after = before.clone();
        let (group_0, now) = (group(0), Now::default());
        let left = Load::Membership {
            group: group_0.clone(),
            member: member(1),
            present: false,
            since: None,
        };
        after.absorb(left, now);
        let mut renamed = a_group(group_0, "theirs", &[draft(0)]);
        renamed.modified_on = Some(Timestamp::UNIX_EPOCH);
        after.absorb(Load::Rows(Page::Groups(vec![renamed.clone()])), now);
        let then = plan(&after, &changes);
        assert!(!seen.is_moved(&then), "it was not known when it was modified");
        assert_eq!(
            seen.drift(&then, &after),
            [
                "g0: the group was called so, is called theirs",
                "theirs: had 2 members, has 1",
                "Remove m1@x.example from g0: was to be done, is so already",
            ]
        );
        renamed.modified_on = Some("2026-11-25T10:00:00Z".parse().unwrap());
        after.absorb(Load::Rows(Page::Groups(vec![renamed])), now);
        let later = plan(&after, &changes);
        assert!(then.is_moved(&later));
        assert_eq!(
            then.drift(&later, &after),
            ["theirs: was last modified 1970-01-01 00:00:00 UTC, is 2026-11-25 10:00:00 UTC"]
        );
    }

    #[test]
    fn s7_a_group_that_was_made_anew_under_the_same_name_is_another_one() {
        let before = directory(9, &[vec![1, 2], vec![]]);
        let seen = plan(&before, &[add(1, 7)]);
        let mut after = before.clone();
        let now = Now::default();
        after.absorb(Load::GroupGone(group(1)), now);
        after.absorb(Load::Rows(Page::Groups(vec![a_group(group(5), "g1", &[])])), now);
        let lines = seen.drift(&plan(&after, &[add(1, 7)]), &after);
        assert_eq!(
            lines,
            [
                "g1: the group was this one, is another one of the same name",
                "Add m7@x.example to g1: was to be done, is left out: the group is gone",
            ]
        );
    }
}
