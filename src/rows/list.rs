//! The lists that there are, their columns, and which rows are in them.

use std::sync::Arc;

use crate::access::Person;
use crate::domain::{Collection, Directory, GroupId, MemberId, OrganizationMemberId, Slot};

use super::column::{Align, Column, ColumnId, Cut};

/// A list of rows. Slots are of the table that the list is about: members, groups or organization members.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// The account's members.
    Members,
    /// Its groups.
    Groups,
    /// The organization's members.
    Organization,
    /// The members of one group.
    GroupMembers(GroupId),
    /// The groups of one member.
    MemberGroups(MemberId),
    /// The members who can do what was asked, by rising slots.
    WhoCan(Arc<[Person]>),
}

/// What a row is about: cursors, marks and dialogs hold this and never a row's place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowId {
    /// A member.
    Member(MemberId),
    /// A group.
    Group(GroupId),
    /// A member of the organization.
    OrganizationMember(OrganizationMemberId),
}

/// What a list's slots are places of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Members,
    Groups,
    Organization,
}

impl List {
    /// The columns, in their order; the first tells rows apart and is never left out.
    pub fn columns(&self) -> &'static [Column] {
        match self {
            Self::Members => &MEMBERS,
            Self::Groups => &GROUPS,
            Self::Organization | Self::GroupMembers(_) => &PEOPLE,
            Self::MemberGroups(_) => &MEMBER_GROUPS,
            Self::WhoCan(_) => &WHO_CAN,
        }
    }

    /// One of this list's columns.
    pub fn column(&self, id: ColumnId) -> Option<&'static Column> {
        self.columns().iter().find(|column| column.id == id)
    }

    /// What one row is called: `member`, `group`.
    pub fn noun(&self) -> &'static str {
        match self.of() {
            Of::Members | Of::Organization => "member",
            Of::Groups => "group",
        }
    }

    /// The list that is read from the service for these rows; a member's groups come from every group's list.
    pub fn collection(&self) -> Collection {
        match self {
            Self::Members | Self::WhoCan(_) => Collection::Members,
            Self::Groups | Self::MemberGroups(_) => Collection::Groups,
            Self::Organization => Collection::OrganizationMembers,
            Self::GroupMembers(group) => Collection::GroupMembers(group.clone()),
        }
    }

    /// All rows, unfiltered, in no order that means anything.
    pub fn slots(&self, directory: &Directory) -> Vec<Slot> {
        match self {
            Self::Members => {
                directory.members().iter().filter(|(_, m)| m.listed).map(|(slot, _)| slot).collect()
            }
            Self::Groups => directory.groups().iter().map(|(slot, _)| slot).collect(),
            Self::Organization => {
                directory.organization_members().iter().map(|(slot, _)| slot).collect()
            }
            Self::GroupMembers(group) => directory.members_of(group).to_vec(),
            Self::MemberGroups(member) => directory.groups_of(member).to_vec(),
            Self::WhoCan(people) => people.iter().map(|person| person.member).collect(),
        }
    }

    /// About how many rows there are, unfiltered, without looking at any.
    pub fn size(&self, directory: &Directory) -> usize {
        match self {
            Self::Members => directory.members().len(),
            Self::Groups => directory.groups().len(),
            Self::Organization => directory.organization_members().len(),
            Self::GroupMembers(group) => directory.members_of(group).len(),
            Self::MemberGroups(member) => directory.groups_of(member).len(),
            Self::WhoCan(people) => people.len(),
        }
    }

    /// Whether the row at a slot is one of this list's.
    pub fn holds(&self, directory: &Directory, slot: Slot) -> bool {
        match self {
            Self::Members => directory.members().at(slot).is_some_and(|member| member.listed),
            Self::Groups => directory.groups().at(slot).is_some(),
            Self::Organization => directory.organization_members().at(slot).is_some(),
            Self::GroupMembers(group) => directory.members_of(group).binary_search(&slot).is_ok(),
            Self::MemberGroups(member) => directory.groups_of(member).binary_search(&slot).is_ok(),
            Self::WhoCan(people) => {
                directory.members().at(slot).is_some() && person_at(people, slot).is_some()
            }
        }
    }

    /// What the row at a slot is about.
    pub fn id(&self, directory: &Directory, slot: Slot) -> Option<RowId> {
        match self.of() {
            Of::Members => directory.members().at(slot).map(|m| RowId::Member(m.id.clone())),
            Of::Groups => directory.groups().at(slot).map(|g| RowId::Group(g.id.clone())),
            Of::Organization => directory
                .organization_members()
                .at(slot)
                .map(|m| RowId::OrganizationMember(m.id.clone())),
        }
    }

    /// The slot of what a row is about; `None` for a row of another kind, or one that is not known.
    pub fn slot(&self, directory: &Directory, id: &RowId) -> Option<Slot> {
        match (self.of(), id) {
            (Of::Members, RowId::Member(id)) => directory.members().slot(id),
            (Of::Groups, RowId::Group(id)) => directory.groups().slot(id),
            (Of::Organization, RowId::OrganizationMember(id)) => {
                directory.organization_members().slot(id)
            }
            _ => None,
        }
    }

    pub(super) fn of(&self) -> Of {
        match self {
            Self::Members | Self::GroupMembers(_) | Self::WhoCan(_) => Of::Members,
            Self::Groups | Self::MemberGroups(_) => Of::Groups,
            Self::Organization => Of::Organization,
        }
    }
}

