//! The one place that builds cells: whatever leaves it is safe to show.

use std::borrow::Cow;

use crate::access::{self, Highest, Levels, Sure, no_access_yet};
use crate::domain::{
    Collection, Directory, Group, GroupId, Member, MemberStatus, OrganizationMember, Slot,
    TwoFactor,
};
use crate::text;

use super::column::ColumnId;
use super::list::{List, Of, person_at};
use super::phrases::{NOTHING, policies_words, rests_words, status_words, two_factor_words};

/// The highest access of someone who was invited and has not accepted.
const NONE_YET: &str = "none yet";

/// How many are in a group whose member list can't be read.
pub const FAILED: &str = "failed";

/// The cells of a list. Make one for a frame and ask it for each cell that is seen.
#[derive(Debug)]
pub struct Cells<'d> {
    pub(super) list: &'d List,
    pub(super) directory: &'d Directory,
    pub(super) levels: Levels<'d>,
}

/// What a person's row has in common, whichever table it comes from.
pub(super) struct Person<'d> {
    pub email: &'d str,
    /// The whole name.
    pub name: &'d str,
    pub status: &'d MemberStatus,
    pub two_factor: TwoFactor,
}

impl<'d> Cells<'d> {
    /// The cells of one list of one account.
    pub fn new(list: &'d List, directory: &'d Directory) -> Self {
        Self { list, directory, levels: Levels::new(directory) }
    }

    /// A cell's whole text, safe to show and at most [`text::LONGEST_SHOWN`] graphemes of a foreign text.
    /// `—` where the service said nothing; empty where the list has no such column or no such row.
    pub fn text(&mut self, slot: Slot, column: ColumnId) -> Cow<'d, str> {
        if let Some(person) = person(self.list, self.directory, slot) {
            match column {
                ColumnId::Email => return shown(person.email),
                ColumnId::Name => return shown(person.name),
                ColumnId::Status => return status_words(person.status),
                ColumnId::TwoFactor => return Cow::Borrowed(two_factor_words(person.two_factor)),
                ColumnId::Groups => return self.group_count(slot),
                ColumnId::Highest => return self.highest_words(slot),
                ColumnId::Paths | ColumnId::Rests => return self.answer_words(slot, column),
                _ => {}
            }
        }
        let group = self.group(slot);
        match (column, group) {
            (ColumnId::Name, Some(group)) => shown(&group.name),
            (ColumnId::Members, Some(group)) => self.member_count(slot, &group.id),
            (ColumnId::Policies, Some(group)) => match &group.policies {
                Some(policies) => Cow::Owned(policies_words(self.directory, policies)),
                None => Cow::Borrowed(NOTHING),
            },
            (ColumnId::Modified, Some(_)) | (ColumnId::Since, _) => date(self.moment(slot, column)),
            _ => Cow::Borrowed(""),
        }
    }

    /// What rows are sorted by in a column of numbers or ranks; `None` where it is not known.
    pub(super) fn number(&mut self, slot: Slot, column: ColumnId) -> Option<u64> {
        let person = person(self.list, self.directory, slot);
        match column {
            ColumnId::TwoFactor => match person?.two_factor {
                TwoFactor::Off => Some(0),
                TwoFactor::On => Some(1),
                TwoFactor::Unknown => None,
            },
            ColumnId::Groups => {
                let count = self.directory.groups_at(slot).len();
                (self.levels.knows_all_groups() || count > 0).then_some(count as u64)
            }
            ColumnId::Highest if self.is_invited(slot) => Some(Highest::None as u64),
            ColumnId::Highest => match self.levels.highest(slot) {
                Highest::NotKnown => None,
                known => Some(known as u64),
            },
            ColumnId::Members => {
                let id = &self.group(slot)?.id;
                self.is_read(id).then(|| self.directory.members_at(slot).len() as u64)
            }
            ColumnId::Modified | ColumnId::Since => moment(self.moment(slot, column)),
            ColumnId::Paths => Some(self.answer(slot)?.paths.into()),
            // What is surest comes last, so that what is doubtful is found first.
            ColumnId::Rests => {
                let answer = self.answer(slot)?;
                let sure = u64::from(answer.sure == Sure::Yes) * 2 + u64::from(answer.itself);
                Some(sure * 2 + u64::from(!answer.denied))
            }
            ColumnId::Email | ColumnId::Name | ColumnId::Status | ColumnId::Policies => None,
        }
    }

    pub(super) fn group(&self, slot: Slot) -> Option<&'d Group> {
        match self.list.of() {
            Of::Groups => self.directory.groups().at(slot),
            Of::Members | Of::Organization => None,
        }
    }

    /// The moment that a column of moments tells.
    pub(super) fn moment(&self, slot: Slot, column: ColumnId) -> Option<jiff::Timestamp> {
        match column {
            ColumnId::Modified => self.group(slot)?.modified_on,
            _ => self.since(slot),
        }
    }

    fn since(&self, slot: Slot) -> Option<jiff::Timestamp> {
        let directory = self.directory;
        match self.list {
            List::GroupMembers(group) => directory.since(group, &directory.members().at(slot)?.id),
            List::MemberGroups(member) => directory.since(&directory.groups().at(slot)?.id, member),
            List::Organization => directory.organization_members().at(slot)?.since,
            List::Members | List::Groups | List::WhoCan(_) => None,
        }
    }

    /// What the answer that is listed tells of a member.
    pub(super) fn answer(&self, slot: Slot) -> Option<&'d access::Person> {
        match self.list {
            List::WhoCan(people) => person_at(people, slot),
            _ => None,
        }
    }

    /// A member who is only staged to come into the answer has no path yet.
    fn answer_words(&self, slot: Slot, column: ColumnId) -> Cow<'d, str> {
        match (self.answer(slot), column) {
            (None, _) => Cow::Borrowed(NOTHING),
            (Some(answer), ColumnId::Paths) => Cow::Owned(answer.paths.to_string()),
            (Some(answer), _) => rests_words(answer),
        }
    }

    fn group_count(&self, slot: Slot) -> Cow<'d, str> {
        let count = self.directory.groups_at(slot).len();
        match (self.levels.knows_all_groups(), count) {
            (true, _) => Cow::Owned(text::count(count)),
            (false, 0) => Cow::Borrowed("?"),
            (false, _) => Cow::Owned(format!("≥{}", text::count(count))),
        }
    }

    fn member_count(&self, slot: Slot, group: &GroupId) -> Cow<'d, str> {
        let coverage = self.directory.coverage(&Collection::GroupMembers(group.clone()));
        if coverage.is_whole() {
            Cow::Owned(text::count(self.directory.members_at(slot).len()))
        } else if coverage.is_given_up() {
            Cow::Borrowed(FAILED)
        } else {
            Cow::Borrowed("…")
        }
    }

    /// Whether the member at a slot has no access before the invitation is accepted, whatever is granted.
    pub(super) fn is_invited(&self, slot: Slot) -> bool {
        self.directory.members().at(slot).is_some_and(no_access_yet)
    }

    fn is_read(&self, group: &GroupId) -> bool {
        self.directory.coverage(&Collection::GroupMembers(group.clone())).is_whole()
    }

    fn highest_words(&mut self, slot: Slot) -> Cow<'d, str> {
        if self.is_invited(slot) {
            return Cow::Borrowed(NONE_YET);
        }
        match self.levels.highest(slot) {
            Highest::NotKnown => match self.levels.at_least(slot) {
                Highest::NotKnown | Highest::None | Highest::Minimal => {
                    Cow::Borrowed(Highest::NotKnown.words())
                }
                level => Cow::Owned(format!("≥ {level}")),
            },
            known => Cow::Borrowed(known.words()),
        }
    }
}

