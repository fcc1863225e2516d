//! Making a group exactly a list of members: what it takes, as adds and removals, or as the one call that replaces them.

use std::collections::BTreeSet;

use super::staging::known_in;
use crate::domain::{Change, Collection, Directory, GroupId, GroupRef, MemberId};

/// The most members that a group may have, before and after, to be replaced by one call: a longer list is too likely to
/// be changed by someone else while it is read.
pub const REPLACED_AT_MOST: usize = 5_000;

/// What it takes to make a group exactly a list.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SetMembers {
    /// Who joins.
    pub adds: Vec<Change>,
    /// Who leaves.
    pub removals: Vec<Change>,
    /// How many of the list are in already.
    pub already: usize,
    /// How many were named more than once.
    pub repeated: usize,
}

/// Why a group can't be made exactly a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSet {
    /// There is no such group.
    NoGroup,
    /// Who is in it has not been read to its end: who would have to leave isn't known.
    NotRead,
    /// It has, or is to have, more members than can be replaced at once.
    TooMany,
}

impl NotSet {
    /// Why, in words.
    pub fn words(self) -> String {
        match self {
            Self::NoGroup => "there is no such group".to_owned(),
            Self::NotRead => {
                "who is in the group has not been read to its end: who would leave isn't known"
                    .to_owned()
            }
            Self::TooMany => {
                format!("more than {REPLACED_AT_MOST} members can't be replaced in one call")
            }
        }
    }
}

impl SetMembers {
    /// What it takes to make a group, which may be one that is only staged, exactly these members.
    ///
    /// # Errors
    /// It isn't known who is in it.
    pub fn of(
        directory: &Directory,
        group: &GroupRef,
        wanted: &[MemberId],
    ) -> Result<Self, NotSet> {
        let now = match group {
            GroupRef::Existing(id) => members_of(directory, id)?,
            GroupRef::Draft(_) => BTreeSet::new(),
        };
        let mut set = Self::default();
        let mut seen = BTreeSet::new();
        for member in wanted {
            if !seen.insert(member) {
                set.repeated += 1;
            } else if known_in(directory, group, member) == Some(true) {
                set.already += 1;
            } else {
                set.adds.push(Change::Add { group: group.clone(), member: member.clone() });
            }
        }
        if let Some(id) = group.existing() {
            let leaves = now.into_iter().filter(|member| !seen.contains(*member));
            let removal =
                |member: &MemberId| Change::Remove { group: id.clone(), member: member.clone() };
            set.removals = leaves.map(removal).collect();
        }
        Ok(set)
    }

    /// Whether the group is so already.
    pub fn is_none(&self) -> bool {
        self.adds.is_empty() && self.removals.is_empty()
    }

    /// All changes, joins first.
    pub fn into_changes(self) -> Vec<Change> {
        self.adds.into_iter().chain(self.removals).collect()
    }
}

/// The one call that makes a group exactly these members, whoever else is in it by then: only for a person who has
/// asked for just that.
///
/// # Errors
/// It isn't known who is in it, or there are too many.
pub fn replace_members(
    directory: &Directory,
    group: &GroupId,
    wanted: &[MemberId],
) -> Result<Change, NotSet> {
    let from: Vec<MemberId> = members_of(directory, group)?.into_iter().cloned().collect();
    let to: Vec<MemberId> = wanted.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
    if from.len().max(to.len()) > REPLACED_AT_MOST {
        return Err(NotSet::TooMany);
    }
    Ok(Change::ReplaceMembers { group: group.clone(), from, to })
}

fn members_of<'d>(
    directory: &'d Directory,
    group: &GroupId,
) -> Result<BTreeSet<&'d MemberId>, NotSet> {
    if directory.groups().get(group).is_none() {
        return Err(NotSet::NoGroup);
    }
    // Who is missing from a list would stay in, and the group would not be exactly what was wanted.
    if !directory.coverage(&Collection::GroupMembers(group.clone())).is_complete() {
        return Err(NotSet::NotRead);
    }
    let slots = directory.members_of(group).iter();
    Ok(slots.filter_map(|slot| directory.members().at(*slot)).map(|member| &member.id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DraftId;
    use crate::plan::fixture::*;

    fn list(these: &[usize]) -> Vec<MemberId> {
        these.iter().map(|n| member(*n)).collect()
    }

    #[test]
    fn a_group_becomes_exactly_a_list_by_adds_and_removals() {
        let directory = directory(6, &[vec![1, 2, 3]]);
        let set = SetMembers::of(&directory, &group(0).into(), &list(&[4, 2, 5, 2])).unwrap();
        assert_eq!(set.adds, [add(0, 4), add(0, 5)]);
        assert_eq!(set.removals, [remove(0, 1), remove(0, 3)]);
        assert_eq!((set.already, set.repeated), (1, 1));
        let set = SetMembers::of(&directory, &group(0).into(), &list(&[3, 2, 1])).unwrap();
        assert!(set.is_none());
    }

    #[test]
    fn an_empty_list_empties_a_group_and_a_staged_group_has_nobody_to_lose() {
        let directory = directory(6, &[vec![1, 2]]);
        let set = SetMembers::of(&directory, &group(0).into(), &[]).unwrap();
        assert_eq!(set.into_changes(), [remove(0, 1), remove(0, 2)]);
        let draft = GroupRef::Draft(DraftId(3));
        let set = SetMembers::of(&directory, &draft, &list(&[1])).unwrap();
        assert_eq!(set.into_changes(), [add_to_draft(3, 1)]);
    }

    #[test]
    fn where_it_is_not_known_who_is_in_it_nobody_is_removed() {
        let unread = Directory::new(account());
        let set = SetMembers::of(&unread, &group(0).into(), &list(&[1]));
        assert_eq!(set, Err(NotSet::NoGroup));
        let mut begun = Directory::new(account());
        walk(&mut begun, 1, crate::domain::Page::Groups(vec![a_group(group(0), "g0", &[])]));
        let set = SetMembers::of(&begun, &group(0).into(), &list(&[1]));
        assert_eq!(set, Err(NotSet::NotRead));
        assert_eq!(replace_members(&begun, &group(0), &list(&[1])), Err(NotSet::NotRead));
    }

    #[test]
    fn a_replacement_names_both_lists_and_never_more_than_5_000() {
        let directory = directory(6, &[vec![1, 2]]);
        let change = replace_members(&directory, &group(0), &list(&[3, 2, 3])).unwrap();
        assert_eq!(change, replace(0, &[1, 2], &[2, 3]));
        let many: Vec<usize> = (0..=REPLACED_AT_MOST).collect();
        let refused = replace_members(&directory, &group(0), &list(&many));
        assert_eq!(refused, Err(NotSet::TooMany));
    }
}