/// What an answer tells of the member at a slot.
pub(super) fn person_at(people: &[Person], slot: Slot) -> Option<&Person> {
    let place = people.binary_search_by_key(&slot, |person| person.member).ok()?;
    people.get(place)
}

const EMAIL: Column = Column {
    id: ColumnId::Email,
    title: "E-MAIL",
    align: Align::Left,
    least: 24,
    ideal: 36,
    importance: 100,
    cut: Cut::Email,
};
const NAME: Column = Column {
    id: ColumnId::Name,
    title: "NAME",
    align: Align::Left,
    least: 12,
    ideal: 24,
    importance: 60,
    cut: Cut::End,
};
const STATUS: Column = Column {
    id: ColumnId::Status,
    title: "STATUS",
    align: Align::Left,
    least: 8,
    ideal: 9,
    importance: 50,
    cut: Cut::End,
};
const TWO_FACTOR: Column = Column {
    id: ColumnId::TwoFactor,
    title: "2FA",
    align: Align::Left,
    least: 3,
    ideal: 3,
    importance: 70,
    cut: Cut::End,
};
const GROUP_COUNT: Column = Column {
    id: ColumnId::Groups,
    title: "GROUPS",
    align: Align::Right,
    least: 6,
    ideal: 6,
    importance: 55,
    cut: Cut::End,
};
const HIGHEST: Column = Column {
    id: ColumnId::Highest,
    title: "HIGHEST ACCESS",
    align: Align::Left,
    least: 15,
    ideal: 25,
    importance: 80,
    cut: Cut::Level,
};
const MEMBER_COUNT: Column = Column {
    id: ColumnId::Members,
    title: "MEMBERS",
    align: Align::Right,
    least: 7,
    ideal: 7,
    importance: 80,
    cut: Cut::End,
};
const POLICIES: Column = Column {
    id: ColumnId::Policies,
    title: "POLICIES",
    align: Align::Left,
    least: 28,
    ideal: 60,
    importance: 70,
    cut: Cut::End,
};
const MODIFIED: Column = Column {
    id: ColumnId::Modified,
    title: "MODIFIED",
    align: Align::Left,
    least: 11,
    ideal: 11,
    importance: 40,
    cut: Cut::End,
};
const SINCE: Column = Column { id: ColumnId::Since, title: "SINCE", importance: 45, ..MODIFIED };
const GROUP_NAME: Column = Column { least: 14, ideal: 30, importance: 100, ..NAME };
const PATHS: Column = Column {
    id: ColumnId::Paths,
    title: "PATHS",
    align: Align::Right,
    least: 5,
    ideal: 5,
    importance: 75,
    cut: Cut::End,
};
const RESTS: Column = Column {
    id: ColumnId::Rests,
    title: "RESTS ON",
    align: Align::Left,
    least: 16,
    ideal: 16,
    importance: 80,
    cut: Cut::End,
};

const MEMBERS: [Column; 6] = [EMAIL, NAME, STATUS, TWO_FACTOR, GROUP_COUNT, HIGHEST];
const GROUPS: [Column; 4] = [GROUP_NAME, MEMBER_COUNT, POLICIES, MODIFIED];
const PEOPLE: [Column; 5] = [EMAIL, NAME, STATUS, TWO_FACTOR, SINCE];
const MEMBER_GROUPS: [Column; 3] = [GROUP_NAME, SINCE, POLICIES];
const WHO_CAN: [Column; 5] = [EMAIL, NAME, STATUS, PATHS, RESTS];
