//! Which groups, or which members: filters as one types, and shows who is already in.

use std::collections::BTreeSet;

use crate::app::line::Typed;
use crate::app::list::Motion;
use crate::app::table::{Table, UNREADABLE};
use crate::app::turn::Turn;
use crate::domain::{Change, Collection, Directory, GroupId, GroupRef, MemberId, Slot};
use crate::keys::{Code, Key};
use crate::plan::{ChangeKey, NotSet, SetMembers, Staging};
use crate::rows;
use crate::text;

use super::Dialog;
use super::paste::{self, Pasted};
use super::picker::{Choice, Item, Picker};

/// What the picked rows are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Toward {
    /// Groups that these members are to be added to.
    AddToGroups(Vec<MemberId>),
    /// Groups that these members are to be removed from.
    RemoveFromGroups(Vec<MemberId>),
    /// Members that are to be added to these groups.
    AddMembers(Vec<GroupId>),
    /// Members that are to be removed from this group.
    RemoveMembers(GroupId),
    /// Members that this group is to have, and no others.
    Exactly(GroupId),
}

/// How many of those that the picker is about are in already, what is staged counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// All.
    All,
    /// This many, not all.
    Some(usize),
    /// None.
    None,
    /// Not known: the member list has not been read.
    Unknown,
}

/// The picker.
#[derive(Clone, Debug)]
pub struct TablePicker {
    /// What the picked rows are for.
    pub toward: Toward,
    /// The rows, and the line that filters them.
    pub table: Table,
    /// The rows that are picked.
    pub picked: BTreeSet<Slot>,
    /// What a pasted list came to.
    pub pasted: Option<Pasted>,
    /// Whether the person was told that some of the list are nobody, before it is taken without them.
    told_of_nobody: bool,
}

impl TablePicker {
    /// A picker with nothing picked.
    pub fn new(toward: Toward) -> Self {
        let list = match &toward {
            Toward::AddToGroups(_) => rows::List::Groups,
            Toward::RemoveFromGroups(members) => match members.as_slice() {
                [one] => rows::List::MemberGroups(one.clone()),
                _ => rows::List::Groups,
            },
            Toward::AddMembers(_) | Toward::Exactly(_) => rows::List::Members,
            Toward::RemoveMembers(group) => rows::List::GroupMembers(group.clone()),
        };
        let (table, picked) = (Table::new(list), BTreeSet::new());
        Self { toward, table, picked, pasted: None, told_of_nobody: false }
    }

    /// A picker for all the members that a group is to have; those who are in, what is staged counted in, are picked.
    pub fn exactly(group: GroupId, directory: &Directory, staging: &Staging) -> Self {
        let members = directory.members().iter();
        let inside = members.filter(|(_, row)| is_in(directory, staging, &group, &row.id));
        let picked = inside.map(|(slot, _)| slot).collect();
        Self { picked, ..Self::new(Toward::Exactly(group)) }
    }

    /// What it takes to make the group exactly those who are picked, for a picker of that kind.
    pub fn set(&self, directory: &Directory) -> Option<Result<SetMembers, NotSet>> {
        let Toward::Exactly(group) = &self.toward else { return None };
        let members = self.picked.iter().filter_map(|slot| directory.members().at(*slot));
        let wanted: Vec<MemberId> = members.map(|member| member.id.clone()).collect();
        Some(SetMembers::of(directory, &group.clone().into(), &wanted))
    }

    /// How many of those that the picker is about are in with this row.
    pub fn holding(&self, row: Slot, directory: &Directory, staging: &Staging) -> Holding {
        let (pairs, all): (Vec<(GroupId, MemberId)>, usize) = match &self.toward {
            Toward::AddToGroups(members) | Toward::RemoveFromGroups(members) => {
                let Some(group) = directory.groups().at(row) else { return Holding::Unknown };
                (
                    members.iter().map(|member| (group.id.clone(), member.clone())).collect(),
                    members.len(),
                )
            }
            Toward::AddMembers(groups) => {
                let Some(member) = directory.members().at(row) else { return Holding::Unknown };
                (
                    groups.iter().map(|group| (group.clone(), member.id.clone())).collect(),
                    groups.len(),
                )
            }
            Toward::RemoveMembers(group) | Toward::Exactly(group) => {
                let Some(member) = directory.members().at(row) else { return Holding::Unknown };
                (vec![(group.clone(), member.id.clone())], 1)
            }
        };
        let known = |group: &GroupId| {
            group.as_draft().is_some()
                || directory.coverage(&Collection::GroupMembers(group.clone())).is_whole()
        };
        let held =
            pairs.iter().filter(|(group, member)| is_in(directory, staging, group, member)).count();
        match held {
            _ if held == all => Holding::All,
            0 if !pairs.iter().all(|(group, _)| known(group)) => Holding::Unknown,
            0 => Holding::None,
            some => Holding::Some(some),
        }
    }

