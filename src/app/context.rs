//! Where the person is, and what an action there is about.

use crate::domain::{Directory, GroupId, MemberId, OrganizationMemberId, Slot};
use crate::keys::Context;

use super::place::Tab;
use super::screens::{GroupPane, MemberPane, Screen};
use super::state::{Phase, State};
use super::table::Table;

/// What an action is about: the marked rows, or the one under the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Members of the account.
    Members(Vec<MemberId>),
    /// Groups.
    Groups(Vec<GroupId>),
    /// Members of the group whose page is open.
    InGroup(GroupId, Vec<MemberId>),
    /// Groups of the member whose page is open.
    OfMember(MemberId, Vec<GroupId>),
    /// A member of the organization.
    OrganizationMember(OrganizationMemberId),
    /// Nothing of these.
    Nothing,
}

/// Where keys go when no dialog and no line has them.
pub fn context(state: &State) -> Context {
    match &state.session.phase {
        Phase::Unconnected(_) => return Context::Start,
        Phase::Connecting | Phase::NotConnected(_) if state.place.above.is_empty() => {
            return Context::Accounts;
        }
        _ => {}
    }
    match state.place.above.last() {
        Some(Screen::Member(screen)) => match screen.pane {
            MemberPane::Groups => Context::MemberGroups,
            MemberPane::Policies => Context::MemberPolicies,
        },
        Some(Screen::Group(screen)) => match screen.pane {
            GroupPane::Members => Context::GroupMembers,
            GroupPane::Policies => Context::GroupPolicies,
        },
        Some(Screen::OrganizationMember(_)) => Context::OrganizationMember,
        Some(Screen::Proof(_)) => Context::Proof,
        Some(Screen::Effective(_)) => Context::Effective,
        Some(Screen::Compare(_)) => Context::Compare,
        Some(Screen::OnlyHere(_)) => Context::OnlyHere,
        Some(Screen::Finding(_)) => Context::Finding,
        Some(Screen::Plan(_)) => Context::Plan,
        Some(Screen::Run(_)) => Context::Run,
        Some(Screen::Requests(_)) => Context::Requests,
        Some(Screen::Accounts(_)) => Context::Accounts,
        None => match state.place.tab {
            Tab::Members => Context::Members,
            Tab::Groups => Context::Groups,
            Tab::Access => Context::Access,
            Tab::Findings => Context::Findings,
            Tab::Changes => Context::Changes,
            Tab::Organization => Context::Organization,
        },
    }
}

/// The list that has the keys, if it is one of members or groups.
pub fn table(state: &State) -> Option<&Table> {
    match context(state) {
        Context::Members => Some(&state.roots.members),
        Context::Groups => Some(&state.roots.groups),
        Context::Access => Some(&state.roots.access.people),
        Context::Organization => Some(&state.roots.organization),
        Context::MemberGroups | Context::GroupMembers => match state.place.above.last() {
            Some(Screen::Member(screen)) => Some(&screen.groups),
            Some(Screen::Group(screen)) => Some(&screen.members),
            _ => None,
        },
        _ => None,
    }
}

/// The list that has the keys, to change it, beside the directory that it shows.
pub fn table_mut(state: &mut State) -> Option<(&mut Table, &Directory)> {
    let table = match context(state) {
        Context::Members => &mut state.roots.members,
        Context::Groups => &mut state.roots.groups,
        Context::Access => &mut state.roots.access.people,
        Context::Organization => &mut state.roots.organization,
        Context::MemberGroups | Context::GroupMembers => match state.place.above.last_mut() {
            Some(Screen::Member(screen)) => &mut screen.groups,
            Some(Screen::Group(screen)) => &mut screen.members,
            _ => return None,
        },
        _ => return None,
    };
    Some((table, &state.directory))
}

/// What an action here is about.
pub fn about(state: &State) -> About {
    let directory = &state.directory;
    let members = |slots: Vec<Slot>| {
        slots.into_iter().filter_map(|s| directory.members().at(s).map(|m| m.id.clone()))
    };
    let groups = |slots: Vec<Slot>| {
        slots.into_iter().filter_map(|s| directory.groups().at(s).map(|g| g.id.clone()))
    };
    match (context(state), state.place.above.last()) {
        (Context::Members, _) => {
            About::Members(members(state.roots.members.rows.chosen()).collect())
        }
        (Context::Access, _) => {
            About::Members(members(state.roots.access.people.rows.chosen()).collect())
        }
        (_, Some(Screen::Effective(screen))) => About::Members(vec![screen.member.clone()]),
        (_, Some(Screen::OnlyHere(screen))) => About::Groups(vec![screen.group.clone()]),
        (_, Some(Screen::Proof(screen))) => About::Members(vec![screen.member.clone()]),
        (Context::Groups, _) => About::Groups(groups(state.roots.groups.rows.chosen()).collect()),
        (Context::Organization, _) => {
            let slot = state.roots.organization.rows.cursor();
            let row = slot.and_then(|slot| directory.organization_members().at(slot));
            row.map_or(About::Nothing, |row| About::OrganizationMember(row.id.clone()))
        }
        (Context::MemberGroups, Some(Screen::Member(screen))) => {
            About::OfMember(screen.member.clone(), groups(screen.groups.rows.chosen()).collect())
        }
        (_, Some(Screen::Member(screen))) => About::Members(vec![screen.member.clone()]),
        (Context::GroupMembers, Some(Screen::Group(screen))) => {
            About::InGroup(screen.group.clone(), members(screen.members.rows.chosen()).collect())
        }
        (_, Some(Screen::Group(screen))) => About::Groups(vec![screen.group.clone()]),
        _ => About::Nothing,
    }
}

/// The members that an action on members is about: those chosen, or the one whose page is open.
pub fn members_about(state: &State) -> Vec<MemberId> {
    match about(state) {
        About::Members(members) => members,
        About::OfMember(member, _) => vec![member],
        _ => Vec::new(),
    }
}

/// The groups that an action on groups is about: those chosen, or the one whose page is open.
pub fn groups_about(state: &State) -> Vec<GroupId> {
    match about(state) {
        About::Groups(groups) => groups,
        About::InGroup(group, _) => vec![group],
        _ => Vec::new(),
    }
}