/// The person in a row of people.
pub(super) fn person<'d>(list: &List, directory: &'d Directory, slot: Slot) -> Option<Person<'d>> {
    match list.of() {
        Of::Members => directory.members().at(slot).map(Person::from),
        Of::Organization => directory.organization_members().at(slot).map(Person::from),
        Of::Groups => None,
    }
}

impl<'d> From<&'d Member> for Person<'d> {
    fn from(member: &'d Member) -> Self {
        Self {
            email: &member.email,
            name: &member.name,
            status: &member.status,
            two_factor: member.two_factor,
        }
    }
}

impl<'d> From<&'d OrganizationMember> for Person<'d> {
    fn from(member: &'d OrganizationMember) -> Self {
        Self {
            email: &member.email,
            name: &member.name,
            status: &member.status,
            two_factor: member.two_factor,
        }
    }
}

fn shown(text: &str) -> Cow<'_, str> {
    if text.is_empty() { Cow::Borrowed(NOTHING) } else { text::safe_capped(text) }
}

fn date(moment: Option<jiff::Timestamp>) -> Cow<'static, str> {
    moment.map_or(Cow::Borrowed(NOTHING), |moment| Cow::Owned(text::date(moment)))
}

fn moment(moment: Option<jiff::Timestamp>) -> Option<u64> {
    // Moments before 1970 don't occur; they would sort first.
    moment.map(|moment| u64::try_from(moment.as_microsecond()).unwrap_or(0))
}

#[cfg(test)]
mod tests;