    /// Takes a key: what edits a line filters, tab picks, enter takes what is picked, or the row under the cursor.
    pub fn key(&mut self, key: Key, directory: &Directory, staging: &Staging, page: u16) -> Turn {
        match (key.code, key.ctrl, key.alt) {
            (Code::Esc, ..) if self.table.line.is_empty() => return Turn::Close,
            (Code::Esc, ..) => {
                self.table.clear_filter(directory);
            }
            (Code::Enter, ..) => return self.take(directory, staging),
            (Code::Tab, false, false) => self.pick(page),
            (Code::Char('o'), true, false) => return self.not_picked(),
            (code, ctrl, false) if motion(code, ctrl).is_some() => {
                if let Some(motion) = motion(code, ctrl) {
                    self.table.rows.go(motion, page);
                }
            }
            _ => {
                if self.table.line.key(key) == Typed::Changed {
                    self.table.apply_line(directory);
                }
            }
        }
        Turn::Stay
    }

    /// Takes pasted text: a list of members where members are picked, else a piece of the filter.
    pub fn paste(&mut self, pasted: &str, directory: &Directory, staging: &Staging) {
        let takes_lists = matches!(self.toward, Toward::AddMembers(_) | Toward::Exactly(_));
        if !takes_lists || !paste::is_list(pasted) {
            self.table.paste(pasted, directory);
            return;
        }
        let text = match &self.pasted {
            Some(before) => before.and(pasted),
            None => pasted.to_owned(),
        };
        self.read_pasted(&text, directory, staging);
    }

    /// Takes notice of what has changed in the directory; whether there is more to do.
    pub fn follow(&mut self, directory: &Directory, staging: &Staging) -> bool {
        if let Some(pasted) = self.pasted.as_ref().filter(|pasted| pasted.is_outdated(directory)) {
            let text = pasted.text().to_owned();
            self.read_pasted(&text, directory, staging);
        }
        self.table.follow(directory, Vec::new())
    }

    /// Picks whom a pasted list names. Who was found before and unpicked since stays so.
    fn read_pasted(&mut self, text: &str, directory: &Directory, staging: &Staging) {
        let exactly = matches!(self.toward, Toward::Exactly(_));
        let read = paste::read(text, directory, |slot| {
            !exactly && self.holding(slot, directory, staging) == Holding::All
        });
        // The list is all that the group is to have: whoever was in counts only if it names them.
        if exactly && self.pasted.is_none() {
            self.picked.clear();
        }
        let before = self.pasted.take().map_or_else(Vec::new, |pasted| pasted.found);
        let before: BTreeSet<Slot> = before.into_iter().collect();
        let found: BTreeSet<Slot> = read.found.iter().copied().collect();
        self.picked.extend(found.difference(&before));
        // Whom several answer to, as it has turned out, is no longer meant.
        for slot in before.difference(&found) {
            self.picked.remove(slot);
        }
        self.pasted = Some(read);
        self.told_of_nobody = false;
    }

    /// Everything of the pasted list that was not picked, to be read and searched.
    fn not_picked(&self) -> Turn {
        let items = self.pasted.iter().flat_map(Pasted::not_picked).map(|(entry, why)| Item {
            name: entry.to_owned(),
            detail: why.to_owned(),
            choice: Choice::Nothing,
        });
        let items: Vec<Item> = items.collect();
        if items.is_empty() {
            return Turn::Stay;
        }
        Turn::Open(Dialog::Pick(Picker::new("Not picked from the pasted list", false, items)))
    }

    fn pick(&mut self, page: u16) {
        let Some(row) = self.table.rows.cursor() else { return };
        if !self.picked.remove(&row) {
            self.picked.insert(row);
        }
        self.table.rows.go(Motion::Down, page);
    }

    fn take(&mut self, directory: &Directory, staging: &Staging) -> Turn {
        if self.table.fault.is_some() {
            return Turn::refuse(UNREADABLE);
        }
        if let Toward::Exactly(group) = self.toward.clone() {
            return self.take_exactly(&group, directory, staging);
        }
        let rows: Vec<Slot> = match self.table.rows.cursor() {
            _ if !self.picked.is_empty() => self.picked.iter().copied().collect(),
            // Who pastes a list means the list, and not whoever is under the cursor.
            _ if self.pasted.is_some() && self.table.line.is_empty() => {
                let loading = self.pasted.as_ref().is_some_and(|pasted| pasted.loading);
                return Turn::refuse(if loading {
                    "nobody of the pasted list is found yet: the members are still loading"
                } else {
                    "nobody of the pasted list can be added"
                });
            }
            Some(row) => vec![row],
            None => return Turn::refuse("nothing is picked: the filter leaves no row"),
        };
        let wanted: Vec<Turn> =
            rows.into_iter().flat_map(|row| self.turns(row, directory, staging)).collect();
        Turn::close_and(collect(wanted))
    }

    /// Stages who joins and who leaves, and takes out what is staged of the group to another end.
    fn take_exactly(&mut self, group: &GroupId, directory: &Directory, staging: &Staging) -> Turn {
        if self.pasted.as_ref().is_some_and(|pasted| pasted.loading) {
            return Turn::refuse(
                "the members are still loading: who is found later would be removed",
            );
        }
        let nobody = self.pasted.as_ref().map_or(0, Pasted::nobody);
        if nobody > 0 && !std::mem::replace(&mut self.told_of_nobody, true) {
            let words = format!(
                "{} of the list can't be told: enter once more makes the group without them",
                text::count(nobody)
            );
            return Turn::refuse(&words);
        }
        let set = match self.set(directory) {
            Some(Ok(set)) => set,
            Some(Err(why)) => return Turn::refuse(why.words()),
            None => return Turn::Close,
        };
        let of = GroupRef::from(group.clone());
        let picked = |member: &MemberId| {
            directory.members().slot(member).is_some_and(|slot| self.picked.contains(&slot))
        };
        let otherwise = staging.changes().filter(|change| match change {
            Change::Add { group, member } => *group == of && !picked(member),
            Change::Remove { member, .. } => change.group().as_ref() == Some(&of) && picked(member),
            _ => false,
        });
        let keys: Vec<ChangeKey> = otherwise.map(ChangeKey::of).collect();
        let staged = |change: &Change| {
            staging.get(&ChangeKey::of(change)).is_some_and(|entry| entry.change == *change)
        };
        let changes: Vec<Change> =
            set.into_changes().into_iter().filter(|change| !staged(change)).collect();
        let stage = Turn::StageBut(changes.clone(), 0);
        Turn::close_and(match (keys.is_empty(), changes.is_empty()) {
            (true, true) => Turn::refuse("the group is so already"),
            (true, false) => stage,
            (false, true) => Turn::Unstage(keys),
            (false, false) => Turn::All(vec![Turn::Unstage(keys), stage]),
        })
    }

    fn turns(&self, row: Slot, directory: &Directory, staging: &Staging) -> Vec<Turn> {
        let group_at = || directory.groups().at(row).map(|group| group.id.clone());
        let member_at = || directory.members().at(row).map(|member| member.id.clone());
        let pairs: Vec<(GroupId, MemberId)> = match &self.toward {
            Toward::AddToGroups(members) | Toward::RemoveFromGroups(members) => {
                let group = group_at();
                members.iter().filter_map(|member| Some((group.clone()?, member.clone()))).collect()
            }
            Toward::AddMembers(groups) => {
                let member = member_at();
                groups.iter().filter_map(|group| Some((group.clone(), member.clone()?))).collect()
            }
            Toward::RemoveMembers(group) | Toward::Exactly(group) => {
                member_at().map(|member| (group.clone(), member)).into_iter().collect()
            }
        };
        match self.toward {
            Toward::AddToGroups(_) | Toward::AddMembers(_) => {
                vec![Turn::Stage(
                    pairs.into_iter().map(|(group, member)| add(group, member)).collect(),
                )]
            }
            _ => pairs
                .into_iter()
                .map(|(group, member)| {
                    if is_in(directory, staging, &group, &member) {
                        remove(group, member)
                    } else {
                        Turn::StageBut(Vec::new(), 1)
                    }
                })
                .collect(),
        }
    }
}

/// Joins what is to be staged into one turn, so that one word tells of all of it.
pub fn collect(turns: Vec<Turn>) -> Turn {
    let (mut changes, mut keys, mut not_in) = (Vec::new(), Vec::new(), 0);
    for turn in turns {
        match turn {
            Turn::Stage(more) => changes.extend(more),
            Turn::StageBut(more, not) => {
                changes.extend(more);
                not_in += not;
            }
            Turn::Unstage(more) => keys.extend(more),
            _ => {}
        }
    }
    match (keys.is_empty(), changes.is_empty()) {
        (true, _) => Turn::StageBut(changes, not_in),
        (false, true) => Turn::Unstage(keys),
        (false, false) => Turn::All(vec![Turn::Unstage(keys), Turn::StageBut(changes, not_in)]),
    }
}

/// Whether a member is in a group, what is staged counted in.
pub fn is_in(directory: &Directory, staging: &Staging, group: &GroupId, member: &MemberId) -> bool {
    staging
        .wants(&GroupRef::from(group.clone()), member)
        .unwrap_or_else(|| directory.is_in(group, member))
}

/// Wants a member in a group.
pub fn add(group: GroupId, member: MemberId) -> Change {
    Change::Add { group: group.into(), member }
}

/// Wants a member out of a group. Of a group that is only staged, it takes the staged addition out.
pub fn remove(group: GroupId, member: MemberId) -> Turn {
    match GroupRef::from(group) {
        GroupRef::Existing(group) => Turn::Stage(vec![Change::Remove { group, member }]),
        draft @ GroupRef::Draft(_) => Turn::Unstage(vec![ChangeKey::Membership(draft, member)]),
    }
}

/// The keys that move a cursor while a line has the letters.
pub fn motion(code: Code, ctrl: bool) -> Option<Motion> {
    match (code, ctrl) {
        (Code::Down, false) | (Code::Char('n'), true) => Some(Motion::Down),
        (Code::Up, false) | (Code::Char('p'), true) => Some(Motion::Up),
        (Code::PageDown, false) | (Code::Char('d'), true) => Some(Motion::PageDown),
        (Code::PageUp, false) => Some(Motion::PageUp),
        _ => None,
    }
}
